"""Gaussian error linear unit: two-point and one-point overlapping by the general recipe (T9)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from implicitreg_sym.activations import activation
from implicitreg_sym.certificate import general_certificates
from implicitreg_sym.claims import Proof
from implicitreg_sym.derivation.notation import CHARACTERISE, NETWORK, ONE_POINT, ORBIT, TWO_POINT
from implicitreg_sym.overlap.both_mechanisms import both_mechanisms
from implicitreg_sym.proofscript import main


def proof(digits: int = 30) -> Proof:
    """Construct both overlappings from the degree E, which is not monotone, and certify each root."""
    sigma = activation("gelu")
    return Proof(
        "gelu_overlapping",
        "Two-point and one-point overlapping of the gaussian error linear unit",
        "T9",
        f"{NETWORK} {CHARACTERISE} {TWO_POINT} {ONE_POINT} {ORBIT}",
        both_mechanisms(sigma, digits),
        ("zhang2023limitation", "moore2009introduction", *sigma.references),
    )


def certificates(digits: int = 30) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield those of the degree and of both overlappings."""
    return general_certificates(activation("gelu"), digits)


if __name__ == "__main__":
    raise SystemExit(main(proof))
