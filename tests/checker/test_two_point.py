"""Two-point overlapping: every example is accepted, and every step of the proofs is needed."""

from __future__ import annotations

from typing import Any

import pytest
from flint import arb

from implicitreg_checker import two_point
from implicitreg_checker.activation import read_activation
from implicitreg_checker.certificate import check
from implicitreg_checker.errors import RejectedError, UnreadableError
from implicitreg_checker.two_point import prove_regular

from .examples import ball, changed, load, refused_with, text

TANH = [{"below": None, "formula": "tanh u"}]


def rejected(step: str, name: str, **changes: Any) -> None:
    refused_with(RejectedError, step, name, **changes)


def rejected_near(step: str, name: str, **changes: Any) -> None:
    with pytest.raises(RejectedError) as caught:
        check(text(changed(name, **changes)))
    assert str(caught.value).startswith(step), caught.value


@pytest.mark.parametrize("name", ["two-point", "two-point-exact", "symmetric-two-point"])
def test_examples_are_accepted(name: str) -> None:
    assert check(text(load(name))) == name.replace("-exact", "").replace("symmetric-", "symmetric ")


@pytest.mark.parametrize("name", ["two-point", "two-point-exact", "symmetric-two-point"])
@pytest.mark.parametrize("place", ["given", "found", "witness"])
def test_objects_have_exactly_their_fields(name: str, place: str) -> None:
    if place != "witness":
        refused_with(UnreadableError, f"{place} must be an object", name, **{place: []})
    refused_with(UnreadableError, f"{place} has the unknown key 'z'", name, **{f"{place}__z": "1"})
    target = load(name)[place]
    for key in target:
        kept = {other: value for other, value in target.items() if other != key}
        message = f"{place} lacks {key!r}"
        if key == "precision":
            message = "witness.precision must be an integer from 64 to 2000000"
        refused_with(UnreadableError, message, name, **{place: kept})


@pytest.mark.parametrize("name", ["two-point-exact", "symmetric-two-point"])
def test_what_is_unreadable_is_named_by_its_place(name: str) -> None:
    for key in load(name)["given"]:
        refused_with(UnreadableError, f"given.{key} must be a string", name, **{f"given__{key}": 1})
    for key in load(name)["found"]:
        refused_with(UnreadableError, f"found.{key} must be an object", name, **{f"found__{key}": 1})
    refused_with(UnreadableError, "activation must be a list of 1 to 20 entries", name, activation=1)


def test_the_ball_of_the_witness_is_named_by_its_place() -> None:
    refused_with(UnreadableError, "witness.x_2 must be an object", "two-point", witness__x_2=1)


@pytest.mark.parametrize("name", ["two-point", "two-point-exact", "symmetric-two-point"])
def test_a_ball_next_to_a_number_is_rejected_and_a_wide_one_is_not(name: str) -> None:
    example = load(name)
    for key, stated in example["found"].items():
        for shift in (-2, 2):
            moved = ball(int(stated["mid"][0]) + shift, 1, 70)
            rejected(f"the ball found.{key} holds its value", name, **{f"found__{key}": moved})
        assert check(text(changed(name, **{f"found__{key}": ball(0, 1000)})))


def test_the_balls_of_the_example_that_is_exact_hold_the_known_numbers() -> None:
    found = load("two-point-exact")["found"]
    assert int(found["x_2"]["mid"][0]) == 2 << 70
    # a_q/a_p = σ(log 2)/σ(log 3) = 8/9, y_1/a_p = 2/3, y_2/a_p = 4/5
    a_p = int(found["a_p"]["mid"][0])
    for name, ratio in (("a_q", (8, 9)), ("y_1", (2, 3)), ("y_2", (4, 5))):
        assert abs(int(found[name]["mid"][0]) * ratio[1] - a_p * ratio[0]) < 10


@pytest.mark.parametrize("changes", [{"given__w_p": "log 3"}, {"given__w_q": "log 2"}, {"given__x_1": "0"}])
def test_the_points_differ_and_the_first_input_is_not_zero(changes: Any) -> None:
    rejected("w_p ≠ w_q and x_1 ≠ 0", "two-point-exact", **changes)


def test_the_second_input_solves_its_equation() -> None:
    step = "σ(w_p x_1) σ(w_q x_2) = σ(w_p x_2) σ(w_q x_1)"
    rejected_near(step, "two-point-exact", given__x_2="2000001/1000000", found__x_2=ball(2, 1))
    rejected_near(step, "two-point-exact", given__w_p="log 5/2")
    middle = int(load("two-point")["witness"]["x_2"]["mid"][0])
    moved = {"mid": [str(middle + 2**97), -110], "rad": [str(2**96), -110]}
    rejected_near("both points interpolate the second sample: interval", "two-point", witness__x_2=moved)
    rejected_near("both points interpolate the second sample: interval", "two-point", witness__x_2=ball(0, 3))


