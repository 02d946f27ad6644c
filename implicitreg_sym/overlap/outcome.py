"""What a recipe returns: an overlapping with its proof, or the reasoned statement that there is none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import sympy as sp

from implicitreg_sym.activations import Activation
from implicitreg_sym.claims import Claim
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.status import Status


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
        """The number with ``digits`` correct digits."""
        return self.ball.decimal(digits)


@dataclass(frozen=True, slots=True)
class PlanePoint:
    """θ = (w, a) of a network with scalar input."""

    w: Number
    a: Number


@dataclass(frozen=True, slots=True)
class ScalarSample:
    """(x, y) with scalar input."""

    x: Number
    y: Number


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


@dataclass(frozen=True, slots=True)
class Box:
    """An open axis-parallel box around θ*, its ends exact."""

    w: tuple[sp.Rational, sp.Rational]
    a: tuple[sp.Rational, sp.Rational]


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


class Scope(Enum):
    """For which pairs of one-sample datasets with scalar inputs and y ≠ 0 T9 excludes a mechanism.

    PLANE: all of them, from any start; HALF_LINES: those for which all w x lie on one side of zero;
    INTERVALS: those for which all w x lie in the domain of E on one side of zero, a part of it.
    """

    PLANE = "plane"
    HALF_LINES = "half-lines"
    INTERVALS = "intervals"


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
