"""T5 for undefined σ: the 1-form that an invariant a²/2 - F(u) must have as dF, and when it is closed."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import sympy as sp

from implicitreg_sym.claims import (
    Claim,
    Evidence,
    Kind,
    Outcome,
    Step,
    identity_check,
    sampled_identity_check,
)
from implicitreg_sym.symbols import a, u, vector


def one_form(inverse: sp.Matrix, g: sp.Expr) -> tuple[sp.Expr, ...]:
    """Return the coefficients Σ_j (K⁻¹)_ij g(u_j) of du_i, with g an expression in `u`.

    >>> one_form(sp.eye(2), u**2)
    (u1**2, u2**2)
    """
    size = inverse.rows
    values = [g.subs(u, variable) for variable in vector("u", size)]
    return tuple(sp.Add(*(inverse[i, j] * values[j] for j in range(size))) for i in range(size))


def exterior_derivative(coefficients: tuple[sp.Expr, ...]) -> dict[tuple[int, int], sp.Expr]:
    """Return the coefficients ∂A_j/∂u_i - ∂A_i/∂u_j of du_i ∧ du_j, i < j, of the 1-form Σ A_i du_i.

    >>> u1, u2 = vector("u", 2)
    >>> exterior_derivative((u2, sp.Integer(0)))
    {(0, 1): -1}
    """
    variables = vector("u", len(coefficients))
    return {
        (i, j): sp.diff(coefficients[j], variables[i]) - sp.diff(coefficients[i], variables[j])
        for i, j in combinations(range(len(coefficients)), 2)
    }


def criterion(digits: int = 30, size: int = 3) -> Claim:
    """State and prove T5 for undefined σ: what the 1-form must be, and when it is closed.

    >>> criterion().status.name
    'PROVED'
    """
    return Claim(
        "T5",
        r"$a^2/2 - F(u_1, \dots, u_n)$ is invariant for every loss iff $dF = \sum_{ij} (K^{-1})_{ij} "
        r"g(u_j)\,du_i$; this form is closed iff for all "
        r"$i \neq j$ $(K^{-1})_{ij} = 0$ or $g'$ is one and the same constant",
        sp.Eq(sp.Symbol("dF"), sp.Symbol("omega"), evaluate=False),
        rests_on=(_balance(digits, size), _two_form(digits, size)),
        evidence=(
            Evidence(
                Kind.DEDUCTION,
                Outcome.HOLDS,
                "the two identities; u_i and u_j vary independently, so g'(u_i) = g'(u_j) for all of "
                "them forces a constant",
            ),
            sampled_identity_check(_two_form_identity(size, sp.tanh(u) + u**2), None, digits),
        ),
    )


def _balance(digits: int, size: int) -> Claim:
    """d/dt(a²/2) = <ω, du/dt> for all residuals, and ω is the only form with that property."""
    expression = _balance_expression(size, sp.Function("sigma"))
    return Claim(
        "T5.balance",
        r"along the flow $\tfrac{d}{dt}\tfrac{a^2}{2} = \sum_{ij} (K^{-1})_{ij} g(u_j)\,\dot u_i$, "
        r"whatever the slopes $\ell'_k$ of the loss; and as "
        r"$\dot u = -a K \mathrm{diag}(\sigma'(u)) \ell'$ takes every direction where $a \sigma' "
        r"\neq 0$, no other form does it",
        sp.Eq(expression, 0, evaluate=False),
        evidence=(
            identity_check(expression),
            sampled_identity_check(_balance_expression(size, sp.exp), None, digits),
        ),
        steps=(
            Step(
                r"The pre-activations move by $\dot u_i = -a \sum_j K_{ij} \sigma'(u_j) \ell'_j$, "
                r"and $\dot a = -\sum_j \sigma(u_j) \ell'_j$."
            ),
        ),
    )


def _balance_expression(size: int, sigma: Callable[[sp.Expr], sp.Expr]) -> sp.Expr:
    names, slopes = vector("u", size), vector("r", size)
    gram = sp.Matrix(size, size, lambda i, j: sp.Symbol(f"K{min(i, j) + 1}{max(i, j) + 1}", real=True))
    inverse_times = gram.adjugate()  # times det K, to keep the identity polynomial
    value = [sigma(name) for name in names]
    slope = [sp.diff(sigma(name), name) for name in names]
    speed = [-a * sp.Add(*(gram[i, j] * slope[j] * slopes[j] for j in range(size))) for i in range(size)]
    growth = -a * sp.Add(*(value[j] * slopes[j] for j in range(size))) * gram.det()
    form = sp.Add(
        *(inverse_times[i, j] * value[j] / slope[j] * speed[i] for i in range(size) for j in range(size))
    )
    return growth - form


def _two_form(digits: int, size: int) -> Claim:
    expression = _two_form_identity(size, sp.Function("g")(u))
    return Claim(
        "T5.two_form",
        r"the exterior derivative of the form has the coefficients $(K^{-1})_{ij} (g'(u_i) - "
        r"g'(u_j))$ of $du_i \wedge du_j$",
        sp.Eq(expression, 0, evaluate=False),
        evidence=(
            identity_check(expression),
            sampled_identity_check(_two_form_identity(size, sp.sin(u)), None, digits),
        ),
    )


def _two_form_identity(size: int, g: sp.Expr) -> sp.Expr:
    """The difference of both sides for all i < j, each multiplied by a free symbol, for a symmetric matrix
    of symbols."""
    inverse = sp.Matrix(size, size, lambda i, j: sp.Symbol(f"M{min(i, j) + 1}{max(i, j) + 1}", real=True))
    names = vector("u", size)
    slope = [sp.diff(g.subs(u, name), name) for name in names]
    sides = exterior_derivative(one_form(inverse, g))
    return sp.Add(
        *(
            sp.Symbol(f"m{i + 1}{j + 1}", real=True) * (side - inverse[i, j] * (slope[i] - slope[j]))
            for (i, j), side in sides.items()
        )
    )
