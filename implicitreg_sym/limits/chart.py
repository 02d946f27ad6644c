"""Coordinates along the orbit: σ and G as functions of u itself, or of λ = log|u - u_c| near a pole of G."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from flint import arb

from implicitreg_sym.invariants.potential import Potential


class Chart(Protocol):
    """σ and G along a coordinate, enclosed over balls of it."""

    def preactivation(self, place: arb) -> arb:
        """u."""

    def value(self, place: arb) -> arb:
        """σ."""

    def slope(self, place: arb) -> arb:
        """The derivative of σ by the coordinate."""

    def ratio(self, place: arb) -> arb:
        """The derivative of G by the coordinate."""

    def difference(self, start: arb, end: arb) -> arb:
        """G at the end minus G at the start."""


@dataclass(frozen=True, slots=True)
class Line:
    """The coordinate u."""

    potential: Potential

    def preactivation(self, place: arb) -> arb:
        """u."""
        return place

    def value(self, place: arb) -> arb:
        """σ(u)."""
        return self.potential.activation.value(place)

    def slope(self, place: arb) -> arb:
        """σ'(u)."""
        return self.potential.activation.slope_over(place)

    def ratio(self, place: arb) -> arb:
        """σ/σ'."""
        return self.potential.slope_over(place)

    def difference(self, start: arb, end: arb) -> arb:
        """G(end) - G(start)."""
        return self.potential.difference(start, end)
