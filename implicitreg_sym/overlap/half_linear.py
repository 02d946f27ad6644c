"""T9 (iii): a start on the curved side of an activation that is linear on the other side, as ELU is.

Both flows cross u = 0 into the half-line on which σ(u) = c u. There the samples share their solution curve
a w = κ, but the orbits a² - w² = a0² - m(x_i) differ, because on the side of the start they did.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import flint
import sympy as sp
from flint import arb

from implicitreg_sym.activations import Activation, Piece, real_ball
from implicitreg_sym.degree.domain import adjacent_piece
from implicitreg_sym.degree.enclosure import constant_sign
from implicitreg_sym.degree.simplest import simplest_root_between
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.invariants.potential import Potential
from implicitreg_sym.limits.arc import keeps_sign
from implicitreg_sym.overlap.levels import FARTHEST_WEIGHT, clearly_curved, level, weights
from implicitreg_sym.symbols import u

BITS = 128
FEW_BALLS = 600
INPUTS = (Fraction(1), Fraction(2))


@dataclass(frozen=True, slots=True)
class HalfLinear:
    """σ(u) = c u for side·u > 0, and a start w0 with side·w0 < 0, a0 > 0, exact inputs x1, x2 > 0.

    m_i = 2 G(w0 x_i)/x_i² with G(0) = 0 are certified to differ and to be less than a0². The targets are
    y_i = c κ x_i with κ = -a0 w0, so that p and q lie on a w = κ, a² - w² = a0² - m_1 and a0² - m_2.
    """

    potential: Potential
    side: int
    factor: sp.Expr
    w_0: Fraction
    a_0: Fraction
    inputs: tuple[Fraction, Fraction]

    @property
    def activation(self) -> Activation:
        """σ."""
        return self.potential.activation

    @property
    def product(self) -> Fraction:
        """κ = -a0 w0, which has the sign of the side."""
        return -self.a_0 * self.w_0

    @property
    def targets(self) -> tuple[sp.Expr, sp.Expr]:
        """y_i = c κ x_i."""
        first, second = (self.product * x for x in self.inputs)
        return (
            self.factor * sp.Rational(first.numerator, first.denominator),
            self.factor * sp.Rational(second.numerator, second.denominator),
        )

    def levels(self) -> tuple[arb, arb]:
        """m_1 and m_2 at the precision in force."""
        first, second = (level(self.potential, self.w_0, x) for x in self.inputs)
        return first, second

    def limit(self, index: int) -> tuple[arb, arb]:
        """(w, a) with a w = κ, a² - w² = δ = a0² - m_i, a > 0: w² = (√(δ² + 4κ²) - δ)/2."""
        kappa = Ball(self.product).to_arb()
        gap = Ball(self.a_0).to_arb() ** 2 - self.levels()[index]
        root = (gap * gap + 4 * kappa * kappa).sqrt()
        a = ((root + gap) / 2).sqrt()
        return kappa / a, a


def linear_side(activation: Activation) -> tuple[int, sp.Expr] | None:
    """The side of zero on which σ(u) = c u throughout, and c ≠ 0, where σ is not linear on the other side and
    has no hard kink at 0; else None.

    >>> from implicitreg_sym.activations import activation
    >>> [linear_side(activation(name)) for name in ("elu", "relu", "tanh", "identity")]
    [(1, 1), None, None, None]
    """
    for side in (1, -1):
        straight, curved = adjacent_piece(activation, side), adjacent_piece(activation, -side)
        factor = sp.cancel(straight.formula / u)
        if factor.has(u) or constant_sign(factor) not in (1, -1):
            continue
        if straight is not activation.pieces[-1 if side > 0 else 0]:
            continue
        meets = constant_sign(curved.formula.subs(u, 0)) == 0
        soft = constant_sign(curved.slope.subs(u, 0)) == constant_sign(factor)
        if meets and soft and not _linear(curved):
            return side, factor
    return None


def _linear(piece: Piece) -> bool:
    return not sp.cancel(piece.formula / u).has(u)


def find_half_linear(
    activation: Activation, potential: Potential | None = None, inputs: tuple[Fraction, Fraction] = INPUTS
) -> HalfLinear | None:
    """Return the start w0 = ∓2^k nearest to ∓1 for which the construction is certified, with a simple a0;
    else None."""
    found = linear_side(activation)
    if found is None:
        return None
    side, factor = found
    potential = potential or Potential(activation)
    with flint.ctx.workprec(BITS):
        for weight in weights(FARTHEST_WEIGHT):
            w_0 = -side * weight
            if clearly_curved(activation, w_0, inputs) and slope_certified(activation, factor, w_0, inputs):
                levels = [level(potential, w_0, x) for x in inputs]
                if all(value > 0 for value in levels) and not levels[0].overlaps(levels[1]):
                    highest = max(Ball.from_arb(value).upper for value in levels)
                    a_0 = simplest_root_between(highest * 11 / 10, highest * 8 / 5)
                    return HalfLinear(potential, side, factor, w_0, a_0, inputs)
    return None


def slope_certified(
    activation: Activation, factor: sp.Expr, w_0: Fraction, inputs: tuple[Fraction, Fraction]
) -> bool:
    """Whether σ' is proved to have the sign of c from w0 max(x_i) as far as 0, one-sided slopes included."""
    sign = 1 if real_ball(factor) > 0 else -1
    end = Ball(w_0 * max(inputs)).to_arb()
    return keeps_sign(activation.slope_over, end, arb(0), sign, FEW_BALLS)
