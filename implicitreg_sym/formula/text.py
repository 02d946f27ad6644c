"""From SymPy to text that `parse_formula` reads back to the same expression."""

from __future__ import annotations

import sympy as sp
from sympy.printing.str import StrPrinter


class _FormulaPrinter(StrPrinter):  # type: ignore[misc]
    """SymPy's text form, with conditions and parameters in the grammar of `parse_formula`."""

    def _print_And(self, expr: sp.And) -> str:
        return " & ".join(f"({self._print(part)})" for part in expr.args)

    def _print_Abs(self, expr: sp.Abs) -> str:
        return f"Abs({self._print(expr.args[0])})"

    def _print_hyper(self, expr: sp.hyper) -> str:
        upper, lower = (self._parameters(parameters) for parameters in (expr.ap, expr.bq))
        return f"hyper({upper}, {lower}, {self._print(expr.argument)})"

    def _parameters(self, parameters: sp.Tuple) -> str:
        inner = ", ".join(self._print(parameter) for parameter in parameters)
        return f"({inner},)" if len(parameters) == 1 else f"({inner})"


def shortened(text: str, length: int = 80) -> str:
    """Return a text as a message quotes it, cut off where it is long.

    >>> shortened("u*exp(u)", 6)
    'u*e...'
    """
    return text if len(text) <= length else text[: length - 3] + "..."


def formula_text(expression: sp.Expr) -> str:
    """Return the expression as text; ``parse_formula(formula_text(e), names) == e``.

    >>> import sympy as sp
    >>> from implicitreg_sym.symbols import u
    >>> formula_text(sp.hyper((1, 1), (sp.Rational(3, 2), 2), u**2) * u**2 / 2)
    'u**2*hyper((1, 1), (3/2, 2), u**2)/2'
    """
    return str(_FormulaPrinter({"order": "lex"}).doprint(expression))
