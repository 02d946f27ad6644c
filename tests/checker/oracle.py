"""An independent judge of certificates: whether the theorem that one states is true, by mpmath alone.

Nothing here is rigorous and nothing is shared with the checker: σ is evaluated by a reader of its own, G by
Gauss-Legendre quadrature, the flow is followed numerically along its orbit to the first point where the
residual changes sign, and the limit is then refined to `DIGITS` digits. A statement about all points of an
interval is tried at many points. So the judge may call a false statement true only where no sample shows it,
and calls a true statement false only if its solvers fail.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

from mpmath import mp, mpf

DIGITS = 50
Real = Any
Function = Callable[[Real], Real]


class Undefined(ArithmeticError):
    """An expression has no real value at the point."""


def _unary() -> dict[str, Function]:
    return {
        "neg": lambda v: -v, "exp": mp.exp, "log": lambda v: mp.log(_need(v, v > 0)),
        "sqrt": lambda v: mp.sqrt(_need(v, v >= 0)), "sin": mp.sin, "cos": mp.cos, "tan": mp.tan,
        "sinh": mp.sinh, "cosh": mp.cosh, "tanh": mp.tanh, "atan": mp.atan, "asinh": mp.asinh, "erf": mp.erf,
        "erfc": mp.erfc, "logabs": lambda v: mp.log(abs(_need(v, v != 0))),
        "lambertw": lambda v: mp.lambertw(_need(v, v >= -mp.exp(-1))).real,
        "li2": lambda v: mp.polylog(2, _need(v, v < 1)).real,
        "2f2": lambda v: mp.hyp2f2(1, 1, mpf(3) / 2, 2, v),
    }  # fmt: skip


_UNARY = _unary()


def _need(value: Real, holds: bool) -> Real:
    if not holds:
        raise Undefined(mp.nstr(value))
    return value


def number_of(text: str) -> Real:
    """p/q as a real number."""
    fraction = Fraction(text)
    return mpf(fraction.numerator) / fraction.denominator


def evaluate(text: str, u: Real = None) -> Real:
    """The value of a Polish expression at u."""
    stack: list[Real] = []
    for token in reversed(text.split(" ")):
        if token in _UNARY:
            stack.append(_UNARY[token](stack.pop()))
        elif token in ("+", "-", "*", "/"):
            first, second = stack.pop(), stack.pop()
            if token == "/":
                stack.append(first / _need(second, second != 0))
            else:
                stack.append({"+": first + second, "-": first - second, "*": first * second}[token])
        elif token.startswith("^"):
            stack.append(_power(stack.pop(), Fraction(token[1:])))
        elif token in ("u", "pi"):
            stack.append(u if token == "u" else +mp.pi)
        else:
            stack.append(number_of(token))
    (value,) = stack
    return value


def _power(base: Real, exponent: Fraction) -> Real:
    _need(base, base != 0 or exponent > 0)
    if exponent.denominator == 1:
        return base ** int(exponent)
    return mp.power(_need(base, base >= 0), mpf(exponent.numerator) / exponent.denominator)


class Activation:
    """σ from its pieces, with derivatives by differences at high precision."""

    def __init__(self, pieces: list[dict[str, Any]]) -> None:
        self.ends = [number_of(piece["below"]) for piece in pieces[:-1]]
        self.formulas = [piece["formula"] for piece in pieces]

    def index(self, u: Real) -> int:
        """The number of the piece of u."""
        return sum(u >= end for end in self.ends)

    def value(self, u: Real) -> Real:
        """σ(u)."""
        return evaluate(self.formulas[self.index(u)], u)

    def slope(self, u: Real, order: int = 1) -> Real:
        """σ'(u), by the formula of the piece of u."""
        formula = self.formulas[self.index(u)]
        return mp.diff(lambda v: evaluate(formula, v), u, order)

    def ratio(self, u: Real) -> Real:
        """σ/σ'."""
        slope = self.slope(u)
        return self.value(u) / _need(slope, slope != 0)

    def rise(self, start: Real, end: Real) -> Real:
        """G(end) - G(start)."""
        inner = sorted(e for e in self.ends if min(start, end) < e < max(start, end))
        return mp.quad(self.ratio, [start, *(inner if start < end else inner[::-1]), end])

    def degree(self, u: Real) -> Real:
        """E(u) = u σ'/σ."""
        value = self.value(u)
        return u * self.slope(u) / _need(value, value != 0)

    def regular(self, start: Real, end: Real, samples: int = 40) -> bool:
        """Whether σ and σ' keep their strict signs between two points, by samples."""
        points = [start + (end - start) * k / samples for k in range(samples + 1)]
        return _one_sign([self.value(u) for u in points]) and _one_sign([self.slope(u) for u in points])

    def continuous(self) -> bool:
        """Whether neighbouring pieces agree at their breakpoints."""
        return all(
            abs(evaluate(left, end) - evaluate(right, end)) < mpf(10) ** (5 - DIGITS)
            for left, right, end in zip(self.formulas, self.formulas[1:], self.ends, strict=False)
        )


