"""T13, exp: J = |w - w0|² + a²/2 - a0² log|a| characterises strictly, for all data with y ≠ 0."""

from __future__ import annotations

from functools import cache

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
)
from implicitreg_sym.flow.gradient_flow import flow_limit, gradient_flow_field
from implicitreg_sym.overlap.identities import identity_claim
from implicitreg_sym.positive.zero_targets import exponential_zero_targets
from implicitreg_sym.symbols import a, u, w, x, y

__all__ = ["characterising_function", "exponential_characterisation", "exponential_zero_targets"]

DEFAULT_DIGITS = 30
LINE = (-sp.oo, sp.oo)
HALF_LINE = (sp.Integer(0), sp.oo)
c = sp.Symbol("c", real=True)
w0 = sp.Symbol("w_0", real=True)
a0 = sp.Symbol("a_0", positive=True)
b, b0, b1 = sp.symbols("b b_0 b_*", real=True)
w1 = sp.Symbol("w_*", real=True)
sign = sp.Symbol("epsilon", real=True)

SAMPLES = (
    ((sp.Integer(1), sp.Rational(1, 2)), sp.Rational(6, 5)),
    ((sp.Rational(1, 2), sp.Integer(-1)), sp.Rational(4, 5)),
)
START = (sp.Rational(1, 5), sp.Rational(-1, 10), sp.Rational(3, 2))


def characterising_function(weight: sp.Expr, output: sp.Expr) -> sp.Expr:
    """J of T13 for scalar w; for vectors each further component adds (w_j - w_{0j})².

    >>> characterising_function(w, a)
    a**2/2 - a_0**2*log(Abs(a)) + (w - w_0)**2
    """
    return (weight - w0) ** 2 + output**2 / 2 - a0**2 * sp.log(sp.Abs(output))


@cache
def exponential_characterisation(digits: int = DEFAULT_DIGITS) -> Claim:
    """Return T13 as a claim: for f = a exp(<w, x>) and a0 ≠ 0, J characterises strictly.

    This holds for all dimensions and all data with non-zero targets. With a target 0 it fails: see
    `exponential_zero_targets`.

    >>> exponential_characterisation().status.name
    'PROVED'
    """
    dual, divergence = _dual(digits), _divergence(digits)
    premises = (
        dual,
        *_instance(digits),
        _mirror(digits),
        _affine(digits),
        divergence,
        _exponential_bound(digits),
    )
    return Claim(
        "T13",
        r"Let $f(x;\theta)=a\,e^{\langle w,x\rangle}$ and $a_0\neq0$. Over all datasets with targets "
        r"$y_i\neq0$, for all dimensions and numbers "
        r"of samples, $J(w,a)=\lVert w-w_0\rVert^2+\frac{a^2}{2}-a_0^2\log\lvert a\rvert$ characterises the "
        r"limits of the gradient flow strictly",
        sp.Eq(sp.Symbol("J"), characterising_function(w, a), evaluate=False),
        ((w, sp.S.Reals), (a, sp.Union(sp.Interval.open(-sp.oo, 0), sp.Interval.open(0, sp.oo)))),
        premises,
        (
            Evidence(
                Kind.DEDUCTION,
                Outcome.HOLDS,
                "the divergence is non-negative and vanishes only at the limit, and the linear term "
                "vanishes on M_S",
            ),
            _integrated(digits),
        ),
        (
            Step(
                r"If $M_S$ is not empty, the targets have one sign $\varepsilon$, which is that of $a$ on "
                r"$M_S$. With $b=\log\lvert a\rvert$ the set "
                r"$M_S$ is the affine set",
                r"\langle w,x_i\rangle+b=\log\lvert y_i\rvert,\qquad i=1,\dots,n",
            ),
            Step(
                r"Let the flow converge to $\theta^*=(w^*,a^*)\in M_S$. The curve $(w,\frac{a^2}{2})$ "
                r"starts at $(w_0,\frac{a_0^2}{2})$ and moves in the "
                r"span of the vectors $(x_i,1)$, which is closed. So there are numbers $c_i$ with",
                r"w^*-w_0=\sum_i c_i\,x_i,\qquad \tfrac12\,(a^{*2}-a_0^2)=\sum_i c_i",
            ),
            Step(
                r"Let $(w,a)\in M_S$. The differences $w-w^*$, $b-b^*$ satisfy $\langle "
                r"x_i,w-w^*\rangle+b-b^*=0$, so that",
                r"2\,\langle w^*-w_0,w-w^*\rangle+(a^{*2}-a_0^2)(b-b^*)=2\sum_i c_i\bigl(\langle "
                r"x_i,w-w^*\rangle+b-b^*\bigr)=0",
            ),
            Step(
                r"Hence the identity for the divergence gives",
                r"J(w,a)-J(w^*,a^*)=\lVert "
                r"w-w^*\rVert^2+\tfrac{a^{*2}}{2}\bigl(e^{2(b-b^*)}-1-2(b-b^*)\bigr)\ge0,",
            ),
            Step(
                r"with equality only for $w=w^*$ and $b=b^*$: the limit is the only minimiser of $J$ on $M_S$"
            ),
        ),
    )


