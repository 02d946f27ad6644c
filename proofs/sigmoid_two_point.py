"""Two-point overlapping of the sigmoid: an exact family in two parameters (T11)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import sympy as sp

from implicitreg_sym.certificate import two_point_certificate
from implicitreg_sym.claims import Proof
from implicitreg_sym.derivation.notation import CHARACTERISE, NETWORK, ORBIT, TWO_POINT
from implicitreg_sym.overlap.outcome import NoOverlap, TwoPoint
from implicitreg_sym.overlap.sigmoid_family import sigmoid_two_point
from implicitreg_sym.proofscript import main

ALPHA, T = sp.Rational(1, 2), sp.Integer(5)


def proof(digits: int = 30) -> Proof:
    """Derive the family for symbolic α and T, and certify its member α = 1/2, T = 5."""
    return Proof(
        "sigmoid_two_point",
        "Two-point overlapping of the sigmoid",
        "T11",
        rf"{NETWORK} Here $\sigma(u)=1/(1+e^{{-u}})$ and $d=1$. {CHARACTERISE} {TWO_POINT} {ORBIT} "
        rf"The family has the "
        r"parameters $\alpha\in(0,1)$, $\alpha\neq\sqrt2-1$, and $T>0$; put $\beta=(1-\alpha)/(1+\alpha)$.",
        _overlapping(digits).claim,
        ("zhang2023limitation",),
    )


def certificates(digits: int = 30) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield that of the member."""
    yield "sigmoid", two_point_certificate(_overlapping(digits))


@cache
def _overlapping(digits: int) -> TwoPoint | NoOverlap:
    return sigmoid_two_point(ALPHA, T, digits)


if __name__ == "__main__":
    raise SystemExit(main(proof))
