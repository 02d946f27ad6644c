"""Formulas and intervals in the prose of sign proofs, long numbers as decimals."""

from __future__ import annotations

import sympy as sp

from implicitreg_sym.derivation.formula import latex

FIGURES = 10


def typeset(expression: sp.Basic) -> str:
    r"""Return LaTeX mathematics in which a rational with many figures is cut off after ten.

    >>> typeset(sp.Interval.open(0, sp.Rational(3**60, 2**97)))
    '(0, 0.2675258199\\ldots)'
    """
    return latex(expression, FIGURES)
