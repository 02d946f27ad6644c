"""Kinds ``two-point`` and ``symmetric two-point``: two flows from one start end at two points that
interpolate both samples, so that no data-independent function characterises strictly (T1)."""

from __future__ import annotations

from typing import Any

from flint import arb

from implicitreg_checker.activation import Activation, hull_of, keeps_sign, newton, read_activation
from implicitreg_checker.errors import require
from implicitreg_checker.exact import prove_continuity, prove_odd, prove_zero
from implicitreg_checker.expression import parse
from implicitreg_checker.limit import number
from implicitreg_checker.reading import ball, fields, prove_inside


def prove_regular(activation: Activation, first: arb, second: arb) -> None:
    """Prove σ ≠ 0 and σ' ≠ 0 between two balls: an arc without critical point on which a keeps its sign
    (T7)."""
    ends = hull_of(first, second)
    keeps_sign(activation.value, *ends, "σ ≠ 0 on an arc")
    keeps_sign(activation.slope, *ends, "σ' ≠ 0 on an arc")


def check(certificate: dict[str, Any]) -> None:
    """Prove a ``two-point`` certificate, x_2 being exact or the only root of an equation in a ball.

    With ρ = σ(w_p x)/σ(w_q x) for x = x_1 and x = x_2, a_q = ρ a_p puts both points on both curves of
    solutions; the two invariants a_p² - a_0² = 2(G(w_p x_1) - G(w_0 x_1))/x_1² and a_q² - a_0² = 2(G(w_q
    x_2) - G(w_0 x_2))/x_2² are then linear in a_p² and a_0² (T4), and each orbit is an arc on which σ, σ'
    and a keep their signs (T7).
    """
    given = fields(certificate["given"], "given", "w_0", "w_p", "w_q", "x_1", "x_2")
    names = ("x_2", "a_0", "a_p", "a_q", "y_1", "y_2")
    found = fields(certificate["found"], "found", *names)
    witness = fields(certificate["witness"], "witness", "precision", "x_2")
    activation = read_activation(certificate["activation"])
    prove_continuity(activation)
    w_0, w_p, w_q, x_1 = (number(given[name], f"given.{name}") for name in ("w_0", "w_p", "w_q", "x_1"))
    require(not (w_p - w_q).contains(0) and not x_1.contains(0), "w_p ≠ w_q and x_1 ≠ 0")
    sigma = activation.value

    def ratio(x: arb) -> arb:
        return sigma(w_p * x) / sigma(w_q * x)

    if given["x_2"] is None:
        x_2 = newton(
            lambda x: abs(ratio(x)).log() - abs(ratio(x_1)).log(),
            lambda x: (activation.degree(w_p * x) - activation.degree(w_q * x)) / x,
            ball(witness["x_2"], "witness.x_2"), "both points interpolate the second sample",
        )  # fmt: skip
    else:
        x_2 = number(given["x_2"], "given.x_2")
        prove_zero(_crossing(activation, given), "σ(w_p x_1) σ(w_q x_2) = σ(w_p x_2) σ(w_q x_1)")
    rho = ratio(x_1)
    require(rho > 0 and ratio(x_2) > 0, "a_q/a_p > 0")
    require(not x_2.contains(0), "x_2 ≠ 0")
    prove_regular(activation, w_0 * x_1, w_p * x_1)
    prove_regular(activation, w_0 * x_2, w_q * x_2)
    first = activation.rise(w_0 * x_1, w_p * x_1) / x_1**2
    second = activation.rise(w_0 * x_2, w_q * x_2) / x_2**2
    squared = 2 * (first - second) / (1 - rho**2)
    require(squared > 0 and squared - 2 * first > 0, "a_p² > 0 and a_0² > 0")
    a_p = squared.sqrt()
    values = (
        x_2, (squared - 2 * first).sqrt(), a_p, rho * a_p, a_p * sigma(w_p * x_1), a_p * sigma(w_p * x_2)
    )  # fmt: skip
    for name, value in zip(names, values, strict=True):
        prove_inside(found[name], f"found.{name}", value)


def _crossing(activation: Activation, given: dict[str, str]) -> Any:
    """σ(w_p x_1) σ(w_q x_2) - σ(w_p x_2) σ(w_q x_1) as one expression in Polish notation."""

    def sigma(w: str, x: str) -> str:
        product = f"* {given[w]} {given[x]}"
        return activation.piece_of(number(product, "given")).formula.with_variable(product)

    text = f"- * {sigma('w_p', 'x_1')} {sigma('w_q', 'x_2')} * {sigma('w_p', 'x_2')} {sigma('w_q', 'x_1')}"
    return parse(text, "given", variable=False, closed_form=True)


def check_symmetric(certificate: dict[str, Any]) -> None:
    """Prove a ``symmetric two-point`` certificate (T10).

    With σ odd, σ' > 0, a_0 < 0 and y = -a_0 σ(w_0 x), Q(0) = a_0² - m, m = 2 G(w_0 x)/x²: if a_0² < m then
    a passes zero before u does, and the flow ends at (w_0, -a_0); if a_0² > m then u passes zero, and it
    ends at (-w_0, a_0).
    """
    given = fields(certificate["given"], "given", "w_0", "a_0", "x_1", "x_2")
    found = fields(certificate["found"], "found", "y_1", "y_2")
    fields(certificate["witness"], "witness", "precision")
    activation = read_activation(certificate["activation"])
    prove_continuity(activation)
    prove_odd(activation)
    w_0, a_0, *inputs = (number(given[name], f"given.{name}") for name in ("w_0", "a_0", "x_1", "x_2"))
    require(w_0 > 0 and a_0 < 0 and inputs[0] > 0 and inputs[1] > 0, "w_0 > 0 > a_0 and x_1, x_2 > 0")
    ends = hull_of(*(sign * w_0 * x for x in inputs for sign in (1, -1)))
    require(keeps_sign(activation.slope, *ends, "σ' > 0 on both arcs") > 0, "σ' > 0 on both arcs")
    m_1, m_2 = (2 * activation.rise(arb(0), w_0 * x) / x**2 for x in inputs)
    require(m_2 < a_0**2 < m_1, "m_2 < a_0² < m_1")
    for name, x in zip(("y_1", "y_2"), inputs, strict=True):
        prove_inside(found[name], f"found.{name}", -a_0 * activation.value(w_0 * x))
