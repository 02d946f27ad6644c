"""Certificates of the kind `one-point`: one-point overlapping on an open box (T3, section 5, T12)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import flint
import sympy as sp
from flint import arb

from implicitreg_sym.certificate.absence import NO_OVERLAP, NoCertificateError
from implicitreg_sym.certificate.frame import Certificate, frame
from implicitreg_sym.certificate.numbers import exact_ball, interval, rounded_outward
from implicitreg_sym.certificate.polish import polish
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.invariants.potential import Potential
from implicitreg_sym.overlap.arrivals import rational
from implicitreg_sym.overlap.equations import Equations
from implicitreg_sym.overlap.general_one_point import GeneralOnePoint
from implicitreg_sym.overlap.one_point_box import Cell, CertifiedBox, Start, certify_cell, grow_box
from implicitreg_sym.overlap.outcome import NoOverlap, OnePoint

PRECISION = 64  # as for the cells themselves: quadrature is dear, and F is far from 0 where its sign counts
BOX_BITS = 40  # of the middle of a box: its radius is much larger than a unit in the last place
INFLATIONS = (Fraction(33, 32), Fraction(9, 8), Fraction(5, 4), Fraction(3, 2), Fraction(2))
MAX_SPLITS = 4
MAX_CELLS = 400
Interval = tuple[Fraction, Fraction]


@dataclass(frozen=True, slots=True)
class Tile:
    """A rectangle of points (w, a) and, for each sample, a ball for its input."""

    w: Interval
    a: Interval
    boxes: tuple[Ball, Ball]


def one_point_certificate(result: OnePoint | NoOverlap) -> Certificate:
    """Return the certificate of a robust one-point overlapping with its open box.

    Raises `NoCertificateError` where there is no overlapping.

    >>> import implicitreg_sym as ir
    >>> one_point_certificate(ir.one_point(ir.activation("sigmoid")))["given"]["a_0"]
    '3'
    """
    if isinstance(result, NoOverlap):
        raise NoCertificateError(NO_OVERLAP)
    if not result.status.established:
        raise NoCertificateError("the overlapping is not established")
    w_0, a_0 = result.start.w, result.start.a
    if w_0.exact is None or a_0.exact is None:
        raise NoCertificateError("the start is not known exactly")
    equations = Equations(Potential(result.activation))
    start = Start(w_0.ball, a_0.ball)
    inputs = (result.samples[0].x.ball, result.samples[1].x.ball)
    box = grow_box(equations, start, (result.limit.w.ball, result.limit.a.ball), inputs)
    if box is None:
        raise NoCertificateError("the cells of the open box could not be certified again")
    return box_certificate(equations, (w_0.exact, a_0.exact), start, box)


def general_one_point_certificate(found: GeneralOnePoint) -> Certificate:
    """Return the certificate of a construction by the general recipe, from its own cells."""
    numbers = (found.candidate.w_0, found.a_0)
    exact = (rational(numbers[0]), rational(numbers[1]))
    return box_certificate(found.equations, exact, Start(*numbers), found.box)


def box_certificate(
    equations: Equations, given: tuple[sp.Expr, sp.Expr], start: Start, box: CertifiedBox
) -> Certificate:
    """Return the certificate for an open box from the cells that cover it; ``given`` are w_0 and a_0."""
    with flint.ctx.workprec(PRECISION):
        tiles = [tile for cell in box.cells for tile in _tiles(equations, start, cell)]
    if len(tiles) > MAX_CELLS:
        raise NoCertificateError(
            f"the open box needs {len(tiles)} cells; a certificate holds at most {MAX_CELLS}"
        )
    return frame(
        "one-point",
        equations.activation,
        {"w_0": polish(given[0]), "a_0": polish(given[1])},
        {"w": interval(box.w), "a": interval(box.a)},
        {
            "precision": PRECISION,
            "cells": [
                {"w": interval(tile.w), "a": interval(tile.a), "x": [exact_ball(ball) for ball in tile.boxes]}
                for tile in tiles
            ],
        },
    )


def _tiles(equations: Equations, start: Start, cell: Cell) -> Iterator[Tile]:
    """The cell, or its parts, with boxes at whose ends the equation of the orbit has opposite signs."""
    pending: list[tuple[Cell | None, int]] = [(cell, 0)]
    while pending:
        part, splits = pending.pop()
        tile = None if part is None else _tile(equations, start, part)
        if tile is not None:
            yield tile
        elif part is None or splits == MAX_SPLITS:
            raise NoCertificateError("the inputs could not be isolated over a cell of the open box")
        else:
            pending += [
                (certify_cell(equations, start, w, a, part.roots), splits + 1)
                for w in _halves(part.w)
                for a in _halves(part.a)
            ]


def _halves(side: Interval) -> tuple[Interval, Interval]:
    middle = (side[0] + side[1]) / 2
    return (side[0], middle), (middle, side[1])


def _tile(equations: Equations, start: Start, cell: Cell) -> Tile | None:
    w, a = _hull(cell.w), _hull(cell.a)
    boxes = []
    for stated in cell.boxes:
        inflated = (Ball(stated.middle, stated.radius * factor) for factor in INFLATIONS)
        candidates = (rounded_outward(ball, BOX_BITS) for ball in inflated)
        isolating = next((box for box in candidates if _isolates(equations, start, w, a, box)), None)
        if isolating is None:
            return None
        boxes.append(isolating)
    first, second = (box.to_arb() for box in boxes)
    if first.overlaps(second) or (equations.degree(w * first) - equations.degree(w * second)).contains(0):
        return None
    return Tile(cell.w, cell.a, (boxes[0], boxes[1]))


def _hull(side: Interval) -> arb:
    return Ball(side[0]).to_arb().union(Ball(side[1]).to_arb())


def _isolates(equations: Equations, start: Start, w: arb, a: arb, box: Ball) -> bool:
    """Whether H(x) - (a² - a0²)/2 is monotone in x and has opposite signs at the ends, for all (w, a)."""
    w_0, a_0 = start.balls()
    x = box.to_arb()
    slope = equations.psi_gap(x, w, w_0)
    if not (slope > 0 or slope < 0) or not (x > 0 or x < 0):
        return False
    low, high = (
        equations.orbit_gap(Ball(end).to_arb(), w, w_0) - (a * a - a_0 * a_0) / 2
        for end in (box.lower, box.upper)
    )
    return bool(low < 0 < high or high < 0 < low)