def _dual(digits: int) -> Claim:
    """One generic sample and one generic component of w: (w, a²/2)' = -r f (x, 1)."""
    output = a * sp.exp(w * x + c)
    loss = (output - y) ** 2 / 2
    domains = dict.fromkeys((w, x, c, a, y), LINE)
    weight = identity_claim(
        "T13.dual_weight",
        r"For each sample and each component, $\partial L/\partial w_j=r\,f\,x_j$, where $c$ stands for the "
        r"part of $\langle w,x\rangle$ without $w_j$",
        sp.Derivative(loss, w),
        (output - y) * output * x,
        domains,
        digits,
    )
    return identity_claim(
        "T13.dual",
        r"Along the flow of any dataset, $\frac{d}{dt}\bigl(w,\frac{a^2}{2}\bigr)=-\sum_i r_i "
        r"f_i\,(x_i,1)$, also where $a$ vanishes",
        a * sp.Derivative(loss, a),
        (output - y) * output,
        domains,
        digits,
        rests_on=(weight,),
        steps=(
            Step(
                r"Both sides are sums over the samples, so one sample suffices; with $r=f-y$ and "
                r"$f=a\,e^{\langle w,x\rangle}$,",
                r"\dot w=-r\,a\,e^{\langle w,x\rangle}\,x=-r\,f\,x,\qquad \frac{d}{dt}\frac{a^2}{2}=a\,\dot "
                r"a=-r\,a\,e^{\langle w,x\rangle}=-r\,f",
            ),
        ),
    )


def _instance(digits: int) -> tuple[Claim, ...]:
    """The same with every symbol written out for d = n = 2, from the gradient of the whole loss."""
    weights = sp.symbols("w1:3", real=True)
    inputs = [sp.symbols(f"x{i}_1:3", real=True) for i in (1, 2)]
    targets = sp.symbols("y1:3", real=True)
    outputs = [a * sp.exp(sum(v * e for v, e in zip(weights, row, strict=True))) for row in inputs]
    loss = sum((f - t) ** 2 / 2 for f, t in zip(outputs, targets, strict=True))
    forces = [(f - t) * f for f, t in zip(outputs, targets, strict=True)]
    pairs = [
        (
            sp.Derivative(loss, weights[j]),
            sum(force * row[j] for force, row in zip(forces, inputs, strict=True)),
        )
        for j in (0, 1)
    ]
    pairs.append((a * sp.Derivative(loss, a), sum(forces)))
    symbols = (*weights, *inputs[0], *inputs[1], *targets, a)
    domains = dict.fromkeys(symbols, LINE)
    parts = [
        identity_claim(f"T13.instance_{name}", prose, left, right, domains, digits)
        for name, prose, (left, right) in zip(
            ("w1", "w2", "a"),
            (
                r"For $d=n=2$ the first component of the dual flow is as stated",
                r"For $d=n=2$ the second component of the dual flow is as stated",
                r"For $d=n=2$ the rate of $a^2/2$ is as stated",
            ),
            pairs,
            strict=True,
        )
    ]
    return tuple(parts)


