"""The integral of an analytic function to thousands of digits, by its Taylor polynomials with Cauchy's bound.

If g is analytic and |g| ≤ M on the disc of radius ρ about c, then |g_j| ≤ M ρ^{-j}, so for h < ρ the terms of
∫ g over [c - h, c + h] beyond order n are together at most 2 M h q^{n+1}/(1 - q), q = h/ρ. Arb's quadrature
evaluates g at some thousand points of that precision; here one power series serves.
"""

from __future__ import annotations

import math

import flint
from flint import acb, arb

from implicitreg_sym.evaluate.program import Program

_LOW_BITS = 64
_DISC_CELLS = 600
_LARGEST_RADIUS = 2.0
_LEAST_QUOTIENT = 4  # two bits for each term at least: more terms cost more than more segments
_MAX_DEPTH = 12


def taylor_integral(integrand: Program, left: arb, right: arb) -> arb:
    """Enclose the integral over [left, right], ends exact, to about the precision in force; not finite where
    analyticity could not be shown.

    >>> import sympy as sp
    >>> from implicitreg_sym.evaluate import compile_expression
    >>> from implicitreg_sym.symbols import u
    >>> with flint.ctx.workprec(2000):
    ...     found = taylor_integral(compile_expression(1 / (1 + u**2), (u,)), arb(0), arb(1))
    ...     found.overlaps(arb.pi() / 4), found.rel_accuracy_bits() > 1950
    (True, True)
    """
    if right < left:
        return -taylor_integral(integrand, right, left)
    total = arb(0)
    pending = [(left, right, 0)]
    while pending:
        start, end, depth = pending.pop()
        if not start < end:
            continue
        part = _on_segment(integrand, start, end)
        if part is not None:
            total += part
            continue
        middle = _short((start + end) / 2)
        if depth == _MAX_DEPTH or not (start < middle and middle < end):
            return arb("nan")
        pending += [(start, middle, depth + 1), (middle, end, depth + 1)]
    return total


def _short(value: arb) -> arb:
    """A nearby number with few bits."""
    with flint.ctx.workprec(_LOW_BITS):
        return (value + 0).mid()


def _on_segment(integrand: Program, start: arb, end: arb) -> arb | None:
    """About a short centre; None if no disc four times as wide could be shown to be free of poles."""
    centre = _short((start + end) / 2)
    below, above = start - centre, end - centre
    with flint.ctx.workprec(_LOW_BITS):
        half = abs(below).max(abs(above)).upper()
        radius = (_LEAST_QUOTIENT * half).max(arb(_LARGEST_RADIUS)).upper()
        bound = bound_on_disc(integrand, centre, radius)
        while bound is None and radius > _LEAST_QUOTIENT * half:
            radius = (radius / arb(2).sqrt()).upper()
            bound = bound_on_disc(integrand, centre, radius)
        if bound is None or radius < _LEAST_QUOTIENT * half:
            return None
        quotient = half / radius
        logarithm = float(-quotient.log().mid()) / math.log(2)
    order = int(flint.ctx.prec / logarithm) + 4
    with flint.ctx.workprec(_LOW_BITS):
        rest = (2 * bound * half * quotient ** (order + 1) / (1 - quotient)).upper()
    coefficients = integrand.jet(centre, order + 1)
    return _antiderivative(coefficients, above) - _antiderivative(coefficients, below) + arb(0, rest)


def _antiderivative(coefficients: list[arb], shift: arb) -> arb:
    """Σ g_j h^{j+1}/(j+1) by Horner's rule."""
    total = arb(0)
    for order in range(len(coefficients), 0, -1):
        total = total * shift + coefficients[order - 1] / order
    return total * shift


def bound_on_disc(integrand: Program, centre: arb, radius: arb) -> arb | None:
    """An upper bound of the modulus on a disc on which the function is shown to be analytic, or None.

    >>> import sympy as sp
    >>> from implicitreg_sym.evaluate import compile_expression
    >>> from implicitreg_sym.symbols import u
    >>> program = compile_expression(1 / u, (u,))
    >>> bound_on_disc(program, arb(2), arb(1)) < 1.5, bound_on_disc(program, arb(2), arb(2)) is None
    (True, True)
    """
    with flint.ctx.workprec(_LOW_BITS):
        bound, cells = arb(0), 0
        pending = [(arb(0), arb(0), radius)]
        while pending:
            x, y, side = pending.pop()
            nearest = abs(acb(abs(x) - side, abs(y) - side)) if abs(x) > side and abs(y) > side else None
            if nearest is not None and nearest > radius:
                continue
            cells += 1
            value = integrand.acb(acb(centre + x + arb(0, side), y + arb(0, side)), analytic=True)
            # a cell about as large as the disc would give a needlessly large bound
            if value.is_finite() and side * 4 <= radius:
                bound = bound.max(abs(value).upper()).upper()
                continue
            if cells > _DISC_CELLS:
                return None
            s = (side / 2).upper()
            pending += [(x - s, y - s, s), (x - s, y + s, s), (x + s, y - s, s), (x + s, y + s, s)]
    return bound
