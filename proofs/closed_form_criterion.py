"""When several samples have an invariant in closed form (T5)."""

from __future__ import annotations

import sympy as sp

from implicitreg_sym.activations import activation
from implicitreg_sym.claims import Claim, Proof, conjunction, relabelled
from implicitreg_sym.derivation.notation import NETWORK, RATIO
from implicitreg_sym.flow import Network, Sample
from implicitreg_sym.invariants import derive_invariants
from implicitreg_sym.invariants.form_criterion import criterion
from implicitreg_sym.proofscript import main

SKEW = ((1, 2), (2, 1))
ORTHOGONAL = ((1, 2), (2, -1))
CASES = (
    ("exp", SKEW, "skew"),
    ("power(3)", SKEW, "skew"),
    ("tanh", ORTHOGONAL, "orthogonal"),
    ("tanh", SKEW, "skew"),
    ("sigmoid", SKEW, "skew"),
    ("softplus", SKEW, "skew"),
)


def proof(digits: int = 30) -> Proof:
    """Prove the criterion for undefined σ, then decide it for two inputs, orthogonal and not."""
    conclusion = conjunction(
        "T5.closed_forms",
        r"For linearly independent inputs with Gram matrix $K$ an invariant "
        r"$\frac{a^2}{2}-F(u_1,\dots,u_n)$ exists "
        r"if and only if $\sum_{ij}(K^{-1})_{ij}\,g(u_j)\,du_i$ is closed: for orthogonal inputs "
        r"always, otherwise only "
        r"if $g$ is affine. For the inputs $(1,2)$ and $(2,1)$ it exists for exp and for powers, and "
        r"it does not "
        r"exist for tanh, sigmoid and softplus",
        [criterion(digits), *(_case(*case, digits) for case in CASES)],
    )
    return Proof(
        "closed_form_criterion",
        "When several samples have an invariant in closed form",
        "T5",
        rf"{NETWORK} {RATIO} Put $u_i=\langle w,x_i\rangle$ and $K_{{ij}}=\langle x_i,x_j\rangle$, "
        rf"and let $\ell'_k$ be "
        r"the slope of the loss at the $k$-th sample, which can be any number.",
        conclusion,
        ("meurer2017sympy",),
    )


def _case(name: str, inputs: tuple[tuple[int, int], ...], kind: str, digits: int) -> Claim:
    """What T5 says of an activation and two inputs: the invariants, or that the form is not closed."""
    samples = [Sample(tuple(map(sp.Integer, row)), sp.Integer(1)) for row in inputs]
    found = derive_invariants(Network(activation(name), 2), samples, digits=digits)
    assert found.form is not None
    claim = found.conclusion if found.form.closed else found.form.claim
    return relabelled(claim, f"{name}.T5", f"{name}.{kind}")


if __name__ == "__main__":
    raise SystemExit(main(proof))
