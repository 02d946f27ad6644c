"""Claims gathered into one: proofs of one kind about several objects, renamed apart, and their
conjunction."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import sympy as sp

from implicitreg_sym.claims.claim import Claim, Step
from implicitreg_sym.claims.evidence import Evidence, Kind, Outcome


def relabelled(claim: Claim, old: str, new: str) -> Claim:
    r"""Return the claim with ``new`` in the place of ``old`` at the beginning of its and its premises' ids.

    Only the id ``old`` itself and ids that continue it after a dot are renamed, wherever they occur: in
    ids, in prose (``\ref``) and in the methods of evidence. Statements, outcomes and statuses stay.

    >>> from implicitreg_sym.claims import Claim
    >>> premise = Claim("limit.arc", "", sp.true)
    >>> claim = Claim("limit", "", sp.true, rests_on=(premise, Claim("T7", "", sp.true)))
    >>> [part.id for part in relabelled(claim, "limit", "tanh").walk()]
    ['tanh.arc', 'T7', 'tanh']
    """
    pattern = re.compile(rf"(?<![\w.]){re.escape(old)}(?=\.\w|(?!\w|\.\w))")
    ids = sorted({part.id for part in claim.walk() if pattern.match(part.id)}, key=len, reverse=True)
    if not ids:
        return claim
    mentioned = re.compile("|".join(rf"(?<![\w.]){re.escape(name)}(?!\w|\.\w)" for name in ids))

    def renamed(text: str) -> str:
        return mentioned.sub(lambda match: new + match[0][len(old) :], text)

    done: dict[str, Claim] = {}

    def visit(part: Claim) -> Claim:
        if part.id not in done:
            premises = tuple(visit(premise) for premise in part.rests_on)
            changed = part.id in ids
            done[part.id] = (
                part
                if not changed and premises == part.rests_on
                else replace(
                    part,
                    id=renamed(part.id) if changed else part.id,
                    says=re.sub(r"\\ref\{[^{}]+\}", lambda match: renamed(match[0]), part.says),
                    rests_on=premises,
                    evidence=tuple(replace(check, method=renamed(check.method)) for check in part.evidence),
                )
            )
        return done[part.id]

    return visit(claim)


def conjunction(
    id: str, says: str, parts: Sequence[Claim], statement: sp.Basic = sp.true, steps: tuple[Step, ...] = ()
) -> Claim:
    """Return the claim that all parts hold; its status is that of the weakest.

    It counts as cross-checked if every part is.

    >>> from implicitreg_sym.claims import Claim
    >>> conjunction("both", "", [Claim("left", "", sp.true)]).status.name
    'UNKNOWN'
    """
    unchecked = [part.id for part in parts if not part.cross_checked]
    numeric = Evidence(
        Kind.NUMERIC,
        Outcome.UNDECIDED if unchecked else Outcome.HOLDS,
        f"not cross-checked: {', '.join(unchecked)}"
        if unchecked
        else f"those of the {len(parts)} parts agree",
    )
    deduction = Evidence(Kind.DEDUCTION, Outcome.HOLDS, f"the conjunction of its {len(parts)} parts")
    return Claim(id, says, statement, (), tuple(parts), (deduction, numeric), steps)
