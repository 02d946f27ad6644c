"""Splits a formula with Piecewise, Abs and sign into smooth pieces, and checks that they join
continuously."""

from __future__ import annotations

from functools import cmp_to_key

import flint
import sympy as sp
from sympy.core.relational import Relational

from implicitreg_sym.activations.activation import Piece, real_ball
from implicitreg_sym.algebra import decide_zero
from implicitreg_sym.errors import InputError
from implicitreg_sym.status import Status
from implicitreg_sym.symbols import u

COMPARISON_BITS = 256


def split_into_pieces(formula: sp.Expr) -> tuple[Piece, ...]:
    """Return the smooth pieces of a formula in `u`, in ascending order.

    Conditions, and the arguments of Abs and sign, must be linear in `u`. Raises `InputError` if they are
    not, if a part of the line has no formula, or if the pieces do not join continuously.

    >>> [(piece.lower, piece.upper, piece.formula) for piece in split_into_pieces(u / (1 + sp.Abs(u)))]
    [(-oo, 0, u/(1 - u)), (0, oo, u/(u + 1))]
    """
    ends = [-sp.oo, *_breakpoints(formula), sp.oo]
    pieces: list[Piece] = []
    for lower, upper in zip(ends, ends[1:], strict=False):
        smooth = _on_interval(formula, _inner_point(lower, upper))
        if pieces and pieces[-1].formula == smooth:
            pieces[-1] = Piece(pieces[-1].lower, upper, smooth)
        else:
            pieces.append(Piece(lower, upper, smooth))
    for left, right in zip(pieces, pieces[1:], strict=False):
        _check_continuity(left, right)
    return tuple(pieces)


def _breakpoints(formula: sp.Expr) -> list[sp.Expr]:
    switches = [node.args[0] for node in formula.atoms(sp.Abs, sp.sign)]
    for relation in formula.atoms(Relational):
        switches.append(relation.lhs - relation.rhs)
    points: list[sp.Expr] = []
    for switch in switches:
        if not switch.has(u):
            continue
        slope = sp.diff(switch, u)
        if slope.has(u) or slope.is_zero:
            raise InputError(
                f"the case distinction on {switch} is not linear in u; compare u with a number, as in u > 0"
            )
        point = -switch.subs(u, 0) / slope
        if not any(_compare(point, other) == 0 for other in points):
            points.append(point)
    return sorted(points, key=cmp_to_key(_compare))


def _compare(first: sp.Expr, second: sp.Expr) -> int:
    if first == second:
        return 0
    with flint.ctx.workprec(COMPARISON_BITS):
        difference = real_ball(first - second)
    if difference > 0:
        return 1
    if difference < 0:
        return -1
    if decide_zero(first - second).status is Status.PROVED:
        return 0
    raise InputError(f"cannot tell whether the breakpoints {first} and {second} are equal; write them alike")


def _inner_point(lower: sp.Expr, upper: sp.Expr) -> sp.Expr:
    if lower == -sp.oo:
        return sp.Integer(0) if upper == sp.oo else upper - 1
    return lower + 1 if upper == sp.oo else (lower + upper) / 2


def _on_interval(formula: sp.Expr, inside: sp.Expr) -> sp.Expr:
    """The formula with every case distinction resolved as it is at an inner point."""

    def positive(switch: sp.Expr) -> bool:
        with flint.ctx.workprec(COMPARISON_BITS):
            return bool(real_ball(switch.subs(u, inside)) > 0)

    def holds(condition: sp.Basic) -> bool:
        if condition in (sp.true, sp.false):
            return bool(condition)
        if isinstance(condition, sp.And):
            return all(holds(part) for part in condition.args)
        if isinstance(condition, sp.Or):
            return any(holds(part) for part in condition.args)
        assert isinstance(condition, Relational)
        return positive(condition.gts - condition.lts)

    def choose(*branches: sp.Basic) -> sp.Expr:
        for branch in branches:
            if holds(branch.args[1]):
                return branch.args[0]
        raise InputError(
            f"the formula says nothing about u = {inside}; end the Piecewise with (formula, True)"
        )

    while formula.has(sp.Piecewise):
        formula = formula.xreplace({node: choose(*node.args) for node in formula.atoms(sp.Piecewise)})
    signs = {
        node: (1 if positive(node.args[0]) else -1) for node in formula.atoms(sp.Abs, sp.sign) if node.has(u)
    }
    while signs:
        formula = formula.xreplace(
            {
                node: side * node.args[0] if isinstance(node, sp.Abs) else sp.Integer(side)
                for node, side in signs.items()
            }
        )
        signs = {
            node: (1 if positive(node.args[0]) else -1)
            for node in formula.atoms(sp.Abs, sp.sign)
            if node.has(u)
        }
    return formula


def _check_continuity(left: Piece, right: Piece) -> None:
    point = left.upper
    jump = left.formula.subs(u, point) - right.formula.subs(u, point)
    verdict = decide_zero(jump)
    if verdict.status is not Status.PROVED:
        raise InputError(
            f"the formula jumps at u = {point} (or continuity there cannot be decided); an activation "
            f"must be continuous"
        )
