"""Antiderivatives of rational functions, and of a rational function times a logarithm (dilogarithms), in
real form.

Logarithms of a quantity of unknown sign are written log|q|: their derivative is q'/q all the same.
"""

from __future__ import annotations

import sympy as sp
from sympy.integrals.rationaltools import ratint

from implicitreg_sym.invariants.rules import (
    DontKnow,
    PartialFractionsRule,
    PartsRule,
    RewriteRule,
    Rule,
    TableRule,
)


def real_logarithm(quantity: sp.Expr) -> sp.Expr:
    """Return log(q) where q is positive by its form, log|q| otherwise.

    >>> from implicitreg_sym.symbols import u
    >>> real_logarithm(1 + u**2), real_logarithm(u)
    (log(u**2 + 1), log(Abs(u)))
    """
    if quantity.is_positive:
        return sp.log(quantity)
    if quantity.is_negative:
        return sp.log(-quantity)
    return sp.log(sp.Abs(quantity))


def integrate_rational(integrand: sp.Expr, variable: sp.Symbol) -> Rule:
    """Integrate a rational function by partial fractions.

    >>> from implicitreg_sym.symbols import u
    >>> integrate_rational(1 / (u**3 + u), u).result
    -log(u**2 + 1)/2 + log(Abs(u))
    """
    try:
        decomposed = sp.apart(integrand, variable)
    except (sp.PolynomialError, NotImplementedError):
        decomposed = sp.expand(integrand)
    terms = sp.Add.make_args(decomposed)
    if len(terms) == 1:
        return _simple(decomposed, variable)
    rules = []
    for term in terms:
        constant, rest = term.as_independent(variable, as_Add=False)
        rules.append((constant, _simple(rest, variable)))
    rule = PartialFractionsRule(integrand, variable, tuple(rules))
    return (
        rule
        if rule.known
        else DontKnow(integrand, variable, "an irreducible denominator of degree above two")
    )


def _simple(term: sp.Expr, variable: sp.Symbol) -> Rule:
    """One partial fraction: a power, a logarithm, an arctangent or a sum of those."""
    if not term.has(variable):
        return TableRule(term, variable, "constant", term * variable)
    numerator, denominator = sp.fraction(sp.together(term))
    if not denominator.has(variable) and numerator.is_polynomial(variable):
        return TableRule(term, variable, "power", sp.expand(sp.Poly(term, variable).integrate().as_expr()))
    base, power = sp.factor_terms(denominator).as_independent(variable, as_Add=False)[1].as_base_exp()
    if not numerator.has(variable) and sp.degree(base, variable) == 1:
        slope = sp.diff(base, variable)
        scale = numerator / slope / (denominator / base**power)
        if power == 1:
            return TableRule(term, variable, "logarithm", sp.cancel(scale) * real_logarithm(base))
        return TableRule(term, variable, "power", sp.cancel(scale) * base ** (1 - power) / (1 - power))
    polynomial = sp.Poly(base, variable)
    if polynomial.degree() > 2 and (polynomial.degree() > 4 or len(polynomial.terms()) > 2):
        return DontKnow(term, variable, "an irreducible denominator of degree above two")
    try:
        found = ratint(term, variable, real=True)
    except (sp.PolynomialError, NotImplementedError, ValueError):
        found = sp.Integral(term, variable)
    if found.has(sp.Integral, sp.RootSum, sp.I):
        return DontKnow(term, variable, "an irreducible denominator of degree above two")
    found = found.replace(sp.log, real_logarithm)
    return TableRule(term, variable, "rational function with a quadratic denominator", sp.expand(found))


def integrate_rational_logarithm(cofactor: sp.Expr, argument: sp.Expr, variable: sp.Symbol) -> Rule:
    """Integrate R(v) log(a v + b) with R rational: by parts, and with dilogarithms at the simple poles of R.

    ∫ log(a v + b)/(v - α) dv = -Li₂(-a(v - α)/β) + log β log|v - α| for β = a α + b > 0, log²/2 for β = 0,
    and log y log(1 + y/|β|) + Li₂(-y/|β|) with y = a v + b for β < 0.

    >>> from implicitreg_sym.symbols import z
    >>> integrate_rational_logarithm(1 / z, 1 + z, z).result
    -polylog(2, -z)
    """
    whole = cofactor * sp.log(argument)
    if not argument.is_polynomial(variable) or sp.degree(argument, variable) != 1:
        return DontKnow(whole, variable, "the logarithm of something that is not linear")
    try:
        terms = sp.Add.make_args(sp.apart(cofactor, variable))
    except (sp.PolynomialError, NotImplementedError):
        return DontKnow(whole, variable, "no partial fractions")
    rules: list[tuple[sp.Expr, Rule]] = []
    by_parts = sp.Integer(0)
    for term in terms:
        constant, rest = term.as_independent(variable, as_Add=False)
        base, power = (1 / rest).as_base_exp()
        if power == 1 and base.is_polynomial(variable) and sp.degree(base, variable) == 1:
            rules.append((constant, _dilogarithm(base, argument, variable)))
        else:
            by_parts += term
    if by_parts != 0:
        rules.append((sp.Integer(1), _logarithm_by_parts(by_parts, argument, variable)))
    if len(rules) == 1:
        constant, rule = rules[0]
        if constant == 1:
            return rule
    linear = PartialFractionsRule(whole, variable, tuple(rules))
    return linear if linear.known else DontKnow(whole, variable, "a dilogarithm of complex argument")


def _dilogarithm(base: sp.Expr, argument: sp.Expr, variable: sp.Symbol) -> Rule:
    integrand = sp.log(argument) / base
    slope = sp.diff(base, variable)
    pole = sp.cancel(-base.subs(variable, 0) / slope)
    rate = sp.diff(argument, variable)
    value = sp.cancel(argument.subs(variable, pole))
    if value == 0:
        found = sp.log(argument) ** 2 / 2
    elif value.is_positive:
        found = -sp.polylog(2, sp.expand(sp.cancel(-rate * (variable - pole) / value)))
        if value != 1:
            found += sp.log(value) * real_logarithm(variable - pole)
    elif value.is_negative:
        scaled = sp.expand(sp.cancel(-argument / value))
        found = sp.log(argument) * sp.log(1 + scaled) + sp.polylog(2, -scaled)
    else:
        return DontKnow(integrand, variable, "a parameter of unknown sign")
    return TableRule(integrand, variable, "dilogarithm", sp.expand(found / slope))


def _logarithm_by_parts(cofactor: sp.Expr, argument: sp.Expr, variable: sp.Symbol) -> Rule:
    integrand = cofactor * sp.log(argument)
    second = integrate_rational(cofactor, variable)
    if second.result is None or second.result.has(sp.log, sp.atan):
        return DontKnow(integrand, variable, "the cofactor of the logarithm has a logarithm itself")
    rest = sp.cancel(second.result * sp.diff(argument, variable) / argument)
    return PartsRule(integrand, variable, sp.log(argument), second, integrate_rational(rest, variable))


def rewritten(integrand: sp.Expr, variable: sp.Symbol, rule: Rule) -> Rule:
    """Return the rule, preceded by a rewriting step if it integrates the same function in another form."""
    if rule.integrand == integrand:
        return rule
    return RewriteRule(integrand, variable, rule.integrand, rule)
