"""The derivation of an antiderivative as a tree of textbook rules: one tree gives the result, the
explanation and the check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sympy as sp

from implicitreg_sym.claims.claim import Step
from implicitreg_sym.derivation.escape import breakable
from implicitreg_sym.derivation.formula import latex
from implicitreg_sym.symbols import u

FIGURES = 12  # of a coefficient too long to be printed whole


@dataclass(frozen=True, slots=True)
class Rule:
    """One step of an integration of ``integrand`` in ``variable``; subclasses add what they need."""

    integrand: sp.Expr
    variable: sp.Symbol

    @property
    def result(self) -> sp.Expr | None:
        """An antiderivative of the integrand, or None where some step is not known."""
        raise NotImplementedError

    @property
    def children(self) -> tuple[Rule, ...]:
        """The rules that this one rests on."""
        return ()

    @property
    def known(self) -> bool:
        """Whether the tree ends in known integrals everywhere."""
        return self.result is not None

    def walk(self) -> Iterator[Rule]:
        """Yield this rule and all below it, the way they are read."""
        yield self
        for child in self.children:
            yield from child.walk()

    def steps(self) -> tuple[Step, ...]:
        """The derivation in LaTeX: one `Step` for each rule of the tree."""
        return tuple(Step(rule.explanation(), rule.display()) for rule in self.walk())

    def explanation(self) -> str:
        """What the rule says, in LaTeX prose."""
        raise NotImplementedError

    def display(self) -> str:
        """The formula of the step, in LaTeX."""
        return rf"{self._integral()} = {_latex(self.result)}"

    def _integral(self) -> str:
        return _latex(sp.Integral(self.integrand, self.variable))


def _latex(expression: sp.Expr | None) -> str:
    return r"\text{not known}" if expression is None else latex(expression, FIGURES)


@dataclass(frozen=True, slots=True)
class TableRule(Rule):
    """A tabulated integral: ∫ f dv = F, by the name under which tables list it."""

    name: str
    antiderivative: sp.Expr

    @property
    def result(self) -> sp.Expr | None:
        return self.antiderivative

    def explanation(self) -> str:
        return f"By the table ({self.name}),"


@dataclass(frozen=True, slots=True)
class RewriteRule(Rule):
    """∫ f dv = ∫ h dv with h = f written differently."""

    rewritten: sp.Expr
    inner: Rule

    @property
    def result(self) -> sp.Expr | None:
        return self.inner.result

    @property
    def children(self) -> tuple[Rule, ...]:
        return (self.inner,)

    def explanation(self) -> str:
        return "The integrand is"

    def display(self) -> str:
        return rf"{_latex(self.integrand)} = {_latex(self.rewritten)}"


@dataclass(frozen=True, slots=True)
class LinearityRule(Rule):
    """∫ Σ c_i f_i dv = Σ c_i ∫ f_i dv."""

    terms: tuple[tuple[sp.Expr, Rule], ...]

    @property
    def result(self) -> sp.Expr | None:
        total = sp.Integer(0)
        for coefficient, rule in self.terms:
            part = rule.result
            if part is None:
                return None
            total += sp.expand(coefficient * part) if part.is_Add else coefficient * part
        return total

    @property
    def children(self) -> tuple[Rule, ...]:
        return tuple(rule for _, rule in self.terms)

    def explanation(self) -> str:
        return "By linearity,"

    def display(self) -> str:
        return rf"{self._integral()} = " + _latex(
            sp.Add(
                *(
                    coefficient * sp.Integral(rule.integrand, self.variable)
                    for coefficient, rule in self.terms
                ),
                evaluate=False,
            )
        )


@dataclass(frozen=True, slots=True)
class PartialFractionsRule(LinearityRule):
    """A rational function is the sum of its partial fractions, integrated term by term."""

    def explanation(self) -> str:
        return "By partial fractions,"


@dataclass(frozen=True, slots=True)
class SubstitutionRule(Rule):
    """∫ f(φ(v)) φ'(v) dv = F(φ(v)) with F' = f; the new variable stands for φ(v)."""

    new_variable: sp.Symbol
    substitution: sp.Expr
    inner: Rule
    antiderivative: sp.Expr | None

    @property
    def result(self) -> sp.Expr | None:
        return self.antiderivative

    @property
    def children(self) -> tuple[Rule, ...]:
        return (self.inner,)

    def explanation(self) -> str:
        return rf"Substitute ${_latex(self.new_variable)} = {_latex(self.substitution)}$:"

    def display(self) -> str:
        return rf"{self._integral()} = {self.inner._integral()}"


@dataclass(frozen=True, slots=True)
class PartsRule(Rule):
    """∫ φ F' dv = φ F - ∫ φ' F dv."""

    first: sp.Expr
    second: Rule
    remaining: Rule

    @property
    def result(self) -> sp.Expr | None:
        if self.second.result is None or self.remaining.result is None:
            return None
        return sp.expand(self.first * self.second.result) - self.remaining.result

    @property
    def children(self) -> tuple[Rule, ...]:
        return (self.second, self.remaining)

    def explanation(self) -> str:
        return (
            rf"Integrate by parts with $\varphi = {_latex(self.first)}$ and $F' = "
            rf"{_latex(self.second.integrand)}$:"
        )

    def display(self) -> str:
        second = self.second.result
        product = r"\varphi F" if second is None else _latex(sp.Mul(self.first, second, evaluate=True))
        return rf"{self._integral()} = {product} - {self.remaining._integral()}"


@dataclass(frozen=True, slots=True)
class SearchRule(Rule):
    """An antiderivative that SymPy's `integrate` found: without derivation, but verified like every other."""

    antiderivative: sp.Expr

    @property
    def result(self) -> sp.Expr | None:
        return self.antiderivative

    def explanation(self) -> str:
        return "A search in a computer algebra system gives, to be verified by differentiation,"


@dataclass(frozen=True, slots=True)
class DontKnow(Rule):
    """No rule applies; the integral is kept. ``final`` says that none can: the integral is not elementary."""

    reason: str
    final: bool = False

    @property
    def result(self) -> sp.Expr | None:
        return None

    def explanation(self) -> str:
        return f"The integral is kept as it stands: {breakable(self.reason)}"

    def display(self) -> str:
        return self._integral()


@dataclass(frozen=True, slots=True)
class JoinPieces(Rule):
    """An antiderivative on each smooth piece, with constants that make the whole continuous.

    ``pieces`` are (lower, upper, rule, constant); the antiderivative on a piece is the rule's result plus the
    constant.
    """

    pieces: tuple[tuple[sp.Expr, sp.Expr, Rule, sp.Expr], ...]

    @property
    def result(self) -> sp.Expr | None:
        parts = [(upper, rule.result, constant) for _, upper, rule, constant in self.pieces]
        if any(part is None for _, part, _ in parts):
            return None
        if len(parts) == 1:
            return parts[0][1] + parts[0][2]
        *earlier, (_, last, shift) = parts
        return sp.Piecewise(
            *((part + constant, u <= upper) for upper, part, constant in earlier), (last + shift, True)
        )

    @property
    def children(self) -> tuple[Rule, ...]:
        return tuple(rule for _, _, rule, _ in self.pieces)

    def explanation(self) -> str:
        if len(self.pieces) == 1:
            return "With the constant of integration chosen at the base point,"
        return "Integrate on each piece and choose the constants so that the pieces join continuously:"

    def display(self) -> str:
        if self.result is not None:
            return rf"G({_latex(self.variable)}) = {_latex(self.result)}"
        return rf"G({_latex(self.variable)}) = {self._integral()}"
