"""The limit of a one-sample gradient flow, to any number of digits, with the claims that prove it (T7)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import flint
import mpmath
import sympy as sp

from implicitreg_sym.activations import real_ball
from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome, Step, numeric_check
from implicitreg_sym.errors import InputError
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.flow import Network, Point, Sample
from implicitreg_sym.invariants.potential import Potential
from implicitreg_sym.limits.branch import NoLimit
from implicitreg_sym.limits.closed_forms import closed_form_limit
from implicitreg_sym.limits.parameters import (
    flow_words,
    interpolating_limit,
    is_point,
    parameters_claim,
    reduction_claim,
)
from implicitreg_sym.limits.phases import find_branch
from implicitreg_sym.limits.plane import PlaneFlow, UndecidedSignError, exact_sign
from implicitreg_sym.limits.proof import planar_limit_claim
from implicitreg_sym.limits.refine import PlanePoint, refine
from implicitreg_sym.limits.wording import in_latex
from implicitreg_sym.status import Status

DEFAULT_DIGITS = 30
FOLLOWED_DIGITS = 50


@dataclass(frozen=True, slots=True)
class Limit:
    """Φ_S(θ0): balls for every parameter, exact closed forms where known, and the claim that carries the
    proof.

    Where the flow has no interpolating limit, or none could be established, the balls are None and ``reason``
    tells why.

    >>> import implicitreg_sym as ir
    >>> start, sample = ir.Point((sp.Integer(1),), sp.Integer(2)), ir.Sample((sp.Integer(1),), sp.Integer(3))
    >>> found = ir.limit(ir.Network(ir.activation("exp")), start, sample)
    >>> found.exists, found.a.decimal(6), found.closed_form.a
    (True, '1.75334', sqrt(LambertW(9*exp(2))))
    """

    network: Network
    start: Point
    sample: Sample
    digits: int
    claim: Claim
    w: tuple[Ball, ...] | None = None
    a: Ball | None = None
    b: Ball | None = None
    u: Ball | None = None
    closed_form: Point | None = None
    reason: str | None = None

    @property
    def status(self) -> Status:
        """The status of the claim."""
        return self.claim.status

    @property
    def exists(self) -> bool:
        """Whether an interpolating limit has been established."""
        return self.a is not None and self.status.established

    @property
    def radius(self) -> Fraction:
        """The largest radius among the parameters: the error bound of the reported numbers."""
        balls = [*(self.w or ()), *(ball for ball in (self.a, self.b) if ball is not None)]
        return max((ball.radius for ball in balls), default=Fraction(0))

    def _repr_latex_(self) -> str:
        if self.w is None or self.a is None:
            return rf"no interpolating limit: {self.reason}"
        entries = [*self.w, *([self.b] if self.b is not None else []), self.a]
        numbers = ",\\ ".join(ball.decimal(min(self.digits, 20)) for ball in entries)
        return rf"$\displaystyle \Phi_S(\theta_0) \approx ({numbers})$"


def limit(
    network: Network,
    start: Point,
    sample: Sample,
    digits: int = DEFAULT_DIGITS,
    potential: Potential | None = None,
) -> Limit:
    """Return the limit of the gradient flow of ½(f(x; θ) - y)² from a start, proved to ``digits`` digits
    (T7).

    The orbit is a² = a0² + 2(G(u) - G(u0))/N with N = η_w‖x̃‖²/η_a; the limit is the only root of a
    monotone function on the branch that the flow runs along, found by certified signs and enclosed by
    interval Newton. ``potential`` may supply closed forms of G; quadrature serves otherwise.

    Raises `InputError` on a start that does not fit the network, on a sample that no parameter fits, and on
    a start that is a critical point with f ≠ y, be it a saddle or a dead unit: nothing flows from there. A
    flow that runs into such a point, or diverges, is an outcome, not an error: see `Limit.reason`.

    >>> from implicitreg_sym.activations import activation
    >>> net = Network(activation("sigmoid"))
    >>> start = Point((sp.Rational(3, 10),), sp.Rational(7, 10))
    >>> sample = Sample((sp.Integer(2),), sp.Rational(3, 2))
    >>> result = limit(net, start, sample)
    >>> result.status.name, result.a.decimal(12)
    ('ENCLOSED', '1.75653978772')
    """
    network.check(start, [sample])
    plane = PlaneFlow.of(network, start, sample, potential)
    try:
        plane.check_start()
        return _trivial(network, start, sample, plane, digits) or _along_the_orbit(
            network, start, sample, plane, digits
        )
    except (UndecidedSignError, ArithmeticError) as error:
        return _without(network, start, sample, digits, NoLimit(str(error), False))


def _without(network: Network, start: Point, sample: Sample, digits: int, why: NoLimit) -> Limit:
    """No limit: the claim that there is one is refuted, or unknown."""
    outcome = Outcome.FAILS if why.proved else Outcome.UNDECIDED
    evidence = Evidence(Kind.DEDUCTION if why.claims else Kind.ENCLOSURE, outcome, why.reason)
    claim = Claim(
        "limit",
        rf"{flow_words(network, start, sample)} converges to an interpolating point",
        interpolating_limit(),
        rests_on=why.claims,
        evidence=(evidence,),
        steps=(Step(in_latex(why.reason)),),
    )
    return Limit(network, start, sample, digits, claim, reason=why.reason)


def _trivial(network: Network, start: Point, sample: Sample, plane: PlaneFlow, digits: int) -> Limit | None:
    """Starts that interpolate already, never move, or move in a alone; None for all others."""
    sigma = plane.sigma_at_start()
    sigma_sign = exact_sign(sigma)
    if exact_sign(plane.a0 * sigma - plane.target) == 0:
        why = "the start interpolates already, so it is its own limit"
        return _exact(network, start, sample, digits, start, why)
    slope_signs = {exact_sign(slope) for slope in plane.slopes_at_start()}
    frozen = exact_sign(plane.norm) == 0
    if frozen and sigma_sign == 0:
        raise InputError(
            "no parameter fits this sample: its input is zero and σ(0) = 0, so f = 0 ≠ y; give a "
            "non-zero input, or y = 0"
        )
    if frozen or (slope_signs == {0} and sigma_sign != 0):
        limit_point = replace(start, a=plane.target / sigma)
        return _exact(
            network,
            start,
            sample,
            digits,
            limit_point,
            "u does not move, because its input is zero or σ'(u0) = 0; a' = -rσ(u0) alone",
        )
    if sigma_sign == 0 and (slope_signs == {0} or exact_sign(plane.a0) == 0):
        dead = plane.piece_is_flat_at_start()
        what = "the unit is dead: σ = 0 all around u0" if dead else "σ(u0) = 0 and a0 σ'(u0) = 0"
        raise InputError(
            f"the start is a critical point ({what}), where the flow does not move although f ≠ y; move the "
            f"start {'to where σ ≠ 0' if dead else 'a little'}"
        )
    if len(slope_signs) > 1:
        return _without(
            network,
            start,
            sample,
            digits,
            NoLimit("σ' jumps through zero at the start, so the flow is not determined there", False),
        )
    return None


def _exact(network: Network, start: Point, sample: Sample, digits: int, point: Point, why: str) -> Limit:
    """A limit known exactly without any arc."""
    with flint.ctx.workprec(int(digits * 3.33) + 80):
        w = tuple(Ball.from_arb(real_ball(entry)) for entry in point.w)
        a = Ball.from_arb(real_ball(point.a))
        b = None if point.b is None else Ball.from_arb(real_ball(point.b))
        u = Ball.from_arb(real_ball(network.preactivation_at(point, sample)))
    evidence = (
        Evidence(Kind.EXACT, Outcome.HOLDS, why),
        numeric_check("f(x; limit) = y", lambda: _interpolates(network, sample, u, a, digits), digits),
    )
    claim = Claim(
        "limit",
        rf"{flow_words(network, start, sample)} converges to the interpolating point",
        is_point(network, point),
        evidence=evidence,
        steps=(Step(in_latex(why)),),
    )
    return Limit(network, start, sample, digits, claim, w, a, b, u, closed_form=point)


def _interpolates(network: Network, sample: Sample, u: Ball, a: Ball, digits: int) -> bool:
    output = _mp(a) * network.activation.mp(_mp(u))
    target = mpmath.mpf(sp.N(sample.y, mpmath.mp.dps))
    return bool(abs(output - target) <= mpmath.mpf(10) ** (-digits) * max(1, abs(target)))


def _mp(ball: Ball) -> mpmath.mpf:
    return mpmath.mpf(ball.middle.numerator) / ball.middle.denominator


def _along_the_orbit(network: Network, start: Point, sample: Sample, plane: PlaneFlow, digits: int) -> Limit:
    branch = find_branch(plane)
    if isinstance(branch, NoLimit):
        return _without(network, start, sample, digits, branch)
    point = refine(plane, branch, digits)
    closed = closed_form_limit(network, start, sample, plane, branch, point)
    weights = _weights(network, start, sample, plane, point, digits)
    w, b = (weights[:-1], weights[-1]) if network.bias else (weights, None)
    premises = (
        reduction_claim(network, start, sample, plane, digits),
        planar_limit_claim(plane, branch, point, digits),
    )
    claim = parameters_claim(network, start, sample, premises, (*weights, point.a), digits)
    claim = replace(claim, evidence=claim.evidence + _followed(network, start, sample, point, digits))
    return Limit(network, start, sample, digits, claim, w, point.a, b, point.u, closed)


def _followed(
    network: Network, start: Point, sample: Sample, point: PlanePoint, digits: int
) -> tuple[Evidence, ...]:
    """The limit once more by another proof, where it comes through: the flow itself, enclosed to its end."""
    # trajectories are built on the plane of this package, so its __init__ cannot need them
    from implicitreg_sym.trajectory import limit_check

    followed = limit_check(network, start, sample, point.u, point.a, min(digits, FOLLOWED_DIGITS))
    return () if followed.outcome is Outcome.UNDECIDED else (followed,)


def _weights(
    network: Network, start: Point, sample: Sample, plane: PlaneFlow, point: PlanePoint, digits: int
) -> tuple[Ball, ...]:
    """w̃* = w̃0 + (u* - u0) x̃ / ‖x̃‖²."""
    inputs = network.augment(sample)
    squared = sp.Add(*(entry**2 for entry in inputs))
    with flint.ctx.workprec(int(digits * 3.33) + 200):
        shift = (point.u.to_arb() - real_ball(plane.u0)) / real_ball(squared)
        return tuple(
            Ball.from_arb(real_ball(weight) + shift * real_ball(entry))
            for weight, entry in zip(start.weights, inputs, strict=True)
        )