def _mirror(digits: int) -> Claim:
    """Where a > 0: (w, b) follows the mirror flow of ψ = |w|²/2 + e^{2b}/4, and 2 D_ψ(., v0) = J - J(θ0)."""
    potential = w**2 / 2 + sp.exp(2 * b) / 4
    start = {w: w0, b: b0}
    bregman = (
        potential
        - potential.subs(start)
        - sp.diff(potential, w).subs(start) * (w - w0)
        - sp.diff(potential, b).subs(start) * (b - b0)
    )
    j = (w - w0) ** 2 + sp.exp(2 * b) / 2 - sp.exp(2 * b0) * b
    domains = dict.fromkeys((w, w0, b, b0), LINE)
    output = sp.exp(w * x + b + c)
    loss = (output - y) ** 2 / 2
    flow = identity_claim(
        "T13.mirror_flow",
        r"Where $a=e^b>0$, the flow is the mirror flow of $\psi(w,b)=\frac12\lVert "
        r"w\rVert^2+\frac14e^{2b}$: $\frac{d}{dt}\nabla\psi=-\nabla_{(w,b)}L$",
        sp.diff(potential, b, 2)
        * (-sp.exp(-b) * sp.diff((a * sp.exp(w * x + c) - y) ** 2 / 2, a).subs(a, sp.exp(b))),
        -sp.diff(loss, b),
        dict.fromkeys((w, x, c, b, y), LINE),
        digits,
        steps=(
            Step(
                r"From $\dot b=\dot a/a$ and $\partial L/\partial b=a\,\partial L/\partial a$,",
                r"\frac{d}{dt}\frac{\partial\psi}{\partial b}=e^{2b}\,\dot b=a\,\dot a=-a\,\frac{\partial "
                r"L}{\partial a}=-\frac{\partial L}{\partial b},"
                r"\qquad \frac{d}{dt}\frac{\partial\psi}{\partial w}=\dot w=-\frac{\partial L}{\partial w}",
            ),
        ),
    )
    return identity_claim(
        "T13.mirror",
        r"$J-J(\theta_0)$ is twice the Bregman divergence of $\psi$ from $\theta_0$, component by component",
        2 * bregman,
        j - j.subs(start),
        domains,
        digits,
        rests_on=(flow,),
    )


def _affine(digits: int) -> Claim:
    """log|f| is a linear form in (w, b): M_S is an affine set."""
    return identity_claim(
        "T13.affine",
        r"$f=\varepsilon e^{\langle w,x\rangle+b}$ with $\varepsilon=\operatorname{sign}a$ and "
        r"$b=\log\lvert a\rvert$, so that $f=y$ if and only if "
        r"$y$ has the sign of $a$ and $\langle w,x\rangle+b=\log\lvert y\rvert$",
        sp.log(sp.Abs(a * sp.exp(u))),
        u + sp.log(sp.Abs(a)),
        {a: (-sp.oo, sp.oo), u: LINE},
        digits,
        steps=(Step(r"The exponential function is injective, and $f\neq0$ where $a\neq0$"),),
    )


def _divergence(digits: int) -> Claim:
    """J(v) - J(v*) - <∇J(v*), v - v*> = |w - w*|² + (a*²/2)(e^{2h} - 1 - 2h), h = b - b*."""
    j = (w - w0) ** 2 + sp.exp(2 * b) / 2 - a0**2 * b
    at_limit = {w: w1, b: b1}
    linear = sp.diff(j, w).subs(at_limit) * (w - w1) + sp.diff(j, b).subs(at_limit) * (b - b1)
    step = b - b1
    return identity_claim(
        "T13.divergence",
        r"In the coordinates $(w,b)$, $b=\log\lvert a\rvert$, and component by component, "
        r"$J(w,a)-J(w^*,a^*)$ is the sum of the linear term "
        r"$2\langle w^*-w_0,w-w^*\rangle+(a^{*2}-a_0^2)(b-b^*)$ and of $\lVert "
        r"w-w^*\rVert^2+\frac{a^{*2}}{2}\bigl(e^{2(b-b^*)}-1-2(b-b^*)\bigr)$",
        j - j.subs(at_limit) - linear,
        (w - w1) ** 2 + sp.exp(2 * b1) / 2 * (sp.exp(2 * step) - 1 - 2 * step),
        {**dict.fromkeys((w, w0, w1, b, b1), LINE), a0: HALF_LINE},
        digits,
    )


