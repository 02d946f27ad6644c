"""The Taylor integrator against closed forms, invariants, mpmath's integrator, and itself in reverse."""

from __future__ import annotations

from typing import Any

import mpmath
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import libmp, mpf
from sympy import Abs, Expr, Heaviside, Integer, Max, Min, Piecewise, Rational, Symbol, exp, log, sqrt

from implicitreg_sym.errors import InputError
from implicitreg_sym.flow.breakpoints import first_crossing
from implicitreg_sym.flow.gradient_flow import (
    FlowLimit,
    flow_limit,
    gradient_flow_field,
    one_sample_limit,
    target,
)
from implicitreg_sym.flow.gradient_flow import f as output
from implicitreg_sym.flow.jets import Jet, SingularPointError, expand
from implicitreg_sym.flow.straight_line import Linear, Product, Reciprocal, compile_program
from implicitreg_sym.flow.taylor import point_values, taylor_flow
from implicitreg_sym.symbols import u

p, q = sympy.symbols("p q", real=True)
SIGMOID = 1 / (1 + exp(-u))
RELU = Piecewise((u, u > 0), (0, True))
ELU = Piecewise((u, u > 0), (exp(u) - 1, True))
SOFTSIGN = u / (1 + Abs(u))


def gap(computed: mpf, exact: mpf | Expr | int, digits: int) -> mpf:
    """The absolute difference, in an arithmetic that has digits to spare."""
    with mpmath.workdps(digits + 20):
        if isinstance(exact, Expr):
            exact = mpf(exact.evalf(digits + 20))
        return abs(computed - exact)


def limit_of(arrival: FlowLimit) -> tuple[mpf, ...]:
    """The limit of a flow that has one."""
    assert arrival.limit is not None
    return arrival.limit


# Closed-form solutions


@pytest.mark.parametrize(
    ("field", "start", "t_end", "solution"),
    [
        pytest.param(-3 * p, Integer(2), 5, 2 * exp(-15), id="linear"),
        pytest.param(p * (1 - p), Rational(1, 10), 10, 1 / (1 + 9 * exp(-10)), id="logistic"),
        pytest.param(sqrt(p), Integer(1), 3, Rational(25, 4), id="square root"),
        pytest.param(
            p ** Rational(-2, 3), Integer(1), 2, Rational(13, 3) ** Rational(3, 5), id="negative power"
        ),
        pytest.param(-(p**3), Integer(1), 4, Rational(1, 3), id="cube"),
        pytest.param(p**2, Integer(-1), 10, Rational(-1, 11), id="square, entering from below"),
        pytest.param(exp(-p), Integer(0), 7, log(8), id="exponential"),
        pytest.param(p * log(p), Integer(2), 1, exp(sympy.E * log(2)), id="Gompertz"),
        pytest.param(sympy.pi * p, Integer(1), 1, exp(sympy.pi), id="irrational constant"),
    ],
)
def test_scalar_solutions_to_sixty_digits(field: Expr, start: Expr, t_end: int, solution: Expr) -> None:
    """Scalar equations with a known solution come out to 60 digits."""
    trajectory = taylor_flow([field], [p], [start], t_end, digits=60)
    assert trajectory.stopped is None
    assert gap(trajectory.end[0], solution, 60) < mpf(10) ** -60


@pytest.mark.parametrize("digits", [290, 400, 1000])
def test_precisions_beyond_the_range_of_floats(digits: int) -> None:
    """Hundreds of digits come out too: no step converts an integer above 2^1024 to a float."""
    trajectory = taylor_flow([-2 * p], [p], [1], Rational(1, 8), digits=digits)
    assert trajectory.stopped is None
    assert gap(trajectory.end[0], exp(-Rational(1, 4)), digits) < mpf(10) ** -digits
    assert trajectory.local_error_estimate < mpf(10) ** -digits


