"""A closed form lies in the stated ball."""

from __future__ import annotations

from implicitreg_checker.certificate import check
from implicitreg_checker.errors import RejectedError, UnreadableError

from .examples import ball, changed, load, refused_with, text


def test_the_example_is_accepted() -> None:
    assert check(text(load("value"))) == "value"


def test_the_ball_holds_the_value_and_is_no_more_than_that() -> None:
    middle = int(load("value")["found"]["value"]["mid"][0])
    step = "the ball found.value holds its value"
    for shift in (-2, 2):
        refused_with(RejectedError, step, "value", found__value=ball(middle + shift, 1, 70))
    assert check(text(changed("value", found__value=ball(0, 2000)))) == "value"
    refused_with(RejectedError, step, "value", given__expression="log -1", found__value=ball(0, 2000))
    assert check(text(changed("value", given__expression="1", found__value=ball(1, 0)))) == "value"


def test_what_is_unreadable_is_named() -> None:
    refused_with(UnreadableError, "given must be an object", "value", given=1)
    refused_with(UnreadableError, "given lacks 'expression'", "value", given={})
    refused_with(UnreadableError, "given.expression must be a string", "value", given__expression=1)
    refused_with(UnreadableError, "found must be an object", "value", found=1)
    refused_with(UnreadableError, "found lacks 'value'", "value", found={})
    refused_with(UnreadableError, "found.value must be an object", "value", found__value=1)
    refused_with(UnreadableError, "witness has the unknown key 'z'", "value", witness__z=1)
    message = "given.expression, token 'u' must be a rational p/q of at most 1000 characters"
    refused_with(UnreadableError, message, "value", given__expression="u")
    refused_with(UnreadableError, "the certificate has the unknown key 'activation'", "value", activation=[])
