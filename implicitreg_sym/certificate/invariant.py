"""Certificates of the kind `invariant`: G = ∫ σ/σ' in closed form, and rigorous increments of G (T4)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import flint

from implicitreg_sym.activations import Activation
from implicitreg_sym.certificate.absence import NoCertificateError
from implicitreg_sym.certificate.frame import Certificate, frame, potentials, stated
from implicitreg_sym.certificate.numbers import precision_for, rational_text
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.invariants import Invariants
from implicitreg_sym.invariants.potential import Potential
from implicitreg_sym.limits.arc import slope_keeps_sign

# segments of a length with which quadrature has no trouble, on both sides of zero
_UNITS = ((1, 6), (12, 20), (-6, -1), (-20, -12), (40, 48), (-48, -40))
SEGMENTS = tuple((Fraction(low, 8), Fraction(high, 8)) for low, high in _UNITS)


def invariant_certificate(result: Invariants, digits: int = 30) -> Certificate:
    """Return the certificate of a one-sample invariant: G' = σ/σ', and rigorous increments of G (T4).

    Raises `NoCertificateError` for invariants of several samples or of all data, and where nothing is
    established.

    >>> import implicitreg_sym as ir
    >>> network = ir.Network(ir.activation("sigmoid"))
    >>> found = ir.derive_invariants(network, [ir.symbolic_sample(network)])
    >>> invariant_certificate(found)["given"]
    {'potential': ['+ + -1 u exp u']}
    """
    if result.theorem != "T4":
        raise NoCertificateError(
            f"certificates of invariants are about one sample (T4), and this result is {result.theorem}"
        )
    if not result.status.established:
        raise NoCertificateError("the invariant is not established")
    return potential_certificate(result.network.activation, result.antiderivative.potential(), digits)


def potential_certificate(activation: Activation, potential: Potential, digits: int = 30) -> Certificate:
    """Return the certificate of G with its closed forms by piece, and increments of so many digits."""
    precision = precision_for(digits)
    found = list(_segments(activation))
    if not found:
        raise NoCertificateError("σ' ≠ 0 could not be proved on any of the segments tried")
    return frame(
        "invariant",
        activation,
        {"potential": potentials(potential.closed_forms) or [None] * len(activation.pieces)},
        {
            "segments": [
                {
                    "from": rational_text(low),
                    "to": rational_text(high),
                    "rise": stated(lambda s=(low, high): potential.difference(*map(_ball, s)), precision),  # type: ignore[misc]
                }
                for low, high in found
            ]
        },
        {"precision": precision},
    )


def _ball(number: Fraction) -> flint.arb:
    return Ball(number).to_arb()


def _segments(activation: Activation) -> Iterator[tuple[Fraction, Fraction]]:
    """The segments, each inside one piece, on which balls prove σ' ≠ 0."""
    with flint.ctx.workprec(128):
        for low, high in SEGMENTS:
            start, end = _ball(low), _ball(high)
            slope = activation.slope_over(start)
            if activation.piece_at(start.union(end)) is None or not (slope > 0 or slope < 0):
                continue
            if slope_keeps_sign(activation, start, end, 1 if slope > 0 else -1):
                yield low, high
