"""Piecewise fields: one branch at a time, and the first time at which a branch ends.

A *switch* is an expression whose sign selects a branch: u in |u|, sign(u), Piecewise((.., u > 0), ..), p − q
in Max(p, q). Given the signs of its switches, a field is free of branches and analytic.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from math import comb
from typing import Any

import sympy
from mpmath import libmp
from sympy import Expr

from implicitreg_sym.errors import InputError
from implicitreg_sym.flow.jets import Jet
from implicitreg_sym.flow.recurrences import Integer

_DEPTH = 40  # halvings of the unit interval before two roots count as a double root, which is no crossing


class Resolver:
    """Replaces branches by the one that the signs of the switches select, and records those signs.

    `sign_of(switch, preferred)` is asked once for every switch that `known` does not list; `preferred` is the
    sign which selects the branch that SymPy takes where the switch vanishes.

    >>> from sympy import Abs, Symbol
    >>> p = Symbol("p", real=True)
    >>> resolver = Resolver({}, lambda switch, preferred: -1)
    >>> resolver.resolve(p / (1 + Abs(p))), resolver.signs
    (p/(1 - p), {p: -1})
    """

    def __init__(self, known: dict[Expr, int], sign_of: Callable[[Expr, int], int]) -> None:
        self.signs: dict[Expr, int] = {}
        self._known = known
        self._sign_of = sign_of

    def resolve(self, expression: Expr) -> Expr:
        """Return the expression without branches."""
        if isinstance(expression, sympy.Piecewise):
            for value, condition in expression.args:
                if self._holds(condition):
                    return self.resolve(value)
            raise InputError(
                f"{expression} is undefined at a point of the flow; end it with a piece for True"
            )
        if isinstance(expression, (sympy.Max, sympy.Min)):
            wanted = 1 if isinstance(expression, sympy.Max) else -1
            best, *others = (self.resolve(argument) for argument in expression.args)
            for other in others:
                if self.sign(other - best, -wanted) == wanted:
                    best = other
            return best
        if not expression.args:
            return expression
        arguments = [self.resolve(argument) for argument in expression.args]
        if isinstance(expression, sympy.Abs):
            return self.sign(arguments[0], 1) * arguments[0]
        if isinstance(expression, sympy.sign):
            return sympy.Integer(self.sign(arguments[0], 1))
        if isinstance(expression, sympy.Heaviside):
            return sympy.Integer((1 + self.sign(arguments[0], 1)) // 2)
        return expression.func(*arguments)

    def sign(self, switch: Expr, preferred: int) -> int:
        """Return the sign in force of an expression without branches."""
        orientation = -1 if switch.could_extract_minus_sign() else 1
        switch = orientation * switch
        if switch.is_positive or switch.is_negative:
            return orientation if switch.is_positive else -orientation
        if switch.is_zero:
            return preferred
        if switch not in self.signs:
            known = self._known.get(switch)
            self.signs[switch] = self._sign_of(switch, orientation * preferred) if known is None else known
        return orientation * self.signs[switch]

    def _holds(self, condition: Any) -> bool:
        if condition in (sympy.true, sympy.false):
            return bool(condition)
        if isinstance(condition, sympy.And):
            return all(self._holds(argument) for argument in condition.args)
        if isinstance(condition, sympy.Or):
            return any(self._holds(argument) for argument in condition.args)
        if isinstance(condition, sympy.Not):
            return not self._holds(condition.args[0])
        if isinstance(condition, (sympy.Eq, sympy.Ne)):
            return isinstance(condition, sympy.Ne)
        if isinstance(condition, (sympy.Gt, sympy.Ge, sympy.Lt, sympy.Le)):
            difference = self.resolve(condition.lhs) - self.resolve(condition.rhs)
            wanted = 1 if isinstance(condition, (sympy.Gt, sympy.Ge)) else -1
            strict = isinstance(condition, (sympy.Gt, sympy.Lt))
            return self.sign(difference, -wanted if strict else wanted) == wanted
        raise InputError(f"the condition {condition} is not an inequality; use <, <=, >, >= and, or, not")


def direction(jet: Jet, noise: int) -> int:
    """Return the sign of a switch just after the expansion point, 0 if it stays zero.

    Coefficients of at most 2^noise units of the jet count as zero.

    >>> direction(Jet((3, -900, 5000), 10), 4)
    -1
    """
    for coefficient in jet.coefficients:
        if abs(coefficient) >> noise:
            return 1 if coefficient > 0 else -1
    return 0


def first_crossing(jet: Jet, tau: Integer, bits: int, noise: int) -> Integer | None:
    """Return the first root in (0, tau] at which a switch changes its sign, in units of 2^(−bits), or None.

    Roots are isolated by sign variations of Bernstein coefficients, then refined by Newton's method, with
    bisection where that leaves the interval.

    >>> one = 1 << 60
    >>> round(float(first_crossing(Jet((one, -3 * one, one), 60), one, 60, 4) / one), 12)
    0.38196601125
    """
    start = next((k for k, c in enumerate(jet.coefficients) if abs(c) >> noise), None)
    if start is None:
        return None
    polynomial = Jet(jet.coefficients[start:], jet.exponent)
    scaled, power = [], libmp.MPZ(1) << bits
    for coefficient in polynomial.coefficients:
        scaled.append(coefficient * power >> bits)
        power = power * tau >> bits
    if sum(map(abs, scaled[1:])) < abs(scaled[0]):
        return None
    interval = _first_sign_change(_bernstein(scaled))
    if interval is None:
        return None
    low, high, rising = interval
    left, right = (int(end * (1 << bits)) * tau >> bits for end in (low, high))
    return _refine(polynomial, left, right, rising, bits)


def _bernstein(coefficients: Sequence[Integer]) -> list[Integer]:
    """Bernstein coefficients on [0, 1], from those of powers: b_j = Σ_{i≤j} C(j,i)/C(n,i) c_i."""
    degree = len(coefficients) - 1
    row = [coefficient << 60 for coefficient in coefficients]
    row = [coefficient // comb(degree, i) for i, coefficient in enumerate(row)]
    result = []
    # Repeated summation: the first entries after j rounds are Σ C(j, i) row_i.
    for _ in range(degree + 1):
        result.append(row[0])
        row = [here + there for here, there in pairwise(row)]
    return result


def _variations(coefficients: Sequence[Integer]) -> int:
    signs = [coefficient > 0 for coefficient in coefficients if coefficient]
    return sum(here != there for here, there in pairwise(signs))


def _halves(coefficients: Sequence[Integer]) -> tuple[list[Integer], list[Integer]]:
    """De Casteljau's subdivision at the midpoint."""
    row, left, right = list(coefficients), [], []
    while row:
        left.append(row[0])
        right.append(row[-1])
        row = [(here + there) >> 1 for here, there in pairwise(row)]
    if not left[-1]:
        # A root at the midpoint itself would belong to neither half: leave it to the right one.
        left[-1] = next((libmp.MPZ(1 if c > 0 else -1) for c in reversed(left) if c), left[-1])
        right[-1] = left[-1]
    return left, right[::-1]


