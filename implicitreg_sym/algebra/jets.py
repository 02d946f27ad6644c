"""Undefined functions, as free symbols: sigma(u), sigma'(u), l(f, y) and their derivatives.

The derivatives of a smooth function at finitely many distinct points can take any prescribed values (Taylor
polynomials times bump functions), so an expression vanishes for every sigma exactly if it vanishes with each
sigma^(k)(v), v distinct, replaced by a free variable.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp
from sympy.core.function import AppliedUndef

from implicitreg_sym.algebra.tower import Undecided


@dataclass(frozen=True, slots=True)
class Jet:
    """A derivative of an undefined function at given arguments, and the free symbol in its place."""

    head: str
    orders: tuple[int, ...]
    arguments: tuple[sp.Expr, ...]
    symbol: sp.Symbol


def free_jets(expression: sp.Expr) -> tuple[sp.Expr, tuple[Jet, ...]]:
    """Replace every value and derivative of an undefined function by a free real symbol.

    Returns the expression and what its new symbols stand for. Raises `Undecided` for a derivative that is
    not one of an undefined function with respect to one of its arguments.

    >>> sigma, u = sp.Function("sigma"), sp.Symbol("u", real=True)
    >>> free, jets = free_jets(sp.diff(sigma(u) ** 2, u))
    >>> sorted((jet.head, jet.orders, jet.arguments) for jet in jets)
    [('sigma', (0,), (u,)), ('sigma', (1,), (u,))]
    """
    found: dict[tuple[str, tuple[int, ...], tuple[sp.Expr, ...]], Jet] = {}

    def jet(head: str, orders: tuple[int, ...], arguments: tuple[sp.Expr, ...]) -> sp.Symbol:
        key = (head, orders, arguments)
        if key not in found:
            found[key] = Jet(*key, sp.Dummy(f"{head}_{'_'.join(map(str, orders))}", real=True))
        return found[key].symbol

    def walk(node: sp.Basic) -> sp.Basic:
        match node:
            case AppliedUndef():
                return jet(node.func.__name__, (0,) * len(node.args), tuple(map(walk, node.args)))
            case sp.Derivative():
                orders = _orders(node)
                if orders is not None:
                    return jet(node.expr.func.__name__, orders, tuple(map(walk, node.expr.args)))
                done = node.doit()
                if done == node:
                    raise Undecided(
                        f"{node} is not a derivative with respect to an argument of an undefined function"
                    )
                return walk(done)
            case sp.Subs():
                return substituted(node)
            case sp.Integral():
                raise Undecided(f"{node} is an integral without closed form")
        if not node.args or not node.has(AppliedUndef, sp.Derivative, sp.Subs, sp.Integral):
            return node
        return node.func(*map(walk, node.args))

    def substituted(node: sp.Subs) -> sp.Basic:
        inner, points = node.expr, dict(zip(node.variables, node.point, strict=True))
        orders = _orders(inner) if isinstance(inner, sp.Derivative) else None
        if orders is None:
            done = node.doit()
            if isinstance(done, sp.Subs) or done == node:
                raise Undecided(f"{node} cannot be expressed by derivatives at a point")
            return walk(done)
        arguments = (sp.sympify(argument).xreplace(points) for argument in inner.expr.args)
        return jet(inner.expr.func.__name__, orders, tuple(map(walk, arguments)))

    return walk(expression), tuple(found.values())


def _orders(derivative: sp.Derivative) -> tuple[int, ...] | None:
    """How often each argument is differentiated, if each variable is exactly one of the arguments."""
    if not isinstance(derivative.expr, AppliedUndef):
        return None
    arguments = derivative.expr.args
    orders = [0] * len(arguments)
    for variable, count in derivative.variable_count:
        places = [place for place, argument in enumerate(arguments) if argument.has(variable)]
        if len(places) != 1 or arguments[places[0]] != variable or not count.is_Integer:
            return None
        orders[places[0]] += int(count)
    return tuple(orders)
