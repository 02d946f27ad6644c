"""Conservation laws T4, T5, T6: exact, for every loss, and along computed flows."""

from __future__ import annotations

from dataclasses import replace
from time import process_time

import mpmath
import pytest
import sympy as sp
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from implicitreg_sym.activations import activation, from_formula
from implicitreg_sym.claims import Outcome
from implicitreg_sym.errors import InputError
from implicitreg_sym.flow import Network, Sample
from implicitreg_sym.invariants import (
    decide_closed,
    derive_G,
    derive_invariants,
    homogeneity_degree,
    parity,
    symbolic_sample,
)
from implicitreg_sym.invariants.conserved import Conserved, PotentialTerm, conservation_checks
from implicitreg_sym.invariants.flow_case import FlowCase, flow_case
from implicitreg_sym.invariants.flow_check import flow_check
from implicitreg_sym.invariants.form_criterion import criterion, exterior_derivative, one_form
from implicitreg_sym.invariants.homogeneity import degree_is_not_constant, euler_status, homogeneity_theorem
from implicitreg_sym.status import Status
from implicitreg_sym.symbols import a, b, u, vector, w, x, y

R = sp.Rational
f = sp.Symbol("f", real=True)

ATOMS = [
    u,
    sp.exp(u),
    sp.exp(-u),
    sp.tanh(u),
    sp.atan(u),
    sp.sin(u),
    sp.log(1 + sp.exp(u)),
    u**2,
    sp.asinh(u),
    1 / (1 + u**2),
    sp.erf(u),
]
FORMULAS = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: (
        st.builds(lambda c, p, q: c * p + q, st.sampled_from([R(1), R(-2), R(3, 2)]), inner, inner)
        | st.builds(lambda p, q: p * q, inner, inner)
    ),
    max_leaves=3,
)


def proved(found: object) -> bool:
    """Whether the conclusion is proved and every claim below it was cross-checked."""
    conclusion = found.conclusion  # type: ignore[attr-defined]
    return conclusion.status is Status.PROVED and all(claim.cross_checked for claim in conclusion.walk())


@given(formula=FORMULAS)
@settings(max_examples=20, deadline=None)
def test_one_sample_invariant_of_random_activations(formula: sp.Expr) -> None:
    """For any σ of the grammar dI/dt = 0 is proved, with a closed form of G or with its integral."""
    assume(formula.has(u) and not sp.expand(sp.diff(formula, u)).is_zero)
    network = Network(from_formula(formula))
    found = derive_invariants(network, [symbolic_sample(network)], timeout=0)
    assert len(found.invariants) == 1
    assert found.status is Status.PROVED


@given(formula=FORMULAS, shift=st.sampled_from([u / 7, sp.exp(u), sp.atan(u) / 100]))
@settings(max_examples=10, deadline=None)
def test_a_wrong_G_breaks_conservation(formula: sp.Expr, shift: sp.Expr) -> None:
    """With G + shift in place of G the rate of change is refuted, never accepted."""
    assume(formula.has(u) and not sp.expand(sp.diff(formula, u)).is_zero)
    network = Network(from_formula(formula))
    right = derive_G(network.activation, 0)
    assume(right.closed_form)
    wrong = replace(
        right,
        pieces=tuple(
            replace(part, formula=None if part.formula is None else part.formula + shift)
            for part in right.pieces
        ),
    )
    quantity = Conserved(a**2 / 2, (PotentialTerm(-1 / x**2, (x,)),))
    assert conservation_checks(quantity, network, [(x,)], right).outcome is Outcome.HOLDS
    assert conservation_checks(quantity, network, [(x,)], wrong).outcome is Outcome.FAILS


def test_the_invariant_of_tanh_is_the_known_one() -> None:
    """a²/2 - sinh²(wx)/(2x²)."""
    network = Network(activation("tanh"))
    found = derive_invariants(network, [symbolic_sample(network)])
    assert found.invariants == (a**2 / 2 - sp.sinh(w * x) ** 2 / (2 * x**2),)
    assert proved(found) and found.closed_form and found.poles == () and found.theorem == "T4"
    assert "PROVED" in found._repr_latex_()


@pytest.mark.parametrize("name", ["softplus", "elu", "gaussian", "relu", "cos", "logcosh", "snake"])
def test_conservation_along_the_actual_flow(name: str) -> None:
    """The status is proved and the integrated flow agrees to 30 digits, pieces and poles included."""
    network = Network(activation(name))
    assert proved(derive_invariants(network, [symbolic_sample(network)]))


@pytest.mark.parametrize("name", ["gelu", "mish"])
def test_an_invariant_without_closed_form_is_usable(name: str) -> None:
    """It keeps its integral, is proved, cross-checked through rigorous quadrature, and names its pole."""
    network = Network(activation(name))
    found = derive_invariants(network, [symbolic_sample(network)])
    assert (
        not found.closed_form
        and found.invariants[0].has(sp.Integral)
        and proved(found)
        and len(found.poles) == 1
    )


