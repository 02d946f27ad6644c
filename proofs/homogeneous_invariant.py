"""The invariant that holds for all data (T6)."""

from __future__ import annotations

from implicitreg_sym.activations import activation
from implicitreg_sym.claims import Proof, conjunction
from implicitreg_sym.derivation.notation import NETWORK
from implicitreg_sym.flow import Network
from implicitreg_sym.invariants import derive_invariants
from implicitreg_sym.invariants.homogeneity import homogeneity_theorem
from implicitreg_sym.proofscript import main

HOMOGENEOUS = ("identity", "relu", "leaky_relu", "power(3)", "relu_power(3)")
OTHERS = ("exp", "sigmoid", "tanh", "softplus", "elu", "gelu")


def proof(digits: int = 30) -> Proof:
    """Prove the equivalence for undefined σ, then decide it for homogeneous and for other activations."""
    conclusion = conjunction(
        "T6.all_data",
        r"$a^2-\lVert w\rVert^2/k$ is constant along the flow of every dataset if and only if "
        r"$\sigma$ is positively "
        r"homogeneous of degree $k$. This is so for the identity, for relu and leaky relu ($k=1$) "
        r"and for their "
        r"powers; for exp, sigmoid, tanh, softplus, elu and gelu there is no such $k$",
        [
            homogeneity_theorem(digits),
            *(
                derive_invariants(Network(activation(name), 2), None, digits=digits).conclusion
                for name in (*HOMOGENEOUS, *OTHERS)
            ),
        ],
    )
    return Proof(
        "homogeneous_invariant",
        "The invariant that holds for all data",
        "T6",
        rf"{NETWORK} Put $u_i=\langle w,x_i\rangle$, and let $\ell'_i$ be the slope of the loss at "
        rf"the $i$-th sample.",
        conclusion,
        ("meurer2017sympy",),
    )


if __name__ == "__main__":
    raise SystemExit(main(proof))
