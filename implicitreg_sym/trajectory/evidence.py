"""Comparisons of stated numbers with the enclosed flow, as evidence of ball arithmetic."""

from __future__ import annotations

from fractions import Fraction

from implicitreg_sym.claims import Evidence, Kind, Outcome
from implicitreg_sym.evaluate import Ball, exact_decimal
from implicitreg_sym.flow import Network, Point, Sample
from implicitreg_sym.trajectory.trajectory import DEFAULT_DIGITS, enclosed_trajectory


def agrees(name: str, stated: Ball, enclosed: Ball, digits: int = DEFAULT_DIGITS) -> Evidence:
    """Decide whether an enclosed number is within 10^-digits of a stated ball, relative to max(1, |middle|).

    HOLDS proves that; FAILS if the two balls have no point in common, so that they cannot hold the same
    number.

    >>> third = Ball(Fraction(1, 3), Fraction(1, 10**40))
    >>> agrees("u", Ball(Fraction(1, 3), Fraction(1, 10**30)), third).outcome.value
    'holds'
    >>> agrees("u", Ball(Fraction(1, 2)), third).outcome.value
    'fails'
    """
    distance = abs(stated.middle - enclosed.middle)
    tolerance = Fraction(1, 10**digits) * max(Fraction(1), abs(stated.middle))
    if distance > stated.radius + enclosed.radius:
        outcome = Outcome.FAILS
    elif distance + enclosed.radius <= stated.radius + tolerance:
        outcome = Outcome.HOLDS
    else:
        outcome = Outcome.UNDECIDED
    value = f"{exact_decimal(enclosed.middle, 12)} with radius {enclosed.radius_text()}"
    return Evidence(
        Kind.ENCLOSURE, outcome, f"{name}: the flow itself gives {value}, compared to {digits} digits"
    )


def limit_check(
    network: Network, start: Point, sample: Sample, u: Ball, a: Ball, digits: int = DEFAULT_DIGITS
) -> Evidence:
    """Follow the flow to its limit with proved errors and compare u and a with what is stated about them.

    Independent of `limits`: the limit is found as the first zero of r along the orbit, G from its power
    series. UNDECIDED, with the reason, where the flow could not be followed to a limit.

    >>> import sympy as sp, implicitreg_sym as ir
    >>> net, start = ir.Network(ir.activation("tanh")), ir.Point((sp.Integer(1),), sp.Integer(1))
    >>> sample = ir.Sample((sp.Integer(1),), sp.Integer(2))
    >>> found = ir.limit(net, start, sample)
    >>> limit_check(net, start, sample, found.u, found.a).status.name
    'ENCLOSED'
    """
    found = enclosed_trajectory(network, start, sample, (), digits + 3)
    if found.limit is None:
        reason = found.reason or "the flow was not followed to its limit"
        return Evidence(Kind.ENCLOSURE, Outcome.UNDECIDED, reason)
    checks = [agrees("u", u, found.limit.u, digits), agrees("a", a, found.limit.a, digits)]
    outcomes = [check.outcome for check in checks]
    outcome = next(
        (which for which in (Outcome.FAILS, Outcome.UNDECIDED) if which in outcomes), Outcome.HOLDS
    )
    return Evidence(
        Kind.ENCLOSURE, outcome, f"{found.method}; " + "; ".join(check.method for check in checks)
    )
