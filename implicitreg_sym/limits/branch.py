"""Follows the orbit from the start to the bracket that holds the limit, or says why there is none (T7).

On a component of {σ' ≠ 0} the orbit is a² = Q(u), and f = aσ(u) moves monotonically towards y. While |f|
grows, σ and a keep their signs. While |f| shrinks, either y comes first, or a turns at zero (Q = 0, u goes
back), or σ crosses zero (a keeps its sign); after that |f| grows. So the limit is the only root of one
monotone function between two certified points.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import flint
import sympy as sp
from flint import arb

from implicitreg_sym.activations import Piece, real_ball
from implicitreg_sym.algebra import decide_zero
from implicitreg_sym.limits.arc import slope_keeps_sign
from implicitreg_sym.limits.degenerate import approach_zero
from implicitreg_sym.limits.plane import PlaneFlow, exact_sign
from implicitreg_sym.status import Status
from implicitreg_sym.symbols import u

MAX_STEPS = 4000
PRECISIONS = (128, 320, 800)
QUADRATURE_PRECISIONS = PRECISIONS[:2]  # without a closed form of G a third attempt takes minutes


@dataclass(frozen=True, slots=True)
class NoLimit:
    """The flow has no interpolating limit, and why; ``proved`` is False where it could only not be
    decided."""

    reason: str
    proved: bool


@dataclass(frozen=True, slots=True)
class Branch:
    """Where the limit is: the only u between ``near`` and ``far`` (exact) with the equation that ``kind``
    names.

    * ``"output"``: sqrt(Q(u)) |σ(u)| = |y|, a has the sign ``sign_a``;
    * ``"turn"``: Q(u) = 0, so a = 0 (only for y = 0);
    * ``"crossing"``: σ(u) = 0 (only for y = 0), a has the sign ``sign_a``;
    * ``"zero"``: the same, and u = ``zero`` exactly;
    * ``"rest"``: u = ``zero`` exactly and a = 0: σ and Q vanish together (only for y = 0);
    * ``"degenerate"``: u = ``zero`` exactly, where σ vanishes on the edge of {σ' ≠ 0} (only for y = 0).

    The function of the equation (h = Qσ² - y², Q or σ) has the sign ``far_sign`` at ``far`` and the other
    one at ``near``. ``phases`` tells the way there; ``arc`` is a segment of the u-axis that contains the
    whole way and on which σ' ≠ 0.
    """

    kind: str
    near: Fraction
    far: Fraction
    sign_a: int
    sign_sigma: int
    far_sign: int
    phases: tuple[str, ...]
    arc: tuple[Fraction, Fraction]
    zero: sp.Expr | None = None


@dataclass(slots=True)
class _Walk:
    """A certified way along the u-axis: the point reached, and G there minus G(u0)."""

    plane: PlaneFlow
    slope_sign: int
    point: arb
    increment: arb
    low: arb
    high: arb

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
        self.point, self.increment = target, increment
        self.low, self.high = self.low.min(target).lower(), self.high.max(target).upper()


@dataclass(frozen=True, slots=True)
class _Stuck:
    """The way is blocked between a point that was reached and one beyond it, or has no end."""

    reached: arb
    blocked_at: arb | None


def _advance(
    walk: _Walk, direction: int, past: Callable[[arb, arb], bool | None]
) -> tuple[arb, arb] | _Stuck:
    """Go on until ``past(Q, σ)`` holds; return the last point before and the first after it."""
    step, blocked_at = arb(1) / 4, None
    for _ in range(MAX_STEPS):
        target = (walk.point + direction * step).mid()
        state = walk.reach(target)
        verdict = past(state[1], state[2]) if state is not None else None
        if verdict is None:
            if state is None:
                blocked_at = target
            step = step / 2
            if step < arb(2) ** (8 - flint.ctx.prec // 2):
                return _Stuck(walk.point, blocked_at)
            continue
        if verdict:
            before = walk.point
            walk.low, walk.high = walk.low.min(target).lower(), walk.high.max(target).upper()
            return before, target
        assert state is not None
        walk.move(target, state[0])
        if blocked_at is None:
            step = step * 2
    return _Stuck(walk.point, blocked_at)


def find_branch(plane: PlaneFlow) -> Branch | NoLimit:
    """Return the branch of the orbit on which the flow from the start first interpolates, or why there is
    none.

    Requires r(θ0) ≠ 0, N > 0, and σ'(u0) ≠ 0 on both sides of u0 with one sign. Decided with balls of growing
    precision; `NoLimit` with ``proved=False`` where no precision decided.
    """
    outcome: Branch | NoLimit = NoLimit("not tried", False)
    closed = any(form is not None for form in plane.potential.closed_forms)
    for bits in PRECISIONS if closed else QUADRATURE_PRECISIONS:
        with flint.ctx.workprec(bits):
            outcome = _find_branch(plane)
        if isinstance(outcome, Branch) or outcome.proved:
            return outcome
    return outcome


def _find_branch(plane: PlaneFlow) -> Branch | NoLimit:
    sigma0 = exact_sign(plane.sigma_at_start())
    slope = exact_sign(plane.slopes_at_start()[0])
    alpha = exact_sign(plane.a0)
    target_sign = exact_sign(plane.target)
    towards = exact_sign(plane.target - plane.a0 * plane.sigma_at_start())
    u0 = plane.balls()[0]
    start = u0.mid()
    walk = _Walk(plane, slope, start, plane.potential.difference(u0, start), u0.lower(), u0.upper())
    output_sign = alpha * sigma0
    if output_sign == 0:
        sign_a = alpha if alpha else towards * sigma0
        direction = towards * sign_a * slope
        return _grow(walk, direction, sign_a, towards * sign_a, ("|f| grows from f = 0",))
    direction = towards * alpha * slope
    if towards == output_sign:
        return _grow(walk, direction, alpha, sigma0, ("|f| grows",))
    if target_sign == output_sign:
        return _shrink_to_target(walk, direction, alpha, sigma0)
    return _shrink_through_zero(walk, direction, alpha, sigma0, target_sign)


def _excess(plane: PlaneFlow, weight: arb, sigma: arb) -> arb:
    """h = Q σ² - y²."""
    target = plane.balls()[3]
    return weight * sigma * sigma - target * target


def _branch(
    kind: str,
    walk: _Walk,
    ends: tuple[arb, arb],
    signs: tuple[int, int, int],
    phases: tuple[str, ...],
    zero: sp.Expr | None = None,
) -> Branch:
    """``signs`` are those of a and of σ on the branch, and of the equation at the far end."""
    near, far = (_fraction(end) for end in ends)
    return Branch(kind, near, far, *signs, phases, (_fraction(walk.low), _fraction(walk.high)), zero)


def _fraction(point: arb) -> Fraction:
    mantissa, exponent = (int(part) for part in point.mid().man_exp())
    return Fraction(mantissa) * Fraction(2) ** exponent


def _decided(value: arb) -> bool | None:
    return True if value > 0 else False if value < 0 else None


def _grow(
    walk: _Walk, direction: int, sign_a: int, sign_sigma: int, phases: tuple[str, ...]
) -> Branch | NoLimit:
    """|f| grows from below |y|: find where it has passed |y|."""
    plane = walk.plane
    ends = _advance(walk, direction, lambda weight, sigma: _decided(_excess(plane, weight, sigma)))
    if isinstance(ends, _Stuck):
        return _stuck(ends, "before f reaches y")
    return _branch("output", walk, ends, (sign_a, sign_sigma, 1), phases)


def _shrink_to_target(walk: _Walk, direction: int, alpha: int, sigma0: int) -> Branch | NoLimit:
    """|f| shrinks to |y| > 0 without a sign change of f."""
    plane = walk.plane

    def past(weight: arb, sigma: arb) -> bool | None:
        if weight < 0 or sigma * sigma0 < 0:
            return True
        if not (weight > 0 and sigma * sigma0 > 0):
            return None
        return _decided(-_excess(plane, weight, sigma))

    ends = _advance(walk, direction, past)
    if isinstance(ends, _Stuck):
        return _stuck(ends, "before f reaches y")
    near, far = ends
    return _branch(
        "output", walk, _without_crossing(walk, near, far, sigma0), (alpha, sigma0, -1), ("|f| shrinks",)
    )


def _without_crossing(walk: _Walk, near: arb, far: arb, sigma0: int) -> tuple[arb, arb]:
    """Pull the far end back to the near side of the zero of σ, where h < 0 still holds or Q < 0."""
    plane = walk.plane
    while not sigma0 * plane.activation.value(far) > 0:
        middle = ((near + far) / 2).mid()
        state = walk.reach(middle)
        if state is None or middle in (near, far):
            return near, far
        _increment, weight, sigma = state
        if sigma0 * sigma > 0 and weight > 0 and _excess(plane, weight, sigma) > 0:
            near = middle
        else:
            far = middle
    return near, far


def _shrink_through_zero(
    walk: _Walk, direction: int, alpha: int, sigma0: int, target_sign: int
) -> Branch | NoLimit:
    """f must pass (or, for y = 0, reach) zero: at a turning point a = 0 or at a zero of σ, whichever comes
    first."""
    plane = walk.plane

    def past(weight: arb, sigma: arb) -> bool | None:
        if weight < 0 or sigma * sigma0 < 0:
            return True
        return False if weight > 0 and sigma * sigma0 > 0 else None

    ends = _advance(walk, direction, past)
    if isinstance(ends, _Stuck):
        return _blocked_before_zero(walk, ends, alpha, target_sign)
    near, far = ends
    crossing = _zero_of_sigma(walk, near, far, sigma0)
    if crossing is None:
        return _turn(walk, direction, (near, far), alpha, sigma0, target_sign)
    zero_near, zero_far = crossing
    state = walk.reach(zero_near)
    if state is None:
        return NoLimit("the arc near the zero of σ could not be certified", False)
    weight = (
        state[1]
        + 2
        * plane.potential.slope_over(zero_near.union(zero_far))
        * (zero_far - zero_near).union(arb(0))
        / plane.balls()[2]
    )
    if weight > 0:
        if target_sign == 0:
            return _at_crossing(walk, crossing, alpha, sigma0)
        walk.move(zero_near, state[0])
        return _grow_beyond(walk, direction, alpha, sigma0, zero_far)
    if weight < 0:
        return _turn(walk, direction, (near, zero_far), alpha, sigma0, target_sign)
    return _saddle(walk, (zero_near, zero_far), target_sign)


def _at_crossing(walk: _Walk, crossing: tuple[arb, arb], alpha: int, sigma0: int) -> Branch:
    """y = 0 and a ≠ 0 where σ vanishes: the limit is the zero of σ, exactly where it can be named."""
    phases = ("|f| shrinks until σ(u) = 0",)
    zero = _exact_zero(walk.plane, crossing[0].union(crossing[1]), lambda piece: piece.formula)
    if zero is not None:
        return _branch("zero", walk, crossing, (alpha, 0, 0), phases, zero)
    return _branch("crossing", walk, crossing, (alpha, 0, -sigma0), phases)


def _grow_beyond(walk: _Walk, direction: int, alpha: int, sigma0: int, beyond: arb) -> Branch | NoLimit:
    state = walk.reach(beyond)
    if state is None:
        return NoLimit("the arc beyond the zero of σ could not be certified", False)
    walk.move(beyond, state[0])
    phases = ("|f| shrinks until σ(u) = 0", "σ changes sign, a keeps its own, and |f| grows")
    return _grow(walk, direction, alpha, -sigma0, phases)


def _turn(
    walk: _Walk, direction: int, ends: tuple[arb, arb], alpha: int, sigma0: int, target_sign: int
) -> Branch | NoLimit:
    """a reaches zero between the ends, where Q changes sign; for y ≠ 0 the orbit goes back with the other
    sign of a."""
    near, far = _narrow(walk, ends, lambda weight, _sigma: _decided(-weight))
    if target_sign == 0:
        return _branch("turn", walk, (near, far), (0, sigma0, -1), ("|f| shrinks until a = 0",))
    state = walk.reach(near)
    if state is None or not state[1] > 0:
        return NoLimit("the turning point a = 0 could not be certified", False)
    walk.move(near, state[0])
    walk.low, walk.high = walk.low.min(far).lower(), walk.high.max(far).upper()
    plane = walk.plane
    phases = ("|f| shrinks until a = 0", "a changes sign, u turns back, and |f| grows")
    if _excess(plane, state[1], state[2]) > 0:
        # the limit lies between the turning point and the first point tried
        return _branch("output", walk, (far, near), (-alpha, sigma0, 1), phases)
    return _grow(walk, -direction, -alpha, sigma0, phases)


def _narrow(walk: _Walk, ends: tuple[arb, arb], past: Callable[[arb, arb], bool | None]) -> tuple[arb, arb]:
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


def _zero_of_sigma(walk: _Walk, near: arb, far: arb, sigma0: int) -> tuple[arb, arb] | None:
    """Narrow the zero of σ if σ changes sign between the two points, else None."""
    activation = walk.plane.activation
    if not sigma0 * activation.value(far) < 0:
        return None
    return _narrow(walk, (near, far), lambda _weight, sigma: _decided(-sigma0 * sigma))


def exact_weight(plane: PlaneFlow, zero: sp.Expr) -> sp.Expr | None:
    """Q(zero) as an exact expression, where one closed form of G covers u0 and the zero; else None."""
    forms = plane.potential.closed_forms
    for piece, closed in zip(plane.activation.pieces, forms, strict=False):
        if closed is not None and all(_in_closure(piece, point) for point in (plane.u0, zero)):
            return plane.a0**2 + 2 * (closed.subs(u, zero) - closed.subs(u, plane.u0)) / plane.norm
    return None


def _in_closure(piece: Piece, point: sp.Expr) -> bool:
    return (piece.lower == -sp.oo or exact_sign(point - piece.lower) >= 0) and (
        piece.upper == sp.oo or exact_sign(piece.upper - point) >= 0
    )


def rests_at(plane: PlaneFlow, zero: sp.Expr) -> bool:
    """Whether exact algebra proves that σ and Q vanish together here: the orbit ends with a = 0."""
    weight = exact_weight(plane, zero)
    if weight is None or decide_zero(weight).status is not Status.PROVED:
        return False
    with flint.ctx.workprec(PRECISIONS[0]):
        pieces = list(plane.activation.meeting(real_ball(zero)))
    return any(decide_zero(piece.formula.subs(u, zero)).status is Status.PROVED for piece in pieces)


def _rest(walk: _Walk, ends: tuple[arb, arb], zero: sp.Expr, target_sign: int) -> Branch | NoLimit:
    """The orbit ends where σ = 0 and a = 0: an equilibrium, which interpolates only if y = 0."""
    if target_sign == 0:
        return _branch(
            "rest", walk, ends, (0, 0, 0), (f"σ and a tend to 0 together as u tends to {zero}",), zero
        )
    return NoLimit(f"the flow converges to the saddle u = {zero}, a = 0, where f = 0 ≠ y", True)


def _saddle(walk: _Walk, ends: tuple[arb, arb], target_sign: int) -> Branch | NoLimit:
    """Q and σ vanish together to the precision in force: an equilibrium if exact algebra says so."""
    zero = _exact_zero(walk.plane, ends[0].union(ends[1]), lambda piece: piece.formula)
    if zero is not None and rests_at(walk.plane, zero):
        return _rest(walk, ends, zero, target_sign)
    return NoLimit(
        "the orbit passes too close to a saddle (σ = 0 and a = 0 together) to decide on which side", False
    )


def _exact_zero(plane: PlaneFlow, box: arb, part: Callable[[Piece], sp.Expr]) -> sp.Expr | None:
    """A breakpoint or simple rational in the box at which ``part`` of a neighbouring piece vanishes
    exactly."""
    middle = _fraction(box.mid())
    candidates = [
        sp.Rational(q.numerator, q.denominator) for q in (middle.limit_denominator(d) for d in (1, 10, 1000))
    ]
    for candidate in [*plane.activation.breakpoints, *candidates]:
        try:
            ball = real_ball(candidate)
        except ArithmeticError:
            continue
        if not box.overlaps(ball):
            continue
        for piece in plane.activation.meeting(ball):
            if decide_zero(part(piece).subs(u, candidate)).status is Status.PROVED:
                return candidate
    return None


def _stuck(stuck: _Stuck, where: str) -> NoLimit:
    if stuck.blocked_at is not None:
        near = stuck.reached.str(8, radius=False)
        return NoLimit(
            f"the orbit comes closer to u = {near}, where σ' = 0 or σ is not smooth, than could be "
            f"resolved {where}",
            False,
        )
    return NoLimit(
        f"u runs beyond {stuck.reached.str(4, radius=False)} {where}; divergence cannot be excluded", False
    )


def _blocked_before_zero(walk: _Walk, stuck: _Stuck, alpha: int, target_sign: int) -> Branch | NoLimit:
    """σ' vanishes, or jumps to zero, where f does: a degenerate zero of σ, or a unit that dies there."""
    plane = walk.plane
    if stuck.blocked_at is None:
        return _stuck(stuck, "before f reaches 0")
    box = stuck.reached.union(stuck.blocked_at)
    zero = _exact_zero(plane, box, lambda piece: piece.formula)
    if zero is None:
        return _stuck(stuck, "before f reaches 0")
    end = real_ball(zero)
    approach = approach_zero(plane.potential, walk.point, zero)
    if approach is None:
        return _stuck(stuck, "before f reaches 0")
    weight = plane.squared_output_weight(walk.increment + approach)
    if not weight > 0 and not weight < 0 and rests_at(plane, zero):
        return _rest(walk, (walk.point, end), zero, target_sign)
    if not weight > 0:
        return NoLimit(
            f"the orbit reaches the degenerate zero u = {zero} of σ with a² too close to 0 to decide", False
        )
    if target_sign == 0:
        return _branch(
            "degenerate",
            walk,
            (walk.point, end),
            (alpha, 0, 0),
            (f"|f| shrinks to 0 as u tends to {zero}",),
            zero,
        )
    neighbours = list(plane.activation.meeting(end))
    if any(piece.formula == 0 for piece in neighbours):
        return NoLimit(
            f"dead unit: f reaches 0 at u = {zero}, beyond which σ = σ' = 0, so the flow stops there "
            f"with f = 0 ≠ y",
            True,
        )
    if all(exact_sign(piece.slope.subs(u, zero)) == 0 for piece in neighbours):
        return NoLimit(
            f"σ' = 0 in the way: the flow converges to the critical point u = {zero}, where σ = σ' = 0 "
            f"and f = 0 ≠ y",
            True,
        )
    return _stuck(stuck, "before f reaches 0")
