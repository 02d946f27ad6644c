"""Thousands of digits: limits agree with mpmath, are nested, and are not certified when the remainder is
dropped; joint programs and their Taylor coefficients equal those of each expression alone."""

from __future__ import annotations

from fractions import Fraction

import flint
import mpmath
import pytest
import sympy as sp
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

import implicitreg_sym as ir
from implicitreg_sym.evaluate import Ball, compile_expression
from implicitreg_sym.evaluate.exact_arguments import exp_of_rational
from implicitreg_sym.evaluate.program import translate
from implicitreg_sym.evaluate.recurrences import Graph, NoRecurrenceError
from implicitreg_sym.evaluate.straight_line import straight_line
from implicitreg_sym.evaluate.taylor_integral import bound_on_disc, taylor_integral
from implicitreg_sym.limits import high_order
from implicitreg_sym.limits.branch import Branch
from implicitreg_sym.limits.phases import find_branch
from implicitreg_sym.limits.plane import PlaneFlow
from implicitreg_sym.limits.refine import PlanePoint, recertify, refine
from implicitreg_sym.strategies import formulas
from implicitreg_sym.symbols import u

START = ir.Point((sp.Rational(3, 10),), sp.Rational(7, 10))
SAMPLE = ir.Sample((sp.Integer(2),), sp.Rational(3, 2))
# written out here, G by hand: nothing of the package serves
POTENTIALS = {
    "sigmoid": (lambda v: 1 / (1 + mpmath.exp(-v)), lambda v: v + mpmath.exp(v)),
    "tanh": (mpmath.tanh, lambda v: mpmath.sinh(v) ** 2 / 2),
    "sinh": (mpmath.sinh, lambda v: mpmath.log(mpmath.cosh(v))),
    "arctan": (
        mpmath.atan,
        lambda v: (v**3 / 3 + v) * mpmath.atan(v) - v**2 / 6 - mpmath.log(v**2 + 1) / 3,
    ),
    "cosh": (mpmath.cosh, lambda v: mpmath.log(mpmath.sinh(v))),
    "asinh": (
        mpmath.asinh,
        lambda v: (2 * v * mpmath.sqrt(v**2 + 1) * mpmath.asinh(v) + mpmath.asinh(v) ** 2 - v**2) / 4,
    ),
    "squareplus": (
        lambda v: (v + mpmath.sqrt(v * v + 4)) / 2,
        lambda v: v * mpmath.sqrt(v**2 + 4) / 2 + 2 * mpmath.asinh(v / 2),
    ),
    "power(3)": (lambda v: v**3, lambda v: v**2 / 6),
    "softsign": (lambda v: v / (1 + v), lambda v: v**3 / 3 + v**2 / 2),
}


def plane_and_branch(
    name: str, start: ir.Point = START, sample: ir.Sample = SAMPLE
) -> tuple[PlaneFlow, Branch]:
    plane = PlaneFlow.of(ir.Network(ir.activation(name)), start, sample)
    branch = find_branch(plane)
    assert isinstance(branch, Branch)
    return plane, branch


def distance(ball: Ball, number: mpmath.mpf) -> mpmath.mpf:
    return abs(mpmath.mpf(ball.middle.numerator) / ball.middle.denominator - number)


def root_by_mpmath(name: str, near: Fraction, digits: int) -> tuple[mpmath.mpf, mpmath.mpf]:
    """u and a of the limit, by mpmath.findroot."""
    sigma, potential = POTENTIALS[name]
    start = mpmath.mpf(3) / 5

    def weight(v: mpmath.mpf) -> mpmath.mpf:
        return mpmath.mpf(49) / 100 + (potential(v) - potential(start)) / 2

    tolerance = mpmath.mpf(10) ** (-2 * digits)
    root = mpmath.findroot(
        lambda v: weight(v) * sigma(v) ** 2 - mpmath.mpf(9) / 4, float(near), tol=tolerance
    )
    return root, mpmath.sqrt(weight(root))


@pytest.mark.parametrize("name", POTENTIALS)
def test_thousand_digits_agree_with_findroot(name: str) -> None:
    plane, branch = plane_and_branch(name)
    point = refine(plane, branch, 1000)
    with mpmath.workdps(1030):
        root, a = root_by_mpmath(name, point.u.middle, 1010)
        assert distance(point.u, root) < mpmath.mpf(10) ** -1001
        assert distance(point.a, a) < mpmath.mpf(10) ** -1001
    assert recertify(plane, branch, point)


def test_ten_thousand_digits_of_p1_agree_with_findroot() -> None:
    plane, branch = plane_and_branch("sigmoid")
    point = refine(plane, branch, 10_000)
    with mpmath.workdps(10_020):
        root, a = root_by_mpmath("sigmoid", point.u.middle, 10_005)
        assert distance(point.u, root) < mpmath.mpf(10) ** -10_001
        assert distance(point.a, a) < mpmath.mpf(10) ** -10_001


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "elu", "erf", "cos", "gelu"])
def test_enclosures_of_growing_precision_overlap_and_shrink(name: str) -> None:
    plane, branch = plane_and_branch(name)
    points = [refine(plane, branch, digits) for digits in (60, 250, 500)]
    for coarse, fine in zip(points, points[1:], strict=False):
        for wide, narrow in ((coarse.u, fine.u), (coarse.a, fine.a)):
            assert narrow.radius < wide.radius
            assert wide.lower <= narrow.upper and narrow.lower <= wide.upper


