"""The interval about a base point on which σ' does not vanish: where a kept integral G is defined."""

from __future__ import annotations

from fractions import Fraction

import flint
import sympy as sp

from implicitreg_sym.activations import Piece
from implicitreg_sym.errors import InputError
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.invariants.natural_domain import BITS, holds_at, natural_domain
from implicitreg_sym.invariants.piece_antiderivative import PieceAntiderivative
from implicitreg_sym.invariants.regularity import Requirement, inner_point
from implicitreg_sym.symbols import u

DECIMALS = 12


def component_about(part: PieceAntiderivative, base: sp.Expr) -> sp.Set:
    """Return the open interval about the base between the neighbouring zeros of σ', or a set that says σ' ≠
    0.

    A zero that is only enclosed gives a decimal end that lies inside the interval by less than 10^-12.
    Where zeros beyond those found are not excluded, the sign of σ' on the interval is proved; if that fails
    the condition stays.
    """
    critical, natural = part.critical, natural_domain(part.piece)
    assert critical is not None
    lower, upper = _around(natural.region, base)
    exact = list(critical.poles) if isinstance(critical.poles, sp.FiniteSet) else []
    holes = _neighbours(natural.holes, base)
    if holes is None:
        return natural.restrict(
            sp.ConditionSet(u, sp.Ne(part.piece.slope, 0), sp.Interval.open(lower, upper))
        )
    ends = (
        [(hole, hole) for hole in holes]
        + [(zero, zero) for zero in exact]
        + [_decimals(ball) for ball in critical.enclosures]
    )
    for below, above in ends:
        if above <= base:
            lower = sp.Max(lower, above)
        else:
            upper = sp.Min(upper, below)
    interval = sp.Interval.open(lower, upper)
    simple = critical.complete and critical.poles in (sp.S.EmptySet, sp.FiniteSet(*exact))
    if not (simple or _proved_nonzero(part, lower, upper)):
        interval = sp.ConditionSet(u, sp.Ne(part.piece.slope, 0), interval)
    return sp.ConditionSet(u, sp.And(*natural.conditions), interval) if natural.conditions else interval


def base_point(part: PieceAntiderivative) -> sp.Expr:
    """Return a point of the piece at which σ is proved smooth and σ' different from 0, where an integral can
    begin.

    Raises `InputError` if none of those tried is such a point.

    >>> from implicitreg_sym.activations import activation
    >>> from implicitreg_sym.invariants.piece_antiderivative import antiderivative_on
    >>> base_point(antiderivative_on(activation("log(u)").pieces[0], 0))
    1
    """
    piece, natural = part.piece, natural_domain(part.piece)
    start = inner_point(piece)
    regions = natural.region.args if isinstance(natural.region, sp.Union) else (natural.region,)
    tried = [start, *(inner_point(Piece(region.start, region.end, u)) for region in regions if region)]
    tried += [start + sp.Rational(side * step, 4) for step in (1, 2, 4, 5, 8, 13, 40) for side in (1, -1)]
    slope = Requirement(piece.slope, False)
    for point in tried:
        if natural.contains(point) and sp.Interval.open(piece.lower, piece.upper).contains(point) == sp.true:
            with flint.ctx.workprec(BITS):
                if holds_at(slope, point):
                    return point
    raise InputError(
        f"no number was found at which {piece.formula} is defined with a slope other than 0; give a formula "
        f"that is smooth near 0"
    )


def _around(region: sp.Set, base: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """The ends of the interval of a region in which a number lies."""
    parts = region.args if isinstance(region, sp.Union) else (region,)
    return next((part.start, part.end) for part in parts if part.contains(base) == sp.true)


def _neighbours(holes: sp.Set, base: sp.Expr) -> list[sp.Expr] | None:
    """All of finitely many points, and of an arithmetic progression the two next to a number."""
    found: list[sp.Expr] = []
    for part in holes.args if isinstance(holes, sp.Union) else (holes,):
        if isinstance(part, sp.FiniteSet):
            found += part
        elif isinstance(part, sp.ImageSet) and part.base_set == sp.S.Integers:
            first, second = (part.lamda(index) for index in (0, 1))
            below = sp.floor((base - first) / (second - first))
            found += [part.lamda(below), part.lamda(below + 1)]
        elif part is not sp.S.EmptySet:
            return None
    return found


def _decimals(ball: Ball) -> tuple[sp.Rational, sp.Rational]:
    """The decimals just below and just above the ball."""
    scale = 10**DECIMALS
    below, above = (ball.lower * scale).__floor__(), (ball.upper * scale).__ceil__()
    first, second = Fraction(below, scale), Fraction(above, scale)
    return sp.Rational(first.numerator, first.denominator), sp.Rational(second.numerator, second.denominator)


def _proved_nonzero(part: PieceAntiderivative, lower: sp.Expr, upper: sp.Expr) -> bool:
    from implicitreg_sym.degree import prove_sign

    try:
        return prove_sign(part.piece.slope, u, (lower, upper)).sign in (1, -1)
    except InputError:
        return False
