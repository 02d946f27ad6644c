"""Kind ``one-point``: on an open box U every point is the common limit of two flows from one start,
transversally, so that every function that characterises weakly is constant on U (T3)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

from flint import arb, fmpq

from implicitreg_checker.activation import Activation, read_activation
from implicitreg_checker.errors import UnreadableError, require
from implicitreg_checker.exact import prove_continuity
from implicitreg_checker.limit import number
from implicitreg_checker.reading import ball, entries, fields, rational
from implicitreg_checker.two_point import prove_regular

Interval = tuple[fmpq, fmpq]
MAX_CELLS = 400


@dataclass(frozen=True, slots=True)
class Cell:
    """A closed rectangle of points (w, a) and, for each sample, a ball that holds its input x_i and no
    other root."""

    w: Interval
    a: Interval
    boxes: tuple[arb, arb]


@dataclass(frozen=True, slots=True)
class Orbits:
    """F(x; w, a) = (G(wx) - G(w_0 x))/x² - (a² - a_0²)/2, which vanishes iff (w, a) is on the orbit of
    (w_0, a_0) for x."""

    activation: Activation
    w_0: arb
    a_0: arb

    def residual(self, x: arb, w: arb, a: arb) -> arb:
        """Enclose F."""
        return self.activation.rise(self.w_0 * x, w * x) / x**2 - (a**2 - self.a_0**2) / 2

    def slope(self, x: arb, w: arb) -> arb:
        """Enclose x³ ∂F/∂x = ψ(wx) - ψ(w_0 x), ψ(u) = u g(u) - 2 G(u), by the mean value theorem in both
        arguments."""
        x_m, w_m = x.mid(), w.mid()
        end, start, w_0 = w_m * x_m, self.w_0 * x_m, self.w_0
        ratio = self.activation.ratio
        gap = end * ratio(end) - start * ratio(start) - 2 * self.activation.rise(start, end)
        return gap + self._bend(w * x) * (w * x - end) - self._bend(w_0 * x) * (w_0 * x - start)

    def _bend(self, point: arb) -> arb:
        """Enclose ψ' = u g' - g, g' = 1 - σσ''/σ'²."""
        value, slope, half = self.activation.jet(point, 3)
        return point * (1 - 2 * value * half / slope**2) - value / slope


def check(certificate: dict[str, Any]) -> None:
    """Prove the certificate. Raises `RejectedError` with the step that fails."""
    given = fields(certificate["given"], "given", "w_0", "a_0")
    found = fields(certificate["found"], "found", "w", "a")
    witness = fields(certificate["witness"], "witness", "precision", "cells")
    activation = read_activation(certificate["activation"])
    prove_continuity(activation)
    orbits = Orbits(activation, number(given["w_0"], "given.w_0"), number(given["a_0"], "given.a_0"))
    cells = entries(witness["cells"], "witness.cells", _read_cell, 1, MAX_CELLS)
    for cell in cells:
        prove_cell(orbits, cell)
    for first, second in combinations(cells, 2):
        _prove_glued(first, second)
    _prove_covered(_interval(found["w"], "found.w"), _interval(found["a"], "found.a"), cells)


def _interval(value: Any, place: str) -> Interval:
    low, high = entries(value, place, rational, 2, 2)
    if not low < high:
        raise UnreadableError(f"{place} must be [lo, hi] with lo < hi")
    return low, high


def _read_cell(value: Any, place: str) -> Cell:
    parts = fields(value, place, "w", "a", "x")
    first, second = entries(parts["x"], f"{place}.x", ball, 2, 2)
    return Cell(_interval(parts["w"], f"{place}.w"), _interval(parts["a"], f"{place}.a"), (first, second))


def _hull(interval: Interval) -> arb:
    return arb(interval[0]).union(arb(interval[1]))


def prove_cell(orbits: Orbits, cell: Cell) -> None:
    """Prove the hypothesis of T3 on one cell.

    For every point of it F(·; w, a) has opposite signs at the ends of each box and ∂F/∂x ≠ 0 inside:
    exactly one root, which depends C¹ on the point (implicit function theorem). The curves cross iff E(w
    x_1) ≠ E(w x_2) (section 5).
    """
    w, a, activation = _hull(cell.w), _hull(cell.a), orbits.activation
    boxes = [box.lower().union(box.upper()) for box in cell.boxes]  # these ends are rounded outwards
    require(a * orbits.a_0 > 0, "a and a_0 have one sign on the cell")
    require(not boxes[0].overlaps(boxes[1]), "x_1 ≠ x_2 on the cell")
    for stated, box in zip(cell.boxes, boxes, strict=True):
        require(box > 0 or box < 0, "x ≠ 0 on the cell")
        slope = orbits.slope(box, w)
        require(slope > 0 or slope < 0, "the orbit's equation is monotone in x on the cell")
        ends = [orbits.residual(end, w, a) for end in (stated.lower(), stated.upper())]
        require(_opposite(*ends), "the orbit's equation changes sign across the box of x")
        prove_regular(activation, orbits.w_0 * box, w * box)
        for point in (w * box, orbits.w_0 * box):
            activation.piece_of(point)  # beyond a breakpoint σ' may jump, and F would not be C¹
    first, second = (_degree(activation, w * box) for box in boxes)
    require(not (first - second).contains(0), "the curves of solutions cross on the cell")


def _opposite(first: arb, second: arb) -> bool:
    # not by the sign of the product, whose ball is wider
    return bool(first > 0 > second) or bool(first < 0 < second)


def _degree(activation: Activation, point: arb) -> arb:
    """Enclose E over a ball by the mean value theorem, E' = (σ' + uσ'')/σ - uσ'²/σ²."""
    value, slope, half = activation.jet(point, 3)
    bend = (slope + 2 * point * half) / value - point * (slope / value) ** 2
    return activation.degree(point.mid()) + bend * (point - point.mid())


def _prove_glued(first: Cell, second: Cell) -> None:
    """Prove that two cells with common points have common roots there: F is monotone on each box, so if two
    boxes meet it is monotone on both together and has one root in them."""
    sides = ((first.w, second.w), (first.a, second.a))
    apart = any(max(one[0], other[0]) > min(one[1], other[1]) for one, other in sides)
    meet = all(one.overlaps(other) for one, other in zip(first.boxes, second.boxes, strict=True))
    require(apart or meet, "the boxes of neighbouring cells meet")


def _prove_covered(w: Interval, a: Interval, cells: list[Cell]) -> None:
    """Prove by exact comparison that the cells cover the rectangle: each part of the grid of their ends
    lies in one."""
    grids = []
    for side, ends in ((w, [cell.w for cell in cells]), (a, [cell.a for cell in cells])):
        inner = {end for pair in ends for end in pair if side[0] < end < side[1]}
        grids.append(list(pairwise(sorted({*side, *inner}))))
    for part_w in grids[0]:
        for part_a in grids[1]:
            covered = any(
                cell.w[0] <= part_w[0]
                and part_w[1] <= cell.w[1]
                and cell.a[0] <= part_a[0]
                and part_a[1] <= cell.a[1]
                for cell in cells
            )
            require(covered, "the cells cover U")
