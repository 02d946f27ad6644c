"""The levels m(x) = 2 (G(w0 x) - G(0))/x² that decide whether a flow crosses u = 0, and starts that tell two
of them apart (T7, T10)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from flint import arb

from implicitreg_sym.activations import Activation
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.invariants.potential import Potential

FARTHEST_WEIGHT, FEW_WEIGHTS = 400, 24


def level(potential: Potential, w_0: Fraction, x: Fraction) -> arb:
    """Enclose m = 2 (G(w0 x) - G(0))/x²."""
    square = Ball(x).to_arb() ** 2
    return 2 * potential.difference(arb(0), Ball(w_0 * x).to_arb()) / square


def weights(farthest: int) -> Iterator[Fraction]:
    """1, 1/2, 2, 1/4, 4, ... as far as 2^farthest.

    >>> [str(weight) for weight in weights(2)]
    ['1', '1/2', '2', '1/4', '4']
    """
    yield Fraction(1)
    for k in range(1, farthest + 1):
        yield Fraction(1, 2**k)
        yield Fraction(2**k)


def clearly_curved(activation: Activation, w_0: Fraction, inputs: tuple[Fraction, Fraction]) -> bool:
    """Whether E is of moderate size at w0 x1 and w0 x2, and differs by a factor between 21/20 and 400.

    >>> from implicitreg_sym.activations import activation
    >>> inputs = (Fraction(1, 2), Fraction(3, 2))
    >>> [clearly_curved(activation(name), Fraction(1), inputs) for name in ("tanh", "tanh(u/1000)")]
    [True, False]
    """
    first, second = (_degree(activation, Ball(w_0 * x).to_arb()) for x in inputs)
    if not (first > 0 and second > 0):
        return False
    quotient = (first / second).max(second / first)
    return bool(
        quotient > arb(21) / 20 and quotient < 400 and first.min(second) * 50 > 1 and first.max(second) < 50
    )


def _degree(activation: Activation, point: arb) -> arb:
    return point * activation.slope_over(point) / activation.value(point)
