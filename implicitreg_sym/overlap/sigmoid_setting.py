"""The sigmoid, its potential and its one-sample invariant: what T11 and T12 both rest on."""

from __future__ import annotations

from functools import cache

import mpmath
import sympy as sp

from implicitreg_sym.activations import activation
from implicitreg_sym.claims import Claim, Outcome, Step, identity_check, numeric_check
from implicitreg_sym.evaluate import compile_expression
from implicitreg_sym.overlap.identities import identity_claim, positive_terms_check
from implicitreg_sym.symbols import a, u, w, x, z

SIGMOID = activation("sigmoid").formula
POTENTIAL = u + sp.exp(u)
LINE = (-sp.oo, sp.oo)


@cache
def slope_claim(digits: int) -> Claim:
    """Return the claim that σ' = σ(1 - σ) > 0 on the whole line: no arc meets a critical point (T7)."""
    slope = sp.diff(SIGMOID, u)
    identity = identity_claim(
        "sigmoid.slope_identity",
        r"The sigmoid satisfies $\sigma'=\sigma\,(1-\sigma)$",
        sp.Derivative(SIGMOID, u),
        SIGMOID * (1 - SIGMOID),
        {u: LINE},
        digits,
        steps=(
            Step(
                "Differentiation gives",
                r"\sigma'(u)=\frac{e^{-u}}{(1+e^{-u})^2}=\frac{1}{1+e^{-u}}\cdot\frac{e^{-u}}{1+e^{-u}}",
            ),
        ),
    )
    return _positive(
        Claim(
            "sigmoid.slope",
            r"$\sigma'(u)>0$ for every real $u$",
            sp.Gt(slope, 0),
            ((u, sp.S.Reals),),
            (identity,),
            steps=(Step(r"With $z=e^u>0$,", r"\sigma'(u)=\frac{z}{(1+z)^2}>0"),),
        ),
        slope,
        z / (1 + z) ** 2,
        digits,
    )


@cache
def ratio_claim(digits: int) -> Claim:
    """Return the claim that g = σ/σ' = 1 + e^u > 0: a² increases with u along every orbit (T4)."""
    ratio = SIGMOID / sp.diff(SIGMOID, u)
    return _positive(
        Claim(
            "sigmoid.ratio",
            r"$g(u)=\sigma(u)/\sigma'(u)=1+e^u>0$ for every real $u$",
            sp.Gt(1 + sp.exp(u), 0, evaluate=False),
            ((u, sp.S.Reals),),
        ),
        ratio,
        1 + z,
        digits,
    )


def _positive(claim: Claim, expression: sp.Expr, in_z: sp.Expr, digits: int) -> Claim:
    """Add the evidence that an expression in u equals a rational function of z = e^u with positive terms."""
    same = identity_check(expression - in_z.subs(z, sp.exp(u)))
    terms = positive_terms_check(in_z, [z])
    exact = next((check for check in (same, terms) if check.outcome is not Outcome.HOLDS), terms)
    program = compile_expression(expression, (u,))

    def compare() -> bool:
        points = [mpmath.mpf(k) / 3 for k in range(-30, 31)]
        return all(program.mp(v) > 0 for v in points)

    numeric = numeric_check("positive at 61 points of [-10, 10]", compare, digits)
    return Claim(
        claim.id, claim.says, claim.statement, claim.variables, claim.rests_on, (exact, numeric), claim.steps
    )


def potential_claim(potential: sp.Expr, digits: int) -> Claim:
    """Return the claim G' = σ/σ' for a candidate G in `u`; a wrong G is refuted."""
    return identity_claim(
        "sigmoid.potential",
        rf"For the sigmoid, $G(u)={sp.latex(potential)}$ satisfies $G'=\sigma/\sigma'$ on the whole line",
        sp.Derivative(potential, u),
        SIGMOID / sp.diff(SIGMOID, u),
        {u: LINE},
        digits,
        steps=(
            Step(
                r"As $\sigma'=\sigma(1-\sigma)$, the integrand is elementary",
                r"\int\frac{\sigma(u)}{\sigma'(u)}\,du=\int\frac{du}{1-\sigma(u)}=\int(1+e^u)\,du=u+e^u",
            ),
        ),
    )


def invariant_claim(potential: sp.Expr, digits: int) -> Claim:
    """Return T4 for the sigmoid and scalar input: I = a²/2 - G(w x)/x² is constant for any loss."""
    residual = sp.Symbol("r", real=True)
    sigma, slope = SIGMOID.subs(u, w * x), sp.diff(SIGMOID, u).subs(u, w * x)
    a_dot, w_dot = -residual * sigma, -residual * a * slope * x
    invariant = a**2 / 2 - potential.subs(u, w * x) / x**2
    domains = {w: LINE, a: LINE, residual: LINE, x: (sp.Integer(0), sp.oo)}
    return identity_claim(
        "sigmoid.invariant",
        r"Along every one-sample flow $I_x(w,a)=\frac{a^2}{2}-\frac{G(wx)}{x^2}$ is constant",
        sp.diff(invariant, a) * a_dot,
        -sp.diff(invariant, w) * w_dot,
        domains,
        digits,
        rests_on=(potential_claim(potential, digits),),
        steps=(
            Step(
                r"With $r=a\,\sigma(wx)-y$ the flow is",
                r"\dot w=-r\,a\,\sigma'(wx)\,x,\qquad \dot a=-r\,\sigma(wx)",
            ),
            Step(
                "Hence",
                r"\frac{d}{dt}I_x=a\,\dot a-\frac{\sigma(wx)}{\sigma'(wx)}\,\frac{\dot "
                r"w}{x}=-r\,a\,\sigma(wx)+r\,a\,\sigma(wx)=0",
            ),
        ),
    )
