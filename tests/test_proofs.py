"""The scripts of proofs/: each claim established, cross-checked and typeset, and wrong variants refuted."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
import sympy as sp

from implicitreg_sym.activations import activation
from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome, Proof, conjunction, relabelled
from implicitreg_sym.derivation import fragment, label
from implicitreg_sym.flow import Network, Point, Sample
from implicitreg_sym.invariants import check_G
from implicitreg_sym.limits import limit
from implicitreg_sym.limits.absence import no_limit_claim
from implicitreg_sym.overlap.hyperbolic_tangent import mean_start_claim
from implicitreg_sym.overlap.sigmoid_family import two_point_claim
from implicitreg_sym.registry import load_proof, proof_names
from implicitreg_sym.status import Status
from implicitreg_sym.symbols import u

GOLDEN = Path(__file__).parent / "golden"
SCRIPTS = Path(__file__).parent.parent / "proofs"
THEOREMS = {f"T{number}" for number in (*range(1, 8), *range(9, 16))}
HOLDS = Evidence(Kind.EXACT, Outcome.HOLDS, "by addition")
NUMERIC = Evidence(Kind.NUMERIC, Outcome.HOLDS, "mpmath")

every_proof = pytest.mark.parametrize("name", proof_names())


@cache
def carried_out(name: str) -> Proof:
    """A proof at 30 digits, once for all tests."""
    return load_proof(name)


def occurrences(claim: Claim) -> Iterator[Claim]:
    """A claim and all that it rests on, as often as they occur."""
    yield claim
    for premise in claim.rests_on:
        yield from occurrences(premise)


# ---------------------------------------------------------------- every proof


def test_every_theorem_has_a_proof() -> None:
    """T1 to T7 and T9 to T15; T8 and T16 need flows of several samples."""
    proved = {theorem for name in proof_names() for theorem in carried_out(name).theorem.split(", ")}
    assert proved == THEOREMS


@every_proof
def test_every_claim_is_established_and_cross_checked(name: str) -> None:
    """PROVED or ENCLOSED by itself and by its premises, with a numerical cross-check that agrees."""
    for claim in carried_out(name).claims:
        assert claim.own_status.established, (claim.id, claim.evidence)
        assert claim.status.established, claim.id
        assert claim.cross_checked, claim.id


@every_proof
def test_ids_and_labels_are_unique_within_a_proof(name: str) -> None:
    """Two claims of one id are one claim; no premise hides behind the id of another."""
    proof = carried_out(name)
    by_id: dict[str, Claim] = {}
    for claim in occurrences(proof.conclusion):
        assert by_id.setdefault(claim.id, claim) == claim
    assert set(by_id) == {claim.id for claim in proof.claims}
    assert len({label(proof, claim) for claim in proof.claims}) == len(proof.claims)


@every_proof
def test_a_proof_bears_the_name_of_its_script(name: str) -> None:
    """And the script names the theorems in its first line."""
    proof = carried_out(name)
    assert proof.name == name
    first = (SCRIPTS / f"{name}.py").read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith('"""') and first.endswith(f'({proof.theorem})."""')


@every_proof
def test_every_proof_can_be_typeset(name: str) -> None:
    """One theorem, a lemma for each premise, all references resolved, no character that pdflatex lacks."""
    proof = carried_out(name)
    text = fragment(proof)
    assert text.count(r"\begin{theorem}") == 1
    assert text.count(r"\begin{lemma}") == len(proof.claims) - 1
    labels = set(re.findall(r"\\label\{([^}]*)\}", text))
    assert set(re.findall(r"\\ref\{([^}]*)\}", text)) <= labels
    assert text.isascii()


def test_the_numbers_of_the_sigmoid_s_two_points() -> None:
    """The first 30 digits of k and of a0 at T = 5, from T11's closed form evaluated by hand elsewhere."""
    (value,) = (claim for claim in carried_out("sigmoid_two_point").claims if claim.id.endswith(".value"))
    assert "0.199741621339063130121911636332" in value.says
    assert "3.32629153903503806754612819786" in value.says


def test_the_latex_of_the_sigmoid_s_two_points_is_that_of_the_golden_file() -> None:
    """Letter by letter (set UPDATE_GOLDEN to write the file anew, then read it)."""
    path = GOLDEN / "proof_sigmoid_two_point.tex"
    text = fragment(carried_out("sigmoid_two_point"))
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_a_script_runs_alone(tmp_path: Path) -> None:
    """With the digits asked for, from another directory, and its derivation in a file."""
    tex = tmp_path / "proof.tex"
    command = [sys.executable, SCRIPTS / "homogeneous_invariant.py", "--digits", "40", "--tex", tex]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "T6: The invariant that holds for all data" in done.stdout
    assert r"\begin{theorem}" in tex.read_text()


