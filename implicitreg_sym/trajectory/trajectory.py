"""θ(t) of a one-sample gradient flow at any times, enclosed to any number of digits (T4, T7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import flint
import sympy as sp
from flint import arb

from implicitreg_sym.activations import real_ball
from implicitreg_sym.errors import InputError
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.flow import Network, Point, Sample
from implicitreg_sym.invariants.potential import Potential
from implicitreg_sym.limits.plane import PlaneFlow, UndecidedSignError, exact_sign
from implicitreg_sym.trajectory.analytic import NotAnalyticError
from implicitreg_sym.trajectory.beginning import Beginning, begin, classify
from implicitreg_sym.trajectory.clock import place_at
from implicitreg_sym.trajectory.course import Course, follow
from implicitreg_sym.trajectory.reduction import Reduction

DEFAULT_DIGITS = 30
GUARD_BITS = 48
_ATTEMPTS = 5
_SPARE_DIGITS = 2


@dataclass(frozen=True, slots=True)
class State:
    """The flow at one time: balls for the parameters, for u = ⟨w̃, x̃⟩ and for the residual f - y.

    ``t`` is the exact time, ∞ for the limit.
    """

    t: sp.Expr
    w: tuple[Ball, ...]
    a: Ball
    u: Ball
    residual: Ball
    b: Ball | None = None

    @property
    def balls(self) -> tuple[Ball, ...]:
        """The parameters in order: w, the bias if there is one, a."""
        return (*self.w, *([] if self.b is None else [self.b]), self.a)


@dataclass(frozen=True, slots=True)
class Trajectory:
    """θ(t) at the times asked for, the limit, and how they were enclosed.

    ``at`` has one entry per time, None where the flow could not be followed so far; ``limit`` is None where
    none was reached. ``reason`` tells why something is missing, ``method`` what a claim may cite.

    >>> import implicitreg_sym as ir
    >>> start, sample = ir.Point((sp.Integer(1),), sp.Integer(2)), ir.Sample((sp.Integer(1),), sp.Integer(3))
    >>> found = ir.enclosed_trajectory(ir.Network(ir.activation("exp")), start, sample, [1])
    >>> found.at[0].a.decimal(10), found.limit.a.decimal(10)
    ('1.753336190', '1.753335340')
    """

    network: Network
    start: Point
    sample: Sample
    digits: int
    times: tuple[sp.Expr, ...]
    at: tuple[State | None, ...]
    limit: State | None
    method: str
    reason: str | None = None

    @property
    def radius(self) -> Fraction:
        """The largest radius among the parameters at all times and at the limit."""
        states = [state for state in (*self.at, self.limit) if state is not None]
        return max((ball.radius for state in states for ball in state.balls), default=Fraction(0))


@dataclass(frozen=True, slots=True)
class _Problem:
    network: Network
    start: Point
    sample: Sample
    plane: PlaneFlow
    times: tuple[sp.Expr, ...]
    digits: int

    def state(self, t: sp.Expr, u: arb, a: arb, residual: arb) -> State:
        """w̃ = w̃0 + (u - u0) x̃/‖x̃‖²."""
        inputs = self.network.augment(self.sample)
        squared = sum((real_ball(entry) ** 2 for entry in inputs), arb(0))
        shift = arb(0) if exact_sign(self.plane.norm) == 0 else (u - real_ball(self.plane.u0)) / squared
        weights = tuple(
            Ball.from_arb(real_ball(weight) + shift * real_ball(entry))
            for weight, entry in zip(self.start.weights, inputs, strict=True)
        )
        w, b = (weights[:-1], weights[-1]) if self.network.bias else (weights, None)
        return State(t, w, Ball.from_arb(a), Ball.from_arb(u), Ball.from_arb(residual), b)


def enclosed_trajectory(
    network: Network,
    start: Point,
    sample: Sample,
    times: Iterable[Any],
    digits: int = DEFAULT_DIGITS,
) -> Trajectory:
    """Return θ(t) of the gradient flow of ½(f(x; θ) - y)² at exact times t ≥ 0, to ``digits`` digits.

    Along the orbit the time is t = ∫ du/u', u' = -η_a N r a σ'(u), a² = a0² + (2/N) ∫ σ/σ' du. The orbit is
    covered by discs on which these functions are expanded with proved errors, the last one about the limit,
    where the logarithm of the time's pole is exact; a time is turned into a point by interval Newton. So
    the cost does not depend on t, and further times cost next to nothing.

    Arguments: ``times``, integers, fractions or exact SymPy numbers. Raises `InputError` on a start or a
    sample that do not fit the network, and on a time that is negative or not exact. Where the flow cannot
    be followed, as through a kink at which σ' vanishes, the entries are None; see `Trajectory.reason`.

    >>> from implicitreg_sym.activations import activation
    >>> net = Network(activation("sigmoid"))
    >>> start = Point((sp.Rational(3, 10),), sp.Rational(7, 10))
    >>> found = enclosed_trajectory(net, start, Sample((sp.Integer(2),), sp.Rational(3, 2)), [5, 40])
    >>> [state.a.decimal(20) for state in (*found.at, found.limit)]
    ['1.7425541428384297119', '1.7565397877182976905', '1.7565397877182978298']
    """
    network.check(start, [sample])
    plane = PlaneFlow.of(network, start, sample, Potential(network.activation))
    plane.check_start()
    problem = _Problem(network, start, sample, plane, tuple(map(_exact_time, times)), digits)
    try:
        match classify(plane):
            case Beginning.AT_REST:
                return _at_rest(problem)
            case Beginning.FROZEN:
                return _frozen(problem)
        return _moving(problem)
    except (NotAnalyticError, UndecidedSignError) as error:
        missing = tuple(None for _ in problem.times)
        return Trajectory(network, start, sample, digits, problem.times, missing, None, "", str(error))


def _exact_time(number: Any) -> sp.Expr:
    if isinstance(number, (int, Fraction)) and not isinstance(number, bool):
        number = sp.Rational(number.numerator, number.denominator)
    exact = isinstance(number, sp.Expr) and number.is_number and not number.has(sp.Float)
    if not exact or number.is_finite is False or number.is_extended_real is False:
        raise InputError(f"the time {number!r} is not an exact real number; give an integer or a fraction")
    if exact_sign(number) < 0:
        raise InputError(f"the time {number} is negative; the flow starts at 0")
    return number


def _bits(digits: int) -> int:
    return int((digits + _SPARE_DIGITS) * 3.3220) + GUARD_BITS


def _start_state(problem: _Problem, t: sp.Expr) -> State:
    u, a, _norm, target = problem.plane.balls()
    return problem.state(t, u, a, a * real_ball(problem.plane.sigma_at_start()) - target)


def _at_rest(problem: _Problem) -> Trajectory:
    """r = 0 or K = 0: the start stays."""
    with flint.ctx.workprec(_bits(problem.digits)):
        states = [_start_state(problem, t) for t in (*problem.times, sp.oo)]
    interpolates = exact_sign(problem.plane.a0 * problem.plane.sigma_at_start() - problem.plane.target) == 0
    if interpolates:
        states = [replace(state, residual=Ball(Fraction(0))) for state in states]
    why = "f = y" if interpolates else "σ(u0) = 0 and a0 σ'(u0) = 0"
    return _result(problem, states[:-1], states[-1], f"the flow rests: {why} at the start, exactly")


def _frozen(problem: _Problem) -> Trajectory:
    """u rests and r = r0 exp(-η_a σ(u0)² t)."""
    plane = problem.plane
    with flint.ctx.workprec(_bits(problem.digits)):
        u, a, _norm, target = plane.balls()
        sigma, rate = real_ball(plane.sigma_at_start()), real_ball(problem.network.rate_a)
        residual, end = a * sigma - target, target / sigma
        states = []
        for t in problem.times:
            factor = (-rate * sigma * sigma * real_ball(t)).exp()
            states.append(problem.state(t, u, end + residual / sigma * factor, residual * factor))
        limit = problem.state(sp.oo, u, end, arb(0))
    return _result(
        problem, states, limit, "u rests, because N σ'(u0) = 0, and r = r0 exp(-η_a σ(u0)² t), exactly"
    )


def _result(
    problem: _Problem,
    states: Sequence[State | None],
    limit: State | None,
    method: str,
    reason: str | None = None,
) -> Trajectory:
    return Trajectory(
        problem.network, problem.start, problem.sample, problem.digits, problem.times,
        tuple(states), limit, method, reason,
    )  # fmt: skip


def _moving(problem: _Problem) -> Trajectory:
    """With more bits until every number carries the digits asked for."""
    bits = _bits(problem.digits)
    for attempt in range(_ATTEMPTS):
        with flint.ctx.workprec(bits):
            flow = Reduction.of(problem.network, problem.plane)
            until = arb(0) if problem.times else arb("inf")
            for t in problem.times:
                until = until.max(real_ball(t))
            course = follow(flow, problem.plane.activation, begin(flow, problem.plane), until)
            try:
                found = _read_off(problem, course)
            except NotAnalyticError:
                if attempt + 1 == _ATTEMPTS:
                    raise
                bits += bits // 2
                continue
        lost = _lost_bits(found)
        if lost <= 0 and (found.reason is None or attempt > 0):
            return found
        bits += max(lost, 0) + GUARD_BITS
    reason = f"{problem.digits} digits were not reached with {bits} bits"
    kept = tuple(state if _state_lost(state, problem.digits) <= 0 else None for state in found.at)
    return replace(found, at=kept, limit=None, reason=found.reason or reason)


def _read_off(problem: _Problem, course: Course) -> Trajectory:
    states = [_state_at(problem, course, t) for t in problem.times]
    limit = None
    last = course.arcs[-1] if course.arcs else None
    if last is not None and last.limit is not None:
        x = last.limit.x
        a = arb(0) if last.turning and x == 0 else last.a(x)
        limit = problem.state(sp.oo, last.preactivation(x), a, arb(0))
    terms = max((arc.a.length for arc in course.arcs), default=0)
    method = (
        f"T7(a): dt/du integrated along the orbit in {len(course.arcs)} discs, power series of {terms} terms "
        f"with proved remainders at {flint.ctx.prec} bits, times inverted by interval Newton"
    )
    return _result(problem, states, limit, method, course.reason if None in states or limit is None else None)


def _state_at(problem: _Problem, course: Course, t: sp.Expr) -> State | None:
    """The state on the arc of this time; on either of two arcs if the balls do not tell which one it is."""
    if exact_sign(t) == 0:
        return _start_state(problem, t)
    time = real_ball(t)
    if not course.arcs:
        return None
    ends = [*(arc.time for arc in course.arcs[1:]), course.end]
    found: list[tuple[arb, arb, arb]] = []
    for arc, end in zip(course.arcs, ends, strict=True):
        if time < arc.time or time > end:
            continue
        place = place_at(arc, time)
        residual = arc.residual(place.x)
        if arc.limit is not None and place.distance is not None:
            residual = place.distance * arc.limit.quotient(place.x)
        found.append((arc.preactivation(place.x), arc.a(place.x), residual))
    if not found or not time < course.end:
        return None
    u, a, residual = found[0]
    for other in found[1:]:
        u, a, residual = u.union(other[0]), a.union(other[1]), residual.union(other[2])
    return problem.state(t, u, a, residual)


def _lost_bits(result: Trajectory) -> int:
    states = [state for state in (*result.at, result.limit) if state is not None]
    return max((_state_lost(state, result.digits) for state in states), default=0)


def _state_lost(state: State | None, digits: int) -> int:
    """How many bits the worst number lacks: relative ones, or absolute ones for a ball about zero."""
    if state is None:
        return 0
    worst = -(10**9)
    for ball in (*state.balls, state.residual):
        if ball.radius == 0:
            continue
        size = abs(ball.middle) - ball.radius if abs(ball.middle) > ball.radius else Fraction(1)
        quotient = ball.radius * 10 ** (digits + 1) / size
        worst = max(worst, quotient.numerator.bit_length() - quotient.denominator.bit_length() + 1)
    return worst
