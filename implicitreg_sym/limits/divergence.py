"""Orbits that run out of the domain of σ, or off to infinity, while f dies out: the last row of T7(d), by
exact algebra."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import mpmath
import sympy as sp

from implicitreg_sym.activations import Piece
from implicitreg_sym.activations.typeset import typeset_name
from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome, Step, identity_check, numeric_check
from implicitreg_sym.invariants.natural_domain import natural_domain
from implicitreg_sym.invariants.potential import ratio
from implicitreg_sym.limits.branch import NoLimit
from implicitreg_sym.limits.plane import PlaneFlow, exact_sign
from implicitreg_sym.limits.rise import orbit_rise
from implicitreg_sym.symbols import u

MAX_DEGREE = 60
CHECK_DIGITS = 20
_V = sp.Symbol("v", real=True)
_FINAL_WEIGHT = sp.Symbol("Q_infty", real=True)


@dataclass(frozen=True)
class Tail:
    """The way from u0 to an end of the domain of one piece, finite or not, on which G is a rational function
    of v = u, 1/u or exp(±cu), ``place``; the end is at v = ``goal``."""

    plane: PlaneFlow
    piece: Piece
    closed: sp.Expr
    end: sp.Expr
    place: sp.Expr
    goal: sp.Expr
    back: tuple[tuple[sp.Expr, sp.Expr], ...]  # how u and exp(±cu) are written in v

    def in_place(self, expression: sp.Expr) -> tuple[sp.Poly, sp.Poly] | None:
        """Numerator and denominator in v, None unless both are polynomials over the rationals."""
        return _fraction(expression.subs(self.back, simultaneous=True))

    @cached_property
    def ratio_is_regular(self) -> bool:
        """Whether g = σ/σ' has neither zero nor pole strictly between u0 and the end."""
        parts = self.in_place(ratio(self.piece))
        if parts is None:
            return False
        here = self.place.subs(u, self.plane.u0)
        forward = exact_sign(self.goal - here)
        roots = [root for part in parts for root, _ in part.real_roots(multiple=False)]
        return not any(root.has(sp.CRootOf) for root in roots) and not any(
            exact_sign(root - here) == forward and exact_sign(self.goal - root) == forward for root in roots
        )

    @cached_property
    def final_potential(self) -> sp.Expr | None:
        """The limit of G at the end where it is finite."""
        parts = self.in_place(self.closed)
        if parts is None:
            return None
        above, below = (part.eval(self.goal) for part in parts)
        return None if below == 0 else above / below

    @cached_property
    def final_weight(self) -> sp.Expr | None:
        """The limit of Q = a0² + 2 (G(u) - G(u0))/N, exactly."""
        if self.final_potential is None:
            return None
        plane = self.plane
        return plane.a0**2 + 2 * (self.final_potential - self.closed.subs(u, plane.u0)) / plane.norm


def runs_out(plane: PlaneFlow, direction: int) -> NoLimit | None:
    """Decide exactly whether an orbit with |f| shrinking and y f0 ≤ 0 leaves the domain of σ, or goes to
    infinity, with a ≠ 0 on all of its way; None where it does not, or the method does not apply.

    Where neither g nor 1/g = σ'/σ vanishes on the way and σ is smooth there, neither σ nor σ' does: σ = σ(u0)
    exp ∫ 1/g. So f keeps its sign as long as Q > 0, and Q, monotone, is positive if its limit is not
    negative.

    >>> from implicitreg_sym.activations import activation
    >>> from implicitreg_sym.invariants.antiderivative import potential
    >>> one = sp.Integer(1)
    >>> G = potential(activation("exp(-u**4)"), 0.0)
    >>> runs_out(PlaneFlow(G, one / 2, one, one, -one), 1).reason
    'the flow diverges: u tends to oo and f to 0 while a² tends to 0'
    >>> runs_out(PlaneFlow(G, one / 2, one - sp.Rational(1, 10**9), one, -one), 1) is None
    True
    >>> G = potential(activation("exp"), 0.0)
    >>> [runs_out(PlaneFlow(G, start, one, one, -one), -1) for start in (0 * one, one)]
    [None, None]
    """
    tail = _tail(plane, direction)
    if tail is None or not tail.ratio_is_regular or tail.final_weight is None:
        return None
    if exact_sign(tail.final_weight) < 0:
        return None
    if tail.end in (sp.oo, -sp.oo):
        reason = f"the flow diverges: u tends to {tail.end} and f to 0 while a² tends to {tail.final_weight}"
    elif _undefined_at(tail):
        reason = (
            f"the flow leaves the domain: u tends to {tail.end}, where σ is not defined, and f does not "
            f"become y before"
        )
    elif _undefined_beyond(tail) and exact_sign(plane.target) != 0:
        reason = (
            f"the flow ends at u = {tail.end}, beyond which σ is not defined, and f does not change its sign "
            f"before"
        )
    else:
        return None
    claims = (_regular_claim(tail), _weight_claim(tail))
    return NoLimit(reason, all(claim.status.established for claim in claims), True, claims)


