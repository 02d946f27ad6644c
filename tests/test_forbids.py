"""What overlapping forbids: the linear inequalities behind T1 and T3, and the three theorems as claims."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome
from implicitreg_sym.errors import InputError
from implicitreg_sym.overlap import curves
from implicitreg_sym.overlap.forbids import (
    one_point_differentiable_theorem,
    one_point_theorem,
    open_box_claim,
    two_point_theorem,
)
from implicitreg_sym.overlap.linear_order import (
    Contradiction,
    Model,
    decide_order,
    order_check,
    sampled_order_check,
)
from implicitreg_sym.overlap.outcome import Box
from implicitreg_sym.status import Status

UNKNOWNS = sp.symbols("x1:4", real=True)
THEOREMS = (two_point_theorem, one_point_differentiable_theorem, one_point_theorem)


def supplied(theorem, status: Outcome = Outcome.HOLDS):
    """A premise for every hypothesis of a theorem, the last one with the given outcome."""
    good = (Evidence(Kind.EXACT, Outcome.HOLDS, "given"),)
    premises = {key: Claim(f"premise.{key}", "given", sp.true, evidence=good) for key in theorem.hypotheses}
    last = list(premises)[-1]
    premises[last] = Claim(
        f"premise.{last}", "given", sp.true, evidence=(Evidence(Kind.EXACT, status, "given"),)
    )
    return premises


@st.composite
def systems(draw):
    """Up to six linear inequalities in three unknowns with small integer coefficients."""
    relations = []
    for _ in range(draw(st.integers(1, 6))):
        coefficients = draw(st.tuples(*[st.integers(-3, 3)] * 3))
        constant = draw(st.integers(-3, 3))
        form = sum(c * v for c, v in zip(coefficients, UNKNOWNS, strict=True)) + constant
        if not form.free_symbols:
            form += UNKNOWNS[0]
        relations.append(draw(st.sampled_from([sp.Gt, sp.Ge, sp.Lt, sp.Le]))(form, 0, evaluate=False))
    return relations


@given(systems())
@settings(max_examples=60, deadline=None)
def test_every_verdict_carries_a_certificate_that_checks_out(relations):
    """A model satisfies all inequalities; multipliers are non-negative and add up to a false one."""
    verdict = decide_order(relations)
    if isinstance(verdict, Model):
        values = {unknown: sp.Rational(v.numerator, v.denominator) for unknown, v in verdict.values}
        values = {**dict.fromkeys(UNKNOWNS, 0), **values}
        assert all(relation.subs(values) == sp.true for relation in relations)
        return
    weights = [sp.Rational(v.numerator, v.denominator) for v in verdict.multipliers]
    assert all(weight >= 0 for weight in weights) and any(weight > 0 for weight in weights)
    pairs = list(zip(weights, relations, strict=True))
    total = sp.expand(sum(weight * (relation.gts - relation.lts) for weight, relation in pairs))
    strict = any(weight > 0 and isinstance(relation, (sp.Gt, sp.Lt)) for weight, relation in pairs)
    assert total.is_number and (total < 0 or (strict and total == 0))


def test_transitivity_holds_and_its_converse_has_a_counter_example():
    """x < y < z implies x < z, and x < z does not imply x < y."""
    x, y, z = UNKNOWNS
    assert order_check([x < y, y < z], x < z).outcome is Outcome.HOLDS
    assert order_check([x < z], x < y).outcome is Outcome.FAILS
    assert order_check([x <= y, y <= x], sp.Eq(x, y)).outcome is Outcome.HOLDS
    assert order_check([x <= y], sp.Eq(x, y)).outcome is Outcome.FAILS


def test_the_sampled_check_can_fail():
    """The numerical cross-check sees that weak inequalities do not exclude each other."""
    x, y, _z = UNKNOWNS
    assert sampled_order_check([x <= y, y <= x], sp.false, 30).outcome is Outcome.FAILS
    assert sampled_order_check([x <= y], sp.Eq(x, y), 30).outcome is Outcome.FAILS
    assert sampled_order_check([x < y, y < x], sp.false, 30).outcome is Outcome.HOLDS


def test_strictness_is_essential_in_the_elimination():
    """p < q < p is contradictory, p ≤ q ≤ p has a model."""
    x, y, _z = UNKNOWNS
    assert decide_order([x < y, y < x]) == Contradiction((Fraction(1), Fraction(1)))
    assert isinstance(decide_order([x <= y, y <= x]), Model)


@pytest.mark.parametrize("relation", [UNKNOWNS[0] ** 2 > 0, sp.pi * UNKNOWNS[0] > 0, sp.Eq(*UNKNOWNS[:2])])
def test_what_is_not_a_rational_linear_inequality_is_refused(relation):
    """Squares, irrational coefficients and equations are bad input."""
    with pytest.raises(InputError):
        decide_order([relation])


@pytest.mark.parametrize("theorem", THEOREMS)
def test_the_theorems_are_proved_and_every_claim_is_cross_checked(theorem):
    """T1, T2, T3 have the status PROVED, and each claim under them a numerical check that agrees."""
    claim = theorem(30).proved_as
    assert claim.status is Status.PROVED
    assert all(part.cross_checked for part in claim.walk())


@pytest.mark.parametrize("theorem", THEOREMS)
def test_a_theorem_concludes_only_from_all_its_hypotheses(theorem):
    """A missing hypothesis is an error, and a refuted one refutes the conclusion."""
    applied = theorem(30)
    premises = supplied(applied)
    assert applied.conclude("c", "c", sp.true, premises).status is Status.PROVED
    premises.popitem()
    with pytest.raises(ValueError, match="needs the hypotheses"):
        applied.conclude("c", "c", sp.true, premises)
    assert applied.conclude("c", "c", sp.true, supplied(applied, Outcome.FAILS)).status is Status.REFUTED
    assert applied.conclude("c", "c", sp.true, supplied(applied, Outcome.UNDECIDED)).status is Status.UNKNOWN


def test_an_open_box_needs_ends_in_order():
    """The hypothesis on the domain of T3 is refuted for an empty box."""
    one, two, three = map(sp.Integer, (1, 2, 3))
    assert open_box_claim("box", Box((one, two), (two, three))).status is Status.PROVED
    assert open_box_claim("box", Box((two, one), (two, three))).status is Status.REFUTED


def test_the_worked_example_is_transversal_and_interpolates():
    """The two tangents at (1/2, 2) are -2/(1+e^{1/2}) and -4/(1+e), and the pair of T11 fits both samples."""
    with mpmath.workdps(40):
        slopes = [curves.tangent(mpmath.mpf(1) / 2, mpmath.mpf(2), x)[1] for x in (1, 2)]
        assert abs(slopes[0] + 2 / (1 + mpmath.sqrt(mpmath.e))) < mpmath.mpf(10) ** -35
        assert abs(slopes[1] + 4 / (1 + mpmath.e)) < mpmath.mpf(10) ** -35
        points, samples = curves.interpolating_pair()
        assert all(curves.residual(p, s) < mpmath.mpf(10) ** -35 for p in points for s in samples)
