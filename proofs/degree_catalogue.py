"""The local homogeneity degree of every activation in the catalogue (T9)."""

from __future__ import annotations

from itertools import product
from typing import Literal

from implicitreg_sym.activations import catalogue_activations
from implicitreg_sym.claims import Proof, conjunction
from implicitreg_sym.degree import degree_report
from implicitreg_sym.derivation.notation import DEGREE
from implicitreg_sym.proofscript import main

HALF_LINES: tuple[Literal["positive", "negative"], ...] = ("positive", "negative")


def proof(digits: int = 30) -> Proof:
    """Decide on both half-lines of each activation whether E is constant, monotone or not, with a sign
    proof of E'."""
    activations = catalogue_activations()
    conclusion = conjunction(
        "T9.catalogue",
        r"For every activation of the catalogue it is proved, on each side of zero up to the first "
        r"zero of $\sigma$ or "
        r"$\sigma'$, whether $E$ is constant, increasing, decreasing or not monotone, as stated in "
        r"the lemmas",
        [
            degree_report(sigma, half_line, digits).claim
            for sigma, half_line in product(activations, HALF_LINES)
        ],
    )
    works = dict.fromkeys(work for sigma in activations for work in sigma.references)
    return Proof(
        "degree_catalogue",
        "The local homogeneity degree of the activations in the catalogue",
        "T9",
        rf"{DEGREE} The sign of $E'$ is decided by exact rules (series with coefficients of one "
        rf"sign, Sturm's "
        r"theorem, monotonicity) where they apply, and by ball arithmetic on subdivided intervals otherwise.",
        conclusion,
        ("tucker2011validated", *works),
    )


if __name__ == "__main__":
    raise SystemExit(main(proof))
