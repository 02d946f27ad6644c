"""Invariants of the gradient flow: G, conservation laws, and where a closed form does not exist."""

from implicitreg_sym.invariants.antiderivative import Antiderivative, check_G, derive_G, potential
from implicitreg_sym.invariants.derive import Invariants, derive_invariants, symbolic_sample
from implicitreg_sym.invariants.forms import ClosedForm, decide_closed
from implicitreg_sym.invariants.homogeneity import homogeneity_degree, parity
from implicitreg_sym.invariants.potential import Potential

__all__ = [
    "Antiderivative",
    "ClosedForm",
    "Invariants",
    "Potential",
    "check_G",
    "decide_closed",
    "derive_G",
    "derive_invariants",
    "homogeneity_degree",
    "parity",
    "potential",
    "symbolic_sample",
]
