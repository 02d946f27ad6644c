"""A tower of generators over Q: fractions of integer polynomials, reduced modulo monic relations.

Generators are adjoined one by one; a relation g**q = p expresses a power of a generator by polynomials in
earlier ones. With the later generator the greater in the lexicographic order, the leading terms are coprime,
so the relations are a Groebner basis and division by them in turn gives a normal form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import gcd

import sympy as sp
from flint import Ordering, fmpq, fmpq_mat, fmpq_mpoly_ctx, fmpz_mpoly, fmpz_mpoly_ctx

CAPACITY = 48
_WORK_PER_TERM = 256  # products of terms allowed for each term allowed in a result
Bound = Fraction | None
Key = frozenset[tuple[tuple[int, ...], int]]


class Undecided(Exception):
    """The decision stops here; the message is the reason."""


@dataclass(frozen=True, slots=True)
class Element:
    """A fraction of two coprime polynomials in the generators, the denominator's leading coefficient > 0."""

    num: fmpz_mpoly
    den: fmpz_mpoly


@dataclass(frozen=True, slots=True)
class Generator:
    """What a generator of the tower stands for.

    ``real``: known to be real on the region; ``analytic``: known to be analytic on the whole box;
    ``constant``: free of symbols; ``lower`` and ``upper``: rational bounds that hold wherever it is defined.
    """

    meaning: sp.Expr
    real: bool
    analytic: bool = False
    constant: bool = False
    lower: Bound = None
    upper: Bound = None

    def __post_init__(self) -> None:
        if self.constant:
            object.__setattr__(self, "analytic", True)


