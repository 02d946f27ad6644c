"""Expressions in Polish notation: reading them, and evaluating them over power series of real or complex
balls.

``/ 1 + 1 exp neg u`` is 1/(1 + exp(-u)). Tokens are separated by single spaces: the variable ``u``, ``pi``,
rationals such as ``-3`` and ``2/7``, the binary ``+ - * /``, the functions of `FUNCTIONS`, and powers with a
rational exponent, ``^3 u`` or ``^-1/2 u``. Nothing is ever executed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Any

import flint
from flint import acb, acb_series, arb, arb_series, fmpq

from implicitreg_checker.errors import UnreadableError
from implicitreg_checker.reading import rational, string

MAX_TOKENS = 4_000
MAX_EXPONENT = 1_000
BINARY = ("+", "-", "*", "/")
FUNCTIONS = (
    "neg", "exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "atan", "asinh", "erf", "erfc",
)  # fmt: skip
CLOSED_FORM_FUNCTIONS = ("logabs", "lambertw", "li2", "2f2")
_POWER = re.compile(r"\^(-?[1-9][0-9]*(?:/[1-9][0-9]*)?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Expression:
    """Instructions (token, positions of its arguments), each argument before its user; the last is the
    value."""

    text: str
    steps: tuple[tuple[str, tuple[int, ...]], ...]

    def with_variable(self, number: str) -> str:
        """The text with a number in Polish notation in place of u."""
        return " ".join(number if token == "u" else token for token in self.text.split(" "))

    def at(self, point: Any, length: int = 1, analytic: bool = False) -> list[Any]:
        """Enclose f(p), f'(p), f''(p)/2, … (``length`` of them) for every p in the ball ``point``.

        Not finite where f or a part of it may be undefined, or, with ``analytic``, not analytic on the whole
        ball.
        """
        kind = acb_series if isinstance(point, acb) else arb_series
        values: list[Any] = []
        before, flint.ctx.cap = flint.ctx.cap, length
        try:
            for token, arguments in self.steps:
                if token == "u":
                    value = kind([point, 1][:length], length)
                elif arguments:
                    value = _apply(token, [values[index] for index in arguments], analytic)
                else:
                    value = kind([arb.pi() if token == "pi" else _constant(token)], length)
                if not value[0].is_finite():  # at once, for the series of flint take 0 * nan = 0
                    raise ArithmeticError
                values.append(value)
            return [values[-1][index] for index in range(length)]
        except (ArithmeticError, ValueError):
            return [type(kind()[0])("nan")] * length
        finally:
            flint.ctx.cap = before

    def value(self) -> arb:
        """Enclose a constant expression."""
        number: arb = self.at(None)[0]
        return number


def _constant(token: str) -> arb:
    return arb(fmpq(*(flint.fmpz(part) for part in token.split("/"))))


def parse(value: Any, place: str, variable: bool, closed_form: bool = False) -> Expression:
    """Read an expression; ``variable`` allows u, ``closed_form`` the functions that only values need."""
    tokens = string(value, place).split(" ")
    if len(tokens) > MAX_TOKENS:
        raise UnreadableError(f"{place} has more than {MAX_TOKENS} tokens")
    functions = FUNCTIONS + (CLOSED_FORM_FUNCTIONS if closed_form else ())
    known: dict[tuple[str, tuple[int, ...]], int] = {}  # equal subexpressions are evaluated once
    stack: list[int] = []
    for token in reversed(tokens):
        power = _POWER.fullmatch(token) if len(token) < 20 else None
        arity = 2 if token in BINARY else 1 if token in functions or power else 0
        if arity == 0 and token != "pi" and not (token == "u" and variable):
            rational(token, f"{place}, token {token[:20]!r}")
        if power and max(abs(int(part)) for part in power[1].split("/")) > MAX_EXPONENT:
            raise UnreadableError(f"{place} has the exponent {power[1]}; at most {MAX_EXPONENT} is read")
        if len(stack) < arity:
            raise UnreadableError(f"{place}: {token} lacks an argument")
        stack.append(known.setdefault((token, tuple(stack.pop() for _ in range(arity))), len(known)))
    if len(stack) != 1:
        raise UnreadableError(f"{place} holds {len(stack)} expressions; one was expected")
    return Expression(value, tuple(known))


def _apply(token: str, arguments: list[Any], analytic: bool) -> Any:
    """One operation on series. Not finite or an ArithmeticError or ValueError where it is undefined."""
    first = arguments[0]
    if token.startswith("^"):
        return _power(first, fmpq(*map(int, token[1:].split("/"))), analytic)
    if token == "/" and arguments[1][0].contains(0):  # flint would cancel u in u/u at 0
        raise ZeroDivisionError
    if token in _SLIT and analytic and _SLIT[token](first[0]):
        raise ArithmeticError
    if token in _VALUES:
        if flint.ctx.cap > 1:
            raise ArithmeticError
        return arb_series([_VALUES[token](first[0])])
    return _OPERATIONS[token](*arguments)


def _power(series: Any, exponent: fmpq, analytic: bool) -> Any:
    if exponent.q == 1:
        base = series if exponent > 0 else 1 / series
        result = base
        for bit in f"{abs(int(exponent.p)):b}"[1:]:  # ** is NaN for a constant series about 0
            result = result * result * base if bit == "1" else result * result
        return result
    if analytic and _meets_negative_axis(series[0]):
        raise ArithmeticError
    return (
        (series.log() * arb(exponent)).exp()
        if exponent.q != 2
        else _power(series.sqrt(), fmpq(exponent.p), False)
    )


def _meets_negative_axis(value: acb) -> bool:
    return not (value.real > 0 or value.imag > 0 or value.imag < 0)


def _meets_imaginary_cut(value: acb) -> bool:
    return not (value.real > 0 or value.real < 0 or abs(value.imag) < 1)


def _tanh(series: Any) -> Any:
    # 1 - 2/(e^(2v) + 1) is monotone in one exponential, so wide balls stay tight
    return 1 - 2 / ((2 * series).exp() + 1)


def _asinh(series: Any) -> Any:
    """asinh(c) + ∫ v'/sqrt(1 + v²)."""
    rest = (series.derivative() * (1 + series * series).rsqrt()).integral()
    return type(series)([series[0].asinh()]) + rest


