"""Exact decision of identities."""

from implicitreg_sym.algebra.zero_test import Witness, ZeroVerdict, decide_zero

__all__ = ["Witness", "ZeroVerdict", "decide_zero"]
