"""T13, T14, T15: proved and cross-checked claims, and limits of flows against mpmath's minimisers."""

from __future__ import annotations

import mpmath
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from implicitreg_sym.claims import Outcome
from implicitreg_sym.flow.gradient_flow import flow_limit, gradient_flow_field, one_sample_limit
from implicitreg_sym.overlap.identities import identity_claim, positive_terms_check
from implicitreg_sym.positive.exponential import exponential_characterisation, exponential_zero_targets
from implicitreg_sym.positive.linear import delta as delta_symbol
from implicitreg_sym.positive.linear import linear_characterisation, output_weight, radial_potential
from implicitreg_sym.positive.linear import rho as rho_symbol
from implicitreg_sym.positive.potential import forced_potential
from implicitreg_sym.status import Status
from implicitreg_sym.symbols import a, u, w, x

RESULTS = (exponential_characterisation, exponential_zero_targets, linear_characterisation, forced_potential)
positive = st.fractions(min_value="1/2", max_value=2, max_denominator=8)
signed = st.fractions(min_value=-1, max_value=1, max_denominator=8)


def number(value) -> mpmath.mpf:
    return mpmath.mpf(value.numerator) / value.denominator


@pytest.mark.parametrize("result", RESULTS)
def test_the_positive_results_are_proved_and_every_claim_is_cross_checked(result):
    """Exact algebra and named deductions carry all of T13, T14, T15; every claim has a numerical check."""
    claim = result(30)
    assert claim.status is Status.PROVED
    assert all(part.cross_checked for part in claim.walk())
    identifiers = [part.id for part in claim.walk()]
    assert len(identifiers) == len(set(identifiers))


@given(signed, positive, signed, positive)
@settings(max_examples=8, deadline=None)
def test_a_flow_of_exp_ends_where_j_is_least(w0, a0, x1, y1):
    """d = 1, one sample: mpmath's minimiser of J on M_S, w x + log a = log y, is the limit of the flow."""
    samples = [(sp.Rational(x1), sp.Rational(y1))]
    field, variables = gradient_flow_field(sp.exp(u), samples)
    end = flow_limit(field, variables, (sp.Rational(w0), sp.Rational(a0)), digits=15).limit
    assert end is not None
    with mpmath.workdps(25):
        start, output, slope, target = (number(value) for value in (w0, a0, x1, y1))

        def derivative(v: mpmath.mpf) -> mpmath.mpf:
            """dJ/dw along M_S, where b = log y - w x."""
            b = mpmath.log(target) - v * slope
            return 2 * (v - start) - slope * (mpmath.exp(2 * b) - output**2)

        least = mpmath.findroot(derivative, end[0])
        assert abs(least - end[0]) < mpmath.mpf(10) ** -12
        # J is strictly convex on M_S: its derivative increases
        assert derivative(least - 1) < 0 < derivative(least + 1)


@given(signed, signed, positive, signed)
@settings(max_examples=8, deadline=None)
def test_a_linear_flow_ends_where_the_potential_is_least(w1, w2, margin, y1):
    """d = 2, one sample (1, 1/2): the minimiser of q(β) - <w0, β> over the fitting β is the limit of a w."""
    a0 = abs(w1) + abs(w2) + margin
    samples = [((sp.Integer(1), sp.Rational(1, 2)), sp.Rational(y1) + 2)]
    field, variables = gradient_flow_field(u, samples)
    start = (sp.Rational(w1), sp.Rational(w2), sp.Rational(a0))
    end = flow_limit(field, variables, start, digits=15).limit
    assert end is not None
    with mpmath.workdps(25):
        first, second, output = (number(value) for value in (w1, w2, a0))
        level = output**2 - first**2 - second**2
        target = number(y1) + 2

        def derivative(v: mpmath.mpf) -> mpmath.mpf:
            """Along β = (target - v/2, v): <∇q(β) - w0, (-1/2, 1)>, with ∇q = β/A."""
            beta = (target - v / 2, v)
            norm = mpmath.sqrt(beta[0] ** 2 + beta[1] ** 2)
            root = mpmath.sqrt((level + mpmath.sqrt(level**2 + 4 * norm**2)) / 2)
            return -(beta[0] / root - first) / 2 + (beta[1] / root - second)

        least = mpmath.findroot(derivative, end[2] * end[1])
        assert abs(least - end[2] * end[1]) < mpmath.mpf(10) ** -11
        assert derivative(least - 1) < 0 < derivative(least + 1)


