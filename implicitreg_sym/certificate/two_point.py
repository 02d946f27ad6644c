"""Certificates of the kind `two-point`: two samples, two limits that interpolate both (T1, T9, T11)."""

from __future__ import annotations

from collections.abc import Mapping

import sympy as sp

from implicitreg_sym.activations import Activation
from implicitreg_sym.certificate.absence import NO_OVERLAP, NoCertificateError
from implicitreg_sym.certificate.frame import Certificate, frame
from implicitreg_sym.certificate.numbers import ball_about, exact_ball, precision_for, stated_ball
from implicitreg_sym.certificate.polish import polish
from implicitreg_sym.certificate.symmetric import symmetric_certificate
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.overlap.general_two_point import GeneralTwoPoint, exact_parameters
from implicitreg_sym.overlap.outcome import NoOverlap, Number, TwoPoint

RECIPES = ("sigmoid family", "general")  # besides the symmetric one, which has a kind of its own


def two_point_certificate(result: TwoPoint | NoOverlap) -> Certificate:
    """Return the certificate of a two-point overlapping; by symmetry (T10) it is of the kind for that.

    Raises `NoCertificateError` where there is no overlapping.

    >>> import implicitreg_sym as ir
    >>> two_point_certificate(ir.two_point(ir.activation("sigmoid")))["given"]["x_2"]
    '2'
    """
    if isinstance(result, NoOverlap):
        raise NoCertificateError(NO_OVERLAP)
    if not result.status.established:
        raise NoCertificateError("the overlapping is not established")
    if result.recipe == "symmetric":
        w_0, a_0 = _exact(result.start.w), _exact(result.start.a)
        first, second = result.samples if result.limits[0].w.exact == w_0 else reversed(result.samples)
        return symmetric_certificate(
            result.activation, w_0, a_0, _exact(first.x), _exact(second.x), result.digits
        )
    if result.recipe not in RECIPES:
        raise NoCertificateError(
            f"the format has no kind for the recipe {result.recipe!r}; "
            "`implicitreg limit` certifies its two flows"
        )
    (p, q), (first, second) = result.limits, result.samples
    numbers = {
        "x_2": second.x, "a_0": result.start.a, "a_p": p.a, "a_q": q.a, "y_1": first.y, "y_2": second.y,
    }  # fmt: skip
    return _certificate(
        result.activation,
        {"w_0": _exact(result.start.w), "w_p": _exact(p.w), "w_q": _exact(q.w), "x_1": _exact(first.x)},
        second.x.exact,
        {name: number.ball for name, number in numbers.items()},
        result.digits,
    )


def general_two_point_certificate(found: GeneralTwoPoint, digits: int) -> Certificate:
    """Return the certificate of a construction by the general recipe to so many digits."""
    given = {**exact_parameters(found), "x_1": sp.Integer(1)}
    numbers = {name: ball for name, ball in found.numbers.items() if name != "ratio"}
    return _certificate(found.equations.activation, given, None, numbers, digits)


def _certificate(
    activation: Activation,
    given: Mapping[str, sp.Expr],
    x_2: sp.Expr | None,
    numbers: Mapping[str, Ball],
    digits: int,
) -> Certificate:
    """The certificate with x_2 exact, or else the only root in a ball about its enclosure."""
    precision = precision_for(digits)
    isolating = ball_about(numbers["x_2"], -precision // 3, precision)
    return frame(
        "two-point",
        activation,
        {
            **{name: polish(number) for name, number in given.items()},
            "x_2": None if x_2 is None else polish(x_2),
        },
        {name: exact_ball(stated_ball(ball, precision)) for name, ball in numbers.items()},
        {"precision": precision, "x_2": exact_ball(isolating) if x_2 is None else None},
    )


def _exact(number: Number) -> sp.Expr:
    if number.exact is None:
        raise NoCertificateError("a number that the theorem takes as given is not known exactly")
    return number.exact
