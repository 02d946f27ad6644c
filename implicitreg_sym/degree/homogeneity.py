"""The local homogeneity degree E(u) = u σ'(u)/σ(u), exactly, piece by piece."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import sympy as sp

from implicitreg_sym.activations import Activation, Piece
from implicitreg_sym.symbols import u


@dataclass(frozen=True, slots=True)
class LocalDegree:
    """E on one smooth piece of an activation; ``expression`` is None where σ = 0."""

    piece: Piece
    expression: sp.Expr | None


def local_homogeneity_degree(activation: Activation) -> tuple[LocalDegree, ...]:
    """Return E(u) = u σ'(u)/σ(u) of each smooth piece, common factors cancelled (T9).

    E is the slope of log|σ| against log|u|; it is the constant k exactly if σ is k-homogeneous on the
    piece.

    >>> from implicitreg_sym.activations import activation
    >>> [degree.expression for degree in local_homogeneity_degree(activation("softsign"))]
    [-1/(u - 1), 1/(u + 1)]
    >>> [degree.expression for degree in local_homogeneity_degree(activation("relu"))]
    [None, 1]
    """
    return tuple(LocalDegree(piece, degree_of_piece(piece)) for piece in activation.pieces)


@lru_cache(maxsize=512)
def degree_of_piece(piece: Piece) -> sp.Expr | None:
    """E on one piece, or None if its formula is zero."""
    if piece.formula.is_zero:
        return None
    return sp.cancel(u * piece.slope / piece.formula)
