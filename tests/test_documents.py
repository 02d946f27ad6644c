"""The JSON of invariants and of overlappings, from results that are made up here and from real ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import mpmath
import pytest
import sympy as sp

import implicitreg_sym.overlap as overlap_package
from implicitreg_sym.activations import Activation, activation
from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome
from implicitreg_sym.cli.documents import one_point_document, two_point_document
from implicitreg_sym.cli.sets import set_text
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.formula import parse_formula
from implicitreg_sym.overlap.outcome import (
    Box,
    NoOverlap,
    Number,
    OnePoint,
    ParameterRange,
    PlanePoint,
    ScalarSample,
    TwoPoint,
)
from implicitreg_sym.symbols import a, u, w, x

SIGMOID = activation("sigmoid")
PROVED = Claim("two", "two", sp.true, evidence=(Evidence(Kind.EXACT, Outcome.HOLDS, "by algebra"),))
ABSENT = Claim("none", "none", sp.true, evidence=(Evidence(Kind.EXACT, Outcome.HOLDS, "E is monotone"),))


def exact(number: int | str) -> Number:
    value = sp.Rational(number)
    return Number(Ball(Fraction(int(value.p), int(value.q))), value)


def rounded(number: str) -> Number:
    return Number(Ball(Fraction(number), Fraction(1, 10**40)))


def point(w: Number, a: Number) -> PlanePoint:
    return PlanePoint(w, a)


TWO = TwoPoint(
    SIGMOID,
    "sigmoid family",
    point(exact(5), rounded("3.25")),
    (ScalarSample(exact(1), exact(2)), ScalarSample(exact(2), exact("7/5"))),
    (point(exact("1/2"), exact(9)), point(exact("1/3"), rounded("8.125"))),
    PROVED,
    30,
    (ParameterRange(sp.Symbol("T"), sp.Integer(4), sp.log(300)),),
)
ONE = OnePoint(
    SIGMOID,
    "sigmoid family",
    TWO.start,
    TWO.samples,
    point(exact(1), exact(2)),
    Box((sp.Rational(2, 3), sp.Rational(4, 3)), (sp.Integer(1), sp.Integer(3))),
    PROVED,
    5,
)
NONE = NoOverlap(SIGMOID, "two-point", "E is strictly monotone (T9)", ABSENT)


def test_two_point_has_the_documented_keys() -> None:
    """Samples and limits are in the same order, closed forms can be read back, additions stand last."""
    document = two_point_document(TWO)
    assert list(document)[:7] == ["mechanism", "activation", "start", "samples", "limits", "status", "claims"]
    assert document["mechanism"] == "two-point" and document["status"] == "PROVED"
    assert document["start"] == {"w": ["5"], "a": "3.25000000000000000000000000000"}
    assert document["samples"] == [{"x": ["1"], "y": "2"}, {"x": ["2"], "y": "1.4"}]
    assert [entry["w"] for entry in document["limits"]] == [["0.5"], ["0.333333333333333333333333333333"]]
    assert document["closed_forms"] == {"start": None, "p": "1/2;9", "q": None}
    assert document["family"] == [{"parameter": "T", "lower": "4", "upper": "log(300)"}]
    assert document["claims"][-1]["id"] == "two"


def test_one_point_has_the_documented_keys() -> None:
    """The box is rounded inwards."""
    document = one_point_document(ONE)
    assert list(document)[:8] == [
        *["mechanism", "activation", "start", "samples", "limit", "box", "status", "claims"]
    ]
    assert document["limit"] == {"w": ["1"], "a": "2"}
    assert document["box"] == {"w": ["0.66667", "1.33333"], "a": ["1", "3"]}


@pytest.mark.parametrize("build", [one_point_document, two_point_document])
def test_no_overlapping_has_a_reason(build: Callable[[Any], dict[str, Any]]) -> None:
    """REFUTED where the absence is proved, UNKNOWN where nothing was found."""
    document = build(NONE)
    assert list(document) == ["mechanism", "activation", "status", "reason", "scope", "claims"]
    assert document["status"] == "REFUTED"
    undecided = replace(ABSENT, evidence=(Evidence(Kind.EXACT, Outcome.UNDECIDED, "gave up"),))
    assert build(replace(NONE, claim=undecided))["status"] == "UNKNOWN"


@pytest.mark.parametrize(
    ("command", "result", "code", "shown"),
    [
        ("two-point", TWO, 0, "family      4 < T < log(300)"),
        ("one-point", ONE, 0, "box         0.66667 < w < 1.33333, 1 < a < 3"),
        ("two-point", NONE, 1, "reason       E is strictly monotone (T9)"),
    ],
)
def test_overlap_commands_print_what_the_library_returns(
    implicitreg: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    result: TwoPoint | OnePoint | NoOverlap,
    code: int,
    shown: str,
    tmp_path: Any,
) -> None:
    """Fields for people, an object with --json, LaTeX with --tex, and the exit code of the status."""
    asked: dict[str, Any] = {}

    def construct(subject: Activation, **options: Any) -> TwoPoint | OnePoint | NoOverlap:
        asked.update(options, subject=subject)
        return result

    monkeypatch.setattr(overlap_package, command.replace("-", "_"), construct, raising=False)
    answer = implicitreg(command, "sigmoid", "--digits", "40", "--tex", str(tmp_path / "o.tex"))
    assert (answer.code, asked["subject"], asked["digits"]) == (code, SIGMOID, 40)
    assert shown in answer.out.splitlines()
    assert r"\begin{" in (tmp_path / "o.tex").read_text(encoding="utf-8")
    build = one_point_document if command == "one-point" else two_point_document
    assert implicitreg(command, "sigmoid", "--json").json == build(result)


def test_the_recipe_is_passed_on(implicitreg: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """--recipe is one of four words."""
    recipes: list[str] = []
    monkeypatch.setattr(
        overlap_package,
        "two_point",
        lambda subject, digits, recipe: recipes.append(recipe) or TWO,
        raising=False,
    )
    implicitreg("two-point", "sigmoid", "--recipe", "general")
    implicitreg("two-point", "sigmoid")
    assert recipes == ["general", "auto"]
    assert implicitreg("two-point", "sigmoid", "--recipe", "cake").code == 2


def test_invariant_prints_the_documented_object(implicitreg: Callable[..., Any]) -> None:
    """G of tanh is sinh²(u)/2, and every formula is read back in u, w, a, x."""
    answer = implicitreg("invariant", "tanh", "--json")
    document = answer.json
    assert answer.code == 0
    assert list(document)[:7] == ["activation", "g", "G", "closed_form", "invariants", "domain", "status"]
    assert document["closed_form"] is True and document["status"] == "PROVED"
    assert document["domain"] == "(-oo, oo)"
    assert parse_formula(document["G"], {"u": u}) == sp.sinh(u) ** 2 / 2
    (found,) = document["invariants"]
    assert parse_formula(found, {"w": w, "a": a, "x": x}) == a**2 / 2 - sp.sinh(w * x) ** 2 / (2 * x**2)
    g = parse_formula(document["g"], {"u": u})
    with mpmath.workdps(30):
        point = mpmath.mpf(7) / 10
        assert mpmath.almosteq(sp.lambdify(u, g, "mpmath")(point), mpmath.sinh(point) * mpmath.cosh(point))


def test_learning_rates_enter_the_invariant(implicitreg: Callable[..., Any]) -> None:
    """I = a²/(2η_a) - G/(η_w x²), and the rates are told where they are not 1."""
    document = implicitreg("invariant", "u", "--rate-w", "0.5", "--rate-a", "3", "--json").json
    assert document["invariants"] == ["a**2/6 - w**2"] and document["rates"] == {"w": "0.5", "a": "3"}
    assert document["status"] == "PROVED"
    assert "rates" not in implicitreg("invariant", "u", "--json").json
    refused = implicitreg("invariant", "u", "--rate-a", "-1")
    assert refused.code == 2 and "positive" in refused.err


def test_an_invariant_without_closed_form_keeps_its_integral(implicitreg: Callable[..., Any]) -> None:
    """For silu G is an Integral, which is read back, and the invariant is proved all the same."""
    document = implicitreg("invariant", "silu", "--json").json
    assert document["closed_form"] is False and document["status"] == "PROVED"
    assert parse_formula(document["G"], {"u": u}).has(sp.Integral)
    assert document["poles"][0].startswith("-1.278464542761")


def test_invariant_of_all_data(implicitreg: Callable[..., Any], tmp_path: Any) -> None:
    """a² - ‖w‖²/k for a homogeneous activation, none for the others, with the derivation."""
    assert (
        "a**2 - w1**2/3 - w2**2/3" in implicitreg("invariant", "power(3)", "--all-data", "--inputs", "2").out
    )
    answer = implicitreg("invariant", "tanh", "--all-data", "--tex", str(tmp_path / "i.tex"), "--json")
    assert answer.json["invariants"] == [] and answer.json["reason"]
    assert "T6" in (tmp_path / "i.tex").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (sp.Interval(-sp.oo, sp.oo), "(-oo, oo)"),
        (sp.S.EmptySet, "{}"),
        (sp.FiniteSet(1, sp.sqrt(2)), "{1, sqrt(2)}"),
        (sp.Interval.Ropen(0, sp.pi), "[0, pi)"),
        (sp.ImageSet(sp.Lambda(u, sp.pi * u), sp.S.Integers), "{pi*u : u in Integers}"),
        (sp.ConditionSet(u, u + sp.sin(u) > 1, sp.Interval.open(0, 9)), "{u in (0, 9) : u + sin(u) > 1}"),
    ],
)
def test_sets_are_written_as_intervals(values: sp.Set, text: str) -> None:
    """Ends, brackets and conditions."""
    assert set_text(values) == text
