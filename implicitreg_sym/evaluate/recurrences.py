"""How the Taylor coefficients of an elementary function follow from those of its argument: y' = h v' with an
elementary h.

Every operation of a program becomes nodes of a few kinds, each with a recurrence of its own:

* ``add``, ``scale`` (by a rational), ``mul`` (of two): termwise, and Cauchy's product;
* ``inverse``, y = 1/v: y_j = -y_0 Σ v_i y_{j-i}, i = 1, ..., j;
* ``chain``, y = f(v): y_j = (1/j) Σ i v_i h_{j-i}, where h may refer to y itself (exp, sin and cos, tan);
* ``fixed``: a value that does not depend on the variable.

So one transcendental value serves all coefficients.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from implicitreg_sym.evaluate.program import Instruction

_PAIRS = {
    "sin": ("sin_cos", 0), "cos": ("sin_cos", 1), "sinh": ("sinh_cosh", 0), "cosh": ("sinh_cosh", 1),
}  # fmt: skip
_RECIPROCALS = {"sec": "cos", "csc": "sin", "sech": "cosh", "csch": "sinh"}
_QUOTIENTS = {"cot": ("cos", "sin"), "coth": ("cosh", "sinh")}
_TANGENTS = {
    "tan": ("sin", "cos", 1, ("sin", "cos", "sec", "csc", "cot")),
    "tanh": ("sinh", "cosh", -1, ("sinh", "cosh", "sech", "csch", "coth")),
}


class NoRecurrenceError(ArithmeticError):
    """The derivative of an operation of the program is not elementary, or not in this table."""


@dataclass(slots=True, eq=False)
class Node:
    """One value of the program with its Taylor coefficients.

    ``value`` tells how the value is computed from those of the inputs; ``rate`` is h, and ``argument`` v, of
    a ``chain``.
    """

    kind: str
    inputs: list[Node] = field(default_factory=list)
    value: str = ""
    parameter: Any = None
    argument: Node | None = None
    rate: Node | None = None


def constant(place: int) -> Node:
    """The argument with that number, which does not depend on the variable."""
    return Node("fixed", [], "argument", place)


class Graph:
    """The nodes of a program; the first argument is the variable, the others are constants."""

    def __init__(self, instructions: Sequence[Instruction]) -> None:
        self._shared: dict[tuple[str, int], Node] = {}
        used = {(step.operation, step.inputs[0]) for step in instructions if len(step.inputs) == 1}
        self._used = used
        self.variable = Node("variable", [], "argument", 0)
        self.nodes: list[Node] = []
        for step in instructions:
            self.nodes.append(self._node(step))

    def primitive(self, value: Node, rate: Node) -> Node:
        """The node whose value is that of another one and whose derivative by the variable is ``rate``."""
        return Node("chain", [value], "copy", None, self.variable, rate)

    def _node(self, step: Instruction) -> Node:
        inputs = [self.nodes[index] for index in step.inputs]
        match step.operation:
            case "argument":
                return self.variable if step.parameter == 0 else constant(step.parameter)
            case "rational":
                return Node("fixed", [], "rational", Fraction(*step.parameter))
            case "pi" | "e":
                return Node("fixed", [], step.operation)
            case "add":
                return Node("add", inputs)
            case "mul":
                return self._product(inputs)
            case "power":
                return self._power(inputs[0], step.parameter)
            case "root":
                return self._root(inputs[0], step.parameter)
        if step.parameter is not None:
            return Node("chain", inputs, step.operation, step.parameter, inputs[0])
        return self._function(step.operation, inputs[0], step.inputs[0])

    def _product(self, factors: Sequence[Node]) -> Node:
        scale = Fraction(1)
        rest: list[Node] = []
        for factor in factors:
            if factor.value == "rational":
                scale *= factor.parameter
            else:
                rest.append(factor)
        if not rest:
            return Node("fixed", [], "rational", scale)
        total = rest[0]
        for factor in rest[1:]:
            total = Node("mul", [total, factor])
        return total if scale == 1 else Node("scale", [total], "", scale)

    def _power(self, base: Node, exponent: int) -> Node:
        if base.value == "exp":
            # exp(n v): y' = n y v'
            return self._exponential(base, exponent)
        if exponent < 0:
            return Node("inverse", [self._power(base, -exponent)])
        if exponent == 1:
            return base
        half = self._power(base, exponent // 2)
        square = Node("mul", [half, half])
        return Node("mul", [square, base]) if exponent % 2 else square

    def _exponential(self, base: Node, exponent: int) -> Node:
        node = Node("chain", [base], "power", exponent, base.argument)
        node.rate = Node("scale", [node], "", Fraction(exponent))
        return node

    def _root(self, base: Node, exponent: tuple[int, int]) -> Node:
        numerator, denominator = exponent
        if denominator == 2:
            root = Node("chain", [base], "sqrt", None, base)
            root.rate = Node("scale", [Node("inverse", [root])], "", Fraction(1, 2))
            return self._power(root, numerator)
        node = Node("chain", [base], "root", exponent, base)
        quotient = Node("mul", [node, Node("inverse", [base])])
        node.rate = Node("scale", [quotient], "", Fraction(numerator, denominator))
        return node

    def _one(self) -> Node:
        return Node("fixed", [], "rational", Fraction(1))

    def _shifted_square(self, node: Node, sign: int, shift: int) -> Node:
        """shift + sign v²."""
        square = Node("mul", [node, node])
        signed = square if sign == 1 else Node("scale", [square], "", Fraction(sign))
        return Node("add", [Node("fixed", [], "rational", Fraction(shift)), signed])

    def _pair(self, name: str, argument: Node, place: int) -> Node:
        """sin and cos (or sinh and cosh) of one argument, computed together."""
        both, index = _PAIRS[name]
        if (both, place) not in self._shared:
            pair = Node("fixed", [argument], both)
            first = Node("chain", [pair], "part", 0, argument)
            second = Node("chain", [pair], "part", 1, argument)
            first.rate = second
            second.rate = first if both == "sinh_cosh" else Node("scale", [first], "", Fraction(-1))
            self._shared[both, place] = pair
            self._shared[both + "0", place], self._shared[both + "1", place] = first, second
        return self._shared[f"{both}{index}", place]

    def _function(self, name: str, argument: Node, place: int) -> Node:
        if name in _PAIRS:
            return self._pair(name, argument, place)
        if name in _RECIPROCALS:
            return Node("inverse", [self._pair(_RECIPROCALS[name], argument, place)])
        if name in _QUOTIENTS:
            above, below = (self._pair(part, argument, place) for part in _QUOTIENTS[name])
            return Node("mul", [above, Node("inverse", [below])])
        if name in _TANGENTS:
            above_name, below_name, sign, relatives = _TANGENTS[name]
            if any((other, place) in self._used for other in relatives):
                above, below = (self._pair(part, argument, place) for part in (above_name, below_name))
                return Node("mul", [above, Node("inverse", [below])])
            node = Node("chain", [argument], name, None, argument)
            node.rate = self._shifted_square(node, sign, 1)
            return node
        return self._function_of(name, argument)

    def _rate(self, name: str, node: Node, v: Node) -> Node | None:
        """h of f(v)' = h v'; None where there is none, so that only the value can be had."""
        match name:
            case "exp":
                return node
            case "log":
                return Node("inverse", [v])
            case "log1p":
                return Node("inverse", [Node("add", [self._one(), v])])
            case "atan":
                return Node("inverse", [self._shifted_square(v, 1, 1)])
            case "atanh":
                return Node("inverse", [self._shifted_square(v, -1, 1)])
            case "asinh":
                return self._power(self._root(self._shifted_square(v, 1, 1), (1, 2)), -1)
            case "acosh":
                return self._power(self._root(self._shifted_square(v, 1, -1), (1, 2)), -1)
            case "asin" | "acos":
                sign = Fraction(1 if name == "asin" else -1)
                root = self._power(self._root(self._shifted_square(v, -1, 1), (1, 2)), -1)
                return Node("scale", [root], "", sign)
            case "erf" | "erfc" | "erfi":
                square = Node("mul", [v, v])
                exponent = square if name == "erfi" else Node("scale", [square], "", Fraction(-1))
                factor = Fraction(-2 if name == "erfc" else 2)
                weight = self._function_of("exp", exponent)
                return Node("scale", [Node("mul", [Node("fixed", [], "rsqrt_pi"), weight])], "", factor)
            case "abs":
                return Node("fixed", [v], "slope_of_abs")
            case "sign":
                return Node("fixed", [], "rational", Fraction(0))
        return None

    def _function_of(self, name: str, argument: Node) -> Node:
        node = Node("chain", [argument], name, None, argument)
        node.rate = self._rate(name, node, argument)
        return node
