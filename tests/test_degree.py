"""The local homogeneity degree: verdicts, sign proofs, and T9's refusals, against values computed
independently."""

from __future__ import annotations

from fractions import Fraction

import flint
import mpmath
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from implicitreg_sym.activations import activation
from implicitreg_sym.claims import Claim
from implicitreg_sym.degree import (
    Verdict,
    degree_report,
    identities,
    local_homogeneity_degree,
    prove_sign,
    refusal,
    theorem,
)
from implicitreg_sym.degree import sign_proof as rules
from implicitreg_sym.degree.asymptotics import Tail
from implicitreg_sym.degree.dichotomy import crossing_identity, psi_identity
from implicitreg_sym.degree.exponential_polynomial import one_sign
from implicitreg_sym.degree.extrema import _no_others
from implicitreg_sym.degree.field import DifferentialField
from implicitreg_sym.degree.span import Span, v
from implicitreg_sym.errors import InputError
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.status import Status
from implicitreg_sym.symbols import u

ZERO, HALF_PI = sp.Integer(0), sp.pi / 2
UP, DOWN, NOT = Verdict.INCREASING, Verdict.DECREASING, Verdict.NOT_MONOTONE

# (activation, verdict on u > 0, verdict on u < 0), from E written down by hand and plotted with mpmath
MONOTONE = [
    ("tanh", DOWN, UP), ("arctan", DOWN, UP), ("erf", DOWN, UP), ("softsign", DOWN, UP), ("asinh", DOWN, UP),
    ("exp", UP, UP), ("softplus", UP, UP), ("squareplus", UP, UP), ("sinh", UP, DOWN), ("cosh", UP, DOWN),
    ("logcosh", DOWN, UP), ("gaussian", DOWN, UP), ("sin", DOWN, UP), ("cos", DOWN, UP),
    ("rational", DOWN, UP),
    ("u+u**3", UP, DOWN), ("u*atan(u)", DOWN, UP), ("log(1+u**2)", DOWN, UP),
]  # fmt: skip
NON_MONOTONE = {
    # activation: the first critical point of E, the root of an equation solved below by mpmath
    "sigmoid": lambda t: 1 + mpmath.exp(t) - t * mpmath.exp(t),
    "silu": lambda t: 1 + mpmath.exp(-t) - t,
    "swish(2)": lambda t: 1 + mpmath.exp(-2 * t) - 2 * t,
    "u/(1+exp(-3*u))": lambda t: 1 + mpmath.exp(-3 * t) - 3 * t,
    "gelu": lambda t: (1 - t**2) * mpmath.ncdf(t) - t * mpmath.npdf(t),
    "gelu_tanh": None,
    "mish": None,
    "shifted_softplus": lambda t: (
        (mpmath.log(1 + mpmath.exp(t)) - mpmath.log(2)) * (1 + mpmath.exp(t) + t) - t * mpmath.exp(t)
    ),
    "snake": None,
}


def _degree_mp(name: str, point: mpmath.mpf) -> mpmath.mpf:
    sigma = activation(name)
    return point * mpmath.diff(sigma.mp, point) / sigma.mp(point)


@pytest.mark.parametrize(("name", "positive", "negative"), MONOTONE)
def test_a_monotone_degree_is_proved_on_both_half_lines(
    name: str, positive: Verdict, negative: Verdict
) -> None:
    """E is strictly monotone in the direction that is known, and the claim is established and
    cross-checked."""
    for half_line, verdict in (("positive", positive), ("negative", negative)):
        report = degree_report(activation(name), half_line)
        assert report.verdict is verdict
        assert report.status.established
        assert all(claim.cross_checked for claim in report.claim.walk())
        assert report.steps


@pytest.mark.parametrize("name", ["tanh", "arctan", "erf", "asinh", "softplus", "logcosh", "sin"])
def test_the_textbook_proofs_are_found_without_balls(name: str) -> None:
    """On u > 0 exact rules suffice for the classical activations."""
    assert degree_report(activation(name), "positive").status is Status.PROVED


