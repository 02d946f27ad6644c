"""Evaluation of symbolic expressions over mpmath numbers, Arb balls, complex balls and power series."""

from implicitreg_sym.evaluate.ball import Ball, exact_decimal
from implicitreg_sym.evaluate.program import Program, compile_expression, series_length

__all__ = ["Ball", "Program", "compile_expression", "exact_decimal", "series_length"]
