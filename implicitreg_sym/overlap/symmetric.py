"""T10: odd monotone activations show two-point overlapping by symmetry, with no equation left to solve."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import flint
import mpmath
import sympy as sp
from flint import arb

from implicitreg_sym.activations import Activation
from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome, Step, agreement_check, numeric_check
from implicitreg_sym.degree.simplest import short_ends, simplest_root_between
from implicitreg_sym.degree.verdict import typeset_name
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.invariants.homogeneity import parity
from implicitreg_sym.invariants.potential import Potential
from implicitreg_sym.limits import limit_theorem
from implicitreg_sym.limits.arc import keeps_sign
from implicitreg_sym.limits.rise import orbit_rise
from implicitreg_sym.overlap.arrivals import (
    Arrival,
    check_digits,
    exact_number,
    mp_number,
    rational,
    trajectory_check,
)
from implicitreg_sym.overlap.forbids import two_point_theorem
from implicitreg_sym.overlap.identities import deduction
from implicitreg_sym.overlap.levels import FARTHEST_WEIGHT, FEW_WEIGHTS, clearly_curved, level, weights
from implicitreg_sym.overlap.outcome import Number, ParameterRange, PlanePoint, ScalarSample, TwoPoint

ID = "symmetric.two_point"
BITS = 128
INPUTS = (Fraction(1, 2), Fraction(3, 2))
FEW_BALLS = 600
A_0 = sp.Symbol("a_0", real=True)
M_1, M_2 = sp.symbols("m_1 m_2", positive=True)


@dataclass(frozen=True, slots=True)
class Symmetric:
    """w0 > 0, a0 ≠ 0 and 0 < x1 < x2 exact, with a0² strictly between m_i = 2 G(w0 x_i)/x_i², G(0) = 0.

    ``turned`` is the index of the sample with a0² < m_i, whose flow turns at a = 0 and ends at (w0, -a0);
    the other flow passes u = 0 and ends at (-w0, a0).
    """

    potential: Potential
    slope_sign: int
    w_0: Fraction
    a_0: Fraction
    inputs: tuple[Fraction, Fraction]
    levels: tuple[Ball, Ball]

    @property
    def activation(self) -> Activation:
        """σ."""
        return self.potential.activation

    @property
    def turned(self) -> int:
        """0 or 1: the sample whose flow turns."""
        return 0 if self.levels[0].lower > self.levels[1].upper else 1


def find_symmetric(
    activation: Activation, potential: Potential | None = None, inputs: tuple[Fraction, Fraction] = INPUTS
) -> Symmetric | None:
    """Return the w0 = 2^k nearest to 1 for which T10's hypotheses are certified and m1 ≠ m2, with a simple
    a0; else None.

    Preferred are the k at which E = u σ'/σ differs clearly between w0 x1 and w0 x2, so that σ(c u) is treated
    as σ(u) is, with w0/c for w0. Failing that, any k serves, with more and more bits.
    """
    if parity(activation) != "odd":
        return None
    potential = potential or Potential(activation)
    with flint.ctx.workprec(BITS):
        slope = activation.slope_over(arb(0))
        sign = 1 if slope > 0 else -1 if slope < 0 else 0
        if not sign:
            return None
        for w_0 in weights(FARTHEST_WEIGHT):
            if clearly_curved(activation, w_0, inputs):
                found = _certify(potential, sign, w_0, inputs)
                if found is not None:
                    return found
    for bits in (BITS, 8 * BITS):
        with flint.ctx.workprec(bits):
            for w_0 in weights(FEW_WEIGHTS):
                found = _certify(potential, sign, w_0, inputs)
                if found is not None:
                    return found
    return None


def _certify(
    potential: Potential, sign: int, w_0: Fraction, inputs: tuple[Fraction, Fraction]
) -> Symmetric | None:
    """The construction for one w0, if σ' keeps its sign on the way and the two levels are told apart."""
    if not keeps_sign(
        potential.activation.slope_over, arb(0), Ball(w_0 * inputs[1]).to_arb(), sign, FEW_BALLS
    ):
        return None
    levels = tuple(level(potential, w_0, x) for x in inputs)
    if not all(value > 0 for value in levels) or levels[0].overlaps(levels[1]):
        return None
    balls = (Ball.from_arb(levels[0]), Ball.from_arb(levels[1]))
    return Symmetric(potential, sign, w_0, -sign * _between(balls), inputs, balls)


