"""SymPy expressions to straight-line programs whose instructions have Taylor recurrences.

A program is a list of instructions, each of which refers to others by position. Equal sub-expressions share
one instruction, and products share their common pairs of factors. Only elementary operations with a known
recurrence are translated; anything else is refused by name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sympy
from sympy import Expr, Symbol

from implicitreg_sym.errors import InputError


@dataclass(frozen=True, slots=True)
class Variable:
    """The component of the state with the given index."""

    index: int


@dataclass(frozen=True, slots=True)
class Linear:
    """``constant + Σ c_i v_i`` with constants c_i and positions of the v_i."""

    constant: Expr
    terms: tuple[tuple[Expr, int], ...]


@dataclass(frozen=True, slots=True)
class Product:
    """``v_left v_right``."""

    left: int
    right: int


@dataclass(frozen=True, slots=True)
class Reciprocal:
    """``1/v``."""

    argument: int


@dataclass(frozen=True, slots=True)
class Power:
    """``v^(numerator/denominator)``, not an integer power, for v > 0."""

    argument: int
    numerator: int
    denominator: int


@dataclass(frozen=True, slots=True)
class Function:
    """``φ(v)``, known by its name and by the position of the instruction that computes ``φ'(v)``."""

    name: str
    argument: int
    derivative: int


Instruction = Variable | Linear | Product | Reciprocal | Power | Function


@dataclass(frozen=True, slots=True)
class Program:
    """Instructions in an order in which arguments come first, and the positions of the outputs.

    The derivative of a `Function` alone may come later: the coefficient k of φ(v) needs those of φ'(v) up to
    k − 1.
    """

    instructions: tuple[Instruction, ...]
    outputs: tuple[int, ...]


# φ ↦ φ'(v) in terms of the argument v and of φ(v) itself.
_DERIVATIVES: dict[str, Callable[[Expr, Expr], Expr]] = {
    "exp": lambda v, phi: phi,
    "log": lambda v, phi: 1 / v,
    "sin": lambda v, phi: sympy.cos(v),
    "cos": lambda v, phi: -sympy.sin(v),
    "tan": lambda v, phi: 1 + phi**2,
    "sinh": lambda v, phi: sympy.cosh(v),
    "cosh": lambda v, phi: sympy.sinh(v),
    "tanh": lambda v, phi: 1 - phi**2,
    "asin": lambda v, phi: 1 / sympy.sqrt(1 - v**2),
    "acos": lambda v, phi: -1 / sympy.sqrt(1 - v**2),
    "atan": lambda v, phi: 1 / (1 + v**2),
    "asinh": lambda v, phi: 1 / sympy.sqrt(1 + v**2),
    "acosh": lambda v, phi: 1 / sympy.sqrt(v**2 - 1),
    "atanh": lambda v, phi: 1 / (1 - v**2),
    "erf": lambda v, phi: 2 / sympy.sqrt(sympy.pi) * sympy.exp(-(v**2)),
    "erfc": lambda v, phi: -2 / sympy.sqrt(sympy.pi) * sympy.exp(-(v**2)),
    "LambertW": lambda v, phi: sympy.exp(-phi) / (1 + phi),
}

_RECIPROCALS: dict[str, Callable[[Expr], Expr]] = {
    "cot": lambda v: sympy.cos(v) / sympy.sin(v),
    "sec": lambda v: 1 / sympy.cos(v),
    "csc": lambda v: 1 / sympy.sin(v),
    "coth": lambda v: sympy.cosh(v) / sympy.sinh(v),
    "sech": lambda v: 1 / sympy.cosh(v),
    "csch": lambda v: 1 / sympy.sinh(v),
}


@dataclass(frozen=True, slots=True)
class _Monomial:
    """A product of powers of instructions, before its factors are paired."""

    factors: tuple[tuple[int, int], ...]


