"""Whether the local homogeneity degree is constant, monotone or not on a half-line, as a claim with proof
and cross-check."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

import flint
import mpmath
import sympy as sp

from implicitreg_sym.activations import Activation
from implicitreg_sym.algebra.tower import Element, Undecided
from implicitreg_sym.claims import (
    Claim,
    Evidence,
    Kind,
    Outcome,
    Step,
    agreement_check,
    identity_check,
    numeric_check,
)
from implicitreg_sym.degree.domain import DegreeDomain, adjacent_piece, degree_domain
from implicitreg_sym.degree.enclosure import sampled_signs
from implicitreg_sym.degree.extrema import find_extrema
from implicitreg_sym.degree.field import DifferentialField
from implicitreg_sym.degree.homogeneity import degree_of_piece
from implicitreg_sym.degree.place import typeset
from implicitreg_sym.degree.prover import prove_element
from implicitreg_sym.degree.sampling import CHECK_POINTS, check_points, degrees, monotone_check, some_point
from implicitreg_sym.degree.span import ball_of, v
from implicitreg_sym.degree.verdict import DegreeReport, Verdict, Witness, typeset_name
from implicitreg_sym.evaluate import Ball, compile_expression
from implicitreg_sym.status import Status
from implicitreg_sym.symbols import u


def degree_report(
    activation: Activation, half_line: Literal["positive", "negative"], digits: int = 30
) -> DegreeReport:
    """Decide, with proof, how E(u) = u σ'(u)/σ(u) behaves on the largest interval next to 0 where σ, σ' do
    not vanish (T9).

    Arguments: ``activation``; ``half_line``, the side of 0; ``digits``, those of the enclosures and of the
    cross-check, on which the verdict does not depend. Raises `InputError` on another half-line, and unless
    ``digits`` is a positive integer.

    >>> from implicitreg_sym.activations import activation
    >>> report = degree_report(activation("tanh"), "positive")
    >>> report.verdict.value, report.status.name
    ('decreasing', 'PROVED')
    >>> degree_report(activation("silu"), "positive").extrema[0].decimal(12)
    '1.27846454276'
    """
    domain = degree_domain(activation, half_line, digits)
    piece = adjacent_piece(activation, domain.side)
    name = f"degree.{activation.name}.{half_line}"
    variables = ((u, domain.interval),)
    degree = degree_of_piece(piece)
    if domain.reason.startswith("σ "):
        return _without_degree(activation, half_line, domain, name)
    if not domain.proved or degree is None:
        return _unknown(activation, half_line, domain, name, f"σ, σ' ≠ 0 is not proved: {domain.reason}")
    base = _domain_claim(activation, domain, name, digits)
    try:
        field = DifferentialField(domain.span, piece.formula.subs(u, domain.side * v))
        slope = field.derivative(_degree_element(field, piece.formula.subs(u, domain.side * v)))
    except Undecided as reason:
        return _unknown(activation, half_line, domain, name, str(reason))
    slope_formula = sp.diff(degree, u)
    steps = _steps(piece.formula, degree)
    if slope.num.is_zero():
        value = degree if not degree.has(u) else degree.subs(u, domain.side * some_point(domain))
        return _constant(activation, half_line, domain, name, base, degree, value, steps, digits)
    if {1, -1} <= {sign for _point, sign in sampled_signs(field, slope.num)}:
        return _not_monotone(
            activation, half_line, domain, name, base, degree, slope_formula, field, slope, steps, digits
        )
    proof = prove_element(field, Element(slope.num, field.integer(1).num))
    if not proof.sign:
        return _unknown(activation, half_line, domain, name, f"the sign of E' is not proved: {proof.detail}")
    # E' = num/den in v, den a square where E is finite; d/du = side d/dv
    below = prove_element(field, Element(slope.den, field.integer(1).num))
    if not below.sign:
        return _unknown(
            activation,
            half_line,
            domain,
            name,
            f"the sign of the denominator of E' is not proved: {below.detail}",
        )
    sign = proof.sign * below.sign * domain.side
    verdict = Verdict.INCREASING if sign > 0 else Verdict.DECREASING
    relation = (sp.StrictGreaterThan if sign > 0 else sp.StrictLessThan)(slope_formula, 0, evaluate=False)
    says = (
        rf"the local homogeneity degree of {typeset_name(activation.name)} is strictly {verdict.value} "
        rf"on \({typeset(domain.interval)}\)"
    )
    exact = min(proof.status, below.status) is Status.PROVED
    rules = ", ".join(dict.fromkeys(node.rule for node in proof.walk()))
    evidence = (
        Evidence(Kind.EXACT if exact else Kind.ENCLOSURE, Outcome.HOLDS, f"the sign of E' by {rules}"),
        monotone_check(activation, domain, sign, digits),
    )
    side = r"\(v = -u\)" if domain.side < 0 else r"\(v = u\)"
    steps += (
        Step(f"With {side}, the sign of E' is that of its numerator; that is decided as follows."),
        *proof.steps(),
    )
    claim = Claim(name, says, relation, variables, (base,), evidence, steps)
    return DegreeReport(
        activation, half_line, domain, verdict, claim, degree, proof=proof, extrema_complete=True
    )


def _degree_element(field: DifferentialField, formula: sp.Expr) -> Element:
    """E in the field of v = |u|; v d/dv = u d/du, so it does not depend on the side."""
    value = field.element(formula)
    quotient = field.tower.multiply(field.derivative(value), field.tower.inverse(value))
    return field.tower.multiply(field.variable, quotient)


def _steps(formula: sp.Expr, degree: sp.Expr) -> tuple[Step, ...]:
    name = sp.Symbol("E(u)")
    return (
        Step("The local homogeneity degree, the slope of \\(\\log\\lvert\\sigma\\rvert\\) against "
        "\\(\\log\\lvert u\\rvert\\), is", sp.Eq(name, degree, evaluate=False)),
        Step(
            r"Its derivative is \(W/\sigma^2\) with",
            r"W = \sigma\sigma' + u\,(\sigma\sigma'' - \sigma'^2)",
        ),
    )  # fmt: skip


def _domain_claim(activation: Activation, domain: DegreeDomain, name: str, digits: int) -> Claim:
    assert domain.value is not None and domain.slope is not None
    piece = adjacent_piece(activation, domain.side)
    exact = min(domain.value.status, domain.slope.status) is Status.PROVED
    rules = ", ".join(
        dict.fromkeys(node.rule for proof in (domain.value, domain.slope) for node in proof.walk())
    )

    def signs_agree() -> bool:
        value_sign, slope_sign = domain.value.sign or 0, (domain.slope.sign or 0) * domain.side  # type: ignore[union-attr]
        return all(
            activation.mp(point) * value_sign > 0 and activation.slope_mp(point) * slope_sign > 0
            for point in check_points(domain)
        )

    evidence = (
        Evidence(Kind.EXACT if exact else Kind.ENCLOSURE, Outcome.HOLDS, f"signs of σ and σ' by {rules}"),
        numeric_check(f"mpmath: signs of σ and σ' at {CHECK_POINTS} points", signs_agree, digits),
    )
    statement = sp.And(
        sp.Ne(piece.formula, 0, evaluate=False), sp.Ne(piece.slope, 0, evaluate=False), evaluate=False
    )
    says = (
        rf"\(\sigma\) and \(\sigma'\) have no zero in \({typeset(domain.interval)}\) "
        rf"({typeset_name(activation.name)})"
    )
    steps = (
        Step(r"The sign of \(\sigma\):"), *domain.value.steps(),
        Step(r"The sign of \(\sigma'\), as a derivative in \(v = \lvert u\rvert\):"), *domain.slope.steps(),
    )  # fmt: skip
    return Claim(f"{name}.domain", says, statement, ((u, domain.interval),), (), evidence, steps)


def _constant(
    activation: Activation, half_line: str, domain: DegreeDomain, name: str, base: Claim, degree: sp.Expr,
    value: sp.Expr, steps: tuple[Step, ...], digits: int,
) -> DegreeReport:  # fmt: skip
    def constant() -> bool:
        wanted = compile_expression(value, ()).mp()
        return all(
            abs(entry - wanted) < mpmath.mpf(10) ** (-digits) * max(1, abs(wanted))
            for entry in degrees(activation, domain)
        )

    end = sp.oo if domain.span.upper == sp.oo else domain.span.upper
    place = (sp.Integer(0), end) if domain.side > 0 else (-end, sp.Integer(0))
    evidence = (
        identity_check(
            u * adjacent_piece(activation, domain.side).slope
            - value * adjacent_piece(activation, domain.side).formula,
            {u: place},
        ),
        numeric_check(f"mpmath: E = {value} at {CHECK_POINTS} points", constant, digits),
    )
    says = (
        rf"{typeset_name(activation.name)} is homogeneous of degree {value} on "
        rf"\({typeset(domain.interval)}\)"
    )
    claim = Claim(
        name, says, sp.Eq(degree, value, evaluate=False), ((u, domain.interval),), (base,), evidence, steps
    )
    return DegreeReport(
        activation, half_line, domain, Verdict.CONSTANT, claim, degree, value, extrema_complete=True
    )


def _not_monotone(
    activation: Activation, half_line: str, domain: DegreeDomain, name: str, base: Claim, degree: sp.Expr,
    slope_formula: sp.Expr, field: DifferentialField, slope: Element, steps: tuple[Step, ...], digits: int,
) -> DegreeReport:  # fmt: skip
    side = domain.side
    certain = [(point, sign) for point, sign in sampled_signs(field, slope.num) if sign]
    change = next(i for i in range(1, len(certain)) if certain[i][1] != certain[i - 1][1])
    # one step away from the change the values of E' are larger
    chosen = [certain[max(0, change - 2)][0], certain[min(len(certain) - 1, change + 1)][0]]
    if certain[min(len(certain) - 1, change + 1)][1] == certain[max(0, change - 2)][1]:
        chosen = [certain[change - 1][0], certain[change][0]]
    witnesses = tuple(
        sorted(
            (_witness(field, slope, side, point, digits) for point in chosen),
            key=lambda witness: witness.point,
        )
    )
    formula = adjacent_piece(activation, side).formula.subs(u, side * v)
    critical = find_extrema(field, formula, slope.num, digits)
    extrema = sorted(
        (Ball(side * ball.middle, ball.radius) for ball in critical.balls), key=lambda ball: ball.middle
    )
    relations = [
        (sp.StrictGreaterThan if witness.slope.middle > 0 else sp.StrictLessThan)(
            slope_formula.subs(u, sp.Rational(witness.point.numerator, witness.point.denominator)),
            0,
            evaluate=False,
        )
        for witness in witnesses
    ]
    evidence = [
        Evidence(
            Kind.ENCLOSURE, Outcome.HOLDS,
            "; ".join(
                f"E'({witness.point}) = {witness.slope.decimal(6)} with radius {witness.slope.radius_text()}"
                for witness in witnesses
            ),
        ),
    ]  # fmt: skip
    program = compile_expression(slope_formula, (u,))
    with mpmath.workdps(2 * digits + 15):
        for witness in witnesses:
            at = mpmath.mpf(witness.point.numerator) / witness.point.denominator
            evidence.append(agreement_check(f"E'({witness.point})", witness.slope, program.mp(at), digits))
    says = (
        rf"the local homogeneity degree of {typeset_name(activation.name)} is not monotone on "
        rf"\({typeset(domain.interval)}\)"
    )
    shown = r"$ and $".join(
        f"E'({typeset(sp.Rational(witness.point.numerator, witness.point.denominator))}) "
        rf"\approx {witness.slope.decimal(6)}"
        for witness in witnesses
    )
    steps += (Step(f"The signs at two points differ: ${shown}$"),)
    if extrema:
        places = ", ".join(ball.decimal(min(digits, 15)) for ball in extrema)
        further = "there are no others" if critical.complete else "others are not excluded"
        steps += (
            Step(rf"Critical points of \(E\), each the only one of its ball: \({places}\); {further}."),
        )
    claim = Claim(
        name,
        says,
        sp.And(*relations, evaluate=False),
        ((u, domain.interval),),
        (base,),
        tuple(evidence),
        steps,
    )
    return DegreeReport(
        activation, half_line, domain, Verdict.NOT_MONOTONE, claim, degree, None, tuple(extrema), witnesses,
        extrema_complete=critical.complete,
    )  # fmt: skip


def _witness(field: DifferentialField, slope: Element, side: int, point: Fraction, digits: int) -> Witness:
    with flint.ctx.workprec(int(7 * digits) + 128):
        ball = ball_of(point)
        value = side * field.over(slope.num, ball) / field.over(slope.den, ball)
    return Witness(side * point, Ball.from_arb(value))


def _without_degree(activation: Activation, half_line: str, domain: DegreeDomain, name: str) -> DegreeReport:
    piece = adjacent_piece(activation, domain.side)
    vanishing, symbol = (piece.formula, "σ") if piece.formula.is_zero else (piece.slope, "σ'")

    def vanishes() -> bool:
        values = [
            (activation.mp if symbol == "σ" else activation.slope_mp)(point) for point in check_points(domain)
        ]
        return all(value == 0 for value in values)

    evidence = (
        identity_check(vanishing),
        numeric_check(f"mpmath: {symbol} = 0 at {CHECK_POINTS} points", vanishes),
    )
    shown = r"\(\sigma\)" if symbol == "σ" else r"\(\sigma'\)"
    says = (
        rf"{shown} vanishes on \({typeset(domain.interval)}\), so {typeset_name(activation.name)} has "
        rf"no degree there"
    )
    claim = Claim(name, says, sp.Eq(vanishing, 0, evaluate=False), ((u, domain.interval),), (), evidence)
    return DegreeReport(activation, half_line, domain, Verdict.NO_DEGREE, claim, reason=domain.reason)


def _unknown(
    activation: Activation, half_line: str, domain: DegreeDomain, name: str, reason: str
) -> DegreeReport:
    evidence = (Evidence(Kind.EXACT, Outcome.UNDECIDED, reason),)
    says = (
        rf"the local homogeneity degree of {typeset_name(activation.name)} on the {half_line} half-line: "
        rf"not decided"
    )
    claim = Claim(name, says, sp.Symbol("undecided"), ((u, domain.interval),), (), evidence)
    return DegreeReport(activation, half_line, domain, Verdict.UNKNOWN, claim, reason=reason)