def _tail(plane: PlaneFlow, direction: int) -> Tail | None:
    pieces = plane.pieces_at_start()
    if len(pieces) != 1 or not plane.potential.closed_forms:
        return None
    (piece,) = pieces
    closed = plane.potential.closed_forms[plane.activation.pieces.index(piece)]
    end = _end_of_domain(plane, piece, direction)
    if closed is None or end is None:
        return None
    g = ratio(piece)
    exponents = {atom.args[0] for expression in (g, closed) for atom in expression.atoms(sp.exp)}
    if not exponents:
        if end in (sp.oo, -sp.oo):
            # v = 1/u covers the way only where that does not pass u = 0
            if exact_sign(plane.u0) != (1 if end == sp.oo else -1):
                return None
            return Tail(plane, piece, closed, end, 1 / u, sp.Integer(0), ((u, 1 / _V),))
        return Tail(plane, piece, closed, end, u, end, ((u, _V),))
    rates = [exponent / u for exponent in exponents]
    if end not in (sp.oo, -sp.oo) or not all(rate.is_Rational for rate in rates):
        return None
    rate = sp.gcd_list([abs(rate) for rate in rates])
    sign = -1 if end == sp.oo else 1  # v = exp(±cu) tends to 0
    back = tuple((sp.exp(entry * u), _V ** (sign * entry / rate)) for entry in rates)
    return Tail(plane, piece, closed, end, sp.exp(sign * rate * u), sp.Integer(0), back)


def _end_of_domain(plane: PlaneFlow, piece: Piece, direction: int) -> sp.Expr | None:
    """Where the formula of σ ceases to be smooth in this direction; None if that is unknown, or a
    breakpoint."""
    domain = natural_domain(piece)
    if domain.conditions or not isinstance(domain.holes, (sp.FiniteSet, type(sp.S.EmptySet))):
        return None
    region = domain.region
    parts = region.args if isinstance(region, sp.Union) else (region,)
    if not all(isinstance(part, sp.Interval) for part in parts):
        return None
    holes = list(domain.holes) if isinstance(domain.holes, sp.FiniteSet) else []
    candidates = [*holes, *(end for part in parts for end in (part.start, part.end))]
    finite = [end for end in candidates if end not in (sp.oo, -sp.oo)]
    beyond = [end for end in finite if exact_sign(end - plane.u0) == direction]
    nearest: sp.Expr = sp.oo if direction > 0 else -sp.oo
    for end in beyond:
        if nearest in (sp.oo, -sp.oo) or exact_sign(nearest - end) == direction:
            nearest = end
    return None if nearest in plane.activation.breakpoints else nearest


def _undefined_at(tail: Tail) -> bool:
    return bool(tail.piece.formula.subs(u, tail.end).has(sp.nan, sp.zoo, sp.oo, -sp.oo))


def _undefined_beyond(tail: Tail) -> bool:
    """Whether logarithms, roots and the like leave no real σ on the other side of the end."""
    region = natural_domain(tail.piece).region
    parts = region.args if isinstance(region, sp.Union) else (region,)
    ends = [(part.start, part.end) for part in parts if tail.end in (part.start, part.end)]
    return len(ends) == 1 and tail.end not in natural_domain(tail.piece).holes


def _fraction(expression: sp.Expr) -> tuple[sp.Poly, sp.Poly] | None:
    if expression.has(u) or not expression.is_rational_function(_V):
        return None
    try:
        parts = [sp.Poly(part, _V, domain="QQ") for part in sp.fraction(sp.cancel(expression))]
    except (sp.PolynomialError, sp.CoercionFailed):
        return None
    above, below = parts
    return None if above.is_zero or max(part.degree() for part in parts) > MAX_DEGREE else (above, below)


