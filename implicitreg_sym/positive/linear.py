"""T14, f = a <w, x>: q(β) - <w0, β>, β = a w, characterises on the leaf a² - |w|² = δ, for all data."""

from __future__ import annotations

from functools import cache

import mpmath
import sympy as sp

from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome, Step, numeric_check
from implicitreg_sym.flow.gradient_flow import flow_limit, gradient_flow_field
from implicitreg_sym.overlap.identities import identity_claim, positive_terms_check
from implicitreg_sym.symbols import a, u, w, x, y

DEFAULT_DIGITS = 30
LINE = (-sp.oo, sp.oo)
HALF_LINE = (sp.Integer(0), sp.oo)
rho = sp.Symbol("rho", positive=True)
delta = sp.Symbol("delta", nonnegative=True)
c = sp.Symbol("c", real=True)
component, others = sp.symbols("beta m", real=True)

SAMPLES = (
    ((sp.Integer(1), sp.Rational(1, 2), sp.Integer(0)), sp.Integer(2)),
    ((sp.Rational(1, 2), sp.Integer(-1), sp.Integer(1)), sp.Integer(-1)),
)
# from a leaf with δ > 0 and from one with δ = 0
STARTS = (
    (sp.Rational(1, 5), sp.Rational(-1, 10), sp.Rational(1, 3), sp.Integer(1)),
    (sp.Rational(2, 5), sp.Rational(4, 5), sp.Rational(4, 5), sp.Rational(6, 5)),
)


def output_weight(norm: sp.Expr) -> sp.Expr:
    """A(ρ) = √((δ + √(δ² + 4ρ²))/2): the a > 0 with a² - ρ²/a² = δ.

    >>> output_weight(rho).subs({rho: 2, delta: 3})
    2
    """
    return sp.sqrt((delta + sp.sqrt(delta**2 + 4 * norm**2)) / 2)


def radial_potential(norm: sp.Expr) -> sp.Expr:
    """q(ρ) = a(3|w|² - a²)/3 with a = A(ρ), |w| = ρ/a.

    >>> sp.simplify(radial_potential(rho).subs(delta, 0))
    2*rho**(3/2)/3
    """
    root = output_weight(norm)
    return root * (3 * (norm / root) ** 2 - root**2) / 3


