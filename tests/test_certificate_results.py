"""Results become certificates that the independent checker accepts, or there is a reason why not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import implicitreg_sym as ir
from implicitreg_checker.certificate import check
from implicitreg_sym import strategies as irs
from implicitreg_sym.certificate import (
    NoCertificateError,
    certificate_text,
    closed_form_certificates,
    degree_certificate,
    invariant_certificate,
    limit_certificate,
    one_point_certificate,
    potential_certificate,
    symmetric_certificate,
    two_point_certificate,
    value_certificate,
)
from implicitreg_sym.certificate.frame import Certificate
from implicitreg_sym.degree import Verdict
from implicitreg_sym.formula import parse_number
from implicitreg_sym.invariants.potential import Potential


def accepted(certificate: Certificate) -> str:
    """The kind, after the checker has proved the theorem once more."""
    return check(certificate_text(certificate).encode())


def flow(name: str, w: str, a: str, x: str, y: str, digits: int = 30, **options: object) -> ir.Limit:
    """The limit of a one-sample flow with scalar input."""
    start, sample = (
        ir.Point((parse_number(w),), parse_number(a)),
        ir.Sample((parse_number(x),), parse_number(y)),
    )
    return ir.limit(ir.Network(ir.activation(name), **options), start, sample, digits)


# limits


@given(irs.one_sample_problems())
def test_limits_of_random_flows_are_accepted(problem: irs.OneSampleProblem) -> None:
    """With vectors, biases, learning rates, turning points and zeros of σ on the way."""
    found = ir.limit(problem.network, problem.start, problem.sample)
    if found.exists:
        assert accepted(limit_certificate(found)) == "limit"
        assert all(accepted(part) == "value" for part in closed_form_certificates(found))


@pytest.mark.parametrize(
    ("data", "equation", "turns"),
    [
        (("tanh", "1", "1", "1", "2"), "output", False),
        (("tanh", "1", "1/2", "1", "-1"), "output", True),
        (("tanh", "1/2", "1", "1", "-1"), "output", False),
        (("tanh", "1", "1/2", "1", "0"), "weight", False),
        (("tanh", "1/2", "1", "1", "0"), "activation", False),
        (("softplus", "1", "-1/2", "1", "1"), "output", True),
        (("shifted_softplus", "1/2", "1", "1", "0"), "activation", False),
        (("gelu", "1", "1", "1", "2"), "output", False),
        (("leaky_relu", "-1", "2", "2", "1"), "output", False),
        (("exp", "0", "0", "1", "-2"), "output", False),
    ],
    ids=str,
)
def test_each_way_to_a_limit_has_its_certificate(data: tuple[str, ...], equation: str, turns: bool) -> None:
    """The equation isolates the limit, and a rational point lies beyond a turning point."""
    certificate = limit_certificate(flow(*data))
    assert certificate["witness"]["equation"] == equation
    assert (certificate["witness"]["turn"] is not None) is turns
    assert accepted(certificate) == "limit"


@pytest.mark.parametrize("digits", [5, 200, 2000])
def test_limits_are_certified_to_many_digits(digits: int) -> None:
    """The stated radius is that of the digits."""
    certificate = limit_certificate(flow("sigmoid", "0.3", "0.7", "2", "1.5", digits))
    mantissa, exponent = certificate["found"]["a"]["rad"]
    assert int(mantissa) * sp.Integer(2) ** exponent < sp.Rational(1, 10**digits)
    assert accepted(certificate) == "limit"


def test_rates_and_bias_are_given() -> None:
    """The theorem is about the flow with these learning rates."""
    network = ir.Network(ir.activation("arctan"), 2, True, sp.Integer(2), sp.Rational(1, 3))
    start = ir.Point((sp.Rational(1, 5), sp.log(2)), sp.Integer(1), sp.Rational(1, 2))
    certificate = limit_certificate(
        ir.limit(network, start, ir.Sample((sp.Integer(1), sp.Integer(2)), sp.Integer(2)))
    )
    assert certificate["given"]["rates"] == {"w": "2", "a": "1/3"}
    assert certificate["given"]["start"] == {"w": ["1/5", "log 2"], "b": "1/2", "a": "1"}
    assert accepted(certificate) == "limit"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (("relu", "1", "1", "1", "-1"), "no limit is established: "),
        (("sigmoid", "0", "2", "1", "1"), "interpolates already"),
        (("sigmoid", "1", "2", "0", "3"), "u does not move"),
        (("identity", "1", "1", "1", "0"), "saddle"),
        (("power(3)", "1", "2", "1", "0"), "vanishes at the limit"),
    ],
    ids=str,
)
def test_other_ends_have_a_reason_instead(data: tuple[str, ...], reason: str) -> None:
    """One sentence says why there is no certificate."""
    with pytest.raises(NoCertificateError, match=reason):
        limit_certificate(flow(*data))


# invariants and degrees


@settings(max_examples=8)
@given(irs.activations(user_defined=False), st.sampled_from(("positive", "negative")))
def test_degrees_are_accepted_where_they_are_established(subject: ir.Activation, half_line: Any) -> None:
    """With the parameters of the families, and the verdict of the report."""
    report = ir.degree_report(subject, half_line)
    if report.verdict is Verdict.NO_DEGREE:
        return
    certificate = degree_certificate(report)
    assert certificate["found"]["verdict"] == report.verdict.value
    assert accepted(certificate) == "degree"


@pytest.mark.parametrize("name", ["tanh", "silu", "relu", "rational", "sin", "gelu"])
def test_invariants_are_accepted(name: str) -> None:
    """With G in closed form, without it, with poles of G and with a flat piece."""
    network = ir.Network(ir.activation(name))
    found = ir.derive_invariants(network, [ir.symbolic_sample(network)])
    certificate = invariant_certificate(found)
    assert certificate["found"]["segments"] and accepted(certificate) == "invariant"


def test_a_wrong_potential_is_not_accepted() -> None:
    """The producer can be wrong: that is what the checker is for."""
    from implicitreg_checker.errors import RejectedError
    from implicitreg_sym.symbols import u

    tanh = ir.activation("tanh")
    with pytest.raises(RejectedError):
        accepted(potential_certificate(tanh, Potential(tanh, (sp.cosh(u),))))


def test_all_data_have_no_certificate() -> None:
    """The kind is about one sample."""
    with pytest.raises(NoCertificateError, match="one sample"):
        invariant_certificate(ir.derive_invariants(ir.Network(ir.activation("relu")), None))


def test_no_degree_has_no_certificate() -> None:
    """relu vanishes for u < 0."""
    with pytest.raises(NoCertificateError, match="vanishes identically"):
        degree_certificate(ir.degree_report(ir.activation("relu"), "negative"))


# overlapping


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "sin", "softsign", "shifted_softplus", "silu"])
def test_two_point_overlappings_are_accepted(name: str) -> None:
    """By the sigmoid family, by symmetry, and by the general recipe."""
    result = ir.two_point(ir.activation(name))
    assert accepted(two_point_certificate(result)).endswith("two-point")


def test_symmetry_with_a_start_that_is_not_rational() -> None:
    """a_0 is the mean of the square roots of both levels."""
    small, large = sp.Rational(1, 2), sp.Rational(3, 2)
    start = -(sp.sinh(small) / small + sp.sinh(large) / large) / 2
    certificate = symmetric_certificate(ir.activation("tanh"), sp.Integer(1), start, large, small)
    assert accepted(certificate) == "symmetric two-point"


def test_one_point_overlapping_is_accepted() -> None:
    """The cells of the certificate cover the box of the result."""
    result = ir.one_point(ir.activation("sigmoid"))
    certificate = one_point_certificate(result)
    assert certificate["found"] == {
        side: [str(end) for end in getattr(result.box, side)] for side in ("w", "a")
    }
    assert accepted(certificate) == "one-point"


@pytest.mark.slow
def test_one_point_overlapping_of_the_general_recipe_is_accepted() -> None:
    """Cells whose inputs the checker could not isolate are divided."""
    assert accepted(one_point_certificate(ir.one_point(ir.activation("silu")))) == "one-point"


def test_no_overlapping_has_no_certificate() -> None:
    """exp shows neither."""
    subject = ir.activation("exp")
    for build, result in (
        (two_point_certificate, ir.two_point(subject)),
        (one_point_certificate, ir.one_point(subject)),
    ):
        with pytest.raises(NoCertificateError, match="none was found"):
            build(result)


def test_a_recipe_without_a_kind_has_no_certificate() -> None:
    """The format would have to say that both flows cross a breakpoint."""
    result = ir.two_point(ir.activation("tanh"))
    with pytest.raises(NoCertificateError, match="no kind for the recipe 'new'"):
        two_point_certificate(replace(result, recipe="new"))


# values


@pytest.mark.parametrize(
    "text", ["log(5)", "pi**2/6", "LambertW(4*exp(1))", "1/10**60", "log(8) - 3*log(2)", "-7/3"]
)
def test_values_are_accepted(text: str) -> None:
    """Small numbers to as many digits as large ones, and zero."""
    assert accepted(value_certificate(parse_number(text))) == "value"
