"""Convergence of the sigmoid's flows to prescribed points (T7), for T11 and T12."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import flint
import mpmath
import sympy as sp

from implicitreg_sym.activations import real_ball
from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome, Step
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.flow.gradient_flow import flow_limit, gradient_flow_field
from implicitreg_sym.limits import limit_theorem
from implicitreg_sym.overlap.identities import deduction
from implicitreg_sym.overlap.outcome import Number, PlanePoint
from implicitreg_sym.overlap.sigmoid_setting import SIGMOID, ratio_claim, slope_claim


@dataclass(frozen=True, slots=True)
class Arrival:
    """A flow from θ0 that is to end at a point with the same sign of a; all numbers are exact."""

    id: str
    name: str
    index: int
    start: tuple[sp.Expr, sp.Expr]
    x: sp.Expr
    y: sp.Expr
    end: tuple[sp.Expr, sp.Expr]


def number(exact: sp.Expr, digits: int) -> Number:
    """An exact number with a ball good for so many digits."""
    with flint.ctx.workprec(int(digits * 3.33) + 96):
        return Number(Ball.from_arb(real_ball(exact)), exact)


def plane_point(point: tuple[sp.Expr, sp.Expr], digits: int) -> PlanePoint:
    """A point of the plane with exact entries."""
    return PlanePoint(number(point[0], digits), number(point[1], digits))


@cache
def integrated_flow_check(arrival: Arrival, digits: int) -> Evidence:
    """Integrate the gradient flow of ½(f - y)² in time until it rests, and compare with the end point."""
    field, variables = gradient_flow_field(SIGMOID, [(arrival.x, arrival.y)])
    reached = flow_limit(field, variables, arrival.start, digits + 3)
    if reached.limit is None:
        return Evidence(
            Kind.NUMERIC,
            Outcome.UNDECIDED,
            f"the numerical integration did not come to rest: {reached.reason}",
        )
    with mpmath.workdps(digits + 15):
        expected = [mpmath.mpf(sp.N(entry, digits + 15)) for entry in arrival.end]
        errors = [
            abs(value - goal) / max(1, abs(goal)) for value, goal in zip(reached.limit, expected, strict=True)
        ]
        holds = max(errors) <= mpmath.mpf(10) ** (-digits)
        method = (
            f"mpmath, Taylor integration of the gradient flow to t = "
            f"{mpmath.nstr(reached.trajectory.times[-1], 4)}: "
            f"distance to the end point {mpmath.nstr(max(errors), 2)}, {digits} digits"
        )
    return Evidence(Kind.NUMERIC, Outcome.HOLDS if holds else Outcome.FAILS, method)


def limit_claim(arrival: Arrival, orbit: Claim, conditions: Claim, digits: int) -> Claim:
    """Return the claim that the flow converges to the end point, by T7 with its hypotheses "arc" and "root".

    ``orbit`` states Q(u)σ(u)² = y² at the end point; ``conditions`` that a² > 0 there and at the start.
    """
    check = integrated_flow_check(arrival, digits)
    name, index = arrival.name, arrival.index
    root = Claim(
        f"{arrival.id}.root",
        rf"$h=Q\sigma^2-y_{index}^2$ has exactly one zero on the part of the orbit between $\theta_0$ and "
        rf"${name}$, namely ${name}$",
        orbit.statement,
        rests_on=(ratio_claim(digits), slope_claim(digits), orbit, conditions),
        evidence=(
            deduction(
                "Q increases with u and is positive at both ends, so Q > 0 and h is strictly monotone in "
                "between"
            ),
            _sampled_monotone(arrival, digits),
        ),
        steps=(
            Step(
                r"Because $Q'=2g/x^2>0$, the function $Q$ lies between its positive values at the two ends. "
                r"There",
                r"h'=\frac{2g}{x^2}\,\sigma^2+2Q\,\sigma\,\sigma'>0",
            ),
            Step(r"so that $h$ vanishes at most once, and it does vanish at the end point"),
        ),
    )
    suffix = name if name.isalpha() else "*"
    weight, output = (sp.Symbol(f"{letter}_{suffix}", real=True) for letter in ("w", "a"))
    statement = sp.And(
        sp.Eq(weight, arrival.end[0], evaluate=False),
        sp.Eq(output, arrival.end[1], evaluate=False),
        evaluate=False,
    )
    return limit_theorem(digits).conclude(
        arrival.id,
        rf"The flow of $S_{index}$ from $\theta_0$ converges: $\Phi_{{S_{index}}}(\theta_0)={name}$",
        statement,
        {"arc": slope_claim(digits), "root": root},
        (check,),
        (
            Step(
                rf"On the segment of the $u$-axis between $x_{index}w_0$ and the end point, which is "
                rf"compact, $\sigma'>0$ and so $K>0$; $f$ "
                r"is strictly monotone along the arc and reaches $y$ for the first time at its end"
            ),
        ),
    )


def _sampled_monotone(arrival: Arrival, digits: int) -> Evidence:
    """a σ along the orbit at 33 points between start and end: strictly monotone, positive a², ending at y."""
    with mpmath.workdps(digits + 15):
        w0, a0, w1, x, y = (
            mpmath.mpf(sp.N(entry, digits + 15))
            for entry in (*arrival.start, arrival.end[0], arrival.x, arrival.y)
        )
        left, right = w0 * x, w1 * x
        points = [left + (right - left) * k / 32 for k in range(33)]
        weights = [a0**2 + 2 * (v + mpmath.exp(v) - left - mpmath.exp(left)) / x**2 for v in points]
        positive = all(weight > 0 for weight in weights)
        outputs = [mpmath.sqrt(abs(q)) / (1 + mpmath.exp(-v)) for q, v in zip(weights, points, strict=True)]
        rises = [after - before for before, after in zip(outputs, outputs[1:], strict=False)]
        monotone = all(rise * (right - left) > 0 for rise in rises) or left == right
        ends = abs(outputs[-1] - abs(y)) < mpmath.mpf(10) ** (-digits) * max(1, abs(y))
        method = f"mpmath: |f| at 33 points of the orbit is monotone and ends at |y|, {digits} digits"
    return Evidence(Kind.NUMERIC, Outcome.HOLDS if positive and monotone and ends else Outcome.FAILS, method)
