"""Theorem T9: the degree E decides which overlappings are possible; its identities, proved for an arbitrary
smooth σ."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import mpmath
import sympy as sp

from implicitreg_sym.activations import Activation
from implicitreg_sym.claims import (
    Claim,
    Evidence,
    Kind,
    Outcome,
    Step,
    Theorem,
    identity_check,
    numeric_check,
    sampled_identity_check,
)
from implicitreg_sym.degree.place import typeset
from implicitreg_sym.degree.report import degree_report
from implicitreg_sym.degree.verdict import DegreeReport, Verdict, typeset_name
from implicitreg_sym.errors import InputError
from implicitreg_sym.symbols import u

x = sp.Symbol("x", positive=True)
w_p, w_q = sp.symbols("w_p w_q", positive=True)
w_start, w_end = sp.symbols("w_0 w_1", positive=True)
_sigma = sp.Function("sigma", real=True)
_potential = sp.Function("G", real=True)

Mechanism = Literal["two-point", "one-point"]


def degree(value: sp.Expr, slope: sp.Expr, at: sp.Expr) -> sp.Expr:
    """E = u σ'/σ from the values of σ and σ' at u.

    >>> degree(sp.exp(u), sp.exp(u), u)
    u
    """
    return at * slope / value


def crossing_identity() -> sp.Expr:
    """The expression x L'(x) - (E(w_p x) - E(w_q x)), L = log|σ(w_p x)/σ(w_q x)|, that vanishes for every
    σ."""

    def degree_at(weight: sp.Expr) -> sp.Expr:
        slope = sp.Subs(sp.diff(_sigma(u), u), u, weight * x)
        return degree(_sigma(weight * x), slope, weight * x)

    p, q = _sigma(w_p * x), _sigma(w_q * x)
    logarithm_slope = sp.diff(p, x) / p - sp.diff(q, x) / q
    return x * logarithm_slope - (degree_at(w_p) - degree_at(w_q))


def orbit_identity() -> sp.Expr:
    """The expression x^3 H'(x) - (ψ(w* x) - ψ(w0 x)), H = (G(w* x) - G(w0 x))/x^2, ψ(u) = u G'(u) - 2 G(u),
    that vanishes for every G."""

    def psi(weight: sp.Expr) -> sp.Expr:
        return weight * x * sp.Subs(sp.diff(_potential(u), u), u, weight * x) - 2 * _potential(weight * x)

    difference = (_potential(w_end * x) - _potential(w_start * x)) / x**2
    return x**3 * sp.diff(difference, x) - (psi(w_end) - psi(w_start))


def psi_identity() -> sp.Expr:
    """The expression ψ' + u^2 E'/E^2 with ψ' = u g' - g, g = σ/σ', that vanishes for every σ."""
    s = _sigma(u)
    slope = sp.diff(s, u)
    ratio = s / slope
    homogeneity = degree(s, slope, u)
    return u * sp.diff(ratio, u) - ratio + u**2 * sp.diff(homogeneity, u) / homogeneity**2


def transversality_identity() -> sp.Expr:
    """The expression da/dw + a E(w x)/w for the curve a σ(w x) = y, that vanishes for every σ."""
    height = sp.Symbol("y", real=True) / _sigma(w_end * x)
    slope = sp.Subs(sp.diff(_sigma(u), u), u, w_end * x)
    return sp.diff(height, w_end) + height * degree(_sigma(w_end * x), slope, w_end * x) / w_end


def _identity_claim(
    name: str, says: str, expression: sp.Expr, concrete: sp.Expr, steps: tuple[Step, ...]
) -> Claim:
    evidence = (identity_check(expression), sampled_identity_check(concrete, _positive_domains(concrete)))
    return Claim(f"T9.{name}", says, sp.Eq(expression, 0, evaluate=False), (), (), evidence, steps)


def _positive_domains(expression: sp.Expr) -> dict[sp.Symbol, tuple[sp.Expr, sp.Expr]]:
    return {symbol: (sp.Rational(1, 4), sp.Rational(7, 4)) for symbol in expression.free_symbols}


