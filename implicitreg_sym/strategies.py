"""Hypothesis strategies for activations, networks, starts and samples; needs the extra ``test``.

from hypothesis import given
from implicitreg_sym import strategies as irs

@given(irs.one_sample_problems())
def test_something(problem): ...
"""

from __future__ import annotations

from dataclasses import dataclass

import flint
import mpmath
import sympy as sp
from hypothesis import assume
from hypothesis import strategies as st

from implicitreg_sym.activations import CATALOGUE, Activation, activation, from_formula
from implicitreg_sym.flow import Network, Point, Sample
from implicitreg_sym.invariants import parity, potential
from implicitreg_sym.limits.arc import slope_never_zero
from implicitreg_sym.symbols import u

__all__ = [
    "OneSampleProblem",
    "activations",
    "formulas",
    "is_increasing",
    "networks",
    "one_sample_problems",
    "rationals",
    "samples",
    "starts",
]

_PARAMETERS = {
    "leaky_relu": ("1/100", "1/10", "1/2", "4/5"),
    "power": ("1", "2", "3", "5"),
    "relu_power": ("1/2", "1", "2", "3"),
    "elu": ("1/2", "1", "2"),
    "celu": ("1/2", "1", "2"),
    "swish": ("1/2", "1", "2", "3"),
    "snake": ("1/2", "1", "2"),
}
_INCREASING = (
    "identity",
    "exp",
    "sigmoid",
    "tanh",
    "sinh",
    "arctan",
    "erf",
    "asinh",
    "softplus",
    "squareplus",
)
_ODD = ("identity", "tanh", "sinh", "arctan", "erf", "asinh")
_BOUNDED = (sp.tanh, sp.atan, sp.sin, sp.cos, sp.erf)


def rationals(lower: int = -2, upper: int = 2, denominator: int = 10) -> st.SearchStrategy[sp.Rational]:
    """Draw exact rationals k/``denominator`` between two integers.

    >>> from hypothesis import find
    >>> find(rationals(1, 2), lambda number: number > sp.Rational(3, 2))
    8/5
    """
    return st.integers(lower * denominator, upper * denominator).map(lambda k: sp.Rational(k, denominator))


@st.composite
def formulas(draw: st.DrawFn, depth: int = 2) -> sp.Expr:
    """Draw formulas in `u` that are smooth and real on all of R and depend on `u`.

    The grammar: u; sums and products; rational factors; tanh, atan, sin, cos, erf, asinh, exp(-v²), log(1 +
    exp(v)), 1/(1 + exp(v)), 1/(1 + v²) and sqrt(1 + v²) of a formula v. ``depth`` bounds the nesting;
    `formula_text` gives the text.

    >>> from hypothesis import find
    >>> find(formulas(), lambda formula: formula.has(sp.tanh))
    tanh(u)
    """

    def smaller() -> sp.Expr:
        return draw(formulas(depth=depth - 1))

    kind = draw(st.sampled_from(("u", "scale", "apply", "sum", "product"))) if depth > 0 else "u"
    match kind:
        case "scale":
            formula = draw(rationals(1, 3, 2)) * smaller()
        case "apply":
            function = draw(
                st.sampled_from((*_BOUNDED, sp.asinh, _bump, _softplus, _sigmoid, _witch, _hyperbola))
            )
            formula = function(smaller())
        case "sum":
            formula = smaller() + draw(rationals(1, 2, 2)) * smaller()
        case "product":
            formula = smaller() * smaller()
        case _:
            formula = u
    assume(formula.has(u))
    return formula


def _bump(value: sp.Expr) -> sp.Expr:
    return sp.exp(-(value**2))


def _softplus(value: sp.Expr) -> sp.Expr:
    return sp.log(1 + sp.exp(value))


def _sigmoid(value: sp.Expr) -> sp.Expr:
    return 1 / (1 + sp.exp(-value))


def _witch(value: sp.Expr) -> sp.Expr:
    return 1 / (1 + value**2)


def _hyperbola(value: sp.Expr) -> sp.Expr:
    return sp.sqrt(1 + value**2)


def is_increasing(candidate: Activation) -> bool:
    """Whether exact algebra proves σ' > 0 on the whole line, breakpoints included.

    >>> [is_increasing(activation(name)) for name in ("softsign", "silu", "relu")]
    [True, False, False]
    """
    with flint.ctx.workprec(128):
        ends = [flint.arb(0), *(flint.arb(int(sp.floor(point))) for point in candidate.breakpoints)]
        return all(slope_never_zero(piece) for piece in candidate.pieces) and all(
            candidate.slope_over(point + shift) > 0 for point in ends for shift in (-1, 0, 1)
        )


