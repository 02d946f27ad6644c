"""Where the flow ends according to mpmath: the orbit integrated in two parametrisations, both without error
bound."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
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
from implicitreg_sym.limits.pole import Pole
from implicitreg_sym.symbols import a, u

MAX_STEPS = 300  # orbits far out on a tail take some 60
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
            """Whether f is beyond y, or u beyond the domain of σ, so that y may lie before."""
            at_u, at_a = map(mpmath.mp.make_mpf, point)
            output = at_a * plane.activation.mp(at_u)
            return isinstance(output, mpmath.mpc) or bool(distance * (output - target) >= 0)

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
        inside = not isinstance(plane.activation.mp(end_u), mpmath.mpc)
    return (end_u, end_a) if inside else None


def limit_near_pole(plane: PlaneFlow, pole: Pole, guess: Fraction, sign_a: int, digits: int) -> End | None:
    """Return (u, a) where f² = y² and a has this sign, or where a = 0, with G by mpmath's quadrature in λ.

    The secant method starts from ``guess``; without error bound. None if it does not settle.
    """
    activation, side = plane.activation, 1 if pole.anchor > pole.beyond else -1
    formula = pole.piece.formula
    with mpmath.workdps(3 * digits // 2 + 30):
        ends = [mpmath.mpf(end.numerator) / end.denominator for end in (pole.anchor, pole.beyond)]
        slopes = [compile_expression(sp.diff(formula, u, order), (u,)) for order in range(4)]
        zero = mpmath.findroot(slopes[1].mp, ends, solver="anderson", verify=False)
        for _ in range(3):  # the method of a bracket may stop early
            zero -= slopes[1].mp(zero) / slopes[2].mp(zero)
        numbers = (plane.u0, plane.a0, plane.norm, plane.target)
        u0, a0, norm, target = (mpmath.mpf(sp.N(number, mpmath.mp.dps)) for number in numbers)
        sigma, bend, third = (slopes[order].mp(zero) for order in (0, 2, 3))
        # so far down dG/dλ = q_0 + q_1 d to all digits, while elsewhere d = u - u_c is not lost in u
        bottom = -(digits + 10) * mpmath.log(10) / 2
        kinks = [mpmath.mpf(sp.N(point, mpmath.mp.dps)) for point in activation.breakpoints]
        tops = [mpmath.log(side * (point - zero)) for point in (u0, *kinks) if side * (point - zero) > 0]

        def straight(place: mpmath.mpf) -> mpmath.mpf:
            return sigma / bend * place - sigma * third / (2 * bend**2) * side * mpmath.exp(place)

        def rate(place: mpmath.mpf) -> mpmath.mpf:
            point = zero + side * mpmath.exp(place)
            return activation.mp(point) * (point - zero) / activation.slope_mp(point)

        known = {tops[0]: mpmath.mpf(0)}

        def rise_to(place: mpmath.mpf) -> mpmath.mpf:
            """G(u) - G(u0), from the nearest place where it is known, split where a piece ends and every few
            units of λ."""
            if place < bottom:
                return rise_to(bottom) + straight(place) - straight(bottom)
            if place not in known:
                base = min(known, key=lambda other: abs(other - place))
                low, high = min(place, base), max(place, base)
                cuts = sorted({low, high, *(point for point in tops[1:] if low < point < high)})
                nodes = [
                    left + (right - left) * mpmath.mpf(k) / count
                    for left, right in zip(cuts, cuts[1:], strict=False)
                    for count in [int((right - left) / 4) + 2]
                    for k in range(count)
                ]
                rise = mpmath.quad(rate, [*nodes, high], method="gauss-legendre")
                known[place] = known[base] + (rise if place >= base else -rise)
            return known[place]

        def square(place: mpmath.mpf) -> mpmath.mpf:
            return a0**2 + 2 * rise_to(place) / norm

        def equation(place: mpmath.mpf) -> mpmath.mpf:
            if sign_a == 0:
                return square(place)
            return square(place) * activation.mp(zero + side * mpmath.exp(place)) ** 2 - target**2

        first = mpmath.mpf(guess.numerator) / guess.denominator
        tolerance = mpmath.mpf(10) ** (-2 * digits)
        try:
            place = mpmath.findroot(
                equation, (first, first - mpmath.mpf(1) / 1000), tol=tolerance, maxsteps=30, verify=False
            )
        except (ValueError, ZeroDivisionError):
            return None
        return zero + side * mpmath.exp(place), sign_a * mpmath.sqrt(abs(square(place)))


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
