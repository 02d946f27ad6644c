"""Signs by balls: Taylor's theorem at an end, subdivision of what is compact, a majorant at infinity, and
their union."""

from __future__ import annotations

from fractions import Fraction

import flint
import sympy as sp
from flint import arb, fmpz_mpoly

from implicitreg_sym.algebra import decide_zero
from implicitreg_sym.algebra.tower import Element, Undecided
from implicitreg_sym.degree.asymptotics import Monomial, Tail
from implicitreg_sym.degree.field import DifferentialField
from implicitreg_sym.degree.place import typeset
from implicitreg_sym.degree.sign_proof import (
    AsymptoticMajorant,
    CompactSubdivision,
    EnclosedLeadingTerm,
    LeadingTerm,
    SignProof,
    TaylorAtEnd,
    Union,
)
from implicitreg_sym.degree.span import BITS, v
from implicitreg_sym.errors import InputError
from implicitreg_sym.evaluate import compile_expression
from implicitreg_sym.status import Status

MOST_PARTS = 3000
HIGHEST_ORDER = 14
STARTS = (4, 8, 16, 64, 1024, 2**20)


def constant_sign(constant: sp.Expr) -> int | None:
    """The sign of an exact real number: 0 only if that is decided exactly, None if undecided or undefined.

    >>> constant_sign(sp.sqrt(2) * sp.sqrt(3) - sp.sqrt(6)), constant_sign(sp.log(2) - sp.Rational(1, 2))
    (0, 1)
    """
    if isinstance(constant, sp.Rational):
        return int(sp.sign(constant))
    if constant.has(sp.nan, sp.zoo, sp.oo):
        return None
    try:
        program = compile_expression(constant, ())
    except InputError:
        return None
    for bits in (64, 256):
        with flint.ctx.workprec(bits):
            ball = program.arb()
        if ball > 0:
            return 1
        if ball < 0:
            return -1
    return 0 if decide_zero(constant).status is Status.PROVED else None


def leading_term(
    field: DifferentialField, polynomial: fmpz_mpoly, left: bool
) -> tuple[int, int, bool] | None:
    """(order m, sign near the end, whether by exact rules alone) at the left or right end of the span, if
    it is finite and all is analytic there."""
    end = field.span.lower if left else field.span.upper
    if end == sp.oo:
        return None
    current, sign, exact = polynomial, 1, True
    for order in range(HIGHEST_ORDER):
        value = field.at_end(current, end)
        here = constant_sign(value)
        if here is None:
            return None
        if here:
            return order, here * sign * (1 if left or order % 2 == 0 else -1), exact and not value.has(sp.Add)
        slope = field.derivative(Element(current, field.integer(1).num))
        denominator = field.at_end(slope.den, end)
        below = constant_sign(denominator)
        if not below or slope.num.is_zero():
            return None
        current, sign, exact = slope.num, sign * below, exact and not denominator.has(sp.Add)
    return None


def sign_near_end(field: DifferentialField, polynomial: fmpz_mpoly, left: bool) -> SignProof | None:
    """The sign of a polynomial near an end of the span, with its proof."""
    place = (field.span.lower, field.span.upper)
    found = leading_term(field, polynomial, left)
    if found is not None:
        order, sign, exact = found
        rule = LeadingTerm if exact else EnclosedLeadingTerm
        side = rf"\({typeset(v)} \to {typeset(place[0] if left else place[1])}\)"
        detail = f"As {side} the first derivative that does not vanish has order {order}."
        return rule(field.polynomial_expression(polynomial), v, place, sign, detail)
    if not left and field.span.upper == sp.oo:
        for start in (16, 2**20, 2**60):
            proof = majorant(field, polynomial, start)
            if proof is not None:
                return proof
    return None


def majorant(field: DifferentialField, polynomial: fmpz_mpoly, start: int) -> SignProof | None:
    """The sign of a polynomial on [start, infinity) from its expansion at infinity."""
    with flint.ctx.workprec(BITS):
        try:
            monomial, ball = Tail(field, start).quotient(polynomial)
        except (Undecided, InputError):
            return None
        sign = 1 if ball > 0 else -1 if ball < 0 else 0
        if not sign:
            return None
        shown = _monomial_text(field, monomial)
        detail = rf"For \(v \ge {start}\) the quotient by \({shown}\) lies in \({ball.str(6)}\)."
    return AsymptoticMajorant(
        field.polynomial_expression(polynomial), v, (sp.Integer(start), sp.oo), sign, detail
    )


def _monomial_text(field: DifferentialField, monomial: Monomial) -> str:
    decays = [field.tower.generators[index].meaning ** count for index, count in monomial.decays]
    power = v ** sp.Rational(monomial.power.numerator, monomial.power.denominator)
    return str(typeset(sp.Mul(power, sp.log(v) ** monomial.logs, *decays)))


