"""Gradient flows of the one-neuron net f = a σ(<w, x>), integrated numerically to a time or to their limit.

Everything here rests on the Taylor integrator, which estimates errors and does not bound them: CHECKED
evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import mpmath
import sympy
from mpmath import libmp
from sympy import Expr, Symbol

from implicitreg_sym.errors import InputError
from implicitreg_sym.flow.taylor import (
    collect_steps,
    flow_problem,
    point_values,
    taylor_flow,
    taylor_steps,
)
from implicitreg_sym.flow.trajectory import TaylorStep, Trajectory, real_number
from implicitreg_sym.symbols import a, u, vector, w

_SPARE_DIGITS = 10  # the field near an equilibrium is to be small, not lost in the integration error

f: Symbol = Symbol("f", real=True)
target: Symbol = Symbol("y", real=True)


def parameters(dimension: int) -> tuple[Symbol, ...]:
    """Return the parameters θ in order: w, a for scalar inputs, w1, .., wd, a for vectors.

    >>> parameters(1), parameters(2)
    ((w, a), (w1, w2, a))
    """
    return (*((w,) if dimension == 1 else vector("w", dimension)), a)


def _output(sigma: Expr, inputs: Sequence[Expr]) -> Expr:
    weights = parameters(len(inputs))[:-1]
    return a * sigma.subs(u, sympy.Add(*map(sympy.Mul, weights, inputs)))


def _exact(number: Any) -> Expr:
    if isinstance(number, (bool, float, str)):
        raise InputError(f"the sample holds {number!r}; give an exact number, for instance Rational(3, 10)")
    try:
        expression = sympy.sympify(number, strict=True)
    except sympy.SympifyError as error:
        raise InputError(f"the sample holds {number!r}; give an exact number") from error
    if not isinstance(expression, Expr) or expression.free_symbols:
        raise InputError(f"the sample holds {number!r}; give an exact number")
    return expression


def _vector(inputs: Any) -> tuple[Expr, ...]:
    return tuple(map(_exact, inputs if isinstance(inputs, Sequence) else (inputs,)))


def _check_activation(sigma: Expr) -> None:
    if not isinstance(sigma, Expr) or sigma.free_symbols - {u}:
        raise InputError(f"the activation {sigma} is to be an expression in the symbol u alone")


def gradient_flow_field(
    sigma: Expr,
    samples: Sequence[tuple[Any, Any]],
    learning_rates: tuple[Any, Any] = (1, 1),
    loss: Expr | None = None,
) -> tuple[tuple[Expr, ...], tuple[Symbol, ...]]:
    """Return the right-hand side of ``w' = −η_w ∂L/∂w, a' = −η_a ∂L/∂a`` and the variables (w, a).

    Arguments: the activation in the symbol u; samples (x, y), x a number or d numbers; the learning rates
    (η_w, η_a); a loss ℓ(f, y) in the symbols `f` and `y`, by default ½(f − y)², summed over the samples.
    Raises `InputError` for samples of different lengths and for other symbols.

    >>> field, variables = gradient_flow_field(u, [(2, 1)])
    >>> print(field, variables)
    (-2*a*(2*a*w - 1), -2*w*(2*a*w - 1)) (w, a)
    """
    _check_activation(sigma)
    if loss is None:
        loss = (f - target) ** 2 / 2
    if not isinstance(loss, Expr) or loss.free_symbols - {f, target}:
        raise InputError(f"the loss {loss} is to be an expression in the real symbols f and y")
    vectors = [_vector(inputs) for inputs, _ in samples]
    if len({len(inputs) for inputs in vectors}) != 1 or not vectors[0]:
        raise InputError("the samples are to be at least one, with as many inputs each")
    variables = parameters(len(vectors[0]))
    rates = [_exact(learning_rates[0])] * (len(variables) - 1) + [_exact(learning_rates[1])]
    slope = sympy.diff(loss, f)
    field = [sympy.S.Zero] * len(variables)
    for inputs, (_, value) in zip(vectors, samples, strict=True):
        output = _output(sigma, inputs)
        descent = slope.subs({f: output, target: _exact(value)}, simultaneous=True)
        for index, (variable, rate) in enumerate(zip(variables, rates, strict=True)):
            field[index] -= rate * descent * sympy.diff(output, variable)
    return tuple(field), variables


@dataclass(frozen=True, slots=True)
class FlowLimit:
    """A trajectory and whether it came to rest: then its end is the limit, up to about 10^(−digits)."""

    trajectory: Trajectory
    converged: bool
    reason: str

    @property
    def limit(self) -> tuple[Any, ...] | None:
        """The last point if the flow has converged, else None."""
        return self.trajectory.end if self.converged else None


def _norm(vector_: Sequence[Any]) -> Any:
    return mpmath.sqrt(sum(component**2 for component in vector_))


def flow_limit(
    field: Sequence[Expr],
    variables: Sequence[Symbol],
    start: Sequence[Any],
    digits: int = 30,
    t_max: Any = 100_000,
) -> FlowLimit:
    """Integrate ``θ' = F(θ)`` until it has come to rest, or to t_max.

    At rest means ``|F| < 10^(−digits−5)`` and ``|F|/κ < 10^(−digits−2)``, where ``κ = −(log|F|)'``: the
    second is the distance still to go if |F| goes on decaying at this rate. A flow at an exact equilibrium is
    at rest. Where a flow comes to rest need not be a minimum: it may run into a saddle.
    Raises `InputError` as `taylor_flow` does.

    >>> from sympy import Symbol
    >>> p = Symbol("p")
    >>> rest = flow_limit([1 - p**2], [p], [0], digits=20)
    >>> rest.converged, mpmath.nstr(rest.limit[0], 20)
    (True, '1.0')
    """
    problem = flow_problem(field, variables, start, digits)
    inner = digits + _SPARE_DIGITS
    converged = False

    def at_rest(step: TaylorStep) -> bool:
        nonlocal converged
        velocity = [mpmath.mp.make_mpf(component) for component in step.derivative(1)]
        acceleration = [mpmath.mp.make_mpf(component) for component in step.derivative(2)]
        norm = _norm(velocity)
        if norm == 0:
            converged = True
        elif norm < mpmath.mpf(10) ** (-digits - 5):
            # (|F|²)'/2 = F·F'; κ|F| = −F·F'/|F|.
            decay = -sum(v * b for v, b in zip(velocity, acceleration, strict=True)) / norm
            converged = bool(norm**2 < decay * mpmath.mpf(10) ** (-digits - 2))
        return converged

    begin = libmp.fzero
    end = real_number(t_max, 64, "the last time")
    steps = taylor_steps(problem.field, problem.variables, problem.start, begin, end, inner)
    trajectory = collect_steps(steps, problem.start, begin, inner, at_rest)
    if converged:
        return FlowLimit(trajectory, True, "the vector field has vanished")
    return FlowLimit(trajectory, False, trajectory.stopped or f"the flow is still moving at t = {t_max}")


def one_sample_limit(
    sigma: Expr,
    x: Any,
    y: Any,
    start: Sequence[Any],
    digits: int = 30,
    learning_rates: tuple[Any, Any] = (1, 1),
) -> FlowLimit:
    """Integrate the one-sample flow in its output, ``dθ/df = η∇f/<∇f, η∇f>``, from f(θ0) to y (T7).

    The orbit is that of the gradient flow and <∇f, η∇f> = K for η = 1, so the system is regular as long as
    K > 0 and ends at the limit in finite time, whatever loss ℓ(f, y) decreases towards f = y.
    Arguments: the activation in the symbol u; x a number or d numbers; y; the start (w.., a).
    Returns the trajectory, not converged where K vanishes or a component blows up on the way.

    >>> from sympy import Rational
    >>> arrival = one_sample_limit(u, 1, 2, [1, 1], digits=20)
    >>> arrival.converged, mpmath.nstr(arrival.limit[0] ** 2, 15)
    (True, '2.0')
    """
    _check_activation(sigma)
    inputs, goal = _vector(x), _exact(y)
    variables = parameters(len(inputs))
    output = _output(sigma, inputs)
    rates = [_exact(learning_rates[0])] * len(inputs) + [_exact(learning_rates[1])]
    slopes = [sympy.diff(output, variable) for variable in variables]
    speed = sum((rate * slope**2 for rate, slope in zip(rates, slopes, strict=True)), sympy.S.Zero)
    field = [rate * slope / speed for rate, slope in zip(rates, slopes, strict=True)]
    problem = flow_problem(field, variables, start, digits)
    (initial,) = point_values([output], variables, problem.start, digits)
    trajectory = taylor_flow(field, variables, start, goal, digits, t_start=initial)
    if trajectory.stopped is None:
        return FlowLimit(trajectory, True, "the output has reached the target")
    return FlowLimit(
        trajectory, False, f"{trajectory.stopped} at output {mpmath.nstr(trajectory.times[-1], 10)}"
    )