class _Compiler:
    """Collects instructions, each distinct one once."""

    def __init__(self, variables: Sequence[Symbol]) -> None:
        self.nodes: list[Instruction | _Monomial] = []
        self._position: dict[Instruction | _Monomial, int] = {}
        self._compiled: dict[Expr, int] = {}
        for index, variable in enumerate(variables):
            self._compiled[variable] = self.add(Variable(index))

    def add(self, node: Instruction | _Monomial) -> int:
        if node not in self._position:
            self._position[node] = len(self.nodes)
            self.nodes.append(node)
        return self._position[node]

    def compile(self, expression: Expr) -> int:
        if expression not in self._compiled:
            position = self._translate(expression)
            self._compiled[expression] = position
        return self._compiled[expression]

    def _translate(self, expression: Expr) -> int:
        if isinstance(expression, Symbol):
            raise InputError(
                f"the symbol {expression} is not a variable of the flow; give it a value or list it"
            )
        if not expression.free_symbols:
            return self.add(Linear(_real_constant(expression), ()))
        if expression.is_Add:
            return self._sum(expression)
        if expression.is_Mul:
            return self._product(expression)
        if expression.is_Pow:
            return self._power(expression.base, expression.exp)
        name = type(expression).__name__
        if name in _RECIPROCALS and len(expression.args) == 1:
            return self.compile(_RECIPROCALS[name](expression.args[0]))
        if name in _DERIVATIVES and len(expression.args) == 1:
            return self._function(name, expression)
        raise InputError(
            f"the function {name} has no Taylor recurrence here; use +, *, powers, {', '.join(_DERIVATIVES)}"
        )

    def _sum(self, expression: Expr) -> int:
        constant, rest = expression.as_independent(*self._symbols(expression), as_Add=True)
        terms = []
        for term in sympy.Add.make_args(rest):
            factor, body = term.as_independent(*self._symbols(term), as_Add=False)
            terms.append((_real_constant(factor), self.compile(body)))
        return self.add(Linear(_real_constant(constant), tuple(terms)))

    def _product(self, expression: Expr) -> int:
        factor, body = expression.as_independent(*self._symbols(expression), as_Add=False)
        if factor != 1:
            return self.add(Linear(sympy.S.Zero, ((_real_constant(factor), self.compile(body)),)))
        exponents: Counter[int] = Counter()
        for base, exponent in (argument.as_base_exp() for argument in expression.args):
            position, multiplicity = self._factor(base, exponent)
            exponents[position] += multiplicity
        return self.add(_Monomial(tuple(sorted(exponents.items()))))

    def _power(self, base: Expr, exponent: Expr) -> int:
        position, multiplicity = self._factor(base, exponent)
        return position if multiplicity == 1 else self.add(_Monomial(((position, multiplicity),)))

    def _factor(self, base: Expr, exponent: Expr) -> tuple[int, int]:
        """Write base^exponent as a positive integer power of an instruction."""
        if base is sympy.E:
            return self.compile(sympy.exp(exponent)), 1
        if exponent.is_Integer and exponent > 0:
            return self.compile(base), int(exponent)
        if exponent.is_Integer:
            return self.add(Reciprocal(self.compile(base))), -int(exponent)
        if exponent.is_Rational:
            # b^(-p/q) as a power of 1/b^(1/q) would cost a reciprocal; the recurrence takes any exponent.
            return self.add(Power(self.compile(base), int(exponent.p), int(exponent.q))), 1
        return self.compile(sympy.exp(exponent * sympy.log(base), evaluate=False)), 1

    def _function(self, name: str, expression: Expr) -> int:
        argument = self.compile(expression.args[0])
        # The position is fixed before the derivative is compiled, for that may refer to the function itself.
        position = len(self.nodes)
        self.nodes.append(Function(name, argument, -1))
        itself = sympy.Dummy("phi")
        self._compiled[expression] = self._compiled[itself] = position
        derivative = self.compile(_DERIVATIVES[name](expression.args[0], itself))
        self.nodes[position] = Function(name, argument, derivative)
        return position

    def _symbols(self, expression: Expr) -> tuple[Symbol, ...]:
        return tuple(expression.free_symbols)


def _real_constant(expression: Expr) -> Expr:
    if expression.is_extended_real is False or expression.has(sympy.oo, sympy.zoo, sympy.nan):
        raise InputError(
            f"the constant {expression} is not a finite real number; the flow lives in the reals"
        )
    return expression


