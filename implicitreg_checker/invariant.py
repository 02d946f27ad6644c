"""The kind ``invariant``: a closed form of G = ∫ σ/σ', and rigorous differences of G (T4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flint import arb, fmpq

from implicitreg_checker.activation import Activation, Piece, integral, keeps_sign, read_activation
from implicitreg_checker.calculus import combine, derivative, substitute
from implicitreg_checker.errors import UnreadableError, require
from implicitreg_checker.exact import prove_continuity, prove_potential, prove_zero, vanishes
from implicitreg_checker.expression import Expression, parse
from implicitreg_checker.reading import entries, fields, prove_inside, rational


def check(certificate: dict[str, Any]) -> None:
    """Prove an ``invariant`` certificate: G'σ' = σ exactly, then each segment by quadrature and by G."""
    given = fields(certificate["given"], "given", "potential")
    found = fields(certificate["found"], "found", "segments")
    fields(certificate["witness"], "witness", "precision")
    activation = read_activation(certificate["activation"])
    prove_continuity(activation)
    activation = read_potential(given["potential"], activation)
    for low, high, rise, place in entries(found["segments"], "found.segments", _read_segment):
        parts = [part for piece in activation.pieces if (part := _part(piece, low, high))]
        signs = {keeps_sign(_slope(piece), start, end, f"{place}: σ' ≠ 0") for piece, start, end in parts}
        require(len(signs) == 1, f"{place}: σ' has one sign")
        quadrature = sum((integral(*part) for part in parts), arb(0))
        prove_inside(rise, f"{place}.rise", quadrature)
        prove_inside(rise, f"{place}.rise", activation.rise(arb(low), arb(high)))


def _read_segment(value: Any, place: str) -> tuple[fmpq, fmpq, Any, str]:
    parts = fields(value, place, "from", "to", "rise")
    low, high = rational(parts["from"], f"{place}.from"), rational(parts["to"], f"{place}.to")
    if not low < high:
        raise UnreadableError(f"{place}: a segment runs upwards")
    return low, high, parts["rise"], place


def _slope(piece: Piece) -> Callable[[arb], arb]:
    def slope(point: arb) -> arb:
        result: arb = piece.formula.at(point, 2)[1]
        return result

    return slope


def _part(piece: Piece, low: fmpq, high: fmpq) -> tuple[Piece, arb, arb] | None:
    """The piece and the ends of what it covers of [low, high]."""
    low = low if piece.lower is None else max(low, piece.lower)
    high = high if piece.upper is None else min(high, piece.upper)
    return (piece, arb(low), arb(high)) if low < high else None


def read_potential(value: Any, activation: Activation, place: str = "given.potential") -> Activation:
    """Read [G of the first piece or null, …] and attach it to the pieces once it is proved.

    Neighbouring closed forms must agree at their breakpoint, if both have finite values there.
    """

    def read(entry: Any, where: str) -> Expression | None:
        return None if entry is None else parse(entry, where, variable=True, closed_form=True)

    count = len(activation.pieces)
    potentials = entries(value, place, read, count, count)
    for piece, potential in zip(activation.pieces, potentials, strict=True):
        if potential is not None:
            require(not vanishes(derivative(piece.formula)), f"{place}: null where σ' = 0 identically")
            prove_potential(piece.formula, potential, f"{place}: G' σ' = σ")
    for piece, left, right in zip(activation.pieces[1:], potentials, potentials[1:], strict=False):
        end = arb(piece.lower)
        if left and right and left.at(end)[0].is_finite() and right.at(end)[0].is_finite():
            point = parse(str(piece.lower), place, variable=False)
            values = {"a": substitute(left, point), "b": substitute(right, point)}
            prove_zero(combine("- a b", **values), f"{place}: continuity of G at {piece.lower}")
    pieces = zip(activation.pieces, potentials, strict=True)
    return Activation(tuple(replace(piece, potential=potential) for piece, potential in pieces))
