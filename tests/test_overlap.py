"""Two-point and one-point overlapping: every recipe against flows integrated independently, and wrong
claims refuted."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import flint
import mpmath
import pytest
import sympy as sp
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from implicitreg_sym.activations import Activation, activation, from_formula
from implicitreg_sym.claims import Claim
from implicitreg_sym.degree.simplest import simplest_fraction, simplest_root_between
from implicitreg_sym.errors import InputError
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.flow import Network, Point, Sample
from implicitreg_sym.invariants.potential import Potential
from implicitreg_sym.limits import limit
from implicitreg_sym.limits.rise import orbit_rise
from implicitreg_sym.overlap import NoOverlap, OnePoint, TwoPoint, one_point, two_point
from implicitreg_sym.overlap.equations import Equations
from implicitreg_sym.overlap.general_one_point import find_general_one_point
from implicitreg_sym.overlap.general_two_point import find_general_two_point
from implicitreg_sym.overlap.general_two_point_claims import overlapping_claim
from implicitreg_sym.overlap.half_linear import HalfLinear, find_half_linear
from implicitreg_sym.overlap.half_linear_claims import overlapping_claim as half_linear_claim
from implicitreg_sym.overlap.one_point_box import (
    Start,
    certify_cell,
    common_edges_glued,
    grow_box,
    recertify,
)
from implicitreg_sym.overlap.outcome import Scope
from implicitreg_sym.overlap.root import certify_root, newton_step
from implicitreg_sym.overlap.search import Estimates
from implicitreg_sym.overlap.symmetric import Symmetric, find_symmetric
from implicitreg_sym.overlap.symmetric import overlapping_claim as symmetric_claim
from implicitreg_sym.status import Status
from implicitreg_sym.symbols import u

Real = Callable[[float], float]


def _logistic(v: float) -> float:
    return 1 / (1 + math.exp(-v))


FLOATS: dict[str, Real] = {
    "sigmoid": _logistic,
    "tanh": math.tanh,
    "arctan": math.atan,
    "erf": math.erf,
    "softsign": lambda v: v / (1 + abs(v)),
    "asinh": math.asinh,
    "sinh": math.sinh,
    "sin": math.sin,
    "rational": lambda v: v / (1 + v * v),
    "u+u**3": lambda v: v + v**3,
    "silu": lambda v: v * _logistic(v),
    "gelu": lambda v: v * (1 + math.erf(v / math.sqrt(2))) / 2,
    "mish": lambda v: v * math.tanh(math.log1p(math.exp(v))),
    "shifted_softplus": lambda v: math.log((1 + math.exp(v)) / 2),
    "swish(2)": lambda v: v * _logistic(2 * v),
    "u/(1+exp(-3*u))": lambda v: v * _logistic(3 * v),
    "snake": lambda v: v + math.sin(v) ** 2,
    "elu": lambda v: v if v > 0 else math.expm1(v),
    "celu(2)": lambda v: v if v > 0 else 2 * math.expm1(v / 2),
    "gelu_tanh": lambda v: v * (1 + math.tanh(math.sqrt(2 / math.pi) * (v + 0.044715 * v**3))) / 2,
}


def _slope(sigma: Real, v: float) -> float:
    """A sixth-order difference quotient."""
    h = 1e-3
    first, second, third = ((sigma(v + k * h) - sigma(v - k * h)) / (2 * k * h) for k in (1, 2, 3))
    return 1.5 * first - 0.6 * second + 0.1 * third


def integrate(sigma: Real, start: tuple[float, float], x: float, y: float) -> tuple[float, float]:
    """Where the flow of one sample goes, by the classical Runge-Kutta method in floating point."""

    def field(w: float, a: float) -> tuple[float, float]:
        value = sigma(w * x)
        residual = a * value - y
        return -residual * a * _slope(sigma, w * x) * x, -residual * value

    w, a = start
    for _ in range(60_000):
        speed = math.hypot(*field(w, a))
        if speed < 1e-11:
            break
        curvature = sigma(w * x) ** 2 + (a * x * _slope(sigma, w * x)) ** 2
        h = 0.04 / max(curvature, 0.5)
        k1 = field(w, a)
        k2 = field(w + h / 2 * k1[0], a + h / 2 * k1[1])
        k3 = field(w + h / 2 * k2[0], a + h / 2 * k2[1])
        k4 = field(w + h * k3[0], a + h * k3[1])
        w += h / 6 * (k1[0] + 2 * k2[0] + 2 * k3[0] + k4[0])
        a += h / 6 * (k1[1] + 2 * k2[1] + 2 * k3[1] + k4[1])
    return w, a


def _sound(claim: Claim) -> None:
    for part in claim.walk():
        assert part.status.established, (part.id, part.status, part.evidence)
        assert part.cross_checked, part.id


def _float(number: object) -> float:
    return float(number.ball.middle)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", FLOATS)
def test_flows_from_the_common_start_end_at_two_points_that_fit_both_samples(name: str) -> None:
    """Runge-Kutta reaches p for S1 and q for S2, p differs from q, and each fits both samples."""
    result = two_point(activation(name))
    assert isinstance(result, TwoPoint)
    _sound(result.claim)
    sigma = FLOATS[name]
    start = (_float(result.start.w), _float(result.start.a))
    points = [(_float(point.w), _float(point.a)) for point in result.limits]
    samples = [(_float(sample.x), _float(sample.y)) for sample in result.samples]
    assert math.dist(*points) > 1e-3
    for sample, point in zip(samples, points, strict=True):
        assert integrate(sigma, start, *sample) == pytest.approx(point, abs=2e-4)
        for w, a in points:
            assert a * sigma(w * sample[0]) == pytest.approx(sample[1], abs=1e-12)


@pytest.mark.parametrize("name", ["sigmoid", "silu", "gelu", "mish", "shifted_softplus", "swish(2)"])
def test_two_flows_end_at_one_point_and_at_the_corners_of_its_box(name: str) -> None:
    """Runge-Kutta reaches θ* for both samples; θ* lies in U; near the corners of U both inputs exist as
    well."""
    result = one_point(activation(name))
    assert isinstance(result, OnePoint)
    _sound(result.claim)
    sigma = FLOATS[name]
    start = (_float(result.start.w), _float(result.start.a))
    end = (_float(result.limit.w), _float(result.limit.a))
    assert result.box.w[0] < end[0] < result.box.w[1]
    assert result.box.a[0] < end[1] < result.box.a[1]
    inputs = [_float(sample.x) for sample in result.samples]
    assert abs(inputs[0] - inputs[1]) > 1e-2
    for sample in result.samples:
        assert integrate(sigma, start, _float(sample.x), _float(sample.y)) == pytest.approx(end, abs=1e-5)
    slopes = [end[1] * x * _slope(sigma, end[0] * x) / sigma(end[0] * x) for x in inputs]
    assert abs(slopes[0] - slopes[1]) > 1e-3


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        *(("exp", "W1"), ("softplus", "W1"), ("squareplus", "W1"), ("exp(u)-1", "W1")),
        *(("power(3)", "W2"), ("power(2)", "W2"), ("leaky_relu", "W2"), ("identity", "W2"), ("relu", "W3")),
        *(("gaussian", "W4"), ("cosh", "W4"), ("u**3+u**5", "W4"), ("log(cosh(u))", "W4")),
    ],
)
def test_both_mechanisms_are_refused_in_the_whole_plane(name: str, rule: str) -> None:
    """Where (W1) to (W4) reach across zero, both mechanisms are refused for all scalar samples and starts."""
    for mechanism in (two_point, one_point):
        result = mechanism(activation(name))
        assert isinstance(result, NoOverlap) and result.proved and result.status is Status.REFUTED
        assert result.scope is Scope.PLANE
        assert f"T9 ({rule})" in result.reason and name in result.reason
        _sound(result.claim)


@pytest.mark.parametrize(
    ("name", "rule"), [("elu", "W5"), ("selu", "W5"), ("celu(2)", "W5"), ("tanh", "W4"), ("softsign", "W4")]
)
def test_robust_one_point_overlapping_is_refused_where_two_points_overlap(name: str, rule: str) -> None:
    """ELU and its kind by (W5), odd activations by (W4) have no robust one-point overlapping at all."""
    result = one_point(activation(name))
    assert isinstance(result, NoOverlap) and result.proved and result.scope is Scope.PLANE
    assert f"T9 ({rule})" in result.reason
    _sound(result.claim)
    assert isinstance(two_point(activation(name)), TwoPoint)


ACROSS_ZERO = [
    *("Piecewise((exp(u)-1,u<0),(log(1+u),True))", "Piecewise((tanh(u),u<0),(2*sinh(u),True))"),
    *("Piecewise((u,u<0),(-u**2,True))", "1/u"),
]


@pytest.mark.parametrize("name", ACROSS_ZERO)
def test_what_happens_across_zero_is_not_refuted_by_each_side(name: str) -> None:
    """Where T9 speaks of each side of zero only, the question whether there is overlapping is UNKNOWN."""
    result = one_point(activation(name))
    assert isinstance(result, NoOverlap) and result.scope is Scope.HALF_LINES
    assert result.status is Status.UNKNOWN and not result.proved
    assert "excluded on each side of zero (T9); across zero undecided" in result.reason


def test_half_linear_construction_with_a_small_output_weight_is_refuted() -> None:
    """With a0² below a level one flow turns before u = 0, and the claim says REFUTED."""
    found = find_half_linear(activation("elu"))
    assert isinstance(found, HalfLinear)
    assert half_linear_claim(found, 30).status is Status.ENCLOSED
    assert half_linear_claim(replace(found, a_0=Fraction(5, 4)), 30).status is Status.REFUTED


@settings(max_examples=10, deadline=None)
@given(
    name=st.sampled_from(["elu", "celu(2)", "selu", "elu(1/2)", "Piecewise((-2*u,u<0),(-sinh(u),True))"]),
    first=st.fractions(Fraction(1, 4), Fraction(3, 2), max_denominator=20),
    gap=st.fractions(Fraction(1, 2), Fraction(3, 2), max_denominator=20),
)
def test_half_linear_recipe_ends_where_limits_do(name: str, first: Fraction, gap: Fraction) -> None:
    """For random inputs both limits agree with those of `limit`, which follows each flow by itself."""
    sigma = activation(name)
    found = find_half_linear(sigma, inputs=(first, first + gap))
    assert found is not None
    start = Point((_exact(found.w_0),), _exact(found.a_0))
    for index, (x, y) in enumerate(zip(found.inputs, found.targets, strict=True)):
        end = limit(Network(sigma), start, Sample((_exact(x),), y), digits=20)
        assert end.w is not None and end.a is not None
        with flint.ctx.workprec(120):
            w, a = found.limit(index)
            assert w.overlaps(end.w[0].to_arb()) and a.overlaps(end.a.to_arb())


def _exact(number: Fraction) -> sp.Rational:
    return sp.Rational(number.numerator, number.denominator)


def test_recipes_that_do_not_apply_are_misuse() -> None:
    """A recipe by name is refused where it does not apply, and so is an unknown one."""
    for name, recipe in (
        ("tanh", "sigmoid"),
        ("silu", "symmetric"),
        ("relu", "half-linear"),
        ("silu", "magic"),
    ):
        with pytest.raises(InputError):
            two_point(activation(name), recipe=recipe)


def test_general_recipe_serves_the_sigmoid_as_well() -> None:
    """The general recipe finds an overlapping of its own where T11 has a closed one."""
    result = two_point(activation("sigmoid"), recipe="general")
    assert isinstance(result, TwoPoint) and result.status is Status.ENCLOSED


@settings(max_examples=12, deadline=None)
@given(
    name=st.sampled_from(["tanh", "arctan", "asinh", "sinh", "softsign", "u+u**3"]),
    first=st.fractions(Fraction(1, 4), Fraction(3, 4), max_denominator=20),
    gap=st.fractions(Fraction(1, 2), Fraction(3, 2), max_denominator=20),
)
def test_symmetric_recipe_holds_for_all_inputs(name: str, first: Fraction, gap: Fraction) -> None:
    """T10 for random x1 < x2: established, and the two limits are mirror images of each other."""
    found = find_symmetric(activation(name), inputs=(first, first + gap))
    assert found is not None
    claim = symmetric_claim(found, 30)
    _sound(claim)


SCALED_ODD = [
    *("tanh(100*u)", "asinh(1000*u)", "sinh(50*u)", "erf(30*u)", "tanh(u/1000)", "u+u**3/100000"),
    *("u+sin(u)/1000000", "1000*tanh(u)", "u+u**3/10**40"),
]


@pytest.mark.parametrize("name", SCALED_ODD)
def test_odd_increasing_activations_on_any_scale_have_two_point_overlapping(name: str) -> None:
    """T10 covers every odd increasing σ that is not homogeneous, however its argument is scaled."""
    result = two_point(activation(name))
    assert isinstance(result, TwoPoint) and result.status is Status.ENCLOSED
    _sound(result.claim)


@settings(max_examples=20, deadline=None)
@given(st.fractions(0, 1000, max_denominator=500), st.fractions(Fraction(1, 10**6), 1, max_denominator=10**6))
def test_no_fraction_of_smaller_denominator_lies_in_the_interval(lower: Fraction, gap: Fraction) -> None:
    """The Stern-Brocot search agrees with the search through all denominators."""
    upper = lower + gap
    found = simplest_fraction(lower, upper)
    assert lower < found < upper
    for denominator in range(1, min(found.denominator, 2000)):
        next_one = Fraction((lower * denominator).__floor__() + 1, denominator)
        assert next_one >= upper
    root = simplest_root_between(lower, upper)
    assert lower < root**2 < upper


def test_symmetric_start_outside_the_levels_is_refuted() -> None:
    """An a0 whose square does not lie between m1 and m2 gives no overlapping, and the claim says REFUTED."""
    found = find_symmetric(activation("tanh"))
    assert isinstance(found, Symmetric)
    assert symmetric_claim(replace(found, a_0=Fraction(-3)), 30).status is Status.REFUTED


def test_wrong_digit_of_the_second_input_is_refuted() -> None:
    """x2 changed in its twentieth digit no longer solves the crossing equation."""
    found = find_general_two_point(activation("silu"), 30)
    assert found is not None
    wrong = Ball(found.numbers["x_2"].middle + Fraction(1, 10**20), found.numbers["x_2"].radius)
    altered = replace(found, numbers={**found.numbers, "x_2": wrong})
    assert overlapping_claim(altered, 30).status is Status.REFUTED


def test_wrong_output_weight_is_refuted() -> None:
    """a_p changed in its fifteenth digit contradicts the invariants."""
    found = find_general_two_point(activation("gelu"), 30)
    assert found is not None
    wrong = Ball(found.numbers["a_p"].middle + Fraction(1, 10**15), found.numbers["a_p"].radius)
    altered = replace(found, numbers={**found.numbers, "a_p": wrong})
    assert overlapping_claim(altered, 30).status is Status.REFUTED


@pytest.mark.parametrize("name", ["silu", "shifted_softplus"])
def test_whole_parameter_box_of_the_general_recipe_is_sound(name: str) -> None:
    """At the corners of the certified parameter box the construction exists by itself."""
    found = find_general_two_point(activation(name), 30)
    assert found is not None and all(low < high for _, low, high in found.family)
    from implicitreg_sym.overlap.general_two_point import certify

    for corner in (0, 1):
        values = {name: (low, high)[corner] for name, low, high in found.family}
        moved = replace(found.candidate, w_p=values["w_p"], w_q=values["w_q"], w_0=values["w_0"])
        assert certify(found.equations, moved, 20) is not None


def _common_limit() -> tuple[Equations, Start, tuple[Ball, Ball], tuple[Ball, Ball]]:
    found = find_general_one_point(activation("shifted_softplus"), 30)
    assert found is not None
    point = (Ball(found.candidate.w_end), found.numbers["a_end"])
    return found.equations, Start(found.candidate.w_0, found.a_0), point, (Ball(Fraction(1)), found.root.root)


def test_cells_of_the_box_fill_it_and_can_be_certified_again() -> None:
    """The cells have the area of U, each can be certified afresh, and their common edges are glued."""
    equations, start, point, roots = _common_limit()
    box = grow_box(equations, start, point, roots)
    assert box is not None
    area = sum((c.w[1] - c.w[0]) * (c.a[1] - c.a[0]) for c in box.cells)
    assert area == (box.w[1] - box.w[0]) * (box.a[1] - box.a[0])
    assert all(recertify(equations, start, cell) for cell in box.cells)
    assert common_edges_glued(box.cells)
    first, *others = box.cells
    away = tuple(Ball(ball.middle + 10, ball.radius) for ball in first.boxes)
    assert not common_edges_glued((replace(first, boxes=(away[0], away[1])), *others))


def test_cell_is_not_certified_where_the_two_inputs_merge() -> None:
    """A huge cell, and one whose two guesses are the same root, are refused."""
    equations, start, point, roots = _common_limit()
    w, a = point[0].middle, point[1].middle
    wide = ((w / 2, w * 2), (a / 2, a * 2))
    assert certify_cell(equations, start, *wide, roots) is None
    narrow = (
        (w - Fraction(1, 10**6), w + Fraction(1, 10**6)),
        (a - Fraction(1, 10**6), a + Fraction(1, 10**6)),
    )
    assert certify_cell(equations, start, *narrow, roots) is not None
    assert certify_cell(equations, start, *narrow, (roots[0], roots[0])) is None


@settings(max_examples=40, deadline=None)
@given(st.fractions(Fraction(1, 10), Fraction(50), max_denominator=1000))
def test_certified_square_roots_are_right(number: Fraction) -> None:
    """Interval Newton encloses the square root of a random rational to the digits asked for."""
    ball = Ball(number)
    root = certify_root(lambda v: v * v - ball.to_arb(), lambda v: 2 * v, arb(float(number) ** 0.5), 40)
    assert root is not None
    assert root.root.lower**2 <= number <= root.root.upper**2
    assert root.root.radius <= abs(root.root.middle) / 10**40


def test_newton_certifies_nothing_without_a_root() -> None:
    """v² + 1 has no root, v² has a double one: no box may be certified."""
    for constant in (1, 0):
        with flint.ctx.workprec(64):
            for radius in ("0.5", "0.1", "1e-6"):
                step = newton_step(lambda v, c=constant: v * v + c, lambda v: 2 * v, arb(0, radius))  # type: ignore[misc]
                assert step is None or not step[1]


@settings(max_examples=25, deadline=None)
@given(
    name=st.sampled_from(["sigmoid", "silu", "gelu", "tanh", "softplus"]),
    x=st.fractions(Fraction(1, 4), Fraction(3), max_denominator=50),
    w=st.fractions(Fraction(1, 4), Fraction(3), max_denominator=50),
    gap=st.fractions(Fraction(1, 10), Fraction(1), max_denominator=50),
)
def test_slopes_of_the_equations_enclose_difference_quotients(
    name: str, x: Fraction, w: Fraction, gap: Fraction
) -> None:
    """L' and H' over a small ball contain the difference quotients of L and H across it (mean value
    theorem)."""
    equations = Equations(Potential(activation(name)))
    with flint.ctx.workprec(160):
        step = Fraction(1, 2**20)
        first, second = Ball(w).to_arb(), Ball(w + gap).to_arb()
        left, right = Ball(x).to_arb(), Ball(x + step).to_arb()
        hull = left.union(right)
        for function, slope in (
            (equations.log_ratio, equations.log_ratio_slope),
            (equations.orbit_gap, equations.orbit_gap_slope),
        ):
            quotient = (function(right, second, first) - function(left, second, first)) / (right - left)
            assert slope(hull, second, first).overlaps(quotient)
            wrong = quotient + 1
            assert not slope(hull, second, first).overlaps(wrong)


def test_sigmoid_family_lists_open_ranges_around_its_member() -> None:
    """The parameter ranges of T11 contain α = 1/2 and T = 5."""
    result = two_point(activation("sigmoid"))
    assert isinstance(result, TwoPoint)
    ranges = {str(entry.symbol): (entry.lower, entry.upper) for entry in result.family}
    assert ranges["alpha"][0] < sp.Rational(1, 2) < ranges["alpha"][1]
    assert ranges["T"][0] < 5 < ranges["T"][1]


BEYOND_A_ZERO = "(u**2-1)*(1+u**8/256)"
KINKED = "Piecewise((u,u<1),(2*u-1,True))"


def test_overlapping_beyond_a_zero_of_sigma_is_not_refuted() -> None:
    """Flows integrated from a given start, with all w x > 1, show an overlapping where E is monotone only
    before 1."""
    start, first, second = (2.893637144952812, 0.9308018141569744), (1.0, 3.3444531496593313), (
        0.5698897308874317, 0.1642654905534955)  # fmt: skip
    ends = (1.979364060597094, 0.5968579964563699), (2.187594976937311, 0.2897794015726162)

    def sigma(v: float) -> float:
        return (v * v - 1) * (1 + v**8 / 256)

    for sample, end in zip((first, second), ends, strict=True):
        for w, a in ends:
            assert w * sample[0] > 1
            assert a * sigma(w * sample[0]) == pytest.approx(sample[1], abs=1e-9)
        assert _rk_along_the_orbit(sigma, start, *sample) == pytest.approx(end, abs=1e-6)
    result = two_point(activation(BEYOND_A_ZERO))
    assert result.status is not Status.REFUTED


def _rk_along_the_orbit(sigma: Real, start: tuple[float, float], x: float, y: float) -> tuple[float, float]:
    """The flow with f = a σ(w x) as the independent variable, which is not stiff, by the classical
    Runge-Kutta method."""

    def field(w: float, a: float) -> tuple[float, float]:
        value, slope = sigma(w * x), a * x * _slope(sigma, w * x)
        return slope / (value**2 + slope**2), value / (value**2 + slope**2)

    w, a = start
    h = (y - a * sigma(w * x)) / 4000
    for _ in range(4000):
        k1 = field(w, a)
        k2 = field(w + h / 2 * k1[0], a + h / 2 * k1[1])
        k3 = field(w + h / 2 * k2[0], a + h / 2 * k2[1])
        k4 = field(w + h * k3[0], a + h * k3[1])
        w += h / 6 * (k1[0] + 2 * k2[0] + 2 * k3[0] + k4[0])
        a += h / 6 * (k1[1] + 2 * k2[1] + 2 * k3[1] + k4[1])
    return w, a


@pytest.mark.parametrize(
    ("name", "scope"),
    [
        ("cos", "(0, pi/2)"),
        ("sin", "(0, pi/2)"),
        ("u-1/u", "(0, 1)"),
        ("1/u+u", "(0, 1)"),
        ("Piecewise((0,u<0),(u,u<6),(6,True))", "(0, 6)"),
    ],
)
def test_refusal_on_a_part_of_the_half_line_is_not_one_on_all_of_it(name: str, scope: str) -> None:
    """Where E is monotone only as far as a zero of σ σ' or a breakpoint, the reason states that scope."""
    result = one_point(activation(name))
    assert isinstance(result, NoOverlap) and not result.proved and result.status is Status.UNKNOWN
    assert scope in result.reason and "nothing is decided" in result.reason
    assert result.scope is Scope.INTERVALS


