"""T15, scalar input, one sample: where E is monotone, the level curves of J are forced."""

from __future__ import annotations

from functools import cache

import mpmath
import sympy as sp

from implicitreg_sym.activations import activation
from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome, Step, identity_check, numeric_check
from implicitreg_sym.flow.gradient_flow import flow_limit, gradient_flow_field
from implicitreg_sym.flow.taylor import taylor_flow
from implicitreg_sym.overlap.identities import identity_claim
from implicitreg_sym.symbols import a, u, w

DEFAULT_DIGITS = 30
HALF_LINE = (sp.Integer(0), sp.oo)
SIGMA = sp.Function("sigma", real=True)
POTENTIAL = sp.Function("G", real=True)
INPUT = sp.Function("xi", positive=True)
LEVEL = sp.Function("J", real=True)
w0, a0 = sp.symbols("w_0 a_0", positive=True)
weight, output, scale = sp.symbols("w a x", positive=True)


def _ratio(point: sp.Expr) -> sp.Expr:
    """g = σ/σ' at a point, for the generic σ."""
    return (SIGMA(u) / sp.diff(SIGMA(u), u)).subs(u, point).doit()


def _generic(expression: sp.Expr) -> sp.Expr:
    """Put G' = σ/σ' into an expression with the generic G."""
    return expression.replace(
        lambda node: isinstance(node, sp.Subs) and node.expr.has(POTENTIAL),
        lambda node: _ratio(node.point[0]),
    ).replace(
        lambda node: isinstance(node, sp.Derivative) and node.expr.func == POTENTIAL,
        lambda node: _ratio(node.expr.args[0]),
    )


def _tanh(expression: sp.Expr) -> sp.Expr:
    """The expression for σ = tanh and G = sinh²/2, for the numerical cross-check."""
    concrete = expression.replace(SIGMA, sp.tanh).replace(POTENTIAL, lambda point: sp.sinh(point) ** 2 / 2)
    return concrete.doit()


@cache
def forced_potential(digits: int = DEFAULT_DIGITS) -> Claim:
    """Return T15 as a claim: unique inputs, the forced direction field, and for exp its integral T13.

    >>> forced_potential().status.name
    'PROVED'
    """
    unique = _unique_input(digits)
    forced = _forced_direction(digits)
    exponential = _exponential(digits)
    return Claim(
        "T15",
        r"Let $\sigma,\sigma'>0$ and let $E$ be strictly monotone on $(0,\infty)$, and let $w_0,a_0>0$. "
        r"Each point with $w,a>0$, $w\neq w_0$, is the limit of the "
        r"flow of at most one sample with $x>0$, and a differentiable $J$ that characterises weakly is "
        r"constant along the integral curves of "
        r"$\frac{da}{dw}=-\frac{a\,x\,\sigma'(wx)}{\sigma(wx)}$, $x=x(w,a;\theta_0)$. For exp these are the "
        r"level curves of the $J$ of T13",
        forced.statement,
        rests_on=(unique, forced, exponential),
        evidence=(
            Evidence(
                Kind.DEDUCTION,
                Outcome.HOLDS,
                "the chain rule along an integral curve, whose tangent annihilates the gradient of J",
            ),
            _limits_on_one_level(digits),
        ),
        steps=(
            Step(
                r"Let $\theta=(w,a)=\Phi_S(\theta_0)$ with the sample $S$ of input $x(\theta)$. $J$ is "
                r"least at $\theta$ on the curve $M_S$, whose tangent is "
                r"$(1,\mu)$; if $J$ is differentiable there,",
                r"\partial_wJ+\mu\,\partial_aJ=0,\qquad \mu=-\frac{a\,x\,\sigma'(wx)}{\sigma(wx)}",
            ),
            Step(
                r"Along a solution of $\frac{da}{dw}=\mu$ the derivative of $J$ is this expression, so $J$ "
                r"is constant"
            ),
            Step(
                r"So $J$ is known up to a change of scale. It characterises if and only if it is least on "
                r"each $M_S$ at the limit, which for exp is T13"
            ),
        ),
    )


