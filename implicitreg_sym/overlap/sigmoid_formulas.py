"""T11's formulas in α, T and the scale κ: points, samples, and what the two invariants say about κ."""

from __future__ import annotations

from dataclasses import dataclass

import mpmath
import sympy as sp

from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome, Step, numeric_check
from implicitreg_sym.overlap.identities import identity_claim
from implicitreg_sym.overlap.sigmoid_setting import SIGMOID, invariant_claim
from implicitreg_sym.symbols import u

SIGMA, QUADRATIC = sp.Function("sigma"), sp.Function("Q")
alpha = sp.Symbol("alpha", positive=True)
T = sp.Symbol("T", positive=True)
kappa = sp.Symbol("kappa", positive=True)
beta = (1 - alpha) / (1 + alpha)
INPUTS = (sp.Integer(1), sp.Integer(2))
RANGE = {alpha: (sp.Integer(0), sp.Integer(1))}
SCALED = {**RANGE, kappa: (sp.Integer(0), sp.oo)}
WITH_START = {**RANGE, T: (sp.Integer(0), sp.oo)}

w_p, w_q, w_start = -sp.log(alpha), -sp.log(beta), sp.log(T)
a_p, a_q = (1 + alpha) ** 2 * kappa, 2 * kappa
targets = ((1 + alpha) * kappa, (1 + alpha) ** 2 * kappa / (1 + alpha**2))
spread = (1 + alpha) ** 4 - 4
numerator = T**2 / 2 - 2 * T - sp.log(T) + sp.log(beta) - 2 * sp.log(alpha) + 2 / alpha - 1 / (2 * beta**2)
squared_scale = numerator / spread
# G(w0) - G(w_p) written out
rise = sp.log(T) + T + sp.log(alpha) - 1 / alpha
squared_start = (1 + alpha) ** 4 * squared_scale + 2 * rise


@dataclass(frozen=True, slots=True)
class Family:
    """The claims of T11 that hold for every α and T at once, for a candidate potential G."""

    interpolation: Claim
    distinct: Claim
    scale: Claim
    orbits: tuple[Claim, Claim]


def family_claims(potential: sp.Expr, digits: int) -> Family:
    """Return the symbolic claims of T11; a wrong potential refutes those on the invariants."""
    invariant = invariant_claim(potential, digits)
    scale = _scale(potential, invariant, digits)
    return Family(_interpolation(digits), _distinct(digits), scale, _orbits(potential, scale, digits))


def _interpolation(digits: int) -> Claim:
    """Both points interpolate both samples, for every α in (0, 1) and every scale."""
    parts = []
    for name, weight, output in (("p", w_p, a_p), ("q", w_q, a_q)):
        for x, target in zip(INPUTS, targets, strict=True):
            parts.append(
                identity_claim(
                    f"sigmoid.two_point.fits_{name}{x}",
                    rf"The point ${name}$ interpolates the sample $(x_{x},y_{x})$",
                    output * SIGMOID.subs(u, weight * x),
                    target,
                    SCALED,
                    digits,
                    shown=sp.Eq(output * SIGMA(weight * x), target, evaluate=False),
                )
            )
    reason = Evidence(Kind.DEDUCTION, Outcome.HOLDS, "the four interpolation identities together")
    return Claim(
        "sigmoid.two_point.interpolation",
        r"For $0<\alpha<1$, $\beta=\frac{1-\alpha}{1+\alpha}$ and every $\kappa$, the points "
        r"$p=(-\log\alpha,\,(1+\alpha)^2\kappa)$ and "
        r"$q=(-\log\beta,\,2\kappa)$ both interpolate both samples $\bigl(1,\,(1+\alpha)\kappa\bigr)$ and "
        r"$\bigl(2,\,\frac{(1+\alpha)^2}{1+\alpha^2}\kappa\bigr)$",
        sp.And(*(part.statement for part in parts)),
        rests_on=(*parts, _only_partner(digits)),
        evidence=(
            reason,
            numeric_check("outputs of both points at three parameters", _outputs_agree, digits),
        ),
        steps=(
            Step(
                r"We have $\sigma(-\log m)=\frac{1}{1+m}$ and $\sigma(-2\log m)=\frac{1}{1+m^2}$, so that",
                r"a_p\,\sigma(w_p)=(1+\alpha)\kappa=\frac{2\kappa}{1+\beta}=a_q\,\sigma(w_q),\qquad "
                r"a_p\,\sigma(2w_p)=\frac{(1+\alpha)^2\kappa}{1+\alpha^2}=\frac{2\kappa}{1+\beta^2}=a_q\,\sigma(2w_q)",
            ),
        ),
    )


def _outputs_agree() -> bool:
    """The four outputs against y1 and y2 with mpmath, without the symbolic cancellation exp(log α) = α."""
    worst = mpmath.mpf(0)
    for ratio, scale in ((mpmath.mpf(1) / 7, 2), (mpmath.mpf(1) / 2, 1), (mpmath.sqrt(3) / 2, mpmath.pi)):
        partner = (1 - ratio) / (1 + ratio)
        points = ((-mpmath.log(ratio), (1 + ratio) ** 2 * scale), (-mpmath.log(partner), 2 * scale))
        samples = ((1, (1 + ratio) * scale), (2, (1 + ratio) ** 2 * scale / (1 + ratio**2)))
        gaps = [abs(a / (1 + mpmath.exp(-w * x)) - y) for w, a in points for x, y in samples]
        worst = max(worst, *gaps)
    return bool(worst < mpmath.mpf(10) ** (12 - mpmath.mp.dps))


