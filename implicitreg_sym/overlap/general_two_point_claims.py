"""The general two-point recipe as a tree of claims (T9, T1)."""

from __future__ import annotations

from fractions import Fraction

import flint
import mpmath
import sympy as sp

from implicitreg_sym.activations import Activation
from implicitreg_sym.claims import (
    Claim,
    Evidence,
    Kind,
    Outcome,
    Step,
    agreement_check,
    numeric_check,
    sign_check,
)
from implicitreg_sym.degree.verdict import typeset_name
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.limits.rise import orbit_rise
from implicitreg_sym.overlap.arrivals import (
    LEAST_CHECK_DIGITS,
    Arrival,
    check_digits,
    direct_limit_claim,
    exact_number,
    mp_number,
    rational,
)
from implicitreg_sym.overlap.forbids import two_point_theorem
from implicitreg_sym.overlap.general_two_point import (
    CERTIFICATION_BITS,
    GeneralTwoPoint,
    arcs_regular,
    construct,
    crossing_equation,
    find_general_two_point,
)
from implicitreg_sym.overlap.identities import identity_claim
from implicitreg_sym.overlap.outcome import Number, ParameterRange, PlanePoint, ScalarSample, TwoPoint
from implicitreg_sym.overlap.root import newton_step

ID = "general.two_point"
W_P, W_Q, W_0, X_2 = sp.symbols("w_p w_q w_0 x_2", real=True)
A_P, A_Q, RISE_1, RISE_2 = sp.symbols("a_p a_q D_1 D_2", real=True)
RHO = sp.Symbol("rho", positive=True)
SIGMA = sp.symbols("sigma_p1 sigma_q1 sigma_p2", positive=True)


def general_two_point(activation: Activation, digits: int = 30) -> TwoPoint | None:
    """Return a two-point overlapping by the general recipe, for any σ whose degree E is not monotone; None
    if none is certified.

    With x1 = 1 and rational w_p, w_q, w0: x2 ≠ 1 solves L(x2) = L(1); ρ = σ(w_p)/σ(w_q) = a_q/a_p;
    a_p²(1 - ρ²)/2 = (G(w0 x2) - G(w_q x2))/x2² - (G(w0) - G(w_p)); a0² from either invariant.

    >>> from implicitreg_sym.activations import activation
    >>> general_two_point(activation("silu")).status.name
    'ENCLOSED'
    """
    found = find_general_two_point(activation, max(digits, LEAST_CHECK_DIGITS))
    return None if found is None else as_overlapping(found, digits)


def as_overlapping(found: GeneralTwoPoint, digits: int) -> TwoPoint:
    """Dress a certified construction with its claims."""
    exact = {name: exact_number(getattr(found.candidate, name)) for name in ("w_p", "w_q", "w_0")}
    ball = {name: Number(value) for name, value in found.numbers.items()}
    return TwoPoint(
        found.equations.activation,
        "general",
        PlanePoint(exact["w_0"], ball["a_0"]),
        (ScalarSample(exact_number(Fraction(1)), ball["y_1"]), ScalarSample(ball["x_2"], ball["y_2"])),
        (PlanePoint(exact["w_p"], ball["a_p"]), PlanePoint(exact["w_q"], ball["a_q"])),
        overlapping_claim(found, check_digits(digits)),
        digits,
        tuple(
            ParameterRange(sp.Symbol(name, real=True), rational(low), rational(high))
            for name, low, high in found.family
        ),
    )


