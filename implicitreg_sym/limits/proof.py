"""The proof that the flow of one sample converges to an enclosed point: the arc, the root, and T7."""

from __future__ import annotations

from fractions import Fraction

import flint
import mpmath
import sympy as sp

from implicitreg_sym.activations.typeset import typeset_name
from implicitreg_sym.algebra import decide_zero
from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome, Step, agreement_check, numeric_check
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.limits.arc import slope_keeps_sign
from implicitreg_sym.limits.branch import Branch
from implicitreg_sym.limits.crosscheck import integrated_limit, limit_near_pole, orbital_limit
from implicitreg_sym.limits.degenerate import approach_zero
from implicitreg_sym.limits.equilibria import rests_at
from implicitreg_sym.limits.plane import PlaneFlow, exact_sign
from implicitreg_sym.limits.pole import Pole
from implicitreg_sym.limits.refine import PlanePoint, recertify
from implicitreg_sym.limits.rise import orbit_rise
from implicitreg_sym.limits.theorem import limit_theorem
from implicitreg_sym.limits.wording import in_latex
from implicitreg_sym.status import Status
from implicitreg_sym.symbols import a as a_symbol
from implicitreg_sym.symbols import u as u_symbol

TRAJECTORY_DIGITS = (
    120  # a Taylor integration to 1000 digits takes minutes; the evidence names the digits compared
)
MAX_LOST_DIGITS = 40
_EQUATIONS = {
    "output": r"Q\sigma^2=y^2",
    "turn": "Q=0",
    "crossing": r"\sigma=0",
    "zero": r"\sigma=0",
    "rest": r"\sigma=0",
    "degenerate": r"\sigma=0",
}


def planar_limit_claim(plane: PlaneFlow, branch: Branch, point: PlanePoint, digits: int) -> Claim:
    """The proof in the plane: the arc, the root, and T7."""
    low, high = (sp.Rational(end.numerator, end.denominator) for end in branch.arc)
    name = typeset_name(plane.activation.name)
    covering = (
        r", together with the ways from its ends to the zeros of $\sigma'$ above, the zeros left out,"
        if branch.poles
        else ""
    )
    arc = Claim(
        "limit.arc",
        rf"For {name} the derivative $\sigma'$ does not vanish on a segment that{covering} covers the arc",
        sp.Ne(sp.Derivative(sp.Function("sigma")(u_symbol), u_symbol), 0, evaluate=False),
        ((u_symbol, sp.Interval(low, high)),),
        rests_on=tuple(_pole_claim(plane, pole, index) for index, pole in enumerate(branch.poles, 1)),
        evidence=_arc_evidence(plane, branch, digits),
    )
    if branch.logarithmic:
        trajectory = _pole_check(plane, branch, point, digits)
    else:
        trajectory = trajectory_check(plane, point, digits)
    coordinate = sp.Symbol("lambda", real=True) if branch.logarithmic else u_symbol
    named = r"$\lambda=\log\lvert u-u_c\rvert$" if branch.logarithmic else "$u$"
    root = Claim(
        "limit.root",
        rf"Exactly one {named} of this enclosure solves ${_EQUATIONS[branch.kind]}$ on the branch that the "
        rf"flow runs along",
        sp.Contains(coordinate, sp.Interval(_rational(point.box.lower), _rational(point.box.upper))),
        evidence=(_root_evidence(plane, branch, point), trajectory),
    )
    start = ",\\; ".join(
        f"{symbol}={sp.latex(value)}"
        for symbol, value in (("u_0", plane.u0), ("a_0", plane.a0), ("N", plane.norm), ("y", plane.target))
    )
    says = rf"For {name} with ${start}$ the flow in the plane converges to the point with these $u$ and $a$"
    return limit_theorem(min(digits, TRAJECTORY_DIGITS)).conclude(
        "limit.plane",
        says,
        sp.And(
            *(
                sp.Contains(symbol, sp.Interval(_rational(ball.lower), _rational(ball.upper)), evaluate=False)
                for symbol, ball in ((u_symbol, point.u), (a_symbol, point.a))
            )
        ),
        {"arc": arc, "root": root},
        (trajectory,),
        (Step(r"Along the orbit: " + in_latex("; ".join(branch.phases))),),
    )


def _rational(number: Fraction) -> sp.Rational:
    return sp.Rational(number.numerator, number.denominator)


