"""Activations: pieces, derivatives at breakpoints, increments of G by two routes, signs and roots."""

from __future__ import annotations

from typing import Any

import flint
import pytest
from flint import arb, fmpq
from mpmath import mp, mpf

from implicitreg_checker.activation import (
    Activation,
    Piece,
    hull_of,
    integral,
    keeps_sign,
    newton,
    read_activation,
)
from implicitreg_checker.errors import RejectedError, UnreadableError
from implicitreg_checker.expression import parse

from . import oracle
from .examples import refused

SIGMOID = [{"below": None, "formula": "/ 1 + 1 exp neg u"}]
KINKED = [
    {"below": "-1/3", "formula": "+ / u 2 -1/6"},
    {"below": "2", "formula": "u"},
    {"below": None, "formula": "- ^2 u 2"},
]


@pytest.fixture(autouse=True)
def _precision() -> Any:
    before, flint.ctx.prec = flint.ctx.prec, 128
    yield
    flint.ctx.prec = before


def with_potentials(pieces: Any, *texts: str) -> Activation:
    potentials = [parse(text, "it", variable=True, closed_form=True) for text in texts]
    return Activation(
        tuple(
            Piece(piece.lower, piece.upper, piece.formula, potential)
            for piece, potential in zip(read_activation(pieces).pieces, potentials, strict=True)
        )
    )


def near(ball: arb, value: Any, bits: int = 100) -> bool:
    mantissa, exponent = ball.mid().man_exp()
    middle = mpf(int(mantissa)) * mpf(2) ** int(exponent)
    return bool(ball.rad() < arb((1, -bits)) and abs(middle - value) < mpf(2) ** (2 - bits))


def test_pieces_meet_the_points_of_their_closed_interval() -> None:
    left, middle, right = read_activation(KINKED).pieces
    assert (left.lower, left.upper, middle.lower, middle.upper) == (None, fmpq(-1, 3), fmpq(-1, 3), 2)
    assert (right.lower, right.upper) == (2, None)
    for point, expected in (
        (arb(-1), [True, False, False]),
        (arb(0), [False, True, False]),
        (arb(2), [False, True, True]),
        (arb(3), [False, False, True]),
        (arb(fmpq(-1, 3)), [True, True, False]),
        (arb(1, 5), [True, True, True]),
        (arb(-1, 0.5), [True, False, False]),
    ):
        assert [piece.meets(point) for piece in (left, middle, right)] == expected
    assert Piece(fmpq(0), None, left.formula).potential is None


@pytest.mark.parametrize(
    ("pieces", "message"),
    [
        ({}, "activation must be a list of 1 to 20 entries"),
        ([], "activation must be a list of 1 to 20 entries"),
        ([SIGMOID[0]] * 21, "activation must be a list of 1 to 20 entries"),
        ([{"below": None}], "activation[0] lacks 'formula'"),
        ([{"below": None, "formula": "u", "x": 1}], "activation[0] has the unknown key 'x'"),
        ([{"below": None, "formula": 1}], "activation[0].formula must be a string"),
        (
            [{"below": None, "formula": "li2 u"}],
            "activation[0].formula, token 'li2' must be a rational p/q of at most 1000 characters",
        ),
        ([{"below": 0, "formula": "u"}], "activation[0].below must be a string"),
        (
            [{"below": "0", "formula": "u"}],
            'activation[0]: breakpoints must ascend, and only the last "below" is null',
        ),
        (SIGMOID * 2, 'activation[0]: breakpoints must ascend, and only the last "below" is null'),
        (
            [{"below": "0", "formula": "u"}] * 2 + SIGMOID,
            'activation[1]: breakpoints must ascend, and only the last "below" is null',
        ),
        (
            [{"below": "1", "formula": "u"}, {"below": "0", "formula": "u"}, *SIGMOID],
            'activation[1]: breakpoints must ascend, and only the last "below" is null',
        ),
    ],
)
def test_unreadable_activations_are_named(pieces: Any, message: str) -> None:
    refused(UnreadableError, message, read_activation, pieces)
    refused(UnreadableError, message.replace("activation", "it"), read_activation, pieces, "it")


def test_an_activation_has_at_most_20_pieces() -> None:
    pieces = [{"below": str(k), "formula": "u"} for k in range(19)] + SIGMOID
    assert len(read_activation(pieces).pieces) == 20


