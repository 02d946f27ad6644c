"""Evidence: what was done to decide a claim, and how it came out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from implicitreg_sym.status import Status


class Kind(Enum):
    """The kinds of evidence; each can carry a claim to one status at most.

    >>> Kind.NUMERIC.carries_to.name
    'CHECKED'
    """

    EXACT = "exact algebra"
    DEDUCTION = "deduction"
    ENCLOSURE = "ball arithmetic"
    NUMERIC = "numerical cross-check"

    @property
    def carries_to(self) -> Status:
        """The best status that evidence of this kind can give."""
        return _BEST[self]


_BEST = {
    Kind.EXACT: Status.PROVED,
    Kind.DEDUCTION: Status.PROVED,
    Kind.ENCLOSURE: Status.ENCLOSED,
    Kind.NUMERIC: Status.CHECKED,
}


class Outcome(Enum):
    """How a check came out.

    >>> [outcome.value for outcome in Outcome]
    ['holds', 'fails', 'undecided']
    """

    HOLDS = "holds"
    FAILS = "fails"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One check: its kind, its outcome, and one sentence that says what was done and with what numbers.

    >>> Evidence(Kind.ENCLOSURE, Outcome.HOLDS, "the ball excludes zero").status.name
    'ENCLOSED'
    """

    kind: Kind
    outcome: Outcome
    method: str

    @property
    def status(self) -> Status:
        """What this check alone would make of the claim."""
        match self.outcome:
            case Outcome.HOLDS:
                return self.kind.carries_to
            case Outcome.FAILS:
                return Status.REFUTED
        return Status.UNKNOWN
