"""The recurrences of Taylor coefficients, one class for each kind of instruction, in fixed-point integers.

Each holds the lists of coefficients of its arguments and of its own; `places` brings a product of two of them
back to the scale of its own. Convolutions run in C: sums over mapped multiplications of big integers.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import mul
from typing import Any, Protocol

from mpmath import libmp

Integer = Any  # mpmath's integer type: gmpy2.mpz where gmpy2 is installed, int elsewhere
Float = Any  # mpmath's raw floating-point number, a tuple

ZERO: Integer = libmp.MPZ(0)


class Recurrence(Protocol):
    """What extends the coefficients of one instruction, those of its arguments being known."""

    def advance(self, k: int) -> None:
        """Append the coefficient k."""


def _shifted(number: Integer, places: int) -> Integer:
    return number >> places if places >= 0 else number << -places


class LinearRecurrence:
    """(c + Σ c_i v_i)_k = Σ c_i v_i,k for k ≥ 1."""

    __slots__ = ("coefficients", "terms")

    def __init__(
        self, coefficients: list[Integer], terms: Sequence[tuple[Float, list[Integer], int]], exponent: int
    ) -> None:
        self.coefficients = coefficients
        self.terms = []
        for (sign, mantissa, power, _), series, places in terms:
            self.terms.append((-mantissa if sign else mantissa, series, places - power - exponent))

    def advance(self, k: int) -> None:
        """Append the coefficient k."""
        total = ZERO
        for factor, series, places in self.terms:
            total += _shifted(series[k] * factor, places)
        self.coefficients.append(total)


class ProductRecurrence:
    """(uv)_k = Σ_j u_j v_{k−j}."""

    __slots__ = ("coefficients", "left", "places", "right")

    def __init__(
        self, coefficients: list[Integer], left: list[Integer], right: list[Integer], places: int
    ) -> None:
        self.coefficients, self.left, self.right, self.places = coefficients, left, right, places

    def advance(self, k: int) -> None:
        """Append the coefficient k."""
        self.coefficients.append(sum(map(mul, self.left, self.right[k::-1]), ZERO) >> self.places)


class SquareRecurrence:
    """(u²)_k, with equal products counted twice."""

    __slots__ = ("argument", "coefficients", "places")

    def __init__(self, coefficients: list[Integer], argument: list[Integer], places: int) -> None:
        self.coefficients, self.argument, self.places = coefficients, argument, places

    def advance(self, k: int) -> None:
        """Append the coefficient k."""
        half = (k + 1) // 2
        total = sum(map(mul, self.argument[:half], self.argument[k::-1]), ZERO) << 1
        if k % 2 == 0:
            total += self.argument[half] ** 2
        self.coefficients.append(total >> self.places)


class ReciprocalRecurrence:
    """v = 1/u: v_k = −v_0 Σ_{j≥1} u_j v_{k−j}."""

    __slots__ = ("argument", "coefficients", "places")

    def __init__(self, coefficients: list[Integer], argument: list[Integer], places: int) -> None:
        self.coefficients, self.argument, self.places = coefficients, argument, places

    def advance(self, k: int) -> None:
        """Append the coefficient k."""
        total = sum(map(mul, self.argument[1:], self.coefficients[k - 1 :: -1]), ZERO)
        self.coefficients.append(_shifted(-total * self.coefficients[0], self.places))


class PowerRecurrence:
    """v = u^(p/q): k q u_0 v_k = (p + q) Σ j u_j v_{k−j} − k q Σ u_j v_{k−j}, j = 1..k."""

    __slots__ = ("argument", "coefficients", "denominator", "numerator", "slopes")

    def __init__(
        self, coefficients: list[Integer], argument: list[Integer], numerator: int, denominator: int
    ) -> None:
        self.coefficients, self.argument = coefficients, argument
        self.numerator, self.denominator = numerator, denominator
        self.slopes: list[Integer] = []

    def advance(self, k: int) -> None:
        """Append the coefficient k."""
        self.slopes.append(k * self.argument[k])
        previous = self.coefficients[k - 1 :: -1]
        weighted = sum(map(mul, self.slopes, previous), ZERO) * (self.numerator + self.denominator)
        plain = sum(map(mul, self.argument[1:], previous), ZERO) * (k * self.denominator)
        self.coefficients.append((weighted - plain) // (k * self.denominator * self.argument[0]))


class FunctionRecurrence:
    """v = φ(u), g = φ'(u): k v_k = Σ_j j u_j g_{k−j}, j = 1..k."""

    __slots__ = ("argument", "coefficients", "derivative", "places", "slopes")

    def __init__(
        self, coefficients: list[Integer], argument: list[Integer], derivative: list[Integer], places: int
    ) -> None:
        self.coefficients, self.argument, self.derivative = coefficients, argument, derivative
        self.places = places
        self.slopes: list[Integer] = []

    def advance(self, k: int) -> None:
        """Append the coefficient k."""
        self.slopes.append(k * self.argument[k])
        total = sum(map(mul, self.slopes, self.derivative[k - 1 :: -1]), ZERO)
        self.coefficients.append(_shifted(total, self.places) // k)


class VariableRecurrence:
    """θ' = F in scaled time: θ_k = ± 2^e F_{k−1} / k."""

    __slots__ = ("coefficients", "field", "places", "sign")

    def __init__(self, coefficients: list[Integer], field: list[Integer], places: int, sign: int) -> None:
        self.coefficients, self.field, self.places, self.sign = coefficients, field, places, sign

    def advance(self, k: int) -> None:
        """Append the coefficient k."""
        self.coefficients.append(_shifted(self.sign * self.field[k - 1], self.places) // k)
