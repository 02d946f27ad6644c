"""Chooses the recipe for an activation, or says with proof why there is no overlapping (T9)."""

from __future__ import annotations

from typing import Literal

import sympy as sp

from implicitreg_sym.activations import Activation, activation
from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome
from implicitreg_sym.degree import DegreeReport, degree_report, refusal
from implicitreg_sym.degree.domain import adjacent_piece
from implicitreg_sym.errors import InputError
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.overlap.arrivals import check_digits
from implicitreg_sym.overlap.general_two_point_claims import general_two_point
from implicitreg_sym.overlap.one_point_claims import closed_sigmoid_one_point, general_one_point
from implicitreg_sym.overlap.outcome import NoOverlap, OnePoint, TwoPoint
from implicitreg_sym.overlap.sigmoid_family import sigmoid_two_point
from implicitreg_sym.overlap.symmetric import symmetric_two_point

Mechanism = Literal["two-point", "one-point"]
HALF_LINES: tuple[Literal["positive", "negative"], ...] = ("positive", "negative")
RECIPES = ("auto", "sigmoid", "symmetric", "general")


def _is_sigmoid(sigma: Activation) -> bool:
    return sigma.pieces == activation("sigmoid").pieces


def two_point(sigma: Activation, digits: int = 30, recipe: str = "auto") -> TwoPoint | NoOverlap:
    """Return a two-point overlapping for an activation, or the reasoned statement that there is none (T1,
    T9).

    ``recipe`` is "sigmoid" (T11), "symmetric" (T10: odd, monotone near 0, not homogeneous), "general" (T9:
    the degree E is not monotone), or "auto", which takes the first that applies. Raises `InputError` on an
    unknown recipe, and on one that does not apply to the activation.

    >>> from implicitreg_sym.activations import activation
    >>> two_point(activation("tanh")).recipe
    'symmetric'
    >>> two_point(activation("exp")).proved
    True
    """
    if recipe not in RECIPES:
        raise InputError(f"unknown recipe {recipe!r}; the recipes are {', '.join(RECIPES)}")
    if recipe == "sigmoid" and not _is_sigmoid(sigma):
        raise InputError(
            f"the recipe sigmoid is for the sigmoid alone, not for {sigma.name}; use general, symmetric "
            f"or auto"
        )
    if recipe == "sigmoid" or (recipe == "auto" and _is_sigmoid(sigma)):
        return sigmoid_two_point(digits=digits)
    found = None
    if recipe in ("auto", "symmetric"):
        found = symmetric_two_point(sigma, digits)
    if found is None and recipe == "symmetric":
        raise InputError(
            f"the recipe symmetric needs an odd activation with σ' ≠ 0 near 0 that is not homogeneous; "
            f"{sigma.name} is not; use auto"
        )
    found = found or general_two_point(sigma, digits)
    return found or _absence(sigma, "two-point", digits)


def one_point(sigma: Activation, digits: int = 30) -> OnePoint | NoOverlap:
    """Return a robust one-point overlapping with its open box U, or the reasoned statement that there is
    none (T3, T9).

    For the sigmoid the point is T12's, in closed form; otherwise the general recipe serves.

    >>> from implicitreg_sym.activations import activation
    >>> one_point(activation("relu")).proved
    True
    """
    if _is_sigmoid(sigma):
        return closed_sigmoid_one_point(digits)
    return general_one_point(sigma, digits) or _absence(sigma, "one-point", digits)


def _absence(sigma: Activation, mechanism: Mechanism, digits: int) -> NoOverlap:
    """T9's refusal on both half-lines; UNKNOWN where it does not refuse."""
    digits = check_digits(digits)
    sides = [refusal(sigma, half_line, mechanism, digits) for half_line in HALF_LINES]
    reports = [degree_report(sigma, half_line, digits) for half_line in HALF_LINES]
    proved = all(claim.status.established for claim in sides)
    refused = proved and all(_reaches_all(sigma, report) for report in reports)
    reason = _reason(sigma, mechanism, sides, reports, refused)
    deduction = Evidence(
        Kind.DEDUCTION,
        Outcome.HOLDS if refused else Outcome.UNDECIDED,
        "T9 on the half-lines w x > 0 and w x < 0" if refused else reason,
    )
    checks = tuple(check for claim in sides for check in claim.evidence if check.kind is Kind.NUMERIC)
    claim = Claim(
        f"{mechanism}.refusal",
        rf"there is no {mechanism} overlapping of one-sample datasets with scalar inputs, $y\neq0$, and "
        rf"all points on one side of zero",
        sp.Not(sp.Symbol(f"{mechanism.replace('-', '_')}_overlapping")),
        rests_on=tuple(sides) if refused else (),
        evidence=(deduction, *checks),
    )
    return NoOverlap(sigma, mechanism, reason, claim)


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
    sigma: Activation, mechanism: Mechanism, sides: list[Claim], reports: list[DegreeReport], refused: bool
) -> str:
    robust = "robust " if mechanism == "one-point" else ""
    pairs = "pair of one-sample datasets with scalar inputs, y ≠ 0 and all w x"
    if refused:
        verdicts = [
            f"{report.verdict.value} for u {'>' if report.domain.side > 0 else '<'} 0" for report in reports
        ]
        return (
            f"the local homogeneity degree E(u) = u σ'(u)/σ(u) of {sigma.name} is {' and '.join(verdicts)}, "
            f"so by T9 no {pairs} on one side of zero shows {robust}{mechanism} overlapping"
        )
    missing = f"no {robust}{mechanism} overlapping was found for {sigma.name}"
    undecided = next((side for side in sides if not side.status.established), None)
    if undecided is not None:
        return f"{missing}, and T9 does not exclude one: " + "; ".join(
            check.method for check in undecided.evidence if check.outcome is Outcome.UNDECIDED
        )
    scopes = " or all in ".join(report.domain.describe() for report in reports)
    verdicts = [f"{report.verdict.value} on {report.domain.describe()}" for report in reports]
    return (
        f"{missing}; E(u) = u σ'(u)/σ(u) is {' and '.join(verdicts)}, so T9 excludes it for a {pairs} in "
        f"{scopes}; beyond that nothing is decided"
    )
