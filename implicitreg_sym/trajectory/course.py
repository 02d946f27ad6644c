"""Follows the orbit from the start, arc by arc, until it reaches its limit or all times asked for (T7)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import flint
from flint import arb

from implicitreg_sym.activations import Activation, Piece
from implicitreg_sym.trajectory.analytic import NotAnalyticError
from implicitreg_sym.trajectory.arc import Arc, straight_arc, turning_arc, turning_point
from implicitreg_sym.trajectory.reduction import Reduction, Station
from implicitreg_sym.trajectory.scout import Event, View, look, next_event

MAX_ARCS = 300
ARCS_BEYOND = 24  # a limit that is not needed for the times asked for is sought so far only
_SHRINKS = 6
_SHORT_BITS = 16
_RIM = arb(63) / 64  # arcs end a little inside of their discs
_MARGIN = arb(15) / 16


@dataclass(frozen=True, slots=True)
class Course:
    """The arcs in the order of time, the last one left at ``end`` (infinite if it contains the limit), and
    why the flow could not be followed further."""

    arcs: tuple[Arc, ...]
    end: arb
    reason: str | None = None


def follow(flow: Reduction, activation: Activation, begin: Station | Arc, until: arb) -> Course:
    """Follow the orbit from a station, or from a first arc, to its limit, or until the time is passed.

    Every arc is verified by itself; only where it lies and how wide it is rests on estimates. Between two
    arcs the orbit passes a station on the rim of both discs; within a disc σ' ≠ 0, a ≠ 0 except at a turning
    point, and r ≠ 0 except at the limit.
    """
    arcs: list[Arc] = []
    station: Station | None = None
    try:
        if isinstance(begin, Arc):
            arcs.append(begin)
            station = _leave(flow, begin)
        else:
            station = begin
        while station is not None:
            enough = station.time > until and len(arcs) >= ARCS_BEYOND
            if enough or len(arcs) >= MAX_ARCS:
                reason = None if enough else f"{MAX_ARCS} arcs did not suffice; the flow was {_at(station)}"
                return Course(tuple(arcs), station.time, reason)
            if station.at_end:
                station = across_breakpoint(flow, activation, station)
            arc = _next_arc(flow, station)
            following = _leave(flow, arc)
            arcs.append(arc)
            station = following
    except NotAnalyticError as error:
        end = station.time if station is not None else arb(0)
        where = f" {_at(station)}" if station is not None else ""
        return Course(tuple(arcs), end, f"{error}{where}")
    return Course(tuple(arcs), arb("inf"))


def _at(station: Station) -> str:
    return f"at u = {station.u.str(8, radius=False)}, t = {station.time.str(8, radius=False)}"


def across_breakpoint(flow: Reduction, activation: Activation, station: Station) -> Station:
    """Pass from the piece that ends here to its neighbour. Raises `NotAnalyticError` if σ' vanishes there or
    changes sign, so that the flow does not simply go on."""
    index = activation.pieces.index(station.piece)
    piece = activation.pieces[index + station.direction]
    if flow.direction(piece, station.u, station.sign_a) != station.direction:
        raise NotAnalyticError("σ' jumps to zero or through zero, so that the flow does not go on,")
    return replace(station, piece=piece, at_end=False)


def _leave(flow: Reduction, arc: Arc) -> Station | None:
    """The station at which the flow leaves an arc: near the rim, or at the end of the piece; None if it
    stays."""
    lower, upper = arc.piece.ends()
    if arc.limit is not None:
        u = arc.preactivation(arc.limit.x)
        if not (lower < u and u < upper):
            raise NotAnalyticError("the limit is too close to the end of a piece of σ to be told from it,")
        return None
    side = arc.direction()
    u = (arc.preactivation(side * _RIM)).mid()
    x = side * ((u - arc.centre) / arc.scale).sqrt() if arc.turning else (u - arc.centre) / arc.scale
    at_end = False
    # u moves towards this end
    rising = arc.scale * side > 0 if not arc.turning else arc.scale > 0
    end = upper if rising else lower
    if end.is_finite() and not ((u < end) if rising else (u > end)):
        u, at_end = end, True
        x = side * ((u - arc.centre) / arc.scale).sqrt() if arc.turning else (u - arc.centre) / arc.scale
    a = arc.a(x)
    sign_a = 1 if a > 0 else -1 if a < 0 else 0
    direction = 1 if rising else -1
    if not (sign_a and flow.direction(arc.piece, u, sign_a) == direction):
        raise NotAnalyticError("the direction of the flow could not be told")
    return Station(u, a * a, sign_a, arc.time_at(x), arc.piece, direction, at_end)


def _next_arc(flow: Reduction, station: Station) -> Arc:
    view = look(flow, station.piece, station.u, station.weight, station.sign_a)
    if view is None:
        raise NotAnalyticError("no power series was found")
    event = next_event(flow, view, station.piece, station.sign_a, station.direction)
    for _ in range(_SHRINKS):
        try:
            return _proposed_arc(flow, station, view, event)
        except NotAnalyticError as error:
            problem = error
            flow = replace(flow, reach=(flow.reach * 3 / 4).mid())
    raise problem


def _proposed_arc(flow: Reduction, station: Station, view: View, event: Event | None) -> Arc:
    """The arc to the limit or around the turning point, if it is near, and otherwise one on the way."""
    if event is not None:
        width, distance = flow.reach * event.radius, abs(event.u - station.u) / _MARGIN
        if event.kind == "limit" and width > distance:
            return straight_arc(flow, station, _rounded(event.u, width), _short(width), True)
        if event.kind == "turn" and width * width > distance:
            turn = turning_point(flow, station, event.u)
            _inside(station.piece, turn)
            scale = _short(-station.direction * width * width)
            return turning_arc(flow, station.piece, turn, scale, (station.u, station.sign_a), station.time)
    centre, width = _next_disc(flow, station, view, event)
    return straight_arc(flow, station, centre, width, False)


def _next_disc(flow: Reduction, station: Station, view: View, event: Event | None) -> tuple[arb, arb]:
    """A disc that begins at the station and goes as far as the series about its centre would allow."""
    part = (flow.reach * _MARGIN).mid()
    # the next singularity mostly lies behind, or mostly ahead; the estimates are rough
    for step in (part / (1 - part), part / (1 + part) * 7 / 8, part / 2, part / 8):
        step = (step * view.clear).mid().min(view.smooth / 2)
        if event is not None:
            step = step.min(abs(event.u - station.u).mid() / 2)
        centre = _rounded(station.u + station.direction * step, step)
        ahead = look(flow, station.piece, centre, view.weight_at(centre), station.sign_a)
        if ahead is not None and part * ahead.clear > abs(centre - station.u):
            return centre, _short(flow.reach * ahead.clear)
    raise NotAnalyticError("no disc of convergence was found")


def _inside(piece: Piece, point: arb) -> None:
    if not piece.contains(point):
        raise NotAnalyticError("a turning point is too close to the end of a piece of σ to be told from it,")


def _short(number: arb) -> arb:
    """A dyadic number near by with few bits."""
    with flint.ctx.workprec(_SHORT_BITS):
        return (+number.mid()).mid()


def _rounded(number: arb, width: arb) -> arb:
    """A dyadic number with few bits more than the width of the disc about it calls for."""
    unit = _short(width) / 2**_SHORT_BITS
    nearest: arb = ((number.mid() / unit).mid().floor() * unit).mid()
    return nearest