def _arc_evidence(plane: PlaneFlow, branch: Branch, digits: int) -> tuple[Evidence, ...]:
    """Certify σ' ≠ 0 on the whole arc afresh, and sample it with mpmath."""
    activation = plane.activation
    sign = exact_sign(plane.slopes_at_start()[0])
    with flint.ctx.workprec(256):
        ends = [Ball(end).to_arb() for end in branch.arc]
        certified = slope_keeps_sign(activation, ends[0], ends[1], sign)
        if branch.kind == "degenerate":
            assert branch.zero is not None
            certified = (
                certified
                and approach_zero(plane.potential, Ball(branch.near).to_arb(), branch.zero) is not None
            )
    outcome = Outcome.HOLDS if certified else Outcome.UNDECIDED
    method = "every ball of an adaptive subdivision of the arc, or exact algebra, excludes a zero of σ'"
    enclosure = Evidence(Kind.ENCLOSURE, outcome, method)

    def sampled() -> bool:
        low, high = (mpmath.mpf(end.numerator) / end.denominator for end in branch.arc)
        points = [low + (high - low) * mpmath.mpf(k) / 16 for k in range(1, 16)]
        return all(sign * activation.slope_mp(point) > 0 for point in points)

    return enclosure, numeric_check("σ' at 15 points of the arc", sampled, digits)


def _pole_claim(plane: PlaneFlow, pole: Pole, index: int) -> Claim:
    """A zero u_c of σ' that the orbit comes near: simple, and the only one between there and the anchor."""
    sign = exact_sign(plane.slopes_at_start()[0])
    with flint.ctx.workprec(256):
        isolated = pole.isolates(sign)
        zero = Ball.from_arb(pole.zero())
    symbol = sp.Symbol(f"u_c{index}" if index > 1 else "u_c", real=True)

    def found() -> bool:
        ends = [mpmath.mpf(end.numerator) / end.denominator for end in (pole.anchor, pole.beyond)]
        slope = pole.piece.slope_program
        root = mpmath.findroot(slope.mp, ends, solver="anderson", tol=mpmath.mpf(10) ** (-40), verify=False)
        way = [ends[0] + (root - ends[0]) * mpmath.mpf(k) / 8 for k in range(8)]
        return abs(root - _mp(zero)) < mpmath.mpf(10) ** (-20) and all(
            sign * slope.mp(point) > 0 for point in way
        )

    return Claim(
        f"limit.pole{index}",
        rf"${sp.latex(symbol)}$ is a simple zero of $\sigma'$ with $\sigma\neq0$, and $\sigma'\neq0$ between "
        rf"it and the point ${sp.latex(_rational(pole.anchor))}$ of the arc",
        sp.Contains(symbol, sp.Interval(_rational(zero.lower), _rational(zero.upper)), evaluate=False),
        evidence=(
            Evidence(
                Kind.ENCLOSURE,
                Outcome.HOLDS if isolated else Outcome.UNDECIDED,
                "balls: σ' changes sign, and σ'' and σ keep theirs, on a segment about the zero",
            ),
            numeric_check("the zero by mpmath, and the sign of σ' at 8 points of the way to it", found, 30),
        ),
    )


def _root_evidence(plane: PlaneFlow, branch: Branch, point: PlanePoint) -> Evidence:
    """Certify the root of the branch afresh."""
    if branch.zero is not None:
        pieces = plane.activation.meeting(point.u.to_arb())
        vanishes = any(
            decide_zero(piece.formula.subs(u_symbol, branch.zero)).status is Status.PROVED for piece in pieces
        )
        vanishes = vanishes and (branch.kind != "rest" or rests_at(plane, branch.zero))
        outcome = Outcome.HOLDS if vanishes else Outcome.UNDECIDED
        where = {"zero": "", "rest": ", and a = 0 there", "degenerate": ", the edge of the arc"}[branch.kind]
        return Evidence(Kind.EXACT, outcome, f"σ({branch.zero}) = 0{where} (y = 0), by the exact zero test")
    equation = {"output": "Q(u)σ(u)² - y²", "turn": "Q(u) (y = 0, a = 0)", "crossing": "σ(u)"}[branch.kind]
    outcome = Outcome.HOLDS if recertify(plane, branch, point) else Outcome.UNDECIDED
    return Evidence(
        Kind.ENCLOSURE,
        outcome,
        f"interval Newton on {equation} maps the box into its interior; radius {point.u.radius_text()}",
    )