def _way(tail: Tail) -> sp.Set:
    start, end = tail.plane.u0, tail.end
    upwards = end == sp.oo or (end != -sp.oo and exact_sign(end - start) > 0)
    return sp.Interval.open(start, end) if upwards else sp.Interval.open(end, start)


def _regular_claim(tail: Tail) -> Claim:
    g, piece = ratio(tail.piece), tail.piece
    verdict = Outcome.HOLDS if tail.ratio_is_regular else Outcome.UNDECIDED

    def sampled() -> bool:
        points = _points(tail)
        signs = {
            (mpmath.sign(piece.value_program.mp(point)), mpmath.sign(piece.slope_program.mp(point)))
            for point in points
        }
        return len(signs) == 1

    return Claim(
        "limit.tail",
        rf"For {typeset_name(tail.plane.activation.name)} neither $\sigma$ nor $\sigma'$ vanishes between "
        rf"$u_0$ and ${sp.latex(tail.end)}$; $g=\sigma/\sigma'$ is there",
        sp.Eq(sp.Function("g")(u), g, evaluate=False),
        ((u, _way(tail)),),
        evidence=(
            identity_check(piece.formula - g * piece.slope),
            Evidence(
                Kind.EXACT,
                verdict,
                f"none of the real roots of numerator and denominator of g in v = {tail.place} lies between",
            ),
            numeric_check("the signs of σ and σ' at 7 points", sampled, CHECK_DIGITS),
        ),
        steps=(
            Step(
                r"Where $\sigma$ is smooth and $g$ has neither zero nor pole, $\sigma'=\sigma/g$ gives",
                r"\sigma(u)=\sigma(u_0)\,\exp\int_{u_0}^u\frac{dv}{g(v)}\neq0",
            ),
        ),
    )


def _weight_claim(tail: Tail) -> Claim:
    weight = tail.final_weight
    assert weight is not None and tail.final_potential is not None
    sign = exact_sign(weight)
    positive = Evidence(
        Kind.EXACT,
        Outcome.HOLDS if sign >= 0 else Outcome.FAILS,
        f"G is rational in v = {tail.place} and tends to {tail.final_potential}; the limit of Q is "
        f"{'zero' if sign == 0 else 'positive'}",
    )

    def integrated() -> bool:
        plane = tail.plane
        start, *_, far = [mpmath.mpf(sp.N(plane.u0, mpmath.mp.dps)), *_points(tail)]
        rise = orbit_rise(plane.activation, start, far)
        a0, norm = (mpmath.mpf(sp.N(number, mpmath.mp.dps)) for number in (plane.a0, plane.norm))
        closed = tail.closed.subs(u, plane.u0)
        value = mpmath.mpf(sp.N(tail.closed.subs(u, sp.Float(far, mpmath.mp.dps)) - closed, mpmath.mp.dps))
        return bool(
            abs(rise - value) < mpmath.mpf(10) ** (-CHECK_DIGITS) * max(1, abs(value))
            and a0**2 + 2 * rise / norm > 0
        )

    return Claim(
        "limit.weight",
        r"Along the orbit $a^2=Q(u)$ decreases to a limit that is not negative, so that $a\neq0$ before",
        sp.Eq(_FINAL_WEIGHT, weight, evaluate=False),
        evidence=(
            identity_check(sp.diff(tail.closed, u) - ratio(tail.piece)),
            positive,
            numeric_check("G by mpmath's quadrature, and Q > 0 far out", integrated, CHECK_DIGITS),
        ),
    )


def _points(tail: Tail) -> list[mpmath.mpf]:
    """Seven points on the way, far apart."""
    start = mpmath.mpf(sp.N(tail.plane.u0, mpmath.mp.dps))
    if tail.end in (sp.oo, -sp.oo):
        sign = 1 if tail.end == sp.oo else -1
        return [start + sign * mpmath.mpf(k) / 4 for k in range(1, 8)]
    end = mpmath.mpf(sp.N(tail.end, mpmath.mp.dps))
    return [start + (end - start) * mpmath.mpf(k) / 8 for k in range(1, 8)]
