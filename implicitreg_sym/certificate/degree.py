"""Certificates of the kind `degree`: how E = u σ'/σ behaves on one side of zero (T9)."""

from __future__ import annotations

from fractions import Fraction

import flint
import sympy as sp

from implicitreg_sym.activations import real_ball
from implicitreg_sym.certificate.absence import NoCertificateError
from implicitreg_sym.certificate.frame import Certificate, frame
from implicitreg_sym.certificate.numbers import rational_text
from implicitreg_sym.degree import DegreeReport, Verdict
from implicitreg_sym.degree.domain import DegreeDomain
from implicitreg_sym.evaluate import Ball

PRECISION = 512
NEAR, FAR = Fraction(1, 16), Fraction(8)
END_BITS = 20
STATED = (Verdict.INCREASING, Verdict.DECREASING, Verdict.CONSTANT, Verdict.NOT_MONOTONE)


def degree_certificate(report: DegreeReport) -> Certificate:
    """Return the certificate of the verdict on one side of zero.

    Where σ or σ' vanishes at the end of the interval, the certificate ends at a rational within 2^-20 before
    it. Raises `NoCertificateError` where E is not defined or nothing is established.

    >>> import implicitreg_sym as ir
    >>> degree_certificate(ir.degree_report(ir.activation("tanh"), "positive"))["given"]
    {'side': 'positive', 'upto': None}
    """
    if report.verdict not in STATED or not report.status.established:
        raise NoCertificateError(
            f"the local homogeneity degree for u {'>' if report.domain.side > 0 else '<'} 0 is "
            f"{report.verdict.value}{': ' * bool(report.reason)}{report.reason}"
        )
    end = _end(report.domain)
    return frame(
        "degree",
        report.activation,
        {"side": report.half_line, "upto": None if end is None else rational_text(end)},
        {"verdict": report.verdict.value},
        {"precision": PRECISION, **_witness(report, end)},
    )


def _end(domain: DegreeDomain) -> Fraction | None:
    """A rational end of the interval, None for ∞; before a zero of σ or σ', where nothing is to be proved."""
    extent = domain.extent
    if extent == sp.oo:
        return None
    if isinstance(extent, Ball):
        below = extent.lower
    else:
        if domain.boundary == "breakpoint" and isinstance(extent, sp.Rational):
            return Fraction(int(extent.p), int(extent.q))
        with flint.ctx.workprec(PRECISION):
            below = Ball.from_arb(real_ball(extent)).lower
    return Fraction((below * 2**END_BITS).__ceil__() - 1, 2**END_BITS)


def _witness(report: DegreeReport, end: Fraction | None) -> Certificate:
    match report.verdict:
        case Verdict.CONSTANT:
            return {}
        case Verdict.NOT_MONOTONE:
            return {"points": [rational_text(witness.point) for witness in report.witnesses]}
    near = NEAR if end is None else min(NEAR, end / 4)
    return {"near": rational_text(near), "far": rational_text(FAR) if end is None else None}
