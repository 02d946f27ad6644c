"""The decision whether an expression is identically zero: exact algebra for yes, a ball at a point for no.

An expression is rewritten as a fraction of polynomials in generators (`generators`), reduced modulo their
relations. If the numerator is the zero polynomial the expression vanishes wherever it is defined, whether or
not the generators are independent; if a ball at a rational point excludes zero it does not. Neither rests on
a heuristic.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType
from typing import TypeVar

import sympy as sp

from implicitreg_sym.algebra.basis import BasisKey, Refine
from implicitreg_sym.algebra.generators import Rewriter
from implicitreg_sym.algebra.jets import Jet, free_jets
from implicitreg_sym.algebra.regions import (
    Interval,
    Region,
    at_point,
    breakpoints,
    enclosure,
    region_of,
    vanishes_nowhere,
    without_branches,
)
from implicitreg_sym.algebra.tower import Element, Undecided
from implicitreg_sym.errors import InputError
from implicitreg_sym.status import Status

_FIRST_BITS = (64, 192)
_LAST_BITS = (64, 192, 768, 3072)
_REFINEMENTS = 24
_CELLS = 64
_UNDEFINED = (sp.zoo, sp.nan, sp.oo, -sp.oo, sp.I)
Result = TypeVar("Result")
_NO_DOMAINS: Mapping[sp.Symbol, Interval] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Witness:
    """A rational point, and a ball around the value there that excludes zero, as decimal text.

    Values of undefined functions that were chosen freely appear in the point under ``free``.
    """

    point: tuple[tuple[sp.Symbol, sp.Rational], ...]
    value: str
    free: tuple[tuple[str, sp.Rational], ...] = ()


@dataclass(frozen=True, slots=True)
class ZeroVerdict:
    """Whether an expression is identically zero, and why.

    * ``status``: PROVED (zero wherever defined on the region), REFUTED (see ``witness``), or UNKNOWN (see
      ``reason``);
    * ``generators``: what the algebra was done in (of the first cell, if the region was cut), if any;
    * ``relations``: expressions in the generators that vanish, such as s**2 + c**2 - 1;
    * ``numerator_terms``: how many terms the summands' numerators over their common denominator have
      altogether, which is how many cancel if the status is PROVED;
    * ``excluded``: analytic expressions at whose zeros (nowhere dense) an identity of the proof does not
      hold, as u for sign(u) = u/|u|; where the expression is continuous it vanishes there too.
    """

    status: Status
    generators: tuple[sp.Expr, ...] = ()
    relations: tuple[sp.Expr, ...] = ()
    numerator_terms: int = 0
    excluded: tuple[sp.Expr, ...] = ()
    witness: Witness | None = None
    reason: str = ""


def decide_zero(
    expr: sp.Expr,
    positive: Collection[sp.Expr] = (),
    domains: Mapping[sp.Symbol, Interval] = _NO_DOMAINS,
    limit_terms: int = 5_000,
) -> ZeroVerdict:
    """Decide whether ``expr`` is identically zero.

    The region is the box of the open intervals ``domains`` (of a symbol without one: all real numbers, or
    those of the sign that it assumes), where the expressions ``positive`` are positive. All symbols are real.
    PROVED means that the expression vanishes at each point of the region at which all its parts are defined
    and real (but see ``excluded`` of the verdict), and that there are such points; a logarithm or root is
    split into factors only if the sign of its argument is known on the region. Values and derivatives of
    undefined functions are free: PROVED holds for every smooth function, REFUTED says that some smooth
    function violates the identity. The work is bounded by ``limit_terms``, the terms that a polynomial may
    have. Raises `InputError` for floating-point or non-real input.

    >>> from implicitreg_sym.symbols import u
    >>> decide_zero(sp.diff(sp.sinh(u) ** 2 / 2, u) - sp.tanh(u) / sp.diff(sp.tanh(u), u)).status.name
    'PROVED'
    >>> verdict = decide_zero(sp.sin(2 * u) - sp.sin(u) * sp.cos(u))
    >>> verdict.status.name, verdict.witness is not None
    ('REFUTED', True)
    >>> decide_zero(sp.sin(2 * u) - 2 * sp.sin(u) * sp.cos(u)).relations
    ((cos(u)**2 - 1) + sin(u)**2,)
    """
    expr = _checked(expr)
    conditions = tuple(_checked(condition) for condition in positive)
    if limit_terms < 1:
        raise InputError(f"limit_terms is {limit_terms}; give a positive number of terms")
    region = region_of(_symbols([expr, *conditions]), conditions, domains)
    try:
        free, jets = free_jets(expr)
        lines = {jet.symbol: (-sp.oo, sp.oo) for jet in jets}
        return _decide(free, replace(region, intervals={**region.intervals, **lines}), jets, limit_terms)
    except Undecided as reason:
        return ZeroVerdict(Status.UNKNOWN, reason=str(reason))


def _checked(expr: sp.Expr) -> sp.Expr:
    expr = sp.sympify(expr, strict=True)
    if not isinstance(expr, sp.Expr) or isinstance(expr, sp.MatrixExpr):
        raise InputError(f"{expr} is not a scalar expression; give a SymPy expression")
    if expr.has(sp.Float):
        raise InputError(f"{expr} contains floating-point numbers; give exact ones, such as Rational(3, 10)")
    if expr.has(sp.I):
        raise InputError(f"{expr} is not real; give an expression without the imaginary unit")
    return expr.xreplace({sp.GoldenRatio: (1 + sp.sqrt(5)) / 2})


def _symbols(expressions: list[sp.Expr]) -> set[sp.Symbol]:
    return set().union(*(expression.free_symbols for expression in expressions))


def _decide(expr: sp.Expr, region: Region, jets: tuple[Jet, ...], limit_terms: int) -> ZeroVerdict:
    """Cut the region at the breakpoints and decide on each cell, and on each slice between cells."""
    if expr.has(*_UNDEFINED):
        raise Undecided(f"{expr} is not defined")
    conditions = [*(argument for jet in jets for argument in jet.arguments), *region.positive]
    cuts = breakpoints(sp.Tuple(expr, *conditions), region.intervals)
    cells, slices = [region], list[tuple[sp.Symbol, sp.Rational]]()
    for symbol, places in cuts.items():
        cells = [part for cell in cells for part in cell.cut(symbol, places)]
        slices += [(symbol, place) for place in places if len(region.cut(symbol, [place])) > 1]
        if len(cells) > _CELLS:
            raise Undecided(f"the region falls into more than {_CELLS} cells")
    inside = [_on_cell(expr, cell, jets, limit_terms) for cell in cells]
    if not any(inside):
        raise Undecided("the region is empty; the given expressions are not positive at any point of it")
    between = [_on_slice(expr, region, jets, limit_terms, symbol, place) for symbol, place in slices]
    return min(
        (verdict for verdict in inside + between if verdict is not None), key=lambda verdict: verdict.status
    )


def _on_slice(
    expr: sp.Expr,
    region: Region,
    jets: tuple[Jet, ...],
    limit_terms: int,
    symbol: sp.Symbol,
    place: sp.Rational,
) -> ZeroVerdict | None:
    value, there = expr.subs(symbol, place), region.at(symbol, place)
    if any(condition.is_nonpositive or condition.has(*_UNDEFINED) for condition in there.positive):
        return None
    if value == 0 or value.has(*_UNDEFINED):
        return None  # zero, or not defined
    moved = tuple(replace(jet, arguments=tuple(a.subs(symbol, place) for a in jet.arguments)) for jet in jets)
    verdict = _guarded(value, there, moved, limit_terms)
    if verdict.witness is None:
        return verdict
    return replace(verdict, witness=replace(verdict.witness, point=((symbol, place), *verdict.witness.point)))


def _guarded(expr: sp.Expr, region: Region, jets: tuple[Jet, ...], limit_terms: int) -> ZeroVerdict:
    try:
        return _decide(expr, region, jets, limit_terms)
    except Undecided as reason:
        return ZeroVerdict(Status.UNKNOWN, reason=str(reason))


def _on_cell(expr: sp.Expr, cell: Region, jets: tuple[Jet, ...], limit_terms: int) -> ZeroVerdict | None:
    """Decide on one cell; None if no point of the region lies in it."""
    try:
        if next(cell.points(1), None) is None:
            if _certainly_empty(cell, limit_terms):
                return None
            raise Undecided("no rational point was found at which the given expressions are positive")
        expr, jets = _identified(expr, cell, jets, limit_terms)
        witness = _find_witness(expr, cell, jets, _FIRST_BITS, 3)
        if witness is not None:
            return ZeroVerdict(Status.REFUTED, witness=witness)
        settled = without_branches(expr, cell)
        rewriter, (result, terms) = _rewritten(
            cell, limit_terms, lambda rewriter: _fraction(rewriter, settled)
        )
        verdict = ZeroVerdict(
            Status.PROVED,
            tuple(generator.meaning for generator in rewriter.tower.generators),
            rewriter.tower.relation_expressions(),
            terms,
            tuple(dict.fromkeys(e for e in rewriter.excluded if not vanishes_nowhere(e, cell))),
        )
        if not result.num.is_zero():
            witness = _find_witness(expr, cell, jets, _LAST_BITS, 12)
            if witness is not None:
                return replace(verdict, status=Status.REFUTED, witness=witness)
            reason = "the numerator is not the zero polynomial, but no ball at a point excludes zero"
            return replace(verdict, status=Status.UNKNOWN, reason=reason)
        if not all(_defined_somewhere(e, cell) for e in (settled, *(1 / e for e in rewriter.excluded))):
            reason = "the numerator is zero, but no point was found at which the expression is defined"
            return replace(verdict, status=Status.UNKNOWN, reason=reason)
        return verdict
    except Undecided as reason:
        return ZeroVerdict(Status.UNKNOWN, reason=str(reason))


def _rewritten(cell: Region, limit_terms: int, task: Callable[[Rewriter], Result]) -> tuple[Rewriter, Result]:
    """Run a task with a rewriter of the cell, again with finer scales until those suffice."""
    scales: dict[BasisKey, int] = {}
    for _ in range(_REFINEMENTS):
        rewriter = Rewriter(cell.bounds(), scales, limit_terms)
        try:
            rewriter.declare_positive(cell.positive)
            return rewriter, task(rewriter)
        except Refine as finer:
            scales[finer.key] = finer.scale
    raise Undecided(f"the scales of the generators are not settled after {_REFINEMENTS} attempts")


def _fraction(rewriter: Rewriter, expr: sp.Expr) -> tuple[Element, int]:
    """The expression as a fraction, and the number of terms of its summands over a common denominator."""
    summands = [rewriter.element(summand) for summand in sp.Add.make_args(expr)]
    numerators, common = rewriter.tower.over_common_denominator(summands)
    return rewriter.tower.element(sum(numerators[1:], numerators[0]), common), sum(map(len, numerators))


def _identified(
    expr: sp.Expr, cell: Region, jets: tuple[Jet, ...], limit_terms: int
) -> tuple[sp.Expr, tuple[Jet, ...]]:
    """Give values of an undefined function at provably equal arguments one free symbol."""
    kept: list[Jet] = []
    same: dict[sp.Symbol, sp.Symbol] = {}
    for jet in jets:
        moved = replace(jet, arguments=tuple(argument.xreplace(same) for argument in jet.arguments))
        twin = next((other for other in kept if _coincide(moved, other, cell, limit_terms)), None)
        if twin is None:
            kept.append(moved)
        else:
            same[jet.symbol] = twin.symbol
    return expr.xreplace(same), tuple(kept)


def _coincide(jet: Jet, other: Jet, cell: Region, limit_terms: int) -> bool:
    """Whether two jets are the same derivative at provably equal arguments."""
    if (jet.head, jet.orders) != (other.head, other.orders):
        return False
    gaps = [left - right for left, right in zip(jet.arguments, other.arguments, strict=True)]
    _rewriter, elements = _rewritten(
        cell, limit_terms, lambda r: [r.element(without_branches(gap, cell)) for gap in gaps]
    )
    return all(element.num.is_zero() for element in elements)


def _certainly_empty(cell: Region, limit_terms: int) -> bool:
    bare = replace(cell, positive=())
    _rewriter, signs = _rewritten(
        bare, limit_terms, lambda r: [r.signs.sign(r.element(e)) for e in cell.positive]
    )
    return any(sign < 0 for sign in signs)


def _find_witness(
    expr: sp.Expr, cell: Region, jets: tuple[Jet, ...], precisions: Sequence[int], count: int
) -> Witness | None:
    """A point at which a ball around the value excludes zero, if one is found."""
    points = [point for point in cell.points(count) if _apart(jets, point)]
    names = {jet.symbol: f"{jet.head}^{jet.orders}{jet.arguments}" for jet in jets}
    for bits in precisions:
        for point in points:
            value = enclosure(at_point(expr, point), point, bits)
            if value.is_finite() and not value.contains(0):
                exact = {s: sp.Rational(v.numerator, v.denominator) for s, v in point.items()}
                return Witness(
                    tuple((s, v) for s, v in exact.items() if not isinstance(s, sp.Dummy)),
                    str(value.str(20)),
                    tuple((name, exact[s]) for s, name in names.items()),
                )
    return None


def _apart(jets: tuple[Jet, ...], point: Mapping[sp.Symbol, Fraction]) -> bool:
    """Whether equal derivatives are taken at certainly different arguments, so that they are free."""
    for i, jet in enumerate(jets):
        for other in jets[:i]:
            if (jet.head, jet.orders) == (other.head, other.orders):
                gaps = (left - right for left, right in zip(jet.arguments, other.arguments, strict=True))
                balls = [enclosure(at_point(gap, point), point, 192) for gap in gaps]
                if not any(ball.is_finite() and not ball.contains(0) for ball in balls):
                    return False
    return True


def _defined_somewhere(expr: sp.Expr, cell: Region) -> bool:
    return any(enclosure(at_point(expr, point), point, 192).is_finite() for point in cell.points())