def test_harmonic_oscillator_everywhere_on_its_orbit() -> None:
    """Cosine and sine come out to 60 digits at the end and at any time between, forwards and backwards."""
    for t_end in (20, -20):
        circle = taylor_flow([-q, p], [p, q], [1, 0], t_end, digits=60)
        for time in (Rational(t_end), Rational(t_end, 7), Rational(t_end, 3), Integer(0)):
            cosine, sine = circle.at(time)
            assert gap(cosine, sympy.cos(time), 60) < mpf(10) ** -60
            assert gap(sine, sympy.sin(time), 60) < mpf(10) ** -60
        assert all(gap(*pair, 60) < mpf(10) ** -60 for pair in zip(circle.at(t_end), circle.end, strict=True))


@pytest.mark.parametrize(
    "function",
    [
        exp,
        log,
        sympy.sin,
        sympy.cos,
        sympy.tan,
        sympy.sinh,
        sympy.cosh,
        sympy.tanh,
        sympy.atan,
        sympy.asinh,
        sympy.erf,
        sympy.erfc,
        sympy.LambertW,
        sympy.coth,
        sympy.sec,
        sympy.sech,
        sympy.csc,
        sympy.csch,
        sympy.cot,
        sympy.sqrt,
    ],
)
def test_functions_are_the_integrals_of_their_derivatives(function: sympy.Function) -> None:
    """q' = φ'(p), p' = 1 carries q = φ(1/2) to φ(3/2), and q' = φ(p) to mpmath's quadrature."""
    here, there = Rational(1, 2), Rational(3, 2)
    derivative = sympy.diff(function(p), p)
    end = taylor_flow([Integer(1), derivative], [p, q], [here, function(here)], 1, digits=40).end
    assert gap(end[1], function(there), 40) < mpf(10) ** -40
    end = taylor_flow([Integer(1), function(p)], [p, q], [here, 0], 1, digits=40).end
    with mpmath.workdps(50):
        area = mpmath.quad(sympy.lambdify(p, function(p), modules="mpmath"), [mpf(1) / 2, 1, mpf(3) / 2])
    assert gap(end[1], area, 40) < mpf(10) ** -40


@pytest.mark.parametrize(
    ("function", "here", "primitive"),
    [
        (sympy.asin, Rational(-1, 2), p * sympy.asin(p) + sqrt(1 - p**2)),
        (sympy.acos, Rational(-1, 2), p * sympy.acos(p) - sqrt(1 - p**2)),
        (sympy.atanh, Rational(-1, 2), p * sympy.atanh(p) + log(1 - p**2) / 2),
        (sympy.acosh, Integer(2), p * sympy.acosh(p) - sqrt(p**2 - 1)),
    ],
)
def test_inverse_functions_with_a_bounded_domain(
    function: sympy.Function, here: Expr, primitive: Expr
) -> None:
    """The same for functions that are real on an interval only."""
    there = here + Rational(3, 4)
    end = taylor_flow([Integer(1), function(p)], [p, q], [here, 0], Rational(3, 4), digits=40).end
    assert gap(end[1], primitive.subs(p, there) - primitive.subs(p, here), 40) < mpf(10) ** -40


def test_a_tower_of_powers_with_a_variable_exponent() -> None:
    """p^p and 2^p are exponentials of products with logarithms."""
    end = taylor_flow([Integer(1), (p**p) * (log(p) + 1)], [p, q], [1, 1], 1, digits=40).end
    assert gap(end[1], 4, 40) < mpf(10) ** -40
    end = taylor_flow([Integer(1), Integer(2) ** p * log(2)], [p, q], [0, 1], 3, digits=40).end
    assert gap(end[1], 8, 40) < mpf(10) ** -40


def test_a_large_solution_keeps_its_relative_precision() -> None:
    """Components far above one are computed relative to their size, ones far below absolutely."""
    (large,) = taylor_flow([p], [p], [1], 100, digits=40).end
    assert gap(large, exp(100), 100) < mpf(10) ** (43 - 40)
    (small,) = taylor_flow([-p], [p], [1], 100, digits=40).end
    assert gap(small, exp(-100), 80) < mpf(10) ** -40