def test_the_first_input_is_no_second_one() -> None:
    # x = x_1 solves the equation too, and p and q would be on one curve for one sample
    rejected("a_p² > 0 and a_0² > 0", "two-point-exact", given__x_2="1", found__x_2=ball(1, 1))


def test_the_second_input_is_not_zero() -> None:
    step = "x_2 ≠ 0"
    rejected(step, "two-point-exact", given__x_2="0", activation=[{"below": None, "formula": "1"}])


def test_a_and_sigma_keep_their_signs() -> None:
    # tanh is odd: with w_q < 0 < w_p the quotient of the values is negative
    rejected(
        "a_q/a_p > 0", "two-point-exact", activation=TANH, given__w_p="1", given__w_q="-1", given__x_2="3"
    )


def test_arcs_are_regular() -> None:
    sigma = read_activation([{"below": None, "formula": "sin u"}])
    prove_regular(sigma, arb(0.5), arb(1.5))
    prove_regular(sigma, arb(1.5), arb(0.5))
    with pytest.raises(RejectedError, match="^σ ≠ 0 on an arc: "):
        prove_regular(sigma, arb(-0.5), arb(1.5))
    with pytest.raises(RejectedError, match="^σ' ≠ 0 on an arc: "):
        prove_regular(sigma, arb(0.5), arb(2.5))
    rejected_near(
        "σ ≠ 0 on an arc: ",
        "two-point-exact",
        given__w_0="-1",
        activation=[{"below": "0", "formula": "+ 1/2 u"}, {"below": None, "formula": "/ 1 + 1 exp neg u"}],
    )


@pytest.mark.parametrize("w_0", ["1/10", "9/10", "-2", "3/2"])
def test_squares_are_positive(w_0: str) -> None:
    # (a_p², a_0²): both negative, both negative, only the second negative, only the first negative
    rejected("a_p² > 0 and a_0² > 0", "two-point-exact", given__w_0=w_0)


@pytest.mark.parametrize("w_0", ["-13/5", "157/100"])
def test_small_positive_squares_are_enough(w_0: str) -> None:
    # a_0² = 0.24..., a_p² = 0.97...: only the numbers of the example are wrong
    rejected("the ball found.a_0 holds its value", "two-point-exact", given__w_0=w_0)


def test_with_inputs_halved_and_weights_doubled_a_and_y_double(monkeypatch: Any) -> None:
    arcs: list[Any] = []

    def record(sigma: Any, first: arb, second: arb) -> None:
        arcs.append((first, second))
        prove_regular(sigma, first, second)

    monkeypatch.setattr(two_point, "prove_regular", record)
    found = load("two-point-exact")["found"]
    doubled = {name: {"mid": value["mid"], "rad": [value["rad"][0], -69]} for name, value in found.items()}
    for name, value in doubled.items():
        value["mid"][1] = -71 if name == "x_2" else -69
    given = {"w_0": "* 2 log 5", "w_p": "* 2 log 2", "w_q": "* 2 log 3", "x_1": "1/2", "x_2": "1"}
    assert check(text(changed("two-point-exact", given=given, found=doubled))) == "two-point"
    expected = [(arb(5).log(), arb(2).log()), (2 * arb(5).log(), 2 * arb(3).log())]
    for arc, ends in zip(arcs, expected, strict=True):
        assert all(one.overlaps(other) for one, other in zip(arc, ends, strict=True))


def test_the_derivative_is_that_of_the_equation_for_the_second_input(monkeypatch: Any) -> None:
    seen: list[Any] = []

    def record(function: Any, slope: Any, box: arb, step: str) -> arb:
        seen.append((function, slope))
        return box

    monkeypatch.setattr(two_point, "newton", record)
    with pytest.raises(RejectedError):
        check(text(changed("two-point", given__x_1="3/4")))
    ((function, slope),) = seen
    for x in (arb(0.5), arb(1.75)):
        step = arb((1, -16))
        difference = (function(x + step) - function(x - step)) / (2 * step)
        assert abs(difference - slope(x)) < 1e-6


@pytest.mark.parametrize(("x_1", "middle", "w"), [("2", 4, ("1", "2")), ("4/5", 10, ("1", "2"))])
def test_the_second_solution_has_the_sign_of_the_first(x_1: str, middle: int, w: Any) -> None:
    # σ = u - 1: (x - 1)/(2x - 1) is 1/3 at x = 2 and -1/3 at x = 4/5
    fifth = {"mid": [str(round(middle / 5 * 2**60)), -60], "rad": ["1", -10]}
    given = {"w_0": "3", "w_p": w[0], "w_q": w[1], "x_1": x_1, "x_2": None}
    sigma = [{"below": None, "formula": "- u 1"}]
    rejected("a_q/a_p > 0", "two-point", given=given, witness__x_2=fifth, activation=sigma)


