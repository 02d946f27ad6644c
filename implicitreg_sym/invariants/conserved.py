"""Quantities that may be conserved by gradient flow, and their exact rate of change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sympy as sp

from implicitreg_sym.activations import Piece
from implicitreg_sym.claims import Evidence, identity_check
from implicitreg_sym.flow import Network
from implicitreg_sym.invariants.antiderivative import Antiderivative
from implicitreg_sym.symbols import a, u

Inputs = tuple[sp.Expr, ...]
_SLOPE = sp.Symbol(
    "r", real=True
)  # the slope of the loss at a sample: free, for it may be any differentiable loss


@dataclass(frozen=True, slots=True)
class PotentialTerm:
    """A multiple c G(⟨w̃, x̃⟩) of the potential at one sample."""

    coefficient: sp.Expr
    inputs: Inputs


@dataclass(frozen=True, slots=True)
class Conserved:
    """A function of the parameters: ``plain`` (in the weights and a) plus terms in the potential G."""

    plain: sp.Expr
    terms: tuple[PotentialTerm, ...] = ()

    def formula(self, network: Network, potential: sp.Expr) -> sp.Expr:
        """Write the quantity out, given G(u)."""
        return self.plain + sp.Add(
            *(
                term.coefficient * potential.subs(u, preactivation(network, term.inputs))
                for term in self.terms
            )
        )


def preactivation(network: Network, inputs: Inputs) -> sp.Expr:
    """Return ⟨w̃, x̃⟩ for augmented inputs.

    >>> from implicitreg_sym.activations import activation
    >>> preactivation(Network(activation("tanh"), 2), (sp.Integer(3), sp.Integer(1)))
    3*w1 + w2
    """
    return sp.Add(*(weight * entry for weight, entry in zip(network.weight_symbols, inputs, strict=True)))


def rate_of_change(
    quantity: Conserved,
    network: Network,
    inputs: Inputs,
    sigma: sp.Expr,
    slope: sp.Expr,
    potential_slope: sp.Expr,
) -> sp.Expr:
    """Return what one sample adds to dI/dt along the flow ẇ = -η_w ℓ' a σ' x̃, ȧ = -η_a ℓ' σ, by the chain
    rule.

    The sample's pre-activation is the symbol `u` (one weight is eliminated by it), the slope ℓ' of the loss
    the free symbol r. Arguments: σ, σ' and G' as expressions in `u`. Terms in G at other samples have a
    factor ⟨x̃_j, x̃⟩, which the caller has proved to be zero.
    """
    weights = network.weight_symbols
    total = -network.rate_a * _SLOPE * sigma * sp.diff(quantity.plain, a)
    for weight, entry in zip(weights, inputs, strict=True):
        total += -network.rate_w * _SLOPE * a * slope * entry * sp.diff(quantity.plain, weight)
    for term in quantity.terms:
        if term.inputs == inputs:
            norm = sp.Add(*(entry**2 for entry in inputs))
            total += -network.rate_w * _SLOPE * a * slope * term.coefficient * potential_slope * norm
    pivot = next(index for index in reversed(range(len(inputs))) if inputs[index] != 0)
    others = sp.Add(*(weights[index] * inputs[index] for index in range(len(inputs)) if index != pivot))
    return total.subs(weights[pivot], (u - others) / inputs[pivot])


def conservation_checks(
    quantity: Conserved, network: Network, samples: Sequence[Inputs], antiderivative: Antiderivative
) -> Evidence:
    """Decide exactly that dI/dt = 0 for every slope of the loss, sample by sample and piece by piece;
    return the weakest check."""
    checks = []
    for inputs in samples:
        for part in antiderivative.pieces:
            if part.dead and quantity.terms:
                continue  # outside the domain of the potential
            slope_of_potential = part.ratio if part.formula is None else sp.diff(part.formula, u)
            rate = rate_of_change(
                quantity,
                network,
                inputs,
                part.piece.formula,
                part.piece.slope,
                slope_of_potential if quantity.terms else sp.Integer(0),
            )
            checks.append(identity_check(rate, _domain(part.piece)))
    return min(checks, key=lambda check: check.status)


def generic_check(quantity: Conserved, network: Network, samples: Sequence[Inputs]) -> Evidence:
    """Decide the same for an undefined function σ, with G' = σ/σ'."""
    sigma = sp.Function("sigma")(u)
    slope = sp.diff(sigma, u)
    checks = [
        identity_check(rate_of_change(quantity, network, inputs, sigma, slope, sigma / slope))
        for inputs in samples
    ]
    return min(checks, key=lambda check: check.status)


def _domain(piece: Piece) -> dict[sp.Symbol, tuple[sp.Expr, sp.Expr]]:
    return {u: (piece.lower, piece.upper)}