def test_a_field_that_cancels_is_recomputed_with_more_bits() -> None:
    """(e^p − 1 − p)/p² near p = 0 loses 2/3 of the digits; the solution does not."""
    field = (exp(p) - 1 - p) / p**2
    start = Rational(1, 10**20)
    (end,) = taylor_flow([field], [p], [start], Rational(1, 10**20), digits=30).end
    # To first order the field is 1/2 + p/6, and p stays below 2·10^−20.
    assert gap(end, start + start * (Rational(1, 2) + start / 6 + start / 24), 60) < mpf(10) ** -38


# Agreement with mpmath and conserved quantities


def test_agrees_with_mpmath_odefun_at_twenty_digits() -> None:
    """A pendulum with friction agrees with mpmath's own integrator."""
    trajectory = taylor_flow([q, -sympy.sin(p) - q / 10], [p, q], [1, 0], 4, digits=20)
    with mpmath.workdps(22):
        theirs = mpmath.odefun(lambda _, s: [s[1], -mpmath.sin(s[0]) - s[1] / 10], 0, [mpf(1), mpf(0)])(4)
    for ours, other in zip(trajectory.end, theirs, strict=True):
        assert gap(ours, other, 20) < mpf(10) ** -20


@pytest.mark.parametrize("digits", [20, 50, 110])
def test_sigmoid_flow_keeps_its_invariant(digits: int) -> None:
    """a²/2 − (u + e^u)/x² is constant along the one-sample sigmoid flow (T4)."""
    field, variables = gradient_flow_field(SIGMOID, [(2, Rational(3, 2))])
    trajectory = taylor_flow(field, variables, [Rational(3, 10), Rational(7, 10)], 40, digits)
    with mpmath.workdps(digits + 10):
        values = [a**2 / 2 - (2 * w + mpmath.exp(2 * w)) / 4 for w, a in trajectory.points]
        assert max(abs(value - values[0]) for value in values) < mpf(10) ** -digits
    assert trajectory.local_error_estimate < mpf(10) ** -digits


def test_orthogonal_samples_keep_the_joint_invariant() -> None:
    """With orthogonal inputs a²/2 − Σ G(u_i)/‖x_i‖² is constant (T5); all parameters move."""
    samples = [((1, 2), Rational(9, 10)), ((2, -1), Rational(2, 5))]
    field, variables = gradient_flow_field(SIGMOID, samples)
    trajectory = taylor_flow(
        field, variables, [Rational(1, 5), Rational(-1, 10), Rational(4, 5)], 40, digits=50
    )
    with mpmath.workdps(60):
        values = []
        for w1, w2, a in trajectory.points:
            u1, u2 = w1 + 2 * w2, 2 * w1 - w2
            values.append(a**2 / 2 - (u1 + mpmath.exp(u1)) / 5 - (u2 + mpmath.exp(u2)) / 5)
        assert max(abs(value - values[0]) for value in values) < mpf(10) ** -50
        moved = max(
            abs(here - there) for here, there in zip(trajectory.end, trajectory.points[0], strict=True)
        )
        assert moved > mpf(1) / 100


def test_learning_rates_and_losses_enter_the_field() -> None:
    """η_w multiplies w', η_a multiplies a', and the loss enters by its derivative at f."""
    field, (w, a) = gradient_flow_field(u**2, [(3, 2)], (5, 7), sympy.cosh(output - target))
    descent = sympy.sinh(9 * a * w**2 - 2)
    assert sympy.expand(field[0] + 5 * descent * 18 * a * w) == 0
    assert sympy.expand(field[1] + 7 * descent * 9 * w**2) == 0


# Breakpoints


