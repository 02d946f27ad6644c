"""A differential field of functions on an interval v > 0: generators with derivatives and signs, built from
a formula.

Exponentials are oriented to decay (z = e^{-v}, so 0 < z < 1), and logarithms are split over the factors of
their argument, as in log(1 + e^v) = v + log(1 + z); with that most signs can be read off.
"""

from __future__ import annotations

from fractions import Fraction
from math import gcd, lcm

import flint
import sympy as sp
from flint import fmpz_mpoly

from implicitreg_sym.algebra.tower import Element, Undecided
from implicitreg_sym.degree.generators import Generators
from implicitreg_sym.degree.span import BITS, Bound, Span, ball_of, v
from implicitreg_sym.evaluate import compile_expression

_HYPERBOLIC = (sp.sinh, sp.cosh, sp.tanh, sp.coth, sp.sech, sp.csch)
_ODD_PRIMITIVES = (sp.atan, sp.erf, sp.asinh, sp.asin, sp.erfi)


class DifferentialField(Generators):
    """Functions of v on a span as fractions of polynomials in generators of known derivative.

    >>> field = DifferentialField(Span(sp.Integer(0), sp.oo))
    >>> element = field.element(sp.log(1 + sp.exp(v)))
    >>> field.expression(element)
    v + log(1 + exp(-v))
    >>> field.expression(field.derivative(element))
    1/(1 + exp(-v))
    """

    def __init__(self, span: Span, formula: sp.Expr | None = None) -> None:
        super().__init__(span)
        self._known: dict[sp.Expr, Element] = {}
        self._logarithms: dict[str, Element] = {}
        self._angles: dict[sp.Expr, tuple[Fraction, Element, Element]] = {}
        self._exponentials: dict[sp.Expr, tuple[Fraction, int, Element]] = {}
        self._units = {} if formula is None else _units(formula)
        self.variable = self._adjoin(v, self.integer(1), 1, span.bounds(), "variable")

    def element(self, formula: sp.Expr) -> Element:
        """The element that a formula in v denotes. Raises `Undecided` for a function that the field cannot
        express."""
        formula = sp.sympify(formula, strict=True)
        if formula not in self._known:
            self._known[formula] = self._build(formula)
        return self._known[formula]

    def _build(self, node: sp.Expr) -> Element:
        tower = self.tower
        if isinstance(node, sp.Rational):
            return tower.rational(node)
        if node == v:
            return self.variable
        if node == sp.pi:
            return self._adjoin(node, self.integer(0), 1, (Fraction(3), Fraction(4)), "constant")
        if isinstance(node, sp.Add | sp.Mul):
            combine = tower.add if isinstance(node, sp.Add) else tower.multiply
            first, *others = (self.element(argument) for argument in node.args)
            for other in others:
                first = combine(first, other)
            return first
        if node == sp.E or isinstance(node, sp.exp):
            return self.exponential(node.args[0] if node != sp.E else sp.Integer(1))
        if isinstance(node, sp.Pow):
            base, exponent = node.args
            if isinstance(exponent, sp.Integer):
                return tower.power(self.element(base), int(exponent))
            if isinstance(exponent, sp.Rational):
                return self.root(self.element(base), int(exponent.p), int(exponent.q))
            return self.exponential(exponent * sp.log(base))
        if isinstance(node, _HYPERBOLIC):
            return self.element(node.rewrite(sp.exp))
        if isinstance(node, sp.log):
            return self.logarithm(self.element(node.args[0]))
        if isinstance(node, sp.sin | sp.cos):
            sine, cosine = self._sine_cosine(node.args[0])
            return sine if isinstance(node, sp.sin) else cosine
        if isinstance(node, sp.tan | sp.cot | sp.sec | sp.csc):
            return self.element(_in_sines(node))
        if isinstance(node, _ODD_PRIMITIVES):
            return self._primitive(node)
        return self._build_from_others(node)

    def _build_from_others(self, node: sp.Expr) -> Element:
        """Functions that are expressed by those of `_build`."""
        argument: sp.Expr = node.args[0] if node.args else sp.nan
        if isinstance(node, sp.erfc):
            return self.element(1 - sp.erf(argument))
        if isinstance(node, sp.atanh):
            return self.element((sp.log(1 + argument) - sp.log(1 - argument)) / 2)
        if isinstance(node, sp.acosh):
            return self.element(sp.log(argument + sp.sqrt(argument - 1) * sp.sqrt(argument + 1)))
        if isinstance(node, sp.acos):
            return self.element(sp.pi / 2 - sp.asin(argument))
        raise Undecided(f"{node.func.__name__} is not among the functions whose signs are derived here")

    def exponential(self, exponent: sp.Expr) -> Element:
        """e^exponent as a product of integer powers of the generators e^{-unit core}."""
        result = self.integer(1)
        for term in sp.Add.make_args(sp.expand(exponent)):
            coefficient, core = term.as_coeff_Mul()
            if isinstance(core, sp.log):
                power = sp.Pow(core.args[0], coefficient)
                result = self.tower.multiply(result, self.element(power))
                continue
            if coefficient != 0:
                result = self.tower.multiply(
                    result, self._exponential_term(Fraction(int(coefficient.p), int(coefficient.q)), core)
                )
        return result

    def _exponential_term(self, coefficient: Fraction, core: sp.Expr) -> Element:
        if core not in self._exponentials:
            unit = self._units.get(core, abs(coefficient))
            orientation = -1 if core.is_positive else 1
            exponent = sp.Rational(unit.numerator, unit.denominator) * core * orientation
            slope = self.element(sp.diff(exponent, v))
            meaning = sp.exp(exponent)
            upper = (
                Fraction(1)
                if orientation * (1 if core.is_positive else -1 if core.is_negative else 0) < 0
                else None
            )
            generator = self._adjoin(meaning, self.integer(0), 1, (Fraction(0), upper), "exponential")
            self._derivatives[-1] = self.tower.multiply(slope, generator)
            self._exponentials[core] = (unit, orientation, generator)
        unit, orientation, generator = self._exponentials[core]
        steps = coefficient / unit * orientation
        if steps.denominator != 1:
            raise Undecided(f"e^({coefficient}*({core})) is not an integer power of e^({unit}*({core}))")
        return self.tower.power(generator, int(steps))

    def logarithm(self, argument: Element) -> Element:
        """The logarithm of a positive element, split over its factors of known sign."""
        total = self.integer(0)
        unknown = self.integer(1)
        for polynomial, side in ((argument.num, 1), (argument.den, -1)):
            content, factors = polynomial.factor()
            total = self._add(total, side, self._log_integer(abs(int(content))))
            if content < 0:
                unknown = self.tower.negate(unknown)
            for factor, multiplicity in factors:
                sign = self.sign_by_terms(factor)
                if sign:
                    total = self._add(
                        total, side * multiplicity, self._log_factor(factor if sign > 0 else -factor)
                    )
                    if sign < 0 and multiplicity % 2:
                        unknown = self.tower.negate(unknown)
                else:
                    power = self.tower.power(Element(factor, self.integer(1).num), side * multiplicity)
                    unknown = self.tower.multiply(unknown, power)
        if unknown == self.integer(1):
            return total
        if self.sign_by_terms(unknown.num) * self.sign_by_terms(unknown.den) < 0:
            raise Undecided("the logarithm of a negative function is not real")
        return self.tower.add(total, self._whole_logarithm(unknown))

    def _add(self, total: Element, count: int, element: Element) -> Element:
        return self.tower.add(total, self.tower.multiply(self.integer(count), element))

    def _log_integer(self, value: int) -> Element:
        total = self.integer(0)
        for prime, multiplicity in sp.factorint(value).items():
            key = str(prime)
            if key not in self._logarithms:
                self._logarithms[key] = self._adjoin(
                    sp.log(prime), self.integer(0), 1, (Fraction(1, 2), None), "constant"
                )
            total = self._add(total, multiplicity, self._logarithms[key])
        return total

    def _log_factor(self, factor: fmpz_mpoly) -> Element:
        key = str(factor)
        if key not in self._logarithms:
            self._logarithms[key] = self._new_logarithm(factor)
        return self._logarithms[key]

    def _new_logarithm(self, factor: fmpz_mpoly) -> Element:
        single = self.tower.single(factor)
        if single is not None:
            meaning = self.tower.generators[single].meaning
            if isinstance(meaning, sp.exp):
                return self.element(meaning.args[0])
            if single in self.tower.relations and self.families[single] == "root":
                power, relation = self.tower.relations[single]
                inner = self.tower.variable(single) ** power - relation
                return self.tower.multiply(
                    self.tower.rational(Fraction(1, power)), self.logarithm(self.tower.element(inner))
                )
        return self._whole_logarithm(self.tower.element(factor))

    def _whole_logarithm(self, argument: Element) -> Element:
        slope = self.tower.multiply(self.derivative(argument), self.tower.inverse(argument))
        excess = self.tower.subtract(argument, self.integer(1))
        sign = self.sign_by_terms(excess.num) * self.sign_by_terms(excess.den)
        result = self._adjoin(sp.log(self.expression(argument)), slope, sign, _half_line(sign), "logarithm")
        self.arguments[len(self.signs) - 1] = argument
        return result

    def root(self, base: Element, numerator: int, denominator: int) -> Element:
        """base^(numerator/denominator) for a positive base."""
        tower = self.tower
        if self.sign_by_terms(base.den) < 0:
            base = Element(-base.num, -base.den)
        if not self.sign_by_terms(base.den) > 0:
            raise Undecided(f"the sign of {self.polynomial_expression(base.den)} below a root is not known")
        radicand = tower.product(
            base.num, tower.power(Element(base.den, self.integer(1).num), denominator - 1).num
        )
        key = sp.Pow(self.polynomial_expression(radicand), sp.Rational(1, denominator), evaluate=False)
        single = Element(radicand, self.integer(1).num)
        if key not in self._known:
            constant = tower.as_rational(single)
            exact = (
                sp.Rational(constant.numerator, constant.denominator) ** sp.Rational(1, denominator)
                if constant is not None
                else None
            )
            if isinstance(exact, sp.Rational):
                self._known[key] = tower.rational(exact)
            else:
                meaning = sp.Pow(self.polynomial_expression(radicand), sp.Rational(1, denominator))
                slope = tower.multiply(
                    self.derivative(single), tower.inverse(tower.multiply(self.integer(denominator), single))
                )
                sign = self.sign_by_terms(radicand)
                if sign < 0 or (not sign and denominator % 2):
                    raise Undecided(
                        f"{self.polynomial_expression(radicand)} below a root is not known to be positive"
                    )
                generator = self._adjoin(
                    meaning,
                    self.integer(0),
                    sign,
                    (Fraction(0) if sign else Fraction(-1), None),
                    "root",
                    denominator,
                    radicand,
                )
                self._derivatives[-1] = tower.multiply(slope, generator)
                self.arguments[len(self.signs) - 1] = single
                self._known[key] = generator
        divided = tower.multiply(self._known[key], tower.inverse(Element(base.den, self.integer(1).num)))
        return tower.power(divided, numerator)

    def _primitive(self, node: sp.Expr) -> Element:
        """atan X, erf X, asinh X, asin X, erfi X: odd and increasing in X."""
        inner = self.element(node.args[0])
        slope = self.element(node.diff(v)) if node.has(v) else self.integer(0)
        sign = self.sign_by_terms(inner.num) * self.sign_by_terms(inner.den)
        bounds = (Fraction(0), Fraction(1)) if isinstance(node, sp.erf) and sign > 0 else _half_line(sign)
        result = self._adjoin(node, slope, sign, bounds, node.func.__name__)
        self.arguments[len(self.signs) - 1] = inner
        return result

    def _sine_cosine(self, angle: sp.Expr) -> tuple[Element, Element]:
        """sin and cos of a sum, from those of its terms."""
        sine, cosine = self.integer(0), self.integer(1)
        for term in sp.Add.make_args(sp.expand(angle)):
            coefficient, core = term.as_coeff_Mul()
            other_sine, other_cosine = self._turned(Fraction(int(coefficient.p), int(coefficient.q)), core)
            sine, cosine = self._sum_of_angles((sine, cosine), (other_sine, other_cosine))
        return sine, cosine

    def _sum_of_angles(
        self, left: tuple[Element, Element], right: tuple[Element, Element]
    ) -> tuple[Element, Element]:
        times, plus = self.tower.multiply, self.tower.add
        return (
            plus(times(left[0], right[1]), times(left[1], right[0])),
            self.tower.subtract(times(left[1], right[1]), times(left[0], right[0])),
        )

    def _turned(self, coefficient: Fraction, core: sp.Expr) -> tuple[Element, Element]:
        if core not in self._angles:
            unit = _angle_units(self._units, core, coefficient)
            angle = sp.Rational(unit.numerator, unit.denominator) * core
            slope = self.element(sp.diff(angle, v)) if core.has(v) else self.integer(0)
            signs, bounds = self._quadrant(angle)
            cosine = self._adjoin(sp.cos(angle), self.integer(0), signs[1], bounds[1], "cos")
            square = self.tower.subtract(self.integer(1), self.tower.multiply(cosine, cosine))
            sine = self._adjoin(
                sp.sin(angle), self.tower.multiply(slope, cosine), signs[0], bounds[0], "sin", 2, square.num
            )
            self._derivatives[-2] = self.tower.negate(self.tower.multiply(slope, sine))
            self._angles[core] = (unit, sine, cosine)
        unit, sine, cosine = self._angles[core]
        turns = coefficient / unit
        if turns.denominator != 1:
            raise Undecided(f"the angle {coefficient}*({core}) is not an integer multiple of {unit}*({core})")
        total = (self.integer(0), self.integer(1))
        for _ in range(abs(int(turns))):
            total = self._sum_of_angles(total, (sine, cosine))
        return (self.tower.negate(total[0]), total[1]) if turns < 0 else total

    def _quadrant(
        self, angle: sp.Expr
    ) -> tuple[tuple[int, int], tuple[tuple[Bound, Bound], tuple[Bound, Bound]]]:
        """Signs and bounds of (sin, cos) of an angle c v on the span, c > 0, if it stays within the first
        or second quadrant."""
        one, beyond = Fraction(1), Fraction(17, 16)  # the ranges are open, and sin and cos attain 1
        signs, sine, cosine = (0, 0), (-beyond, beyond), (-beyond, beyond)
        rate = sp.cancel(angle / v)
        if not rate.has(v) and rate.is_positive and self.span.upper != sp.oo:
            turn = sp.cancel(rate * self.span.upper / sp.pi)
            with flint.ctx.workprec(BITS):
                ball = compile_expression(turn, ()).arb()

            def within(limit: sp.Rational) -> bool:
                return (
                    bool(turn <= limit)
                    if isinstance(turn, sp.Rational)
                    else bool(ball < ball_of(Fraction(limit)))
                )

            if within(sp.Rational(1, 2)):
                signs, sine, cosine = (1, 1), (Fraction(0), one), (Fraction(0), one)
            elif within(sp.Integer(1)):
                signs, sine, cosine = (1, 0), (Fraction(0), beyond), (-one, one)
        return signs, (sine, cosine)


