"""T7 as a claim: along a one-sample flow r' = -K r, the orbit is a² = Q(u), and f is strictly monotone on
each branch."""

from __future__ import annotations

from functools import cache

import mpmath
import sympy as sp

from implicitreg_sym.activations import activation
from implicitreg_sym.claims import (
    Claim,
    Evidence,
    Kind,
    Outcome,
    Step,
    Theorem,
    identity_check,
    numeric_check,
    sampled_identity_check,
)
from implicitreg_sym.flow.gradient_flow import gradient_flow_field
from implicitreg_sym.flow.taylor import taylor_flow
from implicitreg_sym.symbols import a, t, u, y

NORM = sp.Symbol("N", positive=True)
WEIGHT = sp.Symbol("Q", positive=True)  # the value of a² = Q(u) in identities
SIGMA = sp.Function("sigma", real=True)
POTENTIAL = sp.Function("G", real=True)


def _identities() -> tuple[tuple[str, sp.Expr], ...]:
    """Name and expression that vanishes; G' = σ/σ' is substituted."""
    sigma, slope = SIGMA(u), sp.Derivative(SIGMA(u), u)
    residual = a * sigma - y
    u_dot, a_dot = -NORM * residual * a * slope, -residual * sigma
    curvature = sigma**2 + NORM * a**2 * slope**2
    ratio = sigma / slope
    residual_rate = sp.diff(residual, a) * a_dot + a * slope * u_dot
    invariant_rate = a * a_dot - ratio * u_dot / NORM
    # d/du (Q σ² - y²) with Q' = 2 g / N, against 2 σ K / (N σ') with a² = Q
    rise = 2 * ratio / NORM * sigma**2 + 2 * WEIGHT * sigma * slope
    return (
        ("rate", residual_rate + curvature * residual),
        ("orbit", invariant_rate),
        ("monotone", rise - 2 * sigma / (NORM * slope) * curvature.subs(a**2, WEIGHT)),
    )


_R, _K = sp.Function("r", real=True), sp.Symbol("K", positive=True)
_Q, _H = sp.Function("Q", real=True), sp.Function("h", real=True)
_STATEMENTS = {
    "rate": sp.Eq(sp.Derivative(_R(t), t), -_K * _R(t), evaluate=False),
    "orbit": sp.Eq(a**2, _Q(u), evaluate=False),
    "monotone": sp.Eq(
        sp.Derivative(_H(u), u), 2 * SIGMA(u) * _K / (NORM * sp.Derivative(SIGMA(u), u)), evaluate=False
    ),
}
_PROSE = {
    "rate": r"In the plane of $u$ and $a$ the residual $r=a\,\sigma(u)-y$ decays at the rate "
    r"$K=\sigma^2+Na^2\sigma'^2$",
    "orbit": r"The quantity $\frac{a^2}{2}-\frac{G(u)}{N}$ is constant; with "
    r"$Q(u)=a_0^2+\frac2N(G(u)-G(u_0))$ the orbit is",
    "monotone": r"The function $h=Q\sigma^2-y^2$, which vanishes where $f^2=y^2$, is strictly "
    "monotone on each branch of the orbit "
    r"on which $\sigma$ and $\sigma'$ do not vanish; with $a^2=Q$ in $K$ one has",
}
_ALGEBRA = {
    "rate": (
        r"The flow is $\dot u=-rNa\,\sigma'(u)$, $\dot a=-r\,\sigma(u)$, so",
        r"\dot r=\dot a\,\sigma+a\,\sigma'\dot u=-r\,\sigma^2-rNa^2\sigma'^2",
    ),
    "orbit": (
        r"By $G'=\sigma/\sigma'$,",
        r"a\dot a-\frac{G'(u)\,\dot u}{N}=-ra\,\sigma+\frac{\sigma}{\sigma'}\,ra\,\sigma'=0",
    ),
    "monotone": (
        r"As $Q'=2g/N$ with $g=\sigma/\sigma'$,",
        r"h'=\frac{2\sigma}{N\sigma'}\,\sigma^2+2Q\,\sigma\sigma'=\frac{2\sigma}{N\sigma'}\,(\sigma^2+NQ\,\sigma'^2)",
    ),
}


def _concrete(expression: sp.Expr) -> sp.Expr:
    """The same identity for σ = tanh, for the numerical cross-check."""
    tanh = activation("tanh").formula
    return expression.subs(SIGMA(u), tanh).doit()