def _between(levels: tuple[Ball, Ball]) -> Fraction:
    """The simplest fraction whose square lies between the two levels, away from both."""
    low, high = sorted(levels, key=lambda ball: ball.middle)
    return simplest_root_between((low.upper * 3 + high.lower) / 4, (low.upper + high.lower * 3) / 4)


def symmetric_two_point(activation: Activation, digits: int = 30) -> TwoPoint | None:
    """Return T10's two-point overlapping for an odd activation with σ' ≠ 0 near 0 that is not homogeneous;
    else None.

    From (w0, a0) with a0 σ' < 0 and y_i = -a0 σ(w0 x_i) the flow ends at (w0, -a0) for the sample with a0²
    < m_i and at (-w0, a0) for the other, m_i = 2 G(w0 x_i)/x_i².

    >>> from implicitreg_sym.activations import activation
    >>> symmetric_two_point(activation("tanh")).status.name
    'ENCLOSED'
    """
    found = find_symmetric(activation)
    return None if found is None else as_overlapping(found, digits)


def as_overlapping(found: Symmetric, digits: int) -> TwoPoint:
    """Dress a construction with its claims."""
    samples = [ScalarSample(exact_number(x), _target(found, x, digits)) for x in found.inputs]
    turned, passed = (
        PlanePoint(exact_number(found.w_0), exact_number(-found.a_0)),
        PlanePoint(exact_number(-found.w_0), exact_number(found.a_0)),
    )
    limits = (turned, passed) if found.turned == 0 else (passed, turned)
    low, high = sorted((found.levels[0], found.levels[1]), key=lambda ball: ball.middle)
    with flint.ctx.workprec(BITS):
        ends = [Ball.from_arb(bound.to_arb().sqrt()) for bound in (low, high)]
    inner = sorted(int(sp.sign(found.a_0)) * end for end in (ends[0].upper, ends[1].lower))
    return TwoPoint(
        found.activation,
        "symmetric",
        PlanePoint(exact_number(found.w_0), exact_number(found.a_0)),
        (samples[0], samples[1]),
        limits,
        overlapping_claim(found, check_digits(digits)),
        digits,
        (ParameterRange(A_0, *(rational(end) for end in short_ends(*inner))),),
    )


def _target(found: Symmetric, x: Fraction, digits: int) -> Number:
    """y = -a0 σ(w0 x), exactly and as a ball."""
    from implicitreg_sym.activations import real_ball
    from implicitreg_sym.symbols import u

    with flint.ctx.workprec(int(digits * 3.33) + 96):
        piece = next(iter(found.activation.meeting(Ball(found.w_0 * x).to_arb())))
        exact = rational(-found.a_0) * piece.formula.subs(u, rational(found.w_0 * x))
        return Number(Ball.from_arb(real_ball(exact)), exact)


def overlapping_claim(found: Symmetric, digits: int) -> Claim:
    """The whole proof for one construction."""
    odd, slope = _odd(found, digits), _slope(found, digits)
    levels = _levels(found, slope, digits)
    limits = [_limit(found, index, odd, slope, levels, digits) for index in (0, 1)]
    common = _common(found, odd, digits)
    w_0, a_0 = (sp.latex(rational(value)) for value in (found.w_0, found.a_0))
    return two_point_theorem(digits).conclude(
        ID,
        rf"For $\sigma$ = {typeset_name(found.activation.name)}, $\theta_0=({w_0},{a_0})$ and the "
        rf"samples $(x_i,-a_0\sigma(w_0x_i))$ with "
        rf"$x_1={sp.latex(rational(found.inputs[0]))}$, $x_2={sp.latex(rational(found.inputs[1]))}$ "
        rf"show two-point overlapping: no data-independent function "
        r"characterises the limits strictly. The same holds for every $a_0$ of this sign with $a_0^2$ "
        r"strictly between $m_1$ and $m_2$",
        sp.And(*(limit.statement for limit in limits)),
        {
            "first limit": limits[0],
            "second limit": limits[1],
            "distinct points": _distinct(found, digits),
            "common points": common,
        },
        (_outputs(found, digits),),
    )


