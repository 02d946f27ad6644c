"""Statuses are computed, and wrong claims are refuted."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
import sympy as sp
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from implicitreg_sym.claims import (
    Claim,
    Evidence,
    Kind,
    Outcome,
    Proof,
    Theorem,
    agreement_check,
    identity_check,
    numeric_check,
    sampled_identity_check,
    sign_check,
)
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.status import Status, weakest
from implicitreg_sym.symbols import u

EVIDENCE = st.builds(Evidence, st.sampled_from(Kind), st.sampled_from(Outcome), st.just("so"))


def claim(name: str, *evidence: Evidence, rests_on: tuple[Claim, ...] = ()) -> Claim:
    """A claim that says nothing but has evidence."""
    return Claim(name, name, sp.true, rests_on=rests_on, evidence=evidence)


HOLDS = Evidence(Kind.EXACT, Outcome.HOLDS, "so")


@given(st.lists(st.sampled_from(Status), min_size=1), st.sampled_from(Status))
def test_a_conjunction_is_as_strong_as_its_weakest_part(statuses: list[Status], another: Status) -> None:
    """Adding a part never makes a conjunction stronger, and the order does not matter."""
    assert weakest([*statuses, another]) <= min(weakest(statuses), another)
    assert weakest(reversed(statuses)) == weakest(statuses) in statuses


@given(st.lists(EVIDENCE), st.lists(EVIDENCE))
def test_the_status_of_a_claim_follows_from_its_evidence_and_premises(
    own: list[Evidence], below: list[Evidence]
) -> None:
    """A claim is never stronger than its evidence or than a premise; one failed check refutes it."""
    premise = claim("below", *below)
    above = claim("above", *own, rests_on=(premise,))
    assert above.status <= premise.status
    assert above.status <= max((check.status for check in own), default=Status.UNKNOWN)
    if any(check.outcome is Outcome.FAILS for check in [*own, *below]):
        assert above.status is Status.REFUTED
    assert above.cross_checked == any(
        check.kind is Kind.NUMERIC and check.outcome is Outcome.HOLDS for check in own
    )


def test_numbers_alone_establish_nothing() -> None:
    """A numerical agreement is CHECKED, which is not established."""
    assert not claim("n", Evidence(Kind.NUMERIC, Outcome.HOLDS, "so")).status.established
    assert claim("n").status is Status.UNKNOWN and str(Status.UNKNOWN) == "UNKNOWN"


def test_a_theorem_concludes_only_from_all_its_hypotheses() -> None:
    """A missing or a foreign hypothesis is misuse; the conclusion rests on the theorem and on each
    premise."""
    theorem = Theorem("T0", "both", {"left": "A", "right": "B"}, claim("T0", HOLDS))
    left, right = claim("l", HOLDS), claim("r", Evidence(Kind.ENCLOSURE, Outcome.HOLDS, "so"))
    for premises in (
        {"left": left},
        {},
        {"left": left, "right": right, "more": left},
        {"left": left, "wrong": right},
    ):
        with pytest.raises(ValueError, match="needs the hypotheses left, right"):
            theorem.conclude("c", "both", sp.true, premises)
    conclusion = theorem.conclude("c", "both", sp.true, {"left": left, "right": right})
    assert conclusion.status is Status.ENCLOSED
    assert [part.id for part in conclusion.walk()] == ["T0", "l", "r", "c"]
    refuted = theorem.conclude(
        "c", "", sp.true, {"left": left, "right": claim("r", Evidence(Kind.EXACT, Outcome.FAILS, "no"))}
    )
    assert refuted.status is Status.REFUTED


def test_a_proof_counts_each_claim_once() -> None:
    """A premise shared by two claims is listed and counted once, before both."""
    shared = claim("shared", HOLDS)
    root = claim(
        "root",
        HOLDS,
        rests_on=(claim("one", HOLDS, rests_on=(shared,)), claim("two", HOLDS, rests_on=(shared,))),
    )
    proof = Proof("name", "title", "T0", "setting", root)
    assert [part.id for part in proof.claims] == ["shared", "one", "two", "root"]
    assert proof.tally() == {Status.PROVED: 4} and proof.status is Status.PROVED
    document = proof.as_json()
    assert document["status"] == "PROVED" and len(document["claims"]) == 4  # type: ignore[arg-type]
    assert "PROVED" in root._repr_latex_()


def test_wrong_identities_are_refuted_both_ways() -> None:
    """d/du of a wrong G differs from σ/σ': exact algebra and samples both say so, and both accept the right
    one."""
    sigma = 1 / (1 + sp.exp(-u))
    g = sigma / sp.diff(sigma, u)
    right, wrong = sp.diff(u + sp.exp(u), u) - g, sp.diff(u + sp.exp(u) + u / 10**12, u) - g
    assert identity_check(right).status is Status.PROVED and identity_check(wrong).status is Status.REFUTED
    assert sampled_identity_check(right).status is Status.CHECKED
    assert sampled_identity_check(wrong).status is Status.REFUTED


def test_samples_respect_the_domain() -> None:
    """|u| - u vanishes on u > 0 and not elsewhere, with infinite ends too."""
    for domain in ((sp.Integer(0), sp.oo), (sp.Integer(1), sp.Integer(2))):
        assert sampled_identity_check(sp.Abs(u) - u, {u: domain}).outcome is Outcome.HOLDS
    for domain in ((-sp.oo, sp.Integer(0)), (-sp.oo, sp.oo)):
        assert sampled_identity_check(sp.Abs(u) - u, {u: domain}, samples=20).outcome is Outcome.FAILS


def test_an_undecided_identity_is_unknown() -> None:
    """What the zero test cannot express, or can neither prove nor refute, is UNKNOWN with the reason, whether
    it is true (as the last two are) or false."""
    half = sp.Integral(sp.exp(-(u**4)), (u, 0, 1))
    reflection = sp.polylog(2, u) + sp.polylog(2, 1 - u) - sp.pi**2 / 6 + sp.log(u) * sp.log(1 - u)
    for expression, reason in (
        (half - sp.gamma(sp.Rational(1, 4)), "an integral without closed form"),
        (sp.gamma(u + 1) - u * sp.gamma(u), "cannot be evaluated rigorously"),
        (reflection, "no ball at a point excludes zero"),
    ):
        evidence = identity_check(expression)
        assert (evidence.outcome, evidence.status) == (Outcome.UNDECIDED, Status.UNKNOWN)
        assert reason in evidence.method
    # a change as small as this one is refuted, so that the reason above is not what every question gets
    assert identity_check(reflection + sp.Rational(1, 10**20)).outcome is Outcome.FAILS


@pytest.mark.parametrize(
    ("place", "outcome"), [(29, Outcome.FAILS), (20, Outcome.FAILS), (40, Outcome.HOLDS)]
)
def test_agreement_notices_a_wrong_digit(place: int, outcome: Outcome) -> None:
    """A number that differs in the 29th decimal is refuted at 30 digits, one in the 40th is not."""
    with mpmath.workdps(60):
        measured = mpmath.mpf(1) / 3 + mpmath.mpf(10) ** (-place)
        exact = Ball(Fraction(1, 3))
        assert agreement_check("third", exact, measured, 30).outcome is outcome
        assert (
            agreement_check("third", Ball(Fraction(1, 3), Fraction(1, 10**19)), measured, 30).outcome
            is Outcome.HOLDS
        )


def test_signs_are_decided_by_balls() -> None:
    """A ball on one side decides; a ball about zero does not."""
    assert sign_check("v", arb(1, 0.5), +1).outcome is Outcome.HOLDS
    assert sign_check("v", arb(1, 0.5), -1).outcome is Outcome.FAILS
    assert sign_check("v", arb(-1, 0.5), -1).outcome is Outcome.HOLDS
    assert sign_check("v", arb(0, 0.5), +1).outcome is Outcome.UNDECIDED


def test_numeric_checks_work_at_the_digits_asked_for() -> None:
    """The comparison runs with 15 digits to spare, and its truth is the outcome."""
    assert numeric_check("dps", lambda: mpmath.mp.dps == 55, 40).outcome is Outcome.HOLDS
    assert numeric_check("dps", lambda: False).status is Status.REFUTED
