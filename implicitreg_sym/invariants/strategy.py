"""The order in which rules of integration are tried; nothing here knows any activation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from time import thread_time

import sympy as sp

from implicitreg_sym.invariants.circular import integrate_circular
from implicitreg_sym.invariants.kernels import HYPERBOLIC, PERIODIC, KernelForm, in_exponentials, kernel_form
from implicitreg_sym.invariants.rational_functions import (
    integrate_rational,
    integrate_rational_logarithm,
    real_logarithm,
    rewritten,
)
from implicitreg_sym.invariants.rules import (
    DontKnow,
    LinearityRule,
    PartsRule,
    Rule,
    SubstitutionRule,
    TableRule,
)

MAX_DEPTH = 9
BUDGET = 60
_TRANSCENDENTAL = (sp.log, sp.atan, sp.asinh, sp.acosh, sp.atanh, sp.asin, sp.acos, sp.erf, sp.erfi)


@dataclass(slots=True)
class Search:
    """One search: how many integrals may still be looked at, until which processor time, how deep it is, and
    what it has met already."""

    left: int = BUDGET
    deadline: float = inf
    depth: int = 0
    met: dict[tuple[sp.Expr, sp.Symbol], Rule] = field(default_factory=dict)

    def late(self) -> bool:
        """Whether the time is over."""
        return thread_time() > self.deadline

    def deeper(self, integrand: sp.Expr, variable: sp.Symbol) -> Rule:
        """Integrate what a rule has left over."""
        key = integrand, variable
        if key in self.met:
            return self.met[key]
        if self.depth >= MAX_DEPTH or self.left <= 0 or self.late():
            return DontKnow(integrand, variable, "the search was given up")
        self.left -= 1
        self.depth += 1
        self.met[key] = DontKnow(integrand, variable, "the integral leads back to itself")
        try:
            rule = self._try_rules(integrand, variable)
        finally:
            self.depth -= 1
        self.met[key] = rule
        return rule

    def _try_rules(self, integrand: sp.Expr, variable: sp.Symbol) -> Rule:
        form = kernel_form(integrand, variable)
        normal = form.restore()
        attempts = (_constant, _rational) if normal.is_rational_function(variable) else _ATTEMPTS
        for attempt in attempts:
            if self.late():
                return DontKnow(integrand, variable, "the search was given up")
            try:
                rule = attempt(self, form, normal)
            except (sp.PolynomialError, NotImplementedError):
                continue  # outside SymPy's polynomial algebra: this rule does not apply
            if rule is not None and rule.known:
                return rewritten(integrand, variable, rule)
        return DontKnow(integrand, variable, "no rule applies")


def integrate(integrand: sp.Expr, variable: sp.Symbol, seconds: float = inf) -> Rule:
    """Return the tree of rules that integrates a function of the variable; its result is None where no
    rule applies.

    The result is a candidate: it counts after verification (`derive_G`). No new rule is tried after so many
    ``seconds`` of processor time, which, unlike the clock, does not depend on what else the machine does.

    >>> from implicitreg_sym.symbols import u
    >>> integrate(sp.sinh(u) * sp.cosh(u), u).result
    sinh(u)**2/2
    >>> integrate(sp.log(u) / u, u).result
    log(u)**2/2
    """
    return Search(deadline=thread_time() + seconds).deeper(integrand, variable)


def _constant(search: Search, form: KernelForm, normal: sp.Expr) -> Rule | None:
    if normal.has(form.variable):
        return None
    return TableRule(normal, form.variable, "constant", normal * form.variable)


def _constant_factor(search: Search, form: KernelForm, normal: sp.Expr) -> Rule | None:
    constant, rest = normal.as_independent(form.variable, as_Add=False)
    if constant == 1 or not rest.has(form.variable) or normal.is_rational_function(form.variable):
        return None
    return LinearityRule(normal, form.variable, ((constant, search.deeper(rest, form.variable)),))


def _rational(search: Search, form: KernelForm, normal: sp.Expr) -> Rule | None:
    return integrate_rational(normal, form.variable) if normal.is_rational_function(form.variable) else None


def _table(search: Search, form: KernelForm, normal: sp.Expr) -> Rule | None:
    """∫ exp(c v²) dv and ∫ exp(k² v²) erf(k v) dv, with c and k constant."""
    v = form.variable
    exponent = next((node.args[0] for node in normal.atoms(sp.exp) if node.has(v)), None)
    if (
        exponent is None
        or not exponent.is_polynomial(v)
        or sp.degree(exponent, v) != 2
        or exponent.coeff(v, 1) != 0
    ):
        return None
    square, rest = exponent.coeff(v, 2), sp.cancel(normal / sp.exp(exponent))
    if not rest.has(v):
        root = sp.sqrt(sp.Abs(square))
        error_function = sp.erfi if square.is_positive else sp.erf
        return TableRule(
            normal,
            v,
            "error function",
            rest * sp.sqrt(sp.pi) / (2 * root) * error_function(root * v) * sp.exp(exponent.subs(v, 0)),
        )
    if not square.is_positive:
        return None
    constant, inner = rest.as_independent(v, as_Add=False)
    if not isinstance(inner, sp.erf) or sp.expand(inner.args[0] ** 2 - square * v**2) != 0:
        return None
    rate = sp.diff(inner.args[0], v)
    closed = rate * v**2 / sp.sqrt(sp.pi) * sp.hyper((1, 1), (sp.Rational(3, 2), 2), square * v**2)
    return TableRule(
        normal, v, "exponential times error function", constant * sp.exp(exponent.subs(v, 0)) * closed
    )


def _linear(search: Search, form: KernelForm, normal: sp.Expr) -> Rule | None:
    """Split into a sum, first after expanding the numerator, then by partial fractions in a kernel or the
    variable."""
    numerator, denominator = sp.fraction(sp.together(form.expression))
    candidates = [sp.Add.make_args(sp.expand(numerator))]
    splits = [[term / denominator for term in candidates[0]]]
    plain = (symbol for symbol in form.present if not form.kernels[symbol].is_Pow)
    for generator in (form.variable, *plain):
        if denominator.has(generator) and not search.late():
            try:
                splits.append(list(sp.Add.make_args(sp.apart(form.expression, generator))))
            except (sp.PolynomialError, NotImplementedError, ValueError):
                continue
    for split in splits:
        if len(split) < 2:
            continue
        rules = []
        for term in split:
            constant, rest = form.restore(sp.cancel(term)).as_independent(form.variable, as_Add=False)
            rule = search.deeper(rest, form.variable)
            if not rule.known:
                break
            rules.append((constant, rule))
        else:
            return LinearityRule(normal, form.variable, tuple(rules))
    return None


def _circular(search: Search, form: KernelForm, normal: sp.Expr) -> Rule | None:
    """Bioche's rules for sines and cosines, circular or hyperbolic."""
    pairs = [symbol for symbol in form.present if isinstance(form.kernels[symbol], (*PERIODIC, *HYPERBOLIC))]
    return integrate_circular(form, search.deeper) if pairs else None


