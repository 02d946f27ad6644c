"""A formula as a rational function in its variable and in kernels (exp, sinh and cosh, sin and cos, log,
roots, ...)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, reduce

import sympy as sp

_TO_SINE = {
    sp.tan: lambda v: sp.sin(v) / sp.cos(v), sp.cot: lambda v: sp.cos(v) / sp.sin(v),
    sp.sec: lambda v: 1 / sp.cos(v), sp.csc: lambda v: 1 / sp.sin(v),
    sp.tanh: lambda v: sp.sinh(v) / sp.cosh(v), sp.coth: lambda v: sp.cosh(v) / sp.sinh(v),
    sp.sech: lambda v: 1 / sp.cosh(v), sp.csch: lambda v: 1 / sp.sinh(v),
    sp.erfc: lambda v: 1 - sp.erf(v),
}  # fmt: skip
_TO_EXPONENTIAL = {
    sp.sinh: lambda v: (sp.exp(v) - sp.exp(-v)) / 2, sp.cosh: lambda v: (sp.exp(v) + sp.exp(-v)) / 2,
    sp.tanh: lambda v: (sp.exp(2 * v) - 1) / (sp.exp(2 * v) + 1),
    sp.coth: lambda v: (sp.exp(2 * v) + 1) / (sp.exp(2 * v) - 1),
}  # fmt: skip
PERIODIC = (sp.sin, sp.cos)
HYPERBOLIC = (sp.sinh, sp.cosh)


def in_exponentials(node: sp.Expr) -> sp.Expr:
    """Write a hyperbolic function in exponentials of its argument, which stays as it is.

    >>> from implicitreg_sym.symbols import u
    >>> in_exponentials(sp.sinh(sp.sin(u)))
    exp(sin(u))/2 - exp(-sin(u))/2
    """
    return _TO_EXPONENTIAL[type(node)](node.args[0])


@dataclass(frozen=True, slots=True)
class KernelForm:
    """An expression rational in the variable and in symbols that stand for kernels, with polynomial
    relations between them.

    ``kernels`` maps each symbol to what it stands for; each relation is a polynomial that vanishes.
    """

    expression: sp.Expr
    variable: sp.Symbol
    kernels: Mapping[sp.Symbol, sp.Expr]
    relations: tuple[sp.Expr, ...]

    @property
    def present(self) -> tuple[sp.Symbol, ...]:
        """The kernel symbols that occur, in order of creation."""
        return tuple(symbol for symbol in self.kernels if self.expression.has(symbol))

    def restore(self, expression: sp.Expr | None = None) -> sp.Expr:
        """Put the kernels back."""
        return (self.expression if expression is None else expression).xreplace(dict(self.kernels))

    def with_expression(self, expression: sp.Expr) -> KernelForm:
        """The same kernels with another expression."""
        return KernelForm(expression, self.variable, self.kernels, self.relations)


@lru_cache(maxsize=256)
def kernel_form(formula: sp.Expr, variable: sp.Symbol) -> KernelForm:
    """Return the formula as a rational function in kernels, in lowest terms modulo the relations that are
    used.

    Exponentials of commensurable arguments become powers of one; so do sines and cosines of multiple angles;
    hyperbolic functions of an argument that also stands in an exponential become exponentials.

    >>> from implicitreg_sym.symbols import u
    >>> form = kernel_form(sp.tanh(u) / (1 - sp.tanh(u) ** 2), u)
    >>> form.restore()
    sinh(u)*cosh(u)
    """
    formula = _unified(formula, variable)
    angles = _angles(formula, variable)
    kernels: dict[sp.Symbol, sp.Expr] = {}
    relations: list[sp.Expr] = []
    known: dict[sp.Expr, sp.Symbol] = {}

    def kernel(meaning: sp.Expr, letter: str, positive: bool = False) -> sp.Symbol:
        if meaning not in known:
            symbol = sp.Dummy(letter, positive=True) if positive else sp.Dummy(letter, real=True)
            known[meaning] = symbol
            kernels[symbol] = meaning
        return known[meaning]

    def pair(kind: type, angle: sp.Expr) -> tuple[sp.Symbol, sp.Symbol]:
        hyperbolic = kind in HYPERBOLIC
        odd, even = HYPERBOLIC if hyperbolic else PERIODIC
        fresh = even(angle) not in known
        sine, cosine = kernel(odd(angle), "S"), kernel(even(angle), "C", positive=hyperbolic)
        if fresh:
            relations.append(cosine**2 - sine**2 - 1 if hyperbolic else cosine**2 + sine**2 - 1)
        return sine, cosine

    def build(node: sp.Expr) -> sp.Expr:
        if not node.has(variable) or node == variable:
            return node
        if isinstance(node, (sp.Add, sp.Mul)):
            return node.func(*(build(argument) for argument in node.args))
        if isinstance(node, sp.exp):
            base = angles["exp", _direction(node.args[0], variable)]
            return kernel(sp.exp(base), "E", positive=True) ** (node.args[0] / base)
        if isinstance(node, sp.Pow):
            base, exponent = node.as_base_exp()
            if exponent.is_Integer:
                return build(base) ** exponent
            if exponent.is_Rational:
                root = kernel(sp.Pow(base, sp.Rational(1, exponent.q)), "R", positive=True)
                relation = root**exponent.q - build(base)
                numerator = sp.fraction(sp.together(relation))[0]
                if numerator not in relations:
                    relations.append(numerator)
                return root**exponent.p
            return kernel(node, "K")
        if isinstance(node, (*PERIODIC, *HYPERBOLIC)):
            family = "hyp" if isinstance(node, HYPERBOLIC) else "trig"
            base = angles[family, _direction(node.args[0], variable)]
            multiple = node.args[0] / base
            sine, cosine = pair(type(node), base)
            if multiple == 1:
                return sine if isinstance(node, (sp.sin, sp.sinh)) else cosine
            angle = sp.Dummy("phi", real=True)
            odd, even = (sp.sinh, sp.cosh) if family == "hyp" else (sp.sin, sp.cos)
            return sp.expand_trig(node.func(multiple * angle)).xreplace(
                {odd(angle): sine, even(angle): cosine}
            )
        return kernel(node, "K", positive=bool(node.is_positive))

    expression = build(formula)
    form = KernelForm(expression, variable, kernels, tuple(relations))
    return form.with_expression(_lowest_terms(form))


def _direction(argument: sp.Expr, variable: sp.Symbol) -> sp.Expr:
    """The argument up to a rational factor."""
    coefficient, rest = argument.as_coeff_Mul()
    return rest if coefficient.is_Rational else argument


def _unified(formula: sp.Expr, variable: sp.Symbol) -> sp.Expr:
    """Quotients instead of tangents, exponentials instead of hyperbolic functions of logarithms, split
    exponents and logarithms."""
    formula = formula.replace(
        lambda node: isinstance(node, (sp.tanh, sp.sinh, sp.cosh, sp.coth)) and node.has(sp.log),
        lambda node: in_exponentials(node),
    )
    formula = formula.replace(
        lambda node: type(node) in _TO_SINE and node.has(variable),
        lambda node: _TO_SINE[type(node)](node.args[0]),
    )
    if formula.has(sp.exp) and any(node.has(variable) for node in formula.atoms(sp.sinh, sp.cosh)):
        formula = formula.replace(
            lambda node: isinstance(node, HYPERBOLIC) and node.has(variable),
            lambda node: in_exponentials(node),
        )
    formula = formula.replace(
        lambda node: isinstance(node, sp.Pow) and node.exp.has(variable) and node.base != sp.E,
        lambda node: sp.exp(node.exp * sp.log(node.base)),
    )
    formula = formula.replace(
        lambda node: isinstance(node, sp.exp) and node.has(variable),
        lambda node: sp.Mul(*(sp.exp(term) for term in sp.Add.make_args(sp.expand(node.args[0])))),
    )
    formula = formula.replace(
        lambda node: (
            isinstance(node, (*PERIODIC, *HYPERBOLIC))
            and node.has(variable)
            and sp.expand(node.args[0]).is_Add
        ),
        lambda node: sp.expand_trig(node.func(sp.expand(node.args[0]))),
    )
    return formula.replace(lambda node: isinstance(node, sp.log) and node.has(variable), _split_logarithm)


def _split_logarithm(node: sp.log) -> sp.Expr:
    numerator, denominator = sp.fraction(sp.together(node.args[0]))
    if denominator.is_positive and denominator != 1:
        below = sp.expand_log(sp.log(denominator))
        return (
            _split_logarithm(sp.log(numerator)) - below
            if isinstance(sp.log(numerator), sp.log)
            else sp.log(numerator) - below
        )
    content, rest = sp.factor_terms(numerator).as_coeff_Mul()
    if content.is_positive and content != 1:
        return sp.log(content) + sp.log(rest)
    return node


def _angles(formula: sp.Expr, variable: sp.Symbol) -> dict[tuple[str, sp.Expr], sp.Expr]:
    """For each family and each direction the largest argument of which all that occur are integer
    multiples."""
    multiples: dict[tuple[str, sp.Expr], set[sp.Rational]] = {}
    for node in formula.atoms(sp.exp, *PERIODIC, *HYPERBOLIC):
        if node.has(variable):
            family = "exp" if isinstance(node, sp.exp) else "hyp" if isinstance(node, HYPERBOLIC) else "trig"
            direction = _direction(node.args[0], variable)
            multiples.setdefault((family, direction), set()).add(sp.Rational(node.args[0] / direction))
    return {key: reduce(_common, values) * key[1] for key, values in multiples.items()}


def _common(first: sp.Rational, second: sp.Rational) -> sp.Rational:
    return sp.Rational(sp.igcd(first.p * second.q, second.p * first.q), first.q * second.q)


def _lowest_terms(form: KernelForm) -> sp.Expr:
    """Cancel, with even powers of cosines and of square roots removed and roots moved to the numerator."""
    expression = _cancel(form.expression)
    for relation in form.relations:
        leading = _leading(relation, form)
        if leading is None or not expression.has(leading):
            continue
        numerator, denominator = (sp.rem(part, relation, leading) for part in sp.fraction(expression))
        conjugate = denominator.subs(leading, -leading)
        root = form.kernels[leading].is_Pow
        degree = sp.degree(relation, leading)
        if (
            denominator.has(leading)
            and degree == 2
            and (root or sp.cancel(conjugate / denominator).has(leading))
        ):
            candidate = _cancel(
                sp.rem(sp.expand(numerator * conjugate), relation, leading)
                / sp.rem(sp.expand(denominator * conjugate), relation, leading)
            )
            if root or sp.count_ops(candidate) < sp.count_ops(expression):
                expression = candidate
                continue
        expression = min(_cancel(numerator / denominator), expression, key=sp.count_ops)
    return expression


def _leading(relation: sp.Expr, form: KernelForm) -> sp.Symbol | None:
    """The cosine or the root that the relation eliminates."""
    for symbol in form.kernels:
        if relation.has(symbol) and (
            form.kernels[symbol].is_Pow or isinstance(form.kernels[symbol], (sp.cos, sp.cosh))
        ):
            return symbol
    return None


def _cancel(expression: sp.Expr) -> sp.Expr:
    try:
        return sp.cancel(expression)
    except (sp.PolynomialError, NotImplementedError):
        return expression
