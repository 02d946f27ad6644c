"""Certificates of the kind `limit`: where the flow of one sample ends (T7)."""

from __future__ import annotations

from fractions import Fraction

import flint
from flint import arb

from implicitreg_sym.certificate.absence import NoCertificateError
from implicitreg_sym.certificate.frame import Certificate, frame, potentials
from implicitreg_sym.certificate.numbers import (
    ball_about,
    exact_ball,
    precision_for,
    rational_text,
    stated_ball,
)
from implicitreg_sym.certificate.polish import polish
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.flow import Network, Point, Sample
from implicitreg_sym.limits import Limit
from implicitreg_sym.limits.branch import Branch, NoLimit
from implicitreg_sym.limits.phases import find_branch
from implicitreg_sym.limits.plane import PlaneFlow, exact_sign

EQUATIONS = {"output": "output", "turn": "weight", "crossing": "activation", "zero": "activation"}
_UNSTATED = {
    "rest": "the limit is a saddle, where σ and a vanish together, which no equation of the format isolates",
    "degenerate": "σ' vanishes at the limit, and certificates are about arcs on which σ' ≠ 0",
}
SHRINKINGS = 5


def limit_certificate(result: Limit) -> Certificate:
    """Return the certificate that the flow converges to a point in balls of the digits of the result.

    Raises `NoCertificateError` where no limit is established, where u does not move, and where σ' vanishes at
    the limit.

    >>> import sympy as sp
    >>> import implicitreg_sym as ir
    >>> start, sample = ir.Point((sp.Integer(0),), sp.Integer(1)), ir.Sample((sp.Integer(1),), sp.Integer(2))
    >>> limit_certificate(ir.limit(ir.Network(ir.activation("exp")), start, sample))["given"]
    {'start': {'w': ['0'], 'a': '1'}, 'sample': {'x': ['1'], 'y': '2'}}
    """
    if not result.exists or result.w is None or result.a is None or result.u is None:
        raise NoCertificateError(f"no limit is established: {result.reason or result.status}")
    network, precision = result.network, precision_for(result.digits)
    plane = PlaneFlow.of(network, result.start, result.sample)
    branch = _branch(result, plane)
    equation = EQUATIONS[branch.kind]
    scale = max(abs(ball.middle) for ball in (*result.w, result.a, result.u, *_start(plane)))
    coordinates = (*result.w, result.a) if result.b is None else (*result.w, result.a, result.b)
    stated = [exact_ball(stated_ball(ball, precision, scale)) for ball in coordinates]
    count = len(result.w)
    return frame(
        "limit",
        network.activation,
        _given(network, result.start, result.sample),
        {"w": stated[:count], "a": stated[count], **({"b": stated[-1]} if result.b is not None else {})},
        {
            "precision": precision,
            "equation": equation,
            "u": exact_ball(_isolating(plane, equation, result.u, precision)),
            "turn": _turn(plane, branch),
            "potential": potentials(plane.potential.closed_forms),
        },
    )


def _branch(result: Limit, plane: PlaneFlow) -> Branch:
    """The branch that holds the limit. Raises `NoCertificateError` where the format knows none."""
    if not any(part.id == "limit.root" for part in result.claim.walk()):
        raise NoCertificateError(
            "u does not move or the start interpolates already, so there is no arc to certify"
        )
    branch = find_branch(plane)
    if isinstance(branch, NoLimit):
        raise NoCertificateError(f"the way to the limit could not be followed again: {branch.reason}")
    if branch.kind not in EQUATIONS:
        raise NoCertificateError(_UNSTATED[branch.kind])
    return branch


def _start(plane: PlaneFlow) -> tuple[Ball, Ball]:
    with flint.ctx.workprec(64):
        u0, a0, _norm, _target = plane.balls()
        return Ball.from_arb(u0), Ball.from_arb(a0)


def _given(network: Network, start: Point, sample: Sample) -> Certificate:
    point: Certificate = {"w": [polish(weight) for weight in start.w], "a": polish(start.a)}
    if start.b is not None:
        point["b"] = polish(start.b)
    given: Certificate = {
        "start": point,
        "sample": {"x": [polish(entry) for entry in sample.x], "y": polish(sample.y)},
    }
    if (network.rate_w, network.rate_a) != (1, 1):
        given["rates"] = {"w": polish(network.rate_w), "a": polish(network.rate_a)}
    return given


def _isolating(plane: PlaneFlow, equation: str, root: Ball, precision: int) -> Ball:
    """A ball about the root that interval Newton, with functions as they stand, maps into its interior."""
    for shrinking in range(SHRINKINGS):
        box = ball_about(root, -(precision * (shrinking + 2)) // (2 * SHRINKINGS), precision)
        with flint.ctx.workprec(precision):
            if _contracts(plane, equation, box.to_arb()):
                return box
    raise NoCertificateError("the limit lies too near a zero of σ' to be isolated in u with so many digits")


def _contracts(plane: PlaneFlow, equation: str, box: arb) -> bool:
    middle, activation = box.mid(), plane.activation

    def weight(point: arb) -> arb:
        return plane.squared_output_weight(plane.potential.difference(plane.balls()[0], point))

    value, slope = activation.value(box), activation.slope_over(box)
    if equation == "activation":
        gap, rate = activation.value(middle), slope
    else:
        norm, target = plane.balls()[2:]
        growth = 2 * plane.potential.slope_over(box) / norm
        if equation == "weight":
            gap, rate = weight(middle), growth
        else:
            root = weight(box).sqrt()
            gap = weight(middle).sqrt() * abs(activation.value(middle)) - abs(target)
            rate = (growth * value / (2 * root) + root * slope) * (1 if value > 0 else -1)
    image = middle - gap / rate
    return bool(image.is_finite() and box.contains_interior(image))


def _turn(plane: PlaneFlow, branch: Branch) -> str | None:
    """A rational beyond the point with a = 0, where Q < 0, if the flow passes that point before the limit."""
    start_sign = exact_sign(plane.a0)
    if branch.kind != "output" or branch.sign_a == start_sign or start_sign == 0:
        return None
    towards = -exact_sign(plane.sigma_at_start()) * exact_sign(plane.slopes_at_start()[0])
    with flint.ctx.workprec(256):
        candidates = [Ball(branch.arc[1 if towards > 0 else 0])]
        for pole in branch.poles:
            chart = pole.chart()
            candidates += [Ball.from_arb(chart.preactivation(chart.depth - 2**k).mid()) for k in range(7)]
        for candidate in candidates:
            if _below_zero(plane, candidate):
                return rational_text(Fraction(candidate.middle))
    raise NoCertificateError("no rational point could be named at which a² would be negative")


def _below_zero(plane: PlaneFlow, candidate: Ball) -> bool:
    increment = plane.potential.difference(plane.balls()[0], candidate.to_arb())
    return bool(plane.squared_output_weight(increment) < 0)
