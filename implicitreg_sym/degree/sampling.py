"""Numerical cross-checks of the degree: E from σ and σ' alone, by mpmath, at points of the domain."""

from __future__ import annotations

import mpmath
import sympy as sp

from implicitreg_sym.activations import Activation
from implicitreg_sym.claims import Evidence, numeric_check
from implicitreg_sym.degree.domain import DegreeDomain
from implicitreg_sym.evaluate import compile_expression

CHECK_POINTS = 12


def check_points(domain: DegreeDomain) -> list[mpmath.mpf]:
    """Points of the domain in u, |u| ascending."""
    if domain.span.upper == sp.oo:
        return [domain.side * mpmath.mpf(2) ** (mpmath.mpf(k) / 2 - 3) for k in range(CHECK_POINTS)]
    high = compile_expression(domain.span.upper, ()).mp()
    return [domain.side * high * (k + 1) / (CHECK_POINTS + 1) for k in range(CHECK_POINTS)]


def some_point(domain: DegreeDomain) -> sp.Expr:
    return sp.Integer(1) if domain.span.upper == sp.oo else domain.span.upper / 2


def degrees(activation: Activation, domain: DegreeDomain) -> list[mpmath.mpf]:
    """E at the check points, from σ and σ' alone, in ascending order of u."""
    points = sorted(check_points(domain))
    return [point * activation.slope_mp(point) / activation.mp(point) for point in points]


def monotone_check(activation: Activation, domain: DegreeDomain, sign: int, digits: int) -> Evidence:
    def monotone() -> bool:
        values = degrees(activation, domain)
        return all((after - before) * sign > 0 for before, after in zip(values, values[1:], strict=False))

    return numeric_check(f"mpmath: E is monotone at {CHECK_POINTS} points", monotone, digits)
