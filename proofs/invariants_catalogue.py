"""The potential G and the invariant of every activation in the catalogue (T4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from implicitreg_sym.activations import Activation, catalogue_activations
from implicitreg_sym.certificate import invariant_certificate
from implicitreg_sym.claims import Claim, Proof, conjunction
from implicitreg_sym.derivation.notation import NETWORK, RATIO
from implicitreg_sym.flow import Network
from implicitreg_sym.invariants import Invariants, derive_invariants, symbolic_sample
from implicitreg_sym.invariants.one_sample_theorem import one_sample_theorem
from implicitreg_sym.proofscript import main


def proof(digits: int = 30) -> Proof:
    """Integrate σ/σ' for each activation, differentiate back, and watch the invariant along a flow."""
    activations, theorem = catalogue_activations(), one_sample_theorem(digits)
    conclusion = conjunction(
        "T4.catalogue",
        r"For each of the following activations the stated $G$ is an antiderivative of $\sigma/\sigma'$, and "
        r"$I=\frac{a^2}{2}-\frac{G(wx)}{x^2}$ is constant along the flow of every sample $(x,y)$ "
        r"with $x\neq0$, for "
        r"every differentiable loss, while $wx$ stays in an interval of the stated domain",
        [theorem, *(_invariant(sigma, theorem, digits) for sigma in activations)],
    )
    works = dict.fromkeys(work for sigma in activations for work in sigma.references)
    return Proof(
        "invariants_catalogue",
        "Invariants of the activations in the catalogue",
        "T4",
        f"{NETWORK} {RATIO} Where no closed form of $G$ is known the integral itself is kept.",
        conclusion,
        tuple(works),
    )


def _invariant(sigma: Activation, theorem: Claim, digits: int) -> Claim:
    """The claim that I is constant, by T4 with the G of a claim of its own, and checked again with it
    inserted."""
    (invariant,) = _derived(sigma, digits).conclusion.rests_on
    return replace(invariant, rests_on=(*invariant.rests_on, theorem), steps=())


def certificates(digits: int = 30) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield one for each activation: G where it is known, and increments of G by quadrature."""
    for sigma in catalogue_activations():
        yield sigma.name, invariant_certificate(_derived(sigma, digits), digits)


@cache
def _derived(sigma: Activation, digits: int) -> Invariants:
    network = Network(sigma)
    return derive_invariants(network, [symbolic_sample(network)], digits=digits)


if __name__ == "__main__":
    raise SystemExit(main(proof))
