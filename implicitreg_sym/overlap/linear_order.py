"""Linear inequalities over the reals, decided by Fourier–Motzkin elimination, with certificates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import mpmath
import sympy as sp
from sympy.core.relational import Relational

from implicitreg_sym.claims import Evidence, Kind, Outcome
from implicitreg_sym.errors import InputError

_GRID = (-2, -1, 0, 1, 2)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Non-negative multipliers of the inequalities whose weighted sum is false (Farkas)."""

    multipliers: tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """Rational values of the unknowns that satisfy every inequality."""

    values: tuple[tuple[sp.Expr, Fraction], ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """Σ coefficients·unknowns + constant > 0 (strict) or ≥ 0, and how it was combined."""

    coefficients: tuple[Fraction, ...]
    constant: Fraction
    strict: bool
    multipliers: tuple[Fraction, ...]

    def plus(self, factor: Fraction, other: _Row, own: Fraction) -> _Row:
        """own·self + factor·other, both factors positive."""
        return _Row(
            tuple(own * c + factor * d for c, d in zip(self.coefficients, other.coefficients, strict=True)),
            own * self.constant + factor * other.constant,
            self.strict or other.strict,
            tuple(own * c + factor * d for c, d in zip(self.multipliers, other.multipliers, strict=True)),
        )


def decide_order(inequalities: Sequence[Relational]) -> Contradiction | Model:
    """Decide whether linear inequalities with rational coefficients have a common real solution.

    Every maximal non-numerical term counts as an unknown, such as a symbol or J(p). Raises `InputError` for
    relations other than <, ≤, >, ≥, and for terms that are not linear. The certificate is verified before it
    is returned.

    >>> p, q = sp.symbols("p q", real=True)
    >>> decide_order([p < q, q < p])
    Contradiction(multipliers=(Fraction(1, 1), Fraction(1, 1)))
    >>> decide_order([p < q, q <= 3]).values
    ((p, Fraction(1, 1)), (q, Fraction(2, 1)))
    """
    unknowns, rows = _rows(inequalities)
    stages, current = [], rows
    for index in range(len(unknowns)):
        stages.append(current)
        above = [row for row in current if row.coefficients[index] > 0]
        below = [row for row in current if row.coefficients[index] < 0]
        current = [row for row in current if row.coefficients[index] == 0]
        current += [
            low.plus(low.coefficients[index], high, -high.coefficients[index])
            for low in above
            for high in below
        ]
    refuted = next((row for row in current if row.constant < 0 or (row.strict and row.constant == 0)), None)
    if refuted is not None:
        _verify_contradiction(rows, refuted.multipliers)
        return Contradiction(refuted.multipliers)
    values = [Fraction(0)] * len(unknowns)
    for index in reversed(range(len(unknowns))):
        values[index] = _between(stages[index], index, values)
    if not all(_satisfied(row, values) for row in rows):
        raise ArithmeticError("the back substitution left an inequality violated")
    return Model(tuple(zip(unknowns, values, strict=True)))


def _rows(inequalities: Sequence[Relational]) -> tuple[list[sp.Expr], list[_Row]]:
    excesses = []
    for relation in inequalities:
        if not isinstance(relation, (sp.Lt, sp.Le, sp.Gt, sp.Ge)):
            raise InputError(f"{relation} is not an inequality; give one with <, <=, > or >=")
        excesses.append(sp.expand(relation.gts - relation.lts).as_coefficients_dict())
    unknowns = sorted({term for excess in excesses for term in excess if term != 1}, key=str)
    rows = []
    for index, (relation, excess) in enumerate(zip(inequalities, excesses, strict=True)):
        for term, coefficient in excess.items():
            if not coefficient.is_Rational or term.is_Pow or term.is_Mul:
                raise InputError(
                    f"{relation} is not linear with rational coefficients; give a linear inequality"
                )
        coefficients = tuple(_fraction(excess.get(unknown, sp.S.Zero)) for unknown in unknowns)
        unit = tuple(Fraction(int(i == index)) for i in range(len(inequalities)))
        strict = isinstance(relation, (sp.Lt, sp.Gt))
        rows.append(_Row(coefficients, _fraction(excess.get(sp.S.One, sp.S.Zero)), strict, unit))
    return unknowns, rows


def _fraction(number: sp.Rational) -> Fraction:
    return Fraction(int(number.p), int(number.q))


def _verify_contradiction(rows: Sequence[_Row], multipliers: Sequence[Fraction]) -> None:
    """Add the given inequalities up afresh: every unknown must cancel, and what is left must be false."""
    used = [(row, factor) for row, factor in zip(rows, multipliers, strict=True) if factor]
    cancelled = all(
        sum(factor * row.coefficients[index] for row, factor in used) == 0
        for index in range(len(rows[0].coefficients))
    )
    constant = sum((factor * row.constant for row, factor in used), Fraction(0))
    strict = any(row.strict for row, _factor in used)
    if not (
        cancelled
        and all(factor > 0 for _row, factor in used)
        and (constant < 0 or (strict and constant == 0))
    ):
        raise ArithmeticError("the multipliers do not add up to a contradiction")


def _between(rows: Sequence[_Row], index: int, values: Sequence[Fraction]) -> Fraction:
    """A value of one unknown that satisfies its bounds, the unknowns eliminated later being known."""
    lower: Fraction | None = None
    upper: Fraction | None = None
    for row in rows:
        factor = row.coefficients[index]
        if factor == 0:
            continue
        rest = row.constant + sum(
            (c * v for i, (c, v) in enumerate(zip(row.coefficients, values, strict=True)) if i > index),
            Fraction(0),
        )
        bound = -rest / factor
        if factor > 0:
            lower = bound if lower is None else max(lower, bound)
        else:
            upper = bound if upper is None else min(upper, bound)
    if lower is None:
        return Fraction(0) if upper is None else upper - 1
    return lower + 1 if upper is None else (lower + upper) / 2


def _satisfied(row: _Row, values: Sequence[Fraction]) -> bool:
    value = row.constant + sum((c * v for c, v in zip(row.coefficients, values, strict=True)), Fraction(0))
    return value > 0 or (not row.strict and value == 0)


def _negations(conclusion: Relational | sp.logic.boolalg.BooleanFalse) -> list[list[Relational]]:
    """What must be contradictory with the premises: nothing for false, both sides for an equation."""
    if conclusion is sp.false:
        return [[]]
    if isinstance(conclusion, sp.Eq):
        return [[sp.Lt(conclusion.lhs, conclusion.rhs)], [sp.Gt(conclusion.lhs, conclusion.rhs)]]
    return [[conclusion.negated]]


def order_check(premises: Sequence[Relational], conclusion: Relational) -> Evidence:
    """Decide exactly whether linear inequalities imply another one, an equation, or ``sympy.false``.

    >>> p, q = sp.symbols("p q", real=True)
    >>> order_check([p <= q, q <= p], sp.Eq(p, q)).outcome.value
    'holds'
    >>> order_check([p <= q], p < q).method
    'Fourier-Motzkin elimination finds the counter-example p = 0, q = 0'
    """
    sums = []
    for negation in _negations(conclusion):
        verdict = decide_order([*premises, *negation])
        if isinstance(verdict, Model):
            model = ", ".join(f"{unknown} = {value}" for unknown, value in verdict.values)
            method = f"Fourier-Motzkin elimination finds the counter-example {model}"
            return Evidence(Kind.EXACT, Outcome.FAILS, method)
        used = zip(verdict.multipliers, [*premises, *negation], strict=True)
        sums.append(" and ".join(f"{factor} times {relation}" for factor, relation in used if factor))
    return Evidence(
        Kind.EXACT,
        Outcome.HOLDS,
        f"Fourier-Motzkin elimination: adding {'; adding '.join(sums)} gives a contradiction",
    )


def sampled_order_check(premises: Sequence[Relational], conclusion: Relational, digits: int) -> Evidence:
    """Try assignments on a grid with ties: none may satisfy the premises and not the conclusion."""
    relations = [*premises, *([] if conclusion is sp.false else [conclusion])]
    atoms = [relation.lhs - relation.rhs for relation in relations]
    unknowns = sorted(
        {term for atom in atoms for term in sp.expand(atom).as_coefficients_dict() if term != 1}, key=str
    )
    tried, satisfied, holds = 0, 0, True
    with mpmath.workdps(digits + 15):
        for values in _assignments(len(unknowns)):
            meaning = dict(zip(unknowns, values, strict=True))
            tried += 1
            if all(_true(relation, meaning, digits) for relation in premises):
                satisfied += 1
                holds = holds and conclusion is not sp.false and _true(conclusion, meaning, digits)
    method = f"mpmath, {digits} digits: {tried} assignments, {satisfied} satisfy the premises"
    return Evidence(Kind.NUMERIC, Outcome.HOLDS if holds else Outcome.FAILS, method)


def _assignments(count: int) -> Iterator[tuple[mpmath.mpf, ...]]:
    for values in product(_GRID, repeat=count):
        yield tuple(value * mpmath.sqrt(2) + mpmath.euler for value in values)


def _true(relation: Relational, meaning: dict[sp.Expr, mpmath.mpf], digits: int) -> bool:
    """The relation at a point; differences below 10^-digits count as ties."""
    terms = sp.expand(relation.lhs - relation.rhs).as_coefficients_dict()
    value = mpmath.fsum(
        mpmath.mpf(int(c.p)) / int(c.q) * (1 if term == 1 else meaning[term]) for term, c in terms.items()
    )
    tie = abs(value) < mpmath.mpf(10) ** (-digits)
    match relation:
        case sp.Eq():
            return bool(tie)
        case sp.Lt():
            return bool(value < 0 and not tie)
        case sp.Le():
            return bool(value < 0 or tie)
        case sp.Gt():
            return bool(value > 0 and not tie)
    return bool(value > 0 or tie)
