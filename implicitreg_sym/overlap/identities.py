"""Identities and positivity as claims: exact evidence, and a cross-check of both sides apart."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

import sympy as sp

from implicitreg_sym.claims import (
    Claim,
    Evidence,
    Kind,
    Outcome,
    Step,
    identity_check,
    sampled_identity_check,
)

Domains = Mapping[sp.Symbol, tuple[sp.Expr, sp.Expr]]


def identity_claim(
    id: str,
    says: str,
    left: sp.Expr,
    right: sp.Expr,
    domains: Domains,
    digits: int,
    *,
    steps: tuple[Step, ...] = (),
    rests_on: tuple[Claim, ...] = (),
    positive: Collection[sp.Expr] = (),
    instance: Callable[[sp.Expr], sp.Expr] | None = None,
    shown: sp.Basic | None = None,
) -> Claim:
    """Return the claim that two expressions are equal on a box of open intervals.

    Derivatives may be left unevaluated on either side. ``instance`` puts concrete functions in the place of
    undefined ones for the numerical cross-check; ``shown`` is the statement as it is to be read, by
    default the equation itself.

    >>> from implicitreg_sym.symbols import u
    >>> domains = {u: (sp.Integer(0), sp.Integer(1))}
    >>> identity_claim("double", "", sp.sin(2 * u), 2 * sp.sin(u) * sp.cos(u), domains, 30).status.name
    'PROVED'
    """
    concrete = instance or (lambda expression: expression)
    first, second = left.doit(), right.doit()
    # both sides are kept apart, so that the cross-check does not evaluate their symbolic difference
    apart = sp.Add(concrete(first), -concrete(second), evaluate=False)
    evidence = (
        identity_check(first - second, domains=domains, positive=positive),
        sampled_identity_check(apart, domains, digits),
    )
    statement = sp.Eq(left, right, evaluate=False) if shown is None else shown
    # a variable that ranges over the whole line needs no mention
    ranges = {symbol: ends for symbol, ends in domains.items() if ends != (-sp.oo, sp.oo)}
    variables = tuple((symbol, sp.Interval.open(*ends)) for symbol, ends in ranges.items())
    return Claim(id, says, statement, variables, rests_on, evidence, steps)


def positive_terms_check(expression: sp.Expr, positive: Collection[sp.Symbol]) -> Evidence:
    """Show that a rational function is positive where its symbols are: all its coefficients are positive.

    Undecided, not failed, where a coefficient is negative.

    >>> z = sp.Symbol("z", positive=True)
    >>> [positive_terms_check(e, [z]).outcome.value for e in (z / (1 + z) ** 2, 1 - z)]
    ['holds', 'undecided']
    """
    numerator, denominator = sp.fraction(sp.cancel(expression))
    generators = tuple(positive)
    parts = [sp.Poly(part, *generators) for part in (numerator, denominator)]
    if all(coefficient.is_Rational and coefficient > 0 for part in parts for coefficient in part.coeffs()):
        names = ", ".join(map(str, generators))
        method = (
            f"({parts[0].as_expr()})/({parts[1].as_expr()}) has positive coefficients only, and {names} > 0"
        )
        return Evidence(Kind.EXACT, Outcome.HOLDS, method)
    return Evidence(Kind.EXACT, Outcome.UNDECIDED, f"{expression} has coefficients of both signs")


def with_exact_parts(claim: Claim, parts: Sequence[Evidence], method: str) -> Claim:
    """Return the claim with a conjunction of exact checks in the place of its own exact evidence."""
    numeric = tuple(check for check in claim.evidence if check.kind is Kind.NUMERIC)
    failed = next((part for part in parts if part.outcome is not Outcome.HOLDS), None)
    exact = Evidence(Kind.EXACT, Outcome.HOLDS, method) if failed is None else failed
    return replace(claim, evidence=(exact, *numeric))


def deduction(method: str) -> Evidence:
    """Evidence that a conclusion follows from the premises by the named argument."""
    return Evidence(Kind.DEDUCTION, Outcome.HOLDS, method)
