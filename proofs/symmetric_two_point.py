"""Two-point overlapping of odd activations by symmetry (T10)."""

from __future__ import annotations

from implicitreg_sym.activations import activation
from implicitreg_sym.claims import Claim, Proof, conjunction, relabelled
from implicitreg_sym.derivation.notation import CHARACTERISE, NETWORK, ORBIT, TWO_POINT
from implicitreg_sym.overlap.hyperbolic_tangent import mean_start_claim
from implicitreg_sym.overlap.symmetric import ID, symmetric_two_point
from implicitreg_sym.proofscript import main

ODD = ("tanh", "arctan", "erf", "softsign", "asinh", "sinh", "sin", "rational")


def proof(digits: int = 30) -> Proof:
    """Certify T10's hypotheses for eight odd activations; for tanh take the mean of the two exact bounds."""
    by_name = {name: _overlapping(name, digits) for name in ODD}
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


def _overlapping(name: str, digits: int) -> Claim:
    found = symmetric_two_point(activation(name), digits)
    assert found is not None
    return relabelled(found.claim, ID, f"{name}.two_point")


if __name__ == "__main__":
    raise SystemExit(main(proof))