def test_value_slope_and_jet_are_those_of_the_piece() -> None:
    sigma = read_activation(KINKED)
    assert sigma.value(arb(-1)).overlaps(arb(fmpq(-2, 3))) and sigma.slope(arb(-1)) == arb(0.5)
    assert sigma.value(arb(3)) == 7 and sigma.slope(arb(3)) == 6
    assert sigma.jet(arb(3), 3) == [7, 6, 1]


def test_at_a_breakpoint_the_slope_is_the_hull_of_both_sides() -> None:
    sigma = read_activation(KINKED)
    slope = sigma.slope(arb(2))
    assert slope.contains(arb(1)) and slope.contains(arb(4)) and slope.contains(arb(2)) and slope.rad() < 1.6
    ratio = sigma.ratio(arb(2))
    assert ratio.contains(arb(2)) and ratio.contains(arb(0.5)) and ratio.rad() < 0.8
    ratio = sigma.ratio(arb(2, 0.5))
    assert ratio.contains(arb(1.5)) and ratio.contains(arb(4.25) / 5)


def test_degree_and_ratio_at_a_point() -> None:
    sigma = read_activation(SIGMOID)
    with mp.workdps(60):
        judge = oracle.Activation(SIGMOID)
        assert near(sigma.degree(arb(2)), judge.degree(mpf(2)))
        assert near(sigma.ratio(arb(2)), judge.ratio(mpf(2)))


def test_a_point_inside_one_piece_names_it_and_a_breakpoint_is_refused() -> None:
    sigma = read_activation(KINKED)
    assert sigma.piece_of(arb(0)) is sigma.pieces[1] and sigma.piece_of(arb(5, 1)) is sigma.pieces[2]
    for point in (arb(2), arb(0, 1), arb(1.9, 0.2)):
        refused(RejectedError, "a point lies inside one piece of σ", sigma.piece_of, point)


@pytest.mark.parametrize(
    ("start", "end"),
    [("-1", "1"), ("1", "-1"), ("-1/3", "2"), ("2", "-1/3"), ("0", "3"), ("3", "-2"), ("1", "1"), ("2", "5")],
)
def test_increments_of_g_by_quadrature_and_by_closed_forms_are_those_of_mpmath(start: str, end: str) -> None:
    closed = with_potentials(KINKED, "/ ^2 - u 1/3 2", "+ 5 / ^2 u 2", "- / ^2 u 4 logabs u")
    ends = [arb(fmpq(*map(int, text.split("/")))) for text in (start, end)]
    with mp.workdps(50):
        rise = oracle.Activation(KINKED).rise(oracle.number_of(start), oracle.number_of(end))
        assert near(read_activation(KINKED).rise(*ends), rise)
        assert near(closed.rise(*ends), rise)


@pytest.mark.parametrize(
    ("start", "end"),
    [(arb(1, 0.125), arb(3, 0.25)), (arb(3, 0.25), arb(1, 0.125)), (arb(1, 0.25), arb(1.125, 0.25))],
)
def test_increments_between_balls_hold_those_of_all_their_points_and_are_not_much_wider(
    start: arb, end: arb
) -> None:
    sigma = read_activation(SIGMOID)
    whole = sigma.rise(start, end)
    corners = [
        sigma.rise(low, high) for low in (start.lower(), start.upper()) for high in (end.lower(), end.upper())
    ]
    assert all(whole.contains(corner) for corner in corners)
    width = start.rad() * (1 + start.upper().exp()) + end.rad() * (1 + end.upper().exp())
    assert whole.rad() < 1.5 * width


def test_an_increment_over_a_pole_of_the_integrand_is_not_finite() -> None:
    sigma = read_activation([{"below": None, "formula": "cos u"}])
    assert not sigma.rise(arb(-1), arb(1)).is_finite()
    assert not integral(sigma.pieces[0], arb(-1), arb(1)).is_finite()


def test_an_integral_between_balls_holds_all_integrals() -> None:
    piece = read_activation(SIGMOID).pieces[0]
    whole = integral(piece, arb(0, 0.0625), arb(1, 0.125))
    corners = [integral(piece, arb(low), arb(high)) for low in (-0.0625, 0.0625) for high in (0.875, 1.125)]
    assert all(whole.contains(corner) for corner in corners) and whole.rad() < 1.2
    assert integral(piece, arb(0), arb(1)).rad() < arb((1, -110))