def test_the_potential_of_t14_has_the_values_of_its_closed_forms():
    """q(2) at δ = 3: A = 2, |w| = 1, q = 2(3 - 4)/3 = -2/3; at δ = 0, q(4) = 16/3."""
    at = {rho_symbol: 2, delta_symbol: 3}
    assert output_weight(rho_symbol).subs(at) == 2
    assert radial_potential(rho_symbol).subs(at) == sp.Rational(-2, 3)
    assert radial_potential(rho_symbol).subs({rho_symbol: 4, delta_symbol: 0}) == sp.Rational(16, 3)


def test_zero_targets_are_a_counter_example_for_exp():
    """From (1/4, 1) the samples (1, 0) and (2, 0) lead to (-1/4, 0) and (-3/4, 0)."""
    with mpmath.workdps(20):
        for input_ in (1, 2):
            end = one_sample_limit(sp.exp(u), input_, 0, (sp.Rational(1, 4), sp.Integer(1)), digits=20).limit
            assert end is not None
            assert abs(end[0] - mpmath.mpf(1) / 4 + mpmath.mpf(input_) / 2) < mpmath.mpf(10) ** -18
            assert abs(end[1]) < mpmath.mpf(10) ** -18

            def field(_t, v, e=input_):
                residual = v[1] * mpmath.exp(v[0] * e)
                return [-residual * v[1] * mpmath.exp(v[0] * e) * e, -residual * mpmath.exp(v[0] * e)]

            later = mpmath.odefun(field, 0, [mpmath.mpf(1) / 4, 1], tol=mpmath.mpf(10) ** -12)(3)
            # on the way w = w0 + x (a² - a0²)/2, and a decreases
            assert abs(later[0] - mpmath.mpf(1) / 4 - input_ * (later[1] ** 2 - 1) / 2) < mpmath.mpf(10) ** -9
            assert 0 < later[1] < 1


def test_a_wrong_function_is_refuted():
    """With a0³ in the place of a0², or another weight of a², the forced direction is violated."""
    w0, a0 = sp.symbols("w_0 a_0", positive=True)
    weight, output = sp.symbols("w a", positive=True)
    mu = -2 * output * (weight - w0) / (output**2 - a0**2)
    box = dict.fromkeys((weight, w0, output, a0), (sp.Integer(0), sp.oo))
    for wrong in (
        (weight - w0) ** 2 + output**2 / 2 - a0**3 * sp.log(output),
        (weight - w0) ** 2 + output**2 - a0**2 * sp.log(output),
        2 * (weight - w0) ** 2 + output**2 / 2 - a0**2 * sp.log(output),
    ):
        left, right = sp.diff(wrong, weight), -mu * sp.diff(wrong, output)
        claim = identity_claim("wrong", "wrong", left, right, box, 30)
        assert claim.status is Status.REFUTED and not claim.cross_checked


def test_an_identity_claim_keeps_what_it_states():
    """A derivative that is left unevaluated is shown, and decided after evaluation."""
    line = (-sp.oo, sp.oo)
    claim = identity_claim("d", "d", sp.Derivative(w**2 * x, w), 2 * w * x, {w: line, x: line}, 30)
    assert claim.status is Status.PROVED and claim.cross_checked
    assert claim.statement.lhs == sp.Derivative(w**2 * x, w)
    assert identity_claim("d", "d", sp.Derivative(a**3, a), 2 * a**2, {a: line}, 30).status is Status.REFUTED


def test_positivity_by_terms_is_not_claimed_without_positive_terms():
    """1 - z + z² is positive, but not by its terms: undecided, never a guess."""
    z = sp.Symbol("z", positive=True)
    assert positive_terms_check((1 + z) / (1 + z + z**2), [z]).outcome is Outcome.HOLDS
    assert positive_terms_check(1 - z + z**2, [z]).outcome is Outcome.UNDECIDED