def _one_sign(values: list[Real]) -> bool:
    return all(v > 0 for v in values) or all(v < 0 for v in values)


def limit_of_flow(
    activation: Activation, weights: list[Real], bias: Real, a: Real, inputs: list[Real], y: Real, rates: Any
) -> tuple[list[Real], Real, Real] | None:
    """The limit (w, b, a) of the flow, or None if the orbit was not followed to an interpolating point.

    Along the orbit (u, a) moves in the direction -sgn(r) (N a σ', σ), N = η_w‖x‖²/η_a: followed by
    Runge-Kutta steps of constant length until the residual changes its sign, then refined with the conserved
    quantity.
    """
    squared = sum(x * x for x in inputs) + (0 if bias is None else 1)
    norm = rates[0] * squared / rates[1]
    u0 = sum(w * x for w, x in zip(weights, inputs, strict=True)) + (0 if bias is None else bias)
    end = _first_zero(activation, u0, a, norm, y)
    if end is None:
        return None

    u, last = end
    rise = activation.rise(u0, u)
    for _ in range(20):  # Newton's method for aσ = y and a² = Q(u); stands still at once where r = 0
        value, slope = activation.value(u), activation.slope(u)
        first, second = last * value - y, last**2 - a**2 - 2 * rise / norm
        top, other = last * slope, -2 * value / (slope * norm)
        jacobian = mp.matrix([[top, value], [other, 2 * last]])
        step_u, step_a = mp.lu_solve(jacobian, mp.matrix([-first, -second]))
        rise += activation.rise(u, u + step_u)
        u, last = u + step_u, last + step_a
        if abs(step_u) + abs(step_a) < mpf(10) ** (-DIGITS):
            break
    else:
        return None
    if abs(u - end[0]) + abs(last - end[1]) > mpf("0.01"):
        return None
    end = (u, last)
    moved = [w + (end[0] - u0) * x / squared for w, x in zip(weights, inputs, strict=True)]
    return moved, None if bias is None else bias + (end[0] - u0) / squared, end[1]


def _first_zero(activation: Activation, u: Real, a: Real, norm: Real, y: Real) -> tuple[Real, Real] | None:
    with mp.workdps(15):
        start = a * activation.value(u) - y
        if start == 0:
            return u, a

        def direction(u: Real, a: Real) -> tuple[Real, Real]:
            du, da = norm * a * activation.slope(u), activation.value(u)
            length = mp.sqrt(du**2 + da**2)
            if length < mpf("1e-9"):
                raise Undefined("critical point")
            return -mp.sign(start) * du / length, -mp.sign(start) * da / length

        step = mpf(1) / 64
        try:
            for _ in range(2000):
                k1 = direction(u, a)
                k2 = direction(u + step * k1[0] / 2, a + step * k1[1] / 2)
                k3 = direction(u + step * k2[0] / 2, a + step * k2[1] / 2)
                k4 = direction(u + step * k3[0], a + step * k3[1])
                before = (u, a)
                u += step * (k1[0] + 2 * k2[0] + 2 * k3[0] + k4[0]) / 6
                a += step * (k1[1] + 2 * k2[1] + 2 * k3[1] + k4[1]) / 6
                now = a * activation.value(u) - y
                if now * start <= 0:  # the secant through both ends of the step
                    part = (before[1] * activation.value(before[0]) - y) / (
                        before[1] * activation.value(before[0]) - y - now
                    )
                    return before[0] + part * (u - before[0]), before[1] + part * (a - before[1])
        except (Undefined, ZeroDivisionError, ValueError):
            pass
    return None


