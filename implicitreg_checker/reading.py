"""Reads a certificate from bytes that may come from anyone: JSON with bounded size, exact numbers only."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, TypeVar

from flint import arb, fmpq, fmpz

from implicitreg_checker.errors import UnreadableError, require

MAX_BYTES = 8_000_000
MAX_INTEGER_DIGITS = 400_000
MAX_SHORT_DIGITS = 1_000
MAX_BINARY_EXPONENT = 4_000_000
MAX_LIST = 4_000

T = TypeVar("T")
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)", re.ASCII)
_RATIONAL = re.compile(r"(-?(?:0|[1-9][0-9]*))(?:/([1-9][0-9]*))?", re.ASCII)


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise UnreadableError("a JSON object names a key twice")
    return result


def _refuse(text: str) -> Any:
    raise UnreadableError(f"the JSON number {text[:20]} is not an integer; numbers are exact here")


def _small(text: str) -> int:
    if len(text) > 10:
        raise UnreadableError("a JSON number has more than ten characters; long integers are strings")
    return int(text)


def read_json(data: bytes) -> Any:
    """Decode the bytes. Raises `UnreadableError` on anything that is not modest, strict JSON."""
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"the file has {len(data)} bytes; at most {MAX_BYTES} are read")
    try:
        return json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_no_duplicates, parse_float=_refuse, parse_constant=_refuse, parse_int=_small,
        )  # fmt: skip
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise UnreadableError(f"the file is not JSON: {type(error).__name__}") from None


def fields(value: Any, place: str, *names: str, optional: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a JSON object that has exactly these keys, the optional ones perhaps missing."""
    if not isinstance(value, dict):
        raise UnreadableError(f"{place} must be an object")
    for name in names:
        if name not in value:
            raise UnreadableError(f"{place} lacks {name!r}")
    for name in value:
        if name not in names and name not in optional:
            raise UnreadableError(f"{place} has the unknown key {name[:40]!r}")
    return value


def entries(
    value: Any, place: str, read: Callable[[Any, str], T], least: int = 0, most: int = MAX_LIST
) -> list[T]:
    """Return a JSON list, each entry read by ``read``."""
    if not isinstance(value, list) or not least <= len(value) <= most:
        raise UnreadableError(f"{place} must be a list of {least} to {most} entries")
    return [read(entry, f"{place}[{index}]") for index, entry in enumerate(value)]


def string(value: Any, place: str) -> str:
    """Return a JSON string."""
    if not isinstance(value, str):
        raise UnreadableError(f"{place} must be a string")
    return value


def choice(value: Any, place: str, *allowed: str) -> str:
    """Return one of the allowed strings."""
    if value not in allowed:
        raise UnreadableError(f"{place} must be one of {', '.join(allowed)}")
    return string(value, place)


def small_integer(value: Any, place: str, least: int, most: int) -> int:
    """Return a JSON integer between two bounds."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise UnreadableError(f"{place} must be an integer from {least} to {most}")
    return value


def integer(value: Any, place: str) -> fmpz:
    """Return an integer written in decimal as a JSON string."""
    if len(string(value, place)) > MAX_INTEGER_DIGITS or not _INTEGER.fullmatch(value):
        raise UnreadableError(
            f"{place} must be an integer in decimal, of at most {MAX_INTEGER_DIGITS} digits"
        )
    return fmpz(value)


def rational(value: Any, place: str) -> fmpq:
    """Return p/q in lowest terms, q > 0, or p, written as a JSON string."""
    match = (
        _RATIONAL.fullmatch(string(value, place)) if len(string(value, place)) <= MAX_SHORT_DIGITS else None
    )
    if match is None:
        raise UnreadableError(f"{place} must be a rational p/q of at most {MAX_SHORT_DIGITS} characters")
    number = fmpq(fmpz(match[1]), fmpz(match[2] or "1"))
    if str(number) != value:
        raise UnreadableError(f"{place} must be a rational in lowest terms")
    return number


def _middle_and_radius(value: Any, place: str) -> tuple[arb, arb]:
    parts = fields(value, place, "mid", "rad")
    numbers = []
    for name in ("mid", "rad"):
        pair = parts[name]
        if not isinstance(pair, list) or len(pair) != 2:
            raise UnreadableError(f"{place}.{name} must be a pair [mantissa, exponent]")
        exponent = small_integer(pair[1], f"{place}.{name}[1]", -MAX_BINARY_EXPONENT, MAX_BINARY_EXPONENT)
        numbers.append(arb((integer(pair[0], f"{place}.{name}[0]"), exponent)))
    if numbers[1] < 0:
        raise UnreadableError(f"{place}.rad must not be negative")
    return numbers[0], numbers[1]


def ball(value: Any, place: str) -> arb:
    """Enclose the ball [m 2^e - r 2^f, m 2^e + r 2^f], r ≥ 0, written {"mid": [m, e], "rad": [r, f]}.

    A witness alone is read so: the radius of an ``arb`` is rounded up.
    """
    return arb(*_middle_and_radius(value, place))


def prove_inside(value: Any, place: str, number: arb) -> None:
    """Prove that the ball written there, no part of its radius rounded, holds a number."""
    middle, radius = _middle_and_radius(value, place)
    require(abs(number - middle) <= radius, f"the ball {place} holds its value")
