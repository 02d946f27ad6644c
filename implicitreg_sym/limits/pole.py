"""The neighbourhood of a simple zero u_c of σ' with σ(u_c) ≠ 0 in the coordinate λ = log|u - u_c|, in which
the logarithmic pole of G is a straight line up to a convergent series."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

import flint
from flint import arb, arb_series

from implicitreg_sym.activations import Activation, Piece
from implicitreg_sym.evaluate import Ball, series_length

ANCHOR_BITS = (8, 12, 18, 27)  # the series is tried from 2^-8 to 2^-27 away from u_c
MARGIN = Fraction(
    1, 8
)  # the series holds a little farther than the anchor, so that balls about it may be used
_NEWTON_ROUNDS = 64
_HALVINGS = 24


@dataclass(frozen=True, slots=True)
class Pole:
    """A zero u_c of σ' that lies between two exact points of one piece, ``anchor`` on the side of the arc and
    ``beyond``."""

    piece: Piece
    anchor: Fraction
    beyond: Fraction

    def isolates(self, slope_sign: int) -> bool:
        """Whether balls prove that σ' has the sign given at the anchor, one zero u_c up to ``beyond``, simple
        and with σ ≠ 0 all the way.

        Then σ' has the sign given on the whole way from the anchor to u_c, u_c excluded.
        """
        at_anchor, at_beyond = (Ball(end).to_arb() for end in (self.anchor, self.beyond))
        slope = self.piece.slope_program
        segment = at_beyond.union(at_anchor + (at_anchor - at_beyond) * _as_arb(MARGIN))
        if not (
            self.piece.contains(segment)
            and slope_sign * slope.arb(at_anchor) > 0
            and slope_sign * slope.arb(at_beyond) < 0
        ):
            return False
        return all(
            value.is_finite() and not value.contains(0)
            for value in (slope.jet(segment, 2)[1], self.piece.value_program.arb(segment))
        )

    def zero(self) -> arb:
        """Enclose u_c at the precision in force by interval Newton on σ'."""
        slope = self.piece.slope_program
        box = Ball(self.anchor).to_arb().union(Ball(self.beyond).to_arb())
        for _ in range(_NEWTON_ROUNDS):
            middle = box.mid()
            image = middle - slope.arb(middle) / slope.jet(box, 2)[1]
            if not image.is_finite():
                raise ArithmeticError("a zero of σ' could not be enclosed")
            image = image.intersection(box)
            settled = bool(2 * image.rad() >= box.rad())
            box = image
            if settled:
                break
        return box

    def chart(self) -> PoleChart:
        """The coordinate λ at the precision in force."""
        return _chart(self, flint.ctx.prec)