@pytest.mark.parametrize(
    ("name", "half_line", "value"),
    [
        ("identity", "negative", 1), ("relu", "positive", 1), ("leaky_relu", "positive", 1),
        ("leaky_relu", "negative", 1), ("power(3)", "negative", 3),
        ("relu_power(1/2)", "positive", sp.Rational(1, 2)),
        ("elu", "positive", 1), ("selu", "positive", 1), ("celu(2)", "positive", 1),
    ],
)  # fmt: skip
def test_homogeneous_pieces_have_constant_degree(name: str, half_line: str, value: sp.Expr) -> None:
    """E is exactly the degree of homogeneity."""
    report = degree_report(activation(name), half_line)
    assert (report.verdict, report.value, report.status) == (Verdict.CONSTANT, value, Status.PROVED)


@pytest.mark.parametrize("name", ["elu", "selu", "celu(2)"])
def test_exponential_linear_units_increase_below_zero(name: str) -> None:
    """E = u e^u/(e^u - 1) increases on u < 0."""
    report = degree_report(activation(name), "negative")
    assert (report.verdict, report.status) == (UP, Status.PROVED)


@pytest.mark.parametrize("name", list(NON_MONOTONE))
def test_non_monotone_degrees_have_certified_witnesses(name: str) -> None:
    """Two points with opposite signs of E' are certified, and the critical point agrees with mpmath."""
    report = degree_report(activation(name), "positive")
    assert report.verdict is NOT
    assert report.status is Status.ENCLOSED
    first, second = report.witnesses
    assert 0 < first.point < second.point
    assert first.slope.middle * second.slope.middle < 0
    with mpmath.workdps(40):
        for witness in report.witnesses:
            at = mpmath.mpf(witness.point.numerator) / witness.point.denominator
            assert abs(witness.slope.middle) > witness.slope.radius
            assert mpmath.sign(mpmath.diff(lambda t: _degree_mp(name, t), at)) == (
                1 if witness.slope.middle > 0 else -1
            )
        (extremum, *_others) = report.extrema
        near = mpmath.mpf(extremum.middle.numerator) / extremum.middle.denominator
        equation = NON_MONOTONE[name] or (lambda t: mpmath.diff(lambda s: _degree_mp(name, s), t))
        assert abs(mpmath.findroot(equation, near + mpmath.mpf("1e-4")) - near) < mpmath.mpf("1e-12")


def test_the_critical_point_of_silu_has_the_known_digits() -> None:
    """1 + e^{-u} = u at 1.27846454276107379510935873902298015543947748..."""
    (extremum,) = degree_report(activation("silu"), "positive").extrema
    assert extremum.decimal(30) == "1.27846454276107379510935873902"


@pytest.mark.parametrize(
    ("name", "half_line", "end"),
    [
        ("sin", "positive", HALF_PI), ("cos", "negative", HALF_PI),
        ("rational", "positive", sp.Integer(1)), ("snake", "negative", sp.pi / 4),
    ],
)  # fmt: skip
def test_a_domain_ends_at_the_first_zero_of_the_slope_or_value(
    name: str, half_line: str, end: sp.Expr
) -> None:
    """An exact zero is recognised, a double one (snake) included."""
    domain = degree_report(activation(name), half_line).domain
    assert domain.extent == end
    assert domain.proved


@pytest.mark.parametrize("name", ["silu", "gelu", "gelu_tanh", "mish", "swish(2)"])
def test_a_domain_that_ends_at_a_minimum_of_the_activation_is_enclosed(name: str) -> None:
    """The zero of σ' below 0 is enclosed; E increases up to 0."""
    report = degree_report(activation(name), "negative")
    assert isinstance(report.domain.extent, Ball)
    with mpmath.workdps(40):
        middle = report.domain.extent.middle
        point = -mpmath.mpf(middle.numerator) / middle.denominator
        assert abs(activation(name).slope_mp(point)) < mpmath.mpf("1e-28")
    assert report.verdict is UP


def test_a_vanishing_activation_has_no_degree() -> None:
    """relu is zero on u < 0; that is said, with proof, and both mechanisms are refused there."""
    report = degree_report(activation("relu"), "negative")
    assert (report.verdict, report.status) == (Verdict.NO_DEGREE, Status.PROVED)
    assert refusal(activation("relu"), "negative", "two-point").status is Status.PROVED


def test_an_inexpressible_function_gives_unknown_with_a_reason() -> None:
    """A function outside the field is not guessed at."""
    report = degree_report(activation("u+LambertW(exp(u))"), "positive")
    assert report.verdict is Verdict.UNKNOWN
    assert report.status is Status.UNKNOWN
    assert "LambertW" in report.reason