def _exponential_bound(digits: int) -> Claim:
    """e^z > 1 + z for z ≠ 0."""
    z = sp.Symbol("z", real=True)
    excess = sp.exp(z) - 1 - z
    slope = identity_check(sp.diff(excess, z) - (sp.exp(z) - 1))
    at_zero = identity_check(excess.subs(z, 0) + sp.diff(excess, z).subs(z, 0))
    exact = next((check for check in (slope, at_zero) if check.outcome is not Outcome.HOLDS), slope)

    def compare() -> bool:
        return all(mpmath.expm1(v) > v for v in (mpmath.mpf(k) / 7 for k in range(-70, 71) if k))

    return Claim(
        "T13.exponential",
        r"$e^z>1+z$ for every real $z\neq0$",
        sp.Gt(sp.exp(z), 1 + z, evaluate=False),
        ((z, sp.Union(sp.Interval.open(-sp.oo, 0), sp.Interval.open(0, sp.oo))),),
        evidence=(
            exact,
            Evidence(
                Kind.DEDUCTION,
                Outcome.HOLDS,
                "the mean value theorem: the derivative e^z - 1 has the sign of z",
            ),
            numeric_check("140 points of [-10, 10]", compare, digits),
        ),
        steps=(Step(r"$h(z)=e^z-1-z$ has $h(0)=0$, and $h'(z)=e^z-1$ has the sign of $z$"),),
    )


def _integrated(digits: int) -> Evidence:
    """Integrate two flows with d = n = 2, one through a = 0; check M_S, Lagrange conditions, minimality."""
    runs = []
    for orientation in (1, -1):
        samples = [(inputs, orientation * target) for inputs, target in SAMPLES]
        field, variables = gradient_flow_field(sp.exp(u), samples)
        reached = flow_limit(field, variables, START, digits + 3)
        if reached.limit is None:
            return Evidence(
                Kind.NUMERIC, Outcome.UNDECIDED, f"the flow did not come to rest: {reached.reason}"
            )
        runs.append((orientation, reached.limit))
    with mpmath.workdps(digits + 15):
        worst, least = mpmath.mpf(0), True
        for orientation, end in runs:
            error, minimal = _conditions(orientation, end)
            worst, least = max(worst, error), least and minimal
        holds = worst < mpmath.mpf(10) ** (-digits) and least
    method = (
        f"mpmath, two integrated flows with d = n = 2, one of which crosses a = 0: the limits fit the "
        f"samples and satisfy the Lagrange "
        f"conditions to {mpmath.nstr(worst, 2)}, and J is larger at 8 other points of each M_S, {digits} "
        f"digits"
    )
    return Evidence(Kind.NUMERIC, Outcome.HOLDS if holds else Outcome.FAILS, method)


def _conditions(orientation: int, end: tuple[mpmath.mpf, ...]) -> tuple[mpmath.mpf, bool]:
    """The largest violation of f = y and of the rank condition at the end, and whether J is least there."""
    first, second, output = end
    starts = [mpmath.mpf(int(entry.p)) / int(entry.q) for entry in START]
    rows = [[mpmath.mpf(int(e.p)) / int(e.q) for e in inputs] for inputs, _target in SAMPLES]
    targets = [orientation * mpmath.mpf(int(t.p)) / int(t.q) for _inputs, t in SAMPLES]
    residuals = [
        abs(output * mpmath.exp(first * row[0] + second * row[1]) - target)
        for row, target in zip(rows, targets, strict=True)
    ]
    displacement = [first - starts[0], second - starts[1], (output**2 - starts[2] ** 2) / 2]
    matrix = mpmath.matrix([displacement, [*rows[0], 1], [*rows[1], 1]])
    # the direction of the affine M_S in (w, b)
    direction = (
        rows[0][1] - rows[1][1],
        rows[1][0] - rows[0][0],
        rows[0][0] * rows[1][1] - rows[0][1] * rows[1][0],
    )

    def value(step: mpmath.mpf) -> mpmath.mpf:
        point = [first + step * direction[0], second + step * direction[1]]
        moved = mpmath.log(abs(output)) + step * direction[2]
        return (
            (point[0] - starts[0]) ** 2
            + (point[1] - starts[1]) ** 2
            + mpmath.exp(2 * moved) / 2
            - starts[2] ** 2 * moved
        )

    steps = [mpmath.mpf(k) / 100 for k in (-80, -30, -5, -1, 1, 5, 30, 80)]
    minimal = all(value(step) > value(mpmath.mpf(0)) for step in steps)
    return max(*residuals, abs(mpmath.det(matrix))), minimal
