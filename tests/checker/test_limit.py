"""Limits: every example is accepted, and every step of the proof is needed."""

from __future__ import annotations

import contextlib
from typing import Any

import flint
import pytest
from flint import arb

from implicitreg_checker import limit
from implicitreg_checker.certificate import check
from implicitreg_checker.errors import RejectedError, UnreadableError
from implicitreg_checker.limit import number, sign_of

from .examples import NAMES, ball, changed, load, refused, refused_with, text

NEWTON = "interval Newton does not map"
SQUARE = [{"below": None, "formula": "^2 u"}]


def rejected(step: str, name: str, **changes: Any) -> None:
    refused_with(RejectedError, step, name, **changes)


def rejected_near(step: str, name: str, **changes: Any) -> None:
    with pytest.raises(RejectedError) as caught:
        check(text(changed(name, **changes)))
    assert str(caught.value).startswith(f"{step}: "), caught.value


def unreadable(message: str, name: str, **changes: Any) -> None:
    refused_with(UnreadableError, message, name, **changes)


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("limit")])
def test_examples_are_accepted(name: str) -> None:
    assert check(text(load(name))) == "limit"


def test_a_number_is_a_constant_with_the_functions_of_closed_forms() -> None:
    assert number("logabs -1", "it") == 0
    refused(UnreadableError, "it must be a string", number, 1, "it")
    message = "it, token 'u' must be a rational p/q of at most 1000 characters"
    refused(UnreadableError, message, number, "u", "it")


def test_the_sign_of_a_ball_that_holds_zero_is_refused() -> None:
    assert (sign_of(arb(1), "it"), sign_of(arb(-1), "it")) == (1, -1)
    for value in (arb(0), arb(0, 1), arb("nan")):
        refused(RejectedError, "it", sign_of, value, "it")


@pytest.mark.parametrize(
    "place", ["given", "given__start", "given__sample", "found", "witness", "given__rates"]
)
def test_objects_have_exactly_their_fields(place: str) -> None:
    name, dotted = "limit-vector", place.replace("__", ".")
    if place != "witness":
        unreadable(f"{dotted} must be an object", name, **{place: []})
    unreadable(f"{dotted} has the unknown key 'z'", name, **{f"{place}__z": "1"})
    example = load(name)
    target = example
    for key in place.split("__"):
        target = target[key]
    for key in list(target):
        if (place, key) in (("given", "rates"), ("given__start", "b")):
            continue
        kept = {other: value for other, value in target.items() if other != key}
        if key == "precision":
            message = "witness.precision must be an integer from 64 to 2000000"
        else:
            message = f"{dotted} lacks {key!r}"
        unreadable(message, name, **{place: kept})


def test_the_bias_of_the_start_and_of_the_limit_go_together() -> None:
    found, start = load("limit-vector")["found"], load("limit-vector")["given"]["start"]
    del found["b"], start["b"]
    unreadable("found lacks 'b'", "limit-vector", found=found)
    unreadable("found has the unknown key 'b'", "limit-vector", given__start=start)


def test_weights_inputs_and_limits_have_one_length() -> None:
    unreadable("given.start.w must be a list of 1 to 1000 entries", "limit-direct", given__start__w=[])
    unreadable(
        "given.start.w must be a list of 1 to 1000 entries", "limit-direct", given__start__w=["1"] * 1001
    )
    unreadable("given.sample.x must be a list of 2 to 2 entries", "limit-vector", given__sample__x=["1"])
    unreadable("found.w must be a list of 2 to 2 entries", "limit-vector", found__w=[ball(1, 1)])


def test_a_limit_with_1000_weights_is_read() -> None:
    changes = {"given__start__w": ["1"] * 1000, "given__sample__x": ["1"] * 1000}
    unreadable("found.w must be a list of 1000 to 1000 entries", "limit-direct", **changes)


@pytest.mark.parametrize(
    ("place", "at"),
    [
        ("given__start__w", "given.start.w[1]"),
        ("given__sample__x", "given.sample.x[1]"),
        ("given__start__a", "given.start.a"),
        ("given__start__b", "given.start.b"),
        ("given__sample__y", "given.sample.y"),
        ("given__rates__w", "given.rates.w"),
        ("given__rates__a", "given.rates.a"),
        ("witness__turn", "witness.turn"),
    ],
)
def test_what_is_unreadable_is_named_by_its_place(place: str, at: str) -> None:
    in_list = at.endswith("]")
    unreadable(f"{at} must be a string", "limit-vector", **{place: ["1", 1] if in_list else 1})


def test_balls_are_named_by_their_place() -> None:
    unreadable("found.w[1] must be an object", "limit-vector", found__w=[ball(1, 1), 1])
    unreadable("found.b must be an object", "limit-vector", found__b=1)
    unreadable("found.a must be an object", "limit-vector", found__a=1)
    unreadable("witness.u must be an object", "limit-vector", witness__u=1)
    unreadable("witness.potential must be a list of 1 to 1 entries", "limit-vector", witness__potential=1)
    message = "witness.equation must be one of output, weight, activation"
    unreadable(message, "limit-vector", witness__equation="both")


