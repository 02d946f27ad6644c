"""Looks for candidates with floating-point estimates; nothing found here is claimed before it has been
certified."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import inf, isfinite, log

import sympy as sp
from flint import arb, fmpq

from implicitreg_sym.activations import Activation
from implicitreg_sym.degree import Verdict, degree_report

ONE = Fraction(1)
GRID_START, GRID_FACTOR, GRID_LENGTH = 1 / 16, 1.09, 76
RUNS = (0, 1)
RATIOS = (Fraction(2), Fraction(3), Fraction(3, 2), Fraction(4), Fraction(6))
PULLS = (Fraction(3, 5), Fraction(4, 5), Fraction(2, 5), Fraction(9, 10))
STARTS = tuple(
    Fraction(p, q)
    for p, q in ((1, 2), (3, 2), (3, 1), (1, 4), (3, 4), (5, 4), (5, 2), (4, 1), (5, 1), (7, 1), (1, 8))
)


@dataclass(frozen=True, slots=True)
class Estimates:
    """Floating-point estimates of σ, E and G on one side of zero, on a run of grid points on which σ and σ'
    keep their signs.

    With ``scale`` s they are those of σ(s v), whose E turns where v is of order 1: G there is G(s v)/s².
    Between the grid points side*(1/16) 1.09^k cubic Hermite interpolation serves, from values and slopes.
    """

    points: tuple[float, ...]
    values: tuple[float, ...]
    slopes: tuple[float, ...]
    potentials: tuple[float, ...]

    @classmethod
    def on(cls, activation: Activation, side: int, run: int = 0, scale: Fraction = ONE) -> Estimates:
        """Tabulate σ, σ' and G (by Simpson's rule) on the run of that number, counted from zero outwards, on
        which σ and σ' are finite and keep their signs."""
        rows: list[tuple[float, float, float, float]] = []
        for k in range(GRID_LENGTH):
            point = side * GRID_START * GRID_FACTOR**k
            sigma, slope = _values(activation, point, scale)
            if (
                not (isfinite(sigma) and isfinite(slope))
                or sigma * slope == 0
                or (rows and (sigma * rows[-1][1] < 0 or slope * rows[-1][2] < 0))
            ):
                if run == 0:
                    break
                run, rows = run - 1, []
                if not (isfinite(sigma) and isfinite(slope)) or sigma * slope == 0:
                    continue
            rows.append(
                (
                    point,
                    sigma,
                    slope,
                    rows[-1][3] + _simpson(activation, rows[-1], point, sigma / slope, scale)
                    if rows
                    else 0.0,
                )
            )
        return cls(*zip(*rows, strict=True)) if run == 0 and len(rows) > 1 else cls((), (), (), ())

    def inside(self, point: float) -> bool:
        """Whether the point lies on the tabulated part."""
        return bool(self.points) and min(self.points[0], self.points[-1]) <= point <= max(
            self.points[0], self.points[-1]
        )

    def sigma(self, point: float) -> float:
        """σ, or infinity outside."""
        return self._interpolate(point, self.values, self.slopes)

    def degree(self, point: float) -> float:
        """E = u σ'/σ, or infinity outside."""
        return self._interpolate(
            point,
            tuple(p * s / v for p, s, v in zip(self.points, self.slopes, self.values, strict=True)),
            None,
        )

    def potential(self, point: float) -> float:
        """G up to a constant, or infinity outside."""
        return self._interpolate(
            point, self.potentials, tuple(v / s for v, s in zip(self.values, self.slopes, strict=True))
        )

    def _interpolate(
        self, point: float, values: tuple[float, ...], slopes: tuple[float, ...] | None
    ) -> float:
        if not self.inside(point):
            return inf
        index = min(int(log(point / self.points[0]) / log(GRID_FACTOR)), len(self.points) - 2)
        left, right = self.points[index], self.points[index + 1]
        width, share = right - left, (point - left) / (right - left)
        linear = values[index] + (values[index + 1] - values[index]) * share
        if slopes is None:
            return linear
        bend_left = slopes[index] * width - (values[index + 1] - values[index])
        bend_right = (values[index + 1] - values[index]) - slopes[index + 1] * width
        return linear + share * (1 - share) * (bend_left * (1 - share) + bend_right * share)


def _values(activation: Activation, point: float, scale: Fraction) -> tuple[float, float]:
    """σ(s v) and its derivative in v."""
    stretch = rational_ball(scale)
    place = (stretch * arb(point)).mid()
    return _float(activation.value(place)), _float(stretch * activation.slope_over(place))


def _simpson(
    activation: Activation,
    before: tuple[float, float, float, float],
    point: float,
    ratio: float,
    scale: Fraction,
) -> float:
    """An estimate of the integral of g = σ/σ' from the row before to the point."""
    sigma, slope = _values(activation, (before[0] + point) / 2, scale)
    return (point - before[0]) * (before[1] / before[2] + 4 * sigma / slope + ratio) / 6


