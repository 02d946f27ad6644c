"""Where a flow begins: at rest, with u at rest, at a turning point, or on its way (T7)."""

from __future__ import annotations

from enum import Enum, auto

import sympy as sp
from flint import arb

from implicitreg_sym.activations import Piece
from implicitreg_sym.limits.plane import PlaneFlow, exact_sign
from implicitreg_sym.trajectory.analytic import NotAnalyticError
from implicitreg_sym.trajectory.arc import Arc, turning_arc
from implicitreg_sym.trajectory.reduction import Reduction, Station
from implicitreg_sym.trajectory.scout import turn_radius

_SHRINKS = 8


class Beginning(Enum):
    """What the flow does at its start."""

    AT_REST = auto()
    FROZEN = auto()
    MOVING = auto()


def classify(plane: PlaneFlow) -> Beginning:
    """Decide exactly how the flow begins. Raises `UndecidedSignError`; `NotAnalyticError` where it is not
    determined.

    AT_REST: r = 0, or K = 0. FROZEN: N = 0 or σ'(u0) = 0, so u does not move and a' = -η_a r σ(u0).
    """
    sigma = plane.sigma_at_start()
    if exact_sign(plane.a0 * sigma - plane.target) == 0:
        return Beginning.AT_REST
    sigma_sign, slopes = exact_sign(sigma), {exact_sign(slope) for slope in plane.slopes_at_start()}
    if exact_sign(plane.norm) == 0 or slopes == {0}:
        return Beginning.FROZEN if sigma_sign else Beginning.AT_REST
    if exact_sign(plane.a0) == 0 and sigma_sign == 0:
        return Beginning.AT_REST
    if len(slopes) > 1:
        raise NotAnalyticError("σ' jumps to zero or through zero at the start")
    return Beginning.MOVING


def begin(flow: Reduction, plane: PlaneFlow) -> Station | Arc:
    """Return the station of a moving start or, where a0 = 0, the arc around that turning point."""
    u0, a0, _norm, _target = plane.balls()
    slope = exact_sign(plane.slopes_at_start()[0])
    sign_a = exact_sign(plane.a0)
    if sign_a:
        direction = flow.towards * sign_a * slope
        return Station(u0, a0 * a0, sign_a, arb(0), _piece_ahead(plane, direction), direction)
    side = slope * exact_sign(plane.sigma_at_start())
    piece = _piece_ahead(plane, side)
    radius = turn_radius(flow, piece, u0, side)
    if radius is None:
        raise NotAnalyticError("no power series was found at the start")
    width = flow.reach * radius
    for _ in range(_SHRINKS):
        try:
            return turning_arc(flow, piece, u0, (side * width * width).mid(), None, arb(0))
        except NotAnalyticError as error:
            problem = error
            width = width * 3 / 4
    raise problem


def _piece_ahead(plane: PlaneFlow, direction: int) -> Piece:
    """The piece of σ into which u moves; at a breakpoint the one on that side."""
    for piece in plane.activation.pieces:
        before = 1 if piece.lower == -sp.oo else exact_sign(plane.u0 - piece.lower)
        after = 1 if piece.upper == sp.oo else exact_sign(piece.upper - plane.u0)
        if before >= 0 and after >= 0 and (before if direction < 0 else after) > 0:
            return piece
    raise NotAnalyticError("no piece of σ lies ahead of the start")