def _odd(found: Symmetric, digits: int) -> Claim:
    activation = found.activation
    holds = parity(activation) == "odd"

    def compare() -> bool:
        points = [mpmath.mpf(k) / 7 * mp_number(Ball(found.w_0)) for k in range(1, 10)]
        return all(abs(activation.mp(v) + activation.mp(-v)) <= mpmath.mpf(10) ** (-digits) for v in points)

    v = sp.Symbol("u", real=True)
    sigma = sp.Function("sigma")
    return Claim(
        f"{ID}.odd",
        r"$\sigma$ is odd, so $G$ with $G(0)=0$ is even and $Q(-u)=Q(u)$",
        sp.Eq(sigma(-v), -sigma(v), evaluate=False),
        evidence=(
            Evidence(
                Kind.EXACT,
                Outcome.HOLDS if holds else Outcome.FAILS,
                "σ(-u) + σ(u) is identically zero, piece by piece, by the exact zero test",
            ),
            numeric_check("σ(-u) = -σ(u) at 9 points", compare, digits),
        ),
    )


def _slope(found: Symmetric, digits: int) -> Claim:
    activation, sign = found.activation, found.slope_sign
    end = found.w_0 * found.inputs[1]
    with flint.ctx.workprec(BITS):
        certified = keeps_sign(activation.slope_over, arb(0), Ball(end).to_arb(), sign)

    def sampled() -> bool:
        return all(sign * activation.slope_mp(mp_number(Ball(end)) * k / 16) > 0 for k in range(-15, 16))

    relation = ">" if sign > 0 else "<"
    return Claim(
        f"{ID}.slope",
        rf"$\sigma'{relation}0$ for $|u|\le w_0x_2={sp.latex(rational(end))}$",
        sp.true,
        evidence=(
            Evidence(
                Kind.ENCLOSURE,
                Outcome.HOLDS if certified else Outcome.UNDECIDED,
                "adaptive subdivision of [0, w0 x2]; the other half by oddness",
            ),
            numeric_check("σ' at 31 points", sampled, digits),
        ),
    )


def _levels(found: Symmetric, slope: Claim, digits: int) -> Claim:
    with flint.ctx.workprec(int(digits * 3.33) + 64):
        enclosures = [level(found.potential, found.w_0, x) for x in found.inputs]
        square = Ball(found.a_0).to_arb() ** 2
        low, high = enclosures if enclosures[0] < enclosures[1] else enclosures[::-1]
        wrong = square < low or square > high
        outcome = Outcome.HOLDS if low < square < high else Outcome.FAILS if wrong else Outcome.UNDECIDED
        balls = [Ball.from_arb(value) for value in enclosures]
    activation = found.activation
    with mpmath.workdps(digits + 15):
        measured = []
        for x in found.inputs:
            end = mp_number(Ball(found.w_0 * x))
            # quadrature from a point right of 0 would lose digits; g = σ/σ' is regular at 0, where σ' ≠ 0
            measured.append(2 * orbit_rise(activation, mpmath.mpf(0), end) / mp_number(Ball(x)) ** 2)
    checks = [
        agreement_check(f"m{index}", ball, value, digits)
        for index, (ball, value) in enumerate(zip(balls, measured, strict=True), 1)
    ]
    failed = next((check for check in checks if check.outcome is not Outcome.HOLDS), checks[0])
    bounds = (M_1, M_2) if balls[0].middle < balls[1].middle else (M_2, M_1)
    return Claim(
        f"{ID}.levels",
        rf"With $m_i=2G(w_0x_i)/x_i^2$ one has $m_1\approx{balls[0].decimal(10)}$, "
        rf"$m_2\approx{balls[1].decimal(10)}$, and $a_0^2={sp.latex(rational(found.a_0**2))}$ lies "
        rf"strictly between",
        sp.And(sp.Lt(bounds[0], A_0**2), sp.Lt(A_0**2, bounds[1])),
        rests_on=(slope,),
        evidence=(
            Evidence(
                Kind.ENCLOSURE, outcome, f"m1 in {enclosures[0].str(10)}, m2 in {enclosures[1].str(10)}"
            ),
            Evidence(Kind.NUMERIC, failed.outcome, "; ".join(check.method for check in checks)),
        ),
    )