@pytest.mark.parametrize(
    ("field", "start", "t_end", "solution", "crossing"),
    [
        pytest.param(2 + sympy.sign(p), -1, 4, Integer(9), 1, id="sign"),
        pytest.param(-1 / (1 + Abs(p)), 1, 4, 1 - sqrt(6), Rational(3, 2), id="absolute value"),
        pytest.param(1 + Heaviside(p), -1, 3, Integer(4), 1, id="Heaviside"),
        pytest.param(1 + Max(p, 0), -1, 2, sympy.E - 1, 1, id="maximum"),
        pytest.param(
            1 + Min(p, 0, 2 * p), -Rational(1, 4), 1, 1 - log(2) / 2, log(2) / 2, id="minimum of three"
        ),
        pytest.param(
            Piecewise((1, (p < 0) | (p > 2)), (2, (p >= 0) & (p <= 1)), (4, True)),
            -1,
            3,
            Rational(13, 4),
            1,
            id="pieces",
        ),
        pytest.param(1 + Abs(Abs(p) - 1), -1, 2, sympy.E**2 / 4, log(2), id="nested"),
    ],
)
def test_breakpoints_are_located(
    field: Expr, start: Expr, t_end: Expr, solution: Expr, crossing: Expr
) -> None:
    """A piecewise field is integrated piece by piece, with each breakpoint a time of the trajectory."""
    trajectory = taylor_flow([field], [p], [start], t_end, digits=40)
    assert trajectory.stopped is None
    assert gap(trajectory.end[0], solution, 40) < mpf(10) ** -40
    assert min(gap(time, sympy.sympify(crossing), 40) for time in trajectory.times) < mpf(10) ** -40


@pytest.mark.parametrize(
    ("sigma", "branches"),
    [
        (ELU, (lambda s: s**2 / 2, lambda s: s + mpmath.exp(-s) - 1)),
        (SOFTSIGN, (lambda s: s**2 / 2 + s**3 / 3, lambda s: s**2 / 2 - s**3 / 3)),
    ],
)
def test_a_flow_through_a_breakpoint_keeps_the_joined_invariant(
    sigma: Expr, branches: tuple[Any, Any]
) -> None:
    """elu and softsign flows cross u = 0 and keep a²/2 − G(u)/x², G joined continuously (T4)."""
    field, variables = gradient_flow_field(sigma, [(Rational(3, 2), -1)])
    trajectory = taylor_flow(field, variables, [Rational(1, 2), 2], 12, digits=40)
    with mpmath.workdps(50):
        values = []
        for w, a in trajectory.points:
            s = 3 * w / 2
            values.append(a**2 / 2 - branches[0 if s > 0 else 1](s) * 4 / 9)
        assert max(abs(value - values[0]) for value in values) < mpf(10) ** -40
        at_breakpoint = [w for w, _ in trajectory.points if abs(w) < mpf(10) ** -40]
    assert trajectory.stopped is None and len(at_breakpoint) == 1
    assert trajectory.points[0][0] > 0 > trajectory.end[0]


def test_a_relu_that_dies_stays_where_it_dies() -> None:
    """Past the breakpoint the relu field is zero: the flow stops there and counts as at rest."""
    trajectory = taylor_flow([Piecewise((-1, p > 0), (0, True)), Integer(1)], [p, q], [1, 0], 3, digits=40)
    assert gap(trajectory.end[0], 0, 40) < mpf(10) ** -40
    assert gap(trajectory.end[1], 3, 40) < mpf(10) ** -40
    field, variables = gradient_flow_field(RELU, [(1, 1)])
    start = [-1, 2]
    assert flow_limit(field, variables, start).limit == (-1, 2)


def test_a_flow_that_starts_on_a_breakpoint_takes_the_side_it_moves_to() -> None:
    """From |p| = 0 with p' = ±1 the branch is the one ahead, and SymPy's own where both would do."""
    for pace in (1, -1):
        (_, end) = taylor_flow([Integer(pace), Abs(p)], [p, q], [0, 0], 2, digits=30).end
        assert gap(end, 2, 30) < mpf(10) ** -30
    assert taylor_flow([Piecewise((1, p > 0), (0, True))], [p], [0], 1).end == (0,)
    assert gap(taylor_flow([Piecewise((1, p >= 0), (0, True))], [p], [0], 1).end[0], 1, 30) < mpf(10) ** -30


def test_two_switches_that_vanish_together_are_both_crossed() -> None:
    """sign(p) and another switch that vanishes with p change at the same instant, even of third order."""
    for other in (Heaviside(p + p**2), Heaviside(p**3), Piecewise((1, exp(p) - 1 > 0), (0, True))):
        trajectory = taylor_flow([2 + sympy.sign(p) + 3 * other], [p], [Rational(-1, 3)], 1, digits=30)
        assert gap(trajectory.end[0], 4, 30) < mpf(10) ** -30


