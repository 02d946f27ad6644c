"""Positive homogeneity and parity of an activation, exactly, and T6, which ties homogeneity to an
invariant for all data."""

from __future__ import annotations

from typing import Literal

import mpmath
import sympy as sp

from implicitreg_sym.activations import Activation, Piece, from_formula
from implicitreg_sym.algebra import decide_zero
from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome, identity_check, sampled_identity_check
from implicitreg_sym.flow import Network
from implicitreg_sym.invariants.conserved import Conserved
from implicitreg_sym.invariants.flow_case import FlowCase
from implicitreg_sym.invariants.flow_check import flow_check
from implicitreg_sym.invariants.regularity import inner_point
from implicitreg_sym.status import Status
from implicitreg_sym.symbols import a, u, w


def homogeneity_degree(activation: Activation) -> sp.Expr | None:
    """Return k if u σ'(u) = k σ(u) is proved on both half-lines (T6), else None.

    A half-line on which σ = 0 satisfies it for every k. None means: refuted, or not decided.

    >>> from implicitreg_sym.activations import activation
    >>> [homogeneity_degree(activation(name)) for name in ("leaky_relu", "power(3)", "tanh")]
    [1, 3, None]
    """
    degree = _candidate(activation)
    if degree is None or euler_status(activation, degree) is not Status.PROVED:
        return None
    return degree


def euler_status(activation: Activation, degree: sp.Expr) -> Status:
    """Decide Euler's relation u σ' = k σ on every piece.

    >>> from implicitreg_sym.activations import activation
    >>> euler_status(activation("tanh"), sp.Integer(1)).name
    'REFUTED'
    """
    return min(
        decide_zero(u * piece.slope - degree * piece.formula, domains=_domain(piece)).status
        for piece in activation.pieces
    )


def degree_is_not_constant(activation: Activation) -> bool:
    """Whether it is proved that no k at all satisfies u σ' = k σ: E = u σ'/σ varies on a piece, or differs
    between pieces.

    >>> from implicitreg_sym.activations import activation
    >>> degree_is_not_constant(activation("tanh")), degree_is_not_constant(activation("relu"))
    (True, False)
    """
    live = [piece for piece in activation.pieces if piece.formula != 0]
    varies = any(
        decide_zero(
            sp.diff(u * piece.slope, u) * piece.formula - u * piece.slope**2, domains=_domain(piece)
        ).status
        is Status.REFUTED
        for piece in live
    )
    if varies:
        return True
    degree = _candidate(activation)
    return degree is not None and euler_status(activation, degree) is Status.REFUTED


def parity(activation: Activation) -> Literal["odd", "even"] | None:
    """Return whether σ(-u) = -σ(u) or σ(-u) = σ(u) is proved on the whole line, else None.

    >>> from implicitreg_sym.activations import activation
    >>> [parity(activation(name)) for name in ("softsign", "gaussian", "exp")]
    ['odd', 'even', None]
    """
    mirrored = list(zip(activation.pieces, reversed(activation.pieces), strict=True))
    for piece, opposite in mirrored:
        if (
            piece.lower != -opposite.upper
            and decide_zero(piece.lower + opposite.upper).status is not Status.PROVED
        ):
            return None
    if _reflects(mirrored, -1):
        return "odd"
    return "even" if _reflects(mirrored, +1) else None


def _reflects(mirrored: list[tuple[Piece, Piece]], sign: int) -> bool:
    return all(
        decide_zero(piece.formula - sign * opposite.formula.subs(u, -u), domains=_domain(piece)).status
        is Status.PROVED
        for piece, opposite in mirrored
    )


def _candidate(activation: Activation) -> sp.Expr | None:
    """The value of E = u σ'/σ at a point where σ does not vanish, the only possible degree."""
    for piece in activation.pieces:
        if piece.formula == 0:
            continue
        for offset in (sp.Integer(1), sp.Rational(1, 2), -sp.Integer(1), -sp.Rational(1, 2)):
            point = inner_point(piece) + offset
            value = piece.formula.subs(u, point)
            if (
                point != 0
                and sp.Interval.open(piece.lower, piece.upper).contains(point) is sp.true
                and value.is_nonzero
            ):
                degree = sp.cancel(point * piece.slope.subs(u, point) / value)
                return degree if degree.is_positive else None
    return None


def _domain(piece: Piece) -> dict[sp.Symbol, tuple[sp.Expr, sp.Expr]]:
    return {u: (piece.lower, piece.upper)}


