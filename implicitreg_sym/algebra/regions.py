"""The region of a decision: a box of symbols cut into cells, and rational points of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random

import flint
import sympy as sp
from flint import arb, fmpq
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from implicitreg_sym.algebra.tower import Bound, Undecided
from implicitreg_sym.errors import InputError
from implicitreg_sym.evaluate.program import compile_expression

Interval = tuple[sp.Expr, sp.Expr]
_BITS = 128
_POINTS = 24


@dataclass(frozen=True, slots=True)
class Region:
    """The open box of the intervals, where the expressions of ``positive`` are positive."""

    intervals: Mapping[sp.Symbol, Interval]
    positive: tuple[sp.Expr, ...] = ()

    def bounds(self) -> dict[sp.Symbol, tuple[Bound, Bound]]:
        """Rational bounds of each symbol, rounded outwards."""
        return {s: (_outward(low, -1), _outward(high, 1)) for s, (low, high) in self.intervals.items()}

    def points(self, count: int = _POINTS) -> Iterator[dict[sp.Symbol, Fraction]]:
        """Rational points at which every positive expression is certainly positive."""
        random = Random(20)
        for _ in range(8 * count):
            point = {s: _inside(s, low, high, random) for s, (low, high) in self.intervals.items()}
            if all(enclosure(at_point(e, point), point, _BITS) > 0 for e in self.positive):
                yield point
                count -= 1
                if not count:
                    return

    def cut(self, symbol: sp.Symbol, places: list[sp.Rational]) -> list[Region]:
        """The cells into which places cut the interval of a symbol."""
        low, high = self.intervals[symbol]
        ends = [low, *(p for p in places if _strictly_inside(p, low, high)), high]
        return [
            replace(self, intervals={**self.intervals, symbol: cell})
            for cell in zip(ends[:-1], ends[1:], strict=True)
        ]

    def at(self, symbol: sp.Symbol, value: sp.Rational) -> Region:
        """The slice on which a symbol has a given value."""
        rest = {s: interval for s, interval in self.intervals.items() if s != symbol}
        return Region(rest, tuple(e.xreplace({symbol: value}) for e in self.positive))


def region_of(
    symbols: Collection[sp.Symbol], positive: Collection[sp.Expr], domains: Mapping[sp.Symbol, Interval]
) -> Region:
    """The region in which symbols lie: the given domains, cut down to the signs that the symbols assume."""
    intervals: dict[sp.Symbol, Interval] = {}
    conditions = []
    for expression in positive:
        if isinstance(expression, sp.Symbol):
            low, high = domains.get(expression, (-sp.oo, sp.oo))
            domains = {**domains, expression: (sp.Integer(0) if _below(low, sp.Integer(0)) else low, high)}
        else:
            conditions.append(expression)
    for symbol in sorted(symbols, key=str):
        if symbol.is_real is False:
            raise InputError(f"the symbol {symbol} is not real; use real symbols")
        low, high = (sp.sympify(end, strict=True) for end in domains.get(symbol, (-sp.oo, sp.oo)))
        if symbol.is_nonnegative and _below(low, sp.Integer(0)):
            low = sp.Integer(0)
        if symbol.is_nonpositive and _below(sp.Integer(0), high):
            high = sp.Integer(0)
        if not _below(low, high):
            raise InputError(
                f"the domain ({low}, {high}) of {symbol} is not an open interval; give lower < upper"
            )
        intervals[symbol] = (low, high)
    return Region(intervals, tuple(conditions))


def breakpoints(expression: sp.Basic, symbols: Collection[sp.Symbol]) -> dict[sp.Symbol, list[sp.Rational]]:
    """Rational places at which |f|, sign f, max, min or a condition in one symbol may change."""
    found: dict[sp.Symbol, set[sp.Rational]] = {}
    for node in sp.preorder_traversal(expression):
        match node:
            case sp.Abs() | sp.sign():
                changing = [node.args[0]]
            case sp.Max() | sp.Min():
                changing = [node.args[0] - other for other in node.args[1:]]
            case Relational():
                changing = [node.lhs - node.rhs]
            case _:
                continue
        for f in changing:
            free = f.free_symbols & set(symbols)
            if len(free) == 1 and f.is_rational_function(*free) and not f.is_infinite:
                symbol = free.pop()
                for part in sp.fraction(sp.together(f)):
                    if part.has(symbol):
                        found.setdefault(symbol, set()).update(
                            root
                            for root in sp.roots(part, symbol, quartics=False, cubics=False)
                            if root.is_Rational
                        )
    return {symbol: sorted(places) for symbol, places in found.items()}


def at_point(expression: sp.Expr, point: Mapping[sp.Symbol, Fraction]) -> sp.Expr:
    """Choose, at a point, the branch of every Piecewise, maximum and minimum.

    Raises `Undecided` if a condition is undecided there.

    >>> x = sp.Symbol("x", real=True)
    >>> at_point(sp.Piecewise((x, x > 0), (sp.exp(x), True)), {x: Fraction(-1)})
    exp(x)
    """
    if not expression.has(sp.Piecewise, sp.Max, sp.Min):
        return expression
    match expression:
        case sp.Piecewise():
            for branch, condition in expression.args:
                if _holds(condition, point):
                    return at_point(branch, point)
            raise Undecided(f"no branch of {expression} applies")
        case sp.Max() | sp.Min():
            best, *others = (at_point(argument, point) for argument in expression.args)
            for other in others:
                larger = _holds(other > best, point)
                best = other if larger == isinstance(expression, sp.Max) else best
            return best
    return expression.func(*(at_point(argument, point) for argument in expression.args))


def without_branches(expression: sp.Expr, cell: Region) -> sp.Expr:
    """Replace every Piecewise by its branch throughout the cell; raises `Undecided` if that changes."""
    if not expression.has(sp.Piecewise):
        return expression
    if isinstance(expression, sp.Piecewise):
        for _branch, condition in expression.args:
            for relation in condition.atoms(Relational):
                if not vanishes_nowhere(relation.lhs - relation.rhs, cell):
                    raise Undecided(
                        f"{relation} is not known to be constant; cut the domain where it changes"
                    )
        point = next(cell.points(1), {})
        for branch, condition in expression.args:
            if _holds(condition, point):
                return without_branches(branch, cell)
        raise Undecided(f"no branch of {expression} applies")
    return expression.func(*(without_branches(argument, cell) for argument in expression.args))


def vanishes_nowhere(gap: sp.Expr, cell: Region) -> bool:
    """Whether an expression certainly has no zero and no pole in the cell."""
    if gap.is_Rational or gap in cell.positive or -gap in cell.positive:
        return True
    if len(gap.free_symbols) != 1 or not gap.is_rational_function(*gap.free_symbols):
        return False
    (symbol,) = gap.free_symbols
    low, high = cell.bounds()[symbol]
    ends = [None if end is None else sp.Rational(end.numerator, end.denominator) for end in (low, high)]
    for part in sp.fraction(sp.together(gap)):
        polynomial = sp.Poly(part, symbol)
        if polynomial.domain not in (sp.ZZ, sp.QQ):
            return False
        if polynomial.degree() > 0:
            at_ends = sum(1 for end in {*ends} if end is not None and polynomial.eval(end) == 0)
            if polynomial.sqf_part().count_roots(*ends) - at_ends:
                return False
    return True


def _holds(condition: Boolean, point: Mapping[sp.Symbol, Fraction]) -> bool:
    match condition:
        case sp.And():
            return all(_holds(part, point) for part in condition.args)
        case sp.Or():
            return any(_holds(part, point) for part in condition.args)
        case sp.Not():
            return not _holds(condition.args[0], point)
        case Relational():
            gap = condition.lhs - condition.rhs
            exact = gap.xreplace({s: sp.Rational(v.numerator, v.denominator) for s, v in point.items()})
            if exact.is_Rational:
                return bool(condition.func(exact, 0))
            value = enclosure(at_point(gap, point), point, _BITS)
            if value > 0 or value < 0:
                return bool(condition.func(1 if value > 0 else -1, 0))
    if condition in (sp.true, sp.false):
        return bool(condition)
    raise Undecided(f"the condition {condition} is not decided")


def enclosure(expression: sp.Expr, point: Mapping[sp.Symbol, Fraction], bits: int) -> arb:
    """A ball around the value at a rational point; raises `Undecided` if there is no rigorous evaluation."""
    try:
        program = compile_expression(_elementary(expression), tuple(point))
    except InputError as error:
        raise Undecided(str(error)) from error
    with flint.ctx.workprec(bits):
        return program.arb(*(arb(fmpq(value.numerator, value.denominator)) for value in point.values()))


def _elementary(expression: sp.Expr) -> sp.Expr:
    """Write the functions that the evaluator does not know by those that it knows."""
    if expression.has(sp.LambertW):
        other = [w for w in expression.atoms(sp.LambertW) if len(w.args) > 1]
        if other:
            raise Undecided(f"{other[0]} cannot be evaluated rigorously; only the principal branch can")
    return expression.replace(
        lambda node: isinstance(node, sp.polylog) and node.args[0].is_Integer and node.args[0] <= 1,
        lambda node: sp.expand_func(node) if node.args[0] != 1 else -sp.log(1 - node.args[1]),
    ).replace(sp.acot, lambda f: sp.atan(1 / f))


def _inside(symbol: sp.Symbol, low: sp.Expr, high: sp.Expr, random: Random) -> Fraction:
    """A random rational number strictly between two ends."""
    lower, upper = _outward(low, 1), _outward(high, -1)
    if symbol.is_integer:
        start = -6 if lower is None and upper is None else lower // 1 + 1 if lower is not None else None
        if start is None:
            assert upper is not None
            start = -((-upper) // 1) - 7
        stop = start + 12 if upper is None else min(start + 12, -((-upper) // 1) - 1)
        return Fraction(random.randint(int(start), max(int(start), int(stop))))
    share = Fraction(random.randint(1, 255), 256)
    if lower is not None and upper is not None:
        if lower >= upper:
            raise Undecided(f"the interval ({low}, {high}) of {symbol} is too narrow")
        return lower + share * (upper - lower)
    if lower is not None:
        return lower + share / (1 - share) if share < Fraction(7, 8) else lower + 8 * share
    if upper is not None:
        return upper - share / (1 - share) if share < Fraction(7, 8) else upper - 8 * share
    return 6 * share - 3


def _outward(end: sp.Expr, direction: int) -> Bound:
    """A rational number beyond an end (+1: to the right), the end itself if rational, None for infinity."""
    if end in (sp.oo, -sp.oo):
        return None
    if end.is_Rational:
        return Fraction(int(end.p), int(end.q))
    with flint.ctx.workprec(_BITS):
        ball = enclosure(end, {}, _BITS)
        if not ball.is_finite():
            raise InputError(f"{end} is not a real number; give real ends of a domain")
        mantissa, exponent = ball.upper().man_exp() if direction > 0 else ball.lower().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def _below(left: sp.Expr, right: sp.Expr) -> bool:
    if left == -sp.oo or right == sp.oo:
        return bool(left != sp.oo and right != -sp.oo)
    if left == sp.oo or right == -sp.oo:
        return False
    upper, lower = _outward(left, 1), _outward(right, -1)
    assert upper is not None and lower is not None
    return upper < lower


def _strictly_inside(place: sp.Rational, low: sp.Expr, high: sp.Expr) -> bool:
    return _below(low, place) and _below(place, high)
