"""One-point overlapping of the sigmoid in closed form, robust on an open box (T12)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from implicitreg_sym.certificate import one_point_certificate
from implicitreg_sym.claims import Proof
from implicitreg_sym.derivation.notation import CHARACTERISE, NETWORK, ONE_POINT, ORBIT
from implicitreg_sym.overlap.one_point_claims import closed_sigmoid_one_point
from implicitreg_sym.overlap.outcome import OnePoint
from implicitreg_sym.proofscript import main


def proof(digits: int = 30) -> Proof:
    """Derive θ* in closed form for s = 2, a0 = 3, and certify the box U around it on which T3 holds."""
    return Proof(
        "sigmoid_one_point",
        "One-point overlapping of the sigmoid",
        "T12",
        rf"{NETWORK} Here $\sigma(u)=1/(1+e^{{-u}})$ and $d=1$. {CHARACTERISE} {ONE_POINT} {ORBIT} "
        rf"The inputs at "
        r"$\theta^*$ are $x_1=1$ and $x_2=2$; $w_0=\log B$ and $w^*=\log(sB)$.",
        _overlapping(digits).claim,
        ("zhang2023limitation", "moore2009introduction"),
    )


def certificates(digits: int = 30) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield that of the box U."""
    yield "sigmoid", one_point_certificate(_overlapping(digits))


@cache
def _overlapping(digits: int) -> OnePoint:
    return closed_sigmoid_one_point(digits)


if __name__ == "__main__":
    raise SystemExit(main(proof))
