"""The radius of convergence of a power series, estimated from its first coefficients by the root test."""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb


def log_radius(coefficients: Sequence[arb], first: int, last: int) -> float:
    """Estimate log2 of the radius from the coefficients ``first`` to ``last`` - 1; ∞ if they vanish.

    Each c_k is compared with c_0, c_1 and c_2, so that one small coefficient at the beginning does not
    mislead, and the scale of the variable does not matter.

    >>> round(log_radius([arb(2) ** (3 * k) for k in range(24)], 12, 24), 3)
    -3.0
    """
    logs = [log_modulus(entry) for entry in coefficients[:last]]
    starts = [(power, size) for power, size in enumerate(logs[:3]) if size > float("-inf")]
    growth = [
        min(((size - start) / (power - origin) for origin, start in starts), default=0.0)
        for power, size in enumerate(logs)
        if power >= max(first, 3) and size > float("-inf")
    ]
    return -max(growth, default=float("-inf"))


def log_modulus(entry: arb) -> float:
    """log2 of the modulus of the middle, to about one unit; -∞ for zero."""
    mantissa, exponent = (int(part) for part in entry.mid().man_exp())
    return float(mantissa.bit_length() + exponent) if mantissa else float("-inf")
