"""Open intervals of positive numbers, with exact ends: the places on which signs are decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import flint
import sympy as sp
from flint import arb

from implicitreg_sym.errors import InputError
from implicitreg_sym.evaluate import compile_expression

BITS = 192

v = sp.Symbol("v", positive=True)  # |u|, the variable in which signs are decided

Bound = Fraction | None


@dataclass(frozen=True, slots=True)
class Span:
    """An open interval lower < v < upper with 0 <= lower; the ends are exact, the upper one may be
    infinite.

    >>> Span(sp.Integer(0), sp.pi / 2).bounds()[1] < 1.5708
    True
    """

    lower: sp.Expr
    upper: sp.Expr

    def __post_init__(self) -> None:
        lower, upper = self.balls()
        if not (lower >= 0 and upper > lower):
            raise InputError(
                f"({self.lower}, {self.upper}) is not an interval of positive numbers; give ends 0 <= "
                f"lower < upper"
            )

    def balls(self) -> tuple[arb, arb]:
        """The ends as balls."""
        with flint.ctx.workprec(BITS):
            return tuple(  # type: ignore[return-value]
                arb("inf") if end == sp.oo else compile_expression(sp.sympify(end, strict=True), ()).arb()
                for end in (self.lower, self.upper)
            )

    def bounds(self) -> tuple[Fraction, Bound]:
        """Rational bounds of v, rounded outwards to 2^-64; None for an infinite end."""
        low, high = self.balls()
        scale = Fraction(1, 2**64)
        if isinstance(self.lower, sp.Rational):
            below = Fraction(int(self.lower.p), int(self.lower.q))
        else:
            below = max(Fraction(0), _floor(low) * scale)
        if self.upper == sp.oo:
            return below, None
        if isinstance(self.upper, sp.Rational):
            return below, Fraction(int(self.upper.p), int(self.upper.q))
        return below, (_floor(high) + 2) * scale

    def points(self) -> Iterator[Fraction]:
        """Rational points inside, dense towards both ends; far out if the upper end is infinite."""
        low, high = self.balls()
        start = Fraction(_floor(low), 2**64)
        if self.upper == sp.oo:
            candidates = [
                start + Fraction(n, 16) * Fraction(2) ** k for k in range(-12, 18) for n in (16, 21, 27)
            ]
        else:
            length = Fraction(_floor(high - low), 2**64)
            steps = {Fraction(n, 37) for n in range(1, 37)} | {Fraction(1, 2**k) for k in range(6, 16)}
            steps |= {1 - Fraction(1, 2**k) for k in range(6, 16)}
            candidates = sorted(start + length * step for step in steps)
        for point in candidates:
            ball = ball_of(point)
            if ball > low and ball < high:
                yield point


def _floor(value: arb) -> int:
    with flint.ctx.workprec(BITS):
        whole = (value * 2**64).lower().floor().unique_fmpz()
    assert whole is not None, "the floor of an exact finite number is an integer"
    return int(whole)


def ball_of(value: Fraction) -> arb:
    """Enclose a rational number at the precision in force."""
    return arb(value.numerator) / value.denominator