@pytest.mark.parametrize(
    "changes",
    [
        {"given__sample__x": ["0"]},
        {"given__rates": {"w": "0", "a": "1"}},
        {"given__rates": {"w": "1", "a": "-1"}},
        {"given__rates": {"w": "1", "a": "0"}},
        {"given__rates": {"w": "log -1", "a": "1"}},
    ],
)
def test_inputs_and_rates_do_not_vanish(changes: Any) -> None:
    rejected("‖x‖² and the learning rates must be positive", "limit-direct", **changes)


def test_equal_rates_are_those_that_are_not_stated() -> None:
    assert check(text(changed("limit-direct", given__rates={"w": "1", "a": "1"}))) == "limit"
    assert check(text(changed("limit-direct", given__rates={"w": "pi", "a": "pi"}))) == "limit"
    rejected_near("aσ(u) = y", "limit-direct", given__rates={"w": "2", "a": "1"})


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("limit")])
@pytest.mark.parametrize("coordinate", ["w", "a", "b"])
def test_a_ball_next_to_the_limit_is_rejected_and_one_that_touches_it_is_not(
    name: str, coordinate: str
) -> None:
    example = load(name)
    if coordinate not in example["found"]:
        return
    stated = example["found"][coordinate]
    place = f"found.{coordinate}" + ("[0]" if coordinate == "w" else "")
    for shift in (-2, 2):
        moved = {
            "mid": [str(int((stated[0] if coordinate == "w" else stated)["mid"][0]) + shift), -70],
            "rad": ["1", -70],
        }
        value = [moved, *stated[1:]] if coordinate == "w" else moved
        rejected(f"the ball {place} holds its value", name, **{f"found__{coordinate}": value})
    wide = ball(0, 1000)
    value = [wide, *stated[1:]] if coordinate == "w" else wide
    assert check(text(changed(name, **{f"found__{coordinate}": value}))) == "limit"


def test_the_second_weight_moves_with_its_input() -> None:
    stated = load("limit-vector")["found"]["w"]
    rejected("the ball found.w[1] holds its value", "limit-vector", found__w=[stated[0], ball(0, 0)])


@pytest.mark.parametrize(
    "name", ["limit-direct", "limit-potential", "limit-turn", "limit-weight", "limit-activation"]
)
def test_the_root_lies_in_the_ball_of_the_witness(name: str) -> None:
    step = {"limit-weight": "Q(u) = 0", "limit-activation": "σ(u) = 0"}.get(name, "aσ(u) = y")
    middle = int(load(name)["witness"]["u"]["mid"][0])
    rejected_near(step, name, witness__u={"mid": [str(middle + 2**98), -110], "rad": [str(2**97), -110]})


def test_a_wider_ball_of_u_proves_the_same_up_to_its_own_width() -> None:
    middle = load("limit-direct")["witness"]["u"]["mid"]
    box = {"mid": middle, "rad": ["1", -5]}
    assert check(text(changed("limit-direct", witness__u=box))) == "limit"
    rejected_near("aσ(u) = y", "limit-direct", witness__u={"mid": middle, "rad": ["1", 1]})


@pytest.mark.parametrize(
    ("name", "points"),
    [("limit-direct", (1.5, 1.9)), ("limit-vector", (1.25, 1.75)), ("limit-weight", (0.25, 0.5))],
)
def test_newton_has_the_derivative_of_its_equation(name: str, points: Any, monkeypatch: Any) -> None:
    seen: list[Any] = []

    def record(function: Any, slope: Any, box: arb, step: str) -> arb:
        seen.append((function, slope))
        return box

    monkeypatch.setattr(limit, "newton", record)
    with contextlib.suppress(RejectedError):
        check(text(load(name)))
    ((function, slope),) = seen
    for point in map(arb, points):
        step = arb((1, -12))
        difference = (function(point + step) - function(point - step)) / (2 * step)
        assert abs(difference - slope(point)) < 1e-5 and abs(slope(point)) > 0.1


# --- output ------------------------------------------------------------------------------------------------


def test_the_slope_of_sigma_does_not_vanish_on_the_arc() -> None:
    rejected_near("σ' ≠ 0 on the arc", "limit-direct", activation=[{"below": None, "formula": "sin * 3 u"}])
    rejected_near("σ' ≠ 0 on the arc", "limit-turn", witness__turn="-1", activation=SQUARE)


