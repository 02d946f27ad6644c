"""What a recipe returns: an overlapping with its proof, or the reasoned statement that there is none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

import sympy as sp

from implicitreg_sym.activations import Activation
from implicitreg_sym.activations.typeset import typeset_name
from implicitreg_sym.claims import Claim
from implicitreg_sym.derivation.formula import latex as formula_latex
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.evaluate.ball import exact_decimal
from implicitreg_sym.status import Status

SHOWN_DIGITS, LONGEST_FORMULA = 10, 40


@dataclass(frozen=True, slots=True)
class Number:
    """A real number of a construction: always a ball, and the exact expression where there is one.

    >>> from fractions import Fraction
    >>> Number(Ball(Fraction(1, 2)), sp.Rational(1, 2)).decimal(30)
    '0.5'
    """

    ball: Ball
    exact: sp.Expr | None = None

    def decimal(self, digits: int) -> str:
        """The number with ``digits`` correct digits; a rational that is a shorter decimal is written in full.

        >>> from fractions import Fraction
        >>> Number(Ball(Fraction(39, 10), Fraction(1, 10**40)), sp.Rational(39, 10)).decimal(30)
        '3.9'
        """
        if isinstance(self.exact, sp.Rational):
            return exact_decimal(Fraction(int(self.exact.p), int(self.exact.q)), digits)
        return self.ball.decimal(digits)

    def shown(self) -> str:
        """LaTeX: the exact expression where it is short, else the first digits."""
        if self.exact is not None and len(latex := formula_latex(self.exact)) <= LONGEST_FORMULA:
            return latex
        text = self.decimal(SHOWN_DIGITS + 3)
        return text if "e" in text or "." not in text else rf"{text[:-3]}\ldots"


@dataclass(frozen=True, slots=True)
class PlanePoint:
    """θ = (w, a) of a network with scalar input."""

    w: Number
    a: Number

    def shown(self) -> str:
        """LaTeX."""
        return _pair(self.w, self.a)


@dataclass(frozen=True, slots=True)
class ScalarSample:
    """(x, y) with scalar input."""

    x: Number
    y: Number

    def shown(self) -> str:
        """LaTeX."""
        return _pair(self.x, self.y)


def _pair(first: Number, second: Number) -> str:
    return rf"\left({first.shown()},\ {second.shown()}\right)"


def _displayed(rows: list[str], status: Status) -> str:
    lines = r"\\ ".join(rows)
    return rf"$\displaystyle \begin{{aligned}}{lines}\end{{aligned}}\qquad\text{{({status})}}$"


@dataclass(frozen=True, slots=True)
class ParameterRange:
    """A free parameter of the class that a recipe produces, and the open interval on which the proof
    holds."""

    symbol: sp.Symbol
    lower: sp.Expr
    upper: sp.Expr


@dataclass(frozen=True, slots=True)
class TwoPoint:
    """A two-point overlapping (T1): Φ_S1(θ0) = p, Φ_S2(θ0) = q, p ≠ q, and both points interpolate both
    samples.

    ``family`` lists the free parameters of the class of networks and data to which the proof extends, with
    the open ranges on which it does; ``recipe`` names the construction ("sigmoid family", "symmetric",
    "general").

    >>> import implicitreg_sym as ir
    >>> result = ir.two_point(ir.activation("tanh"))
    >>> result.recipe, result.start.a.exact, [point.w.exact for point in result.limits]
    ('symmetric', -4/3, [-1, 1])
    """

    activation: Activation
    recipe: str
    start: PlanePoint
    samples: tuple[ScalarSample, ScalarSample]
    limits: tuple[PlanePoint, PlanePoint]
    claim: Claim
    digits: int
    family: tuple[ParameterRange, ...] = ()

    @property
    def status(self) -> Status:
        """The status of the conclusion."""
        return self.claim.status

    def _repr_latex_(self) -> str:
        rows = [
            rf"\theta_0&={self.start.shown()}",
            *(
                rf"S_{n}&={sample.shown()},\quad \Phi_{{S_{n}}}(\theta_0)={point.shown()}"
                for n, (sample, point) in enumerate(zip(self.samples, self.limits, strict=True), 1)
            ),
        ]
        return _displayed(rows, self.status)


def _inside(lower: sp.Rational, upper: sp.Rational) -> tuple[str, str]:
    """The ends of an interval, rounded inwards by a thousandth of its length at most."""
    low, high = (Fraction(int(end.p), int(end.q)) for end in (lower, upper))
    places = 1
    while Fraction(1000, 10**places) > high - low:
        places += 1
    unit = Fraction(1, 10**places)
    ends = unit * -((-low) // unit), unit * (high // unit)
    figures = places + len(str(int(max(abs(low), abs(high)))))
    return exact_decimal(ends[0], figures), exact_decimal(ends[1], figures)


@dataclass(frozen=True, slots=True)
class Box:
    """An open axis-parallel box around θ*, its ends exact."""

    w: tuple[sp.Rational, sp.Rational]
    a: tuple[sp.Rational, sp.Rational]

    def shown(self) -> str:
        """LaTeX, the ends as decimals inside the box."""
        sides = (_inside(*side) for side in (self.w, self.a))
        return r"\times".join(rf"\left({low},{high}\right)" for low, high in sides)


@dataclass(frozen=True, slots=True)
class OnePoint:
    """A robust one-point overlapping (T2, T3): both flows from θ0 end at θ*, transversally, and so they do
    on the open box.

    >>> import implicitreg_sym as ir
    >>> result = ir.one_point(ir.activation("sigmoid"))
    >>> low, high = result.box.w
    >>> result.status.name, bool(low < result.limit.w.exact < high)
    ('ENCLOSED', True)
    """

    activation: Activation
    recipe: str
    start: PlanePoint
    samples: tuple[ScalarSample, ScalarSample]
    limit: PlanePoint
    box: Box
    claim: Claim
    digits: int

    @property
    def status(self) -> Status:
        """The status of the conclusion."""
        return self.claim.status

    def _repr_latex_(self) -> str:
        rows = [
            rf"\theta_0&={self.start.shown()}",
            *(
                rf"S_{n}&={sample.shown()},\quad \Phi_{{S_{n}}}(\theta_0)=\theta^*"
                for n, sample in enumerate(self.samples, 1)
            ),
            rf"\theta^*&={self.limit.shown()}\in U={self.box.shown()}",
        ]
        return _displayed(rows, self.status)


class Scope(Enum):
    """For which pairs of one-sample datasets with scalar inputs and y ≠ 0 T9 excludes a mechanism.

    PLANE: all of them, from any start; HALF_LINES: those for which all w x lie on one side of zero;
    INTERVALS: those for which all w x lie in the domain of E on one side of zero, a part of it.
    """

    PLANE = "plane"
    HALF_LINES = "half-lines"
    INTERVALS = "intervals"


SCOPES = {
    Scope.PLANE: r"\text{excluded for all }x,\ y\neq0,\ \theta_0\text{ (T9)}",
    Scope.HALF_LINES: r"\text{excluded where }wx\text{ keeps one side of zero (T9), undecided across zero}",
    Scope.INTERVALS: r"\text{excluded where }wx\text{ stays where }E\text{ is studied (T9), else undecided}",
    None: r"\text{T9 excludes nothing}",
}


@dataclass(frozen=True, slots=True)
class NoOverlap:
    """No overlapping: ``claim`` states (and, where established, proves) that there is none at all, or says
    that none was found.

    ``proved`` tells the two apart: True means that T9 excludes the mechanism in the whole plane, False that
    the search found nothing. ``scope`` is where T9 excludes it, None if nowhere.

    >>> import implicitreg_sym as ir
    >>> result = ir.two_point(ir.activation("exp"))
    >>> result.status.name, result.proved, result.scope.value
    ('REFUTED', True, 'plane')
    """

    activation: Activation
    mechanism: str
    reason: str
    claim: Claim
    scope: Scope | None = None

    @property
    def proved(self) -> bool:
        """Whether the absence is established."""
        return self.claim.status.established

    @property
    def status(self) -> Status:
        """REFUTED if the absence is established, else UNKNOWN: the status of "there is an overlapping"."""
        return Status.REFUTED if self.proved else Status.UNKNOWN

    def _repr_latex_(self) -> str:
        found = ("no" if self.proved else "found no") + " robust" * (self.mechanism == "one-point")
        name = typeset_name(self.activation.name)
        return (
            rf"$\displaystyle \text{{{found} {self.mechanism} overlapping for }}\sigma={name}:\ "
            rf"{SCOPES[self.scope]}\qquad\text{{({self.status})}}$"
        )