def overlapping_claim(found: GeneralTwoPoint, digits: int) -> Claim:
    """The whole proof for one construction."""
    crossing = _crossing(found, digits)
    common = _common_points(found, crossing, digits)
    signs = _signs(found, crossing, digits)
    invariants = _invariants(signs, digits)
    arcs = _arcs(found, crossing, digits)
    numbers, candidate = found.numbers, found.candidate
    start = (Ball(candidate.w_0), numbers["a_0"])
    potential = found.equations.potential
    first = Arrival(
        potential, "p", 1, start, Ball(Fraction(1)), numbers["y_1"], (Ball(candidate.w_p), numbers["a_p"])
    )
    second = Arrival(
        potential, "q", 2, start, numbers["x_2"], numbers["y_2"], (Ball(candidate.w_q), numbers["a_q"])
    )
    limits = [
        direct_limit_claim(f"{ID}.limit_{a.point}", a, arcs, (common, invariants, signs), digits)
        for a in (first, second)
    ]
    name = typeset_name(found.equations.activation.name)
    return two_point_theorem(digits).conclude(
        ID,
        rf"For $\sigma$ = {name}, $\theta_0=(w_0,a_0)$, $S_1=\{{(1,y_1)\}}$ and $S_2=\{{(x_2,y_2)\}}$ "
        rf"show two-point overlapping: no "
        rf"data-independent function characterises the limits strictly, and a function that does so "
        rf"weakly has $J(p)=J(q)$",
        sp.And(limits[0].statement, limits[1].statement, sp.Ne(sp.Symbol("p"), sp.Symbol("q"))),
        {
            "first limit": limits[0],
            "second limit": limits[1],
            "distinct points": _distinct(found, digits),
            "common points": common,
        },
        (_four_outputs(found, digits),),
        (_family_step(found),),
    )


def _family_step(found: GeneralTwoPoint) -> Step:
    ranges = ", ".join(
        rf"{sp.latex(sp.Symbol(name))}\in\left({sp.latex(rational(low))},{sp.latex(rational(high))}\right)"
        for name, low, high in found.family
    )
    return Step(
        r"Every step was certified not only at this point but for all parameters in an open box, so "
        r"that a class of networks and data follows",
        ranges,
    )


def _crossing(found: GeneralTwoPoint, digits: int) -> Claim:
    """x2: exactly one solution of L(x2) = L(1) in the stated box."""
    candidate = found.candidate
    with flint.ctx.workprec(CERTIFICATION_BITS):
        w_p, w_q = Ball(candidate.w_p).to_arb(), Ball(candidate.w_q).to_arb()
        step = newton_step(*crossing_equation(found.equations, w_p, w_q), found.root.box.to_arb())
    certified = (
        step is not None
        and step[1]
        and 1 not in found.root.box
        and step[0].overlaps(found.root.root.to_arb())
    )
    activation = found.equations.activation

    def compare() -> bool:
        p, q, x = (
            mp_number(Ball(candidate.w_p)),
            mp_number(Ball(candidate.w_q)),
            mp_number(found.numbers["x_2"]),
        )
        ratio = (activation.mp(p * x) / activation.mp(q * x)) / (activation.mp(p) / activation.mp(q))
        return bool(abs(ratio - 1) < mpmath.mpf(10) ** (-digits))

    low, high = rational(found.root.box.lower), rational(found.root.box.upper)
    return Claim(
        f"{ID}.crossing",
        rf"With $w_p={sp.latex(rational(candidate.w_p))}$, $w_q={sp.latex(rational(candidate.w_q))}$ "
        rf"and $L(x)=\log|\sigma(w_px)/\sigma(w_qx)|$, the equation "
        rf"$L(x_2)=L(1)$ has exactly one solution within ${found.root.box.radius_text()}$ of "
        rf"${found.numbers['x_2'].decimal(10)}$, namely "
        rf"$x_2\approx{found.numbers['x_2'].decimal(min(digits, 30))}$, and $x_2\neq1$",
        sp.Contains(X_2, sp.Interval.open(low, high), evaluate=False),
        evidence=(
            Evidence(
                Kind.ENCLOSURE,
                Outcome.HOLDS if certified else Outcome.UNDECIDED,
                "interval Newton for L(x) - L(1) maps the box, which does not contain 1, into its interior",
            ),
            numeric_check("σ(w_p x2)/σ(w_q x2) = σ(w_p)/σ(w_q)", compare, digits),
        ),
        steps=(
            Step(
                r"The curves $M_{S_1}$ and $M_{S_2}$ meet where $L$ takes one value twice, which needs "
                r"a turn of $E$, because",
                r"x\,L'(x)=E(w_px)-E(w_qx),\qquad E(u)=\frac{u\,\sigma'(u)}{\sigma(u)}",
            ),
        ),
    )


