"""The limit on its branch to thousands of digits: the constants of the equation, its certified root, a."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import flint
import sympy as sp
from flint import arb, fmpq

from implicitreg_sym.activations import Piece, real_ball
from implicitreg_sym.evaluate import Ball, Program, compile_expression
from implicitreg_sym.evaluate.program import translate
from implicitreg_sym.evaluate.recurrences import Graph, NoRecurrenceError
from implicitreg_sym.evaluate.straight_line import straight_line
from implicitreg_sym.evaluate.taylor_integral import taylor_integral
from implicitreg_sym.invariants.potential import ratio
from implicitreg_sym.invariants.regularity import exponential_form
from implicitreg_sym.limits.branch import Branch
from implicitreg_sym.limits.high_order import Constants, Root, certified_root, root_equation
from implicitreg_sym.limits.plane import PlaneFlow, exact_sign
from implicitreg_sym.symbols import u

HIGH_PRECISION_DIGITS = 200  # from here on the steps of order four are used
PATH_BITS = 128
_CHEAP = frozenset({"add", "mul", "rational", "argument"})


@dataclass(frozen=True, slots=True)
class Course:
    """The course of u from u0 to the piece that holds the limit, and on it to the limit.

    ``entry`` is where it enters the piece: u0 itself, or a breakpoint.
    """

    plane: PlaneFlow
    piece: Piece
    closed_form: sp.Expr | None
    entry: sp.Expr

    @classmethod
    def to(cls, plane: PlaneFlow, box: arb) -> Course | None:
        """None if a breakpoint may lie in the box, or G may have a pole before."""
        pieces = list(plane.activation.meeting(box))
        if len(pieces) != 1 or not plane.potential.difference(plane.balls()[0], box).is_finite():
            return None
        (piece,) = pieces
        index = plane.activation.pieces.index(piece)
        closed = plane.potential.closed_forms[index] if plane.potential.closed_forms else None
        entry = plane.u0
        if piece.lower != -sp.oo and exact_sign(entry - piece.lower) < 0:
            entry = piece.lower
        elif piece.upper != sp.oo and exact_sign(entry - piece.upper) > 0:
            entry = piece.upper
        return cls(plane, piece, closed, entry)

    def before_entry(self) -> arb:
        """G(entry) - G(u0)."""
        if self.entry == self.plane.u0:
            return arb(0)
        return self.plane.potential.difference(self.plane.balls()[0], real_ball(self.entry))

    def constants(self, base: arb) -> Constants:
        """κ and c at the precision in force; a G without closed form is integrated up to the base once."""
        plane = self.plane
        start = real_ball(plane.norm * plane.a0**2 / 2)
        c = real_ball(plane.norm * plane.target**2 / 2)
        if self.closed_form is None:
            whole = self.increment_at(base)
            integrand = short_integrand(self.piece)
            return Constants(-start, c, lambda m: whole + taylor_integral(integrand, base, m))
        return Constants(value_at(self.closed_form, self.entry) - self.before_entry() - start, c)

    def increment_at(self, point: arb) -> arb:
        """G(point) - G(u0) by Taylor's polynomials of σ/σ' on the last piece."""
        entry = real_ball(self.entry)
        integrand = short_integrand(self.piece)
        total = self.before_entry() + taylor_integral(integrand, entry.mid(), point)
        if not entry.is_exact():
            total -= integrand.arb(entry) * (entry - entry.mid())
        return total


@lru_cache(maxsize=64)
def short_integrand(piece: Piece) -> Program:
    """σ/σ' in the form with the fewest functions to expand."""
    quotient = ratio(piece)
    programs = [compile_expression(form, (u,)) for form in (quotient, sp.cancel(exponential_form(quotient)))]
    return min(programs, key=lambda program: sum(s.operation not in _CHEAP for s in program.instructions))


@lru_cache(maxsize=256)
def exact_evaluator(closed_form: sp.Expr) -> Callable[..., tuple[arb, ...]]:
    """Return the function of (precision,) and a rational (fmpq) or ball that encloses a function of u."""
    instructions, places = translate((closed_form,), (u,))
    return straight_line([(Graph(instructions).nodes[places[0]], [0])], 1, 1, exact=True).run


def value_at(closed_form: sp.Expr, point: sp.Expr) -> arb:
    """G at an exact point, at the precision in force.

    >>> value_at(sp.exp(u), sp.Rational(3, 5)).overlaps(arb(fmpq(3, 5)).exp())
    True
    """
    if not isinstance(point, sp.Rational):
        return real_ball(closed_form.subs(u, point))
    try:
        (value,) = exact_evaluator(closed_form)((flint.ctx.prec,), fmpq(int(point.p), int(point.q)))
    except ZeroDivisionError:
        return arb("nan")
    return arb(value)


def high_precision_limit(
    plane: PlaneFlow, branch: Branch, start: Ball, bits: int
) -> tuple[arb, arb, arb] | None:
    """Return (u, a, box), from a ball about the limit in which interval Newton contracts; None where this
    method does not apply or does not certify."""
    if branch.logarithmic or branch.poles or branch.kind not in ("output", "turn", "crossing"):
        return None
    with flint.ctx.workprec(PATH_BITS):
        centre = Ball(start.middle).to_arb().mid()
        accuracy = int(-(start.radius_bits()))
        course = Course.to(plane, start.to_arb())
    if course is None or accuracy < 8:
        return None
    try:
        equation = root_equation(course.piece, course.closed_form, branch.kind)
    except NoRecurrenceError:
        return None
    with flint.ctx.workprec(bits):
        constants = course.constants(centre)
        root = certified_root(equation, constants, centre, bits, accuracy)
        if root is None or not _on_the_branch(root, branch) or not course.piece.contains(root.box):
            return None
        a = _output_weight(plane, branch, root)
    if a is None or not (root.u.is_finite() and a.is_finite()):
        return None
    return root.u, a, root.box


def _on_the_branch(root: Root, branch: Branch) -> bool:
    """Whether the box lies in the bracket, which holds one root, on the stated side of σ = 0."""
    box = Ball.from_arb(root.box)
    low, high = min(branch.near, branch.far), max(branch.near, branch.far)
    inside = low <= box.lower and box.upper <= high
    return inside and (branch.kind != "output" or bool(branch.sign_sigma * root.companion > 0))


def _output_weight(plane: PlaneFlow, branch: Branch, root: Root) -> arb | None:
    if branch.kind == "turn":
        return arb(0)
    if branch.kind == "output":
        a = real_ball(plane.target) * root.companion
        return a if branch.sign_a * a > 0 else None
    square = 2 * root.companion / real_ball(plane.norm)
    return branch.sign_a * square.sqrt() if square > 0 else None
