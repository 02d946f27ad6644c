"""T1, two-point overlapping: no function characterises strictly."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

import mpmath
import sympy as sp

from implicitreg_sym.claims import (
    Claim,
    Evidence,
    Step,
    Theorem,
    numeric_check,
)
from implicitreg_sym.overlap.curves import Pair, interpolating_pair, residual
from implicitreg_sym.overlap.identities import deduction
from implicitreg_sym.overlap.linear_order import order_check, sampled_order_check

DEFAULT_DIGITS = 30
J = sp.Function("J", real=True)
p, q = sp.symbols("p q", real=True)


@cache
def two_point_theorem(digits: int = DEFAULT_DIGITS) -> Theorem:
    """Return T1: two-point overlapping excludes a strict J, and a weak one has J(p) = J(q).

    Hypotheses: "first limit" Φ_S1(θ0) = p, "second limit" Φ_S2(θ0) = q, "distinct points" p ≠ q,
    "common points" {p, q} ⊂ M_S1 ∩ M_S2.

    >>> two_point_theorem().proved_as.status.name
    'PROVED'
    """
    strict = [sp.Lt(J(p), J(q)), sp.Lt(J(q), J(p))]
    weak = [sp.Le(J(p), J(q)), sp.Le(J(q), J(p))]
    equal = sp.Eq(J(p), J(q))
    impossible = Claim(
        "T1.strict",
        r"No real numbers satisfy both $J(p)<J(q)$ and $J(q)<J(p)$",
        sp.Not(sp.And(*strict), evaluate=False),
        evidence=(order_check(strict, sp.false), sampled_order_check(strict, sp.false, digits)),
        steps=(Step(r"The sum of the two inequalities is false", r"J(p)+J(q)<J(q)+J(p)"),),
    )
    equality = Claim(
        "T1.weak",
        r"If $J(p)\le J(q)$ and $J(q)\le J(p)$, then $J(p)=J(q)$",
        sp.Implies(sp.And(*weak), equal, evaluate=False),
        evidence=(order_check(weak, equal), sampled_order_check(weak, equal, digits)),
        steps=(Step(r"Either strict inequality between $J(p)$ and $J(q)$ contradicts one of the two"),),
    )
    together = Claim(
        "T1",
        r"Let $\Phi_{S_1}(\theta_0)=p\neq q=\Phi_{S_2}(\theta_0)$ and $\{p,q\}\subset M_{S_1}\cap M_{S_2}$. "
        r"Then no function $J$ "
        r"characterises the limits strictly, and a function that characterises them weakly has $J(p)=J(q)$",
        sp.And(impossible.statement, equality.statement),
        rests_on=(impossible, equality),
        evidence=(
            deduction(
                "the definitions of strict and weak characterisation, for S1 at the point q and for S2 at "
                "the point p"
            ),
            _two_point_example(digits),
        ),
        steps=(
            Step(
                r"If $J$ characterises strictly, then $p$ is the only minimiser of $J$ on $M_{S_1}$, which "
                r"contains $q\neq p$, and $q$ is "
                r"the only minimiser on $M_{S_2}$, which contains $p$",
                r"J(p)<J(q),\qquad J(q)<J(p)",
            ),
            Step(
                r"This is a contradiction. If $J$ characterises only weakly, both inequalities hold with "
                r"$\le$, hence $J(p)=J(q)$"
            ),
        ),
    )
    hypotheses = {
        "first limit": "the flow of S1 from θ0 converges to p",
        "second limit": "the flow of S2 from θ0 converges to q",
        "distinct points": "p differs from q",
        "common points": "p and q interpolate both S1 and S2",
    }
    return Theorem("T1", "two-point overlapping", hypotheses, together)


def _two_point_example(digits: int) -> Evidence:
    """For two points that fit both of two sigmoid samples, each J of a list has the same minimisers."""

    def compare() -> bool:
        points, samples = interpolating_pair()
        members = [
            [point for point in points if residual(point, sample) < mpmath.mpf(10) ** (-digits)]
            for sample in samples
        ]
        functions = (
            lambda w, a: w**2 + a**2,
            lambda w, a: abs(w * a),
            lambda w, a: a**2 / 2 - w,
            lambda w, a: (w - 1) ** 2 - a,
        )
        minimisers = [
            [min(found, key=partial(_value, function)) for found in members] for function in functions
        ]
        return all(len(found) == 2 for found in members) and all(
            first == second for first, second in minimisers
        )

    method = (
        "two points that interpolate both of two sigmoid samples: four functions J single out the same "
        "one for both samples"
    )
    return numeric_check(method, compare, digits)


def _value(function: Callable[[mpmath.mpf, mpmath.mpf], mpmath.mpf], point: Pair) -> mpmath.mpf:
    return function(*point)
