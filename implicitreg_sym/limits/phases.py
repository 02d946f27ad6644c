"""Follows the orbit from the start to the bracket that holds the limit, or says why there is none (T7).

On a component of {σ' ≠ 0} the orbit is a² = Q(u), and f = aσ(u) moves monotonically towards y. While |f|
grows, σ and a keep their signs. While |f| shrinks, either y comes first, or a turns at zero (Q = 0, u goes
back), or σ crosses zero (a keeps its sign); after that |f| grows. So the limit is the only root of one
monotone function between two certified points.
"""

from __future__ import annotations

import flint
from flint import arb

from implicitreg_sym.limits.branch import Branch, NoLimit
from implicitreg_sym.limits.divergence import runs_out
from implicitreg_sym.limits.equilibria import blocked_before_zero, exact_zero, saddle, stuck_before
from implicitreg_sym.limits.plane import PlaneFlow, exact_sign
from implicitreg_sym.limits.walk import NearPole, Stuck, Walk, advance, branch_on, decided, narrow

PRECISIONS = (128, 320, 800)
QUADRATURE_PRECISIONS = (64, 128, 320)  # without a closed form of G 800 bits take minutes
_TURN = ("|f| shrinks until a = 0", "a changes sign, u turns back, and |f| grows")


def find_branch(plane: PlaneFlow) -> Branch | NoLimit:
    """Return the branch of the orbit on which the flow from the start first interpolates, or why there is
    none.

    Requires r(θ0) ≠ 0, N > 0, and σ'(u0) ≠ 0 on both sides of u0 with one sign. Decided with balls of growing
    precision; `NoLimit` with ``proved=False`` where no precision decided.
    """
    outcome: Branch | NoLimit = NoLimit("not tried", False)
    for bits in PRECISIONS if plane.has_closed_form() else QUADRATURE_PRECISIONS:
        with flint.ctx.workprec(bits):
            outcome = _find_branch(plane)
        if isinstance(outcome, Branch) or outcome.proved or outcome.exhausted:
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
    increment = plane.potential.difference(u0, start)
    walk = Walk(plane, slope, start, increment, u0.lower(), u0.upper(), (start, increment))
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


def excess(plane: PlaneFlow, weight: arb, sigma: arb) -> arb:
    """h = Q σ² - y²."""
    target = plane.balls()[3]
    return weight * sigma * sigma - target * target


def _grow(
    walk: Walk, direction: int, sign_a: int, sign_sigma: int, phases: tuple[str, ...]
) -> Branch | NoLimit:
    """|f| grows from below |y|: find where it has passed |y|."""
    plane = walk.plane
    ends = advance(walk, direction, lambda weight, sigma: decided(excess(plane, weight, sigma)))
    if isinstance(ends, Stuck):
        return stuck_before(ends, "before f reaches y")
    if isinstance(ends, NearPole):
        return branch_on("output", walk, _lambdas(ends), (sign_a, sign_sigma, 1), phases, logarithmic=True)
    return branch_on("output", walk, ends, (sign_a, sign_sigma, 1), phases)


def _lambdas(ends: NearPole) -> tuple[arb, arb]:
    return ends.near, ends.far


def _shrink_to_target(walk: Walk, direction: int, alpha: int, sigma0: int) -> Branch | NoLimit:
    """|f| shrinks to |y| > 0 without a sign change of f."""
    plane = walk.plane

    def past(weight: arb, sigma: arb) -> bool | None:
        if weight < 0 or sigma * sigma0 < 0:
            return True
        if not (weight > 0 and sigma * sigma0 > 0):
            return None
        return decided(-excess(plane, weight, sigma))

    ends = advance(walk, direction, past)
    if isinstance(ends, Stuck):
        return stuck_before(ends, "before f reaches y")
    if isinstance(ends, NearPole):
        return branch_on(
            "output", walk, _lambdas(ends), (alpha, sigma0, -1), ("|f| shrinks",), logarithmic=True
        )
    near, far = ends
    return branch_on(
        "output", walk, _without_crossing(walk, near, far, sigma0), (alpha, sigma0, -1), ("|f| shrinks",)
    )


def _without_crossing(walk: Walk, near: arb, far: arb, sigma0: int) -> tuple[arb, arb]:
    """Pull the far end back to the near side of the zero of σ, where h < 0 still holds or Q < 0."""
    plane = walk.plane
    while not sigma0 * plane.activation.value(far) > 0:
        middle = ((near + far) / 2).mid()
        state = walk.reach(middle)
        if state is None or middle in (near, far):
            return near, far
        _increment, weight, sigma = state
        if sigma0 * sigma > 0 and weight > 0 and excess(plane, weight, sigma) > 0:
            near = middle
        else:
            far = middle
    return near, far


def _shrink_through_zero(
    walk: Walk, direction: int, alpha: int, sigma0: int, target_sign: int
) -> Branch | NoLimit:
    """f must pass (or, for y = 0, reach) zero: at a turning point a = 0 or at a zero of σ, whichever comes
    first."""
    plane = walk.plane
    endless = runs_out(plane, direction)
    if endless is not None:
        return endless

    def past(weight: arb, sigma: arb) -> bool | None:
        if weight < 0 or sigma * sigma0 < 0:
            return True
        return False if weight > 0 and sigma * sigma0 > 0 else None

    ends = advance(walk, direction, past)
    if isinstance(ends, Stuck):
        return blocked_before_zero(walk, ends, alpha, target_sign)
    if isinstance(ends, NearPole):
        return _turn_near_pole(walk, direction, ends, alpha, sigma0, target_sign)
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
        return _grow_beyond(walk, direction, alpha, sigma0, crossing)
    if weight < 0:
        return _turn(walk, direction, (near, zero_far), alpha, sigma0, target_sign)
    return saddle(walk, (zero_near, zero_far), target_sign)


