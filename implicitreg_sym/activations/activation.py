"""An activation as data: a name and smooth pieces, each an exact formula on an open interval."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import mpmath
import sympy as sp
from flint import arb

from implicitreg_sym.evaluate import Program, compile_expression
from implicitreg_sym.symbols import u


@cache
def _derivative(formula: sp.Expr) -> sp.Expr:
    return sp.diff(formula, u)


@dataclass(frozen=True, slots=True)
class Piece:
    """A smooth formula in `u` on the open interval (lower, upper); the ends are exact reals or infinite."""

    lower: sp.Expr
    upper: sp.Expr
    formula: sp.Expr

    @property
    def slope(self) -> sp.Expr:
        """The derivative of the formula."""
        return _derivative(self.formula)

    @property
    def value_program(self) -> Program:
        """The formula, compiled."""
        return compile_expression(self.formula, (u,))

    @property
    def slope_program(self) -> Program:
        """The derivative, compiled."""
        return compile_expression(self.slope, (u,))

    def ends(self) -> tuple[arb, arb]:
        """The ends as balls (infinite ones as infinities) at the precision in force."""
        return real_ball(self.lower), real_ball(self.upper)

    def contains(self, point: arb) -> bool:
        """Whether the ball surely lies inside the open interval."""
        lower, upper = self.ends()
        return bool(lower < point) and bool(point < upper)

    def may_meet(self, point: arb) -> bool:
        """Whether the ball may have a point in common with the closed interval."""
        lower, upper = self.ends()
        return not (point < lower or point > upper)


@dataclass(frozen=True, slots=True)
class Activation:
    """A continuous activation σ: R → R, made of smooth pieces in ascending order.

    ``name`` is what `activation` reads back; ``references`` are keys of the bibliography. Parity,
    homogeneity and the local homogeneity degree are computed from the pieces, never stated.

    >>> from implicitreg_sym.activations import activation
    >>> activation("softsign").pieces[1].formula
    u/(u + 1)
    """

    name: str
    pieces: tuple[Piece, ...]
    title: str = ""
    references: tuple[str, ...] = ()

    @property
    def formula(self) -> sp.Expr:
        """σ(u) as one SymPy expression, piecewise where there are several pieces."""
        return self._joined(lambda piece: piece.formula)

    @property
    def slope(self) -> sp.Expr:
        """σ'(u) as one SymPy expression (at a breakpoint, that of the piece to its left)."""
        return self._joined(lambda piece: piece.slope)

    def _joined(self, part: object) -> sp.Expr:
        assert callable(part)
        *earlier, last = self.pieces
        if not earlier:
            return part(last)
        return sp.Piecewise(*((part(piece), u <= piece.upper) for piece in earlier), (part(last), True))

    @property
    def breakpoints(self) -> tuple[sp.Expr, ...]:
        """The finite ends between neighbouring pieces, ascending."""
        return tuple(piece.upper for piece in self.pieces[:-1])

    @property
    def smooth(self) -> bool:
        """Whether one formula serves the whole domain."""
        return len(self.pieces) == 1

    def meeting(self, point: arb) -> Iterator[Piece]:
        """The pieces whose closure the ball may meet."""
        return (piece for piece in self.pieces if piece.may_meet(point))

    def piece_at(self, point: arb) -> Piece | None:
        """The piece that surely contains the ball, or None if it may meet a breakpoint or leave the
        domain."""
        return next((piece for piece in self.pieces if piece.contains(point)), None)

    def value(self, point: arb) -> arb:
        """Enclose σ over the ball; not finite where σ may be undefined."""
        return self._hull([piece.value_program for piece in self.meeting(point)], point)

    def slope_over(self, point: arb) -> arb:
        """Enclose σ' over the ball, both one-sided derivatives at a breakpoint included."""
        return self._hull([piece.slope_program for piece in self.meeting(point)], point)

    @staticmethod
    def _hull(programs: list[Program], point: arb) -> arb:
        hull = None
        for program in programs:
            enclosure = program.arb(point)
            if not enclosure.is_finite():
                return arb("nan")
            hull = enclosure if hull is None else hull.union(enclosure)
        return arb("nan") if hull is None else hull

    def mp(self, point: mpmath.mpf) -> mpmath.mpf:
        """Evaluate σ with mpmath, without error bound."""
        return self.piece_near(point).value_program.mp(point)

    def slope_mp(self, point: mpmath.mpf) -> mpmath.mpf:
        """Evaluate σ' with mpmath, without error bound."""
        return self.piece_near(point).slope_program.mp(point)

    def piece_near(self, point: mpmath.mpf) -> Piece:
        """The piece in which a number lies as far as mpmath can tell; at a breakpoint that to its left."""
        for piece in self.pieces:
            if piece.upper == sp.oo or point <= mpmath.mpf(sp.N(piece.upper, mpmath.mp.dps + 5)):
                return piece
        return self.pieces[-1]

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle \sigma(u) = {sp.latex(self.formula)}$"


def real_ball(number: sp.Expr) -> arb:
    """Enclose an exact real number, or ±oo, at the precision in force.

    >>> real_ball(sp.log(5)).overlaps(arb(5).log())
    True
    """
    if number == sp.oo:
        return arb("inf")
    if number == -sp.oo:
        return arb("-inf")
    return compile_expression(number, ()).arb()