class Tower:
    """The generators and relations of one decision, and the arithmetic of fractions in them.

    >>> tower = Tower(limit_terms=100)
    >>> two = tower.integer(2)
    >>> root = tower.adjoin(Generator(sp.sqrt(2), real=True), power=2, value=two.num)
    >>> tower.multiply(root, root) == two
    True
    >>> tower.expression(tower.inverse(tower.add(root, two)))
    1/(sqrt(2) + 2)
    """

    def __init__(self, limit_terms: int) -> None:
        self.limit_terms = limit_terms
        self.generators: list[Generator] = []
        self.relations: dict[int, tuple[int, fmpz_mpoly]] = {}
        names = [f"g{CAPACITY - 1 - position}" for position in range(CAPACITY)]
        self._context = fmpz_mpoly_ctx.get(names, Ordering.lex)
        self._rational_context = fmpq_mpoly_ctx.get(names, Ordering.lex)
        self._variables = self._context.gens()
        self._one = self._context.constant(1)

    def adjoin(self, generator: Generator, power: int = 0, value: fmpz_mpoly | None = None) -> Element:
        """Add a generator, with the relation generator**power = value if there is one."""
        index = len(self.generators)
        if index == CAPACITY:
            raise Undecided(f"more than {CAPACITY} generators are needed")
        self.generators.append(generator)
        variable = self.variable(index)
        if value is not None:
            self.relations[index] = (power, variable**power - value)
        return Element(variable, self._one)

    def variable(self, index: int) -> fmpz_mpoly:
        """The polynomial that is the generator of this index."""
        return self._variables[CAPACITY - 1 - index]

    def indices(self, polynomial: fmpz_mpoly) -> list[int]:
        """The indices of the generators that occur, in increasing order."""
        degrees = polynomial.degrees()
        return [index for index in range(len(self.generators)) if degrees[CAPACITY - 1 - index]]

    def degree(self, polynomial: fmpz_mpoly, index: int) -> int:
        """The degree in one generator."""
        return int(polynomial.degrees()[CAPACITY - 1 - index])

    def terms(self, polynomial: fmpz_mpoly) -> Iterator[tuple[dict[int, int], int]]:
        """The terms, each as exponents by generator index and coefficient."""
        for monomial, coefficient in polynomial.terms():
            yield {CAPACITY - 1 - i: int(e) for i, e in enumerate(monomial) if e}, int(coefficient)

    def single_terms(self, polynomial: fmpz_mpoly) -> list[fmpz_mpoly]:
        """The terms as polynomials."""
        return [self._context.from_dict({monomial: int(c)}) for monomial, c in polynomial.terms()]

    def single(self, polynomial: fmpz_mpoly) -> int | None:
        """The index k if the polynomial is the generator g_k itself."""
        present = self.indices(polynomial)
        return present[0] if len(present) == 1 and polynomial == self.variable(present[0]) else None

    def coefficients(self, polynomial: fmpz_mpoly, index: int) -> dict[int, fmpz_mpoly]:
        """The coefficients of the powers of one generator."""
        position = CAPACITY - 1 - index
        rows: dict[int, dict[tuple[int, ...], int]] = {}
        for monomial, coefficient in polynomial.terms():
            rest = tuple(0 if i == position else int(e) for i, e in enumerate(monomial))
            rows.setdefault(int(monomial[position]), {})[rest] = int(coefficient)
        return {power: self._context.from_dict(row) for power, row in rows.items()}

    @staticmethod
    def key(polynomial: fmpz_mpoly) -> Key:
        """The terms of a polynomial, which unlike the polynomial can be hashed."""
        return frozenset(
            (monomial, int(coefficient)) for monomial, coefficient in polynomial.to_dict().items()
        )

    def integer(self, value: int) -> Element:
        return Element(self._context.constant(value), self._one)

    def halves(self, polynomial: fmpz_mpoly, index: int) -> tuple[fmpz_mpoly, fmpz_mpoly] | None:
        """A and B with polynomial = A + B h, where h = g^(q/2) for a generator g with relation g^q = p."""
        power = self.relations[index][0] if index in self.relations else 0
        rows = self.coefficients(polynomial, index)
        if power < 2 or power % 2 or power // 2 not in rows or not rows.keys() <= {0, power // 2}:
            return None
        return rows.get(0, polynomial - polynomial), rows[power // 2]

    def conjugate(self, polynomial: fmpz_mpoly, index: int) -> fmpz_mpoly | None:
        """A - B h for A + B h as in `halves`."""
        parts = self.halves(polynomial, index)
        if parts is None:
            return None
        return polynomial - 2 * parts[1] * self.variable(index) ** (self.relations[index][0] // 2)

    def rational(self, value: sp.Rational | Fraction) -> Element:
        fraction = Fraction(int(value.numerator), int(value.denominator))
        return Element(
            self._context.constant(fraction.numerator), self._context.constant(fraction.denominator)
        )

    def as_rational(self, element: Element) -> Fraction | None:
        """The value of an element that is a rational number, else None."""
        if not (element.num.is_constant() and element.den.is_constant()):
            return None
        if element.num.is_zero():
            return Fraction(0)
        return Fraction(int(element.num.leading_coefficient()), int(element.den.leading_coefficient()))

    def reduce(self, polynomial: fmpz_mpoly) -> fmpz_mpoly:
        """The normal form modulo the relations."""
        for index in sorted(self.relations, reverse=True):
            power, relation = self.relations[index]
            if self.degree(polynomial, index) >= power:
                polynomial = divmod(polynomial, relation)[1]
                self._check(len(polynomial))
        return polynomial

    def product(self, left: fmpz_mpoly, right: fmpz_mpoly) -> fmpz_mpoly:
        """The reduced product of two polynomials, refused before it is computed if it may be too large."""
        if left == self._one or right == self._one:
            return right if left == self._one else left
        self._check(len(left) * len(right) // _WORK_PER_TERM)
        return self.reduce(left * right)

    def element(self, num: fmpz_mpoly, den: fmpz_mpoly | None = None) -> Element:
        """The fraction num/den in lowest terms."""
        num, den = self.reduce(num), self.reduce(self._one if den is None else den)
        if den.is_zero():
            raise Undecided("the expression divides by something that is identically zero")
        if num.is_zero():
            return self.integer(0)
        if den != self._one:
            common = num.gcd(den)
            if den.leading_coefficient() < 0:
                common = -common
            num, den = divmod(num, common)[0], divmod(den, common)[0]
        self._check(max(len(num), len(den)))
        return Element(num, den)

    def add(self, left: Element, right: Element) -> Element:
        if left.den == right.den:
            return self.element(left.num + right.num, left.den)
        common = left.den.gcd(right.den)
        left_factor, right_factor = divmod(right.den, common)[0], divmod(left.den, common)[0]
        num = self.product(left.num, left_factor) + self.product(right.num, right_factor)
        return self.element(num, self.product(left.den, left_factor))

    def subtract(self, left: Element, right: Element) -> Element:
        return self.add(left, self.negate(right))

    def negate(self, element: Element) -> Element:
        return Element(-element.num, element.den)

    def multiply(self, left: Element, right: Element) -> Element:
        return self.element(self.product(left.num, right.num), self.product(left.den, right.den))

    def inverse(self, element: Element) -> Element:
        return self.element(element.den, element.num)

    def power(self, element: Element, exponent: int) -> Element:
        if exponent < 0:
            return self.power(self.inverse(element), -exponent)
        if exponent > self.limit_terms:
            raise Undecided(f"the exponent {exponent} is too large")
        result, square = self.integer(1), element
        while exponent:
            if exponent & 1:
                result = self.multiply(result, square)
            exponent >>= 1
            if exponent:
                square = self.multiply(square, square)
        return result

    def equal(self, left: Element, right: Element) -> bool:
        """Whether the difference reduces to zero (a proof of equality; the converse need not hold)."""
        return left == right or bool(self.subtract(left, right).num.is_zero())

    def all(self, element: Element, attribute: str) -> bool:
        """Whether every generator that occurs has the attribute ``real``, ``analytic`` or ``constant``."""
        present = {*self.indices(element.num), *self.indices(element.den)}
        return all(getattr(self.generators[index], attribute) for index in present)

    def expression(self, element: Element) -> sp.Expr:
        """The element as a SymPy expression."""
        return self._polynomial_expression(element.num) / self._polynomial_expression(element.den)

    def _polynomial_expression(self, polynomial: fmpz_mpoly) -> sp.Expr:
        return sp.Add(
            *(
                sp.Mul(
                    sp.Integer(coefficient),
                    *(self.generators[index].meaning ** power for index, power in powers.items()),
                )
                for powers, coefficient in self.terms(polynomial)
            )
        )

    def relation_expressions(self) -> tuple[sp.Expr, ...]:
        """Each relation as an expression that vanishes, the powers of the generator not evaluated."""
        shown = []
        for index, (power, relation) in sorted(self.relations.items()):
            value = self.variable(index) ** power - relation
            leading = sp.Pow(self.generators[index].meaning, power, evaluate=False)
            shown.append(sp.Add(leading, -self._polynomial_expression(value), evaluate=False))
        return tuple(shown)

    def summands(self, element: Element) -> list[tuple[Fraction, Element]]:
        """Split into rational multiples of Laurent monomials and, over a longer denominator, a remainder."""
        if len(element.den) == 1:
            return self._laurent(element.num, element.den, Fraction(1))
        num, den = (self._rational_context.from_dict(p.to_dict()) for p in (element.num, element.den))
        quotient, remainder = divmod(num, den)
        parts: list[tuple[Fraction, Element]] = []
        if not quotient.is_zero():
            parts += self._laurent(*self._integral(quotient))
        if not remainder.is_zero():
            polynomial, _one, scale = self._integral(remainder)
            rest = self.element(polynomial, element.den)
            content = gcd(*map(int, rest.num.coeffs())) * (-1 if rest.num.leading_coefficient() < 0 else 1)
            below = gcd(*map(int, rest.den.coeffs()))
            parts.append(
                (
                    scale * Fraction(content, below),
                    self.element(
                        divmod(rest.num, self._context.constant(content))[0],
                        divmod(rest.den, self._context.constant(below))[0],
                    ),
                )
            )
        return parts

    def _integral(self, polynomial: object) -> tuple[fmpz_mpoly, fmpz_mpoly, Fraction]:
        """An integer polynomial, the polynomial 1, and the rational factor between them."""
        coefficients: Mapping[tuple[int, ...], fmpq] = polynomial.to_dict()  # type: ignore[attr-defined]
        common = reduce(sp.ilcm, (int(c.q) for c in coefficients.values()), 1)
        integral = {m: int((c * int(common)).p) for m, c in coefficients.items()}
        return self._context.from_dict(integral), self._one, Fraction(1, int(common))

    def _laurent(self, num: fmpz_mpoly, den: fmpz_mpoly, scale: Fraction) -> list[tuple[Fraction, Element]]:
        content = int(den.leading_coefficient())
        monomial = divmod(den, self._context.constant(content))[0]
        return [
            (scale * Fraction(int(c), content), self.element(self._context.from_dict({m: 1}), monomial))
            for m, c in num.terms()
        ]

    def over_common_denominator(self, elements: Sequence[Element]) -> tuple[list[fmpz_mpoly], fmpz_mpoly]:
        """The reduced numerators over a common denominator, and that denominator."""
        common = self._one  # not reduced, so that the denominators divide it
        for element in elements:
            cofactor = divmod(element.den, common.gcd(element.den))[0]
            self._check(len(common) * len(cofactor) // _WORK_PER_TERM)
            common = common * cofactor
        return [self.product(e.num, divmod(common, e.den)[0]) for e in elements], common

    def common_multiple(self, target: Element, part: Element) -> Fraction:
        """The rational c with every term of part c times in target; 0 if there is none."""
        (of_target, of_part), _common = self.over_common_denominator([target, part])
        in_target, in_part = of_target.to_dict(), of_part.to_dict()
        ratios = {Fraction(int(in_target.get(m, 0)), int(c)) for m, c in in_part.items()}
        return ratios.pop() if len(ratios) == 1 else Fraction(0)

    def combination(self, target: Element, basis: list[Element]) -> list[Fraction] | None:
        """Rational numbers c_i with target = sum c_i basis_i, or None if there are none."""
        numerators, _common = self.over_common_denominator([*basis, target])
        columns = [numerator.to_dict() for numerator in numerators]
        rows = sorted({monomial for column in columns for monomial in column})
        self._check(len(rows) * len(columns) // 64)
        matrix = fmpq_mat(
            len(rows), len(columns), [fmpq(column.get(row, 0)) for row in rows for column in columns]
        )
        echelon, rank = matrix.rref()
        solution = [Fraction(0)] * len(basis)
        for row in range(rank):
            pivot = next(j for j in range(len(columns)) if echelon[row, j] != 0)
            if pivot == len(basis):
                return None
            entry = echelon[row, len(basis)]
            solution[pivot] = Fraction(int(entry.p), int(entry.q))
        return solution

    def _check(self, terms: int) -> None:
        if terms > self.limit_terms:
            raise Undecided(f"a polynomial has more than {self.limit_terms} terms; raise limit_terms")
