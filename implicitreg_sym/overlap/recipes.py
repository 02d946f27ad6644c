"""Chooses the recipe for an activation, or says with proof why there is no overlapping (T9)."""

from __future__ import annotations

from typing import Literal

import sympy as sp

from implicitreg_sym.activations import Activation, activation
from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome
from implicitreg_sym.degree import refusal
from implicitreg_sym.errors import InputError
from implicitreg_sym.overlap.general_two_point_claims import general_two_point
from implicitreg_sym.overlap.one_point_claims import closed_sigmoid_one_point, general_one_point
from implicitreg_sym.overlap.outcome import NoOverlap, OnePoint, TwoPoint
from implicitreg_sym.overlap.sigmoid_family import sigmoid_two_point
from implicitreg_sym.overlap.symmetric import symmetric_two_point

Mechanism = Literal["two-point", "one-point"]
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
    sides = [refusal(sigma, "positive", mechanism, digits), refusal(sigma, "negative", mechanism, digits)]
    refused = all(claim.status.established for claim in sides)
    deduction = Evidence(
        Kind.DEDUCTION,
        Outcome.HOLDS if refused else Outcome.UNDECIDED,
        "T9 on the half-lines w x > 0 and w x < 0"
        if refused
        else "no recipe found an overlapping, and T9 does not exclude it",
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
    return NoOverlap(sigma, mechanism, _reason(sigma, mechanism, sides, refused), claim)


def _reason(sigma: Activation, mechanism: Mechanism, sides: list[Claim], refused: bool) -> str:
    if not refused:
        undecided = next(side for side in sides if not side.status.established)
        return (
            f"no {mechanism} overlapping was found for {sigma.name}, and T9 does not exclude one: "
            + "; ".join(check.method for check in undecided.evidence if check.outcome is Outcome.UNDECIDED)
        )
    from implicitreg_sym.degree import degree_report

    verdicts = []
    for half_line, sign in (("positive", ">"), ("negative", "<")):
        report = degree_report(sigma, "positive" if half_line == "positive" else "negative", 30)
        verdicts.append(f"{report.verdict.value} for u {sign} 0")
    robust = "robust " if mechanism == "one-point" else ""
    return (
        f"the local homogeneity degree E(u) = u σ'(u)/σ(u) of {sigma.name} is {' and '.join(verdicts)}, "
        f"so by T9 no pair of one-sample "
        f"datasets with scalar inputs, y ≠ 0 and all w x on one side of zero shows {robust}{mechanism} "
        f"overlapping"
    )