def _common_points(found: GeneralTwoPoint, crossing: Claim, digits: int) -> Claim:
    """p and q interpolate both samples: exact algebra from the definitions of ρ, y_i and the crossing."""
    s_p1, s_q1, s_p2 = SIGMA
    s_q2 = s_p2 * s_q1 / s_p1  # the crossing: σ(w_p x2)/σ(w_q x2) = σ(w_p)/σ(w_q)
    box = {symbol: (sp.Rational(1, 2), sp.Integer(2)) for symbol in (*SIGMA, A_P)}
    parts = tuple(
        identity_claim(
            f"{ID}.common_{index}",
            rf"$a_q\sigma(w_qx_{index})=a_p\sigma(w_px_{index})$",
            A_P * s_p1 / s_q1 * value_q,
            A_P * value_p,
            box,
            digits,
        )
        for index, value_p, value_q in ((1, s_p1, s_q1), (2, s_p2, s_q2))
    )
    deduction = Evidence(
        Kind.DEDUCTION,
        Outcome.HOLDS,
        "by definition y_i = a_p σ(w_p x_i) and a_q = ρ a_p with ρ = σ(w_p)/σ(w_q)",
    )
    return Claim(
        f"{ID}.common",
        r"With $\rho=\sigma(w_p)/\sigma(w_q)$, $a_q=\rho\,a_p$ and $y_i=a_p\,\sigma(w_px_i)$ both $p$ "
        r"and $q$ interpolate both samples",
        sp.And(*(part.statement for part in parts)),
        rests_on=(crossing, *parts),
        evidence=(deduction, _four_outputs(found, digits)),
    )


def _four_outputs(found: GeneralTwoPoint, digits: int) -> Evidence:
    activation, numbers, candidate = found.equations.activation, found.numbers, found.candidate

    def compare() -> bool:
        samples = [
            (mpmath.mpf(1), mp_number(numbers["y_1"])),
            (mp_number(numbers["x_2"]), mp_number(numbers["y_2"])),
        ]
        points = [
            (mp_number(Ball(candidate.w_p)), mp_number(numbers["a_p"])),
            (mp_number(Ball(candidate.w_q)), mp_number(numbers["a_q"])),
        ]
        return all(
            abs(a * activation.mp(w * x) - y) < mpmath.mpf(10) ** (-digits) * max(1, abs(y))
            for x, y in samples
            for w, a in points
        )

    return numeric_check("f(x_i; p) = y_i and f(x_i; q) = y_i for i = 1, 2", compare, digits)


def _invariants(signs: Claim, digits: int) -> Claim:
    """The choice of a_p² and a0² puts p and q on the two orbits through θ0: exact algebra in D1, D2, ρ."""
    squared = 2 * (RISE_2 - RISE_1) / (1 - RHO**2)
    box = {
        RISE_1: (sp.Integer(-1), sp.Integer(0)),
        RISE_2: (sp.Integer(0), sp.Integer(1)),
        RHO: (sp.Rational(1, 4), sp.Rational(3, 4)),
    }
    claim = identity_claim(
        f"{ID}.invariants",
        r"With $D_1=G(w_0)-G(w_p)$ and $D_2=(G(w_0x_2)-G(w_qx_2))/x_2^2$ the choice "
        r"$a_p^2=2(D_2-D_1)/(1-\rho^2)$, $a_q=\rho\,a_p$ makes the two invariants agree at one start: "
        r"$a_0^2=a_p^2+2D_1=a_q^2+2D_2$",
        squared + 2 * RISE_1,
        RHO**2 * squared + 2 * RISE_2,
        box,
        digits,
        rests_on=(signs,),
    )
    return claim


def _signs(found: GeneralTwoPoint, crossing: Claim, digits: int) -> Claim:
    """a_p² > 0 and a0² > 0, recomputed as balls, and by mpmath's quadrature."""
    candidate, numbers = found.candidate, found.numbers
    with flint.ctx.workprec(CERTIFICATION_BITS):
        w_p, w_q, w_0 = (Ball(value).to_arb() for value in (candidate.w_p, candidate.w_q, candidate.w_0))
        solution = construct(found.equations, w_p, w_q, w_0, numbers["x_2"].to_arb())
        evidence = (
            []
            if solution is None
            else [sign_check("a_p^2", solution.a_p**2, 1), sign_check("a_0^2", solution.a_0**2, 1)]
        )
    holds = bool(evidence) and all(check.outcome is Outcome.HOLDS for check in evidence)
    method = (
        "; ".join(check.method for check in evidence) or "the sign of a_p^2 or a_0^2 could not be decided"
    )
    return Claim(
        f"{ID}.signs",
        rf"$a_p^2>0$ and $a_0^2>0$: with $w_0={sp.latex(rational(candidate.w_0))}$ one has "
        rf"$a_p\approx{numbers['a_p'].decimal(min(digits, 30))}$ and "
        rf"$a_0\approx{numbers['a_0'].decimal(min(digits, 30))}$",
        sp.And(sp.Gt(A_P**2, 0, evaluate=False), sp.Gt(sp.Symbol("a_0", real=True) ** 2, 0, evaluate=False)),
        rests_on=(crossing,),
        evidence=(
            Evidence(Kind.ENCLOSURE, Outcome.HOLDS if holds else Outcome.UNDECIDED, method),
            _quadrature_check(found, digits),
        ),
    )


