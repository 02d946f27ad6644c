"""A piece of the orbit as analytic functions of one coordinate x, with the time along it (T4, T7).

Two coordinates occur, both with σ' ≠ 0 on the whole complex disc |x| ≤ 1:

* about a point where a ≠ 0: u = c + k x, and dt/dx = -k/(η_a N r a σ');
* about a turning point u_t, where a = 0 and Q has a simple zero: u = u_t + k x², Q(u) = x² B(x²),
  a = x B(x²)^(1/2), and dt/dx = -2k/(η_a N r B^(1/2) σ'), which is regular at x = 0.

There Q(u) = a² is found from dQ/du = 2σ/(N σ'); so neither G nor a quadrature is needed. If r has no zero on
the disc then t is analytic on it. If it has one, at x*, then r = (x - x*) ρ(x) and, ρ having no zero,
dt/dx = e(x)/(x - x*), t = e(x*) log|x - x*| + ∫ (e(x) - e(x*))/(x - x*) dx: the flow takes infinitely long
to x*, which is its limit (T7(a)).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from flint import arb

from implicitreg_sym.activations import Piece
from implicitreg_sym.trajectory.analytic import Analytic, NotAnalyticError
from implicitreg_sym.trajectory.cauchy import on_disc
from implicitreg_sym.trajectory.reduction import Reduction, Station


@dataclass(frozen=True, slots=True)
class Limit:
    """The zero x* of r inside a disc: r = (x - x*) ``quotient``, dt/dx = e/(x - x*), e* = ``strength``."""

    x: arb
    quotient: Analytic
    strength: arb


@dataclass(frozen=True, slots=True)
class Arc:
    """The orbit on |x| ≤ 1: a and r as functions of x, ``rate`` = dt/dx (or e, where there is a limit) and
    ``clock`` its integral from 0 (that of (e - e*)/(x - x*)); the flow enters at ``entry`` when t =
    ``time``."""

    piece: Piece
    centre: arb
    scale: arb
    turning: bool
    a: Analytic
    residual: Analytic
    rate: Analytic
    clock: Analytic
    limit: Limit | None
    entry: arb
    time: arb

    def preactivation(self, x: arb) -> arb:
        """u."""
        return self.centre + self.scale * (x * x if self.turning else x)

    def direction(self) -> int:
        """The sign of dx/dt. Raises `NotAnalyticError` where a ball does not tell."""
        rate = self.rate(self.entry)
        if self.limit is not None:
            rate = rate / (self.entry - self.limit.x)
        if rate > 0:
            return 1
        if rate < 0:
            return -1
        raise NotAnalyticError("the direction of the flow could not be told")

    def time_at(self, x: arb) -> arb:
        """The time at which a flow on an arc without limit passes x."""
        return self.time + self.clock(x) - self.clock(self.entry)


@dataclass(frozen=True, slots=True)
class _Local:
    """σ, 1/(dσ/dx) and ∫ (2k²/N) σ/(dσ/dx) dx, which is Q up to a constant, for u = centre + scale x."""

    sigma: Analytic
    inverse_slope: Analytic
    increase: Analytic

    @classmethod
    def of(cls, flow: Reduction, piece: Piece, centre: arb, scale: arb, length: int) -> _Local:
        sigma, slope = on_disc(piece.value_program, centre, scale, length)
        if not slope.tail * 2**flow.demand < slope.size:
            raise NotAnalyticError("the activation is not known to be analytic on a disc that is wide enough")
        inverse = slope.reciprocal()
        increase = (sigma * inverse * (2 * scale * scale / flow.norm)).integral()
        return cls(sigma, inverse, increase)


def straight_arc(flow: Reduction, station: Station, centre: arb, scale: arb, with_limit: bool) -> Arc:
    """Return the arc about an exact centre with u = centre + scale x, scale > 0, that the flow enters at a
    station.

    Raises `NotAnalyticError` if the functions cannot be proved analytic on the disc.
    """
    entry = (station.u - centre) / scale
    local = _Local.of(flow, station.piece, centre, scale, flow.length)
    weight = local.increase + (station.weight - local.increase(entry))
    root = weight.inverse_root()
    a = weight * root if station.sign_a > 0 else -(weight * root)
    residual = a * local.sigma + (-flow.target)
    factor = root * local.inverse_slope * (-station.sign_a * scale * scale / (flow.rate * flow.norm))
    arc = Arc(station.piece, centre, scale, False, a, residual, factor, factor, None, entry, station.time)
    return _with_limit(arc, residual.zero_near(arb(0))) if with_limit else _with_time(arc)


def turning_point(flow: Reduction, station: Station, guess: arb) -> arb:
    """Enclose the point u_t ahead at which a vanishes. Raises `NotAnalyticError` if none is proved."""
    centre = guess.mid()
    scale = (abs(station.u - centre) * 33 / 32).mid()
    local = _Local.of(flow, station.piece, centre, scale, flow.length)
    weight = local.increase + (station.weight - local.increase((station.u - centre) / scale))
    return centre + scale * weight.zero_near(arb(0))


def turning_arc(
    flow: Reduction, piece: Piece, turn: arb, scale: arb, entry: tuple[arb, int] | None, time: arb
) -> Arc:
    """Return the arc about a turning point with u = turn + scale x²; the sign of x is that of a.

    ``entry`` is u and the sign of a where the flow enters, None if it starts at the turning point.
    Raises `NotAnalyticError` if the functions cannot be proved analytic on the disc.
    """
    local = _Local.of(flow, piece, turn, scale, (flow.length + 1) // 2)
    slope = local.increase.over_x()
    root = slope.inverse_root()
    amplitude = slope * root
    output = (amplitude * local.sigma).of_square(flow.length)
    a = amplitude.of_square(flow.length).times_x()
    residual = output.times_x() + (-flow.target)
    factor = (root * local.inverse_slope).of_square(flow.length) * (
        -2 * scale * scale / (flow.rate * flow.norm)
    )
    x = arb(0)
    if entry is not None:
        x = entry[1] * ((entry[0] - turn) / scale).sqrt()
    arc = Arc(piece, turn, scale, True, a, residual, factor, factor, None, x, time)
    if flow.target_is_zero:
        return _with_limit(arc, arb(0), output)
    return _with_time(arc)


def _with_time(arc: Arc) -> Arc:
    """r has no zero on the disc. ``arc.rate`` is still dt/dx times r."""
    rate = arc.rate * arc.residual.reciprocal()
    return replace(arc, rate=rate, clock=rate.integral())


def _with_limit(arc: Arc, x: arb, quotient: Analytic | None = None) -> Arc:
    """r has the zero x and no other on the disc. ``arc.rate`` is still dt/dx times r."""
    quotient = quotient or arc.residual.divided(x)
    rate = arc.rate * quotient.reciprocal()
    strength = rate(x)
    if not strength < 0:
        raise NotAnalyticError("the flow does not approach the zero of r")
    clock = rate.divided(x).integral()
    return replace(arc, rate=rate, clock=clock, limit=Limit(x, quotient, strength))