def test_a_wrong_half_line_is_bad_input() -> None:
    """The error says what is allowed."""
    with pytest.raises(InputError, match="'positive' or 'negative'"):
        degree_report(activation("tanh"), "left")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["tanh", "softplus", "gelu", "snake", "elu"])
def test_the_degree_agrees_with_a_numerical_derivative(name: str) -> None:
    """E of each piece is u σ'/σ, the derivative taken by mpmath."""
    for degree in local_homogeneity_degree(activation(name)):
        assert degree.expression is not None
        point = mpmath.mpf(1) / 3 if degree.piece.upper == sp.oo else -mpmath.mpf(1) / 3
        with mpmath.workdps(30):
            value = sp.lambdify(u, degree.expression, "mpmath")(point)
            assert abs(value - _degree_mp(name, point)) < mpmath.mpf("1e-20")


# -- the sign prover
# ---------------------------------------------------------------------------------------------------

HAND_PROOFS = [
    (sp.sinh(2 * u) - 2 * u, (ZERO, sp.oo), 1),
    ((1 - u**2) * sp.atan(u) - u, (ZERO, sp.oo), -1),
    ((1 - 2 * u**2) * sp.erf(u) - 2 / sp.sqrt(sp.pi) * u * sp.exp(-(u**2)), (ZERO, sp.oo), -1),
    (sp.exp(u) - 1 - u, (-sp.oo, ZERO), 1),
    (sp.tan(u) - u, (ZERO, HALF_PI), 1),
    (sp.erf(u) - sp.tanh(u), (ZERO, sp.oo), 1),
    (HALF_PI - sp.atan(u) - 1 / (1 + u), (sp.Integer(1), sp.oo), 1),
    (sp.sqrt(1 + u) - 1 - u / 2, (ZERO, sp.oo), -1),
    (1 + sp.erf(u), (-sp.oo, sp.oo), 1),
    (sp.exp(u) * sp.sin(u) - u, (ZERO, sp.Integer(2)), 1),
    (sp.exp(sp.sqrt(2) * u) - 1 - sp.sqrt(2) * u, (ZERO, sp.oo), 1),
    ((1 - u**2) * (1 + sp.erf(u / sp.sqrt(2))) / 2 - u * sp.exp(-(u**2) / 2) / sp.sqrt(2 * sp.pi),
     (-sp.oo, -sp.Rational(7, 10)), 1),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "interval", "sign"), HAND_PROOFS)
def test_inequalities_known_by_hand_are_proved(
    expression: sp.Expr, interval: tuple[sp.Expr, sp.Expr], sign: int
) -> None:
    """Each inequality and its mirror image are proved, never the reverse."""
    proof = prove_sign(expression, u, interval)
    assert (proof.sign, proof.status.established) == (sign, True)
    assert prove_sign(-expression, u, interval).sign == -sign
    assert len(proof.steps()) == len(list(proof.walk()))


@pytest.mark.parametrize(
    ("expression", "interval"),
    [
        (u - sp.Rational(1, 100), (ZERO, sp.oo)),
        (sp.exp(-u) - sp.Rational(1, 10**6), (ZERO, sp.oo)),  # negative from u = 13.8 on
        (1 - sp.cos(u), (sp.Integer(1), sp.Integer(10))),  # zero at 2 pi only
        ((u - sp.sqrt(2)) ** 2, (ZERO, sp.oo)),  # zero at sqrt(2) only
        (sp.sqrt(u**2 - 2 * u + 1), (ZERO, sp.Integer(3))),  # |u - 1|
        (u * sp.exp(-u) - sp.exp(-1), (ZERO, sp.oo)),  # zero at 1 only
        (sp.atan(u) - HALF_PI + sp.Rational(1, 10**3), (ZERO, sp.oo)),
        (u**3 - u, (ZERO, sp.oo)),
        (sp.erf(u) - 1 + sp.exp(-(u**2)) / 10**6, (ZERO, sp.oo)),
    ],
)
def test_a_sign_that_changes_or_touches_zero_is_not_proved(
    expression: sp.Expr, interval: tuple[sp.Expr, sp.Expr]
) -> None:
    """A strict sign that does not hold is never proved, however narrowly it fails; the node says why."""
    proof = prove_sign(expression, u, interval)
    assert proof.sign is None
    assert proof.status is Status.UNKNOWN
    assert proof.detail


