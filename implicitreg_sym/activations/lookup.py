"""From a name, a name with its parameter, or a formula to an activation."""

from __future__ import annotations

import difflib
import re
from functools import cache

import sympy as sp

from implicitreg_sym.activations.activation import Activation
from implicitreg_sym.activations.catalogue import CATALOGUE, Entry
from implicitreg_sym.activations.pieces import split_into_pieces
from implicitreg_sym.errors import InputError
from implicitreg_sym.formula import formula_text, parse_formula, parse_number, shortened
from implicitreg_sym.symbols import u

LONGEST_NAME = 40  # characters that a complaint quotes
_NAMED = re.compile(r"\s*([A-Za-z_][A-Za-z_0-9]*)\s*(?:\((.*)\))?\s*\Z", re.DOTALL)


def activation(text: str) -> Activation:
    """Return the activation of a catalogue name, a name with parameter, or a formula in `u`.

    ``activation("tanh")``, ``activation("leaky_relu(1/10)")``, ``activation("u/(1+u**2)")``. Raises
    `InputError` on an unknown name, a parameter outside its range, malformed text, another object than
    text, or a discontinuous or constant formula.

    >>> activation("elu(2)").pieces[0].formula
    2*exp(u) - 2
    >>> activation("u*exp(u)").name
    'u*exp(u)'
    """
    if not isinstance(text, str):
        raise InputError(
            f"an activation is given as text, such as 'tanh' or 'u/(1+u**2)', not as {shortened(repr(text))} "
            "(from_formula reads a SymPy expression in u)"
        )
    return _read(text)


@cache
def _read(text: str) -> Activation:
    match = _NAMED.match(text)
    if match and match[1] in CATALOGUE and (match[2] is None or not re.search(r"\bu\b", match[2])):
        return _from_catalogue(CATALOGUE[match[1]], match[2])
    if match and match[2] is None and match[1] not in {"u", "pi", "E"}:
        raise InputError(_unknown_name(match[1]))
    return from_formula(parse_formula(text, {"u": u}), text.strip())


def from_formula(formula: sp.Expr, name: str | None = None) -> Activation:
    """Return the activation of a SymPy expression in `u`.

    >>> from_formula(u + u**3).name
    'u**3 + u'
    """
    if formula.free_symbols - {u}:
        foreign = ", ".join(sorted(str(symbol) for symbol in formula.free_symbols - {u}))
        raise InputError(f"the formula uses {foreign}; an activation is a function of u alone")
    if not formula.has(u):
        raise InputError(f"the formula {formula} is constant; an activation must depend on u")
    if formula.has(sp.Integral):
        raise InputError("an activation must be a closed formula; integrals are not accepted")
    result = Activation(name or formula_text(formula), split_into_pieces(formula), "user-defined")
    for piece in result.pieces:
        _ = piece.value_program, piece.slope_program
    return result


def _from_catalogue(entry: Entry, argument: str | None) -> Activation:
    if entry.parameter is None:
        if argument is not None:
            raise InputError(f"{entry.name} takes no parameter; write {entry.name}")
        return Activation(entry.name, split_into_pieces(entry.build()), entry.title, entry.references)
    value = parse_number(argument) if argument and argument.strip() else entry.parameter.default
    if value is None:
        raise InputError(
            f"{entry.name} needs its parameter {entry.parameter.name}, {entry.parameter.condition}; "
            f"write for instance {entry.name}(3)"
        )
    if not entry.parameter.admits(value):
        raise InputError(
            f"{entry.parameter.name} = {value} is out of range; {entry.name} needs "
            f"{entry.parameter.condition}"
        )
    name = entry.name if argument is None else f"{entry.name}({formula_text(value)})"
    return Activation(name, split_into_pieces(entry.build(value)), entry.title, entry.references)


def _unknown_name(name: str) -> str:
    near = difflib.get_close_matches(name[:LONGEST_NAME], CATALOGUE, n=1)
    hint = (
        f"did you mean {near[0]}?"
        if near
        else "`implicitreg activations` lists the names; a formula in u works too"
    )
    return f"unknown activation {shortened(name, LONGEST_NAME)!r}; {hint}"


def catalogue_activations() -> tuple[Activation, ...]:
    """Return one activation for each entry of the catalogue, parameters at their defaults (k = 3 where
    there is none).

    >>> len(catalogue_activations()) == len(CATALOGUE)
    True
    """
    names = (
        entry.name if entry.parameter is None or entry.parameter.default is not None else f"{entry.name}(3)"
        for entry in CATALOGUE.values()
    )
    return tuple(activation(name) for name in names)
