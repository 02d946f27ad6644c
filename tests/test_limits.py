"""T7: limits of one-sample flows against both equations, the laws of symmetry, trajectories and independent
numbers."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import flint
import mpmath
import pytest
import sympy as sp
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from implicitreg_sym.activations import activation, real_ball
from implicitreg_sym.claims import Outcome
from implicitreg_sym.errors import InputError
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.flow import Network, Point, Sample
from implicitreg_sym.invariants.potential import Potential
from implicitreg_sym.limits import Limit, limit, limit_theorem
from implicitreg_sym.limits.arc import keeps_sign, slope_keeps_sign
from implicitreg_sym.limits.branch import Branch
from implicitreg_sym.limits.crosscheck import integrated_limit, orbital_limit
from implicitreg_sym.limits.phases import find_branch
from implicitreg_sym.limits.plane import PlaneFlow, UndecidedSignError, exact_sign
from implicitreg_sym.limits.proof import trajectory_check
from implicitreg_sym.limits.refine import refine
from implicitreg_sym.status import Status
from implicitreg_sym.strategies import OneSampleProblem, activations, networks, one_sample_problems
from implicitreg_sym.symbols import u as pre

R = sp.Rational
# what a test can integrate by quadrature at 60 digits within a second
INCREASING = (
    "identity",
    "exp",
    "sigmoid",
    "tanh",
    "sinh",
    "arctan",
    "erf",
    "asinh",
    "softplus",
    "shifted_softplus",
    "squareplus",
)


def solve(
    name: str, w: object, a: object, x: object, y: object, digits: int = 30, **network: object
) -> Limit:
    """The limit for scalar input, numbers as text."""
    return limit(
        Network(activation(name), **network),  # type: ignore[arg-type]
        Point((R(w),), R(a)),
        Sample((R(x),), R(y)),
        digits,
    )


def value(ball: Ball | None) -> mpmath.mpf:
    """The middle of a ball."""
    assert ball is not None
    return mpmath.mpf(ball.middle.numerator) / ball.middle.denominator


def assert_both_equations(problem: OneSampleProblem, result: Limit, digits: int) -> None:
    """f = y, the invariant with mpmath's quadrature of σ/σ' and, for w̃, a shift along x̃."""
    network, start, sample = problem.network, problem.start, problem.sample
    assert result.w is not None and result.status.established, result.reason
    with mpmath.workdps(digits + 15):
        exact = lambda number: mpmath.mpf(sp.N(number, digits + 15))  # noqa: E731
        inputs = [exact(entry) for entry in network.augment(sample)]
        before = [exact(entry) for entry in start.weights]
        after = [value(ball) for ball in (*result.w, *([result.b] if result.b is not None else []))]
        u0, u1 = (mpmath.fdot(weights, inputs) for weights in (before, after))
        a0, a1 = exact(start.a), value(result.a)
        norm = exact(network.rate_w) * mpmath.fdot(inputs, inputs) / exact(network.rate_a)
        sigma = network.activation
        tolerance = mpmath.mpf(10) ** -digits
        assert abs(a1 * sigma.mp(u1) - exact(sample.y)) < tolerance * 100
        increment = mpmath.quad(lambda v: sigma.mp(v) / sigma.slope_mp(v), [u0, (u0 + u1) / 2, u1])
        assert abs(a1**2 - a0**2 - 2 * increment / norm) < tolerance * 100 * max(1, a1**2)
        shift = (u1 - u0) / mpmath.fdot(inputs, inputs)
        for old, new, entry in zip(before, after, inputs, strict=True):
            assert abs(new - old - shift * entry) < tolerance * 100


@pytest.mark.parametrize("name", INCREASING)
@settings(max_examples=4)
@given(data=st.data())
def test_the_limit_satisfies_both_equations_to_60_digits(name: str, data: st.DataObject) -> None:
    """For every smooth increasing activation, on random inputs, vectors, trained bias and learning rates
    included."""
    problem = data.draw(one_sample_problems(networks(st.just(activation(name)))))
    result = limit(problem.network, problem.start, problem.sample, 60)
    assert_both_equations(problem, result, 60)


@settings(max_examples=6)
@given(one_sample_problems(networks(activations(smooth=True, increasing=True))))
def test_user_defined_activations_have_limits_too(problem: OneSampleProblem) -> None:
    """The same at 30 digits for random combinations; every claim of the proof is cross-checked."""
    result = limit(problem.network, problem.start, problem.sample, 30)
    assert_both_equations(problem, result, 30)
    assert all(claim.cross_checked for claim in result.claim.walk())
    assert result.status is Status.ENCLOSED or result.closed_form == problem.start


def same(first: Limit, second: Limit, factors: tuple[int, int]) -> bool:
    """Whether the limits agree up to these factors of w and a, to 25 digits."""
    assert first.w is not None and second.w is not None
    pairs = [*zip(first.w, second.w, strict=True)]
    close = lambda p, q, factor: abs(p.middle - factor * q.middle) < Fraction(1, 10**25)  # noqa: E731
    assert first.a is not None and second.a is not None
    return all(close(p, q, factors[0]) for p, q in pairs) and close(first.a, second.a, factors[1])


@settings(max_examples=8)
@given(
    one_sample_problems(networks(activations(smooth=True, increasing=True, user_defined=False), bias=False))
)
def test_reflections_commute_with_the_flow(problem: OneSampleProblem) -> None:
    """(w, x) → (-w, -x) and (a, y) → (-a, -y) map flows to flows."""
    network, start, sample = problem.network, problem.start, problem.sample
    plain = limit(network, start, sample)
    turned = limit(
        network, replace(start, w=tuple(-e for e in start.w)), replace(sample, x=tuple(-e for e in sample.x))
    )
    assert same(turned, plain, (-1, 1))
    flipped = limit(network, replace(start, a=-start.a), replace(sample, y=-sample.y))
    assert same(flipped, plain, (1, -1))


@settings(max_examples=8)
@given(
    one_sample_problems(networks(activations(smooth=True, increasing=True, user_defined=False), bias=False)),
    st.sampled_from((R(1, 2), R(3))),
)
def test_scaling_the_input_is_a_law_with_rescaled_rates_only(
    problem: OneSampleProblem, c: sp.Rational
) -> None:
    """x → c x, w → w/c keeps u, and N with η_w → η_w/c²; both rates scaled alike change nothing but time."""
    network, start, sample = problem.network, problem.start, problem.sample
    plain = limit(network, start, sample)
    moved_start, moved_sample = (
        replace(start, w=tuple(e / c for e in start.w)),
        replace(sample, x=tuple(c * e for e in sample.x)),
    )
    scaled = limit(replace(network, rate_w=network.rate_w / c**2), moved_start, moved_sample)
    with mpmath.workdps(30):
        assert abs(value(scaled.u) - value(plain.u)) < 1e-25 and abs(value(scaled.a) - value(plain.a)) < 1e-25
        naive = limit(network, moved_start, moved_sample)
        assert abs(value(naive.a) - value(plain.a)) > 1e-8
    faster = limit(replace(network, rate_w=c * network.rate_w, rate_a=c * network.rate_a), start, sample)
    assert same(faster, plain, (1, 1))


def test_the_linear_network_against_its_closed_form() -> None:
    """σ = id: a² = w² + a0² - w0² and a w = y, by the quadratic in a²."""
    result = solve("identity", "1/2", "3/2", 1, "5/4", 40)
    with mpmath.workdps(50):
        square = (2 + mpmath.sqrt(4 + 4 * mpmath.mpf(25) / 16)) / 2
        assert abs(value(result.a) - mpmath.sqrt(square)) < mpmath.mpf(10) ** -40
    assert result.closed_form is not None


def test_exp_against_lambert_w() -> None:
    """σ = exp, N = 1: a² - 2u is constant, so a² e^{a²} = y² e^{a0² - 2 u0}... = W."""
    result = solve("exp", "1/3", "1/2", 1, 2, 40)
    with mpmath.workdps(50):
        constant = mpmath.mpf(1) / 4 - mpmath.mpf(2) / 3
        square = mpmath.lambertw(4 * mpmath.exp(constant)).real
        assert abs(value(result.a) - mpmath.sqrt(square)) < mpmath.mpf(10) ** -40
        assert abs(value(result.u) - (square - constant) / 2) < mpmath.mpf(10) ** -40
    assert result.closed_form is not None and result.closed_form.a.has(sp.LambertW)


def test_tanh_against_its_quadratic() -> None:
    """σ = tanh, N = 1: s = sinh² u solves (a0² - s0 + s) s/(1 + s) = y²."""
    result = solve("tanh", 1, 1, 1, 2, 40)
    with mpmath.workdps(50):
        start = mpmath.sinh(1) ** 2
        s = mpmath.findroot(lambda s: (1 - start + s) * s - 4 * (1 + s), 5)
        assert abs(value(result.u) - mpmath.asinh(mpmath.sqrt(s))) < mpmath.mpf(10) ** -39
    assert result.closed_form is not None


@pytest.mark.parametrize("name", ["sigmoid", "softplus", "gelu", "silu"])
def test_time_stepping_ends_at_the_limit(name: str) -> None:
    """mpmath.odefun on (w, a)' = -r (a σ' x, σ) at low digits approaches the limit."""
    sigma = activation(name)
    result = solve(name, "3/10", "7/10", 2, "3/2")
    with mpmath.workdps(15):

        def field(_t: mpmath.mpf, state: list[mpmath.mpf]) -> list[mpmath.mpf]:
            w, a = state
            residual = a * sigma.mp(2 * w) - mpmath.mpf(3) / 2
            return [-residual * a * sigma.slope_mp(2 * w) * 2, -residual * sigma.mp(2 * w)]

        w, a = mpmath.odefun(field, 0, [mpmath.mpf(3) / 10, mpmath.mpf(7) / 10], tol=mpmath.mpf(10) ** -12)(
            20
        )
        assert abs(2 * w - value(result.u)) < 1e-5 and abs(a - value(result.a)) < 1e-5


@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
def test_a_thousand_digits(name: str) -> None:
    """Both equations hold to 1000 digits, with the potential written out."""
    network = Network(activation(name))
    result = solve(name, "3/10", "7/10", 2, "3/2", 1000)
    with mpmath.workdps(1020):
        u0, u1, a1 = mpmath.mpf(3) / 5, value(result.u), value(result.a)
        potential = (
            (lambda v: v + mpmath.exp(v)) if name == "sigmoid" else (lambda v: mpmath.sinh(v) ** 2 / 2)
        )
        assert abs(a1 * network.activation.mp(u1) - mpmath.mpf(3) / 2) < mpmath.mpf(10) ** -1000
        defect = a1**2 - mpmath.mpf(49) / 100 - 2 * (potential(u1) - potential(u0)) / 4
        assert abs(defect) < mpmath.mpf(10) ** -999
    assert result.radius < Fraction(1, 10**1000) and len(result.a.decimal(1000)) > 1000  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("name", "numbers", "reason", "refuted"),
    [
        ("relu", (1, 2, 1, -1), "dead unit", True),
        ("identity", ("7/10", "7/10", 1, -1), "saddle u = 0", True),
        ("power(3)", ("7/10", "-1/2", 1, 1), "σ' = 0 in the way", True),
        ("relu_power(2)", (1, 2, 1, -1), "dead unit", True),
        ("relu", (0, 1, 1, 1), "jumps through zero at the start", False),
        ("Piecewise((u, u < 1), (2 - u, True))", ("1/2", 1, 1, 9), "comes closer to u = 1", False),
    ],
)
def test_why_there_is_no_limit(name: str, numbers: tuple[object, ...], reason: str, refuted: bool) -> None:
    """A flow without interpolating limit is an outcome with a reason: refuted where proved, unknown
    otherwise."""
    result = solve(name, *numbers)  # type: ignore[arg-type]
    assert result.reason is not None and reason in result.reason
    assert not result.exists and result.a is None and result.radius == 0
    assert result.status is (Status.REFUTED if refuted else Status.UNKNOWN)
    assert "no interpolating limit" in result._repr_latex_()


@pytest.mark.parametrize(
    ("name", "numbers", "complaint"),
    [
        ("tanh", (0, 0, 1, 1), "critical point"),
        ("power(3)", (0, 2, 1, 1), "critical point"),
        ("relu", (0, 0, 1, 1), "critical point"),
        ("relu", (-1, 1, 1, 1), "critical point .the unit is dead"),
        ("tanh", (1, 1, 0, 1), "no parameter fits this sample"),
    ],
)
def test_critical_starts_and_impossible_samples_are_misuse(
    name: str, numbers: tuple[object, ...], complaint: str
) -> None:
    """Where nothing moves although f ≠ y, at a saddle or a dead unit, or nothing fits, the input is wrong."""
    with pytest.raises(InputError, match=complaint):
        solve(name, *numbers)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "numbers", "kind", "u", "a"),
    [
        ("sigmoid", (1, "1/2", 1, 0), "a = 0", None, "0"),
        ("tanh", ("1/4", 2, 1, 0), "exact algebra", "0", None),
        ("shifted_softplus", ("1/4", 2, 1, 0), "exact algebra", "0", None),
        ("u + 1/3", (1, 3, 1, 0), "", "-0.3333333333", None),
        ("exp(u) - 2", (1, 3, 1, 0), "interval Newton on σ(u)", "0.6931471806", None),
        ("power(3)", ("7/10", 2, 1, 0), "the edge of the arc", "0", None),
        ("logcosh", ("7/10", 2, 1, 0), "the edge of the arc", "0", None),
        ("relu", (1, 2, 1, 0), "the edge of the arc", "0", "1.732050808"),
    ],
)
def test_zero_targets(
    name: str, numbers: tuple[object, ...], kind: str, u: str | None, a: str | None
) -> None:
    """y = 0 is reached by a turn (a = 0), at a zero of σ, exact or enclosed, or at a degenerate one."""
    result = solve(name, *numbers)  # type: ignore[arg-type]
    assert result.status is Status.ENCLOSED, result.reason
    methods = "; ".join(check.method for claim in result.claim.walk() for check in claim.evidence)
    assert kind in methods
    assert u is None or result.u.decimal(10) == u  # type: ignore[union-attr]
    assert a is None or result.a.decimal(10) == a  # type: ignore[union-attr]
    assert all(claim.cross_checked for claim in result.claim.walk())
    with mpmath.workdps(40):
        assert abs(value(result.a) * activation(name).mp(value(result.u))) < mpmath.mpf(10) ** -30


@pytest.mark.parametrize("kink", ["1", "1/3"])
def test_a_kink_on_the_way_to_a_zero_does_not_refute_the_limit(kink: str) -> None:
    """For σ = u, then 2u - b from b on: a² = 9 + 2 (G(0) - G(2)) = 9 - b² - (2 - b/2)² + (b/2)² at u = 0;
    a quadrature that runs through the kink misses it by far."""
    b = R(kink)
    result = solve(f"Piecewise((u, u < {b}), (2*u - {b}, True))", 2, 3, 1, 0)
    assert result.status is Status.ENCLOSED and all(claim.cross_checked for claim in result.claim.walk())
    expected = 9 - b**2 - (2 - b / 2) ** 2 + (b / 2) ** 2
    with mpmath.workdps(40):
        assert abs(value(result.a) ** 2 - mpmath.mpf(expected.p) / expected.q) < mpmath.mpf(10) ** -28


@pytest.mark.parametrize(
    ("name", "numbers", "limit_point"),
    [
        ("tanh", (1, 2, 1, 2 * sp.tanh(1)), Point((sp.Integer(1),), sp.Integer(2))),
        ("exp", (1, 2, 0, 5), Point((sp.Integer(1),), sp.Integer(5))),
        ("cos", (0, 2, 3, 5), Point((sp.Integer(0),), sp.Integer(5))),
        ("relu", (0, 2, 1, 0), Point((sp.Integer(0),), sp.Integer(2))),
    ],
)
def test_limits_without_an_arc_are_proved(name: str, numbers: tuple[object, ...], limit_point: Point) -> None:
    """A start that interpolates, a zero input and σ'(u0) = 0 move a alone or nothing: exact."""
    w, a, x, y = (sp.sympify(number) for number in numbers)
    result = limit(Network(activation(name)), Point((w,), a), Sample((x,), y))
    assert result.closed_form == limit_point and result.status is Status.PROVED and result.claim.cross_checked


