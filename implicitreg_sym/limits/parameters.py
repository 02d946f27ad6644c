"""From the plane back to the network: what a one-sample flow starts from, and where every parameter ends (T4,
T7)."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import sympy as sp

from implicitreg_sym.activations.typeset import typeset_name
from implicitreg_sym.claims import (
    Claim,
    Evidence,
    Kind,
    Outcome,
    Step,
    identity_check,
    sampled_identity_check,
)
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.flow import Network, Point, Sample
from implicitreg_sym.limits.plane import PlaneFlow
from implicitreg_sym.symbols import a as a_symbol
from implicitreg_sym.symbols import u
from implicitreg_sym.symbols import y as y_symbol

_LIMIT_U, _LIMIT_A = sp.symbols("u_infty a_infty", real=True)
_SIGMA = sp.Function("sigma", real=True)


def flow_words(network: Network, start: Point, sample: Sample) -> str:
    r"""The activation, the sample, the learning rates unless they are 1, and the start, in LaTeX prose.

    >>> from implicitreg_sym.activations import activation
    >>> one = sp.Integer(1)
    >>> print(flow_words(Network(activation("tanh")), Point((one,), 2 * one), Sample((one,), 3 * one)))
    For \texttt{tanh} and the sample $x=1$, $y=3$ the gradient flow from $w_0=1$, $a_0=2$
    """
    rates = ""
    if (network.rate_w, network.rate_a) != (1, 1):
        whose = "$w$ and $b$" if network.bias else "$w$"
        rates = (
            rf" with the learning rates $\eta_w={sp.latex(network.rate_w)}$ of {whose} and "
            rf"$\eta_a={sp.latex(network.rate_a)}$ of $a$"
        )
    bias = "" if start.b is None else rf"$b_0={sp.latex(start.b)}$, "
    return (
        rf"For {typeset_name(network.activation.name)} and the sample $x={_entries(sample.x)}$, "
        rf"$y={sp.latex(sample.y)}$ the gradient flow{rates} from $w_0={_entries(start.w)}$, "
        rf"{bias}$a_0={sp.latex(start.a)}$"
    )


def _entries(numbers: tuple[sp.Expr, ...]) -> str:
    inner = ",\\,".join(sp.latex(number) for number in numbers)
    return inner if len(numbers) == 1 else rf"({inner})"


def interpolating_limit() -> sp.Basic:
    """The statement that the flow has an interpolating limit: u stays bounded, and f = y at the end."""
    return sp.And(
        sp.Lt(sp.Abs(_LIMIT_U), sp.oo, evaluate=False),
        sp.Eq(_LIMIT_A * _SIGMA(_LIMIT_U), y_symbol, evaluate=False),
        evaluate=False,
    )


def no_interpolating_limit() -> sp.Basic:
    """The contrary."""
    return sp.Or(
        sp.Eq(sp.Abs(_LIMIT_U), sp.oo, evaluate=False),
        sp.Ne(_LIMIT_A * _SIGMA(_LIMIT_U), y_symbol, evaluate=False),
        evaluate=False,
    )


def is_point(network: Network, point: Point) -> sp.Basic:
    """The statement that every parameter has the exact value of a point."""
    return _equations((*network.weight_symbols, a_symbol), (*point.weights, point.a))


def reduction_claim(network: Network, start: Point, sample: Sample, plane: PlaneFlow, digits: int) -> Claim:
    """The flow moves (w, b) along the input only, so that u and a obey the equations in the plane (T4)."""
    inputs = network.augment(sample)
    residual, height, slope = sp.symbols("r a s", real=True)
    squared = sp.Add(*(entry**2 for entry in inputs))
    # u' = Σ w_i' x_i with w_i' = -η_w r a σ' x_i is -η_a r N a σ'; u along the line is u
    speed = sp.Add(*(-network.rate_w * residual * height * slope * entry**2 for entry in inputs))
    speed += network.rate_a * residual * plane.norm * height * slope
    line = sp.Add(*map(sp.Mul, _on_the_line(start.weights, inputs, plane.u0, squared), inputs)) - u
    domains = dict.fromkeys((residual, height, slope, u), (sp.Integer(1), sp.Integer(2)))
    moved, along = ("(w,b)", "(x,1)") if network.bias else ("w", "x")
    origin = "(w_0,b_0)" if network.bias else "w_0"
    time = "" if network.rate_a == 1 else r", up to the factor $\eta_a$ in time,"
    symbols = sp.symbols("u_0 N", real=True)
    return Claim(
        "limit.reduction",
        rf"{flow_words(network, start, sample)} moves ${moved}$ along ${along}$ only, and $u$ and $a$ "
        rf"follow{time} $\dot u=-rNa\,\sigma'(u)$, $\dot a=-r\,\sigma(u)$, $r=a\,\sigma(u)-y$, from "
        r"$(u_0,a_0)$ with",
        _equations(symbols, (plane.u0, plane.norm)),
        evidence=(
            *(identity_check(expression) for expression in (speed, line)),
            *(sampled_identity_check(expression, domains, digits) for expression in (speed, line)),
        ),
        steps=(
            Step(
                rf"The gradient of $f$ by ${moved}$ is $a\,\sigma'(u)\,{along}$, so",
                rf"{moved}={origin}+\frac{{u-u_0}}{{\lVert {along}\rVert^2}}\,{along},\qquad "
                rf"N=\frac{{\eta_w}}{{\eta_a}}\lVert {along}\rVert^2",
            ),
        ),
    )


def _on_the_line(
    weights: tuple[sp.Expr, ...], inputs: tuple[sp.Expr, ...], u0: sp.Expr, squared: sp.Expr
) -> list[sp.Expr]:
    return [weight + (u - u0) / squared * entry for weight, entry in zip(weights, inputs, strict=True)]


def parameters_claim(
    network: Network,
    start: Point,
    sample: Sample,
    premises: tuple[Claim, Claim],
    balls: tuple[Ball, ...],
    digits: int,
) -> Claim:
    """The limit of all parameters, from the reduction and the limit in the plane; ``balls`` are those of w, b
    if trained, and a."""
    members = [
        sp.Contains(symbol, sp.Interval(_rational(ball.lower), _rational(ball.upper)), evaluate=False)
        for symbol, ball in zip((*network.weight_symbols, a_symbol), balls, strict=True)
    ]
    reduction, planar = premises
    method = f"the weights by {reduction.id}, in ball arithmetic, from u and a by {planar.id}"
    return Claim(
        "limit",
        rf"{flow_words(network, start, sample)} converges to the interpolating point",
        sp.And(*members),
        rests_on=premises,
        evidence=(
            Evidence(Kind.DEDUCTION, Outcome.HOLDS, method),
            _interpolates(network, sample, balls, digits),
        ),
    )


def _interpolates(network: Network, sample: Sample, balls: tuple[Ball, ...], digits: int) -> Evidence:
    """Compare f with y, up to what the relative errors 10^-digits of the parameters may change; undecided
    where their balls leave u open."""
    with mpmath.workdps(digits + 15):
        *weights, height = (_mp(ball.middle) for ball in balls)
        inputs = [mpmath.mpf(sp.N(entry, mpmath.mp.dps)) for entry in network.augment(sample)]
        value = mpmath.fdot(weights, inputs)
        open_by = mpmath.fdot([_mp(ball.radius) for ball in balls[:-1]], map(abs, inputs))
        sigma, slope = network.activation.mp(value), network.activation.slope_mp(value)
        target = mpmath.mpf(sp.N(sample.y, mpmath.mp.dps))
        size = 1 + mpmath.fsum(abs(weight * entry) for weight, entry in zip(weights, inputs, strict=True))
        scale = 1 + abs(target) + abs(sigma) * (1 + abs(height)) + abs(height * slope) * size
        tolerance = mpmath.mpf(10) ** (-digits)
        agrees = abs(height * sigma - target) <= tolerance * scale
        outcome = Outcome.HOLDS if agrees else Outcome.FAILS if open_by < tolerance else Outcome.UNDECIDED
    return Evidence(Kind.NUMERIC, outcome, f"f from these parameters, against y, {digits} digits")


def _mp(number: Fraction) -> mpmath.mpf:
    return mpmath.mpf(number.numerator) / number.denominator


def _equations(symbols: tuple[sp.Symbol, ...], values: tuple[sp.Expr, ...]) -> sp.Basic:
    equations = [sp.Eq(*pair, evaluate=False) for pair in zip(symbols, values, strict=True)]
    return sp.And(*equations, evaluate=False)


def _rational(number: Fraction) -> sp.Rational:
    return sp.Rational(number.numerator, number.denominator)
