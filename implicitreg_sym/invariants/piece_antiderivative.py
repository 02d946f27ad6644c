"""An antiderivative of σ/σ' on one smooth piece: found, differentiated back exactly, and proved analytic
where σ' ≠ 0."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from time import monotonic

import sympy as sp

from implicitreg_sym.activations import Piece
from implicitreg_sym.algebra import decide_zero
from implicitreg_sym.claims import Evidence, Kind, Outcome, identity_check
from implicitreg_sym.invariants.critical_points import CriticalPoints, critical_points
from implicitreg_sym.invariants.integrator import by_rules, search_antiderivative
from implicitreg_sym.invariants.natural_domain import natural_domain
from implicitreg_sym.invariants.potential import ratio
from implicitreg_sym.invariants.regularity import Finding, examine, requirements
from implicitreg_sym.invariants.rules import DontKnow, Rule
from implicitreg_sym.status import Status
from implicitreg_sym.symbols import u

OWN_SECONDS = 1.5  # of processor time, for the rules in this process
LARGE = 60
MANY_KERNELS = 2


@dataclass(frozen=True, slots=True)
class PieceAntiderivative:
    """An antiderivative of g = σ/σ' on one smooth piece, with what was verified.

    ``formula`` is None on a piece with σ' = 0 throughout, and where no candidate passed both checks:
    ``derivative`` (dG/du = g, exactly) and ``findings`` (G analytic where σ' ≠ 0). ``constant`` is included
    in ``formula``.
    """

    piece: Piece
    ratio: sp.Expr
    rule: Rule
    formula: sp.Expr | None
    constant: sp.Expr
    derivative: Evidence | None
    findings: tuple[Finding, ...]
    critical: CriticalPoints | None

    @property
    def dead(self) -> bool:
        """Whether σ' = 0 on the whole piece: the weights rest there, and G plays no part."""
        return self.ratio is sp.nan


def antiderivative_on(piece: Piece, timeout: float) -> PieceAntiderivative:
    """Find and verify an antiderivative of σ/σ' on one piece; ``timeout`` ends the search for it, of which
    only a second or so of simple rules is made in this process.

    >>> from implicitreg_sym.activations import activation
    >>> antiderivative_on(activation("erf").pieces[0], 0).formula
    u**2*hyper((1, 1), (3/2, 2), u**2)/2
    """
    g = ratio(piece)
    if g is sp.nan:
        return PieceAntiderivative(
            piece,
            g,
            DontKnow(sp.nan, u, "the slope vanishes on the whole piece"),
            None,
            sp.Integer(0),
            None,
            (),
            None,
        )
    critical = critical_points(piece)
    rejected = ""
    for rule in _candidates(g, timeout):
        if rule.result is None:
            break
        part = verify(piece, rule, rule.result, critical)
        if part.formula is not None:
            return part
        rejected = f"; a candidate was rejected: {rule.result}"
    reason = (
        rule.reason + rejected
        if isinstance(rule, DontKnow)
        else f"no candidate passed verification{rejected}"
    )
    return PieceAntiderivative(piece, g, DontKnow(g, u, reason), None, sp.Integer(0), None, (), critical)


def _candidates(g: sp.Expr, timeout: float) -> Iterator[Rule]:
    """Yield rules to be verified: our own first, then a search; a `DontKnow` comes last."""
    begin = monotonic()
    rule: Rule = DontKnow(g, u, "the integral is left to a search, for which no time is given")
    if _simple(g):
        rule = by_rules(g, OWN_SECONDS)
        if rule.known:
            yield rule
    left = timeout - (monotonic() - begin)
    if left > 0 and not (isinstance(rule, DontKnow) and rule.final):
        rule = search_antiderivative(g, left)
        if rule.known:
            yield rule
    yield rule if isinstance(rule, DontKnow) else DontKnow(g, u, "no other rule applies")


def _simple(g: sp.Expr) -> bool:
    """Whether the rules are quick enough for this process: a short formula with at most two kernels, none
    nested but in a logarithm; the sine and the cosine of one argument count as one, the hyperbolic ones too.

    SymPy's polynomial arithmetic cannot be interrupted; wilder formulas are left to the process that can be.
    """
    kernels = {
        node.func(-node.args[0]) if node.args[0].could_extract_minus_sign() else node
        for node in g.atoms(sp.Function)
        if node.has(u)
    }
    roots = {
        node.base
        for node in g.atoms(sp.Pow)
        if node.exp.is_Rational and not node.exp.is_Integer and node.has(u)
    }
    nested = any(
        node.args[0].has(sp.Function) for node in kernels if not isinstance(node, sp.log) and node.args
    )
    kinds = {{sp.sin: sp.cos, sp.sinh: sp.cosh}.get(node.func, node.func)(*node.args) for node in kernels}
    return len(kinds) + len(roots) <= MANY_KERNELS and not nested and sp.count_ops(g) <= LARGE


def verify(piece: Piece, rule: Rule, candidate: sp.Expr, critical: CriticalPoints) -> PieceAntiderivative:
    """Accept a candidate only if it is differentiated back exactly and proved analytic where σ' ≠ 0.

    >>> from implicitreg_sym.activations import activation
    >>> piece = activation("tanh").pieces[0]
    >>> wrong = verify(piece, DontKnow(u, u, ""), sp.cosh(u), critical_points(piece))
    >>> wrong.formula, wrong.derivative.outcome.value
    (None, 'fails')
    """
    g = ratio(piece)
    domains = {u: (piece.lower, piece.upper)}
    derivative = identity_check(sp.diff(candidate, u) - piece.formula / piece.slope, domains)
    needed = requirements(candidate)
    findings = () if needed is None else tuple(examine(requirement, piece) for requirement in needed)
    accepted = (
        derivative.outcome is Outcome.HOLDS
        and needed is not None
        and all(finding.shown for finding in findings)
    )
    return PieceAntiderivative(
        piece, g, rule, candidate if accepted else None, sp.Integer(0), derivative, findings, critical
    )


def shifted(part: PieceAntiderivative, constant: sp.Expr) -> PieceAntiderivative:
    """Add a constant of integration."""
    if part.formula is None:
        return part
    formula = part.formula + constant
    formula = sp.expand(formula) if formula.is_polynomial(u) else formula
    return replace(part, formula=formula, constant=part.constant + constant)


def value_at(part: PieceAntiderivative, point: sp.Expr) -> sp.Expr | None:
    """Return G at a point of the closed piece, or None where the formula has no finite value."""
    if part.formula is None:
        return None
    value = part.formula.subs(u, point)
    return None if value.has(sp.nan, sp.zoo, sp.oo, -sp.oo) or not value.is_number else value


def has_pole_at_end(part: PieceAntiderivative, end: sp.Expr) -> bool:
    """Whether σ' is infinite at an end of the piece, or tends to 0 and σ does not, so that no path continues
    G through it."""
    if end in (sp.oo, -sp.oo):
        return False
    slope, value = part.piece.slope.subs(u, end), part.piece.formula.subs(u, end)
    if slope is sp.nan:
        slope = sp.limit(part.piece.slope, u, end, "+" if end == part.piece.lower else "-")
    if slope in (sp.oo, -sp.oo, sp.zoo):
        return True
    if any(entry.has(sp.nan, sp.zoo) for entry in (slope, value)):
        return False
    return decide_zero(slope).status is Status.PROVED and decide_zero(value).status is Status.REFUTED


def continuity_evidence(part: PieceAntiderivative) -> Evidence:
    """Sum up the findings on where G is analytic."""
    shown = all(finding.shown for finding in part.findings)
    reasons = (
        "; ".join(finding.how for finding in part.findings)
        or "it is built from functions analytic on the whole line"
    )
    return Evidence(
        Kind.EXACT, Outcome.HOLDS if shown else Outcome.UNDECIDED, f"G is analytic where σ' ≠ 0: {reasons}"
    )


def contains_number(piece: Piece, number: int, closed: bool = False) -> bool:
    """Whether a number lies in the open (or closed) piece."""
    interval = sp.Interval(piece.lower, piece.upper) if closed else sp.Interval.open(piece.lower, piece.upper)
    return bool(interval.contains(number))


def regular_at_zero(part: PieceAntiderivative) -> bool:
    """Whether σ/σ' is regular at u = 0, a point of the piece."""
    if not natural_domain(part.piece).contains(sp.Integer(0)):
        return False
    slope = part.piece.slope.subs(u, 0)
    return bool(slope.is_nonzero) or part.critical is not None and sp.Integer(0) in part.critical.removable
