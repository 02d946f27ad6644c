"""The parts of certificates: numbers in normal form, Polish notation, schema, deterministic bytes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import flint
import pytest
import sympy as sp
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

import implicitreg_sym as ir
from implicitreg_checker.expression import CLOSED_FORM_FUNCTIONS, FUNCTIONS, parse
from implicitreg_checker.reading import ball as read_ball
from implicitreg_checker.reading import rational as read_rational
from implicitreg_sym import strategies as irs
from implicitreg_sym.activations import Activation, catalogue_activations
from implicitreg_sym.certificate import NoCertificateError, certificate_text, value_certificate
from implicitreg_sym.certificate.frame import pieces
from implicitreg_sym.certificate.numbers import (
    ball_about,
    dyadic,
    exact_ball,
    rational_text,
    rounded_outward,
    stated_ball,
)
from implicitreg_sym.certificate.polish import polish
from implicitreg_sym.certificate.schema import schema, theorem, validate
from implicitreg_sym.evaluate import Ball, compile_expression
from implicitreg_sym.invariants import derive_G
from implicitreg_sym.symbols import u

GOLDEN = Path(__file__).parent / "golden" / "certificate_limit_sigmoid.json"
WRITE_GOLDEN = (
    "import sympy as sp, implicitreg_sym as ir\n"
    "from implicitreg_sym.certificate import certificate_text, limit_certificate\n"
    "start = ir.Point((sp.Rational(3, 10),), sp.Rational(7, 10))\n"
    "sample = ir.Sample((sp.Integer(2),), sp.Rational(3, 2))\n"
    "found = ir.limit(ir.Network(ir.activation('sigmoid')), start, sample)\n"
    "print(certificate_text(limit_certificate(found)), end='')\n"
)

dyadics = st.builds(lambda m, e: m * Fraction(2) ** e, st.integers(-(10**30), 10**30), st.integers(-300, 300))
balls = st.builds(
    lambda middle, radius: Ball(middle, abs(radius)), st.fractions(-(10**9), 10**9), st.fractions(0, 10)
)


# numbers


@given(dyadics)
def test_a_dyadic_number_has_one_form_with_an_odd_mantissa(number: Fraction) -> None:
    """The mantissa is odd, or both entries are zero, and the value is the number."""
    mantissa, exponent = dyadic(number)
    assert int(mantissa) * Fraction(2) ** exponent == number
    assert int(mantissa) % 2 == 1 or (mantissa, exponent) == ("0", 0)


def test_other_rationals_have_no_dyadic_form() -> None:
    """1/3 is refused, not rounded."""
    with pytest.raises(ValueError, match="1/3 is not dyadic"):
        dyadic(Fraction(1, 3))


@given(dyadics, dyadics)
def test_the_checker_reads_the_ball_that_was_written(middle: Fraction, radius: Fraction) -> None:
    """The midpoint survives exactly, the radius up to one rounding upwards."""
    ball = rounded_outward(Ball(middle, abs(radius)), 200)
    read = Ball.from_arb(read_ball(exact_ball(ball), "ball"))
    assert read.middle == ball.middle
    assert ball.radius <= read.radius <= ball.radius * (1 + Fraction(1, 2**28))


@given(balls, st.integers(2, 300))
def test_rounding_goes_outwards(ball: Ball, bits: int) -> None:
    """A rounded ball holds the ball, and its radius has at most thirty bits."""
    wide = rounded_outward(ball, bits)
    assert wide.lower <= ball.lower and ball.upper <= wide.upper
    assert int(dyadic(wide.radius)[0]).bit_length() <= 30 and int(dyadic(wide.middle)[0]).bit_length() <= bits


@given(balls, st.integers(64, 400))
def test_a_stated_ball_is_four_times_as_wide(ball: Ball, precision: int) -> None:
    """It holds the ball whose radius is four times as large, and the number itself when that is exact."""
    wide = stated_ball(ball, precision, Fraction(1))
    assert wide.lower <= ball.middle - 4 * ball.radius and ball.middle + 4 * ball.radius <= wide.upper
    assert wide.radius > 0


@given(balls, st.integers(-200, 3))
def test_a_ball_about_a_root_is_wider_than_its_enclosure(ball: Ball, exponent: int) -> None:
    """It has the radius asked for, or twice that of the enclosure."""
    assert ball_about(ball, exponent, 100).radius >= max(2 * ball.radius, Fraction(2) ** exponent)


@given(st.fractions())
def test_the_checker_reads_the_rational_that_was_written(number: Fraction) -> None:
    """A fraction and SymPy's rational give the same text."""
    text = rational_text(number)
    assert text == rational_text(sp.Rational(number.numerator, number.denominator))
    assert Fraction(str(read_rational(text, "number"))) == number


def test_a_rational_too_long_for_the_format_is_refused() -> None:
    """The checker reads a thousand characters."""
    with pytest.raises(NoCertificateError, match="1003 characters"):
        rational_text(Fraction(1, 10**1000))


# Polish notation


@given(irs.formulas(depth=3), st.fractions(-2, 2, max_denominator=64))
def test_both_evaluators_agree_on_a_printed_formula(formula: sp.Expr, point: Fraction) -> None:
    """The checker's value of the printed formula and ours of the formula are two enclosures of one number."""
    text = polish(formula)
    place = Ball(point).to_arb()
    ours, theirs = compile_expression(formula, (u,)).arb(place), parse(text, "σ", variable=True).at(place)[0]
    assert ours.is_finite() and theirs.is_finite() and ours.overlaps(theirs)
    assert ours.rad() < arb("1e-6") and theirs.rad() < arb("1e-6") + abs(theirs) / 10**6


