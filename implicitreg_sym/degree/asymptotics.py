"""The sign of a polynomial in generators near infinity: expansions with exact leading terms and bounded
remainders.

A function is a sum of c v^p z^q log(v)^l on [R, infinity), z the decaying exponentials, with c either exact
or a ball that holds for all v >= R. Expansions are cut after a few terms, and the rest is a ball, so
everything said holds for every v >= R.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce

import sympy as sp
from flint import arb, fmpz_mpoly

from implicitreg_sym.algebra.tower import Element, Undecided
from implicitreg_sym.degree.field import DifferentialField
from implicitreg_sym.degree.span import ball_of, v
from implicitreg_sym.evaluate import compile_expression

MOST_TERMS = 3000


@dataclass(frozen=True, slots=True, order=True)
class Monomial:
    """v^power * product of generator_i^count * log(v)^logs, the generators being exponentials that decay."""

    power: Fraction = Fraction(0)
    decays: tuple[tuple[int, int], ...] = ()
    logs: int = 0

    def times(self, other: Monomial, sign: int = 1) -> Monomial:
        """The product with another monomial, or with sign = -1 the quotient."""
        counts = dict(self.decays)
        for index, count in other.decays:
            counts[index] = counts.get(index, 0) + sign * count
        decays = tuple(sorted((index, count) for index, count in counts.items() if count))
        return Monomial(self.power + sign * other.power, decays, self.logs + sign * other.logs)


ONE = Monomial()


@dataclass(frozen=True, slots=True)
class Expansion:
    """Terms with exact coefficients, and terms whose coefficient at each v >= R lies in a ball."""

    exact: Mapping[Monomial, Element] = field(default_factory=dict)
    balls: Mapping[Monomial, arb] = field(default_factory=dict)


class Tail:
    """Expansions of the generators of a field on [R, infinity)."""

    def __init__(self, field: DifferentialField, start: int) -> None:
        self.field = field
        self.start = arb(start)
        self._known: dict[int, Expansion] = {}

    def quotient(self, polynomial: fmpz_mpoly) -> tuple[Monomial, arb]:
        """The dominant monomial M of a polynomial and a ball that contains P/M for all v >= R.

        Raises `Undecided` if the remainders hide the dominant term or R is too small for the bounds.
        """
        expansion = self.polynomial(polynomial)
        leading = self._leading(expansion)
        return leading, self._ball(self._shifted(expansion, leading))

    def polynomial(self, polynomial: fmpz_mpoly) -> Expansion:
        """The expansion of a polynomial in the generators."""
        total = Expansion()
        for powers, coefficient in list(self.field.tower.terms(polynomial)):
            term = Expansion({ONE: self.field.integer(coefficient)})
            for index, power in powers.items():
                factor = self.generator(index)
                term = reduce(self._product, [factor] * power, term)
            total = self._sum(total, term)
        return total

    def element(self, element: Element) -> Expansion:
        """The expansion of a fraction."""
        return self._product(
            self.polynomial(element.num), self._power(self.polynomial(element.den), Fraction(-1))
        )

    def generator(self, index: int) -> Expansion:
        """The expansion of a generator."""
        if index not in self._known:
            self._known[index] = self._expand(index)
        return self._known[index]

    def _expand(self, index: int) -> Expansion:
        field = self.field
        meaning, family = field.tower.generators[index].meaning, field.families[index]
        itself = field.tower.element(field.tower.variable(index))
        match family:
            case "constant":
                return Expansion({ONE: itself})
            case "variable":
                return Expansion({Monomial(Fraction(1)): field.integer(1)})
            case "exponential":
                self._rate(index)
                return Expansion({Monomial(decays=((index, 1),)): field.integer(1)})
            case "sin" | "cos":
                return Expansion(balls={ONE: arb(0, 1)})
            case "root":
                return self._power(
                    self.element(field.arguments[index]), Fraction(1, field.tower.relations[index][0])
                )
            case "logarithm":
                return self._logarithm(self.element(field.arguments[index]))
        inner = self.element(field.arguments[index]) if index in field.arguments else None
        if inner is None or family not in {"atan", "erf", "asinh"}:
            raise Undecided(f"no expansion of {meaning} at infinity")
        leading = self._leading(inner)
        if self._growth(leading) <= 0 or not self._ball_of(inner.exact[leading]) > 0:
            raise Undecided(f"the argument of {meaning} does not tend to infinity")
        small = self._power(inner, Fraction(-1))
        square = self._product(small, small)
        match family:
            case "atan":  # pi/2 - (y - y^3/3 + t y^5/5), 0 < t < 1, y = 1/x
                half_pi = Expansion({ONE: field.element(sp.pi / 2)})
                series = self._alternating(square, (Fraction(-1), Fraction(1, 3)), Fraction(-1, 5))
                return self._sum(half_pi, self._product(small, series))
            case "erf":  # 1 - e^{-x^2}/(x sqrt(pi)) (1 - y^2/2 + t 3 y^4/4)
                series = self._alternating(square, (Fraction(-1), Fraction(1, 2)), Fraction(-3, 4))
                decay = self.element(field.element(sp.exp(-sp.expand(meaning.args[0] ** 2)) / sp.sqrt(sp.pi)))
                return self._sum(
                    Expansion({ONE: field.integer(1)}), self._product(decay, self._product(small, series))
                )
        # asinh x = log 2 + log x + y^2/4 - t 3 y^4/32
        series = self._product(square, self._alternating(square, (Fraction(1, 4),), Fraction(-3, 32)))
        double = Expansion({ONE: field.element(sp.log(2))})
        return self._sum(self._sum(double, self._logarithm(inner)), series)

    def _alternating(self, square: Expansion, exact: tuple[Fraction, ...], last: Fraction) -> Expansion:
        """sum of exact_k s^k plus a remainder t last s^K, 0 <= t <= 1."""
        total, power = Expansion(), Expansion({ONE: self.field.integer(1)})
        for coefficient in exact:
            total = self._sum(total, self._scaled(power, coefficient))
            power = self._product(power, square)
        remainder = ball_of(last) * arb(0.5, 0.5)
        return self._sum(total, self._product(power, Expansion(balls={ONE: remainder})))

    def _scaled(self, expansion: Expansion, factor: Fraction) -> Expansion:
        return self._product(expansion, Expansion({ONE: self.field.tower.rational(factor)}))

    def _power(self, expansion: Expansion, exponent: Fraction) -> Expansion:
        """(c M (1 + d))^a = c^a M^a (1 + a d + a(a-1)/2 d^2 + binomial(a, 3) (1+x)^{a-3} d^3), x between 0
        and d."""
        if exponent == 1:
            return expansion
        leading, coefficient, rest, ball = self._split(expansion)
        if len(leading.decays) and exponent.denominator > 1 or leading.logs:
            raise Undecided("a power of a monomial is not a monomial")
        scale = self._constant_power(coefficient, exponent)
        decays = tuple((index, int(count * exponent)) for index, count in leading.decays)
        outer = Expansion({Monomial(leading.power * exponent, decays): scale})
        binomials = [Fraction(1), exponent, exponent * (exponent - 1) / 2]
        last = exponent * (exponent - 1) * (exponent - 2) / 6
        remainder = ball_of(last) * (1 + ball) ** ball_of(exponent - 3) if last else arb(0)
        return self._product(outer, self._taylor(rest, binomials, remainder))

    def _logarithm(self, expansion: Expansion) -> Expansion:
        """log(c M (1 + d)) = log c + log M + d - d^2/2 + d^3 (1+x)^{-3}/3, x between 0 and d."""
        leading, coefficient, rest, ball = self._split(expansion)
        if leading.logs:
            raise Undecided("a logarithm of a logarithm")
        field = self.field
        total = (
            Expansion({ONE: field.element(sp.log(field.expression(coefficient)))})
            if coefficient != field.integer(1)
            else Expansion()
        )
        if leading.power:
            total = self._sum(total, Expansion({Monomial(logs=1): field.tower.rational(leading.power)}))
        for index, count in leading.decays:
            rate, degree = self._rate(index)
            total = self._sum(total, Expansion({Monomial(degree): field.element(-rate * count)}))
        return self._sum(
            total, self._taylor(rest, [Fraction(0), Fraction(1), Fraction(-1, 2)], (1 + ball) ** (-3) / 3)
        )

    def _taylor(self, rest: Expansion, coefficients: list[Fraction], remainder: arb) -> Expansion:
        total, power = Expansion(), Expansion({ONE: self.field.integer(1)})
        for coefficient in coefficients:
            total = self._sum(total, self._scaled(power, coefficient))
            power = self._product(power, rest)
        return self._sum(total, self._product(power, Expansion(balls={ONE: remainder})))

    def _split(self, expansion: Expansion) -> tuple[Monomial, Element, Expansion, arb]:
        """c, M and d with the expansion = c M (1 + d), and a ball with |d| < 1 that contains every value
        between 0 and d."""
        leading = self._leading(expansion)
        coefficient = expansion.exact[leading]
        if not self._ball_of(coefficient) > 0:
            raise Undecided("the leading coefficient is not positive")
        inverse = Expansion({ONE: self.field.tower.inverse(coefficient)})
        scaled = self._product(self._shifted(expansion, leading), inverse)
        rest = Expansion({m: c for m, c in scaled.exact.items() if m != ONE}, scaled.balls)
        ball = self._ball(rest).union(arb(0))
        if not (ball > -1 and ball < 1):
            raise Undecided("the remainder is not small yet")
        return leading, coefficient, rest, ball

    def _constant_power(self, coefficient: Element, exponent: Fraction) -> Element:
        if exponent.denominator == 1:
            return self.field.tower.power(coefficient, exponent.numerator)
        return self.field.root(coefficient, exponent.numerator, exponent.denominator)

    # -- arithmetic of expansions
    # ----------------------------------------------------------------------------------
    def _sum(self, left: Expansion, right: Expansion) -> Expansion:
        exact = dict(left.exact)
        for monomial, coefficient in right.exact.items():
            exact[monomial] = (
                self.field.tower.add(exact[monomial], coefficient) if monomial in exact else coefficient
            )
        balls = dict(left.balls)
        for monomial, ball in right.balls.items():
            balls[monomial] = balls.get(monomial, arb(0)) + ball
        return Expansion({m: c for m, c in exact.items() if not c.num.is_zero()}, balls)

    def _product(self, left: Expansion, right: Expansion) -> Expansion:
        terms = (len(left.exact) + len(left.balls)) * (len(right.exact) + len(right.balls))
        if terms > MOST_TERMS:
            raise Undecided("the expansion at infinity has too many terms")
        total: dict[Monomial, Element] = {}
        for first, coefficient in left.exact.items():
            for second, other in right.exact.items():
                monomial, value = first.times(second), self.field.tower.multiply(coefficient, other)
                total[monomial] = self.field.tower.add(total[monomial], value) if monomial in total else value
        balls: dict[Monomial, arb] = {}
        pairs = [(m, n, b * c) for m, b in left.balls.items() for n, c in right.balls.items()]
        pairs += [(m, n, b * self._ball_of(c)) for m, b in left.balls.items() for n, c in right.exact.items()]
        pairs += [(m, n, b * self._ball_of(c)) for m, b in right.balls.items() for n, c in left.exact.items()]
        for first, second, ball in pairs:
            monomial = first.times(second)
            balls[monomial] = balls.get(monomial, arb(0)) + ball
        return Expansion({m: c for m, c in total.items() if not c.num.is_zero()}, balls)

    @staticmethod
    def _shifted(expansion: Expansion, by: Monomial) -> Expansion:
        exact = {m.times(by, -1): c for m, c in expansion.exact.items()}
        return Expansion(exact, {m.times(by, -1): c for m, c in expansion.balls.items()})

    # -- growth and bounds
    # -----------------------------------------------------------------------------------------
    def _leading(self, expansion: Expansion) -> Monomial:
        """The monomial that dominates all others; its coefficient is exact, and no ball stands at it or
        above."""
        if not expansion.exact:
            raise Undecided("only the remainder of the expansion is left")
        leading = next(iter(expansion.exact))
        for monomial in expansion.exact:
            if self._growth(monomial.times(leading, -1)) > 0:
                leading = monomial
        for monomial in expansion.balls:
            if self._growth(monomial.times(leading, -1)) >= 0:
                raise Undecided("the remainder of the expansion hides the dominant term")
        return leading

    def _growth(self, monomial: Monomial) -> int:
        """+1 if the monomial tends to infinity, -1 if it tends to 0, 0 if it is constant."""
        rates: dict[Fraction, sp.Expr] = {}
        for index, count in monomial.decays:
            rate, degree = self._rate(index)
            rates[degree] = rates.get(degree, sp.Integer(0)) - count * rate
        for degree in sorted(rates, reverse=True):
            total = sp.expand(rates[degree])
            if total != 0:
                ball = compile_expression(total, ()).arb()
                if not (ball > 0 or ball < 0):
                    raise Undecided("two exponentials cannot be compared")
                return 1 if ball > 0 else -1
        order = monomial.power or monomial.logs
        return (order > 0) - (order < 0)

    def _rate(self, index: int) -> tuple[sp.Expr, Fraction]:
        """c > 0 and k > 0 of the generator e^{-c v^k}."""
        meaning = self.field.tower.generators[index].meaning
        coefficient, degree = meaning.args[0].as_coeff_exponent(v)
        if (
            coefficient.has(v)
            or not isinstance(degree, sp.Rational)
            or not degree > 0
            or not compile_expression(coefficient, ()).arb() < 0
        ):
            raise Undecided(f"{meaning} is not a decaying exponential of a power")
        return -coefficient, Fraction(int(degree.p), int(degree.q))

    def _ball(self, expansion: Expansion) -> arb:
        """A ball that contains the values for all v >= R."""
        total = arb(0)
        for monomial, coefficient in expansion.exact.items():
            total += self._ball_of(coefficient) * self._range(monomial)
        for monomial, ball in expansion.balls.items():
            total += ball * self._range(monomial)
        return total

    def _ball_of(self, constant: Element) -> arb:
        return self.field.over(constant.num, arb(1)) / self.field.over(constant.den, arb(1))

    def _range(self, monomial: Monomial) -> arb:
        """[0, value at R] of a monomial that decreases from R on, or 1."""
        if monomial == ONE:
            return arb(1)
        start, power, logs = self.start, monomial.power, monomial.logs
        if not start.log() > 1 or any(count < 0 for _index, count in monomial.decays):
            raise Undecided("a monomial is not bounded")
        top = arb(1)
        if monomial.decays:
            power += max(logs, 0)  # log v < v
            index, count = monomial.decays[0]
            rate, degree = self._rate(index)
            slope = ball_of(degree) * count * compile_expression(rate, ()).arb() * start ** ball_of(degree)
            if not slope >= ball_of(power):
                raise Undecided("a monomial does not decrease yet")
            for index, count in monomial.decays:
                top *= self.field.program(index).arb(start) ** count
        elif power < 0:
            if logs > 0:
                if not start.log() * ball_of(-power) >= logs:
                    raise Undecided("a monomial does not decrease yet")
                top *= start.log() ** logs
        elif not (power == 0 and logs < 0):
            raise Undecided("a monomial does not decrease")
        top *= start ** ball_of(power)
        return arb(0).union(top)
