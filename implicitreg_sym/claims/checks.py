"""The standard checks: exact identities, signs and agreement of numbers, each returned as evidence."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from random import Random

import mpmath
import sympy as sp
from flint import arb

from implicitreg_sym.algebra import decide_zero
from implicitreg_sym.claims.evidence import Evidence, Kind, Outcome
from implicitreg_sym.evaluate import Ball, compile_expression
from implicitreg_sym.status import Status

DEFAULT_DIGITS = 30
LONGEST_GENERATOR = 60  # characters
Domains = Mapping[sp.Symbol, tuple[sp.Expr, sp.Expr]]


def identity_check(
    expression: sp.Expr, domains: Domains | None = None, positive: Collection[sp.Expr] = ()
) -> Evidence:
    """Decide exactly whether the expression vanishes identically on the domain.

    >>> from implicitreg_sym.symbols import u
    >>> identity_check((sp.exp(u) + 1) ** 2 - sp.exp(2 * u) - 2 * sp.exp(u) - 1).outcome.value
    'holds'
    """
    verdict = decide_zero(expression, positive=positive, domains=domains or {})
    match verdict.status:
        case Status.PROVED:
            generators = ", ".join(map(_shortened, verdict.generators))
            return Evidence(
                Kind.EXACT,
                Outcome.HOLDS,
                f"the numerator is the zero polynomial in {generators or 'the rationals'}",
            )
        case Status.REFUTED:
            return Evidence(Kind.EXACT, Outcome.FAILS, f"not zero: {verdict.witness}")
    return Evidence(Kind.EXACT, Outcome.UNDECIDED, verdict.reason)


def _shortened(generator: sp.Expr) -> str:
    """A generator as text, cut off where it is too long to be read."""
    text = str(generator).lstrip("_")
    return text if len(text) <= LONGEST_GENERATOR else text[: LONGEST_GENERATOR - 3] + "..."


def sampled_identity_check(
    expression: sp.Expr,
    domains: Domains | None = None,
    digits: int = DEFAULT_DIGITS,
    samples: int = 3,
    seed: int = 0,
) -> Evidence:
    """Evaluate an expression that should vanish with mpmath at random rational points of the domain.

    The points are drawn from ``domains`` (symbol: (lower, upper); an infinite end counts as 3 beyond the
    other); the value must be below 10^-digits relative to the largest term. Evidence of kind NUMERIC.
    """
    domains = domains or {}
    symbols = tuple(sorted(expression.free_symbols, key=str))
    terms = [compile_expression(term, symbols) for term in sp.Add.make_args(expression)]
    random, worst = Random(seed), mpmath.mpf(0)
    with mpmath.workdps(digits + 15):
        for _ in range(samples):
            point = [
                _random_point(random, *domains.get(symbol, (sp.Integer(-2), sp.Integer(2))))
                for symbol in symbols
            ]
            values = [term.mp(*point) for term in terms]
            scale = max([mpmath.mpf(1), *(abs(value) for value in values)])
            worst = max(worst, abs(mpmath.fsum(values)) / scale)
        holds = worst < mpmath.mpf(10) ** (-digits)
    method = f"mpmath, {digits} digits, {samples} points: largest relative residual {mpmath.nstr(worst, 2)}"
    return Evidence(Kind.NUMERIC, Outcome.HOLDS if holds else Outcome.FAILS, method)


def _random_point(random: Random, lower: sp.Expr, upper: sp.Expr) -> mpmath.mpf:
    if lower == -sp.oo:
        lower = sp.Integer(-3) if upper == sp.oo else upper - 3
    if upper == sp.oo:
        upper = lower + 3
    fraction = mpmath.mpf(random.randint(1, 2**40 - 1)) / 2**40
    low, high = (mpmath.mpf(sp.N(end, mpmath.mp.dps)) for end in (lower, upper))
    return low + (high - low) * fraction


def sign_check(name: str, enclosure: arb, sign: int) -> Evidence:
    """Decide from a ball whether a quantity has the given sign (+1 or -1).

    >>> sign_check("sqrt(2) - 1", arb(2).sqrt() - 1, +1).outcome.value
    'holds'
    """
    wanted, opposite = (enclosure > 0, enclosure < 0) if sign > 0 else (enclosure < 0, enclosure > 0)
    outcome = Outcome.HOLDS if wanted else Outcome.FAILS if opposite else Outcome.UNDECIDED
    relation = ">" if sign > 0 else "<"
    return Evidence(Kind.ENCLOSURE, outcome, f"{name} {relation} 0: enclosed by {enclosure.str(8)}")


def agreement_check(
    name: str, predicted: Ball, measured: mpmath.mpf, digits: int = DEFAULT_DIGITS
) -> Evidence:
    """Compare a rigorous prediction with a number that mpmath found another way, to so many digits.

    Fails when the two differ by more than 10^-digits relative to max(1, |prediction|), which refutes the
    claim.
    """
    with mpmath.workdps(digits + 15):
        centre = mpmath.mpf(predicted.middle.numerator) / predicted.middle.denominator
        slack = mpmath.mpf(predicted.radius.numerator) / predicted.radius.denominator
        error = max(mpmath.mpf(0), abs(measured - centre) - slack) / max(1, abs(centre))
        holds = error <= mpmath.mpf(10) ** (-digits)
        value, difference = mpmath.nstr(measured, 12), mpmath.nstr(error, 2)
        method = f"{name}: mpmath gives {value}, relative difference {difference} at {digits} digits"
    return Evidence(Kind.NUMERIC, Outcome.HOLDS if holds else Outcome.FAILS, method)


def numeric_check(description: str, compute: Callable[[], bool], digits: int = DEFAULT_DIGITS) -> Evidence:
    """Run a numerical comparison at ``digits`` + 15 digits of mpmath; true means that it agrees."""
    with mpmath.workdps(digits + 15):
        agrees = compute()
    return Evidence(
        Kind.NUMERIC, Outcome.HOLDS if agrees else Outcome.FAILS, f"{description}, {digits} digits"
    )