def test_sliding_along_a_breakpoint_is_reported() -> None:
    """p' = −sign(p) has no solution past p = 0 in the classical sense, and that is what one is told."""
    trajectory = taylor_flow([-sympy.sign(p)], [p], [1], 2, digits=30)
    assert trajectory.stopped is not None and "breakpoint p = 0" in trajectory.stopped
    assert gap(trajectory.times[-1], 1, 30) < mpf(10) ** -30


def test_a_switch_that_touches_zero_is_not_crossed() -> None:
    """A double root is no change of sign; two roots close together are found one after the other."""
    one = 1 << 200
    assert first_crossing(Jet((one, -2 * one, one), 200), 2 * one, 200, 60) is None
    # (τ − 1/2)(τ − 1/2 − 2^−20)
    e = one >> 20
    close = Jet((one // 4 + e // 2, -one - e, one), 200)
    first = first_crossing(close, one, 200, 60)
    assert first is not None and abs(first - one // 2) <= 1 << 100
    assert first_crossing(Jet((libmp.MPZ(0),), 200), one, 200, 60) is None


# Limits


@pytest.mark.parametrize(
    "sigma", [SIGMOID, sympy.tanh(u), sympy.erf(u), u * SIGMOID, log(1 + exp(u)), SOFTSIGN]
)
def test_both_ways_to_a_one_sample_limit_agree(sigma: Expr) -> None:
    """In time and in the output the flow ends at the same interpolating point of its orbit (T7)."""
    start, sample = [Rational(1, 2), Rational(3, 4)], (Rational(3, 2), Rational(6, 5))
    field, variables = gradient_flow_field(sigma, [sample])
    in_time, in_output = flow_limit(field, variables, start, 30), one_sample_limit(sigma, *sample, start, 30)
    assert in_time.converged and in_output.converged
    w, a = limit_of(in_output)
    for here, there in zip(limit_of(in_time), (w, a), strict=True):
        assert gap(here, there, 30) < mpf(10) ** -30
    with mpmath.workdps(45):
        value = a * sympy.lambdify(u, sigma, modules="mpmath")(w * 3 / 2)
    assert gap(value, Rational(6, 5), 30) < mpf(10) ** -30


def test_limit_of_a_power_is_a_quadratic_in_the_output_weight() -> None:
    """For σ = u², x = 1: a² − w²/2 is constant and a w² = y, a cubic for a (T4, T7)."""
    arrival = one_sample_limit(u**2, 1, 3, [1, 1], 60)
    _, a = limit_of(arrival)
    with mpmath.workdps(75):
        expected = mpmath.polyroots([2, 0, -1, -3], maxsteps=200, extraprec=200)[0].real
    assert gap(a, expected, 60) < mpf(10) ** -60


def test_vector_inputs_keep_the_orthogonal_component() -> None:
    """The component of w orthogonal to x does not move, whatever the learning rates."""
    arrival = one_sample_limit(sympy.tanh(u), (1, 2), 1, [Rational(1, 5), Rational(1, 3), 1], 40, (2, 3))
    w1, w2, a = limit_of(arrival)
    with mpmath.workdps(50):
        assert abs(2 * w1 - w2 - (mpf(2) / 5 - mpf(1) / 3)) < mpf(10) ** -40
        u0, u1 = mpf(13) / 15, w1 + 2 * w2
        drift = (a**2 - 1) / (2 * 3) - (mpmath.sinh(u1) ** 2 - mpmath.sinh(u0) ** 2) / (2 * 5 * 2)
        assert abs(drift) < mpf(10) ** -40


def test_no_limit_where_the_speed_vanishes_on_the_way() -> None:
    """On the orbit w = a of the linear neuron the output stays positive; a dead relu cannot move."""
    stuck = one_sample_limit(u, 1, -1, [1, 1], 30)
    assert not stuck.converged and stuck.limit is None and "output" in stuck.reason
    dead = one_sample_limit(RELU, 1, 1, [-1, 1], 30)
    assert not dead.converged and "undefined" in dead.reason


def test_a_flow_that_has_not_come_to_rest_does_not_count_as_converged() -> None:
    """Too short a time, an algebraic decay and an explosion are told apart from convergence."""
    moving = flow_limit([-p], [p], [1], digits=20, t_max=10)
    assert not moving.converged and "still moving" in moving.reason and moving.limit is None
    slow = flow_limit([-(p**3)], [p], [1], digits=20, t_max=10**6)
    assert not slow.converged
    # |F| = 10^−27 is tiny, the distance to go is not.
    assert not flow_limit([-(p**3)], [p], [Rational(1, 10**9)], digits=20, t_max=10**6).converged
    blown = flow_limit([p**2], [p], [1], digits=20)
    assert not blown.converged and "singularity" in blown.reason
    assert flow_limit([-p], [p], [0]).limit == (0,)


# Singularities and misuse


@pytest.mark.parametrize(
    ("field", "start", "t_end", "where"),
    [
        (p**2, 1, 2, 1),
        (-1 / p, 1, 1, Rational(1, 2)),
        (log(p) - 1, Rational(1, 2), 1, None),
        (-sqrt(p) - 1, 1, 2, 2 - 2 * log(2)),
    ],
)
def test_singularities_stop_the_integration(field: Expr, start: Expr, t_end: int, where: Expr | None) -> None:
    """Where the solution ends before the time asked for, the trajectory says so and ends there."""
    trajectory = taylor_flow([field], [p], [start], t_end, digits=30)
    assert trajectory.stopped is not None
    assert where is None or gap(trajectory.times[-1], sympy.sympify(where), 30) < mpf(10) ** -20


@pytest.mark.parametrize(
    ("field", "start"),
    [
        (1 / p, 0),
        (log(p), -1),
        (sqrt(p), -1),
        (sympy.asin(p), 2),
        (sympy.LambertW(p), -1),
        (Piecewise((1 / p, p >= 0), (0, True)), 0),
    ],
)
def test_a_start_outside_the_domain_stops_at_once(field: Expr, start: int) -> None:
    """A field that has no expansion at the start leaves a trajectory of one point."""
    trajectory = taylor_flow([field], [p], [start], 1)
    assert trajectory.stopped is not None and trajectory.points == ((start,),)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([sympy.gamma(p)], [p], [1], 1), "gamma"),
        (([Piecewise((1, sympy.Eq(p, 0) ^ (p > 1)), (2, True))], [p], [1], 1), "inequality"),
        (([p * q], [p], [1], 1), "depends on q"),
        (([p], [p], [0.5], 1), "not a float"),
        (([p], [p], ["1"], 1), "text"),
        (([p], [p], [sympy.I], 1), "real"),
        (([p], [p], [mpf("inf")], 1), "finite"),
        (([p], [p], [1], sympy.oo), "end time"),
        (([p, q], [p, q], [1], 1), "as many"),
        (([], [], [], 1), "at least one"),
        ((["p"], [p], [1], 1), "not a SymPy expression"),
        (([p], [p], [1], 1, 0), "positive integer"),
        (([sympy.I * p], [p], [1], 1), "real"),
        (([Piecewise((1, p > 2))], [p], [1], 1), "True"),
    ],
)
def test_misuse_is_told_in_a_sentence(arguments: tuple[Any, ...], message: str) -> None:
    """Bad input raises InputError, and the message names what is wrong."""
    with pytest.raises(InputError, match=message):
        taylor_flow(*arguments)


