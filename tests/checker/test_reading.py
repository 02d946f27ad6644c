"""The reader takes strict, modest JSON with exact numbers, and says of anything else what it lacks."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flint import arb, fmpq, fmpz
from hypothesis import given
from hypothesis import strategies as st

from implicitreg_checker.errors import RejectedError, UnreadableError
from implicitreg_checker.reading import (
    MAX_BYTES,
    ball,
    choice,
    entries,
    fields,
    integer,
    prove_inside,
    rational,
    read_json,
    small_integer,
    string,
)

from .examples import refused


def unreadable(message: str, call: Any, *arguments: Any) -> None:
    refused(UnreadableError, message, call, *arguments)


def test_a_file_of_the_greatest_size_is_read_and_one_byte_more_is_not() -> None:
    assert read_json(b" " * (MAX_BYTES - 2) + b"{}") == {}
    message = "the file has 8000001 bytes; at most 8000000 are read"
    unreadable(message, read_json, b" " * (MAX_BYTES - 1) + b"{}")


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", "JSONDecodeError"),
        (b"{", "JSONDecodeError"),
        (b"\xff{}", "UnicodeDecodeError"),
        (b"\xef\xbb\xbf{}", "JSONDecodeError"),
        (b"{} {}", "JSONDecodeError"),
        (b"[" * 200_000, "RecursionError"),
        (b'{"a":' * 200_000, "RecursionError"),
    ],
)
def test_what_is_not_json_is_named(data: bytes, error: str) -> None:
    unreadable(f"the file is not JSON: {error}", read_json, data)


@pytest.mark.parametrize("number", ["1.5", "-0.0", "1e5", "NaN", "Infinity", "-Infinity"])
def test_numbers_that_are_not_integers_are_refused(number: str) -> None:
    message = f"the JSON number {number} is not an integer; numbers are exact here"
    unreadable(message, read_json, f"[{number}]".encode())


def test_a_refused_number_is_quoted_in_part_only() -> None:
    message = "the JSON number 1.111111111111111111 is not an integer; numbers are exact here"
    unreadable(message, read_json, b"1." + b"1" * 100)


def test_json_integers_have_at_most_ten_characters() -> None:
    assert read_json(b"[1234567890, -123456789]") == [1234567890, -123456789]
    message = "a JSON number has more than ten characters; long integers are strings"
    unreadable(message, read_json, b"12345678901")


def test_a_key_named_twice_is_refused_even_with_one_value() -> None:
    unreadable("a JSON object names a key twice", read_json, b'{"a": {"b": 1, "b": 1}}')


def test_fields_are_exactly_the_named_ones() -> None:
    assert fields({"a": 1, "b": 2}, "it", "a", optional=("b", "c")) == {"a": 1, "b": 2}
    unreadable("it must be an object", fields, [], "it")
    unreadable("it lacks 'b'", fields, {"a": 1}, "it", "a", "b")
    unreadable("it has the unknown key 'c'", fields, {"a": 1, "c": 2}, "it", "a")
    unreadable(f"it has the unknown key {'x' * 40!r}", fields, {"x" * 60: 1}, "it")


def test_entries_are_read_one_by_one_and_counted() -> None:
    seen = entries(["a", "b"], "list", lambda value, place: (value, place), 2, 2)
    assert seen == [("a", "list[0]"), ("b", "list[1]")]
    assert entries([], "list", string) == []
    assert len(entries([""] * 4000, "list", string)) == 4000
    unreadable("list must be a list of 0 to 4000 entries", entries, [""] * 4001, "list", string)
    unreadable("list must be a list of 1 to 4000 entries", entries, [], "list", string, 1)
    unreadable("list must be a list of 0 to 2 entries", entries, ["a"] * 3, "list", string, 0, 2)
    unreadable("list must be a list of 0 to 4000 entries", entries, "ab", "list", string)


def test_strings_choices_and_small_integers_have_their_type() -> None:
    assert string("", "it") == ""
    for value in (1, None, ["a"]):
        unreadable("it must be a string", string, value, "it")
        unreadable("it must be one of a, b", choice, value, "it", "a", "b")
    assert choice("b", "it", "a", "b") == "b"
    assert [small_integer(value, "it", -1, 2) for value in (-1, 0, 2)] == [-1, 0, 2]
    for value in (-2, 3, True, "1", None, 1.0):
        unreadable("it must be an integer from -1 to 2", small_integer, value, "it", -1, 2)


@given(st.integers())
def test_integers_are_decimal_strings(number: int) -> None:
    assert integer(str(number), "it") == fmpz(number)


@pytest.mark.parametrize(
    "value", ["", "+1", "01", "1 ", " 1", "1\n", "-", "0x1", "1_0", "１", "1/1", "--1", "-01"]
)
def test_other_integers_are_refused(value: str) -> None:
    unreadable("it must be an integer in decimal, of at most 400000 digits", integer, value, "it")


def test_integers_have_at_most_400000_characters() -> None:
    assert integer("9" * 400_000, "it") == fmpz(10) ** 400_000 - 1
    unreadable("it must be an integer in decimal, of at most 400000 digits", integer, "9" * 400_001, "it")
    unreadable("it must be a string", integer, 1, "it")


@given(st.fractions())
def test_rationals_are_read_in_lowest_terms(number: Any) -> None:
    assert rational(str(number), "it") == fmpq(number.numerator, number.denominator)


@pytest.mark.parametrize("value", ["2/4", "1/1", "0/2", "-0", "-0/1"])
def test_rationals_not_in_lowest_terms_are_refused(value: str) -> None:
    unreadable("it must be a rational in lowest terms", rational, value, "it")


@pytest.mark.parametrize(
    "value", ["", "1/0", "1/-2", "1/", "/2", "1.5", "1/2/3", "1 /2", "1/02", "pi", "1\n"]
)
def test_other_rationals_are_refused(value: str) -> None:
    unreadable("it must be a rational p/q of at most 1000 characters", rational, value, "it")


def test_rationals_have_at_most_1000_characters() -> None:
    assert rational("9" * 1000, "it") == fmpz(10) ** 1000 - 1
    unreadable("it must be a rational p/q of at most 1000 characters", rational, "9" * 1001, "it")
    unreadable("it must be a string", rational, 1, "it")


def dyadic(middle: Any, radius: Any) -> dict[str, Any]:
    return {"mid": middle, "rad": radius}


def test_a_ball_encloses_the_stated_interval() -> None:
    box = ball(dyadic(["-3", -1], ["5", -2]), "it")
    assert box.mid() == arb(-1.5) and box.contains(arb(-2.75)) and box.contains(arb(-0.25))
    assert not box.contains(arb(-0.249)) and not box.contains(arb(-2.751))
    assert ball(dyadic(["1", 4_000_000], ["0", -4_000_000]), "it").is_exact()


def test_balls_have_two_pairs_with_modest_exponents() -> None:
    good = ["1", 0]
    unreadable("it must be an object", ball, [], "it")
    unreadable("it lacks 'rad'", ball, {"mid": good}, "it")
    for pair in ("12", ["1"], ["1", 0, 0], None):
        unreadable("it.mid must be a pair [mantissa, exponent]", ball, dyadic(pair, good), "it")
        unreadable("it.rad must be a pair [mantissa, exponent]", ball, dyadic(good, pair), "it")
    for exponent in (4_000_001, -4_000_001, "0"):
        message = "it.mid[1] must be an integer from -4000000 to 4000000"
        unreadable(message, ball, dyadic(["1", exponent], good), "it")
        message = "it.rad[1] must be an integer from -4000000 to 4000000"
        unreadable(message, ball, dyadic(good, ["1", exponent]), "it")
    message = "it.mid[0] must be an integer in decimal, of at most 400000 digits"
    unreadable(message, ball, dyadic(["1.5", 0], good), "it")
    message = "it.rad[0] must be an integer in decimal, of at most 400000 digits"
    unreadable(message, ball, dyadic(good, ["x", 0]), "it")
    unreadable("it.rad must not be negative", ball, dyadic(good, ["-1", 0]), "it")


def test_a_stated_ball_is_closed_and_its_radius_is_not_rounded() -> None:
    stated = dyadic(["1", 0], [str(2**40 + 1), -41])
    end = (arb(3) / 2) + arb((1, -41))
    prove_inside(stated, "it", end)
    prove_inside(stated, "it", 2 - end)
    prove_inside(dyadic(["1", 0], ["0", 0]), "it", arb(1))
    for outside in (end + arb((1, -45)), 2 - end - arb((1, -45)), arb("nan"), arb(1, 1)):
        assert ball(stated, "it").contains(end + arb((1, -45)))  # an arb alone would take it in
        refused(RejectedError, "the ball it holds its value", prove_inside, stated, "it", outside)
    unreadable("it must be an object", prove_inside, [], "it", arb(1))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_json_is_read_as_the_standard_library_does_or_refused(value: Any) -> None:
    data = json.dumps(value)
    try:
        assert read_json(data.encode()) == value
    except UnreadableError:
        assert re.search(r"\.|e|NaN|Infinity|\d{10}", data)