# --- one function a kind: the numbers of which `found` speaks ----------------------------------------------


def value_numbers(certificate: dict[str, Any]) -> dict[str, Any] | None:
    """The value."""
    return {"value": evaluate(certificate["given"]["expression"])}


def limit_numbers(certificate: dict[str, Any]) -> dict[str, Any] | None:
    """The limit."""
    given, activation = certificate["given"], Activation(certificate["activation"])
    start, sample, rates = given["start"], given["sample"], given.get("rates", {"w": "1", "a": "1"})
    bias = evaluate(start["b"]) if "b" in start else None
    pair = [evaluate(rates[name]) for name in ("w", "a")]
    inputs = [evaluate(x) for x in sample["x"]]
    if min(pair) <= 0 or not activation.continuous():
        return None
    limit = limit_of_flow(
        activation, [evaluate(w) for w in start["w"]], bias, evaluate(start["a"]), inputs,
        evaluate(sample["y"]), pair,
    )  # fmt: skip
    if limit is None:
        return None
    return {"w": limit[0], "a": limit[2]} | ({} if bias is None else {"b": limit[1]})


def _goes_to(activation: Activation, start: Any, sample: Any, end: Any) -> bool:
    limit = limit_of_flow(activation, [start[0]], None, start[1], [sample[0]], sample[1], [1, 1])
    return limit is not None and max(abs(limit[0][0] - end[0]), abs(limit[2] - end[1])) < mpf(10) ** (
        10 - DIGITS
    )


def two_point_numbers(certificate: dict[str, Any]) -> dict[str, Any] | None:
    """x_2 (a root in the stated ball), a_0 > 0, a_p, a_q, y_1, y_2."""
    given, activation = certificate["given"], Activation(certificate["activation"])
    w_p, w_q, x_1 = (evaluate(given[name]) for name in ("w_p", "w_q", "x_1"))
    if given["x_2"] is not None:
        return _two_point_numbers(activation, given, evaluate(given["x_2"]))

    def quotient(x: Real) -> Real:
        return mp.log(abs(activation.value(w_p * x) / activation.value(w_q * x)))

    middle, radius = ball_of(certificate["found"]["x_2"])
    for part in (0, 1, -1, mpf(1) / 2, -mpf(1) / 2):
        try:
            x_2 = mp.findroot(lambda x: quotient(x) - quotient(x_1), middle + part * min(radius, 10))
            numbers = _two_point_numbers(activation, given, x_2)
        except (Undefined, ValueError, ZeroDivisionError):
            continue
        if numbers is not None and inside(x_2, certificate["found"]["x_2"]):
            return numbers
    return None


def _two_point_numbers(activation: Activation, given: dict[str, Any], x_2: Real) -> dict[str, Any] | None:
    w_0, w_p, w_q, x_1 = (evaluate(given[name]) for name in ("w_0", "w_p", "w_q", "x_1"))
    sigma = activation.value
    rho = sigma(w_p * x_1) / sigma(w_q * x_1)
    if abs(sigma(w_p * x_2) / sigma(w_q * x_2) - rho) > mpf(10) ** (5 - DIGITS) or rho <= 0:
        return None
    first = activation.rise(w_0 * x_1, w_p * x_1) / x_1**2
    second = activation.rise(w_0 * x_2, w_q * x_2) / x_2**2
    squared = 2 * (first - second) / (1 - rho**2)
    if squared <= 0 or squared <= 2 * first:
        return None
    a_p, a_0 = mp.sqrt(squared), mp.sqrt(squared - 2 * first)
    numbers = {
        "x_2": x_2, "a_0": a_0, "a_p": a_p, "a_q": rho * a_p, "y_1": a_p * sigma(w_p * x_1),
        "y_2": a_p * sigma(w_p * x_2),
    }  # fmt: skip
    reached = _goes_to(activation, (w_0, a_0), (x_1, numbers["y_1"]), (w_p, a_p)) and _goes_to(
        activation, (w_0, a_0), (x_2, numbers["y_2"]), (w_q, rho * a_p)
    )
    return numbers if reached and w_p != w_q else None


