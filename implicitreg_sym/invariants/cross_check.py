"""Numerical cross-checks of potentials and of conserved quantities, by methods independent of how they
were derived."""

from __future__ import annotations

from itertools import product

import flint
import mpmath
import sympy as sp
from flint import arb

from implicitreg_sym.activations import Piece, real_ball
from implicitreg_sym.claims import Evidence, Kind, Outcome, agreement_check
from implicitreg_sym.evaluate import Ball, compile_expression
from implicitreg_sym.invariants.potential import Potential, ratio
from implicitreg_sym.invariants.regularity import inner_point
from implicitreg_sym.symbols import u

_OFFSETS = tuple(sp.Rational(k, 7) for k in (1, 5, 9, -3, -8, 13, -12, 20, -19))
_WIDTHS = tuple(sp.Rational(1, 2**k) for k in (2, 5, 8))
_SCALES = tuple(sp.Integer(2) ** k for k in (0, -5, 5, -10, 10, -20, 20, -40, 40))
_STEEP, _LARGE = 2**16, 2**100  # σ/σ' and σ beyond these, or below their reciprocals, are avoided


def sound_interval(piece: Piece) -> tuple[sp.Expr, sp.Expr] | None:
    """Return a short interval of the piece on which σ/σ' is proved finite, or None if none of those tried is.

    Intervals of ordinary length come first, then shorter and longer ones. The first is taken on which σ and
    σ/σ' are neither huge nor tiny, for there both parameters move along a flow; else the first on which at
    least σ is neither, else the first of all.

    >>> from implicitreg_sym.activations import activation
    >>> sound_interval(activation("cos").pieces[0])
    (1/7, 11/28)
    >>> sound_interval(activation("tanh(1000*u)").pieces[0])
    (1/224, 39/7168)
    """
    program = compile_expression(ratio(piece), (u,))
    found: dict[int, tuple[sp.Expr, sp.Expr]] = {}
    for scale, width, offset in product(_SCALES, _WIDTHS, _OFFSETS):
        start = inner_point(piece) + offset * scale
        end = start + width * scale
        with flint.ctx.workprec(128):
            ends = real_ball(start), real_ball(end)
            if not (piece.contains(ends[0]) and piece.contains(ends[1])):
                continue
            if not program.arb(ends[0].union(ends[1])).is_finite():
                continue
            moderate = all(_moderate(piece.value_program.arb(point), _LARGE) for point in ends)
            balanced = all(_moderate(program.arb(point), _STEEP) for point in ends)
        rank = 2 - moderate - (moderate and balanced)
        found.setdefault(rank, (start, end))
        if rank == 0:
            break
    return found[min(found)] if found else None


def _moderate(value: arb, bound: int) -> bool:
    return bool(abs(value) < bound) and bool(abs(value) * bound > 1)


def compare_with_quadrature(potential: Potential, digits: int) -> Evidence:
    """Compare G(end) - G(start), enclosed by the potential, with mpmath's quadrature of σ/σ' on an
    interval of each live piece."""
    worst: Evidence | None = None
    for piece in potential.activation.pieces:
        if ratio(piece) is sp.nan:
            continue
        interval = sound_interval(piece)
        if interval is None:
            continue
        start, end = interval
        with flint.ctx.workprec(int(4 * digits) + 100):
            predicted = potential.difference(real_ball(start), real_ball(end))
        if not predicted.is_finite():
            return Evidence(
                Kind.NUMERIC, Outcome.UNDECIDED, f"the potential could not be enclosed on [{start}, {end}]"
            )
        with mpmath.workdps(digits + 15):
            program = compile_expression(ratio(piece), (u,))
            measured = mpmath.quad(program.mp, [mpmath.mpf(sp.N(point, mpmath.mp.dps)) for point in interval])
        evidence = agreement_check(
            f"G({end}) - G({start}) against quadrature", Ball.from_arb(predicted), measured, digits
        )
        if worst is None or evidence.status < worst.status:
            worst = evidence
    return worst or Evidence(Kind.NUMERIC, Outcome.UNDECIDED, "no interval was found on which σ/σ' is finite")
