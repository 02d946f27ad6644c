"""An activation σ given by smooth pieces, its derivatives over balls, and rigorous differences of G = ∫
σ/σ'."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Any

import flint
from flint import acb, arb, fmpq

from implicitreg_checker.errors import RejectedError, UnreadableError, require
from implicitreg_checker.expression import Expression, hull, parse
from implicitreg_checker.reading import entries, fields, rational

MAX_PIECES = 20
MAX_BALLS = 20_000


@dataclass(frozen=True, slots=True)
class Piece:
    """σ on the closed interval from ``lower`` to ``upper`` (None: unbounded), and an antiderivative of σ/σ'
    or None."""

    lower: fmpq | None
    upper: fmpq | None
    formula: Expression
    potential: Expression | None = None

    def meets(self, point: arb) -> bool:
        """Whether the ball may have a point in common with the interval."""
        below = self.lower is not None and point < arb(self.lower)
        return not (below or (self.upper is not None and point > arb(self.upper)))


@dataclass(frozen=True, slots=True)
class Activation:
    """The pieces, ascending, which cover the line."""

    pieces: tuple[Piece, ...]

    def jet(self, point: arb, length: int) -> list[arb]:
        """Enclose σ, σ', σ''/2, … over a ball; at a breakpoint the hull of the one-sided derivatives."""
        jets = [piece.formula.at(point, length) for piece in self.pieces if piece.meets(point)]
        return [hull([jet[order] for jet in jets]) for order in range(length)]

    def piece_of(self, point: arb) -> Piece:
        """The only piece that the ball meets. Raises `RejectedError` if it may meet a breakpoint."""
        meeting = [piece for piece in self.pieces if piece.meets(point)]
        require(len(meeting) == 1, "a point lies inside one piece of σ")
        return meeting[0]

    def value(self, point: arb) -> arb:
        """Enclose σ over a ball."""
        return self.jet(point, 1)[0]

    def slope(self, point: arb) -> arb:
        """Enclose σ' over a ball."""
        return self.jet(point, 2)[1]

    def degree(self, point: arb) -> arb:
        """Enclose the local homogeneity degree E = u σ'/σ over a ball."""
        value, slope = self.jet(point, 2)
        return point * slope / value

    def ratio(self, point: arb) -> arb:
        """Enclose g = σ/σ' over a ball."""
        jets = [piece.formula.at(point, 2) for piece in self.pieces if piece.meets(point)]
        return hull([value / slope for value, slope in jets])

    def rise(self, start: arb, end: arb) -> arb:
        """Enclose G(end) - G(start) for all pairs from the two balls; σ' ≠ 0 between them is the caller's
        duty.

        Between the midpoints by closed forms or by quadrature, from there by the mean value theorem.
        """
        if end < start:
            return -self.rise(end, start)
        total = arb(0)
        left, right = start.mid(), end.mid()
        sign = 1 if left <= right else -1
        low, high = (left, right) if sign > 0 else (right, left)
        for piece in self.pieces:
            from_ = low if piece.lower is None else low.max(arb(piece.lower))
            to = high if piece.upper is None else high.min(arb(piece.upper))
            if not from_ >= to:
                total += sign * _increment(piece, from_, to)
        for end_point, direction in ((start, -1), (end, 1)):
            if not end_point.is_exact():
                total += direction * self.ratio(end_point) * (end_point - end_point.mid())
        return total


def _increment(piece: Piece, low: arb, high: arb) -> arb:
    potential = piece.potential
    if potential is None:
        return integral(piece, low, high)

    def defined(point: arb) -> arb:
        return arb(1) if potential.at(point)[0].is_finite() else arb("nan")

    # where it is not, a function such as atan(1/u) jumps, which its derivative does not show
    keeps_sign(defined, *hull_of(low, high), "the potential is defined on the arc")
    increment: arb = potential.at(high)[0] - potential.at(low)[0]
    return increment


def integral(piece: Piece, low: arb, high: arb) -> arb:
    """Enclose ∫ σ/σ' over [low, high] inside one piece by Arb's quadrature (Johansson 2018, Petras'
    algorithm).

    Where the integrand is not proved analytic the quadrature bounds it by its values, so the result is
    rigorous or not finite.
    """

    def integrand(point: acb, analytic: bool) -> Any:
        value, slope = piece.formula.at(point, 2, analytic)
        return value / slope

    result = acb.integral(integrand, acb(low.mid()), acb(high.mid()), eval_limit=60 * flint.ctx.prec)
    total: arb = result.real if result.is_finite() else arb("nan")
    for end, direction in ((low, -1), (high, 1)):
        if not end.is_exact():
            value, slope = piece.formula.at(end, 2)
            total += direction * value / slope * (end - end.mid())
    return total


def read_activation(value: Any, place: str = "activation") -> Activation:
    """Read ``[{"below": "0", "formula": …}, …, {"below": null, "formula": …}]``, breakpoints ascending."""

    pieces: list[Piece] = []
    lower = None
    for index, entry in enumerate(entries(value, place, lambda entry, _place: entry, 1, MAX_PIECES)):
        where = f"{place}[{index}]"
        parts = fields(entry, where, "below", "formula")
        upper = None if parts["below"] is None else rational(parts["below"], f"{where}.below")
        ascending = lower is None or upper is None or lower < upper
        if (upper is None) != (index == len(value) - 1) or not ascending:
            raise UnreadableError(f'{where}: breakpoints must ascend, and only the last "below" is null')
        pieces.append(Piece(lower, upper, parse(parts["formula"], f"{where}.formula", variable=True)))
        lower = upper
    return Activation(tuple(pieces))


def hull_of(*points: arb) -> tuple[arb, arb]:
    """The ends of the smallest interval that holds all the balls."""
    return reduce(arb.min, (p.lower() for p in points)), reduce(arb.max, (p.upper() for p in points))


def keeps_sign(function: Callable[[arb], arb], low: arb, high: arb, step: str) -> int:
    """Prove that a function keeps one strict sign on [low, high] by adaptive subdivision, and return it.

    Raises `RejectedError` naming the ``step`` if some ball of at most `MAX_BALLS` is not decided.
    """
    at_low = function(low)
    sign = 1 if at_low > 0 else -1 if at_low < 0 else 0
    pending = [(low.min(high).lower(), low.max(high).upper())]
    for _ in range(MAX_BALLS):
        if not pending:
            return sign
        left, right = pending.pop()
        if sign * function(left.union(right)) > 0:
            continue
        middle = ((left + right) / 2).mid()
        if sign == 0 or not left < middle < right or not sign * function(middle) > 0:
            break
        pending += [(left, middle), (middle, right)]
    raise RejectedError(f"{step}: the sign is not proved near u = {left.str(6, radius=False)}")


def newton(function: Callable[[arb], arb], derivative: Callable[[arb], arb], box: arb, step: str) -> arb:
    """Prove that F has exactly one root in the ball and return an enclosure of it.

    N(X) = m - F(m)/F'(X) inside the interior of X implies existence and uniqueness (Moore, Kearfott, Cloud,
    Introduction to Interval Analysis, theorem 8.4). Parameters of F may be balls: the statement then holds
    for each of their values.
    """
    image = box.mid() - function(box.mid()) / derivative(box)  # not finite if the derivative may vanish
    if not (image.is_finite() and box.contains_interior(image)):
        raise RejectedError(f"{step}: interval Newton does not map {box.str(6)} into its interior")
    return image
