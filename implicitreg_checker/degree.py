"""The kind ``degree``: monotonicity of the local homogeneity degree E = u σ'/σ (T9), by E' = W/σ²."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import arb, fmpq

from implicitreg_checker.activation import keeps_sign, read_activation
from implicitreg_checker.calculus import combine, derivative, substitute
from implicitreg_checker.errors import RejectedError, require
from implicitreg_checker.exact import prove_zero
from implicitreg_checker.expression import Expression, parse
from implicitreg_checker.reading import choice, entries, fields, rational
from implicitreg_checker.tail import tail_sign

MAX_ORDER = 8
WITNESS = {  # by verdict
    "increasing": ("near", "far"), "decreasing": ("near", "far"), "constant": (), "not monotone": ("points",)
}  # fmt: skip
ZERO, MINUS_U = parse("0", "", variable=False), parse("neg u", "", variable=True)


def check(certificate: dict[str, Any]) -> None:
    """Prove a ``degree`` certificate.

    On u < 0 everything is proved for v ↦ σ(-v), v > 0: its degree at v is E(-v), so what increases in v
    decreases in u. ``near`` and ``far`` are values of |u|, ``points`` are values of u.
    """
    given = fields(certificate["given"], "given", "side", "upto")
    side = 1 if choice(given["side"], "given.side", "positive", "negative") == "positive" else -1
    upto = None if given["upto"] is None else rational(given["upto"], "given.upto")
    require(upto is None or upto > 0, "the interval is not empty")
    sigma = _formula(certificate["activation"], side, upto)
    slope = derivative(sigma)
    bend = derivative(slope)
    sign = combine("- * s + d * u b * u ^2 d", s=sigma, d=slope, b=bend, u=parse("u", "", variable=True))
    found = fields(certificate["found"], "found", "verdict")
    verdict = choice(found["verdict"], "found.verdict", *WITNESS)
    witness = fields(certificate["witness"], "witness", "precision", *WITNESS[verdict])
    if verdict == "constant":
        _prove_constant(sigma, slope, sign, upto)
    elif verdict == "not monotone":
        points = entries(witness["points"], "witness.points", rational, 2, 2)
        low, high = sorted(side * point for point in points)
        require(low > 0 and (upto is None or high < upto), "the points lie in the interval")
        for part in (sigma, slope):
            keeps_sign(_centred(part), arb(low), arb(high), "σ ≠ 0 and σ' ≠ 0 between the points")
        require(sign.at(arb(low))[0] * sign.at(arb(high))[0] < 0, "E' has opposite signs at the points")
    else:
        near = rational(witness["near"], "witness.near")
        far = None if witness["far"] is None else rational(witness["far"], "witness.far")
        _sign(sigma, near, far, upto, "σ ≠ 0")
        _sign(slope, near, far, upto, "σ' ≠ 0")
        upward = side * _sign(sign, near, far, upto, "the sign of E'")
        require(upward == (1 if verdict == "increasing" else -1), f"E is {verdict}")


def _formula(activation: Any, side: int, upto: fmpq | None) -> Expression:
    """σ(side v) for 0 < v < upto, the formula of one piece."""
    for piece in read_activation(activation).pieces:
        near, far = (piece.lower, piece.upper) if side > 0 else (piece.upper, piece.lower)
        if (near is None or side * near <= 0) and (far is None or (upto is not None and side * far >= upto)):
            return piece.formula if side > 0 else substitute(piece.formula, MINUS_U)
    raise RejectedError("the interval does not lie in one piece of σ")


def _centred(expression: Expression, order: int = 0) -> Callable[[arb], arb]:
    """Enclosures of f^(m)/m! over balls by the mean value theorem."""

    def enclose(point: arb) -> arb:
        value: arb = expression.at(point.mid(), order + 1)[order]
        if not point.is_exact():
            value = value + (order + 1) * expression.at(point, order + 2)[order + 1] * (point - point.mid())
        return value

    return enclose


def _sign(expression: Expression, near: fmpq, far: fmpq | None, upto: fmpq | None, step: str) -> int:
    """Prove that an expression has one strict sign on (0, upto), from ``far`` on by its tail if unbounded."""
    end = far if upto is None else upto
    if end is None or not 0 < near < end or (upto is not None and far is not None):
        raise RejectedError("0 < near < far, or 0 < near < upto and no far")
    signs = {
        _sign_near_zero(expression, arb(near), step),
        keeps_sign(_centred(expression), arb(near), arb(end), step),
    }
    if upto is None:
        signs.add(tail_sign(expression, end, step))
    require(len(signs) == 1, f"{step}: one sign on all parts of the interval")
    return signs.pop()


def _sign_near_zero(expression: Expression, near: arb, step: str) -> int:
    """The sign on (0, near]: f(u) = f^(m)(ξ) u^m/m! if f, …, f^(m-1) vanish at 0 (Taylor, Lagrange)."""
    lower = expression
    for order in range(MAX_ORDER):
        jet, name = expression.at(arb(0), order + 1), f"{step}: the derivative of order {order}"
        require(all(value.is_finite() for value in jet), f"{name} at 0 exists")
        if not jet[order].contains(0):
            return keeps_sign(_centred(expression, order), arb(0), near, name)
        prove_zero(substitute(lower, ZERO), f"{name} at 0")
        lower = derivative(lower)
    raise RejectedError(f"{step}: all derivatives of order less than {MAX_ORDER} vanish at 0")


def _prove_constant(sigma: Expression, slope: Expression, sign: Expression, upto: fmpq | None) -> None:
    """W = 0 and one point with σ, σ' ≠ 0: near it E = k ≠ 0 and σ = c u^k, hence wherever σ is analytic.

    σ is analytic for u > 0, since all divisors and all arguments of roots and logarithms are positive there.
    """
    prove_zero(sign, "E' = 0")
    point = arb(1 if upto is None else upto) / 2
    require(all((f := part.at(point)[0]) > 0 or f < 0 for part in (sigma, slope)), "σ, σ' ≠ 0 at a point")
    positive: list[bool] = []
    for token, places in sigma.steps:
        first, last = (positive[places[0]], positive[places[-1]]) if places else (False, False)
        partial = token in ("/", "log", "sqrt") or (token[0] == "^" and ("/" in token or "-" in token))
        require(token != "tan" and (last or not partial), "σ is defined for all u")
        alone = token in ("u", "pi", "exp", "cosh") or (token[0].isdigit() and token != "0")
        inherits = token in ("+", "*", "/", "sqrt", "atan") or token[0] == "^"
        positive.append(alone or (inherits and first and last))
