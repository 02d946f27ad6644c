"""Whether the 1-form of T5 is closed for an activation and given inputs, exactly, with the 2-form that
shows that it is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import flint
import mpmath
import sympy as sp

from implicitreg_sym.activations import Activation, Piece, real_ball
from implicitreg_sym.algebra import decide_zero
from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome, identity_check, sampled_identity_check
from implicitreg_sym.errors import InputError
from implicitreg_sym.invariants.form_criterion import criterion
from implicitreg_sym.invariants.potential import ratio
from implicitreg_sym.invariants.regularity import inner_point
from implicitreg_sym.status import Status
from implicitreg_sym.symbols import u, vector

_POINTS = tuple(sp.Rational(k, 6) for k in (1, 4, 9, -2, -7, 15, -13))


@dataclass(frozen=True, slots=True)
class TwoFormWitness:
    """A coefficient of the exterior derivative that does not vanish: its place (i, j), the point, and a
    ball that excludes zero."""

    place: tuple[int, int]
    point: tuple[sp.Expr, sp.Expr]
    value: str


@dataclass(frozen=True, slots=True)
class ClosedForm:
    """Whether Σ (K⁻¹)_ij g(u_j) du_i is closed (None: not decided), and what decides it (T5)."""

    inverse: sp.Matrix
    closed: bool | None
    orthogonal: bool
    affine: tuple[sp.Expr, sp.Expr] | None
    coefficients: Mapping[tuple[int, int], sp.Expr]
    witness: TwoFormWitness | None
    claim: Claim


def gram_matrix(rows: tuple[tuple[sp.Expr, ...], ...]) -> sp.Matrix:
    """Return K_ij = ⟨x_i, x_j⟩.

    >>> gram_matrix(((sp.Integer(1), sp.Integer(2)), (sp.Integer(2), sp.Integer(-1))))
    Matrix([
    [5, 0],
    [0, 5]])
    """
    inputs = sp.Matrix(rows)
    return inputs * inputs.T


def affine_ratio(activation: Activation) -> tuple[sp.Expr, sp.Expr] | None:
    """Return (α, β) if g = σ/σ' is proved to be α u + β on every piece with σ' ≢ 0, else None.

    >>> from implicitreg_sym.activations import activation
    >>> [affine_ratio(activation(name)) for name in ("power(3)", "exp", "tanh")]
    [(1/3, 0), (0, 1), None]
    """
    found: set[tuple[sp.Expr, sp.Expr]] = set()
    for piece in activation.pieces:
        g = ratio(piece)
        if g is sp.nan:
            continue
        point = inner_point(piece)
        slope, value = (_value(expression, point) for expression in (sp.diff(g, u), g))
        if slope is None or value is None:
            return None
        line = sp.expand(slope * (u - point) + value)
        if decide_zero(g - line, domains={u: (piece.lower, piece.upper)}).status is not Status.PROVED:
            return None
        found.add((line.coeff(u, 1), line.coeff(u, 0)))
    return found.pop() if len(found) == 1 else None


def _value(expression: sp.Expr, point: sp.Expr) -> sp.Expr | None:
    value = expression.subs(u, point)
    return None if value.has(sp.nan, sp.zoo, sp.oo) else sp.cancel(value)


def decide_closed(activation: Activation, gram: sp.Matrix, digits: int = 30) -> ClosedForm:
    """Decide whether the 1-form of T5 is closed for the activation and the Gram matrix of linearly
    independent inputs.

    Raises `InputError` if the matrix is singular.

    >>> from implicitreg_sym.activations import activation
    >>> skew = sp.Matrix([[2, 1], [1, 2]])
    >>> decide_closed(activation("tanh"), skew).closed, decide_closed(activation("exp"), skew).closed
    (False, True)
    """
    if decide_zero(gram.det()).status is not Status.REFUTED:
        raise InputError("the Gram matrix is singular; give linearly independent inputs")
    inverse = gram.inv()
    pairs = list(combinations(range(gram.rows), 2))
    entries = {pair: decide_zero(inverse[pair]).status for pair in pairs}
    orthogonal = all(status is Status.PROVED for status in entries.values())
    affine = affine_ratio(activation)
    derivative = sp.Function("g")
    generic = {
        pair: inverse[pair]
        * (sp.diff(derivative(u), u).subs(u, x_i) - sp.diff(derivative(u), u).subs(u, x_j))
        for pair, (x_i, x_j) in _variables(pairs, gram.rows).items()
    }
    witness = None
    if not orthogonal and affine is None:
        place = next((pair for pair, status in entries.items() if status is Status.REFUTED), None)
        witness = None if place is None else _witness(activation, inverse[place], place)
    closed = True if orthogonal or affine is not None else False if witness is not None else None
    coefficients = {pair: sp.Integer(0) for pair in pairs} if closed else generic
    claim = _closedness_claim(activation, inverse, closed, orthogonal, affine, witness, digits)
    return ClosedForm(inverse, closed, orthogonal, affine, coefficients, witness, claim)


def _variables(pairs: list[tuple[int, int]], size: int) -> dict[tuple[int, int], tuple[sp.Symbol, sp.Symbol]]:
    names = vector("u", size)
    return {(i, j): (names[i], names[j]) for i, j in pairs}


def _slopes(activation: Activation) -> list[tuple[Piece, sp.Expr]]:
    return [(piece, sp.diff(ratio(piece), u)) for piece in activation.pieces if ratio(piece) is not sp.nan]


def _points(activation: Activation) -> list[tuple[sp.Expr, sp.Expr]]:
    """Rational points of the live pieces, each with g' there."""
    found = []
    for piece, slope in _slopes(activation):
        for offset in _POINTS:
            point = inner_point(piece) + offset
            if sp.Interval.open(piece.lower, piece.upper).contains(point) is sp.true:
                found.append((point, slope.subs(u, point)))
    return found