def test_an_identity_is_recognised_as_zero() -> None:
    """cosh^2 - sinh^2 - 1 vanishes identically."""
    assert prove_sign(sp.cosh(u) ** 2 - sp.sinh(u) ** 2 - 1, u, (ZERO, sp.oo)).sign == 0


@pytest.mark.parametrize("interval", [(sp.Integer(1), ZERO), (ZERO, ZERO), (ZERO, sp.Float(1))])
def test_a_bad_interval_is_refused(interval: tuple[sp.Expr, sp.Expr]) -> None:
    """Ends are exact and ascending."""
    with pytest.raises(InputError):
        prove_sign(u, u, interval)


def test_every_rule_states_its_theorem() -> None:
    """A rule is a class with the theorem as its docstring."""
    for rule in rules.SignProof.__subclasses__():
        assert rule.__doc__ and not rule.__doc__.startswith(f"{rule.__name__}(")
        assert rule.title


_terms = st.sampled_from(
    [
        u, u**2, sp.exp(-u), sp.exp(-2 * u), sp.log(1 + u), sp.log(1 + sp.exp(-u)), sp.atan(u), sp.tanh(u),
        sp.erf(u), sp.sqrt(1 + u**2), sp.asinh(u), u * sp.exp(-u), 1 / (1 + u), sp.Integer(1), u * sp.atan(u),
        sp.exp(-(u**2)), u**2 * sp.exp(-u), sp.cosh(u), sp.sin(u),
    ]
)  # fmt: skip
_coefficients = st.fractions(-3, 3, max_denominator=6).map(
    lambda value: sp.Rational(value.numerator, value.denominator)
)
_ends = st.sampled_from(
    [
        (ZERO, sp.oo), (ZERO, sp.Integer(3)), (sp.Rational(1, 2), sp.oo),
        (-sp.oo, -sp.Integer(1)), (-sp.Rational(1, 2), sp.Integer(2)),
    ]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(_coefficients, _terms), min_size=2, max_size=3, unique_by=lambda part: part[1]), _ends
)
def test_a_proved_sign_is_never_contradicted_by_samples(
    parts: list[tuple[sp.Rational, sp.Expr]], interval: tuple[sp.Expr, sp.Expr]
) -> None:
    """Where a sign is proved, mpmath finds it at every sampled point, far out and near the ends included."""
    expression = sp.Add(*(coefficient * term for coefficient, term in parts))
    if not expression.has(u) or (interval[0] < 0 and expression.has(sp.log(1 + u), 1 / (1 + u))):
        return
    proof = prove_sign(expression, u, interval)
    if proof.sign is None:
        return
    function = sp.lambdify(u, expression, "mpmath")
    with mpmath.workdps(60):
        for point in _points(*interval):
            assert mpmath.sign(function(point)) == proof.sign, (expression, interval, point)


def _points(lower: sp.Expr, upper: sp.Expr) -> list[mpmath.mpf]:
    if upper == sp.oo:
        return [
            mpmath.mpf(str(sp.N(lower, 20))) + mpmath.mpf(2) ** (mpmath.mpf(k) / 3) for k in range(-24, 18)
        ]
    if lower == -sp.oo:
        return [
            mpmath.mpf(str(sp.N(upper, 20))) - mpmath.mpf(2) ** (mpmath.mpf(k) / 3) for k in range(-24, 18)
        ]
    low, high = (mpmath.mpf(str(sp.N(end, 20))) for end in (lower, upper))
    return [low + (high - low) * k / 37 for k in range(1, 37)]


def test_a_negative_coefficient_after_positive_ones_is_seen() -> None:
    """e^{3v} - 5 e^{2v} + 100 has b_0 = 96 and b_1 = -7; with 1 in the place of 5 all are positive."""
    assert one_sign({(0, 3): Fraction(1), (0, 2): Fraction(-5), (0, 0): Fraction(100)}) is None
    found = one_sign({(0, 3): Fraction(1), (0, 2): Fraction(-1), (0, 0): Fraction(100)})
    assert found is not None and found[0] == 1


TAILS = [
    sp.erf(v), 1 - sp.erf(v), sp.atan(v), sp.pi / 2 - sp.atan(v), sp.asinh(v), sp.asinh(v) - sp.log(v),
    sp.log(1 + v), sp.sqrt(1 + v**2) - v, sp.log(1 + sp.exp(-v)), v * sp.exp(-v) + 1 / (1 + v),
    sp.sin(v) + 2 * v,    sp.log(1 + v**2) - 2 * sp.log(v),
]  # fmt: skip


