"""Two-point overlapping of odd activations by symmetry (T10)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import sympy as sp

from implicitreg_sym.activations import activation
from implicitreg_sym.certificate import symmetric_certificate, two_point_certificate
from implicitreg_sym.claims import Claim, Proof, conjunction, relabelled
from implicitreg_sym.derivation.notation import CHARACTERISE, NETWORK, ORBIT, TWO_POINT
from implicitreg_sym.overlap.hyperbolic_tangent import INPUTS, START, mean_start_claim
from implicitreg_sym.overlap.outcome import TwoPoint
from implicitreg_sym.overlap.symmetric import ID, symmetric_two_point
from implicitreg_sym.proofscript import main

ODD = ("tanh", "arctan", "erf", "softsign", "asinh", "sinh", "sin", "rational")


def proof(digits: int = 30) -> Proof:
    """Certify T10's hypotheses for eight odd activations; for tanh take the mean of the two exact bounds."""
    by_name = {name: _claim(name, digits) for name in ODD}
    conclusion = conjunction(
        "T10.symmetric",
        r"If $\sigma$ is odd with $\sigma'\neq0$ between $-w_0x_2$ and $w_0x_2$, $G(0)=0$, and "
        r"$a_0^2$ lies strictly "
        r"between $m_1$ and $m_2$, $m_i=2G(w_0x_i)/x_i^2$, with $a_0\sigma'<0$, then the samples "
        r"$(x_i,-a_0\sigma(w_0x_i))$ show two-point overlapping with the limits $(w_0,-a_0)$ and "
        r"$(-w_0,a_0)$, and no "
        r"equation is left to solve. So it is for tanh, arctan, erf, softsign, asinh, sinh, sin and "
        r"$u/(1+u^2)$",
        [*by_name.values(), mean_start_claim(by_name["tanh"], digits)],
    )
    return Proof(
        "symmetric_two_point",
        "Two-point overlapping of odd activations by symmetry",
        "T10",
        f"{NETWORK} {CHARACTERISE} {TWO_POINT} {ORBIT}",
        conclusion,
        ("zhang2023limitation",),
    )


def certificates(digits: int = 30) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield those of the eight activations, and of tanh with the mean of the two bounds."""
    for name in ODD:
        yield name, two_point_certificate(_overlapping(name, digits))
    # from the mean of the two bounds it is the flow of the larger input that turns at a = 0
    small, large = INPUTS
    yield "tanh_mean", symmetric_certificate(activation("tanh"), sp.Integer(1), START, large, small, digits)


def _claim(name: str, digits: int) -> Claim:
    return relabelled(_overlapping(name, digits).claim, ID, f"{name}.two_point")


@cache
def _overlapping(name: str, digits: int) -> TwoPoint:
    found = symmetric_two_point(activation(name), digits)
    assert found is not None
    return found


if __name__ == "__main__":
    raise SystemExit(main(proof))
