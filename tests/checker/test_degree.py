"""The kind `degree`, and the expansions at infinity that it uses."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import flint
import pytest
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from implicitreg_checker.degree import _centred, check
from implicitreg_checker.errors import RejectedError, UnreadableError
from implicitreg_checker.expression import parse
from implicitreg_checker.tail import KEPT, ONE, ORDER, Sum, Tail, U, tail_sign

from .closed_forms import CLOSED_FORMS, Pieces, formulas
from .expressions import expressions

DECREASING = ["tanh", "arctan", "erf", "softsign", "asinh", "logcosh", "gaussian"]
INCREASING = ["exp", "softplus", "squareplus", "sinh", "cosh"]
INCREASING_BELOW = [*DECREASING, "exp", "softplus", "squareplus", "elu", "sigmoid"]
OTHER = {"increasing": "decreasing", "decreasing": "increasing"}


@pytest.fixture(autouse=True)
def _precision() -> Iterator[None]:
    with flint.ctx.workprec(128):
        yield


def certificate(
    pieces: Pieces, side: str, verdict: str, upto: str | None = None, **witness: Any
) -> dict[str, Any]:
    """The fields of a certificate that the kind reads."""
    if verdict in OTHER:
        witness = {"near": "1/10", "far": "8" if upto is None else None} | witness
    return {
        "activation": formulas(pieces),
        "given": {"side": side, "upto": upto},
        "found": {"verdict": verdict},
        "witness": {"precision": 128, **witness},
    }


CASES = [
    *((name, "positive", "decreasing") for name in DECREASING),
    *((name, "positive", "increasing") for name in INCREASING),
    *((name, "negative", "increasing") for name in INCREASING_BELOW),
    *((name, "negative", "decreasing") for name in ("sinh", "cosh")),
]


@pytest.mark.parametrize(("name", "side", "verdict"), CASES)
def test_monotone(name: str, side: str, verdict: str) -> None:
    check(certificate(CLOSED_FORMS[name], side, verdict))
    with pytest.raises(RejectedError, match=f"^E is {OTHER[verdict]}$"):
        check(certificate(CLOSED_FORMS[name], side, OTHER[verdict]))
    with pytest.raises(RejectedError):
        check(certificate(CLOSED_FORMS[name], side, "constant"))


@pytest.mark.parametrize(
    ("name", "side", "upto", "verdict"),
    [
        ("sin", "positive", "3/2", "decreasing"),
        ("sin", "negative", "3/2", "increasing"),
        ("cos", "positive", "3/2", "decreasing"),
        ("rational", "positive", "9/10", "decreasing"),
        ("tanh", "positive", "40", "decreasing"),
        ("sigmoid", "positive", "1", "increasing"),
    ],
)
def test_monotone_on_a_bounded_interval(name: str, side: str, upto: str, verdict: str) -> None:
    far = {"near": "1/10"}
    check(certificate(CLOSED_FORMS[name], side, verdict, upto, **far))
    with pytest.raises(RejectedError, match="^E is"):
        check(certificate(CLOSED_FORMS[name], side, OTHER[verdict], upto, **far))


@pytest.mark.parametrize(
    ("name", "upto", "step"),
    [
        ("sin", "16/10", "σ' ≠ 0"),
        ("sin", "4", "σ ≠ 0"),
        ("rational", "11/10", "σ' ≠ 0"),
        ("sigmoid", "2", "the sign of E'"),
        ("snake", "2", "the sign of E'"),
        ("relu", "-1", "the interval is not empty"),
    ],
)
def test_bounded_intervals_that_are_too_long(name: str, upto: str, step: str) -> None:
    pieces = CLOSED_FORMS[name]
    upto = str(fmpq(*map(int, upto.split("/"))))
    with pytest.raises(RejectedError, match=step):
        check(certificate(pieces, "positive", "decreasing", upto))


@pytest.mark.parametrize("name", ["sigmoid", "silu", "gelu", "mish", "swish 2", "shifted softplus", "snake"])
@pytest.mark.parametrize("verdict", ["increasing", "decreasing", "constant"])
def test_not_monotone_is_not_called_monotone(name: str, verdict: str) -> None:
    with pytest.raises(RejectedError):
        check(certificate(CLOSED_FORMS[name], "positive", verdict))


@pytest.mark.parametrize(
    ("name", "points"),
    [
        ("sigmoid", ["1", "2"]), ("silu", ["1", "5"]), ("gelu", ["1/10", "5"]), ("mish", ["5", "1/10"]),
        ("swish 2", ["1/10", "4"]), ("shifted softplus", ["1/10", "7"]), ("snake", ["1/10", "2"]),
    ],
)  # fmt: skip
def test_not_monotone(name: str, points: list[str]) -> None:
    check(certificate(CLOSED_FORMS[name], "positive", "not monotone", points=points))


@pytest.mark.parametrize(
    ("name", "side", "upto", "points", "step"),
    [
        ("tanh", "positive", None, ["1", "2"], "E' has opposite signs at the points"),
        ("sigmoid", "positive", None, ["2", "3"], "E' has opposite signs at the points"),
        ("sigmoid", "positive", "3/2", ["1", "2"], "the points lie in the interval"),
        ("sigmoid", "positive", None, ["0", "2"], "the points lie in the interval"),
        ("sigmoid", "negative", None, ["1", "2"], "the points lie in the interval"),
        # the signs differ, but across a zero of σ'
        ("snake", "positive", None, ["1/10", "3"], "σ ≠ 0 and σ' ≠ 0 between the points"),
        ("silu", "negative", None, ["-1/10", "-3"], "σ ≠ 0 and σ' ≠ 0 between the points"),
    ],
)
def test_no_proof_of_not_monotone(
    name: str, side: str, upto: str | None, points: list[str], step: str
) -> None:
    with pytest.raises(RejectedError, match=step):
        check(certificate(CLOSED_FORMS[name], side, "not monotone", upto, points=points))


def test_not_monotone_on_the_negative_side() -> None:
    """σ(-u) of the sigmoid: points are values of u."""
    pieces: Pieces = [(None, "/ 1 + 1 exp u", None)]
    check(certificate(pieces, "negative", "not monotone", points=["-1", "-2"]))
    with pytest.raises(RejectedError, match="E' has opposite signs at the points"):
        check(certificate(pieces, "negative", "not monotone", points=["-2", "-3"]))


@pytest.mark.parametrize(
    ("name", "side"),
    [
        ("identity", "positive"), ("identity", "negative"), ("relu", "positive"), ("leaky relu", "positive"),
        ("leaky relu", "negative"), ("cube", "positive"), ("cube", "negative"), ("power 3/2", "positive"),
        ("elu", "positive"),
    ],
)  # fmt: skip
def test_constant(name: str, side: str) -> None:
    check(certificate(CLOSED_FORMS[name], side, "constant"))
    for verdict in OTHER:
        with pytest.raises(RejectedError):
            check(certificate(CLOSED_FORMS[name], side, verdict))


@pytest.mark.parametrize(
    ("formula", "step"),
    [
        ("0", "σ, σ' ≠ 0 at a point"),
        ("7", "σ, σ' ≠ 0 at a point"),
        ("+ 1 u", "E' = 0"),
        # |u - 5|/(u - 5) u: u on one side of 5 and -u on the other
        ("* u / sqrt ^2 - u 5 - u 5", "σ is defined for all u"),
        ("* ^2 u / u tan u", "E' = 0"),
        ("* u / tan u tan u", "σ is defined for all u"),
        ("* u exp - logabs u logabs u", None),
        ("* u exp - log neg u log neg u", "σ, σ' ≠ 0 at a point"),
    ],
)
def test_no_proof_of_constant(formula: str, step: str | None) -> None:
    error = (UnreadableError, "logabs") if step is None else (RejectedError, step)
    with pytest.raises(error[0], match=error[1]):
        check(certificate([(None, formula, None)], "positive", "constant"))


@pytest.mark.parametrize("near", ["1/2", "3", "9", "0", "-1"])
def test_wrong_near(near: str) -> None:
    with pytest.raises(RejectedError):
        check(certificate(CLOSED_FORMS["tanh"], "positive", "decreasing", near=near))


NO_ENDS = [(None, None), ("8", "9"), ("1/20", None), ("1", None), ("-8", None)]


@pytest.mark.parametrize(("far", "upto"), NO_ENDS)
def test_wrong_far(far: str | None, upto: str | None) -> None:
    with pytest.raises(RejectedError):
        check(certificate(CLOSED_FORMS["tanh"], "positive", "decreasing", upto, far=far))


def test_far_too_small() -> None:
    with pytest.raises(RejectedError, match="the main term prevails from 2 on"):
        check(certificate(CLOSED_FORMS["softsign"], "positive", "decreasing", far="2"))


def test_interval_across_a_breakpoint() -> None:
    pieces: Pieces = [("2", "tanh u", None), (None, "u", None)]
    check(certificate(pieces, "positive", "decreasing", "2"))
    check(certificate(pieces, "negative", "increasing"))
    for upto in (None, "3"):
        with pytest.raises(RejectedError, match="the interval does not lie in one piece of σ"):
            check(certificate(pieces, "positive", "decreasing", upto))


def test_undefined_activations() -> None:
    """What is undefined somewhere is not proved, even if the undefined parts cancel."""
    for formula in ("+ tanh u - sqrt - u 3 sqrt - u 3", "* tanh u / - u 3 - u 3"):
        with pytest.raises(RejectedError):
            check(certificate([(None, formula, None)], "positive", "decreasing"))


def test_a_value_at_zero_that_is_small_but_not_zero() -> None:
    """E of tanh u + 10^-60 rises to almost 1 before it falls: no ball of 128 bits shows it."""
    pieces: Pieces = [(None, f"+ - + tanh u pi pi 1/1{60 * '0'}", None)]
    with pytest.raises(RejectedError, match="σ ≠ 0: the derivative of order 0 at 0"):
        check(certificate(pieces, "positive", "decreasing"))


@given(expressions(), st.integers(0, 4), st.fractions(-3, 3, max_denominator=9), st.integers(-40, 40))
def test_centred_enclosures(text: str, order: int, middle: Fraction, place: int) -> None:
    expression, centre = parse(text, "x", variable=True), arb(fmpq(middle.numerator, middle.denominator))
    with flint.ctx.workprec(128):
        enclosure = _centred(expression, order)(centre + arb(0, "0.1"))
        if enclosure.is_finite():
            assert enclosure.overlaps(expression.at(centre + arb(place) / 401, order + 1)[order])


def test_eighth_order_at_zero() -> None:
    """u⁴ + u⁵: E increases, W = u⁸ + …, beyond the orders that are tried."""
    with pytest.raises(RejectedError, match="all derivatives of order less than 8 vanish at 0"):
        check(certificate([(None, "+ ^4 u ^5 u", None)], "positive", "increasing"))
    check(certificate([(None, "+ ^3 u ^4 u", None)], "positive", "increasing"))


def test_form() -> None:
    good = certificate(CLOSED_FORMS["tanh"], "positive", "decreasing")
    for part, wrong in (
        ("given", {"side": "left", "upto": None}),
        ("given", {"side": "positive"}),
        ("found", {"verdict": "flat"}),
        ("witness", {"precision": 128, "near": "1/10"}),
        ("witness", {"precision": 128, "near": "1/10", "far": "8", "points": []}),
    ):
        with pytest.raises(UnreadableError):
            check({**good, part: wrong})
    with pytest.raises(UnreadableError):
        check(certificate(CLOSED_FORMS["sigmoid"], "positive", "not monotone", points=["1"]))


# ---- expansions ----


def value_of(expansion: Sum, u: arb) -> arb:
    """The ball of Σ c m at a point."""
    total = arb(0)
    for (p, q, r, s), coefficient in expansion.items():
        monomial = (-u.log() * p - u * q - u * u * r).exp()
        for _ in range(abs(s)):
            monomial = monomial * u.log() if s > 0 else monomial / u.log()
        total += coefficient * monomial
    return total


TAIL_UNARY = (
    "neg", "exp", "log", "sqrt", "tanh", "sinh", "cosh", "atan", "asinh", "erf", "erfc", "sin", "cos", "tan",
    "^2", "^3", "^-1", "^1/2", "^-3/2", "^2/3", "^9",
)  # fmt: skip


def expand(text: str, start: str) -> Sum:
    before, flint.ctx.cap = flint.ctx.cap, ORDER + 1
    try:
        return Tail(fmpq(*map(int, start.split("/")))).expand(parse(text, "x", variable=True))
    finally:
        flint.ctx.cap = before


@settings(max_examples=600)
@given(
    expressions(TAIL_UNARY),
    st.sampled_from(["3/2", "2", "5", "20"]),
    st.sampled_from([fmpq(1), fmpq(11, 10), fmpq(3), fmpq(17)]),
)
def test_values_lie_in_the_expansion(text: str, start: str, times: fmpq) -> None:
    with flint.ctx.workprec(128):
        try:
            expansion = expand(text, start)
        except RejectedError:
            return
    with flint.ctx.workprec(800):
        point = arb(fmpq(*map(int, start.split("/"))) * times)
        value = parse(text, "x", variable=True).at(point)[0]
        assert value.is_finite()
        assert value_of(expansion, point).overlaps(value)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("tanh u", 30), ("atan u", 6), ("asinh u", 9), ("log + 1 exp u", 34), ("sqrt + 4 ^2 u", 7),
        ("/ u + 1 u", 6), ("log cosh u", 34), ("* u / 1 + 1 exp u", 8), ("^1/3 + u ^-2 u", 8),
        ("- sqrt + 4 ^2 u u", 7), ("tanh / 1 u", 6), ("erf / 1 u", 6), ("atan neg u", 6), ("exp / 1 u", 6),
        ("erfc u", 40), ("sin / 1 u", 6), ("/ 1 log + u ^-1 u", 6), ("exp + u / 1 u", 2), ("erf u", 34),
        ("asinh neg u", 9),
    ],
)  # fmt: skip
def test_expansions_are_tight(text: str, digits: int) -> None:
    expansion = expand(text, "20")
    at = arb(25)
    value = parse(text, "x", variable=True).at(at)[0]
    found = value_of(expansion, at)
    assert found.overlaps(value) and found.rad() < arb(10) ** -digits * (abs(value) + 1)
    assert len(expansion) <= KEPT


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("sin u", "only vanishing monomials are bounded"),
        ("exp ^3 u", "only vanishing monomials are bounded"),
        ("exp * u log u", "only vanishing monomials are bounded"),
        ("exp * pi u", "rational exponents"),
        ("log neg u", "the logarithm of a positive value"),
        ("log * u log u", "the logarithm of a positive value"),
        ("sqrt - 1 u", "a power of a positive value"),
        ("^1/2 * u log u", "a power of a positive value"),
        ("/ 1 - u u", "a value that is not 0"),
        ("/ 1 - * sqrt 2 sqrt 3 sqrt 6", "the sign of a leading coefficient"),
        ("/ 1 - u 3", "a function is regular from 2 on"),
        ("log - u 3", "a function is regular from 2 on"),
        ("tan / pi u", "a function is regular from 2 on"),
        ("^-1 exp - / ^2 u 2 * 9 u", None),
        ("- u 3", "the main term prevails from 2 on"),
        ("* ^-1 u ^5 log u", "decreases"),
    ],
)
def test_what_has_no_sign(text: str, reason: str | None) -> None:
    expression = parse(text, "x", variable=True)
    if reason is None:
        assert tail_sign(expression, fmpq(2), "step") == 1
    elif reason == "decreases":
        assert tail_sign(expression, fmpq(2), "step") == 1
        with pytest.raises(RejectedError, match="a monomial decreases from 2 on"):
            tail_sign(parse(f"- 1000000 {text}", "x", variable=True), fmpq(2), "step")
    else:
        with pytest.raises(RejectedError, match=f"step: .*{reason}"):
            tail_sign(expression, fmpq(2), "step")


def test_a_start_of_one_or_less() -> None:
    with pytest.raises(RejectedError, match="the expansion starts beyond 1"):
        tail_sign(parse("u", "x", variable=True), fmpq(1), "step")


def test_bounds_of_monomials() -> None:
    """m(u) ≤ m(R) for u ≥ R where it is claimed, and no claim where m rises."""
    tail = Tail(fmpq(3))
    for p in range(-4, 5):
        for q in (-1, 0, 1, fmpq(1, 2)):
            for r in (-1, 0, 1, fmpq(1, 10), fmpq(1, 100)):
                for s in range(-3, 6):
                    monomial = (fmpq(p), fmpq(q), fmpq(r), s)
                    try:
                        bound = tail.bound(monomial)
                    except RejectedError:
                        continue
                    for u in (arb(3), arb("3.01"), arb(4), arb(8), arb(25), arb(60)):
                        assert bound.overlaps(value_of({monomial: fmpq(1)}, u))
    with pytest.raises(RejectedError):
        tail.bound(ONE)
    with pytest.raises(RejectedError):
        tail.bound(U)
