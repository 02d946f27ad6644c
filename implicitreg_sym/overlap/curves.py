"""The solution curves of the sigmoid in the plane (w, a), in mpmath: a worked example for T1 to T3."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import mpmath

Point = tuple[mpmath.mpf, ...]
Curve = Callable[[Point, mpmath.mpf], Point]
Pair = tuple[mpmath.mpf, mpmath.mpf]
INPUTS = (1, 2)


def _sigmoid(u: mpmath.mpf) -> mpmath.mpf:
    return 1 / (1 + mpmath.exp(-u))


def solution_curve(w: mpmath.mpf, a: mpmath.mpf, x: int, s: mpmath.mpf) -> Pair:
    """γ(θ, s) on the curve M_S of the sample (x, a σ(w x)) through θ = (w, a), with γ(θ, 0) = θ."""
    return w + s, a * _sigmoid(w * x) / _sigmoid((w + s) * x)


def tangent(w: mpmath.mpf, a: mpmath.mpf, x: int) -> Pair:
    """γ'(θ, 0) = (1, -a x σ'(w x)/σ(w x)) = (1, -a x/(1 + e^{w x}))."""
    return mpmath.mpf(1), -a * x / (1 + mpmath.exp(w * x))


def composed_curve(w: mpmath.mpf, a: mpmath.mpf, first: mpmath.mpf, second: mpmath.mpf) -> Pair:
    """Ψ(θ, s1, s2) = γ2(γ1(θ, s1), s2) for the inputs 1 and 2."""
    return solution_curve(*solution_curve(w, a, INPUTS[0], first), INPUTS[1], second)


def solve_composed(w: mpmath.mpf, a: mpmath.mpf, target: Pair) -> tuple[Pair, mpmath.mpf]:
    """Return (s1, s2) with Ψ(θ, s1, s2) = target by Newton's method, and the size of the residual."""

    def gap(first: mpmath.mpf, second: mpmath.mpf) -> list[mpmath.mpf]:
        end = composed_curve(w, a, first, second)
        return [end[0] - target[0], end[1] - target[1]]

    solution = mpmath.findroot(gap, (0, 0))
    residual = mpmath.norm(mpmath.matrix(gap(*solution)))
    return (solution[0], solution[1]), residual


def chain(count: int) -> mpmath.mpf:
    """Walk from (1/2, 2) to (3/5, 21/10) in so many steps, there and back; return the largest residual."""
    start, end = (mpmath.mpf(1) / 2, mpmath.mpf(2)), (mpmath.mpf(3) / 5, mpmath.mpf(21) / 10)
    points = [
        tuple(u + (v - u) * k / count for u, v in zip(start, end, strict=True)) for k in range(count + 1)
    ]
    pairs = [*zip(points, points[1:], strict=False), *zip(points[1:], points, strict=False)]
    return max(solve_composed(here[0], here[1], (there[0], there[1]))[1] for here, there in pairs)


def interpolating_pair() -> tuple[tuple[Pair, Pair], tuple[Pair, Pair]]:
    """Two points and two samples (x, y), each point fitting both samples: T11 with alpha = 1/2, k = 1."""
    points = ((mpmath.log(2), mpmath.mpf(9)), (mpmath.log(3), mpmath.mpf(8)))
    samples = ((mpmath.mpf(1), mpmath.mpf(6)), (mpmath.mpf(2), mpmath.mpf(36) / 5))
    return points, samples


def residual(point: Pair, sample: Pair) -> mpmath.mpf:
    """|f(x; θ) - y|."""
    (w, a), (x, y) = point, sample
    return abs(a * _sigmoid(w * x) - y)


def composed_derivative_error(dimension: int) -> mpmath.mpf:
    """The largest error of ∂Ψ/∂s_i = t_i at s = 0, by differences, for m curves: the sigmoid's if m = 2.

    For m > 2 the curves are γ_i(θ, s) = θ + s v_i(θ, s) with components v_ik = cos(i k + θ_k + s θ_{k+1}).
    """
    if dimension == len(INPUTS):
        start = (mpmath.mpf(1) / 2, mpmath.mpf(2))
        curves = [partial(_sigmoid_curve, x) for x in INPUTS]
        tangents = [tangent(*start, x) for x in INPUTS]
    else:
        start = tuple(mpmath.mpf(k) / 3 for k in range(1, dimension + 1))
        curves = [partial(_waving_curve, index) for index in range(1, dimension + 1)]
        tangents = [
            tuple(mpmath.cos(i * k + v) for k, v in enumerate(start, 1)) for i in range(1, dimension + 1)
        ]
    worst = mpmath.mpf(0)
    for index, direction in enumerate(tangents):
        for k in range(dimension):
            slope = mpmath.diff(lambda s, index=index, k=k: _compose(curves, start, index, s)[k], 0)
            worst = max(worst, abs(slope - direction[k]))
    return worst


def _sigmoid_curve(x: int, point: Point, s: mpmath.mpf) -> Point:
    return solution_curve(point[0], point[1], x, s)


def _waving_curve(index: int, point: Point, s: mpmath.mpf) -> Point:
    following = (*point[1:], point[0])
    pairs = enumerate(zip(point, following, strict=True), 1)
    return tuple(here + s * mpmath.cos(index * k + here + s * after) for k, (here, after) in pairs)


def _compose(curves: Sequence[Curve], start: Point, index: int, s: mpmath.mpf) -> Point:
    """Ψ with s_index = s and the other steps zero."""
    point = start
    for number, curve in enumerate(curves):
        point = curve(point, s if number == index else mpmath.mpf(0))
    return point
