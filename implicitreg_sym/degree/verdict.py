"""What is known of the local homogeneity degree on a half-line: a verdict, its proof and its claim."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

import sympy as sp

from implicitreg_sym.activations import Activation
from implicitreg_sym.activations.typeset import typeset_name as typeset_name
from implicitreg_sym.claims import Claim, Evidence, Kind, Step
from implicitreg_sym.degree.domain import DegreeDomain, adjacent_piece
from implicitreg_sym.degree.place import typeset
from implicitreg_sym.degree.sign_proof import SignProof
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.status import Status


class Verdict(Enum):
    """What is known of E on the domain."""

    CONSTANT = "constant"
    INCREASING = "increasing"
    DECREASING = "decreasing"
    NOT_MONOTONE = "not monotone"
    NO_DEGREE = "not defined"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Witness:
    """A rational u and a ball for E'(u) that excludes zero."""

    point: Fraction
    slope: Ball


@dataclass(frozen=True, slots=True)
class DegreeReport:
    """The behaviour of E(u) = u σ'(u)/σ(u) on the interval next to 0 (T9).

    ``expression``, E on the domain; ``value``, the constant k if the verdict is CONSTANT; ``extrema``,
    enclosures of critical points of E, and ``witnesses``, two points at which E' has opposite certain
    signs, ascending, if it is NOT_MONOTONE; ``extrema_complete``, whether E is proved to have no other
    extremum; ``proof``, the sign proof of E' where there is one; ``claim``,
    the statement with its evidence; ``reason``, why nothing more is known.

    >>> import implicitreg_sym as ir
    >>> report = ir.degree_report(ir.activation("tanh"), "positive")
    >>> report.verdict.value, report.status.name
    ('decreasing', 'PROVED')
    """

    activation: Activation
    half_line: str
    domain: DegreeDomain
    verdict: Verdict
    claim: Claim
    expression: sp.Expr | None = None
    value: sp.Expr | None = None
    extrema: tuple[Ball, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    proof: SignProof | None = None
    reason: str = ""
    extrema_complete: bool = False

    @property
    def status(self) -> Status:
        """The status of the claim."""
        return self.claim.status

    @property
    def zero(self) -> bool:
        """Whether σ vanishes identically on the half-line."""
        return self.verdict is Verdict.NO_DEGREE and bool(
            adjacent_piece(self.activation, self.domain.side).formula.is_zero
        )

    @property
    def cross_checks(self) -> tuple[Evidence, ...]:
        """The numerical evidence of the claim."""
        return tuple(check for check in self.claim.evidence if check.kind is Kind.NUMERIC)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The derivation, to be typeset."""
        return self.claim.steps

    def _repr_latex_(self) -> str:
        place = rf"u\in {typeset(self.domain.interval)}"
        formula = "" if self.expression is None else f"={typeset(self.expression)}"
        words = self.verdict.value + (f", {self.value}" if self.value is not None else "")
        if self.extrema:
            words += ", extrema at " + ", ".join(ball.decimal(6) for ball in self.extrema)
            words += "" if self.extrema_complete else ", others are not excluded"
        return (
            rf"$\displaystyle \sigma={typeset_name(self.activation.name)},\ E(u){formula},\quad "
            rf"{place}:\ \text{{{words}}}\qquad\text{{({self.status})}}$"
        )
