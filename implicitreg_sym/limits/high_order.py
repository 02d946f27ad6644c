"""The root of a limit's equation in steps of order four: three cheap ones, then one evaluation of each
transcendental function at full precision, certified by the Taylor polynomial of the inverse function.

Let F(u*) = 0 and m be near u*. With φ = F^{-1} and s = -F(m), u* = m + φ'(…)s + … is Taylor's formula

    u* = m + Σ φ_j s^j (j = 1, 2, 3) + φ_4(ξ) s^4,    φ_j = φ^{(j)}/j!,

where the φ_j follow from F_j = F^{(j)}/j! by reversion: with r = s/F_1 and f_j = F_j/F_1 the terms are r,
-f_2 r², (2 f_2² - f_3) r³, (5 f_2 f_3 - 5 f_2³ - f_4) r⁴. An enclosure of F_1, ..., F_4 over one ball B about
m bounds the last one; interval Newton, m + s/F_1(B) inside B, proves that B contains one root. The j-th term
needs only n(1 - j/4) bits, and F_1, F_2, F_3 come from the same transcendental values as F(m).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import flint
import sympy as sp
from flint import arb

from implicitreg_sym.activations import Piece
from implicitreg_sym.evaluate.program import translate
from implicitreg_sym.evaluate.recurrences import Graph, Node, NoRecurrenceError, constant
from implicitreg_sym.evaluate.straight_line import StraightLine, straight_line
from implicitreg_sym.invariants.potential import ratio
from implicitreg_sym.symbols import u

ORDER = 4
BALL_BITS = 64
SPARE_BITS = 16
LOST_BITS = 2
_ARGUMENTS = 4  # u, κ, c, and the value of G where it has no closed form


@dataclass(frozen=True, slots=True)
class RootEquation:
    """F of a branch on one piece of the activation, and a companion W from which a follows.

    * ``"output"``: F = G - κ - c/σ², W = 1/σ, where κ = G(u0) - N a0²/2 and c = N y²/2;
    * ``"turn"``: F = G - κ, no W;
    * ``"crossing"``: F = σ, W = G - κ.

    ``step`` returns F_0, ..., F_3; ``last`` these and W_0, ..., W_3; ``over_ball`` F_1, ..., F_4 and W_4.
    """

    step: StraightLine
    last: StraightLine
    over_ball: StraightLine


@dataclass(frozen=True, slots=True)
class Constants:
    """κ and c at full precision, and G(u) at the precision in force where it is not part of F."""

    kappa: arb
    c: arb
    value_of_G: Callable[[arb], arb] | None = None


@dataclass(frozen=True, slots=True)
class Root:
    """A ball in which F has exactly one root, the enclosure of that root, and of W there."""

    box: arb
    u: arb
    companion: arb


@lru_cache(maxsize=256)
def root_equation(piece: Piece, closed_form: sp.Expr | None, kind: str) -> RootEquation:
    """Compile the equation; raises `NoRecurrenceError` if a derivative is not elementary."""
    rates = [ratio(piece)]
    if closed_form is not None:
        rates = sorted([*rates, sp.diff(closed_form, u)], key=lambda rate: int(rate.count_ops()))
    for rate in rates:
        try:
            return _compiled(piece, closed_form, rate, kind)
        except NoRecurrenceError:
            if rate is rates[-1]:
                raise
    raise AssertionError


def _compiled(piece: Piece, closed_form: sp.Expr | None, rate: sp.Expr, kind: str) -> RootEquation:
    sigma = piece.formula if kind == "crossing" else 1 / piece.formula
    expressions = (sigma, rate, *([] if closed_form is None else [closed_form]))
    instructions, places = translate(expressions, (u,))
    graph = Graph(instructions)
    sigma_node, rate_node, *rest = (graph.nodes[place] for place in places)
    increment = graph.primitive(rest[0] if rest else constant(3), rate_node)
    difference = Node("add", [increment, Node("scale", [constant(1)], "", -1)])
    companion = None
    match kind:
        case "output":
            square = Node("mul", [constant(2), Node("mul", [sigma_node, sigma_node])])
            function = Node("add", [*difference.inputs, Node("scale", [square], "", -1)])
            companion = sigma_node
        case "turn":
            function = difference
        case _:
            function, companion = sigma_node, difference
    lower, upper = range(ORDER), range(1, ORDER + 1)
    both = [(function, lower), *([] if companion is None else [(companion, lower)])]
    ball = [(function, upper), *([] if companion is None else [(companion, (ORDER,))])]
    return RootEquation(
        straight_line([(function, lower)], _ARGUMENTS, ORDER),
        straight_line(both, _ARGUMENTS, ORDER),
        straight_line(ball, _ARGUMENTS, ORDER + 1),
    )


@lru_cache(maxsize=256)
def precisions(bits: int, accuracy: int) -> tuple[tuple[int, ...], ...]:
    """The precisions of F_0, ..., F_3 in each step, from a start with so many correct bits.

    A step is expected to lose ``LOST_BITS`` of the four times as many that it makes of n correct bits.

    >>> [p[0] for p in precisions(3345, 53)]
    [226, 853, 3345]
    """
    levels = [bits]
    needed = -(-(bits + LOST_BITS) // ORDER)
    while needed > accuracy:
        levels.append(needed + SPARE_BITS)
        needed = -(-(needed + LOST_BITS) // ORDER)
    return tuple(
        tuple(level - order * (level // ORDER) + SPARE_BITS * (order > 0) for order in range(ORDER))
        for level in reversed(levels)
    )


def certified_root(
    equation: RootEquation, constants: Constants, start: arb, bits: int, accuracy: int = 52
) -> Root | None:
    """Enclose the root near an exact start, which is trusted only as far as the enclosure shows; None if
    interval Newton does not certify one."""
    context = flint.ctx
    before = context.prec
    kappa, c, value_of_G = constants.kappa, constants.c, constants.value_of_G
    try:
        *first, p = precisions(bits, accuracy)
        m, value = start, c
        for q in first:
            if value_of_G is not None:
                context.prec = q[0]
                value = value_of_G(m)
            shift = _step(equation.step.run(q, m, kappa, c, value), q)[0]
            context.prec = q[0]
            m = (m - shift).mid()
        if value_of_G is not None:
            context.prec = p[0]
            value = value_of_G(m)
        jet = equation.last.run(p, m, kappa, c, value)
        return _enclosed(equation, constants, m, jet, p)
    finally:
        context.prec = before


def _step(jet: tuple[arb, ...], p: tuple[int, ...]) -> tuple[arb, arb]:
    """m - u* up to the term of order four, and F_0/F_1."""
    context, slope = flint.ctx, jet[1]
    context.prec = p[1]
    r = jet[0] / slope
    context.prec = p[2]
    f2, square = jet[2] / slope, r * r
    context.prec = p[3]
    cubic = (_TWO * f2 * f2 - jet[3] / slope) * square * r
    context.prec = p[2]
    tail = f2 * square + cubic
    context.prec = p[1]
    return r + tail, r


def _enclosed(
    equation: RootEquation, constants: Constants, m: arb, jet: tuple[arb, ...], p: tuple[int, ...]
) -> Root | None:
    """Taylor's formula with the last coefficient over a ball in which interval Newton finds one root."""
    context = flint.ctx
    shift, r = _step(jet, p)
    context.prec = BALL_BITS
    radius = (abs(r) * _TWO + abs(m) * _LEAST_RADIUS).upper()
    box = m + arb(0, radius)
    slope, f2, f3, f4, *rest = equation.over_ball.run(
        _OVER_BALL, box, constants.kappa, constants.c, constants.c
    )
    newton = jet[0] / slope
    if not abs(newton) < radius:
        return None
    f2, f3, f4, square = f2 / slope, f3 / slope, f4 / slope, newton * newton
    last = (_FIVE * f2 * (f3 - f2 * f2) - f4) * square * square
    context.prec = p[1]
    difference = last - shift
    companion = _ZERO
    if rest:
        context.prec = p[3]
        cubic = (jet[7] + rest[0] * difference) * difference
        context.prec = p[2]
        quadratic = (jet[6] + cubic) * difference
        context.prec = p[1]
        linear = (jet[5] + quadratic) * difference
        context.prec = p[0]
        companion = jet[4] + linear
    context.prec = p[0]
    return Root(box, m + difference, companion)


_ZERO, _TWO, _FIVE = arb(0), arb(2), arb(5)
_LEAST_RADIUS = arb((1, -56))
_OVER_BALL = (BALL_BITS,) * (ORDER + 1)
