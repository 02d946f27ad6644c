"""Two-point overlapping of activations that are linear on one side of zero, as a tree of claims (T9)."""

from __future__ import annotations

import flint
import mpmath
import sympy as sp

from implicitreg_sym.activations import Activation, real_ball
from implicitreg_sym.claims import (
    Claim,
    Evidence,
    Kind,
    Outcome,
    Step,
    agreement_check,
    identity_check,
    numeric_check,
)
from implicitreg_sym.degree.domain import adjacent_piece
from implicitreg_sym.degree.enclosure import constant_sign
from implicitreg_sym.degree.simplest import short_ends
from implicitreg_sym.degree.verdict import typeset_name
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.limits import limit_theorem
from implicitreg_sym.limits.rise import orbit_rise
from implicitreg_sym.overlap.arrivals import (
    LEAST_CHECK_DIGITS,
    Arrival,
    check_digits,
    exact_number,
    mp_number,
    rational,
    trajectory_check,
)
from implicitreg_sym.overlap.forbids import two_point_theorem
from implicitreg_sym.overlap.half_linear import HalfLinear, find_half_linear, slope_certified
from implicitreg_sym.overlap.identities import deduction, identity_claim
from implicitreg_sym.overlap.outcome import Number, ParameterRange, PlanePoint, ScalarSample, TwoPoint
from implicitreg_sym.symbols import u

ID = "half_linear.two_point"
BITS = 128
A_0 = sp.Symbol("a_0", real=True)
M_1, M_2 = sp.symbols("m_1 m_2", positive=True)


def half_linear_two_point(activation: Activation, digits: int = 30) -> TwoPoint | None:
    """Return T9 (iii)'s two-point overlapping for σ with σ(u) = c u on one side of zero, no hard kink at 0,
    and σ not linear on the other side; else None.

    From w0 on the curved side and a0² > m_i = 2 G(w0 x_i)/x_i² both flows for y_i = c κ x_i, κ = -a0 w0,
    cross u = 0 and end on a w = κ, where a² - w² = a0² - m_i.

    >>> from implicitreg_sym.activations import activation
    >>> half_linear_two_point(activation("elu")).status.name
    'ENCLOSED'
    >>> half_linear_two_point(activation("leaky_relu")) is None
    True
    """
    found = find_half_linear(activation)
    return None if found is None else as_overlapping(found, digits)


def as_overlapping(found: HalfLinear, digits: int) -> TwoPoint:
    """Dress a construction with its claims."""
    working = max(digits, LEAST_CHECK_DIGITS)
    with flint.ctx.workprec(int(working * 3.33) + 96):
        samples = [
            ScalarSample(exact_number(x), Number(Ball.from_arb(real_ball(y)), y))
            for x, y in zip(found.inputs, found.targets, strict=True)
        ]
    points = [_point(found, index, working) for index in (0, 1)]
    limits = [PlanePoint(Number(w), Number(a)) for w, a in points]
    with flint.ctx.workprec(BITS):
        least = max(Ball.from_arb(value.sqrt()).upper for value in found.levels())
    lower, _ = short_ends(least, found.a_0)
    return TwoPoint(
        found.activation,
        "half-linear",
        PlanePoint(exact_number(found.w_0), exact_number(found.a_0)),
        (samples[0], samples[1]),
        (limits[0], limits[1]),
        overlapping_claim(found, check_digits(digits)),
        digits,
        (ParameterRange(A_0, rational(lower), sp.oo),),
    )


def _point(found: HalfLinear, index: int, digits: int) -> tuple[Ball, Ball]:
    """p or q, (w, a), to so many digits."""
    bits = int(digits * 3.33) + 96
    for _ in range(6):
        with flint.ctx.workprec(bits):
            values = found.limit(index)
        if all(value.is_finite() for value in values):
            w, a = (Ball.from_arb(value) for value in values)
            if all(ball.radius * 10 ** (digits + 5) < abs(ball.middle) for ball in (w, a)):
                return w, a
        bits *= 2
    raise ArithmeticError(f"the limits could not be enclosed to {digits} digits")


