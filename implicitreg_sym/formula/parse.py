"""From text to SymPy through a white list: nothing is evaluated, sizes are bounded, numbers are exact.

Python's own grammar (`ast.parse`, which builds a tree and runs nothing) reads the text; every node of the
tree is then translated by a rule of this file or refused with the place of the offending character.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import sympy as sp
from sympy.logic.boolalg import Boolean

from implicitreg_sym.errors import InputError
from implicitreg_sym.formula.text import shortened

MAX_LENGTH = 2000
MAX_NODES = 600
MAX_DEPTH = 60
MAX_LITERAL_DIGITS = 100
MAX_EXPONENT = 64
MAX_NUMBER_BITS = 4096

_ALLOWED = re.compile(r"[A-Za-z0-9_.,+\-*/()<>=& ]")
_LITERAL = re.compile(r"(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?\Z")

_FUNCTIONS: Mapping[str, Callable[[sp.Expr], sp.Expr]] = {
    "exp": sp.exp,
    "log": sp.log,
    "ln": sp.log,
    "sqrt": sp.sqrt,
    "sin": sp.sin,
    "cos": sp.cos,
    "tan": sp.tan,
    "asin": sp.asin,
    "acos": sp.acos,
    "atan": sp.atan,
    "arctan": sp.atan,
    "sinh": sp.sinh,
    "cosh": sp.cosh,
    "tanh": sp.tanh,
    "asinh": sp.asinh,
    "arcsinh": sp.asinh,
    "acosh": sp.acosh,
    "atanh": sp.atanh,
    "erf": sp.erf,
    "erfc": sp.erfc,
    "erfi": sp.erfi,
    "abs": sp.Abs,
    "Abs": sp.Abs,
    "sign": sp.sign,
    "LambertW": sp.LambertW,
}
_CONSTANTS: Mapping[str, sp.Expr] = {"pi": sp.pi, "E": sp.E}
_SPECIAL = ("max", "min", "Piecewise", "polylog", "hyper", "Integral")
_MISSING = re.compile(r"[-+*/<>=&](?=\s*(?:\)|\Z))")  # an operator with nothing behind it
_COMPARISONS: Mapping[type[ast.cmpop], Callable[[sp.Expr, sp.Expr], Boolean]] = {
    ast.Gt: sp.Gt,
    ast.GtE: sp.Ge,
    ast.Lt: sp.Lt,
    ast.LtE: sp.Le,
}


@dataclass(frozen=True, slots=True)
class _Reader:
    """The translation of one text: its characters, the names that it may use, and where a complaint
    points."""

    text: str
    names: Mapping[str, sp.Symbol]

    def fail(self, node: ast.AST, problem: str) -> InputError:
        return _complaint(self.text, self._place(node), problem)

    def _place(self, node: ast.AST) -> int:
        """The column of what makes the node what it is: the operator of an operation, else its first
        character."""
        match node:
            case (
                ast.BinOp(left=first)
                | ast.Attribute(value=first)
                | ast.IfExp(body=first)
                | ast.Subscript(value=first)
            ):
                column = first.end_col_offset or 0
                while column < len(self.text) - 1 and self.text[column] in " )":
                    column += 1
                return column
        return getattr(node, "col_offset", 0)

    def expression(self, node: ast.AST) -> sp.Expr:
        result = self._translate(node)
        if not isinstance(result, sp.Expr):
            raise self.fail(node, "a condition stands where a number is expected")
        for number in result.atoms(sp.Rational):
            if max(number.p.bit_length(), number.q.bit_length()) > MAX_NUMBER_BITS:
                raise self.fail(node, "this number is too large; write a smaller one")
        if result.has(sp.zoo, sp.nan, sp.oo, -sp.oo, sp.I):
            raise self.fail(
                node,
                "this is not a real number (a division by zero, or a root or logarithm of a negative number)",
            )
        return result

    def _translate(self, node: ast.AST) -> sp.Expr:
        match node:
            case ast.Constant():
                return self._number(node)
            case ast.Name(id=name):
                return self._name(node, name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self.expression(operand)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.expression(operand)
            case ast.BinOp(left=left, op=operator, right=right):
                return self._binary(node, self.expression(left), operator, self.expression(right))
            case ast.Call():
                return self._call(node)
        raise self.fail(
            node,
            f"{type(node).__name__} is not part of a formula; use numbers, + - * / **, parentheses and "
            f"functions",
        )

    def _number(self, node: ast.Constant) -> sp.Rational:
        literal = self.text[node.col_offset : node.end_col_offset]
        parts = _LITERAL.match(literal)
        if parts is None or not (parts[1] or parts[2]):
            raise self.fail(node, f"{literal!r} is not a decimal number; write for instance 3, 0.25 or 1/4")
        whole, fraction, exponent = parts[1] or "", parts[2] or "", int(parts[3] or 0)
        if len(whole) + len(fraction) > MAX_LITERAL_DIGITS or abs(exponent) > MAX_LITERAL_DIGITS:
            raise self.fail(node, f"this number is too long; at most {MAX_LITERAL_DIGITS} digits are read")
        return sp.Rational(int(whole + fraction)) * sp.Integer(10) ** (exponent - len(fraction))

    def _name(self, node: ast.AST, name: str) -> sp.Expr:
        if name in self.names:
            return self.names[name]
        if name in _CONSTANTS:
            return _CONSTANTS[name]
        if name in _FUNCTIONS or name in _SPECIAL:
            raise self.fail(node, f"the function {name} needs its argument in parentheses")
        allowed = ", ".join([*self.names, *_CONSTANTS])
        raise self.fail(node, f"unknown name {shortened(name, 40)!r}; the names allowed here are {allowed}")

    def _binary(self, node: ast.AST, left: sp.Expr, operator: ast.operator, right: sp.Expr) -> sp.Expr:
        match operator:
            case ast.Add():
                return left + right
            case ast.Sub():
                return left - right
            case ast.Mult():
                return left * right
            case ast.Div():
                if right.is_zero:
                    raise self.fail(node, "this divides by zero")
                return left / right
            case ast.Pow():
                self._check_power(node, left, right)
                return left**right
        raise self.fail(node, "this operator is not part of a formula; use + - * / **")

    def _check_power(self, node: ast.AST, base: sp.Expr, exponent: sp.Expr) -> None:
        if isinstance(exponent, sp.Rational):
            if abs(exponent.p) > MAX_EXPONENT or exponent.q > MAX_EXPONENT:
                raise self.fail(node, f"the exponent {exponent} is too large; at most {MAX_EXPONENT} is read")
            if base.is_zero and exponent <= 0:
                raise self.fail(node, "this divides by zero")
        elif base.is_number and not base.is_positive:
            raise self.fail(node, "only a positive number can be raised to a variable power")

    def _call(self, node: ast.Call) -> sp.Expr:
        if not isinstance(node.func, ast.Name):
            raise self.fail(node, "only a named function can be applied to an argument")
        name, _arguments = node.func.id, node.args
        if node.keywords:
            raise self.fail(node, "functions take no named arguments")
        if name == "Piecewise":
            return self._piecewise(node)
        if name == "polylog":
            order, argument = self._arity(node, 2)
            return sp.polylog(self.expression(order), self.expression(argument))
        if name == "hyper":
            upper, lower, argument = self._arity(node, 3)
            return sp.hyper(self._tuple(upper), self._tuple(lower), self.expression(argument))
        if name == "Integral":
            return self._integral(node)
        if name in {"max", "min"}:
            return self._extremum(node, name)
        if name not in _FUNCTIONS:
            known = ", ".join([*_FUNCTIONS, *_SPECIAL])
            raise self.fail(node, f"unknown function {shortened(name, 40)!r}; the functions are {known}")
        (only,) = self._arity(node, 1)
        return _FUNCTIONS[name](self.expression(only))

    def _arity(self, node: ast.Call, count: int) -> Sequence[ast.expr]:
        if len(node.args) != count:
            name = self.text[node.col_offset : node.col_offset + 12].split("(")[0]
            raise self.fail(node, f"{name} takes {count} argument{'s' * (count > 1)}, {len(node.args)} given")
        return node.args

    def _tuple(self, node: ast.AST) -> tuple[sp.Expr, ...]:
        if not isinstance(node, ast.Tuple):
            raise self.fail(node, "the parameters of hyper are written in parentheses, such as (1, 1)")
        return tuple(self.expression(entry) for entry in node.elts)

    def _integral(self, node: ast.Call) -> sp.Expr:
        """``Integral(f(v), (v, lower, upper))``, kept as it stands: the form of a G without closed form."""
        integrand, limits = self._arity(node, 2)
        if (
            not isinstance(limits, ast.Tuple)
            or len(limits.elts) != 3
            or not isinstance(limits.elts[0], ast.Name)
        ):
            raise self.fail(limits, "the limits of an Integral are written (v, lower, upper)")
        variable = sp.Symbol(limits.elts[0].id, real=True)
        inner = _Reader(self.text, {**self.names, variable.name: variable})
        return sp.Integral(
            inner.expression(integrand),
            (variable, self.expression(limits.elts[1]), self.expression(limits.elts[2])),
        )

    def _extremum(self, node: ast.Call, name: str) -> sp.Expr:
        """max(p, q) = p/2 + q/2 + Abs(p - q)/2, and min likewise with a minus; more arguments one by one."""
        if len(node.args) < 2:
            raise self.fail(node, f"{name} takes two arguments or more, {len(node.args)} given")
        best, *others = (self.expression(argument) for argument in node.args)
        for other in others:
            half_gap = sp.Abs(best - other) / 2
            best = best / 2 + other / 2 + (half_gap if name == "max" else -half_gap)
        return best

    def _piecewise(self, node: ast.Call) -> sp.Expr:
        if not node.args:
            raise self.fail(node, "Piecewise needs pairs (formula, condition)")
        branches = []
        for argument in node.args:
            if not isinstance(argument, ast.Tuple) or len(argument.elts) != 2:
                raise self.fail(argument, "each argument of Piecewise is a pair (formula, condition)")
            branches.append((self.expression(argument.elts[0]), self._condition(argument.elts[1])))
        return sp.Piecewise(*branches)

    def _condition(self, node: ast.AST) -> Boolean:
        match node:
            case ast.Constant(value=bool(truth)):
                return sp.true if truth else sp.false
            case ast.Compare(left=left, ops=operators, comparators=comparators):
                sides = [self.expression(left), *(self.expression(side) for side in comparators)]
                relations = []
                for operator, smaller, larger in zip(operators, sides, sides[1:], strict=False):
                    if type(operator) not in _COMPARISONS:
                        raise self.fail(node, "conditions compare with < <= > >=")
                    relations.append(_COMPARISONS[type(operator)](smaller, larger))
                return sp.And(*relations)
            case ast.BinOp(left=left, op=ast.BitAnd(), right=right):
                return sp.And(self._condition(left), self._condition(right))
        raise self.fail(
            node, "a condition is a comparison such as u > 0, a conjunction (u > 0) & (u < 1), or True"
        )


def _complaint(text: str, column: int, problem: str) -> InputError:
    column = max(0, min(column, len(text) - 1))
    shown = text[column] if text else ""
    return InputError(f"cannot read {shortened(text)!r}: at character {column + 1} ({shown!r}): {problem}")


def _measure(text: str, tree: ast.AST) -> None:
    """Refuse a tree that is too large or too deep, without recursion."""
    pending, count = [(tree, 0)], 0
    while pending:
        node, depth = pending.pop()
        count += 1
        if count > MAX_NODES or depth > MAX_DEPTH:
            raise _complaint(
                text,
                getattr(node, "col_offset", 0),
                "the formula is too large from here on; write a shorter one",
            )
        pending.extend(
            (child, depth + 1)
            for child in ast.iter_child_nodes(node)
            if not isinstance(child, ast.operator | ast.expr_context)
        )


def parse_formula(text: str, names: Mapping[str, sp.Symbol]) -> sp.Expr:
    """Read a formula in the given names; exact numbers only (``0.3`` is 3/10), no code is run.

    Arguments: ``text``, at most 2000 ASCII characters; ``names``, the symbols that it may use, by name.
    Returns the SymPy expression. Raises `InputError`, naming the offending character.

    >>> from implicitreg_sym.symbols import u
    >>> parse_formula("log(1 + exp(0.5*u))", {"u": u})
    log(exp(u/2) + 1)
    >>> parse_formula("u^2", {"u": u})
    Traceback (most recent call last):
    ...
    implicitreg_sym.errors.InputError: cannot read 'u^2': at character 2 ('^'): this character is not
    allowed; powers are written **
    """
    if len(text) > MAX_LENGTH:
        raise InputError(f"the formula has {len(text)} characters; at most {MAX_LENGTH} are read")
    for column, character in enumerate(text):
        if not _ALLOWED.match(character):
            hint = "; powers are written **" if character == "^" else ""
            raise _complaint(text, column, f"this character is not allowed{hint}")
    if not text.strip():
        raise InputError("the formula is empty; write for instance u/(1+exp(-u))")
    padding = len(text) - len(text.lstrip())
    tree = _parse_tree(text, padding)
    _measure(text, tree)
    shifted = text[padding:]
    return _Reader(shifted, names).expression(tree.body)


def _parse_tree(text: str, padding: int) -> ast.Expression:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", SyntaxWarning)
            return ast.parse(text[padding:], mode="eval")
    except SyntaxError as error:
        missing = _MISSING.search(text)
        if missing is not None:
            raise _complaint(text, missing.start(), "a number or formula is missing after it") from None
        column = padding + (error.offset or 1) - 1
        raise _complaint(text, column, "the formula is not well formed here") from None
    except (RecursionError, MemoryError, ValueError):
        raise InputError(
            f"cannot read {shortened(text)!r}: it is nested too deeply; write a shorter formula"
        ) from None


def parse_number(text: str) -> sp.Expr:
    """Read an exact real number such as ``3/10``, ``0.3`` or ``log(5)``.

    >>> parse_number("2*log(5) - 0.5")
    -1/2 + 2*log(5)

    Raises `InputError` if the text is not a finite real number.
    """
    if text.strip().lower() in {"nan", "inf", "-inf", "oo", "-oo", "infinity", "-infinity"}:
        raise InputError(
            f"{text.strip()!r} is not a finite number; write a number such as 3/10, 0.3 or log(5)"
        )
    number = parse_formula(text, {})
    if not (number.is_number and number.is_extended_real is not False) or number.has(
        sp.Integral, sp.Piecewise
    ):
        raise InputError(
            f"{shortened(text)!r} is not a real number; write a number such as 3/10, 0.3 or log(5)"
        )
    return number
