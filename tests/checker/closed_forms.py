"""Activations in Polish notation, piece by piece: upper end, formula of σ, closed form of G = ∫ σ/σ'."""

from __future__ import annotations

from typing import Any

Pieces = list[tuple[str | None, str, str | None]]

CLOSED_FORMS: dict[str, Pieces] = {
    "identity": [(None, "u", "/ ^2 u 2")],
    "relu": [("0", "0", None), (None, "u", "/ ^2 u 2")],
    "leaky relu": [("0", "/ u 100", "/ ^2 u 2"), (None, "u", "/ ^2 u 2")],
    "cube": [(None, "^3 u", "/ ^2 u 6")],
    "power 3/2": [("0", "0", None), (None, "^3/2 u", "/ ^2 u 3")],
    "exp": [(None, "exp u", "u")],
    "sigmoid": [(None, "/ 1 + 1 exp neg u", "- + u exp u 1")],
    "tanh": [(None, "tanh u", "/ ^2 sinh u 2")],
    "sinh": [(None, "sinh u", "log cosh u")],
    "cosh": [(None, "cosh u", "logabs sinh u")],
    "sin": [(None, "sin u", "neg logabs cos u")],
    "cos": [(None, "cos u", "neg logabs sin u")],
    "arctan": [(None, "atan u", "- + - / * ^3 u atan u 3 / ^2 u 6 * u atan u / log + ^2 u 1 3")],
    "erf": [(None, "erf u", "/ * ^2 u 2f2 ^2 u 2")],
    "scaled erf": [(None, "erf / u sqrt 2", "/ * ^2 u 2f2 / ^2 u 2 2")],
    "softsign": [
        ("0", "/ u - 1 u", "+ * -1/3 ^3 u / ^2 u 2"),
        (None, "/ u + u 1", "+ / ^3 u 3 / ^2 u 2"),
    ],
    "asinh": [(None, "asinh u", "+ + / * * u sqrt + ^2 u 1 asinh u 2 / ^2 u -4 / ^2 asinh u 4")],
    "softplus": [
        (
            None,
            "log + exp u 1",
            "- + - - - u log + exp u 1 li2 neg exp u / ^2 pi 12 * 2 log 2 * exp neg u log + exp u 1",
        )
    ],
    "shifted softplus": [
        (
            None,
            "log + / exp u 2 1/2",
            "+ - + - - - - u * u log 2 log + exp u 1 li2 neg exp u / ^2 pi 12 log 2 "
            "* exp neg u log + exp u 1 * exp neg u log 2",
        )
    ],
    "squareplus": [(None, "+ / u 2 / sqrt + ^2 u 4 2", "+ / * u sqrt + ^2 u 4 2 * 2 asinh / u 2")],
    "elu": [("0", "- exp u 1", "+ - u 1 exp neg u"), (None, "u", "/ ^2 u 2")],
    "gaussian": [(None, "exp neg ^2 u", "/ neg logabs u 2")],
    "logcosh": [
        (
            None,
            "log cosh u",
            "+ + - / * log + cosh u 1 log cosh u 2 / li2 - 1 cosh u 2 / li2 neg cosh u 2 / ^2 pi 24",
        )
    ],
    "snake": [
        (
            None,
            "+ u ^2 sin u",
            "- + - / u 2 / * u cos u + sin u cos u 1/2 / cos u + * 2 sin u * 2 cos u",
        )
    ],
    "rational": [(None, "/ u + ^2 u 1", "- - / ^2 u -2 logabs - u 1 logabs + u 1")],
    "half-angle": [(None, "tanh / u 2", "* 2 ^2 sinh / u 2")],
    "gelu": [(None, "/ * u + 1 erf / u sqrt 2 2", None)],
    "silu": [(None, "/ u + 1 exp neg u", None)],
    "swish 2": [(None, "/ u + 1 exp * -2 u", None)],
    "mish": [(None, "* u tanh log + exp u 1", None)],
}


def formulas(pieces: Pieces) -> list[dict[str, Any]]:
    """The field ``activation`` of a certificate."""
    return [{"below": below, "formula": formula} for below, formula, _potential in pieces]


def potentials(pieces: Pieces) -> list[str | None]:
    """The field ``potential`` of a certificate."""
    return [potential for _below, _formula, potential in pieces]
