"""The potential G = ∫ σ/σ' of an activation: rigorous values of its differences, by closed form or by
quadrature."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import flint
import sympy as sp
from flint import acb, arb

from implicitreg_sym.activations import Activation, Piece
from implicitreg_sym.evaluate import Program, compile_expression
from implicitreg_sym.invariants.critical_points import critical_points
from implicitreg_sym.invariants.natural_domain import natural_domain
from implicitreg_sym.symbols import u

QUADRATURE_EVALUATIONS_PER_BIT = 40
FINITENESS_CELLS = 2_000


@lru_cache(maxsize=512)
def ratio(piece: Piece) -> sp.Expr:
    """Return g = σ/σ' on a smooth piece, with common factors cancelled.

    >>> from implicitreg_sym.activations import activation
    >>> ratio(activation("power(3)").pieces[0])
    u/3
    """
    if piece.slope == 0:
        return sp.nan
    quotient = piece.formula / piece.slope
    if quotient.is_rational_function(u):
        return sp.cancel(quotient)
    return quotient


@dataclass(frozen=True, slots=True)
class Potential:
    """G of an activation, G' = σ/σ' (T4), by exact closed forms where they are given and by Arb's
    quadrature elsewhere.

    ``closed_forms`` has one entry for each piece: an antiderivative of σ/σ' that is continuous on every
    component of {σ' ≠ 0} within the piece, or None. ``regular`` says of each piece whether G is known to have
    no pole on it; on other pieces a closed form is used only after ball arithmetic has found σ/σ' finite on
    the path.
    """

    activation: Activation
    closed_forms: tuple[sp.Expr | None, ...] = ()
    regular: tuple[bool, ...] = ()

    def difference(self, start: arb, end: arb) -> arb:
        """Enclose G(end) - G(start) for all pairs in the two balls.

        The path between them must lie in {σ' ≠ 0}; otherwise the result is not finite, unless a removable
        singularity cancelled. A breakpoint on the path is passed continuously.
        """
        if end < start:
            return -self.difference(end, start)
        total = self._between(start.mid(), end.mid())
        if not start.is_exact():
            total -= self.slope_over(start) * (start - start.mid())
        if not end.is_exact():
            total += self.slope_over(end) * (end - end.mid())
        return total

    def slope_over(self, point: arb) -> arb:
        """Enclose g = σ/σ' over a ball, from both sides at a breakpoint."""
        return self.activation._hull(
            [_ratio_program(piece) for piece in self.activation.meeting(point)], point
        )

    def _between(self, start: arb, end: arb) -> arb:
        if start > end:
            return -self._between(end, start)
        total = arb(0)
        for index, piece in enumerate(self.activation.pieces):
            lower, upper = piece.ends()
            left = start if lower <= start else lower.max(start) if lower < end else None
            right = end if upper >= end else upper.min(end) if upper > start else None
            if left is None or right is None:
                continue
            total += self._on_piece(index, left, right)
        return total

    def _on_piece(self, index: int, left: arb, right: arb) -> arb:
        piece = self.activation.pieces[index]
        if not natural_domain(piece).everything and not finite_on(piece.value_program, left, right):
            return arb("nan")  # σ/σ' may be regular where σ has a pole
        closed = self.closed_forms[index] if self.closed_forms else None
        if closed is not None:
            if not (self.regular and self.regular[index]) and not _regular_between(piece, left, right):
                return arb("nan")
            program = compile_expression(closed, (u,))
            return program.arb(right) - program.arb(left)
        return quadrature(_ratio_program(self.activation.pieces[index]), left, right)


def _regular_between(piece: Piece, left: arb, right: arb) -> bool:
    """Whether σ/σ' is proved finite on a segment: by the exact zeros of σ', if it is long, or by balls."""
    exactly = natural_domain(piece).everything and critical_points(piece).none_between(left, right)
    return exactly or finite_on(_ratio_program(piece), left, right)


def _ratio_program(piece: Piece) -> Program:
    return compile_expression(ratio(piece), (u,))


def finite_on(program: Program, left: arb, right: arb) -> bool:
    """Whether a compiled function is proved finite on all of [left, right], by bisection with balls.

    >>> reciprocal = compile_expression(1 / u, (u,))
    >>> finite_on(reciprocal, arb(1), arb(8)), finite_on(reciprocal, arb(-1), arb(1))
    (True, False)
    """
    pending, cells = [(left, right)], 0
    while pending:
        start, end = pending.pop()
        cells += 1
        if program.arb(start.union(end)).is_finite():
            continue
        if cells > FINITENESS_CELLS:
            return False
        middle = ((start + end) / 2).mid()
        if not (start < middle and middle < end):
            return False
        pending += [(start, middle), (middle, end)]
    return True


def quadrature(integrand: Program, left: arb, right: arb) -> arb:
    """Enclose the integral of a compiled function over [left, right] by Arb's rigorous quadrature.

    Source: F. Johansson, Numerical integration in arbitrary-precision ball arithmetic (2018).

    >>> quadrature(compile_expression(sp.exp(u), (u,)), arb(0), arb(1)).overlaps(arb(1).exp() - 1)
    True
    """
    value = acb.integral(
        lambda point, analytic: integrand.acb(point, analytic=analytic),
        acb(left.mid()),
        acb(right.mid()),
        eval_limit=QUADRATURE_EVALUATIONS_PER_BIT * flint.ctx.prec,
    )
    total = value.real if value.is_finite() else arb("nan")
    # the quadrature runs between exact points; the mean value theorem accounts for ends that are balls
    for end, sign in ((left, -1), (right, 1)):
        if not end.is_exact():
            total += sign * integrand.arb(end) * (end - end.mid())
    return total
