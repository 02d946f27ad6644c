"""Balls and series enclose what mpmath computes with more digits, for every operation; decimals are
correct."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import flint
import mpmath
import pytest
import sympy as sp
from flint import acb, arb, arb_series
from hypothesis import given
from hypothesis import strategies as st

from implicitreg_sym.activations import real_ball
from implicitreg_sym.errors import InputError
from implicitreg_sym.evaluate import Ball, compile_expression, exact_decimal
from implicitreg_sym.evaluate.operations import OPERATIONS
from implicitreg_sym.strategies import formulas
from implicitreg_sym.symbols import u, w

HALF = sp.Rational(1, 2)
# operation: expression, the interval of real arguments, the same function written for mpmath
FUNCTIONS: dict[str, tuple[sp.Expr, tuple[int, int], Callable[[mpmath.mpf], mpmath.mpf]]] = {
    "add": (u + sp.pi, (-9, 9), lambda v: v + mpmath.pi),
    "mul": (3 * u / 7, (-9, 9), lambda v: 3 * v / 7),
    "power": (u**3 - u**-2, (1, 9), lambda v: v * v * v - 1 / (v * v)),
    "root": (
        sp.cbrt(u) + u ** sp.Rational(-3, 2),
        (1, 9),
        lambda v: mpmath.cbrt(v) + 1 / (v * mpmath.sqrt(v)),
    ),
    "pi": (u * sp.pi, (-9, 9), lambda v: v * mpmath.pi),
    "e": (u + sp.E, (-9, 9), lambda v: v + mpmath.e),
    "exp": (sp.exp(u), (-9, 9), mpmath.exp),
    "log": (sp.log(u), (1, 9), mpmath.log),
    "log1p": (sp.log(1 + u), (0, 9), lambda v: mpmath.log(1 + v)),
    "sin": (sp.sin(u), (-9, 9), mpmath.sin),
    "cos": (sp.cos(u), (-9, 9), mpmath.cos),
    "tan": (sp.tan(u), (-1, 1), lambda v: mpmath.sin(v) / mpmath.cos(v)),
    "sec": (sp.sec(u), (-1, 1), lambda v: 1 / mpmath.cos(v)),
    "csc": (sp.csc(u), (1, 3), lambda v: 1 / mpmath.sin(v)),
    "cot": (sp.cot(u), (1, 3), lambda v: mpmath.cos(v) / mpmath.sin(v)),
    "sinh": (sp.sinh(u), (-9, 9), lambda v: (mpmath.exp(v) - mpmath.exp(-v)) / 2),
    "cosh": (sp.cosh(u), (-9, 9), lambda v: (mpmath.exp(v) + mpmath.exp(-v)) / 2),
    "tanh": (sp.tanh(u), (-9, 9), lambda v: 1 - 2 / (1 + mpmath.exp(2 * v))),
    "sech": (sp.sech(u), (-9, 9), lambda v: 2 / (mpmath.exp(v) + mpmath.exp(-v))),
    "csch": (sp.csch(u), (1, 9), lambda v: 2 / (mpmath.exp(v) - mpmath.exp(-v))),
    "coth": (sp.coth(u), (1, 9), lambda v: 1 + 2 / (mpmath.exp(2 * v) - 1)),
    "asin": (sp.asin(u / 10), (-9, 9), lambda v: mpmath.asin(v / 10)),
    "acos": (sp.acos(u / 10), (-9, 9), lambda v: mpmath.pi / 2 - mpmath.asin(v / 10)),
    "atan": (sp.atan(u), (-9, 9), mpmath.atan),
    "asinh": (sp.asinh(u), (-9, 9), lambda v: mpmath.asinh(v)),
    "acosh": (sp.acosh(1 + u), (1, 9), lambda v: mpmath.log(1 + v + mpmath.sqrt(v * (v + 2)))),
    "atanh": (sp.atanh(u / 10), (-9, 9), lambda v: mpmath.log((10 + v) / (10 - v)) / 2),
    "erf": (sp.erf(u), (-9, 9), mpmath.erf),
    "erfc": (sp.erfc(u), (-9, 9), mpmath.erfc),
    "erfi": (sp.erfi(u), (-5, 5), mpmath.erfi),
    "abs": (sp.Abs(u), (-9, -1), lambda v: -v),
    "sign": (sp.sign(u) * u, (-9, -1), lambda v: -v),
    "lambertw": (sp.LambertW(u), (0, 9), lambda v: mpmath.lambertw(v).real),
    "dilogarithm": (sp.polylog(2, -sp.exp(u)), (-9, 9), lambda v: mpmath.polylog(2, -mpmath.exp(v)).real),
    "hyper": (
        sp.hyper((1, 1), (sp.Rational(3, 2), 2), u),
        (-5, 5),
        lambda v: mpmath.hyper((1, 1), (mpmath.mpf(3) / 2, 2), v),
    ),
}


def number(ball: arb) -> tuple[mpmath.mpf, mpmath.mpf]:
    """Middle and radius of a ball as mpmath numbers, exact at the precision of the tests."""
    exact = Ball.from_arb(ball)
    return mpmath.mpf(exact.middle.numerator) / exact.middle.denominator, mpmath.mpf(
        exact.radius.numerator
    ) / exact.radius.denominator


def encloses(ball: arb, value: mpmath.mpf) -> bool:
    """Whether the ball contains a number known to about 60 digits."""
    middle, radius = number(ball)
    return bool(abs(middle - value) <= radius + mpmath.mpf(10) ** -50 * max(1, abs(value)))


def test_every_operation_is_tested() -> None:
    """The table above has a line for each operation, and its expression uses it."""
    assert set(FUNCTIONS) == set(OPERATIONS)
    for name, (expression, _interval, _function) in FUNCTIONS.items():
        assert name in {step.operation for step in compile_expression(expression, (u,)).instructions}


@pytest.mark.parametrize("name", FUNCTIONS)
@given(part=st.fractions(0, 1, max_denominator=1000))
def test_balls_enclose_the_function(name: str, part: Fraction) -> None:
    """At exact points and over wide balls, real and complex evaluation contain the true value."""
    expression, (low, high), function = FUNCTIONS[name]
    program = compile_expression(expression, (u,))
    point = low + (high - low) * part
    with mpmath.workdps(60), flint.ctx.workprec(110):
        value = function(mpmath.mpf(point.numerator) / point.denominator)
        exact = arb(point.numerator) / point.denominator
        for argument in (
            exact,
            exact + arb(0, Fraction(1, 2**20)) if False else exact + arb(0, arb(2) ** -20),
        ):
            enclosure = program.arb(argument)
            if enclosure.is_finite():
                assert encloses(enclosure, value)
                assert encloses(program.acb(acb(argument)).real, value)
        if low < point < high:
            assert program.arb(exact).is_finite() and program.arb(exact).rel_accuracy_bits() > 60
        assert abs(program.mp(mpmath.mpf(point.numerator) / point.denominator) - value) <= mpmath.mpf(
            10
        ) ** -45 * max(1, abs(value))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_series_enclose_the_taylor_coefficients(name: str) -> None:
    """The jet at a point, and over a ball around it, contains mpmath's Taylor coefficients."""
    expression, (low, high), function = FUNCTIONS[name]
    point = Fraction(2 * low + high, 3) + Fraction(1, 7)
    with mpmath.workdps(60), flint.ctx.workprec(160):
        centre = mpmath.mpf(point.numerator) / point.denominator
        expected = mpmath.taylor(function, centre, 4)
        exact = arb(point.numerator) / point.denominator
        for argument in (exact, exact + arb(0, arb(2) ** -30)):
            jet = compile_expression(expression, (u,)).jet(argument, 5)
            for coefficient, value in zip(jet, expected, strict=True):
                middle, radius = number(coefficient)
                assert abs(middle - value) <= radius + mpmath.mpf(10) ** -20 * max(1, abs(value))


