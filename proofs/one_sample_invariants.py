"""Invariants of the flow of one sample, and of orthogonal samples (T4)."""

from __future__ import annotations

import sympy as sp

from implicitreg_sym.activations import activation
from implicitreg_sym.claims import Claim, Proof, conjunction, relabelled
from implicitreg_sym.derivation.notation import NETWORK, RATIO
from implicitreg_sym.flow import Network, Sample
from implicitreg_sym.flow.gradient_flow import f
from implicitreg_sym.invariants import derive_invariants, symbolic_sample
from implicitreg_sym.invariants.one_sample_theorem import one_sample_theorem
from implicitreg_sym.proofscript import main
from implicitreg_sym.symbols import y

ORTHOGONAL = ((1, 2, 2), (2, 1, -2), (2, -2, 1))


def proof(digits: int = 30) -> Proof:
    """Prove T4 for undefined σ; then take vectors, a bias, rates, another loss, and orthogonal samples."""
    conclusion = conjunction(
        "T4.invariants",
        r"For every activation the flow of one sample in $\mathbb{R}^d$ has the $d$ independent "
        r"invariants of T4, for "
        r"every loss and all learning rates, with or without a trained bias; so have orthogonal "
        r"samples, where "
        r"$\frac{a^2}{2}-\sum_iG(u_i)/\lVert x_i\rVert^2$ is constant",
        [one_sample_theorem(digits), _bias_and_rates(digits), _orthogonal_samples(digits)],
    )
    return Proof(
        "one_sample_invariants",
        "Invariants of the flow of one sample",
        "T4",
        f"{NETWORK} {RATIO} With a trained bias $b$ the network is the same on $(x,1)$ with the "
        f"weights $(w,b)$.",
        conclusion,
        ("meurer2017sympy",),
    )


def _bias_and_rates(digits: int) -> Claim:
    """The arctangent with two inputs, a trained bias, the rates 2 and 1/3 and a quartic loss."""
    network = Network(activation("arctan"), 2, True, sp.Integer(2), sp.Rational(1, 3))
    found = derive_invariants(network, [symbolic_sample(network)], loss=(f - y) ** 4, digits=digits)
    return relabelled(found.conclusion, "arctan", "bias.arctan")


def _orthogonal_samples(digits: int) -> Claim:
    """The sigmoid on three pairwise orthogonal inputs."""
    samples = [Sample(tuple(map(sp.Integer, row)), sp.Integer(1)) for row in ORTHOGONAL]
    return derive_invariants(Network(activation("sigmoid"), 3), samples, digits=digits).conclusion


if __name__ == "__main__":
    raise SystemExit(main(proof))
