"""What certificates of all kinds have in common: the frame, the pieces of σ, closed forms, stated balls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flint
import sympy as sp
from flint import arb

from implicitreg_sym.activations import Activation, real_ball
from implicitreg_sym.certificate.absence import NoCertificateError
from implicitreg_sym.certificate.numbers import exact_ball, rational_text, stated_ball
from implicitreg_sym.certificate.polish import polish
from implicitreg_sym.certificate.schema import theorem
from implicitreg_sym.evaluate import Ball

FORMAT, VERSION = "implicitreg certificate", 1
ALLOWANCE_BITS = 64
Certificate = dict[str, Any]


def frame(
    kind: str, activation: Activation | None, given: Certificate, found: Certificate, witness: Certificate
) -> Certificate:
    """Return the certificate of a kind with its format, theorem and activation."""
    certificate = {
        "format": FORMAT,
        "version": VERSION,
        "kind": kind,
        "theorem": theorem(kind),
        "given": given,
        "found": found,
        "witness": witness,
    }
    return certificate if activation is None else {**certificate, "activation": pieces(activation)}


def pieces(activation: Activation) -> list[Certificate]:
    """Return σ as a list of pieces. Raises `NoCertificateError` if a breakpoint is not rational.

    >>> from implicitreg_sym.activations import activation
    >>> pieces(activation("relu"))
    [{'below': '0', 'formula': '0'}, {'below': None, 'formula': 'u'}]
    """
    return [
        {
            "below": None if piece.upper == sp.oo else _breakpoint(piece.upper),
            "formula": polish(piece.formula),
        }
        for piece in activation.pieces
    ]


def _breakpoint(point: sp.Expr) -> str:
    if not isinstance(point, sp.Rational):
        raise NoCertificateError(
            f"σ has the breakpoint {point}, and certificates hold rational breakpoints only"
        )
    return rational_text(point)


def potentials(closed_forms: tuple[sp.Expr | None, ...]) -> list[str | None] | None:
    """Return the closed forms of G by piece, or None if there are none at all."""
    if all(form is None for form in closed_forms):
        return None
    return [None if form is None else polish(form) for form in closed_forms]


def stated_number(number: sp.Expr, precision: int) -> Certificate:
    """Return the stated ball of an exact number."""
    return stated(lambda: real_ball(number), precision)


def stated(compute: Callable[[], arb], precision: int) -> Certificate:
    """Return the stated ball of what is computed here with `ALLOWANCE_BITS` more than the checker has.

    Raises `NoCertificateError` if no finite enclosure results.
    """
    with flint.ctx.workprec(precision + ALLOWANCE_BITS):
        value = compute()
    if not value.is_finite():
        raise NoCertificateError("a number of the result could not be enclosed to the digits asked for")
    ball = Ball.from_arb(value)
    return exact_ball(stated_ball(Ball(ball.middle, ball.radius * 2 ** (ALLOWANCE_BITS + 4)), precision))
