"""Certified zeros of a polynomial in generators: a bracket of certain signs, refined, with a derivative
that excludes zero."""

from __future__ import annotations

from fractions import Fraction

import flint
import sympy as sp
from flint import arb, fmpz_mpoly

from implicitreg_sym.degree.enclosure import constant_sign, sampled_signs
from implicitreg_sym.degree.field import DifferentialField
from implicitreg_sym.degree.simplest import simplest_fraction
from implicitreg_sym.degree.span import ball_of, v
from implicitreg_sym.evaluate import Ball, compile_expression

Bracket = tuple[Fraction, Fraction]
TWELFTHS = 48
MOST_DENOMINATOR = 10**6


def brackets(field: DifferentialField, polynomial: fmpz_mpoly) -> list[Bracket]:
    """Neighbouring sample points at which a polynomial certainly has opposite signs."""
    certain = [(point, sign) for point, sign in sampled_signs(field, polynomial) if sign]
    return [
        (left, right)
        for (left, before), (right, after) in zip(certain, certain[1:], strict=False)
        if before != after
    ]


def isolate(field: DifferentialField, polynomial: fmpz_mpoly, bracket: Bracket, digits: int) -> Ball | None:
    """Enclose a zero in a bracket to so many digits, the only one of the ball; None if precision or
    simplicity fail.

    Bisection with certain signs gives existence; a derivative that excludes zero over the ball, uniqueness.
    """
    left, right = bracket
    width = max(Fraction(1, 10**6), abs(left)) / 10 ** (digits + 2)
    with flint.ctx.workprec(int(digits * 3.4) + 96):
        below = field.over(polynomial, ball_of(left)) > 0
        while right - left > width:
            middle = _rounded((left + right) / 2, (right - left) / 8)
            value = field.over(polynomial, ball_of(middle))
            if not (value > 0 or value < 0):
                middle = _rounded((2 * left + right) / 3, (right - left) / 8)
                value = field.over(polynomial, ball_of(middle))
                if not (value > 0 or value < 0):
                    return None
            left, right = (middle, right) if (value > 0) == below else (left, middle)
        part = arb(ball_of(left)).union(ball_of(right))
        slope = field.jet(polynomial, part, 2)[1]
    return Ball((left + right) / 2, (right - left) / 2) if slope > 0 or slope < 0 else None


def _rounded(value: Fraction, tolerance: Fraction) -> Fraction:
    scale = 1
    while Fraction(1, scale) > tolerance:
        scale *= 2
    return Fraction(round(value * scale), scale)


def exact_zeros(field: DifferentialField, polynomial: fmpz_mpoly) -> list[sp.Expr]:
    """Zeros of simple exact form within the span: of factors in v alone up to degree 2, and multiples of
    pi/12 over a frequency."""
    low, high = field.span.balls()
    candidates: list[sp.Expr] = []
    for factor, _multiplicity in polynomial.factor()[1]:
        indices = field.tower.indices(factor)
        if [field.families[i] for i in indices] == ["variable"] and field.tower.degree(
            factor, indices[0]
        ) <= 2:
            candidates += sp.roots(sp.Poly(field.polynomial_expression(factor), v))
    frequencies = {
        sp.cancel(generator.meaning.args[0] / v)
        for generator, family in zip(field.tower.generators, field.families, strict=True)
        if family == "sin"
    }
    candidates += [
        k * sp.pi / (12 * rate) for rate in frequencies if not rate.has(v) for k in range(1, TWELFTHS + 1)
    ]
    found = []
    with flint.ctx.workprec(128):
        for candidate in candidates:
            if not candidate.is_real or constant_sign(candidate) != 1:
                continue
            ball = _number(candidate)
            near = ball > low and ball < high and field.over(polynomial, ball).contains(0)
            if near and constant_sign(field.at_end(polynomial, candidate)) == 0:
                found.append(candidate)
    return sorted(found, key=lambda root: sp.N(root, 30))


def exact_rational_zero(field: DifferentialField, polynomial: fmpz_mpoly, ball: Ball) -> sp.Rational | None:
    """The simplest rational in a ball that holds one zero, if it is proved to be that zero; else None."""
    if ball.radius == 0:
        return None
    simple = simplest_fraction(ball.lower, ball.upper)
    candidate = sp.Rational(simple.numerator, simple.denominator)
    if simple.denominator > MOST_DENOMINATOR or constant_sign(field.at_end(polynomial, candidate)) != 0:
        return None
    return candidate


def _number(value: sp.Expr) -> arb:
    return compile_expression(value, ()).arb()
