"""T7 as a claim: along a one-sample flow r' = -K r, the orbit is a² = Q(u), and f is strictly monotone on each branch."""

from __future__ import annotations

from functools import cache

import sympy as sp

from implicitreg_sym.activations import activation
from implicitreg_sym.claims import Claim, Step, Theorem, identity_check, sampled_identity_check
from implicitreg_sym.symbols import a, u, y

NORM = sp.Symbol("N", positive=True)
SIGMA = sp.Function("sigma", real=True)
POTENTIAL = sp.Function("G", real=True)


def _identities() -> tuple[tuple[str, sp.Expr, str], ...]:
    """Name, expression that vanishes, LaTeX prose; G' = σ/σ' is substituted."""
    sigma, slope = SIGMA(u), sp.Derivative(SIGMA(u), u)
    residual = a * sigma - y
    u_dot, a_dot = -NORM * residual * a * slope, -residual * sigma
    curvature = sigma**2 + NORM * a**2 * slope**2
    ratio = sigma / slope
    residual_rate = sp.diff(residual, a) * a_dot + a * slope * u_dot
    invariant_rate = a * a_dot - ratio * u_dot / NORM
    weight = sp.Symbol("Q", positive=True)
    # d/du (Q σ² - y²) with Q' = 2 g / N, against 2 σ K / (N σ') with a² = Q
    rise = 2 * ratio / NORM * sigma**2 + 2 * weight * sigma * slope
    return (
        ("rate", residual_rate + curvature * residual, r"the residual obeys $\dot r=-Kr$ with $K=\sigma^2+Na^2\sigma'^2$"),
        ("orbit", invariant_rate, r"$a^2/2-G(u)/N$ is constant, so the orbit is $a^2=Q(u)$"),
        (
            "monotone",
            rise - 2 * sigma / (NORM * slope) * curvature.subs(a**2, weight),
            r"$h=Q\sigma^2-y^2$ has $h'=2\sigma K/(N\sigma')$, so it is strictly monotone on each branch",
        ),
    )


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
    for name, expression, prose in _identities():
        domains = {u: (sp.Rational(1, 2), sp.Integer(2)), sp.Symbol("Q", positive=True): (sp.Integer(1), sp.Integer(2)), NORM: (sp.Integer(1), sp.Integer(2))}
        checks = (identity_check(expression), sampled_identity_check(_concrete(expression), domains, digits))
        parts.append(Claim(f"T7.{name}", prose, sp.Eq(expression, 0, evaluate=False), evidence=checks, steps=(Step(prose),)))
    together = Claim(
        "T7",
        r"the one-sample flow converges to the first point of its arc at which $r=0$, if the arc is compact and $K>0$ on it",
        sp.And(*(part.statement for part in parts)),
        rests_on=tuple(parts),
        evidence=tuple(check for part in parts for check in part.evidence),
        steps=(
            Step(
                r"Where $\sigma'\neq0$ and $\sigma\neq0$ or $a\neq0$ we have $K>0$; $|r|$ decreases at a rate of at least $\min K$ over the "
                r"compact arc, so the flow converges to the only point of the branch where $r=0$."
            ),
        ),
    )
    hypotheses = {"arc": "σ' ≠ 0 on the segment of the u-axis that the orbit runs over", "root": "one root of h on the branch"}
    return Theorem("T7", "limits of one-sample flows", hypotheses, together)
