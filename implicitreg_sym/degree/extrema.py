"""Critical points of the degree E: those that sampling brackets, and whether they are proved to be all."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import flint
import sympy as sp
from flint import fmpz_mpoly

from implicitreg_sym.algebra.tower import Undecided
from implicitreg_sym.degree.enclosure import enclosure_proof, sampled_signs
from implicitreg_sym.degree.field import DifferentialField
from implicitreg_sym.degree.roots import brackets, exact_rational_zero, isolate
from implicitreg_sym.degree.span import BITS, Span
from implicitreg_sym.errors import InputError
from implicitreg_sym.evaluate import Ball

MOST_EXTREMA = 6
COARSE_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Extrema:
    """Enclosures of zeros of E' in v = |u|, ascending; ``complete``, whether others are excluded by proof."""

    balls: tuple[Ball, ...]
    complete: bool


def find_extrema(field: DifferentialField, formula: sp.Expr, slope: fmpz_mpoly, digits: int) -> Extrema:
    """Isolate the zeros of E' that its signs at sample points bracket, and try to exclude others.

    ``formula`` is σ in v, ``slope`` the numerator of dE/dv in the field.
    """
    factors = [factor for factor, _multiplicity in slope.factor()[1]]
    found, coarse, dropped = list[Ball](), list[Ball](), False
    for index, factor in enumerate(factors):
        around = brackets(field, factor)
        dropped = dropped or len(around) > MOST_EXTREMA
        for bracket in around[:MOST_EXTREMA]:
            wide = isolate(field, factor, bracket, COARSE_DIGITS)
            ball = isolate(field, factor, bracket, digits)
            if ball is None or wide is None:
                dropped = True
                continue
            exact = exact_rational_zero(field, factor, ball)
            found.append(ball if exact is None else Ball(Fraction(int(exact.p), int(exact.q))))
            others = factors[:index] + factors[index + 1 :]
            dropped = dropped or not _excluded(field, others, wide)
            coarse.append(wide)
    found.sort(key=lambda ball: ball.middle)
    coarse.sort(key=lambda ball: ball.middle)
    complete = bool(found) and not dropped and _no_others(field, formula, coarse)
    return Extrema(tuple(found), complete)


def _excluded(field: DifferentialField, factors: list[fmpz_mpoly], ball: Ball) -> bool:
    """Whether no other factor of E' vanishes in a ball that holds one zero of one factor."""
    with flint.ctx.workprec(BITS):
        return not any(field.over(factor, ball.to_arb()).contains(0) for factor in factors)


def _no_others(field: DifferentialField, formula: sp.Expr, zeros: list[Ball]) -> bool:
    """Whether balls prove that E' keeps its sign on each gap between the zeros, and before and after them."""
    ends = [field.span.lower]
    for ball in zeros:
        ends += [_rational(ball.lower), _rational(ball.upper)]
    ends.append(field.span.upper)
    for lower, upper in zip(ends[::2], ends[1::2], strict=True):
        try:
            part = DifferentialField(Span(lower, upper), formula)
            value = part.element(formula)
            quotient = part.tower.multiply(part.derivative(value), part.tower.inverse(value))
            slope = part.derivative(part.tower.multiply(part.variable, quotient)).num
        except (Undecided, InputError):
            return False
        signs = {sign for _point, sign in sampled_signs(part, slope)} - {0}
        if len(signs) != 1 or enclosure_proof(part, slope, signs.pop()) is None:
            return False
    return True


def _rational(value: Fraction) -> sp.Rational:
    return sp.Rational(value.numerator, value.denominator)
