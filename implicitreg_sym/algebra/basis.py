"""Basis elements, of which a generator represents a rational part, and the request for a finer part."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import sympy as sp

from implicitreg_sym.algebra.tower import Element

BasisKey = tuple[str, sp.Expr]


class Refine(Exception):
    """A basis element is needed at a finer scale; the rewriting starts again with it."""

    def __init__(self, key: BasisKey, scale: int) -> None:
        super().__init__(f"{key[0]} of {key[1]} is needed at scale {scale}")
        self.key, self.scale = key, scale


@dataclass(frozen=True, slots=True)
class Basis:
    """A basis element b: ``values`` are exp, or cos and sin, of b/scale, or b**(1/scale)."""

    key: BasisKey
    element: Element
    scale: int
    values: tuple[Element, ...]

    def steps(self, coefficient: Fraction) -> int:
        """How many times b/scale makes coefficient * b."""
        if self.scale % coefficient.denominator:
            raise Refine(self.key, lcm(self.scale, coefficient.denominator))
        return int(coefficient * self.scale)
