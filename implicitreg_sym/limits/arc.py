"""Certifies by adaptive subdivision that σ' (or σ) keeps its sign on a segment: the arc carries no critical point (T7)."""

from __future__ import annotations

from collections.abc import Callable

from flint import arb

MAX_BALLS = 6000


def keeps_sign(function: Callable[[arb], arb], left: arb, right: arb, sign: int) -> bool:
    """Return True if ``sign * function > 0`` is proved on the whole segment between two points.

    Bisects until each part is decided by one ball, with at most ``MAX_BALLS`` balls. False means: not proved.

    >>> keeps_sign(lambda v: 2 - v * v, arb(-1), arb("1.4"), +1), keeps_sign(lambda v: 2 - v * v, arb(0), arb("1.5"), +1)
    (True, False)
    """
    pending = [(left.min(right).lower(), left.max(right).upper())]
    for _ in range(MAX_BALLS):
        if not pending:
            return True
        low, high = pending.pop()
        if sign * function(low.union(high)) > 0:
            continue
        middle = ((low + high) / 2).mid()
        if middle <= low or middle >= high or not sign * function(middle) > 0:
            return False
        pending += [(low, middle), (middle, high)]
    return False
