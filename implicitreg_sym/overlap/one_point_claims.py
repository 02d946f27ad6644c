"""One-point overlapping as a tree of claims: the common limit, and the open box on which T3 applies."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import flint
import mpmath
import sympy as sp
from flint import arb

from implicitreg_sym.activations import Activation
from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome, Step, numeric_check
from implicitreg_sym.degree.verdict import typeset_name
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.invariants.potential import Potential
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
from implicitreg_sym.overlap.equations import Equations
from implicitreg_sym.overlap.forbids import one_point_theorem, open_box_claim
from implicitreg_sym.overlap.general_one_point import find_general_one_point
from implicitreg_sym.overlap.identities import deduction
from implicitreg_sym.overlap.one_point_box import CertifiedBox, Start, common_edges_glued, grow_box, recertify
from implicitreg_sym.overlap.outcome import Box, Number, OnePoint, PlanePoint, ScalarSample
from implicitreg_sym.overlap.root import certify_root

ID = "one_point"
W, A, X = sp.symbols("w a x", real=True)


@dataclass(frozen=True, slots=True)
class CommonLimit:
    """θ0, θ* and the two inputs of a one-point overlapping, as balls, with the certified box around θ*."""

    equations: Equations
    start: tuple[Ball, Ball]
    end: tuple[Ball, Ball]
    inputs: tuple[Ball, Ball]
    targets: tuple[Ball, Ball]
    box: CertifiedBox


def general_one_point(activation: Activation, digits: int = 30) -> OnePoint | None:
    """Return a robust one-point overlapping by the general recipe, for any σ whose degree E is not
    monotone; else None.

    With x1 = 1, rational w0, a0, w*: x2 ≠ 1 solves H(x2) = H(1), H(x) = (G(w* x) - G(w0 x))/x², and a*² =
    a0² + 2 H(1). On the open box U around θ* every point is the limit of two flows from θ0, with inputs
    that depend C¹ on the point.

    >>> from implicitreg_sym.activations import activation
    >>> general_one_point(activation("shifted_softplus")).status.name
    'ENCLOSED'
    """
    found = find_general_one_point(activation, max(digits, LEAST_CHECK_DIGITS))
    if found is None:
        return None
    numbers, candidate = found.numbers, found.candidate
    exact = {
        "w_0": exact_number(candidate.w_0),
        "a_0": exact_number(found.a_0),
        "w_end": exact_number(candidate.w_end),
        "x_1": exact_number(Fraction(1)),
    }
    inputs = (exact["x_1"], Number(numbers["x_2"]))
    common = CommonLimit(
        found.equations,
        (exact["w_0"].ball, exact["a_0"].ball),
        (exact["w_end"].ball, numbers["a_end"]),
        (inputs[0].ball, inputs[1].ball),
        (numbers["y_1"], numbers["y_2"]),
        found.box,
    )
    return OnePoint(
        activation,
        "general",
        PlanePoint(exact["w_0"], exact["a_0"]),
        (ScalarSample(inputs[0], Number(numbers["y_1"])), ScalarSample(inputs[1], Number(numbers["y_2"]))),
        PlanePoint(exact["w_end"], Number(numbers["a_end"])),
        outer_box(found.box),
        overlapping_claim(common, check_digits(digits)),
        digits,
    )


def closed_sigmoid_one_point(digits: int = 30) -> OnePoint:
    """Return T12's one-point overlapping of the sigmoid for s = 2, a0 = 3, in closed form, with its box.

    >>> closed_sigmoid_one_point().limit.a.decimal(8)
    '3.6910538'
    """
    from implicitreg_sym.activations import activation
    from implicitreg_sym.overlap.sigmoid_crossing import sigmoid_one_point

    closed = sigmoid_one_point(digits=max(digits, LEAST_CHECK_DIGITS))
    sigmoid = activation("sigmoid")
    equations = Equations(Potential(sigmoid))
    start, end = ((point.w.ball, point.a.ball) for point in (closed.start, closed.limit))
    inputs = (closed.samples[0].x.ball, closed.samples[1].x.ball)
    box = grow_box(equations, Start(*start), end, inputs)
    if box is None:
        raise ArithmeticError("no box around the limit of T12 could be certified")
    targets = (closed.samples[0].y.ball, closed.samples[1].y.ball)
    claim = overlapping_claim(
        CommonLimit(equations, start, end, inputs, targets, box),
        check_digits(digits),
        (closed.claim, closed.simple_roots),
    )
    return OnePoint(
        sigmoid,
        "sigmoid closed form",
        closed.start,
        closed.samples,
        closed.limit,
        outer_box(box),
        claim,
        digits,
    )


def outer_box(box: CertifiedBox) -> Box:
    """The open box with its exact ends."""
    (w_low, w_high), (a_low, a_high) = ((rational(side[0]), rational(side[1])) for side in (box.w, box.a))
    return Box((w_low, w_high), (a_low, a_high))


def overlapping_claim(common: CommonLimit, digits: int, closed: tuple[Claim, ...] = ()) -> Claim:
    """The whole proof; ``closed`` are claims in closed form about the point θ* itself."""
    cells = _cells(common, digits)
    limits = _limits(common, cells, closed, digits)
    name = typeset_name(common.equations.activation.name)
    box = outer_box(common.box)
    (w_low, w_high), (a_low, a_high) = (tuple(_latex(end) for end in side) for side in (box.w, box.a))
    return one_point_theorem(digits).conclude(
        ID,
        rf"For $\sigma$ = {name} every $\theta\in U=({w_low},{w_high})\times({a_low},{a_high})$ is the "
        rf"common limit of two one-sample flows from one start "
        rf"$\theta_0$, transversally. So every function $J$ that characterises weakly is constant on "
        rf"$U$, and none characterises strictly",
        sp.And(
            *(
                sp.Contains(symbol, sp.Interval.open(*side), evaluate=False)
                for symbol, side in ((W, box.w), (A, box.a))
            )
        ),
        {
            "limits": limits,
            "smooth data": _smooth(common, cells, digits),
            "transversality": _transversality(common, cells, digits),
            "domain": open_box_claim(f"{ID}.domain", box, digits),
        },
        (trajectory_check(_arrival(common, 0), digits),),
    )


def _latex(number: sp.Rational) -> str:
    return str(sp.latex(sp.N(number, 8)))


def _arrival(common: CommonLimit, index: int) -> Arrival:
    return Arrival(
        common.equations.potential,
        r"\theta^*",
        index + 1,
        common.start,
        common.inputs[index],
        common.targets[index],
        common.end,
    )


def _cells(common: CommonLimit, digits: int) -> Claim:
    """Certify every cell and every common edge afresh."""
    start = Start(*common.start)
    certified = all(recertify(common.equations, start, cell) for cell in common.box.cells)
    glued = certified and common_edges_glued(common.box.cells)
    covered = sum(((c.w[1] - c.w[0]) * (c.a[1] - c.a[0]) for c in common.box.cells), Fraction(0))
    whole = covered == (common.box.w[1] - common.box.w[0]) * (common.box.a[1] - common.box.a[0])
    outcome = Outcome.HOLDS if certified and glued and whole else Outcome.UNDECIDED
    count = len(common.box.cells)
    method = (
        f"{count} cells that fill U: interval Newton with (w, a) as parameters in each, the roots glued "
        f"along "
        "all common edges"
    )
    w_0, a_0 = (ball.decimal(12) for ball in common.start)
    return Claim(
        f"{ID}.cells",
        rf"With $\theta_0=({w_0},{a_0})$ fixed, for every $(w,a)$ in the closure of $U$ the orbit "
        rf"equation has two roots $x_1\neq x_2$, each unique in a stated interval, simple, and "
        r"continuously differentiable in $(w,a)$",
        sp.Eq(sp.Function("H")(X, W), (A**2 - sp.Symbol("a_0", real=True) ** 2) / 2, evaluate=False),
        (
            (W, sp.Interval(rational(common.box.w[0]), rational(common.box.w[1]))),
            (A, sp.Interval(rational(common.box.a[0]), rational(common.box.a[1]))),
        ),
        evidence=(Evidence(Kind.ENCLOSURE, outcome, method), _corner_roots(common, digits)),
        steps=(
            Step(
                r"A point $\theta=(w,a)$ lies on the orbit of $\theta_0$ for the input $x$ if and only if",
                r"H(x;w)=\frac{G(wx)-G(w_0x)}{x^2}=\frac{a^2-a_0^2}{2}",
            ),
            Step(
                r"Its derivative is a difference of values of one function, and does not vanish where "
                r"the root is simple",
                r"x^3\,\partial_xH=\psi(wx)-\psi(w_0x),\qquad \psi(u)=u\,g(u)-2G(u)",
            ),
        ),
    )


def _corner_points(common: CommonLimit, digits: int) -> list[tuple[tuple[Ball, Ball], list[Ball]]]:
    """Two opposite corners of U, moved inwards by a tenth, with both roots to so many digits."""
    points = []
    for share in (Fraction(1, 10), Fraction(9, 10)):
        w, a = (side[0] + share * (side[1] - side[0]) for side in (common.box.w, common.box.a))
        cell = next(c for c in common.box.cells if c.w[0] <= w <= c.w[1] and c.a[0] <= a <= c.a[1])
        roots = []
        for guess in cell.roots:
            root = _root_at(common, w, a, guess, digits)
            if root is not None:
                roots.append(root)
        points.append(((Ball(w), Ball(a)), roots))
    return points


def _root_at(common: CommonLimit, w: Fraction, a: Fraction, guess: Ball, digits: int) -> Ball | None:
    equations = common.equations

    def function(x: arb) -> arb:
        w_0, a_0 = (ball.to_arb() for ball in common.start)
        return equations.orbit_gap(x, Ball(w).to_arb(), w_0) - (Ball(a).to_arb() ** 2 - a_0**2) / 2

    def slope(x: arb) -> arb:
        return equations.orbit_gap_slope(x, Ball(w).to_arb(), common.start[0].to_arb())

    with flint.ctx.workprec(64):
        middle = guess.to_arb().mid()
        for _ in range(6):
            middle = (middle - function(middle) / slope(middle)).mid()
    certified = certify_root(function, slope, middle, digits + 10)
    return None if certified is None else certified.root


def _corner_roots(common: CommonLimit, digits: int) -> Evidence:
    """At two points of U: both roots by Newton, and the orbit equation there by mpmath's quadrature."""
    activation = common.equations.activation
    points = _corner_points(common, digits)
    if any(len(roots) != 2 for _, roots in points):
        return _roots_missing()

    def compare() -> bool:
        w_0, a_0 = (mp_number(ball) for ball in common.start)
        for (w_ball, a_ball), roots in points:
            w, a = mp_number(w_ball), mp_number(a_ball)
            for x in map(mp_number, roots):
                rise = orbit_rise(activation, w_0 * x, w * x)
                if abs(rise / x**2 - (a**2 - a_0**2) / 2) > mpmath.mpf(10) ** (-digits) * max(1, a**2):
                    return False
            if abs(mp_number(roots[0]) - mp_number(roots[1])) < mpmath.mpf(10) ** (-digits):
                return False
        return True

    return numeric_check(
        "two roots at two points of U, the orbit equation there by mpmath's quadrature", compare, digits
    )


