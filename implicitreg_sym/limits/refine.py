"""From a bracket to any number of digits: interval Newton with growing precision, the root proved to exist
and to be unique."""

from __future__ import annotations

from dataclasses import dataclass

import flint
from flint import arb

from implicitreg_sym.activations import real_ball
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.limits.branch import Branch
from implicitreg_sym.limits.chart import Chart, Line
from implicitreg_sym.limits.degenerate import approach_zero, degenerate_neighbour
from implicitreg_sym.limits.high_precision import HIGH_PRECISION_DIGITS, Course, high_precision_limit
from implicitreg_sym.limits.plane import PlaneFlow
from implicitreg_sym.limits.pole import PoleChart

GUARD_BITS = 40
RECERTIFICATION_BITS = 256
MAX_ROUNDS = 60
START_BITS, START_ROUNDS = 128, 12
HIGH_PRECISION_ROUNDS = 4
MOST_BITS = 4096  # of a sign; quadrature takes minutes at an eighth of them already


@dataclass(frozen=True, slots=True)
class PlanePoint:
    """The limit in the plane: balls for u and a, and the interval-Newton box of the branch's coordinate (u,
    or λ near a pole) with one root."""

    u: Ball
    a: Ball
    box: Ball


@dataclass(slots=True)
class _Way:
    """Where G - G(u0) was last enclosed, and at what precision: the next value needs only the way from
    there."""

    plane: PlaneFlow
    branch: Branch
    bits: int = 0
    point: arb = arb(0)
    increment: arb = arb(0)

    def chart(self) -> Chart:
        """The coordinate of the branch at the precision in force."""
        return self.branch.poles[-1].chart() if self.branch.logarithmic else Line(self.plane.potential)

    def increment_at(self, point: arb) -> arb:
        """Enclose G - G(u0) at a point of the branch, at the precision in force."""
        chart = self.chart()
        if flint.ctx.prec == self.bits:
            increment = self.increment + chart.difference(self.point, point)
        else:
            start, potential = self.plane.balls()[0], self.plane.potential
            if isinstance(chart, PoleChart):
                anchor = Ball(self.branch.poles[-1].anchor).to_arb()
                increment = potential.difference(start, anchor) + chart.difference(chart.depth, point)
            else:
                increment = potential.difference(start, point)
        if increment.is_finite():
            self.bits, self.point, self.increment = flint.ctx.prec, point, increment
        return increment


@dataclass(frozen=True, slots=True)
class _Equation:
    """The scalar equation of a branch and its derivative, over balls of the branch's coordinate."""

    plane: PlaneFlow
    chart: Chart
    branch: Branch
    base: arb
    base_increment: arb

    def increment(self, point: arb) -> arb:
        return self.base_increment + self.chart.difference(self.base, point)

    def increment_over(self, box: arb) -> arb:
        """By the mean value theorem, from the base, which the box must contain."""
        return self.base_increment + self.chart.ratio(box) * (box - self.base)

    def value(self, point: arb) -> arb:
        plane = self.plane
        sigma = self.chart.value(point)
        if self.branch.kind == "crossing":
            return sigma
        weight = plane.squared_output_weight(self.increment(point))
        if self.branch.kind == "turn":
            return weight
        target = plane.balls()[3]
        return weight * sigma * sigma - target * target

    def derivative(self, box: arb) -> arb:
        """By the coordinate, over a box that contains the base."""
        slope, ratio = self.chart.slope(box), self.chart.ratio(box)
        if self.branch.kind == "crossing":
            return slope
        norm = self.plane.balls()[2]
        if self.branch.kind == "turn":
            return 2 * ratio / norm
        sigma = self.chart.value(box)
        weight = self.plane.squared_output_weight(self.increment_over(box))
        return 2 * sigma * (ratio * sigma / norm + weight * slope)


