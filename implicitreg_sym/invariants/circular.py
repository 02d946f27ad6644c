"""Bioche's rules: rational functions of a sine and a cosine, circular or hyperbolic, by the substitution
that their symmetry gives."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from implicitreg_sym.invariants.kernels import HYPERBOLIC, PERIODIC, KernelForm
from implicitreg_sym.invariants.rational_functions import real_logarithm
from implicitreg_sym.invariants.rules import Rule, SubstitutionRule

Integrate = Callable[[sp.Expr, sp.Symbol], Rule]


def integrate_circular(form: KernelForm, integrate: Integrate) -> Rule | None:
    """Integrate R(S, C) dv, where S and C are the sine and cosine of one linear angle, or return None.

    Odd in C: s = S. Odd in S: c = C. Even in both together: t = S/C. Logarithms of S or C alone may occur in
    R. The result in t is written in S and C such that it stays continuous where the tangent has a pole.
    """
    chosen = _pair(form)
    if chosen is None:
        return None
    sine, cosine, angle, hyperbolic = chosen
    v = form.variable
    rate = sp.diff(angle, v)
    others = {symbol: form.kernels[symbol] for symbol in form.present if symbol not in (sine, cosine)}
    odd, even = HYPERBOLIC if hyperbolic else PERIODIC
    names = {odd(angle): sine, even(angle): cosine}
    if any(not isinstance(meaning, sp.log) for meaning in others.values()):
        return None
    others = {symbol: meaning.xreplace(names) for symbol, meaning in others.items()}
    expression = form.expression
    if (expression.xreplace(others)).has(v):
        return None
    sign = 1 if hyperbolic else -1  # C^2 = 1 + sign S^2
    flip = {sine: -sine}, {cosine: -cosine}, {sine: -sine, cosine: -cosine}
    logs_free = not others

    def antisymmetric(change: dict[sp.Symbol, sp.Expr]) -> bool:
        if any(meaning.has(*change) for meaning in others.values()):
            return False
        return bool(sp.cancel(expression.subs(change, simultaneous=True) + expression) == 0)

    choices: list[tuple[sp.Symbol, sp.Expr, sp.Expr]] = []
    if antisymmetric(flip[1]):
        new = sp.Symbol("s", real=True)
        inner = (
            _even_powers(sp.cancel(expression / cosine), cosine, 1 + sign * sine**2)
            .xreplace(others)
            .subs(sine, new)
        )
        choices.append((new, odd(angle), inner / rate))
    if antisymmetric(flip[0]):
        new = sp.Symbol("c", positive=True) if hyperbolic else sp.Symbol("c", real=True)
        inner = (
            _even_powers(sp.cancel(expression / sine), sine, sign * (cosine**2 - 1))
            .xreplace(others)
            .subs(cosine, new)
        )
        choices.append((new, even(angle), sign * inner / rate))
    for new, meaning, inner in sorted(choices, key=lambda choice: sp.count_ops(choice[2])):
        rule = _substitute(form, new, meaning, inner, integrate)
        if rule is not None:
            return rule
    if logs_free and sp.cancel(expression.subs(flip[2], simultaneous=True) - expression) == 0:
        new = sp.Symbol("t", real=True)
        inner = _even_powers(sp.cancel(expression.subs(sine, new * cosine)), cosine, 1 / (1 - sign * new**2))
        rule = integrate(sp.cancel(inner / (1 - sign * new**2) / rate), new)
        if rule.result is None:
            return None
        back = _from_tangent(rule.result, new, odd(angle), even(angle), angle, hyperbolic)
        tangent = sp.tanh(angle) if hyperbolic else sp.tan(angle)
        return SubstitutionRule(form.restore(), v, new, tangent, rule, back)
    return None


def _pair(form: KernelForm) -> tuple[sp.Symbol, sp.Symbol, sp.Expr, bool] | None:
    """Symbols of sine and cosine, their angle, and whether they are hyperbolic; None unless there is
    exactly one pair."""
    found = [
        (symbol, form.kernels[symbol])
        for symbol in form.kernels
        if isinstance(form.kernels[symbol], (*PERIODIC, *HYPERBOLIC))
    ]
    pairs = {
        (meaning.args[0], isinstance(meaning, HYPERBOLIC))
        for symbol, meaning in found
        if form.expression.has(symbol)
    }
    if len(pairs) != 1:
        return None
    ((angle, hyperbolic),) = pairs
    if sp.diff(angle, form.variable).has(form.variable):
        return None
    by_kind = {meaning: symbol for symbol, meaning in found}
    odd, even = HYPERBOLIC if hyperbolic else PERIODIC
    return by_kind[odd(angle)], by_kind[even(angle)], angle, hyperbolic


def _even_powers(expression: sp.Expr, symbol: sp.Symbol, square: sp.Expr) -> sp.Expr:
    """Replace symbol^2 in a rational function that is even in the symbol."""
    parts = []
    for part in sp.fraction(sp.together(expression)):
        polynomial = sp.Poly(part, symbol)
        parts.append(
            sum(
                (coefficient * square ** (power // 2) for (power,), coefficient in polynomial.terms()),
                sp.Integer(0),
            )
        )
    return sp.cancel(parts[0] / parts[1])


def _substitute(
    form: KernelForm, new: sp.Symbol, meaning: sp.Expr, inner: sp.Expr, integrate: Integrate
) -> Rule | None:
    rule = integrate(sp.cancel(inner), new)
    if rule.result is None:
        return None
    back = rule.result.subs(new, meaning)
    back = back.replace(
        lambda node: isinstance(node, sp.log) and not node.args[0].has(sp.Abs),
        lambda node: real_logarithm(node.args[0]),
    )
    return SubstitutionRule(form.restore(), form.variable, new, meaning, rule, back)


def _from_tangent(
    found: sp.Expr, t: sp.Symbol, sine: sp.Expr, cosine: sp.Expr, angle: sp.Expr, hyperbolic: bool
) -> sp.Expr:
    """Put t = S/C back: rational parts as quotients of forms in S and C, atan t as the angle, log P(t) as
    log of a form."""

    def homogeneous(polynomial: sp.Expr) -> tuple[sp.Expr, int]:
        degree = int(sp.degree(polynomial, t))
        terms = sp.Poly(polynomial, t).terms()
        form = sum(
            (coefficient * sine**power * cosine ** (degree - power) for (power,), coefficient in terms),
            sp.Integer(0),
        )
        if not hyperbolic:
            form = form.subs(sine**2 + cosine**2, 1)
        return form, degree

    total = sp.Integer(0)
    for term in sp.Add.make_args(sp.expand(found)):
        constant, rest = term.as_independent(t, as_Add=False)
        if isinstance(rest, sp.log):
            argument = rest.args[0].args[0] if isinstance(rest.args[0], sp.Abs) else rest.args[0]
            form, degree = homogeneous(argument)
            total += constant * (_log(form) - degree * _log(cosine))
        elif isinstance(rest, sp.atan) and not hyperbolic:
            slope = sp.diff(rest.args[0], t)
            if slope.has(t) or not slope.is_positive:
                return found.subs(t, sine / cosine)
            shift = rest.args[0].subs(t, 0)
            numerator = (slope - 1) * sine * cosine + shift * cosine**2
            denominator = cosine**2 + slope * sine**2 + shift * sine * cosine
            correction = sp.atan(numerator / denominator) if (slope, shift) != (1, 0) else 0
            total += constant * (angle + correction)
        elif rest.is_rational_function(t):
            total += constant * _quotient(rest, t, homogeneous, cosine)
        else:
            return found.subs(t, sine / cosine)
    return total


def _quotient(
    rest: sp.Expr, t: sp.Symbol, homogeneous: Callable[[sp.Expr], tuple[sp.Expr, int]], cosine: sp.Expr
) -> sp.Expr:
    (top, over), (bottom, under) = (homogeneous(part) for part in sp.fraction(sp.together(rest)))
    return sp.powsimp(top / bottom * cosine ** (under - over))


def _log(quantity: sp.Expr) -> sp.Expr:
    return sp.Integer(0) if quantity == 1 else real_logarithm(quantity)