def _first_sign_change(coefficients: list[Integer]) -> tuple[Fraction, Fraction, bool] | None:
    """Return the first sub-interval of [0, 1] with one change of sign, and whether it is upwards."""
    stack = [(Fraction(0), Fraction(1), coefficients)]
    while stack:
        low, high, piece = stack.pop()
        variations = _variations(piece)
        if variations == 1 or (variations % 2 and high - low < Fraction(1, 1 << _DEPTH)):
            return low, high, next(c > 0 for c in reversed(piece) if c)
        if variations == 0 or high - low < Fraction(1, 1 << _DEPTH):
            continue
        middle = (low + high) / 2
        left, right = _halves(piece)
        stack.append((middle, high, right))
        stack.append((low, middle, left))
    return None


def _refine(polynomial: Jet, low: Integer, high: Integer, rising: bool, bits: int) -> Integer:
    """Locate the change of sign between low and high by Newton's steps, safeguarded by bisection."""
    slope = Jet(tuple(k * c for k, c in enumerate(polynomial.coefficients))[1:], polynomial.exponent)
    guess = (low + high) >> 1
    while high - low > 1:
        value = polynomial.at(guess, bits)
        if (value > 0) == rising:
            high = guess
        else:
            low = guess
        steepness = slope.at(guess, bits)
        newton = guess - (value << bits) // steepness if steepness else low
        if steepness and abs(newton - guess) <= 1:
            return min(max(newton, low), high)
        guess = newton if low < newton < high else (low + high) >> 1
    return high
