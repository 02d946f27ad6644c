"""Taylor coefficients with as many bits as each is worth: the j-th one of order k at precision p_j, from one
evaluation of every transcendental function.

A program becomes one Python function without branches, loops or look-ups: at 1,000 digits a multiplication
takes a microsecond, and what is not arithmetic would dominate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import Any

import flint
from flint import arb, fmpq

from implicitreg_sym.evaluate.exact_arguments import exact_function
from implicitreg_sym.evaluate.operations import OPERATIONS
from implicitreg_sym.evaluate.recurrences import Node, NoRecurrenceError

_METHODS = frozenset(
    ("exp", "log", "log1p", "sin", "cos", "sin_cos", "tan", "sinh", "cosh", "sinh_cosh", "tanh")
    + ("asin", "acos", "atan", "asinh", "acosh", "atanh", "erf", "erfc", "erfi", "sqrt")
)
_NAMED = {"pi": "arb.pi()", "e": "arb.const_e()", "rsqrt_pi": "arb.pi().rsqrt()"}

Key = tuple[int, int]
Coefficient = Fraction | Key
Product = tuple[Fraction, list[Coefficient]]
Term = tuple[Fraction, tuple[Key, ...]]
_ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class StraightLine:
    """A function of precisions (p_0, ..., p_{orders - 1}) and arguments that returns the coefficients
    asked for.

    ``source`` is its text, ``run`` the function: it leaves the precision at the last one used.
    """

    source: str
    run: Callable[..., tuple[arb, ...]]


def straight_line(
    outputs: Sequence[tuple[Node, Iterable[int]]], arguments: int, orders: int, exact: bool = False
) -> StraightLine:
    """Compile the given Taylor coefficients of some nodes: ``(node, orders of interest)``.

    With ``exact`` the arguments may be exact rationals (fmpq) and stay so as long as possible. Raises
    `NoRecurrenceError` if a derivative is asked for that is not elementary.
    """
    return _Writer(exact).written(outputs, arguments, orders)


def _slope_of_abs(value: arb) -> arb:
    return arb(1) if value > 0 else arb(-1) if value < 0 else arb("nan")


class _Writer:
    """Collects coefficients in topological order, then writes them by falling precision."""

    def __init__(self, exact: bool) -> None:
        self._exact = exact
        self._places: dict[int, int] = {}
        self._kept: list[Node] = []  # so that no id is used twice
        self._coefficients: dict[Key, Coefficient] = {}
        self._texts: dict[Key, str] = {}
        self._needs: dict[Key, tuple[Key, ...]] = {}
        self._names: dict[str, Any] = {"arb": arb, "context": flint.ctx, "slope_of_abs": _slope_of_abs}
        self._constants: dict[Fraction, str] = {}

    def written(
        self, outputs: Sequence[tuple[Node, Iterable[int]]], arguments: int, orders: int
    ) -> StraightLine:
        wanted: list[tuple[Coefficient, int]] = [
            (self._coefficient(node, order), order) for node, interest in outputs for order in interest
        ]
        levels = dict.fromkeys(self._texts, orders)
        for coefficient, order in wanted:
            if not isinstance(coefficient, Fraction) and coefficient in levels:
                levels[coefficient] = min(levels[coefficient], order)
        for key in reversed(self._texts):
            for needed in self._needs[key]:
                if needed in levels:
                    levels[needed] = min(levels[needed], levels[key])
        parameters = ", ".join(["p", *(f"x{index}" for index in range(arguments))])
        lines = [f"def run({parameters}):"]
        for level in range(orders):
            here = [key for key in self._texts if levels[key] == level]
            if here:
                lines.append(f"    context.prec = p[{level}]")
            lines += [f"    {self._name(key)} = {self._texts[key]}" for key in here]
        results = "".join(self._text(coefficient) + ", " for coefficient, _order in wanted)
        source = "\n".join([*lines, f"    return ({results})", ""])
        # the text consists of names given here and integers: nothing in it comes from outside
        exec(compile(source, "<straight line>", "exec"), self._names)
        return StraightLine(source, self._names["run"])

    def _place(self, node: Node) -> int:
        if id(node) not in self._places:
            self._places[id(node)] = len(self._places)
            self._kept.append(node)
        return self._places[id(node)]

    def _name(self, key: Key) -> str:
        node = self._kept[key[0]]
        if node.value == "argument" and key[1] == 0:
            return f"x{node.parameter}"
        return f"v{key[0]}_{key[1]}"

    def _constant(self, value: Fraction) -> str:
        """An exact arb if it is one, else a rational, under a name."""
        if value not in self._constants:
            name = f"c{len(self._constants)}"
            odd = value.denominator & (value.denominator - 1)
            ratio = fmpq(value.numerator, value.denominator)
            exact: Any = ratio
            if not odd and not self._exact:
                exact = arb((value.numerator, 1 - value.denominator.bit_length()))
            self._constants[value], self._names[name] = name, exact
        return self._constants[value]

    def _text(self, coefficient: Coefficient) -> str:
        if isinstance(coefficient, Fraction):
            return f"arb({self._constant(coefficient)})"
        return self._name(coefficient)

    def _coefficient(self, node: Node, order: int) -> Coefficient:
        key = (self._place(node), order)
        if key not in self._coefficients:
            result = self._built(node, order, key)
            self._coefficients[key] = result
        return self._coefficients[key]

    def _emit(self, key: Key, text: str, needs: Iterable[Key]) -> Key:
        self._texts[key], self._needs[key] = text, tuple(needs)
        return key

    def _built(self, node: Node, order: int, key: Key) -> Coefficient:
        match node.kind:
            case "variable":
                return key if order == 0 else Fraction(1 if order == 1 else 0)
            case "fixed":
                if order > 0:
                    return Fraction(0)
                return node.parameter if node.value == "rational" else self._value(node, key)
            case "add":
                return self._sum(key, [self._product((v, order)) for v in node.inputs])
            case "scale":
                return self._sum(key, [self._product((node, order))])
            case "mul":
                return self._sum(key, self._cauchy(node.inputs[0], node.inputs[1], order))
            case "inverse":
                return self._inverse(node, order, key)
        if order == 0:
            return self._value(node, key)
        return self._chain(node, order, key)

    def _product(self, *factors: tuple[Node, int], factor: Fraction = _ONE) -> Product:
        """A product of coefficients, in which rational multiples are multiples of the product."""
        coefficients: list[Coefficient] = []
        for node, order in factors:
            while node.kind == "scale":
                factor *= node.parameter
                (node,) = node.inputs
            coefficients.append(self._coefficient(node, order))
        return factor, coefficients

    def _cauchy(self, first: Node, second: Node, order: int) -> list[Product]:
        if first is not second:
            return [self._product((first, index), (second, order - index)) for index in range(order + 1)]
        terms = [
            self._product((first, index), (first, order - index), factor=Fraction(2))
            for index in range((order + 1) // 2)
        ]
        if order % 2 == 0:
            terms.append(self._product((first, order // 2), (first, order // 2)))
        return terms

    def _inverse(self, node: Node, order: int, key: Key) -> Coefficient:
        (argument,) = node.inputs
        if order == 0:
            below = self._coefficient(argument, 0)
            if isinstance(below, Fraction):
                return 1 / below
            return self._emit(key, f"{self._constant(Fraction(1))} / {self._name(below)}", [below])
        terms = [
            self._product((argument, index), (node, order - index), factor=-_ONE)
            for index in range(1, order + 1)
        ]
        inner = self._sum((self._place(Node("partial")), order), terms)
        return self._sum(key, [(Fraction(1), [inner, self._coefficient(node, 0)])])

    def _chain(self, node: Node, order: int, key: Key) -> Coefficient:
        terms = []
        for index in range(1, order + 1):
            assert node.argument is not None
            if self._coefficient(node.argument, index) == 0:
                continue
            if node.rate is None:
                raise NoRecurrenceError(f"the derivative of {node.value} is not elementary")
            factors = (node.argument, index), (node.rate, order - index)
            terms.append(self._product(*factors, factor=Fraction(index, order)))
        return self._sum(key, terms)

    def _sum(self, key: Key, terms: list[Product]) -> Coefficient:
        """Constant factors folded, zeros dropped, the common factor of all terms taken out."""
        constant, named = Fraction(0), list[Term]()
        for factor, factors in terms:
            names: list[Key] = []
            for entry in factors:
                if isinstance(entry, Fraction):
                    factor *= entry
                else:
                    names.append(entry)
            if factor == 0:
                continue
            if names:
                named.append((factor, tuple(names)))
            else:
                constant += factor
        if not named:
            return constant
        if constant == 0 and len(named) == 1 and named[0][0] == 1 and len(named[0][1]) == 1:
            return named[0][1][0]
        named.sort(key=lambda term: term[0] < 0)
        common = Fraction(
            gcd(*(factor.numerator for factor, _ in named)), lcm(*(factor.denominator for factor, _ in named))
        )
        if all(factor < 0 for factor, _ in named):
            common = -common
        if len(named) > 1 and common != 1 and constant == 0:
            inner = self._joined([(factor / common, names) for factor, names in named])
            text = self._scaled(f"({inner})", common)
        else:
            text = self._joined(named)
            if constant:
                sign, size = ("+", constant) if constant > 0 else ("-", -constant)
                text = f"{text} {sign} {self._constant(size)}"
        return self._emit(key, text, [name for _factor, names in named for name in names])

    def _joined(self, terms: list[Term]) -> str:
        text = ""
        for factor, names in terms:
            product = self._scaled(" * ".join(self._name(name) for name in names), abs(factor))
            sign = "-" if factor < 0 else "+"
            text = f"{text} {sign} {product}" if text else ("-" if factor < 0 else "") + product
        return text

    def _scaled(self, text: str, factor: Fraction) -> str:
        if abs(factor) == 1:
            return text if factor == 1 else f"-{text}"
        if factor.denominator & (factor.denominator - 1) == 0:
            return f"{text} * {self._constant(factor)}"
        above, below = Fraction(factor.numerator), Fraction(factor.denominator)
        return f"{self._scaled(text, above)} / {self._constant(below)}"

    def _value(self, node: Node, key: Key) -> Coefficient:
        if node.value == "argument":
            return key
        if node.value in _NAMED:
            return self._emit(key, _NAMED[node.value], [])
        entry = self._coefficient(node.inputs[0], 0)
        needs = [] if isinstance(entry, Fraction) else [entry]
        text = self._text(entry)
        match node.value:
            case "copy":
                return entry
            case "part":
                return self._emit(key, f"{text}[{node.parameter}]", needs)
            case "power" if node.parameter == -1:
                return self._emit(key, f"{self._constant(Fraction(1))} / {text}", needs)
            case "power" if node.parameter == 2:
                return self._emit(key, f"{text} * {text}", needs)
            case "power":
                return self._emit(key, f"{text} ** {node.parameter}", needs)
            case "slope_of_abs":
                return self._emit(key, f"slope_of_abs({text})", needs)
            case name if self._exact:
                self._names[f"exact_{name}"] = exact_function(name)
                return self._emit(key, f"exact_{name}({text}{self._parameter(node)})", needs)
            case name if name in _METHODS:
                return self._emit(key, f"{text}.{name}()", needs)
            case name:
                self._names[f"ball_{name}"] = OPERATIONS[name].real
                return self._emit(key, f"ball_{name}({text}{self._parameter(node)})", needs)

    def _parameter(self, node: Node) -> str:
        if node.parameter is None:
            return ""
        name = f"parameter{len(self._names)}"
        self._names[name] = node.parameter
        return f", {name}"