def _unique_input(digits: int) -> Claim:
    """H is injective where E is strictly monotone."""
    psi = u * _ratio(u) - 2 * POTENTIAL(u)
    degree = u * sp.diff(SIGMA(u), u) / SIGMA(u)
    slope = identity_claim(
        "T15.psi",
        r"$\psi(u)=u\,g(u)-2G(u)$ with $g=G'=\sigma/\sigma'$ has $\psi'=-u^2E'/E^2$, where "
        r"$E=u\sigma'/\sigma$",
        _generic(sp.diff(psi, u)),
        -(u**2) * sp.diff(degree, u) / degree**2,
        {u: HALF_LINE},
        digits,
        instance=_tanh,
        steps=(
            Step(r"$\psi'=ug'-g$, and $g=u/E$ gives $ug'=\frac{u}{E}-\frac{u^2E'}{E^2}=g-\frac{u^2E'}{E^2}$"),
        ),
    )
    height = (POTENTIAL(weight * scale) - POTENTIAL(w0 * scale)) / scale**2
    psi_of = [point * _ratio(point) - 2 * POTENTIAL(point) for point in (weight * scale, w0 * scale)]
    growth = identity_claim(
        "T15.height_slope",
        r"$H(x)=\bigl(G(wx)-G(w_0x)\bigr)/x^2$ has $x^3H'(x)=\psi(wx)-\psi(w_0x)$",
        _generic(scale**3 * sp.diff(height, scale)),
        psi_of[0] - psi_of[1],
        dict.fromkeys((weight, w0, scale), HALF_LINE),
        digits,
        instance=_tanh,
    )

    def compare() -> bool:
        start, end = mpmath.mpf(1) / 2, mpmath.mpf(5) / 4
        values = [_tanh_height(end, start, mpmath.mpf(k) / 20) for k in range(1, 80)]
        return all(after > before for before, after in zip(values, values[1:], strict=False))

    return Claim(
        "T15.unique_input",
        r"If $E$ is strictly monotone on $(0,\infty)$ and $w\neq w_0$, at most one input $x>0$ satisfies "
        r"$H(x)=\frac{a^2-a_0^2}{2}$",
        sp.Ne(sp.Derivative(sp.Function("H")(scale), scale), 0, evaluate=False),
        rests_on=(slope, growth),
        evidence=(
            Evidence(
                Kind.DEDUCTION,
                Outcome.HOLDS,
                "psi is strictly monotone, hence H' has one sign and H is injective",
            ),
            numeric_check("H increases along 79 inputs for tanh, w = 5/4, w0 = 1/2", compare, digits),
        ),
        steps=(
            Step(
                r"$E$ is monotone and not constant on any interval, so $\psi$ is strictly monotone and $H'$ "
                r"has one sign for $w\neq w_0$"
            ),
        ),
    )


def _tanh_height(end: mpmath.mpf, start: mpmath.mpf, number: mpmath.mpf) -> mpmath.mpf:
    return (mpmath.sinh(end * number) ** 2 - mpmath.sinh(start * number) ** 2) / (2 * number**2)


def _forced_direction(digits: int) -> Claim:
    """The tangent of M_S and the derivative of J along the field."""
    fitted = sp.Function("a", real=True)(weight)
    through = sp.diff(fitted * SIGMA(weight * scale), weight).doit()
    slope = -fitted * scale / _ratio(weight * scale)
    implicit = sp.solve(through, sp.diff(fitted, weight))[0]
    tangent = Claim(
        "T15.tangent",
        r"The curve $M_S$ through $(w,a)$ for the input $x$ has the slope "
        r"$\mu=-\frac{a\,x\,\sigma'(wx)}{\sigma(wx)}=-\frac awE(wx)$",
        sp.Eq(sp.diff(fitted, weight), slope, evaluate=False),
        evidence=(
            identity_check(implicit - slope),
            numeric_check(
                "slope of y/tanh(wx) by mpmath's differences", lambda: _slope_agrees(digits), digits
            ),
        ),
        steps=(Step(r"Differentiate $a(w)\,\sigma(wx)=y$", r"a'\,\sigma(wx)+a\,x\,\sigma'(wx)=0"),),
    )
    mu = sp.Function("mu", real=True)(weight, output)
    along = sp.Function("a", real=True)(weight)
    rate = sp.diff(LEVEL(weight, along), weight).doit()
    rate = rate.subs(sp.diff(along, weight), mu.subs(output, along)).subs(along, output).doit()
    gradient = sp.diff(LEVEL(weight, output), weight) + mu * sp.diff(LEVEL(weight, output), output)
    return Claim(
        "T15.forced",
        r"The derivative of $J$ along a solution of $\frac{da}{dw}=\mu(w,a)$ is "
        r"$\partial_wJ+\mu\,\partial_aJ$, which vanishes where $J$ characterises",
        sp.Eq(gradient, 0, evaluate=False),
        rests_on=(tangent,),
        evidence=(
            identity_check(rate - gradient),
            Evidence(
                Kind.DEDUCTION, Outcome.HOLDS, "Fermat's theorem for J on M_S, whose tangent is (1, mu)"
            ),
            numeric_check(
                "a sample J along an integral curve, differentiated by mpmath", _chain_rule, digits
            ),
        ),
    )


