"""One-point overlapping: the example is accepted, and every step of the proof is needed."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import flint
import pytest
from flint import arb, fmpq
from mpmath import mp, mpf

from implicitreg_checker import one_point
from implicitreg_checker.activation import read_activation
from implicitreg_checker.certificate import check
from implicitreg_checker.errors import RejectedError, UnreadableError
from implicitreg_checker.one_point import Cell, Orbits, _degree, prove_cell

from . import oracle
from .examples import ball, changed, load, refused_with, text

SIGMOID = [{"below": None, "formula": "/ 1 + 1 exp neg u"}]
NAME = "one-point"


def rejected(step: str, **changes: Any) -> None:
    refused_with(RejectedError, step, NAME, **changes)


def rejected_near(step: str, **changes: Any) -> None:
    with pytest.raises(RejectedError) as caught:
        check(text(changed(NAME, **changes)))
    assert str(caught.value).startswith(step), caught.value


def cells(index: int | None = None, **changes: Any) -> Any:
    """The cells of the example, one of them (or all) changed."""
    result = load(NAME)["witness"]["cells"]
    for number, cell in enumerate(result):
        if index in (None, number):
            cell.update(changes)
    return result


@pytest.fixture(autouse=True)
def _precision() -> Any:
    before, flint.ctx.prec = flint.ctx.prec, 128
    yield
    flint.ctx.prec = before


def test_the_example_is_accepted_and_so_is_each_smaller_box() -> None:
    assert check(text(load(NAME))) == NAME
    for w, a in (
        (["1", "2001/2000"], ["2049/1000", "41/20"]),
        (["1999/2000", "2001/2000"], ["41/20", "2051/1000"]),
    ):
        assert check(text(changed(NAME, found={"w": w, "a": a}))) == NAME


def test_one_cell_is_enough_for_its_own_box() -> None:
    for cell in cells():
        changes = {"witness__cells": [cell], "found": {"w": cell["w"], "a": cell["a"]}}
        assert check(text(changed(NAME, **changes))) == NAME


@pytest.mark.parametrize("place", ["given", "found", "witness"])
def test_objects_have_exactly_their_fields(place: str) -> None:
    if place != "witness":
        refused_with(UnreadableError, f"{place} must be an object", NAME, **{place: []})
    refused_with(UnreadableError, f"{place} has the unknown key 'z'", NAME, **{f"{place}__z": "1"})
    target = load(NAME)[place]
    for key in target:
        kept = {other: value for other, value in target.items() if other != key}
        message = f"{place} lacks {key!r}"
        if key == "precision":
            message = "witness.precision must be an integer from 64 to 2000000"
        refused_with(UnreadableError, message, NAME, **{place: kept})


def test_what_is_unreadable_is_named_by_its_place() -> None:
    def unreadable(message: str, **changes: Any) -> None:
        refused_with(UnreadableError, message, NAME, **changes)

    unreadable("activation must be a list of 1 to 20 entries", activation=1)
    unreadable("given.w_0 must be a string", given__w_0=1)
    unreadable("given.a_0 must be a string", given__a_0=1)
    unreadable("witness.cells must be a list of 1 to 400 entries", witness__cells=[])
    unreadable("witness.cells must be a list of 1 to 400 entries", witness__cells=cells()[:1] * 401)
    unreadable("witness.cells[1] must be an object", witness__cells=[*cells()[:1], 1])
    unreadable("witness.cells[0] has the unknown key 'z'", witness__cells=cells(z=1))
    unreadable("witness.cells[2].x must be a list of 2 to 2 entries", witness__cells=cells(2, x=[]))
    unreadable(
        "witness.cells[2].x must be a list of 2 to 2 entries", witness__cells=cells(2, x=[ball(1, 1)] * 3)
    )
    unreadable("witness.cells[2].x[1] must be an object", witness__cells=cells(2, x=[ball(1, 1), 1]))
    unreadable("witness.cells[1].w must be a list of 2 to 2 entries", witness__cells=cells(1, w=["1"]))
    unreadable(
        "witness.cells[1].a must be a list of 2 to 2 entries", witness__cells=cells(1, a=["1", "2", "3"])
    )
    unreadable("witness.cells[1].a[1] must be a string", witness__cells=cells(1, a=["1", 2]))
    unreadable("found.w must be a list of 2 to 2 entries", found__w=["1"])
    unreadable("found.a must be a list of 2 to 2 entries", found__a=["1"])
    for pair in (["1", "1"], ["2", "1"]):
        unreadable("found.w must be [lo, hi] with lo < hi", found__w=pair)
        unreadable("found.a must be [lo, hi] with lo < hi", found__a=pair)
        unreadable("witness.cells[3].w must be [lo, hi] with lo < hi", witness__cells=cells(3, w=pair))
        unreadable("witness.cells[3].a must be [lo, hi] with lo < hi", witness__cells=cells(3, a=pair))


def test_400_cells_are_read() -> None:
    message = "witness.cells[399] must be an object"
    refused_with(UnreadableError, message, NAME, witness__cells=[*(cells()[:1] * 399), 1])


@pytest.mark.parametrize(
    ("side", "low", "high"),
    [
        ("w", "9989/10000", "1001/1000"),
        ("w", "999/1000", "10011/10000"),
        ("a", "20489/10000", "2051/1000"),
        ("a", "2049/1000", "20511/10000"),
        ("w", "2", "3"),
        ("a", "-1", "1"),
    ],
)
def test_a_box_that_the_cells_do_not_cover_is_rejected(side: str, low: str, high: str) -> None:
    rejected("the cells cover U", **{f"found__{side}": [low, high]})


def test_no_cell_can_be_left_out_and_any_may_be_repeated_or_moved() -> None:
    for index in range(4):
        some = cells()
        del some[index]
        rejected("the cells cover U", witness__cells=some)
        assert check(text(changed(NAME, witness__cells=[*cells(), cells()[index]]))) == NAME
    assert check(text(changed(NAME, witness__cells=cells()[::-1]))) == NAME


def test_overlapping_cells_cover_together() -> None:
    some = cells()
    some[0]["w"] = ["999/1000", "10001/10000"]
    assert check(text(changed(NAME, witness__cells=some))) == NAME


def test_the_start_has_an_a_of_the_same_sign() -> None:
    for a_0 in ("-1", "0"):
        rejected("a and a_0 have one sign on the cell", given__a_0=a_0)


def test_the_inputs_of_the_samples_differ_and_are_not_zero() -> None:
    first, second = cells()[0]["x"]
    rejected("x_1 ≠ x_2 on the cell", witness__cells=cells(0, x=[first, first]))
    between = {"mid": ["3", -1], "rad": ["1", 0]}
    rejected("x_1 ≠ x_2 on the cell", witness__cells=cells(0, x=[first, between]))
    zero = ball(0, 1, 3)
    rejected("x ≠ 0 on the cell", witness__cells=cells(0, x=[zero, second]))
    rejected("x ≠ 0 on the cell", witness__cells=cells(0, x=[first, zero]))


def test_each_box_holds_one_root_for_all_points_of_its_cell() -> None:
    step = "the orbit's equation changes sign across the box of x"
    first, second = cells()[0]["x"]
    for pair in ([shifted(first, 2), second], [first, shifted(second, 2)], [shifted(first, -2), second]):
        rejected(step, witness__cells=cells(0, x=pair))
    for narrow in ([narrowed(first), second], [first, narrowed(second)]):
        rejected(step, witness__cells=cells(0, x=narrow))
    wide = {"mid": second["mid"], "rad": [second["rad"][0], -35]}
    rejected("the orbit's equation is monotone in x on the cell", witness__cells=cells(0, x=[first, wide]))


def shifted(box: Any, radii: int) -> Any:
    middle = int(box["mid"][0]) + radii * int(box["rad"][0])
    return {"mid": [str(middle), box["mid"][1]], "rad": box["rad"]}


def narrowed(box: Any) -> Any:
    return {"mid": box["mid"], "rad": [str(int(box["rad"][0]) // 2), box["rad"][1]]}


def test_the_orbits_equation_and_its_slope_are_those_of_mpmath() -> None:
    orbits = Orbits(read_activation(SIGMOID), arb(0.5), arb(1))
    with mp.workdps(40):
        judge = oracle.Activation(SIGMOID)

        def equation(x: Any) -> Any:
            return judge.rise(x / 2, x) / x**2 - (mpf(2.25) ** 2 - 1) / 2

        value = orbits.residual(arb(1.5), arb(1), arb(2.25))
        assert (
            abs(mpf(value.str(35, radius=False)) - equation(mpf(1.5))) < mpf("1e-30") and value.rad() < 1e-30
        )
        expected = mpf(1.5) ** 3 * mp.diff(equation, mpf(1.5))
        slope = orbits.slope(arb(1.5), arb(1))
        assert abs(mpf(slope.str(25, radius=False)) - expected) < mpf("1e-20") and slope.rad() < 1e-30
        wide = orbits.slope(arb(1.5, 0.01), arb(1, 0.01))
        for x in (1.49, 1.51):
            for w in (0.99, 1.01):
                assert wide.contains(orbits.slope(arb(x) * (1 + arb((1, -1060))), arb(w)))
        assert wide.rad() < 0.35


def with_sigma(formula: Any, w: Any, a: Any, boxes: Any, w_0: Any = 0.5, a_0: Any = 1) -> None:
    pieces = formula if isinstance(formula, list) else [{"below": None, "formula": formula}]
    orbits = Orbits(read_activation(pieces), arb(w_0), arb(a_0))
    prove_cell(orbits, Cell(w, a, boxes))


def test_the_curves_of_solutions_cross() -> None:
    # E of a power is constant, though both flows end at θ for two inputs x and -x
    with pytest.raises(RejectedError, match="one piece of σ|monotone|cross"):
        with_sigma(
            "exp u", (fmpq(1), fmpq(1001, 1000)), (fmpq(2), fmpq(2001, 1000)), (arb(1, 0.01), arb(2, 0.01))
        )


def test_a_box_that_meets_a_kink_is_rejected() -> None:
    sigma = "/ 1 + 1 exp neg u"
    for end in ("24/25", "12/25", "63/25", "63/50"):
        pieces = [{"below": end, "formula": sigma}, {"below": None, "formula": sigma}]
        rejected("a point lies inside one piece of σ", activation=pieces)
    for end in ("3/4", "11/10", "7/4", "-1"):
        pieces = [{"below": end, "formula": sigma}, {"below": None, "formula": sigma}]
        assert check(text(changed(NAME, activation=pieces))) == NAME


def test_sigma_is_continuous() -> None:
    jump = [{"below": "0", "formula": "- exp u 1"}, {"below": None, "formula": "/ 1 + 1 exp neg u"}]
    rejected_near("", activation=jump)


def test_both_arcs_are_regular() -> None:
    with pytest.raises(RejectedError):
        check(text(changed(NAME, given__w_0="-1/2", activation=[{"below": None, "formula": "tanh u"}])))


def exchanged(cell: Any, **more: Any) -> Any:
    return cell | {"x": cell["x"][::-1]} | more


def test_neighbouring_cells_have_the_same_roots() -> None:
    step = "the boxes of neighbouring cells meet"
    one, two, three, four = cells()
    own = {"w": one["w"], "a": one["a"]}
    for neighbour in (two, three, four, one):  # across an edge, an edge, a corner, and everywhere
        rejected(step, witness__cells=[one, exchanged(neighbour)], found=own)
        rejected(step, witness__cells=[exchanged(neighbour), one], found=own)


def test_cells_without_a_common_point_may_have_other_roots() -> None:
    one, two, three, _ = cells()
    own = {"w": one["w"], "a": one["a"]}
    for apart in (
        exchanged(two, a=["41001/20000", "2051/1000"]),
        exchanged(three, w=["10001/10000", "1001/1000"]),
    ):
        for order in ([one, apart], [apart, one]):
            assert check(text(changed(NAME, witness__cells=order, found=own))) == NAME


def test_the_degree_over_a_ball_is_enclosed_by_its_slope() -> None:
    sigma = read_activation(SIGMOID)
    with mp.workdps(30):
        slope = abs(mp.diff(oracle.Activation(SIGMOID).degree, mpf(3) / 4))
    for radius in (2.0**-10, 2.0**-20):
        whole = _degree(sigma, arb(0.75, radius))
        for point in (0.75 - radius, 0.75, 0.75 + radius):
            assert whole.contains(sigma.degree(arb(point)))
        assert abs(whole.rad() / radius - arb(str(slope))) < 40 * radius


def test_with_weights_and_a_divided_by_four_inputs_are_four_times_as_large(monkeypatch: Any) -> None:
    def quarter(pair: Any) -> Any:
        return [str(Fraction(end) / 4) for end in pair]

    arcs: list[Any] = []
    monkeypatch.setattr(one_point, "prove_regular", lambda _, *ends: arcs.append(ends))
    example = load(NAME)
    for cell in [example["found"], *example["witness"]["cells"]]:
        cell["w"], cell["a"] = quarter(cell["w"]), quarter(cell["a"])
    for cell in example["witness"]["cells"]:
        cell["x"] = [{"mid": [x["mid"][0], -38], "rad": [x["rad"][0], -38]} for x in cell["x"]]
    example["given"] = {"w_0": "1/8", "a_0": "1/4"}
    assert check(text(example)) == NAME
    for start, end in arcs:
        assert (end / start).contains(arb(2)) and 0.4 < start < 1.3


@pytest.mark.parametrize(
    ("x", "step"), [(1.64, "is monotone in x"), (1.85, "changes sign across the box of x")]
)
def test_near_its_least_value_the_equation_is_not_monotone(x: float, step: str) -> None:
    # H is least at x = 1.6..., and increases slowly behind it
    thin = (fmpq(1), fmpq(1000001, 1000000))
    with pytest.raises(RejectedError, match=step):
        with_sigma("/ 1 + 1 exp neg u", thin, (fmpq(2), fmpq(2001, 1000)), (arb(x, 0.01), arb(3, 0.01)))


@pytest.mark.parametrize(("degrees", "crosses"), [((1, 1), False), ((2, 1), True), ((1, -1), True)])
def test_curves_of_solutions_cross_if_degrees_differ(degrees: Any, crosses: bool, monkeypatch: Any) -> None:
    cell = cells()[0]
    points: list[arb] = []

    def degree(_: Any, point: arb) -> arb:
        points.append(point)
        return arb(degrees[len(points) - 1])

    monkeypatch.setattr(one_point, "_degree", degree)
    changes = {"witness__cells": [cell], "found": {"w": cell["w"], "a": cell["a"]}}
    if crosses:
        assert check(text(changed(NAME, **changes))) == NAME
    else:
        rejected("the curves of solutions cross on the cell", **changes)
    assert [0.9 < points[0] < 1, 2.4 < points[1] < 2.6] == [True, True]