@cache
def linear_characterisation(digits: int = DEFAULT_DIGITS) -> Claim:
    """Return T14 as a claim: for a0 > 0 and δ ≥ 0, β(∞) is the only minimiser of q(β) - <w0, β>.

    >>> linear_characterisation().status.name
    'PROVED'
    """
    premises = (
        _leaf(digits),
        _span(digits),
        _instance(digits),
        _chart(digits),
        _gradient(digits),
        *_hessian(digits),
        _divergence(digits),
        _balanced(digits),
    )
    return Claim(
        "T14",
        r"Let $f(x;\theta)=a\langle w,x\rangle$, $a_0>0$ and $\delta=a_0^2-\lVert w_0\rVert^2\ge0$. For "
        r"every dataset whose flow converges into "
        r"$M_S$, $\beta_\infty=a_\infty w_\infty$ is the only minimiser of $q(\beta)-\langle "
        r"w_0,\beta\rangle$ over the interpolating $\beta$; and "
        r"$J(w,a)=q(aw)-\langle w_0,aw\rangle+(a^2-\lVert w\rVert^2-\delta)^2+\lvert a\rvert-a$ "
        r"characterises strictly over all data",
        sp.Eq(sp.Function("q")(rho), radial_potential(rho), evaluate=False),
        ((rho, sp.Interval(0, sp.oo)), (delta, sp.Interval(0, sp.oo))),
        premises,
        (
            Evidence(
                Kind.DEDUCTION,
                Outcome.HOLDS,
                "the divergence is non-negative and vanishes only at the limit; w - w0 stays in the span of "
                "the inputs, which is closed",
            ),
            _integrated(digits),
        ),
        (
            Step(
                r"The flow stays on the leaf $a^2-\lVert w\rVert^2=\delta$, and $a\ge0$ on it: if "
                r"$\delta>0$, $a$ cannot vanish, and if $\delta=0$, "
                r"the only point with $a=0$ is the equilibrium $0$, which is not reached in finite time"
            ),
            Step(
                r"On this half of the leaf $\beta=aw$ is a coordinate: $a=A(\lVert\beta\rVert)$ and "
                r"$w=\nabla q(\beta)$, or $w=0$ at "
                r"$\beta=0$"
            ),
            Step(
                r"Let the flow converge to $\theta_\infty\in M_S$, and let $\beta$ interpolate. As "
                r"$w_\infty-w_0$ lies in the span of the inputs and "
                r"$\langle\beta-\beta_\infty,x_i\rangle=0$,",
                r"\langle w_\infty-w_0,\beta-\beta_\infty\rangle=0",
            ),
            Step(
                r"With $(w,a)$ the point of the leaf that belongs to $\beta$, the identity for the "
                r"divergence gives",
                r"\bigl(q(\beta)-\langle w_0,\beta\rangle\bigr)-\bigl(q(\beta_\infty)-\langle "
                r"w_0,\beta_\infty\rangle\bigr)"
                r"=\tfrac16(a-a_\infty)^2(a+2a_\infty)+\tfrac a2\lVert w-w_\infty\rVert^2\ge0",
            ),
            Step(
                r"Equality requires $a=a_\infty$ and, where $a>0$, $w=w_\infty$; where $a=0$ both points "
                r"are the origin. So the minimiser is unique, for "
                r"$\delta=0$ as well, where $q$ is not twice differentiable at $0$"
            ),
            Step(
                r"The last two terms of $J$ are non-negative and vanish together exactly on the half "
                r"$a\ge0$ of the leaf, where $\beta$ determines the "
                r"point. Hence $J$ has no other minimiser on $M_S$ than $\theta_\infty$"
            ),
        ),
    )


def _leaf(digits: int) -> Claim:
    """a² - |w|² is constant: one generic sample, with <w, x> = w_j x_j + c summed over j by linearity."""
    loss = (a * (w * x + c) - y) ** 2 / 2
    residual = a * (w * x + c) - y
    domains = dict.fromkeys((w, x, c, a, y), LINE)
    weight = identity_claim(
        "T14.leaf_weight",
        r"For each sample and each component, $w_j\,\partial L/\partial w_j=r\,a\,w_jx_j$",
        w * sp.Derivative(loss, w),
        residual * a * w * x,
        domains,
        digits,
    )
    return identity_claim(
        "T14.leaf",
        r"$a\,\partial L/\partial a=r\,a\,\langle w,x\rangle=\langle w,\nabla_wL\rangle$ for each sample, "
        r"so $a^2-\lVert w\rVert^2$ is constant along the "
        r"flow of any dataset",
        a * sp.Derivative(loss, a),
        residual * a * (w * x + c),
        domains,
        digits,
        rests_on=(weight,),
        steps=(
            Step(
                r"Summed over the components, the products $r\,a\,w_jx_j$ give $r\,a\langle w,x\rangle$; "
                r"summed over the samples,",
                r"\tfrac12\frac{d}{dt}\bigl(a^2-\lVert w\rVert^2\bigr)=-a\,\frac{\partial L}{\partial "
                r"a}+\langle w,\nabla_wL\rangle=0",
            ),
        ),
    )


def _span(digits: int) -> Claim:
    """w' = -Σ r_i a x_i lies in the span of the inputs."""
    loss = (a * (w * x + c) - y) ** 2 / 2
    return identity_claim(
        "T14.span",
        r"$\dot w=-a\sum_ir_ix_i$, so $w-w_0$ stays in the span of the inputs, for all time and in the limit",
        sp.Derivative(loss, w),
        (a * (w * x + c) - y) * a * x,
        dict.fromkeys((w, x, c, a, y), LINE),
        digits,
    )