def _exponential(search: Search, form: KernelForm, normal: sp.Expr) -> Rule | None:
    """Substitute z = e^{cv} where the variable occurs in exponentials (and hyperbolic functions) of cv
    alone."""
    v = form.variable
    plain = normal.replace(
        lambda node: isinstance(node, HYPERBOLIC) and node.has(v), lambda node: in_exponentials(node)
    )
    arguments = {node.args[0] for node in plain.atoms(sp.exp) if node.has(v)}
    rates = {sp.diff(argument, v) for argument in arguments}
    if (
        not rates
        or any(rate.has(v) for rate in rates)
        or any(sp.expand(argument - sp.diff(argument, v) * v) != 0 for argument in arguments)
    ):
        return None
    rate = min(rates, key=lambda entry: (abs(sp.N(entry)), -sp.N(entry)))
    rate = -rate if rate.could_extract_minus_sign() else rate
    if any(not sp.cancel(other / rate).is_Integer for other in rates):
        return None
    new = sp.Symbol("z", positive=True) if v.name != "z" else sp.Symbol("y", positive=True)
    inner = plain.replace(
        lambda node: isinstance(node, sp.exp) and node.has(v),
        lambda node: new ** sp.cancel(sp.diff(node.args[0], v) / rate),
    )
    if inner.has(v):
        return None
    rule = search.deeper(sp.cancel(inner / (rate * new)), new)
    if rule.result is None:
        return None
    back = _tidy(rule.result.subs(sp.log(new), rate * v).subs(new, sp.exp(rate * v)))
    return SubstitutionRule(normal, v, new, sp.exp(rate * v), rule, back)


