"""The white list of formulas: what is read, what is refused and where, and that text and formula agree."""

from __future__ import annotations

import contextlib

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from implicitreg_sym.activations import catalogue_activations
from implicitreg_sym.errors import InputError
from implicitreg_sym.formula import formula_text, parse_formula, parse_number
from implicitreg_sym.strategies import formulas
from implicitreg_sym.symbols import u

NAMES = {"u": u}


@pytest.mark.parametrize(
    ("text", "column", "character"),
    [
        ("__import__('os').system('ls')", 12, "'"),
        ("u.__class__", 2, "."),
        ("(lambda: 1)()", 8, ":"),
        ("u if u > 0 else 1", 3, "i"),
        ("u^2", 2, "^"),
        ("exec(u)", 1, "e"),
        ("exp(u)[0]", 7, "["),
        ("1 + v", 5, "v"),
        ("u + exp", 5, "e"),
        ("exp(u, u)", 1, "e"),
        ("exp(u) = 2", 8, "="),
        ("u ** 65", 3, "*"),
        ("1/0 + u", 2, "/"),
        ("u + (1", 5, "("),
        ("u+", 2, "+"),
        ("exp(u - ) + 1", 7, "-"),
        ("u** ", 3, "*"),
        ("max(u)", 1, "m"),
        ("u > 0", 1, "u"),
        ("exp(x=u)", 1, "e"),
        ("u + 0x10", 5, "0"),
        ("u // 2", 3, "/"),
        ("u + é", 5, "é"),
        ("Piecewise(u)", 11, "u"),
        ("Piecewise((u, u == 0), (1, True))", 15, "u"),
        ("Integral(u, u)", 13, "u"),
        ("hyper(1, (2,), u)", 7, "1"),
        ("(-2)**u", 5, "*"),
        ("u()", 1, "u"),
        ("u(1)", 1, "u"),
        ("exp(u)(u)", 1, "e"),
        ("0**(-1)*u", 2, "*"),
        ("Piecewise()", 1, "P"),
        ("Piecewise((u, u), (1, True))", 15, "u"),
    ],
)
def test_what_is_not_on_the_white_list_is_refused_at_its_place(
    text: str, column: int, character: str
) -> None:
    """The complaint names the offending character and its place."""
    with pytest.raises(InputError) as complaint:
        parse_formula(text, NAMES)
    assert f"at character {column} ({character!r})" in str(complaint.value)


def test_nothing_is_evaluated(capsys: pytest.CaptureFixture[str]) -> None:
    """A text that would act if it were run does not act."""
    for text in ("print(1)", "(print)(1)", "exp(print(1))", "abs.__call__(print(1))"):
        with pytest.raises(InputError):
            parse_formula(text, NAMES)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "text",
    [
        "u" + "+u" * 1200,
        "(" * 400 + "u" + ")" * 400,
        "-" * 100 + "u",
        "u" + "+u" * 700,
        "1" * 101 + "*u",
        "1e101*u",
        "2**64**64*u",
        "((2**64)**64)**2*u",
        "exp(" * 61 + "u" + ")" * 61,
        "",
        "   ",
        "u" * 2001,
        "v" * 1999,
        "v" * 1990 + "(u)",
    ],
)
def test_sizes_are_bounded(text: str) -> None:
    """Long, deep and huge texts are refused at once, in one short sentence."""
    with pytest.raises(InputError) as complaint:
        parse_formula(text, NAMES)
    assert len(str(complaint.value)) < 400


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text whatever makes the parser fail in another way than by InputError."""
    with contextlib.suppress(InputError):
        assert isinstance(parse_formula(text, NAMES), sp.Expr)


@given(st.text(alphabet="u12.()+-*/,exploginstah&<>= E", max_size=40))
def test_any_text_over_the_alphabet_is_read_or_refused(text: str) -> None:
    """The same for texts of allowed characters, which come further."""
    with contextlib.suppress(InputError):
        assert isinstance(parse_formula(text, NAMES), sp.Expr)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.3", sp.Rational(3, 10)),
        (" 1e-3", sp.Rational(1, 1000)),
        (".5", sp.Rational(1, 2)),
        ("2.", sp.Integer(2)),
        ("+1/3", sp.Rational(1, 3)),
        ("-log(5)", -sp.log(5)),
        ("sqrt(2)*pi - E", sp.sqrt(2) * sp.pi - sp.E),
        ("12345678901234567890.5", sp.Rational(24691357802469135781, 2)),
    ],
)
def test_numbers_are_exact(text: str, value: sp.Expr) -> None:
    """A decimal is the rational that it says, and constants stay symbolic."""
    assert parse_number(text) == value
    assert not parse_number(text).has(sp.Float)


@pytest.mark.parametrize(
    "text",
    [
        "nan",
        "inf",
        "-oo",
        "sqrt(-1)",
        "log(-2)",
        "log(0)",
        "u",
        "1/0",
        "Piecewise((1, True), (2, True))+u",
        "1j",
    ],
)
def test_what_is_no_real_number_is_refused(text: str) -> None:
    """Infinite, complex, undefined and symbolic numbers are refused."""
    with pytest.raises(InputError):
        parse_number(text)


@given(formulas(depth=3))
def test_formulas_round_trip_through_text(formula: sp.Expr) -> None:
    """The text of a formula is read back to the same formula."""
    assert parse_formula(formula_text(formula), NAMES) == formula


def test_the_catalogue_round_trips_through_text() -> None:
    """So do the formulas of the catalogue, piecewise ones included."""
    for entry in catalogue_activations():
        assert parse_formula(formula_text(entry.formula), NAMES) == entry.formula


@pytest.mark.parametrize(
    "text",
    [
        "hyper((1,), (3/2,), u)",
        "polylog(2, -exp(u))",
        "Integral(exp(v)/v, (v, 1, u))",
        "Piecewise((u, (u > 0) & (u < 1)), (0, True))",
    ],
)
def test_special_functions_round_trip(text: str) -> None:
    """The forms that G may take are read back too."""
    formula = parse_formula(text, NAMES)
    assert parse_formula(formula_text(formula), NAMES) == formula


def test_chained_and_joined_conditions_mean_the_same() -> None:
    """0 < u < 1 is (0 < u) & (u < 1)."""
    chained = parse_formula("Piecewise((u, 0 < u < 1), (0, True))", NAMES)
    assert chained == parse_formula("Piecewise((u, (0 < u) & (u < 1)), (0, True))", NAMES)
    assert chained.subs(u, sp.Rational(1, 2)) == sp.Rational(1, 2) and chained.subs(u, 2) == 0