def _instance(digits: int) -> Claim:
    """d = 3, n = 2 written out: the leaf is invariant under the gradient of the full loss."""
    weights = sp.symbols("w1:4", real=True)
    inputs = [sp.symbols(f"x{i}_1:4", real=True) for i in (1, 2)]
    targets = sp.symbols("y1:3", real=True)
    outputs = [a * sum(v * e for v, e in zip(weights, row, strict=True)) for row in inputs]
    loss = sum((f - t) ** 2 / 2 for f, t in zip(outputs, targets, strict=True))
    symbols = (*weights, *inputs[0], *inputs[1], *targets, a)
    whole = sp.Function("L", real=True)(*weights, a)
    return identity_claim(
        "T14.instance",
        r"For $d=3$ and $n=2$ the same follows from the gradient of the full loss",
        a * sp.Derivative(loss, a),
        sum(weight * sp.Derivative(loss, weight) for weight in weights),
        dict.fromkeys(symbols, LINE),
        digits,
        shown=sp.Eq(
            a * sp.Derivative(whole, a),
            sp.Add(*(v * sp.Derivative(whole, v) for v in weights)),
            evaluate=False,
        ),
        steps=(
            Step(
                r"Written out,",
                r"L=\tfrac12\sum_{i=1}^2(a\langle w,x_i\rangle-y_i)^2,\qquad "
                r"a\,\partial_aL=\sum_i(a\langle w,x_i\rangle-y_i)\,a\langle w,x_i\rangle=\langle "
                r"w,\nabla_wL\rangle",
            ),
        ),
    )


def _chart(digits: int) -> Claim:
    """a = A(ρ) solves a²(a² - δ) = ρ²."""
    root = output_weight(rho)
    return identity_claim(
        "T14.chart",
        r"On the leaf with $a>0$, $\rho=\lVert\beta\rVert=a\lVert w\rVert$ satisfies "
        r"$\rho^2=a^2(a^2-\delta)$, so that "
        r"$a=A(\rho)=\Bigl(\frac12\bigl(\delta+\sqrt{\delta^2+4\rho^2}\bigr)\Bigr)^{1/2}$",
        root**2 * (root**2 - delta),
        rho**2,
        {rho: HALF_LINE, delta: HALF_LINE},
        digits,
        steps=(
            Step(
                r"This is a quadratic equation for $a^2$ with exactly one positive root, as the product of "
                r"its roots is $-\rho^2<0$"
            ),
        ),
    )


def _gradient(digits: int) -> Claim:
    """∂q/∂β_j = β_j/A = w_j, for one component and the length m of the others."""
    norm = sp.sqrt(component**2 + others**2)
    return identity_claim(
        "T14.gradient",
        r"$\nabla q(\beta)=\beta/A(\lVert\beta\rVert)=w$ for $\beta\neq0$ in any dimension: one component "
        r"$\beta_j$, with $m$ the length of the others",
        sp.diff(radial_potential(norm), component),
        component / output_weight(norm),
        {component: LINE, others: HALF_LINE, delta: HALF_LINE},
        digits,
        shown=sp.Eq(
            sp.Derivative(sp.Function("q", real=True)(component, others), component),
            component / sp.Function("A", positive=True)(norm),
            evaluate=False,
        ),
        steps=(
            Step(
                r"From $\rho^2=a^4-\delta a^2$ and $q=\frac23a^3-\delta a$,",
                r"\frac{dq}{d\rho}=\frac{2a^2-\delta}{d\rho/da}=\frac{\rho}{a}=\lVert w\rVert,\qquad \nabla "
                r"q=\lVert w\rVert\,\frac{\beta}{\rho}=w",
            ),
        ),
    )


