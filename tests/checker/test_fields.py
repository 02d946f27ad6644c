"""What is unreadable in invariants, degrees and pieces is named by its place."""

from __future__ import annotations

from typing import Any

import pytest

from implicitreg_checker.certificate import check
from implicitreg_checker.errors import RejectedError, UnreadableError

from .examples import ball, changed, load, refused_with, text

FORMULA = "must be a rational p/q of at most 1000 characters"


def unreadable(message: str, name: str, **changes: Any) -> None:
    refused_with(UnreadableError, message, name, **changes)


@pytest.mark.parametrize("name", ["invariant", "degree-constant", "degree-not-monotone", "degree-decreasing"])
@pytest.mark.parametrize("place", ["given", "found", "witness"])
def test_objects_have_exactly_their_fields(name: str, place: str) -> None:
    if place != "witness":
        unreadable(f"{place} must be an object", name, **{place: []})
    unreadable(f"{place} has the unknown key 'z'", name, **{f"{place}__z": "1"})
    for key in load(name)[place]:
        kept = {other: value for other, value in load(name)[place].items() if other != key}
        message = f"{place} lacks {key!r}"
        if key == "precision":
            message = "witness.precision must be an integer from 64 to 2000000"
        unreadable(message, name, **{place: kept})


def segment(**changes: Any) -> Any:
    return [load("invariant")["found"]["segments"][0] | changes]


def test_segments_are_named_by_their_place() -> None:
    unreadable("found.segments must be a list of 0 to 4000 entries", "invariant", found__segments=1)
    unreadable("found.segments[0] must be an object", "invariant", found__segments=[1])
    unreadable("found.segments[0] has the unknown key 'z'", "invariant", found__segments=segment(z=1))
    unreadable("found.segments[0].from must be a string", "invariant", found__segments=segment(**{"from": 1}))
    unreadable("found.segments[0].to must be a string", "invariant", found__segments=segment(to=1))
    unreadable("found.segments[0].rise must be an object", "invariant", found__segments=segment(rise=1))
    for end in ("-2", "-3"):
        message = "found.segments[0]: a segment runs upwards"
        unreadable(message, "invariant", found__segments=segment(to=end))
    other = segment(rise=ball(6, 0))
    refused_with(
        RejectedError,
        "the ball found.segments[1].rise holds its value",
        "invariant",
        found__segments=segment() + other,
    )


def test_a_potential_for_each_piece() -> None:
    for value in (["u"], ["u", "u", "u"], 1):
        unreadable(
            "given.potential must be a list of 2 to 2 entries", "invariant-pieces", given__potential=value
        )
    unreadable("given.potential[1] must be a string", "invariant-pieces", given__potential=["u", 1])
    message = f"given.potential[0], token 'x' {FORMULA}"
    unreadable(message, "invariant-pieces", given__potential=["x", None])
    # the integral over both pieces without a closed form of one of them
    for value in ([None, "/ ^2 u 2"], ["- + u exp neg u 1", None], [None, None]):
        assert check(text(changed("invariant-pieces", given__potential=value))) == "invariant"
    with pytest.raises(RejectedError, match="^given.potential: continuity of G at 0"):
        check(text(changed("invariant-pieces", given__potential=["- + u exp neg u 1", "/ + 1 ^2 u 2"])))


def test_the_fields_of_degrees_are_named_by_their_place() -> None:
    name = "degree-decreasing"
    unreadable("given.side must be one of positive, negative", name, given__side="left")
    unreadable("given.upto must be a string", name, given__upto=1)
    verdicts = "increasing, decreasing, constant, not monotone"
    unreadable(f"found.verdict must be one of {verdicts}", name, found__verdict="flat")
    unreadable("witness.near must be a string", name, witness__near=1)
    unreadable("witness.far must be a string", name, witness__far=1)
    unreadable(
        "witness.points must be a list of 2 to 2 entries", "degree-not-monotone", witness__points=["1"]
    )
    unreadable("witness.points[1] must be a string", "degree-not-monotone", witness__points=["1", 2])
    for upto in ("0", "-1"):
        refused_with(RejectedError, "the interval is not empty", name, given__upto=upto)
    unreadable("activation must be a list of 1 to 20 entries", name, activation=[])


@pytest.mark.parametrize(("verdict", "other"), [("increasing", "decreasing"), ("decreasing", "increasing")])
def test_the_opposite_verdict_is_rejected(verdict: str, other: str) -> None:
    refused_with(RejectedError, f"E is {other}", f"degree-{verdict}", found__verdict=other)


def test_points_of_a_change_lie_in_the_interval() -> None:
    step = "the points lie in the interval"
    for points in (["0", "2"], ["-1", "2"], ["1", "-2"]):
        refused_with(RejectedError, step, "degree-not-monotone", witness__points=points)
    refused_with(RejectedError, step, "degree-not-monotone", given__upto="2")
    assert check(text(changed("degree-not-monotone", given__upto="201/100"))) == "degree"
    assert check(text(changed("degree-not-monotone", witness__points=["2", "1"]))) == "degree"
    step = "E' has opposite signs at the points"
    refused_with(RejectedError, step, "degree-not-monotone", witness__points=["1/2", "1"])
    refused_with(RejectedError, step, "degree-not-monotone", witness__points=["2", "3"])


def test_breakpoints_of_an_odd_activation_are_symmetric() -> None:
    step = "the breakpoints are symmetric about 0"
    for end in ("1", "-1"):
        pieces = [{"below": end, "formula": "u"}, {"below": None, "formula": "u"}]
        refused_with(RejectedError, step, "symmetric-two-point", activation=pieces)
    pieces = [
        {"below": "-1", "formula": "u"},
        {"below": "2", "formula": "u"},
        {"below": None, "formula": "u"},
    ]
    refused_with(RejectedError, step, "symmetric-two-point", activation=pieces)
    tanh = [{"below": end, "formula": "tanh u"} for end in ("-1", "1", None)]
    assert check(text(changed("symmetric-two-point", activation=tanh))) == "symmetric two-point"
    message = "σ(-u) = -σ(u)"
    with pytest.raises(RejectedError) as caught:
        check(text(changed("symmetric-two-point", activation=[{"below": None, "formula": "exp u"}])))
    assert str(caught.value).startswith(message)
