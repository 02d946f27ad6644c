"""T7 near a zero u_c of σ' with σ(u_c) ≠ 0: limits exponentially close to it, against independent numbers."""

from __future__ import annotations

import random
from fractions import Fraction

import flint
import mpmath
import pytest
import sympy as sp
from flint import arb

from implicitreg_sym.activations import activation
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.flow import Network, Point, Sample
from implicitreg_sym.invariants.potential import Potential
from implicitreg_sym.limits import limit
from implicitreg_sym.limits.pole import poles_between
from implicitreg_sym.status import Status

R = sp.Rational
# σ, and a first guess of the zero of σ' on u < 0, all in mpmath's own functions
SIGMAS = {
    "silu": (lambda v: v / (1 + mpmath.exp(-v)), -1.28),
    "gelu": (lambda v: v * mpmath.ncdf(v), -0.75),
    "mish": (lambda v: v * mpmath.tanh(mpmath.log1p(mpmath.exp(v))), -1.19),
    "swish(2)": (lambda v: v / (1 + mpmath.exp(-2 * v)), -0.64),
    "gelu_tanh": (
        lambda v: (
            v * (1 + mpmath.tanh(mpmath.sqrt(2 / mpmath.pi) * (v + mpmath.mpf(44715) / 10**6 * v**3))) / 2
        ),
        -0.75,
    ),
}


def number(ball: Ball | None) -> mpmath.mpf:
    """The middle of a ball."""
    assert ball is not None
    return mpmath.mpf(ball.middle.numerator) / ball.middle.denominator


def independent_limit(name: str, u0: sp.Rational, a0: sp.Rational, norm: sp.Rational, y: sp.Rational):
    """(λ, u, |a|) on the side of u0 from a0² + 2/N ∫ σ/σ' du = y²/σ(u)², u = u_c ± exp(λ), by mpmath alone.

    σ' comes from mpmath's Taylor coefficients; below 10^-12 the integrand is its Taylor line.
    """
    sigma, guess = SIGMAS[name]
    u0, a0, norm, y = (mpmath.mpf(q.p) / q.q for q in (u0, a0, norm, y))
    slope = lambda v: mpmath.diff(sigma, v)  # noqa: E731
    zero = mpmath.findroot(slope, guess)
    side = 1 if u0 > zero else -1
    top, bottom = mpmath.log(abs(u0 - zero)), mpmath.log(mpmath.mpf(10) ** -12)
    c0, _, c2, c3 = mpmath.taylor(sigma, zero, 3)
    head, tilt = c0 / (2 * c2), -c0 * 3 * c3 / (4 * c2**2)

    def rate(place):
        point = zero + side * mpmath.exp(place)
        return sigma(point) / slope(point) * (point - zero)

    fixed = mpmath.quad(rate, mpmath.linspace(top, bottom, 9))

    def square(place):
        rise = fixed + head * (place - bottom) + tilt * side * (mpmath.exp(place) - mpmath.exp(bottom))
        return a0**2 + 2 * rise / norm

    equation = lambda place: square(place) * sigma(zero + side * mpmath.exp(place)) ** 2 - y**2  # noqa: E731
    place = mpmath.findroot(equation, (bottom - 10, bottom - 40))
    return place, zero + side * mpmath.exp(place), mpmath.sqrt(square(place)), bottom


def cases() -> list[tuple[str, sp.Rational, sp.Rational, sp.Rational, sp.Rational]]:
    """Five starts per activation with σ(u0) < 0, from which |f| grows to a large |y|."""
    drawn, names = [], sorted(SIGMAS)
    source = random.Random(7)
    for name in names:
        for _ in range(5):
            shift = R(source.randint(5, 40), 100) * source.choice((-1, 1))
            u0 = R(round(SIGMAS[name][1] * 100), 100) + shift
            drawn.append(
                (
                    name,
                    u0,
                    R(source.randint(20, 200), 100) * source.choice((-1, 1)),
                    R(source.randint(80, 200), 100),
                    R(source.randint(200, 900), 100),
                )
            )
    return drawn


