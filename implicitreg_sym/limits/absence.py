"""The established statement that a flow has no interpolating limit: a saddle, a dead unit, a target out of
reach (T7)."""

from __future__ import annotations

import mpmath
import sympy as sp

from implicitreg_sym.activations.typeset import typeset_name
from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome, Step
from implicitreg_sym.flow.gradient_flow import flow_limit, gradient_flow_field
from implicitreg_sym.limits.one_sample import Limit
from implicitreg_sym.limits.wording import in_latex
from implicitreg_sym.status import Status
from implicitreg_sym.symbols import y


def no_limit_claim(id: str, result: Limit) -> Claim:
    """Return the claim that the flow of a result does not converge to an interpolating point.

    It is as firm as the refutation of the contrary by `limit`; the flow integrated with mpmath until it
    rests, with f ≠ y there, is the cross-check. UNKNOWN where `limit` found a limit or did not decide.

    >>> from implicitreg_sym.activations import activation
    >>> from implicitreg_sym.flow import Network, Point, Sample
    >>> from implicitreg_sym.limits import limit
    >>> one = sp.Integer(1)
    >>> dead = limit(Network(activation("relu")), Point((-one,), one), Sample((one,), one))
    >>> no_limit_claim("dead", dead).status.name
    'ENCLOSED'
    """
    refuted = result.claim.status is Status.REFUTED
    start, sample = result.start, result.sample
    outcome = Outcome.HOLDS if refuted else Outcome.UNDECIDED
    reason = result.reason or "the flow converges to an interpolating point"
    point = ", ".join(sp.latex(entry) for entry in (*start.weights, start.a))
    inputs = sp.latex(sample.x[0]) if len(sample.x) == 1 else sp.latex(sp.Tuple(*sample.x))
    end, output = sp.Symbol("f_infinity", real=True), sp.latex(sample.y)
    return Claim(
        id,
        rf"For $\sigma$ = {typeset_name(result.network.activation.name)} the flow from "
        rf"$\theta_0=({point})$ for the "
        rf"sample $({inputs},{output})$ does not converge to an interpolating point",
        sp.Ne(end, y, evaluate=False),
        evidence=(Evidence(Kind.ENCLOSURE, outcome, reason), _rests_elsewhere(result)),
        steps=(Step(in_latex(reason)),),
    )


def _rests_elsewhere(result: Limit) -> Evidence:
    """Integrate the flow until it rests, and compare f there with y."""
    network, sample, digits = result.network, result.sample, result.digits
    field, variables = gradient_flow_field(
        network.activation.formula, [(network.augment(sample), sample.y)], (network.rate_w, network.rate_a)
    )
    reached = flow_limit(field, variables, (*result.start.weights, result.start.a), digits)
    if reached.limit is None:
        return Evidence(Kind.NUMERIC, Outcome.UNDECIDED, f"the flow did not come to rest: {reached.reason}")
    with mpmath.workdps(digits + 15):
        *weights, height = (mpmath.mpf(entry) for entry in reached.limit)
        inputs = [mpmath.mpf(sp.N(entry, mpmath.mp.dps)) for entry in network.augment(sample)]
        value = mpmath.fsum(v * e for v, e in zip(weights, inputs, strict=True))
        gap = abs(height * network.activation.mp(value) - mpmath.mpf(sp.N(sample.y, mpmath.mp.dps)))
        holds = gap > mpmath.mpf(10) ** (-digits // 2)
        method = (
            f"mpmath, {digits} digits: the integrated flow comes to rest where |f - y| = "
            f"{mpmath.nstr(gap, 6)}"
        )
    return Evidence(Kind.NUMERIC, Outcome.HOLDS if holds else Outcome.FAILS, method)