def overlapping_claim(found: HalfLinear, digits: int) -> Claim:
    """The whole proof for one construction."""
    shape, slope = _shape(found, digits), _slope(found, digits)
    levels = _levels(found, slope, digits)
    limits = [_limit(found, index, shape, slope, levels, digits) for index in (0, 1)]
    name = typeset_name(found.activation.name)
    w_0, a_0, kappa = (sp.latex(rational(value)) for value in (found.w_0, found.a_0, found.product))
    first, second = (sp.latex(rational(x)) for x in found.inputs)
    return two_point_theorem(digits).conclude(
        ID,
        rf"For $\sigma$ = {name}, $\theta_0=({w_0},{a_0})$ and the samples $(x_i,c\kappa x_i)$ with "
        rf"$x_1={first}$, $x_2={second}$, $c={sp.latex(found.factor)}$, $\kappa={kappa}$ show two-point "
        rf"overlapping: no data-independent function characterises the limits strictly. The same holds for "
        rf"every $a_0>0$ with $a_0^2>\max(m_1,m_2)$ and $\kappa=-a_0w_0$",
        sp.And(*(limit.statement for limit in limits)),
        {
            "first limit": limits[0],
            "second limit": limits[1],
            "distinct points": _distinct(levels, digits),
            "common points": _common(found, shape, digits),
        },
        (_outputs(found, digits),),
    )


def _side_words(found: HalfLinear) -> tuple[str, str]:
    return ("u>0", "u<0") if found.side > 0 else ("u<0", "u>0")


def _shape(found: HalfLinear, digits: int) -> Claim:
    """σ = c u on one side; σ(0) = 0 from the other, with a one-sided slope of the sign of c."""
    activation, side = found.activation, found.side
    straight, curved = adjacent_piece(activation, side), adjacent_piece(activation, -side)
    joined = (
        constant_sign(curved.formula.subs(u, 0)) == 0
        and constant_sign(curved.slope.subs(u, 0)) == constant_sign(found.factor) != 0
        and (straight.upper == sp.oo if side > 0 else straight.lower == -sp.oo)
    )

    def sampled() -> bool:
        slope = mpmath.mpf(sp.N(found.factor, digits + 20))
        points = [side * mpmath.mpf(k) / 3 for k in range(1, 10)]
        return all(abs(activation.mp(v) - slope * v) <= mpmath.mpf(10) ** (-digits) * abs(v) for v in points)

    return Claim(
        f"{ID}.shape",
        rf"$\sigma(u)=cu$ with $c={sp.latex(found.factor)}$ for ${_side_words(found)[0]}$, $\sigma(0)=0$, "
        rf"and both one-sided slopes at $0$ have the sign of $c$",
        sp.Eq(straight.formula, found.factor * u, evaluate=False),
        evidence=(
            identity_check(straight.formula - found.factor * u),
            Evidence(
                Kind.EXACT,
                Outcome.HOLDS if joined else Outcome.UNDECIDED,
                "the value of the other piece at 0 is zero and its slope has the sign of c, exactly",
            ),
            numeric_check("σ(u) = c u at 9 points", sampled, digits),
        ),
    )


def _slope(found: HalfLinear, digits: int) -> Claim:
    activation, end = found.activation, found.w_0 * max(found.inputs)
    with flint.ctx.workprec(BITS):
        certified = slope_certified(activation, found.factor, found.w_0, found.inputs)
        sign = 1 if real_ball(found.factor) > 0 else -1

    def sampled() -> bool:
        points = [mp_number(Ball(end)) * mpmath.mpf(k) / 16 for k in range(-16, 17) if k]
        return all(sign * activation.slope_mp(point) > 0 for point in points)

    relation, between = (">" if sign > 0 else "<"), sp.latex(rational(end))
    return Claim(
        f"{ID}.slope",
        rf"$\sigma'{relation}0$ from $w_0x_2={between}$ as far as $0$ and for ${_side_words(found)[0]}$",
        sp.true,
        evidence=(
            Evidence(
                Kind.ENCLOSURE,
                Outcome.HOLDS if certified else Outcome.UNDECIDED,
                "adaptive subdivision between w0 x2 and 0, and σ' = c beyond",
            ),
            numeric_check("σ' at 32 points", sampled, digits),
        ),
    )