def _in_sines(node: sp.Expr) -> sp.Expr:
    angle = node.args[0]
    sine, cosine = sp.sin(angle), sp.cos(angle)
    return {sp.tan: sine / cosine, sp.cot: cosine / sine, sp.sec: 1 / cosine, sp.csc: 1 / sine}[node.func]


def _half_line(sign: int) -> tuple[Bound, Bound]:
    return (Fraction(0), None) if sign > 0 else (None, Fraction(0)) if sign < 0 else (None, None)


def _units(formula: sp.Expr) -> dict[sp.Expr, Fraction]:
    """For each core c of exponents q c in a formula the greatest rational of which every q is an integer
    multiple."""
    formula = formula.replace(lambda node: isinstance(node, _HYPERBOLIC), lambda node: node.rewrite(sp.exp))
    exponents = [node.args[0] for node in formula.atoms(sp.exp)]
    exponents += [-(node.args[0] ** 2) for node in formula.atoms(sp.erf, sp.erfc)] + [
        node.args[0] ** 2 for node in formula.atoms(sp.erfi)
    ]
    exponents += [
        node.exp * sp.log(node.base)
        for node in formula.atoms(sp.Pow)
        if not isinstance(node.exp, sp.Rational)
    ]
    exponents += [sp.Integer(1)] * formula.has(sp.E)
    units = _common_units(exponents)
    angles = [node.args[0] for node in formula.atoms(sp.sin, sp.cos, sp.tan, sp.cot, sp.sec, sp.csc)]
    return units | {sp.Tuple(core): unit for core, unit in _common_units(angles).items()}


def _common_units(linear: list[sp.Expr]) -> dict[sp.Expr, Fraction]:
    units: dict[sp.Expr, Fraction] = {}
    for expression in linear:
        for term in sp.Add.make_args(sp.expand(expression)):
            coefficient, core = term.as_coeff_Mul()
            if coefficient == 0:
                continue
            value = abs(Fraction(int(coefficient.p), int(coefficient.q)))
            other = units.get(core, Fraction(0))
            common = lcm(value.denominator, other.denominator)
            units[core] = Fraction(gcd(int(value * common), int(other * common)), common)
    return units


def _angle_units(units: dict[sp.Expr, Fraction], core: sp.Expr, coefficient: Fraction) -> Fraction:
    return units.get(sp.Tuple(core), abs(coefficient))
