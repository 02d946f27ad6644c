r"""From SymPy to the LaTeX of a paper: e^{-u/2}, \log 2, Li_2, {}_2F_2, cases, integrals, exact numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.printing.latex import LatexPrinter

from implicitreg_sym.derivation.delimiters import fixed_delimiters
from implicitreg_sym.derivation.display import LINE_WIDTH, display, excess, lay_out
from implicitreg_sym.derivation.mathematics import width
from implicitreg_sym.derivation.number import group_digits, number, truncated
from implicitreg_sym.evaluate import Ball

DIGITS = 30
_SETTINGS = {
    "inv_trig_style": "full", "fold_frac_powers": True, "root_notation": True, "long_frac_ratio": 3,
}  # fmt: skip
_NUMERALS = 24  # an exact rational whose numerator and denominator have more figures is printed as a decimal
_EXPONENT_WIDTH = 7.0  # em; longer exponents become \exp(...)
_NARROW = sp.Rational(1, 10**6)  # relative width below which an interval is a number with its error
_PRODUCT = sp.printing.precedence.PRECEDENCE["Mul"]
_ROOM = 0.75  # of the line: parts wider than this are rewritten where a formula does not fit
_BARE = re.compile(
    # log(2) with nothing after it that could be taken for its argument
    r"(\\(?:log|sin|cos|tan|sinh|cosh|tanh|arctan|coth|cot)) ?\((\d+|[a-zA-Z]|\\[a-zA-Z]+)\)"
    r"(?=\s*(?:\Z|[+\-,;.=<>)\]}&]|\\(?:le|ge|q?quad|right|bigr|Bigr|biggr)\b))"
)


class _PaperPrinter(LatexPrinter):  # type: ignore[misc]
    """SymPy's LaTeX with the habits of mathematical papers.

    Where there is a ``room`` (in em), wider fractions, roots and exponents, which no line end can divide,
    are written as products and powers.
    """

    def __init__(self, digits: int, inline: bool = False, room: float | None = None) -> None:
        super().__init__({**_SETTINGS, "fold_short_frac": inline, "mode": "plain"})
        self._digits, self._inline, self._room = digits, inline, room

    def _as_ordered_terms(self, expr: sp.Add, order: str | None = None) -> list[sp.Expr]:
        """Start with a positive term, and with the constant where the others are exponentials: 1 + e^u."""
        terms = list(super()._as_ordered_terms(expr, order))
        if terms[-1].is_Number and terms[-1].is_positive and all(term.has(sp.exp) for term in terms[:-1]):
            return [terms[-1], *terms[:-1]]
        first = next((index for index, term in enumerate(terms) if not term.could_extract_minus_sign()), 0)
        return [terms[first], *terms[:first], *terms[first + 1 :]]

    def _print_Symbol(self, expr: sp.Symbol, style: str = "plain") -> str:
        text: str = super()._print_Symbol(expr, style)
        text = text.replace("_{infty}", r"_{\infty}")
        return text.replace("_{star}", "^{*}").replace("^{star}", "^{*}")

    def _print_Integer(self, expr: sp.Integer) -> str:
        return group_digits(str(expr))

    def _print_Rational(self, expr: sp.Rational) -> str:
        if expr.q == 1:
            return group_digits(str(expr.p))
        if _has_many_figures(expr):
            return truncated(Fraction(int(expr.p), int(expr.q)), self._digits)
        sign, top, bottom = "-" * (expr.p < 0), group_digits(str(abs(expr.p))), group_digits(str(expr.q))
        return f"{sign}{top} / {bottom}" if self._inline else rf"{sign}\frac{{{top}}}{{{bottom}}}"

    def _print_Abs(self, expr: sp.Abs, exp: str | None = None) -> str:
        power = f"^{{{exp}}}" if exp else ""
        return rf"\left|{self._print(expr.args[0])}\right|{power}"

    def _print_ExpBase(self, expr: sp.exp, exp: str | None = None) -> str:
        exponent = _PaperPrinter(self._digits, inline=True).doprint(expr.args[0])
        if width(fixed_delimiters(exponent)) > _EXPONENT_WIDTH or r"\frac" in exponent or "begin" in exponent:
            power = f"^{{{exp}}}" if exp else ""
            return rf"\exp{power}\left({self._print(expr.args[0])}\right)"
        text = f"e^{{{exponent}}}"
        return rf"\left({text}\right)^{{{exp}}}" if exp else text

    def _print_log(self, expr: sp.log, exp: str | None = None) -> str:
        power = f"^{{{exp}}}" if exp else ""
        return rf"\log{power}{{\left({self._print(expr.args[0])}\right)}}"

    def _print_polylog(self, expr: sp.polylog, exp: str | None = None) -> str:
        order, argument = (self._print(part) for part in expr.args)
        power = f"^{{{exp}}}" if exp else ""
        return rf"\operatorname{{Li}}_{{{order}}}{power}\left({argument}\right)"

    def _print_hyper(self, expr: sp.hyper, exp: str | None = None) -> str:
        upper, lower = (
            ", ".join(self._parameter(value) for value in parameters) for parameters in (expr.ap, expr.bq)
        )
        power = f"^{{{exp}}}" if exp else ""
        head = rf"{{}}_{{{len(expr.ap)}}}F_{{{len(expr.bq)}}}{power}"
        return rf"{head}\left({upper}; {lower}; {self._print(expr.argument)}\right)"

    def _parameter(self, value: sp.Expr) -> str:
        return (
            rf"\tfrac{{{value.p}}}{{{value.q}}}"
            if value.is_Rational and value.q != 1
            else str(self._print(value))
        )

    def _print_asinh(self, expr: sp.asinh, exp: str | None = None) -> str:
        power = f"^{{{exp}}}" if exp else ""
        return rf"\operatorname{{arsinh}}{power}\left({self._print(expr.args[0])}\right)"

    def _print_Piecewise(self, expr: sp.Piecewise) -> str:
        pairs = [
            (self._print(value), r"\text{otherwise}" if when == sp.true else self._print(when))
            for value, when in expr.args
        ]
        rows = [f"{value}, & {condition}" for value, condition in pairs]
        if self._room is not None and self._too_wide(
            r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"
        ):
            room = self._room - max(width(condition) for _value, condition in pairs) - 4
            rows = [f"{_aligned(value + ',', room)} & {condition}" for value, condition in pairs]
        return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"

    def _print_Integral(self, expr: sp.Integral) -> str:
        signs, measures = "", ""
        for variable, *ends in reversed(expr.limits):
            bounds = rf"_{{{self._print(ends[0])}}}^{{{self._print(ends[1])}}}" if len(ends) == 2 else ""
            signs = rf"\int{bounds} " + signs
            measures += rf" \, d{self._print(variable)}"
        return f"{signs}{self.parenthesize(expr.function, _PRODUCT, strict=True)}{measures}"

    def _print_Derivative(self, expr: sp.Derivative) -> str:
        function = expr.expr
        if (
            isinstance(function, AppliedUndef)
            and len(function.args) == 1
            and expr.variables == function.args * len(expr.variables)
        ):
            return self._primed(function, len(expr.variables), function.args[0])
        return str(super()._print_Derivative(expr))

    def _print_Subs(self, expr: sp.Subs) -> str:
        inner, variables, values = expr.args
        if (
            isinstance(inner, sp.Derivative)
            and isinstance(inner.expr, AppliedUndef)
            and inner.expr.args == tuple(variables)
        ):
            return self._primed(inner.expr, len(inner.variables), values[0])
        return str(super()._print_Subs(expr))

    def _primed(self, function: AppliedUndef, order: int, argument: sp.Expr) -> str:
        marks = "'" * order if order <= 3 else f"^{{({order})}}"
        name = self._print(sp.Symbol(function.func.__name__))
        return rf"{name}{marks}\left({self._print(argument)}\right)"

    def _print_And(self, expr: sp.And) -> str:
        return r",\quad ".join(self._chained(expr.args))

    def _print_Not(self, expr: sp.Not) -> str:
        return rf"\neg {self._nested(expr.args[0])}"

    def _print_Implies(self, expr: sp.Implies, altchar: str | None = None) -> str:
        premise, conclusion = map(self._nested, expr.args)
        return rf"{premise} \Rightarrow {conclusion}"

    def _nested(self, condition: sp.Basic) -> str:
        """A condition inside another: a conjunction in parentheses, with the logical sign."""
        if isinstance(condition, sp.And):
            return r"\left(" + r" \land ".join(self._chained(condition.args)) + r"\right)"
        return str(self._print(condition))

    def _chained(self, parts: Iterable[sp.Basic]) -> list[str]:
        """Conditions in a stable order, a lower and an upper bound of one expression joined to a chain."""
        bounds: dict[sp.Expr, dict[str, sp.Basic]] = {}
        rest: list[sp.Basic] = []
        for part in sorted(parts, key=sp.default_sort_key):
            side = _bounded_side(part)
            if side is None or side[1] in bounds.get(side[0], {}):
                rest.append(part)
            else:
                bounds.setdefault(side[0], {})[side[1]] = part
        texts = []
        for name, found in bounds.items():
            if len(found) == 2:
                low, high = found["below"], found["above"]
                signs = [
                    "<" if isinstance(part, sp.StrictLessThan | sp.StrictGreaterThan) else r"\le"
                    for part in (low, high)
                ]
                low_end, middle, high_end = (self._print(part) for part in (low.lts, name, high.gts))
                texts.append(f"{low_end} {signs[0]} {middle} {signs[1]} {high_end}")
            else:
                texts += [self._print(part) for part in found.values()]
        return texts + [self._print(part) for part in rest]

    def _print_Contains(self, expr: sp.Contains) -> str:
        """Membership in an interval as a chain, and in one of almost no width as a number with its error."""
        element, values = expr.args
        if not isinstance(values, sp.Interval) or not (values.start.is_finite and values.end.is_finite):
            return str(super()._print_Contains(expr))
        low, high = values.start, values.end
        if low.is_Rational and high.is_Rational and high - low < _NARROW * max(1, abs(low)):
            ball = Ball(_fraction(low + high) / 2, _fraction(high - low) / 2)
            return f"{self._print(element)} = {number(ball, self._digits)}"
        below, above = ("<" if is_open else r"\le" for is_open in (values.left_open, values.right_open))
        return f"{self._print(low)} {below} {self._print(element)} {above} {self._print(high)}"

    def _print_Tuple(self, expr: Iterable[sp.Basic]) -> str:
        return r"\left(" + r",\, ".join(self._print(part) for part in expr) + r"\right)"

    _print_tuple = _print_Tuple

    def _print_Mul(self, expr: sp.Mul) -> str:
        coefficient, factor = expr.as_coeff_Mul()
        if _has_many_figures(coefficient):
            return f"{self._print_Rational(coefficient)} {self.parenthesize(factor, _PRODUCT)}"
        text = str(super()._print_Mul(expr))
        if not self._too_wide(text):
            return text
        numerator, denominator = sp.fraction(expr, exact=True)
        if denominator == 1:
            return text
        if denominator.is_Number or denominator.is_Symbol:
            sign = "- " * numerator.could_extract_minus_sign()
            rest = self.parenthesize(-numerator if sign else numerator, _PRODUCT)
            return rf"{sign}\frac{{1}}{{{self._print(denominator)}}} {rest}"
        base, exponent = denominator.as_base_exp()
        power = self._print(-exponent)
        return rf"\left({self._print(numerator)}\right) \cdot \left({self._print(base)}\right)^{{{power}}}"

    def _print_Pow(self, expr: sp.Pow) -> str:
        if isinstance(expr.base, AppliedUndef) and not expr.exp.is_negative and expr.exp != sp.S.Half:
            return f"{self._print(expr.base)}^{{{self._print(expr.exp)}}}"
        text = str(super()._print_Pow(expr))
        if text.startswith((r"\sqrt", r"\frac")) and self._too_wide(text):
            power = str(self._print(expr.exp)) if expr.exp.is_Integer else f"{expr.exp.p}/{expr.exp.q}"
            return rf"\left({self._print(expr.base)}\right)^{{{power}}}"
        return text

    def _too_wide(self, text: str) -> bool:
        return self._room is not None and width(fixed_delimiters(text)) > self._room


def _aligned(value: str, room: float) -> str:
    """A value over several lines where one is too short for it."""
    rows = lay_out(fixed_delimiters(value), room).rows
    return rows[0] if len(rows) == 1 else r"\!\begin{aligned}[t] " + r" \\ ".join(rows) + r" \end{aligned}"


def _fraction(value: sp.Rational) -> Fraction:
    return Fraction(int(value.p), int(value.q))


def _has_many_figures(value: sp.Expr) -> bool:
    return (
        bool(value.is_Rational)
        and value.q != 1
        and max(len(str(abs(value.p))), len(str(value.q))) > _NUMERALS
    )


def _bounded_side(relation: sp.Basic) -> tuple[sp.Expr, str] | None:
    """The expression that a constant bounds, and from which side."""
    if not isinstance(relation, sp.StrictLessThan | sp.LessThan | sp.StrictGreaterThan | sp.GreaterThan):
        return None
    if relation.lts.is_number and not relation.gts.is_number:
        return relation.gts, "below"
    if relation.gts.is_number and not relation.lts.is_number:
        return relation.lts, "above"
    return None


def latex(expression: sp.Basic, digits: int = DIGITS, inline: bool = False) -> str:
    r"""Return a SymPy expression, relation or set as LaTeX mathematics, without dollar signs.

    Arguments: ``digits``, figures shown of exact rationals too long to be printed as fractions (such a
    decimal is cut off and ends in dots); ``inline``, fractions with a slash.

    >>> u = sp.Symbol("u", real=True)
    >>> latex(sp.log(2) + sp.exp(-u / 2))
    '\\log 2 + e^{- u / 2}'
    >>> latex(sp.polylog(2, -sp.exp(u)))
    '\\operatorname{Li}_{2}(- e^{u})'
    >>> latex(sp.Symbol("a_infty") ** 2)
    'a_{\\infty}^{2}'
    """
    return _latex(expression, _PaperPrinter(digits, inline))


def _latex(expression: sp.Basic, printer: _PaperPrinter) -> str:
    text = fixed_delimiters(str(printer.doprint(expression)))
    return _BARE.sub(r"\1 \2", text)


def inline_formula(expression: sp.Basic, digits: int = DIGITS) -> str:
    r"""Return ``$...$`` for running text.

    >>> inline_formula(sp.Rational(3, 2) * sp.Symbol("x"))
    '$3 x / 2$'
    """
    return f"${latex(expression, digits, inline=True)}$"


def displayed_formula(
    expression: sp.Basic,
    digits: int = DIGITS,
    line_width: float = LINE_WIDTH,
    end: str = "",
    condition: str = "",
) -> str:
    r"""Return a display environment, on as many lines as the formula needs.

    Arguments: ``line_width`` in em; ``end``, closing punctuation; ``condition``, LaTeX that follows in
    parentheses. If a fraction or a root is too wide for any line, it is written as a product or a power.

    >>> print(displayed_formula(sp.Eq(sp.Symbol("k"), 1), condition="k > 0"))
    \[
      k = 1\qquad(k > 0)
    \]
    """
    suffix = rf" \qquad ({condition})" if condition else ""
    text = latex(expression, digits) + suffix
    if (too_wide := excess(text + end, line_width)) > 0:
        linear = _latex(expression, _PaperPrinter(digits, room=_ROOM * line_width)) + suffix
        if excess(linear + end, line_width) < too_wide:
            text = linear
    return display(text, line_width, end)


def domain(symbol: sp.Symbol, values: sp.Set, digits: int = DIGITS) -> str:
    r"""Say in mathematics which values a variable takes.

    >>> domain(sp.Symbol("u"), sp.Interval.open(0, sp.oo))
    'u > 0'
    >>> domain(sp.Symbol("T"), sp.Interval(0, 1))
    '0 \\le T \\le 1'
    """
    name = latex(symbol, digits)
    if not isinstance(values, sp.Interval) or values == sp.S.Reals:
        return rf"{name} \in {latex(values, digits)}"
    low, high = (latex(end, digits, inline=True) for end in (values.start, values.end))
    below = "<" if values.left_open else r"\le"
    above = "<" if values.right_open else r"\le"
    if values.end == sp.oo:
        return f"{name} {'>' if values.left_open else chr(92) + 'ge'} {low}"
    if values.start == -sp.oo:
        return f"{name} {above} {high}"
    return f"{low} {below} {name} {above} {high}"