def _on(expression: sp.Expr, function: sp.Function, concrete: sp.Expr) -> sp.Expr:
    return expression.replace(function, lambda argument: concrete.subs(u, argument)).doit()


@lru_cache(maxsize=1)
def identities() -> tuple[Claim, ...]:
    """The identities on which T9 rests, proved for undefined σ and G, each cross-checked on a concrete
    function.

    >>> [claim.status.name for claim in identities()]
    ['PROVED', 'PROVED', 'PROVED', 'PROVED']
    """
    sigmoid = 1 / (1 + sp.exp(-u))
    return (
        _identity_claim(
            "crossings",
            r"\(x L'(x) = E(w_p x) - E(w_q x)\) for \(L(x) = \log\lvert\sigma(w_p x)/\sigma(w_q x)\rvert\)",
            crossing_identity(), _on(crossing_identity(), _sigma, sigmoid),
            (Step(r"Differentiate \(L\) by the chain rule and "
            r"multiply by \(x\).", "x L'(x) = E(w_p x) - E(w_q x)"),),
        ),
        _identity_claim(
            "orbits",
            r"\(x^3 H'(x) = \psi(w_* x) - \psi(w_0 x)\) for \(H(x) = (G(w_* x) - G(w_0 x))/x^2\), "
            r"\(\psi(u) = u g(u) - 2 G(u)\)",
            orbit_identity(), _on(orbit_identity(), _potential, u + sp.exp(u)),
            (Step(r"Differentiate the quotient \(H\), with "
            r"\(G' = g\).", r"x^3 H'(x) = \psi(w_* x) - \psi(w_0 x)"),),
        ),
        _identity_claim(
            "psi", r"\(\psi'(u) = -u^2 E'(u)/E(u)^2\)", psi_identity(), _on(psi_identity(), _sigma, sigmoid),
            (Step(r"\(\psi' = u g' - g\), and \(g = u/E\).", r"\psi'(u) = -\frac{u^2 E'(u)}{E(u)^2}"),),
        ),
        _identity_claim(
            "slope", r"the curve \(a\,\sigma(w x) = y\) has the slope \(da/dw = -a E(w x)/w\)",
            transversality_identity(), _on(transversality_identity(), _sigma, sigmoid),
            (Step(r"Differentiate \(a = y/\sigma(w x)\).", r"\frac{da}{dw} = -\frac{a}{w} E(w x)"),),
        ),
    )  # fmt: skip


_TWO_POINT_STEPS = (
    Step(r"Let \(p \ne q\) lie on \(M_{S_1}\) and \(M_{S_2}\), \(y_i \ne 0\), all \(w_p x_i\), \(w_q x_i\) "
    r"in the domain. Then \(L(x_1) = L(x_2) = \log\lvert a_q/a_p\rvert\); and \(w_p \ne w_q\), since "
    r"otherwise \(a_p = a_q\)."),
    Step(r"Between \(x_1\) and \(x_2\) the products \(w_p x\), \(w_q x\) stay in the domain, which is an "
    r"interval. \(E\) being strictly monotone, \(x L' = E(w_p x) - E(w_q x)\) has one strict sign there, so "
    r"\(x_1 = x_2\)."),
    Step(r"Then \(y_1 = a_p \sigma(w_p x_1) = y_2\): the datasets are equal, and so are their limits \(p\) "
    r"and \(q\), a contradiction."),
)  # fmt: skip
_ONE_POINT_STEPS = (
    Step(r"Let \(\theta_*\) be the limit from \(\theta_0\) for \(S_1\) and \(S_2\), \(w_* \ne w_0\), the "
    r"trajectories with \(w x_i\) in the domain. T4 gives \(H(x_1) = H(x_2) = (a_*^2 - a_0^2)/2\)."),
    Step(r"\(\psi' = -u^2 E'/E^2\) has one strict sign, so \(x^3 H' = \psi(w_* x) - \psi(w_0 x)\) has one "
    r"strict sign between \(x_1\) and \(x_2\), hence \(x_1 = x_2\)."),
    Step(r"Then \(y_1 = a_* \sigma(w_* x_1) = y_2\): the datasets are equal, so their curves do not cross. "
    r"(If \(w_* = w_0\), then \(H\) vanishes identically and \(a_* = \pm a_0\): such a \(\theta_*\) is "
    r"excluded; it fills no open set, so there is no robust one-point overlapping.)"),
)  # fmt: skip
_CONSTANT_STEPS = (
    Step(r"If \(E = k\) then \(\sigma(u) = c\,\lvert u\rvert^k\) in the domain, as "
    r"\((\log\lvert\sigma\rvert)' = k/u\)."),
    Step(r"So \(L_S = \tfrac12 \lvert x\rvert^{2k} (c\,a\lvert w\rvert^k - y/\lvert x\rvert^k)^2\): two "
    r"samples with a common interpolating point have the same \(y/\lvert x\rvert^k\), and their losses "
    r"differ by a constant factor."),
    Step(r"Hence they have the same curve \(M_S\), which does not cross itself, and the same trajectories "
    r"in the domain, whose limits agree."),
)  # fmt: skip


