"""The zeros of σ': exact where they can be solved for, otherwise rigorous Arb enclosures on a window."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import flint
import sympy as sp
from flint import arb

from implicitreg_sym.activations import Piece, real_ball
from implicitreg_sym.algebra import decide_zero
from implicitreg_sym.evaluate import Ball, Program, compile_expression
from implicitreg_sym.evaluate.ball import exact_decimal
from implicitreg_sym.invariants.kernels import KernelForm, kernel_form
from implicitreg_sym.invariants.regularity import exponential_form, factor_never_zero, never_zero
from implicitreg_sym.status import Status
from implicitreg_sym.symbols import u

WINDOW = Fraction(32)
_BITS = 128
_WORKING_BITS = 1536  # tails such as 1 + erf(u) at the end of the window need them
_FINEST = Fraction(1, 2**40)
_CELLS = 6_000
_ZEROS = 200  # more are not separated: those of sin(1/u) accumulate


@dataclass(frozen=True, slots=True)
class CriticalPoints:
    """The zeros of σ' in the open piece.

    ``poles``: those where σ ≠ 0, exact; ``removable``: those where σ = 0 too, so that σ/σ' is regular;
    ``enclosures``: balls, each with exactly one simple zero of σ' and σ ≠ 0; ``undecided``: balls that may
    hold more; ``complete``: whether there are no others in the whole piece; otherwise there are none in
    ``window``.
    """

    poles: sp.Set
    removable: sp.Set
    enclosures: tuple[Ball, ...] = ()
    undecided: tuple[Ball, ...] = ()
    complete: bool = True
    window: tuple[Fraction, Fraction] | None = None

    @property
    def none(self) -> bool:
        """Whether σ' is proved to have no zero at which G has a pole."""
        return self.complete and self.poles is sp.S.EmptySet and not self.enclosures and not self.undecided

    def none_between(self, left: arb, right: arb) -> bool:
        """Whether σ' is proved to have no zero on a segment, by all its zeros in exact form."""
        if not self.complete or self.enclosures or self.undecided:
            return False
        return all(
            zeros is sp.S.EmptySet
            or (
                isinstance(zeros, sp.FiniteSet)
                and all(real_ball(zero) < left or real_ball(zero) > right for zero in zeros)
            )
            for zeros in (self.poles, self.removable)
        )

    def describe(self, within: sp.Set = sp.S.Reals, decided: bool = False) -> tuple[str, ...]:
        """The poles as text: exact ones as formulas, enclosed ones as decimals with the radius of their ball,
        undecided ones as intervals; those outside the set ``within`` are left out, and the undecided
        ones where it was ``decided`` otherwise that they are none."""
        exact = list(self.poles) if isinstance(self.poles, sp.FiniteSet) else [self.poles]
        texts = [
            str(entry) for entry in exact if entry is not sp.S.EmptySet and entry not in _outside(within)
        ]
        found = [ball for ball in self.enclosures if _meets(ball, within)]
        texts += [f"{ball.decimal(15)} +/- {ball.radius_text()}" for ball in found]
        unclear = [] if decided else _merged([ball for ball in self.undecided if _meets(ball, within)])
        return (*texts, *(f"perhaps in {_interval_text(ball)}" for ball in unclear))


def _outside(within: sp.Set) -> sp.Set:
    return sp.S.EmptySet if within == sp.S.Reals else sp.Complement(sp.S.Reals, within)


def _meets(ball: Ball, within: sp.Set) -> bool:
    """Whether the ball may have a point in common with the set."""
    ends = [sp.Rational(end.numerator, end.denominator) for end in (ball.lower, ball.upper)]
    return within == sp.S.Reals or sp.Intersection(sp.Interval(*ends), within) is not sp.S.EmptySet


def _merged(balls: list[Ball]) -> list[Ball]:
    """The balls in ascending order, those that touch as one."""
    merged: list[Ball] = []
    for ball in sorted(balls, key=lambda entry: entry.lower):
        if merged and ball.lower <= merged[-1].upper:
            lower, upper = merged[-1].lower, max(merged.pop().upper, ball.upper)
            ball = Ball((lower + upper) / 2, (upper - lower) / 2)
        merged.append(ball)
    return merged


def _interval_text(ball: Ball) -> str:
    """The ends of a ball as decimals, rounded outwards."""
    places = Fraction(1, 1000)
    while 2 * ball.radius < 10 * places and places > _FINEST / 1000:
        places /= 10
    lower, upper = (ball.lower / places).__floor__() * places, (ball.upper / places).__ceil__() * places
    return f"[{exact_decimal(lower, 30)}, {exact_decimal(upper, 30)}]"


