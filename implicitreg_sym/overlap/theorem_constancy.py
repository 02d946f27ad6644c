"""T3, robust one-point overlapping: every function that characterises weakly is constant."""

from __future__ import annotations

from functools import cache
from itertools import product

import mpmath
import sympy as sp

from implicitreg_sym.claims import (
    Claim,
    Evidence,
    Kind,
    Outcome,
    Step,
    Theorem,
    identity_check,
    numeric_check,
)
from implicitreg_sym.overlap.curves import chain, composed_derivative_error, solve_composed
from implicitreg_sym.overlap.identities import deduction, with_exact_parts
from implicitreg_sym.overlap.linear_order import order_check, sampled_order_check
from implicitreg_sym.overlap.outcome import Box

DEFAULT_DIGITS = 30
J = sp.Function("J", real=True)
theta, theta_other = sp.symbols("theta theta'", real=True)


def _composed_jacobian(dimension: int, digits: int) -> Claim:
    """T3: the derivative of (s1, .., sm) -> γ_m(.. γ_1(θ, s1) .., sm) at 0 is [t1 .. tm]."""
    base = sp.symbols(f"theta1:{dimension + 1}", real=True)
    steps = sp.symbols(f"s1:{dimension + 1}", real=True)
    point: list[sp.Expr] = list(base)
    for index, step in enumerate(steps, 1):
        # γ_i(θ, s) = θ + s v_i(θ, s) with v_i(θ, 0) = t_i(θ)
        velocity = [sp.Function(f"v{index}{k}", real=True)(*point, step) for k in range(1, dimension + 1)]
        point = [entry + step * speed for entry, speed in zip(point, velocity, strict=True)]
    zero = dict.fromkeys(steps, 0)
    checks, rows = [], []
    for k, index in product(range(dimension), range(dimension)):
        derivative = sp.diff(point[k], steps[index]).doit().subs(zero).doit()
        expected = sp.Function(f"v{index + 1}{k + 1}", real=True)(*base, 0)
        checks.append(identity_check(derivative - expected))
        rows.append(
            sp.Eq(sp.Derivative(sp.Function(f"Psi{k + 1}")(*steps), steps[index]), expected, evaluate=False)
        )

    def compare() -> bool:
        return bool(composed_derivative_error(dimension) < mpmath.mpf(10) ** (-digits))

    claim = Claim(
        f"T3.jacobian{dimension}",
        rf"In dimension {dimension}, the map "
        rf"$\Psi(\theta,s)=\gamma_{dimension}(\dots\gamma_1(\theta,s_1)\dots,s_{dimension})$ has at $s=0$ "
        rf"the "
        r"derivative $(t_1(\theta),\dots)$, whose columns are the tangents",
        sp.And(*rows),
        evidence=(
            numeric_check(
                f"finite differences of {dimension} composed curves in dimension {dimension}", compare, digits
            ),
        ),
        steps=(
            Step(
                r"Write $\gamma_i(\theta,s)=\theta+s\,v_i(\theta,s)$ with $v_i(\theta,0)=t_i(\theta)$; for "
                r"instance, for two curves,",
                r"\Psi(\theta,s_1,s_2)=\theta+s_1v_1(\theta,s_1)+s_2\,v_2\bigl(\theta+s_1v_1(\theta,s_1),\,s_2\bigr)",
            ),
            Step(
                r"Differentiate in $s_i$ and put $s=0$: every other summand carries a factor that vanishes",
                r"\partial_{s_i}\Psi(\theta,0)=t_i(\theta)",
            ),
        ),
    )
    return with_exact_parts(
        claim, checks, f"{len(checks)} entries of the Jacobian, differentiated symbolically"
    )


