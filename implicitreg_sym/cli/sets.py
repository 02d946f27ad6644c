"""Sets of real numbers in the notation of intervals."""

from __future__ import annotations

import sympy as sp

from implicitreg_sym.formula import formula_text


def set_text(values: sp.Set) -> str:
    """Return a set as text: intervals, unions with ``U``, what is left out after a backslash.

    >>> print(set_text(sp.Union(sp.Interval.Lopen(0, 1), sp.Interval.open(2, sp.oo))))
    (0, 1] U (2, oo)
    >>> print(set_text(sp.Complement(sp.S.Reals, sp.S.Integers, evaluate=False)))
    (-oo, oo) \\ Integers
    """
    match values:
        case sp.Interval():
            opening, closing = "(" if values.left_open else "[", ")" if values.right_open else "]"
            return f"{opening}{_text(values.start)}, {_text(values.end)}{closing}"
        case sp.Union():
            return " U ".join(set_text(part) for part in sorted(values.args, key=sp.default_sort_key))
        case sp.Complement():
            whole, missing = values.args
            return f"{set_text(whole)} \\ {set_text(missing)}"
        case sp.FiniteSet():
            return "{" + ", ".join(_text(entry) for entry in values) + "}"
        case sp.ImageSet():
            function = values.lamda
            domains = ", ".join(
                f"{symbol} in {domain}"
                for symbol, domain in zip(function.variables, values.base_sets, strict=True)
            )
            return f"{{{_text(function.expr)} : {domains}}}"
        case sp.ConditionSet():
            return f"{{{values.sym} in {set_text(values.base_set)} : {_text(values.condition)}}}"
    return {sp.S.Reals: "(-oo, oo)", sp.S.EmptySet: "{}"}.get(values, str(values))


def _text(entry: sp.Basic) -> str:
    return str(entry) if entry in (sp.oo, -sp.oo) else formula_text(entry)