@lru_cache(maxsize=512)
def critical_points(piece: Piece) -> CriticalPoints:
    """Find the zeros of σ' in the open piece.

    >>> from implicitreg_sym.activations import activation
    >>> critical_points(activation("gaussian").pieces[0]).poles
    {0}
    >>> points = critical_points(activation("silu").pieces[0])
    >>> points.enclosures[0].decimal(20), points.complete
    ('-1.2784645427610737951', False)
    """
    exact = _solve(piece)
    if exact is None:
        return _enclose(piece)
    poles, removable = sp.S.EmptySet, sp.S.EmptySet
    for candidate in exact:
        point = (
            candidate.lamda.expr.subs(candidate.lamda.variables[0], 0)
            if isinstance(candidate, sp.ImageSet)
            else candidate
        )
        inside = candidate if isinstance(candidate, sp.ImageSet) else sp.FiniteSet(candidate)
        if isinstance(candidate, sp.ImageSet):
            if (piece.lower, piece.upper) != (-sp.oo, sp.oo):
                inside = sp.Intersection(candidate, sp.Interval.open(piece.lower, piece.upper))
        elif not _strictly_inside(point, piece):
            continue
        if _vanishes_at(piece, candidate):
            removable = sp.Union(removable, inside)
        else:
            poles = sp.Union(poles, inside)
    return CriticalPoints(poles, removable)


def _vanishes_at(piece: Piece, candidate: sp.Expr | sp.ImageSet) -> bool:
    """Whether σ vanishes at a zero of σ' (for a family: at every member)."""
    if isinstance(candidate, sp.ImageSet):
        index = sp.Dummy("n", integer=True)
        value = sp.expand_trig(sp.expand(piece.formula.subs(u, candidate.lamda(index))))
        return bool(sp.expand(value) == 0)
    value = piece.formula.subs(u, candidate)
    if value.has(sp.nan, sp.zoo):
        return False
    with flint.ctx.workprec(_BITS):
        if not real_ball(value).contains(0):
            return False
    return decide_zero(value).status is Status.PROVED


def _strictly_inside(point: sp.Expr, piece: Piece) -> bool:
    return bool(sp.Interval.open(piece.lower, piece.upper).contains(point))


def _solve(piece: Piece) -> list[sp.Expr | sp.ImageSet] | None:
    """All zeros of σ'."""
    return zeros_of(piece.slope, piece)


def zeros_of(quantity: sp.Expr, piece: Piece) -> list[sp.Expr | sp.ImageSet] | None:
    """All zeros of a quantity on the line, exact points and families; None if one of its factors resists.

    Factors that are proved to have no zero on the open piece are passed over.

    >>> sorted(zeros_of(u**2 - 3 * u, Piece(-sp.oo, sp.oo, u)))
    [0, 3]
    """
    form = kernel_form(quantity, u)
    if not any(isinstance(meaning, (sp.sin, sp.cos)) for meaning in form.kernels.values()):
        form = kernel_form(exponential_form(quantity), u)
    numerator, _denominator = sp.fraction(form.expression)
    if not numerator.free_symbols:
        return []
    try:
        factors = [factor for factor, _ in sp.factor_list(numerator)[1]]
    except sp.PolynomialError:
        return None
    points: list[sp.Expr | sp.ImageSet] = []
    for factor in factors:
        if factor_never_zero(factor, form, piece):
            continue
        zeros = _zeros_of(factor, form)
        if zeros is None:
            return None
        points += [zero for zero in zeros if zero not in points]
    return points


def _zeros_of(factor: sp.Expr, form: KernelForm) -> list[sp.Expr | sp.ImageSet] | None:
    present = [symbol for symbol in form.kernels if factor.has(symbol)]
    if not present:
        return _real_roots(factor, u)
    if factor.has(u):
        return None
    meanings = [form.kernels[symbol] for symbol in present]
    if len(present) == 1 and isinstance(meanings[0], sp.exp):
        rate = sp.diff(meanings[0].args[0], u)
        roots = _real_roots(factor, present[0])
        if roots is None or rate.has(u):
            return None
        return [sp.log(root) / rate for root in roots if root.is_positive]
    if all(isinstance(meaning, (sp.sin, sp.cos)) for meaning in meanings):
        return _angles(factor, form, meanings[0].args[0])
    return None


def _real_roots(polynomial: sp.Expr, symbol: sp.Symbol) -> list[sp.Expr] | None:
    try:
        roots = sp.Poly(polynomial, symbol, domain="QQ").real_roots(multiple=False)
    except (sp.PolynomialError, sp.CoercionFailed, NotImplementedError):
        return None
    found = [root for root, _ in roots]
    return None if any(root.has(sp.CRootOf) for root in found) else found