def enclosure_proof(field: DifferentialField, polynomial: fmpz_mpoly, sign: int) -> SignProof | None:
    """Prove the sign of a polynomial on the whole span by balls, or return None."""
    with flint.ctx.workprec(BITS):
        if field.span.upper != sp.oo:
            return _on_bounded_span(field, polynomial, sign, field.span.upper, closed=False)
        for start in STARTS:
            tail = majorant(field, polynomial, start)
            if tail is not None:
                break
        else:
            return None
        if tail.sign != sign:
            return None
        if field.span.balls()[0] >= start:
            return tail
        body = _on_bounded_span(field, polynomial, sign, sp.Integer(start), closed=True)
        if body is None:
            return None
    return Union(tail.expression, v, (field.span.lower, sp.oo), sign, "", (body, tail))


def _on_bounded_span(
    field: DifferentialField, polynomial: fmpz_mpoly, sign: int, upper: sp.Expr, closed: bool
) -> SignProof | None:
    low, high = field.span.balls()[0], compile_expression(upper, ()).arb()
    if low == 0 and not low.is_exact():
        low = arb(0)
    length, parts = high - low, list[SignProof]()
    start, stop = low, high
    at_left = _taylor(field, polynomial, sign, low, length, left=True)
    at_right = None if closed else _taylor(field, polynomial, sign, high, length, left=False)
    expression = field.polynomial_expression(polynomial)
    if at_left is not None:
        start = low + at_left[0]
        detail = (
            f"Order {at_left[1]}, on the part of length {_text(at_left[0])} next to "
            f"\\({typeset(field.span.lower)}\\)."
        )
        parts.append(TaylorAtEnd(expression, v, (field.span.lower, _exact(start.upper())), sign, detail))
    if at_right is not None:
        stop = high - at_right[0]
        detail = (
            f"Order {at_right[1]}, on the part of length {_text(at_right[0])} next to \\({typeset(upper)}\\)."
        )
        parts.append(TaylorAtEnd(expression, v, (_exact(stop.lower()), upper), sign, detail))
    count = _subdivide(field, polynomial, sign, start.lower(), stop.upper())
    if count is None:
        return None
    detail = f"{count} parts suffice."
    ends = (
        field.span.lower if at_left is None else _exact(start.lower()),
        upper if at_right is None else _exact(stop.upper()),
    )
    parts.append(CompactSubdivision(expression, v, ends, sign, detail))
    return (
        parts[0]
        if len(parts) == 1
        else Union(expression, v, (field.span.lower, upper), sign, "", tuple(parts))
    )


def _exact(value: arb) -> sp.Rational:
    mantissa, exponent = (int(part) for part in value.man_exp())
    return sp.Rational(mantissa) * sp.Integer(2) ** exponent


def _text(value: arb) -> str:
    return str(value.mid().str(3, radius=False))


def _taylor(
    field: DifferentialField, polynomial: fmpz_mpoly, sign: int, end: arb, length: arb, left: bool
) -> tuple[arb, int] | None:
    """A length e and an order m such that f^(m) excludes zero on the part of length e next to the end,
    where f vanishes to order m >= 1."""
    found = leading_term(field, polynomial, left)
    if found is None or found[0] == 0 or found[1] != sign:
        return None
    order = found[0]
    step = arb(1) / 4 if not length < 1 else length.mid() / 4
    for _ in range(40):
        part = end.union(end + step if left else end - step)
        coefficient = field.jet(polynomial, part, order + 1)[order]
        wanted = sign if left or order % 2 == 0 else -sign
        if (coefficient > 0 and wanted > 0) or (coefficient < 0 and wanted < 0):
            return step, order
        step = step / 2
    return None


def _subdivide(
    field: DifferentialField, polynomial: fmpz_mpoly, sign: int, low: arb, high: arb
) -> int | None:
    """How many parts of [low, high] it takes until the ball over each has the sign; None if that fails."""
    if low >= high:
        return 0
    pending, count, narrowest = [(low, high)], 0, (high - low) / 2**40
    while pending:
        left, right = pending.pop()
        count += 1
        if count > MOST_PARTS:
            return None
        part = left.union(right)
        value = field.over(polynomial, part)
        if not (value > 0 or value < 0):
            middle = part.mid()
            value = field.over(polynomial, middle) + field.jet(polynomial, part, 2)[1] * (part - middle)
        if (value > 0 and sign > 0) or (value < 0 and sign < 0):
            continue
        if (value < 0 if sign > 0 else value > 0) or right - left < narrowest:
            return None
        middle = ((left + right) / 2).mid()
        pending += [(middle, right), (left, middle)]
    return count


def sampled_signs(field: DifferentialField, polynomial: fmpz_mpoly) -> list[tuple[Fraction, int]]:
    """Rational points of the span and the certain sign of a polynomial there, 0 if none is certain."""
    values = field.at_samples(polynomial)
    return [
        (point, 1 if value > 0 else -1 if value < 0 else 0)
        for point, value in zip(field.samples, values, strict=True)
    ]
