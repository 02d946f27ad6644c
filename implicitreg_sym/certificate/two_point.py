"""Certificates of the kind `two-point`: two samples, two limits that interpolate both (T1, T9, T11)."""

from __future__ import annotations

import sympy as sp

from implicitreg_sym.certificate.absence import NO_OVERLAP, NoCertificateError
from implicitreg_sym.certificate.frame import Certificate, frame
from implicitreg_sym.certificate.numbers import ball_about, exact_ball, precision_for, stated_ball
from implicitreg_sym.certificate.polish import polish
from implicitreg_sym.certificate.symmetric import symmetric_certificate
from implicitreg_sym.overlap.outcome import NoOverlap, Number, TwoPoint


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
    precision = precision_for(result.digits)
    (p, q), (first, second) = result.limits, result.samples
    numbers = {
        "x_2": second.x, "a_0": result.start.a, "a_p": p.a, "a_q": q.a, "y_1": first.y, "y_2": second.y,
    }  # fmt: skip
    root = second.x.exact is None
    return frame(
        "two-point",
        result.activation,
        {
            "w_0": polish(_exact(result.start.w)),
            "w_p": polish(_exact(p.w)),
            "w_q": polish(_exact(q.w)),
            "x_1": polish(_exact(first.x)),
            "x_2": None if root else polish(_exact(second.x)),
        },
        {name: exact_ball(stated_ball(number.ball, precision)) for name, number in numbers.items()},
        {
            "precision": precision,
            "x_2": exact_ball(ball_about(second.x.ball, -precision // 3, precision)) if root else None,
        },
    )


def _exact(number: Number) -> sp.Expr:
    if number.exact is None:
        raise NoCertificateError("a number that the theorem takes as given is not known exactly")
    return number.exact