def _pair_factors(nodes: list[Instruction | _Monomial]) -> dict[int, int]:
    """Lower monomials to binary products, most frequent pair of factors first; return where each ended up."""
    open_products = {
        position: Counter(dict(node.factors))
        for position, node in enumerate(nodes)
        if isinstance(node, _Monomial)
    }
    replaced: dict[int, int] = {}
    while True:
        for position, factors in list(open_products.items()):
            if factors.total() == 1:
                replaced[position] = next(iter(factors.elements()))
                del open_products[position]
        if not open_products:
            return replaced
        uses: Counter[tuple[int, int]] = Counter()
        for factors in open_products.values():
            present = sorted(factors)
            for place, left in enumerate(present):
                uses[left, left] += factors[left] // 2
                for right in present[place + 1 :]:
                    uses[left, right] += min(factors[left], factors[right])
        pair = max(uses, key=lambda key: (uses[key], -key[0], -key[1]))
        nodes.append(Product(*pair))
        for factors in open_products.values():
            times = factors[pair[0]] // 2 if pair[0] == pair[1] else min(factors[pair[0]], factors[pair[1]])
            if times:
                factors.subtract({pair[0]: times})
                factors.subtract({pair[1]: times})
                factors[len(nodes) - 1] += times
            for spent in [position for position in pair if factors[position] == 0]:
                del factors[spent]


def compile_program(expressions: Sequence[Expr], variables: Sequence[Symbol]) -> Program:
    """Compile branch-free expressions in the variables to one program with an output for each.

    The first instructions are the variables, in the order given.

    Raises `InputError` for a symbol that is not a variable and for a function without a recurrence.

    >>> from sympy import exp, symbols
    >>> p, q = symbols("p q")
    >>> program = compile_program([p * q / (1 + exp(-p)), p * q], [p, q])
    >>> [type(instruction).__name__ for instruction in program.instructions]
    ['Variable', 'Variable', 'Linear', 'Function', 'Linear', 'Reciprocal', 'Product', 'Product']
    """
    compiler = _Compiler(variables)
    outputs = [compiler.compile(expression) for expression in expressions]
    nodes = compiler.nodes
    replaced = _pair_factors(nodes)
    order: dict[int, int] = {}
    instructions: list[Instruction] = []
    pending = [*reversed(outputs), *reversed(range(len(variables)))]
    while pending:
        _visit(pending.pop(), nodes, replaced, order, instructions, pending)
    final = tuple(
        _renumber(instruction, lambda old: order[_resolve(old, replaced)]) for instruction in instructions
    )
    return Program(final, tuple(order[_resolve(output, replaced)] for output in outputs))


def _resolve(position: int, replaced: dict[int, int]) -> int:
    while position in replaced:
        position = replaced[position]
    return position


def _visit(
    root: int,
    nodes: list[Instruction | _Monomial],
    replaced: dict[int, int],
    order: dict[int, int],
    instructions: list[Instruction],
    pending: list[int],
) -> None:
    """Append the instructions that root needs, arguments first; put derivatives off to the pending ones."""
    stack = [(_resolve(root, replaced), False)]
    while stack:
        position, ready = stack.pop()
        if position in order:
            continue
        node = nodes[position]
        assert not isinstance(node, _Monomial)
        if ready:
            order[position] = len(instructions)
            instructions.append(node)
            if isinstance(node, Function):
                pending.append(node.derivative)
            continue
        stack.append((position, True))
        stack.extend((_resolve(argument, replaced), False) for argument in reversed(arguments(node)))


def arguments(instruction: Instruction) -> tuple[int, ...]:
    """Return the positions that must be computed before the instruction.

    >>> arguments(Product(3, 5))
    (3, 5)
    """
    match instruction:
        case Variable():
            return ()
        case Linear(_, terms):
            return tuple(position for _, position in terms)
        case Product(left, right):
            return (left, right)
        case Reciprocal(argument) | Power(argument, _, _) | Function(_, argument, _):
            return (argument,)


def _renumber(instruction: Instruction, place: Callable[[int], int]) -> Instruction:
    match instruction:
        case Variable():
            return instruction
        case Linear(constant, terms):
            return Linear(constant, tuple((factor, place(position)) for factor, position in terms))
        case Product(left, right):
            return Product(place(left), place(right))
        case Reciprocal(argument):
            return Reciprocal(place(argument))
        case Power(argument, numerator, denominator):
            return Power(place(argument), numerator, denominator)
        case Function(name, argument, derivative):
            return Function(name, place(argument), place(derivative))