def test_refusal_reaches_beyond_the_support_of_sigma() -> None:
    """A bump is zero beyond ±1, where nothing interpolates y ≠ 0: T9 on (0, 1) is enough, unless its top is a
    hard kink, at which flows are not unique."""
    bump = activation("Piecewise((0,u<-1),((1-u**2)**2,u<1),(0,True))")
    assert all(isinstance(r, NoOverlap) and r.proved for r in (two_point(bump), one_point(bump)))
    hat = activation("Piecewise((0,u<-1),(1+u,u<0),(1-u,u<1),(0,True))")
    result = two_point(hat)
    assert isinstance(result, NoOverlap) and result.scope is Scope.HALF_LINES and not result.proved


def test_kink_does_not_refute_a_certified_overlapping() -> None:
    """Quadrature that does not stop at a breakpoint with a jump of σ' would refute both mechanisms."""
    sigma = activation(KINKED)
    for result in (two_point(sigma), one_point(sigma)):
        assert isinstance(result, TwoPoint | OnePoint) and result.status is Status.ENCLOSED
        _sound(result.claim)


def test_quadrature_of_the_ratio_is_split_at_breakpoints() -> None:
    """For σ = u, then 2u - 1 from 1 on, G(2) - G(1/2) = (1 - 1/4)/2 + (4 - 1)/2 - 1/2."""
    with mpmath.workdps(40):
        rise = orbit_rise(activation(KINKED), mpmath.mpf(1) / 2, mpmath.mpf(2))
        assert abs(rise - mpmath.mpf(11) / 8) < mpmath.mpf(10) ** (-38)
        assert orbit_rise(activation(KINKED), mpmath.mpf(2), mpmath.mpf(1) / 2) == -rise


