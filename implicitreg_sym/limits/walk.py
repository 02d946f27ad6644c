"""A certified way along the u-axis: σ' keeps its sign on it, and G is known at its end (T7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import flint
import sympy as sp
from flint import arb

from implicitreg_sym.evaluate import Ball
from implicitreg_sym.limits.arc import slope_keeps_sign
from implicitreg_sym.limits.branch import Branch
from implicitreg_sym.limits.plane import PlaneFlow
from implicitreg_sym.limits.pole import Pole, PoleChart, poles_between

MAX_STEPS = 4000
MAX_QUADRATURE_STEPS = 32  # without a closed form of G a step may take a tenth of a second
MAX_DOUBLINGS = 200


@dataclass(slots=True)
class Walk:
    """A certified way along the u-axis: the point reached, and G there minus G(u0); ``origin`` at first."""

    plane: PlaneFlow
    slope_sign: int
    point: arb
    increment: arb
    low: arb
    high: arb
    origin: tuple[arb, arb]
    poles: tuple[Pole, ...] = ()

    def reach(self, target: arb) -> tuple[arb, arb, arb] | None:
        """(increment, Q, σ) at the target if σ' keeps its sign on the way, else None. Does not move."""
        activation = self.plane.activation
        if not slope_keeps_sign(activation, self.point, target, self.slope_sign):
            return None
        increment = self.increment + self.plane.potential.difference(self.point, target)
        sigma = activation.value(target)
        if not (increment.is_finite() and sigma.is_finite()):
            return None
        return increment, self.plane.squared_output_weight(increment), sigma

    def move(self, target: arb, increment: arb) -> None:
        """Go to a point that `reach` has certified, with the increment of G found there."""
        self.point, self.increment = target, increment
        self.low, self.high = self.low.min(target).lower(), self.high.max(target).upper()


@dataclass(frozen=True, slots=True)
class Stuck:
    """The way is blocked between a point that was reached and one beyond it, or has no end."""

    reached: arb
    blocked_at: arb | None
    exhausted: bool = False


@dataclass(frozen=True, slots=True)
class NearPole:
    """The event lies between two values of λ = log|u - u_c| at the last pole of the walk, ``near`` the
    greater one."""

    near: arb
    far: arb


Past = Callable[[arb, arb], bool | None]


def advance(walk: Walk, direction: int, past: Past) -> tuple[arb, arb] | NearPole | Stuck:
    """Go on until ``past(Q, σ)`` holds; return the last point before and the first after it.

    Where a simple zero of σ' with σ ≠ 0 lies in the way, the event comes before it, as |G| → ∞ there (T4):
    if it is not found at moderate distance it is looked for in λ = log|u - u_c|.
    """
    step, blocked_at = arb(1) / 4, None
    left = MAX_STEPS if walk.plane.has_closed_form() else MAX_QUADRATURE_STEPS
    while left > 0:
        target = (walk.point + direction * step).mid()
        state = walk.reach(target)
        verdict = past(state[1], state[2]) if state is not None else None
        if verdict is None:
            if state is None:
                blocked_at = target
                event = _before_pole(walk, target, past)
                if event is not None:
                    return event
            step = step / 2
            if step < arb(2) ** (8 - flint.ctx.prec // 2):
                return Stuck(walk.point, blocked_at)
            continue
        if verdict:
            before = walk.point
            walk.low, walk.high = walk.low.min(target).lower(), walk.high.max(target).upper()
            return before, target
        assert state is not None
        walk.move(target, state[0])
        left -= 1
        if blocked_at is None:
            step = step * 2
    return Stuck(walk.point, blocked_at, True)


def _before_pole(walk: Walk, blocked_at: arb, past: Past) -> tuple[arb, arb] | NearPole | Stuck | None:
    """The event between the point reached and a zero of σ' before the block; None if no such zero is proved,
    stuck if it is but the event is not found in λ."""
    for pole in poles_between(walk.plane.activation, walk.point, blocked_at, walk.slope_sign):
        anchor = Ball(pole.anchor).to_arb()
        state = walk.reach(anchor)
        if state is None:
            return None
        verdict = past(state[1], state[2])
        if verdict:
            before = walk.point
            walk.low, walk.high = walk.low.min(anchor).lower(), walk.high.max(anchor).upper()
            return before, anchor
        if verdict is None:
            continue
        walk.move(anchor, state[0])
        walk.poles = (*walk.poles, pole)
        return _descend(walk, pole.chart(), past) or Stuck(walk.point, blocked_at)
    return None


def _descend(walk: Walk, chart: PoleChart, past: Past) -> NearPole | None:
    """Double the way down in λ, along which G is almost linear, until the event has passed."""
    near, step = chart.depth.lower(), arb(1)
    for _ in range(MAX_DOUBLINGS):
        place = (near - step).mid()
        weight = walk.plane.squared_output_weight(walk.increment + chart.difference(chart.depth, place))
        verdict = past(weight, chart.value(place))
        if verdict:
            return NearPole(near, place)
        if verdict is not None:
            near = place
        step = 2 * step
    return None


def narrow(walk: Walk, ends: tuple[arb, arb], past: Past) -> tuple[arb, arb]:
    """Bisect between a point before and a point past an event, to half the precision in force."""
    near, far = ends
    tolerance = arb(2) ** (-flint.ctx.prec // 3)
    while abs(far - near) > tolerance * (1 + abs(near)):
        # a middle that hits the event exactly decides nothing: then a point beside it is tried
        for eighths in (4, 3, 5):
            middle = (near + (far - near) * eighths / 8).mid()
            state = walk.reach(middle)
            verdict = past(state[1], state[2]) if state is not None else None
            if verdict is not None:
                break
        else:
            break
        near, far = (near, middle) if verdict else (middle, far)
    return near, far


def branch_on(
    kind: str,
    walk: Walk,
    ends: tuple[arb, arb],
    signs: tuple[int, int, int],
    phases: tuple[str, ...],
    zero: sp.Expr | None = None,
    logarithmic: bool = False,
) -> Branch:
    """The branch at the end of a walk; ``signs`` are those of a and of σ on the branch, and of the equation
    at the far end."""
    near, far = (as_fraction(end) for end in ends)
    arc = (as_fraction(walk.low), as_fraction(walk.high))
    return Branch(kind, near, far, *signs, phases, arc, zero, walk.poles, logarithmic)


def as_fraction(point: arb) -> Fraction:
    """The middle of a ball, exactly. Raises `ArithmeticError` where it is too large or small for that."""
    return Ball.from_arb(point.mid()).middle


def decided(value: arb) -> bool | None:
    """Whether all members of the ball are positive; None if it holds zero."""
    return True if value > 0 else False if value < 0 else None
