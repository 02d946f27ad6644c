"""Enclosed trajectories of one-sample flows: the Taylor integrator, the laws of the flow, limits."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import flint
import mpmath
import pytest
import sympy as sp
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from implicitreg_sym.activations import activation
from implicitreg_sym.claims import Outcome
from implicitreg_sym.errors import InputError
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.flow import Network, Point, Sample
from implicitreg_sym.flow.gradient_flow import gradient_flow_field
from implicitreg_sym.flow.taylor import taylor_flow
from implicitreg_sym.invariants.potential import Potential
from implicitreg_sym.limits import limit
from implicitreg_sym.strategies import OneSampleProblem, activations, networks, one_sample_problems
from implicitreg_sym.trajectory import State, Trajectory, agrees, enclosed_trajectory, limit_check

R = sp.Rational


def numbers(text: str) -> tuple[sp.Expr, ...]:
    """Exact numbers, separated by blanks."""
    return tuple(sp.sympify(part, rational=True) for part in text.split())


def flow(
    name: str, weights: str, a: str, x: str, y: str, times: tuple[Any, ...], digits: int = 30, **network: Any
) -> Trajectory:
    """The trajectory with numbers given as text; with a bias, its start is the last weight."""
    net = Network(activation(name), inputs=len(x.split()), **network)
    entries = numbers(weights)
    w, b = (entries[:-1], entries[-1]) if net.bias else (entries, None)
    return enclosed_trajectory(net, Point(w, *numbers(a), b), Sample(numbers(x), *numbers(y)), times, digits)


def assert_encloses(state: State | None, values: tuple[mpmath.mpf, ...], digits: int) -> None:
    """Every ball is as narrow as promised and within 10^-digits of the value that mpmath found."""
    assert state is not None
    for ball, value in zip(state.balls, values, strict=True):
        middle = mpmath.mpf(ball.middle.numerator) / ball.middle.denominator
        scale = max(1, abs(middle))
        assert abs(middle - value) < mpmath.mpf(10) ** -digits * scale
        ball.decimal(digits)


def assert_matches_integration(found: Trajectory, digits: int = 30) -> None:
    """Each state against the Taylor integrator run to its time."""
    network, sample = found.network, found.sample
    field, variables = gradient_flow_field(
        network.activation.formula,
        [(network.augment(sample), sample.y)],
        learning_rates=(network.rate_w, network.rate_a),
    )
    start = (*found.start.weights, found.start.a)
    for t, state in zip(found.times, found.at, strict=True):
        other = taylor_flow(field, variables, start, t, digits + 10)
        assert other.stopped is None
        with mpmath.workdps(digits + 15):
            assert_encloses(state, other.end, digits)


CASES = {
    "sigmoid": ("sigmoid", "3/10", "7/10", "2", "3/2"),
    "tanh with a turning point": ("tanh", "1", "-1/2", "1", "1"),
    "tanh through the zero of σ": ("tanh", "1", "-3", "1", "1"),
    "tanh to a = 0": ("tanh", "1", "-1/2", "1", "0"),
    "tanh to σ = 0": ("tanh", "1", "-3", "1", "0"),
    "a start at a turning point": ("tanh", "1", "0", "1", "1"),
    "a start beyond the limit": ("arctan", "1", "2", "1", "1/5"),
    "softplus": ("softplus", "1/2", "1", "-1", "2"),
    "gelu, without a closed form": ("gelu", "1", "1/2", "1", "2"),
    "gelu through zero": ("gelu", "-1/4", "1/2", "1", "2"),
    "exp with a turning point": ("exp", "0", "1", "1", "-3"),
    "softsign over its seam": ("softsign", "-1", "2", "1", "1/2"),
    "relu": ("relu", "1", "-1/3", "1", "2"),
    "leaky relu over its kink": ("leaky_relu", "-1", "3", "1", "2"),
    "elu over its kink": ("elu", "-1", "3", "1", "2"),
    "the bell curve": ("gaussian", "1", "1", "1", "2"),
    "erf": ("erf", "1/2", "1", "1", "2"),
    "an activation of the user's": ("tanh(u)+u/2", "1", "1/3", "1", "3"),
    "one with a zero that has no name": ("u+exp(u/2)", "-1/2", "-1", "1", "2"),
    "softplus far out, where the cut of its logarithm is near": ("softplus", "11/5", "5/2", "3", "5/2"),
    "a start next to a turning point": ("erf", "8/5", "21/10", "3", "-8/5"),
    "between a turning point and its mirror image": ("identity", "-13/10", "11/10", "1/2", "3/2"),
    "a transcendental start": ("sigmoid", "log(5)", "sqrt(2)", "1", "pi/3"),
    "a vector input": ("sigmoid", "1/5 -1/10", "4/5", "1 2", "9/10"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_states_agree_with_the_taylor_integrator(case: tuple[str, str, str, str, str]) -> None:
    """Early, late, before and after turning points, to 30 digits."""
    assert_matches_integration(flow(*case, times=(R(1, 7), R(1), R(4))))


def test_bias_and_learning_rates_enter_the_time_scale() -> None:
    """N = η_w(‖x‖² + 1)/η_a, and time runs with η_a."""
    found = flow(
        "tanh",
        "1/5 -1/10 1/3",
        "4/5",
        "1 2",
        "9/10",
        (R(1, 2), R(3)),
        bias=True,
        rate_w=R(1, 3),
        rate_a=R(5, 2),
    )
    assert_matches_integration(found)


def test_fifty_digits_at_time_forty() -> None:
    """P1 at t = 40 to 50 digits."""
    assert_matches_integration(flow(*CASES["sigmoid"], times=(40,), digits=50), 50)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_the_limit_is_that_of_the_invariant(case: tuple[str, str, str, str, str]) -> None:
    """Following the flow in time and solving the invariant's equation give one point."""
    found = flow(*case, times=())
    other = limit(found.network, found.start, found.sample)
    assert other.u is not None and other.a is not None
    check = limit_check(found.network, found.start, found.sample, other.u, other.a)
    assert check.outcome is Outcome.HOLDS, check.method


