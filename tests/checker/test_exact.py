"""Exact identities: what is proved, what is not, and that normal forms have the values of the expressions."""

from __future__ import annotations

from typing import Any

import flint
import pytest
from flint import acb, arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from implicitreg_checker.activation import read_activation
from implicitreg_checker.calculus import combine, derivative, substitute
from implicitreg_checker.errors import RejectedError
from implicitreg_checker.exact import (
    Field,
    Ratio,
    prove_continuity,
    prove_odd,
    prove_potential,
    prove_zero,
    vanishes,
)
from implicitreg_checker.expression import Expression, parse

from .closed_forms import CLOSED_FORMS, formulas
from .expressions import UNARY, expressions

CLOSED = UNARY + ("logabs", "li2", "2f2")
PIECES = [
    pytest.param(formula, potential, id=f"{name} {index}")
    for name, pieces in CLOSED_FORMS.items()
    for index, (_below, formula, potential) in enumerate(pieces)
    if potential is not None
]


def read(text: str) -> Expression:
    return parse(text, "an expression", variable=True, closed_form=True)


@pytest.mark.parametrize(("formula", "potential"), PIECES)
def test_potential(formula: str, potential: str) -> None:
    prove_potential(read(formula), read(potential), "G' σ' = σ")
    prove_potential(read(formula), read(f"+ {potential} * log 5 ^2 pi"), "G' σ' = σ")


@pytest.mark.parametrize(("formula", "potential"), PIECES)
@pytest.mark.parametrize("change", ["+ {} / u 1000", "* 1001/1000 {}", "neg {}", "+ {} erf u"])
def test_wrong_potential(formula: str, potential: str, change: str) -> None:
    with pytest.raises(RejectedError, match="G' σ' = σ: the difference is not proved to vanish"):
        prove_potential(read(formula), read(change.format(potential)), "G' σ' = σ")


@pytest.mark.parametrize(
    "text",
    [
        "- exp neg * 2 log 2 1/4", "- exp log 1/3 1/3", "- log 6 + log 2 log 3", "- sqrt 8 * 2 sqrt 2",
        "- ^3/2 4 8", "- sqrt pi ^1/2 pi", "- sqrt 1/2 / sqrt 2 2", "- / 1 + 1 sqrt 2 - sqrt 2 1",
        "sin 0", "- cos 0 1", "erf 0", "atan 0", "asinh 0", "li2 0", "- 2f2 0 1", "log 1", "- exp 0 1",
        "tanh 0", "sqrt 0", "^3/2 0", "- * ^1/3 2 ^1/6 4 ^2/3 2",
    ],
)
def test_number_that_is_zero(text: str) -> None:
    prove_zero(read(text), "0")


def test_crossing_of_the_sigmoid() -> None:
    """σ(log 2) σ(2 log 3) = σ(2 log 2) σ(log 3) = 3/5 for the sigmoid."""

    def sigma(w: int, x: int) -> str:
        return f"/ 1 + 1 exp neg * log {w} {x}"

    prove_zero(read(f"- {sigma(3, 2)} 9/10"), "σ(2 log 3)")
    prove_zero(read(f"- * {sigma(2, 1)} {sigma(3, 2)} * {sigma(2, 2)} {sigma(3, 1)}"), "crossing")
    with pytest.raises(RejectedError):
        prove_zero(read(f"- * {sigma(2, 1)} {sigma(3, 3)} * {sigma(2, 3)} {sigma(3, 1)}"), "crossing")


@pytest.mark.parametrize(
    "text",
    [
        "- exp log u u", "- ^2 sqrt u u", "- sqrt + 1 / ^2 u 4 / sqrt + ^2 u 4 2", "- exp / u 2 sqrt exp u",
        "- ^1/3 u ^2 ^1/6 u", "- ^2 ^1/6 u ^1/3 u", "- log ^2 u * 2 logabs u", "- logabs u log u",
        "- + ^2 sin u ^2 cos u 1", "+ sin neg u sin u", "- cos neg u cos u", "- tan u / sin u cos u",
        "- tanh u / sinh u cosh u", "- 1 + erf u erfc u", "+ erf neg u erf u", "- sqrt exp * 2 u exp u",
        "- exp * 1/2 log u sqrt u", "- log exp ^3 u ^3 u", "- ^-1/2 u / sqrt u u",
        "- exp * 2 / u 3 ^2 exp / u 3", "- log + / exp u 2 1/2 - log + exp u 1 log 2",
        "- sqrt * 4 - 1 u * 2 sqrt - 1 u", "- - exp / u 3 ^2 exp / u 6 - exp / u 2 ^3 exp / u 6",
    ],
)
def test_identity(text: str) -> None:
    prove_zero(read(text), "0")


