"""Expansions that hold for all u ≥ R: finite sums Σ c_k(u) m_k(u) with every c_k(u) in a known ball.

The monomials are m = u^{-p} e^{-qu - ru²} (log u)^s. If p + qu + 2ru² - s/log u ≥ 0 for u ≥ R, then m does
not increase there (differentiate log m), and 0 < m(u) ≤ m(R). A function is applied as f(c + δ) =
Σ_{j<n} f_j(c) δ^j + f_n(ξ) δ^n, δ a sum of such monomials, ξ between c and c + δ (Taylor, Lagrange).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import flint
from flint import arb, arb_series, fmpq, fmpq_series, fmpz
from flint.utils.flint_exceptions import FlintError

from implicitreg_checker.errors import RejectedError, require
from implicitreg_checker.expression import Expression

Monomial = tuple[fmpq, fmpq, fmpq, int]
Sum = dict[Monomial, Any]  # the coefficients are fmpq or arb
ORDER, KEPT = 6, 16
_0, _1, _2 = fmpq(0), fmpq(1), fmpq(2)
ONE: Monomial = (_0, _0, _0, 0)
U: Monomial = (-_1, _0, _0, 0)
_U2: Monomial = (-_2, _0, _0, 0)
_LOG: Monomial = (_0, _0, _0, 1)


def _rank(monomial: Monomial) -> tuple[fmpq, fmpq, fmpq, int]:
    """The smaller, the larger the monomial is near ∞."""
    p, q, r, s = monomial
    return r, q, p, -s


def _over(first: Monomial, second: Monomial, sign: int = -1) -> Monomial:
    """The quotient of monomials, or their product."""
    p, q, r = (a + sign * b for a, b in zip(first[:3], second[:3], strict=True))
    return p, q, r, first[3] + sign * second[3]


def _exact(number: Any) -> Any:
    """A ball of radius 0 as a rational."""
    exact = isinstance(number, arb) and number.is_finite() and number.is_exact()
    return number.fmpq() if exact and abs(number.man_exp()[1]) < 1000 else number


class Tail:
    """The arithmetic of such sums from a start R > 1 on."""

    def __init__(self, start: fmpq) -> None:
        require(start > 1, "the expansion starts beyond 1")
        self.start, self.logarithm = start, arb(start).log()

    def bound(self, monomial: Monomial) -> arb:
        """[0, m(R)] for a monomial that decreases to 0 from R on."""
        p, q, r, s = monomial
        require(_rank(monomial) > _rank(ONE), "only vanishing monomials are bounded")
        rising = r >= 0 and q + 4 * r * self.start >= 0  # p + qu + 2ru²
        slope = p + q * self.start + 2 * r * self.start**2
        require(
            rising and (slope >= 0 if s <= 0 else arb(slope) >= s / self.logarithm),
            f"a monomial decreases from {self.start} on",
        )
        exponent = -p * self.logarithm - arb(q * self.start + r * self.start**2)
        return arb(0).union(exponent.exp() * self.logarithm**s)

    def add(self, first: Sum, second: Sum, factor: Any = 1) -> Sum:
        """first + factor second, small monomials taken into the coefficient of the last that is kept."""
        total = dict(first)
        for monomial, coefficient in second.items():
            total[monomial] = _exact(total.get(monomial, 0) + factor * coefficient)
        order = sorted((m for m, c in total.items() if isinstance(c, arb) or c != 0), key=_rank)
        result = {monomial: total[monomial] for monomial in order[:KEPT]}
        for monomial in order[KEPT:]:
            result[order[KEPT - 1]] += total[monomial] * self.bound(_over(monomial, order[KEPT - 1]))
        return result

    def multiply(self, first: Sum, second: Sum) -> Sum:
        """The product."""
        result: Sum = {}
        for monomial, coefficient in first.items():
            shifted = {_over(monomial, other, 1): coefficient * value for other, value in second.items()}
            result = self.add(result, shifted)
        return result

    def split(self, value: Sum) -> tuple[Monomial, Any, Sum]:
        """m, c and δ with value = c m (1 + δ)."""
        require(value, "a value that is not 0")
        main = min(value, key=_rank)
        lead = value[main]
        require(lead > 0 or lead < 0, "the sign of a leading coefficient")
        return main, lead, {_over(m, main): c / lead for m, c in value.items() if m != main}

    def compose(self, function: Callable[[Any], Any], value: Sum) -> Sum:
        """f(c + δ) for a series function f; exact coefficients if FLINT knows them for c."""
        center, delta = value.get(ONE, _0), {m: c for m, c in value.items() if m != ONE}
        ball = sum((c * self.bound(m) for m, c in delta.items()), arb(0))  # it contains 0
        try:
            series = function(fmpq_series([center, 1]))
        except (TypeError, ValueError, AttributeError, ZeroDivisionError):
            series = function(arb_series([center, 1]))
        rest = function(arb_series([center + ball, 1]))
        regular = all(rest[index].is_finite() for index in range(ORDER + 1))
        require(regular, f"a function is regular from {self.start} on")
        result: Sum = {ONE: rest[ORDER]} if delta else {}
        for index in reversed(range(ORDER)):
            result = self.add(self.multiply(result, delta), {ONE: series[index]})
        return result

    def power(self, value: Sum, power: fmpq) -> Sum:
        """A rational power, by its main term and (1 + δ)^power, or as a product."""
        if power.q == 1 and 0 < power <= ORDER:
            return reduce(self.multiply, [value] * int(power.p))
        (p, q, r, s), lead, delta = self.split(value)
        require((s * power).q == 1 and (power.q == 1 or lead > 0), "a power of a positive value")
        unit = self.compose(lambda t: (t.log() * power).exp(), {ONE: _1} | delta)
        if power.q == 1:
            factor = lead**power.p
        else:
            factor = _exact(arb(lead).sqrt() ** power.p if power.q == 2 else (arb(lead).log() * power).exp())
        return self.multiply({(p * power, q * power, r * power, int((s * power).p)): factor}, unit)

    def exp(self, value: Sum) -> Sum:
        """exp(a log u + b u + c u² + bounded) for rational a, b, c."""
        large = [value.get(m, _0) for m in (_LOG, U, _U2)]
        require(all(isinstance(number, fmpq) for number in large), "rational exponents")
        rest = {m: c for m, c in value.items() if m not in (_LOG, U, _U2)}
        main = {(-large[0], -large[1], -large[2], 0): _1}
        return self.multiply(main, self.compose(lambda t: t.exp(), rest))

    def log(self, value: Sum) -> Sum:
        """The logarithm of the main term, and log(1 + δ)."""
        (p, q, r, s), lead, delta = self.split(value)
        require(s == 0 and lead > 0, "the logarithm of a positive value without log u in its main term")
        main = {_LOG: -p, U: -q, _U2: -r, ONE: _0 if lead == 1 else arb(lead).log()}
        return self.add(main, self.compose(lambda t: t.log(), {ONE: _1} | delta))

    def growth(self, value: Sum) -> int:
        """The sign of the limit if it is infinite, else 0."""
        if not value or _rank(min(value, key=_rank)) >= _rank(ONE):
            return 0
        return 1 if self.split(value)[1] > 0 else -1

    def atan(self, value: Sum) -> Sum:
        """Or ±π/2 - atan(1/value)."""
        sign = self.growth(value)
        if not sign:
            return self.compose(lambda t: t.atan(), value)
        return self.add({ONE: sign * arb.pi() / 2}, self.atan(self.power(value, -_1)), -1)

    def asinh(self, value: Sum) -> Sum:
        """± log(|v| + sqrt(1 + v²))."""
        sign = 1 if not value or self.split(value)[1] > 0 else -1
        root = self.power(self.add({ONE: _1}, self.power(value, _2)), fmpq(1, 2))
        return self.add({}, self.log(self.add(root, value, sign)), sign)

    def erf(self, value: Sum) -> Sum:
        """Or ±(1 - erfc|v|), 0 < erfc x < e^{-x²}/(x√π) for x > 0 (DLMF 7.8.1)."""
        sign = self.growth(value)
        if not sign:
            return self.compose(lambda t: t.erf(), value)
        gauss = self.exp(self.add({}, self.power(value, _2), -1))
        scale = arb(0).union(1 / arb.const_sqrt_pi())
        return self.add({ONE: _1 * sign}, self.multiply(gauss, self.power(value, -_1)), -scale)

    def hyperbolic(self, value: Sum, sign: int) -> Sum:
        """(e^v ± e^{-v})/2."""
        return self.add({}, self.add(self.exp(value), self.exp(self.add({}, value, -1)), sign), fmpq(1, 2))

    def tanh(self, value: Sum) -> Sum:
        """1 - 2/(e^{2v} + 1)."""
        return self.add({ONE: _1}, self.power(self.add(self.exp(self.add({}, value, 2)), {ONE: _1}), -_1), -2)

    def expand(self, expression: Expression) -> Sum:
        """The expansion of an expression in u."""
        values: list[Sum] = []
        for token, places in expression.steps:
            arguments = [values[place] for place in places]
            if token.startswith("^"):
                values.append(self.power(arguments[0], fmpq(*map(int, token[1:].split("/")))))
            elif arguments:
                require(token in _STEPS, f"an expansion of {token}")
                values.append(_STEPS[token](self, *arguments))
            elif token == "u":
                values.append({U: _1})
            else:
                values.append({ONE: arb.pi() if token == "pi" else fmpq(*map(fmpz, token.split("/")))})
                values.append(self.add({}, values.pop()))
        return values[-1]


_STEPS: dict[str, Callable[..., Sum]] = {
    "+": Tail.add,
    "-": lambda tail, x, y: tail.add(x, y, -1),
    "*": Tail.multiply,
    "/": lambda tail, x, y: tail.multiply(x, tail.power(y, -_1)),
    "neg": lambda tail, x: tail.add({}, x, -1),
    "sqrt": lambda tail, x: tail.power(x, fmpq(1, 2)),
    "exp": Tail.exp,
    "log": Tail.log,
    "atan": Tail.atan,
    "asinh": Tail.asinh,
    "tanh": Tail.tanh,
    "sinh": lambda tail, x: tail.hyperbolic(x, -1),
    "cosh": lambda tail, x: tail.hyperbolic(x, 1),
    "erf": Tail.erf,
    "erfc": lambda tail, x: tail.add({ONE: _1}, tail.erf(x), -1),
    "sin": lambda tail, x: tail.compose(lambda t: t.sin(), x),
    "cos": lambda tail, x: tail.compose(lambda t: t.cos(), x),
    "tan": lambda tail, x: tail.compose(lambda t: t.tan(), x),
}


def tail_sign(expression: Expression, start: fmpq, step: str) -> int:
    """Prove that an expression has one strict sign for all u ≥ start, and return it."""
    before, flint.ctx.cap = flint.ctx.cap, ORDER + 1
    try:
        tail = Tail(start)
        _main, lead, delta = tail.split(tail.expand(expression))
        rest = sum((c * tail.bound(m) for m, c in delta.items()), arb(0))
        require(1 + rest > 0, f"the main term prevails from {start} on")
    except (RejectedError, FlintError, ArithmeticError, ValueError) as error:
        raise RejectedError(f"{step}: {error}") from None
    finally:
        flint.ctx.cap = before
    return 1 if lead > 0 else -1
