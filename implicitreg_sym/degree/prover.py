"""Proves the strict sign of an expression on an open interval: factors, exact rules, a ladder of
derivatives, then balls."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import sympy as sp
from flint import fmpz_mpoly

from implicitreg_sym.algebra.tower import Element, Undecided
from implicitreg_sym.degree.enclosure import constant_sign, enclosure_proof, sampled_signs, sign_near_end
from implicitreg_sym.degree.exact_signs import (
    as_constant,
    by_conjugate,
    by_range,
    by_taylor_coefficients,
    by_terms,
)
from implicitreg_sym.degree.field import DifferentialField
from implicitreg_sym.degree.place import typeset
from implicitreg_sym.degree.sign_proof import (
    DerivativeLadder,
    ProductRule,
    Reflection,
    SignProof,
    Undecidable,
    Union,
    Vanishing,
)
from implicitreg_sym.degree.span import Span, v
from implicitreg_sym.errors import InputError

RUNGS = 5  # derivatives taken one after the other
MOST_CANDIDATES = 3  # multipliers followed at each rung
MOST_LADDERS = 12  # ladders tried in one pass
MOST_MULTIPLIERS = 24  # positive factors considered at each rung
MOST_LADDER_TERMS = 60
LONGEST_DENOMINATOR = 1000


def prove_sign(expr: sp.Expr, variable: sp.Symbol, interval: tuple[sp.Expr, sp.Expr]) -> SignProof:
    """Prove that ``expr`` is positive, negative or identically zero on the open ``interval``, or say that
    this is undecided.

    Arguments: ``expr``, exact, smooth on the interval, in the one real ``variable``; ``interval``, two
    exact ends, infinite ones included. Returns a `SignProof` (T9 rests on them), whose sign is None if no
    rule applies or the sign changes. Raises `InputError` on an empty interval or inexact numbers.

    >>> from implicitreg_sym.symbols import u
    >>> proof = prove_sign(sp.sinh(2 * u) - 2 * u * sp.cosh(2 * u), u, (sp.Integer(0), sp.oo))
    >>> proof.sign, proof.status.name
    (-1, 'PROVED')
    >>> prove_sign(u**2 - 2, u, (sp.Integer(0), sp.oo)).sign is None
    True
    """
    lower, upper = (sp.sympify(end, strict=True) for end in interval)
    if expr.has(sp.Float) or lower.has(sp.Float) or upper.has(sp.Float):
        raise InputError("a sign is proved with exact numbers only; write 3/10 instead of 0.3")
    if expr.free_symbols - {variable}:
        raise InputError(
            f"the expression contains {', '.join(map(str, expr.free_symbols - {variable}))}; give a "
            f"function of {variable} alone"
        )
    order = constant_sign(upper - lower) if sp.oo not in (upper, -lower) else 1
    if order != 1:
        raise InputError(f"({lower}, {upper}) is not an open interval; give the smaller end first")
    left, right = (_side(end) for end in (lower, upper))
    if left >= 0:
        return _on_span(expr, variable, Span(lower, upper), 1)
    if right <= 0:
        return _on_span(expr, variable, Span(-upper, -lower), -1)
    return _across_zero(expr, variable, lower, upper)


def _side(end: sp.Expr) -> int:
    if end in (sp.oo, -sp.oo):
        return 1 if end == sp.oo else -1
    sign = constant_sign(end)
    if sign is None:
        raise InputError(f"the sign of the end {end} is not known; write it in a simpler form")
    return sign


def _across_zero(expr: sp.Expr, variable: sp.Symbol, lower: sp.Expr, upper: sp.Expr) -> SignProof:
    zero = sp.Integer(0)
    below, above = prove_sign(expr, variable, (lower, zero)), prove_sign(expr, variable, (zero, upper))
    at_zero = constant_sign(expr.subs(variable, 0))
    if below.sign is not None and below.sign == above.sign == at_zero:
        detail = f"At 0 the value is ${typeset(expr.subs(variable, 0))}$."
        return Union(expr, variable, (lower, upper), below.sign, detail, (below, above))
    return Undecidable(
        expr,
        variable,
        (lower, upper),
        None,
        "the signs on the two sides of 0, and at 0, are not known to agree",
        (below, above),
    )


def _on_span(expr: sp.Expr, variable: sp.Symbol, span: Span, side: int) -> SignProof:
    formula = expr.subs(variable, side * v)
    interval = (span.lower, span.upper) if side > 0 else (-span.upper, -span.lower)
    try:
        field = DifferentialField(span, formula)
        inner = prove_element(field, field.element(formula))
    except Undecided as reason:
        return Undecidable(expr, variable, interval, None, str(reason))
    if side < 0:
        return Reflection(
            expr, variable, interval, inner.sign, inner.detail if inner.sign is None else "", (inner,)
        )
    detail = inner.detail if inner.sign is None else rf"With \(v = {typeset(variable)}\)."
    return ProductRule(expr, variable, interval, inner.sign, detail, (inner,))


def prove_element(field: DifferentialField, element: Element) -> SignProof:
    """Prove the sign of an element of a differential field on its span: that of numerator times
    denominator.

    Returns a node of `SignProof`, undecided with a reason if no rule applies.
    """
    place = (field.span.lower, field.span.upper)
    expression = field.expression(element)
    if element.num.is_zero():
        return Vanishing(expression, v, place, 0)
    search = _Search(field)
    plain = element.den == field.integer(1).num
    premises = tuple(search.prove(part) for part in ((element.num,) if plain else (element.num, element.den)))
    if any(premise.sign is None for premise in premises):
        reason = next(premise.detail for premise in premises if premise.sign is None)
        return Undecidable(expression, v, place, None, reason, premises)
    if plain:
        return premises[0]
    sign = 1
    for premise in premises:
        sign *= premise.sign or 0
    return ProductRule(expression, v, place, sign, "", premises)


def _short(number: sp.Expr) -> str:
    """An exact number as text, a rational with a long denominator rounded to three digits after "about"."""
    if isinstance(number, sp.Rational) and number.q > LONGEST_DENOMINATOR:
        return f"about {sp.N(number, 3)}"
    return str(number)


class _Search:
    """One search for a proof: what was tried is remembered, and the number of ladders is bounded."""

    def __init__(self, field: DifferentialField) -> None:
        self.field = field
        self.place = (field.span.lower, field.span.upper)
        self.ladders = 0
        self._known: dict[tuple[str, int, bool], SignProof | None] = {}

    def prove(self, polynomial: fmpz_mpoly) -> SignProof:
        """First with exact rules only, then with balls."""
        proof = self.of(polynomial, RUNGS, balls=False)
        if proof is None:
            self.ladders = 0
            proof = self.of(polynomial, RUNGS, balls=True)
        return proof or Undecidable(
            self.field.polynomial_expression(polynomial), v, self.place, None, self._reason(polynomial)
        )

    def _reason(self, polynomial: fmpz_mpoly) -> str:
        for factor, multiplicity in polynomial.factor()[1]:
            seen: dict[int, sp.Rational] = {}
            for point, sign in sampled_signs(self.field, factor):
                seen.setdefault(sign, sp.Rational(point.numerator, point.denominator))
            if multiplicity % 2 and 1 in seen and -1 in seen:
                return (
                    f"the sign changes: a factor is positive at v = {_short(seen[1])} and negative at "
                    f"v = {_short(seen[-1])}, where v is the distance from 0"
                )
        end = self.place[1]
        place = f"{_short(self.place[0])} < v" + ("" if end == sp.oo else f" < {_short(end)}")
        return (
            f"no rule gives the sign of {self.field.polynomial_expression(polynomial)} for {place}, where v "
            f"is the distance from 0"
        )

    def of(self, polynomial: fmpz_mpoly, rungs: int, balls: bool) -> SignProof | None:
        """The sign of a polynomial as the product of the signs of its factors, or None."""
        whole = by_terms(self.field, polynomial)
        if whole is not None:
            return whole
        content, factors = polynomial.factor()
        sign, premises = (1 if content > 0 else -1), list[SignProof]()
        for factor, multiplicity in factors:
            proof = self.irreducible(factor, rungs, balls)
            if proof is None or not proof.sign:
                return None
            sign *= proof.sign if multiplicity % 2 else 1
            premises.append(proof)
        if len(premises) == 1 and content == 1 and factors[0][1] == 1:
            return premises[0]
        return ProductRule(
            self.field.polynomial_expression(polynomial), v, self.place, sign, "", tuple(premises)
        )

    def irreducible(self, polynomial: fmpz_mpoly, rungs: int, balls: bool) -> SignProof | None:
        """The sign of an irreducible polynomial, or None."""
        key = (str(polynomial), rungs, balls)
        if key not in self._known:
            self._known[key] = None  # no proof may rest on itself
            self._known[key] = self._attempt(polynomial, rungs, balls)
        return self._known[key]

    def _attempt(self, polynomial: fmpz_mpoly, rungs: int, balls: bool) -> SignProof | None:
        field = self.field
        proof = by_terms(field, polynomial) or as_constant(field, polynomial) or by_range(field, polynomial)
        if proof is not None:
            return proof
        signs = {sign for _point, sign in sampled_signs(field, polynomial)} - {0}
        if len(signs) != 1:
            return None
        (sign,) = signs
        return (
            by_conjugate(field, polynomial, lambda part: self.of(part, 0, balls))
            or by_taylor_coefficients(field, polynomial)
            or (enclosure_proof(field, polynomial, sign) if balls else None)
            or (self._ladder(polynomial, sign, rungs, balls) if rungs else None)
        )

    def _ladder(self, polynomial: fmpz_mpoly, sign: int, rungs: int, balls: bool) -> SignProof | None:
        if self.ladders >= MOST_LADDERS:
            return None
        ends = {left: sign_near_end(self.field, polynomial, left) for left in (True, False)}
        usable = {left: proof for left, proof in ends.items() if proof is not None and proof.sign == sign}
        if not usable:
            return None
        for multiplier, grounds, slope, left in self._candidates(polynomial, sign, usable):
            self.ladders += 1
            top, bottom = self.of(slope.num, rungs - 1, balls), self.of(slope.den, rungs - 1, balls)
            if top is None or bottom is None or not top.sign or not bottom.sign:
                continue
            if top.sign * bottom.sign * (1 if left else -1) != sign:
                continue
            base = usable[left]
            shown = typeset(self.field.expression(multiplier))
            detail = (
                rf"Multiplier \(m = {shown}\), from the {'left' if left else 'right'} end; \((m P)'\) "
                rf"is the quotient of the two lines before."
            )
            premises = (
                (*grounds, base, top)
                if slope.den == self.field.integer(1).num
                else (*grounds, base, top, bottom)
            )
            return DerivativeLadder(
                self.field.polynomial_expression(polynomial), v, self.place, sign, detail, premises
            )
        return None

    def _candidates(
        self, polynomial: fmpz_mpoly, sign: int, usable: dict[bool, SignProof]
    ) -> list[tuple[Element, tuple[SignProof, ...], Element, bool]]:
        """Positive multipliers for which the sampled derivative has the sign that is needed, the simplest
        derivative first."""
        field, found = (
            self.field,
            list[tuple[tuple[int, ...], Element, tuple[SignProof, ...], Element, bool]](),
        )
        for multiplier, grounds in self._multipliers(polynomial):
            try:
                slope = field.derivative(field.tower.multiply(multiplier, field.tower.element(polynomial)))
            except Undecided:
                continue
            if slope.num.is_zero() or len(slope.num) > MOST_LADDER_TERMS:
                continue
            signs = self._sampled(slope)
            for left in usable:
                if signs == {sign if left else -sign}:
                    found.append((self._size(slope), multiplier, grounds, slope, left))
        found.sort(key=lambda entry: entry[0])
        return [entry[1:] for entry in found[:MOST_CANDIDATES]]

    def _sampled(self, element: Element) -> set[int]:
        top, bottom = (sampled_signs(self.field, part) for part in (element.num, element.den))
        return {first * second for (_p, first), (_q, second) in zip(top, bottom, strict=True)} - {0}

    def _size(self, slope: Element) -> tuple[int, ...]:
        """How hard the largest factor of a derivative looks: transcendental degree first, then the number
        of terms."""
        worst = (0, 0, 0)
        for factor, _multiplicity in slope.num.factor()[1]:
            if self.field.sign_by_terms(factor):
                continue
            deep = [
                i
                for i in self.field.tower.indices(factor)
                if self.field.families[i] not in {"constant", "variable", "exponential", "root"}
            ]
            degree = sum(self.field.tower.degree(factor, index) for index in deep)
            worst = max(worst, (degree, len(factor), factor.total_degree()))
        return worst

    def _multipliers(self, polynomial: fmpz_mpoly) -> Iterator[tuple[Element, tuple[SignProof, ...]]]:
        """Positive multipliers, and what proves them positive: 1, small powers of v and of the
        exponentials, their products, and 1/A for a polynomial A g + B in the last function g."""
        field, tower = self.field, self.field.tower
        one = field.integer(1)
        exponentials = [i for i in tower.indices(polynomial) if field.families[i] == "exponential"]
        powers = [[tower.power(field.variable, -k) for k in (0, 1, 2, 3)]]
        for index in exponentials:
            element = tower.element(tower.variable(index))
            highest = min(4, tower.degree(polynomial, index))
            powers.append([one, *(tower.power(element, -k) for k in range(1, highest + 1)), element])
        small = []
        for choice in product(*powers):
            multiplier = one
            for factor in choice:
                multiplier = tower.multiply(multiplier, factor)
            small.append(multiplier)
        small.sort(key=lambda multiplier: multiplier.num.total_degree() + multiplier.den.total_degree())
        yield from ((multiplier, ()) for multiplier in small[:MOST_MULTIPLIERS])
        for leading, ground in self._leading_coefficients(polynomial):
            yield from ((tower.multiply(leading, multiplier), (ground,)) for multiplier in (one, *small[1:3]))

    def _leading_coefficients(self, polynomial: fmpz_mpoly) -> Iterator[tuple[Element, SignProof]]:
        """1/|A| and 1/|B| for the polynomial A g + B, g the last generator that is not constant, where
        their sign is known."""
        field, tower = self.field, self.field.tower
        deep = [i for i in tower.indices(polynomial) if field.families[i] != "constant"]
        for index in reversed(deep):
            parts = tower.coefficients(polynomial, index)
            if set(parts) != {0, 1}:
                continue
            for part in (parts[1], parts[0]):
                if len(tower.indices(part)) == 0:
                    continue
                proof = self.of(part, 0, balls=False)
                if proof is not None and proof.sign:
                    inverse = tower.inverse(tower.element(part))
                    yield (inverse if proof.sign > 0 else tower.negate(inverse)), proof
