"""Generators of a differential field on a span: their derivatives, signs, ranges and values, and
polynomials in them."""

from __future__ import annotations

from fractions import Fraction
from functools import cache, cached_property

import flint
import sympy as sp
from flint import arb, arb_series, fmpz_mpoly

from implicitreg_sym.algebra.tower import CAPACITY, Element, Generator, Tower
from implicitreg_sym.degree.span import BITS, Bound, Span, ball_of, v
from implicitreg_sym.evaluate import Program, compile_expression, series_length

LIMIT_TERMS = 4000


class Generators:
    """A tower of generators, each with derivative, strict sign (0 if unknown), range and family.

    ``arguments`` holds, for a logarithm, root or primitive, the element of which it is one.
    """

    def __init__(self, span: Span) -> None:
        self.span = span
        self.tower = Tower(LIMIT_TERMS)
        self.signs: list[int] = []
        self.ranges: list[tuple[Bound, Bound]] = []
        self.families: list[str] = []
        self.arguments: dict[int, Element] = {}
        self._derivatives: list[Element] = []
        self._samples: dict[int, list[arb]] = {}

    def integer(self, value: int) -> Element:
        """An integer as an element."""
        return self.tower.integer(value)

    def expression(self, element: Element) -> sp.Expr:
        """The element in SymPy's terms."""
        return self.tower.expression(element)

    def polynomial_expression(self, polynomial: fmpz_mpoly) -> sp.Expr:
        """A polynomial in the generators in SymPy's terms."""
        return self.tower.expression(Element(polynomial, self.integer(1).num))

    def derivative(self, element: Element) -> Element:
        """d/dv of an element."""
        tower = self.tower
        num, den = Element(element.num, self.integer(1).num), Element(element.den, self.integer(1).num)
        top = tower.subtract(
            tower.multiply(self._slope(num.num), den), tower.multiply(num, self._slope(den.num))
        )
        return tower.multiply(top, tower.inverse(tower.multiply(den, den)))

    def _slope(self, polynomial: fmpz_mpoly) -> Element:
        total, one = self.integer(0), self.integer(1).num
        for index in self.tower.indices(polynomial):
            partial = polynomial.derivative(CAPACITY - 1 - index)
            total = self.tower.add(
                total, self.tower.multiply(self.tower.element(partial, one), self._derivatives[index])
            )
        return total

    def _adjoin(
        self, meaning: sp.Expr, derivative: Element, sign: int, bounds: tuple[Bound, Bound], family: str,
        power: int = 0, value: fmpz_mpoly | None = None,
    ) -> Element:  # fmt: skip
        generator = Generator(meaning, real=True, constant=not meaning.has(v))
        element = self.tower.adjoin(generator, power, value)
        self.signs.append(sign)
        self.ranges.append(bounds)
        self.families.append("constant" if generator.constant else family)
        self._derivatives.append(derivative)
        return element

    def sign_by_terms(self, polynomial: fmpz_mpoly) -> int:
        """+1 or -1 if every term has that strict sign on the span, else 0."""
        common = 0
        for powers, coefficient in self.tower.terms(polynomial):
            sign = 1 if coefficient > 0 else -1
            for index, power in powers.items():
                sign *= self.signs[index] if power % 2 else abs(self.signs[index])
            if sign == 0 or common * sign < 0:
                return 0
            common = sign
        return common

    def over(self, polynomial: fmpz_mpoly, point: arb) -> arb:
        """Enclose the values of a polynomial over a ball."""
        total, values = arb(0), dict[int, arb]()
        for powers, coefficient in self.tower.terms(polynomial):
            term = arb(coefficient)
            for index, power in powers.items():
                if index not in values:
                    values[index] = self.program(index).arb(point)
                term *= values[index] ** power
            total += term
        return total

    def jet(self, polynomial: fmpz_mpoly, point: arb, length: int) -> list[arb]:
        """Enclose the Taylor coefficients of a polynomial at every point of a ball."""
        with series_length(length):
            variable = arb_series([point, arb(1)][:length], prec=length)
            total, values = arb_series([arb(0)], prec=length), dict[int, arb_series]()
            for powers, coefficient in self.tower.terms(polynomial):
                term = arb_series([arb(coefficient)], prec=length)
                for index, power in powers.items():
                    if index not in values:
                        values[index] = self.program(index).series(variable, length=length)
                    term *= values[index] ** power
                total += term
            coefficients = list(total.coeffs())
        return coefficients + [arb(0)] * (length - len(coefficients))

    def program(self, index: int) -> Program:
        """The evaluator of a generator."""
        return _program(self.tower.generators[index].meaning)

    def at_end(self, polynomial: fmpz_mpoly, end: sp.Expr) -> sp.Expr:
        """The value of a polynomial at a finite end of the span, exactly; nan if a generator has no value
        there."""
        total = sp.Integer(0)
        for powers, coefficient in self.tower.terms(polynomial):
            factors = [
                self.tower.generators[index].meaning.subs(v, end) ** power for index, power in powers.items()
            ]
            if any(factor.has(sp.zoo, sp.nan, sp.oo) for factor in factors):
                return sp.nan
            total += sp.Mul(sp.Integer(coefficient), *factors)
        return total

    @cached_property
    def samples(self) -> tuple[Fraction, ...]:
        """Rational points of the span at which signs are looked at before they are proved."""
        return tuple(self.span.points())

    def at_samples(self, polynomial: fmpz_mpoly) -> list[arb]:
        """Enclose the values of a polynomial at the sample points; those of the generators are kept."""
        with flint.ctx.workprec(BITS):
            totals = [arb(0)] * len(self.samples)
            for powers, coefficient in self.tower.terms(polynomial):
                columns = [(self._sampled_generator(index), power) for index, power in powers.items()]
                for row in range(len(totals)):
                    term = arb(coefficient)
                    for column, power in columns:
                        term *= column[row] if power == 1 else column[row] ** power
                    totals[row] += term
        return totals

    def _sampled_generator(self, index: int) -> list[arb]:
        if index not in self._samples:
            self._samples[index] = [self.program(index).arb(ball_of(point)) for point in self.samples]
        return self._samples[index]


@cache
def _program(meaning: sp.Expr) -> Program:
    return compile_expression(meaning, (v,))