@dataclass(frozen=True, slots=True)
class PoleChart:
    """λ = log|u - u_c| from -∞ to ``depth``, its value at the anchor, at one precision.

    With σ'(u) = (u - u_c) S(u), S(u) = ∫_0^1 σ''(u_c + t (u - u_c)) dt, one has dG/dλ = q(d) = σ/S, smooth in
    d = u - u_c. ``coefficients`` are those of its Taylor polynomial at d = 0, ``remainder`` encloses the
    next coefficient at all points up to the anchor and a little beyond: q(d) = Σ q_k d^k + q_n(ξ) d^n.
    """

    piece: Piece
    zero: arb
    side: int
    depth: arb
    coefficients: tuple[arb, ...]
    remainder: arb

    def offset(self, place: arb) -> arb:
        """d = u - u_c = ± exp(λ); not finite where λ is not proved to be within the reach of the series."""
        return self.side * place.exp() if place < self.depth + _as_arb(MARGIN) / 2 else arb("nan")

    def preactivation(self, place: arb) -> arb:
        """u = u_c ± exp(λ)."""
        return self.zero + self.offset(place)

    def value(self, place: arb) -> arb:
        """σ(u)."""
        return self.piece.value_program.arb(self.preactivation(place))

    def slope(self, place: arb) -> arb:
        """dσ/dλ = (u - u_c) σ'(u) = d² S(u), with S among the values of σ'' between u_c and u."""
        offset = self.offset(place)
        if not offset.is_finite():
            return arb("nan")
        return offset * offset * self.piece.slope_program.jet(self.zero.union(self.zero + offset), 2)[1]

    def ratio(self, place: arb) -> arb:
        """dG/dλ = q(d)."""
        offset = self.offset(place)
        total = self.remainder
        for coefficient in reversed(self.coefficients):
            total = total * offset + coefficient
        return total

    def difference(self, start: arb, end: arb) -> arb:
        """G at the end minus G at the start: the integral of q(d) dλ, term by term.

        As dλ = dd/d, the k-th term is q_k (d_2^k - d_1^k)/k, and q_0 (λ_2 - λ_1) for k = 0; d^n keeps its
        sign on the way, so the mean value theorem gives the remainder the same form.
        """
        return self.coefficients[0] * (end - start) + self._primitive(end) - self._primitive(start)

    def _primitive(self, place: arb) -> arb:
        offset, total = self.offset(place), self.remainder / len(self.coefficients)
        for order in range(len(self.coefficients) - 1, 0, -1):
            total = total * offset + self.coefficients[order] / order
        return total * offset

    def accurate(self) -> bool:
        """Whether the truncation is small against the precision in force."""
        error = self.remainder * self.offset(self.depth) ** len(self.coefficients)
        return bool(abs(error) < arb(2) ** (-3 * flint.ctx.prec // 4))


@lru_cache(maxsize=32)
def _chart(pole: Pole, bits: int) -> PoleChart:
    zero, anchor = pole.zero(), Ball(pole.anchor).to_arb()
    side = 1 if pole.anchor > pole.beyond else -1
    distance = side * (anchor - zero)
    if not distance > 0:
        raise ArithmeticError("a start so near a zero of σ' cannot be told from it")
    per_term = max(1, int(-float(distance.log()) / 0.6932) - 1)  # bits gained by one term of the series
    terms = bits // per_term + 4
    segment = zero.union(zero + (anchor - zero) * (1 + _as_arb(MARGIN)))
    return PoleChart(
        pole.piece,
        zero,
        side,
        distance.log(),
        tuple(_quotient(pole.piece, zero, terms, True)[:terms]),
        _quotient(pole.piece, segment, terms, False)[terms],
    )


def _quotient(piece: Piece, place: arb, order: int, critical: bool) -> list[arb]:
    """Enclose the Taylor coefficients 0..order of q = σ/S at all points of a ball that contains u_c.

    If σ_k are the coefficients of σ over it, those of S are S_k = (k + 2) σ_{k+2}: the k-th is the integral
    over t of t^k (k + 2)(k + 1) σ_{k+2} at points of the ball. ``critical``: the ball stands for u_c alone,
    where σ_1 = 0.
    """
    sigma = piece.value_program.jet(place, order + 3)
    bends = [(k + 2) * sigma[k + 2] for k in range(order + 1)]
    if critical:
        sigma[1] = arb(0)
    if not all(entry.is_finite() for entry in sigma) or bends[0].contains(0):
        return [arb("nan")] * (order + 1)
    with series_length(order + 1):
        quotient = arb_series(sigma[: order + 1], prec=order + 1) / arb_series(bends, prec=order + 1)
        coefficients = list(quotient.coeffs())
    return coefficients + [arb(0)] * (order + 1 - len(coefficients))


def poles_between(activation: Activation, reached: arb, blocked_at: arb, slope_sign: int) -> Iterator[Pole]:
    """Yield a zero of σ' between two exact points at which σ' has the sign given and the other one, with
    anchors ever nearer to it; nothing where none is proved to be simple.

    Only anchors from which the series is accurate are given. Whether σ' keeps its sign up to the anchor is
    left to be seen.

    >>> from implicitreg_sym.activations import activation
    >>> pole = next(poles_between(activation("silu"), arb(-1), arb(-1.5), 1))
    >>> pole.zero().str(15, radius=False)
    '-1.27846454276107'
    """
    isolated = _isolated(activation, reached, blocked_at, slope_sign)
    if isolated is None:
        return
    zero, near = isolated.zero(), Ball(isolated.anchor).to_arb()
    distance, side = abs(near - zero), 1 if reached > blocked_at else -1
    for bits in ANCHOR_BITS:
        wanted = arb(2) ** -bits
        anchor = near if distance <= wanted else (zero + side * wanted).mid()
        pole = replace(isolated, anchor=Ball.from_arb(anchor).middle)
        if pole.isolates(slope_sign) and pole.chart().accurate():
            yield pole


def _isolated(activation: Activation, reached: arb, blocked_at: arb, slope_sign: int) -> Pole | None:
    """Bisect by the sign of σ' until balls prove one simple zero between the two points."""
    near, far = reached, (blocked_at + (blocked_at - reached) / 8).mid()  # the block may be u_c itself
    for _ in range(_HALVINGS):
        piece = activation.piece_at(near.union(far))
        if piece is not None:
            pole = Pole(piece, Ball.from_arb(near).middle, Ball.from_arb(far).middle)
            if pole.isolates(slope_sign):
                return pole
        middle = ((5 * near + 3 * far) / 8).mid()  # a half would be u_c itself where numbers are round
        slope = slope_sign * activation.slope_over(middle)
        if not (slope > 0 or slope < 0):
            return None
        near, far = (middle, far) if slope > 0 else (near, middle)
    return None


def _as_arb(number: Fraction) -> arb:
    return arb(number.numerator) / number.denominator