def test_more_digits_are_carried_through() -> None:
    """At 45 digits every claim of T10 is established again, and its checks name the digits."""
    proof = load_proof("symmetric_two_point", 45)
    assert all(claim.status.established and claim.cross_checked for claim in proof.claims)
    checks = [check for claim in proof.claims for check in claim.evidence if check.kind is Kind.NUMERIC]
    assert any("45 digits" in check.method for check in checks)


# ---------------------------------------------------------------- wrong variants


@pytest.mark.parametrize(
    ("name", "formulas"),
    [
        ("sigmoid", (u + sp.exp(-u),)),
        ("tanh", (sp.sinh(u) ** 2,)),
        ("arctan", ((u + u**3 / 3) * sp.atan(u) - u**2 / 6 - sp.log(1 + u**2) / 2,)),
    ],
)
def test_a_wrong_potential_is_refuted(name: str, formulas: tuple[sp.Expr, ...]) -> None:
    """A sign, a factor, a coefficient: each is found out by the derivative and by the quadrature."""
    claim = check_G(activation(name), formulas)
    assert claim.status is Status.REFUTED
    assert {check.kind for check in claim.evidence if check.outcome is Outcome.FAILS} >= {Kind.NUMERIC}


def test_a_wrong_potential_refutes_the_two_points_of_the_sigmoid() -> None:
    """T11 with G = u - e^u in the place of u + e^u."""
    assert two_point_claim(potential=u - sp.exp(u)).status is Status.REFUTED


@pytest.mark.parametrize("place", [5, 17, 29])
def test_a_wrong_digit_of_k_is_refuted(place: int) -> None:
    """One digit of k off by one, far or near the end; the right one is enclosed."""
    right = "0.199741621339063130121911636332"
    assert two_point_claim(scale=Fraction(right)).status is Status.ENCLOSED
    wrong = Fraction(right) + Fraction(2, 10**place)
    assert two_point_claim(scale=wrong).status is Status.REFUTED


def test_the_sigmoid_has_no_two_points_at_T_4() -> None:
    """There k² would be negative."""
    assert two_point_claim(T=sp.Integer(4)).status is Status.REFUTED


def test_a_limit_that_exists_is_not_denied() -> None:
    """The claim that there is no interpolating limit is not established where `limit` encloses one."""
    one = sp.Integer(1)
    found = limit(Network(activation("tanh")), Point((one,), one), Sample((one,), sp.Integer(2)))
    assert not no_limit_claim("denied", found).status.established


def test_a_start_between_the_levels_needs_the_symmetric_overlapping() -> None:
    """T10's example for tanh is no firmer than the claim that it rests on."""
    unproved = Claim("tanh.two_point", "", sp.true, evidence=(NUMERIC,))
    assert mean_start_claim(unproved).status is Status.CHECKED


# ---------------------------------------------------------------- gathering


def test_a_conjunction_is_as_firm_as_its_weakest_part() -> None:
    """And it is cross-checked only if all parts are."""
    strong = Claim("strong", "", sp.true, evidence=(HOLDS, NUMERIC))
    weak = Claim("weak", "", sp.true, evidence=(NUMERIC,))
    bare = Claim("bare", "", sp.true, evidence=(HOLDS,))
    assert conjunction("all", "", [strong]).status is Status.PROVED
    assert conjunction("all", "", [strong, weak]).status is Status.CHECKED
    assert conjunction("all", "", [strong]).cross_checked
    assert not conjunction("all", "", [strong, bare]).cross_checked


def test_relabelling_changes_ids_and_what_refers_to_them_alone() -> None:
    """Ids that only begin alike, and the words of the prose, stay as they are."""
    arc = Claim("limit.arc", "the limit", sp.true, evidence=(HOLDS,))
    other = Claim("limits", "", sp.true, evidence=(HOLDS,))
    method = Evidence(Kind.DEDUCTION, Outcome.HOLDS, "by T7 from limit.arc and limits")
    claim = Claim(
        "limit", r"by \ref{limit.arc}, the limit", sp.true, rests_on=(arc, other), evidence=(method,)
    )
    renamed = relabelled(claim, "limit", "worked.tanh")
    assert [part.id for part in renamed.walk()] == ["worked.tanh.arc", "limits", "worked.tanh"]
    assert renamed.says == r"by \ref{worked.tanh.arc}, the limit"
    assert renamed.rests_on[0].says == "the limit"
    assert renamed.evidence[0].method == "by T7 from worked.tanh.arc and limits"
    assert renamed.status is claim.status
    assert relabelled(claim, "absent", "present") is claim