def _at_crossing(walk: Walk, crossing: tuple[arb, arb], alpha: int, sigma0: int) -> Branch:
    """y = 0 and a ≠ 0 where σ vanishes: the limit is the zero of σ, exactly where it can be named."""
    phases = ("|f| shrinks until σ(u) = 0",)
    zero = exact_zero(walk.plane, crossing[0].union(crossing[1]), lambda piece: piece.formula)
    if zero is not None:
        return branch_on("zero", walk, crossing, (alpha, 0, 0), phases, zero)
    return branch_on("crossing", walk, crossing, (alpha, 0, -sigma0), phases)


def _grow_beyond(
    walk: Walk, direction: int, alpha: int, sigma0: int, crossing: tuple[arb, arb]
) -> Branch | NoLimit:
    """From the zero of σ on |f| grows; at first to a point beyond it where |f| is below |y| still."""
    beyond = _just_beyond(walk, crossing, sigma0)
    state = walk.reach(beyond) if beyond is not None else None
    if beyond is None or state is None:
        return NoLimit("the arc beyond the zero of σ could not be certified", False)
    walk.move(beyond, state[0])
    phases = ("|f| shrinks until σ(u) = 0", "σ changes sign, a keeps its own, and |f| grows")
    return _grow(walk, direction, alpha, -sigma0, phases)


def _just_beyond(walk: Walk, crossing: tuple[arb, arb], sigma0: int) -> arb | None:
    """A point beyond the zero of σ with |f| < |y|, which may be as near as |y| is small."""
    near, far = crossing
    for _ in range(flint.ctx.prec):
        state = walk.reach(far)
        if state is None or excess(walk.plane, state[1], state[2]) < 0:
            return None if state is None else far
        for eighths in (4, 3, 5):  # a middle that hits the zero decides nothing
            middle = ((near * (8 - eighths) + far * eighths) / 8).mid()
            side = decided(-sigma0 * walk.plane.activation.value(middle))
            if side is not None:
                break
        else:
            return None
        near, far = (near, middle) if side else (middle, far)
    return None


def _turn(
    walk: Walk, direction: int, ends: tuple[arb, arb], alpha: int, sigma0: int, target_sign: int
) -> Branch | NoLimit:
    """a reaches zero between the ends, where Q changes sign; for y ≠ 0 the orbit goes back with the other
    sign of a."""
    near, far = ends
    if target_sign == 0:
        return branch_on("turn", walk, (near, far), (0, sigma0, -1), _TURN[:1])
    state = walk.reach(near)
    if state is None or not state[1] > 0:
        return NoLimit("the turning point a = 0 could not be certified", False)
    walk.move(near, state[0])
    walk.low, walk.high = walk.low.min(far).lower(), walk.high.max(far).upper()
    plane = walk.plane
    if excess(plane, state[1], state[2]) > 0:
        # the limit lies between the turning point and the first point tried
        return branch_on("output", walk, (far, near), (-alpha, sigma0, 1), _TURN)
    _, a0, _, _ = plane.balls()
    if excess(plane, a0 * a0, plane.activation.value(plane.balls()[0])) < 0:
        # |f| is below |y| all the way back to u0, where G is known without any quadrature
        start, increment = walk.origin
        walk.move(start, increment)
    return _grow(walk, -direction, -alpha, sigma0, _TURN)


def _turn_near_pole(
    walk: Walk, direction: int, ends: NearPole, alpha: int, sigma0: int, target_sign: int
) -> Branch | NoLimit:
    """The same where Q changes sign between two values of λ; the walk stands at the anchor of the pole."""
    if target_sign == 0:
        return branch_on("turn", walk, _lambdas(ends), (0, sigma0, -1), _TURN[:1], logarithmic=True)
    plane, chart = walk.plane, walk.poles[-1].chart()
    for place in (ends.near, chart.depth.lower()):
        weight = plane.squared_output_weight(walk.increment + chart.difference(chart.depth, place))
        if excess(plane, weight, chart.value(place)) > 0:
            back = (ends.far, place)
            return branch_on("output", walk, back, (-alpha, sigma0, 1), _TURN, logarithmic=True)
    if excess(plane, plane.squared_output_weight(walk.increment), plane.activation.value(walk.point)) < 0:
        return _grow(walk, -direction, -alpha, sigma0, _TURN)
    return NoLimit("the limit lies where the neighbourhood of a zero of σ' ends, which is not decided", False)


def _zero_of_sigma(walk: Walk, near: arb, far: arb, sigma0: int) -> tuple[arb, arb] | None:
    """Narrow the zero of σ if σ changes sign between the two points, else None."""
    activation = walk.plane.activation
    if not sigma0 * activation.value(far) < 0:
        return None
    return narrow(walk, (near, far), lambda _weight, sigma: decided(-sigma0 * sigma))
