"""Where the flow ends according to mpmath: the orbit integrated in two parametrisations, both without error
bound."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import mpmath
import sympy as sp
from mpmath import libmp

from implicitreg_sym.activations import Piece
from implicitreg_sym.errors import InputError
from implicitreg_sym.evaluate import compile_expression
from implicitreg_sym.flow.jets import Jet, SingularPointError
from implicitreg_sym.flow.taylor import flow_problem, taylor_flow, taylor_steps
from implicitreg_sym.flow.trajectory import TaylorStep, working_bits
from implicitreg_sym.invariants.potential import ratio
from implicitreg_sym.invariants.regularity import exponential_form
from implicitreg_sym.limits.plane import PlaneFlow, exact_sign
from implicitreg_sym.symbols import a, u

MAX_STEPS = 2000
MAX_HALVINGS = 60
_FAR = libmp.from_man_exp(1, 60)
_SPARE_DIGITS = 15

End = tuple[mpmath.mpf, mpmath.mpf]
Raw = tuple[Any, ...]  # a point in raw mpmath numbers


def integrated_limit(plane: PlaneFlow, digits: int) -> End | None:
    """Return (u, a) where f = y, from dθ/df = ∇f/K along the orbit; numerics without error bound.

    The field is (u, a)' = (y - f0) (N a σ', σ)/K for a time from 0 to 1, K = σ² + N a² σ'², regular as long
    as K > 0. None if the integration does not arrive, as where K vanishes at the end.
    """
    sigma, slope = plane.activation.formula, plane.activation.slope
    distance = plane.target - plane.a0 * plane.sigma_at_start()
    curvature = sigma**2 + plane.norm * a**2 * slope**2
    field = [distance * plane.norm * a * slope / curvature, distance * sigma / curvature]
    try:
        trajectory = taylor_flow(field, [u, a], [plane.u0, plane.a0], sp.Integer(1), digits=digits + 5)
    except (InputError, ArithmeticError):
        return None
    if trajectory.stopped is not None:
        return None
    with mpmath.workdps(digits + 15):
        end_u, end_a = (mpmath.mpf(value) for value in trajectory.end)
    return end_u, end_a


def orbital_limit(plane: PlaneFlow, digits: int) -> End | None:
    """Return (u, a) where f = y, from u' = N a, a' = g(u), g = σ/σ', which has the same orbit; without
    error bound.

    This field does not degenerate where f and K almost vanish, as far out on a tail of σ; f grows at the
    rate K/σ'. None if f does not pass y within ``MAX_STEPS`` steps.
    """
    inner = digits + _SPARE_DIGITS
    bits = working_bits(inner)
    distance = exact_sign(plane.target - plane.a0 * plane.sigma_at_start())
    with mpmath.workdps(inner):
        target = mpmath.mpf(sp.N(plane.target, inner))

        def has_passed(point: Raw) -> bool:
            at_u, at_a = map(mpmath.mp.make_mpf, point)
            return bool(distance * (at_a * plane.activation.mp(at_u) - target) >= 0)

        try:
            last = next((step for step in _orbit(plane, distance, inner) if has_passed(step.end_point)), None)
        except (InputError, ArithmeticError, SingularPointError):
            return None
        if last is None:
            return None
        low, high = last.start, libmp.mpf_add(last.start, last.length)
        # f may grow exponentially within the step: bisection does not mind
        for _ in range(bits):
            middle = libmp.mpf_shift(libmp.mpf_add(low, high), -1)
            low, high = (low, middle) if has_passed(last.point(middle, bits)) else (middle, high)
        end_u, end_a = map(mpmath.mp.make_mpf, last.point(high, bits))
    return end_u, end_a


def _orbit(plane: PlaneFlow, distance: int, digits: int) -> Iterator[TaylorStep]:
    """The Taylor steps along the orbit, each cut short until it satisfies the equation a' = g(u) at its end.

    The coefficients of exp(u) far out on a tail go on growing beyond the order of the method, so that its
    own estimate may let a step overshoot.
    """
    direction = distance * exact_sign(plane.slopes_at_start()[0])
    forms = {piece: sp.cancel(exponential_form(ratio(piece))) for piece in plane.activation.pieces}
    *earlier, final = forms
    g = forms[final]
    if earlier:
        g = sp.Piecewise(*((forms[piece], u <= piece.upper) for piece in earlier), (g, True))
    problem = flow_problem([direction * plane.norm * a, direction * g], [u, a], [plane.u0, plane.a0], digits)
    tolerance = mpmath.mpf(10) ** (_SPARE_DIGITS // 2 - digits)
    state, taken = problem.start, 0
    while taken < MAX_STEPS:
        for step in taylor_steps(problem.field, problem.variables, state, libmp.fzero, _FAR, digits):
            fitting = _cut_short(
                step, lambda point: direction * _ratio_at(plane, forms, point[0]), tolerance, digits
            )
            yield fitting
            taken += 1
            if fitting is not step or taken >= MAX_STEPS:
                state = fitting.end_point
                break


def _ratio_at(plane: PlaneFlow, forms: dict[Piece, sp.Expr], point: Any) -> mpmath.mpf:
    value = mpmath.mp.make_mpf(point)
    piece = plane.activation.piece_near(value)
    return compile_expression(forms[piece], (u,)).mp(value)


def _cut_short(
    step: TaylorStep, rate: Callable[[Raw], mpmath.mpf], tolerance: mpmath.mpf, digits: int
) -> TaylorStep:
    """Halve the step until its polynomial for a has the derivative ``rate`` at its end."""
    bits = working_bits(digits)
    slopes = tuple(
        Jet(tuple(k * entry for k, entry in enumerate(jet.coefficients))[1:], jet.exponent + step.scale)
        for jet in step.jets
    )
    derivative = replace(step, jets=slopes)
    for _ in range(MAX_HALVINGS):
        end = libmp.mpf_add(step.start, step.length)
        measured = step.sign * mpmath.mp.make_mpf(derivative.point(end, bits)[1])
        missing = abs(measured - rate(step.end_point)) * mpmath.mp.make_mpf(step.length)
        if missing <= tolerance * max(1, abs(mpmath.mp.make_mpf(step.end_point[1]))):
            return step
        length = libmp.mpf_shift(step.length, -1)
        step = replace(step, length=length, end_point=step.point(libmp.mpf_add(step.start, length), bits))
    raise SingularPointError("no step satisfies the equation at its end")
