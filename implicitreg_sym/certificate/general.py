"""The certificates of one activation with both overlappings by the general recipe (T9)."""

from __future__ import annotations

from collections.abc import Iterator

from implicitreg_sym.activations import Activation
from implicitreg_sym.certificate.absence import NO_OVERLAP, NoCertificateError
from implicitreg_sym.certificate.degree import degree_certificate
from implicitreg_sym.certificate.frame import Certificate
from implicitreg_sym.certificate.one_point import general_one_point_certificate
from implicitreg_sym.certificate.two_point import general_two_point_certificate
from implicitreg_sym.degree import degree_report
from implicitreg_sym.overlap.general_one_point import find_general_one_point
from implicitreg_sym.overlap.general_two_point import find_general_two_point


def general_certificates(activation: Activation, digits: int = 30) -> Iterator[tuple[str, Certificate]]:
    """Yield, each with the name of the activation, that E is not monotone on u > 0, and the two overlappings.

    Raises `NoCertificateError` where the general recipe does not find one of them.

    >>> from implicitreg_sym.activations import activation
    >>> next(general_certificates(activation("silu")))[1]["found"]
    {'verdict': 'not monotone'}
    """
    yield activation.name, degree_certificate(degree_report(activation, "positive", digits))
    two, one = find_general_two_point(activation, digits), find_general_one_point(activation, digits)
    if two is None or one is None:
        raise NoCertificateError(NO_OVERLAP)
    yield activation.name, general_two_point_certificate(two, digits)
    yield activation.name, general_one_point_certificate(one)