def test_an_output_other_than_zero_is_reached_with_the_sign_of_a_that_it_needs() -> None:
    rejected("y ≠ 0", "limit-direct", given__sample__y="0")
    rejected("a keeps its sign on the way", "limit-direct", given__start__a="-7/10")
    rejected("a changes its sign on the way", "limit-direct", witness__turn="-1")
    rejected("a keeps its sign on the way", "limit-turn", witness__turn=None)
    rejected("a changes its sign on the way", "limit-turn", given__start__a="1/2")
    rejected("a changes its sign on the way", "limit-turn", given__start__a="0")
    rejected("a keeps its sign on the way", "limit-from-zero-weight", given__start__a="- sqrt 2 sqrt 2")
    rejected("σ ≠ 0 near the limit", "limit-through-zero", witness__u=ball(0, 1, 10))


def test_sigma_does_not_vanish_on_the_way_to_a_turning_point() -> None:
    sigma = [{"below": None, "formula": "tanh + u 1/2"}]
    rejected_near("σ ≠ 0 on the arc with a turning point", "limit-turn", activation=sigma)


def test_beyond_the_turning_point_q_is_negative() -> None:
    rejected("Q < 0 beyond the turning point", "limit-turn", witness__turn="1/4")
    rejected("Q < 0 beyond the turning point", "limit-turn", witness__turn="1/2")
    assert check(text(changed("limit-turn", witness__turn="-2"))) == "limit"
    assert check(text(changed("limit-turn", witness__turn="0"))) == "limit"


def test_through_a_zero_of_sigma_q_stays_positive() -> None:
    step = "Q > 0 on an arc on which σ changes its sign"
    rejected_near(step, "limit-through-zero", given__start__a="1/2")
    # from the zero of σ itself
    rejected("a0 ≠ 0", "limit-through-zero", given__start={"w": ["0"], "a": "0"})
    with pytest.raises(RejectedError, match="interval Newton"):
        check(text(changed("limit-through-zero", given__start={"w": ["0"], "a": "2"})))


def test_an_arc_on_which_sigma_is_positive_but_not_monotone_is_rejected() -> None:
    rejected_near("σ' ≠ 0 on the arc", "limit-direct", activation=[{"below": None, "formula": "+ 2 sin u"}])


def test_sigma_is_continuous() -> None:
    jump = [{"below": "0", "formula": "- exp u 1"}, {"below": None, "formula": "+ u 1"}]
    with pytest.raises(RejectedError, match="continuity"):
        check(text(changed("limit-pieces", activation=jump)))


def test_a_wrong_potential_is_rejected_and_a_constant_makes_no_difference() -> None:
    assert check(text(changed("limit-potential", witness__potential=["+ + u exp u pi"]))) == "limit"
    with pytest.raises(RejectedError, match="witness.potential"):
        check(text(changed("limit-potential", witness__potential=["+ u sinh u"])))
    assert check(text(changed("limit-pieces", witness__potential=[None, "/ ^2 u 2"]))) == "limit"


# --- y = 0 -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["limit-weight", "limit-activation"])
def test_the_other_equations_are_for_y_zero_without_a_turning_point(name: str) -> None:
    step = "y = 0 and no turning point before the limit"
    rejected(step, name, given__sample__y="1/10")
    rejected(step, name, given__sample__y="- sqrt 2 sqrt 2")
    rejected(step, name, witness__turn="-1")
    rejected("a0 ≠ 0" if name == "limit-weight" else "Q > 0 where σ = 0", name, given__start__a="0")


def test_the_weight_vanishes_before_sigma_does_and_where_sigma_has_a_slope() -> None:
    rejected_near(
        "σ ≠ 0 on the arc", "limit-weight", activation=[{"below": None, "formula": "tanh - u 27/100"}]
    )
    rejected_near(
        "σ' ≠ 0 on the arc", "limit-weight", activation=[{"below": None, "formula": "^2 - u 27/100"}]
    )
    rejected_near("Q(u) = 0", "limit-weight", given__start__a="2/3")


def test_sigma_vanishes_before_the_weight_does() -> None:
    rejected("Q > 0 where σ = 0", "limit-activation", given__start__a="1/2")
    # Q(0) = (4/5)² - sinh(1/2)² = 0.3684...
    for a, stated in (("4/5", 622), ("-4/5", -622)):
        assert check(text(changed("limit-activation", given__start__a=a, found__a=ball(stated, 1, 10))))
    moved = {"witness__u": ball(0, 1, 10), "activation": [{"below": None, "formula": "+ 1/100 ^2 + u 1/5"}]}
    rejected_near(
        "σ' ≠ 0 on the arc", "limit-activation", witness__potential=None, given__start__w=["-1/3"], **moved
    )


def test_the_precision_is_that_of_the_witness() -> None:
    rejected("the ball found.w[0] holds its value", "limit-direct", witness__precision=64)
    before = flint.ctx.prec
    check(text(changed("limit-direct", witness__precision=1000)))
    assert flint.ctx.prec == before
