"""Limits in closed form, where σ/σ' is constant (exp: Lambert W), affine of slope one (linear), or σ is a
tanh (a quadratic).

Each family is verified once, for symbolic parameters, by the exact zero test: its formulas solve both
equations of T7.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import flint
import sympy as sp

from implicitreg_sym.activations import Piece, real_ball
from implicitreg_sym.algebra import decide_zero
from implicitreg_sym.flow import Network, Point, Sample
from implicitreg_sym.invariants.potential import ratio
from implicitreg_sym.limits.branch import Branch
from implicitreg_sym.limits.plane import PlaneFlow
from implicitreg_sym.limits.refine import PlanePoint, bits_for
from implicitreg_sym.status import Status
from implicitreg_sym.symbols import u

N, RATE, SCALE = sp.symbols("N c A", positive=True)
START_U, START_A, TARGET, SHIFT = sp.symbols("u0 a0 y s", real=True)
# W(z) below stands for its value; the only fact used is W exp(W) = z.


@dataclass(frozen=True, slots=True)
class Family:
    """σ up to its parameters, an antiderivative G, and the limit (|u + s|-type and |a| values) in symbols.

    ``solve(sign_u, sign_a)`` returns (u*, a*) for the signs of σ and of a on the branch.
    """

    name: str
    sigma: sp.Expr
    potential: sp.Expr
    solve: Callable[[int, int], tuple[sp.Expr, sp.Expr]]


def _exponential(_sign_u: int, sign_a: int) -> tuple[sp.Expr, sp.Expr]:
    scaled = N * RATE**2
    start_output = SCALE * sp.exp(RATE * START_U)
    lambert = sp.LambertW(scaled * TARGET**2 / start_output**2 * sp.exp(scaled * START_A**2))
    return START_U + (lambert - scaled * START_A**2) / (2 * RATE), sign_a * sp.sqrt(lambert / scaled)


def _linear(_sign_u: int, sign_a: int) -> tuple[sp.Expr, sp.Expr]:
    invariant = START_A**2 - (START_U + SHIFT) ** 2 / N
    square = (invariant + sp.sqrt(invariant**2 + 4 * (TARGET / SCALE) ** 2 / N)) / 2
    end_a = sign_a * sp.sqrt(square)
    return TARGET / (SCALE * end_a) - SHIFT, end_a


def _tanh(sign_u: int, sign_a: int) -> tuple[sp.Expr, sp.Expr]:
    scaled = N * RATE**2
    invariant = scaled * START_A**2 - sp.sinh(RATE * START_U) ** 2
    target = scaled * TARGET**2 / SCALE**2
    square = ((target - invariant) + sp.sqrt((target - invariant) ** 2 + 4 * target)) / 2
    return sign_u * sp.asinh(sp.sqrt(square)) / RATE, sign_a * sp.sqrt((invariant + square) / scaled)


FAMILIES = (
    Family("exponential", SCALE * sp.exp(RATE * u), u / RATE, _exponential),
    Family("linear", SCALE * (u + SHIFT), (u + SHIFT) ** 2 / 2, _linear),
    Family("tanh", SCALE * sp.tanh(RATE * u), sp.sinh(RATE * u) ** 2 / (2 * RATE**2), _tanh),
)


def _member(piece: Piece) -> tuple[Family, dict[sp.Symbol, sp.Expr], int] | None:
    """The family of a piece, its parameters, and the sign taken out of σ to make A positive."""
    g = ratio(piece)
    formula = piece.formula
    if formula == 0:
        return None
    if not g.has(u) and g.is_nonzero:
        amplitude = formula.subs(u, 0)
        if g.is_positive and amplitude.is_nonzero:
            return FAMILIES[0], {RATE: 1 / g, SCALE: abs(amplitude)}, 1 if amplitude.is_positive else -1
        return None
    if sp.diff(formula, u, 2) == 0:
        slope = sp.diff(formula, u)
        return (
            FAMILIES[1],
            {SCALE: abs(slope), SHIFT: formula.subs(u, 0) / slope},
            1 if slope.is_positive else -1,
        )
    amplitude, rest = formula.as_coeff_Mul()
    if isinstance(rest, sp.tanh) and not (rate := rest.args[0] / u).has(u) and rate.is_positive:
        return FAMILIES[2], {RATE: rate, SCALE: abs(amplitude)}, 1 if amplitude > 0 else -1
    return None


@cache
def _verified(index: int, sign_u: int, sign_a: int) -> bool:
    """Whether both equations hold identically in the parameters of the family, decided exactly."""
    family = FAMILIES[index]
    end_u, end_a = family.solve(sign_u, sign_a)
    positive = sp.Symbol("q", positive=True)
    orbit = (
        end_a**2 - START_A**2 - 2 * (family.potential.subs(u, end_u) - family.potential.subs(u, START_U)) / N
    )
    output = (end_a * family.sigma.subs(u, end_u)) ** 2 - TARGET**2
    del positive
    return all(decide_zero(equation).status is Status.PROVED for equation in (orbit, output))


def closed_form_limit(
    network: Network, start: Point, sample: Sample, plane: PlaneFlow, branch: Branch, point: PlanePoint
) -> Point | None:
    """Return the limit as exact expressions, or None where no family applies.

    The formulas solve both equations (exact zero test), and they lie in the box that holds one solution: so
    they are it.
    """
    if (
        branch.kind != "output"
        or branch.poles
        or len({id(piece) for piece in plane.activation.meeting(_arc_ball(branch))}) != 1
    ):
        return None
    (piece,) = plane.activation.meeting(_arc_ball(branch))
    member = _member(piece)
    if member is None:
        return None
    family, parameters, flipped = member
    sign_u, sign_a = branch.sign_sigma * flipped, branch.sign_a
    if not _verified(FAMILIES.index(family), sign_u, sign_a):
        return None
    values = {
        **parameters,
        N: plane.norm,
        START_U: plane.u0,
        START_A: plane.a0,
        TARGET: flipped * plane.target,
    }
    end_u, end_a = (expression.subs(values, simultaneous=True) for expression in family.solve(sign_u, sign_a))
    with flint.ctx.workprec(bits_for(point.box)):
        if not real_ball(end_u).overlaps(point.u.to_arb()) or not point.box.to_arb().contains(
            real_ball(end_u)
        ):
            return None
    inputs = network.augment(sample)
    shift = (end_u - plane.u0) / sp.Add(*(entry**2 for entry in inputs))
    weights = tuple(weight + shift * entry for weight, entry in zip(start.weights, inputs, strict=True))
    return Point(weights[:-1], end_a, weights[-1]) if network.bias else Point(weights, end_a)


def _arc_ball(branch: Branch) -> flint.arb:
    from implicitreg_sym.evaluate import Ball

    low, high = branch.arc
    return Ball((low + high) / 2, (high - low) / 2).to_arb()
