"""What overlapping forbids (T1, T2, T3)."""

from __future__ import annotations

from implicitreg_sym.claims import Proof, conjunction
from implicitreg_sym.derivation.notation import CHARACTERISE, NETWORK, ONE_POINT, TWO_POINT
from implicitreg_sym.overlap.forbids import (
    one_point_differentiable_theorem,
    one_point_theorem,
    two_point_theorem,
)
from implicitreg_sym.proofscript import main


def proof(digits: int = 30) -> Proof:
    """Prove that overlapping excludes data-independent functions, each theorem from its named hypotheses."""
    theorems = (
        two_point_theorem(digits),
        one_point_differentiable_theorem(digits),
        one_point_theorem(digits),
    )
    conclusion = conjunction(
        "T1_T2_T3",
        r"Two-point overlapping excludes every $J$ that characterises strictly, and forces "
        r"$J(p)=J(q)$ on one that "
        r"does so weakly (T1). At a one-point overlapping a differentiable $J$ that characterises weakly has "
        r"$\nabla J(\theta^*)=0$ (T2). If the overlapping is robust on $U$, every $J$ that "
        r"characterises weakly is "
        r"constant on $U$, with no regularity assumed, and none characterises strictly (T3)",
        [theorem.proved_as for theorem in theorems],
    )
    return Proof(
        "overlapping_theorems",
        "What overlapping forbids",
        "T1, T2, T3",
        f"{NETWORK} {CHARACTERISE} {TWO_POINT} {ONE_POINT}",
        conclusion,
        ("zhang2023limitation",),
    )


if __name__ == "__main__":
    raise SystemExit(main(proof))
