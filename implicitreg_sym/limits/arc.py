"""Certifies that σ' (or σ) keeps its sign on a segment: the arc carries no critical point (T7)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from flint import arb

from implicitreg_sym.activations import Activation, Piece
from implicitreg_sym.invariants.critical_points import critical_points
from implicitreg_sym.invariants.natural_domain import natural_domain
from implicitreg_sym.invariants.potential import finite_on

MAX_BALLS = 6000
FEW_BALLS = 100  # cheaper than the exact zeros of σ'


def keeps_sign(
    function: Callable[[arb], arb], left: arb, right: arb, sign: int, balls: int = MAX_BALLS
) -> bool:
    """Return True if ``sign * function > 0`` is proved on the whole segment between two points.

    Bisects until each part is decided by one ball, with at most so many balls. False means: not proved.

    >>> keeps_sign(lambda v: 2 - v * v, arb(-1), arb("1.4"), +1)
    True
    >>> keeps_sign(lambda v: 2 - v * v, arb(0), arb("1.5"), +1)
    False
    """
    ends = (left.min(right).lower(), left.max(right).upper())
    if not all(sign * function(end) > 0 for end in ends):
        return False  # bisection towards an end at which it does not hold would use up all balls
    pending = [ends]
    for _ in range(balls):
        if not pending:
            return True
        low, high = pending.pop()
        if sign * function(low.union(high)) > 0:
            continue
        middle = ((low + high) / 2).mid()
        if middle <= low or middle >= high or not sign * function(middle) > 0:
            return False
        pending += [(low, middle), (middle, high)]
    return False


@cache
def slope_never_zero(piece: Piece) -> bool:
    """Whether exact algebra proves that σ' has no zero at all in the open piece.

    >>> from implicitreg_sym.activations import activation
    >>> [slope_never_zero(activation(name).pieces[0]) for name in ("sigmoid", "silu", "relu")]
    [True, False, False]
    """
    if piece.slope == 0:
        return False
    points = critical_points(piece)
    return points.none and points.removable.is_empty is True


@cache
def defined_throughout(piece: Piece) -> bool:
    """Whether exact algebra proves that σ is defined and smooth on the whole open piece.

    >>> from implicitreg_sym.activations import activation
    >>> [defined_throughout(activation(name).pieces[0]) for name in ("sigmoid", "tan(u)", "log(u)")]
    [True, False, False]
    """
    return natural_domain(piece).everything


def slope_never_zero_between(piece: Piece, left: arb, right: arb) -> bool:
    """Whether exact algebra gives all zeros of σ' in the open piece, and none lies in the segment.

    >>> from implicitreg_sym.activations import activation
    >>> piece = activation("gaussian").pieces[0]
    >>> [slope_never_zero_between(piece, arb(left), arb(10) ** 20) for left in (1, -1)]
    [True, False]
    """
    if piece.slope == 0:
        return False
    return critical_points(piece).none_between(left, right)


def slope_keeps_sign(activation: Activation, left: arb, right: arb, sign: int) -> bool:
    """Return True if ``sign * σ' > 0`` is proved on the whole segment, one-sided at breakpoints.

    By a short subdivision; then, where exact algebra tells that σ' has no zero on a piece, or on the segment,
    by its sign at the two ends, once balls show σ and σ' finite in between, however long the segment is;
    elsewhere by a long subdivision. False means: not proved.

    >>> from implicitreg_sym.activations import activation
    >>> slope_keeps_sign(activation("sigmoid"), arb(-100000), arb(3), +1)
    True
    >>> slope_keeps_sign(activation("u - 1/u"), arb(-1), arb(1), +1)
    False
    """
    low, high = left.min(right).lower(), left.max(right).upper()
    for piece in activation.meeting(low.union(high)):
        lower, upper = piece.ends()
        if upper < low or lower > high:
            continue  # met only by the rounding of the union
        start, end = (low if lower < low else lower), (high if upper > high else upper)
        if not (start.is_finite() and end.is_finite()):
            return False
        slope = piece.slope_program.arb
        if keeps_sign(slope, start, end, sign, FEW_BALLS):
            continue
        if slope_never_zero(piece) or slope_never_zero_between(piece, start, end):
            # no zero, but perhaps a pole: σ and σ' must be finite, hence continuous, all the way; the ends
            # of a piece may be zeros of the one-sided derivative
            if not (sign * slope(start) > 0 and sign * slope(end) > 0):
                return False
            if not defined_throughout(piece) and not all(
                finite_on(program, start, end) for program in (piece.value_program, piece.slope_program)
            ):
                return False
        elif not keeps_sign(slope, start, end, sign):
            return False
    return True
