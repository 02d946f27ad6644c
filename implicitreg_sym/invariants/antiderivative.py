"""G = ∫ σ/σ' over all pieces of an activation: verified closed forms, joined continuously and normalised
(T4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from time import monotonic

import sympy as sp

from implicitreg_sym.activations import Activation
from implicitreg_sym.activations.typeset import introduced
from implicitreg_sym.algebra import decide_zero
from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome, Step
from implicitreg_sym.errors import InputError
from implicitreg_sym.invariants.component import base_point, component_about
from implicitreg_sym.invariants.critical_points import CriticalPoints, critical_points
from implicitreg_sym.invariants.cross_check import compare_with_quadrature
from implicitreg_sym.invariants.natural_domain import natural_domain
from implicitreg_sym.invariants.piece_antiderivative import (
    PieceAntiderivative,
    antiderivative_on,
    contains_number,
    continuity_evidence,
    has_pole_at_end,
    regular_at_zero,
    shifted,
    value_at,
    verify,
)
from implicitreg_sym.invariants.potential import Potential, ratio
from implicitreg_sym.invariants.rules import DontKnow, JoinPieces
from implicitreg_sym.status import Status
from implicitreg_sym.symbols import u

_DUMMY = sp.Symbol("v", real=True)


@dataclass(frozen=True, slots=True)
class Antiderivative:
    """G of an activation: closed forms by piece, derivation, verification, domain of validity and poles.

    ``base`` is the point at which G = 0, or None if the constants were not normalised; ``joins`` are the
    checks that neighbouring pieces meet continuously.

    >>> import implicitreg_sym as ir
    >>> found = ir.derive_G(ir.activation("sigmoid"))
    >>> found.formula, found.closed_form
    (u + exp(u) - 1, True)
    """

    activation: Activation
    pieces: tuple[PieceAntiderivative, ...]
    base: sp.Expr | None
    joins: tuple[Evidence, ...]

    @property
    def closed_forms(self) -> tuple[sp.Expr | None, ...]:
        """One entry for each piece of the activation."""
        return tuple(part.formula for part in self.pieces)

    @property
    def closed_form(self) -> bool:
        """Whether every piece with σ' ≢ 0 has a verified closed form, joined continuously to its
        neighbours."""
        live = self.live
        return (
            bool(live)
            and all(part.formula is not None for part in live)
            and all(join.outcome is Outcome.HOLDS for join in self.joins)
        )

    @property
    def live(self) -> tuple[PieceAntiderivative, ...]:
        """The pieces on which σ' does not vanish identically."""
        return tuple(part for part in self.pieces if not part.dead)

    @property
    def formula(self) -> sp.Expr:
        """G(u): the closed form, or the integral of g from the base point."""
        if not self.closed_form:
            start = self.integral_base
            integrand = _piecewise([(part.ratio, part.piece.upper) for part in self.live])
            return sp.Integral(integrand.subs(u, _DUMMY), (_DUMMY, start, u))
        return _piecewise(
            [(part.formula, part.piece.upper) for part in self.live if part.formula is not None]
        )

    @property
    def integral_base(self) -> sp.Expr:
        """The lower limit of the integral where G has no closed form: 0 where g is regular there, else a
        point inside."""
        for part in self.live:
            if contains_number(part.piece, 0) and part.critical is not None and regular_at_zero(part):
                return sp.Integer(0)
        return base_point(self.live[-1])

    @property
    def domain(self) -> sp.Set:
        """{σ' ≠ 0} together with the zeros of σ' at which g is regular, as far as σ is defined and smooth;
        ends between live pieces are passed continuously. Where an integral is kept, only the interval about
        its base on which σ' ≠ 0."""
        if not self.closed_form and len(self.live) == 1:
            return component_about(self.live[0], self.integral_base)
        parts: list[sp.Set] = []
        for part in self.live:
            interval = sp.Interval(
                part.piece.lower, part.piece.upper, _open(part, self.live, -1), _open(part, self.live, +1)
            )
            # σ is continuous at the ends: only the open piece can be restricted
            ends = sp.Intersection(interval, sp.FiniteSet(part.piece.lower, part.piece.upper))
            natural = natural_domain(part.piece)
            smooth = interval if natural.everything else sp.Union(natural.restrict(interval), ends)
            critical = part.critical
            assert critical is not None
            if critical.complete:
                parts.append(
                    smooth if critical.poles is sp.S.EmptySet else sp.Complement(smooth, critical.poles)
                )
            else:
                parts.append(sp.ConditionSet(u, sp.Ne(part.piece.slope, 0), smooth))
        return sp.Union(*parts)

    @property
    def poles(self) -> tuple[CriticalPoints, ...]:
        """The zeros of σ' on each live piece."""
        return tuple(part.critical for part in self.live if part.critical is not None)

    @property
    def singularities(self) -> tuple[str, ...]:
        """The points that bound the domain, as text: zeros of σ', and points at which σ is not defined."""
        decided = not self.domain.has(sp.ConditionSet)
        texts = [
            text
            for part in self.live
            if part.critical is not None
            for natural in (natural_domain(part.piece),)
            for text in (*part.critical.describe(natural.region, decided), *natural.describe())
        ]
        return tuple(dict.fromkeys(texts))

    @property
    def derivation(self) -> JoinPieces:
        """The tree of rules by which G was found."""
        return JoinPieces(
            self.activation.slope,
            u,
            tuple((p.piece.lower, p.piece.upper, p.rule, p.constant) for p in self.live),
        )

    @property
    def steps(self) -> tuple[Step, ...]:
        """The derivation in LaTeX."""
        return self.derivation.steps()

    @property
    def status(self) -> Status:
        """PROVED if the closed form is verified; UNKNOWN if the integral is kept."""
        return Status.PROVED if self.closed_form else Status.UNKNOWN

    def potential(self) -> Potential:
        """Rigorous values of differences of G."""
        safe = tuple(
            part.dead
            or part.critical is not None
            and part.critical.none
            and natural_domain(part.piece).everything
            for part in self.pieces
        )
        return Potential(self.activation, self.closed_forms, safe)

    def _repr_latex_(self) -> str:
        kept = "" if self.closed_form else ", no closed form known"
        return rf"$\displaystyle G(u) = {sp.latex(self.formula)}\quad\text{{({self.status}{kept})}}$"

    def claim(self, digits: int = 30) -> Claim:
        """State G' = σ/σ', with the exact checks on each piece and a quadrature by mpmath as cross-check
        (T4)."""
        checks = [check for part in self.live if part.formula is not None for check in _checks_of(part)]
        if not self.closed_form:
            checks = [
                Evidence(
                    Kind.DEDUCTION, Outcome.HOLDS, "G is the integral itself: fundamental theorem of calculus"
                )
            ]
        numeric = compare_with_quadrature(self.potential(), digits)
        return _potential_claim(
            self.activation, self.formula, self.domain, [*checks, *self.joins], numeric, self.steps
        )