def test_misuse_of_the_gradient_flow() -> None:
    """Samples, activation and loss are checked before anything is computed."""
    with pytest.raises(InputError, match="as many inputs"):
        gradient_flow_field(u, [(1, 1), ((1, 2), 1)])
    with pytest.raises(InputError, match="exact number"):
        gradient_flow_field(u, [(1, 0.5)])
    with pytest.raises(InputError, match="exact number"):
        gradient_flow_field(u, [(p, 1)])
    with pytest.raises(InputError, match="exact number"):
        gradient_flow_field(u, [(1, object())])
    with pytest.raises(InputError, match="symbol u"):
        one_sample_limit(u * p, 1, 1, [1, 1])
    with pytest.raises(InputError, match="f and y"):
        gradient_flow_field(u, [(1, 1)], loss=p**2)


def test_dense_output_refuses_other_times() -> None:
    """A trajectory is not extrapolated."""
    trajectory = taylor_flow([-p], [p], [1], 1)
    for time in (Rational(11, 10), Rational(-1, 10)):
        with pytest.raises(InputError, match="outside"):
            trajectory.at(time)
    assert taylor_flow([-p], [p], [1], 0).at(0) == (1,)


# The program


def test_products_share_their_common_factors() -> None:
    """p²q, p²q³ and 1/(pq)² need seven products at most and two reciprocals, and their values are right."""
    program = compile_program([p**2 * q, p**2 * q**3, (p * q) ** -2], [p, q])
    kinds = [type(instruction) for instruction in program.instructions]
    assert kinds.count(Product) <= 7 and kinds.count(Reciprocal) == 2
    state = [libmp.from_int(3), libmp.from_int(2)]
    values = point_values([p**2 * q, p**2 * q**3, (p * q) ** -2], [p, q], state, 30)
    assert values[:2] == (18, 72) and gap(values[2], Rational(1, 36), 30) < mpf(10) ** -30
    assert Linear not in kinds


