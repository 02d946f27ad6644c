"""Expansions of σ itself, with Cauchy's bound for the coefficients that are left out."""

from __future__ import annotations

from typing import Any

import flint
from flint import acb, arb, arb_series

from implicitreg_sym.evaluate import Program
from implicitreg_sym.trajectory.analytic import BOUND_BITS, Analytic, NotAnalyticError
from implicitreg_sym.trajectory.convergence import log_modulus, log_radius

COVER_BOXES = 400


def on_disc(program: Program, centre: arb, scale: arb, length: int) -> tuple[Analytic, Analytic]:
    """Expand x → f(centre + scale x) and its derivative by x on |x| ≤ 1.

    Cauchy: if |f| ≤ M on |x| ≤ m with m > 1 then |f_k| ≤ M m^(-k), so the coefficients from n = ``length``
    on add up to M q^n/(1 - q) at most with q = 1/m, those of the derivative to
    M q^(n-1) (n - (n - 1) q)/(1 - q)². The factor m is estimated from the coefficients and then proved.
    Raises `NotAnalyticError` if f cannot be proved analytic on a larger disc.
    """
    coefficients = list(program.series(arb_series([centre, scale], prec=length), length=length).coeffs())
    ratio, bound = _bound_on_larger_disc(program, centre, abs(scale), coefficients, length)
    with flint.ctx.workprec(BOUND_BITS):
        q = 1 / ratio
        tail = bound * q**length / (1 - q)
        slope_tail = bound * q ** (length - 1) * (length - (length - 1) * q) / (1 - q) ** 2
    # rounded by itself: relative to σ, a small derivative would lose its digits
    slopes = [power * entry for power, entry in enumerate(coefficients)][1:]
    return Analytic.of(coefficients, tail, length), Analytic.of(slopes, slope_tail, length)


def _bound_on_larger_disc(
    program: Program, centre: arb, scale: arb, coefficients: list[arb], length: int
) -> tuple[arb, arb]:
    logs = [log_modulus(entry) for entry in coefficients[:3]]
    flatness = min(max(logs) - max(logs[1:]), 4.0 * flint.ctx.prec) if max(logs[1:]) > float("-inf") else 0.0
    needed = 2.0 ** ((1.06 * flint.ctx.prec + flatness) / length)
    seen = 2.0 ** min(log_radius(coefficients, length // 5, max(length // 2, 8)), 8.0)
    best: tuple[arb, arb] | None = None
    for ratio in (min(0.8 * seen, needed), 0.9 * seen, 0.4 * seen, 0.2 * seen):
        if ratio <= 1.02 or (best is not None and best[0] >= ratio):
            continue
        with flint.ctx.workprec(BOUND_BITS):
            exact = arb(int(ratio * 64)) / 64
            bound = disc_bound(program, centre, scale * exact)
        if bound is not None:
            best = (exact, bound)
            if ratio >= needed:
                break
    if best is None:
        raise NotAnalyticError("the activation is not known to be analytic on a disc that is wide enough")
    return best


def disc_bound(program: Program, centre: arb, radius: arb) -> arb | None:
    """Bound |f| on the complex disc by boxes on which f is proved analytic; None if some box resists.

    >>> from implicitreg_sym.symbols import u
    >>> from implicitreg_sym.evaluate import compile_expression
    >>> reciprocal = compile_expression(1 / u, (u,))
    >>> disc_bound(reciprocal, arb(2), arb(1)) > 1, disc_bound(reciprocal, arb(1), arb(2)) is None
    (True, True)
    """
    radius = radius.upper()
    pending: list[tuple[Any, Any, arb]] = [(arb(0), arb(0), radius)]
    bound, boxes = arb(0), 0
    while pending:
        x, y, half = pending.pop()
        boxes += 1
        if x * x + y * y > (radius + arb(3) / 2 * half) ** 2:
            continue  # the box, of half-diagonal √2 half, does not meet the disc
        value = program.acb(acb(centre + x + arb(0, half), y + arb(0, half)), analytic=True)
        if value.is_finite():
            bound = bound.max(abs(value).upper())
        elif boxes > COVER_BOXES:
            return None
        else:
            half = half / 2
            pending += [(x + i * half, y + j * half, half) for i in (-1, 1) for j in (-1, 1)]
    return bound