def test_cell_is_not_certified_where_an_input_meets_a_breakpoint() -> None:
    """x1 = 1 is a root at w* = b: with a breakpoint b between pieces of one smooth σ no cell is certified."""
    equations, start, point, roots = _common_limit()
    w, a = point[0].middle, point[1].middle
    margin = Fraction(1, 10**6)
    around = ((w - margin, w + margin), (a - margin, a + margin))
    assert certify_cell(equations, start, *around, roots) is not None
    smooth = equations.activation.pieces[0]
    b = sp.Rational(w.numerator, w.denominator)
    split = Activation("split", (replace(smooth, upper=b), replace(smooth, lower=b)))
    assert certify_cell(Equations(Potential(split)), start, *around, roots) is None


@pytest.mark.parametrize("digits", [3, 200])
@pytest.mark.parametrize(
    "name", ["one-point sigmoid", "one-point silu", "two-point tanh", "two-point silu", "two-point sigmoid"]
)
def test_status_does_not_depend_on_the_digits(name: str, digits: int) -> None:
    """Few digits leave the checks no less room, many no more than their precision."""
    mechanism, sigma = name.split()
    result = (one_point if mechanism == "one-point" else two_point)(activation(sigma), digits)
    assert result.status is Status.ENCLOSED
    assert isinstance(result, TwoPoint | OnePoint) and result.digits == digits