def _hessian(digits: int) -> tuple[Claim, ...]:
    """The eigenvalues of the Hessian of q: a/(2a² - δ) in the radial direction, 1/a in the others."""
    root = output_weight(rho)
    radial = identity_claim(
        "T14.radial_eigenvalue",
        r"For $\beta\neq0$ the Hessian of $q$ has the radial eigenvalue $q''(\rho)=\frac{a}{2a^2-\delta}$",
        sp.diff(radial_potential(rho), rho, 2),
        root / (2 * root**2 - delta),
        {rho: HALF_LINE, delta: HALF_LINE},
        digits,
    )
    tangential = identity_claim(
        "T14.tangential_eigenvalue",
        r"The tangential eigenvalue is $q'(\rho)/\rho=\frac1a$",
        sp.diff(radial_potential(rho), rho) / rho,
        1 / root,
        {rho: HALF_LINE, delta: HALF_LINE},
        digits,
    )
    square = sp.Symbol("v", positive=True)
    output = sp.Symbol("a", positive=True)
    rational = output / (2 * output**2 - delta)
    shifted = rational.subs(delta, output**2 - square)

    def compare() -> bool:
        grid = [mpmath.mpf(k) / 4 for k in range(1, 12)]
        return all(_radial_eigenvalue(r, d) > 0 for r in grid for d in (mpmath.mpf(0), *grid))

    positive = Claim(
        "T14.hessian",
        r"Both are positive for $\beta\neq0$: with $v=\lVert w\rVert^2=a^2-\delta>0$ the radial one is",
        sp.Gt(sp.cancel(shifted), 0, evaluate=False),
        ((output, sp.Interval.open(0, sp.oo)), (square, sp.Interval.open(0, sp.oo))),
        (radial, tangential),
        (
            positive_terms_check(shifted, [output, square]),
            numeric_check("q'' by mpmath's differences at 132 points", compare, digits),
        ),
        (
            Step(
                r"For $\rho>0$ we have $v=\lVert w\rVert^2=a^2-\delta>0$, hence",
                r"\frac{a}{2a^2-\delta}=\frac{a}{a^2+v}>0,\qquad \frac1a>0",
            ),
        ),
    )
    return radial, tangential, positive


def _radial_eigenvalue(norm: mpmath.mpf, level: mpmath.mpf) -> mpmath.mpf:
    def q(r: mpmath.mpf) -> mpmath.mpf:
        root = mpmath.sqrt((level + mpmath.sqrt(level**2 + 4 * r**2)) / 2)
        return 2 * root**3 / 3 - level * root

    return mpmath.diff(q, norm, 2)


def _divergence(digits: int) -> Claim:
    """q(β) - q(β*) - <w*, β - β*> in terms of the two points of the leaf."""
    end, inner = sp.symbols("a_* s", real=True)
    squares = {"w": a**2 - delta, "w*": end**2 - delta}
    q, q_end = (v * (3 * n - v**2) / 3 for v, n in ((a, squares["w"]), (end, squares["w*"])))
    distance = squares["w"] + squares["w*"] - 2 * inner
    return identity_claim(
        "T14.divergence",
        r"For two points $(w,a)$, $(w^*,a^*)$ of the leaf, $q(\beta)-q(\beta^*)-\langle "
        r"w^*,\beta-\beta^*\rangle="
        r"\frac16(a-a^*)^2(a+2a^*)+\frac a2\lVert w-w^*\rVert^2$",
        q - q_end - (a * inner - end * squares["w*"]),
        (a - end) ** 2 * (a + 2 * end) / 6 + a * distance / 2,
        {a: HALF_LINE, end: HALF_LINE, delta: HALF_LINE, inner: LINE},
        digits,
        steps=(
            Step(
                r"Put $\lVert w\rVert^2=a^2-\delta$, $\lVert w^*\rVert^2=a^{*2}-\delta$ and $s=\langle "
                r"w,w^*\rangle$. Then "
                r"$\langle w^*,\beta-\beta^*\rangle=a\,s-a^*(a^{*2}-\delta)$ and $\lVert "
                r"w-w^*\rVert^2=a^2+a^{*2}-2\delta-2s$",
                r"q(\beta)=\tfrac23a^3-\delta a,\qquad a^3+2a^{*3}-3a\,a^{*2}=(a-a^*)^2(a+2a^*)",
            ),
        ),
    )