def test_a_potential_that_jumps_on_the_way_is_refused() -> None:
    text = "+ + u exp u + atan - u 1/3 atan / 1 - u 1/3"  # the last two sum up to ±π/2
    sigma = with_potentials(SIGMOID, text)
    assert sigma.rise(arb(1), arb(2)).overlaps(read_activation(SIGMOID).rise(arb(1), arb(2)))
    message = "the potential is defined on the arc: the sign is not proved near u = 0.333333"
    refused(RejectedError, message, sigma.rise, arb(-1), arb(2))


def test_a_strict_sign_is_proved_or_refused() -> None:
    assert keeps_sign(lambda u: u * u + 1, arb(-3), arb(5), "it") == 1
    assert keeps_sign(lambda u: -1 - u * u, arb(5), arb(-3), "it") == -1
    assert keeps_sign(lambda u: u, arb(1), arb(1), "it") == 1
    assert keeps_sign(lambda u: u * u - u + arb(0.26), arb(-1), arb(2), "it") == 1
    for function in (
        lambda u: u,
        lambda u: u * u,
        lambda u: u * u - 0.01,
        lambda u: u.log(),
        lambda u: arb("nan"),
    ):
        with pytest.raises(RejectedError, match="^it: the sign is not proved near u = "):
            keeps_sign(function, arb(-1), arb(1.5), "it")
    message = "it: the sign is not proved near u = -1.00000"
    refused(RejectedError, message, keeps_sign, lambda u: arb("nan"), arb(-1), arb(1), "it")


def test_the_sign_between_two_balls_is_that_on_their_hull() -> None:
    low, high = hull_of(arb(2, 1), arb(-1, 0.5), arb(0))
    assert low <= -1.5 and low > -1.51 and high >= 3 and high < 3.01
    for ends in ((arb(1, 0.5), arb(2)), (arb(2), arb(1, 0.5)), (arb(1), arb(2, 1.5)), (arb(2, 1.5), arb(1))):
        assert keeps_sign(lambda u: u, *ends, "it") == 1
    with pytest.raises(RejectedError):
        keeps_sign(lambda u: u - arb(0.6), arb(1, 0.5), arb(2), "it")
    with pytest.raises(RejectedError):
        keeps_sign(lambda u: 3 - u, arb(1), arb(2, 1.5), "it")


def test_a_sign_that_needs_too_many_balls_is_refused() -> None:
    calls = []

    def slow(u: arb) -> arb:
        calls.append(u)
        return arb(1) if u.rad() < arb((1, -16)) else arb(0, 1)

    with pytest.raises(RejectedError, match="^it: the sign is not proved near u = 0"):
        keeps_sign(slow, arb(0), arb(1), "it")
    assert 20_000 < len(calls) < 40_100


def test_newton_proves_one_root_and_returns_a_smaller_ball() -> None:
    root = newton(lambda x: x * x - 2, lambda x: 2 * x, arb(1.5, 0.25), "it")
    assert root.overlaps(arb(2).sqrt()) and root.rad() < 0.02
    message = "it: interval Newton does not map {} into its interior"
    for box in (arb(0, 2), arb(1, 0.25), arb(3, 0.5), arb(1, 4)):
        refused(
            RejectedError, message.format(box.str(6)), newton, lambda x: x * x - 2, lambda x: 2 * x, box, "it"
        )
    box = arb(-1, 0.5)
    refused(RejectedError, message.format(box.str(6)), newton, lambda x: x.log(), lambda x: 1 / x, box, "it")
    box = arb(1, 0.5)
    refused(
        RejectedError, message.format(box.str(6)), newton, lambda x: x - 1, lambda x: arb("nan"), box, "it"
    )
    message = "it: interval Newton does not map [1.23457 +/- 3.12e-6] into its interior"
    box = arb("1.23456789", "1e-6")
    refused(RejectedError, message, newton, lambda x: x, lambda x: arb(1), box, "it")
    for slope in (arb(0), arb(0, 1)):
        with pytest.raises(RejectedError):
            newton(lambda x: x - 1, lambda x, slope=slope: slope, arb(1, 0.5), "it")
