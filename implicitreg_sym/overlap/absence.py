"""The reasoned statement that there is no overlapping, with the scope in which T9 proves it."""

from __future__ import annotations

from typing import Literal

import sympy as sp

from implicitreg_sym.activations import Activation, activation
from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome
from implicitreg_sym.degree import DegreeReport, degree_report, refusal
from implicitreg_sym.degree.domain import adjacent_piece
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.overlap.arrivals import check_digits
from implicitreg_sym.overlap.outcome import NoOverlap, Scope
from implicitreg_sym.overlap.plane import Extension, extension

Mechanism = Literal["two-point", "one-point"]
PAIRS = "pair of one-sample datasets with scalar inputs and y ≠ 0"


def absence(sigma: Activation, mechanism: Mechanism, digits: int) -> NoOverlap:
    """Return what T9 excludes: REFUTED if that is every scalar sample with y ≠ 0 and every start, else
    UNKNOWN with the scope that is excluded.

    >>> found = absence(activation("softplus"), "two-point", 30)
    >>> found.status.name, found.scope.value
    ('REFUTED', 'plane')
    >>> found = absence(activation("elu"), "two-point", 30)
    >>> found.status.name, found.scope.value
    ('UNKNOWN', 'half-lines')
    """
    digits = check_digits(digits)
    reports = (degree_report(sigma, "positive", digits), degree_report(sigma, "negative", digits))
    sides = (
        refusal(sigma, "positive", mechanism, digits, reports[0]),
        refusal(sigma, "negative", mechanism, digits, reports[1]),
    )
    scope, wider = None, None
    if all(claim.status.established for claim in sides):
        scope = Scope.INTERVALS
        if all(_reaches_all(sigma, report) for report in reports):
            wider = extension(sigma, mechanism, reports, digits)
            scope = Scope.HALF_LINES if wider is None else Scope.PLANE
    reason = _reason(sigma, mechanism, sides, reports, scope, wider)
    return NoOverlap(sigma, mechanism, reason, _claim(mechanism, sides, scope, wider, reason), scope)


def _claim(
    mechanism: Mechanism, sides: tuple[Claim, ...], scope: Scope | None, wider: Extension | None, reason: str
) -> Claim:
    evidence = (
        Evidence(Kind.DEDUCTION, Outcome.UNDECIDED, reason)
        if wider is None
        else Evidence(Kind.DEDUCTION, Outcome.HOLDS, f"T9 on the half-lines and across zero ({wider.rule})")
    )
    # numbers on each side of zero say nothing of what happens across it
    checks = tuple(
        check
        for claim in (() if wider is None else sides)
        for check in claim.evidence
        if check.kind is Kind.NUMERIC
    )
    premises = () if scope is None else sides if wider is None else (*sides, wider.claim)
    return Claim(
        f"{mechanism}.refusal",
        rf"there is no {_robust(mechanism)}{mechanism} overlapping of one-sample datasets with scalar inputs "
        rf"and $y\neq0$, from any start",
        sp.Not(sp.Symbol(f"{mechanism.replace('-', '_')}_overlapping")),
        rests_on=premises,
        evidence=(evidence, *checks),
    )


def _robust(mechanism: Mechanism) -> str:
    return "robust " if mechanism == "one-point" else ""


def _reaches_all(sigma: Activation, report: DegreeReport) -> bool:
    """Whether the domain of the degree is the whole half-line, or σ = 0 identically on the rest of it.

    Where σ = 0 nothing interpolates y ≠ 0, and a flow that enters stays where it is.
    """
    side, extent = report.domain.side, report.domain.extent
    if isinstance(extent, Ball):
        return False
    if extent == sp.oo:
        return True
    if report.domain.boundary != "breakpoint":
        return False
    index = sigma.pieces.index(adjacent_piece(sigma, side))
    beyond = sigma.pieces[index + 1 :] if side > 0 else sigma.pieces[:index]
    return all(bool(piece.formula.is_zero) for piece in beyond)


def _reason(
    sigma: Activation, mechanism: Mechanism, sides: tuple[Claim, ...],
    reports: tuple[DegreeReport, DegreeReport], scope: Scope | None, wider: Extension | None,
) -> str:  # fmt: skip
    degree = f"the local homogeneity degree E(u) = u σ'(u)/σ(u) of {sigma.name} is"
    missing = f"no {_robust(mechanism)}{mechanism} overlapping was found for {sigma.name}"
    verdicts = " and ".join(
        f"{report.verdict.value} for u {'>' if report.domain.side > 0 else '<'} 0" for report in reports
    )
    if wider is not None:
        further = (
            "; by T13 there is none for any datasets with targets y ≠ 0"
            if sigma.pieces == activation("exp").pieces
            else ""
        )
        shown = wider.words if wider.rule == "W1" else f"{verdicts}, and {wider.words}"
        return (
            f"{degree} {shown}, so by T9 ({wider.rule}) no {PAIRS} shows "
            f"{_robust(mechanism)}{mechanism} overlapping, from any start{further}"
        )
    if scope is Scope.HALF_LINES:
        return (
            f"excluded on each side of zero (T9); across zero undecided: {degree} {verdicts}, so no {PAIRS} "
            f"and all w x on one side of zero shows {_robust(mechanism)}{mechanism} overlapping, and "
            f"{missing} where w x changes its sign"
        )
    if scope is None:
        undecided = next(side for side in sides if not side.status.established)
        return f"{missing}, and T9 does not exclude one: " + "; ".join(
            check.method for check in undecided.evidence if check.outcome is Outcome.UNDECIDED
        )
    scopes = " or all in ".join(report.domain.describe() for report in reports)
    parts = [f"{report.verdict.value} on {report.domain.describe()}" for report in reports]
    return (
        f"{missing}; E(u) = u σ'(u)/σ(u) is {' and '.join(parts)}, so T9 excludes it for a {PAIRS} and all "
        f"w x in {scopes}; beyond that nothing is decided"
    )
