"""T4 for undefined σ: what the flow of one sample conserves, for any loss, dimension and learning rates."""

from __future__ import annotations

import mpmath
import sympy as sp

from implicitreg_sym.claims import (
    Claim,
    Evidence,
    Kind,
    Outcome,
    Step,
    identity_check,
    numeric_check,
    sampled_identity_check,
)
from implicitreg_sym.flow.gradient_flow import gradient_flow_field
from implicitreg_sym.flow.taylor import taylor_flow
from implicitreg_sym.symbols import a, t, u, vector

SIGMA = sp.Function("sigma", real=True)
RATE_W, RATE_A = sp.symbols("eta_w eta_a", positive=True)
SLOPE = sp.Symbol(
    "lambda", real=True
)  # the derivative of the loss by f: any number, for the loss is any function
DIMENSION = 3
POTENTIAL = sp.Function("G", real=True)
_START_U, _START_A = sp.symbols("u_0 a_0", real=True)
_NORM = sp.Symbol("N", positive=True)


def one_sample_theorem(digits: int = 30) -> Claim:
    """State and prove T4 for undefined σ: I = a²/(2η_a) - G(u)/(η_w‖x‖²) and the w orthogonal to x are
    constant.

    >>> one_sample_theorem().status.name
    'PROVED'
    """
    return Claim(
        "T4",
        r"Along the flow of one sample with $x\neq0$, for every loss $\ell(f,y)$ that is "
        r"differentiable in $f$ and "
        r"all learning rates, $\langle c,w\rangle$ is constant for every $c\perp x$, and "
        r"$I=\frac{a^2}{2\eta_a}-\frac{G(u)}{\eta_w\lVert x\rVert^2}$ is constant while $u$ stays in "
        r"an interval on "
        r"which $\sigma'\neq0$; $u$ never leaves such an interval through a point where "
        r"$\sigma'=0\neq\sigma$. These "
        r"$d$ invariants are independent where $(a,\sigma(u))\neq(0,0)$, so the orbit is a known curve, with "
        r"$N=\eta_w\lVert x\rVert^2/\eta_a$",
        sp.Eq(a**2, _START_A**2 + 2 * (POTENTIAL(u) - POTENTIAL(_START_U)) / _NORM, evaluate=False),
        rests_on=(_conserved(digits), _orthogonal(digits), _barrier(digits)),
        evidence=(
            Evidence(
                Kind.DEDUCTION,
                Outcome.HOLDS,
                "the differentials of the linear invariants annihilate x; that of I restricted to "
                "the span of x and "
                "the a-axis vanishes only where a = g = 0",
            ),
            numeric_check("rank of the differentials for tanh at (1, -1/2, 1/3; 2)", _independent, digits),
        ),
        steps=(
            Step(
                r"With $\lambda=\partial\ell/\partial f$ the flow is",
                r"\dot w=-\eta_w\lambda\,a\,\sigma'(u)\,x,\qquad \dot a=-\eta_a\lambda\,\sigma(u),\qquad "
                r"\dot u=\langle\dot w,x\rangle=-\eta_w\lVert x\rVert^2\lambda\,a\,\sigma'(u)",
            ),
            Step(
                r"So $I$ and the components of $w$ orthogonal to $x$ are constant. With "
                r"$N=\eta_w\lVert x\rVert^2/\eta_a$ "
                r"the orbit is, as long as $u$ stays in the interval,",
                r"a^2=a_0^2+\frac2N\bigl(G(u)-G(u_0)\bigr),\qquad w=w_0+\frac{u-u_0}{\lVert x\rVert^2}\,x",
            ),
        ),
    )


def _speeds(sigma: sp.Expr, slope: sp.Expr) -> tuple[tuple[sp.Expr, ...], sp.Expr, sp.Expr]:
    """ẇ, ȧ and u̇ for the inputs x1, x2, x3."""
    inputs = vector("x", DIMENSION)
    weights = tuple(-RATE_W * SLOPE * a * slope * entry for entry in inputs)
    return weights, -RATE_A * SLOPE * sigma, sp.Add(*(v * e for v, e in zip(weights, inputs, strict=True)))


def _energy_rate(sigma: sp.Expr, slope: sp.Expr) -> sp.Expr:
    """dI/dt by the chain rule, with G' = σ/σ'."""
    _, a_dot, u_dot = _speeds(sigma, slope)
    norm = sp.Add(*(entry**2 for entry in vector("x", DIMENSION)))
    return sp.Add(a * a_dot / RATE_A, -(sigma / slope) * u_dot / (RATE_W * norm), evaluate=False)


