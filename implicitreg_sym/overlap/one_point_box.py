"""The open box U around θ*: every point of it is the common limit of two flows from θ0, transversally
(hypothesis of T3).

A cell of U is certified by interval Newton with the point as a parameter; cells are glued along common
edges, where the uniqueness of the root makes the datasets continuous. U grows side by side as long as
strips of cells can be certified.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import flint
from flint import arb

from implicitreg_sym.evaluate import Ball
from implicitreg_sym.overlap.equations import Equations

BOX_BITS = 64
INFLATIONS = 5
MAX_SPLITS = 2
NEWTON_STEPS = 8
NEWTON_BITS = 14
MAX_CELLS = 40
MAX_FAILURES = 2
FIRST_EXPONENTS = range(3, 40)


@dataclass(frozen=True, slots=True)
class Start:
    """θ0 as balls at the precision in force when asked."""

    w: Fraction | Ball
    a: Fraction | Ball

    def balls(self) -> tuple[arb, arb]:
        """(w0, a0)."""
        w, a = (number if isinstance(number, Ball) else Ball(number) for number in (self.w, self.a))
        return w.to_arb(), a.to_arb()


@dataclass(frozen=True, slots=True)
class Cell:
    """A closed rectangle of points (w, a), and for each of x1, x2 the ball with the root and the ball in
    which it is unique."""

    w: tuple[Fraction, Fraction]
    a: tuple[Fraction, Fraction]
    roots: tuple[Ball, Ball]
    boxes: tuple[Ball, Ball]


@dataclass(frozen=True, slots=True)
class CertifiedBox:
    """The box U = (w_lo, w_hi) x (a_lo, a_hi) and the cells that cover it."""

    w: tuple[Fraction, Fraction]
    a: tuple[Fraction, Fraction]
    cells: tuple[Cell, ...]


def _ball(ends: tuple[Fraction, Fraction]) -> arb:
    return Ball((ends[0] + ends[1]) / 2, (ends[1] - ends[0]) / 2).to_arb()


def certify_cell(
    equations: Equations,
    start: Start,
    w: tuple[Fraction, Fraction],
    a: tuple[Fraction, Fraction],
    guesses: tuple[Ball, Ball],
) -> Cell | None:
    """Certify one cell: for each θ in it and i = 1, 2 exactly one x_i in a box near the guess.

    Checked over the whole cell: H(x; w) = (a² - a0²)/2 has one root (interval Newton, so it is simple and
    C¹ in θ); the two boxes are disjoint; E(w x1) ≠ E(w x2) (transversality); σ, σ' ≠ 0 on both arcs; a and
    a0 have one sign; no w x_i meets a breakpoint of σ.
    """
    with flint.ctx.workprec(BOX_BITS):
        w_0, a_0 = start.balls()
        w_ball, a_ball = _ball(w), _ball(a)
        if not a_ball * a_0 > 0:
            return None
        found = [
            _parametric_root(equations, (w_0, a_0), (w_ball, a_ball), guess.to_arb().mid())
            for guess in guesses
        ]
        if found[0] is None or found[1] is None:
            return None
        (root_1, box_1), (root_2, box_2) = found[0], found[1]
        if box_1.overlaps(box_2) or not (box_1 > 0 and box_2 > 0):
            return None
        if (equations.degree(w_ball * root_1) - equations.degree(w_ball * root_2)).contains(0):
            return None
        # beyond a breakpoint σ' may jump, and with it the derivatives of x_i and y_i (T3 needs C¹)
        if any(equations.activation.piece_at(w_ball * box) is None for box in (box_1, box_2)):
            return None
        if not all(equations.regular_between(w_0 * root, w_ball * root) for root in (root_1, root_2)):
            return None
        return Cell(
            w, a, (Ball.from_arb(root_1), Ball.from_arb(root_2)), (Ball.from_arb(box_1), Ball.from_arb(box_2))
        )


@dataclass(frozen=True, slots=True)
class _Centre:
    """An approximate root x at the middle of a cell, F there, and x³ ∂F/∂x there."""

    x: arb
    residual: arb
    psi_gap: arb


def _centre(equations: Equations, start: tuple[arb, arb], w: arb, a: arb, guess: arb) -> _Centre | None:
    """Newton's method on midpoints, as far as the centre of a cell needs it."""
    x = guess
    for _ in range(NEWTON_STEPS):
        rise = equations.potential.difference(start[0] * x, w * x)
        residual = rise / (x * x) - (a * a - start[1] ** 2) / 2
        psi_gap = equations.psi_gap_from(rise, x, w, start[0])
        step = residual * x**3 / psi_gap
        if not step.is_finite() or not abs(step) < abs(x) / 2:
            return None
        if abs(step) < abs(x) * arb(2) ** (-NEWTON_BITS):
            return _Centre(x, residual, psi_gap)
        x = (x - step).mid()
    return None