@pytest.mark.parametrize("digits", [0, -3, True])
def test_digits_of_the_recipes_are_positive_integers(digits: int) -> None:
    """Anything else is misuse, as it is for `limit`."""
    for mechanism in (two_point, one_point):
        with pytest.raises(InputError, match="positive integer"):
            mechanism(activation("tanh"), digits)


def test_exact_short_decimals_are_written_in_full() -> None:
    """y = 39/10 is 3.9, however many digits are asked for."""
    result = two_point(activation("u+u**3"))
    assert isinstance(result, TwoPoint)
    assert [sample.y.decimal(30) for sample in result.samples] == ["0.5", "3.9"]


@pytest.mark.parametrize("name", ["tanh", "silu", "elu", "exp", "tan(u)"])
def test_outcomes_show_themselves_as_mathematics_in_a_notebook(name: str) -> None:
    """One formula in dollars with the status, its braces balanced, and no word of Python."""
    shown = two_point(activation(name))._repr_latex_()
    assert shown.startswith(r"$\displaystyle") and shown.endswith("$") and shown.count("$") == 2
    assert shown.count("{") == shown.count("}") and shown.count(r"\left(") == shown.count(r"\right)")
    assert (
        two_point(activation(name)).status.name in shown and "Rational" not in shown and "Ball" not in shown
    )
    assert (r"\Phi_{S_2}(\theta_0)" in shown) == (name != "exp")