@pytest.mark.parametrize(
    "text",
    [
        # true on half a line only
        "- sqrt ^2 u u", "+ sqrt ^2 u u", "- exp logabs u u", "- exp * 1/2 logabs u sqrt ^2 u",
        "- sqrt * - 1 u - 1 u - 1 u", "- sqrt exp * 2 logabs u u", "- ^3/2 ^2 u ^3 u",
        "- sqrt ^2 sin u sin u", "- sqrt ^2 - exp u 1 - exp u 1", "- + exp logabs u * 0 log ^2 u u",
        "- + exp logabs u * 0 log * u - u 1 u",
        # false
        "- exp u exp * 2 u", "- cos u sin u", "- log + u 1 log u", "- log 2 log 3", "- exp 1 3", "- pi 3",
        "- sqrt 2 sqrt 3", "- ^1/3 u sqrt u", "- atan u atan neg u", "- li2 u li2 ^2 u", "- 2f2 ^2 u 2f2 u",
        "- cos u cos + u 1", "- erf u erfc u", "1",
        # true, but not by these rules
        "- asinh u log + u sqrt + 1 ^2 u", "- * 4 atan 1 pi",
        "- + atan u atan / 1 u / pi 2",  # and on half a line only
    ],
)
def test_what_is_not_proved(text: str) -> None:
    with pytest.raises(RejectedError, match="step: the difference is not proved to vanish"):
        prove_zero(read(text), "step")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("/ 1 - + ^2 sin u ^2 cos u 1", "a denominator that is not zero"),
        ("log - exp u exp u", "no logarithm of 0"),
        ("log -4", "no logarithm of a negative number"),
        ("^1/2 -4", "no root of a negative number"),
        ("^-1/2 - u u", "no negative power of 0"),
        ("^1000 + + 1 u exp u", "moderate powers"),
        (" ".join(["+"] * 24 + [f"log + u {k}" for k in range(25)]), "at most 24 generators"),
        ("^1/997 ^1/991 exp u", "moderate roots"),
        ("2f2 - u log u", "2f2 of a rational function of u and one exponential"),
        ("li2 - asinh u log + u sqrt + 1 ^2 u", "li2 of a rational function of u and one exponential"),
    ],
)
def test_refusals(text: str, reason: str) -> None:
    with pytest.raises(RejectedError, match=reason):
        prove_zero(read(text), "step")


def test_lambert_has_no_derivative_rule() -> None:
    with pytest.raises(RejectedError, match="a rule for the derivative of lambertw"):
        prove_potential(read("u"), read("lambertw u"), "step")


def test_2f2_of_what_is_no_square_has_no_derivative() -> None:
    with pytest.raises(RejectedError, match="2f2 of a square"):
        prove_potential(read("u"), read("2f2 u"), "step")


def test_derivatives_of_closed_forms_by_differences() -> None:
    """The rules for logabs, li2 and 2f2, of which no series is known, by a difference quotient."""
    step = arb(2) ** -60
    with flint.ctx.workprec(300):
        for text in ("logabs - u 5", "li2 neg exp u", "li2 / u 7"):
            function, slope = read(text), derivative(read(text))
            point = arb("0.7")
            quotient = (function.at(point + step)[0] - function.at(point - step)[0]) / (2 * step)
            assert abs(quotient - slope.at(point)[0]) < arb(2) ** -100
        # e^a erfroot a for a = p²
        function, point, root = read("2f2 ^2 u"), arb("0.7"), arb("0.7")
        quotient = (function.at(point + step)[0] - function.at(point - step)[0]) / (2 * step)
        inner = point**2
        erfroot = arb.const_sqrt_pi() / 2 * root.erf() / root
        slope_of = 2 * point * (inner.exp() * erfroot - function.at(point)[0]) / inner
        assert abs(quotient - slope_of) < arb(2) ** -100


ODD = ["tanh", "arctan", "erf", "softsign", "asinh", "sinh", "sin", "identity", "rational"]


@pytest.mark.parametrize("name", ODD)
def test_odd(name: str) -> None:
    prove_odd(read_activation(formulas(CLOSED_FORMS[name])))


@pytest.mark.parametrize("name", ["sigmoid", "relu", "leaky relu", "cosh", "elu", "gelu", "snake"])
def test_not_odd(name: str) -> None:
    with pytest.raises(RejectedError, match=r"σ\(-u\) = -σ\(u\)"):
        prove_odd(read_activation(formulas(CLOSED_FORMS[name])))


def test_odd_needs_symmetric_breakpoints() -> None:
    pieces = [{"below": "1", "formula": "u"}, {"below": None, "formula": "u"}]
    with pytest.raises(RejectedError, match="the breakpoints are symmetric about 0"):
        prove_odd(read_activation(pieces))


@pytest.mark.parametrize("name", CLOSED_FORMS)
def test_continuity(name: str) -> None:
    prove_continuity(read_activation(formulas(CLOSED_FORMS[name])))