def _two_f_two(value: arb) -> arb:
    """₂F₂(1, 1; 3/2, 2; v)."""
    result: arb = value.hypgeom([arb(1), arb(1)], [arb(fmpq(3, 2)), arb(2)])
    return result


_SLIT: dict[str, Callable[[acb], bool]] = {
    "log": _meets_negative_axis, "sqrt": _meets_negative_axis,
    "atan": _meets_imaginary_cut, "asinh": _meets_imaginary_cut,
}  # fmt: skip
_OPERATIONS: dict[str, Callable[..., Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "neg": lambda s: -s,
    "exp": lambda s: s.exp(),
    "log": lambda s: s.log(),
    "sqrt": lambda s: s.sqrt(),
    "sin": lambda s: s.sin(),
    "cos": lambda s: s.cos(),
    "tan": lambda s: s.tan(),
    "sinh": lambda s: (s.exp() - (-s).exp()) / 2,
    "cosh": lambda s: (s.exp() + (-s).exp()) / 2,
    "tanh": _tanh,
    "atan": lambda s: s.atan(),
    "asinh": _asinh,
    "erf": lambda s: s.erf(),
    "erfc": lambda s: s.erfc(),
}
_VALUES: dict[str, Callable[[arb], arb]] = {  # of closed forms only values are needed
    "logabs": lambda v: abs(v).log(),
    "lambertw": arb.lambertw,
    "li2": lambda v: v.polylog(2) if v < 1 else arb("nan"),
    "2f2": _two_f_two,
}


def hull(balls: list[arb]) -> arb:
    """The smallest ball that holds all, NaN if there is none or one is not finite."""
    if not balls or not all(ball.is_finite() for ball in balls):
        return arb("nan")
    return reduce(arb.union, balls)
