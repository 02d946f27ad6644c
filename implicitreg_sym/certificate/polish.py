"""From SymPy expressions to the Polish notation of certificates: a white list, everything else is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce

import sympy as sp

from implicitreg_sym.certificate.absence import NoCertificateError
from implicitreg_sym.certificate.numbers import rational_text
from implicitreg_sym.symbols import u

MAX_TOKENS = 4_000
MAX_EXPONENT = 1_000
Tokens = list[str]

_NAMES: Mapping[type[sp.Basic], str] = {
    sp.exp: "exp", sp.log: "log", sp.sin: "sin", sp.cos: "cos", sp.tan: "tan", sp.sinh: "sinh",
    sp.cosh: "cosh", sp.tanh: "tanh", sp.atan: "atan", sp.asinh: "asinh", sp.erf: "erf", sp.erfc: "erfc",
    sp.LambertW: "lambertw",
}  # fmt: skip
_REWRITTEN: Mapping[type[sp.Basic], Callable[[sp.Expr], sp.Expr]] = {
    sp.sech: lambda v: 1 / sp.cosh(v),
    sp.csch: lambda v: 1 / sp.sinh(v),
    sp.coth: lambda v: sp.cosh(v) / sp.sinh(v),
    sp.sec: lambda v: 1 / sp.cos(v),
    sp.csc: lambda v: 1 / sp.sin(v),
    sp.cot: lambda v: sp.cos(v) / sp.sin(v),
    sp.asin: lambda v: sp.atan(v / sp.sqrt(1 - v**2)),
    sp.acos: lambda v: sp.pi / 2 - sp.atan(v / sp.sqrt(1 - v**2)),
    sp.acosh: lambda v: sp.log(v + sp.sqrt(v**2 - 1)),
    sp.atanh: lambda v: sp.log((1 + v) / (1 - v)) / 2,
}


def polish(expression: sp.Expr) -> str:
    """Return an expression in `u`, or a number, in Polish notation, the same for equal expressions.

    Raises `NoCertificateError` if it holds an operation that docs/certificates.md does not know.

    >>> polish(1 / (1 + sp.exp(-u)))
    '/ 1 + 1 exp neg u'
    >>> polish(sp.Rational(2, 3) * u**2 - sp.log(5))
    '- * 2/3 ^2 u log 5'
    """
    tokens = _tokens(sp.sympify(expression, strict=True))
    if len(tokens) > MAX_TOKENS:
        raise NoCertificateError(
            f"an expression has {len(tokens)} tokens; a certificate holds at most {MAX_TOKENS}"
        )
    return " ".join(tokens)


def _tokens(node: sp.Expr) -> Tokens:
    if node == u:
        return ["u"]
    if isinstance(node, sp.Rational):
        return [rational_text(node)]
    if node is sp.pi:
        return ["pi"]
    if node is sp.E:
        return ["exp", "1"]
    if node.func in _REWRITTEN:
        return _tokens(_REWRITTEN[node.func](node.args[0]))
    match node:
        case sp.Add():
            return _sum(node)
        case sp.Mul():
            return _product(node)
        case sp.exp():
            return ["exp", *_tokens(node.args[0])]
        case sp.log() if isinstance(node.args[0], sp.Abs):
            return ["logabs", *_tokens(node.args[0].args[0])]
        case sp.Abs() if node.args[0].is_number:
            inside = node.args[0]
            return _tokens(inside if inside.is_nonnegative else -inside) if inside.is_real else _refuse(node)
        case sp.Pow(base=base, exp=sp.Rational() as exponent):
            return _power(base, exponent)
        case sp.Pow(base=base, exp=exponent):
            return ["exp", *_tokens(exponent * sp.log(base))]
        case sp.polylog() if node.args[0] == 2:
            return ["li2", *_tokens(node.args[1])]
        case sp.hyper() if (tuple(node.ap), tuple(node.bq)) == ((1, 1), (sp.Rational(3, 2), 2)):
            return ["2f2", *_tokens(node.argument)]
    if node.func in _NAMES and len(node.args) == 1:
        return [_NAMES[node.func], *_tokens(node.args[0])]
    return _refuse(node)


def _refuse(node: sp.Expr) -> Tokens:
    raise NoCertificateError(f"certificates have no notation for {node}")


def _sum(node: sp.Add) -> Tokens:
    first, *rest = _without_cancellation(node)
    tokens = _tokens(first)
    for term in rest:
        negative = bool(term.could_extract_minus_sign()) and not term.is_Add
        tokens = ["-" if negative else "+", *tokens, *_tokens(-term if negative else term)]
    return tokens


def _without_cancellation(total: sp.Add) -> Sequence[sp.Expr]:
    """The terms in order, c ± c erf(v) and c ± c tanh(v) joined, as they cancel for large |v|.

    1 + erf(v) = erfc(-v) and 1 + tanh(v) = 2/(1 + exp(-2v)).
    """
    terms = sorted(sp.Add.make_args(total), key=sp.default_sort_key)
    constant = next((term for term in terms if term.is_Rational), None)
    for term in terms if constant is not None else ():
        factor, function = term.as_coeff_Mul()
        sign = factor / constant
        if sign not in (1, -1) or not isinstance(function, sp.erf | sp.tanh):
            continue
        argument = function.args[0]
        # unevaluated, because SymPy writes erfc(-v) as 2 - erfc(v)
        joined = (
            sp.erfc(-sign * argument, evaluate=False)
            if isinstance(function, sp.erf)
            else 2 / (1 + sp.exp(-2 * sign * argument))
        )
        rest = [other for other in terms if other not in (term, constant)]
        return [sp.Mul(constant, joined, evaluate=False) if constant != 1 else joined, *rest]
    return terms


def _product(node: sp.Mul) -> Tokens:
    coefficient, rest = node.as_coeff_Mul()
    factors = sorted(sp.Mul.make_args(rest), key=sp.default_sort_key)
    above, below = list[Tokens](), list[Tokens]()
    for factor in factors:
        base, exponent = factor.as_base_exp() if factor.is_Pow else (factor, sp.S.One)
        if exponent.is_Rational and exponent < 0:
            below.append(_power(base, -exponent))
        else:
            above.append(_tokens(factor))
    negative = coefficient == -1 and bool(above)
    if coefficient != 1 and not negative:
        above.insert(0, [rational_text(coefficient)])
    tokens = _multiplied(above) if above else ["1"]
    if below:
        tokens = ["/", *tokens, *_multiplied(below)]
    return ["neg", *tokens] if negative else tokens


def _multiplied(factors: list[Tokens]) -> Tokens:
    return reduce(lambda product, factor: ["*", *product, *factor], factors)


def _power(base: sp.Expr, exponent: sp.Rational) -> Tokens:
    if max(abs(int(exponent.p)), int(exponent.q)) > MAX_EXPONENT:
        raise NoCertificateError(f"the exponent {exponent} is too large for a certificate")
    tokens = ["exp", "1"] if base is sp.E else _tokens(base)
    if exponent == 1:
        return tokens
    if exponent == -1:
        return ["/", "1", *tokens]
    if exponent == sp.Rational(1, 2):
        return ["sqrt", *tokens]
    return [f"^{rational_text(exponent)}", *tokens]