@dataclass(frozen=True, slots=True)
class TwoPointCandidate:
    """Exact w_p, w_q, w0, with x1 = 1, and approximations of x2, a_p² and a0²; all w are of the order of
    ``scale``."""

    w_p: Fraction
    w_q: Fraction
    w_0: Fraction
    x_2: float
    a_p_squared: float
    a_0_squared: float
    scale: Fraction = ONE

    def stretched(self, scale: Fraction) -> TwoPointCandidate:
        """The candidate for σ(u) that this one, for σ(s v), stands for: w and a are multiplied by s."""
        square = float(scale) ** 2
        return TwoPointCandidate(
            self.w_p * scale,
            self.w_q * scale,
            self.w_0 * scale,
            self.x_2,
            self.a_p_squared * square,
            self.a_0_squared * square,
            scale,
        )


@dataclass(frozen=True, slots=True)
class OnePointCandidate:
    """Exact w0, w*, with x1 = 1, and approximations of x2, of c = (a*² - a0²)/2, and of the half-width of
    the box U."""

    w_0: Fraction
    w_end: Fraction
    x_2: float
    gap: float
    reach: float
    scale: Fraction = ONE

    def stretched(self, scale: Fraction) -> OnePointCandidate:
        """The candidate for σ(u) that this one, for σ(s v), stands for."""
        size = float(scale)
        return OnePointCandidate(
            self.w_0 * scale, self.w_end * scale, self.x_2, self.gap * size**2, self.reach * size, scale
        )


def rational_ball(number: Fraction) -> arb:
    """The exact rational as a ball at the precision in force."""
    return arb(fmpq(number.numerator, number.denominator))


def _float(value: arb) -> float:
    return float(value.mid()) if value.is_finite() else inf


def _simple(value: float) -> Fraction:
    """The simplest fraction within a twentieth of the value."""
    for denominator in (1, 2, 3, 4, 5, 8, 10, 20, 50, 200, 1000):
        fraction = Fraction(value).limit_denominator(denominator)
        if abs(float(fraction) - value) <= 0.05 * abs(value) and fraction:
            return fraction
    return Fraction(value).limit_denominator(10**6)


def _turns(function: Callable[[float], float], points: list[float]) -> Iterator[float]:
    """Points at which a function changes sign on a grid, by bisection."""
    values = [function(point) for point in points]
    for left, right, before, after in zip(points, points[1:], values, values[1:], strict=False):
        if isfinite(before) and isfinite(after) and before * after < 0:
            yield _bisect(function, left, right)


def _bisect(function: Callable[[float], float], left: float, right: float) -> float:
    rising = function(right) > 0
    for _ in range(50):
        middle = (left + right) / 2
        left, right = (left, middle) if (function(middle) > 0) == rising else (middle, right)
    return (left + right) / 2


def _partner(level: Callable[[float], float], first: float, turn: float, end: float) -> float | None:
    """The point beyond the turn at which the level of the first point is reached again."""
    goal = level(first)
    steps = [turn + (end - turn) * k / 60 for k in range(61)]
    values = [level(step) - goal for step in steps]
    for left, right, before, after in zip(steps, steps[1:], values, values[1:], strict=False):
        if isfinite(before) and isfinite(after) and before * after <= 0 and right != first:
            return _bisect(lambda point: level(point) - goal, left, right)
    return None


@lru_cache(maxsize=64)
def search_scale(activation: Activation, side: int) -> Fraction | None:
    """The power of two at whose order E turns on one side of zero: 1 if it does so between 1/4 and 4, or if
    no turn is known; None where T9 excludes that there is anything to be found on that side.

    >>> from implicitreg_sym.activations import activation
    >>> [str(search_scale(activation(name), 1)) for name in ("silu", "1/(1+exp(-100*u))", "tanh")]
    ['1', '1/128', 'None']
    """
    report = degree_report(activation, "positive" if side > 0 else "negative")
    if report.verdict not in (Verdict.NOT_MONOTONE, Verdict.UNKNOWN) and report.domain.extent == sp.oo:
        return None
    if report.extrema:
        size = min(abs(ball.middle) for ball in report.extrema)
    elif report.domain.extent != sp.oo:
        size = report.domain.span.bounds()[1] or ONE
    else:
        size = ONE
    if Fraction(1, 4) <= size <= 4 or size == 0:
        return ONE
    return Fraction(2) ** (size.numerator.bit_length() - size.denominator.bit_length())


