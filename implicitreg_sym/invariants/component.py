"""The interval about a base point on which σ' does not vanish: where a kept integral G is defined."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from implicitreg_sym.errors import InputError
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.invariants.piece_antiderivative import PieceAntiderivative
from implicitreg_sym.symbols import u

DECIMALS = 12


def component_about(part: PieceAntiderivative, base: sp.Expr) -> sp.Set:
    """Return the open interval about the base between the neighbouring zeros of σ', or a set that says σ' ≠
    0.

    A zero that is only enclosed gives a decimal end that lies inside the interval by less than 10^-12.
    Where zeros beyond those found are not excluded, the sign of σ' on the interval is proved; if that fails
    the condition stays.
    """
    critical = part.critical
    assert critical is not None
    lower, upper = part.piece.lower, part.piece.upper
    exact = list(critical.poles) if isinstance(critical.poles, sp.FiniteSet) else []
    ends = [(zero, zero) for zero in exact] + [_decimals(ball) for ball in critical.enclosures]
    for below, above in ends:
        if above <= base:
            lower = sp.Max(lower, above)
        else:
            upper = sp.Min(upper, below)
    interval = sp.Interval.open(lower, upper)
    simple = critical.complete and critical.poles in (sp.S.EmptySet, sp.FiniteSet(*exact))
    if simple or _proved_nonzero(part, lower, upper):
        return interval
    return sp.ConditionSet(u, sp.Ne(part.piece.slope, 0), interval)


def _decimals(ball: Ball) -> tuple[sp.Rational, sp.Rational]:
    """The decimals just below and just above the ball."""
    scale = 10**DECIMALS
    below, above = (ball.lower * scale).__floor__(), (ball.upper * scale).__ceil__()
    first, second = Fraction(below, scale), Fraction(above, scale)
    return sp.Rational(first.numerator, first.denominator), sp.Rational(second.numerator, second.denominator)


def _proved_nonzero(part: PieceAntiderivative, lower: sp.Expr, upper: sp.Expr) -> bool:
    from implicitreg_sym.degree import prove_sign

    try:
        return prove_sign(part.piece.slope, u, (lower, upper)).sign in (1, -1)
    except InputError:
        return False
