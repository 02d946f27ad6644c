"""T11, two-point overlapping for the sigmoid: a family, exact in α and T, certified at a member."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import flint
import mpmath
import sympy as sp
from flint import arb

from implicitreg_sym.activations import activation, real_ball
from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome, Step, agreement_check, numeric_check
from implicitreg_sym.errors import InputError
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.overlap import sigmoid_formulas as formulas
from implicitreg_sym.overlap.arrivals import LEAST_CHECK_DIGITS
from implicitreg_sym.overlap.forbids import two_point_theorem
from implicitreg_sym.overlap.outcome import NoOverlap, ParameterRange, ScalarSample, TwoPoint
from implicitreg_sym.overlap.sigmoid_arrivals import Arrival, limit_claim, number, plane_point
from implicitreg_sym.overlap.sigmoid_crossing import Crossing, sigmoid_one_point
from implicitreg_sym.overlap.sigmoid_domain import Rectangle, certified_rectangle, half_range
from implicitreg_sym.overlap.sigmoid_setting import POTENTIAL

__all__ = ["Crossing", "Member", "member", "sigmoid_one_point", "sigmoid_two_point", "two_point_claim"]

DEFAULT_DIGITS = 30
HALF, FIVE = sp.Rational(1, 2), sp.Integer(5)


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the family: exact α and T, and T11's quantities there as exact expressions."""

    alpha: sp.Expr
    T: sp.Expr

    def at(self, expression: sp.Expr) -> sp.Expr:
        """An expression in α, T and κ at this member; κ is the positive root of κ²((1+α)⁴ - 4) = N."""
        values = {formulas.alpha: self.alpha, formulas.T: self.T}
        return expression.subs(formulas.kappa, sp.sqrt(formulas.squared_scale)).subs(values)

    @property
    def squares(self) -> tuple[sp.Expr, sp.Expr]:
        """κ² and a0²."""
        return self.at(formulas.squared_scale), self.at(formulas.squared_start)

    @property
    def start(self) -> tuple[sp.Expr, sp.Expr]:
        """θ0 = (log T, a0)."""
        return sp.log(self.T), sp.sqrt(self.squares[1])

    @property
    def points(self) -> tuple[tuple[sp.Expr, sp.Expr], tuple[sp.Expr, sp.Expr]]:
        """p and q."""
        return (
            (self.at(formulas.w_p), self.at(formulas.a_p)),
            (self.at(formulas.w_q), self.at(formulas.a_q)),
        )

    @property
    def samples(self) -> tuple[tuple[sp.Expr, sp.Expr], tuple[sp.Expr, sp.Expr]]:
        """(1, y1) and (2, y2)."""
        first, second = (self.at(target) for target in formulas.targets)
        return (formulas.INPUTS[0], first), (formulas.INPUTS[1], second)

    @property
    def unit(self) -> sp.Integer:
        """n² for α = m/n, so that κ = n² k, a_p = (m+n)² k and a_q = 2n² k; 1 for irrational α."""
        return sp.Integer(self.alpha.q) ** 2 if isinstance(self.alpha, sp.Rational) else sp.Integer(1)


def member(alpha: sp.Expr, T: sp.Expr) -> Member:
    """Return the member of T11's family with 0 < α < 1, α ≠ √2 - 1, T > 0; raise `InputError` otherwise."""
    ratio, start = (sp.sympify(entry, strict=True) for entry in (alpha, T))
    for name, entry in (("alpha", ratio), ("T", start)):
        if not isinstance(entry, sp.Expr) or entry.free_symbols or entry.has(sp.Float):
            raise InputError(f"{name} is {entry}; give an exact number, such as Rational(1, 2)")
    with flint.ctx.workprec(256):
        value, time = real_ball(ratio), real_ball(start)
        if not (value > 0 and value < 1):
            raise InputError(f"alpha is {ratio}; give a number strictly between 0 and 1")
        if not time > 0:
            raise InputError(f"T is {start}; give a positive number")
        if ((value + 1) ** 2 - 2).contains(0):
            raise InputError(
                "alpha is sqrt(2) - 1, where p = q (or indistinguishably close to it); give another alpha"
            )
    return Member(ratio, start)


def two_point_claim(
    alpha: sp.Expr = HALF,
    T: sp.Expr = FIVE,
    digits: int = DEFAULT_DIGITS,
    potential: sp.Expr = POTENTIAL,
    scale: Fraction | None = None,
) -> Claim:
    """Return T11 at (α, T) as a claim; its status tells whether two-point overlapping is established there.

    ``potential`` is the G (in `u`) on whose strength the orbits are known, ``scale`` the value of k that the
    claim states to ``digits`` digits, by default the right one; a wrong G, a wrong digit, or (α, T) without a
    real scale is REFUTED.

    >>> two_point_claim(T=sp.Integer(4)).status.name
    'REFUTED'
    """
    return _claim(member(alpha, T), digits, potential, scale)[0]


