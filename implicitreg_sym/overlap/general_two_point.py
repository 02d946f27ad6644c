"""The general two-point recipe: two crossings of solution curves where the degree E turns, joined to one
start (T9)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import flint
import sympy as sp
from flint import arb

from implicitreg_sym.activations import Activation
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.invariants.potential import Potential
from implicitreg_sym.overlap.equations import Equations
from implicitreg_sym.overlap.root import CertifiedRoot, certify_root, newton_step
from implicitreg_sym.overlap.search import TwoPointCandidate, rational_ball, two_point_candidates

CERTIFICATION_BITS = 128
MAX_CANDIDATES = 12
FAMILY_EXPONENTS = range(1, 40)


@dataclass(frozen=True, slots=True)
class Construction:
    """Balls for everything the recipe determines from (w_p, w_q, w0), with x1 = 1.

    x2 solves L(x2) = L(1); ρ = a_q/a_p = σ(w_p)/σ(w_q); a_p² and a0² follow from the two invariants; y_i =
    a_p σ(w_p x_i).
    """

    x_2: arb
    ratio: arb
    a_p: arb
    a_q: arb
    a_0: arb
    y_1: arb
    y_2: arb


@dataclass(frozen=True, slots=True)
class Spread:
    """Half-widths of the certified parameter box: of w_p and w_q, and of w_0."""

    ends: Fraction
    start: Fraction


@dataclass(frozen=True, slots=True)
class GeneralTwoPoint:
    """A certified candidate: its exact parameters, the root x2 with the box in which it is unique, the
    numbers to the digits asked for, and the half-width of the parameter box to which the certificate
    extends."""

    equations: Equations
    candidate: TwoPointCandidate
    root: CertifiedRoot
    numbers: dict[str, Ball]
    spread: Spread

    @property
    def family(self) -> tuple[tuple[str, Fraction, Fraction], ...]:
        """The open parameter ranges (name, lower, upper) on which the whole construction is certified."""
        widths = {"w_p": self.spread.ends, "w_q": self.spread.ends, "w_0": self.spread.start}
        return tuple(
            (name, getattr(self.candidate, name) - width, getattr(self.candidate, name) + width)
            for name, width in widths.items()
        )


def crossing_equation(
    equations: Equations, w_p: arb, w_q: arb
) -> tuple[Callable[[arb], arb], Callable[[arb], arb]]:
    """L(x) - L(1) and its derivative."""

    def gap(x: arb) -> arb:
        return equations.log_ratio(x, w_p, w_q) - equations.log_ratio(arb(1), w_p, w_q)

    return gap, lambda x: equations.log_ratio_slope(x, w_p, w_q)


def construct(equations: Equations, w_p: arb, w_q: arb, w_0: arb, x_2: arb) -> Construction | None:
    """Solve the linear equation for a_p² and the invariant for a0²; None unless both are certainly
    positive."""
    sigma = equations.activation.value
    ratio = sigma(w_p) / sigma(w_q)
    first = equations.orbit_gap(arb(1), w_0, w_p)
    second = equations.orbit_gap(x_2, w_0, w_q)
    a_p_squared = 2 * (second - first) / (1 - ratio * ratio)
    a_0_squared = a_p_squared + 2 * first
    if not (a_p_squared > 0 and a_0_squared > 0 and ratio > 0):
        return None
    a_p = a_p_squared.sqrt()
    return Construction(
        x_2, ratio, a_p, ratio * a_p, a_0_squared.sqrt(), a_p * sigma(w_p), a_p * sigma(w_p * x_2)
    )


def arcs_regular(equations: Equations, w_p: arb, w_q: arb, w_0: arb, x_2: arb) -> bool:
    """σ, σ' ≠ 0 on the u-segments of both flows: from w0 to w_p for x1 = 1, from w0 x2 to w_q x2 for x2."""
    return equations.regular_between(w_0, w_p) and equations.regular_between(w_0 * x_2, w_q * x_2)


def find_general_two_point(
    activation: Activation, digits: int, potential: Potential | None = None
) -> GeneralTwoPoint | None:
    """Return the best certified construction on either half-line, or None."""
    equations = Equations(potential or Potential(activation))
    for side in (1, -1):
        for candidate in two_point_candidates(activation, side)[:MAX_CANDIDATES]:
            certified = certify(equations, candidate, digits)
            if certified is not None:
                return certified
    return None