@settings(max_examples=10)
@given(
    one_sample_problems(
        networks(
            st.sampled_from(
                [activation(n) for n in ("identity", "exp", "tanh", "2*tanh(3*u)", "-exp(-u) + 0*u")][:4]
            )
        )
    )
)
def test_closed_forms_agree_with_the_balls(problem: OneSampleProblem) -> None:
    """Each entry of the closed form lies in its ball at 50 digits."""
    result = limit(problem.network, problem.start, problem.sample, 50)
    if result.closed_form is None:
        steps = str([part.steps for part in result.claim.walk()])
        assert "turns" in steps or "σ changes" in steps
        return
    with flint.ctx.workprec(300):
        for entry, ball in zip(
            (*result.closed_form.w, result.closed_form.a), (*result.w, result.a), strict=True
        ):  # type: ignore[misc]
            assert real_ball(entry).overlaps(ball.to_arb())  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("sigmoid", (3, -200, 1, "1/1000000")),
        ("sigmoid", (3, -2000, 1, 1)),
        ("softplus", (3, -30, 1, 1)),
        ("tanh", (25, 1, 1, "1/2")),
        ("u/(1+u**2)", (10**6, 5, 1, 1)),
        ("u+u**3", (1000, -50, 1, 10**6)),
        ("asinh", (10**9, -5, 1, 10)),
    ],
)
def test_far_tails_are_no_obstacle(name: str, numbers: tuple[object, ...]) -> None:
    """Starts far out and orbits that run far along a tail of σ come out enclosed and cross-checked."""
    result = solve(name, *numbers)  # type: ignore[arg-type]
    assert result.status is Status.ENCLOSED and all(claim.cross_checked for claim in result.claim.walk()), (
        result.reason
    )
    with mpmath.workdps(60):
        target = mpmath.mpf(sp.N(R(numbers[3]), 60))  # type: ignore[arg-type]
        assert abs(value(result.a) * activation(name).mp(value(result.u)) - target) < mpmath.mpf(
            10
        ) ** -25 * max(1, target)