@pytest.mark.parametrize(
    ("name", "start", "target"),
    [("tanh", "-4/5", "1"), ("sigmoid", "-3/10", "2"), ("sigmoid", "3/10", "0"), ("tanh", "1/10", "-2")],
)
def test_after_a_turn_and_at_rest_in_a(name: str, start: str, target: str) -> None:
    point = ir.Point((sp.Rational(1, 2),), sp.Rational(start))
    plane, branch = plane_and_branch(name, point, ir.Sample((sp.Integer(1),), sp.Rational(target)))
    coarse, fine = refine(plane, branch, 60), refine(plane, branch, 300)
    for wide, narrow in ((coarse.u, fine.u), (coarse.a, fine.a)):
        assert wide.lower <= narrow.upper and narrow.lower <= wide.upper
    assert branch.zero is not None or recertify(plane, branch, fine)


def test_a_wrong_digit_is_not_confirmed() -> None:
    plane, branch = plane_and_branch("sigmoid")
    point = refine(plane, branch, 300)
    moved = Ball(point.u.middle + 16 * point.u.radius, point.u.radius)
    assert recertify(plane, branch, point)
    assert not recertify(plane, branch, PlanePoint(moved, point.a, point.box))


def test_the_remainder_is_what_makes_the_enclosure_rigorous(monkeypatch: pytest.MonkeyPatch) -> None:
    """From a start with 20 digits one step has 80; without the remainder it would claim 200."""
    plane, _branch = plane_and_branch("sigmoid")
    (piece,) = plane.activation.pieces
    equation = high_order.root_equation(piece, u + sp.exp(u), "output")
    with flint.ctx.workprec(1200):
        kappa = arb(fmpq(3, 5)) + arb(fmpq(3, 5)).exp() - arb(fmpq(49, 50))
        constants = high_order.Constants(kappa, arb(4.5))
        exact = high_order.certified_root(equation, constants, arb(1.7659366166988727), 1200)
        assert exact is not None
        start = (exact.u + arb(10) ** -20).mid()
        honest = high_order.certified_root(equation, constants, start, 700, 700)
        over_ball = equation.over_ball.run

        def without_remainder(*arguments: object) -> tuple[arb, ...]:
            slope, f2, f3, _f4, _companion = over_ball(*arguments)
            # the value of F_4 with which the last coefficient vanishes
            return slope, f2, f3, 5 * f2 / slope * (f3 - f2 * f2 / slope), arb(0)

        broken = high_order.RootEquation(
            equation.step,
            equation.last,
            type(equation.over_ball)(equation.over_ball.source, without_remainder),
        )
        wrong = high_order.certified_root(broken, constants, start, 700, 700)
    assert honest is not None and honest.u.contains(exact.u)
    assert wrong is not None and not wrong.u.overlaps(exact.u)


def test_no_root_is_certified_far_from_one() -> None:
    plane, _branch = plane_and_branch("sigmoid")
    equation = high_order.root_equation(plane.activation.pieces[0], u + sp.exp(u), "output")
    constants = high_order.Constants(arb(100), arb(4.5))
    assert high_order.certified_root(equation, constants, arb(-20), 300, 300) is None


@settings(max_examples=60, deadline=None)
@given(st.lists(formulas(), min_size=2, max_size=3), st.fractions(Fraction(1, 8), 3, max_denominator=64))
def test_a_joint_program_and_its_coefficients_equal_those_alone(
    expressions: list[sp.Expr], point: Fraction
) -> None:
    order = 4
    instructions, places = translate(expressions, (u,))
    graph = Graph(instructions)
    ball = Ball(point).to_arb()
    with flint.ctx.workprec(160):
        alone = [compile_expression(expression, (u,)).jet(ball, order) for expression in expressions]
    for place, expected in zip(places, alone, strict=True):
        try:
            line = straight_line([(graph.nodes[place], range(order))], 1, order)
        except NoRecurrenceError:
            continue
        found = line.run((160,) * order, ball)
        for here, there in zip(found, expected, strict=True):
            assert not here.is_finite() or not there.is_finite() or here.overlaps(there)


@given(st.integers(-40, 40), st.integers(1, 10), st.sampled_from([2100, 9000]))
@settings(max_examples=25, deadline=None)
def test_exp_of_a_short_fraction(p: int, q: int, bits: int) -> None:
    with flint.ctx.workprec(bits):
        found = exp_of_rational(fmpq(p, q))
    with flint.ctx.workprec(bits + 100):
        assert found.overlaps(arb(fmpq(p, q)).exp())
    assert found.rel_accuracy_bits() > bits - 24


def test_taylor_integral_over_several_discs_and_refusal_at_a_pole() -> None:
    with flint.ctx.workprec(700):
        found = taylor_integral(compile_expression(1 / (1 + u**2), (u,)), arb(-3), arb(5))
        assert found.overlaps(arb(5).atan() + arb(3).atan()) and found.rel_accuracy_bits() > 660
        assert not taylor_integral(compile_expression(1 / u, (u,)), arb(-1), arb(1)).is_finite()
    assert bound_on_disc(compile_expression(sp.Abs(u), (u,)), arb(0), arb(1)) is None


def test_decimals_of_a_hundred_thousand_digits() -> None:
    digits = 100_000
    with flint.ctx.workprec(332_300):
        ball = Ball.from_arb(arb(2).sqrt())
    text = ball.decimal(digits)
    assert len(text) == digits + 1
    floor = (2 * flint.fmpz(10) ** (2 * digits - 2)).isqrt()
    assert flint.fmpz(text.replace(".", "")) - floor in (0, 1)
    assert ball.lower < ball.middle < ball.upper and ball.upper - ball.lower == 2 * ball.radius