def test_bias_and_learning_rates() -> None:
    """I = a²/(2η_a) - G/(η_w(‖x‖² + 1)), and w_i - b x_i rest."""
    network = Network(activation("sigmoid"), 2, bias=True, rate_w=R(1, 2), rate_a=R(3))
    found = derive_invariants(network, [symbolic_sample(network)])
    (w1, w2), (x1, x2) = vector("w", 2), vector("x", 2)
    argument = w1 * x1 + w2 * x2 + b
    expected = a**2 / 6 - (argument + sp.exp(argument) - 1) / ((x1**2 + x2**2 + 1) / 2)
    assert sp.expand(found.invariants[0] - expected) == 0 and found.invariants[1:] == (
        w1 - b * x1,
        w2 - b * x2,
    )
    assert proved(found)


def test_vector_inputs_give_as_many_invariants_as_dimensions() -> None:
    """The invariants of one sample are functionally independent: their Jacobian has rank d."""
    network = Network(activation("arctan"), 3)
    found = derive_invariants(network, [Sample((R(1), R(2), R(-1, 2)), R(1))], loss=sp.log(sp.cosh(f - y)))
    parameters = (*vector("w", 3), a)
    jacobian = sp.Matrix(
        [[sp.diff(entry, parameter) for parameter in parameters] for entry in found.invariants]
    )
    point = {parameter: R(k + 2, 7) for k, parameter in enumerate(parameters)}
    assert jacobian.subs(point).evalf(30).rank() == 3 == len(found.invariants) and proved(found)


@pytest.mark.parametrize("loss", [(f - y) ** 4 / 4, sp.log(1 + sp.exp(-f * y)), sp.exp(f) - y * f])
def test_any_differentiable_loss(loss: sp.Expr) -> None:
    """The same invariant, with the flow of that loss as cross-check."""
    network = Network(activation("softsign"))
    found = derive_invariants(network, [symbolic_sample(network)], loss=loss)
    assert proved(found) and not found.invariants[0].has(f)


def test_orthogonal_samples() -> None:
    """F is the sum of the one-sample potentials."""
    network = Network(activation("tanh"), 3)
    found = derive_invariants(network, [Sample((R(1), R(2), R(0)), R(1)), Sample((R(2), R(-1), R(0)), R(0))])
    w1, w2, w3 = vector("w", 3)
    assert found.invariants == (
        a**2 / 2 - sp.sinh(w1 + 2 * w2) ** 2 / 10 - sp.sinh(2 * w1 - w2) ** 2 / 10,
        w3,
    )
    assert proved(found) and found.theorem == "T5"


@pytest.mark.parametrize("name", ["exp", "power(3)", "leaky_relu", "(2*u+1)**2", "exp(-3*u)"])
def test_affine_ratio_makes_skew_samples_conserve(name: str) -> None:
    """For powers of affine functions and exponentials any independent inputs do, learning rates included."""
    network = Network(activation(name), 3, rate_w=R(2))
    found = derive_invariants(network, [Sample((R(1), R(2), R(0)), R(1)), Sample((R(2), R(1), R(1)), R(0))])
    assert len(found.invariants) == 2 and found.invariants[0].has(a) and proved(found)


@pytest.mark.parametrize("name", ["tanh", "softplus", "gelu", "softsign", "sigmoid"])
def test_skew_samples_have_no_such_invariant_otherwise(name: str) -> None:
    """The 2-form has a coefficient that a ball separates from zero; only the orthogonal components remain."""
    network = Network(activation(name), 3)
    found = derive_invariants(network, [Sample((R(1), R(2), R(0)), R(1)), Sample((R(2), R(1), R(0)), R(0))])
    assert found.invariants == (sp.Symbol("w3", real=True),) and found.missing is not None
    assert found.form is not None and found.form.closed is False and found.form.witness is not None
    assert found.status is Status.ENCLOSED
    first, second = (mpmath.mpf(point.p) / point.q for point in found.form.witness.point)
    act = activation(name)
    g = lambda point: act.mp(point) / act.slope_mp(point)  # noqa: E731
    coefficient = float(found.form.inverse[found.form.witness.place]) * (
        mpmath.diff(g, first) - mpmath.diff(g, second)
    )
    assert abs(float(found.form.witness.value.strip("[]").split()[0]) - coefficient) < 1e-8