@given(formulas(), st.fractions(-3, 3, max_denominator=50))
def test_random_formulas_are_enclosed(formula: sp.Expr, point: Fraction) -> None:
    """Whatever formula: SymPy's own 60 digits lie in the ball, and the jet's second entry is the
    derivative."""
    program, exact = compile_expression(formula, (u,)), arb(point.numerator) / point.denominator
    at = sp.Rational(point.numerator, point.denominator)
    with mpmath.workdps(60), flint.ctx.workprec(120):
        assert encloses(program.arb(exact), mpmath.mpf(sp.N(formula.subs(u, at), 60)))
        slope = program.jet(exact, 2)[1]
        assert slope.overlaps(compile_expression(sp.diff(formula, u), (u,)).arb(exact))


@pytest.mark.parametrize(
    ("expression", "cut", "fine"),
    [
        (sp.log(u), (-1, 0), (-1, 1)),
        (sp.sqrt(u), (-1, 0), (1, 0)),
        (sp.log(1 + u), (-2, 0), (2, 1)),
        (sp.atan(u), (0, 2), (2, 2)),
        (sp.asinh(u), (0, -2), (0, 0)),
        (sp.asin(u), (2, 0), (2, 1)),
        (sp.acos(u), (-2, 0), (0, 0)),
        (sp.atanh(u), (2, 0), (0, 2)),
        (sp.acosh(u), (0, 0), (2, 0)),
        (sp.polylog(2, u), (2, 0), (2, 1)),
        (sp.hyper((1, 1), (2,), u), (2, 0), (-2, 0)),
        (sp.LambertW(u), (-1, 0), (1, 0)),
        (sp.Abs(u), (1, 0), None),
        (sp.sign(u), (1, 0), None),
    ],
)
def test_analyticity_is_refused_at_branch_cuts(
    expression: sp.Expr, cut: tuple[int, int], fine: tuple[int, int] | None
) -> None:
    """With ``analytic`` a ball that meets a cut gives no finite value, one that does not gives one."""
    program, blur = compile_expression(expression, (u,)), acb(arb(0, 0.01), arb(0, 0.01))
    assert not program.acb(acb(*cut) + blur, analytic=True).is_finite()
    if fine is not None:
        assert program.acb(acb(*fine) + blur, analytic=True).is_finite()


