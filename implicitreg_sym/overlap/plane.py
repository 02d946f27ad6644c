"""From each side of zero to the whole plane: when T9's refusals hold for all starts and scalar samples."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import mpmath
import sympy as sp

from implicitreg_sym.activations import Activation
from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome, Step, numeric_check
from implicitreg_sym.degree import DegreeReport, Verdict
from implicitreg_sym.degree.domain import adjacent_piece
from implicitreg_sym.degree.enclosure import constant_sign
from implicitreg_sym.degree.verdict import typeset_name
from implicitreg_sym.invariants.homogeneity import parity
from implicitreg_sym.overlap.identities import deduction
from implicitreg_sym.symbols import u

Mechanism = Literal["two-point", "one-point"]
STRICT = (Verdict.INCREASING, Verdict.DECREASING)
GRID = tuple(sp.Rational(k, 4) for k in range(1, 13))


@dataclass(frozen=True, slots=True)
class Extension:
    """Why nothing is lost by looking at one side of zero: the rule of T9 ("W1" to "W5"), in words and as a
    claim that holds by deduction from the degrees on the two sides."""

    rule: str
    words: str
    claim: Claim


@dataclass(frozen=True, slots=True)
class AtZero:
    """The certain signs of σ and of its one-sided slopes at 0 (None where undecided), and whether σ is C¹
    there, and σ'' finite from both sides."""

    value: int | None
    slopes: tuple[int | None, int | None]
    smooth: bool
    bounded_curvature: bool

    @property
    def slope(self) -> int | None:
        """The common sign of both one-sided slopes; None if they differ or are undecided."""
        return self.slopes[0] if self.slopes[0] == self.slopes[1] else None


def at_zero(sigma: Activation) -> AtZero:
    """Evaluate σ, σ' and σ'' at 0 from both sides, exactly.

    >>> from implicitreg_sym.activations import activation
    >>> [at_zero(activation(name)).slopes for name in ("exp", "relu", "gaussian")]
    [(1, 1), (0, 1), (0, 0)]
    """
    pieces = [adjacent_piece(sigma, side) for side in (-1, 1)]
    values = [piece.formula.subs(u, 0) for piece in pieces]
    slopes = [piece.slope.subs(u, 0) for piece in pieces]
    bends = [sp.diff(piece.slope, u).subs(u, 0) for piece in pieces]
    signs = [constant_sign(value) for value in values]
    return AtZero(
        signs[0] if signs[0] == signs[1] else None,
        (constant_sign(slopes[0]), constant_sign(slopes[1])),
        constant_sign(slopes[0] - slopes[1]) == 0 and constant_sign(values[0] - values[1]) == 0,
        all(constant_sign(bend) is not None for bend in bends),
    )


def extension(
    sigma: Activation, mechanism: Mechanism, reports: tuple[DegreeReport, DegreeReport], digits: int
) -> Extension | None:
    """Return the rule by which refusals on u > 0 and u < 0 (in this order) hold in the whole plane, or None.

    >>> from implicitreg_sym.activations import activation
    >>> from implicitreg_sym.degree import degree_report
    >>> def rule(name, mechanism):
    ...     sides = [degree_report(activation(name), side) for side in ("positive", "negative")]
    ...     found = extension(activation(name), mechanism, tuple(sides), 30)
    ...     return found and found.rule
    >>> [rule(name, "two-point") for name in ("exp", "leaky_relu", "relu", "gaussian", "elu")]
    ['W1', 'W2', 'W3', 'W4', None]
    >>> rule("elu", "one-point"), rule("tanh", "one-point")
    ('W5', 'W4')
    """
    for rule in (_homogeneous, _dead_side, _monotone, _mirrored, _weakly_monotone):
        found = rule(sigma, mechanism, reports, digits)
        if found is not None:
            return found
    return None


def _extension(
    rule: str, words: str, sigma: Activation, mechanism: str, says: str, steps: tuple[Step, ...],
    exact: Evidence, check: Evidence,
) -> Extension:  # fmt: skip
    name = typeset_name(sigma.name)
    claim = Claim(
        f"T9.{rule}.{mechanism}",
        rf"({rule}) for $\sigma$ = {name}, {says}",
        sp.true,
        evidence=(exact, deduction(f"T9, {rule}"), check),
        steps=steps,
    )
    return Extension(rule, words, claim)


def _exact(method: str) -> Evidence:
    return Evidence(Kind.EXACT, Outcome.HOLDS, method)


def _homogeneous(
    sigma: Activation, mechanism: Mechanism, reports: tuple[DegreeReport, DegreeReport], digits: int
) -> Extension | None:
    """W2: σ = c₊ u^k on u > 0 and c₋ |u|^k on u < 0, k = 1 or k >= 2."""
    values = [report.value for report in reports]
    if any(report.verdict is not Verdict.CONSTANT for report in reports) or values[0] is None:
        return None
    k = values[0]
    zero = at_zero(sigma)
    if constant_sign(k - values[1]) != 0 or zero.value != 0 or not zero.bounded_curvature:
        return None

    def scales() -> bool:
        power = mpmath.mpf(sp.N(k, digits + 20))
        return all(
            _close(sigma.mp(3 * point), mpmath.mpf(3) ** power * sigma.mp(point), digits)
            for point in _mp_grid()
        )

    return _extension(
        "W2",
        f"σ is homogeneous of degree {k}",
        sigma,
        mechanism,
        rf"$\sigma=c_\pm|u|^k$ with $k={sp.latex(k)}$ on both half-lines: all scalar samples, all starts",
        (
            Step(
                r"Samples with inputs of one sign that share an interpolating point have proportional "
                r"losses, hence one flow up to time, one limit and one tangent."
            ),
            Step(
                r"Let $x_1>0>x_2$. Two common points with $w_p,w_q$ of one sign have $a_p|w_p|^k=a_q|w_q|^k$ "
                r"and, as $a^2-w^2/k$ is invariant for all data (T6), coincide. If $w_p>0>w_q$, division "
                r"gives $c_+^2=c_-^2$: $\sigma$ is even or odd, $(x_2,y_2)$ is the same as $(-x_2,\pm y_2)$, "
                r"and the inputs may be taken of one sign. The tangent of $M_S$ is "
                r"$\frac{da}{dw}=-k\frac aw$ for every sample."
            ),
        ),
        _exact("E is the same constant on both half-lines"),
        numeric_check(f"mpmath: σ(3u) = 3^{k} σ(u) at {2 * len(GRID)} points", scales, digits),
    )


def _dead_side(
    sigma: Activation, mechanism: Mechanism, reports: tuple[DegreeReport, DegreeReport], digits: int
) -> Extension | None:
    """W3: σ = 0 on one side of zero."""
    dead = [report for report in reports if report.zero]
    zero = at_zero(sigma)
    if len(dead) != 1 or zero.value != 0 or not zero.bounded_curvature:
        return None
    side = dead[0].domain.side

    def vanishes() -> bool:
        return all(sigma.mp(side * abs(point)) == 0 for point in _mp_grid())

    relation = "<" if side < 0 else ">"
    return _extension(
        "W3",
        f"σ is zero for u {relation} 0, where nothing interpolates y ≠ 0",
        sigma,
        mechanism,
        rf"$\sigma=0$ for $u{relation}0$: all scalar samples with $y\neq0$, all starts",
        (
            Step(
                rf"A point with $wx_i{relation}0$, or $wx_i=0$, has the output $0\neq y_i$, and a flow that "
                r"is there does not move: the flows that end in $M_{S_i}$ run on the other side all the time."
            ),
        ),
        _exact("σ(0) = 0 and σ vanishes identically on one half-line"),
        numeric_check(f"mpmath: σ = 0 at {len(GRID)} points", vanishes, digits),
    )


def _monotone(
    sigma: Activation, mechanism: Mechanism, reports: tuple[DegreeReport, DegreeReport], digits: int
) -> Extension | None:
    """W1: σ' ≠ 0 and E strictly monotone on all of ℝ, with E(0) = 0 if σ(0) ≠ 0 and E(0) = 1 if σ(0) = 0."""
    zero = at_zero(sigma)
    verdict = reports[0].verdict
    if verdict not in STRICT or reports[1].verdict is not verdict or not _whole_line(reports):
        return None
    if zero.value is None or zero.slope in (None, 0) or not zero.smooth:
        return None
    value = 0 if zero.value else 1

    def monotone() -> bool:
        values = _degrees(sigma)
        sign = 1 if verdict is Verdict.INCREASING else -1
        return all(sign * (after - before) > 0 for before, after in zip(values, values[1:], strict=False))

    return _extension(
        "W1",
        f"{verdict.value} on the whole line",
        sigma,
        mechanism,
        rf"$\sigma'\neq0$ and $E$ is strictly {verdict.value} on $\mathbb R$, $E(0)={value}$: all scalar "
        rf"samples with $y\neq0$, all starts",
        (
            Step(
                r"For $w_p\neq w_q$ the difference $E(w_px)-E(w_qx)$ has the sign of $\pm x$, so "
                r"$L'=(E(w_px)-E(w_qx))/x$ has one sign for $x\neq0$, and $L$ is continuous: it is injective "
                r"on $\mathbb R$."
            ),
            Step(
                r"Likewise $x^3H'=\psi(w^*x)-\psi(w_0x)$ gives $H'$ one sign for $x\neq0$. If $\sigma(0)=0$, "
                r"$H$ is continuous at $0$; otherwise $G$ is strictly monotone, and $H$ has opposite signs "
                r"for $x<0$ and $x>0$: it is injective."
            ),
        ),
        _exact(f"σ'(0) ≠ 0, and E is continuous at 0 with E(0) = {value}"),
        numeric_check(f"mpmath: E is monotone at {2 * len(GRID)} points of the line", monotone, digits),
    )


