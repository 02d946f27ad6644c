"""Claims: statements with evidence, standing on other claims; the status is computed from both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sympy as sp

from implicitreg_sym.claims.evidence import Evidence, Kind, Outcome
from implicitreg_sym.formula import formula_text
from implicitreg_sym.status import Status, weakest


@dataclass(frozen=True, slots=True)
class Step:
    """A line of a derivation: prose in LaTeX and, below it, a displayed formula (SymPy, or LaTeX where
    SymPy has no words)."""

    text: str
    formula: sp.Basic | str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement, its variables and domains, what it rests on, and the evidence for it.

    Arguments: ``id``, unique in its proof, such as ``"sigmoid.two_point.k_squared"``; ``says``, the
    statement in one sentence of LaTeX prose; ``statement``, the same in SymPy (a relation, or another
    Boolean); ``variables``, pairs (symbol, SymPy set); ``rests_on``, the claims that it needs;
    ``evidence``, what was checked; ``steps``, the derivation to be typeset.

    >>> from implicitreg_sym.claims import Evidence, Kind, Outcome
    >>> seen, computed = (Evidence(kind, Outcome.HOLDS, "") for kind in (Kind.NUMERIC, Kind.EXACT))
    >>> ground = Claim("ground", "two is positive", sp.true, evidence=(seen,))
    >>> top = Claim("top", "so is four", sp.true, rests_on=(ground,), evidence=(computed,))
    >>> top.status.name
    'CHECKED'
    """

    id: str
    says: str
    statement: sp.Basic
    variables: tuple[tuple[sp.Symbol, sp.Set], ...] = ()
    rests_on: tuple[Claim, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    steps: tuple[Step, ...] = ()

    @property
    def own_status(self) -> Status:
        """What the claim's own evidence gives, read as a conjunction.

        REFUTED if any check fails. If every rigorous check (exact, deduction, enclosure) holds, the weakest
        of them; an undecided one leaves the claim at what the numerics give.
        """
        statuses = [check.status for check in self.evidence]
        if Status.REFUTED in statuses:
            return Status.REFUTED
        rigorous = [check.status for check in self.evidence if check.kind is not Kind.NUMERIC]
        if rigorous and all(status.established for status in rigorous):
            return weakest(rigorous)
        return Status.CHECKED if Status.CHECKED in statuses else Status.UNKNOWN

    @property
    def status(self) -> Status:
        """The weakest of the claim's own status and of the claims that it rests on."""
        return weakest([self.own_status, *(premise.status for premise in self.rests_on)])

    @property
    def cross_checked(self) -> bool:
        """Whether a numerical cross-check was made and agreed."""
        return any(check.kind is Kind.NUMERIC and check.outcome is Outcome.HOLDS for check in self.evidence)

    def walk(self) -> Iterator[Claim]:
        """Yield every claim below and including this one, premises first, each once."""
        seen: set[str] = set()

        def visit(claim: Claim) -> Iterator[Claim]:
            if claim.id in seen:
                return
            seen.add(claim.id)
            for premise in claim.rests_on:
                yield from visit(premise)
            yield claim

        return visit(self)

    def as_json(self) -> dict[str, object]:
        """Return the claim without its premises' contents, as plain data."""
        return {
            "id": self.id,
            "statement": formula_text(self.statement),
            "says": self.says,
            "status": str(self.status),
            "rests_on": [premise.id for premise in self.rests_on],
            "evidence": [
                {"kind": check.kind.value, "outcome": check.outcome.value, "method": check.method}
                for check in self.evidence
            ],
        }

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {sp.latex(self.statement)}\qquad\text{{({self.status})}}$"


@dataclass(frozen=True, slots=True)
class Theorem:
    """An abstract theorem with named hypotheses, so that it can only be applied to claims that supply every
    one of them.

    >>> theorem = Theorem("T0", "conjunction", {"left": "A", "right": "B"}, Claim("T0", "A and B", sp.true))
    >>> theorem.conclude("both", "both hold", sp.true, {"left": Claim("l", "", sp.true)})
    Traceback (most recent call last):
    ...
    ValueError: T0 needs the hypotheses left, right; got left
    """

    name: str
    title: str
    hypotheses: Mapping[str, str]
    proved_as: Claim

    def conclude(
        self,
        id: str,
        says: str,
        statement: sp.Basic,
        premises: Mapping[str, Claim],
        cross_check: tuple[Evidence, ...] = (),
        steps: tuple[Step, ...] = (),
    ) -> Claim:
        """Return the conclusion as a claim that rests on the theorem and on a claim for each hypothesis.

        Raises `ValueError` unless ``premises`` has exactly the theorem's hypotheses as keys.
        """
        if set(premises) != set(self.hypotheses):
            raise ValueError(
                f"{self.name} needs the hypotheses {', '.join(self.hypotheses)}; got {', '.join(premises)}"
            )
        method = f"by {self.name} ({self.title}) from " + ", ".join(
            f"{key}: {claim.id}" for key, claim in premises.items()
        )
        deduction = Evidence(Kind.DEDUCTION, Outcome.HOLDS, method)
        return Claim(
            id, says, statement, (), (self.proved_as, *premises.values()), (deduction, *cross_check), steps
        )