@pytest.mark.parametrize(
    "formula",
    [
        *(sp.sech(u), sp.csch(u), sp.coth(u), sp.sec(u), sp.csc(u), sp.cot(u)),
        *(sp.asin(u / 9), sp.acos(u / 9), sp.acosh(u + 2), sp.atanh(u / 9), sp.erfc(u), sp.Pow(2, u)),
        *(u ** sp.Rational(5, 3), u ** sp.Rational(-1, 2), u**-3, -u, -2 * u / 3, sp.E * u, sp.pi / u),
        *(sp.Abs(sp.sqrt(2) - 3) * u, sp.log(sp.Abs(u - 3)), sp.LambertW(u), sp.polylog(2, -u)),
        *(
            sp.hyper((1, 1), (sp.Rational(3, 2), 2), u**2),
            1 + sp.erf(u),
            3 - 3 * sp.tanh(-u),
            1 - sp.erf(u) + u,
        ),
    ],
    ids=str,
)
def test_every_function_of_the_grammar_is_printed(formula: sp.Expr) -> None:
    """What the checker has no token for is rewritten by an identity."""
    text = polish(formula)
    place = arb(5) / 4
    theirs = parse(text, "G", variable=True, closed_form=True).at(place)[0]
    assert theirs.overlaps(compile_expression(formula, (u,)).arb(place))


@pytest.mark.parametrize(
    "formula", [sp.gamma(u), sp.Abs(u), sp.sign(u), sp.erfi(u), sp.polylog(3, u), u**1001]
)
def test_other_functions_are_refused(formula: sp.Expr) -> None:
    """Nothing is printed that the checker could not read."""
    with pytest.raises(NoCertificateError):
        polish(formula)


def test_a_formula_that_is_too_long_is_refused() -> None:
    """The checker reads four thousand tokens."""
    with pytest.raises(NoCertificateError, match="tokens"):
        polish(sp.Add(*(sp.sin(k * u) for k in range(1, 1500))))


def test_sums_that_cancel_are_printed_without_cancellation() -> None:
    """1 + erf(v) as erfc(-v): the tail of GELU keeps its relative accuracy."""
    (piece,) = pieces(ir.activation("gelu"))
    tail = parse(piece["formula"], "σ", variable=True).at(arb(-20))[0]
    assert tail < 0 and tail.rad() < abs(tail) / 10**6


@pytest.mark.parametrize("subject", catalogue_activations(), ids=lambda subject: subject.name)
def test_the_catalogue_and_its_potentials_can_be_printed(subject: Activation) -> None:
    """σ needs the functions of the grammar, G those of closed forms too."""
    for piece in pieces(subject):
        parse(piece["formula"], "σ", variable=True)
    for formula in derive_G(subject).closed_forms:
        if formula is not None:
            parse(polish(formula), "G", variable=True, closed_form=True)


def test_irrational_breakpoints_are_refused() -> None:
    """The format has rational ones."""
    with pytest.raises(NoCertificateError, match="breakpoint pi"):
        pieces(ir.activation("abs(u - pi)"))


# schema and bytes


def test_the_schema_is_a_schema() -> None:
    """Draft 2020-12, with one definition for each kind of certificate."""
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(schema())
    assert len(schema()["oneOf"]) == 7


def test_schema_and_checker_state_the_same_theorems() -> None:
    """Words and formulas were written once."""
    path = Path(__file__).parents[1] / "implicitreg_checker" / "theorems.json"
    stated = json.loads(path.read_text(encoding="utf-8"))
    assert {kind: theorem(kind) for kind in stated} == stated and len(stated) == 7


def test_schema_and_checker_know_the_same_functions() -> None:
    """The tokens of the grammar are listed in both."""
    pattern = schema()["$defs"]["closedForm"]["pattern"]
    assert all(f"|{name}|" in pattern for name in (*FUNCTIONS, *CLOSED_FORM_FUNCTIONS))


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"theorem": {"words": "1 = 1", "formula": "1 = 1"}},
        {"given": {"expression": "log u"}},
        {"given": {"expression": "log 2", "more": "1"}},
        {"found": {"value": {"mid": [1, 0], "rad": ["0", 0]}}},
        {"found": {"value": {"mid": ["01", 0], "rad": ["0", 0]}}},
        {"witness": {"precision": 10}},
        {"extra": 1},
    ],
    ids=str,
)
def test_what_does_not_conform_is_refused(change: dict[str, Any]) -> None:
    """A wrong field makes the whole invalid, and the complaint is one line."""
    certificate = value_certificate(sp.log(2))
    validate(certificate)
    with pytest.raises(ValueError, match="does not conform to its schema") as refusal:
        certificate_text({**certificate, **change})
    assert "\n" not in str(refusal.value)


def test_the_bytes_are_those_of_the_golden_file() -> None:
    """Two processes with different hash seeds write the same bytes as the run that was kept."""
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"}
        written = subprocess.run(
            [sys.executable, "-c", WRITE_GOLDEN], capture_output=True, check=True, env=environment
        )
        assert written.stdout == GOLDEN.read_bytes()


def test_values_do_not_depend_on_the_precision_in_force() -> None:
    """The ambient precision of flint is no part of a certificate."""
    texts = set()
    for bits in (53, 1000):
        with flint.ctx.workprec(bits):
            texts.add(certificate_text(value_certificate(sp.sqrt(2) + sp.LambertW(3))))
    assert len(texts) == 1