def _levels(found: HalfLinear, slope: Claim, digits: int) -> Claim:
    with flint.ctx.workprec(int(digits * 3.33) + 64):
        enclosures = found.levels()
        square = Ball(found.a_0).to_arb() ** 2
        apart = not enclosures[0].overlaps(enclosures[1])
        below = all(value > 0 and value < square for value in enclosures)
        wrong = any(value > square for value in enclosures)
        balls = [Ball.from_arb(value) for value in enclosures]
    activation = found.activation
    with mpmath.workdps(digits + 15):
        measured = [
            2
            * orbit_rise(activation, mpmath.mpf(0), mp_number(Ball(found.w_0 * x)))
            / mp_number(Ball(x)) ** 2
            for x in found.inputs
        ]
    checks = [
        agreement_check(f"m{index}", ball, value, digits)
        for index, (ball, value) in enumerate(zip(balls, measured, strict=True), 1)
    ]
    failed = next((check for check in checks if check.outcome is not Outcome.HOLDS), checks[0])
    outcome = Outcome.HOLDS if apart and below else Outcome.FAILS if wrong else Outcome.UNDECIDED
    return Claim(
        f"{ID}.levels",
        rf"With $m_i=2G(w_0x_i)/x_i^2$, $G(0)=0$, one has $m_1\approx{balls[0].decimal(10)}$, "
        rf"$m_2\approx{balls[1].decimal(10)}$, so $m_1\neq m_2$, and both are less than "
        rf"$a_0^2={sp.latex(rational(found.a_0**2))}$",
        sp.And(sp.Ne(M_1, M_2), sp.Lt(M_1, A_0**2), sp.Lt(M_2, A_0**2)),
        rests_on=(slope,),
        evidence=(
            Evidence(
                Kind.ENCLOSURE, outcome, f"m1 in {enclosures[0].str(10)}, m2 in {enclosures[1].str(10)}"
            ),
            Evidence(Kind.NUMERIC, failed.outcome, "; ".join(check.method for check in checks)),
        ),
    )


def _limit(found: HalfLinear, index: int, shape: Claim, slope: Claim, levels: Claim, digits: int) -> Claim:
    n, name = index + 1, "pq"[index]
    w, a = _point(found, index, digits)
    x, y = found.inputs[index], found.targets[index]
    with flint.ctx.workprec(int(digits * 3.33) + 96):
        target = Ball.from_arb(real_ball(y))
    arrival = Arrival(found.potential, name, n, (Ball(found.w_0), Ball(found.a_0)), Ball(x), target, (w, a))
    w_name, a_name = (sp.Symbol(f"{letter}_{name}", real=True) for letter in "wa")
    statement = sp.And(
        *(
            sp.Contains(symbol, sp.Interval(rational(ball.lower), rational(ball.upper)), evaluate=False)
            for symbol, ball in ((w_name, w), (a_name, a))
        )
    )
    root = Claim(
        f"{ID}.limit_{name}.root",
        rf"On the branch of the orbit beyond $u=0$ the function $h=Q\sigma^2-y_{n}^2$ vanishes once, at "
        rf"$u=w_{name}x_{n}$ with $w_{name}\approx{w.decimal(10)}$, $a_{name}\approx{a.decimal(10)}$",
        statement,
        rests_on=(shape, slope, levels, _solution(digits)),
        evidence=(
            deduction(
                "the orbit crosses u = 0, since Q(0) = a0² - m > 0; beyond, Q = a0² - m + w², and h vanishes "
                "where a w = κ"
            ),
            _root_check(found, index, (w, a), digits),
        ),
        steps=(
            Step(
                rf"At the start $y_{n}f_0<0$. As $Q(0)=a_0^2-m_{n}>0$, $a$ keeps its sign while $u$ passes "
                r"$0$ (T7(d), row 2), and then $\lvert f\rvert$ grows (T7(c))."
            ),
            Step(
                rf"Where $\sigma(u)=cu$, $G=u^2/2$, so that $a^2=a_0^2-m_{n}+w^2$, and $f=acwx_{n}=y_{n}$ "
                r"says $aw=\kappa$; hence",
                rf"w_{name}^2=\tfrac12\Bigl(\sqrt{{\delta^2+4\kappa^2}}-\delta\Bigr),\qquad "
                rf"\delta=a_0^2-m_{n}",
            ),
        ),
    )
    return limit_theorem().conclude(
        f"{ID}.limit_{name}",
        rf"The flow of $S_{n}$ from $\theta_0$ converges: $\Phi_{{S_{n}}}(\theta_0)={name}$",
        statement,
        {"arc": slope, "root": root},
        (trajectory_check(arrival, digits),),
    )


