"""Where the orbit ends with f = 0: saddles, degenerate zeros of σ, dead units, and ends that could not be
resolved (T7)."""

from __future__ import annotations

from collections.abc import Callable

import flint
import sympy as sp
from flint import arb

from implicitreg_sym.activations import Piece, real_ball
from implicitreg_sym.algebra import decide_zero
from implicitreg_sym.limits.branch import Branch, NoLimit
from implicitreg_sym.limits.degenerate import approach_zero
from implicitreg_sym.limits.plane import PlaneFlow, exact_sign
from implicitreg_sym.limits.walk import Stuck, Walk, as_fraction, branch_on
from implicitreg_sym.status import Status
from implicitreg_sym.symbols import u

SURVEY_BITS = 128


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
    with flint.ctx.workprec(SURVEY_BITS):
        pieces = list(plane.activation.meeting(real_ball(zero)))
    return any(decide_zero(piece.formula.subs(u, zero)).status is Status.PROVED for piece in pieces)


def _rest(walk: Walk, ends: tuple[arb, arb], zero: sp.Expr, target_sign: int) -> Branch | NoLimit:
    """The orbit ends where σ = 0 and a = 0: an equilibrium, which interpolates only if y = 0."""
    if target_sign == 0:
        return branch_on(
            "rest", walk, ends, (0, 0, 0), (f"σ and a tend to 0 together as u tends to {zero}",), zero
        )
    return NoLimit(f"the flow converges to the saddle u = {zero}, a = 0, where f = 0 ≠ y", True)


def saddle(walk: Walk, ends: tuple[arb, arb], target_sign: int) -> Branch | NoLimit:
    """Q and σ vanish together to the precision in force: an equilibrium if exact algebra says so."""
    zero = exact_zero(walk.plane, ends[0].union(ends[1]), lambda piece: piece.formula)
    if zero is not None and rests_at(walk.plane, zero):
        return _rest(walk, ends, zero, target_sign)
    return NoLimit(
        "the orbit passes too close to a saddle (σ = 0 and a = 0 together) to decide on which side", False
    )


def exact_zero(plane: PlaneFlow, box: arb, part: Callable[[Piece], sp.Expr]) -> sp.Expr | None:
    """A breakpoint or simple rational in the box at which ``part`` of a neighbouring piece vanishes
    exactly."""
    middle = as_fraction(box.mid())
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


def stuck_before(stuck: Stuck, where: str) -> NoLimit:
    """The way could not be followed to its event, and why."""
    if stuck.blocked_at is not None and not stuck.exhausted:
        near = stuck.reached.str(8, radius=False)
        return NoLimit(
            f"the orbit comes closer to u = {near}, where σ' = 0 or σ is not smooth, than could be "
            f"resolved {where}",
            False,
        )
    return NoLimit(
        f"u runs beyond {stuck.reached.str(4, radius=False)} {where}; divergence cannot be excluded",
        False,
        stuck.exhausted,
    )


def blocked_before_zero(walk: Walk, stuck: Stuck, alpha: int, target_sign: int) -> Branch | NoLimit:
    """σ' vanishes, or jumps to zero, where f does: a degenerate zero of σ, or a unit that dies there."""
    plane = walk.plane
    if stuck.blocked_at is None:
        return stuck_before(stuck, "before f reaches 0")
    box = stuck.reached.union(stuck.blocked_at)
    zero = exact_zero(plane, box, lambda piece: piece.formula)
    if zero is None:
        return stuck_before(stuck, "before f reaches 0")
    end = real_ball(zero)
    approach = approach_zero(plane.potential, walk.point, zero)
    if approach is None:
        return stuck_before(stuck, "before f reaches 0")
    weight = plane.squared_output_weight(walk.increment + approach)
    if not weight > 0 and not weight < 0 and rests_at(plane, zero):
        return _rest(walk, (walk.point, end), zero, target_sign)
    if not weight > 0:
        return NoLimit(
            f"the orbit reaches the degenerate zero u = {zero} of σ with a² too close to 0 to decide", False
        )
    if target_sign == 0:
        return branch_on(
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
    return stuck_before(stuck, "before f reaches 0")