def test_hopeless_cancellation_is_reported() -> None:
    """A field whose denominator cancels to nothing is an error of the point, not a wrong number."""
    program = compile_program([1 / (exp(p) - 1 - p)], [p])
    with pytest.raises(SingularPointError):
        expand(program, [libmp.from_man_exp(1, -3000)], 200, 4, 0, 1)


# Laws

small = st.integers(-3, 3).map(lambda n: Rational(n, 4))


def elementary(leaf: Symbol, other: Symbol) -> st.SearchStrategy[Expr]:
    """Combinations of two variables, defined everywhere, whose flows from small starts exist up to t = 1."""
    leaves = st.sampled_from([leaf, other, leaf * other, leaf**2])
    wrapped = st.sampled_from(
        [sympy.sin, sympy.tanh, sympy.atan, sympy.erf, lambda e: 1 / (2 + e**2), lambda e: exp(-(e**2)),
         lambda e: sqrt(1 + e**2), sympy.asinh, lambda e: e / (1 + Abs(e)), lambda e: log(1 + exp(e))]
    )  # fmt: skip
    return st.builds(
        lambda c, g, e, d, h: c * g(e) + d * h, small, wrapped, leaves, small, leaves.map(sympy.sin)
    )


@settings(max_examples=25, deadline=None)
@given(elementary(p, q), elementary(q, p), small, small)
def test_reversing_time_returns_to_the_start(first: Expr, second: Expr, start: Expr, other: Expr) -> None:
    """The flow to t = 1 and back is the identity, up to the growth that the field allows."""
    there = taylor_flow([first, second], [p, q], [start, other], 1, digits=30)
    assert there.stopped is None
    back = taylor_flow([first, second], [p, q], there.end, -1, digits=30)
    for computed, exact in zip(back.end, (start, other), strict=True):
        assert gap(computed, exact, 30) < mpf(10) ** -30


@settings(max_examples=15, deadline=None)
@given(elementary(p, q), small, st.integers(2, 5))
def test_the_solution_does_not_depend_on_the_precision(field: Expr, start: Expr, factor: int) -> None:
    """With more digits, hence other steps and orders, the first ones stay; the field scales like time."""
    coarse = taylor_flow([field, -p / 2], [p, q], [start, 1], 1, digits=15)
    time = Rational(1, factor)
    fine = taylor_flow([factor * field, -factor * p / 2], [p, q], [start, 1], time, digits=45)
    for here, there in zip(coarse.end, fine.end, strict=True):
        assert gap(here, there, 45) < mpf(10) ** -14
