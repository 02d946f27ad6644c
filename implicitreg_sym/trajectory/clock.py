"""The place on an arc at a given time: the root of t(x) = T, proposed by Newton and enclosed by interval
Newton.

Before a limit x* the unknown is λ = log((x - x*)/(x1 - x*)), x1 the entry of the arc: then
t - t1 = e* λ + L(x) - L(x1) with L the clock of the arc, dt/dλ = e(x), and x - x* keeps its relative accuracy
for all times at the same cost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import flint
from flint import arb

from implicitreg_sym.trajectory.analytic import NotAnalyticError
from implicitreg_sym.trajectory.arc import Arc

_COARSE_BITS = 64
_COARSE_STEPS = 200
_COARSE_ENOUGH = 40  # bits

Function = Callable[[arb], arb]


@dataclass(frozen=True, slots=True)
class Place:
    """A point of an arc: x and, where the arc contains the limit x*, the distance x - x*."""

    x: arb
    distance: arb | None


def place_at(arc: Arc, time: arb) -> Place:
    """Enclose where the flow is on an arc at a time. Raises `NotAnalyticError` if no root is proved there."""
    elapsed = time - arc.time
    begun = arc.clock(arc.entry)
    if arc.limit is None:
        side = arc.direction()
        missing: Function = lambda x: arc.clock(x) - begun - elapsed  # noqa: E731
        return Place(_root(missing, arc.rate, arc.entry.mid(), arb(side) * 127 / 128), None)
    limit = arc.limit
    first = arc.entry - limit.x

    def x_of(depth: arb) -> arb:
        return limit.x + first * depth.exp()

    def lag(depth: arb) -> arb:
        return limit.strength * depth + arc.clock(x_of(depth)) - begun - elapsed

    guess = (elapsed / limit.strength).mid()
    depth = _root(lag, lambda depth: arc.rate(x_of(depth)), arb(1) / 1024, 2 * guess - 1, guess)
    return Place(x_of(depth), first * depth.exp())


def _root(function: Function, slope: Function, low: arb, high: arb, guess: arb | None = None) -> arb:
    """Enclose the root of a monotone function, which is to lie between the two points or a little beside."""
    goal = flint.ctx.prec
    bits = _COARSE_BITS
    with flint.ctx.workprec(bits):
        point = _coarse_root(function, slope, low.mid(), high.mid(), guess)
    while bits < goal:
        bits = min(2 * bits, goal)
        with flint.ctx.workprec(bits):
            point = (point - function(point) / slope(point)).mid()
    value = function(point)
    with flint.ctx.workprec(_COARSE_BITS):
        width = (4 * value.abs_upper() / slope(point).abs_lower()).upper()
        derivative = slope(point + arb(0, width))
    step = value / derivative
    if not (step.is_finite() and step.abs_upper() < width):
        raise NotAnalyticError("interval Newton proves no place at this time")
    return point - step


def _coarse_root(function: Function, slope: Function, low: arb, high: arb, guess: arb | None) -> arb:
    """Newton's iteration kept between two points, by bisection where it leaves them."""
    rising = bool((high - low) * slope(low).mid() > 0)
    point = guess if guess is not None else low
    for _ in range(_COARSE_STEPS):
        value = function(point).mid()
        if value == 0:
            break
        if bool(value < 0) == rising:
            low = point
        else:
            high = point
        following = (point - value / slope(point).mid()).mid()
        if not ((following - low) * (following - high) <= 0):
            following = ((low + high) / 2).mid()
        change = abs(following - point)
        point = following
        if change <= arb(2) ** -_COARSE_ENOUGH * (arb(2) ** -_COARSE_ENOUGH + abs(point)):
            break
    return point
