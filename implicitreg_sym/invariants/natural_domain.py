"""The part of a piece on which the formula of σ is defined and smooth: its denominators, logarithms, roots
and inverse functions are looked at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cmp_to_key
from itertools import pairwise

import flint
import sympy as sp

from implicitreg_sym.activations import Piece, real_ball
from implicitreg_sym.errors import InputError
from implicitreg_sym.invariants.critical_points import zeros_of
from implicitreg_sym.invariants.regularity import Requirement, inner_point, requirements, sign_on
from implicitreg_sym.symbols import u

BITS = 256
_CONTINUOUS = (sp.exp, sp.sinh, sp.cosh, sp.tanh)


@dataclass(frozen=True, slots=True)
class NaturalDomain:
    """The set of u in the open piece at which σ is defined and smooth.

    It is ``region``, a union of open intervals, without ``holes``, exact points or families of them, as far
    as every one of ``conditions`` holds, which were not solved for u. ``needed`` are the requirements
    that are not shown on the whole piece.
    """

    region: sp.Set
    holes: sp.Set
    conditions: tuple[sp.Basic, ...]
    needed: tuple[Requirement, ...]

    @property
    def everything(self) -> bool:
        """Whether σ is proved smooth on the whole open piece."""
        return not self.needed and not self.conditions

    def restrict(self, values: sp.Set) -> sp.Set:
        """Leave out of a set of numbers those at which σ is not defined and smooth."""
        if self.everything:
            return values
        kept = sp.Complement(sp.Intersection(values, self.region), self.holes)
        return sp.ConditionSet(u, sp.And(*self.conditions), kept) if self.conditions else kept

    def contains(self, number: sp.Expr) -> bool:
        """Whether balls prove every requirement at a number of the piece; false where there is one unknown.

        >>> from implicitreg_sym.activations import activation
        >>> found = natural_domain(activation("log(u)").pieces[0])
        >>> found.contains(sp.Integer(2)), found.contains(sp.Integer(-2)), found.contains(sp.Integer(0))
        (True, False, False)
        """
        with flint.ctx.workprec(BITS):
            return len(self.conditions) <= len(self.needed) and all(
                holds_at(requirement, number) for requirement in self.needed
            )

    def describe(self) -> tuple[str, ...]:
        """The single points that are left out, as text."""
        parts = self.holes.args if isinstance(self.holes, sp.Union) else (self.holes,)
        points = [tuple(part) if isinstance(part, sp.FiniteSet) else (part,) for part in parts]
        return tuple(str(point) for group in points for point in group if point is not sp.S.EmptySet)


@cache
def natural_domain(piece: Piece) -> NaturalDomain:
    """Find where in the open piece the formula of σ is defined and smooth.

    Denominators must not vanish, logarithms and roots need a positive argument, asin, acos and atanh one
    between -1 and 1. What is not solved for u is returned as a condition.

    >>> from implicitreg_sym.activations import activation
    >>> [natural_domain(activation(name).pieces[0]).region for name in ("asin(u)", "log(u)", "log(1+exp(u))")]
    [Interval.open(-1, 1), Interval.open(0, oo), Interval(-oo, oo)]
    >>> natural_domain(activation("u-1/u").pieces[0]).holes
    {0}
    """
    region: sp.Set = sp.Interval.open(piece.lower, piece.upper)
    listed = requirements(piece.formula)
    if listed is None:
        finite = sp.Lt(sp.Abs(piece.formula), sp.oo, evaluate=False)
        return NaturalDomain(region, sp.S.EmptySet, (finite,), ())
    holes: sp.Set = sp.S.EmptySet
    conditions: list[sp.Basic] = []
    needed: list[Requirement] = []
    for requirement in listed:
        if _shown(requirement, sign_on(requirement.quantity, piece)):
            continue
        solved = _positive_set(requirement, piece) if requirement.positive else _holes(requirement, piece)
        if solved is None:
            if _shown(requirement, _proved_sign(requirement, piece)):
                continue
            relation = sp.Gt if requirement.positive else sp.Ne
            conditions.append(relation(requirement.quantity, 0))
        elif requirement.positive:
            region = sp.Intersection(region, solved)
        elif solved is sp.S.EmptySet:
            continue
        else:
            holes = sp.Union(holes, solved)
        needed.append(requirement)
    return NaturalDomain(region, holes, tuple(conditions), tuple(needed))


def _shown(requirement: Requirement, sign: int | None) -> bool:
    return sign == 1 or sign == -1 and not requirement.positive


def _proved_sign(requirement: Requirement, piece: Piece) -> int | None:
    from implicitreg_sym.degree import prove_sign

    try:
        return prove_sign(requirement.quantity, u, (piece.lower, piece.upper)).sign
    except InputError:
        return None


def holds_at(requirement: Requirement, number: sp.Expr) -> bool:
    """Whether a ball at the precision in force proves a requirement at a number."""
    value = requirement.quantity.subs(u, number)
    if value.has(sp.nan, sp.zoo, sp.oo, -sp.oo) or value.is_extended_real is False:
        return False
    ball = real_ball(value)
    return bool(ball > 0) or not requirement.positive and bool(ball < 0)


def _zeros(quantity: sp.Expr, piece: Piece) -> list[sp.Expr | sp.ImageSet] | None:
    """All zeros on the line, or at least all in the piece; None if they cannot be solved for."""
    slope = sp.diff(quantity, u)
    if not slope.has(u) and slope.is_nonzero:
        return [-quantity.subs(u, 0) / slope]
    return zeros_of(quantity, piece)


def _holes(requirement: Requirement, piece: Piece) -> sp.Set | None:
    """The zeros of the quantity in the piece."""
    zeros = _zeros(requirement.quantity, piece)
    if zeros is None:
        return None
    inside = sp.Interval.open(piece.lower, piece.upper)
    found: sp.Set = sp.S.EmptySet
    for zero in zeros:
        part = zero if isinstance(zero, sp.ImageSet) else sp.FiniteSet(zero)
        found = sp.Union(found, part if inside == sp.S.Reals else sp.Intersection(part, inside))
    return found


def _positive_set(requirement: Requirement, piece: Piece) -> sp.Set | None:
    """{u in the piece: quantity > 0}, for a quantity that is continuous between the zeros of its numerator
    and denominator."""
    numerator, denominator = sp.fraction(sp.together(requirement.quantity))
    parts = [part for part in (numerator, denominator) if part.has(u)]
    for node in sp.preorder_traversal(sp.Tuple(*parts)):
        power = isinstance(node, sp.Pow) and (not node.exp.is_Integer or node.exp < 0)
        other = isinstance(node, sp.Function) and not isinstance(node, _CONTINUOUS)
        if isinstance(node, sp.Basic) and node.has(u) and (power or other):
            return None
    zeros = [_zeros(part, piece) for part in parts]
    points = [point for found in zeros if found is not None for point in found]
    if None in zeros or any(isinstance(point, sp.ImageSet) for point in points):
        return None
    with flint.ctx.workprec(BITS):
        inside = [point for point in dict.fromkeys(points) if piece.contains(real_ball(point))]
        known = {*inside, piece.lower, piece.upper}
        if any(point not in known and piece.may_meet(real_ball(point)) for point in points):
            return None  # it is not decided whether this point lies inside
        ordered = _ascending(inside)
        if ordered is None:
            return None
        found_set: sp.Set = sp.S.EmptySet
        for lower, upper in pairwise([piece.lower, *ordered, piece.upper]):
            value = real_ball(requirement.quantity.subs(u, inner_point(Piece(lower, upper, u))))
            if value > 0:
                found_set = sp.Union(found_set, sp.Interval.open(lower, upper))
            elif not value < 0:
                return None
    return found_set


def _ascending(points: list[sp.Expr]) -> list[sp.Expr] | None:
    """Sort exact numbers by balls; None if two of them cannot be told apart."""
    balls = {point: real_ball(point) for point in points}
    ordered = sorted(points, key=cmp_to_key(lambda p, q: -1 if balls[p] < balls[q] else 1))
    apart = all(bool(balls[p] < balls[q]) for p, q in pairwise(ordered))
    return ordered if apart else None