def two_point_candidates(activation: Activation, side: int) -> list[TwoPointCandidate]:
    """Candidates of the general recipe on one side of zero, run by run, the best conditioned first."""
    scale = search_scale(activation, side)
    if scale is None:
        return []
    candidates: list[TwoPointCandidate] = []
    for run in RUNS:
        candidates += sorted(
            _two_point_candidates(Estimates.on(activation, side, run, scale)),
            key=lambda c: abs(log(c.a_p_squared)) + abs(log(c.a_0_squared)) + abs(log(c.x_2 - 1)),
        )
    return [candidate.stretched(scale) for candidate in candidates]


def _two_point_candidates(estimates: Estimates) -> Iterator[TwoPointCandidate]:
    for quotient in RATIOS:
        r = float(quotient)

        def difference(v: float, r: float = r) -> float:
            return estimates.degree(v) - estimates.degree(r * v)

        def level(v: float, r: float = r) -> float:
            ratio = estimates.sigma(v) / estimates.sigma(r * v) if estimates.inside(r * v) else 0.0
            return log(ratio) if ratio > 0 and isfinite(ratio) else inf

        for turn in _turns(difference, list(estimates.points)):
            for pull in PULLS:
                w_p = _simple(turn * float(pull))
                x_w = _partner(level, float(w_p), turn, turn * 8)
                if x_w is not None and x_w / float(w_p) > 1.02:
                    yield from _with_starts(estimates, w_p, quotient * w_p, x_w / float(w_p))


def _with_starts(
    estimates: Estimates, w_p: Fraction, w_q: Fraction, x_2: float
) -> Iterator[TwoPointCandidate]:
    p, q, potential = float(w_p), float(w_q), estimates.potential
    ratio = estimates.sigma(p) / estimates.sigma(q)
    for factor in STARTS:
        w_0 = w_p * factor
        start = float(w_0)
        if w_0 in (w_p, w_q) or not all(estimates.inside(v) for v in (p, q * x_2, start, start * x_2)):
            continue
        first = potential(start) - potential(p)
        second = (potential(start * x_2) - potential(q * x_2)) / x_2**2
        a_p_squared = 2 * (second - first) / (1 - ratio * ratio)
        a_0_squared = a_p_squared + 2 * first
        if 1e-4 < a_p_squared < 1e6 and 1e-4 < a_0_squared < 1e6:
            yield TwoPointCandidate(w_p, w_q, w_0, x_2, a_p_squared, a_0_squared)


def one_point_candidates(activation: Activation, side: int) -> list[OnePointCandidate]:
    """Candidates of the one-point recipe on one side of zero, run by run, the best conditioned first."""
    scale = search_scale(activation, side)
    if scale is None:
        return []
    candidates: list[OnePointCandidate] = []
    for run in RUNS:
        candidates += sorted(
            _one_point_candidates(Estimates.on(activation, side, run, scale)),
            key=lambda c: -c.reach / abs(float(c.w_end)),
        )
    return [candidate.stretched(scale) for candidate in candidates]


def _one_point_candidates(estimates: Estimates) -> Iterator[OnePointCandidate]:
    for quotient in RATIOS:
        r = float(quotient)

        def level(v: float, r: float = r) -> float:
            """H at w0 x = v, up to the factor w0²."""
            if not estimates.inside(r * v):
                return inf
            return (estimates.potential(r * v) - estimates.potential(v)) / v**2

        def slope(v: float, r: float = r) -> float:
            """ψ(rv) - ψ(v), which has the sign of H'."""
            if not estimates.inside(r * v):
                return inf
            lift = estimates.potential(r * v) - estimates.potential(v)
            return (r * v) ** 2 / estimates.degree(r * v) - v**2 / estimates.degree(v) - 2 * lift

        for turn in _turns(slope, list(estimates.points)):
            for pull in PULLS:
                w_0 = _simple(turn * float(pull))
                x_w = _partner(level, float(w_0), turn, turn * 8)
                if x_w is not None and x_w / float(w_0) > 1.02:
                    gap = level(float(w_0)) * float(w_0) ** 2
                    if isfinite(gap) and gap != 0:
                        reach = min(
                            _reach(estimates, v, turn, r, float(w_0), slope(v)) for v in (float(w_0), x_w)
                        )
                        yield OnePointCandidate(w_0, quotient * w_0, x_w / float(w_0), gap, reach)


def _reach(estimates: Estimates, v: float, turn: float, r: float, w_0: float, psi_gap: float) -> float:
    """How far w* may move before the root x = v/w0 runs into the turn: |x - turn| over the slope g(w* x) /
    (x |H'|)."""
    if not isfinite(psi_gap):
        return 0.0
    x = v / w_0
    degree = estimates.degree(r * v)
    sensitivity = (abs(r * v / degree / x) + 1) / max(abs(psi_gap / x**3), 1e-12)
    return abs((v - turn) / w_0) / sensitivity
