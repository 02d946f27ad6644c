"""The closed forms of T7 as claims: for each family, formulas that solve both equations, in symbolic
parameters."""

from __future__ import annotations

import sympy as sp

from implicitreg_sym.claims import Claim, Step, identity_check, sampled_identity_check
from implicitreg_sym.limits.closed_forms import (
    FAMILIES,
    RATE,
    SCALE,
    SHIFT,
    START_A,
    START_U,
    TARGET,
    Family,
    N,
)
from implicitreg_sym.symbols import a, u

_ONE_TWO = (sp.Integer(1), sp.Integer(2))
_LIMIT_U, _LIMIT_A = sp.symbols("u_infty a_infty", real=True)
_WORDS = {
    "exponential": (
        r"As $G(u)=u/c$, the invariant gives $2(u_\infty-u_0)/(Nc)=a_\infty^2-a_0^2$, and $f=y$ "
        r"gives $A\,a_\infty e^{cu_\infty}=y$. "
        r"Eliminating $u_\infty$,",
        r"Nc^2a_\infty^2\,e^{Nc^2a_\infty^2}=\frac{Nc^2y^2}{A^2e^{2cu_0}}\,e^{Nc^2a_0^2}",
    ),
    "linear": (
        r"As $G(u)=(u+s)^2/2$, both equations together are a quadratic equation for $a_\infty^2$:",
        r"a_\infty^4-\Bigl(a_0^2-\frac{(u_0+s)^2}{N}\Bigr)a_\infty^2-\frac{y^2}{NA^2}=0",
    ),
    "tanh": (
        r"As $G(u)=\sinh^2(cu)/(2c^2)$, with $X=\sinh^2(cu_\infty)$ and $C=Nc^2a_0^2-\sinh^2(cu_0)$ "
        r"the invariant is "
        r"$Nc^2a_\infty^2=C+X$, and $f^2=y^2$ becomes a quadratic equation:",
        r"(C+X)\,X=\frac{Nc^2y^2}{A^2}\,(1+X)",
    ),
}


def closed_form_claims(digits: int = 30) -> tuple[Claim, ...]:
    """Return two claims per family of closed forms (exponential, linear, tanh), on the branch with a, σ > 0.

    Both equations of T7, a*² - a0² = 2(G(u*) - G(u0))/N and a* σ(u*) = y, are decided by the exact zero test.

    >>> [claim.status.name for claim in closed_form_claims()]
    ['PROVED', 'PROVED', 'PROVED', 'PROVED', 'PROVED', 'PROVED']
    """
    return tuple(claim for family in FAMILIES for claim in _claims(family, digits))


def _by_height(end_u: sp.Expr, end_a: sp.Expr) -> sp.Expr:
    """u∞ written with a∞ where it contains the whole of it."""
    lambert = dict.fromkeys(end_u.atoms(sp.LambertW), N * RATE**2 * _LIMIT_A**2)
    return end_u.subs(end_a, _LIMIT_A).subs(lambert)


def _claims(family: Family, digits: int) -> tuple[Claim, Claim]:
    end_u, end_a = family.solve(+1, +1)
    rise = family.potential.subs(u, end_u) - family.potential.subs(u, START_U)
    domains = dict.fromkeys((N, RATE, SCALE, START_U, START_A, TARGET, SHIFT), _ONE_TWO)
    left, right = end_a**2 - START_A**2, 2 * rise / N
    output = SCALE**2 * end_a**2 * (family.sigma.subs(u, end_u) / SCALE) ** 2
    solution = sp.And(
        sp.Eq(_LIMIT_A, end_a, evaluate=False),
        sp.Eq(_LIMIT_U, _by_height(end_u, end_a), evaluate=False),
        evaluate=False,
    )
    words, formula = _WORDS[family.name]
    name = f"closed_form.{family.name}"
    shape = sp.latex(family.sigma, root_notation=True)
    orbit = Claim(
        f"{name}.orbit",
        rf"For $\sigma(u)={shape}$ with $A,c>0$ the following point lies on the orbit of $(u_0,a_0)$",
        solution,
        evidence=(
            identity_check(left - right),
            sampled_identity_check(sp.Add(left, -right, evaluate=False), domains, digits),
        ),
        steps=(Step(words, formula),),
    )
    reached = Claim(
        f"{name}.output",
        rf"For $\sigma(u)={shape}$ this point interpolates: $f^2=y^2$ there, with the sign of $y$ where "
        r"$a_\infty\sigma(u_\infty)$ has it",
        sp.Eq(a**2 * sp.Function("sigma")(u) ** 2, TARGET**2, evaluate=False),
        rests_on=(orbit,),
        evidence=(
            identity_check(output - TARGET**2),
            sampled_identity_check(sp.Add(output, -(TARGET**2), evaluate=False), domains, digits),
        ),
    )
    return orbit, reached
