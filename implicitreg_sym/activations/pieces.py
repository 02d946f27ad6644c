"""Splits a formula with Piecewise, Abs and sign into smooth pieces, and checks that they join
continuously."""

from __future__ import annotations

from functools import cmp_to_key, lru_cache

import flint
import sympy as sp
from sympy.core.relational import Relational

from implicitreg_sym.activations.activation import Piece, real_ball
from implicitreg_sym.algebra import decide_zero
from implicitreg_sym.errors import InputError
from implicitreg_sym.status import Status
from implicitreg_sym.symbols import u

COMPARISON_BITS = 256
MOST_BREAKPOINTS = 64


def split_into_pieces(formula: sp.Expr) -> tuple[Piece, ...]:
    """Return the smooth pieces of a formula in `u`, in ascending order.

    Conditions, and the arguments of Abs and sign, must be linear in `u`, or piecewise linear as in
    abs(u) < 1. Raises `InputError` if they are not, if a part of the line has no formula, or if the pieces do
    not join continuously.

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


@lru_cache(maxsize=256)
def _breakpoints(formula: sp.Expr) -> tuple[sp.Expr, ...]:
    """The points at which a case distinction of the formula changes, in ascending order.

    A switch may have breakpoints of its own: between them it has to be linear.
    """
    switches = [node.args[0] for node in formula.atoms(sp.Abs, sp.sign)]
    switches += [relation.lhs - relation.rhs for relation in formula.atoms(Relational)]
    points: list[sp.Expr] = []
    for switch in switches:
        inner = _breakpoints(switch)
        zeros = [*inner]
        for lower, upper in zip((-sp.oo, *inner), (*inner, sp.oo), strict=True):
            zero = _zero(sp.expand(_on_interval(switch, _inner_point(lower, upper))))
            inside = zero is not None and (
                (lower == -sp.oo or _compare(zero, lower) > 0)
                and (upper == sp.oo or _compare(zero, upper) < 0)
            )
            zeros += [zero] if inside else []
        points += [zero for zero in zeros if not any(_compare(zero, other) == 0 for other in points)]
        if len(points) > MOST_BREAKPOINTS:
            raise InputError(
                f"the formula has more than {MOST_BREAKPOINTS} breakpoints; write one with fewer cases"
            )
    return tuple(sorted(points, key=cmp_to_key(_compare)))


def _zero(switch: sp.Expr) -> sp.Expr | None:
    """The zero of a linear switch, None if it is constant."""
    if not switch.has(u):
        return None
    slope = sp.diff(switch, u)
    if slope.has(u):
        raise InputError(
            f"the case distinction on {switch} is not linear in u; compare u with a number, as in u > 0"
        )
    return -switch.subs(u, 0) / slope


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

    def side(switch: sp.Expr) -> int:
        """The sign at the point; 0 where the switch vanishes, and then in the whole interval."""
        return _compare(switch.subs(u, inside), sp.Integer(0))

    def holds(condition: sp.Basic) -> bool:
        if condition in (sp.true, sp.false):
            return bool(condition)
        if isinstance(condition, sp.And):
            return all(holds(part) for part in condition.args)
        if isinstance(condition, sp.Or):
            return any(holds(part) for part in condition.args)
        if isinstance(condition, sp.Not):
            return not holds(condition.args[0])
        if isinstance(condition, sp.ITE):
            return holds(condition.args[1] if holds(condition.args[0]) else condition.args[2])
        if not isinstance(condition, sp.Ge | sp.Gt | sp.Le | sp.Lt):
            raise InputError(f"the condition {condition} does not compare two numbers; use < <= > >=")
        strict = isinstance(condition, sp.StrictGreaterThan | sp.StrictLessThan)
        return side(condition.gts - condition.lts) >= strict

    def choose(*branches: sp.Basic) -> sp.Expr:
        for branch in branches:
            if holds(branch.args[1]):
                return branch.args[0]
        raise InputError(
            f"the formula says nothing about u = {inside}; end the Piecewise with (formula, True)"
        )

    while formula.has(sp.Piecewise):
        formula = formula.xreplace({node: choose(*node.args) for node in formula.atoms(sp.Piecewise)})
    while signed := [node for node in formula.atoms(sp.Abs, sp.sign) if node.has(u)]:
        formula = formula.xreplace(
            {
                node: sp.Integer(side(node.args[0])) * (node.args[0] if isinstance(node, sp.Abs) else 1)
                for node in signed
            }
        )
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
