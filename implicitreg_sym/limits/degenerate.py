"""The neighbourhood of a zero of σ at the edge of {σ' ≠ 0}, where g = σ/σ' is 0/0 but extends continuously
by zero."""

from __future__ import annotations

import sympy as sp
from flint import arb

from implicitreg_sym.activations import Piece, real_ball
from implicitreg_sym.algebra import decide_zero
from implicitreg_sym.invariants.potential import Potential
from implicitreg_sym.status import Status
from implicitreg_sym.symbols import u

MAX_ORDER = 10


def approach_zero(potential: Potential, near: arb, zero: sp.Expr) -> arb | None:
    """Enclose G(zero) - G(near) where σ(zero) = 0 and σ has a zero of some finite order m there; None if
    undecided.

    With d = u - zero Taylor's theorem gives σ = d^m A and σ' = d^(m-1) B, A and B the m-th and (m-1)-th
    Taylor coefficients of σ and σ' over the segment. If B excludes zero then σ' ≠ 0 on the open segment, g
    lies in d A/B, and the integral of g over the segment in -(near - zero)² (A/B)/2.
    """
    end = real_ball(zero)
    segment = near.union(end)
    piece = next((piece for piece in potential.activation.pieces if _holds(piece, near, end)), None)
    if piece is None:
        return None
    value, slope = piece.value_program, piece.slope_program
    for order in range(1, MAX_ORDER):
        bottom = slope.jet(segment, order)[order - 1]
        if bottom > 0 or bottom < 0:
            quotient = value.jet(segment, order + 1)[order] / bottom
            return -((near - end) ** 2) * quotient / 2
        if decide_zero(sp.diff(piece.formula, u, order).subs(u, zero)).status is not Status.PROVED:
            return None
    return None


def degenerate_neighbour(zero: arb, start: arb, goal: int) -> arb:
    """A point on the way from the start to the zero, so near that the segment between adds no error at the
    goal's bits."""
    distance = arb(2) ** (-(goal // 3) - 4)
    return (zero + distance).mid() if start > zero else (zero - distance).mid()


def _holds(piece: Piece, near: arb, end: arb) -> bool:
    """Whether the segment between the two points lies in the closed piece."""
    middle = ((near + end) / 2).mid()
    return piece.contains(middle) and piece.may_meet(end) and piece.contains(near)