@pytest.mark.parametrize("point", [-60, -30, 30, 60])
@pytest.mark.parametrize(
    ("expression", "stable"),
    [
        (1 + sp.erf(u), lambda v: mpmath.erfc(-v)),
        (1 - sp.erf(u), mpmath.erfc),
        (1 + sp.tanh(u), lambda v: 2 / (1 + mpmath.exp(-2 * v))),
        (1 - sp.tanh(u), lambda v: 2 / (1 + mpmath.exp(2 * v))),
        (1 - sp.tanh(u) ** 2, lambda v: 1 / mpmath.cosh(v) ** 2),
        (sp.log(1 + sp.exp(u)), lambda v: mpmath.log1p(mpmath.exp(v))),
    ],
)
def test_tails_keep_their_relative_accuracy(
    expression: sp.Expr, stable: Callable[[mpmath.mpf], mpmath.mpf], point: int
) -> None:
    """Forms that cancel are rewritten: 53 bits suffice where the value is 1e-50 or less."""
    with flint.ctx.workprec(53):
        ball = compile_expression(expression, (u,)).arb(arb(point))
        assert ball.rel_accuracy_bits() > 30
    with mpmath.workdps(60):
        middle, radius = number(ball)
        value = stable(mpmath.mpf(point))
        assert abs(middle - value) <= radius + abs(value) / mpmath.mpf(10) ** 40


@given(
    st.integers(-40, 40), st.integers(0, 60), st.sampled_from([2, 3, 4, 5, -1, -2, -3]), st.integers(-10, 10)
)
def test_powers_of_balls_about_zero_are_enclosed(middle: int, radius: int, exponent: int, part: int) -> None:
    """An integer power of a ball contains the powers of its points, also where the ball is centred at
    zero."""
    ball = compile_expression(u**exponent, (u,)).arb(arb(middle, radius))
    inside = Fraction(middle) + Fraction(radius * part, 10)
    if exponent > 0 or abs(middle) > radius + 1:
        assert ball.is_finite()
    if ball.is_finite():
        assert inside**exponent in Ball.from_arb(ball)
    if exponent > 0 and exponent % 2 == 0 and abs(middle) > radius:
        assert ball > 0


def test_two_variables_and_series_arguments() -> None:
    """Programs take several arguments, and compose with power series."""
    program = compile_expression(u * sp.exp(w), (u, w))
    assert program.arb(arb(2), arb(0)) == 2
    series = program.series(arb_series([2, 1], prec=3), arb_series([0, 1], prec=3), length=3)
    assert [int(entry.unique_fmpz() or -1) for entry in series.coeffs()[:2]] == [2, 3]
    before = flint.ctx.cap
    program.series(arb_series([2, 1], prec=3), arb_series([0, 1], prec=3), length=3)
    assert flint.ctx.cap == before