def _mirrored(
    sigma: Activation, mechanism: Mechanism, reports: tuple[DegreeReport, DegreeReport], digits: int
) -> Extension | None:
    """W4: σ is odd or even, and its flows do not cross u = 0, or only orbits matter."""
    symmetry = parity(sigma)
    if symmetry is None or any(report.verdict not in STRICT for report in reports):
        return None
    zero = at_zero(sigma)
    resting = zero.slope == 0 and zero.bounded_curvature
    crossing = symmetry == "odd" and zero.slope in (1, -1) and mechanism == "one-point"
    if not resting and not crossing:
        return None
    sign = 1 if symmetry == "even" else -1

    def mirrored() -> bool:
        return all(_close(sigma.mp(-point), sign * sigma.mp(point), digits) for point in _mp_grid())

    steps = (
        Step(
            rf"$\sigma$ is {symmetry}, so the sample $(x,y)$ is the same as "
            rf"$(-x,{'y' if sign > 0 else '-y'})$: all inputs may be taken positive."
        ),
        Step(
            r"As $\sigma'(0)=0$, the line $u=0$ consists of points at which $u$ rests, so that $w$ keeps the "
            r"sign of $w_0$ along every flow, and in the limit where it interpolates $y\neq0$ or $w_0=0$: "
            r"all products lie on one side of zero."
            if resting
            else r"$G$ and $\psi$ are even, and the orbit equation $H(x)=\frac12(a^{*2}-a_0^2)$ holds also "
            r"where the orbit has passed $u=0$; as $\psi$ is strictly monotone for $u>0$ with $\psi(0)=0$, "
            r"$H$ is injective unless $|w^*|=|w_0|$, and then $\theta^*=(\pm w_0,\pm a_0)$: four points."
        ),
    )
    return _extension(
        "W4",
        f"σ is {symmetry}" + (" with σ'(0) = 0, so that no flow crosses zero" if resting else ""),
        sigma,
        mechanism,
        r"all scalar samples with $y\neq0$, all starts",
        steps,
        _exact(f"σ is {symmetry} by the exact zero test, and the sign of σ'(0) is decided"),
        numeric_check(f"mpmath: σ is {symmetry} at {2 * len(GRID)} points", mirrored, digits),
    )