def degrees_differ(network: Network, digits: int) -> Evidence:
    """Whether u σ'/σ takes visibly different values, by mpmath with numerical derivatives."""
    with mpmath.workdps(2 * digits):
        values = []
        for numerator in (3, 8, -3, -8, 17, -17):
            point = mpmath.mpf(numerator) / 7
            height = network.activation.mp(point)
            if height != 0:
                values.append(point * mpmath.diff(network.activation.mp, point) / height)
        differ = len(values) > 1 and max(values) - min(values) > mpmath.mpf(10) ** (-digits // 2)
    shown = ", ".join(mpmath.nstr(value, 8) for value in values)
    return Evidence(
        Kind.NUMERIC, Outcome.HOLDS if differ else Outcome.FAILS, f"u σ'/σ at rational points: {shown}"
    )


def homogeneity_theorem(digits: int = 30) -> Claim:
    """State and prove T6 for undefined σ, in both directions.

    >>> homogeneity_theorem().status.name
    'PROVED'
    """
    sigma, k, r = sp.Function("sigma"), sp.Symbol("k", positive=True), sp.Symbol("r", real=True)
    slope = sp.diff(sigma(u), u)
    rate = 2 * a * (-r * sigma(u)) - 2 * u / k * (-r * a * slope)
    euler = rate + 2 * a * r * (sigma(u) - u * slope / k)
    sufficient = Claim(
        "T6.rate",
        r"$\tfrac{d}{dt}(a^2 - \|w\|^2/k) = -2a \sum_i \ell'_i (\sigma(u_i) - u_i \sigma'(u_i)/k)$, "
        r"because $\langle w, \dot w\rangle = -a \sum_i \ell'_i \sigma'(u_i) u_i$",
        sp.Eq(rate, -2 * a * r * (sigma(u) - u * slope / k), evaluate=False),
        evidence=(
            identity_check(euler),
            sampled_identity_check(
                (euler.subs(sigma(u), sp.tanh(u)).doit()), {k: (sp.Integer(1), sp.Integer(3))}, digits
            ),
        ),
    )
    positive = sp.Symbol("u", positive=True)
    quotient = sp.diff(sigma(positive) / positive**k, positive) - (
        positive * sp.diff(sigma(positive), positive) - k * sigma(positive)
    ) / positive ** (k + 1)
    necessary = Claim(
        "T6.euler",
        r"$\tfrac{d}{du}\,\sigma(u) u^{-k} = (u \sigma' - k \sigma)\,u^{-k-1}$ for $u > 0$ (and "
        r"likewise for $u < 0$), so $u\sigma' = k\sigma$ says that $\sigma$ is a multiple of $|u|^k$ "
        r"on each half-line",
        sp.Eq(quotient, 0, evaluate=False),
        evidence=(
            identity_check(quotient),
            sampled_identity_check(
                quotient.subs(sigma(positive), sp.atan(positive)).doit(),
                {k: (sp.Integer(1), sp.Integer(3)), positive: (sp.Rational(1, 2), sp.Integer(2))},
                digits,
            ),
        ),
    )
    deduction = Evidence(
        Kind.DEDUCTION,
        Outcome.HOLDS,
        "if: each summand vanishes; only if: take one sample with a ℓ' ≠ 0, whose u = <w, x> takes "
        "every real value as x varies",
    )
    return Claim(
        "T6",
        r"$a^2 - \|w\|^2/k$ is invariant for every dataset iff $\sigma$ is positively homogeneous of "
        r"degree $k$ on each half-line",
        sp.Equivalent(sp.Symbol("invariant"), sp.Symbol("homogeneous")),
        rests_on=(sufficient, necessary),
        evidence=(deduction, _both_directions(digits)),
    )


def _both_directions(digits: int) -> Evidence:
    """Watch a² - w²/3 along two flows on two samples: σ = u³ must conserve it, σ = tanh u must not."""
    quantity = Conserved(a**2 - w**2 / 3)
    samples = tuple(((sp.Rational(p, 5),), sp.Rational(q, 4)) for p, q in ((6, 1), (-3, 2)))
    case = FlowCase(samples, (sp.Rational(4, 5), sp.Rational(7, 10)), None)
    kept, changed = (
        flow_check(quantity, Network(from_formula(formula)), case, None, digits)
        for formula in (u**3, sp.tanh(u))
    )
    agrees = kept.outcome is Outcome.HOLDS and changed.outcome is Outcome.FAILS
    method = f"a^2 - w^2/3 for u^3: {kept.method}; for tanh: {changed.method}"
    return Evidence(Kind.NUMERIC, Outcome.HOLDS if agrees else Outcome.FAILS, method)
