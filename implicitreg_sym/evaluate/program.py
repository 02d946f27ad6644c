"""The one place that turns a SymPy expression into mpmath numbers, Arb balls and Arb power series.

An expression is compiled once into a straight-line program (common subexpressions are shared) and then run
over any of four number types. Only operations of the table below are translated; anything else is refused,
never approximated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import flint
import mpmath
import sympy as sp
from flint import acb, arb, arb_series

from implicitreg_sym.errors import InputError
from implicitreg_sym.evaluate.operations import OPERATIONS, Arithmetic


@dataclass(frozen=True, slots=True)
class Instruction:
    """One step: the value of ``operation`` at earlier values, or a constant, or an argument."""

    operation: str
    inputs: tuple[int, ...]
    parameter: Any = None


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled expression; each method evaluates it over one number type, at the precision in force there.

    Source: balls and their power series are Arb's, through python-flint; enclosures are rigorous.

    >>> import flint
    >>> from implicitreg_sym.symbols import u
    >>> program = compile_expression(sp.exp(u) / (1 + u**2), (u,))
    >>> program.arb(flint.arb(1)).overlaps(flint.arb(1).exp() / 2)
    True
    """

    instructions: tuple[Instruction, ...]

    def arb(self, *arguments: arb) -> arb:
        """Enclose the value over real balls; the result is not finite where the expression may be
        undefined."""
        result: flint.arb = self._run(Arithmetic.ARB, arguments)
        return result

    def acb(self, *arguments: acb, analytic: bool = False) -> acb:
        """Enclose the value over complex balls; with ``analytic``, not finite unless analytic on the whole
        ball."""
        result: flint.acb = self._run(Arithmetic.ACB_ANALYTIC if analytic else Arithmetic.ACB, arguments)
        return result

    def series(self, *arguments: arb_series, length: int) -> arb_series:
        """Enclose the first ``length`` Taylor coefficients of the composition with power series."""
        with series_length(length):
            result: arb_series = self._run(Arithmetic.SERIES, arguments)
        return result

    def mp(self, *arguments: mpmath.mpf) -> mpmath.mpf:
        """Evaluate with mpmath at its current precision: a number without error bound."""
        return self._run(Arithmetic.MP, arguments)

    def jet(self, point: flint.arb, length: int) -> list[flint.arb]:
        """Enclose ``[f(v), f'(v), f''(v)/2, ...]`` (``length`` entries) for all v in the ball ``point``."""
        with series_length(length):
            variable = arb_series([point, flint.arb(1)][:length], prec=length)
            coefficients = list(self._run(Arithmetic.SERIES, (variable,)).coeffs())
        return coefficients + [arb(0)] * (length - len(coefficients))

    def _run(self, arithmetic: Arithmetic, arguments: Sequence[Any]) -> Any:
        values: list[Any] = []
        for step in self.instructions:
            match step.operation:
                case "argument":
                    values.append(arguments[step.parameter])
                case "rational":
                    values.append(arithmetic.rational(step.parameter))
                case name:
                    inputs = [values[index] for index in step.inputs]
                    values.append(OPERATIONS[name].apply(arithmetic, inputs, step.parameter))
        return values[-1]


@contextmanager
def series_length(length: int) -> Iterator[None]:
    """Set python-flint's global cap on the length of power series, and put it back."""
    before = flint.ctx.cap
    flint.ctx.cap = length
    try:
        yield
    finally:
        flint.ctx.cap = before


@lru_cache(maxsize=4096)
def compile_expression(expression: sp.Expr, variables: tuple[sp.Symbol, ...]) -> Program:
    """Compile an expression in the given real variables.

    Returns a `Program`. Raises `InputError` if the expression contains an unknown function or symbol.

    >>> from implicitreg_sym.symbols import u, w
    >>> compile_expression(sp.gamma(u), (u,))
    Traceback (most recent call last):
    ...
    implicitreg_sym.errors.InputError: gamma(u) cannot be evaluated rigorously; use elementary functions,
    erf, polylog(2, .), LambertW or hyper
    """
    return Program(translate((expression,), variables)[0])