def test_quadrature_and_closed_forms_give_the_same_limit() -> None:
    """A potential without closed forms changes nothing but the time."""
    for name in ("sigmoid", "softsign", "elu"):
        network, start, sample = Network(activation(name)), Point((R(1, 2),), R(2)), Sample((R(1),), R(-1))
        assert same(
            limit(network, start, sample, 30, Potential(network.activation)),
            limit(network, start, sample, 30),
            (1, 1),
        )


def test_a_wrong_potential_establishes_nothing() -> None:
    """With a G that is off by u/10^6 interval Newton contradicts itself, and no limit is claimed."""
    network = Network(activation("sigmoid"))
    wrong = Potential(network.activation, (pre + sp.exp(pre) + pre / 10**6,), (True,))
    result = limit(network, Point((R(3, 10),), R(7, 10)), Sample((R(2),), R(3, 2)), 30, wrong)
    assert not result.status.established and not result.exists


@pytest.mark.parametrize(("place", "outcome"), [(24, Outcome.FAILS), (40, Outcome.HOLDS)])
def test_the_trajectory_refutes_a_wrong_digit(place: int, outcome: Outcome) -> None:
    """A limit that is off in its 24th decimal is contradicted by the integrated flow at 30 digits."""
    plane = PlaneFlow.of(
        Network(activation("sigmoid")), Point((R(3, 10),), R(7, 10)), Sample((R(2),), R(3, 2))
    )
    branch = find_branch(plane)
    assert isinstance(branch, Branch)
    point = refine(plane, branch, 60)
    moved = replace(point, a=replace(point.a, middle=point.a.middle + Fraction(1, 10**place)))
    assert trajectory_check(plane, moved, 30).outcome is outcome