def certify(equations: Equations, candidate: TwoPointCandidate, digits: int) -> GeneralTwoPoint | None:
    """Prove the candidate: root, signs and arcs; None if a step fails."""

    def balls() -> tuple[arb, arb, arb]:
        return rational_ball(candidate.w_p), rational_ball(candidate.w_q), rational_ball(candidate.w_0)

    def gap(x: arb) -> arb:
        w_p, w_q, _ = balls()
        return crossing_equation(equations, w_p, w_q)[0](x)

    def slope(x: arb) -> arb:
        w_p, w_q, _ = balls()
        return crossing_equation(equations, w_p, w_q)[1](x)

    if not arcs_regular(equations, *balls(), arb(candidate.x_2)):
        return None
    root = certify_root(gap, slope, arb(candidate.x_2), digits + 10)
    if root is None or 1 in root.box:
        return None
    with flint.ctx.workprec(CERTIFICATION_BITS):
        if not arcs_regular(equations, *balls(), root.root.to_arb()):
            return None
    with flint.ctx.workprec(int(digits * 3.33) + 120):
        solution = construct(equations, *balls(), root.root.to_arb())
        if solution is None:
            return None
        names = ("x_2", "ratio", "a_p", "a_q", "a_0", "y_1", "y_2")
        numbers = {name: Ball.from_arb(getattr(solution, name)) for name in names}
    return GeneralTwoPoint(equations, candidate, root, numbers, _widest_family(equations, candidate, root))


def _widest_family(equations: Equations, candidate: TwoPointCandidate, root: CertifiedRoot) -> Spread:
    """The largest half-widths 2^-k, first of all three parameters, then of w_0 alone, for which every step
    is certified."""

    def holds(spread: Spread) -> bool:
        with flint.ctx.workprec(CERTIFICATION_BITS):
            return _family_holds(equations, candidate, root, spread)

    widths = [candidate.scale / 2**exponent for exponent in FAMILY_EXPONENTS]
    common = next((width for width in widths if holds(Spread(width, width))), Fraction(0))
    if not common:
        return Spread(common, common)
    return next(spread for width in widths if holds(spread := Spread(common, width)))


def _family_holds(
    equations: Equations, candidate: TwoPointCandidate, root: CertifiedRoot, spread: Spread
) -> bool:
    w_p, w_q = (Ball(value, spread.ends).to_arb() for value in (candidate.w_p, candidate.w_q))
    w_0 = Ball(candidate.w_0, spread.start).to_arb()
    if w_p.overlaps(w_q):
        return False
    gap, slope = _centred_crossing(equations, w_p, w_q), crossing_equation(equations, w_p, w_q)[1]
    box = root.root.to_arb()
    for _ in range(4):
        # inflate the box to twice the image until Newton's image lies inside
        step = newton_step(gap, slope, box)
        if step is None or box.contains(1):
            return False
        image, inside = step
        if inside:
            return construct(equations, w_p, w_q, w_0, image) is not None and arcs_regular(
                equations, w_p, w_q, w_0, image
            )
        box = arb(image.mid(), (2 * image.rad()).upper())
    return False


def _centred_crossing(equations: Equations, w_p: arb, w_q: arb) -> Callable[[arb], arb]:
    """L(x) - L(1) over balls w_p, w_q by the mean-value form, whose partial derivatives are differences of E:
    (E(w_p x) - E(w_p))/w_p and -(E(w_q x) - E(w_q))/w_q."""
    centre = crossing_equation(equations, w_p.mid(), w_q.mid())[0]

    def partial(w: arb, x: arb) -> arb:
        return (equations.degree(w * x) - equations.degree(w)) / w * (w - w.mid())

    return lambda x: centre(x) + partial(w_p, x) - partial(w_q, x)


def exact_parameters(result: GeneralTwoPoint) -> dict[str, sp.Rational]:
    """The rational parameters of the construction as SymPy numbers."""
    candidate = result.candidate
    return {
        name: sp.Rational(value.numerator, value.denominator)
        for name, value in (("w_p", candidate.w_p), ("w_q", candidate.w_q), ("w_0", candidate.w_0))
    }
