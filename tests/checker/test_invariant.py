"""The kind `invariant`: the identity, continuity and the integrals over segments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import flint
import pytest
from flint import arb

from implicitreg_checker.activation import read_activation
from implicitreg_checker.errors import RejectedError, UnreadableError
from implicitreg_checker.invariant import check, read_potential

from .closed_forms import CLOSED_FORMS, Pieces, formulas, potentials

SEGMENTS = {"sin": ("-1", "1"), "cos": ("1/2", "5/2"), "gaussian": ("1/3", "2"), "cosh": ("-3", "-1/2")}
ON_A_RAY = ("relu", "cube", "power 3/2", "logcosh", "rational", "snake")


@pytest.fixture(autouse=True)
def _precision() -> Iterator[None]:
    with flint.ctx.workprec(128):
        yield


def ball(value: arb, radius: int = -60) -> dict[str, Any]:
    """A ball of radius 2^radius about the middle."""
    mantissa, exponent = value.mid().man_exp()
    return {"mid": [str(mantissa), int(exponent)], "rad": ["1", radius]}


def certificate(pieces: Pieces, *segments: tuple[str, str, dict[str, Any]]) -> dict[str, Any]:
    """The fields of a certificate that the kind reads."""
    return {
        "activation": formulas(pieces),
        "given": {"potential": potentials(pieces)},
        "found": {"segments": [{"from": low, "to": high, "rise": rise} for low, high, rise in segments]},
        "witness": {"precision": 128},
    }


def difference(pieces: Pieces, low: str, high: str) -> arb:
    """G(high) - G(low)."""
    activation = read_potential(potentials(pieces), read_activation(formulas(pieces)))
    ends = [arb(flint.fmpq(*map(int, end.split("/")))) for end in (low, high)]
    return activation.rise(*ends)


@pytest.mark.parametrize("name", [name for name, pieces in CLOSED_FORMS.items() if any(potentials(pieces))])
def test_closed_forms(name: str) -> None:
    pieces = CLOSED_FORMS[name]
    low, high = SEGMENTS.get(name, ("1/10", "4/5") if name in ON_A_RAY else ("-7/5", "3/2"))
    rise = difference(pieces, low, high)
    check(certificate(pieces, (low, high, ball(rise))))
    with pytest.raises(RejectedError, match=r"the ball found.segments\[0\].rise holds its value"):
        check(certificate(pieces, (low, high, ball(rise + arb(2) ** -58))))


@pytest.mark.parametrize("name", ["gelu", "silu", "mish"])
def test_without_closed_form(name: str) -> None:
    pieces = CLOSED_FORMS[name]
    rise = difference(pieces, "1/2", "2")
    check(certificate(pieces, ("1/2", "2", ball(rise))))
    with pytest.raises(RejectedError, match="holds its value"):
        check(certificate(pieces, ("1/2", "2", ball(rise + arb(2) ** -50))))
    with pytest.raises(RejectedError, match="σ' ≠ 0"):
        check(certificate(pieces, ("-4", "2", ball(rise))))


def test_the_quadrature_does_not_use_the_closed_form(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong G is noticed by the integral alone, were the exact check to accept it."""
    pieces: Pieces = [(None, "exp u", "* 2 u")]
    monkeypatch.setattr("implicitreg_checker.invariant.prove_potential", lambda *_arguments: None)
    with pytest.raises(RejectedError, match="holds its value"):
        check(certificate(pieces, ("0", "1", ball(arb(2)))))
    with pytest.raises(RejectedError, match="holds its value"):
        check(certificate(pieces, ("0", "1", ball(arb(1)))))


def test_closed_forms_must_agree_at_a_breakpoint() -> None:
    pieces: Pieces = [("0", "/ u 100", "/ ^2 u 2"), (None, "u", "+ 1/1000 / ^2 u 2")]
    with pytest.raises(RejectedError, match="given.potential: continuity of G at 0"):
        check(certificate(pieces))


def test_poles_at_a_breakpoint_need_not_agree() -> None:
    check(certificate([("0", "exp neg ^2 u", "/ logabs u -2"), (None, "exp neg ^2 u", "- 1 / logabs u 2")]))


def test_discontinuous_activation() -> None:
    with pytest.raises(RejectedError, match="continuity of σ at 0"):
        check(certificate([("0", "exp u", "u"), (None, "u", "/ ^2 u 2")]))


@pytest.mark.parametrize(("formula", "potential"), [("tanh u", "/ ^2 sinh u 3"), ("exp u", "* u logabs u")])
def test_wrong_potential(formula: str, potential: str) -> None:
    with pytest.raises(RejectedError, match="given.potential: G' σ' = σ"):
        check(certificate([(None, formula, potential)]))


def test_no_closed_form_where_the_activation_is_constant() -> None:
    with pytest.raises(RejectedError, match="null where σ' = 0"):
        check(certificate([("0", "0", "u"), (None, "u", "/ ^2 u 2")]))


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("relu", "-1", "1"), ("sin", "1", "2"), ("gaussian", "-1", "1"), ("cosh", "-1", "1")],
)
def test_segment_across_a_zero_of_the_slope(name: str, low: str, high: str) -> None:
    with pytest.raises(RejectedError, match=r"found.segments\[0\]: σ'"):
        check(certificate(CLOSED_FORMS[name], (low, high, ball(arb(0), 9))))


def test_segment_across_a_kink_that_turns() -> None:
    pieces: Pieces = [("0", "neg u", None), (None, "u", None)]
    with pytest.raises(RejectedError, match="σ' has one sign"):
        check(certificate(pieces, ("-1", "1", ball(arb(1), 9))))


def test_form() -> None:
    good = certificate(CLOSED_FORMS["elu"])
    check(good)
    for segment in (("1", "1"), ("2", "1")):
        with pytest.raises(UnreadableError, match="a segment runs upwards"):
            check(certificate(CLOSED_FORMS["elu"], (*segment, ball(arb(0)))))
    for part, wrong in (
        ("given", {"potential": ["u"]}),
        ("given", {"potential": [None, None], "more": 1}),
        ("found", {}),
        ("witness", {"precision": 128, "more": 1}),
    ):
        with pytest.raises(UnreadableError):
            check({**good, part: wrong})