def test_a_wrong_limit_is_refuted() -> None:
    """A ball that excludes the limit fails, a comparison that is too fine for the balls is undecided."""
    found = flow(*CASES["sigmoid"], times=())
    assert found.limit is not None
    u, a = found.limit.u, found.limit.a
    wrong = Ball(u.middle + Fraction(1, 10**9), Fraction(1, 10**10))
    assert limit_check(found.network, found.start, found.sample, wrong, a).outcome is Outcome.FAILS
    assert agrees("u", u, u, 200).outcome is Outcome.HOLDS
    assert agrees("u", Ball(u.middle), u, 200).outcome is Outcome.UNDECIDED


def test_a_limit_that_is_not_reached_leaves_the_check_undecided() -> None:
    """A dead unit has no interpolating limit to compare with."""
    net = Network(activation("relu"))
    start, sample = Point((R(1),), R(2)), Sample((R(1),), R(-1))
    check = limit_check(net, start, sample, Ball(Fraction(0)), Ball(Fraction(1)))
    assert check.outcome is Outcome.UNDECIDED and "σ' jumps" in check.method


def test_a_dead_unit_is_followed_until_it_dies() -> None:
    """ReLU: enclosed before f = 0 at the edge, a reason afterwards."""
    found = flow("relu", "1", "2", "1", "-1", (R(1, 10), R(50)))
    assert found.at[0] is not None and found.at[1] is None and found.limit is None
    assert found.reason is not None and "σ' jumps" in found.reason
    assert_matches_integration(flow("relu", "1", "2", "1", "-1", (R(1, 10),)))


