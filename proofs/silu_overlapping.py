"""Sigmoid linear unit: two-point and one-point overlapping by the general recipe (T9)."""

from __future__ import annotations

from implicitreg_sym.activations import activation
from implicitreg_sym.claims import Proof
from implicitreg_sym.derivation.notation import CHARACTERISE, NETWORK, ONE_POINT, ORBIT, TWO_POINT
from implicitreg_sym.overlap.both_mechanisms import both_mechanisms
from implicitreg_sym.proofscript import main


def proof(digits: int = 30) -> Proof:
    """Construct both overlappings from the degree E, which is not monotone, and certify each root."""
    sigma = activation("silu")
    return Proof(
        "silu_overlapping",
        "Two-point and one-point overlapping of the sigmoid linear unit",
        "T9",
        f"{NETWORK} {CHARACTERISE} {TWO_POINT} {ONE_POINT} {ORBIT}",
        both_mechanisms(sigma, digits),
        ("zhang2023limitation", "moore2009introduction", *sigma.references),
    )


if __name__ == "__main__":
    raise SystemExit(main(proof))