def _roots_missing() -> Evidence:
    return Evidence(Kind.NUMERIC, Outcome.UNDECIDED, "a root at a point of U was not found to enough digits")


def _limits(common: CommonLimit, cells: Claim, closed: tuple[Claim, ...], digits: int) -> Claim:
    checks = [trajectory_check(_arrival(common, index), digits) for index in (0, 1)]
    failed = next((check for check in checks if check.outcome is not Outcome.HOLDS), checks[0])
    w, a = (ball.decimal(12) for ball in common.end)
    inputs = ", ".join(
        rf"(x_{i},y_{i})\approx({x.decimal(10)},{y.decimal(10)})"
        for i, (x, y) in enumerate(zip(common.inputs, common.targets, strict=True), 1)
    )
    return Claim(
        f"{ID}.limits",
        r"For every $\theta=(w,a)\in U$ the samples $S_i=\{(x_i,a\,\sigma(wx_i))\}$ have "
        r"$\Phi_{S_1}(\theta_0)=\Phi_{S_2}(\theta_0)=\theta$",
        sp.true,
        rests_on=(cells, *closed),
        evidence=(
            deduction(
                "T7: σ and σ' do not vanish between w0 x_i and w x_i (checked on every cell), a and a0 "
                "have one sign, so the point is the only one of the arc with f = y"
            ),
            Evidence(Kind.NUMERIC, failed.outcome, "; ".join(check.method for check in checks)),
        ),
        steps=(Step(rf"For instance $\theta^*\approx({w},{a})$ is reached with", inputs),),
    )