def test_dependent_inputs() -> None:
    """T5 is silent on them; homogeneity still gives its invariant, and without it the status is UNKNOWN."""
    samples = [Sample((R(1),), R(1)), Sample((R(2),), R(0))]
    assert derive_invariants(Network(activation("relu")), samples).invariants == (a**2 - w**2,)
    nothing = derive_invariants(Network(activation("tanh")), samples)
    assert (
        nothing.invariants == ()
        and nothing.status is Status.UNKNOWN
        and "dependent" in (nothing.missing or "")
    )


def test_T5_for_undefined_sigma() -> None:
    """The balance and the 2-form are identities in undefined functions."""
    theorem = criterion()
    assert theorem.status is Status.PROVED and all(claim.cross_checked for claim in theorem.walk())


@given(
    entries=st.lists(st.integers(-3, 3), min_size=4, max_size=4),
    name=st.sampled_from(["tanh", "exp", "relu", "arctan"]),
)
@settings(max_examples=15, deadline=None)
def test_T5_criterion(entries: list[int], name: str) -> None:
    """The form is closed iff the inputs are orthogonal or g is affine."""
    inputs = sp.Matrix(2, 2, entries)
    assume(inputs.det() != 0)
    gram = inputs * inputs.T
    verdict = decide_closed(activation(name), gram)
    assert verdict.closed is (gram[0, 1] == 0 or name in ("exp", "relu"))
    assert verdict.claim.status >= Status.ENCLOSED


def test_the_exterior_derivative_of_an_exact_form_vanishes() -> None:
    """d(dF) = 0 for the diagonal form, not for a skew one."""
    assert exterior_derivative(one_form(sp.eye(3), sp.sin(u))) == {(0, 1): 0, (0, 2): 0, (1, 2): 0}
    assert exterior_derivative(one_form(sp.Matrix([[2, 1], [1, 2]]), u**2))[0, 1] != 0
    with pytest.raises(InputError, match="singular"):
        decide_closed(activation("tanh"), sp.ones(2, 2))


@pytest.mark.parametrize(
    ("name", "degree"),
    [("power(2)", 2), ("relu", 1), ("leaky_relu(1/3)", 1), ("relu_power(5/2)", R(5, 2)), ("identity", 1)],
)
def test_homogeneous_activations_have_an_invariant_for_all_data(name: str, degree: sp.Expr) -> None:
    """a² - ‖w‖²/k, bias and learning rates included."""
    network = Network(activation(name), 2, bias=True, rate_w=R(1, 3))
    found = derive_invariants(network)
    w1, w2 = vector("w", 2)
    assert (
        found.invariants == (a**2 - 3 * (w1**2 + w2**2 + b**2) / degree,)
        and proved(found)
        and found.theorem == "T6"
    )


@pytest.mark.parametrize("name", ["tanh", "exp", "gelu", "elu", "softsign", "u+u**2"])
def test_other_activations_have_none(name: str) -> None:
    """The refusal is a proved statement, not a shrug."""
    found = derive_invariants(Network(activation(name)))
    assert found.invariants == () and proved(found)
    assert homogeneity_degree(activation(name)) is None and degree_is_not_constant(activation(name))


def test_notebooks_show_what_was_asked_and_why_there_is_nothing() -> None:
    """In LaTeX: the dataset that the answer is about, and the reason where there is no invariant; G with its
    status."""
    nothing = derive_invariants(Network(activation("silu")))._repr_latex_()
    assert r"\text{no invariant for }\mathtt{silu}\text{ along the flow of every dataset" in nothing
    assert "the activation is not positively homogeneous (PROVED)" in nothing
    network = Network(activation("power(3)"))
    assert "of every dataset (PROVED)" in derive_invariants(network)._repr_latex_()
    one = derive_invariants(network, [symbolic_sample(network)])._repr_latex_()
    assert one.startswith(r"$\displaystyle \frac{a^{2}}{2}") and "of one sample (PROVED)" in one
    assert derive_G(activation("relu"))._repr_latex_() == (
        r"$\displaystyle G(u) = \frac{u^{2}}{2}\quad\text{(PROVED)}$"
    )
    assert "no closed form known" in derive_G(activation("silu"))._repr_latex_()


def test_T6_for_undefined_sigma() -> None:
    """Both directions rest on identities in an undefined function."""
    theorem = homogeneity_theorem()
    assert theorem.status is Status.PROVED and all(claim.cross_checked for claim in theorem.walk())
    assert euler_status(activation("power(2)"), R(3)) is Status.REFUTED


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("tanh", "odd"),
        ("softsign", "odd"),
        ("power(3)", "odd"),
        ("power(2)", "even"),
        ("logcosh", "even"),
        ("gaussian", "even"),
    ]
    + [("relu", None), ("exp", None), ("elu", None), ("Piecewise((u,u>1),(1,True))", None)],
)
def test_parity(name: str, expected: str | None) -> None:
    """Decided from the formulas of mirrored pieces."""
    assert parity(activation(name)) == expected


