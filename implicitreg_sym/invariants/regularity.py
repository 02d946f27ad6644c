"""Exact proofs that a closed form is analytic on {σ' ≠ 0}: each of its denominators, logarithms and roots
is looked at.

A closed form built from functions that are analytic on the whole real line can lose continuity only where a
denominator or the argument of a logarithm vanishes, a root's argument is not positive, or a dilogarithm's
argument reaches 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import flint
import sympy as sp

from implicitreg_sym.activations import Piece, real_ball
from implicitreg_sym.invariants.kernels import KernelForm, in_exponentials, kernel_form
from implicitreg_sym.symbols import u

_ENTIRE = (sp.exp, sp.sinh, sp.cosh, sp.tanh, sp.sin, sp.cos, sp.atan, sp.asinh, sp.erf, sp.erfc, sp.erfi)
_MAX_DEGREE = 60


@dataclass(frozen=True, slots=True)
class Requirement:
    """What analyticity asks of a part of a closed form: ``quantity`` > 0, or ≠ 0 where ``positive`` is
    false."""

    quantity: sp.Expr
    positive: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether a requirement was shown on {σ' ≠ 0}, and how."""

    requirement: Requirement
    shown: bool
    how: str


def requirements(formula: sp.Expr) -> tuple[Requirement, ...] | None:
    """List what must hold for the formula to be analytic; None if it has a function of which nothing is
    known.

    >>> requirements(sp.log(sp.Abs(u)) + sp.exp(u))
    (Requirement(quantity=u, positive=False),)
    """
    found: dict[Requirement, None] = {}
    for node in sp.preorder_traversal(formula):
        if (
            not isinstance(node, sp.Expr)
            or not node.has(u)
            or node == u
            or isinstance(node, (sp.Add, sp.Mul, *_ENTIRE))
        ):
            continue
        match node:
            case sp.Pow(exp=sp.Integer() as power):
                if power < 0:
                    found[Requirement(node.base, False)] = None
            case sp.Pow():
                if not node.base.is_positive:
                    found[Requirement(node.base, True)] = None
            case sp.log(args=(sp.Abs(args=(inner,)),)):
                found[Requirement(inner, False)] = None
            case sp.log(args=(inner,)):
                found[Requirement(inner, True)] = None
            case sp.Abs():
                if not any(
                    isinstance(outer, sp.log) and outer.args[0] == node for outer in formula.atoms(sp.log)
                ):
                    found[Requirement(node.args[0], False)] = None
            case sp.polylog() if node.args[0] == 2:
                found[Requirement(1 - node.args[1], True)] = None
            case sp.hyper() if len(node.ap) <= len(node.bq):
                pass
            case sp.asin() | sp.acos() | sp.atanh():
                found[Requirement(1 - node.args[0] ** 2, True)] = None
            case sp.LambertW(args=(inner,)):
                found[Requirement(inner + sp.exp(-1), True)] = None
            case sp.acosh():
                found[Requirement(node.args[0] - 1, True)] = None
            case sp.tan() | sp.sec():
                found[Requirement(sp.cos(node.args[0]), False)] = None
            case sp.cot() | sp.csc():
                found[Requirement(sp.sin(node.args[0]), False)] = None
            case sp.coth() | sp.csch():
                found[Requirement(sp.sinh(node.args[0]), False)] = None
            case sp.sech():
                pass
            case _:
                return None
    return tuple(found)


def examine(requirement: Requirement, piece: Piece) -> Finding:
    """Show a requirement on the part of the piece where σ' ≠ 0, exactly, or say that it was not shown."""
    quantity = requirement.quantity
    sign = sign_on(quantity, piece)
    if sign is not None:
        holds = sign > 0 or not requirement.positive
        return Finding(requirement, holds, f"{quantity} {'>' if sign > 0 else '<'} 0 on the whole piece")
    if not requirement.positive and vanishes_only_with(quantity, piece.slope, piece):
        return Finding(
            requirement,
            True,
            f"{quantity} divides a power of the numerator of σ', so it vanishes only where σ' does",
        )
    return Finding(requirement, False, f"the sign of {quantity} is not known")


def sign_on(quantity: sp.Expr, piece: Piece) -> int | None:
    """Return +1 or -1 if the quantity is proved to have that sign on the whole open piece, else None.

    By the sign rules of sums and products, by counting the roots of a polynomial in u or in an exponential
    (Sturm), and for an expression with a square root by its norm.

    >>> line = Piece(-sp.oo, sp.oo, u)
    >>> sign_on(1 + sp.exp(u), line), sign_on(u, line), sign_on(sp.exp(2 * u) - sp.exp(u) + 1, line)
    (1, None, 1)
    """
    moved = _moved(quantity, piece)
    if moved.is_positive:
        return 1
    if moved.is_negative:
        return -1
    form = kernel_form(exponential_form(quantity), u)
    numerator, denominator = sp.fraction(form.expression)
    if not (never_zero(numerator, form, piece) and never_zero(denominator, form, piece)):
        return None
    return _sign_inside(quantity, piece)


def inner_point(piece: Piece) -> sp.Expr:
    """A number inside the piece: 0 where it can be, rational where the ends are.

    >>> inner_point(Piece(sp.Integer(0), sp.oo, u))
    1
    """
    if piece.lower == -sp.oo:
        return sp.Integer(0) if piece.upper == sp.oo or piece.upper.is_positive else piece.upper - 1
    if piece.upper == sp.oo:
        return sp.Integer(0) if piece.lower.is_negative else piece.lower + 1
    return (piece.lower + piece.upper) / 2


