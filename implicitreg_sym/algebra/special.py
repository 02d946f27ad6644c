"""Rules for inverse, error, polylogarithmic and hypergeometric functions, one function each.

A rule returns None where it does not apply; the value then stays a generator of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

import sympy as sp
from flint.utils.flint_exceptions import DomainError

from implicitreg_sym.algebra.exponentials import lambert
from implicitreg_sym.algebra.tower import Element, Undecided

if TYPE_CHECKING:
    from implicitreg_sym.algebra.generators import Rewriter

Rule = Callable[["Rewriter", sp.Expr], Element | None]


def _inverse_hyperbolic_sine(rewriter: Rewriter, node: sp.Expr) -> Element | None:
    """asinh f = log(f + sqrt(f^2 + 1))."""
    f = rewriter.element(node.args[0])
    return (
        _logarithm_of_unit(rewriter, f, rewriter.tower.integer(1)) if rewriter.tower.all(f, "real") else None
    )


def _inverse_hyperbolic_cosine(rewriter: Rewriter, node: sp.Expr) -> Element | None:
    """acosh f = log(f + sqrt(f^2 - 1)) for f >= 1."""
    f, one = rewriter.element(node.args[0]), rewriter.tower.integer(1)
    if rewriter.signs.sign(rewriter.tower.subtract(f, one)) <= 0:
        return None
    return _logarithm_of_unit(rewriter, f, rewriter.tower.negate(one))


def _logarithm_of_unit(rewriter: Rewriter, f: Element, shift: Element) -> Element:
    tower = rewriter.tower
    return rewriter.logarithm(
        tower.add(f, rewriter.root(tower.add(tower.multiply(f, f), shift), Fraction(1, 2)))
    )


def _inverse_hyperbolic_tangent(rewriter: Rewriter, node: sp.Expr) -> Element | None:
    """atanh f = (log(1 + f) - log(1 - f))/2 for |f| <= 1."""
    tower, f = rewriter.tower, rewriter.element(node.args[0])
    one = tower.integer(1)
    above, below = tower.add(one, f), tower.subtract(one, f)
    if min(rewriter.signs.sign(above), rewriter.signs.sign(below)) <= 0:
        return None
    difference = tower.subtract(rewriter.logarithm(above), rewriter.logarithm(below))
    return tower.multiply(difference, tower.rational(Fraction(1, 2)))


def _inverse_tangent(rewriter: Rewriter, node: sp.Expr) -> Element | None:
    """atan f = ±pi/2 - atan(1/f) where the sign of f is known and atan(1/f) is there already."""
    tower, f = rewriter.tower, rewriter.element(node.args[0])
    sign = rewriter.signs.sign(f) if not f.num.is_zero() else 0
    if not sign or rewriter.existing((sp.atan,), (f,)) is not None:
        return None
    reciprocal = rewriter.existing((sp.atan,), (tower.inverse(f),))
    if reciprocal is None:
        return None
    return tower.subtract(
        tower.multiply(rewriter.element(sp.pi), tower.rational(Fraction(sign, 2))), reciprocal
    )


def _inverse_cosine(rewriter: Rewriter, node: sp.Expr) -> Element | None:
    """acos f = pi/2 - asin f."""
    return rewriter.element(sp.pi / 2 - sp.asin(node.args[0]))


def _inverse_cotangent(rewriter: Rewriter, node: sp.Expr) -> Element | None:
    """acot f = atan(1/f), f not 0."""
    rewriter.exclude(rewriter.element(node.args[0]))
    return rewriter.element(sp.atan(1 / node.args[0]))


def _complementary_error(rewriter: Rewriter, node: sp.Expr) -> Element | None:
    """erfc f = 1 - erf f."""
    return rewriter.element(1 - sp.erf(node.args[0]))


def _polylogarithm(rewriter: Rewriter, node: sp.Expr) -> Element | None:
    """Li_1 z = -log(1 - z), and Li_s is rational for integers s <= 0."""
    order, argument = node.args
    if order == 1:
        tower = rewriter.tower
        return tower.negate(rewriter.logarithm(tower.subtract(tower.integer(1), rewriter.element(argument))))
    if isinstance(order, sp.Integer) and order <= 0:
        return rewriter.element(sp.expand_func(node))
    return None


def _lambert(rewriter: Rewriter, node: sp.Expr) -> Element | None:
    """W(z) exp(W(z)) = z, on any branch."""
    argument = rewriter.element(node.args[0])
    return argument if argument.num.is_zero() and len(node.args) == 1 else lambert(rewriter, argument, node)


def _hypergeometric(rewriter: Rewriter, node: sp.Expr) -> Element | None:
    """Contiguous relations that lower the parameters; see `_lowered` and `_error_integral`."""
    if not all(isinstance(parameter, sp.Rational) for parameter in (*node.ap, *node.bq)):
        raise Undecided(f"the parameters of {node} are not rational")
    upper, lower = list(node.ap), list(node.bq)
    argument = rewriter.element(node.argument)
    if argument.num.is_zero():
        return rewriter.tower.integer(1)
    if not upper and not lower:
        return rewriter.exponential(argument)
    lowered = _lowered(rewriter, upper, lower, node.argument, argument)
    if lowered is not None:
        return lowered
    if (upper, lower) == ([sp.Integer(1)], [sp.Rational(3, 2)]):
        value = _error_integral(rewriter, argument)
        if value is not None:
            return value
    return rewriter.opaque(node, (sp.hyper, tuple(upper), tuple(lower)), (argument,))


def _lowered(
    rewriter: Rewriter, upper: list[sp.Rational], lower: list[sp.Rational], z: sp.Expr, argument: Element
) -> Element | None:
    """With a pair (c; c+1) among the parameters of F: z F' = c (F without the pair - F).

    Moreover F' = prod(a)/prod(b) F(a+1; b+1).
    So F(a+1; b+1) = prod(b)/prod(a) c (F without the pair - F)/z, where all of a, b stay positive.
    """
    below = [p - 1 for p in upper], [p - 1 for p in lower]
    if not upper or min(*below[0], *below[1], sp.Integer(1)) <= 0:
        return None
    pair = next((c for c in below[0] if c + 1 in below[1]), None)
    if pair is None:
        return None
    rewriter.exclude(argument)
    rest = [*below[0]], [*below[1]]
    rest[0].remove(pair)
    rest[1].remove(pair + 1)
    factor = sp.prod(below[1]) / sp.prod(below[0]) * pair
    tower = rewriter.tower
    difference = tower.subtract(rewriter.element(sp.hyper(*rest, z)), rewriter.element(sp.hyper(*below, z)))
    return tower.multiply(tower.multiply(tower.rational(factor), difference), tower.inverse(argument))


def _error_integral(rewriter: Rewriter, argument: Element) -> Element | None:
    """1F1(1; 3/2; z) = sqrt(pi) erf(h) exp(h^2)/(2h) if z = h^2, with erfi if z = -h^2; h not 0."""
    tower = rewriter.tower
    try:
        above, below = argument.num, argument.den.sqrt()
    except DomainError:
        return None
    for head, signed in ((sp.erf, above), (sp.erfi, -above)):
        try:
            h = tower.element(signed.sqrt(), below)
        except DomainError:
            continue
        rewriter.exclude(h)
        value = rewriter.element(head(tower.expression(h)))
        half = tower.multiply(rewriter.element(sp.sqrt(sp.pi) / 2), tower.inverse(h))
        return tower.multiply(tower.multiply(half, value), rewriter.exponential(argument))
    return None


def _sign(rewriter: Rewriter, node: sp.Expr) -> Element:
    """sign f = f/|f|, f not 0."""
    f = rewriter.element(node.args[0])
    if f.num.is_zero():
        return f
    rewriter.exclude(f)
    return rewriter.tower.multiply(f, rewriter.tower.inverse(rewriter.modulus(f)))


def _extreme(rewriter: Rewriter, node: sp.Expr) -> Element:
    """max(f, g) = (f + g + |f - g|)/2 and min(f, g) = (f + g - |f - g|)/2."""
    tower, half = rewriter.tower, rewriter.tower.rational(Fraction(1, 2))
    result, *others = map(rewriter.element, node.args)
    for other in others:
        gap = rewriter.modulus(tower.subtract(result, other))
        gap = gap if isinstance(node, sp.Max) else tower.negate(gap)
        result = tower.multiply(half, tower.add(tower.add(result, other), gap))
    return result


SPECIAL_RULES: Mapping[type[sp.Expr], Rule] = {
    sp.asinh: _inverse_hyperbolic_sine,
    sp.acosh: _inverse_hyperbolic_cosine,
    sp.atanh: _inverse_hyperbolic_tangent,
    sp.atan: _inverse_tangent,
    sp.acos: _inverse_cosine,
    sp.acot: _inverse_cotangent,
    sp.erfc: _complementary_error,
    sp.polylog: _polylogarithm,
    sp.LambertW: _lambert,
    sp.hyper: _hypergeometric,
    sp.sign: _sign,
    sp.Max: _extreme,
    sp.Min: _extreme,
}
