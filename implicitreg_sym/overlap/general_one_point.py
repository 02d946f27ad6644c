"""The general one-point recipe: two inputs whose orbits from θ0 meet in θ*, where the degree E turns (T9)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from math import isqrt

import flint
from flint import arb

from implicitreg_sym.activations import Activation
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.invariants.potential import Potential
from implicitreg_sym.overlap.equations import Equations
from implicitreg_sym.overlap.one_point_box import CertifiedBox, Start, grow_box
from implicitreg_sym.overlap.root import CertifiedRoot, certify_root
from implicitreg_sym.overlap.search import OnePointCandidate, one_point_candidates, rational_ball

MAX_CANDIDATES = 8


@dataclass(frozen=True, slots=True)
class GeneralOnePoint:
    """A certified candidate: exact w0, a0, w*, x1 = 1; the root x2 of H(x) = H(1); a*, y1, y2 as balls; the
    open box U."""

    equations: Equations
    candidate: OnePointCandidate
    a_0: Fraction
    root: CertifiedRoot
    numbers: dict[str, Ball]
    box: CertifiedBox


def find_general_one_point(
    activation: Activation, digits: int, potential: Potential | None = None
) -> GeneralOnePoint | None:
    """Return the first certified construction, in the order of the estimated size of its box, or None."""
    equations = Equations(potential or Potential(activation))
    for side in (1, -1):
        promising = (c for c in one_point_candidates(activation, side) if _arcs_look_regular(equations, c))
        for candidate in islice(promising, MAX_CANDIDATES):
            certified = certify(equations, candidate, digits)
            if certified is not None:
                return certified
    return None


def start_weight(gap: float, scale: Fraction = Fraction(1)) -> Fraction:
    """A simple a0 > 0, a multiple of the scale, for which a*² = a0² + 2 c stays well above zero."""
    relative = gap / float(scale) ** 2
    return scale * (Fraction(1) if relative > -0.25 else Fraction(isqrt(int(-2 * relative)) + 2))


def certify(equations: Equations, candidate: OnePointCandidate, digits: int) -> GeneralOnePoint | None:
    """Prove the candidate: the second root, the arcs, transversality, and an open box; None if a step
    fails."""

    def gap(x: arb) -> arb:
        w_0, w_end = rational_ball(candidate.w_0), rational_ball(candidate.w_end)
        return equations.orbit_gap(x, w_end, w_0) - equations.orbit_gap(arb(1), w_end, w_0)

    def slope(x: arb) -> arb:
        return equations.orbit_gap_slope(x, rational_ball(candidate.w_end), rational_ball(candidate.w_0))

    root = certify_root(gap, slope, arb(candidate.x_2), digits + 10)
    if root is None or 1 in root.box:
        return None
    a_0 = start_weight(candidate.gap, candidate.scale)
    with flint.ctx.workprec(int(digits * 3.33) + 120):
        w_0, w_end, x_2 = rational_ball(candidate.w_0), rational_ball(candidate.w_end), root.root.to_arb()
        a_squared = rational_ball(a_0) ** 2 + 2 * equations.orbit_gap(arb(1), w_end, w_0)
        if not a_squared > 0:
            return None
        a_end, sigma = a_squared.sqrt(), equations.activation.value
        values = {"x_2": x_2, "a_end": a_end, "y_1": a_end * sigma(w_end), "y_2": a_end * sigma(w_end * x_2)}
        numbers = {name: Ball.from_arb(value) for name, value in values.items()}
    point = (Ball(candidate.w_end), numbers["a_end"])
    box = grow_box(
        equations, Start(candidate.w_0, a_0), point, (Ball(Fraction(1)), root.root), candidate.scale
    )
    return None if box is None else GeneralOnePoint(equations, candidate, a_0, root, numbers, box)


def _arcs_look_regular(equations: Equations, candidate: OnePointCandidate) -> bool:
    """A quick test before the costly ones: σ, σ' ≠ 0 between w0 x and w* x for x = 1 and for the
    approximate x2."""
    w_0, w_end = rational_ball(candidate.w_0), rational_ball(candidate.w_end)
    return all(equations.regular_between(w_0 * x, w_end * x) for x in (arb(1), arb(candidate.x_2)))
