"""The local homogeneity degree: exact formulas, proofs that it is monotone or not, and what T9 concludes."""

from implicitreg_sym.degree.dichotomy import identities, refusal, theorem
from implicitreg_sym.degree.domain import DegreeDomain, degree_domain
from implicitreg_sym.degree.homogeneity import LocalDegree, local_homogeneity_degree
from implicitreg_sym.degree.prover import prove_sign
from implicitreg_sym.degree.report import degree_report
from implicitreg_sym.degree.sign_proof import SignProof
from implicitreg_sym.degree.verdict import DegreeReport, Verdict, Witness

__all__ = [
    "DegreeDomain",
    "DegreeReport",
    "LocalDegree",
    "SignProof",
    "Verdict",
    "Witness",
    "degree_domain",
    "degree_report",
    "identities",
    "local_homogeneity_degree",
    "prove_sign",
    "refusal",
    "theorem",
]