def trajectory_check(plane: PlaneFlow, point: PlanePoint, digits: int) -> Evidence:
    """Integrate the flow with mpmath, f as the independent variable, and compare where it ends."""
    if point.u.radius == 0 and plane.target == 0:
        return _quadrature_check(plane, point, digits)
    digits = min(digits, TRAJECTORY_DIGITS)
    evidence = Evidence(Kind.NUMERIC, Outcome.UNDECIDED, "the numerical integration did not reach f = y")
    lost_digits = _digits_before_the_point(plane)
    if lost_digits > MAX_LOST_DIGITS:
        method = "the start is too large for a numerical integration"
        return Evidence(Kind.NUMERIC, Outcome.UNDECIDED, method)
    # an integration that lost digits on a long way must not refute: the others do not lose them there
    lost = False
    for integrate, working_digits in (
        (orbital_limit, digits),
        (integrated_limit, digits),
        (orbital_limit, 2 * digits + 20),
    ):
        if integrate is orbital_limit and lost:
            continue  # what did not arrive with fewer digits will not with more
        measured = integrate(plane, working_digits + lost_digits)
        if measured is None or not _arrived(plane, measured, digits):
            lost = lost or integrate is orbital_limit
            continue
        u_check = agreement_check("u at the end of the trajectory", point.u, measured[0], digits)
        a_check = agreement_check("a", point.a, measured[1], digits)
        worst = u_check if u_check.outcome is not Outcome.HOLDS else a_check
        evidence = Evidence(Kind.NUMERIC, worst.outcome, f"{u_check.method}; {a_check.method}")
        if worst.outcome is Outcome.HOLDS:
            return evidence
    return evidence


def _arrived(plane: PlaneFlow, end: tuple[mpmath.mpf, mpmath.mpf], digits: int) -> bool:
    """Whether f = y at the end of a numerical integration, up to relative errors 10^(5-digits) of u and a."""
    with mpmath.workdps(digits + 15):
        place, height = end
        sigma, slope = plane.activation.mp(place), plane.activation.slope_mp(place)
        target = mpmath.mpf(sp.N(plane.target, mpmath.mp.dps))
        scale = 1 + abs(target) + abs(height * slope) * (1 + abs(place)) + abs(sigma) * (1 + abs(height))
        return bool(abs(height * sigma - target) <= mpmath.mpf(10) ** (5 - digits) * scale)


def _digits_before_the_point(plane: PlaneFlow) -> int:
    """So many digits of u and a may cancel on the way from a start with these."""
    with flint.ctx.workprec(64):
        sizes = [Ball.from_arb(abs(number).upper()).middle for number in plane.balls()[:2]]
    return int(max(int(size).bit_length() for size in sizes) * 0.30103)


def _pole_check(plane: PlaneFlow, branch: Branch, point: PlanePoint, digits: int) -> Evidence:
    """Where the orbit ends exponentially near a zero of σ': solve both equations with mpmath in λ."""
    digits = min(digits, TRAJECTORY_DIGITS)
    measured = limit_near_pole(plane, branch.poles[-1], point.box.middle, branch.sign_a, digits)
    if measured is None:
        return Evidence(Kind.NUMERIC, Outcome.UNDECIDED, "the numerical solution did not settle")
    u_check = agreement_check("u by quadrature of dG/dλ and the secant method", point.u, measured[0], digits)
    a_check = agreement_check("a", point.a, measured[1], digits)
    worst = u_check if u_check.outcome is not Outcome.HOLDS else a_check
    return Evidence(Kind.NUMERIC, worst.outcome, f"{u_check.method}; {a_check.method}")


def _quadrature_check(plane: PlaneFlow, point: PlanePoint, digits: int) -> Evidence:
    """Where r dies out too slowly to integrate: a² against the invariant by mpmath's quadrature."""

    def compare() -> bool:
        u0, a0, norm = (
            mpmath.mpf(sp.N(number, mpmath.mp.dps)) for number in (plane.u0, plane.a0, plane.norm)
        )
        increment = orbit_rise(plane.activation, u0, _mp(point.u))
        return bool(
            abs(a0**2 + 2 * increment / norm - _mp(point.a) ** 2)
            < mpmath.mpf(10) ** (-digits) * max(1, a0**2)
        )

    return numeric_check("a² = a0² + 2 (G(u) - G(u0))/N with G by mpmath's quadrature", compare, digits)


def _mp(ball: Ball) -> mpmath.mpf:
    return mpmath.mpf(ball.middle.numerator) / ball.middle.denominator
