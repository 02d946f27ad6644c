"""From results to JSON objects, as docs/json.md describes them.

Numbers are decimal strings, formulas are text that can be read back, statuses are the names of `Status`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sympy as sp

from implicitreg_sym.activations import Activation
from implicitreg_sym.claims import Claim
from implicitreg_sym.cli.decimals import as_given, decimal, inner_decimals
from implicitreg_sym.cli.sets import set_text
from implicitreg_sym.degree import DegreeReport
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.evaluate.ball import exact_decimal
from implicitreg_sym.flow import Network, Point, Sample
from implicitreg_sym.formula import formula_text
from implicitreg_sym.invariants import Invariants, homogeneity_degree, parity
from implicitreg_sym.limits import Limit
from implicitreg_sym.overlap.outcome import (
    NoOverlap,
    OnePoint,
    ParameterRange,
    PlanePoint,
    ScalarSample,
    TwoPoint,
)
from implicitreg_sym.status import weakest
from implicitreg_sym.symbols import u

Document = dict[str, Any]


def claim_documents(claim: Claim) -> list[Document]:
    """All claims of a proof, premises before what rests on them."""
    return [entry.as_json() for entry in claim.walk()]


def exact_point(point: Point, digits: int) -> Document:
    """A point as it was given: ``{"w": [..], "a": ..}``, with ``"b"`` where the bias is trained.

    >>> exact_point(Point((sp.log(5),), sp.Rational(-1, 10)), 5)
    {'w': ['1.6094'], 'a': '-0.1'}
    """
    weights = [as_given(weight, digits) for weight in point.w]
    if point.b is None:
        return {"w": weights, "a": as_given(point.a, digits)}
    return {"w": weights, "b": as_given(point.b, digits), "a": as_given(point.a, digits)}


def exact_sample(sample: Sample, digits: int) -> Document:
    """A sample as it was given: ``{"x": [..], "y": ..}``."""
    return {"x": [as_given(entry, digits) for entry in sample.x], "y": as_given(sample.y, digits)}


def enclosed(ball: Ball, exact: sp.Expr | None, digits: int) -> str:
    """A number enclosed by a ball, whose exact value may be known: a rational one shows no zeros it does not
    need.

    >>> from fractions import Fraction
    >>> enclosed(Ball(Fraction(3, 10), Fraction(1, 10**40)), sp.Rational(3, 10), 30)
    '0.3'
    """
    return decimal(exact, digits) if isinstance(exact, sp.Rational) else ball.decimal(digits)


def point_text(point: Point) -> str:
    """A point in the form that ``--start`` reads: ``W;A`` or ``W;B;A``.

    >>> point_text(Point((sp.log(5), sp.Integer(1)), sp.Rational(-1, 10)))
    'log(5),1;-1/10'
    """
    parts = [
        ",".join(formula_text(weight) for weight in point.w),
        *([] if point.b is None else [formula_text(point.b)]),
    ]
    return ";".join([*parts, formula_text(point.a)])


def invariant_document(result: Invariants, digits: int = 30) -> Document:
    """The object of ``invariant``."""
    potential, network = result.antiderivative, result.network
    document: Document = {
        "activation": network.activation.name,
        "g": formula_text(_joined([(part.ratio, part.piece.upper) for part in potential.live])),
        "G": formula_text(potential.formula),
        "closed_form": potential.closed_form,
        "invariants": [formula_text(invariant) for invariant in result.invariants],
        "domain": set_text(potential.domain),
        "status": str(result.status),
        "theorem": result.theorem,
        "poles": list(result.poles),
        "reason": result.missing,
    }
    document |= _rates(network, digits)
    document["claims"] = claim_documents(result.conclusion)
    return document


def _rates(network: Network, digits: int) -> Document:
    """The learning rates, where they are not both 1."""
    if (network.rate_w, network.rate_a) == (1, 1):
        return {}
    return {"rates": {"w": as_given(network.rate_w, digits), "a": as_given(network.rate_a, digits)}}


def _joined(parts: Sequence[tuple[sp.Expr, sp.Expr]]) -> sp.Expr:
    *earlier, (last, _) = parts
    return sp.Piecewise(*((part, u <= upper) for part, upper in earlier), (last, True)) if earlier else last


def limit_document(result: Limit) -> Document:
    """The object of ``limit``; ``"limit": null`` and ``"reason"`` where no limit is established."""
    digits, network = result.digits, result.network
    document: Document = {
        "activation": network.activation.name,
        "start": exact_point(result.start, digits),
        "samples": [exact_sample(result.sample, digits)],
        "limit": None,
        "radius": None,
        "closed_form": None,
        "status": str(result.status),
    }
    if result.exists:
        assert result.w is not None and result.a is not None
        exact = result.closed_form
        weights = [None] * len(result.w) if exact is None else exact.w
        document["limit"] = {"w": [enclosed(*pair, digits) for pair in zip(result.w, weights, strict=True)]}
        if result.b is not None:
            document["limit"]["b"] = enclosed(result.b, None if exact is None else exact.b, digits)
        document["limit"]["a"] = enclosed(result.a, None if exact is None else exact.a, digits)
        document["radius"] = _radius_text(result)
        document["closed_form"] = None if result.closed_form is None else point_text(result.closed_form)
    else:
        document["reason"] = result.reason or open_question(result.claim)
    document |= _rates(network, digits)
    document["claims"] = claim_documents(result.claim)
    return document


def _radius_text(result: Limit) -> str:
    balls = [*(result.w or ()), *(ball for ball in (result.a, result.b) if ball is not None)]
    return max(balls, key=lambda ball: ball.radius).radius_text()


def open_question(claim: Claim) -> str:
    """Why a claim is not established: the first check below it that failed or did not decide."""
    for entry in claim.walk():
        if not entry.own_status.established:
            worst = min(entry.evidence, key=lambda check: check.status, default=None)
            return f"{entry.id}: {worst.method if worst else 'no evidence'}"
    return f"{claim.id}: {claim.status}"


def _plane_point(point: PlanePoint, digits: int) -> Document:
    return {"w": [point.w.decimal(digits)], "a": point.a.decimal(digits)}


def _scalar_sample(sample: ScalarSample, digits: int) -> Document:
    return {"x": [sample.x.decimal(digits)], "y": sample.y.decimal(digits)}


def _closed_forms(points: Iterable[PlanePoint]) -> list[str | None]:
    """Each point in the form that ``--start`` reads, null where a coordinate has no closed form."""
    return [
        None
        if point.w.exact is None or point.a.exact is None
        else point_text(Point((point.w.exact,), point.a.exact))
        for point in points
    ]


def _family(parameters: Sequence[ParameterRange]) -> list[Document]:
    return [
        {
            "parameter": str(entry.symbol),
            "lower": formula_text(entry.lower),
            "upper": formula_text(entry.upper),
        }
        for entry in parameters
    ]


def two_point_document(result: TwoPoint | NoOverlap) -> Document:
    """The object of ``two-point``."""
    if isinstance(result, NoOverlap):
        return no_overlap_document(result)
    digits = result.digits
    return {
        "mechanism": "two-point",
        "activation": result.activation.name,
        "start": _plane_point(result.start, digits),
        "samples": [_scalar_sample(sample, digits) for sample in result.samples],
        "limits": [_plane_point(point, digits) for point in result.limits],
        "status": str(result.status),
        "claims": claim_documents(result.claim),
        "recipe": result.recipe,
        "family": _family(result.family),
        "closed_forms": dict(
            zip(("start", "p", "q"), _closed_forms((result.start, *result.limits)), strict=True)
        ),
    }


def one_point_document(result: OnePoint | NoOverlap) -> Document:
    """The object of ``one-point``."""
    if isinstance(result, NoOverlap):
        return no_overlap_document(result)
    digits = result.digits
    return {
        "mechanism": "one-point",
        "activation": result.activation.name,
        "start": _plane_point(result.start, digits),
        "samples": [_scalar_sample(sample, digits) for sample in result.samples],
        "limit": _plane_point(result.limit, digits),
        "box": {"w": inner_decimals(*result.box.w, digits), "a": inner_decimals(*result.box.a, digits)},
        "status": str(result.status),
        "claims": claim_documents(result.claim),
        "recipe": result.recipe,
        "closed_forms": dict(
            zip(("start", "limit"), _closed_forms((result.start, result.limit)), strict=True)
        ),
    }


def no_overlap_document(result: NoOverlap) -> Document:
    """The object of ``two-point`` and ``one-point`` where there is no overlapping, or none was found."""
    return {
        "mechanism": result.mechanism,
        "activation": result.activation.name,
        "status": str(result.status),
        "reason": result.reason,
        "scope": None if result.scope is None else result.scope.value,
        "claims": claim_documents(result.claim),
    }


def degree_document(activation: Activation, reports: Sequence[DegreeReport], digits: int) -> Document:
    """The object of ``degree``."""
    return {
        "activation": activation.name,
        "half_lines": [_half_line(report, digits) for report in reports],
        "status": str(weakest(report.status for report in reports)),
    }


def _half_line(report: DegreeReport, digits: int) -> Document:
    return {
        "half_line": report.half_line,
        "domain": _degree_domain(report, digits),
        "E": None if report.expression is None else formula_text(report.expression),
        "verdict": report.verdict.value,
        "value": None if report.value is None else formula_text(report.value),
        "extrema": [ball.decimal(digits) for ball in report.extrema],
        "extrema_complete": report.extrema_complete,
        "witnesses": [
            {"u": exact_decimal(witness.point, digits), "slope": witness.slope.decimal(min(digits, 10))}
            for witness in report.witnesses
        ],
        "status": str(report.status),
        "reason": report.reason or None,
        "claims": claim_documents(report.claim),
    }


def _degree_domain(report: DegreeReport, digits: int) -> Document:
    """The ends of the interval next to 0, null where infinite; an enclosed end as a decimal."""
    extent = report.domain.extent
    side = report.domain.side
    shown = (
        Ball(side * extent.middle, extent.radius).decimal(digits)
        if isinstance(extent, Ball)
        else _end(side * extent)
    )
    return {"lower": "0", "upper": shown} if side > 0 else {"lower": shown, "upper": "0"}


def activation_document(activation: Activation) -> Document:
    """One entry of ``activations``."""
    degree = homogeneity_degree(activation)
    return {
        "name": activation.name,
        "title": activation.title,
        "formula": formula_text(activation.formula),
        "pieces": [
            {"lower": _end(piece.lower), "upper": _end(piece.upper), "formula": formula_text(piece.formula)}
            for piece in activation.pieces
        ],
        "parity": parity(activation),
        "homogeneity": None if degree is None else formula_text(degree),
        "references": list(activation.references),
    }


def _end(end: sp.Expr) -> str | None:
    """An end of an interval; null where it is infinite."""
    return None if end in (sp.oo, -sp.oo) else formula_text(end)