@lru_cache(maxsize=4)
def theorem(mechanism: Mechanism, constant: bool) -> Theorem:
    """T9 for one mechanism, for strictly monotone or for constant E, with its own proved claim.

    >>> theorem("two-point", constant=False).proved_as.status.name
    'PROVED'
    """
    if mechanism not in ("two-point", "one-point"):
        raise InputError(f"the mechanism is {mechanism!r}; write 'two-point' or 'one-point'")
    crossings, orbits, psi, slope = identities()
    needed: tuple[Claim, ...]
    if constant:
        steps, needed, kind = _CONSTANT_STEPS, (_homogeneous_claim(),), "constant"
    elif mechanism == "two-point":
        steps, needed, kind = _TWO_POINT_STEPS, (crossings,), "monotone"
    else:
        steps, needed, kind = _ONE_POINT_STEPS, (orbits, psi, slope), "monotone"
    method = "mean value theorem on the interval between the inputs, from " + ", ".join(
        claim.id for claim in needed
    )
    evidence = (
        Evidence(Kind.DEDUCTION, Outcome.HOLDS, method),
        _injective_on_tanh() if not constant else _scaling_of_cubes(),
    )
    says = (
        rf"if \(E\) is {kind if constant else 'strictly monotone'} on a domain, no two one-sample "
        rf"datasets show {mechanism} overlapping within it"
    )
    proved = Claim(f"T9.{mechanism}.{kind}", says, sp.true, (), needed, evidence, steps)
    return Theorem(
        "T9", f"dichotomy, {kind} degree, {mechanism}", {"degree": rf"\(E\) is {kind} on the domain"}, proved
    )


def _homogeneous_claim() -> Claim:
    k, scale = sp.Symbol("k", positive=True), sp.Symbol("c", positive=True)
    a, y = sp.Symbol("a", real=True), sp.Symbol("y", real=True)
    loss = (a * scale * (w_p * x) ** k - y) ** 2 / 2
    scaled = x ** (2 * k) * (scale * a * w_p**k - y / x**k) ** 2 / 2
    power = scale * sp.Symbol("v", positive=True) ** k
    degree_of_power = (
        sp.Symbol("v", positive=True) * sp.diff(power, sp.Symbol("v", positive=True)) / power - k
    )
    evidence = (
        identity_check(loss - scaled),
        identity_check(degree_of_power),
        sampled_identity_check(loss - scaled, _positive_domains(loss)),
    )
    says = r"\(\tfrac12 (a c (w x)^k - y)^2 = \tfrac12 x^{2k} (c a w^k - y/x^k)^2\)"
    return Claim(
        "T9.homogeneous",
        says,
        sp.Eq(loss, scaled, evaluate=False),
        (),
        (),
        evidence,
        (Step("Take out the power of the input.", sp.Eq(loss, scaled, evaluate=False)),),
    )


def _injective_on_tanh() -> Evidence:
    """L and H of tanh, from σ and sinh(u)^2/2 alone, are strictly monotone on a grid."""

    def monotone() -> bool:
        grid = [mpmath.mpf(n) / 8 for n in range(1, 25)]
        crossing = [mpmath.log(mpmath.tanh(2 * t) / mpmath.tanh(t)) for t in grid]
        orbit = [(mpmath.sinh(2 * t) ** 2 - mpmath.sinh(t) ** 2) / (2 * t**2) for t in grid]
        return all(_strictly_monotone(values) for values in (crossing, orbit))

    return numeric_check("L and H are monotone for tanh, w = 1 and 2, at 24 inputs", monotone)