def _limit(found: Symmetric, index: int, odd: Claim, slope: Claim, levels: Claim, digits: int) -> Claim:
    turns = index == found.turned
    end = (found.w_0, -found.a_0) if turns else (-found.w_0, found.a_0)
    x = found.inputs[index]
    arrival = Arrival(
        found.potential,
        "p" if index == 0 else "q",
        index + 1,
        (Ball(found.w_0), Ball(found.a_0)),
        Ball(x),
        _target(found, x, digits + 10).ball,
        (Ball(end[0]), Ball(end[1])),
    )
    n = index + 1
    way = (
        rf"$Q(0)=a_0^2-m_{n}<0$: the orbit reaches $a=0$ before $u=0$, turns back, and passes "
        rf"$u=w_0x_{n}$ again with $a=-a_0$"
        if turns
        else rf"$Q(0)=a_0^2-m_{n}>0$: $a$ keeps its sign, the orbit passes $u=0$ and reaches $u=-w_0x_{n}$ "
        rf"with $a=a_0$, as $Q$ is even"
    )
    root = Claim(
        f"{arrival_id(index)}.root",
        rf"On the branch of the orbit beyond $f=0$ the function $h=Q\sigma^2-y_{n}^2$ vanishes once, at "
        rf"${_tuple(end)}$",
        sp.true,
        rests_on=(odd, slope, levels),
        evidence=(
            deduction(
                "f runs monotonically from -|y| through 0 to |y|, and by symmetry it is |y| at the "
                "mirrored point"
            ),
            _symmetry_check(found, index, digits),
        ),
        steps=(
            Step(way),
            Step(
                rf"There $f=a\sigma(u)=-a_0\sigma(w_0x_{n})=y_{n}$, and $f$ is strictly monotone along "
                rf"the flow"
            ),
        ),
    )
    return limit_theorem().conclude(
        arrival_id(index),
        rf"$\Phi_{{S_{n}}}(\theta_0)={_tuple(end)}$",
        sp.And(
            sp.Eq(sp.Symbol(f"w_{arrival.point}"), rational(end[0]), evaluate=False),
            sp.Eq(sp.Symbol(f"a_{arrival.point}"), rational(end[1]), evaluate=False),
        ),
        {"arc": slope, "root": root},
        (trajectory_check(arrival, digits),),
    )


def arrival_id(index: int) -> str:
    """The id of the claim on the limit of the first (0) or second (1) sample."""
    return f"{ID}.limit_{'pq'[index]}"


def _tuple(point: tuple[Fraction, Fraction]) -> str:
    first, second = (sp.latex(rational(entry)) for entry in point)
    return rf"\left({first},{second}\right)"


def _symmetry_check(found: Symmetric, index: int, digits: int) -> Evidence:
    """The sign of Q(0) by mpmath, which decides between turning and passing."""
    activation, x = found.activation, mp_number(Ball(found.inputs[index]))

    def compare() -> bool:
        end = mp_number(Ball(found.w_0)) * x
        middle = mp_number(Ball(found.a_0)) ** 2 - 2 * orbit_rise(activation, mpmath.mpf(0), end) / x**2
        return bool(middle < 0) == (index == found.turned)

    return numeric_check("the sign of Q(0), which decides between turning and passing", compare, digits)


def _common(found: Symmetric, odd: Claim, digits: int) -> Claim:
    value, weight = sp.symbols("s a_0", real=True)
    from implicitreg_sym.claims import identity_check

    return Claim(
        f"{ID}.common",
        r"$(w_0,-a_0)$ and $(-w_0,a_0)$ interpolate both samples, as "
        r"$a_0\sigma(-w_0x_i)=-a_0\sigma(w_0x_i)=y_i$",
        sp.Eq(sp.Function("f")(sp.Symbol("p")), sp.Function("f")(sp.Symbol("q")), evaluate=False),
        rests_on=(odd,),
        evidence=(identity_check(weight * (-value) - (-weight) * value), _outputs(found, digits)),
    )


def _outputs(found: Symmetric, digits: int) -> Evidence:
    activation = found.activation

    def compare() -> bool:
        w_0, a_0 = mp_number(Ball(found.w_0)), mp_number(Ball(found.a_0))
        for x in (mp_number(Ball(entry)) for entry in found.inputs):
            target = -a_0 * activation.mp(w_0 * x)
            if any(
                abs(a * activation.mp(w * x) - target) > mpmath.mpf(10) ** (-digits)
                for w, a in ((w_0, -a_0), (-w_0, a_0))
            ):
                return False
        return True

    return numeric_check("f(x_i; p) = f(x_i; q) = y_i for i = 1, 2", compare, digits)


def _distinct(found: Symmetric, digits: int) -> Claim:
    return Claim(
        f"{ID}.distinct",
        r"$(w_0,-a_0)\neq(-w_0,a_0)$, as $w_0\neq0$",
        sp.Ne(rational(found.w_0), rational(-found.w_0), evaluate=False),
        evidence=(
            Evidence(
                Kind.EXACT, Outcome.HOLDS if found.w_0 != 0 else Outcome.FAILS, "comparison of two rationals"
            ),
            numeric_check("2 w0 is not zero", lambda: mp_number(Ball(2 * found.w_0)) != 0, digits),
        ),
    )
