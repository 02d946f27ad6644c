"""The largest interval next to 0 on which neither the activation nor its slope vanishes, with proof."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import flint
import sympy as sp
from flint import fmpz_mpoly

from implicitreg_sym.activations import Activation, Piece
from implicitreg_sym.algebra.tower import Undecided
from implicitreg_sym.degree.enclosure import constant_sign
from implicitreg_sym.degree.field import DifferentialField
from implicitreg_sym.degree.prover import prove_element
from implicitreg_sym.degree.roots import brackets, exact_rational_zero, exact_zeros, isolate
from implicitreg_sym.degree.sign_proof import SignProof
from implicitreg_sym.degree.span import Span, ball_of, v
from implicitreg_sym.errors import InputError
from implicitreg_sym.evaluate import Ball, compile_expression
from implicitreg_sym.symbols import u

PROOF_DIGITS, PROOF_BITS = 30, 256  # of the ends to which signs are proved; more digits are found afterwards


@dataclass(frozen=True, slots=True)
class DegreeDomain:
    """The set of u with 0 < side u < extent, where σ and σ' have constant strict signs.

    ``extent`` is exact (infinite included), or a `Ball` that holds exactly one zero of σ σ'; ``boundary``
    says what happens there. ``value`` and ``slope`` are the proofs for σ and σ' on ``span``, which reaches
    at most as far as the lower end of that ball; ``reason`` is non-empty where they are missing.
    """

    side: int
    extent: sp.Expr | Ball
    boundary: str
    span: Span
    value: SignProof | None = None
    slope: SignProof | None = None
    reason: str = ""

    @property
    def proved(self) -> bool:
        """Whether the signs of σ and σ' are established."""
        return (
            self.value is not None
            and self.slope is not None
            and bool(self.value.sign)
            and bool(self.slope.sign)
        )

    @property
    def interval(self) -> sp.Interval:
        """The interval in u; an enclosed end is given by the rational end of its ball that is nearer to 0."""
        end = self.extent if not isinstance(self.extent, Ball) else self.span.upper
        zero = sp.Integer(0)
        return sp.Interval.open(zero, end) if self.side > 0 else sp.Interval.open(-end, zero)

    def describe(self, digits: int = 10) -> str:
        """The interval as text, an enclosed end by its digits."""
        if isinstance(self.extent, Ball):
            shown = self.extent.decimal(digits)
            return f"(0, {shown}...)" if self.side > 0 else f"(-{shown}..., 0)"
        return f"(0, {self.extent})" if self.side > 0 else f"({-self.extent}, 0)"


def require_digits(digits: int) -> int:
    """The number of digits asked for, if it is a positive integer. Raises `InputError` otherwise.

    >>> require_digits(30)
    30
    """
    if isinstance(digits, bool) or not isinstance(digits, int) or digits < 1:
        raise InputError(f"the number of digits is {digits!r}; give a positive integer")
    return digits


def side_of(half_line: str) -> int:
    """+1 for "positive", -1 for "negative". Raises `InputError` otherwise."""
    if half_line not in ("positive", "negative"):
        raise InputError(f"the half-line is {half_line!r}; write 'positive' or 'negative'")
    return 1 if half_line == "positive" else -1


def adjacent_piece(activation: Activation, side: int) -> Piece:
    """The smooth piece that lies next to 0 on the given side.

    >>> from implicitreg_sym.activations import activation
    >>> adjacent_piece(activation("elu"), -1).formula
    exp(u) - 1
    """
    for piece in activation.pieces if side > 0 else reversed(activation.pieces):
        far = piece.upper if side > 0 else -piece.lower
        if far == sp.oo or constant_sign(far) == 1:
            return piece
    raise InputError(f"{activation.name} has no piece on that side of 0")