def symmetric_numbers(certificate: dict[str, Any]) -> dict[str, Any] | None:
    """y_1 and y_2."""
    given, activation = certificate["given"], Activation(certificate["activation"])
    w_0, a_0, x_1, x_2 = (evaluate(given[name]) for name in ("w_0", "a_0", "x_1", "x_2"))
    if not (w_0 > 0 > a_0 and x_1 > 0 and x_2 > 0):
        return None
    points = [mpf(k) / 7 for k in range(30)]
    if any(abs(activation.value(-u) + activation.value(u)) > mpf(10) ** (5 - DIGITS) for u in points):
        return None
    y_1, y_2 = -a_0 * activation.value(w_0 * x_1), -a_0 * activation.value(w_0 * x_2)
    reached = _goes_to(activation, (w_0, a_0), (x_1, y_1), (w_0, -a_0)) and _goes_to(
        activation, (w_0, a_0), (x_2, y_2), (-w_0, a_0)
    )
    return {"y_1": y_1, "y_2": y_2} if reached else None


NUMBERS = {
    "value": value_numbers,
    "limit": limit_numbers,
    "two-point": two_point_numbers,
    "symmetric two-point": symmetric_numbers,
}


# --- judgements -------------------------------------------------------------------------------------


def ball_of(value: dict[str, Any]) -> tuple[Real, Real]:
    """Midpoint and radius, exactly."""
    with mp.workdps(1000):
        return tuple(mpf(int(value[name][0])) * mpf(2) ** value[name][1] for name in ("mid", "rad"))  # type: ignore[return-value]


def inside(number: Real, ball: dict[str, Any]) -> bool:
    """Whether the number lies in the ball (a number off by less than its own accuracy counts)."""
    with mp.workdps(1000):
        middle, radius = ball_of(ball)
        return bool(
            abs(number - middle) <= radius + abs(number) * mpf(10) ** (12 - DIGITS) + mpf(10) ** (12 - DIGITS)
        )


def _all_inside(numbers: dict[str, Any], found: dict[str, Any]) -> bool:
    if set(numbers) != set(found):
        return False
    for name, number in numbers.items():
        pairs = (
            zip(number, found[name], strict=False) if isinstance(number, list) else [(number, found[name])]
        )
        if isinstance(number, list) and len(number) != len(found[name]):
            return False
        if not all(inside(n, b) for n, b in pairs):
            return False
    return True


@cache
def _numbers(kind: str, data: str) -> dict[str, Any] | None:
    try:
        return NUMBERS[kind](json.loads(data))
    except (Undefined, ValueError, ZeroDivisionError):
        return None


def _stated_numbers(certificate: dict[str, Any]) -> bool:
    needed = {name: certificate[name] for name in ("activation", "given") if name in certificate}
    if certificate["kind"] == "two-point" and certificate["given"]["x_2"] is None:
        needed["found"] = {"x_2": certificate["found"]["x_2"]}
    numbers = _numbers(certificate["kind"], json.dumps(needed, sort_keys=True))
    return numbers is not None and _all_inside(numbers, certificate["found"])


def _invariant(certificate: dict[str, Any]) -> bool:
    """G' = σ/σ' wherever both are defined, equal values at breakpoints, and the integrals."""
    activation, potentials = Activation(certificate["activation"]), certificate["given"]["potential"]
    small = mpf(10) ** (10 - DIGITS)
    ends = [None, *activation.ends, None]
    for index, text in enumerate(potentials):
        low, high = ends[index], ends[index + 1]
        low = low if low is not None else (high if high is not None else mpf(4)) - 8
        high = high if high is not None else low + 8
        tried = 0
        for k in range(1, 24):
            u = low + (high - low) * k / 24 + (high - low) / 1000
            try:
                ratio = activation.ratio(u)
                slope = None if text is None else mp.diff(lambda v, text=text: evaluate(text, v), u)
            except (Undefined, ZeroDivisionError):
                continue
            tried += 1
            if slope is not None and abs(slope - ratio) > small * (1 + abs(ratio)):
                return False
        if not tried:
            return False
    for left, right, end in zip(potentials, potentials[1:], activation.ends, strict=False):
        if left is not None and right is not None:
            try:
                if abs(evaluate(left, end) - evaluate(right, end)) > small:
                    return False
            except Undefined:
                return False
    for segment in certificate["found"]["segments"]:
        low, high = number_of(segment["from"]), number_of(segment["to"])
        slopes = [activation.slope(low + (high - low) * k / 40) for k in range(41)]
        if not _one_sign(slopes) or not inside(activation.rise(low, high), segment["rise"]):
            return False
    return activation.continuous()


