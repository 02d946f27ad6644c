"""The local homogeneity degree decides which overlappings there are (T9)."""

from __future__ import annotations

from itertools import product
from typing import Literal

from implicitreg_sym.activations import activation
from implicitreg_sym.claims import Claim, Proof, conjunction
from implicitreg_sym.degree import identities, refusal
from implicitreg_sym.derivation.notation import DEGREE, NETWORK, ONE_POINT, RATIO, TWO_POINT
from implicitreg_sym.proofscript import main

HALF_LINES: tuple[Literal["positive", "negative"], ...] = ("positive", "negative")
MECHANISMS: tuple[Literal["two-point", "one-point"], ...] = ("two-point", "one-point")
REFUSED = ("exp", "relu", "power(3)", "softplus", "gaussian")


def proof(digits: int = 30) -> Proof:
    """Prove T9's identities for undefined σ, and refuse both overlappings where E is monotone or constant."""
    conclusion = conjunction(
        "T9.dichotomy",
        r"Where $E$ is strictly monotone or constant, no two datasets of one sample each show "
        r"two-point or robust "
        r"one-point overlapping within the domain. So exp, relu, the cube, softplus and the Gaussian "
        r"show neither, "
        r"with all points on one side of zero",
        [*identities(), *_refusals(digits)],
    )
    return Proof(
        "degree_dichotomy",
        "The local homogeneity degree decides",
        "T9",
        f"{NETWORK} {DEGREE} {RATIO} {TWO_POINT} {ONE_POINT} Inputs are scalar, and each dataset has "
        f"one sample.",
        conclusion,
        ("zhang2023limitation", "tucker2011validated"),
    )


def _refusals(digits: int) -> list[Claim]:
    return [
        refusal(activation(name), half_line, mechanism, digits)
        for name, half_line, mechanism in product(REFUSED, HALF_LINES, MECHANISMS)
    ]


if __name__ == "__main__":
    raise SystemExit(main(proof))