def degree_domain(activation: Activation, half_line: str, digits: int = 30) -> DegreeDomain:
    """Find and prove the largest interval next to 0, within the smooth piece there, where σ and σ' do not
    vanish.

    >>> from implicitreg_sym.activations import activation
    >>> degree_domain(activation("sin"), "positive").describe()
    '(0, pi/2)'
    >>> degree_domain(activation("silu"), "negative").describe(6)
    '(-1.27846..., 0)'
    """
    side = side_of(half_line)
    require_digits(digits)
    piece = adjacent_piece(activation, side)
    far = piece.upper if side > 0 else -piece.lower
    span = Span(sp.Integer(0), far)
    boundary = "none" if far == sp.oo else "breakpoint"
    formula = piece.formula.subs(u, side * v)
    try:
        field = DifferentialField(span, formula)
        value = field.element(formula)
        slope = field.derivative(value)
        if value.num.is_zero() or slope.num.is_zero():
            return DegreeDomain(
                side,
                far,
                boundary,
                span,
                reason="σ vanishes identically" if value.num.is_zero() else "σ is constant",
            )
        extent, name = _first_zero(
            field, {"σ = 0": value.num, "σ' = 0": slope.num, "σ has a pole": value.den}
        )
        if extent is None:
            extent, name = far, boundary
        inner = extent if not isinstance(extent, Ball) else _rational(extent.lower)
        span = Span(sp.Integer(0), inner)
        field = DifferentialField(span, formula)
        value = field.element(formula)
        proofs = prove_element(field, value), prove_element(field, field.derivative(value))
        if isinstance(extent, Ball) and digits > PROOF_DIGITS:
            extent = _refined(extent, formula, Span(sp.Integer(0), far), name, digits)
    except Undecided as undecided:
        return DegreeDomain(side, far, boundary, span, reason=str(undecided))
    reason = next((proof.detail for proof in proofs if not proof.sign), "")
    return DegreeDomain(side, extent, name, span, proofs[0], proofs[1], reason)


def _refined(coarse: Ball, formula: sp.Expr, span: Span, name: str, digits: int) -> Ball:
    """The zero in a ball to more digits; what is proved rests on the ball itself, whatever the digits."""
    field = DifferentialField(span, formula)
    value = field.element(formula)
    polynomial = {"σ = 0": value.num, "σ has a pole": value.den}.get(name, field.derivative(value).num)
    for factor, _multiplicity in polynomial.factor()[1]:
        with flint.ctx.workprec(PROOF_BITS):
            ends = [field.over(factor, ball_of(end)) for end in (coarse.lower, coarse.upper)]
        if ends[0] * ends[1] < 0:
            ball = isolate(field, factor, (coarse.lower, coarse.upper), digits)
            if ball is not None:
                return ball
    return coarse


def _first_zero(
    field: DifferentialField, polynomials: dict[str, fmpz_mpoly]
) -> tuple[sp.Expr | Ball | None, str]:
    """The zero nearest to 0 that is found, exact or enclosed; a candidate only until the signs before it
    are proved."""
    best: sp.Expr | Ball | None = None
    name = "none"
    for boundary, polynomial in polynomials.items():
        for candidate in _zeros(field, polynomial):
            if best is None or _middle(candidate) < _middle(best):
                best, name = candidate, boundary
    return best, name


def _zeros(field: DifferentialField, polynomial: fmpz_mpoly) -> list[sp.Expr | Ball]:
    found: list[sp.Expr | Ball] = list(exact_zeros(field, polynomial)[:1])
    for factor, _multiplicity in polynomial.factor()[1]:
        for bracket in brackets(field, factor)[:1]:
            if found and bracket[0] <= _middle(found[0]) <= bracket[1]:
                continue
            ball = isolate(field, factor, bracket, PROOF_DIGITS)
            if ball is not None:
                exact = exact_rational_zero(field, factor, ball)
                found.append(ball if exact is None else exact)
    return found


def _middle(zero: sp.Expr | Ball) -> Fraction:
    if isinstance(zero, Ball):
        return zero.middle
    with flint.ctx.workprec(128):
        middle = compile_expression(zero, ()).arb().mid()
    mantissa, exponent = (int(part) for part in middle.man_exp())
    return Fraction(mantissa) * Fraction(2) ** exponent


def _rational(value: Fraction) -> sp.Rational:
    return sp.Rational(value.numerator, value.denominator)


def covers(domain: DegreeDomain, point: Fraction) -> bool:
    """Whether a rational |u| certainly lies in the domain."""
    with flint.ctx.workprec(128):
        return point > 0 and bool(ball_of(point) < domain.span.balls()[1])
