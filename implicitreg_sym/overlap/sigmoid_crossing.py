"""T12, one-point overlapping for the sigmoid in closed form: two flows that end at one point."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import flint
import mpmath
import sympy as sp
from flint import arb

from implicitreg_sym.activations import real_ball
from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome, numeric_check, sign_check
from implicitreg_sym.errors import InputError
from implicitreg_sym.overlap.forbids import one_point_differentiable_theorem
from implicitreg_sym.overlap.identities import deduction
from implicitreg_sym.overlap.outcome import PlanePoint, ScalarSample
from implicitreg_sym.overlap.sigmoid_arrivals import Arrival, limit_claim, number, plane_point
from implicitreg_sym.overlap.sigmoid_crossing_formulas import (
    INPUTS,
    degenerate_claim,
    determinant_claim,
    orbit_claims,
    root_claim,
    root_of_s,
)
from implicitreg_sym.overlap.sigmoid_crossing_formulas import s as s_symbol
from implicitreg_sym.overlap.sigmoid_setting import POTENTIAL
from implicitreg_sym.symbols import u

DEFAULT_DIGITS = 30
TWO, THREE = sp.Integer(2), sp.Integer(3)


@dataclass(frozen=True, slots=True)
class Crossing:
    """T12 at (s, a0): θ0 = (log B, a0), both flows end at θ* = (log sB, a*), and what is proved about it.

    The claims ``limits``, ``transversality`` and ``simple_roots`` are the pieces from which a box U around θ*
    can be certified; ``claim`` concludes, by T2, that a differentiable J that characterises weakly has
    ∇J(θ*) = 0.
    """

    start: PlanePoint
    limit: PlanePoint
    samples: tuple[ScalarSample, ScalarSample]
    limits: tuple[Claim, Claim]
    transversality: Claim
    simple_roots: Claim
    claim: Claim
    digits: int


@dataclass(frozen=True, slots=True)
class _Numbers:
    """The exact numbers of T12."""

    s: sp.Expr
    a0: sp.Expr

    @property
    def base(self) -> sp.Expr:
        """B."""
        return root_of_s.subs(s_symbol, self.s)

    @property
    def squared_end(self) -> sp.Expr:
        """a*² = a0² + 2 (log s + B (s - 1))."""
        return self.a0**2 + 2 * (sp.log(self.s) + self.base * (self.s - 1))

    @property
    def start(self) -> tuple[sp.Expr, sp.Expr]:
        return sp.log(self.base), self.a0

    @property
    def end(self) -> tuple[sp.Expr, sp.Expr]:
        return sp.log(self.s * self.base), sp.sign(self.a0) * sp.sqrt(self.squared_end)

    @property
    def targets(self) -> tuple[sp.Expr, sp.Expr]:
        """y_i = a* σ(w* x_i)."""
        power = self.s * self.base
        return self.end[1] * power / (1 + power), self.end[1] * power**2 / (1 + power**2)


def sigmoid_one_point(s: sp.Expr = TWO, a0: sp.Expr = THREE, digits: int = DEFAULT_DIGITS) -> Crossing:
    """Return T12 at (s, a0): w0 = log B, w* = log(sB), inputs 1 and 2.

    B = 2/(s+1) (1 + √(1 + (s+1) log s/(2(s-1)))), the only positive root of (s²-1)B²/2 - 2(s-1)B = log s.

    Raises `InputError` unless s > 0, s ≠ 1, a0 ≠ 0, all exact, and a*² = a0² + 2(log s + B(s-1)) > 0.

    >>> found = sigmoid_one_point()
    >>> found.claim.status.name, found.limit.w.decimal(12), found.limit.a.decimal(12)
    ('ENCLOSED', '1.17482734488', '3.69105381582')
    """
    numbers = _checked(s, a0)
    sign = _signs(numbers, digits)
    if not sign.own_status.established:
        raise InputError(
            f"a*^2 is not positive for s = {numbers.s}, a0 = {numbers.a0}; give an a0 of larger modulus"
        )
    root = root_claim(digits)
    orbits = orbit_claims(root, digits)
    limits = []
    for index, (x, y, orbit) in enumerate(zip(INPUTS, numbers.targets, orbits, strict=True), 1):
        name = f"sigmoid.one_point.limit_{index}"
        arrival = Arrival(name, r"\theta^*", index, numbers.start, x, y, numbers.end)
        limits.append(limit_claim(arrival, orbit, sign, digits))
    crossing = _transversality(numbers, digits)
    claim = one_point_differentiable_theorem(digits).conclude(
        "sigmoid.one_point",
        rf"For $s={sp.latex(numbers.s)}$, $a_0={sp.latex(numbers.a0)}$ the flows of $S_1=\{{(1,y_1)\}}$ and "
        rf"$S_2=\{{(2,y_2)\}}$ from "
        r"$\theta_0=(\log B,a_0)$ both converge to $\theta^*=(\log sB,a^*)$, where $M_{S_1}$ and $M_{S_2}$ "
        r"cross transversally; a "
        r"differentiable function that characterises weakly has $\nabla J(\theta^*)=0$",
        sp.And(*(limit.statement for limit in limits), crossing.statement, evaluate=False),
        {"first limit": limits[0], "second limit": limits[1], "transversality": crossing},
        (_conclusion_check(numbers, digits),),
    )
    samples = [
        ScalarSample(number(x, digits), number(y, digits))
        for x, y in zip(INPUTS, numbers.targets, strict=True)
    ]
    return Crossing(
        plane_point(numbers.start, digits),
        plane_point(numbers.end, digits),
        (samples[0], samples[1]),
        (limits[0], limits[1]),
        crossing,
        _simple_roots(numbers, digits),
        claim,
        digits,
    )


def _checked(ratio: sp.Expr, a0: sp.Expr) -> _Numbers:
    numbers = _Numbers(sp.sympify(ratio, strict=True), sp.sympify(a0, strict=True))
    for name, entry in (("s", numbers.s), ("a0", numbers.a0)):
        if not isinstance(entry, sp.Expr) or entry.free_symbols or entry.has(sp.Float):
            raise InputError(f"{name} is {entry}; give an exact number, such as Rational(1, 2)")
    with flint.ctx.workprec(256):
        if not real_ball(numbers.s) > 0 or real_ball(numbers.s - 1).contains(0):
            raise InputError(f"s is {numbers.s}; give a positive number other than 1")
        if real_ball(numbers.a0).contains(0):
            raise InputError(f"a0 is {numbers.a0}; give a number other than 0")
    return numbers


def _signs(numbers: _Numbers, digits: int) -> Claim:
    """a*² > 0 (and a0 ≠ 0, which has been checked)."""
    with flint.ctx.workprec(int(digits * 3.33) + 96):
        ball = real_ball(numbers.squared_end)

    def compare() -> bool:
        ratio, a0 = (mpmath.mpf(sp.N(entry, mpmath.mp.dps + 5)) for entry in (numbers.s, numbers.a0))
        coefficients = [(ratio**2 - 1) / 2, -2 * (ratio - 1), -mpmath.log(ratio)]
        base = max(mpmath.polyroots(coefficients, extraprec=100), key=mpmath.re)
        return bool(a0**2 + 2 * (mpmath.log(ratio) + base * (ratio - 1)) > 0)

    return Claim(
        "sigmoid.one_point.signs",
        rf"$a^{{*2}}>0$ for $s={sp.latex(numbers.s)}$, $a_0={sp.latex(numbers.a0)}$, and $a^*$ has the sign "
        rf"of $a_0\neq0$",
        sp.Gt(numbers.squared_end, 0, evaluate=False),
        evidence=(
            sign_check("a*^2", ball, +1),
            numeric_check("a*^2 with B from mpmath's polynomial roots", compare, digits),
        ),
    )


def _transversality(numbers: _Numbers, digits: int) -> Claim:
    """det(∇f1, ∇f2) ≠ 0 at θ*."""
    determinant = determinant_claim(digits)

    def compare() -> bool:
        w, a = (mpmath.mpf(sp.N(entry, mpmath.mp.dps)) for entry in numbers.end)
        slopes = [
            mpmath.diff(lambda v, x=x: a / (1 + mpmath.exp(-w * x)) * (1 + mpmath.exp(-v * x)), w)
            for x in (1, 2)
        ]
        return bool(abs(slopes[0] - slopes[1]) > mpmath.mpf(10) ** (-digits // 2))

    end = numbers.s * numbers.base
    return Claim(
        "sigmoid.one_point.transversality",
        r"The tangents of $M_{S_1}$ and $M_{S_2}$ at $\theta^*$ are linearly independent",
        sp.Ne(end, 1 + sp.sqrt(2), evaluate=False),
        rests_on=(determinant, degenerate_claim(digits)),
        evidence=(
            deduction(
                "the gradients at the limit are independent, as a* and sB - 1 - sqrt(2) do not vanish, and "
                "so are the tangents"
            ),
            numeric_check("the slopes of the two solution curves at the limit differ", compare, digits),
        ),
    )


def _simple_roots(numbers: _Numbers, digits: int) -> Claim:
    """ψ(w* x) ≠ ψ(w0 x) at x = 1, 2 with ψ = (u - 2)e^u - u: the inputs depend smoothly on θ near θ*."""
    psi = u * (1 + sp.exp(u)) - 2 * POTENTIAL
    gaps = [psi.subs(u, numbers.end[0] * x) - psi.subs(u, numbers.start[0] * x) for x in INPUTS]
    with flint.ctx.workprec(int(digits * 3.33) + 96):
        balls = [real_ball(gap) for gap in gaps]
    outcome = Outcome.UNDECIDED if any(ball.contains(0) for ball in balls) else Outcome.HOLDS
    method = "psi(w* x) - psi(w0 x) at x = 1, 2: " + ", ".join(ball.str(8) for ball in balls)

    def compare() -> bool:
        w0, w1 = (mpmath.mpf(sp.N(entry, mpmath.mp.dps)) for entry in (numbers.start[0], numbers.end[0]))

        def height(x: mpmath.mpf) -> mpmath.mpf:
            return (w1 * x + mpmath.exp(w1 * x) - w0 * x - mpmath.exp(w0 * x)) / x**2

        tolerance = mpmath.mpf(10) ** (-digits)
        return all(
            _close(mpmath.diff(height, x) * x**3, ball, tolerance)
            for x, ball in zip((1, 2), balls, strict=True)
        )

    return Claim(
        "sigmoid.one_point.simple_roots",
        r"Both inputs are simple roots of the orbit equation $H(x)=\frac{a^{*2}-a_0^2}{2}$, as "
        r"$x^3H'(x)=\psi(w^*x)-\psi(w_0x)\neq0$ with "
        r"$\psi(u)=(u-2)e^u-u$",
        sp.And(*(sp.Ne(gap, 0, evaluate=False) for gap in gaps), evaluate=False),
        evidence=(
            Evidence(Kind.ENCLOSURE, outcome, method),
            numeric_check("x^3 H'(x) by mpmath's differences at x = 1, 2", compare, digits),
        ),
    )


def _close(value: mpmath.mpf, ball: arb, tolerance: mpmath.mpf) -> bool:
    middle = mpmath.mpf(ball.mid().str(mpmath.mp.dps, radius=False))
    return bool(abs(value - middle) < tolerance * max(1, abs(middle)))


def _conclusion_check(numbers: _Numbers, digits: int) -> Evidence:
    """θ* solves both orbit equations with mpmath, and the curves cross at an angle."""

    def compare() -> bool:
        w0, a0, w1, a1 = (mpmath.mpf(sp.N(entry, mpmath.mp.dps)) for entry in (*numbers.start, *numbers.end))
        gaps = [
            a1**2 - a0**2 - 2 * ((w1 - w0) * x + mpmath.exp(w1 * x) - mpmath.exp(w0 * x)) / x**2
            for x in (1, 2)
        ]
        slopes = [-a1 * x / (1 + mpmath.exp(w1 * x)) for x in (1, 2)]
        tolerance = mpmath.mpf(10) ** (-digits)
        return bool(
            max(abs(gap) for gap in gaps) < tolerance * max(1, a1**2)
            and abs(slopes[0] - slopes[1]) > tolerance
        )

    return numeric_check(
        "the limit lies on both orbits, and the curves have two different slopes there", compare, digits
    )


def stated_digits_claim(crossing: Crossing, name: str, stated: Fraction, digits: int) -> Claim:
    """Return the claim that a number of T12 (w0, w, a, y1 or y2) has the stated value to so many digits."""
    numbers = {
        "w0": crossing.start.w,
        "w": crossing.limit.w,
        "a": crossing.limit.a,
        "y1": crossing.samples[0].y,
        "y2": crossing.samples[1].y,
    }
    found = numbers[name]
    allowed = Fraction(1, 10**digits) * max(Fraction(1), abs(found.ball.middle))
    distance = abs(stated - found.ball.middle)
    holds, fails = distance + found.ball.radius <= allowed, distance - found.ball.radius > allowed
    outcome = Outcome.HOLDS if holds else Outcome.FAILS if fails else Outcome.UNDECIDED

    def compare() -> bool:
        value = mpmath.mpf(sp.N(found.exact, digits + 15))
        difference = abs(value - mpmath.mpf(stated.numerator) / stated.denominator)
        return bool(difference <= mpmath.mpf(allowed.numerator) / allowed.denominator)

    return Claim(
        f"sigmoid.one_point.value_{name}",
        rf"${name}={found.decimal(digits)}$ to {digits} digits",
        sp.Eq(sp.Symbol(name), found.exact, evaluate=False),
        rests_on=(crossing.claim,),
        evidence=(
            Evidence(
                Kind.ENCLOSURE,
                outcome,
                f"the ball of radius {found.ball.radius_text()} compared with the stated digits",
            ),
            numeric_check("the closed form by mpmath", compare, digits),
        ),
    )