def test_the_two_integrations_agree() -> None:
    """Along f and along the orbit the flow ends at the same point."""
    for name, y in (("tanh", -2), ("leaky_relu(1/2)", 3), ("mish", 2)):
        plane = PlaneFlow.of(Network(activation(name)), Point((R(1),), R(3, 2)), Sample((R(1),), R(y)))
        first, second = integrated_limit(plane, 30), orbital_limit(plane, 30)
        assert first is not None and second is not None
        assert all(abs(p - q) < 1e-28 for p, q in zip(first, second, strict=True))


def test_signs() -> None:
    """σ' keeps its sign where it does, by algebra and by balls, and not across a zero; undecidable signs
    say so."""
    assert slope_keeps_sign(activation("silu"), arb(-1), arb(5), 1) and not slope_keeps_sign(
        activation("silu"), arb(-2), arb(5), 1
    )
    assert not slope_keeps_sign(activation("relu"), arb(-1), arb(1), 1) and slope_keeps_sign(
        activation("elu"), arb(-1), arb(1), 1
    )
    assert not slope_keeps_sign(activation("relu_power(2)"), arb(0), arb(1), 1)
    assert not slope_keeps_sign(activation("tanh"), arb(0), arb(1), -1)
    assert not keeps_sign(lambda v: arb("nan"), arb(0), arb(1), 1)
    assert [exact_sign(number) for number in (sp.pi - 3, sp.Integer(0), sp.log(2) - 1)] == [1, 0, -1]
    with pytest.raises(UndecidedSignError, match="cannot be decided"):
        exact_sign(sp.exp(sp.exp(-(sp.Integer(10) ** 4))) - 1 - sp.exp(-(sp.Integer(10) ** 4)))