def _smooth(common: CommonLimit, cells: Claim, digits: int) -> Claim:
    """x_i(θ) is C¹ by the implicit function theorem; σ is smooth on each piece."""
    return Claim(
        f"{ID}.smooth",
        r"$x_i$ and $y_i=a\,\sigma(wx_i)$ are continuously differentiable functions of $\theta\in U$",
        sp.true,
        rests_on=(cells,),
        evidence=(
            deduction(
                "implicit function theorem: H is continuously differentiable and its derivative in x "
                "does not vanish at the root; σ is smooth where w x_i lies, off its breakpoints on every cell"
            ),
            _quotient_check(common, digits),
        ),
        steps=(
            Step(
                r"The derivatives are",
                r"\frac{\partial x_i}{\partial a}=\frac{a}{\partial_xH},\qquad\frac{\partial "
                r"x_i}{\partial w}=-\frac{g(wx_i)}{x_i\,\partial_xH}",
            ),
        ),
    )


def _quotient_check(common: CommonLimit, digits: int) -> Evidence:
    """∂x_i/∂a = a/(∂H/∂x) against q(h) = (x_i(a+h) - x_i(a-h))/(2h) at a point of U, h = 10^-(digits/3).

    q(h) - ∂x_i/∂a = c h² + O(h⁴) and q(2h) - q(h) = 3 c h² + O(h⁴), so the second bounds the first; the radii
    of the roots over h, and 10^-digits for the O(h⁴), are added.
    """
    (point, roots), _other = _corner_points(common, digits)
    w, a = point[0].middle, point[1].middle
    # relative to a where that is small, so that the points stay in U
    step = Fraction(1, 10 ** (digits // 3)) * min(Fraction(1), Fraction(2) ** _exponent(a))
    moved = [[_root_at(common, w, a + k * step, x, digits) for k in (-2, -1, 1, 2)] for x in roots]
    if len(roots) != 2 or any(end is None for ends in moved for end in ends):
        return _roots_missing()

    def compare() -> bool:
        h = mpmath.mpf(step.numerator) / step.denominator
        for x_ball, ends in zip(roots, moved, strict=True):
            far_left, left, right, far_right = (mp_number(end) for end in ends if end is not None)
            near, far = (right - left) / (2 * h), (far_right - far_left) / (4 * h)
            rounding = max(
                mpmath.mpf(end.radius.numerator) / end.radius.denominator for end in ends if end is not None
            )
            with flint.ctx.workprec(int(digits * 3.33) + 96):
                slope = common.equations.orbit_gap_slope(
                    x_ball.to_arb().mid(), Ball(w).to_arb(), common.start[0].to_arb()
                )
                derivative = mp_number(Ball.from_arb(Ball(a).to_arb() / slope))
            allowed = (
                abs(far - near) + 2 * rounding / h + mpmath.mpf(10) ** (-digits) * max(1, abs(derivative))
            )
            if abs(near - derivative) > allowed:
                return False
        return True

    return numeric_check(
        f"central difference quotients of x_i(θ) with two steps of about 1e-{digits // 3} of a "
        f"against a/(∂H/∂x)",
        compare,
        digits,
    )


def _exponent(number: Fraction) -> int:
    """The e with 2^(e-1) < |number| < 2^(e+1)."""
    return number.numerator.bit_length() - number.denominator.bit_length()


def _transversality(common: CommonLimit, cells: Claim, digits: int) -> Claim:
    activation = common.equations.activation
    points = _corner_points(common, digits)

    def compare() -> bool:
        for (w_ball, a_ball), roots in points:
            w, a = mp_number(w_ball), mp_number(a_ball)
            slopes = [
                -a * x * activation.slope_mp(w * x) / activation.mp(w * x) for x in map(mp_number, roots)
            ]
            if abs(slopes[0] - slopes[1]) < mpmath.mpf(10) ** (-digits):
                return False
        return True

    degree = sp.Function("E")
    return Claim(
        f"{ID}.transversality",
        r"For every $\theta\in U$ the curves $M_{S_1}$ and $M_{S_2}$ cross at $\theta$: $E(wx_1)\neq "
        r"E(wx_2)$",
        sp.Ne(degree(W * sp.Symbol("x1")), degree(W * sp.Symbol("x2")), evaluate=False),
        rests_on=(cells,),
        evidence=(
            Evidence(
                Kind.ENCLOSURE,
                Outcome.HOLDS
                if all(_degrees_differ(common, cell) for cell in common.box.cells)
                else Outcome.UNDECIDED,
                "on every cell the ball of E(w x1) - E(w x2) excludes zero",
            ),
            numeric_check("the slopes of the two curves at two points of U", compare, digits)
            if all(len(roots) == 2 for _, roots in points)
            else _roots_missing(),
        ),
        steps=(
            Step(
                r"The slope of $M_{S_i}$ at $\theta$ is",
                r"\frac{da}{dw}=-\frac{a\,x_i\,\sigma'(wx_i)}{\sigma(wx_i)}=-\frac aw\,E(wx_i)",
            ),
        ),
    )


def _degrees_differ(common: CommonLimit, cell: object) -> bool:
    from implicitreg_sym.overlap.one_point_box import Cell

    assert isinstance(cell, Cell)
    with flint.ctx.workprec(64):
        w = Ball((cell.w[0] + cell.w[1]) / 2, (cell.w[1] - cell.w[0]) / 2).to_arb()
        degrees = [common.equations.degree(w * root.to_arb()) for root in cell.roots]
        return not (degrees[0] - degrees[1]).contains(0)
