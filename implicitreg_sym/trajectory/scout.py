"""Estimates that propose where and how wide to expand; nothing here is proved, and nothing relies on it.

Short power series: radii of convergence by the root test, and the next event on the way.
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb, arb_series

from implicitreg_sym.activations import Piece
from implicitreg_sym.evaluate import series_length
from implicitreg_sym.trajectory.convergence import log_radius
from implicitreg_sym.trajectory.reduction import Reduction

SCOUT_LENGTH = 24
FARTHEST = 64  # where the root test sees no singularity at all, in units of 1 + |u|
_LOOKS = 24  # each twice as far as the one before
_EVENT_BITS = 10
_HALVINGS = 200


@dataclass(frozen=True, slots=True)
class View:
    """The surroundings of a point of the orbit: short series in v = u - centre, and estimated radii.

    ``smooth`` is the radius for σ and 1/σ', ``clear`` that for dt/du.
    """

    centre: arb
    sigma: arb_series
    weight: arb_series
    inverse_slope: arb_series
    smooth: arb
    clear: arb

    def weight_at(self, point: arb) -> arb:
        """Estimate Q at a neighbouring point."""
        return _value(self.weight, point - self.centre)


@dataclass(frozen=True, slots=True)
class Event:
    """What lies ahead: ``"limit"`` (r = 0) or ``"turn"`` (a = 0), about where, and the radius of the
    expansion there, in u for a limit, in a coordinate z with u = u_t ± z² for a turn."""

    kind: str
    u: arb
    radius: arb


def look(flow: Reduction, piece: Piece, centre: arb, weight: arb, sign_a: int) -> View | None:
    """Expand about a point at which a² is about ``weight``; None where that is impossible."""
    centre = centre.mid()
    with series_length(SCOUT_LENGTH):
        sigma, inverse = _activation(piece, centre)
        q = (sigma * inverse).integral() * (2 / flow.norm.mid()) + weight.mid()
        if not q.coeffs() or not q.coeffs()[0] > 0:
            return None
        root = q.rsqrt()
        residual = sigma * root * q * sign_a - flow.target.mid()
        inverse_residual = residual.inv()
        clear = _radius((root * inverse * inverse_residual).coeffs(), centre)
        smooth = _radius(inverse.coeffs(), centre).min(_radius(sigma.coeffs(), centre))
        return View(centre, sigma, q, inverse, smooth, clear) if clear > 0 else None


def next_event(
    flow: Reduction, view: View, station_piece: Piece, sign_a: int, direction: int
) -> Event | None:
    """The first turning point or zero of r that the series see in the direction of motion."""
    with series_length(SCOUT_LENGTH):
        lower, upper = station_piece.ends()
        end = upper if direction > 0 else lower
        span = view.smooth * 7 / 10
        if end.is_finite():
            span = span.min(abs(end - view.centre).mid())
        target = flow.target.mid()

        def passed(v: arb) -> str | None:
            weight = _value(view.weight, v).mid()
            if not weight > 0:
                return "turn"
            residual = (sign_a * weight.sqrt() * _value(view.sigma, v) - target).mid()
            return None if residual * first > 0 else "limit"

        start = view.weight.coeffs()[0].sqrt() * sign_a * _constant(view.sigma) - target
        first = start.mid()
        near, far, kind = arb(0), arb(0), None
        for halvings in range(_LOOKS, -1, -1):
            near, far = far, (direction * span / 2**halvings).mid()
            kind = passed(far)
            if kind is not None:
                break
        else:
            return None
        for _ in range(_HALVINGS):
            if abs(far - near) < abs(far) / 2**_EVENT_BITS:
                break
            middle = ((near + far) / 2).mid()
            verdict = passed(middle)
            if verdict is None:
                near = middle
            else:
                far, kind = middle, verdict
        place = (view.centre + (near + far) / 2).mid()
        radius = _limit_radius(flow, view, station_piece, place) if kind == "limit" else None
        if kind == "turn":
            radius = turn_radius(flow, station_piece, place, -direction)
        return Event(kind, place, radius) if radius is not None and radius > 0 else None


def _limit_radius(flow: Reduction, view: View, piece: Piece, place: arb) -> arb | None:
    sigma, inverse = _activation(piece, place)
    q = (sigma * inverse).integral() * (2 / flow.norm.mid()) + view.weight_at(place).mid()
    root = q.rsqrt()
    residual = sigma * root * q - sigma.coeffs()[0] * q.coeffs()[0].sqrt()
    deflated = arb_series(residual.coeffs()[1:])  # as if the zero of r were here exactly
    clear = _radius((root * inverse * deflated.inv()).coeffs(), place)
    return clear if clear > 0 else None


def turn_radius(flow: Reduction, piece: Piece, place: arb, side: int) -> arb | None:
    """The radius in z with u = place + side z²: a = zA(z²), and dt/dz is a multiple of 1/(A σ' r)."""
    with series_length(SCOUT_LENGTH):
        sigma, inverse = (
            arb_series([entry * side**power for power, entry in enumerate(series.coeffs())])
            for series in _activation(piece, place.mid())
        )
        increase = (sigma * inverse).integral() * (2 * side / flow.norm.mid())
        slope = arb_series(increase.coeffs()[1:])
        root = slope.rsqrt()
        output = _spread(slope * root * sigma)
        residual = arb_series([arb(0), *output]) - flow.target.mid()
        if flow.target_is_zero:
            residual = arb_series(output)
        rate = arb_series(_spread(root * inverse)) * residual.inv()
        radius = _radius(rate.coeffs(), arb(0))
        return radius if radius > 0 else None


def _activation(piece: Piece, centre: arb) -> tuple[arb_series, arb_series]:
    """σ and 1/σ' as short series, the rounding errors forgotten."""
    series = piece.value_program.series(arb_series([centre, 1]), length=SCOUT_LENGTH)
    sigma = arb_series([entry.mid() for entry in series.coeffs()])
    return sigma, sigma.derivative().inv()


def _spread(series: arb_series) -> list[arb]:
    entries = [arb(0)] * (2 * SCOUT_LENGTH)
    for power, entry in enumerate(series.coeffs()):
        entries[2 * power] = entry
    return entries[:SCOUT_LENGTH]


def _value(series: arb_series, v: arb) -> arb:
    total = arb(0)
    for entry in reversed(series.coeffs()):
        total = total * v + entry
    return total


def _constant(series: arb_series) -> arb:
    entries = series.coeffs()
    return entries[0] if entries else arb(0)


def _radius(coefficients: list[arb], centre: arb) -> arb:
    """The root test on the later coefficients; zero if they are not finite."""
    farthest = FARTHEST * (1 + abs(centre))
    if not coefficients or not all(entry.is_finite() for entry in coefficients):
        return arb(0)
    logarithm = log_radius(coefficients, SCOUT_LENGTH // 2, SCOUT_LENGTH)
    if logarithm > float(farthest.log()) * 2:
        return farthest
    return (arb(2) ** arb(logarithm)).mid().min(farthest).mid()
