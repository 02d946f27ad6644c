"""Formulas as text: read through a white list, written so that they can be read back."""

from implicitreg_sym.formula.parse import parse_formula, parse_number
from implicitreg_sym.formula.text import formula_text, shortened

__all__ = ["formula_text", "parse_formula", "parse_number", "shortened"]