def _weakly_monotone(
    sigma: Activation, mechanism: Mechanism, reports: tuple[DegreeReport, DegreeReport], digits: int
) -> Extension | None:
    """W5, for one point: σ(0) = 0, σ' ≠ 0 of one sign, E = 1 on one side and strictly monotone on the
    other."""
    verdicts = [report.verdict for report in reports]
    zero = at_zero(sigma)
    if mechanism != "one-point" or Verdict.CONSTANT not in verdicts or not _whole_line(reports):
        return None
    if sum(verdict in STRICT for verdict in verdicts) != 1:
        return None
    linear = reports[verdicts.index(Verdict.CONSTANT)]
    if linear.value != 1 or zero.value != 0 or zero.slope not in (1, -1) or not zero.bounded_curvature:
        return None

    def weakly() -> bool:
        values = _degrees(sigma)
        steps = [after - before for before, after in zip(values, values[1:], strict=False)]
        slack = mpmath.mpf(10) ** (-digits)
        return all(step > -slack for step in steps) or all(step < slack for step in steps)

    half = "u>0" if linear.domain.side > 0 else "u<0"
    return _extension(
        "W5",
        "E is monotone on the whole line",
        sigma,
        mechanism,
        r"$\sigma'\neq0$ has one sign and $E$ is monotone on $\mathbb R$: all scalar samples with $y\neq0$, "
        r"all starts",
        (
            Step(
                r"$\psi'=-g^2E'$ and $\psi(0)=0$, so $\psi$ is monotone on $\mathbb R$. As "
                r"$x^3H'=\psi(w^*x)-\psi(w_0x)$, $H$ is monotone for $x>0$ and for $x<0$, in one sense, and "
                r"continuous at $0$ with $H(0)=\frac12(w^{*2}-w_0^2)$."
            ),
            Step(
                rf"$H(x_1)=H(x_2)$ with $w^*\neq w_0$ makes $\psi(w^*x)=\psi(w_0x)$ for all $x$ between, so "
                rf"that all products lie in ${half}$, where $\sigma$ is linear and the curves $aw=c$ through "
                rf"$\theta^*$ do not cross."
            ),
        ),
        _exact("σ(0) = 0, both one-sided slopes at 0 have one sign, and E = 1 on one half-line"),
        numeric_check(f"mpmath: E is monotone at {2 * len(GRID)} points of the line", weakly, digits),
    )


def _whole_line(reports: tuple[DegreeReport, DegreeReport]) -> bool:
    return all(report.domain.extent == sp.oo for report in reports)


def _mp_grid() -> list[mpmath.mpf]:
    points = [mpmath.mpf(int(entry.p)) / int(entry.q) for entry in GRID]
    return [*(-point for point in reversed(points)), *points]


def _degrees(sigma: Activation) -> list[mpmath.mpf]:
    quotient: Callable[[mpmath.mpf], mpmath.mpf] = lambda v: v * sigma.slope_mp(v) / sigma.mp(v)  # noqa: E731
    return [quotient(point) for point in _mp_grid()]


def _close(left: mpmath.mpf, right: mpmath.mpf, digits: int) -> bool:
    return bool(abs(left - right) <= mpmath.mpf(10) ** (-digits) * max(1, abs(left)))