def sigmoid_two_point(
    alpha: sp.Expr = HALF, T: sp.Expr = FIVE, digits: int = DEFAULT_DIGITS
) -> TwoPoint | NoOverlap:
    """Return T11's two-point overlapping for the sigmoid with start w0 = log T, inputs 1 and 2.

    p = (-log α, (1+α)²κ), q = (-log β, 2κ), β = (1-α)/(1+α), κ²((1+α)⁴ - 4) = N(α, T). ``family`` of the
    result is a rectangle of α and T on which balls certify the whole construction. `NoOverlap`, with proof,
    where κ² or a0² is not positive. Raises `InputError` unless 0 < α < 1, α ≠ √2 - 1 and T > 0, both exact.

    >>> found = sigmoid_two_point()
    >>> found.status.name, found.start.a.decimal(20)
    ('ENCLOSED', '3.3262915390350380675')
    """
    here = member(alpha, T)
    claim, rectangle = _claim(here, max(digits, LEAST_CHECK_DIGITS), POTENTIAL, None)
    conditions = next(part for part in claim.walk() if part.id == "sigmoid.two_point.conditions")
    if not conditions.status.established:
        reason = (
            f"T11 has no real member at alpha = {here.alpha}, T = {here.T}: {conditions.evidence[0].method}"
        )
        return NoOverlap(activation("sigmoid"), "two-point", reason, _absence(here, digits, reason))
    ranges = () if rectangle is None else _ranges(rectangle)
    samples = [ScalarSample(number(x, digits), number(y, digits)) for x, y in here.samples]
    return TwoPoint(
        activation("sigmoid"),
        "sigmoid family",
        plane_point(here.start, digits),
        (samples[0], samples[1]),
        (plane_point(here.points[0], digits), plane_point(here.points[1], digits)),
        claim,
        digits,
        ranges,
    )


def _ranges(rectangle: Rectangle) -> tuple[ParameterRange, ...]:
    sides = ((formulas.alpha, rectangle.alpha), (formulas.T, rectangle.start))
    return tuple(
        ParameterRange(symbol, *(sp.Rational(end.numerator, end.denominator) for end in side))
        for symbol, side in sides
    )


def _claim(
    here: Member, digits: int, potential: sp.Expr, scale: Fraction | None
) -> tuple[Claim, Rectangle | None]:
    family = formulas.family_claims(potential, digits)
    conditions, rectangle = _conditions(here, family, digits)
    says = (
        r"Let $\theta_0=(\log T,a_0)$, $S_1=\{(1,y_1)\}$ and $S_2=\{(2,y_2)\}$ with "
        rf"$\alpha={sp.latex(here.alpha)}$ and $T={sp.latex(here.T)}$. Then $\Phi_{{S_1}}(\theta_0)=p\neq "
        rf"q=\Phi_{{S_2}}(\theta_0)$ and "
        r"$\{p,q\}\subset M_{S_1}\cap M_{S_2}$: two-point overlapping holds, and no data-independent "
        r"function characterises strictly"
    )
    if not conditions.status.established:
        return Claim("sigmoid.two_point", says, sp.true, rests_on=(family.interpolation, conditions)), None
    value = _value(here, conditions, digits, scale)
    limits = []
    for index, name, orbit in ((1, "p", family.orbits[0]), (2, "q", family.orbits[1])):
        x, y = here.samples[index - 1]
        arrival = Arrival(
            f"sigmoid.two_point.limit_{name}", name, index, here.start, x, y, here.points[index - 1]
        )
        limits.append(limit_claim(arrival, orbit, value, digits))
    premises = {
        "first limit": limits[0],
        "second limit": limits[1],
        "distinct points": _distinct(here, family, digits),
        "common points": family.interpolation,
    }
    check = numeric_check(
        "p and q differ, and each interpolates both samples", lambda: _overlaps(here, digits), digits
    )
    statement = sp.And(*(limit.statement for limit in limits), evaluate=False)
    steps = (
        Step(
            r"Apart from the positive signs of $\kappa^2$ and $a_0^2$ and from $\alpha\neq\sqrt2-1$, every "
            r"premise holds identically in "
            r"$\alpha$ and $T$; so the same is true for all $\alpha$ and $T$ for which these signs have "
            r"been established"
        ),
    )
    claim = two_point_theorem(digits).conclude(
        "sigmoid.two_point", says, statement, premises, (check,), steps
    )
    return claim, rectangle