@pytest.mark.parametrize(("name", "u0", "a0", "x", "y"), cases())
def test_limits_exponentially_near_a_zero_of_the_slope(
    name: str, u0: sp.Rational, a0: sp.Rational, x: sp.Rational, y: sp.Rational
) -> None:
    """From u0 near u_c, |f| growing to |y|: u, a and λ agree with both equations solved by mpmath in λ."""
    target = -y if a0 > 0 else y  # σ(u0) < 0
    result = limit(Network(activation(name)), Point((u0 / x,), a0), Sample((x,), target))
    assert result.status is Status.ENCLOSED, result.reason
    assert all(claim.cross_checked for claim in result.claim.walk())
    with mpmath.workdps(40):
        place, u, a, bottom = independent_limit(name, u0, a0, x**2, y)
        assert place < bottom  # where the polynomial of degree 1 stands for the integrand
        root = next(claim for claim in result.claim.walk() if claim.id == "limit.root")
        symbol, box = root.statement.args
        low, high = (mpmath.mpf(end.p) / end.q for end in (box.start, box.end))  # type: ignore[attr-defined]
        assert symbol.name == "lambda" and low - 1e-15 < place < high + 1e-15  # type: ignore[attr-defined]
        assert high - low < abs(place) / 1000
        assert abs(number(result.u) - u) < mpmath.mpf(10) ** -22
        assert abs(abs(number(result.a)) - a) < mpmath.mpf(10) ** -15 * a


def test_the_series_agrees_with_the_closed_form_on_both_sides() -> None:
    """For u/(1 + u²), G = -u²/2 - log|1 - u²|: differences near u_c = 1 from either side."""
    sigma = activation("rational")
    for reached, beyond, sign in (("0.75", "1.25", 1), ("1.25", "0.75", -1)):
        with flint.ctx.workprec(200):
            pole = next(poles_between(sigma, arb(reached), arb(beyond), sign))
            chart = pole.chart()
            end = (chart.depth - 30).mid()
            u, v = chart.preactivation(chart.depth), chart.preactivation(end)
            # 1 - v by the offset: v itself has lost it
            log = (chart.offset(chart.depth) / chart.offset(end)).log() + ((1 + u) / (1 + v)).log()
            expected = (u * u - v * v) / 2 + log
            found = chart.difference(chart.depth, end)
            assert found.overlaps(expected) and found.rad() < arb(2) ** -140


@pytest.mark.parametrize(("y", "turned"), [(0, False), (-1, True)])
def test_a_turning_point_near_a_zero_of_the_slope(y: int, turned: bool) -> None:
    """For σ = u² + 1, G = u²/4 + log|u|/2: from (1, 6), N = 1, the orbit turns at u of the order e^-36."""
    result = limit(Network(activation("u**2 + 1")), Point((R(1),), R(6)), Sample((R(1),), R(y)), 30)
    assert result.status is Status.ENCLOSED and all(c.cross_checked for c in result.claim.walk())
    with mpmath.workdps(60):
        square = lambda u: 36 + (u**2 - 1) / 2 + mpmath.log(u)  # noqa: E731
        if turned:
            u = number(result.u)
            assert abs(square(u) * (u**2 + 1) ** 2 - y**2) < mpmath.mpf(10) ** -20 and number(result.a) < 0
        else:
            turn = mpmath.exp(mpmath.findroot(lambda p: square(mpmath.exp(p)), -35))
            assert abs(number(result.u) - turn) < mpmath.mpf(10) ** -40 and number(result.a) == 0


def test_quadrature_serves_where_a_closed_form_is_withheld() -> None:
    """For sin with y = 100 the limit is the same with and without its closed form of G."""
    network, start, sample = Network(activation("sin")), Point((R(1),), R(1)), Sample((R(1),), R(100))
    first = limit(network, start, sample)
    second = limit(network, start, sample, 30, Potential(network.activation))
    for result in (first, second):
        assert result.status is Status.ENCLOSED
        assert abs(result.a.middle - 100) < Fraction(1, 10**25)  # type: ignore[union-attr]


def test_slow_cases_end_quickly_with_a_reason() -> None:
    """At the edge of the domain of sqrt the flow ends: for y < 0 < f that is refuted, for y = 0 it is not
    decided."""
    network, start = Network(activation("sqrt(u)")), Point((R(1),), R(2))
    below = limit(network, start, Sample((R(1),), R(-1)))
    assert below.status is Status.REFUTED and "the flow ends at u = 0" in (below.reason or "")
    edge = limit(network, start, Sample((R(1),), R(0)))
    assert edge.status is Status.UNKNOWN and "not smooth" in (edge.reason or "")
