"""Rewriting of an expression as a fraction in generators, by identities that hold on the whole region.

Every rule is an identity at each point of the region at which the expression is defined and real, except on
the nowhere dense zero sets recorded in ``Rewriter.excluded``. A rule whose hypothesis (a sign, say) is not
known is not applied: the function value then becomes a generator of its own, which is always sound.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from fractions import Fraction
from functools import reduce

import sympy as sp
from flint import fmpz_mpoly

from implicitreg_sym.algebra.basis import Basis, BasisKey
from implicitreg_sym.algebra.exponentials import cosine_sine, exponential
from implicitreg_sym.algebra.factors import logarithm, modulus, root
from implicitreg_sym.algebra.signs import Signs
from implicitreg_sym.algebra.special import SPECIAL_RULES
from implicitreg_sym.algebra.tower import Bound, Element, Generator, Key, Tower, Undecided

Family = tuple[Hashable, ...]
_ODD = (sp.atan, sp.asin, sp.asinh, sp.atanh, sp.erf, sp.erfi)
_ROUTES = {
    sp.tan: lambda f: sp.sin(f) / sp.cos(f), sp.cot: lambda f: sp.cos(f) / sp.sin(f),
    sp.sec: lambda f: 1 / sp.cos(f), sp.csc: lambda f: 1 / sp.sin(f),
}  # fmt: skip


class Rewriter:
    """The generators of one region, and the rewriting of expressions in them.

    ``bounds`` gives rational bounds of symbols, ``scales`` what earlier attempts have learnt from `Refine`.

    >>> x = sp.Symbol("x", real=True)
    >>> rewriter = Rewriter({x: (None, None)}, {}, limit_terms=1000)
    >>> difference = rewriter.element(sp.cosh(2 * x) - 2 * sp.cosh(x) ** 2 + 1)
    >>> rewriter.tower.expression(difference)
    0
    >>> [generator.meaning for generator in rewriter.tower.generators]
    [x, exp(x)]
    """

    def __init__(
        self,
        bounds: Mapping[sp.Symbol, tuple[Bound, Bound]],
        scales: Mapping[BasisKey, int],
        limit_terms: int,
    ) -> None:
        self.tower = Tower(limit_terms)
        self.signs = Signs(self.tower)
        self.excluded: list[sp.Expr] = []
        self.scales = scales
        self.exponents: list[Basis] = []
        self.angles: list[Basis] = []
        self.roots: dict[Key, Basis] = {}
        self.logarithms: list[tuple[fmpz_mpoly, Element]] = []
        self.moduli: dict[Key, Element] = {}
        self.functions: list[tuple[Family, tuple[Element, ...], Element]] = []
        self.origin: dict[int, tuple[str, Element]] = {}
        self._known: dict[sp.Expr, Element] = {}
        for symbol, (lower, upper) in bounds.items():
            generator = Generator(symbol, real=True, analytic=True, lower=lower, upper=upper)
            self._known[symbol] = self.tower.adjoin(generator)

    def declare_positive(self, expressions: Iterable[sp.Expr]) -> None:
        """Take expressions as positive on the region."""
        self.signs.declare_positive([self.element(expression) for expression in expressions])

    def element(self, expression: sp.Expr) -> Element:
        """The expression as a fraction in the generators; raises `Undecided` if no rule applies."""
        if expression not in self._known:
            self._known[expression] = self._rewrite(expression)
        return self._known[expression]

    def exclude(self, element: Element) -> None:
        """Leave out the zeros of an element, which must be analytic: they are nowhere dense, or everything.

        That they are not everything is for the caller to check at one point.
        """
        if not self.tower.all(element, "analytic"):
            shown = self.tower.expression(element)
            raise Undecided(f"the zeros of {shown} cannot be left out; it is not known to be analytic")
        self.excluded.append(self.tower.expression(element))

    def _rewrite(self, node: sp.Expr) -> Element:
        tower = self.tower
        match node:
            case sp.Rational():
                return tower.rational(node)
            case sp.Add():
                return reduce(tower.add, map(self.element, node.args))
            case sp.Mul():
                return reduce(tower.multiply, map(self.element, node.args))
            case sp.E:
                return self.exponential(tower.integer(1))
            case sp.exp():
                return self.exponential(self.element(node.exp))
            case sp.Pow():
                return self._power_of(node.base, node.exp)
            case sp.log() if len(node.args) == 1:
                return self.logarithm(self.element(node.args[0]))
            case sp.sin() | sp.cos():
                cosine, sine = cosine_sine(self, self.element(node.args[0]))
                return sine if isinstance(node, sp.sin) else cosine
            case sp.sinh() | sp.cosh():
                growth = self.exponential(self.element(node.args[0]))
                decay = tower.inverse(growth)
                twice = (
                    tower.add(growth, decay) if isinstance(node, sp.cosh) else tower.subtract(growth, decay)
                )
                return tower.multiply(twice, tower.rational(sp.Rational(1, 2)))
            case sp.tanh():
                growth = self.exponential(tower.multiply(tower.integer(2), self.element(node.args[0])))
                one = tower.integer(1)
                return tower.multiply(tower.subtract(growth, one), tower.inverse(tower.add(growth, one)))
            case sp.coth() | sp.sech() | sp.csch():
                inverse = {sp.coth: sp.tanh, sp.sech: sp.cosh, sp.csch: sp.sinh}[node.func]
                return tower.inverse(self.element(inverse(node.args[0])))
            case sp.Abs():
                return self.modulus(self.element(node.args[0]))
            case sp.pi:
                low, high = Fraction(3), Fraction(4)
                return tower.adjoin(Generator(node, real=True, constant=True, lower=low, upper=high))
        if node.func in _ROUTES:
            return self.element(_ROUTES[node.func](node.args[0]))
        if node.func in SPECIAL_RULES:
            value = SPECIAL_RULES[node.func](self, node)
            if value is not None:
                return value
        if isinstance(node, sp.Function) and node.args:
            return self.opaque(node, (node.func,), tuple(map(self.element, node.args)))
        raise Undecided(f"there is no rule for {node}")

    def _power_of(self, base: sp.Expr, exponent: sp.Expr) -> Element:
        if isinstance(exponent, sp.Integer):
            return self.tower.power(self.element(base), int(exponent))
        if isinstance(exponent, sp.Rational):
            return self.root(self.element(base), Fraction(int(exponent.p), int(exponent.q)))
        power = self.element(exponent)
        rational = self.tower.as_rational(power)
        if rational is not None:
            return self.root(self.element(base), rational)
        return self.exponential(self.tower.multiply(power, self.logarithm(self.element(base))))

    def in_basis(
        self, known: list[Basis], coefficient: Fraction, part: Element, new: Callable[[Element], Basis]
    ) -> list[tuple[Basis, Fraction]]:
        """The multiple of a part as a rational combination of the known basis elements, or of a new one."""
        for basis in known:
            if basis.element == part:
                return [(basis, coefficient)]
        solution = self.tower.combination(part, [basis.element for basis in known]) if known else None
        if solution is None:
            return [(new(part), coefficient)]
        return [(basis, coefficient * c) for basis, c in zip(known, solution, strict=True) if c]

    def scale(self, key: BasisKey) -> int:
        """The scale that a basis element is known to need."""
        return self.scales.get(key, 1)

    def exponential(self, exponent: Element) -> Element:
        """exp of an element."""
        return exponential(self, exponent)

    def logarithm(self, argument: Element) -> Element:
        """log of an element."""
        return logarithm(self, argument)

    def modulus(self, argument: Element) -> Element:
        """The absolute value of an element."""
        return modulus(self, argument)

    def root(self, base: Element, exponent: Fraction) -> Element:
        """A rational power of an element."""
        return root(self, base, exponent)

    def existing(self, family: Family, arguments: tuple[Element, ...]) -> Element | None:
        """The value that a function of this family already has at equal arguments, or opposite if odd."""
        tower = self.tower
        for known_family, known, value in self.functions:
            if known_family == family and len(known) == len(arguments):
                if all(tower.equal(left, right) for left, right in zip(known, arguments, strict=True)):
                    return value
                if family[0] in _ODD and tower.equal(known[0], tower.negate(arguments[0])):
                    return tower.negate(value)
        return None

    def opaque(self, meaning: sp.Expr, family: Family, arguments: tuple[Element, ...]) -> Element:
        """A generator for a function value, the same one for equal arguments.

        ``family`` is the function, with whatever parameters are not elements.
        """
        known = self.existing(family, arguments)
        if known is not None:
            return known
        constant = all(self.tower.all(argument, "constant") for argument in arguments)
        real, lower, upper = self._range(family[0], arguments)
        value = self.tower.adjoin(Generator(meaning, real=real, constant=constant, lower=lower, upper=upper))
        self.functions.append((family, arguments, value))
        return value

    def _range(self, head: Hashable, inner: tuple[Element, ...]) -> tuple[bool, Bound, Bound]:
        """Whether the value is real, and bounds: of odd increasing functions, by the sign of the argument."""
        if head not in _ODD or not self.tower.all(inner[0], "real"):
            return False, None, None
        if head in (sp.asin, sp.atanh):
            one = self.tower.integer(1)
            if any(self.signs.sign(f(one, inner[0])) <= 0 for f in (self.tower.add, self.tower.subtract)):
                return False, None, None
        sign = self.signs.sign(inner[0])
        bound = Fraction(1) if head is sp.erf else None
        lower = Fraction(0) if sign > 0 else None if bound is None else -bound
        return True, lower, Fraction(0) if sign < 0 else bound
