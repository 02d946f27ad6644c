"""A piecewise vector field: the analytic one in force, and the change to the next at a breakpoint."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import sympy
from mpmath import libmp
from sympy import Expr, Symbol

from implicitreg_sym.flow.breakpoints import Resolver, direction, first_crossing
from implicitreg_sym.flow.jets import Expansion, SingularPointError, expand, magnitude, values_at
from implicitreg_sym.flow.recurrences import Float, Integer
from implicitreg_sym.flow.straight_line import Program, compile_program
from implicitreg_sym.flow.trajectory import tolerance_bits, working_bits

_NOISE_BITS = 12  # a switch counts as zero below 2^12 times the tolerance
_PROBE_ORDER = 8  # coefficients that decide to which side a flow leaves a breakpoint


class Branches:
    """The vector field with the branch in force: which signs the switches have, and the program they lead to.

    >>> from sympy import Abs, Symbol
    >>> p = Symbol("p", real=True)
    >>> branches = Branches([Abs(p)], [p], 20)
    >>> branches.select([libmp.from_int(-3)], {})
    >>> branches.signs
    {p: -1}
    """

    def __init__(self, field: Sequence[Expr], variables: Sequence[Symbol], digits: int) -> None:
        self._field, self._variables = tuple(field), tuple(variables)
        self._bits = working_bits(digits)
        self._threshold = _NOISE_BITS - tolerance_bits(digits)
        self._programs: dict[frozenset[tuple[Expr, int]], Program] = {}
        self.signs: dict[Expr, int] = {}
        self.program = compile_program((), variables)

    def select(self, state: Sequence[Float], known: dict[Expr, int]) -> None:
        """Take the branch of the known signs; where they say nothing, the state decides.

        Raises `SingularPointError` if the field is undefined on all of that branch.
        """

        def sign_of(switch: Expr, preferred: int) -> int:
            (value,) = values_at(compile_program([switch], self._variables), state, self._bits)
            size = magnitude(value)
            if size is None or size < self._threshold:
                return preferred
            return 1 if libmp.mpf_sign(value) > 0 else -1

        resolver = Resolver(known, sign_of)
        resolved = [resolver.resolve(component) for component in self._field]
        if any(component.has(sympy.nan, sympy.zoo, sympy.oo) for component in resolved):
            raise SingularPointError("the vector field is undefined on a whole branch")
        self.signs = resolver.signs
        key = frozenset(self.signs.items())
        if key not in self._programs:
            self._programs[key] = compile_program([*resolved, *self.signs], self._variables)
        self.program = self._programs[key]

    def first_crossing(
        self, expansion: Expansion, tau: Integer, places: int
    ) -> tuple[Integer, list[Expr]] | None:
        """Return the first τ up to tau 2^(−places) at which switches change sign, and those switches."""
        noise = expansion.bits + self._threshold
        roots = {
            switch: root
            for switch, jet in zip(self.signs, expansion.outputs, strict=True)
            if (root := first_crossing(jet, tau, places, noise)) is not None
        }
        if not roots:
            return None
        first = min(roots.values())
        return first, [switch for switch, root in roots.items() if root == first]

    def cross(self, state: Sequence[Float], switches: Sequence[Expr]) -> None:
        """Enter the branch on the other side of the switches."""
        self.select(state, self.signs | {switch: -self.signs[switch] for switch in switches})

    def settle(self, state: Sequence[Float], scale: int, sign: int) -> None:
        """Change the signs of vanishing switches until the flow moves to the side that the signs say."""
        vanishing = self._contradictions(state, scale, sign)
        if vanishing is None:
            return
        wrong, zero = vanishing
        signs = self.signs | {switch: -self.signs[switch] for switch in wrong}
        for choice in product((-1, 1), repeat=len(zero)):
            flips = {switch: side * signs[switch] for switch, side in zip(zero, choice, strict=True)}
            try:
                self.select(state, signs | flips)
                if self._contradictions(state, scale, sign) is None:
                    return
            except SingularPointError:
                continue
        names = ", ".join(map(str, zero or wrong))
        raise SingularPointError(
            f"the flow cannot leave the breakpoint {names} = 0: every side points back to it"
        )

    def _contradictions(
        self, state: Sequence[Float], scale: int, sign: int
    ) -> tuple[list[Expr], list[Expr]] | None:
        if not self.signs:
            return None
        expansion = expand(self.program, state, self._bits, _PROBE_ORDER, scale, sign)
        noise = expansion.bits + self._threshold
        wrong, zero, fine = [], [], True
        for (switch, side), jet in zip(self.signs.items(), expansion.outputs, strict=True):
            vanishes = not abs(jet.coefficients[0]) >> noise
            if vanishes:
                zero.append(switch)
            if direction(jet, noise) == -side:
                fine = False
                if not vanishes:
                    wrong.append(switch)
        return None if fine else (wrong, zero)