@pytest.mark.parametrize(
    "expression", [sp.gamma(u), sp.polylog(3, u), w + u, sp.Integral(u, (u, 0, u)), sp.zeta(u)]
)
def test_what_has_no_rigorous_meaning_is_refused(expression: sp.Expr) -> None:
    """An unknown function or symbol is misuse, not an approximation."""
    with pytest.raises(InputError, match="cannot be evaluated rigorously"):
        compile_expression(expression, (u,))


def test_undefined_values_are_not_finite() -> None:
    """A pole, a root of a negative number and a breakpoint inside the ball are not hidden."""
    for expression, ball in (
        (1 / u, arb(0, 1)),
        (sp.sqrt(u), arb(-2)),
        (sp.cbrt(u), arb(-2)),
        (sp.log(u), arb(0, 1)),
    ):
        assert not compile_expression(expression, (u,)).arb(ball).is_finite()
    assert not compile_expression(sp.Abs(u), (u,)).jet(arb(0, 1), 2)[0].is_finite()
    assert real_ball(sp.oo) > 10**9 and real_ball(-sp.oo) < -(10**9)


@given(
    st.fractions(max_denominator=10**9),
    st.fractions(0, 1, max_denominator=10**6),
    st.integers(-30, 30),
    st.integers(1, 25),
)
def test_decimals_are_correct_and_radii_are_upper_bounds(
    middle: Fraction, radius: Fraction, shift: int, digits: int
) -> None:
    """Each point of the ball is within one unit in the last place of the decimal; otherwise the decimal is
    refused."""
    ball = Ball(middle * Fraction(10) ** shift, radius * Fraction(10) ** (shift - digits))
    assert Fraction(ball.radius_text()) >= ball.radius
    if ball.radius:
        assert Fraction(ball.radius_text()) <= ball.radius * Fraction(111, 100)
    try:
        text = ball.decimal(digits)
    except InputError:
        return
    figures, _, exponent = text.partition("e")
    unit = Fraction(Decimal(1).scaleb(Decimal(figures).as_tuple().exponent + int(exponent or 0)))  # type: ignore[operator]
    if "." not in figures or "e" in text:
        first = Decimal(text).adjusted()
        unit = (
            min(unit, Fraction(10) ** (first - digits + 1))
            if ball.radius
            else max(unit, Fraction(10) ** (first - digits + 1))
        )
    for end in (ball.lower, ball.upper):
        assert abs(Fraction(text) - end) <= max(unit, Fraction(10) ** (Decimal(text).adjusted() - digits + 1))


@pytest.mark.parametrize(
    ("ball", "digits", "text"),
    [
        (Ball(Fraction(2, 3)), 5, "0.66667"),
        (Ball(Fraction(10) ** 30, Fraction(1)), 5, "1e+30"),
        (Ball(Fraction(12345, 10**14), Fraction(1, 10**30)), 4, "1.234e-10"),
        (Ball(Fraction(0), Fraction(1, 10**40)), 10, "0"),
        (Ball(Fraction(1, 10**12), Fraction(2, 10**12)), 10, "0"),
        (Ball(Fraction(-99999, 100000), Fraction(1, 10**9)), 3, "-1.00"),
        (Ball(Fraction(0)), 5, "0"),
    ],
)
def test_decimals_by_example(ball: Ball, digits: int, text: str) -> None:
    """Rounding, scientific notation and balls about zero, worked by hand."""
    assert ball.decimal(digits) == text


def test_a_ball_without_digits_says_so() -> None:
    """Too wide a ball refuses, about zero and elsewhere; an infinite one cannot be kept; thirds are
    enclosed."""
    for ball in (Ball(Fraction(1), Fraction(1, 100)), Ball(Fraction(0), Fraction(1, 100))):
        with pytest.raises(InputError, match="does not carry"):
            ball.decimal(5)
    with pytest.raises(ArithmeticError, match="not finite"):
        Ball.from_arb(arb("nan"))
    assert Ball(Fraction(1, 3)).to_arb().contains(arb(1) / 3)
    assert exact_decimal(Fraction(1, 8), 2) == "0.12" and Ball(Fraction(99999, 10**9)).radius_text() == "0"
    assert Ball(Fraction(0), Fraction(9999, 10**8)).radius_text() == "1.0e-04"
