"""A proof: a titled tree of claims, ready to be counted, printed and typeset."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from implicitreg_sym.claims.claim import Claim
from implicitreg_sym.status import Status


@dataclass(frozen=True, slots=True)
class Proof:
    """A result with its proof.

    Arguments: ``name``, as the command line knows it; ``title``; ``theorem``, its number in docs/theory.md;
    ``setting``, LaTeX prose that fixes the notation; ``conclusion``, the claim at the root; ``references``,
    keys of the bibliography.

    >>> import sympy as sp
    >>> from implicitreg_sym.claims import Evidence, Kind, Outcome
    >>> addition = Evidence(Kind.EXACT, Outcome.HOLDS, "by addition")
    >>> claim = Claim("sum", "1 + 1 = 2", sp.true, evidence=(addition,))
    >>> Proof("sum", "A sum", "T0", "", claim).status.name
    'PROVED'
    """

    name: str
    title: str
    theorem: str
    setting: str
    conclusion: Claim
    references: tuple[str, ...] = ()

    @property
    def status(self) -> Status:
        """The status of the conclusion."""
        return self.conclusion.status

    @property
    def claims(self) -> tuple[Claim, ...]:
        """All claims, premises before what rests on them."""
        return tuple(self.conclusion.walk())

    def tally(self) -> Counter[Status]:
        """How many claims have which status."""
        return Counter(claim.status for claim in self.claims)

    def as_json(self) -> dict[str, object]:
        """Return the proof as plain data."""
        return {
            "name": self.name,
            "title": self.title,
            "theorem": self.theorem,
            "status": str(self.status),
            "claims": [claim.as_json() for claim in self.claims],
        }