def _only_partner(digits: int) -> Claim:
    """β = (1-α)/(1+α) is the only partner of α: where the construction comes from."""
    other = sp.Symbol("b", positive=True)
    domains = {**RANGE, other: (sp.Integer(0), sp.Integer(1))}
    return identity_claim(
        "sigmoid.two_point.partner",
        r"Points with $w_p=-\log\alpha$ and $w_q=-\log b$, $b\neq\alpha$, interpolate two common samples at "
        r"$x_1=1$ and $x_2=2$ only for "
        r"$b=\frac{1-\alpha}{1+\alpha}$",
        (1 + alpha) * (1 + other**2) - (1 + other) * (1 + alpha**2),
        (alpha - other) * (1 - alpha - other - alpha * other),
        domains,
        digits,
        steps=(
            Step(
                r"Equal outputs at both inputs mean",
                r"\frac{a_p}{a_q}=\frac{1+\alpha}{1+b}=\frac{1+\alpha^2}{1+b^2}",
            ),
            Step(
                r"Cross-multiplied, the difference of the two sides is $(\alpha-b)(1-\alpha-b-\alpha b)$, "
                r"and the second factor vanishes at "
                r"$b=\beta$ alone"
            ),
        ),
    )


def _distinct(digits: int) -> Claim:
    """p = q only at α = √2 - 1, where β = α."""
    return identity_claim(
        "sigmoid.two_point.excluded",
        r"$\alpha-\beta=\frac{(1+\alpha)^2-2}{1+\alpha}$, so that $p=q$ in $0<\alpha<1$ only for "
        r"$\alpha=\sqrt2-1$",
        alpha - beta,
        (alpha + 1 - sp.sqrt(2)) * (alpha + 1 + sp.sqrt(2)) / (1 + alpha),
        RANGE,
        digits,
        steps=(
            Step(r"The factor $\alpha+1+\sqrt2$ is positive, and $w_p=w_q$ if and only if $\alpha=\beta$"),
        ),
    )


def _scale(potential: sp.Expr, invariant: Claim, digits: int) -> Claim:
    """The two expressions for a0² agree iff κ² ((1+α)⁴ - 4) = N(α, T)."""
    from_p = a_p**2 + 2 * (potential.subs(u, w_start) - potential.subs(u, w_p))
    from_q = a_q**2 + (potential.subs(u, 2 * w_start) - potential.subs(u, 2 * w_q)) / 2
    return identity_claim(
        "sigmoid.two_point.scale",
        r"The start $(\log T,a_0)$ lies on the orbit of $p$ for $x_1=1$ and on the orbit of $q$ for $x_2=2$ "
        r"if and only if "
        r"$\bigl((1+\alpha)^4-4\bigr)\kappa^2=N(\alpha,T)$, where "
        r"$N=\frac{T^2}{2}-2T-\log T+\log\frac{\beta}{\alpha^2}+\frac{2}{\alpha}-\frac{1}{2\beta^2}$, "
        r"and $a_0^2=(1+\alpha)^4\kappa^2+2\bigl(\log T+T+\log\alpha-\frac{1}{\alpha}\bigr)$",
        from_p - from_q,
        spread * kappa**2 - numerator,
        {**SCALED, T: (sp.Integer(0), sp.oo)},
        digits,
        shown=sp.Eq(spread * kappa**2, numerator, evaluate=False),
        rests_on=(invariant,),
        steps=(
            Step(
                r"The invariants with $G(u)=u+e^u$ give",
                r"a_0^2=a_p^2+2\bigl(G(\log T)-G(w_p)\bigr),\qquad a_0^2=a_q^2+\tfrac12\bigl(G(2\log "
                r"T)-G(2w_q)\bigr)",
            ),
            Step(
                r"Their difference is linear in $\kappa^2$, as "
                r"$a_p^2-a_q^2=\bigl((1+\alpha)^4-4\bigr)\kappa^2$"
            ),
        ),
    )


def _orbits(potential: sp.Expr, scale: Claim, digits: int) -> tuple[Claim, Claim]:
    """Q(u_p) σ(u_p)² = y1² on the orbit for x = 1, and the same for q and x = 2, with the scale put in."""
    claims = []
    for name, x, weight, output, target in (
        ("p", INPUTS[0], w_p, a_p, targets[0]),
        ("q", INPUTS[1], w_q, a_q, targets[1]),
    ):
        growth = 2 * (potential.subs(u, weight * x) - potential.subs(u, w_start * x)) / x**2
        index = 1 if name == "p" else 2
        left = (squared_start + growth) * SIGMOID.subs(u, weight * x) ** 2
        right = (target**2).subs(kappa, sp.sqrt(squared_scale))
        claims.append(
            identity_claim(
                f"sigmoid.two_point.orbit_{name}",
                rf"With this scale and this $a_0^2$, the orbit of $\theta_0$ for $x_{index}={x}$ passes "
                rf"through ${name}$, where "
                rf"$Q\,\sigma^2=y_{index}^2$",
                left,
                right,
                WITH_START,
                digits,
                shown=sp.Eq(QUADRATIC(weight * x) * SIGMA(weight * x) ** 2, sp.Symbol(f"y_{index}") ** 2),
                rests_on=(scale,),
                steps=(
                    Step(
                        rf"Along the orbit $a^2=Q(u)=a_0^2+2\bigl(G(u)-G(u_0)\bigr)/x_{index}^2$; at "
                        rf"$u={x}\,w_{name}$ this is "
                        rf"${sp.latex(output)}$ squared"
                    ),
                ),
            )
        )
    return claims[0], claims[1]