def exponential_form(quantity: sp.Expr) -> sp.Expr:
    """Write hyperbolic functions in exponentials."""
    return quantity.replace(
        lambda node: isinstance(node, (sp.sinh, sp.cosh, sp.tanh)), lambda node: in_exponentials(node)
    )


def _moved(quantity: sp.Expr, piece: Piece) -> sp.Expr:
    """The quantity with u parametrised by a positive symbol where the piece has a finite end."""
    p = sp.Dummy("p", positive=True)
    match piece.lower == -sp.oo, piece.upper == sp.oo:
        case True, True:
            return quantity
        case False, True:
            return quantity.subs(u, piece.lower + p)
        case True, False:
            return quantity.subs(u, piece.upper - p)
    return quantity.subs(u, (piece.lower + piece.upper * p) / (1 + p))


def never_zero(polynomial: sp.Expr, form: KernelForm, piece: Piece) -> bool:
    """Whether a polynomial in the kernels is proved to have no zero on the open piece: each of its factors
    has none."""
    if polynomial.is_positive or polynomial.is_negative:
        return True
    if not polynomial.free_symbols:
        return bool(polynomial.is_nonzero)
    try:
        factors = sp.factor_list(polynomial)[1]
    except sp.PolynomialError:
        return False
    return all(factor_never_zero(factor, form, piece) for factor, _ in factors)


def factor_never_zero(factor: sp.Expr, form: KernelForm, piece: Piece) -> bool:
    """Whether an irreducible polynomial in the kernels is proved to have no zero on the open piece."""
    moved = _moved(form.restore(factor), piece)
    if moved.is_positive or moved.is_negative:
        return True
    if moved.is_nonzero and moved.is_finite:
        return True
    present = [symbol for symbol in form.kernels if factor.has(symbol)]
    if not present and factor.free_symbols == {u}:
        return _roots_between(factor, u, piece.lower, piece.upper) == 0
    if len(present) == 1 and not factor.has(u):
        (symbol,) = present
        meaning = form.kernels[symbol]
        if (
            isinstance(meaning, sp.exp)
            and not sp.diff(meaning.args[0], u).has(u)
            and meaning.args[0].subs(u, 0) == 0
        ):
            ends = sorted(
                (_exponential_end(meaning, end) for end in (piece.lower, piece.upper)),
                key=lambda end: end if end == sp.oo else sp.N(end),
            )
            return _roots_between(factor, symbol, *ends) == 0
    if len(present) == 1 and form.kernels[present[0]].is_Pow:
        relation = next((relation for relation in form.relations if relation.has(present[0])), None)
        if relation is not None:
            norm = sp.expand(sp.resultant(factor, relation, present[0]))
            return norm != 0 and not norm.has(*form.kernels) and never_zero(norm, form, piece)
    return False


def _exponential_end(exponential: sp.Expr, end: sp.Expr) -> sp.Expr:
    if end in (sp.oo, -sp.oo):
        rising = sp.diff(exponential.args[0], u).is_positive
        return sp.oo if rising == (end == sp.oo) else sp.Integer(0)
    return exponential.subs(u, end)


def _roots_between(polynomial: sp.Expr, symbol: sp.Symbol, lower: sp.Expr, upper: sp.Expr) -> int | None:
    """Count the roots in the open interval, exactly; None where the coefficients or ends are not rational."""
    try:
        poly = sp.Poly(polynomial, symbol, domain="QQ")
    except (sp.PolynomialError, sp.CoercionFailed):
        return None
    if poly.degree() > _MAX_DEGREE or not all(
        end in (sp.oo, -sp.oo) or end.is_Rational for end in (lower, upper)
    ):
        return None
    if poly.is_zero:
        return None
    count = int(poly.count_roots(None if lower == -sp.oo else lower, None if upper == sp.oo else upper))
    ends = [end for end in (lower, upper) if end not in (sp.oo, -sp.oo) and poly.eval(end) == 0]
    return count - len(ends)


def _sign_inside(quantity: sp.Expr, piece: Piece) -> int | None:
    with flint.ctx.workprec(256):
        value = real_ball(quantity.subs(u, inner_point(piece)))
    return 1 if value > 0 else -1 if value < 0 else None


def vanishes_only_with(quantity: sp.Expr, slope: sp.Expr, piece: Piece) -> bool:
    """Whether the zeros of the quantity are proved to be zeros of σ': its numerator divides a power of
    that of σ'.

    Decided in the polynomial ring of the kernels, modulo their relations, by a Gröbner basis.

    >>> vanishes_only_with(sp.sin(u), sp.sin(u) * sp.cos(u), Piece(-sp.oo, sp.oo, u))
    True
    """
    mark = sp.Dummy("mark")
    both = kernel_form(quantity + mark * slope, u)
    total, common = sp.fraction(sp.together(both.expression))
    poly = sp.Poly(sp.expand(total), mark)
    if poly.degree() != 1 or not never_zero(common, both, piece):
        return False
    above, below = poly.all_coeffs()
    # factors without zeros on the piece, such as the common denominator, do not matter
    below = sp.Mul(
        *(factor for factor, _ in sp.factor_list(below)[1] if not factor_never_zero(factor, both, piece))
    )
    symbols = below.free_symbols | above.free_symbols
    relations = [relation for relation in both.relations if relation.free_symbols & symbols]
    ring = sorted(symbols.union(*(relation.free_symbols for relation in relations)), key=str)
    if not ring:
        return False
    basis = sp.groebner([below, *relations], *ring, order="grevlex")
    return any(basis.contains(sp.expand(above**power)) for power in (1, 2, 3))