@pytest.mark.parametrize("formula", TAILS)
@pytest.mark.parametrize("start", [16, 64])
def test_the_expansion_at_infinity_encloses_the_values(formula: sp.Expr, start: int) -> None:
    """P/M lies in the ball at every v >= R, by mpmath with enough digits for e^{-4096}."""
    field = DifferentialField(Span(ZERO, sp.oo), formula)
    element = field.element(formula)
    with flint.ctx.workprec(192):
        monomial, ball = Tail(field, start).quotient(element.num)
        ends = Ball.from_arb(ball).lower, Ball.from_arb(ball).upper
    decays = [field.tower.generators[index].meaning ** count for index, count in monomial.decays]
    power = v ** sp.Rational(monomial.power.numerator, monomial.power.denominator)
    quotient = field.polynomial_expression(element.num) / sp.Mul(power, sp.log(v) ** monomial.logs, *decays)
    function = sp.lambdify(v, quotient, "mpmath")
    assert ends[1] - ends[0] < 1
    with mpmath.workdps(4000 if formula.has(sp.erf) else 100):
        low, high = (mpmath.mpf(end.numerator) / end.denominator for end in ends)
        for factor in (1, mpmath.mpf(17) / 16, mpmath.mpf(5) / 4):
            assert low <= function(start * factor) <= high


@settings(max_examples=80, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.integers(0, 3), st.integers(0, 3)), st.integers(-4, 4).map(Fraction), max_size=5
    )
)
def test_exponential_polynomials_of_one_sign_have_such_taylor_coefficients(
    terms: dict[tuple[int, int], Fraction],
) -> None:
    """The exact criterion agrees with forty Taylor coefficients computed one by one."""
    found = one_sign(terms)
    coefficients = []
    for n in range(40):
        total = Fraction(0)
        for (power, rate), coefficient in terms.items():
            if n >= power and (rate or n == power):
                total += coefficient * Fraction(rate) ** (n - power) / sp.factorial(n - power).p
        coefficients.append(total)
    if found is not None:
        assert all(value * found[0] >= 0 for value in coefficients)
        assert any(coefficients)


@settings(max_examples=40, deadline=None)
@given(_terms, _terms)
def test_the_field_differentiates_as_sympy_does(first: sp.Expr, second: sp.Expr) -> None:
    """The derivative of a product in the field is that of calculus."""
    formula = (first * second).subs(u, v)
    field = DifferentialField(Span(ZERO, sp.oo), formula)
    derived = field.expression(field.derivative(field.element(formula)))
    point = mpmath.mpf(7) / 5
    with mpmath.workdps(30):
        wanted = sp.lambdify(v, sp.diff(formula, v), "mpmath")(point)
        assert abs(sp.lambdify(v, derived, "mpmath")(point) - wanted) < mpmath.mpf("1e-22") * (
            1 + abs(wanted)
        )


# -- T9
#
#
#
#
#
# ----------------------------------------------------------------------------------------------------------


def test_the_identities_of_the_dichotomy_hold_for_every_activation() -> None:
    """They are proved for undefined functions and cross-checked on concrete ones."""
    for claim in identities():
        assert claim.status is Status.PROVED
        assert claim.cross_checked


def test_a_wrong_identity_is_refuted() -> None:
    """With the sign of E' or of the crossing changed, the exact zero test says no."""
    from implicitreg_sym.claims import identity_check

    sigma = sp.Function("sigma", real=True)
    assert identity_check(psi_identity() + sp.diff(sigma(u), u)).status is Status.REFUTED
    assert identity_check(crossing_identity() + 1).status is Status.REFUTED


@pytest.mark.parametrize("name", ["tanh", "exp", "softplus", "relu", "power(3)"])
@pytest.mark.parametrize("mechanism", ["two-point", "one-point"])
def test_overlapping_is_refused_where_the_degree_is_monotone_or_constant(name: str, mechanism: str) -> None:
    """The refusal rests on the degree claim and on T9, and states its scope."""
    claim: Claim = refusal(activation(name), "positive", mechanism)  # type: ignore[arg-type]
    assert claim.status.established
    ids = {premise.id for premise in claim.walk()}
    assert f"degree.{name}.positive" in ids
    assert any(identifier.startswith("T9.") for identifier in ids)
    assert "one-sample" in claim.says
    assert all(part.cross_checked for part in claim.walk())


