"""Certificates of the kind `symmetric two-point`: two-point overlapping of an odd activation (T10)."""

from __future__ import annotations

import sympy as sp

from implicitreg_sym.activations import Activation, real_ball
from implicitreg_sym.certificate.absence import NoCertificateError
from implicitreg_sym.certificate.frame import Certificate, frame, stated
from implicitreg_sym.certificate.numbers import precision_for
from implicitreg_sym.certificate.polish import polish


def symmetric_certificate(
    activation: Activation, w_0: sp.Expr, a_0: sp.Expr, x_1: sp.Expr, x_2: sp.Expr, digits: int = 30
) -> Certificate:
    """Return the certificate of T10 for a start and two inputs, of which x_1 is that of the flow which turns.

    Raises `NoCertificateError` unless w_0 > 0 > a_0, which is how the format states T10 for σ' > 0.

    >>> from implicitreg_sym.activations import activation
    >>> numbers = (sp.Integer(1), sp.Rational(-5, 4), sp.Rational(3, 2), sp.Rational(1, 2))
    >>> symmetric_certificate(activation("tanh"), *numbers)["given"]["a_0"]
    '-5/4'
    """
    if not (real_ball(w_0) > 0 and real_ball(a_0) < 0):
        raise NoCertificateError("certificates state T10 for σ' > 0 and a_0 < 0 only")
    precision = precision_for(digits)
    inputs = {"x_1": x_1, "x_2": x_2}
    return frame(
        "symmetric two-point",
        activation,
        {name: polish(number) for name, number in {"w_0": w_0, "a_0": a_0, **inputs}.items()},
        {
            name.replace("x", "y"): stated(
                lambda x=x: -real_ball(a_0) * activation.value(real_ball(w_0 * x)),  # type: ignore[misc]
                precision,
            )
            for name, x in inputs.items()
        },
        {"precision": precision},
    )
