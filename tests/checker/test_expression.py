"""Expressions: the grammar is read strictly, values and derivatives enclose those of mpmath, and what is not
defined is not finite."""

from __future__ import annotations

from typing import Any

import flint
import pytest
from flint import acb, arb, fmpq
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

from implicitreg_checker.errors import UnreadableError
from implicitreg_checker.expression import CLOSED_FORM_FUNCTIONS, FUNCTIONS, hull, parse

from . import oracle
from .examples import refused

MESSAGE = "it, token {!r} must be a rational p/q of at most 1000 characters"


def formula(text: str) -> Any:
    return parse(text, "it", variable=True, closed_form=True)


def real(number: arb) -> Any:
    """The midpoint of a narrow ball, exactly."""
    assert number.rad() < arb((1, -60)) * (1 + abs(number))
    mantissa, exponent = number.mid().man_exp()
    return mpf(int(mantissa)) * mpf(2) ** int(exponent)


@pytest.fixture(autouse=True)
def _precision() -> Any:
    before, flint.ctx.prec = flint.ctx.prec, 200
    with mp.workdps(80):
        yield
    flint.ctx.prec = before


def agrees(enclosure: arb, value: Any) -> bool:
    return bool(abs(real(enclosure) - value) < mpf("1e-40") * (1 + abs(value)))


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("point", ["1/3", "7/5"])
def test_every_function_and_its_derivatives_are_those_of_mpmath(name: str, point: str) -> None:
    text = f"{name} * u + 1 / u 7"
    series = formula(text).at(arb(fmpq(*map(int, point.split("/")))), 4)
    expected = mp.taylor(lambda u: oracle.evaluate(text, u), oracle.number_of(point), 3)
    assert len(series) == 4
    assert all(agrees(a, b) for a, b in zip(series, expected, strict=True))


@pytest.mark.parametrize("name", CLOSED_FORM_FUNCTIONS)
def test_functions_of_closed_forms_have_values_and_no_derivatives(name: str) -> None:
    expression = formula(f"{name} - u 1/9")
    value = oracle.evaluate(f"{name} - u 1/9", mpf(1) / 3)
    assert agrees(expression.at(arb(fmpq(1, 3)))[0], value)
    assert all(not part.is_finite() for part in expression.at(arb(fmpq(1, 3)), 2))
    message = MESSAGE.format(name)
    refused(UnreadableError, message, parse, f"{name} u", "it", True)


@pytest.mark.parametrize(
    "exponent",
    [
        "1",
        "2",
        "-1",
        "-3",
        "1000",
        "-1000",
        "1/2",
        "-1/2",
        "3/2",
        "-5/2",
        "1/3",
        "-2/3",
        "4/2",
        "3/6",
        "1000/999",
    ],
)
def test_powers_with_rational_exponents(exponent: str) -> None:
    text = f"^{exponent} + u 1/2"
    series = formula(text).at(arb(fmpq(2, 3)), 3)
    expected = mp.taylor(lambda u: oracle.evaluate(text, u), mpf(2) / 3, 2)
    assert all(abs(real(a) - b) < mpf("1e-30") * (1 + abs(b)) for a, b in zip(series, expected, strict=True))


@pytest.mark.parametrize("text", ["^1 u", "^2 u", "^3 u"])
def test_integer_powers_are_defined_for_negative_arguments(text: str) -> None:
    assert formula(text).at(arb(-2))[0] == arb(-2) ** int(text[1])


def test_a_constant_is_evaluated_without_a_variable() -> None:
    number = parse("/ + 1 sqrt 5 2", "it", variable=False)
    assert agrees(number.value(), (1 + mp.sqrt(5)) / 2)
    assert agrees(parse("pi", "it", variable=False).value(), mp.pi)
    assert agrees(parse("-22/7", "it", variable=False).value(), -mpf(22) / 7)
    refused(UnreadableError, MESSAGE.format("u"), parse, "u", "it", False)


def test_equal_parts_are_evaluated_once_and_the_text_is_kept() -> None:
    expression = formula("* exp u exp u")
    assert expression.steps == (("u", ()), ("exp", (0,)), ("*", (1, 1)))
    assert expression.text == "* exp u exp u"
    assert formula("- u 2").steps == (("2", ()), ("u", ()), ("-", (1, 0)))


def test_a_number_takes_the_place_of_the_variable() -> None:
    assert formula("* u exp u").with_variable("* 2 pi") == "* * 2 pi exp * 2 pi"


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "U",
        "2f3",
        "^",
        "^0",
        "^u",
        "^1.5",
        "^1/0",
        "^01",
        "^+1",
        "1e3",
        "Exp",
        "^12345678901234567890",
        "__import__",
        "lambda",
    ],
)
def test_unknown_tokens_are_refused(token: str) -> None:
    refused(UnreadableError, MESSAGE.format(token[:20]), parse, f"exp {token}", "it", True)


def test_a_long_token_is_quoted_in_part_only() -> None:
    refused(UnreadableError, MESSAGE.format("x" * 20), parse, "x" * 50, "it", True)


def test_exponents_are_at_most_1000() -> None:
    for power in ("1001", "-1001", "1/1001", "1001/2", "-1001/1000"):
        message = f"it has the exponent {power}; at most 1000 is read"
        refused(UnreadableError, message, parse, f"^{power} u", "it", True)


def test_expressions_hold_one_value_and_at_most_4000_tokens() -> None:
    refused(UnreadableError, "it: + lacks an argument", parse, "+ u", "it", True)
    refused(UnreadableError, "it: exp lacks an argument", parse, "exp", "it", True)
    refused(UnreadableError, "it holds 2 expressions; one was expected", parse, "u u", "it", True)
    assert parse("neg " * 3999 + "u", "it", variable=True).at(arb(1))[0] == -1
    refused(UnreadableError, "it has more than 4000 tokens", parse, "neg " * 4000 + "u", "it", True)
    refused(UnreadableError, "it must be a string", parse, None, "it", True)