@pytest.mark.parametrize("name", ["sigmoid", "silu", "gelu"])
def test_nothing_is_refused_where_the_degree_is_not_monotone(name: str) -> None:
    """The claim stays undecided and says that E is not monotone."""
    claim = refusal(activation(name), "positive", "two-point")
    assert claim.status is Status.UNKNOWN
    assert "not monotone" in claim.evidence[0].method


def test_the_theorem_is_not_applied_without_its_hypothesis() -> None:
    """T9 needs a claim on the degree."""
    with pytest.raises(ValueError, match="degree"):
        theorem("two-point", False).conclude("x", "x", sp.true, {})


def test_an_unknown_mechanism_is_bad_input() -> None:
    """Only the two mechanisms of the theory exist."""
    with pytest.raises(InputError, match="two-point"):
        theorem("three-point", False)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["silu", "gelu"])
def test_verdict_does_not_depend_on_the_digits(name: str) -> None:
    """Signs are proved up to an end known to 30 digits, whatever is asked; the end is then refined."""
    few, many = (degree_report(activation(name), "negative", digits) for digits in (3, 120))
    assert few.verdict is many.verdict and few.status is many.status is Status.ENCLOSED
    assert isinstance(many.domain.extent, Ball) and isinstance(few.domain.extent, Ball)
    assert many.domain.extent.radius < Fraction(1, 10**120) < few.domain.extent.radius
    assert few.domain.extent.lower < many.domain.extent.lower < many.domain.extent.upper
    assert many.domain.interval.start == -many.domain.span.upper


@pytest.mark.parametrize(
    ("name", "count", "complete"),
    [("silu", 1, True), ("sigmoid", 1, True), ("mish", 1, True), ("sin(u)+2*u", 6, False)],
)
def test_list_of_extrema_is_called_complete_only_with_proof(name: str, count: int, complete: bool) -> None:
    """E of silu turns once, and that is proved; sin u + 2u has infinitely many extrema."""
    report = degree_report(activation(name), "positive")
    assert (len(report.extrema), report.extrema_complete) == (count, complete)


def test_overlooked_extremum_would_be_noticed() -> None:
    """Around a zero of E' that is left out the gap has no sign, and completeness is not claimed."""
    formula = v / (1 + sp.exp(-v))
    field = DifferentialField(Span(sp.Integer(0), sp.oo), formula)
    (extremum,) = degree_report(activation("silu"), "positive", 4).extrema
    assert _no_others(field, formula, [extremum])
    assert not _no_others(field, formula, [])
    assert not _no_others(field, formula, [Ball(extremum.middle + 1, extremum.radius)])


@pytest.mark.parametrize(("name", "end"), [("log(u)", sp.Integer(1)), ("tan(u)", sp.pi / 2), ("u**3-8", 2)])
def test_end_of_the_domain_is_exact_where_it_can_be(name: str, end: sp.Expr) -> None:
    """A rational zero found by bisection is recognised, and a pole ends the domain as a zero does."""
    report = degree_report(activation(name), "positive")
    assert report.domain.extent == end and report.status.established


def test_reasons_are_short_and_explain_their_variable() -> None:
    """A sign that changes is shown at two points with few figures."""
    proof = prove_sign(u * sp.cos(u) + sp.Rational(1, 7), u, (sp.Integer(0), sp.Integer(7)))
    assert proof.sign is None and "where v is the distance from 0" in proof.detail
    assert "about" in proof.detail and len(proof.detail) < 200


@pytest.mark.parametrize("digits", [0, -3, True])
def test_digits_are_positive_integers(digits: int) -> None:
    """Anything else is misuse."""
    with pytest.raises(InputError, match="positive integer"):
        degree_report(activation("tanh"), "positive", digits)


@pytest.mark.parametrize("name", ["tanh", "silu", "relu", "log(u)", "sin(u)+2*u"])
def test_reports_show_themselves_as_mathematics_in_a_notebook(name: str) -> None:
    """One formula in dollars, with E where it is defined, the verdict and the status."""
    for half_line in ("positive", "negative"):
        report = degree_report(activation(name), half_line)  # type: ignore[arg-type]
        shown = report._repr_latex_()
        assert shown.startswith(r"$\displaystyle") and shown.endswith("$") and shown.count("$") == 2
        assert report.verdict.value in shown and report.status.name in shown
        assert ("others are not excluded" in shown) == (name == "sin(u)+2*u")
