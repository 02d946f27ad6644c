"""T2, one-point overlapping: a differentiable function that characterises weakly is critical there."""

from __future__ import annotations

from functools import cache

import mpmath
import sympy as sp

from implicitreg_sym.claims import (
    Claim,
    Step,
    Theorem,
    identity_check,
    numeric_check,
)
from implicitreg_sym.overlap.curves import INPUTS, solution_curve, tangent
from implicitreg_sym.overlap.identities import deduction, identity_claim, with_exact_parts
from implicitreg_sym.symbols import a, w

DEFAULT_DIGITS = 30
J = sp.Function("J", real=True)


def _cramer(dimension: int, digits: int) -> Claim:
    """T2's linear algebra: det(t) ∇J is a combination of the numbers <∇J, t_i>."""
    gradient = sp.Matrix(sp.symbols(f"g1:{dimension + 1}", real=True))
    tangents = sp.Matrix(dimension, dimension, lambda i, j: sp.Symbol(f"t{i + 1}{j + 1}", real=True))
    products = tangents * gradient
    left = tangents.det(method="berkowitz") * gradient[0]
    right = (tangents.adjugate() * products)[0]
    symbols = (*gradient, *tangents)
    everywhere = dict.fromkeys(symbols, (-sp.oo, sp.oo))
    exact = [
        identity_check(
            tangents.det(method="berkowitz") * gradient[k] - (tangents.adjugate() * products)[k], everywhere
        )
        for k in range(dimension)
    ]
    claim = identity_claim(
        f"T2.cramer{dimension}",
        rf"In dimension {dimension}, a vector that is normal to {dimension} linearly independent vectors "
        rf"vanishes",
        left,
        right,
        everywhere,
        digits,
        steps=(
            Step(
                r"Let the rows of $t$ be the vectors $t_1,\dots,t_m$, and let $g$ be normal to each of "
                r"them. Then",
                r"\det(t)\,g=\operatorname{adj}(t)\,t\,g=\operatorname{adj}(t)\,(\langle "
                r"g,t_1\rangle,\dots,\langle g,t_m\rangle)^{T}=0,"
                r"\qquad \det(t)\neq0",
            ),
        ),
    )
    return with_exact_parts(claim, exact, f"{dimension} components: every numerator is the zero polynomial")


def _stationary(digits: int) -> Claim:
    """T2's analysis: where a differentiable J is least on M_S, its derivative vanishes on the tangent."""
    s = sp.Symbol("s", real=True)
    velocity = [sp.Function(f"v_{k}", real=True)(s) for k in (1, 2)]
    # a C^1 curve γ(s) = θ* + s v(s), v(0) = t
    along = sp.diff(J(w + s * velocity[0], a + s * velocity[1]), s).subs(s, 0).doit()
    gradient = [sp.diff(J(w, a), variable) for variable in (w, a)]
    expected = gradient[0] * velocity[0].subs(s, 0) + gradient[1] * velocity[1].subs(s, 0)

    def compare() -> bool:
        weight, output = mpmath.mpf(1) / 2, mpmath.mpf(2)
        worst = mpmath.mpf(0)
        for number in INPUTS:
            direction = tangent(weight, output, number)
            derivative = mpmath.diff(
                lambda v, x=number: _sample_function(*solution_curve(weight, output, x, v)), 0
            )
            slopes = [mpmath.diff(_sample_function, (weight, output), order) for order in ((1, 0), (0, 1))]
            worst = max(worst, abs(derivative - slopes[0] * direction[0] - slopes[1] * direction[1]))
        return bool(worst < mpmath.mpf(10) ** (-digits))

    return Claim(
        "T2.stationary",
        r"If $J$ is differentiable at $\theta^*$ and least there on a curve $M_S$ with tangent $t$, then "
        r"$\langle\nabla J(\theta^*),t\rangle=0$",
        sp.Eq(expected, 0, evaluate=False),
        evidence=(
            identity_check(along - expected),
            deduction("Fermat's theorem on interior minima, for s -> J(gamma(s)) at s = 0"),
            numeric_check(
                "chain rule along the solution curves of the sigmoid through (1/2, 2)", compare, digits
            ),
        ),
        steps=(
            Step(
                r"Let $\gamma$ be a $C^1$ curve in $M_S$ with $\gamma(0)=\theta^*$ and $\gamma'(0)=t$. The "
                r"function $s\mapsto J(\gamma(s))$ is "
                r"differentiable and least at $s=0$, so that",
                r"0=\frac{d}{ds}J(\gamma(s))\Big|_{s=0}=\langle\nabla J(\theta^*),t\rangle",
            ),
        ),
    )


def _sample_function(w: mpmath.mpf, a: mpmath.mpf) -> mpmath.mpf:
    return mpmath.sin(w) * a**2 + mpmath.exp(w * a / 3)


@cache
def one_point_differentiable_theorem(digits: int = DEFAULT_DIGITS) -> Theorem:
    """Return T2: under one-point overlapping, a differentiable J that characterises weakly has ∇J(θ*) = 0.

    Hypotheses: "first limit" Φ_S1(θ0) = θ*, "second limit" Φ_S2(θ0) = θ*, "transversality" of M_S1 and M_S2
    at θ*.

    >>> one_point_differentiable_theorem().proved_as.status.name
    'PROVED'
    """
    premises = (_stationary(digits), _cramer(2, digits), _cramer(3, digits))

    def compare() -> bool:
        weight, output = mpmath.mpf(1) / 2, mpmath.mpf(2)
        rows = mpmath.matrix([list(tangent(weight, output, number)) for number in INPUTS])
        solution = mpmath.lu_solve(rows, mpmath.matrix([0, 0]))
        return bool(
            abs(mpmath.det(rows)) > mpmath.mpf(1) / 100
            and mpmath.norm(solution) < mpmath.mpf(10) ** (-digits)
        )

    together = Claim(
        "T2",
        r"Let $\Phi_{S_i}(\theta_0)=\theta^*$ for every $i$, and let the tangent spaces of the $M_{S_i}$ at "
        r"$\theta^*$ span the parameter space. If "
        r"$J$ characterises the limits weakly and is differentiable at $\theta^*$, then $\nabla "
        r"J(\theta^*)=0$",
        sp.And(*(sp.Eq(sp.Derivative(J(w, a), v), 0, evaluate=False) for v in (w, a)), evaluate=False),
        rests_on=premises,
        evidence=(
            deduction(
                "a spanning family of tangent vectors contains a basis; Cramer's rule in the dimension at "
                "hand"
            ),
            numeric_check(
                "the only vector normal to both tangents of the sigmoid's solution curves at (1/2, 2) is "
                "zero",
                compare,
                digits,
            ),
        ),
        steps=(
            Step(
                r"As $J$ is least on each $M_{S_i}$ at $\theta^*$, its gradient there is normal to every "
                r"tangent space"
            ),
            Step(
                r"These contain a basis of the parameter space, and a vector that is normal to a basis "
                r"vanishes"
            ),
        ),
    )
    hypotheses = {
        "first limit": "the flow of S1 from θ0 converges to θ*",
        "second limit": "the flow of S2 from θ0 converges to θ*",
        "transversality": "the tangents of M_S1 and M_S2 at θ* are linearly independent",
    }
    return Theorem("T2", "one-point overlapping, differentiable functions", hypotheses, together)