def _balanced(digits: int) -> Claim:
    """δ = 0: q = (2/3) ρ^{3/2}."""
    return identity_claim(
        "T14.balanced",
        r"For $\delta=0$ the potential is "
        r"$q(\beta)=\frac23\lVert\beta\rVert^{3/2}$~\cite{azulay2021implicit}",
        radial_potential(rho).subs(delta, 0),
        sp.Rational(2, 3) * rho ** sp.Rational(3, 2),
        {rho: HALF_LINE},
        digits,
        shown=sp.Eq(sp.Function("q")(rho), sp.Rational(2, 3) * rho ** sp.Rational(3, 2), evaluate=False),
    )


def _integrated(digits: int) -> Evidence:
    """Integrate flows with d = 3, n = 2 from both kinds of leaf; check M_S, the span and minimality."""
    worst, least = mpmath.mpf(0), True
    for start in STARTS:
        field, variables = gradient_flow_field(u, SAMPLES)
        reached = flow_limit(field, variables, start, digits + 3)
        if reached.limit is None:
            return Evidence(
                Kind.NUMERIC, Outcome.UNDECIDED, f"the flow did not come to rest: {reached.reason}"
            )
        with mpmath.workdps(digits + 15):
            error, minimal = _conditions(start, reached.limit)
            worst, least = max(worst, error), least and minimal
    holds = least and worst < mpmath.mpf(10) ** (-digits)
    method = (
        f"mpmath, two integrated flows with d = 3, n = 2, delta > 0 and delta = 0: the limits fit the "
        f"samples, keep the leaf and the span to "
        f"{mpmath.nstr(worst, 2)}, and the potential is larger at 8 other interpolating points each, "
        f"{digits} digits"
    )
    return Evidence(Kind.NUMERIC, Outcome.HOLDS if holds else Outcome.FAILS, method)


def _conditions(start: tuple[sp.Rational, ...], end: tuple[mpmath.mpf, ...]) -> tuple[mpmath.mpf, bool]:
    origin = [mpmath.mpf(int(entry.p)) / int(entry.q) for entry in start]
    rows = [[mpmath.mpf(int(e.p)) / int(e.q) for e in inputs] for inputs, _target in SAMPLES]
    targets = [mpmath.mpf(int(t.p)) / int(t.q) for _inputs, t in SAMPLES]
    weights, output = end[:3], end[3]
    beta = [output * weight for weight in weights]
    level = origin[3] ** 2 - mpmath.fsum(entry**2 for entry in origin[:3])
    residuals = [abs(mpmath.fdot(beta, row) - target) for row, target in zip(rows, targets, strict=True)]
    leaf = abs(output**2 - mpmath.fsum(weight**2 for weight in weights) - level)
    shift = [weight - entry for weight, entry in zip(weights, origin[:3], strict=True)]
    span = abs(mpmath.det(mpmath.matrix([shift, *rows])))
    first, second = rows
    normal = [
        first[1] * second[2] - first[2] * second[1],
        first[2] * second[0] - first[0] * second[2],
        first[0] * second[1] - first[1] * second[0],
    ]

    def value(step: mpmath.mpf) -> mpmath.mpf:
        point = [entry + step * direction for entry, direction in zip(beta, normal, strict=True)]
        norm = mpmath.sqrt(mpmath.fsum(entry**2 for entry in point))
        root = mpmath.sqrt((level + mpmath.sqrt(level**2 + 4 * norm**2)) / 2)
        return 2 * root**3 / 3 - level * root - mpmath.fdot(origin[:3], point)

    steps = [mpmath.mpf(k) / 100 for k in (-80, -30, -5, -1, 1, 5, 30, 80)]
    minimal = all(value(step) > value(mpmath.mpf(0)) for step in steps)
    return max(*residuals, leaf, span), minimal