# --- symmetric ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"given__w_0": "0"},
        {"given__w_0": "-1"},
        {"given__a_0": "0"},
        {"given__a_0": "3/2"},
        {"given__x_1": "0"},
        {"given__x_1": "-2"},
        {"given__x_2": "0"},
        {"given__x_2": "-1"},
    ],
)
def test_the_signs_of_the_start_and_of_the_inputs(changes: Any) -> None:
    rejected("w_0 > 0 > a_0 and x_1, x_2 > 0", "symmetric-two-point", **changes)


def test_with_weights_doubled_and_inputs_halved_a_doubles() -> None:
    found = load("symmetric-two-point")["found"]
    doubled = {name: {"mid": [value["mid"][0], -69], "rad": ["1", -69]} for name, value in found.items()}
    given = {"w_0": "2", "a_0": "-3", "x_1": "1", "x_2": "1/2"}
    assert check(text(changed("symmetric-two-point", given=given, found=doubled))) == "symmetric two-point"


def test_sigma_increases_as_far_as_the_arcs_reach_and_no_farther() -> None:
    # σ = sin: m = -2 log cos(w_0 x)/x² is 2.354... at x = 3/2 and 1.231... at x = 1
    outputs = {"y_1": ball(1328, 1, 10), "y_2": ball(1120, 1, 10)}
    given = {"w_0": "1", "a_0": "-13/10", "x_1": "3/2", "x_2": "1"}
    sigma = [{"below": None, "formula": "sin u"}]
    changes = {"given": given, "found": outputs, "activation": sigma}
    assert check(text(changed("symmetric-two-point", **changes))) == "symmetric two-point"


@pytest.mark.parametrize("a_0", ["-1", "-2", "-117/100", "-91/50"])
def test_the_start_lies_between_both_thresholds(a_0: str) -> None:
    # m_2 = sinh(1)² = 1.381..., m_1 = sinh(2)²/4 = 3.288...
    rejected("m_2 < a_0² < m_1", "symmetric-two-point", given__a_0=a_0)
    rejected("m_2 < a_0² < m_1", "symmetric-two-point", given__x_1="1", given__x_2="2")


def test_just_inside_the_thresholds_only_the_outputs_are_wrong() -> None:
    for a_0 in ("-59/50", "-181/100"):
        rejected("the ball found.y_1 holds its value", "symmetric-two-point", given__a_0=a_0)


def test_sigma_is_odd_and_increases() -> None:
    rejected_near("", "symmetric-two-point", activation=[{"below": None, "formula": "/ 1 + 1 exp neg u"}])
    falling = [{"below": None, "formula": "neg tanh u"}]
    rejected("σ' > 0 on both arcs", "symmetric-two-point", activation=falling)
    bent = [{"below": None, "formula": "sin * 2 u"}]
    rejected_near("σ' > 0 on both arcs: ", "symmetric-two-point", activation=bent)
    # on the arc of the second sample alone
    rejected_near("σ' > 0 on both arcs: ", "symmetric-two-point", activation=bent, given__x_1="1/4")
    # on the arc of the first sample alone
    rejected_near("σ' > 0 on both arcs: ", "symmetric-two-point", activation=bent, given__x_2="1/4")


def test_sigma_is_continuous() -> None:
    jump = [{"below": "0", "formula": "- u 1"}, {"below": None, "formula": "+ u 1"}]
    with pytest.raises(RejectedError, match="continuity"):
        check(text(changed("symmetric-two-point", activation=jump)))
    jump = [{"below": "5", "formula": "/ 1 + 1 exp neg u"}, {"below": None, "formula": "u"}]
    with pytest.raises(RejectedError, match="continuity"):
        check(text(changed("two-point-exact", activation=jump)))


def test_products_of_what_is_given_are_expressions_too() -> None:
    long = {"given__w_p": "neg " * 2000 + "log 2", "given__x_1": "neg " * 2000 + "1"}
    refused_with(UnreadableError, "given has more than 4000 tokens", "two-point-exact", **long)
    long = {"given__w_p": "neg " * 2000 + "log 2", "given__w_q": "neg " * 2000 + "log 3"}
    refused_with(UnreadableError, "given has more than 4000 tokens", "two-point-exact", **long)
    assert check(text(changed("two-point-exact", given__w_p="logabs -2"))) == "two-point"


def test_pieces_are_chosen_by_the_place_of_each_point() -> None:
    # the same function in two pieces whose breakpoint no point of the identity meets
    sigma = "/ 1 + 1 exp neg u"
    for end in ("1", "8/5", "-7"):
        pieces = [{"below": end, "formula": sigma}, {"below": None, "formula": sigma}]
        assert check(text(changed("two-point-exact", activation=pieces))) == "two-point"