def _conditions(here: Member, family: formulas.Family, digits: int) -> tuple[Claim, Rectangle | None]:
    """κ² > 0 and a0² > 0 at the member, and on a rectangle around it."""
    with flint.ctx.workprec(int(digits * 3.33) + 96):
        balls = [real_ball(square) for square in here.squares]
    outcome = (
        Outcome.HOLDS
        if all(ball > 0 for ball in balls)
        else Outcome.FAILS
        if any(ball < 0 for ball in balls)
        else Outcome.UNDECIDED
    )
    shown = f"kappa^2 = {balls[0].str(12)}, a0^2 = {balls[1].str(12)}"
    evidence = [
        Evidence(Kind.ENCLOSURE, outcome, f"{shown}: both must be positive"),
        _linear_system(here, balls, digits),
    ]
    rectangle = certified_rectangle(here.alpha, here.T) if outcome is Outcome.HOLDS else None
    domain = ""
    if rectangle is not None:
        ends = [
            sp.latex(sp.Rational(end.numerator, end.denominator))
            for end in (*rectangle.alpha, *rectangle.start)
        ]
        domain = rf", and so they are for all ${ends[0]}\le\alpha\le{ends[1]}$, ${ends[2]}\le T\le{ends[3]}$"
        plain = " x ".join(f"[{low}, {high}]" for low, high in (rectangle.alpha, rectangle.start))
        method = f"adaptive bisection of the rectangle {plain}: both are positive in every part"
        evidence.insert(1, Evidence(Kind.ENCLOSURE, Outcome.HOLDS, method))
    premises = [family.scale]
    if here.alpha == HALF:
        premises.append(half_range(digits).claim)
    claim = Claim(
        "sigmoid.two_point.conditions",
        rf"The squares $\kappa^2$ and $a_0^2$ are positive for $\alpha={sp.latex(here.alpha)}$, "
        rf"$T={sp.latex(here.T)}${domain}",
        sp.And(*(sp.Gt(square, 0, evaluate=False) for square in here.squares), evaluate=False),
        rests_on=tuple(premises),
        evidence=tuple(evidence),
    )
    return claim, rectangle


def _squares_by_mpmath(here: Member) -> tuple[mpmath.mpf, mpmath.mpf]:
    """(κ², a0²) from the two invariants as a linear system, by mpmath."""
    ratio, start = (mpmath.mpf(sp.N(entry, mpmath.mp.dps + 5)) for entry in (here.alpha, here.T))
    partner = (1 - ratio) / (1 + ratio)

    def G(v: mpmath.mpf) -> mpmath.mpf:
        return v + mpmath.exp(v)

    w0, wp, wq = mpmath.log(start), -mpmath.log(ratio), -mpmath.log(partner)
    matrix = mpmath.matrix([[(1 + ratio) ** 4, -1], [4, -1]])
    right = mpmath.matrix([2 * (G(wp) - G(w0)), (G(2 * wq) - G(2 * w0)) / 2])
    solution = mpmath.lu_solve(matrix, right)
    return solution[0], solution[1]


def _linear_system(here: Member, balls: list[arb], digits: int) -> Evidence:
    with mpmath.workdps(digits + 25):
        measured = _squares_by_mpmath(here)
    checks = [
        agreement_check(name, Ball.from_arb(ball), value, digits)
        for name, ball, value in zip(("kappa^2", "a0^2"), balls, measured, strict=True)
    ]
    worst = next((check for check in checks if check.outcome is not Outcome.HOLDS), checks[0])
    outcome = worst.outcome if all(value > 0 for value in measured) else Outcome.FAILS
    return Evidence(
        Kind.NUMERIC,
        outcome,
        f"the two invariants solved as a linear system; {checks[0].method}; {checks[1].method}",
    )


def _value(here: Member, conditions: Claim, digits: int, stated: Fraction | None) -> Claim:
    """The numbers k and a0 to so many digits; a stated k that differs in a digit is refuted by the ball."""
    scale, start = (sp.sqrt(square) for square in here.squares)
    scale = scale / here.unit
    balls = [number(entry, digits).ball for entry in (scale, start)]
    texts = [ball.decimal(digits) for ball in balls]
    value = Fraction(texts[0]) if stated is None else stated
    allowed = last_place(balls[0].middle, digits)
    distance = abs(value - balls[0].middle)
    outcome = (
        Outcome.HOLDS
        if distance + balls[0].radius <= allowed
        else Outcome.FAILS
        if distance - balls[0].radius > allowed
        else Outcome.UNDECIDED
    )
    with mpmath.workdps(digits + 25):
        squares = _squares_by_mpmath(here)
        measured = mpmath.sqrt(squares[0]) / int(here.unit), mpmath.sqrt(squares[1])
        agreement = agreement_check("k", Ball(value, allowed), measured[0], digits)
        second = agreement_check("a0", balls[1], measured[1], digits)
    numeric = Evidence(
        Kind.NUMERIC,
        agreement.outcome if second.outcome is Outcome.HOLDS else second.outcome,
        f"{agreement.method}; {second.method}",
    )
    shown = texts[0] if stated is None else str(stated)
    relation = r"\kappa" if here.unit == 1 else rf"\kappa/{here.unit}"
    k, a0 = sp.symbols("k a_0", positive=True)
    return Claim(
        "sigmoid.two_point.value",
        rf"The scale is $k={relation}={shown}$ and the start has $a_0={texts[1]}$, to {digits} digits",
        sp.And(sp.Eq(k, scale, evaluate=False), sp.Eq(a0, start, evaluate=False), evaluate=False),
        rests_on=(conditions,),
        evidence=(
            Evidence(
                Kind.ENCLOSURE,
                outcome,
                f"the ball of radius {balls[0].radius_text()} about k compared with the stated digits",
            ),
            numeric,
        ),
        steps=(Step(r"The squares are those of the preceding lemma, and both roots are positive"),),
    )