@cache
def limit_theorem(digits: int = 30) -> Theorem:
    """Return T7 (limits of one-sample flows), proved by exact algebra for a generic σ.

    >>> limit_theorem().proved_as.status.name
    'PROVED'
    """
    parts = []
    one_to_two = (sp.Integer(1), sp.Integer(2))
    domains = {u: (sp.Rational(1, 2), sp.Integer(2)), WEIGHT: one_to_two, NORM: one_to_two}
    for name, expression in _identities():
        checks = (identity_check(expression), sampled_identity_check(_concrete(expression), domains, digits))
        steps = (Step(*_ALGEBRA[name]),)
        parts.append(Claim(f"T7.{name}", _PROSE[name], _STATEMENTS[name], evidence=checks, steps=steps))
    kappa = sp.Symbol("kappa", positive=True)
    together = Claim(
        "T7",
        r"If the arc of the orbit from $\theta_0$, in the direction in which $\lvert r\rvert$ "
        r"shrinks, up to the first "
        r"point with $r=0$ is compact and $K>0$ on it, then the flow converges to that point; with "
        r"$\kappa=\min K$ over "
        r"the arc one has",
        sp.Le(sp.Abs(_R(t)), sp.Abs(_R(0)) * sp.exp(-kappa * t), evaluate=False),
        rests_on=tuple(parts),
        evidence=(
            Evidence(Kind.DEDUCTION, Outcome.HOLDS, "Gronwall's inequality and compactness of the arc"),
            numeric_check(
                "the bound along an integrated flow of tanh from (1/2, 1) for the sample (1, 2), to t = 6",
                lambda: _decays(digits),
                digits,
            ),
        ),
        steps=(
            Step(
                r"While the solution is on the arc, $\dot r=-Kr$ and $K\ge\kappa>0$, so",
                r"\lvert r(t)\rvert\le\lvert r(0)\rvert\,e^{-\kappa t},\qquad "
                r"\int_0^\infty\lvert\dot\theta\rvert\,dt\le\max\sqrt{K}\,\max(1,\sqrt "
                r"N)\,\frac{\lvert r(0)\rvert}{\kappa}",
            ),
            Step(
                r"It moves along the orbit in one direction and cannot pass the end of the arc, "
                r"where the field vanishes; so "
                r"it stays on the arc and, having finite length, converges to a point at which "
                r"$r=0$. There is one such "
                r"point on the arc, its end"
            ),
            Step(
                r"$K>0$ holds wherever $\sigma'\neq0$ and $(a,\sigma)\neq(0,0)$. By monotonicity $h$ "
                r"has at most one zero on "
                r"each branch, so one root of $h$ on the branch that the flow runs along is the limit"
            ),
        ),
    )
    hypotheses = {
        "arc": "σ' ≠ 0 on the segment of the u-axis that the orbit runs over",
        "root": "one root of h on the branch",
    }
    return Theorem("T7", "limits of one-sample flows", hypotheses, together)


def _decays(digits: int) -> bool:
    """|r(t)| ≤ |r(0)| e^{-κt} at every step of a flow, κ the least K over a fine grid of the arc."""
    field, variables = gradient_flow_field(activation("tanh").formula, [(sp.Integer(1), sp.Integer(2))])
    trajectory = taylor_flow(
        field, variables, (sp.Rational(1, 2), sp.Integer(1)), sp.Integer(6), digits=digits
    )
    points = [(mpmath.mpf(v), mpmath.mpf(height)) for v, height in trajectory.points]
    residuals = [abs(height * mpmath.tanh(v) - 2) for v, height in points]
    # a² - sinh²u is constant; K on a grid of the arc, a little beyond both ends
    level = 1 - mpmath.sinh(mpmath.mpf(1) / 2) ** 2
    grid = [mpmath.mpf(49) / 100 + k * (points[-1][0] - mpmath.mpf(48) / 100) / 200 for k in range(201)]
    curvature = min(mpmath.tanh(v) ** 2 + (level + mpmath.sinh(v) ** 2) * mpmath.sech(v) ** 4 for v in grid)
    bounds = [residuals[0] * mpmath.exp(-curvature * mpmath.mpf(time)) for time in trajectory.times]
    slack = 1 + mpmath.mpf(10) ** (-digits)
    return trajectory.stopped is None and all(r <= b * slack for r, b in zip(residuals, bounds, strict=True))