def _psi_gap_over(equations: Equations, centre: _Centre, x: arb, w: arb, w_0: arb) -> arb:
    """x³ ∂F/∂x over balls by the mean value theorem from the centre of the cell."""
    end, start = w * x, w_0 * x
    change = equations.psi_slope(end) * (end - w.mid() * centre.x) - equations.psi_slope(start) * (
        start - w_0 * centre.x
    )
    return centre.psi_gap + change


def _parametric_root(
    equations: Equations, start: tuple[arb, arb], point: tuple[arb, arb], guess: arb
) -> tuple[arb, arb] | None:
    """(root, box): for every (w, a) in the balls F has exactly one root in ``box``, and it lies in ``root``.

    The root is sought in a tube x = x_m + J (θ - θ_m) + e, with J the derivative of the root at the middle.
    By the mean value theorem F = F(x_m; θ_m) + (∂_θ F + ∂_x F J)(θ - θ_m) + ∂_x F e with all derivatives
    over the hull of the tube, so that the part linear in θ nearly cancels. If the e with F = 0 lie inside
    the tube there is a root for each θ, and since ∂_x F excludes zero over the hull it is the only one in
    the hull.
    """
    w, a = point
    w_0 = start[0]
    centre = _centre(equations, start, w.mid(), a.mid(), guess)
    if centre is None:
        return None
    middle = centre.x
    shift_w, shift_a = w - w.mid(), a - a.mid()
    slope = centre.psi_gap / middle**3
    tilt_w = -(equations.potential.slope_over(w.mid() * middle) / middle / slope).mid()
    tilt_a = (a.mid() / slope).mid()
    line = middle + tilt_w * shift_w + tilt_a * shift_a
    error = arb(0, arb(2) ** (8 - BOX_BITS))
    for _ in range(INFLATIONS):
        hull = line + error
        if not hull > 0:
            return None
        slope = _psi_gap_over(equations, centre, hull, w, w_0) / hull**3
        if not slope.is_finite() or slope.contains(0):
            return None
        change_w = equations.potential.slope_over(w * hull) / hull + slope * tilt_w
        change_a = -a + slope * tilt_a
        image = -(centre.residual + change_w * shift_w + change_a * shift_a) / slope
        if error.contains_interior(image):
            return line + image, hull
        error = arb(0, (2 * image.abs_upper()).upper())
    return None


def grow_box(
    equations: Equations,
    start: Start,
    point: tuple[Ball, Ball],
    roots: tuple[Ball, Ball],
    scale: Fraction = Fraction(1),
) -> CertifiedBox | None:
    """Return a box around θ* = ``point`` as large as strips of cells can be certified, or None if no cell
    can be; ``scale`` is the order of magnitude of w and a.

    Two cells with a common edge are glued: their boxes of uniqueness meet, so that they have one root there
    (see `_glued`). On U the datasets are thus C¹ in θ (T3).
    """
    first = _first_cell(equations, start, point, roots, scale)
    if first is None:
        return None
    cells = [first]
    sides = {"w": first.w, "a": first.a}
    steps = {(name, end): sides[name][1] - sides[name][0] for name in ("w", "a") for end in (0, 1)}
    failures = dict.fromkeys(steps, 0)
    while len(cells) < MAX_CELLS and any(count < MAX_FAILURES for count in failures.values()):
        for name, end in list(steps):
            if failures[name, end] >= MAX_FAILURES:
                continue
            step, edge = steps[name, end], sides[name][end]
            strip = {**sides, name: (edge - step, edge) if end == 0 else (edge, edge + step)}
            added = _strip(
                equations, start, cells, strip["w"], strip["a"], MAX_SPLITS, "a" if name == "w" else "w"
            )
            if added is None:
                failures[name, end] += 1
                steps[name, end] = step / 2
            else:
                cells += added
                steps[name, end] = step if failures[name, end] else 2 * step
                sides[name] = (edge - step, sides[name][1]) if end == 0 else (sides[name][0], edge + step)
    return CertifiedBox(sides["w"], sides["a"], tuple(cells))