def test_the_theorem_is_proved() -> None:
    """T7's identities hold for a generic σ."""
    theorem = limit_theorem()
    assert theorem.proved_as.status is Status.PROVED and all(
        part.cross_checked for part in theorem.proved_as.walk()
    )


@pytest.mark.parametrize(
    ("name", "numbers", "w", "a"),
    [
        # the arc must not jump over a pole of σ: ends found by an independent Runge-Kutta integration
        ("u - 1/u", ("1/2", 1, 1, -100), "0.01093563647", "1.093694440"),
        ("tan(u)", (1, 1, 1, 10), "1.458169044", "1.131059336"),
        # the stable manifold of a saddle ends at an interpolating point if y = 0
        ("identity", (1, 1, 1, 0), "0", "0"),
        ("relu", (1, 1, 1, 0), "0", "0"),
        # dyadic starts, whose bisection hits the zero of σ exactly
        ("identity", (1, "101/100", 1, -1), "-0.9949876884", "1.005037561"),
    ],
)
def test_limits_that_were_once_missed(name: str, numbers: tuple[object, ...], w: str, a: str) -> None:
    """Poles on the line, equilibria that interpolate, and bisections that hit a zero exactly."""
    result = solve(name, *numbers)  # type: ignore[arg-type]
    assert result.status is Status.ENCLOSED, result.reason
    assert (result.w[0].decimal(10), result.a.decimal(10)) == (w, a)  # type: ignore[index, union-attr]