def translate(
    expressions: Sequence[sp.Expr], variables: tuple[sp.Symbol, ...]
) -> tuple[tuple[Instruction, ...], tuple[int, ...]]:
    """Return one straight-line program for several expressions, what they share computed once, and where
    their values are.

    >>> from implicitreg_sym.symbols import u
    >>> steps, places = translate((sp.exp(u), u + sp.exp(u)), (u,))
    >>> [step.operation for step in steps], places
    (['argument', 'exp', 'add'], (1, 2))
    """
    steps: list[Instruction] = []
    known: dict[sp.Expr, int] = {}
    positions = {variable: index for index, variable in enumerate(variables)}

    def emit(operation: str, inputs: tuple[int, ...] = (), parameter: Any = None) -> int:
        steps.append(Instruction(operation, inputs, parameter))
        return len(steps) - 1

    def place(node: sp.Expr) -> int:
        if node not in known:
            known[node] = build(node)
        return known[node]

    def build(node: sp.Expr) -> int:
        if node in positions:
            return emit("argument", (), positions[node])
        if isinstance(node, sp.Rational):
            return emit("rational", (), (int(node.p), int(node.q)))
        if isinstance(node, sp.log) and node.args[0].is_Add and sp.S.One in node.args[0].args:
            return emit("log1p", (place(node.args[0] - 1),))
        if node.func in _FUNCTION_NAMES:
            return emit(_FUNCTION_NAMES[node.func], tuple(place(argument) for argument in node.args))
        match node:
            case sp.Add() if (stable := _without_cancellation(node)) is not None:
                return place(stable)
            case sp.Add() | sp.Mul():
                operation = "add" if isinstance(node, sp.Add) else "mul"
                return emit(operation, tuple(place(argument) for argument in node.args))
            case sp.exp() if node.args[0].is_Mul and node.args[0].could_extract_minus_sign():
                # one shared exponential for exp(v) and exp(-v)
                return emit("power", (place(sp.exp(-node.args[0])),), -1)
            case sp.exp():
                return emit("exp", (place(node.args[0]),))
            case sp.Pow(base=base, exp=sp.Integer() as exponent):
                return emit("power", (place(base),), int(exponent))
            case sp.Pow(base=base, exp=sp.Rational() as exponent):
                return emit("root", (place(base),), (int(exponent.p), int(exponent.q)))
            case sp.Pow(base=base, exp=exponent):
                return place(sp.exp(exponent * sp.log(base), evaluate=False))
            case sp.polylog() if node.args[0] == 2:
                return emit("dilogarithm", (place(node.args[1]),))
            case sp.hyper():
                upper, lower = (
                    [(int(q.p), int(q.q)) for q in parameters] for parameters in (node.ap, node.bq)
                )
                return emit("hyper", (place(node.argument),), (tuple(upper), tuple(lower)))
        if node in _CONSTANTS:
            return emit(_CONSTANTS[node])
        raise InputError(
            f"{node} cannot be evaluated rigorously; use elementary functions, erf, polylog(2, .), "
            f"LambertW or hyper"
        )

    places = tuple(place(sp.sympify(expression, strict=True)) for expression in expressions)
    return tuple(steps), places


def _without_cancellation(total: sp.Add) -> sp.Expr | None:
    """Rewrite c ± c erf(v), c ± c tanh(v) and c - c tanh(v)^2 within a sum, which cancel for large |v|.

    Identities: 1 + erf(v) = erfc(-v); 1 + tanh(v) = 2/(1 + exp(-2v)); 1 - tanh(v)^2 = sech(v)^2.
    """
    constant, terms = total.as_coeff_add()
    if constant == 0:
        return None
    for term in terms:
        factor, function = term.as_coeff_Mul()
        sign = factor / constant
        match function:
            case sp.erf() if sign in (1, -1):
                # unevaluated, because SymPy writes erfc(-v) as 2 - erfc(v)
                stable = sp.erfc(-sign * function.args[0], evaluate=False)
            case sp.tanh() if sign in (1, -1):
                stable = 2 / (1 + sp.exp(-2 * sign * function.args[0]))
            case sp.Pow(base=sp.tanh() as base, exp=exponent) if sign == -1 and exponent == 2:
                stable = sp.sech(base.args[0]) ** 2
            case _:
                continue
        rest = [other for other in terms if other is not term]
        return (
            sp.Add(sp.Mul(constant, stable, evaluate=False), *rest, evaluate=False)
            if rest
            else constant * stable
        )
    return None


_CONSTANTS = {sp.pi: "pi", sp.E: "e"}
_FUNCTION_NAMES = {
    sp.log: "log",
    sp.sin: "sin",
    sp.cos: "cos",
    sp.tan: "tan",
    sp.asin: "asin",
    sp.acos: "acos",
    sp.atan: "atan",
    sp.sinh: "sinh",
    sp.cosh: "cosh",
    sp.tanh: "tanh",
    sp.asinh: "asinh",
    sp.acosh: "acosh",
    sp.atanh: "atanh",
    sp.sech: "sech",
    sp.csch: "csch",
    sp.coth: "coth",
    sp.sec: "sec",
    sp.csc: "csc",
    sp.cot: "cot",
    sp.erf: "erf",
    sp.erfc: "erfc",
    sp.erfi: "erfi",
    sp.Abs: "abs",
    sp.sign: "sign",
    sp.LambertW: "lambertw",
}
