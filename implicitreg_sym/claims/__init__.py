"""Claims, their evidence, and proofs as trees of claims with computed status."""

from implicitreg_sym.claims.checks import (
    agreement_check,
    identity_check,
    numeric_check,
    sampled_identity_check,
    sign_check,
)
from implicitreg_sym.claims.claim import Claim, Step, Theorem
from implicitreg_sym.claims.evidence import Evidence, Kind, Outcome
from implicitreg_sym.claims.gathering import conjunction, relabelled
from implicitreg_sym.claims.proof import Proof

__all__ = [
    "Claim",
    "Evidence",
    "Kind",
    "Outcome",
    "Proof",
    "Step",
    "Theorem",
    "agreement_check",
    "conjunction",
    "identity_check",
    "numeric_check",
    "relabelled",
    "sampled_identity_check",
    "sign_check",
]
