"""Exact identities: expressions as rational functions over ℚ in u and in generators.

A generator is a real function of u or a real number: an exponential, the logarithm of the absolute value of
a polynomial in other generators, a root, a sine, ... Relations such as s² = 1 - c² or r² = X rewrite
generators. If the numerator becomes the zero polynomial, the expression vanishes at every point where all its
steps are defined: each rewriting is an equation between numbers there, and what stands in a denominator is a
divisor of some step or a positive number. The independence of the generators is not needed; a numerator that
does not become zero proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import comb

from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx, fmpz
from flint.utils.flint_exceptions import FlintError

from implicitreg_checker.activation import Activation
from implicitreg_checker.calculus import combine, derivative, substitute
from implicitreg_checker.errors import RejectedError, require
from implicitreg_checker.expression import Expression, parse

VARIABLES, MAX_TERMS, MAX_POWER, TRIAL_DIVISION = 24, 2_000, 1_000, 1_000
HALF = fmpq(1, 2)


@dataclass(frozen=True, slots=True, eq=False)
class Ratio:
    """A rewritten and cancelled quotient of polynomials, the denominator with leading coefficient 1."""

    field: Field
    num: fmpq_mpoly
    den: fmpq_mpoly

    def __add__(self, other: Ratio) -> Ratio:
        return self.field.ratio(self.num * other.den + other.num * self.den, self.den * other.den)

    def __sub__(self, other: Ratio) -> Ratio:
        return self + other * -1

    def __mul__(self, other: Ratio | fmpq | int) -> Ratio:
        if not isinstance(other, Ratio):
            return self.field.ratio(self.num * other, self.den)
        return self.field.ratio(self.num * other.num, self.den * other.den)

    def __truediv__(self, other: Ratio) -> Ratio:
        return self.field.ratio(self.num * other.den, self.den * other.num)

    def __pow__(self, power: int) -> Ratio:
        num, den = (self.num, self.den) if power >= 0 else (self.den, self.num)
        return self.field.ratio(raised(num, abs(power)), raised(den, abs(power)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ratio) and self.num == other.num and self.den == other.den

    def __str__(self) -> str:
        return f"({self.num}) / ({self.den})"


def raised(base: fmpq_mpoly, power: int) -> fmpq_mpoly:
    """A power that stays of moderate size."""
    terms = max(len(base), 1)
    require(power <= MAX_POWER and comb(power + terms - 1, terms - 1) <= MAX_TERMS, "moderate powers")
    return base**power


class Field:
    """The generators of one identity, all parts of which are defined at the points considered."""

    def __init__(self) -> None:
        self.ring = fmpq_mpoly_ctx.get(("t", VARIABLES), "lex")
        self.names: dict[str, int] = {}
        self.relations: dict[int, tuple[int, Ratio]] = {}  # t_i^n = a ratio
        self.powers: dict[str, tuple[int, int]] = {}  # base: (i, n) with t_i = base^(1/n)
        self.exponents: dict[int, Ratio] = {}  # t_i = exp(ratio)
        self.logarithms: dict[int, Ratio] = {}  # t_i = log|polynomial|
        self.never_negative: set[int] = set()  # generators
        self.positive: set[str] = set()  # polynomials whose logarithm is taken
        self.variable = False  # whether u occurs
        self.one = Ratio(self, self.ring.constant(1), self.ring.constant(1))
        self.u = self.generator("u")

    def generator(self, name: str) -> Ratio:
        """The generator of that name, a new one if need be."""
        require(self.names.setdefault(name, len(self.names)) < VARIABLES, f"at most {VARIABLES} generators")
        return self.ratio(self.ring.gen(self.names[name]), self.one.den)

    def ratio(self, num: fmpq_mpoly, den: fmpq_mpoly) -> Ratio:
        """A quotient, rewritten by the relations and cancelled."""
        (num, low), (den, high) = self.rewrite(num), self.rewrite(den)
        num, den = num * high, den * low
        require(not den.is_zero(), "a denominator that is not zero")
        require(max(len(num), len(den)) <= MAX_TERMS, "polynomials of moderate size")
        common = num.gcd(den)
        num, den = num // common, den // common
        return Ratio(self, num / den.coefficient(0), den / den.coefficient(0))

    def rewrite(self, num: fmpq_mpoly) -> tuple[fmpq_mpoly, fmpq_mpoly]:
        """Replace t_i^(kn + l) by X^k t_i^l, by the relations t_i^n = X, until none applies: a quotient."""
        den, pending = self.ring.constant(1), True
        while pending:
            pending = False
            for index, (order, value) in self.relations.items():
                top = int(num.degrees()[index]) // order
                if top > 0:
                    parts: dict[int, dict[tuple[int, ...], fmpq]] = {}
                    for powers, factor in zip(num.monoms(), num.coeffs(), strict=True):
                        times, rest = divmod(int(powers[index]), order)
                        parts.setdefault(times, {})[(*powers[:index], rest, *powers[index + 1 :])] = factor
                    num = self.ring.constant(0)
                    for times, part in parts.items():
                        value_part = raised(value.num, times) * raised(value.den, top - times)
                        num += self.ring.from_dict(part) * value_part
                    den, pending = den * raised(value.den, top), True
        return num, den

    def index(self, value: Ratio) -> int:
        """i if the ratio is the generator t_i, else -1."""
        single = value.den.is_one() and len(value.num) == 1 and value.num.total_degree() == 1
        if not single or value.num.coefficient(0) != 1:
            return -1
        return next(i for i, power in enumerate(value.num.degrees()) if power == 1)

    def factors(self, value: Ratio) -> tuple[int, list[tuple[Ratio, int]], list[tuple[Ratio, int]]]:
        """A ratio other than 0 as ± Π p^k Π f^k: integers p > 0, f with leading coefficient 1."""
        constant, result = fmpq(1), []
        for polynomial, sign in ((value.num, 1), (value.den, -1)):
            content, parts = polynomial.factor()
            constant *= content**sign
            for part, power in parts:
                lead, times = part.coefficient(0), sign * int(power)
                constant *= lead**times
                result.append((Ratio(self, part / lead, self.one.den), times))
        numbers = [
            (self.one * fmpq(prime), sign * int(power))
            for integer, sign in ((constant.p, 1), (constant.q, -1))
            for prime, power in abs(integer).factor(trial_limit=TRIAL_DIVISION)
        ]
        return (1 if constant > 0 else -1), numbers, result

    def nonnegative(self, value: Ratio) -> bool:
        """Whether f ≥ 0 is obvious: its logarithm is taken, or no monomial is negative."""
        return str(value) in self.positive or all(
            factor > 0 and all(n % 2 == 0 or i in self.never_negative for i, n in enumerate(powers))
            for powers, factor in zip(value.num.monoms(), value.num.coeffs(), strict=True)
        )

    def fractional(self, base: Ratio, power: fmpq, root: bool) -> Ratio:
        """base^power for a root, base ≥ 0, otherwise exp(power base).

        With t for base^(1/n), the power k/n is t^k; for a finer denominator N, t is rewritten as T^(N/n).
        """
        if root and power.q == 1:
            return base ** int(power.p)
        name = f"{'root' if root else 'exp'} {base}"
        index, order = self.powers.get(name, (-1, 1))
        if index < 0 or (power * order).q != 1:
            fine = int(fmpz(order).lcm(power.q))
            require(fine <= MAX_POWER, "moderate roots")
            finer = self.generator(f"{name} {fine}")
            new = self.names[f"{name} {fine}"]
            self.never_negative.add(new)
            if index >= 0:
                self.relations[index] = (1, finer ** (fine // order))
            if root:
                self.relations[new] = (fine, base)
            else:
                self.exponents[new] = base * fmpq(1, fine)
            self.powers[name] = index, order = new, fine
        return self.ratio(self.ring.gen(index), self.one.den) ** int((power * order).p)

    def power(self, value: Ratio, power: fmpq) -> Ratio:
        """A rational power, which is defined for value ≥ 0 only if it is no integer.

        Factors f ≥ 0 are split off: (f g)^c = f^c g^c, as g ≥ 0 too. Others stay together: sqrt(p²) is |p|,
        and becomes a generator r with r² = p².
        """
        if power.q == 1:
            return value ** int(power.p)
        if value.num.is_zero():
            require(power > 0, "no negative power of 0")
            return value
        sign, numbers, factors = self.factors(value)
        result, rest = self.one, self.one * sign
        for factor, times in numbers + factors:
            if (index := self.index(factor)) in self.exponents:
                result *= self.exp(self.exponents[index] * (power * times))
            elif self.nonnegative(factor):
                result *= self.fractional(factor, power * times, root=True)
            else:
                rest *= factor**times
        require(rest != self.one * -1, "no root of a negative number")
        return result if rest == self.one else result * self.fractional(rest, power, root=True)

    def exp(self, value: Ratio) -> Ratio:
        """exp(Σ c m) = Π exp(m)^c, and exp(c log|f|) = f^c if f ≥ 0."""
        result = self.one
        for powers, factor in zip(value.num.monoms(), value.num.coeffs(), strict=True):
            unit = self.ratio(self.ring.from_dict({tuple(powers): 1}), value.den)
            inner = self.logarithms.get(self.index(unit))
            if inner is not None and self.nonnegative(inner):
                result *= self.power(inner, factor)
            else:
                result *= self.fractional(unit, factor, root=False)
        return result

    def log(self, value: Ratio, absolute: bool) -> Ratio:
        """log|Π f^k| = Σ k log|f|. For log itself the value is > 0; if it is an odd power of f, f > 0."""
        require(not value.num.is_zero(), "no logarithm of 0")
        sign, numbers, factors = self.factors(value)
        require(absolute or factors or sign > 0, "no logarithm of a negative number")
        if not absolute and sign > 0 and len(factors) == 1 and factors[0][1] % 2:
            self.positive.add(str(factors[0][0]))
        result = self.one * 0
        for factor, times in numbers + factors:
            logarithm = self.exponents.get(self.index(factor)) or self.generator(f"log {factor}")
            if self.index(factor) not in self.exponents:
                self.logarithms[self.names[f"log {factor}"]] = factor
            result += logarithm * times
        return result

    def function(self, token: str, value: Ratio, parity: int = -1) -> Ratio:
        """f(value) as a generator; if f is odd (-1) or even (1), the sign of the argument is made normal."""
        if value.num.is_zero():
            return self.one * (token in ("cos", "2f2"))
        sign = -1 if parity and value.num.coefficient(0) < 0 else 1
        return self.generator(f"{token} {value * sign}") * (sign if parity < 0 else 1)

    def circular(self, token: str, value: Ratio) -> Ratio:
        """Sine or cosine, with s² = 1 - c²."""
        sine, cosine = self.function("sin", value), self.function("cos", value, 1)
        if not value.num.is_zero():
            self.relations[max(self.index(sine), self.index(sine * -1))] = (2, self.one - cosine**2)
        return sine if token == "sin" else cosine

    def root_of_pi(self) -> Ratio:
        """√π."""
        result = self.generator("sqrt pi")
        self.never_negative.add(self.index(result))
        return result

    def erfroot(self, value: Ratio) -> Ratio:
        """(√π/2) erf(p)/p for value = p². As erf(p)/p is even, the sign of p does not matter."""
        sign, numbers, factors = self.factors(value)
        require(sign > 0 and all(times % 2 == 0 for _factor, times in factors), "2f2 of a square")
        root = self.one
        for factor, times in numbers + factors:
            root *= self.fractional(factor, fmpq(times, 2), root=True)
        return self.root_of_pi() * HALF * self.function("erf", root) / root

    def special(self, token: str, value: Ratio) -> Ratio:
        """li2 or 2f2. The rules for their derivatives divide by the argument X: X ≡ 0 must be excluded.

        X = 0 on no interval, since u and exp(R(u)), R not constant, are algebraically independent.
        """
        used = _generators(value) - {0}
        exponents = [_generators(self.exponents[index]) for index in used if index in self.exponents]
        simple = len(used) == len(exponents) <= 1 and all(inner == {0} for inner in exponents)
        require(simple or not self.variable, f"{token} of a rational function of u and one exponential")
        return self.function(token, value, 0)

    def element(self, expression: Expression) -> Ratio:
        """The value of an expression, step by step."""
        self.variable = any(token == "u" for token, _places in expression.steps)
        values: list[Ratio] = []
        for token, places in expression.steps:
            arguments = [values[place] for place in places]
            if token.startswith("^"):
                values.append(self.power(arguments[0], fmpq(*map(int, token[1:].split("/")))))
            elif arguments:
                values.append(_STEPS[token](self, *arguments))
            elif token == "u":
                values.append(self.u)
            elif token == "pi":
                values.append(self.root_of_pi() ** 2)
            else:
                values.append(self.one * fmpq(*map(fmpz, token.split("/"))))
        return values[-1]


def _generators(value: Ratio) -> set[int]:
    return {i for part in (value.num, value.den) for i, power in enumerate(part.degrees()) if power > 0}


_STEPS: dict[str, Callable[..., Ratio]] = {
    "+": lambda field, x, y: x + y,
    "-": lambda field, x, y: x - y,
    "*": lambda field, x, y: x * y,
    "/": lambda field, x, y: x / y,
    "neg": lambda field, x: x * -1,
    "sqrt": lambda field, x: field.power(x, HALF),
    "exp": Field.exp,
    "log": lambda field, x: field.log(x, absolute=False),
    "logabs": lambda field, x: field.log(x, absolute=True),
    "sinh": lambda field, x: (field.exp(x) - field.exp(x * -1)) * HALF,
    "cosh": lambda field, x: (field.exp(x) + field.exp(x * -1)) * HALF,
    "tanh": lambda field, x: (field.exp(x * 2) - field.one) / (field.exp(x * 2) + field.one),
    "sin": lambda field, x: field.circular("sin", x),
    "cos": lambda field, x: field.circular("cos", x),
    "tan": lambda field, x: field.circular("sin", x) / field.circular("cos", x),
    "atan": lambda field, x: field.function("atan", x),
    "asinh": lambda field, x: field.function("asinh", x),
    "erf": lambda field, x: field.function("erf", x),
    "erfc": lambda field, x: field.one - field.function("erf", x),
    "lambertw": lambda field, x: field.function("lambertw", x, 0),
    "li2": lambda field, x: field.special("li2", x),
    "2f2": lambda field, x: field.special("2f2", x),
    "erfroot": Field.erfroot,
}


def vanishes(expression: Expression) -> bool:
    """Whether the numerator is the zero polynomial. Raises `RejectedError` if that is not decided."""
    try:
        return Field().element(expression).num.is_zero()
    except (FlintError, ArithmeticError, ValueError) as error:
        raise RejectedError(f"exact arithmetic fails: {error}") from None


def prove_zero(expression: Expression, step: str) -> None:
    """Prove that a number is 0, or that an expression in u vanishes wherever all its steps are defined."""
    try:
        require(vanishes(expression), "the difference is not proved to vanish")
    except RejectedError as error:
        raise RejectedError(f"{step}: {error}") from None


def prove_potential(formula: Expression, potential: Expression, step: str) -> None:
    """Prove G' σ' = σ wherever all steps of σ and G are analytic, isolated points by continuity."""
    slopes = {"F": derivative(potential), "d": derivative(formula), "s": formula}
    prove_zero(combine("- * F d s", **slopes), step)


def prove_continuity(activation: Activation) -> None:
    """Prove that neighbouring formulas of σ agree at their common breakpoint."""
    for left, right in pairwise(activation.pieces):
        point = parse(str(right.lower), "a breakpoint", variable=False)
        values = {"a": substitute(left.formula, point), "b": substitute(right.formula, point)}
        prove_zero(combine("- a b", **values), f"continuity of σ at {right.lower}")


def prove_odd(activation: Activation) -> None:
    """Prove σ(-u) = -σ(u), piece by mirrored piece."""
    for piece, mirrored in zip(activation.pieces, reversed(activation.pieces), strict=True):
        low, high = piece.lower, mirrored.upper
        symmetric = low == high if low is None or high is None else low == -high
        require(symmetric, "the breakpoints are symmetric about 0")
        values = {"a": piece.formula, "b": substitute(mirrored.formula, parse("neg u", "", variable=True))}
        prove_zero(combine("+ a b", **values), "σ(-u) = -σ(u)")
