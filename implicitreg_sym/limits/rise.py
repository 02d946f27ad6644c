"""The rise of G along an orbit by mpmath's quadrature, as a check of what balls enclose."""

from __future__ import annotations

from collections.abc import Callable

import mpmath
import sympy as sp

from implicitreg_sym.activations import Activation

QUADRATURE_HALVINGS = 6


def orbit_rise(activation: Activation, left: mpmath.mpf, right: mpmath.mpf) -> mpmath.mpf:
    """G(right) - G(left), G' = σ/σ', by mpmath's quadrature at its precision, piece by piece; without error
    bound.

    >>> from implicitreg_sym.activations import activation
    >>> with mpmath.workdps(20):
    ...     print(mpmath.nstr(orbit_rise(activation("leaky_relu"), mpmath.mpf(-1), mpmath.mpf(2)), 8))
    1.5
    """
    low, high = min(left, right), max(left, right)
    points = [mpmath.mpf(sp.N(point, mpmath.mp.dps + 5)) for point in activation.breakpoints]
    ends = [low, *(point for point in points if low < point < high), high]
    total = mpmath.mpf(0)
    for start, end in zip(ends, ends[1:], strict=False):
        piece = activation.piece_near((start + end) / 2)
        value, slope = piece.value_program, piece.slope_program
        total += _integral(lambda v, f=value, g=slope: f.mp(v) / g.mp(v), start, end, QUADRATURE_HALVINGS)  # type: ignore[misc]
    return total if left <= right else -total


def _integral(
    function: Callable[[mpmath.mpf], mpmath.mpf], left: mpmath.mpf, right: mpmath.mpf, halvings: int
) -> mpmath.mpf:
    """mpmath's quadrature, on halves as long as its own estimate of the error is not small."""
    value, error = mpmath.quad(function, [left, right], error=True)
    if halvings == 0 or error <= mpmath.eps * 2**20 * max(1, abs(value)):
        return value
    middle = (left + right) / 2
    return _integral(function, left, middle, halvings - 1) + _integral(function, middle, right, halvings - 1)