def _angles(factor: sp.Expr, form: KernelForm, angle: sp.Expr) -> list[sp.ImageSet] | None:
    """Zeros of a polynomial in sin and cos: t = tan(angle/2), and the angle π apart; in families of one
    period."""
    rate = sp.diff(angle, u)
    names = {
        symbol: meaning
        for symbol, meaning in form.kernels.items()
        if isinstance(meaning, (sp.sin, sp.cos)) and meaning.args[0] == angle
    }
    t = sp.Dummy("t", real=True)
    halves = {
        symbol: 2 * t / (1 + t**2) if isinstance(meaning, sp.sin) else (1 - t**2) / (1 + t**2)
        for symbol, meaning in names.items()
    }
    polynomial = sp.fraction(sp.cancel(factor.xreplace(halves)))[0]
    roots = _real_roots(polynomial, t) if polynomial.has(t) else []
    if roots is None or rate.has(u):
        return None
    values = [2 * sp.atan(root) for root in roots]
    at_pi = {
        symbol: sp.Integer(0) if isinstance(meaning, sp.sin) else sp.Integer(-1)
        for symbol, meaning in names.items()
    }
    if factor.xreplace(at_pi) == 0:
        values.append(sp.pi)
    index, offset = sp.Symbol("n", integer=True), angle.subs(u, 0)
    families = []
    for value in values:
        opposite = any(sp.expand(abs(other - value) - sp.pi) == 0 for other in values)
        if opposite and any(sp.expand(value - other - sp.pi) == 0 for other in values):
            continue  # the second half of a family of half the period
        period = sp.pi if opposite else 2 * sp.pi
        families.append(
            sp.ImageSet(sp.Lambda(index, (value - offset + period * index) / rate), sp.S.Integers)
        )
    return families


def _enclose(piece: Piece) -> CriticalPoints:
    """Isolate the simple zeros of σ' on the window by bisection, with signs of σ' and σ'' from balls.

    The numerator of σ' takes the place of σ' where the denominator is proved to have no zero: same zeros,
    tighter balls.
    """
    program = compile_expression(_numerator_of_slope(piece), (u,))
    with flint.ctx.workprec(_WORKING_BITS):
        lower, upper = (_end(end, side) for end, side in ((piece.lower, -WINDOW), (piece.upper, WINDOW)))
        found: list[Ball] = []
        undecided: list[Ball] = []
        pending, cells = [(lower, upper)], 0
        while pending:
            left, right = pending.pop()
            cells += 1
            ball = Ball((left + right) / 2, (right - left) / 2)
            slope, bend = _jet(program, ball)
            if slope.is_finite() and not slope.contains(0):
                continue
            if bend.is_finite() and not bend.contains(0) and len(found) <= _ZEROS:
                zero = _refine(program, left, right)
                if zero is not None:
                    (undecided if piece.value_program.arb(zero.to_arb()).contains(0) else found).append(zero)
                continue
            if right - left < _FINEST or cells > _CELLS or len(found) > _ZEROS:
                undecided.append(ball)
                continue
            middle = (left + right) / 2
            pending += [(middle, right), (left, middle)]
    return CriticalPoints(sp.S.EmptySet, sp.S.EmptySet, tuple(found), tuple(undecided), False, (lower, upper))


def _numerator_of_slope(piece: Piece) -> sp.Expr:
    form = kernel_form(exponential_form(piece.slope), u)
    numerator, denominator = sp.fraction(form.expression)
    if never_zero(denominator, form, piece):
        return form.restore(numerator)
    return piece.slope


def _end(end: sp.Expr, otherwise: Fraction) -> Fraction:
    if end in (sp.oo, -sp.oo):
        return otherwise
    return Fraction(int(end.p), int(end.q)) if end.is_Rational else Ball.from_arb(real_ball(end)).middle


def _jet(program: Program, ball: Ball) -> tuple[arb, arb]:
    try:
        slope, bend = program.jet(ball.to_arb(), 2)
    except (ValueError, ZeroDivisionError):
        return arb("nan"), arb("nan")
    return slope, bend


def _refine(program: Program, left: Fraction, right: Fraction) -> Ball | None:
    """The one zero of a monotone σ' between two points, or None if σ' has the same sign at both."""
    at_left, at_right = (program.arb(Ball(p).to_arb()) for p in (left, right))
    if at_left > 0 and at_right > 0 or at_left < 0 and at_right < 0:
        return None
    rising = at_right > 0 or at_left < 0
    while right - left > Fraction(1, 2 ** (_BITS - 2)):
        middle = (left + right) / 2
        value = program.arb(Ball(middle).to_arb())
        if value > 0:
            left, right = (left, middle) if rising else (middle, right)
        elif value < 0:
            left, right = (middle, right) if rising else (left, middle)
        else:
            break
    return Ball((left + right) / 2, (right - left) / 2)