def _quadrature_check(found: GeneralTwoPoint, digits: int) -> Evidence:
    activation, numbers, candidate = found.equations.activation, found.numbers, found.candidate
    with mpmath.workdps(digits + 20):
        w_p, w_q, w_0 = (mp_number(Ball(value)) for value in (candidate.w_p, candidate.w_q, candidate.w_0))
        x, rho = mp_number(numbers["x_2"]), activation.mp(w_p) / activation.mp(w_q)
        first, second = (
            orbit_rise(activation, w_p, w_0),
            orbit_rise(activation, w_q * x, w_0 * x) / x**2,
        )
        a_p = mpmath.sqrt(2 * (second - first) / (1 - rho**2))
        a_0 = mpmath.sqrt(a_p**2 + 2 * first)
    checks = [
        agreement_check("a_p", numbers["a_p"], a_p, digits),
        agreement_check("a_0", numbers["a_0"], a_0, digits),
    ]
    failed = next((check for check in checks if check.outcome is not Outcome.HOLDS), checks[0])
    return Evidence(Kind.NUMERIC, failed.outcome, "; ".join(check.method for check in checks))


def _arcs(found: GeneralTwoPoint, crossing: Claim, digits: int) -> Claim:
    candidate, numbers = found.candidate, found.numbers
    with flint.ctx.workprec(CERTIFICATION_BITS):
        w_p, w_q, w_0 = (Ball(value).to_arb() for value in (candidate.w_p, candidate.w_q, candidate.w_0))
        regular = arcs_regular(found.equations, w_p, w_q, w_0, numbers["x_2"].to_arb())
    activation = found.equations.activation

    def sampled() -> bool:
        x = mp_number(numbers["x_2"])
        w_0, w_p, w_q = (mp_number(Ball(value)) for value in (candidate.w_0, candidate.w_p, candidate.w_q))
        for left, right in ((w_0, w_p), (w_0 * x, w_q * x)):
            points = [left + (right - left) * mpmath.mpf(k) / 8 for k in range(9)]
            for function in (activation.mp, activation.slope_mp):
                values = [function(point) for point in points]
                if not (all(value > 0 for value in values) or all(value < 0 for value in values)):
                    return False
        return True

    return Claim(
        f"{ID}.arcs",
        r"$\sigma\neq0$ and $\sigma'\neq0$ for $u$ between $w_0$ and $w_p$ and between $w_0x_2$ and "
        r"$w_qx_2$, where the two flows run",
        sp.true,
        rests_on=(crossing,),
        evidence=(
            Evidence(
                Kind.ENCLOSURE,
                Outcome.HOLDS if regular else Outcome.UNDECIDED,
                "adaptive subdivision: every ball of σ and of σ' excludes zero",
            ),
            numeric_check("signs of σ and σ' at 9 points of each arc", sampled, digits),
        ),
    )


def _distinct(found: GeneralTwoPoint, digits: int) -> Claim:
    candidate = found.candidate
    differ = candidate.w_p != candidate.w_q
    return Claim(
        f"{ID}.distinct",
        rf"$p\neq q$, as $w_p={sp.latex(rational(candidate.w_p))}\neq "
        rf"w_q={sp.latex(rational(candidate.w_q))}$",
        sp.Ne(W_P, W_Q, evaluate=False),
        evidence=(
            Evidence(Kind.EXACT, Outcome.HOLDS if differ else Outcome.FAILS, "comparison of two rationals"),
            numeric_check(
                "a_p and a_q differ as well",
                lambda: mp_number(found.numbers["a_p"]) != mp_number(found.numbers["a_q"]),
                digits,
            ),
        ),
    )
