"""Expansions with proved remainders: short series must still enclose, and say so when they cannot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import flint
import pytest
import sympy as sp
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from implicitreg_sym.activations import activation, real_ball
from implicitreg_sym.flow import Network, Point, Sample
from implicitreg_sym.invariants.potential import Potential
from implicitreg_sym.limits.plane import PlaneFlow
from implicitreg_sym.trajectory import enclosed_trajectory
from implicitreg_sym.trajectory.analytic import Analytic, NotAnalyticError
from implicitreg_sym.trajectory.beginning import begin
from implicitreg_sym.trajectory.cauchy import on_disc
from implicitreg_sym.trajectory.clock import place_at
from implicitreg_sym.trajectory.course import follow
from implicitreg_sym.trajectory.reduction import Reduction

R = sp.Rational
POINTS = tuple(arb(k) / 8 for k in range(-8, 9, 2))
LENGTHS = (6, 12, 25)


def expanded(name: str, centre: str, scale: str, length: int) -> tuple[Analytic, Analytic]:
    """σ(centre + scale x) and its derivative by x."""
    program = activation(name).pieces[0].value_program
    return on_disc(program, arb(centre), arb(scale), length)


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("name", ("sigmoid", "tanh", "gelu", "arctan", "exp", "softplus", "u**3 - u"))
def test_short_expansions_of_an_activation_enclose_it(name: str, length: int) -> None:
    """σ and its derivative at real points of the disc, the remainder being far from negligible."""
    value, slope = expanded(name, "0.5", "0.25", length)
    piece = activation(name).pieces[0]
    for x in POINTS:
        u = arb("0.5") + x / 4
        with flint.ctx.workprec(200):
            exact, rate = piece.value_program.arb(u), piece.slope_program.arb(u) / 4
        assert value(x).contains(exact.mid()) and slope(x).contains(rate.mid())
        assert value(x).rad() < arb(8) ** (1 - length / 6)


@pytest.mark.parametrize("length", LENGTHS[1:])
def test_every_operation_encloses_what_it_stands_for(length: int) -> None:
    """Sums, products, reciprocals, roots, integrals, divided differences, f(x²), x f(x) and f'."""
    f, slope = expanded("exp", "0", "0.5", length)  # exp(x/2)
    g, _ = expanded("tanh", "1", "0.25", length)
    half, quarter = arb(1) / 2, arb(1) / 4

    def exp(x: arb) -> arb:
        return (x * half).exp()

    def tanh(x: arb) -> arb:
        return (1 + x * quarter).tanh()

    root = arb(3) / 10
    pairs: list[tuple[Callable[[arb], arb], Callable[[arb], arb]]] = [
        (f * g, lambda x: exp(x) * tanh(x)),
        (f * arb(3) + arb(7), lambda x: 3 * exp(x) + 7),
        (-(f * (arb(1) / 3)), lambda x: -exp(x) / 3),
        (g.reciprocal(), lambda x: 1 / tanh(x)),
        (g.inverse_root(), lambda x: 1 / tanh(x).sqrt()),
        (f.integral(), lambda x: 2 * exp(x) - 2),
        (f.times_x(), lambda x: x * exp(x)),
        (f.of_square(2 * length), lambda x: exp(x * x)),
        (g.divided(root), lambda x: (tanh(x) - tanh(root)) / (x - root)),
        (g.over_x(), lambda x: (tanh(x) - arb(1).tanh()) / x),
        (slope, lambda x: exp(x) / 2),
    ]
    for x in POINTS:
        with flint.ctx.workprec(300):
            exact = [function(x) if x != 0 else None for _computed, function in pairs]
        for (computed, _function), value in zip(pairs, exact, strict=True):
            if value is not None:
                assert computed(x).overlaps(value) and computed(x).contains(value.mid())
    for x in POINTS[1:-1]:
        assert f.slope(x).contains((exp(x) / 2).mid())


@given(st.integers(-6, 6), st.integers(-6, 6))
def test_a_reciprocal_is_refused_where_the_function_may_vanish(numerator: int, other: int) -> None:
    """1/(x - s) for |s| ≤ 1 is refused; what is returned is right."""
    root = arb(numerator) / 5
    linear = Analytic.of([-root, arb(1)], arb(0), 40)
    x = arb(other) / 7
    if abs(numerator) <= 5:
        with pytest.raises(NotAnalyticError):
            linear.reciprocal()
    else:
        assert linear.reciprocal()(x).contains((1 / (x - root)).mid())


def test_a_zero_is_enclosed_or_refused() -> None:
    """x² - 1/4 + τ with |τ| ≤ 1/1000; and x² + 1/4, which has none."""
    wobbly = Analytic.of([arb(-1) / 4, arb(0), arb(1)], arb(1) / 1000, 8)
    zero = wobbly.zero_near(arb(2) / 5)
    assert zero.contains(arb("0.251").sqrt()) and zero.contains(arb("0.249").sqrt())
    with pytest.raises(NotAnalyticError):
        Analytic.of([arb(1) / 4, arb(0), arb(1)], arb(0), 8).zero_near(arb(1) / 2)


def test_nothing_is_evaluated_outside_of_the_disc() -> None:
    """Nor expanded about a singularity, nor taken from numbers that are not finite."""
    f, _ = expanded("exp", "0", "0.5", 10)
    with pytest.raises(NotAnalyticError):
        f(arb("1.001"))
    with pytest.raises(NotAnalyticError):
        expanded("log(u)", "1", "2", 10)
    with pytest.raises(NotAnalyticError):
        Analytic.of([arb("nan")], arb(0), 3)
    with pytest.raises(NotAnalyticError):
        f + arb("nan")


FLOWS = (
    ("sigmoid", R(3, 10), R(7, 10), 2, R(3, 2)),
    ("tanh", R(1), R(-1, 2), 1, R(1)),
    ("tanh", R(1), R(-3), 1, R(1)),
    ("softplus", R(0), R(1), 1, R(0)),
)


@pytest.mark.parametrize("length", (30, 38, 46))
@pytest.mark.parametrize("case", FLOWS)
def test_a_flow_followed_with_short_series_is_enclosed_by_wide_balls(
    case: tuple[str, sp.Rational, sp.Rational, int, sp.Rational], length: int
) -> None:
    """Whatever is kept of the series, u and a from the arcs contain what 40 digits give."""
    name, w, a, x, y = case
    network = Network(activation(name))
    start, sample = Point((w,), a), Sample((sp.Integer(x),), y)
    times = (R(1, 5), R(1), R(6))
    fine = enclosed_trajectory(network, start, sample, times, 40)
    plane = PlaneFlow.of(network, start, sample, Potential(network.activation))
    widths = []
    with flint.ctx.workprec(160):
        flow = replace(Reduction.of(network, plane), length=length, demand=0)
        course = follow(flow, network.activation, begin(flow, plane), arb("inf"))
        assert course.reason is None
        ends = [*(arc.time for arc in course.arcs[1:]), course.end]
        for t, state in zip(times, fine.at, strict=True):
            assert state is not None
            arc = next(arc for arc, end in zip(course.arcs, ends, strict=True) if not real_ball(t) > end)
            place = place_at(arc, real_ball(t))
            u, output_weight = arc.preactivation(place.x), arc.a(place.x)
            assert u.contains(state.u.to_arb()) and output_weight.contains(state.a.to_arb())
            widths.append(u.rad())
    assert max(widths) > arb(2) ** -120  # the remainders do count here
