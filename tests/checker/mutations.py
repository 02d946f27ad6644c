"""Every small change of a certificate: of each number by one unit in its last place, by a factor, in sign; of
each formula in one token; entries dropped, repeated, exchanged; balls and boxes moved, widened and narrowed;
theorems, kinds and activations of other certificates put in place of its own."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from typing import Any

Path = tuple[str | int, ...]
Mutation = tuple[str, str, Any]  # class, description, mutant
CLASSES = (
    "last place", "factor", "sign", "token", "drop", "repeat", "exchange", "move", "widen", "narrow", "null",
    "theorem", "kind", "activation",
)  # fmt: skip
_NUMBER = re.compile(r"-?[0-9]+(/[0-9]+)?")
_BINARY, _UNARY = (
    ("+", "-", "*", "/"),
    ("neg", "exp", "sin", "cos", "tanh", "sinh", "atan", "erf", "log", "sqrt"),
)


def mutants(certificate: dict[str, Any], others: list[dict[str, Any]]) -> Iterator[Mutation]:
    """All mutants of a certificate; ``others`` lend their theorems, kinds and activations."""
    for path, value in _visit(certificate, ()):
        for name, detail, changed in _changes(path, value):
            yield name, f"{'.'.join(map(str, path))}: {detail}", _replaced(certificate, path, changed)
    for other in others:
        for name in ("theorem", "kind", "activation"):
            if name in other and other[name] != certificate.get(name):
                yield name, f"that of {other['kind']}", certificate | {name: other[name]}
        if other["kind"] != certificate["kind"]:
            both = {"kind": other["kind"], "theorem": other["theorem"]}
            yield "kind", f"with its theorem: {other['kind']}", certificate | both


def _visit(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    yield path, value
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, entry in pairs:
        yield from _visit(entry, (*path, key))


def _replaced(certificate: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    result = copy.deepcopy(certificate)
    target = result
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return result


def _changes(path: Path, value: Any) -> Iterator[Mutation]:
    if isinstance(value, dict):
        yield from _object(value)
    elif isinstance(value, list):
        yield from _list(value)
    elif isinstance(value, str) and path[0] in ("theorem", "format", "kind"):
        yield "theorem", "a word dropped", " ".join(value.split(" ")[1:])
        yield "theorem", "a letter changed", value[:-1] + chr(ord(value[-1]) + 1)
        yield "theorem", "≠ for =", value.replace("=", "≠") if "=" in value else "not: " + value
    elif isinstance(value, str) and path[-1] != "verdict":
        if _NUMBER.fullmatch(value):
            yield from _number(value)
        if path[-1] != 0 or path[-2] not in ("mid", "rad"):
            yield from _tokens(value)
    elif isinstance(value, str):
        for verdict in ("increasing", "decreasing", "constant", "not monotone"):
            if verdict != value:
                yield "exchange", verdict, verdict
    elif isinstance(value, int):
        for name, changed in (
            ("last place", value + 1),
            ("last place", value - 1),
            ("factor", 2 * value),
            ("sign", -value),
        ):
            yield name, str(changed), changed
        yield "null", "a string", str(value)
    else:
        for changed in ("0", "1", "-1", "u", ["0"], {"mid": ["2", 0], "rad": ["1", 0]}):
            yield "null", str(changed), changed
    if value is not None:
        yield "null", "null", None


def _number(text: str) -> Iterator[Mutation]:
    value = Fraction(text)
    top, bottom = value.numerator, value.denominator
    for name, changed in (
        ("last place", Fraction(top + 1, bottom)),
        ("last place", Fraction(top - 1, bottom)),
        ("last place", Fraction(top, bottom + 1)),
        ("factor", value * 2),
        ("factor", value / 2),
        ("factor", value * 10),
        ("factor", value * Fraction(1001, 1000)),
        ("sign", -value),
        ("null", Fraction(0)),
    ):
        yield name, str(changed), str(changed)
    if value:
        yield "exchange", "1/x", str(1 / value)


def _tokens(text: str) -> Iterator[Mutation]:
    tokens = text.split(" ")
    for index, token in enumerate(tokens):
        if token in _BINARY:
            others = [other for other in _BINARY if other != token]
        elif token in _UNARY:
            others = [other for other in _UNARY if other != token]
        elif token.startswith("^"):
            others = [f"^{Fraction(token[1:]) + 1}", f"^{Fraction(token[1:]) + Fraction(1, 2)}"]
        elif token in ("u", "pi"):
            others = ["1", "neg u" if token == "u" else "neg pi"]
        elif _NUMBER.fullmatch(token) and len(tokens) > 1:
            others = [changed for _, _, changed in _number(token)]
        else:
            others = ["pi", "log 3"]
        for other in others:
            yield "token", f"token {index}: {other}", " ".join([*tokens[:index], other, *tokens[index + 1 :]])
        yield "token", f"without token {index}", " ".join(tokens[:index] + tokens[index + 1 :])
    yield "token", "one token more", f"neg {text}"


def _list(value: list[Any]) -> Iterator[Mutation]:
    for index, entry in enumerate(value):
        yield "drop", f"without entry {index}", value[:index] + value[index + 1 :]
        yield "repeat", f"entry {index} twice", [*value[: index + 1], *value[index:]]
        for other in range(index + 1, len(value)):
            swapped = list(value)
            swapped[index], swapped[other] = value[other], entry
            yield "exchange", f"entries {index} and {other}", swapped
    if len(value) == 2 and all(isinstance(entry, str) and _NUMBER.fullmatch(entry) for entry in value):
        low, high = map(Fraction, value)
        width = high - low
        for name, change in (("widen", width / 1000), ("widen", width), ("narrow", -width / 3)):
            yield name, f"by {change}", [str(low - change), str(high + change)]
            yield name, f"upwards by {change}", [str(low), str(high + change)]
        yield "move", "by its width", [str(low + width), str(high + width)]


def _object(value: dict[str, Any]) -> Iterator[Mutation]:
    for key in value:
        yield "drop", f"without {key}", {name: entry for name, entry in value.items() if name != key}
    yield "repeat", "another key", value | {"again": next(iter(value.values()), None)}
    for first, second in combinations(value, 2):
        if value[first] != value[second]:
            yield "exchange", f"{first} and {second}", value | {first: value[second], second: value[first]}
    if set(value) == {"mid", "rad"}:
        (middle, e), (radius, f) = value["mid"], value["rad"]
        step = int(radius) * 2**f if f >= 0 else Fraction(int(radius), 2**-f)
        for sign in (1, -1):
            moved = (Fraction(int(middle)) * Fraction(2) ** e + sign * 2 * step) * Fraction(2) ** (
                4 - min(e, f)
            )
            yield "move", f"by {sign} diameter", {"mid": [str(int(moved)), min(e, f) - 4], "rad": [radius, f]}
        for name, factor in (
            ("widen", 3),
            ("widen", 2**40),
            ("narrow", Fraction(1, 2)),
            ("narrow", Fraction(1, 1024)),
        ):
            scaled = int(Fraction(int(radius) * 1024) * factor)
            yield name, f"by {factor}", {"mid": value["mid"], "rad": [str(scaled), f - 10]}
        yield "narrow", "to a point", {"mid": value["mid"], "rad": ["0", 0]}