def _witness(activation: Activation, entry: sp.Expr, place: tuple[int, int]) -> TwoFormWitness | None:
    with flint.ctx.workprec(192):
        for (first, at_first), (second, at_second) in combinations(_points(activation), 2):
            value = real_ball(entry) * (real_ball(at_first) - real_ball(at_second))
            if value.is_finite() and not value.contains(0):
                return TwoFormWitness(place, (first, second), value.str(15))
    return None


def _closedness_claim(
    activation: Activation,
    inverse: sp.Matrix,
    closed: bool | None,
    orthogonal: bool,
    affine: tuple[sp.Expr, sp.Expr] | None,
    witness: TwoFormWitness | None,
    digits: int,
) -> Claim:
    name = f"{activation.name}.T5.form"
    if closed is None:
        evidence: tuple[Evidence, ...] = (
            Evidence(
                Kind.EXACT,
                Outcome.UNDECIDED,
                "no point was found at which the 2-form is proved to differ from zero",
            ),
        )
        return Claim(name, "it is not decided whether the 1-form is closed", sp.false, evidence=evidence)
    if not closed:
        assert witness is not None
        i, j = witness.place
        evidence = (
            Evidence(
                Kind.ENCLOSURE,
                Outcome.HOLDS,
                f"(K^-1)_{i + 1}{j + 1} (g'({witness.point[0]}) - g'({witness.point[1]})) = "
                f"{witness.value} excludes zero",
            ),
            _differences_check(activation, witness, digits),
        )
        says = (
            rf"the 1-form $\sum_{{ij}} (K^{{-1}})_{{ij}} g(u_j)\,du_i$ is not closed: no invariant "
            rf"$a^2/2 - F(u_1, \dots, u_{{{inverse.rows}}})$ exists"
        )
        return Claim(
            name,
            says,
            sp.Ne(inverse[i, j] * (_generic_slope(i) - _generic_slope(j)), 0, evaluate=False),
            rests_on=(criterion(digits),),
            evidence=evidence,
        )
    if orthogonal:
        why, checks = (
            "the inputs are orthogonal",
            [identity_check(inverse[pair]) for pair in combinations(range(inverse.rows), 2)],
        )
        watched = sp.Add(*(inverse[pair] for pair in combinations(range(inverse.rows), 2)))
    else:
        assert affine is not None
        alpha, beta = affine
        why = rf"$\sigma/\sigma' = {sp.latex(alpha * u + beta)}$ is affine"
        watched = _live_ratios(activation)[-1] - alpha * u - beta
        checks = [
            identity_check(ratio(piece) - alpha * u - beta, {u: (piece.lower, piece.upper)})
            for piece, _ in _slopes(activation)
        ]
    numeric = sampled_identity_check(watched, {u: (sp.Rational(1, 3), sp.Integer(2))}, digits)
    worst = min(
        checks,
        key=lambda check: check.status,
        default=Evidence(Kind.EXACT, Outcome.HOLDS, "one sample: every 1-form in one variable is closed"),
    )
    return Claim(
        name,
        rf"the 1-form $\sum_{{ij}} (K^{{-1}})_{{ij}} g(u_j)\,du_i$ is closed, because {why}",
        sp.true,
        rests_on=(criterion(digits),),
        evidence=(worst, numeric),
    )


def _live_ratios(activation: Activation) -> list[sp.Expr]:
    return [ratio(piece) for piece in activation.pieces if ratio(piece) is not sp.nan]


def _generic_slope(index: int) -> sp.Expr:
    return sp.Derivative(
        sp.Function("g")(sp.Symbol(f"u{index + 1}", real=True)), sp.Symbol(f"u{index + 1}", real=True)
    )


def _differences_check(activation: Activation, witness: TwoFormWitness, digits: int) -> Evidence:
    """g' at the two points by mpmath's numerical differentiation of σ/σ', not by the symbolic derivative."""

    def g(point: mpmath.mpf) -> mpmath.mpf:
        return activation.mp(point) / activation.slope_mp(point)

    with mpmath.workdps(2 * digits):
        first, second = (mpmath.diff(g, mpmath.mpf(point.p) / point.q) for point in witness.point)
        differ = abs(first - second) > mpmath.mpf(10) ** (-digits // 2)
    return Evidence(
        Kind.NUMERIC,
        Outcome.HOLDS if differ else Outcome.FAILS,
        f"mpmath differentiates g: {mpmath.nstr(first, 12)} and {mpmath.nstr(second, 12)}",
    )