@given(k=st.integers(1, 5), scale=st.integers(1, 4))
@settings(max_examples=10, deadline=None)
def test_degree_of_random_homogeneous_activations(k: int, scale: int) -> None:
    """A multiple of u^k on each half-line has degree k; adding another power destroys it."""
    both = sp.Piecewise((scale * u**k, u > 0), (-(u**k), True))
    assert homogeneity_degree(from_formula(both)) == k
    assert homogeneity_degree(from_formula(u**k + u ** (k + 1))) is None


def test_a_quantity_that_is_not_conserved_fails_its_flow_check() -> None:
    """The numerical cross-check can fail: a² - w² along a flow of tanh."""
    case = FlowCase((((R(6, 5),), R(1, 2)),), (R(4, 5), R(7, 10)), None)
    check = flow_check(Conserved(a**2 - w**2), Network(activation("tanh")), case, None, 30)
    assert check.outcome is Outcome.FAILS


@pytest.mark.parametrize(
    "text",
    [
        "1e5*u",
        "1000*tanh(u)",
        "u/100000",
        "1e-20*u",
        "tanh(1000*u)",
        "erf(u/1000)",
        "exp(-1000000*u)",
        "u**64",
    ],
)
def test_the_flow_is_followed_on_the_scale_of_the_activation(text: str) -> None:
    """However large, small, steep or flat the activation, a few steps show the invariant conserved."""
    network = Network(activation(text))
    begin = process_time()
    found = derive_invariants(network, [symbolic_sample(network)])
    checks = [check for claim in found.claims for check in claim.evidence if "flow" in check.method]
    assert found.status is Status.PROVED
    assert [check.outcome for check in checks] == [Outcome.HOLDS]
    assert process_time() - begin < 15


@pytest.mark.parametrize("scale", [R(1, 10**6), R(1), R(10**6)])
def test_the_flow_check_fails_for_a_wrong_invariant_on_every_scale(scale: sp.Expr) -> None:
    """a² - 2w² is refuted along the flow of c u, for which a² - w² is conserved, whatever c."""
    network = Network(from_formula(scale * u))
    case = flow_case(network, ((R(6, 5),),), None)
    assert case is not None
    right, wrong = (flow_check(Conserved(a**2 - k * w**2), network, case, None, 30).outcome for k in (1, 2))
    assert (right, wrong) == (Outcome.HOLDS, Outcome.FAILS)


def test_learning_rates_set_the_scale_of_the_flow() -> None:
    """Rates of very different size are followed, too, and so is a loss that is steep."""
    network = Network(activation("tanh"), rate_w=R(1, 10**4), rate_a=R(10**4))
    found = derive_invariants(network, [Sample((R(1000),), y)], loss=(f - y) ** 4)
    assert [check.outcome for check in found.claims[-1].evidence if "flow" in check.method] == [Outcome.HOLDS]


def test_a_breakpoint_may_be_irrational() -> None:
    """The cross-checks take their points beside an irrational breakpoint as readily."""
    found = derive_invariants(Network(activation("Abs(u-sqrt(2))")), [Sample((R(1),), R(0))])
    assert found.status is Status.PROVED


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        ([], "empty"),
        ([Sample((R(1), R(2)), R(0))], "2 inputs"),
        ([Sample((R(0),), R(0))], "input is 0"),
        ([Sample((x,), y), Sample((R(1),), R(0))], "symbolic sample"),
        ([Sample((sp.oo,), R(0))], "finite real"),
    ],
)
def test_bad_samples_are_refused(samples: list[Sample], message: str) -> None:
    """Each complaint says what is wrong."""
    with pytest.raises(InputError, match=message):
        derive_invariants(Network(activation("tanh")), samples)


def test_a_loss_in_other_symbols_is_refused() -> None:
    """The loss is written in f and y."""
    network = Network(activation("tanh"))
    with pytest.raises(InputError, match="function of f and y"):
        derive_invariants(network, [symbolic_sample(network)], loss=u**2)


@pytest.mark.parametrize(
    "name", ["asin(u)", "sqrt(u)", "u**u", "acosh(u)", "LambertW(u)", "exp(1/u)", "exp(-1/u**2)", "u**pi"]
)
def test_activations_defined_on_a_part_of_the_line_have_a_result(name: str) -> None:
    """Singular points of σ are no reason to fail: the result has a domain without them."""
    network = Network(activation(name))
    found = derive_invariants(network, [symbolic_sample(network)], timeout=0)
    assert len(found.invariants) == 1 and found.status is Status.PROVED
    outside = {"acosh(u)": 0, "asin(u)": 2, "LambertW(u)": -1, "exp(1/u)": 0, "exp(-1/u**2)": 0}
    assert found.domain.contains(sp.Integer(outside.get(name, -1))) == sp.false