def undefined(text: str, point: Any, length: int = 1) -> bool:
    series = formula(text).at(point, length)
    return len(series) == length and not any(part.is_finite() for part in series)


@pytest.mark.parametrize(
    "text",
    [
        "log u",
        "sqrt u",
        "^1/2 u",
        "^1/3 u",
        "^-1/2 u",
        "logabs + u 1",
        "lambertw u",
        "/ 1 + u 1",
        "^-1 + 1 u",
        "tan * u / pi 2",
        "li2 neg u",
        "exp log u",
        "* 0 log u",
        "- log u log u",
        "/ + u 1 + u 1",
        "* 0 / 1 + 1 u",
        "^2 log u",
        "/ 0 + 1 u",
        "/ - exp + 1 u 1 + 1 u",
    ],
)
def test_a_value_that_is_undefined_at_minus_one_is_not_finite_with_all_its_derivatives(text: str) -> None:
    point = arb(-1)
    assert undefined(text, point) and undefined(text, point, 3)
    assert undefined(text, arb(-1, 0.01)) and undefined(text, arb(-1, 0.01), 3)


def test_the_greatest_dilogarithm_is_that_below_one() -> None:
    assert undefined("li2 u", arb(1)) and undefined("li2 u", arb(1.5)) and not undefined("li2 u", arb(0.999))


def test_a_root_has_a_value_at_zero_but_no_derivative() -> None:
    value, slope = formula("sqrt u").at(arb(0), 2)
    assert value == 0 and not slope.is_finite()
    assert formula("^1/2 u").at(arb(0), 2)[0] == 0


@given(st.fractions(-3, 3), st.fractions(0, 1), st.fractions(-1, 1))
def test_a_ball_is_mapped_to_a_ball_that_holds_all_images(middle: Any, radius: Any, part: Any) -> None:
    expression = formula("+ tanh u * asinh u - cos u / erf u + 2 sin u")
    box = arb(fmpq(middle.numerator, middle.denominator), fmpq(radius.numerator, radius.denominator))
    u = middle + part * radius
    images = expression.at(arb(fmpq(u.numerator, u.denominator)), 3)
    assert all(whole.contains(image) for whole, image in zip(expression.at(box, 3), images, strict=True))


@pytest.mark.parametrize(
    ("text", "inside", "on_the_cut"),
    [
        ("log u", acb(-1, 1), acb(-1)),
        ("sqrt u", acb(-1, -1), acb(-1)),
        ("sqrt u", acb(2), acb(0)),
        ("^1/2 u", acb(2), acb(-1)),
        ("^1/3 u", acb(-1, 1), acb(-1)),
        ("^-3/2 u", acb(0.5), acb(0)),
        ("atan u", acb(0.1, 2), acb(0, 2)),
        ("atan u", acb(-0.1, -2), acb(0, -2)),
        ("atan u", acb(0, 0.9), acb(0, 1)),
        ("asinh u", acb(0.1, 2), acb(0, 2)),
        ("asinh u", acb(0, -0.9), acb(0, -1)),
    ],
)
def test_on_a_branch_cut_no_function_counts_as_analytic(text: str, inside: acb, on_the_cut: acb) -> None:
    expression = formula(text)
    for length in (1, 2):
        assert all(part.is_finite() for part in expression.at(inside, length, True))
        assert all(part.is_finite() for part in expression.at(inside, length))
        assert not any(part.is_finite() for part in expression.at(on_the_cut, length, True))
    near = on_the_cut + acb(arb(0, 0.01), arb(0, 0.01))
    assert not any(part.is_finite() for part in expression.at(near, 1, True))


@pytest.mark.parametrize(
    "text", ["asinh u", "tanh u", "^1/3 u", "sinh u", "cosh u", "^1/2 u", "^-2 u", "atan u"]
)
def test_complex_values_and_derivatives_are_those_of_mpmath(text: str) -> None:
    name, argument = text.split(" ")[0], mp.mpc("1.25", "0.5")
    function = {
        "asinh": mp.asinh,
        "tanh": mp.tanh,
        "sinh": mp.sinh,
        "cosh": mp.cosh,
        "atan": mp.atan,
        "^1/3": mp.cbrt,
        "^1/2": mp.sqrt,
        "^-2": lambda u: u**-2,
    }[name]
    series = formula(text).at(acb(1.25, 0.5), 3, True)
    for part, value in zip(series, mp.taylor(function, argument, 2), strict=True):
        assert agrees(part.real, value.real) and agrees(part.imag, value.imag)


def test_the_length_of_series_of_the_caller_is_kept() -> None:
    before, flint.ctx.cap = flint.ctx.cap, 7
    try:
        formula("exp u").at(arb(1), 3)
        formula("log u").at(arb(-1), 3)
        assert flint.ctx.cap == 7
    finally:
        flint.ctx.cap = before


def test_a_wide_ball_stays_tight_under_tanh() -> None:
    image = formula("tanh u").at(arb(0, 1))[0]
    assert image.rad() < arb(2).tanh() + arb("0.2")


def test_the_hull_holds_all_and_nothing_undefined() -> None:
    both = hull([arb(1), arb(3)])
    assert (
        both.contains(arb(1))
        and both.contains(arb(3))
        and both.contains(arb(2))
        and not both.contains(arb(0.9))
    )
    assert not hull([]).is_finite() and not hull([arb(1), arb("nan")]).is_finite()
