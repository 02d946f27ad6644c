"""The established statement that a flow has no interpolating limit: a saddle, a dead unit, a target out of
reach (T7)."""

from __future__ import annotations

import mpmath
import sympy as sp

from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome, Step
from implicitreg_sym.flow.gradient_flow import flow_limit, gradient_flow_field
from implicitreg_sym.limits.one_sample import Limit
from implicitreg_sym.limits.parameters import flow_words, no_interpolating_limit
from implicitreg_sym.limits.wording import in_latex
from implicitreg_sym.status import Status


def no_limit_claim(id: str, result: Limit) -> Claim:
    """Return the claim that the flow of a result does not converge to an interpolating point.

    It is as firm as the refutation of the contrary by `limit`; the flow integrated with mpmath until it
    rests, with f ≠ y there, is the cross-check. UNKNOWN where `limit` found a limit or did not decide.

    >>> from implicitreg_sym.activations import activation
    >>> from implicitreg_sym.flow import Network, Point, Sample
    >>> from implicitreg_sym.limits import limit
    >>> one = sp.Integer(1)
    >>> dies = limit(Network(activation("relu")), Point((one,), 2 * one), Sample((one,), -one))
    >>> no_limit_claim("dies", dies).status.name
    'ENCLOSED'
    """
    refuted = result.claim.status is Status.REFUTED
    outcome = Outcome.HOLDS if refuted else Outcome.UNDECIDED
    reason = result.reason or "the flow converges to an interpolating point"
    return Claim(
        id,
        rf"{flow_words(result.network, result.start, result.sample)} does not converge to an interpolating "
        r"point",
        no_interpolating_limit(),
        rests_on=result.claim.rests_on if refuted else (),
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