@st.composite
def activations(
    draw: st.DrawFn,
    smooth: bool | None = None,
    increasing: bool | None = None,
    odd: bool | None = None,
    user_defined: bool = True,
) -> Activation:
    """Draw activations: entries of the catalogue with sensible parameters and, with ``user_defined``,
    random formulas.

    ``smooth``: whether one formula serves the whole line; ``increasing``: whether σ' > 0 on all of R is
    proved (for False: not proved); ``odd``: whether σ(-u) = -σ(u) is proved; None leaves a property open.

    >>> from hypothesis import find
    >>> find(activations(smooth=False), lambda candidate: True).name
    'relu'
    """
    if user_defined and draw(st.booleans()):
        if increasing:
            # a positive combination of increasing activations is increasing, whether or not algebra can tell
            names = st.sampled_from(_ODD if odd else _INCREASING)
            terms = draw(
                st.lists(st.tuples(names, rationals(1, 2, 2), rationals(1, 2, 2)), min_size=1, max_size=2)
            )
            parts = (scale * activation(name).formula.subs(u, rate * u) for name, scale, rate in terms)
            candidate = from_formula(sp.Add(*parts))
        elif odd:
            formula = draw(formulas())
            difference = sp.expand(formula - formula.subs(u, -u))
            assume(difference.has(u))
            candidate = from_formula(difference)
        else:
            candidate = from_formula(draw(formulas()))
        assume(increasing is not False or not is_increasing(candidate))
    else:
        name = draw(st.sampled_from(tuple(CATALOGUE)))
        if name in _PARAMETERS:
            name = f"{name}({draw(st.sampled_from(_PARAMETERS[name]))})"
        candidate = activation(name)
        assume(increasing is None or is_increasing(candidate) is increasing)
    assume(smooth is None or candidate.smooth is smooth)
    assume(odd is None or (parity(candidate) == "odd") is odd)
    return candidate


@st.composite
def networks(
    draw: st.DrawFn,
    activation: st.SearchStrategy[Activation] | None = None,
    max_inputs: int = 3,
    bias: bool | None = None,
    rates: bool = True,
) -> Network:
    """Draw networks with 1 to ``max_inputs`` inputs, with or without a trained bias and separate learning
    rates.

    >>> from hypothesis import find
    >>> find(networks(), lambda network: network.inputs == 2 and network.bias).weight_symbols
    (w1, w2, b)
    """
    rate = rationals(1, 3, 2) if rates else st.just(sp.Integer(1))
    return Network(
        draw(activations() if activation is None else activation),
        draw(st.integers(1, max_inputs)),
        draw(st.booleans()) if bias is None else bias,
        draw(rate),
        draw(rate),
    )


def samples(network: Network) -> st.SearchStrategy[Sample]:
    """Draw samples (x, y) of a network, with inputs and target in [-2, 2] and x ≠ 0.

    >>> from hypothesis import find
    >>> find(samples(Network(activation("tanh"))), lambda sample: sample.y > 1)
    Sample(x=(1/10,), y=11/10)
    """
    entries = st.tuples(*[rationals()] * network.inputs).filter(any)
    return st.builds(Sample, entries, rationals())


def starts(network: Network) -> st.SearchStrategy[Point]:
    """Draw starts of a network, with weights (and bias) in [-1, 1] and an output weight in [-2, 2], not zero.

    >>> from hypothesis import find
    >>> find(starts(Network(activation("tanh"), 2)), lambda start: True)
    Point(w=(0, 0), a=1/10, b=None)
    """
    weights = st.tuples(*[rationals(-1, 1)] * network.inputs)
    bias = rationals(-1, 1) if network.bias else st.none()
    return st.builds(Point, weights, rationals().filter(bool), bias)


@dataclass(frozen=True, slots=True)
class OneSampleProblem:
    """A network, a start and a sample."""

    network: Network
    start: Point
    sample: Sample


@st.composite
def one_sample_problems(
    draw: st.DrawFn, network: st.SearchStrategy[Network] | None = None, through_zero: bool = True
) -> OneSampleProblem:
    """Draw one-sample problems with increasing σ and moderate numbers, whose flow is well conditioned.

    The output f(x; θ0) is not tiny, and the target lies beyond it, between it and zero or (with
    ``through_zero``) on the other side of zero, where the orbit does not come close to a saddle. Then the
    limit of T7 exists.

    >>> from hypothesis import find
    >>> problem = find(one_sample_problems(), lambda problem: problem.network.inputs == 2)
    >>> len(problem.start.w), len(problem.sample.x)
    (2, 2)
    """
    chosen = draw(networks(activations(smooth=True, increasing=True)) if network is None else network)
    start = draw(starts(chosen))
    inputs = draw(
        st.tuples(*[rationals(-1, 1)] * chosen.inputs).filter(
            lambda entries: any(abs(x) > 0.25 for x in entries)
        )
    )
    origin = Sample(inputs, sp.Integer(0))
    preactivation = chosen.preactivation_at(start, origin)
    with mpmath.workdps(20):
        output = mpmath.mpf(sp.N(start.a)) * chosen.activation.mp(mpmath.mpf(sp.N(preactivation)))
    assume(abs(output) > 0.05 and abs(start.a) >= 0.25)
    factors = [sp.Rational(1, 2), sp.Rational(3, 4), sp.Rational(5, 4), sp.Integer(2)]
    if through_zero and _clear_of_saddles(chosen, start, origin, preactivation):
        factors += [sp.Rational(-1, 2), sp.Integer(-1)]
    target = draw(st.sampled_from(factors)) * sp.Rational(round(float(output) * 100), 100)
    assume(abs(float(target) - float(output)) > 1e-3)
    return OneSampleProblem(chosen, start, Sample(inputs, target))


def _clear_of_saddles(network: Network, start: Point, sample: Sample, preactivation: sp.Expr) -> bool:
    """Whether σ(0) = 0 and a² is not small where the orbit passes u = 0, nor a = 0 close to it."""
    if network.activation.formula.subs(u, 0) != 0:
        return False
    with flint.ctx.workprec(128):
        at, weight, norm = (
            flint.arb(int(q.p)) / int(q.q) for q in (preactivation, start.a, network.squared_norm(sample))
        )
        rest = weight**2 + 2 * potential(network.activation).difference(at, flint.arb(0)) / norm
    return bool(abs(rest) > 0.05)