def refine(plane: PlaneFlow, branch: Branch, digits: int) -> PlanePoint:
    """Return u and a of the limit to ``digits`` digits, rigorous.

    The bracket holds one root by monotonicity (T7); interval Newton N(X) = m - F(m)/F'(X) encloses it
    quadratically, and N(X) inside X proves existence and uniqueness once more. Raises `ArithmeticError` if
    the enclosure does not contract.
    """
    bits = 96
    goal = int(digits * 3.33) + GUARD_BITS
    if branch.zero is not None:
        return _at_exact_zero(plane, branch, goal)
    way = _Way(plane, branch)
    box = _bisected(way, branch)
    if digits >= HIGH_PRECISION_DIGITS:
        found = _at_high_precision(way, branch, box, digits)
        if found is not None:
            return found
    newton_box = box
    for _ in range(MAX_ROUNDS):
        with flint.ctx.workprec(bits):
            contracted = _newton(way, branch, box.to_arb())
        if contracted is not None and contracted[1]:
            newton_box = box
        new_box = Ball.from_arb(contracted[0]) if contracted is not None else box
        if contracted is not None and bits >= goal:
            with flint.ctx.workprec(bits):
                point = _point(way, branch, contracted[0])
            if point is not None and _accurate(point[0], digits) and _accurate(point[1], digits):
                return PlanePoint(Ball.from_arb(point[0]), Ball.from_arb(point[1]), newton_box)
        stalled = new_box.radius * 4 > box.radius
        box = new_box
        bits = min(2 * bits, goal + 64) if bits < goal else bits + (goal // 2 if stalled else 32)
    raise ArithmeticError(f"the limit could not be enclosed to {digits} digits")


def _at_high_precision(way: _Way, branch: Branch, box: Ball, digits: int) -> PlanePoint | None:
    """By steps of order four from a small ball; None where they do not apply."""
    for _ in range(START_ROUNDS):
        with flint.ctx.workprec(START_BITS):
            contracted = _newton(way, branch, box.to_arb())
        if contracted is None:
            return None
        box = Ball.from_arb(contracted[0])
        if box.radius_bits() < -START_BITS // 2:
            break
    bits = int(digits * 3.32193) + 24
    for _ in range(HIGH_PRECISION_ROUNDS):
        found = high_precision_limit(way.plane, branch, box, bits)
        if found is None:
            return None
        u, a, newton_box = found
        with flint.ctx.workprec(bits):
            accurate = _accurate(u, digits) and _accurate(a, digits)
        if accurate:
            return PlanePoint(Ball.from_arb(u), Ball.from_arb(a), Ball.from_arb(newton_box))
        bits += bits // 8 + 64
    return None


def _bisected(way: _Way, branch: Branch) -> Ball:
    """Shrink the bracket by signs of the equation until interval Newton contracts."""
    low, high = min(branch.near, branch.far), max(branch.near, branch.far)
    bits, most = 96, MOST_BITS if way.plane.has_closed_form() else MOST_BITS // 8
    for _ in range(400):
        box = Ball((low + high) / 2, (high - low) / 2)
        with flint.ctx.workprec(bits):
            contracted = _newton(way, branch, box.to_arb())
            if contracted is not None and contracted[1]:
                return box
            middle = Ball(box.middle).to_arb()
            value = branch.far_sign * _equation(way, branch, middle).value(middle)
        if value > 0 or value < 0:
            if bool(value > 0) == (branch.far > branch.near):
                high = box.middle
            else:
                low = box.middle
        elif bits < most:
            bits *= 2
        else:
            break
    raise ArithmeticError("the bracket of the limit could not be narrowed")


def _equation(way: _Way, branch: Branch, base: arb) -> _Equation:
    return _Equation(way.plane, way.chart(), branch, base, way.increment_at(base))


def bits_for(box: Ball) -> int:
    """A precision at which a ball of this radius is not lost in rounding errors."""
    if box.radius == 0:
        return RECERTIFICATION_BITS
    size = max(abs(box.middle), box.radius) / box.radius
    return RECERTIFICATION_BITS + 2 * (size.numerator // size.denominator).bit_length()


def recertify(plane: PlaneFlow, branch: Branch, point: PlanePoint) -> bool:
    """Whether interval Newton maps the stated box into its interior, and near the stated root, once more."""
    way = _Way(plane, branch)
    with flint.ctx.workprec(bits_for(point.box)):
        contracted = _newton(way, branch, point.box.to_arb())
        if contracted is None or not contracted[1]:
            return False
        if not way.chart().preactivation(contracted[0]).overlaps(point.u.to_arb()):
            return False
    # one step of interval Newton doubles the digits of the box: beyond, the residual at the root itself; near
    # a pole the box is one of λ, and u has the digits of u - u_c on top of those of λ
    enough = branch.logarithmic or point.u.radius_bits() > 3 * point.box.radius_bits()
    return enough or _confirmed(way, branch, point)


def _confirmed(way: _Way, branch: Branch, point: PlanePoint) -> bool:
    """Whether m - F(m)/F'(box) lies near the stated root, m its middle, F evaluated afresh to all digits."""
    plane = way.plane
    with flint.ctx.workprec(bits_for(point.box)):
        course = Course.to(plane, point.box.to_arb())
    with flint.ctx.workprec(RECERTIFICATION_BITS - point.u.radius_bits()):
        middle, allowed = Ball(point.u.middle).to_arb(), Ball(point.u.middle, 4 * point.u.radius).to_arb()
        if course is not None and course.closed_form is None:
            equation = _Equation(plane, way.chart(), branch, middle, course.increment_at(middle))
        else:
            equation = _equation(way, branch, middle)
        residual = equation.value(middle)
        with flint.ctx.workprec(bits_for(point.box)):
            box = point.box.to_arb()
            shift = residual / equation.derivative(box)
        return bool(box.contains(middle) and allowed.contains(middle - shift))


def _newton(way: _Way, branch: Branch, box: arb) -> tuple[arb, bool] | None:
    """One interval-Newton step: the contracted box, and whether it lies in the interior of the old one."""
    middle = box.mid()
    equation = _equation(way, branch, middle)
    residual = equation.value(middle)
    derivative = equation.derivative(box)
    if not residual.is_finite() or not derivative.is_finite() or derivative.contains(0):
        return None
    image = middle - residual / derivative
    if not image.is_finite() or not image.overlaps(box):
        return None
    inside = bool(box.contains_interior(image))
    return (image if inside else image.intersection(box)), inside


def _point(way: _Way, branch: Branch, root: arb) -> tuple[arb, arb] | None:
    """u and a from the enclosure of the coordinate."""
    u = way.chart().preactivation(root)
    if branch.kind == "turn":
        return u, arb(0)
    plane = way.plane
    equation = _equation(way, branch, root.mid())
    weight = plane.squared_output_weight(equation.increment_over(root))
    candidates = []
    if weight > 0:
        candidates.append(branch.sign_a * weight.sqrt())
    sigma = equation.chart.value(root)
    if branch.kind == "output" and not branch.sign_sigma * sigma > 0:
        return None  # the root must lie on the side of σ = 0 that the phases of the flow lead to
    if branch.kind == "output":
        candidates.append(plane.balls()[3] / sigma)
    finite = [candidate for candidate in candidates if candidate.is_finite()]
    return (u, min(finite, key=lambda ball: float(ball.rad()))) if finite else None


def _at_exact_zero(plane: PlaneFlow, branch: Branch, goal: int) -> PlanePoint:
    """u is exact, and a = ±sqrt(Q) there."""
    assert branch.zero is not None
    with flint.ctx.workprec(goal + 64):
        end, start = real_ball(branch.zero), plane.balls()[0]
        if branch.kind == "rest":
            return PlanePoint(Ball.from_arb(end), Ball.from_arb(arb(0)), Ball.from_arb(end))
        if branch.kind == "zero":
            increment = plane.potential.difference(start, end)
        else:
            near = degenerate_neighbour(end, start, goal)
            approach = approach_zero(plane.potential, near, branch.zero)
            assert approach is not None
            increment = plane.potential.difference(start, near) + approach
        a = branch.sign_a * plane.squared_output_weight(increment).sqrt()
        u = Ball.from_arb(end)
        return PlanePoint(u, Ball.from_arb(a), u)


def _accurate(value: arb, digits: int) -> bool:
    """Whether a ball carries so many significant digits (or decimals, about zero) with three to spare."""
    bound = arb(10) ** (-(digits + 3))
    magnitude = abs(value)
    return bool(value.rad() <= bound * magnitude.lower()) or bool(value.rad() <= bound and magnitude < bound)