def _slope_agrees(digits: int) -> bool:
    point, number, value = mpmath.mpf(3) / 4, mpmath.mpf(5) / 3, mpmath.mpf(2)
    target = value * mpmath.tanh(point * number)
    measured = mpmath.diff(lambda v: target / mpmath.tanh(v * number), point)
    predicted = -value * number * mpmath.sech(point * number) ** 2 / mpmath.tanh(point * number)
    return bool(abs(measured - predicted) < mpmath.mpf(10) ** (-digits))


def _chain_rule() -> bool:
    """J = sin(w) a² along the curve a = exp(-w²/2), which solves a' = -w a."""
    point = mpmath.mpf(2) / 3
    value = mpmath.exp(-(point**2) / 2)
    measured = mpmath.diff(lambda v: mpmath.sin(v) * mpmath.exp(-(v**2)), point)
    predicted = mpmath.cos(point) * value**2 - point * value * 2 * mpmath.sin(point) * value
    return bool(abs(measured - predicted) < mpmath.mpf(10) ** (10 - mpmath.mp.dps))


def _exponential(digits: int) -> Claim:
    """exp: x = 2(w - w0)/(a² - a0²), and T13's J is constant along the field."""
    number = 2 * (weight - w0) / (output**2 - a0**2)
    box = dict.fromkeys((weight, w0, output, a0), HALF_LINE)
    solved = identity_claim(
        "T15.exp_input",
        r"For exp, $G(u)=u$ and $E(u)=u$, which is strictly increasing; the orbit equation has the one root "
        r"$x=\frac{2(w-w_0)}{a^2-a_0^2}$",
        (weight * number - w0 * number) / number**2,
        (output**2 - a0**2) / 2,
        box,
        digits,
    )
    function = (weight - w0) ** 2 + output**2 / 2 - a0**2 * sp.log(output)
    mu = -output * number
    return identity_claim(
        "T15.exp_potential",
        r"For exp, $J=(w-w_0)^2+\frac{a^2}{2}-a_0^2\log a$ satisfies $\partial_wJ=-\mu\,\partial_aJ$ with "
        r"$\mu=-a\,x=-\frac{2a(w-w_0)}{a^2-a_0^2}$",
        sp.Derivative(function, weight),
        -mu * sp.Derivative(function, output),
        box,
        digits,
        rests_on=(solved,),
        steps=(
            Step(
                r"The field is separable and integrates at once",
                r"\Bigl(a-\frac{a_0^2}{a}\Bigr)da+2(w-w_0)\,dw=0,\qquad \frac{a^2}{2}-a_0^2\log "
                r"a+(w-w_0)^2=\text{const}",
            ),
        ),
    )


def _limits_on_one_level(digits: int) -> Evidence:
    """Integrate exp's direction field: J stays constant, and a point of the curve is a limit."""
    start, first = (sp.Rational(1, 4), sp.Integer(1)), (sp.Rational(3, 4), sp.Integer(2))
    mu = -2 * a * (w - start[0]) / (a**2 - start[1] ** 2)
    curve = taylor_flow([sp.Integer(1), mu], [w, a], list(first), sp.Rational(1, 10), digits + 5)
    if curve.stopped is not None:
        return Evidence(
            Kind.NUMERIC, Outcome.UNDECIDED, f"the direction field could not be integrated: {curve.stopped}"
        )
    with mpmath.workdps(digits + 15):
        ends = [tuple(mpmath.mpf(int(entry.p)) / int(entry.q) for entry in first), tuple(curve.end)]
        levels = [(v - mpmath.mpf(1) / 4) ** 2 + e**2 / 2 - mpmath.log(e) for v, e in ends]
        drift = abs(levels[0] - levels[1])
    number = 2 * (first[0] - start[0]) / (first[1] ** 2 - start[1] ** 2)
    target = first[1] * sp.exp(first[0] * number)
    sigma = activation("exp").formula
    field, variables = gradient_flow_field(sigma, [(number, target)])
    reached = flow_limit(field, variables, start, digits + 3)
    if reached.limit is None:
        return Evidence(Kind.NUMERIC, Outcome.UNDECIDED, f"the flow did not come to rest: {reached.reason}")
    with mpmath.workdps(digits + 15):
        error = max(abs(value - goal) for value, goal in zip(reached.limit, ends[0], strict=True))
        holds = max(error, drift) < mpmath.mpf(10) ** (-digits)
        method = (
            f"mpmath, exp from (1/4, 1): J drifts by {mpmath.nstr(drift, 2)} along an integrated curve of "
            f"the field, and the flow of the sample with "
            f"x = {number} ends at (3/4, 2) up to {mpmath.nstr(error, 2)}, {digits} digits"
        )
    return Evidence(Kind.NUMERIC, Outcome.HOLDS if holds else Outcome.FAILS, method)
