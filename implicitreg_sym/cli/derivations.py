"""The derivations of --tex: every result as a proof that can be typeset, and the writing of the file."""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from implicitreg_sym.activations import Activation, activation
from implicitreg_sym.claims import Claim, Proof
from implicitreg_sym.derivation import document, fragment, inline_formula
from implicitreg_sym.errors import InputError
from implicitreg_sym.files import write_whole
from implicitreg_sym.flow import Network
from implicitreg_sym.invariants import Invariants, derive_invariants, symbolic_sample
from implicitreg_sym.symbols import u


def result_proof(name: str, title: str, theorem: str, subject: Activation, claim: Claim) -> Proof:
    """A result of one activation as a proof, in the setting of a one-neuron network."""
    definition = sp.Eq(sp.Function("sigma")(u), subject.formula, evaluate=False)
    setting = (
        r"Let $f(x; \theta) = a\,\sigma(\langle w, x\rangle)$ with "
        rf"{inline_formula(definition)}. For a dataset $S$ the gradient flow "
        r"$\theta' = -\nabla L_S(\theta)$, $\theta(0) = \theta_0$, has the limit $\Phi_S(\theta_0)$, and "
        r"$M_S$ is the set of interpolating parameters. The question is that of~\cite{zhang2023limitation}."
    )
    return Proof(
        name,
        f"{title}: {subject.name}",
        theorem,
        setting,
        claim,
        ("zhang2023limitation", *subject.references),
    )


def invariant_proof(
    text: str,
    digits: int,
    inputs: int = 1,
    bias: bool = False,
    all_data: bool = False,
    rates: tuple[sp.Expr, sp.Expr] = (sp.Integer(1), sp.Integer(1)),
) -> tuple[Invariants, Proof]:
    """The invariants of the activation of that text, of one sample or of all data, and their derivation."""
    network = Network(activation(text), inputs, bias, *rates)
    result = derive_invariants(network, None if all_data else [symbolic_sample(network)], digits=digits)
    proof = result_proof(
        "invariant", "Invariants of gradient flow", result.theorem, network.activation, result.conclusion
    )
    return result, proof


def latex(proofs: Sequence[Proof], digits: int, whole: bool) -> str:
    """The proofs as a complete document, or as fragments for \\input one after the other."""
    return document(proofs, digits) if whole else "\n".join(fragment(proof, digits) for proof in proofs)


def write_tex(path: str, proofs: Sequence[Proof], digits: int, whole: bool) -> None:
    """Write the LaTeX of the proofs, whole or not at all. Raises `InputError` where that is impossible."""
    try:
        write_whole(path, latex(proofs, digits, whole))
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}; name another file") from None