@pytest.mark.parametrize("digits", [5, 200, 320])
def test_status_does_not_depend_on_the_digits(digits: int) -> None:
    """Few digits or many: the same limit is established, with its closed form."""
    network, start = Network(activation("exp")), Point((sp.Integer(1),), sp.Integer(1))
    for name, closed in (("exp", True), ("sigmoid", False)):
        network = Network(activation(name))
        result = limit(network, start, Sample((sp.Integer(1),), sp.Integer(1)), digits)
        assert result.status is Status.ENCLOSED, result.reason
        assert (result.closed_form is not None) is closed


@pytest.mark.parametrize(("name", "u0"), [("sqrt(u)", -2), ("log(u)", -1), ("1/u", 0)])
def test_start_outside_the_domain_is_misuse(name: str, u0: int) -> None:
    """σ must be defined where the flow starts."""
    with pytest.raises(InputError, match="not defined at u0"):
        solve(name, u0, 1, 1, 3)


@pytest.mark.parametrize(
    ("name", "numbers", "where"),
    [
        ("exp(-u**4)", ("1/2", 1, 1, -1), "u tends to oo and f to 0 while a² tends to 0"),
        ("exp(-u**4)", ("1/2", 2, 1, 0), "u tends to oo and f to 0 while a² tends to 3"),
        ("exp(-exp(-u))", ("1/2", 2, 1, -1), "u tends to -oo"),
        ("exp(-1/u**2)", ("1/2", 2, 1, -1), "leaves the domain: u tends to 0"),
    ],
)
def test_flows_without_an_end_are_refuted_exactly(name: str, numbers: tuple[object, ...], where: str) -> None:
    """The last row of T7(d): G stays finite where |u| grows beyond all bounds, or u leaves the domain, also
    if a² tends to zero exactly; the proof is there as claims."""
    result = solve(name, *numbers)  # type: ignore[arg-type]
    assert result.status is Status.REFUTED and result.reason is not None and where in result.reason
    premises = result.claim.rests_on
    assert [claim.status for claim in premises] == [Status.PROVED] * 2
    assert all(claim.cross_checked for claim in premises)


@pytest.mark.parametrize("name", ["exp(-u**4)", "exp(-exp(-u))"])
def test_the_orbit_turns_where_its_weight_would_become_negative(name: str) -> None:
    """With a little less a0 than at the border of divergence a changes sign, and the flow interpolates."""
    border = 1 if name == "exp(-u**4)" else sp.sqrt(2 * sp.exp(R(1, 2)))
    for less in (R(1, 10), R(1, 1000)):
        found = limit(Network(activation(name)), Point((R(1, 2),), border - less), Sample((R(1),), R(-1)), 20)
        assert found.exists and value(found.a) < 0


