"""The potential that scalar inputs force (T15)."""

from __future__ import annotations

from implicitreg_sym.claims import Proof
from implicitreg_sym.derivation.notation import CHARACTERISE, DEGREE, NETWORK, ORBIT
from implicitreg_sym.positive.potential import forced_potential
from implicitreg_sym.proofscript import main


def proof(digits: int = 30) -> Proof:
    """Prove that each limit has one input, that J is known along a direction field, and integrate it for
    exp."""
    return Proof(
        "forced_potential",
        "The potential that scalar inputs force",
        "T15",
        f"{NETWORK} {CHARACTERISE} {DEGREE} {ORBIT} Inputs are scalar, and each dataset has one sample.",
        forced_potential(digits),
        ("zhang2023limitation",),
    )


if __name__ == "__main__":
    raise SystemExit(main(proof))