def _first_cell(
    equations: Equations,
    start: Start,
    point: tuple[Ball, Ball],
    roots: tuple[Ball, Ball],
    scale: Fraction,
) -> Cell | None:
    for exponent in FIRST_EXPONENTS:
        width = scale / 2**exponent
        w, a = ((_dyadic(ball.lower - width, width), _dyadic(ball.upper + width, width)) for ball in point)
        cell = certify_cell(equations, start, w, a, roots)
        if cell is not None:
            return cell
    return None


def _dyadic(number: Fraction, width: Fraction) -> Fraction:
    """The nearest multiple of an eighth of the width, so that the ends of U stay short."""
    unit = width / 8
    return round(number / unit) * unit


def _strip(
    equations: Equations,
    start: Start,
    cells: list[Cell],
    w: tuple[Fraction, Fraction],
    a: tuple[Fraction, Fraction],
    splits: int,
    along: str,
) -> list[Cell] | None:
    """Certify a strip beside the cells and glue it to them, cut along its length where one cell does not
    do."""
    neighbours = [cell for cell in cells if _common_edge(cell, w, a)]
    if neighbours:
        cell = certify_cell(equations, start, w, a, neighbours[0].roots)
        if cell is not None and all(_glued(cell, neighbour) for neighbour in neighbours):
            return [cell]
    if splits == 0 or not neighbours:
        return None
    added: list[Cell] = []
    for part_w, part_a in _halves(w, a, along):
        half = _strip(equations, start, [*cells, *added], part_w, part_a, splits - 1, along)
        if half is None:
            return None
        added += half
    return added


def _common_edge(cell: Cell, w: tuple[Fraction, Fraction], a: tuple[Fraction, Fraction]) -> bool:
    """Whether two rectangles touch along more than a point."""
    low_w, high_w = max(cell.w[0], w[0]), min(cell.w[1], w[1])
    low_a, high_a = max(cell.a[0], a[0]), min(cell.a[1], a[1])
    return high_w >= low_w and high_a >= low_a and (high_w > low_w or high_a > low_a)


def _glued(cell: Cell, neighbour: Cell) -> bool:
    """Whether the boxes of two cells with common points meet, for each of x1 and x2.

    On their common edge F is strictly monotone in x on either box, so where the boxes meet it is monotone
    on both together: the root in one is the root in the other.
    """
    return all(
        max(box.lower, other.lower) <= min(box.upper, other.upper)
        for box, other in zip(cell.boxes, neighbour.boxes, strict=True)
    )


def _halves(
    w: tuple[Fraction, Fraction], a: tuple[Fraction, Fraction], along: str
) -> Iterator[tuple[tuple[Fraction, Fraction], tuple[Fraction, Fraction]]]:
    middle = sum(w if along == "w" else a, Fraction(0)) / 2
    if along == "w":
        yield (w[0], middle), a
        yield (middle, w[1]), a
    else:
        yield w, (a[0], middle)
        yield w, (middle, a[1])


def recertify(equations: Equations, start: Start, cell: Cell) -> bool:
    """Whether the cell is certified afresh, with roots inside the boxes that it states."""
    again = certify_cell(equations, start, cell.w, cell.a, cell.roots)
    if again is None:
        return False
    with flint.ctx.workprec(BOX_BITS):
        return all(
            stated.to_arb().contains(found.to_arb())
            for stated, found in zip(cell.boxes, again.roots, strict=True)
        )


def common_edges_glued(cells: tuple[Cell, ...]) -> bool:
    """Whether the roots agree along every common edge of two cells."""
    return all(
        _glued(cell, other)
        for index, cell in enumerate(cells)
        for other in cells[:index]
        if _common_edge(other, cell.w, cell.a)
    )
