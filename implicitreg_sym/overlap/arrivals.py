"""Flows with prescribed ends: the claim that the flow of one sample converges to a given point of its orbit
(T7)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import mpmath
import sympy as sp

from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome, Step, agreement_check, numeric_check
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.invariants.potential import Potential
from implicitreg_sym.limits import limit_theorem
from implicitreg_sym.limits.crosscheck import integrated_limit
from implicitreg_sym.limits.plane import PlaneFlow
from implicitreg_sym.limits.rise import orbit_rise
from implicitreg_sym.overlap.identities import deduction
from implicitreg_sym.overlap.outcome import Number

LEAST_CHECK_DIGITS, MOST_CHECK_DIGITS = 30, 120


def check_digits(digits: int) -> int:
    """The digits at which a claim is built and cross-checked where so many are asked for: from 30 to 120.

    Fewer would leave no room for the errors of difference quotients, more would take minutes.

    >>> check_digits(5), check_digits(50), check_digits(1000)
    (30, 50, 120)
    """
    return min(max(digits, LEAST_CHECK_DIGITS), MOST_CHECK_DIGITS)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A one-sample flow from (w0, a0) to (w, a), with balls for all its numbers; ``point`` is the LaTeX
    name of the end."""

    potential: Potential
    point: str
    index: int
    start: tuple[Ball, Ball]
    x: Ball
    y: Ball
    end: tuple[Ball, Ball]


def rational(number: Fraction) -> sp.Rational:
    """A fraction as a SymPy number."""
    return sp.Rational(number.numerator, number.denominator)


def exact_number(value: Fraction) -> Number:
    """A rational as a number of a construction."""
    return Number(Ball(value), rational(value))


def mp_number(ball: Ball) -> mpmath.mpf:
    """The middle of a ball at mpmath's precision."""
    return mpmath.mpf(ball.middle.numerator) / ball.middle.denominator


def trajectory_check(arrival: Arrival, digits: int) -> Evidence:
    """Integrate the flow with mpmath, f as the independent variable, from the middles of the balls, and
    compare its end."""
    w_0, a_0, x, y = (rational(ball.middle) for ball in (*arrival.start, arrival.x, arrival.y))
    measured = integrated_limit(PlaneFlow(arrival.potential, w_0 * x, a_0, x**2, y), digits)
    if measured is None:
        return Evidence(Kind.NUMERIC, Outcome.UNDECIDED, "the numerical integration did not reach f = y")
    with mpmath.workdps(digits + 15):
        w = measured[0] / mp_number(arrival.x)
    checks = [
        agreement_check("w at the end", arrival.end[0], w, digits),
        agreement_check("a", arrival.end[1], measured[1], digits),
    ]
    failed = next((check for check in checks if check.outcome is not Outcome.HOLDS), checks[0])
    return Evidence(
        Kind.NUMERIC,
        failed.outcome,
        f"trajectory of S{arrival.index}: " + "; ".join(check.method for check in checks),
    )


def monotone_check(arrival: Arrival, digits: int) -> Evidence:
    """Sample |f| with mpmath along the orbit between the two points, with G by mpmath's quadrature."""
    activation = arrival.potential.activation

    def compare() -> bool:
        x, w_0, a_0, w_1, a_1 = (mp_number(ball) for ball in (arrival.x, *arrival.start, *arrival.end))
        grid = [x * (w_0 + (w_1 - w_0) * mpmath.mpf(k) / 8) for k in range(9)]
        outputs, square = [abs(a_0 * activation.mp(grid[0]))], a_0**2
        for left, right in zip(grid, grid[1:], strict=False):
            square += 2 * orbit_rise(activation, left, right) / x**2
            outputs.append(mpmath.sqrt(square) * abs(activation.mp(right)))
        steps = [after - before for before, after in zip(outputs, outputs[1:], strict=False)]
        arrived = abs(square - a_1**2) < mpmath.mpf(10) ** (-digits) * max(1, a_1**2)
        return arrived and (all(step > 0 for step in steps) or all(step < 0 for step in steps))

    return numeric_check(
        "|f| at 9 points of the orbit is monotone and a² ends at that of the end point", compare, digits
    )


def direct_limit_claim(
    id: str, arrival: Arrival, arcs: Claim, orbit: tuple[Claim, ...], digits: int
) -> Claim:
    """Return the claim that the flow converges to the end point, on an arc with σ, σ' ≠ 0 and a of one sign.

    ``arcs`` states σ, σ' ≠ 0 between the two u; ``orbit`` that the point lies on the orbit, interpolates,
    and that a² > 0 at both ends. Then Q > 0 in between, h is strictly monotone, and T7 applies.
    """
    name = arrival.point
    w, a = (
        sp.Symbol(f"{letter}_{name}" if name.isalpha() else f"{letter}_star", real=True)
        for letter in ("w", "a")
    )
    statement = sp.And(
        *(
            sp.Contains(symbol, sp.Interval(rational(ball.lower), rational(ball.upper)), evaluate=False)
            for symbol, ball in ((w, arrival.end[0]), (a, arrival.end[1]))
        )
    )
    latex_name = name if name.isalpha() else r"\theta^*"
    root = Claim(
        f"{id}.root",
        rf"$h=Q\sigma^2-y_{arrival.index}^2$ vanishes exactly once on the orbit between $\theta_0$ and "
        rf"${latex_name}$, namely at ${latex_name}$",
        sp.true,
        rests_on=(arcs, *orbit),
        evidence=(
            deduction(
                "g keeps its sign, so Q lies between its positive values at the two ends and h is "
                "strictly monotone"
            ),
            monotone_check(arrival, digits),
        ),
        steps=(
            Step(
                r"As $g=\sigma/\sigma'$ does not vanish on the arc, $Q'=2g/x^2$ keeps its sign and $Q$ "
                r"lies between its positive values at the two ends; so",
                r"h'=\frac{2\sigma}{x^2\sigma'}\bigl(\sigma^2+x^2Q\sigma'^2\bigr)\neq0",
            ),
        ),
    )
    return limit_theorem().conclude(
        id,
        rf"The flow of $S_{arrival.index}$ from $\theta_0$ converges: "
        rf"$\Phi_{{S_{arrival.index}}}(\theta_0)={latex_name}$",
        statement,
        {"arc": arcs, "root": root},
        (trajectory_check(arrival, digits),),
    )
