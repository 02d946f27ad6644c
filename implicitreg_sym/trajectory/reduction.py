"""The numbers of one reduced flow as balls, and the stations at which its orbit passes from arc to arc."""

from __future__ import annotations

from dataclasses import dataclass

import flint
from flint import arb

from implicitreg_sym.activations import Piece, real_ball
from implicitreg_sym.flow import Network
from implicitreg_sym.limits.plane import PlaneFlow, exact_sign

REACH = arb(3) / 10  # of the radius of convergence: longer arcs need longer series


@dataclass(frozen=True, slots=True)
class Reduction:
    """u' = -η_a N r a σ'(u), a' = -η_a r σ(u), r = aσ(u) - y (T4): η_a, N and y at one precision.

    ``towards`` is the sign of -r, the same all along the flow; ``length`` is how many coefficients an
    expansion keeps, ``reach`` on which part of the estimated radius of convergence it is used, and
    ``demand`` how many bits of σ' its remainder may not touch.
    """

    rate: arb
    norm: arb
    target: arb
    target_is_zero: bool
    towards: int
    length: int
    reach: arb
    demand: int

    @classmethod
    def of(cls, network: Network, plane: PlaneFlow, reach: arb = REACH) -> Reduction:
        """At the precision in force, with expansions long enough for it. Raises `UndecidedSignError`."""
        decay = -float(reach.log() / arb(2).log())
        length = int(1.1 * flint.ctx.prec / decay) + 12
        _u0, _a0, norm, target = plane.balls()
        towards = exact_sign(plane.target - plane.a0 * plane.sigma_at_start())
        is_zero = exact_sign(plane.target) == 0
        demand = flint.ctx.prec * 3 // 4
        return cls(real_ball(network.rate_a), norm, target, is_zero, towards, length, reach, demand)

    def direction(self, piece: Piece, u: arb, sign_a: int) -> int:
        """The sign of u' = -η_a N r a σ'(u) at a point of the closed piece; 0 where a ball does not tell."""
        slope = piece.slope_program.arb(u)
        return self.towards * sign_a * (1 if slope > 0 else -1 if slope < 0 else 0)


@dataclass(frozen=True, slots=True)
class Station:
    """A point of the orbit with a ≠ 0: u, a² = ``weight``, the sign of a, the time, the smooth piece of σ
    that lies ahead and the sign of u'; ``at_end`` if u is the end of the piece that lies behind."""

    u: arb
    weight: arb
    sign_a: int
    time: arb
    piece: Piece
    direction: int
    at_end: bool = False