def _degree(certificate: dict[str, Any]) -> bool:
    """The signs of differences of E over a grid that is fine at 0 and towards the end."""
    given, activation = certificate["given"], Activation(certificate["activation"])
    upto = mpf(8) if given["upto"] is None else number_of(given["upto"])
    sign = 1 if given["side"] == "positive" else -1
    grid = [upto * mpf(2) ** -k for k in range(12, 1, -1)] + [upto * k / 100 for k in range(26, 100)]
    points = []  # (signs of σ and σ', E)
    for u in sorted(sign * u for u in grid):
        try:
            value, slope = activation.value(u), activation.slope(u)
            points.append(((value > 0, slope > 0), u * slope / _need(value, value != 0 and slope != 0)))
        except (Undefined, ZeroDivisionError):
            points.append((None, None))
    small = mpf(10) ** (10 - DIGITS)
    steps = [
        one[1] - other[1] if one[0] and one[0] == other[0] else None
        for other, one in zip(points, points[1:], strict=False)
    ]
    verdict = certificate["found"]["verdict"]
    if verdict == "not monotone":  # both signs where σ and σ' keep theirs
        runs = "".join(" " if s is None else "+" if s > small else "-" if s < -small else "" for s in steps)
        return any("+-" in run or "-+" in run for run in runs.split(" "))
    holds = {
        "increasing": lambda s: s > 0, "decreasing": lambda s: s < 0, "constant": lambda s: abs(s) < small
    }[verdict]  # fmt: skip
    return all(step is not None and holds(step) for step in steps)


def _one_point(certificate: dict[str, Any]) -> bool:
    """Near the corners and in the middle of U: two inputs whose flows end there, with different degrees."""
    given, found = certificate["given"], certificate["found"]
    activation = Activation(certificate["activation"])
    with mp.workdps(20):
        w_0, a_0 = evaluate(given["w_0"]), evaluate(given["a_0"])
        guesses = [ball_of(ball)[0] for ball in certificate["witness"]["cells"][0]["x"]]
        (w_low, w_high), (a_low, a_high) = ([number_of(end) for end in found[name]] for name in ("w", "a"))
        for s, t in ((0.5, 0.5), (0.001, 0.001), (0.001, 0.999), (0.999, 0.001), (0.999, 0.999)):
            w, a = w_low + (w_high - w_low) * s, a_low + (a_high - a_low) * t
            first, second = (_input(activation, w_0, a_0, w, a, guess) for guess in guesses)
            if not all(activation.regular(w_0 * x, w * x, 10) for x in (first, second)) or a * a_0 <= 0:
                return False
            small = mpf("1e-12")
            degrees = [activation.degree(w * x) for x in (first, second)]
            if abs(first - second) < small or abs(degrees[0] - degrees[1]) < small:
                return False
    return True


def _input(activation: Activation, w_0: Real, a_0: Real, w: Real, a: Real, x: Real) -> Real:
    """The root next to x of (G(wx) - G(w_0 x))/x² = (a² - a_0²)/2, by Newton's method."""
    for _ in range(30):
        rise = activation.rise(w_0 * x, w * x)
        slope = w * activation.ratio(w * x) - w_0 * activation.ratio(w_0 * x) - 2 * rise / x
        step = ((a**2 - a_0**2) * x**2 / 2 - rise) / slope
        x += step
        if abs(step) < mpf("1e-14"):
            return x
    raise Undefined("no root")


JUDGES = {"invariant": _invariant, "degree": _degree, "one-point": _one_point}


def is_true(certificate: dict[str, Any], theorems: dict[str, Any]) -> bool:
    """Whether the statement (theorem, activation, given, found) of a certificate is true."""
    kind = certificate["kind"]
    if certificate["theorem"] != theorems[kind]:
        return False
    with mp.workdps(DIGITS + 15):
        try:
            return JUDGES.get(kind, _stated_numbers)(certificate)
        except (Undefined, ValueError, ZeroDivisionError, KeyError, TypeError, IndexError):
            return False
