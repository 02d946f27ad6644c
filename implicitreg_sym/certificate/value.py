"""Certificates of the kind `value`: a closed form lies in a ball."""

from __future__ import annotations

import sympy as sp

from implicitreg_sym.certificate.frame import Certificate, frame, stated_number
from implicitreg_sym.certificate.numbers import precision_for
from implicitreg_sym.certificate.polish import polish
from implicitreg_sym.limits import Limit


def value_certificate(expression: sp.Expr, digits: int = 30) -> Certificate:
    """Return the certificate that an exact number lies in a ball of so many digits.

    Raises `NoCertificateError` if the grammar does not know a function in it.

    >>> value_certificate(sp.LambertW(2))["given"]
    {'expression': 'lambertw 2'}
    """
    precision = precision_for(digits)
    return frame(
        "value",
        None,
        {"expression": polish(expression)},
        {"value": stated_number(expression, precision)},
        {"precision": precision},
    )


def closed_form_certificates(result: Limit) -> list[Certificate]:
    """Return one certificate for each irrational coordinate of a limit that is known in closed form.

    >>> import implicitreg_sym as ir
    >>> start, sample = ir.Point((sp.Integer(0),), sp.Integer(1)), ir.Sample((sp.Integer(1),), sp.Integer(2))
    >>> found = ir.limit(ir.Network(ir.activation("exp")), start, sample)
    >>> len(closed_form_certificates(found))
    2
    """
    point = result.closed_form
    if point is None:
        return []
    return [
        value_certificate(number, result.digits)
        for number in dict.fromkeys((*point.weights, point.a))
        if not number.is_Rational
    ]
