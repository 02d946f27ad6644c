"""A Taylor-series integrator of autonomous vector fields in multiple precision; not rigorous.

Each step expands the solution to an order of about 1.15 times the digits and goes as far as the last
coefficients allow. Truncation and rounding are estimated, not bounded: what follows from a trajectory is
CHECKED, never ENCLOSED.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, inf, log2
from typing import Any

import mpmath
import sympy
from mpmath import libmp
from sympy import Expr, Symbol

from implicitreg_sym.errors import InputError
from implicitreg_sym.flow.branches import Branches
from implicitreg_sym.flow.jets import Expansion, SingularPointError, expand, magnitude, values_at
from implicitreg_sym.flow.recurrences import Float
from implicitreg_sym.flow.straight_line import Program
from implicitreg_sym.flow.trajectory import TaylorStep, Trajectory, real_number, tolerance_bits, working_bits

__all__ = [
    "FlowProblem",
    "Trajectory",
    "collect_steps",
    "flow_problem",
    "point_values",
    "taylor_flow",
    "taylor_steps",
]

_TAIL = 8  # how many of the last coefficients choose the step, so that vanishing ones do not mislead
_PILOT_ORDER = 16
_MAX_STEPS = 100_000

# With h = R e^(−2) for the radius R, neighbouring terms of the series differ by this many bits.
_DECAY = 2 / 0.6931471805599453


def _log_size(expansion: Expansion, k: int) -> float:
    """Return log2 of the coefficient k of the state, relative to max(1, |θ_i|)."""
    size = -inf
    for jet in expansion.state:
        if jet.coefficients[k]:
            unit = max(jet.exponent, jet.coefficients[0].bit_length())
            size = max(size, float(jet.coefficients[k].bit_length() - unit))
    return size


def _log_step(expansion: Expansion, order: int, tolerance_bits: int) -> float:
    """Return log2 of the longest admissible τ."""
    longest = inf
    for k in range(max(1, order - _TAIL + 1), order + 1):
        allowed = -tolerance_bits + _DECAY * (order - k) - _log_size(expansion, k)
        longest = min(longest, allowed / k)
    return longest


def _pilot_scale(program: Program, state: Sequence[Float], bits: int, sign: int) -> int:
    """Return a first guess of log2 of the step, from the radius that a short expansion shows."""
    scale = 0
    for _ in range(4):
        expansion = expand(program, state, bits, _PILOT_ORDER, scale, sign)
        radius = min(-_log_size(expansion, k) / k for k in range(_PILOT_ORDER - _TAIL, _PILOT_ORDER + 1))
        if radius == inf:
            return scale
        correction = floor(radius - _DECAY / 2)
        scale += correction
        if abs(correction) <= 2:
            break
    return scale


def taylor_steps(
    field: Sequence[Expr],
    variables: Sequence[Symbol],
    start: Sequence[Float],
    t_start: Float,
    t_end: Float,
    digits: int,
) -> Iterator[TaylorStep]:
    """Yield the steps of the solution of ``θ' = F(θ)`` one by one, in raw mpmath numbers.

    Raises `SingularPointError` where the solution cannot be continued.
    """
    tolerance, bits = tolerance_bits(digits), working_bits(digits)
    order = ceil(1.15 * 0.30103 * tolerance) + 2
    sign = libmp.mpf_sign(libmp.mpf_sub(t_end, t_start))
    if sign == 0:
        return
    branches = Branches(field, variables, digits)
    time, state = t_start, tuple(start)
    branches.select(state, {})
    branches.settle(state, 0, sign)
    scale = _pilot_scale(branches.program, state, bits, sign)
    for _ in range(_MAX_STEPS):
        remaining = libmp.mpf_abs(libmp.mpf_sub(t_end, time))
        scale = min(scale, magnitude(remaining) or 0)
        branches.settle(state, scale, sign)
        expansion = expand(branches.program, state, bits, order, scale, sign)
        longest = _log_step(expansion, order, tolerance)
        if scale + longest < min(0, magnitude(remaining) or 0) - bits // 2:
            raise SingularPointError("the steps shrink to nothing: a singularity")
        exponent = min(longest, 0.0)
        places = 6 - floor(exponent)
        tau = libmp.MPZ(int(2.0 ** (exponent + places)))
        length = libmp.from_man_exp(tau, scale - places)
        last = libmp.mpf_ge(length, remaining)
        if last:
            places, length = bits, remaining
            tau = libmp.MPZ(libmp.to_fixed(libmp.mpf_shift(remaining, -scale), places))
        crossed: list[Expr] = []
        if branches.signs:
            fine = tau << bits >> places
            crossing = branches.first_crossing(expansion, fine, bits)
            if crossing is not None:
                places = bits
                tau, crossed = crossing
                length, last = libmp.from_man_exp(tau, scale - places), False
        point = tuple(libmp.from_man_exp(jet.at(tau, places), -jet.exponent) for jet in expansion.state)
        reached = log2(int(tau)) - places if tau else -inf  # an mpz above 2^1024 is no float
        tail = range(order - _TAIL + 1, order + 1)
        error = max(_log_size(expansion, k) + k * reached - _DECAY * (order - k) for k in tail)
        bound = libmp.from_man_exp(1, ceil(max(error, -bits)))
        signed = length if sign > 0 else libmp.mpf_neg(length)
        yield TaylorStep(time, signed, scale, sign, expansion.state, point, bound)
        if last:
            return
        time, state = libmp.mpf_add(time, signed), point
        if crossed:
            branches.cross(state, crossed)
        else:
            branches.select(state, branches.signs)
        scale = ceil(scale + min(longest, 3.0) + 0.15)
    raise SingularPointError(f"{_MAX_STEPS} steps did not reach the end")


def collect_steps(
    steps: Iterator[TaylorStep],
    start: Sequence[Float],
    t_start: Float,
    digits: int,
    until: Callable[[TaylorStep], bool] = lambda step: False,
) -> Trajectory:
    """Gather steps into a trajectory, up to the first step at whose start the condition holds."""
    taken: list[TaylorStep] = []
    stopped = None
    try:
        for step in steps:
            if until(step):
                break
            taken.append(step)
    except SingularPointError as error:
        stopped = str(error)
    initial = tuple(map(mpmath.mp.make_mpf, start))
    return Trajectory(digits, initial, mpmath.mp.make_mpf(t_start), tuple(taken), stopped)


@dataclass(frozen=True, slots=True)
class FlowProblem:
    """A checked initial value problem with exact or raw numbers."""

    field: tuple[Expr, ...]
    variables: tuple[Symbol, ...]
    start: tuple[Float, ...]
    digits: int


def flow_problem(
    field: Sequence[Expr], variables: Sequence[Symbol], start: Sequence[Any], digits: int
) -> FlowProblem:
    """Check and convert the data of an initial value problem; raise `InputError` if they do not fit."""
    if isinstance(digits, bool) or not isinstance(digits, int) or digits < 1:
        raise InputError(f"the number of digits is {digits!r}; give a positive integer")
    if not len(field) == len(variables) == len(start):
        raise InputError(
            f"the field has {len(field)} components, with {len(variables)} variables and {len(start)} start "
            "values; give as many of each"
        )
    if not field:
        raise InputError("the field has no components; give at least one")
    components = []
    for given in field:
        component = sympy.Integer(given) if isinstance(given, int) else given
        if not isinstance(component, Expr):
            raise InputError(f"the component {component!r} of the field is not a SymPy expression; give one")
        unknown = component.free_symbols - set(variables)
        if unknown:
            names = ", ".join(sorted(map(str, unknown)))
            raise InputError(
                f"the field depends on {names}, not among the variables; give values or list them"
            )
        components.append(component)
    bits = working_bits(digits)
    values = tuple(
        real_number(value, bits, f"the start value of {variable}")
        for value, variable in zip(start, variables, strict=True)
    )
    return FlowProblem(tuple(components), tuple(variables), values, digits)


def point_values(
    expressions: Sequence[Expr], variables: Sequence[Symbol], point: Sequence[Float], digits: int
) -> tuple[Any, ...]:
    """Return the values of expressions at a raw point, with the working precision of a flow.

    Raises `SingularPointError` where one of them is undefined.

    >>> from sympy import Abs, Symbol
    >>> p = Symbol("p", real=True)
    >>> print(point_values([Abs(p) + 1], [p], [libmp.from_int(-2)], 20)[0])
    3.0
    """
    branches = Branches(expressions, variables, digits)
    branches.select(point, {})
    values = values_at(branches.program, point, working_bits(digits))
    return tuple(map(mpmath.mp.make_mpf, values[: len(expressions)]))


def taylor_flow(
    field: Sequence[Expr],
    variables: Sequence[Symbol],
    start: Sequence[Any],
    t_end: Any,
    digits: int = 30,
    t_start: Any = 0,
) -> Trajectory:
    """Integrate the autonomous system ``θ' = F(θ), θ(t_start) = start`` to t_end, forwards or backwards.

    Arguments: n expressions in n variables, built from +, −, ·, /, powers, exp, log, trigonometric and
    hyperbolic functions and their inverses, erf, erfc, LambertW, and Abs, sign, Heaviside, Max, Min,
    Piecewise, whose breakpoints are located to working precision; n start values and times, exact or mpf; the
    digits aimed at, relative to max(1, |θ_i|). The error is estimated, not bounded, and grows as the flow
    expands: CHECKED evidence.
    Returns a trajectory, whose `stopped` tells why it ends early where the solution has a singularity.
    Raises `InputError` for another function, an unknown symbol, a float, or lengths that differ.

    >>> from sympy import Rational, Symbol
    >>> p, q = Symbol("p"), Symbol("q")
    >>> circle = taylor_flow([-q, p], [p, q], [1, 0], Rational(1, 2), digits=30)
    >>> with mpmath.workdps(30):
    ...     print(circle.end[0], mpmath.cos(mpmath.mpf(1) / 2))
    0.877582561890372716116281582604 0.877582561890372716116281582604
    """
    problem = flow_problem(field, variables, start, digits)
    bits = working_bits(digits)
    begin, end = real_number(t_start, bits, "the start time"), real_number(t_end, bits, "the end time")
    steps = taylor_steps(problem.field, problem.variables, problem.start, begin, end, digits)
    return collect_steps(steps, problem.start, begin, digits)