def test_box_shown_in_a_notebook_lies_inside_the_certified_one() -> None:
    """Its ends are rounded inwards."""
    result = one_point(activation("sigmoid"))
    assert isinstance(result, OnePoint)
    shown = result._repr_latex_()
    assert r"\theta^*" in shown and "ENCLOSED" in shown and shown.count("$") == 2
    ends = re.findall(r"\(([-0-9.]+),([-0-9.]+)\\right", shown.split("U=")[1])
    assert len(ends) == 2
    for (low, high), side in zip(ends, (result.box.w, result.box.a), strict=True):
        assert side[0] <= sp.Rational(low) < sp.Rational(high) <= side[1]


scalings = st.fractions(Fraction(1, 1000), Fraction(1000), max_denominator=1000)


@settings(max_examples=6, deadline=None)
@given(name=st.sampled_from(["sigmoid", "silu", "tanh"]), inner=scalings, outer=scalings)
def test_two_point_overlapping_survives_scaling(name: str, inner: Fraction, outer: Fraction) -> None:
    """k σ(c u) has two-point overlapping as σ(u) has, for rational k and c over six orders of magnitude."""
    formula = activation(name).formula.subs(u, _exact(inner) * u)
    result = two_point(from_formula(_exact(outer) * formula))
    assert isinstance(result, TwoPoint) and result.status is Status.ENCLOSED


@pytest.mark.parametrize("text", ["1000/(1+exp(-100*u))", "u/(7+7*exp(-u/300))"])
def test_one_point_overlapping_survives_scaling(text: str) -> None:
    """T9 (ii) promises it wherever E is not monotone, and the search looks where E turns."""
    result = one_point(activation(text))
    assert isinstance(result, OnePoint) and result.status is Status.ENCLOSED
    _sound(result.claim)


@settings(max_examples=25, deadline=None)
@given(name=st.sampled_from(["sigmoid", "silu", "gelu"]), exponent=st.integers(-9, 9))
def test_candidates_scale_exactly_with_powers_of_two(name: str, exponent: int) -> None:
    """The candidates of σ(u/s) are those of σ(u) with w multiplied by s, up to the choice of s itself."""
    sigma, s = activation(name), Fraction(2) ** exponent
    stretched = from_formula(sigma.formula.subs(u, u / _exact(s)))
    with flint.ctx.workprec(64):
        first, second = Estimates.on(sigma, 1), Estimates.on(stretched, 1, 0, s)
    assert first.points == second.points
    assert first.potentials == pytest.approx(second.potentials, rel=1e-9)
