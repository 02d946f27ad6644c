"""A computed solution as its Taylor polynomials, dense in time; numerical evidence, not an enclosure."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, log2
from typing import Any

import mpmath
import sympy
from mpmath import libmp
from sympy import Expr

from implicitreg_sym.errors import InputError
from implicitreg_sym.flow.jets import Jet, SingularPointError, constant_value
from implicitreg_sym.flow.recurrences import Float

_EXTRA_DIGITS = 5  # the local error aims at digits + 5, so that some hundreds of steps may add up
_GUARD_BITS = 60


@dataclass(frozen=True, slots=True)
class TaylorStep:
    """One step: θ(start + sign · 2^scale · τ) is the value of the jets at τ, up to start + length."""

    start: Float
    length: Float
    scale: int
    sign: int
    jets: tuple[Jet, ...]
    end_point: tuple[Float, ...]
    error: Float

    def point(self, time: Float, bits: int) -> tuple[Float, ...]:
        """Return the state at a time within the step."""
        tau = libmp.mpf_shift(libmp.mpf_sub(time, self.start), -self.scale)
        places = bits + 20
        fixed = self.sign * libmp.to_fixed(tau, places)
        return tuple(libmp.from_man_exp(jet.at(fixed, places), -jet.exponent) for jet in self.jets)

    def derivative(self, order: int) -> tuple[Float, ...]:
        """Return the first (1) or second (2) time derivative of the state at the start of the step."""
        factor = self.sign if order % 2 else 1
        return tuple(
            libmp.from_man_exp(factor * order * jet.coefficients[order], -jet.exponent - order * self.scale)
            for jet in self.jets
        )


@dataclass(frozen=True, slots=True)
class Trajectory:
    """A computed solution, dense in time; evidence for a CHECKED claim and no more.

    `stopped` is None if the integration reached its end, otherwise the reason why it could not go on; then
    `end` is the last point reached.
    """

    digits: int
    initial: tuple[Any, ...]
    t_start: Any
    steps: tuple[TaylorStep, ...]
    stopped: str | None

    @property
    def times(self) -> tuple[Any, ...]:
        """The times of the expansion points and of the end, exact, as mpmath numbers."""
        ends = (libmp.mpf_add(step.start, step.length) for step in self.steps)
        return (self.t_start, *map(mpmath.mp.make_mpf, ends))

    @property
    def points(self) -> tuple[tuple[Any, ...], ...]:
        """The states at `times`, each a tuple of mpmath numbers with all the working digits."""
        ends = (tuple(map(mpmath.mp.make_mpf, step.end_point)) for step in self.steps)
        return (self.initial, *ends)

    @property
    def end(self) -> tuple[Any, ...]:
        """The state at the last time reached."""
        return self.points[-1]

    @property
    def local_error_estimate(self) -> Any:
        """The largest estimate of a step's truncation error, relative to max(1, |θ_i|); not a bound."""
        largest = max((mpmath.mp.make_mpf(step.error) for step in self.steps), default=mpmath.mpf(0))
        return largest

    def at(self, t: Any) -> tuple[Any, ...]:
        """Return the state at a time between the ends, by the stored Taylor polynomials.

        Raises `InputError` outside the time interval.

        >>> from sympy import Symbol
        >>> from implicitreg_sym.flow.taylor import taylor_flow
        >>> p = Symbol("p")
        >>> with mpmath.workdps(20):
        ...     print(taylor_flow([p], [p], [1], 2, digits=20).at(1)[0] - mpmath.e < 1e-20)
        True
        """
        bits = working_bits(self.digits)
        time = real_number(t, bits, "the time")
        times = [instant._mpf_ for instant in self.times]
        sign = self.steps[0].sign if self.steps else 1
        ahead = [sign * libmp.mpf_sign(libmp.mpf_sub(instant, time)) for instant in times]
        if ahead[0] > 0 or ahead[-1] < 0:
            first, final = mpmath.nstr(self.times[0]), mpmath.nstr(self.times[-1])
            raise InputError(f"the time {t} is outside the trajectory; take one between {first} and {final}")
        if not self.steps:
            return self.initial
        index = min(max(bisect_right(ahead, 0) - 1, 0), len(self.steps) - 1)
        return tuple(map(mpmath.mp.make_mpf, self.steps[index].point(time, bits)))


def tolerance_bits(digits: int) -> int:
    """Return −log2 of the local error aimed at.

    >>> tolerance_bits(30)
    117
    """
    return ceil((digits + _EXTRA_DIGITS) * log2(10))


def working_bits(digits: int) -> int:
    """Return the bits kept of a state, relative to max(1, |θ_i|).

    >>> working_bits(30)
    177
    """
    return tolerance_bits(digits) + _GUARD_BITS


def real_number(value: Any, bits: int, what: str) -> Float:
    """Return a real number as a raw mpmath number; refuse floats, whose digits are not what was written.

    >>> from sympy import Rational
    >>> libmp.to_str(real_number(Rational(1, 3), 60, "the time"), 10)
    '0.3333333333'
    """
    if isinstance(value, mpmath.mpf):
        if not mpmath.isfinite(value):
            raise InputError(f"{what} is {value}; give a finite number")
        return value._mpf_
    if isinstance(value, (int, Fraction)) and not isinstance(value, bool):
        value = sympy.Rational(value.numerator, value.denominator)
    real = isinstance(value, Expr) and not value.free_symbols and value.is_extended_real is not False
    if real and value.is_finite is not False:
        try:
            return constant_value(value, bits)
        except SingularPointError as error:
            raise InputError(f"{what} is {value}, which has no real value; give a real number") from error
    raise InputError(f"{what} is {value!r}; give an exact real number or an mpf, not a float or a text")
