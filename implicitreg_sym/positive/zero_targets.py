"""Why T13 asks for non-zero targets: with targets 0 the exponential network shows two-point overlapping."""

from __future__ import annotations

from functools import cache

import mpmath
import sympy as sp

from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome, Step, identity_check, numeric_check
from implicitreg_sym.evaluate import compile_expression
from implicitreg_sym.flow.gradient_flow import flow_limit, gradient_flow_field
from implicitreg_sym.limits import limit_theorem
from implicitreg_sym.overlap.forbids import two_point_theorem
from implicitreg_sym.overlap.identities import identity_claim
from implicitreg_sym.symbols import a, u, w, x

DEFAULT_DIGITS = 30
LINE = (-sp.oo, sp.oo)
HALF_LINE = (sp.Integer(0), sp.oo)


@cache
def exponential_zero_targets(digits: int = DEFAULT_DIGITS) -> Claim:
    """Return the claim that T13 needs y ≠ 0: for (1, 0) and (2, 0), exp shows two-point overlapping.

    From (w0, a0) the flow of (x, 0) converges to (w0 - a0² x/2, 0), and M_S is the line a = 0 for every x.

    >>> exponential_zero_targets().status.name
    'PROVED'
    """
    weight, output = sp.Symbol("w_0", real=True), sp.Symbol("a_0", positive=True)
    increasing = identity_claim(
        "T13.zero.slope",
        r"$\sigma=e^u$ has $\sigma'=\sigma>0$ and $G(u)=u$ on the whole line",
        sp.Derivative(sp.exp(u), u),
        sp.exp(u),
        {u: LINE},
        digits,
    )
    ends = {index: weight - output**2 * index / 2 for index in (1, 2)}
    limits = []
    for index, end in ends.items():
        orbit = identity_claim(
            f"T13.zero.root_{index}",
            rf"The orbit of $\theta_0$ for $x_{index}={index}$ is "
            rf"$a^2=Q=a_0^2+\frac{{2(w-w_0)}}{{{index}}}$, whose only zero is $w={sp.latex(end)}$",
            output**2 + 2 * (w - weight) / index,
            sp.Rational(2, index) * (w - end),
            {w: LINE, weight: LINE, output: HALF_LINE},
            digits,
            rests_on=(increasing,),
            steps=(
                Step(
                    r"$h=Q\sigma^2$ vanishes where $Q$ does, that is where $a=0$, and "
                    r"$K=e^{2wx}(1+a^2x^2)>0$ there and before"
                ),
            ),
        )
        limits.append(
            limit_theorem(digits).conclude(
                f"T13.zero.limit_{index}",
                rf"The flow of $\{{({index},0)\}}$ from $(w_0,a_0)$ converges to "
                rf"$\bigl({sp.latex(end)},0\bigr)$",
                sp.And(sp.Eq(w, end, evaluate=False), sp.Eq(a, 0, evaluate=False)),
                {"arc": increasing, "root": orbit},
                (_zero_flow(index, digits),),
            )
        )
    distinct = identity_claim(
        "T13.zero.distinct",
        r"The two limits differ by $a_0^2/2\neq0$ in $w$",
        ends[1] - ends[2],
        output**2 / 2,
        {weight: LINE, output: HALF_LINE},
        digits,
    )
    network = a * sp.exp(w * x)
    common = Claim(
        "T13.zero.common",
        r"Every point with $a=0$ interpolates $(x,0)$ for every input $x$",
        sp.Eq(network.subs(a, 0), 0, evaluate=False),
        ((w, sp.S.Reals), (x, sp.S.Reals)),
        evidence=(
            identity_check(network.subs(a, 0)),
            numeric_check("f at a = 0 and 25 pairs (w, x)", lambda: _vanishes(network), digits),
        ),
    )
    premises = {
        "first limit": limits[0],
        "second limit": limits[1],
        "distinct points": distinct,
        "common points": common,
    }
    check = numeric_check(
        "both limits from (1/4, 1) are (-1/4, 0) and (-3/4, 0)", lambda: _two_zero_limits(digits), digits
    )
    return two_point_theorem(digits).conclude(
        "T13.zero",
        r"From every $(w_0,a_0)$ with $a_0>0$ the samples $(1,0)$ and $(2,0)$ show two-point overlapping "
        r"for $\sigma=e^u$: without the "
        r"condition $y_i\neq0$ of T13 no data-independent function characterises strictly",
        sp.Ne(ends[1], ends[2], evaluate=False),
        premises,
        (check,),
    )


def _vanishes(network: sp.Expr) -> bool:
    """f = 0 for a = 0, and f ≠ 0 for a = 1, at a grid of weights and inputs."""
    program = compile_expression(network, (w, a, x))
    grid = [mpmath.mpf(k) / 3 for k in (-5, -2, 0, 1, 4)]
    return all(
        program.mp(v, mpmath.mpf(0), e) == 0 and program.mp(v, mpmath.mpf(1), e) != 0
        for v in grid
        for e in grid
    )


def _zero_end(index: int, digits: int) -> tuple[mpmath.mpf, mpmath.mpf] | None:
    field, variables = gradient_flow_field(sp.exp(u), [(index, 0)])
    reached = flow_limit(field, variables, (sp.Rational(1, 4), sp.Integer(1)), digits + 3)
    return None if reached.limit is None else (reached.limit[0], reached.limit[1])


def _zero_flow(index: int, digits: int) -> Evidence:
    end = _zero_end(index, digits)
    if end is None:
        return Evidence(Kind.NUMERIC, Outcome.UNDECIDED, "the numerical integration did not come to rest")
    with mpmath.workdps(digits + 15):
        goal = mpmath.mpf(1) / 4 - mpmath.mpf(index) / 2
        error = max(abs(end[0] - goal), abs(end[1]))
        outcome = Outcome.HOLDS if error < mpmath.mpf(10) ** (-digits) else Outcome.FAILS
    return Evidence(
        Kind.NUMERIC,
        outcome,
        f"mpmath, integrated flow from (1/4, 1): error {mpmath.nstr(error, 2)}, {digits} digits",
    )


def _two_zero_limits(digits: int) -> bool:
    ends = [_zero_end(index, digits) for index in (1, 2)]
    if ends[0] is None or ends[1] is None:
        return False
    return bool(abs(ends[0][0] - ends[1][0] - mpmath.mpf(1) / 2) < mpmath.mpf(10) ** (-digits))
