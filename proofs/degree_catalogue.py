"""The local homogeneity degree of every activation in the catalogue (T9)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Any, Literal

from implicitreg_sym.activations import Activation, catalogue_activations
from implicitreg_sym.certificate import degree_certificate
from implicitreg_sym.claims import Proof, conjunction
from implicitreg_sym.degree import DegreeReport, Verdict, degree_report
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
        [_report(sigma, half_line, digits).claim for sigma, half_line in product(activations, HALF_LINES)],
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


def certificates(digits: int = 30) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield one for each side of each activation on which there is a degree."""
    for sigma, half_line in product(catalogue_activations(), HALF_LINES):
        report = _report(sigma, half_line, digits)
        if report.verdict is not Verdict.NO_DEGREE:
            yield f"{sigma.name}-{half_line}", degree_certificate(report)


@cache
def _report(sigma: Activation, half_line: Literal["positive", "negative"], digits: int) -> DegreeReport:
    return degree_report(sigma, half_line, digits)


if __name__ == "__main__":
    raise SystemExit(main(proof))