def _tidy(expression: sp.Expr) -> sp.Expr:
    return sp.expand(expression, deep=False, log=False, power_base=False, power_exp=True)


def _rational_logarithm(search: Search, form: KernelForm, normal: sp.Expr) -> Rule | None:
    """R(v) log(P(v)) with P a product of linear factors."""
    v = form.variable
    if len(form.present) != 1:
        return None
    (symbol,) = form.present
    meaning = form.kernels[symbol]
    if (
        not isinstance(meaning, sp.log)
        or not form.expression.is_polynomial(symbol)
        or sp.degree(form.expression, symbol) != 1
    ):
        return None
    cofactor = sp.cancel(sp.diff(form.expression, symbol))
    remainder = sp.cancel(form.expression - cofactor * symbol)
    if not meaning.args[0].is_rational_function(v):
        return None
    constant, factors = sp.factor_list(sp.together(meaning.args[0]))
    terms: list[tuple[sp.Expr, Rule]] = []
    if constant != 1:
        if not constant.is_positive:
            return None
        terms.append((sp.log(constant), integrate_rational(cofactor, v)))
    if remainder != 0:
        terms.append((sp.Integer(1), integrate_rational(remainder, v)))
    for factor, power in factors:
        terms.append((sp.Integer(power), integrate_rational_logarithm(cofactor, factor, v)))
    if len(terms) == 1 and terms[0][0] == 1:
        return terms[0][1]
    return LinearityRule(normal, v, tuple(terms))


def _derivative_divides(search: Search, form: KernelForm, normal: sp.Expr) -> Rule | None:
    """Substitute y = φ(v) where the integrand is a function of φ times φ'."""
    v = form.variable
    inner = [form.kernels[symbol] for symbol in form.present]
    inner += [
        node.args[0] for node in inner if node.args and node.args[0] != v and not (node.args[0] / v).is_number
    ]
    inner += [v**2]
    for phi in inner:
        if search.late():
            return None
        slope = sp.diff(phi, v)
        if slope == 0 or not phi.has(v) or phi.is_Pow and phi.exp.is_Rational and not phi.exp.is_Integer:
            continue
        new = sp.Symbol("y", positive=True) if phi.is_positive else sp.Symbol("y", real=True)
        if v == new:
            new = sp.Symbol("s", positive=True) if phi.is_positive else sp.Symbol("s", real=True)
        quotient = kernel_form(normal / slope, v).restore().subs(phi, new)
        if quotient.has(v):
            continue
        rule = search.deeper(quotient, new)
        if rule.result is not None:
            return SubstitutionRule(normal, v, new, phi, rule, _absolute(rule.result.subs(new, phi)))
    return None


def _absolute(expression: sp.Expr) -> sp.Expr:
    return expression.replace(
        lambda node: isinstance(node, sp.log) and not node.args[0].has(sp.Abs),
        lambda node: real_logarithm(node.args[0]),
    )