@pytest.mark.parametrize("wrong", ["exp u", "- exp u 999/1000", "* u log u"])
def test_no_continuity(wrong: str) -> None:
    pieces = [{"below": "0", "formula": wrong}, {"below": None, "formula": "u"}]
    with pytest.raises(RejectedError, match="continuity of σ at 0"):
        prove_continuity(read_activation(pieces))


@settings(max_examples=150)
@given(expressions(), st.sampled_from(["1/3", "7/5", "-1/2", "-9/4"]))
def test_derivative(text: str, point: str) -> None:
    """The derived expression has the derivative of Arb's series, wherever that is finite."""
    function = read(text)
    at = arb(fmpq(*map(int, point.split("/"))))
    with flint.ctx.workprec(200):
        slope = function.at(at, 2)[1]
        if slope.is_finite():
            assert derivative(function).at(at)[0].overlaps(slope)
            shifted = combine("+ a b", a=derivative(function), b=read("1/7"))
            assert shifted.at(at)[0].overlaps(slope + fmpq(1, 7))


@settings(max_examples=150)
@given(expressions(), expressions())
def test_substitution(outer: str, inner: str) -> None:
    number = read(inner.replace("u", "2/3"))
    with flint.ctx.workprec(200):
        point = number.value()
        direct = read(outer).at(point)[0] if point.is_finite() else point
        if direct.is_finite():
            assert substitute(read(outer), number).value().overlaps(direct)


def _root(base: arb, order: int) -> arb:
    return arb(0) if base == 0 else (base.log() / order).exp()


class Values:
    """The values of the generators of a field, by their names."""

    def __init__(self, field: Field, u: arb) -> None:
        self.values: list[Any] = []
        for name in field.names:
            self.values.append(u if name == "u" else self.generator(name))

    def ratio(self, text: str) -> Any:
        names = {f"t{index}": value for index, value in enumerate(self.values)}
        num, den = (self.polynomial(part, names) for part in text.split(" / "))
        return num / den

    @staticmethod
    def polynomial(text: str, names: dict[str, Any]) -> Any:
        total = arb(0)
        for term in text.removeprefix("(").removesuffix(")").replace(" - ", " + -").split(" + "):
            product = arb(-1 if term.startswith("-") else 1)
            for factor in term.removeprefix("-").split("*"):
                base, _, power = factor.partition("^")
                value = names[base] if base in names else arb(fmpq(*map(int, base.split("/"))))
                for _ in range(int(power or 1)):  # arb ** is NaN for a ball about 0
                    product *= value
            total += product
        return total

    def generator(self, name: str) -> Any:
        if name == "sqrt pi":
            return arb.const_sqrt_pi()
        kind, rest = name.split(" ", 1)
        if kind in ("root", "exp"):
            base, order = rest.rsplit(" ", 1)
            value = self.ratio(base)
            return _root(value, int(order)) if kind == "root" else (value / int(order)).exp()
        value = self.ratio(rest)
        if kind == "log":
            return abs(value).log()
        return read(f"{kind} u").at(value)[0]


def normal_value(field: Field, element: Ratio, u: arb) -> Any:
    return Values(field, u).ratio(str(element))


@settings(max_examples=400)
@given(expressions(CLOSED, 8), st.sampled_from(["1/3", "7/5", "-1/2", "-9/4"]))
def test_normal_form_has_the_value_of_the_expression(text: str, point: str) -> None:
    """Every rewriting is an equation of numbers: the quotient of polynomials has the right value."""
    field, at = Field(), arb(fmpq(*map(int, point.split("/"))))
    with flint.ctx.workprec(250):
        value = read(text).at(at)[0]
        try:
            element = field.element(read(text))
        except RejectedError:
            return
        if value.is_finite():
            assert normal_value(field, element, at).overlaps(value)


@settings(max_examples=200)
@given(expressions(CLOSED, 4), expressions(CLOSED, 4))
def test_equal_only_if_values_agree(first: str, second: str) -> None:
    try:
        equal = vanishes(read(f"- {first} {second}"))
    except RejectedError:
        return
    if equal:
        for point in (arb("0.4"), arb("1.3"), arb("-0.7")):
            values = [read(text).at(point)[0] for text in (first, second)]
            assert not all(value.is_finite() for value in values) or values[0].overlaps(values[1])


def test_powers_of_balls_about_zero() -> None:
    for power in (1, 2, 3, 7):
        for length in (1, 3):
            value = read(f"^{power} u").at(arb(0, "0.5"), length)[0]
            assert value.contains(arb("0.25") ** power) and value.contains(0) and abs(value) < 1


def test_values_over_complex_balls_agree_with_the_derivative() -> None:
    """A derived expression may be evaluated like a formula that was read."""
    assert derivative(read("tanh u")).at(acb(1, 1))[0].overlaps(1 - acb(1, 1).tanh() ** 2)
