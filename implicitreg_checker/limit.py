"""Kind ``limit``: the flow of one sample converges to an interpolating point in the stated balls (T7).

Along the flow the residual obeys r' = -K r with K = η_a σ² + η_w ‖x‖² a² σ'²: in the plane of u = ⟨w, x⟩
and a the orbit lies on a² = Q(u) = a0² + 2(G(u) - G(u0))/N, and where (aσ', σ) ≠ 0 the residual is strictly
monotone along it. So if a compact arc of that curve joins the start to a point p with r(p) = 0 and carries
no critical point, the flow runs along it into p: p is the first zero, and the direction from the start to p
is the one in which |r| shrinks.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

from flint import arb

from implicitreg_checker.activation import Activation, hull_of, keeps_sign, newton, read_activation
from implicitreg_checker.errors import require
from implicitreg_checker.exact import prove_continuity
from implicitreg_checker.expression import parse
from implicitreg_checker.invariant import read_potential
from implicitreg_checker.reading import ball, choice, entries, fields, prove_inside, rational


@dataclass(frozen=True, slots=True)
class Plane:
    """The flow in the plane (u, a): u0, a0, N = η_w‖x‖²/η_a and y as balls."""

    activation: Activation
    u0: arb
    a0: arb
    norm: arb
    target: arb

    def weight(self, point: arb) -> arb:
        """Enclose Q(u) = a0² + 2(G(u) - G(u0))/N."""
        return self.a0**2 + 2 * self.activation.rise(self.u0, point) / self.norm

    def weight_slope(self, point: arb) -> arb:
        """Enclose Q'(u) = 2σ/(Nσ')."""
        return 2 * self.activation.ratio(point) / self.norm


def number(value: Any, place: str) -> arb:
    """Read a constant expression and enclose it."""
    return parse(value, place, variable=False, closed_form=True).value()


def check(certificate: dict[str, Any]) -> None:
    """Prove the certificate. Raises `RejectedError` with the step that fails."""
    given = fields(certificate["given"], "given", "start", "sample", optional=("rates",))
    start = fields(given["start"], "given.start", "w", "a", optional=("b",))
    sample = fields(given["sample"], "given.sample", "x", "y")
    rates = fields(given.get("rates", {"w": "1", "a": "1"}), "given.rates", "w", "a")
    names = ("w", "a", "b") if "b" in start else ("w", "a")
    found = fields(certificate["found"], "found", *names)
    witness = fields(certificate["witness"], "witness", "precision", "equation", "u", "turn", "potential")
    weights = entries(start["w"], "given.start.w", number, 1, 1000)
    inputs = entries(sample["x"], "given.sample.x", number, len(weights), len(weights))
    limits = entries(found["w"], "found.w", lambda *pair: pair, len(weights), len(weights))
    if "b" in start:
        weights, inputs = [*weights, number(start["b"], "given.start.b")], [*inputs, arb(1)]
        limits = [*limits, (found["b"], "found.b")]
    squared = reduce(add, (entry**2 for entry in inputs))
    rate_w, rate_a = (number(rates[name], f"given.rates.{name}") for name in ("w", "a"))
    require(squared > 0 and rate_w > 0 and rate_a > 0, "‖x‖² and the learning rates must be positive")
    activation = read_activation(certificate["activation"])
    prove_continuity(activation)
    if witness["potential"] is not None:
        activation = read_potential(witness["potential"], activation, "witness.potential")
    u0 = reduce(add, (w * x for w, x in zip(weights, inputs, strict=True)))
    plane = Plane(
        activation, u0, number(start["a"], "given.start.a"), rate_w * squared / rate_a,
        number(sample["y"], "given.sample.y"),
    )  # fmt: skip
    box = ball(witness["u"], "witness.u")
    equation = choice(witness["equation"], "witness.equation", "output", "weight", "activation")
    turn = None if witness["turn"] is None else arb(rational(witness["turn"], "witness.turn"))
    u, a = {"output": _output, "weight": _weight, "activation": _activation}[equation](plane, box, turn)
    for (stated, place), weight, entry in zip(limits, weights, inputs, strict=True):
        prove_inside(stated, place, weight + (u - u0) * entry / squared)
    prove_inside(found["a"], "found.a", a)


def sign_of(value: arb, step: str) -> int:
    """The strict sign of a ball. Raises `RejectedError` if it holds 0."""
    require(value > 0 or value < 0, step)
    return 1 if value > 0 else -1


def _output(plane: Plane, box: arb, turn: arb | None) -> tuple[arb, arb]:
    """y ≠ 0: the only root in the box of s√Q σ - y, s the sign of a at the limit."""
    activation, y = plane.activation, plane.target
    ends = hull_of(plane.u0, box, *([] if turn is None else [turn]))
    keeps_sign(activation.slope, *ends, "σ' ≠ 0 on the arc")
    side = sign_of(activation.value(box), "σ ≠ 0 near the limit")
    sign = sign_of(y, "y ≠ 0") * side
    if turn is not None:
        # Q is monotone where σ ≠ 0; Q(turn) < 0 puts the point with a = 0 between turn and both start and
        # limit
        require(sign * plane.a0 < 0, "a changes its sign on the way")
        keeps_sign(activation.value, *ends, "σ ≠ 0 on the arc with a turning point")
        require(plane.weight(turn) < 0, "Q < 0 beyond the turning point")
    else:
        require(sign * plane.a0 > 0 or plane.a0.is_zero(), "a keeps its sign on the way")
        if not side * activation.value(plane.u0) > 0:  # else σ, which is monotone, keeps its sign
            sign_of(plane.a0, "a0 ≠ 0")
            keeps_sign(plane.weight, *ends, "Q > 0 on an arc on which σ changes its sign")

    def gap(point: arb) -> arb:
        return sign * plane.weight(point).sqrt() * activation.value(point) - y

    def slope(point: arb) -> arb:
        (value, derivative), root = activation.jet(point, 2), plane.weight(point).sqrt()
        return sign * (plane.weight_slope(point) * value / (2 * root) + root * derivative)

    u = newton(gap, slope, box, "aσ(u) = y")
    return u, y / activation.value(u)


def _weight(plane: Plane, box: arb, turn: arb | None) -> tuple[arb, arb]:
    """y = 0 and a = 0 in the limit: the only root of Q in the box, before σ vanishes."""
    require(plane.target.is_zero() and turn is None, "y = 0 and no turning point before the limit")
    sign_of(plane.a0, "a0 ≠ 0")
    ends = hull_of(plane.u0, box)
    keeps_sign(plane.activation.slope, *ends, "σ' ≠ 0 on the arc")
    keeps_sign(plane.activation.value, *ends, "σ ≠ 0 on the arc")
    return newton(plane.weight, plane.weight_slope, box, "Q(u) = 0"), arb(0)


def _activation(plane: Plane, box: arb, turn: arb | None) -> tuple[arb, arb]:
    """y = 0 and a ≠ 0 in the limit: the only root of σ in the box, where Q is least and positive."""
    require(plane.target.is_zero() and turn is None, "y = 0 and no turning point before the limit")
    keeps_sign(plane.activation.slope, *hull_of(plane.u0, box), "σ' ≠ 0 on the arc")
    u = newton(plane.activation.value, plane.activation.slope, box, "σ(u) = 0")
    weight = plane.weight(u)
    require(weight > 0, "Q > 0 where σ = 0")
    return u, weight.sqrt() if plane.a0 > 0 else -weight.sqrt()  # a0 ≠ 0, since a0² ≥ Q(u) > 0