@pytest.mark.parametrize("target", ["1/100000000000000000000", "1/" + "1" + "0" * 80])
@pytest.mark.parametrize("name", ["elu", "tanh", "exp(u)-2"])
def test_a_limit_just_beyond_a_zero_of_sigma(name: str, target: str) -> None:
    """The orbit crosses σ = 0 with a ≠ 0, and ends at once where f is 1e-20 or 1e-80."""
    zero = sp.log(2) if name == "exp(u)-2" else sp.Integer(0)
    result = limit(Network(activation(name)), Point((zero - 1,), R(3)), Sample((R(1),), R(target)), 30)
    assert result.status is Status.ENCLOSED, result.reason
    with mpmath.workdps(130):
        output = value(result.a) * activation(name).mp(value(result.u))
        small = zero or R(target).q > 10**30
        allowed = mpmath.mpf(1) if small else mpmath.mpf(1) / R(target).q  # u has 30 digits, or 30 decimals
        assert abs(output - mpmath.mpf(1) / R(target).q) < mpmath.mpf(10) ** -28 * allowed


def test_a_numerical_step_beyond_the_domain_refutes_nothing() -> None:
    """For u**(1/3), G = 3u²/2: with s = u² the limit solves (13/4 + 3s)³ s = 1; mpmath steps past u = 0."""
    result = solve("u**(1/3)", "1/2", 2, 1, 1)
    assert result.status is Status.ENCLOSED and all(claim.cross_checked for claim in result.claim.walk())
    with mpmath.workdps(40):
        s = value(result.u) ** 2
        assert abs((mpmath.mpf(13) / 4 + 3 * s) ** 3 * s - 1) < mpmath.mpf(10) ** -28


def test_the_theorem_states_the_problem_and_all_of_its_limit() -> None:
    """The sample, the rates and the start are in the sentence, each component of the limit in the formula;
    the way to the plane is a claim of its own."""
    network = Network(activation("sigmoid"), 2, True, R(2), R(1, 3))
    found = limit(
        network, Point((R(1, 5), R(-1, 10)), R(4, 5), sp.log(2)), Sample((R(1), R(2)), R(9, 10)), 20
    )
    for part in (r"x=(1,\,2)", "y=", r"\eta_w=2", r"\eta_a=\frac{1}{3}", "w_0=(", r"b_0=\log", "a_0="):
        assert part in found.claim.says
    assert {str(symbol) for symbol in found.claim.statement.free_symbols} == {"w1", "w2", "b", "a"}
    reduction = next(claim for claim in found.claim.walk() if claim.id == "limit.reduction")
    assert reduction.status is Status.PROVED and "N, 36" in str(reduction.statement)


def test_what_is_not_established_is_stated() -> None:
    """The claim that a flow has a limit is a formula also where it is refuted, or not decided."""
    for numbers in ((1, 2, 1, -1), (0, 1, 1, 1)):
        result = solve("relu", *numbers)
        assert result.claim.statement != sp.true and "y" in str(result.claim.statement)


@pytest.mark.parametrize(
    ("name", "numbers", "reason"),
    [
        ("exp", (10**10, "7/10", 1, 1), "too small to be written down"),
        ("2**u", (7 * 10**16, "1/3", 1, 2), "too large or too small at the start"),
        ("u**u", (-7 * 10**6, "1/3", -5 * 10**100, 1), "too large or too small at the start"),
        ("cosh", (-9 * 10**10, -5 * 10**40, "1/10", -6 * 10**6), "comes closer to u = -0.0039"),
    ],
)
def test_numbers_that_cannot_be_written_down_end_as_undecided(
    name: str, numbers: tuple[object, ...], reason: str
) -> None:
    """exp(-10^10), 2^(7e16) and exp(-10^80) have no fraction: unknown, with the reason, and at once."""
    result = solve(name, *numbers)  # type: ignore[arg-type]
    assert result.status is Status.UNKNOWN and reason in (result.reason or "")


def test_digits_lost_from_a_huge_start_refute_nothing() -> None:
    """From u0 = -7e100 mpmath cannot reach u = -1.19 with 30 digits; the enclosure stands all the same."""
    assert solve("u**5-u", "507/500", 2, -7 * 10**100, R(-4358, 1000)).status is not Status.REFUTED
    # |f| shrinks from e^(2e7): an integration over f arrives nowhere, and says so
    assert solve("sinh", R(4577, 1000), R(-234, 1000), 5 * 10**6, -1).status is not Status.REFUTED