def check_G(activation: Activation, formulas: Sequence[sp.Expr | None], digits: int = 30) -> Claim:
    """Put somebody's G to the test: one formula in `u` for each piece (None where σ' = 0), as a claim with
    its status.

    REFUTED if the derivative is not σ/σ' or the quadrature disagrees; UNKNOWN if continuity is not shown.
    Raises `InputError` unless there are as many formulas as pieces.

    >>> from implicitreg_sym.activations import activation
    >>> [check_G(activation("tanh"), [formula]).status.name for formula in (sp.cosh(u) ** 2 / 2, u**2)]
    ['PROVED', 'REFUTED']
    """
    if len(formulas) != len(activation.pieces):
        raise InputError(
            f"{len(formulas)} formulas for {len(activation.pieces)} pieces; give one for each piece"
        )
    checks: list[Evidence] = []
    shown: list[tuple[sp.Expr, sp.Expr]] = []
    for piece, formula in zip(activation.pieces, formulas, strict=True):
        if formula is not None and ratio(piece) is not sp.nan:
            checks += _checks_of(
                verify(piece, DontKnow(ratio(piece), u, "given"), formula, critical_points(piece))
            )
            shown.append((formula, piece.upper))
    numeric = compare_with_quadrature(Potential(activation, tuple(formulas)), digits)
    return _potential_claim(activation, _piecewise(shown), sp.S.Reals, checks, numeric, ())


def _checks_of(part: PieceAntiderivative) -> list[Evidence]:
    return [*([] if part.derivative is None else [part.derivative]), continuity_evidence(part)]


def _potential_claim(
    activation: Activation,
    formula: sp.Expr,
    domain: sp.Set,
    checks: Sequence[Evidence],
    numeric: Evidence,
    steps: tuple[Step, ...],
) -> Claim:
    """The conjunction over the pieces, as strong as its weakest check."""
    ratios = [(ratio(piece), piece.upper) for piece in activation.pieces if ratio(piece) is not sp.nan]
    weakest = sorted(checks, key=lambda check: check.status)[:1]
    return Claim(
        f"{activation.name}.potential",
        rf"For {introduced(activation)}, the following $G$ is an antiderivative of "
        r"$g = \sigma/\sigma'$, continuous wherever $\sigma' \neq 0$",
        sp.Eq(sp.Derivative(formula, u), _piecewise(ratios), evaluate=False),
        ((u, domain),),
        evidence=(*weakest, numeric),
        steps=steps,
    )


