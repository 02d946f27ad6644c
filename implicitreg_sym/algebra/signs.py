"""Signs of polynomials in the generators of a tower, on the whole region, in the weak sense (>= 0 or <= 0).

Weak signs suffice: where a logarithm or the inverse of a root is defined, its argument is not zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import comb

import flint
import sympy as sp
from flint import fmpz_mpoly

from implicitreg_sym.algebra.tower import Element, Key, Tower, Undecided
from implicitreg_sym.errors import InputError
from implicitreg_sym.evaluate.program import compile_expression

_TERMS = 600
_DEPTH = 4


class Signs:
    """The sign oracle of a tower: bounds of the generators, and declared positive elements."""

    def __init__(self, tower: Tower) -> None:
        self.tower = tower
        self._declared: dict[frozenset[Key], int] = {}

    def declare_positive(self, elements: Iterable[Element]) -> None:
        """Take elements as positive: the sign of the product of their unknown odd factors follows."""
        for element in elements:
            sign, unknown = self._split(element.num, _DEPTH)
            below, more = self._split(element.den, _DEPTH)
            if unknown ^ more:
                self._declared[frozenset(unknown ^ more)] = sign * below

    def sign(self, element: Element) -> int:
        """+1 if the element is >= 0 wherever defined on the region, -1 if it is <= 0, 0 if unknown."""
        return self._product([element.num, element.den], _DEPTH)

    def of_polynomial(self, polynomial: fmpz_mpoly) -> int:
        """The weak sign of a polynomial in the generators."""
        return self._product([polynomial], _DEPTH)

    def _product(self, polynomials: list[fmpz_mpoly], depth: int) -> int:
        sign, odd = 1, set[Key]()
        for polynomial in polynomials:
            if polynomial.is_zero():
                return 1
            factor, unknown = self._split(polynomial, depth)
            sign *= factor
            odd ^= unknown
        if not odd:
            return sign
        for known, value in self._declared.items():
            if known <= odd:
                odd -= known
                sign *= value
        return 0 if odd else sign

    def _split(self, polynomial: fmpz_mpoly, depth: int) -> tuple[int, set[Key]]:
        """The sign of the factors of known sign, and the factors of odd multiplicity without one."""
        content, factors = polynomial.factor()
        sign, unknown = (1 if content > 0 else -1), set[Key]()
        for factor, multiplicity in factors:
            if not all(self.tower.generators[index].real for index in self.tower.indices(factor)):
                unknown.add(
                    self.tower.key(factor)
                )  # even powers of a number that need not be real have no sign either
            elif multiplicity % 2:
                known = self._irreducible(factor, depth)
                sign *= known or 1
                if not known:
                    unknown.add(self.tower.key(factor))
        return sign, unknown

    def _irreducible(self, polynomial: fmpz_mpoly, depth: int) -> int:
        single = frozenset([self.tower.key(polynomial)])
        if single in self._declared:
            return self._declared[single]
        indices = self.tower.indices(polynomial)
        if all(self.tower.generators[index].constant for index in indices):
            return self._constant(polynomial)
        return (
            self._from_coefficients(polynomial, indices)
            or (self._from_sturm(polynomial, indices[0]) if len(indices) == 1 else 0)
            or (self._from_norm(polynomial, indices, depth) if depth else 0)
        )

    def _constant(self, polynomial: fmpz_mpoly) -> int:
        expression = self.tower.expression(self.tower.element(polynomial))
        try:
            program = compile_expression(expression, ())
        except InputError:
            return 0
        for bits in (64, 256, 1024):
            with flint.ctx.workprec(bits):
                value = program.arb()
                if value > 0 or value < 0:
                    return 1 if value > 0 else -1
        return 0

    def _from_coefficients(self, polynomial: fmpz_mpoly, indices: list[int]) -> int:
        """Move each generator to v >= 0 by its bounds; then all coefficients of one sign give the sign."""
        terms = {
            tuple(powers.get(i, 0) for i in indices): Fraction(c)
            for powers, c in self.tower.terms(polynomial)
        }
        free: list[int] = []
        for position, index in enumerate(indices):
            generator = self.tower.generators[index]
            if generator.lower is None and generator.upper is None:
                free.append(position)
            elif generator.lower != 0 or generator.upper is not None:
                terms = _moved(terms, position, generator.lower, generator.upper)
            if len(terms) > _TERMS:
                return 0
        signs = {
            0 if any(powers[i] % 2 for i in free) else (1 if c > 0 else -1)
            for powers, c in terms.items()
            if c
        }
        return signs.pop() if len(signs) == 1 else 0

    def _from_sturm(self, polynomial: fmpz_mpoly, index: int) -> int:
        """A polynomial in one generator without roots strictly between the bounds keeps its sign there."""
        generator = self.tower.generators[index]
        variable = sp.Dummy()
        degree = self.tower.degree(polynomial, index)
        if degree > 40:
            return 0
        dense = sp.Poly(
            {(powers.get(index, 0),): c for powers, c in self.tower.terms(polynomial)}, variable, domain=sp.ZZ
        )
        low, high = generator.lower, generator.upper
        ends = [None if end is None else sp.Rational(end.numerator, end.denominator) for end in (low, high)]
        roots = dense.count_roots(*ends) - sum(1 for end in ends if end is not None and dense.eval(end) == 0)
        if roots:
            return 0
        inside = (low + high) / 2 if low is not None and high is not None else Fraction(0)
        if low is None or high is None:
            inside = low + 1 if low is not None else high - 1 if high is not None else inside
        return 1 if dense.eval(sp.Rational(inside.numerator, inside.denominator)) > 0 else -1

    def _from_norm(self, polynomial: fmpz_mpoly, indices: list[int], depth: int) -> int:
        """A + B h with a square root h >= 0: the sign of A^2 - B^2 h^2 tells which summand prevails."""
        for index in reversed(indices):
            parts = self.tower.halves(polynomial, index)
            conjugate = self.tower.conjugate(polynomial, index)
            if parts is None or conjugate is None or self.tower.generators[index].lower != 0:
                continue
            try:
                norm = self._product([self.tower.product(polynomial, conjugate)], depth - 1)
                of_first, of_second = (self._product([part], depth - 1) for part in parts)
            except Undecided:
                return 0
            if of_first and of_first == of_second:
                return of_first
            if norm and (of_first if norm > 0 else of_second):
                return of_first if norm > 0 else of_second
            sign = self._without_terms(polynomial, parts[0], depth)
            if sign:
                return sign
        return 0

    def _without_terms(self, polynomial: fmpz_mpoly, free: fmpz_mpoly, depth: int) -> int:
        """The sign that both the terms of that sign in ``free`` and the rest of the polynomial have."""
        split: dict[int, fmpz_mpoly] = {}
        for term in self.tower.single_terms(free):
            sign = self._from_coefficients(term, self.tower.indices(term))
            split[sign] = split[sign] + term if sign in split else term
        for sign in (1, -1):
            if sign in split and self._product([polynomial - split[sign]], depth - 1) == sign:
                return sign
        return 0


def _moved(
    terms: dict[tuple[int, ...], Fraction], position: int, lower: Fraction | None, upper: Fraction | None
) -> dict[tuple[int, ...], Fraction]:
    """Substitute lower + v, upper - v, or (lower + upper v)/(1 + v), cleared, for one variable."""
    degree = max(powers[position] for powers in terms)
    result: dict[tuple[int, ...], Fraction] = {}
    for powers, coefficient in terms.items():
        e = powers[position]
        if lower is not None and upper is not None:
            first = [comb(e, j) * lower ** (e - j) * upper**j for j in range(e + 1)]
            second = [Fraction(comb(degree - e, j)) for j in range(degree - e + 1)]
            row = [Fraction(0)] * (degree + 1)
            for i, left in enumerate(first):
                for j, right in enumerate(second):
                    row[i + j] += left * right
        elif lower is not None:
            row = [comb(e, j) * lower ** (e - j) for j in range(e + 1)]
        else:
            assert upper is not None
            row = [comb(e, j) * upper ** (e - j) * (-1) ** j for j in range(e + 1)]
        for j, value in enumerate(row):
            key = (*powers[:position], j, *powers[position + 1 :])
            result[key] = result.get(key, Fraction(0)) + coefficient * value
    return {powers: value for powers, value in result.items() if value}
