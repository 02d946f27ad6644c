"""Exact rules for the sign of an irreducible polynomial in generators: by terms, by range, by conjugate, by
Taylor coefficients."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import sympy as sp
from flint import fmpz_mpoly

from implicitreg_sym.algebra.tower import Element
from implicitreg_sym.degree.enclosure import constant_sign
from implicitreg_sym.degree.exponential_polynomial import one_sign
from implicitreg_sym.degree.field import DifferentialField
from implicitreg_sym.degree.place import typeset
from implicitreg_sym.degree.sign_proof import (
    Conjugation,
    ConstantSign,
    ExponentialPolynomial,
    PolynomialRange,
    SignProof,
    SumOfPositives,
)
from implicitreg_sym.degree.span import v

Prover = Callable[[fmpz_mpoly], SignProof | None]
MOST_RATES = 60
EXTRA_RATES = 3


def by_terms(field: DifferentialField, polynomial: fmpz_mpoly) -> SignProof | None:
    """`SumOfPositives`."""
    sign = field.sign_by_terms(polynomial)
    return SumOfPositives(*_statement(field, polynomial), sign) if sign else None


def as_constant(field: DifferentialField, polynomial: fmpz_mpoly) -> SignProof | None:
    """`ConstantSign`."""
    if any(field.families[index] != "constant" for index in field.tower.indices(polynomial)):
        return None
    sign = constant_sign(field.polynomial_expression(polynomial))
    return ConstantSign(*_statement(field, polynomial), sign) if sign else None


def by_range(field: DifferentialField, polynomial: fmpz_mpoly) -> SignProof | None:
    """`PolynomialRange`."""
    indices = field.tower.indices(polynomial)
    if len(indices) != 1:
        return None
    (index,) = indices
    symbol = sp.Symbol("g")
    terms = {powers.get(index, 0): coefficient for powers, coefficient in field.tower.terms(polynomial)}
    poly = sp.Poly(sum(coefficient * symbol**power for power, coefficient in terms.items()), symbol)
    low, high = (
        None if end is None else sp.Rational(end.numerator, end.denominator) for end in field.ranges[index]
    )
    for end in (low, high):
        while end is not None and poly.eval(end) == 0 and poly.degree() > 0:
            poly = sp.Poly(sp.quo(poly, sp.Poly(symbol - end, symbol)), symbol)
    if poly.degree() > 0 and poly.count_roots(low, high):
        return None
    inside = (
        (low + high) / 2
        if low is not None and high is not None
        else low + 1
        if low is not None
        else high - 1
        if high is not None
        else sp.Integer(0)
    )
    value = sum(coefficient * inside**power for power, coefficient in terms.items())
    sign = int(sp.sign(value))
    if not sign:
        return None
    meaning = typeset(field.tower.generators[index].meaning)
    shown = tuple(typeset(end if end is not None else side) for end, side in ((low, -sp.oo), (high, sp.oo)))
    return PolynomialRange(
        *_statement(field, polynomial), sign, rf"\({meaning}\) lies in \(({shown[0]}, {shown[1]})\)."
    )


def by_conjugate(field: DifferentialField, polynomial: fmpz_mpoly, prove: Prover) -> SignProof | None:
    """`Conjugation`, for the last square root that occurs."""
    tower = field.tower
    roots = [
        index
        for index in tower.indices(polynomial)
        if field.families[index] == "root" and tower.relations[index][0] == 2
    ]
    if not roots:
        return None
    index = roots[-1]
    parts = tower.coefficients(polynomial, index)
    if set(parts) != {0, 1}:
        return None
    free, factor = prove(parts[0]), prove(parts[1])
    if free is None or factor is None or not free.sign or not factor.sign:
        return None
    if free.sign == factor.sign:
        return Conjugation(*_statement(field, polynomial), free.sign, "", (free, factor))
    one = field.integer(1).num
    squares = [tower.multiply(Element(part, one), Element(part, one)) for part in (parts[0], parts[1])]
    norm = tower.subtract(squares[0], tower.multiply(squares[1], field.arguments[index]))
    top, bottom = prove(norm.num), prove(norm.den)
    if top is None or bottom is None or not top.sign or not bottom.sign:
        return None
    sign = free.sign * top.sign * bottom.sign
    return Conjugation(*_statement(field, polynomial), sign, "", (free, factor, top, bottom))


def by_taylor_coefficients(field: DifferentialField, polynomial: fmpz_mpoly) -> SignProof | None:
    """`ExponentialPolynomial`, for polynomials in v and one exponential e^{-cv}, times e^{mv} for a few m."""
    tower = field.tower
    indices = tower.indices(polynomial)
    decays = [index for index in indices if field.families[index] == "exponential"]
    if len(decays) != 1 or any(
        field.families[index] not in {"exponential", "variable", "constant"} for index in indices
    ):
        return None
    (decay,) = decays
    rate, degree = (-tower.generators[decay].meaning.args[0]).as_coeff_exponent(v)
    if degree != 1 or rate.has(v) or not rate.is_positive:
        return None
    variable = tower.single(field.variable.num)
    assert variable is not None
    scaled: dict[tuple[int, int], sp.Expr] = {}
    for powers, coefficient in tower.terms(polynomial):
        constants = [
            tower.generators[i].meaning ** e for i, e in powers.items() if field.families[i] == "constant"
        ]
        key = (powers.get(variable, 0), powers.get(decay, 0))
        scaled[key] = (
            scaled.get(key, sp.Integer(0)) + sp.Mul(sp.Integer(coefficient), *constants) / rate ** key[0]
        )
    if not all(isinstance(value, sp.Rational) for value in scaled.values()):
        return None
    most = max(power for _degree, power in scaled)
    if most > MOST_RATES:
        return None
    for extra in range(EXTRA_RATES + 1):
        shifted = {
            (j, most + extra - k): Fraction(int(value.p), int(value.q)) for (j, k), value in scaled.items()
        }
        found = one_sign(shifted)
        if found is not None:
            sign, bound = found
            factor = typeset(tower.generators[decay].meaning ** -(most + extra))
            detail = (
                rf"After multiplication by \({factor}\); coefficients below \(n = {bound}\) are "
                rf"computed, the others dominated."
            )
            return ExponentialPolynomial(*_statement(field, polynomial), sign, detail)
    return None


def _statement(
    field: DifferentialField, polynomial: fmpz_mpoly
) -> tuple[sp.Expr, sp.Symbol, tuple[sp.Expr, sp.Expr]]:
    return field.polynomial_expression(polynomial), v, (field.span.lower, field.span.upper)
