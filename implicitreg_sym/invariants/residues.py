"""The residue criterion of Rothstein and Trager: a quick proof that an integral is not elementary."""

from __future__ import annotations

import sympy as sp

from implicitreg_sym.algebra import decide_zero
from implicitreg_sym.invariants.kernels import HYPERBOLIC, KernelForm, in_exponentials, kernel_form
from implicitreg_sym.status import Status


def denominator_mixes(integrand: sp.Expr, variable: sp.Symbol) -> bool:
    """Whether a factor of the denominator holds the variable together with a kernel, or kernels of
    different kinds.

    >>> from implicitreg_sym.symbols import u
    >>> denominator_mixes(1 / (1 + u + sp.exp(u)), u), denominator_mixes(sp.exp(u) / (1 + u), u)
    (True, False)
    """
    form = _form(integrand, variable)
    return any(len(_generators(factor, form)) > 1 for factor, _ in _denominator_factors(form)[0])


def nonelementary(integrand: sp.Expr, variable: sp.Symbol) -> str | None:
    """Return the reason why the integral is not elementary, or None where the criterion does not decide.

    The integrand lies in K(θ), θ = exp(p(u)) with a polynomial p, or θ = erf(c u) over a field K that has
    exp(-c²u²). If the integral is elementary, then the residue at every simple normal factor q of the
    denominator, N/(B/q · Dq) mod q, is a constant. Source: Bronstein, Symbolic Integration I (2005), section
    5.6.

    >>> from implicitreg_sym.symbols import u
    >>> nonelementary(u * (1 + sp.exp(u)) / (1 + u + sp.exp(u)), u) is not None
    True
    >>> nonelementary(u * sp.exp(u), u) is not None
    False
    """
    form = _form(integrand, variable)
    derivatives = _derivation(form)
    if derivatives is None:
        return None
    numerator, denominator = sp.fraction(form.expression)
    simple, constants = _denominator_factors(form)
    for factor, power in simple:
        generators = _generators(factor, form)
        if power != 1 or len(generators) < 2:
            continue
        q = factor.xreplace(constants)
        top = next(
            (symbol for symbol in form.present if q.has(symbol) and isinstance(form.kernels[symbol], sp.erf)),
            None,
        )
        top = top or next(symbol for symbol in form.present if q.has(symbol))
        if _residue_varies(q, numerator, sp.cancel(denominator / q), top, form, derivatives):
            return (
                "a residue of the integrand is not constant, so the integral is not elementary "
                "(Rothstein-Trager)"
            )
    return None


def _form(integrand: sp.Expr, variable: sp.Symbol) -> KernelForm:
    plain = integrand.replace(
        lambda node: isinstance(node, (*HYPERBOLIC, sp.tanh)) and node.has(variable),
        lambda node: in_exponentials(node),
    )
    return kernel_form(plain, variable)


def _generators(factor: sp.Expr, form: KernelForm) -> set[sp.Expr]:
    """The algebraically independent things that a factor holds; a sine and its cosine count as one."""
    found: set[sp.Expr] = {form.variable} if factor.has(form.variable) else set()
    for symbol in form.present:
        if factor.has(symbol):
            meaning = form.kernels[symbol]
            found.add(meaning.args[0] if isinstance(meaning, (sp.sin, sp.cos, *HYPERBOLIC)) else meaning)
    return found


def _denominator_factors(form: KernelForm) -> tuple[list[tuple[sp.Expr, int]], dict[sp.Symbol, sp.Expr]]:
    """Factors of the denominator over the rationals, irrational constants taken as indeterminates, and
    their meanings."""
    _, denominator = sp.fraction(form.expression)
    named = {
        node: sp.Dummy("k", positive=True)
        for node in sorted(
            denominator.atoms(sp.Pow, sp.NumberSymbol, sp.Function), key=sp.count_ops, reverse=True
        )
        if node.is_number and not node.is_Rational
    }
    plain = denominator.xreplace(named)
    if not plain.free_symbols:
        return [], {}
    try:
        return sp.factor_list(plain)[1], {symbol: node for node, symbol in named.items()}
    except sp.PolynomialError:
        return [], {}


def _derivation(form: KernelForm) -> dict[sp.Symbol, sp.Expr] | None:
    """The derivatives of the generators in terms of the generators, for a tower of the kind above."""
    v = form.variable
    result: dict[sp.Symbol, sp.Expr] = {v: sp.Integer(1)}
    exponentials = {
        symbol: meaning.args[0] for symbol, meaning in form.kernels.items() if isinstance(meaning, sp.exp)
    }
    for symbol in form.present:
        meaning = form.kernels[symbol]
        match meaning:
            case sp.exp() if meaning.args[0].is_polynomial(v) and meaning.args[0].has(v):
                result[symbol] = symbol * sp.diff(meaning.args[0], v)
            case sp.erf() if not sp.diff(meaning.args[0], v).has(v):
                square = -sp.expand(meaning.args[0] ** 2)
                matching = [
                    (s, sp.cancel(square / p))
                    for s, p in exponentials.items()
                    if sp.cancel(square / p).is_Integer
                ]
                if not matching:
                    return None
                base, power = matching[0]
                result[symbol] = 2 / sp.sqrt(sp.pi) * sp.diff(meaning.args[0], v) * base**power
            case _:
                return None
    return result


def _residue_varies(
    q: sp.Expr,
    numerator: sp.Expr,
    cofactor: sp.Expr,
    top: sp.Symbol,
    form: KernelForm,
    derivatives: dict[sp.Symbol, sp.Expr],
) -> bool:
    """Whether the residue, as a function on the curve q = 0 over K, has a derivative that is not zero."""

    def coefficientwise(expression: sp.Expr) -> sp.Expr:
        return sp.Add(
            *(sp.diff(expression, symbol) * slope for symbol, slope in derivatives.items() if symbol != top)
        )

    total = coefficientwise(q) + sp.diff(q, top) * derivatives[top]
    above, below = numerator, cofactor * total
    rho_derivative = [
        coefficientwise(part) * sp.diff(q, top) - sp.diff(part, top) * coefficientwise(q)
        for part in (above, below)
    ]
    test = sp.fraction(sp.together(rho_derivative[0] * below - above * rho_derivative[1]))[0]
    coprime = [
        sp.prem(sp.expand(sp.fraction(sp.together(part))[0]), sp.expand(q), top) for part in (above, below)
    ]
    remainders = [*coprime, sp.prem(sp.expand(test), sp.expand(q), top)]
    return all(
        decide_zero(sp.expand(form.restore(remainder))).status is Status.REFUTED for remainder in remainders
    )