def last_place(value: Fraction, digits: int) -> Fraction:
    """The unit in the last place of ``digits`` significant digits of a number that is not zero.

    >>> last_place(Fraction(1, 8), 3)
    Fraction(1, 1000)
    """
    exponent = len(str(int(abs(value)))) if abs(value) >= 1 else 1 - len(str(int(1 / abs(value))))
    while abs(value) >= Fraction(10) ** exponent:
        exponent += 1
    while abs(value) < Fraction(10) ** (exponent - 1):
        exponent -= 1
    return Fraction(10) ** (exponent - digits)


def _distinct(here: Member, family: formulas.Family, digits: int) -> Claim:
    """p ≠ q at the member: (1+α)² ≠ 2."""
    difference = (1 + here.alpha) ** 2 - 2
    with flint.ctx.workprec(256):
        ball = real_ball(difference)
    if isinstance(difference, sp.Rational):
        outcome = Outcome.HOLDS if difference != 0 else Outcome.FAILS
        evidence = Evidence(Kind.EXACT, outcome, f"(1 + alpha)^2 - 2 = {difference}")
    else:
        outcome = Outcome.UNDECIDED if ball.contains(0) else Outcome.HOLDS
        evidence = Evidence(Kind.ENCLOSURE, outcome, f"(1 + alpha)^2 - 2 is enclosed by {ball.str(8)}")

    def compare() -> bool:
        (w_p, _), (w_q, _) = here.points
        gap = mpmath.mpf(sp.N(w_p, mpmath.mp.dps)) - mpmath.mpf(sp.N(w_q, mpmath.mp.dps))
        return bool(abs(gap) > mpmath.mpf(10) ** (-digits))

    return Claim(
        "sigmoid.two_point.distinct",
        rf"$p\neq q$ for $\alpha={sp.latex(here.alpha)}$",
        sp.Ne(here.points[0][0], here.points[1][0], evaluate=False),
        rests_on=(family.distinct,),
        evidence=(evidence, numeric_check("w_p - w_q is not small", compare, digits)),
    )


def _overlaps(here: Member, digits: int) -> bool:
    def at(entry: sp.Expr) -> mpmath.mpf:
        return mpmath.mpf(sp.N(entry, mpmath.mp.dps))

    points = [(at(w), at(a)) for w, a in here.points]
    samples = [(at(x), at(y)) for x, y in here.samples]
    worst = max(abs(a / (1 + mpmath.exp(-w * x)) - y) / max(1, abs(y)) for w, a in points for x, y in samples)
    return bool(
        worst < mpmath.mpf(10) ** (-digits) and abs(points[0][0] - points[1][0]) > mpmath.mpf(10) ** (-digits)
    )


def _absence(here: Member, digits: int, reason: str) -> Claim:
    """The statement that κ² or a0² is negative at the member, so that T11 gives nothing there."""
    with flint.ctx.workprec(int(digits * 3.33) + 96):
        balls = [real_ball(square) for square in here.squares]
    outcome = Outcome.HOLDS if any(ball < 0 for ball in balls) else Outcome.UNDECIDED
    with mpmath.workdps(digits + 25):
        measured = _squares_by_mpmath(here)
    numeric = Outcome.HOLDS if min(measured) < 0 else Outcome.FAILS
    return Claim(
        "sigmoid.two_point.absent",
        rf"For $\alpha={sp.latex(here.alpha)}$, $T={sp.latex(here.T)}$ one of $\kappa^2$, $a_0^2$ is "
        rf"negative, so the family has no such member",
        sp.Or(*(sp.Lt(square, 0, evaluate=False) for square in here.squares), evaluate=False),
        evidence=(
            Evidence(Kind.ENCLOSURE, outcome, reason),
            Evidence(Kind.NUMERIC, numeric, "the two invariants solved as a linear system by mpmath"),
        ),
    )