@cache
def one_point_theorem(digits: int = DEFAULT_DIGITS) -> Theorem:
    """Return T3: under robust one-point overlapping on U, every J that characterises weakly is constant on U.

    Hypotheses: "limits" Φ_{S_i(θ)}(θ0) = θ for θ ∈ U and i = 1, 2; "smooth data": σ and θ ↦ S_i(θ) are C¹;
    "transversality" at every θ ∈ U; "domain": U is open and connected (see `open_box_claim`).

    >>> one_point_theorem().proved_as.status.name
    'PROVED'
    """
    exchange = [sp.Ge(J(theta_other), J(theta)), sp.Ge(J(theta), J(theta_other))]
    equal = sp.Eq(J(theta), J(theta_other))
    exchanged = Claim(
        "T3.exchange",
        r"If each of two points lies in the ball about the other, then $J(\theta')\ge J(\theta)$ and "
        r"$J(\theta)\ge J(\theta')$, hence $J(\theta)=J(\theta')$",
        sp.Implies(sp.And(*exchange), equal, evaluate=False),
        evidence=(order_check(exchange, equal), sampled_order_check(exchange, equal, digits)),
    )
    jacobians = (_composed_jacobian(2, digits), _composed_jacobian(3, digits))
    covering = _covering(jacobians, digits)
    together = Claim(
        "T3",
        r"Under robust one-point overlapping on an open connected set $U$, every function $J$ that "
        r"characterises the limits weakly is constant on "
        r"$U$, whatever its regularity; none characterises them strictly, and none tells two points of $U$ "
        r"apart",
        equal,
        rests_on=(covering, exchanged),
        evidence=(
            deduction(
                "a locally constant function on a connected set is constant; on a compact arc finitely many "
                "balls suffice"
            ),
            numeric_check(
                "two points of a box joined by ten steps, each reached along solution curves of the sigmoid "
                "in both directions",
                lambda: chain(10) < mpmath.mpf(10) ** (-digits),
                digits,
            ),
        ),
        steps=(
            Step(
                r"For $\theta\in U$ let $\gamma_i(\theta,\cdot)$ parametrise $M_{S_i(\theta)}$ near "
                r"$\theta=\gamma_i(\theta,0)$. As $J$ is least on "
                r"$M_{S_i(\theta)}$ at $\theta$, it does not decrease along $\gamma_i$, and so not along "
                r"their composition",
                r"J\bigl(\gamma_2(\gamma_1(\theta,s_1),s_2)\bigr)\ge J\bigl(\gamma_1(\theta,s_1)\bigr)\ge "
                r"J(\theta)",
            ),
            Step(
                r"The composition covers a ball $B(\theta,\rho)$, with $\rho$ uniform on a compact part of "
                r"$U$, so that $J\ge J(\theta)$ on it"
            ),
            Step(
                r"Two points closer than $\rho$ can exchange their roles: $J$ is equal at both, and so "
                r"locally constant; $U$ is connected"
            ),
            Step(
                r"A function that characterises strictly would be larger at every other point of "
                r"$M_{S_1(\theta)}$, but near $\theta$ these lie in $U$"
            ),
        ),
    )
    hypotheses = {
        "limits": "for every θ in U the flows of S1(θ) and of S2(θ) from θ0 converge to θ",
        "smooth data": "σ is continuously differentiable, and so are the samples S1(θ), S2(θ) as functions "
        "of θ in U",
        "transversality": "for every θ in U the tangents of M_S1(θ) and M_S2(θ) at θ are linearly "
        "independent",
        "domain": "U is open and connected",
    }
    return Theorem("T3", "robust one-point overlapping", hypotheses, together)


def _covering(jacobians: tuple[Claim, ...], digits: int) -> Claim:
    """T3: the composed map covers a ball, of uniform radius on compact sets (inverse function theorem)."""
    radius = sp.Symbol("rho", positive=True)

    def compare() -> bool:
        weight, output = mpmath.mpf(1) / 2, mpmath.mpf(2)
        targets = [
            (weight + mpmath.cospi(angle) / 50, output + mpmath.sinpi(angle) / 50)
            for angle in (mpmath.mpf(k) / 4 for k in range(8))
        ]
        return all(
            solve_composed(weight, output, target)[1] < mpmath.mpf(10) ** (-digits) for target in targets
        )

    return Claim(
        "T3.covering",
        r"If the tangents are linearly independent, $\Psi(\theta,\cdot)$ covers a ball about $\theta$, "
        r"whose radius $\rho$ is uniform on compact subsets of $U$",
        sp.Gt(radius, 0, evaluate=False),
        ((radius, sp.Interval.open(0, sp.oo)),),
        jacobians,
        (
            deduction(
                "the inverse function theorem with uniform constants on a compact set; the implicit "
                "function theorem makes the curves C^1 in both arguments"
            ),
            numeric_check(
                "eight points at distance 1/50 of (1/2, 2) reached by Newton's method along the sigmoid's "
                "curves",
                compare,
                digits,
            ),
        ),
        (
            Step(
                r"By the implicit function theorem $\gamma_i(\theta,s)$ is $C^1$ in $(\theta,s)$, as $f$ "
                r"and the data are: near a given point write "
                r"$\gamma_i(\theta,s)=\theta+s\,t+h\,n$ with fixed $t$ and $n$, where $n$ is not tangent, "
                r"and solve for $h$"
            ),
            Step(
                r"The derivative of $\Psi(\theta,\cdot)$ at $0$ is invertible; on a compact set its inverse "
                r"is bounded and the derivative uniformly "
                r"continuous, so that the quantitative inverse function theorem gives one $\rho>0$"
            ),
        ),
    )


def open_box_claim(id: str, box: Box, digits: int = DEFAULT_DIGITS) -> Claim:
    """Return T3's hypothesis "domain" for an open box: its ends are in order, so it is connected.

    >>> open_box_claim("box", Box((sp.Integer(0), sp.Integer(1)), (sp.Integer(2), sp.Integer(3)))).status.name
    'PROVED'
    """
    ends = (box.w, box.a)
    proper = all(lower < upper for lower, upper in ends)
    w, a = sp.symbols("w a", real=True)
    (w_low, w_high), (a_low, a_high) = ends

    def compare() -> bool:
        corners = [[mpmath.mpf(int(end.p)) / int(end.q) for end in side] for side in ends]
        return all(low < (low + high) / 2 < high for low, high in corners)

    return Claim(
        id,
        r"$U$ is an open box, hence open, convex and connected",
        sp.And(sp.Gt(w, w_low), sp.Lt(w, w_high), sp.Gt(a, a_low), sp.Lt(a, a_high)),
        evidence=(
            Evidence(
                Kind.EXACT, Outcome.HOLDS if proper else Outcome.FAILS, "comparison of the rational ends"
            ),
            numeric_check("the centre lies inside", compare, digits),
        ),
    )