def _polynomial_over_root(search: Search, form: KernelForm, normal: sp.Expr) -> Rule | None:
    """∫ P(v) R^{±1} dv with R = √(quadratic): (Q(v) R) + λ ∫ dv/R, by undetermined coefficients."""
    v = form.variable
    if len(form.present) != 1:
        return None
    (symbol,) = form.present
    root = form.kernels[symbol]
    if (
        not (root.is_Pow and root.exp == sp.Rational(1, 2))
        or not root.base.is_polynomial(v)
        or sp.degree(root.base, v) != 2
    ):
        return None
    radicand = sp.expand(root.base)
    numerator = sp.cancel(form.expression * symbol)
    numerator = (
        sp.cancel(sp.rem(sp.expand(numerator), symbol**2 - radicand, symbol))
        if numerator.is_polynomial(symbol)
        else numerator
    )
    if numerator.has(symbol) or not numerator.is_polynomial(v):
        return None
    degree = max(sp.degree(numerator, v) - 1, 0)
    unknowns = sp.symbols(f"q0:{degree + 1}")
    ansatz = sum(unknown * v**power for power, unknown in enumerate(unknowns))
    multiplier = sp.Dummy("lambda")
    equation = sp.diff(ansatz, v) * radicand + ansatz * sp.diff(radicand, v) / 2 + multiplier - numerator
    solution = sp.solve(sp.Poly(sp.expand(equation), v).coeffs(), [*unknowns, multiplier], dict=True)
    if not solution:
        return None
    polynomial, factor = ansatz.subs(solution[0]), solution[0].get(multiplier, sp.Integer(0))
    base = _inverse_root(radicand, v)
    if base is None or polynomial.free_symbols & set(unknowns):
        return None
    return TableRule(
        normal, v, "polynomial over the root of a quadratic", sp.expand(polynomial) * root + factor * base
    )


def _inverse_root(radicand: sp.Expr, v: sp.Symbol) -> sp.Expr | None:
    """∫ dv/√(p v² + q v + r) for p > 0 and negative discriminant, or p < 0 and positive discriminant."""
    p, q, r = (radicand.coeff(v, power) for power in (2, 1, 0))
    discriminant = sp.expand(q**2 - 4 * p * r)
    if p.is_positive and discriminant.is_negative:
        return sp.asinh((2 * p * v + q) / sp.sqrt(-discriminant)) / sp.sqrt(p)
    if p.is_negative and discriminant.is_positive:
        return -sp.asin((2 * p * v + q) / sp.sqrt(discriminant)) / sp.sqrt(-p)
    return None


def _parts(search: Search, form: KernelForm, normal: sp.Expr) -> Rule | None:
    """φ^n R with φ transcendental, φ' simpler: differentiate φ^n, integrate R."""
    v = form.variable
    for symbol in form.present:
        meaning = form.kernels[symbol]
        if not isinstance(meaning, _TRANSCENDENTAL) or not form.expression.is_polynomial(symbol):
            continue
        terms = sp.Poly(form.expression, symbol).terms()
        if len(terms) != 1:
            continue
        (power,), cofactor = terms[0]
        rule = _by_parts(search, normal, meaning**power, form.restore(cofactor), v)
        if rule is not None:
            return rule
    return None


def _polynomial_parts(search: Search, form: KernelForm, normal: sp.Expr) -> Rule | None:
    """v^n R with R free of the variable itself: differentiate v^n, integrate R."""
    v = form.variable
    if not form.present or not form.expression.has(v):
        return None
    numerator, denominator = sp.fraction(form.expression)
    power = sp.degree(numerator, v) if numerator.is_polynomial(v) else 0
    rest = sp.cancel(form.expression / v**power)
    if power < 1 or rest.has(v):
        return None
    return _by_parts(search, normal, v**power, form.restore(rest), v)


def _by_parts(search: Search, normal: sp.Expr, first: sp.Expr, rest: sp.Expr, v: sp.Symbol) -> Rule | None:
    second = search.deeper(rest, v)
    if second.result is None:
        return None
    remaining = search.deeper(sp.expand(sp.diff(first, v) * second.result), v)
    rule = PartsRule(normal, v, first, second, remaining)
    return rule if rule.known else None


_ATTEMPTS: tuple[Callable[[Search, KernelForm, sp.Expr], Rule | None], ...] = (
    _constant,
    _rational,
    _constant_factor,
    _table,
    _circular,
    _polynomial_over_root,
    _rational_logarithm,
    _exponential,
    _derivative_divides,
    _linear,
    _polynomial_parts,
    _parts,
)