def test_starts_at_rest_and_frozen_starts_are_exact() -> None:
    """r = 0; a critical point; u without motion, where a decays like an exponential."""
    resting = flow("identity", "2", "3", "1", "6", (R(7),))
    assert resting.at[0] is not None and resting.at[0].residual == Ball(Fraction(0)) and resting.radius == 0
    critical = flow("tanh", "0", "0", "1", "1", (R(7),))
    assert critical.at[0] is not None and critical.at[0].residual == Ball(Fraction(-1))
    for case in (("cosh", "0", "2", "1", "1"), ("exp", "1", "2", "0", "1")):
        frozen = flow(*case, times=(R(1, 2),))
        assert_matches_integration(frozen)
        assert frozen.limit is not None and Fraction(1) in frozen.limit.a


def test_a_jump_of_the_slope_through_zero_at_the_start_is_an_outcome() -> None:
    """ReLU at its kink: nothing is claimed."""
    found = flow("relu", "0", "2", "1", "1", (1,))
    assert found.at == (None,) and found.reason is not None and "at the start" in found.reason


@pytest.mark.parametrize("t", [-1, 0.5, sp.Float("0.5"), sp.oo, "1", sp.Symbol("t")])
def test_times_must_be_exact_and_not_negative(t: Any) -> None:
    """Anything else is misuse."""
    with pytest.raises(InputError):
        flow(*CASES["sigmoid"], times=(t,))


def test_time_zero_is_the_start_and_times_may_be_transcendental() -> None:
    """t = 0 is exact; t = log 2 lies between rational times."""
    found = flow(*CASES["sigmoid"], times=(0, R(69, 100), sp.log(2), R(7, 10)))
    states = [state for state in found.at if state is not None]
    assert Fraction(7, 10) in states[0].a and states[0].a.radius < Fraction(1, 10**38)
    lower, middle, upper = (state.a for state in states[1:])
    assert lower.upper < middle.lower and middle.upper < upper.lower


def test_more_digits_give_narrower_balls_about_the_same_point() -> None:
    """At 20, 40, 80 and 160 digits, at time 5."""
    balls = []
    for digits in (20, 40, 80, 160):
        state = flow(*CASES["tanh with a turning point"], times=(5,), digits=digits).at[0]
        assert state is not None
        assert state.a.radius < Fraction(1, 10**digits) * abs(state.a.middle)
        balls.append(state.a)
    for wide, narrow in zip(balls, balls[1:], strict=False):
        assert abs(wide.middle - narrow.middle) <= wide.radius + narrow.radius


def test_a_late_time_has_as_many_digits_as_an_early_one() -> None:
    """The residual at t = 10000 to 30 significant digits decays with the rate at the limit."""
    found = flow(*CASES["sigmoid"], times=(10_000, 10_001))
    first, second = (state.residual for state in found.at if state is not None)
    assert found.limit is not None and first.radius < abs(first.middle) / 10**30
    with mpmath.workdps(30):
        rate = -mpmath.log(
            mpmath.mpf(second.middle.numerator)
            / second.middle.denominator
            * first.middle.denominator
            / first.middle.numerator
        )
        u, a = (mpmath.mpf(b.middle.numerator) / b.middle.denominator for b in (found.limit.u, found.limit.a))
        sigma = 1 / (1 + mpmath.exp(-u))
        assert abs(rate - (sigma**2 + 4 * a**2 * (sigma * (1 - sigma)) ** 2)) < mpmath.mpf(10) ** -25


def test_a_flow_into_a_saddle_is_followed_for_a_while() -> None:
    """No limit is claimed, but early times are enclosed."""
    found = flow("identity", "1", "-1", "1", "1", (R(1), R(1000)))
    assert found.at[0] is not None and found.at[1] is None and found.limit is None and found.reason
    assert_matches_integration(flow("identity", "1", "-1", "1", "1", (R(1),)))


