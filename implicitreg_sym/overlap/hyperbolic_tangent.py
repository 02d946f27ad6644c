"""T10 for tanh, where the two levels and a start between them have closed forms."""

from __future__ import annotations

import flint
import mpmath
import sympy as sp

from implicitreg_sym.activations import activation, real_ball
from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome, Step
from implicitreg_sym.invariants import derive_G
from implicitreg_sym.limits.crosscheck import integrated_limit
from implicitreg_sym.limits.plane import PlaneFlow
from implicitreg_sym.overlap.identities import deduction, identity_claim
from implicitreg_sym.symbols import u

ID = "tanh.mean"
INPUTS = (sp.Rational(1, 2), sp.Rational(3, 2))
ROOTS = tuple(sp.sinh(x) / x for x in INPUTS)  # √m_i at w0 = 1
START = -(ROOTS[0] + ROOTS[1]) / 2


def mean_start_claim(symmetric: Claim, digits: int = 30) -> Claim:
    """Return T10 for tanh with w0 = 1, x = 1/2 and 3/2, a0 = -(√m1 + √m2)/2, √m_i = sinh(x_i)/x_i.

    Arguments: ``symmetric``, T10's claim for tanh with these inputs and all a0 between the levels.

    >>> from implicitreg_sym.overlap.symmetric import symmetric_two_point
    >>> mean_start_claim(symmetric_two_point(activation("tanh")).claim).status.name
    'ENCLOSED'
    """
    a_0 = sp.Symbol("a_0", real=True)
    return Claim(
        ID,
        r"For tanh, $w_0=1$, $x_1=\tfrac12$, $x_2=\tfrac32$ and the following $a_0$, the sample of "
        r"$x_1$ leads to "
        r"$(-1,a_0)$ and that of $x_2$ to $(1,-a_0)$, for $y_i=-a_0\tanh x_i$",
        sp.Eq(a_0, START, evaluate=False),
        rests_on=(symmetric, _levels(digits), _between(digits)),
        evidence=(
            deduction("T10 holds for every a_0 < 0 whose square lies strictly between the two levels"),
            _trajectories(digits),
        ),
    )


def _levels(digits: int) -> Claim:
    x = sp.Symbol("x", positive=True)
    formula = derive_G(activation("tanh")).formula
    return identity_claim(
        f"{ID}.levels",
        r"For tanh, $G(u)=\tfrac12\sinh^2u$, so $m(x)=2G(x)/x^2$ is a square",
        2 * formula.subs(u, x) / x**2,
        (sp.sinh(x) / x) ** 2,
        {x: (sp.Integer(0), sp.oo)},
        digits,
        rests_on=(derive_G(activation("tanh")).claim(digits),),
    )


def _between(digits: int) -> Claim:
    first, second = (root**2 for root in ROOTS)
    with flint.ctx.workprec(int(digits * 3.33) + 64):
        low, middle, high = (real_ball(entry) for entry in (first, START**2, second))
        outcome = (
            Outcome.HOLDS
            if low < middle < high
            else Outcome.FAILS
            if middle < low or middle > high
            else Outcome.UNDECIDED
        )
        method = f"m1 = {low.str(12)}, a0^2 = {middle.str(12)}, m2 = {high.str(12)}"
    with mpmath.workdps(digits + 15):
        small, large = (mpmath.sinh(x) / x for x in (mpmath.mpf(1) / 2, mpmath.mpf(3) / 2))
        agrees = small < (small + large) / 2 < large
    numeric = (
        f"mpmath: sinh(x)/x is {mpmath.nstr(small, 12)} and {mpmath.nstr(large, 12)}, their mean between"
    )
    a_0 = sp.Symbol("a_0", real=True)
    m_1, m_2 = sp.symbols("m_1 m_2", positive=True)
    return Claim(
        f"{ID}.between",
        r"The mean of $\sqrt{m_1}$ and $\sqrt{m_2}$, which differ, lies strictly between them, so "
        r"for this $a_0$",
        sp.And(sp.Lt(m_1, a_0**2), sp.Lt(a_0**2, m_2), evaluate=False),
        evidence=(
            Evidence(Kind.ENCLOSURE, outcome, method),
            Evidence(Kind.NUMERIC, Outcome.HOLDS if agrees else Outcome.FAILS, numeric),
        ),
        steps=(Step(r"$\sqrt{m_i}=\sinh(x_i)/x_i$, and $\sinh(x)/x$ increases for $x>0$"),),
    )


def _trajectories(digits: int) -> Evidence:
    """Both flows from (1, a0), a0 exact, integrated with mpmath; they must end at (-1, a0) and at (1,
    -a0)."""
    potential = derive_G(activation("tanh")).potential()
    worst = mpmath.mpf(0)
    with mpmath.workdps(digits + 15):
        start = mpmath.mpf(sp.N(START, mpmath.mp.dps))
        for x, sign in zip(INPUTS, (-1, 1), strict=True):
            plane = PlaneFlow(potential, x, START, x**2, -START * sp.tanh(x))
            reached = integrated_limit(plane, digits)
            if reached is None:
                return Evidence(
                    Kind.NUMERIC, Outcome.UNDECIDED, "the numerical integration did not reach f = y"
                )
            scale = mpmath.mpf(x.p) / x.q
            worst = max(worst, abs(reached[0] / scale - sign), abs(reached[1] + sign * start))
        holds = worst < mpmath.mpf(10) ** (-digits)
        method = (
            f"mpmath, {digits} digits: both flows integrated, their ends off by at most "
            f"{mpmath.nstr(worst, 2)}"
        )
    return Evidence(Kind.NUMERIC, Outcome.HOLDS if holds else Outcome.FAILS, method)