def _piecewise(parts: list[tuple[sp.Expr, sp.Expr]]) -> sp.Expr:
    *earlier, (last, _) = parts
    return sp.Piecewise(*((part, u <= upper) for part, upper in earlier), (last, True)) if earlier else last


def _open(part: PieceAntiderivative, live: tuple[PieceAntiderivative, ...], side: int) -> bool:
    """Whether the domain ends before that end of the piece: unless a live neighbour continues it."""
    end = part.piece.lower if side < 0 else part.piece.upper
    neighbours = [
        other
        for other in live
        if other is not part and (other.piece.upper if side < 0 else other.piece.lower) == end
    ]
    return not neighbours or any(has_pole_at_end(entry, end) for entry in (part, *neighbours))


@cache
def derive_G(activation: Activation, timeout: float = 20.0) -> Antiderivative:
    """Derive G with G' = σ/σ' on every piece, verify it and join the pieces (T4).

    G vanishes at u = 0 where σ/σ' is regular there. Arguments: the activation; ``timeout``, the seconds after
    which the search is ended (with 0, only simple rules are tried, for about a second). Returns an
    `Antiderivative`; where nothing was found and verified its formula is the integral.

    >>> from implicitreg_sym.activations import activation
    >>> derive_G(activation("sigmoid")).formula
    u + exp(u) - 1
    >>> derive_G(activation("silu")).closed_form
    False
    """
    deadline = monotonic() + timeout
    parts = [antiderivative_on(piece, deadline - monotonic()) for piece in activation.pieces]
    parts, joins = _join(parts)
    parts, base = _normalise(parts)
    return Antiderivative(activation, tuple(parts), base, tuple(joins))


def potential(activation: Activation, timeout: float = 20.0) -> Potential:
    """Return the potential of an activation, by closed forms where they are derived and verified, else by
    quadrature.

    >>> from flint import arb
    >>> from implicitreg_sym.activations import activation
    >>> potential(activation("tanh")).difference(arb(0), arb(1)).overlaps(arb(1).sinh() ** 2 / 2)
    True
    """
    return derive_G(activation, timeout).potential()


def _join(parts: list[PieceAntiderivative]) -> tuple[list[PieceAntiderivative], list[Evidence]]:
    """Shift each piece so that it continues its left neighbour, where G is finite at their common end."""
    result, joins = [parts[0]], list[Evidence]()
    for part in parts[1:]:
        left = result[-1]
        if not left.dead and not part.dead and left.formula is not None and part.formula is not None:
            point = part.piece.lower
            below, above = value_at(left, point), value_at(part, point)
            if has_pole_at_end(left, point) or has_pole_at_end(part, point):
                joins.append(
                    Evidence(Kind.EXACT, Outcome.HOLDS, f"G has a pole at u = {point}: nothing to join")
                )
            elif below is None or above is None:
                joins.append(
                    Evidence(
                        Kind.EXACT,
                        Outcome.UNDECIDED,
                        f"G is not finite at u = {point}; the pieces are not joined there",
                    )
                )
            else:
                part = shifted(part, sp.expand(below - above))
                reached = value_at(part, point)
                holds = reached is not None and decide_zero(reached - below).status is Status.PROVED
                joins.append(
                    Evidence(
                        Kind.EXACT,
                        Outcome.HOLDS if holds else Outcome.UNDECIDED,
                        f"the pieces meet at u = {point}",
                    )
                )
        result.append(part)
    return result, joins


def _normalise(parts: list[PieceAntiderivative]) -> tuple[list[PieceAntiderivative], sp.Expr | None]:
    """Subtract G(0) from all pieces, if 0 lies on a live piece or at its end and g is regular there."""
    for part in parts:
        if part.dead or part.formula is None or not contains_number(part.piece, 0, closed=True):
            continue
        critical = part.critical
        if (
            contains_number(part.piece, 0)
            and not regular_at_zero(part)
            and not (critical is not None and critical.none)
        ):
            continue
        value = value_at(part, sp.Integer(0))
        if value is not None:
            return [shifted(other, -sp.expand(value)) for other in parts], sp.Integer(0)
    return parts, None