def test_the_flow_can_be_restarted_from_an_exact_point_of_it() -> None:
    """θ(s + t) from θ0 is θ(t) from θ(s), up to how far s was rounded: the semigroup property."""
    digits, name = 60, "tanh with a turning point"
    whole = flow(*CASES[name], times=(R(1), R(3)), digits=digits)
    middle, end = whole.at
    assert middle is not None and end is not None
    exact = lambda ball: sp.Rational(ball.middle.numerator, ball.middle.denominator)  # noqa: E731
    rest = enclosed_trajectory(
        whole.network, Point(tuple(map(exact, middle.w)), exact(middle.a)), whole.sample, (2,), digits
    ).at[0]
    assert rest is not None
    for first, second in zip(rest.balls, end.balls, strict=True):
        assert abs(first.middle - second.middle) < Fraction(1, 10 ** (digits - 2))


def smooth_problems() -> st.SearchStrategy[OneSampleProblem]:
    """Random one-sample problems, vectors, bias and learning rates included."""
    return one_sample_problems(networks(activations(smooth=True, increasing=True, user_defined=False)))


@settings(max_examples=8)
@given(smooth_problems())
def test_random_flows_agree_with_the_taylor_integrator(problem: OneSampleProblem) -> None:
    """To 20 digits."""
    found = enclosed_trajectory(problem.network, problem.start, problem.sample, (R(1, 3), R(2)), 20)
    assert all(state is not None for state in found.at), found.reason
    assert_matches_integration(found, 20)


@settings(max_examples=8)
@given(smooth_problems())
def test_the_invariant_is_conserved_within_the_enclosure(problem: OneSampleProblem) -> None:
    """a² - a0² - (2/N)(G(u) - G(u0)) contains zero at all times, and so does f - y - r."""
    network = problem.network
    found = enclosed_trajectory(network, problem.start, problem.sample, (R(1, 4), R(1), R(5)), 25)
    with flint.ctx.workprec(200):
        potential, exact = Potential(network.activation), lambda q: arb(flint.fmpq(int(q.p), int(q.q)))  # noqa: E731
        before = exact(network.preactivation_at(problem.start, problem.sample))
        norm = exact(sp.nsimplify(network.squared_norm(problem.sample)))
        for state in found.at:
            assert state is not None, found.reason
            u, a = state.u.to_arb(), state.a.to_arb()
            rise = potential.difference(before, u)
            assert (a * a - exact(problem.start.a) ** 2 - 2 * rise / norm).contains(0)
            output = a * network.activation.value(u)
            assert (output - exact(problem.sample.y) - state.residual.to_arb()).contains(0)


@settings(max_examples=8)
@given(smooth_problems())
def test_the_residual_decreases_at_the_rate_of_the_theorem(problem: OneSampleProblem) -> None:
    """|r| falls strictly; along a phase of growth from a0σ0 with K ≥ σ0², |r(t)| ≤ |r0| exp(-η_a σ0² t)."""
    times = (0, R(1, 4), R(1), R(3), R(9))
    found = enclosed_trajectory(problem.network, problem.start, problem.sample, times, 25)
    sizes = [state.residual for state in found.at if state is not None]
    assert len(sizes) == len(times), found.reason
    if sizes[0].radius == 0 and sizes[0].middle == 0:
        return
    for earlier, later in zip(sizes, sizes[1:], strict=False):
        assert abs(later.middle) + later.radius < abs(earlier.middle) - earlier.radius
        assert (later.middle > 0) == (earlier.middle > 0)
    network, start, sample = problem.network, problem.start, problem.sample
    sigma = network.activation.formula.subs(
        sp.Symbol("u", real=True), network.preactivation_at(start, sample)
    )
    output = start.a * sigma
    if output * sample.y > 0 and abs(sample.y) > abs(output):
        for t, size in zip(times[1:], sizes[1:], strict=True):
            bound = abs(output - sample.y) * sp.exp(-network.rate_a * sigma**2 * t)
            assert sp.N(bound, 30) * R(1001, 1000) > abs(
                sp.Rational(size.middle.numerator, size.middle.denominator)
            )
