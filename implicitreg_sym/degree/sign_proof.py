"""Proofs of signs: a tree of small rules, each with its theorem; "not decided" is a node like the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from implicitreg_sym.claims import Step
from implicitreg_sym.degree.place import typeset
from implicitreg_sym.status import Status, weakest


@dataclass(frozen=True, slots=True)
class SignProof:
    """The statement that ``expression`` has the strict sign ``sign`` on the open interval, by a rule from
    premises.

    ``sign`` is +1, -1, 0 (identically zero) or None (not decided); ``interval`` holds the exact ends;
    ``detail`` says with what numbers or multiplier the rule was applied. The status follows from the rules
    that were used. (A `LeadingTerm` speaks of the neighbourhood of one end only.)
    """

    expression: sp.Expr
    variable: sp.Symbol
    interval: tuple[sp.Expr, sp.Expr]
    sign: int | None
    detail: str = ""
    premises: tuple[SignProof, ...] = ()

    own_status: ClassVar[Status] = Status.PROVED
    title: ClassVar[str] = ""
    where: ClassVar[str] = "on"

    @property
    def status(self) -> Status:
        """PROVED by exact rules alone, ENCLOSED if balls were needed, UNKNOWN if anything is undecided."""
        if self.sign is None:
            return Status.UNKNOWN
        return weakest([self.own_status, *(premise.status for premise in self.premises)])

    @property
    def rule(self) -> str:
        """The name of the rule."""
        return type(self).__name__

    def walk(self) -> Iterator[SignProof]:
        """Yield premises before what rests on them."""
        for premise in self.premises:
            yield from premise.walk()
        yield self

    def steps(self) -> tuple[Step, ...]:
        """The proof as numbered lines of LaTeX, premises first."""
        return tuple(node._step() for node in self.walk())

    def _step(self) -> Step:
        relation = {1: sp.StrictGreaterThan, -1: sp.StrictLessThan, 0: sp.Eq}.get(
            self.sign if self.sign is not None else 2
        )
        low, high = (typeset(end) for end in self.interval)
        place = rf"{self.where} \(({low}, {high})\)"
        detail = f" {self.detail}" if self.detail else ""
        if relation is None:
            return Step(f"Not decided {place}: {self.detail}", self.expression)
        return Step(f"{self.title} {place}.{detail}", relation(self.expression, 0, evaluate=False))


class Undecidable(SignProof):
    """Nothing is claimed; the detail says what stopped the proof."""

    __slots__ = ()
    title: ClassVar[str] = "Undecided"


class Vanishing(SignProof):
    """The expression reduces to the zero polynomial in the generators of its field, so it is identically
    zero."""

    __slots__ = ()
    title: ClassVar[str] = "Identically zero"


class ConstantSign(SignProof):
    """A real constant whose Arb ball excludes zero has the sign of the ball."""

    __slots__ = ()
    own_status: ClassVar[Status] = Status.ENCLOSED
    title: ClassVar[str] = "A constant, enclosed"


class SumOfPositives(SignProof):
    """A sum of terms of one strict sign has that sign; a term's sign is the product of those of its
    factors.

    Used with z = e^{-c v} in (0, 1), log(1 + t), atan t, erf t, asinh t > 0 for t > 0, and roots of
    positive numbers.
    """

    __slots__ = ()
    title: ClassVar[str] = "All terms have one sign"


class PolynomialRange(SignProof):
    """A polynomial p(g) without a root in an open interval J (Sturm's theorem) has constant sign there; g
    takes values in J."""

    __slots__ = ()
    title: ClassVar[str] = "Sturm's theorem, a polynomial in one function of known range"


class ProductRule(SignProof):
    """The sign of a product or quotient is the product of the signs of its factors."""

    __slots__ = ()
    title: ClassVar[str] = "Product of the signs of the factors"


class Conjugation(SignProof):
    """For r > 0, r^2 = X and A + B r with signs a, b: the sign is a if a = b, and otherwise a sign(A^2 -
    B^2 X)."""

    __slots__ = ()
    title: ClassVar[str] = "By the conjugate of a square root"


class ExponentialPolynomial(SignProof):
    """If all Taylor coefficients at 0 of an entire function have one weak sign, one of them not 0, so has
    it for v > 0.

    For sum_k P_k(v) e^{k c v} the n-th coefficient, times n!/c^n, is b_n = sum_k Q_k(n) k^n with
    polynomials Q_k. With K the greatest k, b_n has the sign of Q_K for every n >= N as soon as, at n = N,
    sum_{k<K} |Q_k|(N) (k/K)^N < |Q_K(N)|, each term n^d (k/K)^n being non-increasing from N on and |Q_K|
    non-decreasing; b_0, ..., b_{N-1} are computed.
    """

    __slots__ = ()
    title: ClassVar[str] = "All Taylor coefficients of an exponential polynomial have one sign"


class DerivativeLadder(SignProof):
    """If m > 0, P has sign s near the left end and (m P)' has sign s, then P has sign s (m P moves away
    from 0 in sense s).

    The same holds from the right end with (m P)' of sign -s. The premises are the sign of P near the end,
    and that of (m P)'.
    """

    __slots__ = ()
    title: ClassVar[str] = "By monotonicity of the product with a positive factor"


class LeadingTerm(SignProof):
    """P(l + h) = c h^m (1 + o(1)), with the derivatives of order < m exactly zero: P has the sign of c (of
    c (-1)^m at a right end)."""

    __slots__ = ()
    title: ClassVar[str] = "Sign from the first non-zero Taylor coefficient,"
    where: ClassVar[str] = "near an end of"


class EnclosedLeadingTerm(LeadingTerm):
    """As `LeadingTerm`, the sign of the constant c, a sum of irrational numbers, being read off an Arb
    ball."""

    __slots__ = ()
    own_status: ClassVar[Status] = Status.ENCLOSED


class AsymptoticMajorant(SignProof):
    """P/M in [lower, upper] on [R, infinity), M the dominant monomial, the other terms bounded by their
    values at R.

    Each generator is replaced by its expansion at infinity with Lagrange's or an enveloping remainder:
    (1+d)^a, log(1+d), atan, erf, asinh; a monomial v^p z^q log(v)^l is bounded where it decreases.
    """

    __slots__ = ()
    own_status: ClassVar[Status] = Status.ENCLOSED
    title: ClassVar[str] = "Near infinity, by the dominant monomial"


class TaylorAtEnd(SignProof):
    """If the derivatives of order < m vanish at the end l and f^{(m)} has one sign on [l, l + e],
    Lagrange's remainder gives that of f."""

    __slots__ = ()
    own_status: ClassVar[Status] = Status.ENCLOSED
    title: ClassVar[str] = "Taylor's theorem at the end of the interval"


class CompactSubdivision(SignProof):
    """A compact interval is cut into finitely many pieces, on each of which the Arb ball of the expression
    excludes zero."""

    __slots__ = ()
    own_status: ClassVar[Status] = Status.ENCLOSED
    title: ClassVar[str] = "Subdivision, ball arithmetic on each part"


class Union(SignProof):
    """An expression that has one strict sign on each of finitely many parts, which cover the interval, has
    it on the whole."""

    __slots__ = ()
    title: ClassVar[str] = "The parts cover the interval"


class Reflection(SignProof):
    """The sign of f on (-b, -a) is that of f(-v) on (a, b)."""

    __slots__ = ()
    title: ClassVar[str] = r"With \(v = -u\)"