def _scaling_of_cubes() -> Evidence:
    def proportional() -> bool:
        loss = [
            [(a * (w * t) ** 3 - y * t**3) ** 2 for a, w in ((1, 2), (3, 1), (2, 5))]
            for t, y in ((mpmath.mpf(2), 5), (mpmath.mpf(3) / 7, 5))
        ]
        ratios = [first / second for first, second in zip(*loss, strict=True)]
        return bool(max(ratios) - min(ratios) < mpmath.eps * 2**20 * max(ratios))

    return numeric_check("the losses of two samples for the cube are proportional at 3 points", proportional)


def _strictly_monotone(values: list[mpmath.mpf]) -> bool:
    signs = {mpmath.sign(after - before) for before, after in zip(values, values[1:], strict=False)}
    return len(signs) == 1 and 0 not in signs


def refusal(
    activation: Activation,
    half_line: Literal["positive", "negative"],
    mechanism: Mechanism,
    digits: int = 30,
    known: DegreeReport | None = None,
) -> Claim:
    """Return the claim that no pair of one-sample datasets shows the mechanism within the domain of E (T9),
    resting on a proof.

    Scope: scalar inputs, one sample each, y != 0, with w x in the domain of `degree_report` for p and q
    (two-point), or for the whole trajectories and w* != w0 (one-point), or for the whole trajectories
    (either mechanism, E constant). Where E is not monotone or nothing is decided, the claim is UNKNOWN,
    and its evidence says why. ``known`` is the report on that half-line, where the caller has it. Raises
    `InputError` on other words.

    >>> from implicitreg_sym.activations import activation as find
    >>> refusal(find("exp"), "positive", "two-point").status.name
    'PROVED'
    >>> refusal(find("sigmoid"), "positive", "two-point").status.name
    'UNKNOWN'
    """
    report = known or degree_report(activation, half_line, digits)
    name = f"T9.refusal.{activation.name}.{half_line}.{mechanism}"
    applied = theorem(mechanism, report.verdict is Verdict.CONSTANT)
    says = _scope(report, mechanism)
    statement = sp.Not(sp.Symbol(f"{mechanism.replace('-', '_')}_overlapping"))
    if report.verdict is Verdict.NO_DEGREE and report.claim.status.established:
        deduction = Evidence(
            Kind.DEDUCTION,
            Outcome.HOLDS,
            r"a σ(w x) = 0 differs from y, so no point of the domain interpolates",
        )
        if report.zero:
            return Claim(name, says, statement, (), (report.claim,), (deduction, *report.cross_checks), ())
    if report.verdict not in (Verdict.CONSTANT, Verdict.INCREASING, Verdict.DECREASING):
        reason = f"T9 refuses nothing here: E is {report.verdict.value}" + (
            f" ({report.reason})" if report.reason else ""
        )
        return Claim(
            name, says, statement, (), (), (Evidence(Kind.DEDUCTION, Outcome.UNDECIDED, reason),), ()
        )
    return applied.conclude(name, says, statement, {"degree": report.claim}, report.cross_checks)


def _scope(report: DegreeReport, mechanism: Mechanism) -> str:
    where = typeset(report.domain.interval)
    common = (
        rf"for \(\sigma\) = {typeset_name(report.activation.name)}, scalar inputs and two one-sample "
        rf"datasets with \(y_i \ne 0\)"
    )
    if report.verdict is Verdict.CONSTANT:
        return rf"{common}, all trajectories keeping \(w x_i \in {where}\): no {mechanism} overlapping"
    if mechanism == "two-point":
        return rf"{common}: no two-point overlapping with \(w_p x_i\) and \(w_q x_i\) in \({where}\)"
    return (
        rf"{common}, trajectories keeping \(w x_i \in {where}\): no one-point overlapping at a limit with "
        r"\(w_* \ne w_0\), hence no robust one"
    )
