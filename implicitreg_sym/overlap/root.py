"""Interval Newton in one variable, with parameters: existence, uniqueness and continuous dependence of a
root (T10 to T12)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import flint
from flint import arb

from implicitreg_sym.evaluate import Ball

Function = Callable[[arb], arb]


@dataclass(frozen=True, slots=True)
class CertifiedRoot:
    """``box`` contains exactly one root, and it lies in ``root``."""

    root: Ball
    box: Ball


def newton_step(function: Function, derivative: Function, box: arb) -> tuple[arb, bool] | None:
    """Return N(X) = m - F(m)/F'(X) and whether it lies in the interior of X; None if F'(X) is not bounded
    away from 0.

    If N(X) ⊂ int X then F has exactly one root in X, and it lies in N(X) (Moore, Kearfott, Cloud 2009).
    With balls for parameters inside F and F' this holds for every parameter value, and the root depends on
    them as smoothly as F does.
    """
    middle = box.mid()
    slope = derivative(box)
    if not slope.is_finite() or slope.contains(0):
        return None
    image = middle - function(middle) / slope
    if not image.is_finite():
        return None
    return image, bool(box.contains_interior(image))


def certify_root(
    function: Function, derivative: Function, approximation: arb, digits: int
) -> CertifiedRoot | None:
    """Return a root near an approximation to so many digits, proved to exist and to be unique in a box;
    else None.

    ``function`` and ``derivative`` enclose F and F' over balls at the precision in force.

    >>> root = certify_root(lambda v: v * v - 2, lambda v: 2 * v, arb("1.414"), 30)
    >>> root.root.decimal(20)
    '1.4142135623730950488'
    """
    goal = int(digits * 3.33) + 40
    certified = _first_box(function, derivative, approximation)
    if certified is None:
        return None
    box, image = certified
    bits = 96
    for _ in range(30):
        bits = min(2 * bits, goal + 40)
        with flint.ctx.workprec(bits):
            step = newton_step(function, derivative, image.to_arb())
        if step is not None:
            with flint.ctx.workprec(bits):
                if not image.to_arb().overlaps(step[0]):
                    return None
                refined = image.to_arb().intersection(step[0])
            image = Ball.from_arb(refined)
        if bits >= goal and image.radius * 10 ** (digits + 3) <= max(abs(image.middle), 0):
            return CertifiedRoot(image, box)
        if bits >= goal:
            goal += 64
    return None


def _first_box(function: Function, derivative: Function, approximation: arb) -> tuple[Ball, Ball] | None:
    """The widest box about the approximation, among powers of two, in which interval Newton certifies a
    root."""
    with flint.ctx.workprec(128):
        centre = approximation.mid()
        for exponent in range(2, 60):
            radius = abs(centre).max(arb(1) / 16) * arb(2) ** (-exponent)
            box = arb(centre, radius.upper())
            step = newton_step(function, derivative, box)
            if step is not None and step[1]:
                return Ball.from_arb(box), Ball.from_arb(step[0])
    return None