def _conserved(digits: int) -> Claim:
    generic = _energy_rate(SIGMA(u), sp.diff(SIGMA(u), u))
    concrete = _energy_rate(sp.atan(u), 1 / (1 + u**2))
    one = (sp.Rational(1, 4), sp.Integer(2))
    return Claim(
        "T4.conserved",
        r"$\dot I=0$ for $I=\frac{a^2}{2\eta_a}-\frac{G(u)}{\eta_w\lVert x\rVert^2}$ with "
        r"$G'=\sigma/\sigma'$, whatever "
        r"$\sigma$ and the loss",
        sp.Eq(sp.Derivative(sp.Function("I")(t), t), 0, evaluate=False),
        evidence=(
            identity_check(generic),
            sampled_identity_check(concrete, {RATE_W: one, RATE_A: one, a: one}, digits),
        ),
        steps=(
            Step(
                r"By the chain rule, and because $G'\sigma'=\sigma$,",
                r"\dot I=\frac{a\dot a}{\eta_a}-\frac{G'(u)\,\dot u}{\eta_w\lVert x\rVert^2}"
                r"=-\lambda\,a\,\sigma(u)+\frac{\sigma(u)}{\sigma'(u)}\,\lambda\,a\,\sigma'(u)=0",
            ),
        ),
    )


def _orthogonal(digits: int) -> Claim:
    inputs = vector("x", DIMENSION)
    marks = sp.symbols("m1:4", real=True)
    pairs = ((0, 1), (0, 2), (1, 2))

    def combination(sigma: sp.Expr, slope: sp.Expr) -> sp.Expr:
        speeds, _, _ = _speeds(sigma, slope)
        terms = [
            mark * term
            for mark, (i, j) in zip(marks, pairs, strict=True)
            for term in (inputs[j] * speeds[i], -inputs[i] * speeds[j])
        ]
        return sp.Add(*terms, evaluate=False)

    return Claim(
        "T4.orthogonal",
        r"$\dot w$ is a multiple of $x$, so $x_jw_i-x_iw_j$ is constant for all $i,j$, and with "
        r"these every $\langle "
        r"c,w\rangle$ with $c\perp x$",
        sp.true,
        evidence=(
            identity_check(combination(SIGMA(u), sp.diff(SIGMA(u), u))),
            sampled_identity_check(
                combination(sp.tanh(u), 1 - sp.tanh(u) ** 2), {RATE_W: (sp.Integer(1), sp.Integer(2))}, digits
            ),
        ),
        steps=(
            Step(
                r"For every two coordinates,",
                r"\frac{d}{dt}(x_jw_i-x_iw_j)=-\eta_w\lambda\,a\,\sigma'(u)\,(x_jx_i-x_ix_j)=0",
            ),
        ),
    )


def _barrier(digits: int) -> Claim:
    """The line u = u* with σ'(u*) = 0 ≠ σ(u*) is invariant; watched on a flow of the sine below π/2."""

    def stays() -> bool:
        field, variables = gradient_flow_field(sp.sin(u), [(sp.Integer(1), sp.Integer(5))])
        trajectory = taylor_flow(
            field, variables, (sp.Integer(1), sp.Integer(1)), sp.Integer(2), digits=digits + 5
        )
        angles = [mpmath.mpf(point[0]) for point in trajectory.points]
        rising = all(after > before for before, after in zip(angles, angles[1:], strict=False))
        return trajectory.stopped is None and rising and angles[-1] < mpmath.pi / 2

    _, _, u_dot = _speeds(SIGMA(u), sp.Symbol("s", real=True))
    return Claim(
        "T4.barrier",
        r"If $\sigma'(u_*)=0\neq\sigma(u_*)$, no trajectory reaches $u=u_*$ from elsewhere",
        sp.true,
        evidence=(
            identity_check(u_dot.subs(sp.Symbol("s", real=True), 0)),
            Evidence(
                Kind.DEDUCTION,
                Outcome.HOLDS,
                "uniqueness of solutions, σ' being Lipschitz continuous on each piece",
            ),
            numeric_check(
                "u rises and stays below π/2 along the flow of sin for (1, 5) from (1, 1), to t = 2",
                stays,
                digits,
            ),
        ),
        steps=(
            Step(
                r"Where $\sigma'=0$ we have $\dot u=0$, so the line $u=u_*$ consists of trajectories; "
                r"by uniqueness no other one meets it"
            ),
            Step(
                r"As $\lvert\sigma'(u)\rvert\le C\lvert u-u_*\rvert$, the integral $G$ of $\sigma/\sigma'$ "
                r"diverges there: the orbit does not reach it either"
            ),
        ),
    )


def _independent() -> bool:
    """The Jacobian of I and of two linear invariants has rank 3 in four parameters, for tanh."""
    inputs, weights, height = (
        (1, 2, -1),
        (mpmath.mpf(1), -mpmath.mpf(1) / 2, mpmath.mpf(1) / 3),
        mpmath.mpf(2),
    )
    value = sum(w * x for w, x in zip(weights, inputs, strict=True))
    g = mpmath.sinh(value) * mpmath.cosh(value)
    rows = [
        [*(-g * x / 6 for x in inputs), height],
        [inputs[1], -inputs[0], 0, 0],
        [inputs[2], 0, -inputs[0], 0],
    ]
    matrix = mpmath.matrix(rows)
    return bool(mpmath.det(matrix * matrix.T) > mpmath.mpf(1) / 100)
