"""The one-sample flow reduced to the plane (u, a): the exact numbers that determine the orbit."""

from __future__ import annotations

from dataclasses import dataclass

import flint
import sympy as sp
from flint import arb

from implicitreg_sym.activations import Activation, Piece, real_ball
from implicitreg_sym.algebra import decide_zero
from implicitreg_sym.errors import InputError
from implicitreg_sym.evaluate import compile_expression
from implicitreg_sym.evaluate.ball import LONGEST
from implicitreg_sym.flow import Network, Point, Sample
from implicitreg_sym.invariants.antiderivative import potential as derived_potential
from implicitreg_sym.invariants.potential import Potential
from implicitreg_sym.status import Status
from implicitreg_sym.symbols import u

SIGN_PRECISIONS = (64, 256, 1024)


class UndecidedSignError(ArithmeticError):
    """Neither balls nor exact algebra could tell the sign of a number."""


def exact_sign(number: sp.Expr) -> int:
    """Return the sign of an exact real number: by balls of growing precision, zero by exact algebra.

    Raises `UndecidedSignError` if neither decides.

    >>> exact_sign(sp.log(8) - 3 * sp.log(2)), exact_sign(sp.sqrt(2) - sp.Rational(141421356, 10**8))
    (0, 1)
    """
    if isinstance(number, sp.Rational):
        return int(sp.sign(number))
    for bits in SIGN_PRECISIONS:
        with flint.ctx.workprec(bits):
            ball = real_ball(number)
        if ball > 0:
            return 1
        if ball < 0:
            return -1
    if decide_zero(number).status is Status.PROVED:
        return 0
    raise UndecidedSignError(
        f"the sign of {number} cannot be decided: it is zero to {SIGN_PRECISIONS[-1]} bits but not "
        f"provably zero"
    )


@dataclass(frozen=True, slots=True)
class PlaneFlow:
    """The flow u' = -N r a σ'(u), a' = -r σ(u), r = a σ(u) - y, up to a change of time scale (T7).

    ``u0`` = ⟨w̃0, x̃⟩, ``a0``, ``target`` = y and ``norm`` = N = η_w ‖x̃‖²/η_a are exact; along the orbit
    a² = a0² + 2 (G(u) - G(u0))/N.
    """

    potential: Potential
    u0: sp.Expr
    a0: sp.Expr
    norm: sp.Expr
    target: sp.Expr

    @classmethod
    def of(
        cls, network: Network, start: Point, sample: Sample, potential: Potential | None = None
    ) -> PlaneFlow:
        """Reduce a start and a sample of a network."""
        return cls(
            # quadrature serves where no closed form of G is found at once: no search in another process
            potential or derived_potential(network.activation, 0.0),
            network.preactivation_at(start, sample),
            start.a,
            network.squared_norm(sample),
            sample.y,
        )

    @property
    def activation(self) -> Activation:
        """σ."""
        return self.potential.activation

    def has_closed_form(self) -> bool:
        """Whether G has a closed form on some piece, so that its differences cost next to nothing there."""
        return any(form is not None for form in self.potential.closed_forms)

    def sigma_at_start(self) -> sp.Expr:
        """σ(u0), exactly; at a breakpoint the value from either side, which is the same by continuity."""
        return self.pieces_at_start()[0].formula.subs(u, self.u0)

    def slopes_at_start(self) -> tuple[sp.Expr, ...]:
        """σ'(u0) exactly: one value inside a piece, the two one-sided ones at a breakpoint."""
        return tuple(piece.slope.subs(u, self.u0) for piece in self.pieces_at_start())

    def check_start(self) -> None:
        """Raise `InputError` unless σ and σ' are defined, real and finite at u0; `ArithmeticError` where a
        power there, such as 2**u, is a number that cannot be written down."""
        for piece in self.pieces_at_start():
            self._check_powers(piece)
        undefined = (sp.I, sp.nan, sp.zoo, sp.oo, -sp.oo)
        if any(value.has(*undefined) for value in (self.sigma_at_start(), *self.slopes_at_start())):
            raise InputError(
                f"σ or σ' is not defined at u0 = {self.u0}; choose a start inside the domain of the "
                f"activation"
            )

    def _check_powers(self, piece: Piece) -> None:
        """Bound what SymPy would write out in full."""
        with flint.ctx.workprec(SIGN_PRECISIONS[0]):
            place = real_ball(self.u0)
            for power in sp.Tuple(piece.formula, piece.slope).atoms(sp.Pow):
                if not power.exp.has(u) or power.base == sp.E:
                    continue
                base, exponent = (abs(compile_expression(part, (u,)).arb(place)) for part in power.args)
                if not exponent * (base + 1 / base).log() < LONGEST:
                    raise ArithmeticError(
                        f"{power} is too large or too small at the start to be written down"
                    )

    def piece_is_flat_at_start(self) -> bool:
        """Whether σ vanishes identically near u0 (a dead unit)."""
        return all(piece.formula == 0 for piece in self.pieces_at_start())

    def pieces_at_start(self) -> list[Piece]:
        """The piece that holds u0, or both where it is a breakpoint."""
        pieces = self.activation.pieces
        return [
            piece
            for piece in pieces
            if (piece.lower == -sp.oo or exact_sign(self.u0 - piece.lower) >= 0)
            and (piece.upper == sp.oo or exact_sign(piece.upper - self.u0) >= 0)
        ]

    def balls(self) -> tuple[arb, arb, arb, arb]:
        """(u0, a0, N, y) as balls at the precision in force."""
        u0, a0, norm, target = (real_ball(number) for number in (self.u0, self.a0, self.norm, self.target))
        return u0, a0, norm, target

    def squared_output_weight(self, increment: arb) -> arb:
        """Q = a0² + 2 (G(u) - G(u0))/N from the increment of G."""
        _u0, a0, norm, _y = self.balls()
        return a0 * a0 + 2 * increment / norm