def _solution(digits: int) -> Claim:
    """With a² = (r + δ)/2, w² = (r - δ)/2, r² = δ² + 4κ²: a² w² = κ² and a² - w² = δ."""
    delta, kappa = sp.symbols("delta kappa", positive=True)
    root = sp.sqrt(delta**2 + 4 * kappa**2)
    box = {delta: (sp.Integer(0), sp.Integer(3)), kappa: (sp.Integer(0), sp.Integer(3))}
    return identity_claim(
        f"{ID}.solution",
        r"$a^2=\frac12(\sqrt{\delta^2+4\kappa^2}+\delta)$ and "
        r"$w^2=\frac12(\sqrt{\delta^2+4\kappa^2}-\delta)$ have $a^2w^2=\kappa^2$, "
        r"and their difference is $\delta$",
        (root + delta) / 2 * (root - delta) / 2,
        kappa**2,
        box,
        digits,
        positive=(delta, kappa),
    )


def _root_check(found: HalfLinear, index: int, point: tuple[Ball, Ball], digits: int) -> Evidence:
    """f = y and the growth of a² along the whole orbit, with G by mpmath's quadrature."""
    activation, x = found.activation, found.inputs[index]

    def compare() -> bool:
        w, a = (mp_number(ball) for ball in point)
        at, y = mp_number(Ball(x)), mpmath.mpf(sp.N(found.targets[index], digits + 20))
        start = mp_number(Ball(found.w_0)) * at
        rise = orbit_rise(activation, start, mpmath.mpf(0)) + orbit_rise(activation, mpmath.mpf(0), w * at)
        square = mp_number(Ball(found.a_0)) ** 2 + 2 * rise / at**2
        allowed = mpmath.mpf(10) ** (-digits)
        fits = abs(a * activation.mp(w * at) - y) < allowed * max(1, abs(y))
        return bool(fits and abs(square - a * a) < allowed * max(1, a * a))

    return numeric_check("f = y at the limit, and a² there by quadrature along the orbit", compare, digits)


def _common(found: HalfLinear, shape: Claim, digits: int) -> Claim:
    weight, kappa, factor, x = sp.symbols("w kappa c x", positive=True)
    identity = identity_claim(
        f"{ID}.common_outputs",
        r"If $aw=\kappa$, then $a\,c\,w\,x=c\,\kappa\,x$ for every $x$",
        kappa / weight * factor * weight * x,
        factor * kappa * x,
        {symbol: (sp.Rational(1, 2), sp.Integer(2)) for symbol in (weight, kappa, factor, x)},
        digits,
    )

    return Claim(
        f"{ID}.common",
        rf"$p$ and $q$ have $aw=\kappa$ with $w$ on the side ${_side_words(found)[0]}$, so both interpolate "
        rf"both samples $(x_i,c\kappa x_i)$",
        sp.Eq(sp.Function("f")(sp.Symbol("p")), sp.Function("f")(sp.Symbol("q")), evaluate=False),
        rests_on=(shape, identity),
        evidence=(
            deduction("on this side σ(u) = c u, and f depends on a w only"),
            _outputs(found, digits),
        ),
    )


def _outputs(found: HalfLinear, digits: int) -> Evidence:
    def outputs() -> bool:
        points = [_point(found, index, digits) for index in (0, 1)]
        for x, y in zip(found.inputs, found.targets, strict=True):
            target = mpmath.mpf(sp.N(y, digits + 20))
            for w, a in points:
                output = mp_number(a) * found.activation.mp(mp_number(w) * mp_number(Ball(x)))
                if abs(output - target) > mpmath.mpf(10) ** (-digits) * max(1, abs(target)):
                    return False
        return True

    return numeric_check("f(x_i; p) = f(x_i; q) = y_i for i = 1, 2", outputs, digits)


def _distinct(levels: Claim, digits: int) -> Claim:
    return Claim(
        f"{ID}.distinct",
        r"$p\neq q$, as $a^2-w^2$ is $a_0^2-m_1$ at $p$ and $a_0^2-m_2\neq a_0^2-m_1$ at $q$",
        sp.Ne(sp.Symbol("p"), sp.Symbol("q"), evaluate=False),
        rests_on=(levels,),
        evidence=(
            deduction("two points at which one function takes different values differ"),
            *(check for check in levels.evidence if check.kind is Kind.NUMERIC),
        ),
    )
