"""A data-independent function for the linear network, all data (T14)."""

from __future__ import annotations

from implicitreg_sym.claims import Proof
from implicitreg_sym.derivation.notation import CHARACTERISE, NETWORK
from implicitreg_sym.positive.linear import linear_characterisation
from implicitreg_sym.proofscript import main


def proof(digits: int = 30) -> Proof:
    """Prove that w is the gradient of a convex function of β = a w, whose divergence characterises the
    limit."""
    return Proof(
        "linear_characterisation",
        "A data-independent function for the linear network",
        "T14",
        rf"{NETWORK} Here $\sigma(u)=u$; put $\beta=aw$ and $\rho=\lVert\beta\rVert$. {CHARACTERISE}",
        linear_characterisation(digits),
        ("azulay2021implicit",),
    )


if __name__ == "__main__":
    raise SystemExit(main(proof))
