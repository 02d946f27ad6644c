"""Proofs to be typeset in tests: the sigmoid's two-point example T11, and a proof with every weakness a proof can have."""

# ruff: noqa: E501 (formulas are compared as they stand)
from __future__ import annotations

from fractions import Fraction

import flint
import sympy as sp

from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome, Proof, Step
from implicitreg_sym.derivation import breakable, number
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.symbols import a, u, w, x

sigma = sp.Function("sigma")
T, k = sp.symbols("T k", positive=True)
HOLDS = Outcome.HOLDS


def exact(method: str) -> Evidence:
    return Evidence(Kind.EXACT, HOLDS, method)


def numeric(method: str) -> Evidence:
    return Evidence(Kind.NUMERIC, HOLDS, method)


def enclosed(method: str) -> Evidence:
    return Evidence(Kind.ENCLOSURE, HOLDS, method)


def scale() -> tuple[Ball, Ball]:
    """k and a_0 of T11 at T = 5."""
    with flint.ctx.workprec(200):
        five = flint.arb(5)
        squared = (five**2 / 2 - 2 * five - flint.arb("0.5") + (flint.arb(4) / 15).log()) / 17
        start = (81 * squared + 2 * (five.log() + 5 - flint.arb(2).log() - 2)).sqrt()
        return Ball.from_arb(squared.sqrt()), Ball.from_arb(start)


def invariant_claims() -> tuple[Claim, ...]:
    formula = 1 / (1 + sp.exp(-u))
    slope = sp.diff(formula, u)
    potential = Claim(
        "sigmoid.potential",
        r"For the sigmoid, $G(u) = u + e^u$ satisfies $G' = \sigma/\sigma'$ on the whole line",
        sp.Eq(sp.Derivative(u + sp.exp(u), u), formula / slope, evaluate=False),
        ((u, sp.S.Reals),),
        (),
        (
            exact("the numerator is the zero polynomial in exp(u)"),
            numeric("mpmath, 30 digits, 3 points: largest relative residual 1.3e-46"),
        ),
        (
            Step(
                "Differentiation of the activation gives",
                sp.Eq(sp.Derivative(sigma(u), u), slope, evaluate=False),
            ),
            Step(
                r"The substitution $z = e^u$ turns the integrand into a rational function,",
                r"\int \frac{\sigma(u)}{\sigma'(u)} \, du = \int (1 + e^u) \, du = \int \frac{1 + z}{z} \, dz = \log z + z = u + e^u",
            ),
        ),
    )
    invariant = Claim(
        "sigmoid.invariant",
        r"Along every one-sample flow $I_x(w, a) = \frac{a^2}{2} - \frac{G(w x)}{x^2}$ is constant",
        sp.true,
        ((w, sp.S.Reals), (a, sp.S.Reals)),
        (potential,),
        (
            exact("the numerator is the zero polynomial in exp(w*x), a, x"),
            numeric("mpmath, 30 digits, 3 points: largest relative residual 2.0e-45"),
        ),
        (
            Step(
                r"With $r = a\,\sigma(w x) - y$ the flow is",
                r"\dot w = -r\, a\, \sigma'(w x)\, x, \qquad \dot a = -r\, \sigma(w x)",
            ),
            Step(
                "Hence",
                r"\frac{d}{dt} I_x = a\, \dot a - \frac{\sigma(w x)}{\sigma'(w x)} \frac{\dot w}{x} = -r\, a\, \sigma(w x)"
                r" + \frac{\sigma(w x)}{\sigma'(w x)}\, r\, a\, \sigma'(w x) = 0",
            ),
        ),
    )
    return potential, invariant


def sigmoid_two_point() -> Proof:
    potential, invariant = invariant_claims()
    scale_ball, start_ball = scale()
    interpolation = Claim(
        "sigmoid.interpolation",
        r"Both $p = (\log 2, 9k)$ and $q = (\log 3, 8k)$ interpolate the samples $(1, 6k)$ and $(2, \tfrac{36}{5}k)$",
        sp.true,
        ((k, sp.Interval.open(0, sp.oo)),),
        (),
        (
            exact("four identities: the numerators are the zero polynomial in k"),
            numeric("mpmath, 30 digits: largest relative residual 0"),
        ),
        (
            Step(
                r"Since $\sigma(\log m) = m/(m+1)$ and $\sigma(2 \log m) = m^2/(m^2+1)$,",
                r"9k\,\sigma(\log 2) = 9k \cdot \tfrac{2}{3} = 6k = 8k \cdot \tfrac{3}{4} = 8k\,\sigma(\log 3), \quad "
                r"9k\,\sigma(2\log 2) = 9k \cdot \tfrac{4}{5} = \tfrac{36}{5} k = 8k \cdot \tfrac{9}{10} = 8k\,\sigma(2\log 3)",
            ),
        ),
    )
    squared = T**2 / 2 - 2 * T - sp.Rational(1, 2) + sp.log(4 / (3 * T))
    equation = Claim(
        "sigmoid.two_point.k_squared",
        "The scale is determined by the first weight of the start",
        sp.Eq(17 * k**2, squared),
        ((T, sp.Interval.open(4, sp.oo)),),
        (invariant, interpolation),
        (
            exact("the numerator is the zero polynomial in T, k, log(2), log(3), log(T)"),
            numeric("mpmath, 30 digits, 3 points: largest relative residual 4.4e-46"),
        ),
        (
            Step(
                r"The point $p$ lies on the orbit of $(\log T, a_0)$ for $x = 1$, and $q$ on that for $x = 2$:",
                sp.And(
                    sp.Eq(sp.Symbol("a0") ** 2, 81 * k**2 + 2 * (sp.log(T) + T - sp.log(2) - 2)),
                    sp.Eq(sp.Symbol("a0") ** 2, 64 * k**2 + (2 * sp.log(T) + T**2 - 2 * sp.log(3) - 9) / 2),
                ),
            ),
            Step(r"The difference of the two equations is linear in $k^2$, as was claimed."),
        ),
    )
    value = Claim(
        "sigmoid.two_point.start",
        rf"For $T = 5$ the scale is $k = {number(scale_ball, 30)}$ and the start $a_0 = {number(start_ball, 30)}$",
        sp.Gt(k, 0),
        (),
        (equation,),
        (
            enclosed("k > 0: enclosed by [0.19974162 +/- 3.4e-9]"),
            numeric("k: mpmath gives 0.199741621339, relative difference 0.0 at 30 digits"),
        ),
    )
    arcs = Claim(
        "sigmoid.two_point.arcs",
        r"The arcs from $\theta_0$ to $p$ (for $S_1$) and to $q$ (for $S_2$) are compact, carry no earlier zero of the residual, and "
        r"$\lvert r(t)\rvert \le \lvert r(0)\rvert e^{-\kappa t}$ with $\kappa > 0$",
        sp.true,
        (),
        (invariant, value),
        (
            enclosed("K is at least 0.44 on both arcs, in 12 boxes"),
            numeric("mpmath, Taylor integration to t = 120, difference 3.1e-32"),
        ),
        (
            Step(
                r"The residual obeys $r' = -K r$ with",
                sp.Eq(
                    sp.Symbol("K"),
                    sigma(u) ** 2 + a**2 * x**2 * sp.Subs(sp.Derivative(sigma(u), u), u, w * x) ** 2,
                ),
            ),
            Step(
                r"Both factors of $a\,\sigma(w x)$ are monotone along the arc, so that the first zero is the end; see \ref{sigmoid.invariant}."
            ),
        ),
    )
    conclusion = Claim(
        "sigmoid.two_point",
        r"Let $\theta_0 = (\log 5, a_0)$, $S_1 = \{(1, 6k)\}$ and $S_2 = \{(2, \tfrac{36}{5} k)\}$. Then $\Phi_{S_1}(\theta_0) = p \ne q = "
        r"\Phi_{S_2}(\theta_0)$ and $\{p, q\} \subset M_{S_1} \cap M_{S_2}$: two-point overlapping holds, and no data-independent function "
        "characterises strictly the limits of the gradient flow",
        sp.true,
        (),
        (interpolation, equation, arcs),
        (
            Evidence(
                Kind.DEDUCTION,
                HOLDS,
                "by T1 (two-point overlapping) from first limit: sigmoid.two_point.arcs, common points: sigmoid.interpolation",
            ),
            numeric("mpmath, Taylor integration of both flows, 30 digits"),
        ),
        (
            Step(
                "A function that characterises strictly would satisfy",
                r"J(p) < J(q) \quad\text{on } M_{S_1}, \qquad J(q) < J(p) \quad\text{on } M_{S_2}",
            ),
            Step("These contradict each other."),
        ),
    )
    return Proof(
        "sigmoid_two_point",
        "Two-point overlapping for the sigmoid",
        "T11",
        r"Let $f(x; \theta) = a\,\sigma(w x)$ with $\theta = (w, a) \in \mathbb{R}^2$ and $\sigma(u) = 1/(1 + e^{-u})$. For a dataset $S$ the "
        r"gradient flow $\theta' = -\nabla L_S(\theta)$, $\theta(0) = \theta_0$, has the limit $\Phi_S(\theta_0)$, and $M_S$ is the set of "
        r"interpolating parameters. The question is that of~\cite{zhang2023limitation}.",
        conclusion,
        ("zhang2023limitation", "tucker2011validated"),
    )


def long_formula() -> sp.Expr:
    """A sum of fractions and products that fills many lines."""
    return sum(
        (sp.log(n + 2) ** 2 * u**n * sp.exp(-n * u) / (1 + sp.exp(u)) ** n + sp.sqrt(n + u**2))
        * sp.atan(u * n)
        for n in range(1, 7)
    )


def awkward(name: str = r"\input{/etc/passwd} 100% u_1#$&~^{}") -> Proof:
    """A proof that is undecided, refuted and checked in turn, with hostile names, long formulas and long numbers."""
    digits = Ball(Fraction(10**120 // 7, 10**120), Fraction(1, 10**115))
    checked = Claim(
        "long.checked",
        rf"For the activation \texttt{{{breakable(name)}}} the constant is $c = {number(digits, 110)}$",
        sp.Eq(sp.Symbol("c"), sp.Rational(10**80 // 7, 10**80 + 9)),
        evidence=(
            numeric(
                "c: agrees to 110 digits with 0.142857142857142857142857142857142857142857142857142857142857142857142857142857"
            ),
        ),
    )
    product = sp.Mul(*(sp.Add(*(sp.log(n + m + 2) * u**m for m in range(6))) for n in range(3)))
    refuted = Claim(
        "long." + "u+u**3." * 12,
        "the long formula vanishes",
        sp.Eq(long_formula(), 0),
        ((u, sp.Interval(0, sp.oo)),),
        (checked,),
        (Evidence(Kind.EXACT, Outcome.FAILS, f"not zero: {name} at u = {sp.Rational(1, 3) ** 60}"),),
        (
            Step("A product", sp.Eq(sp.Symbol("P"), product / (1 + product.subs(u, u + 1)))),
            Step("A root", sp.Eq(sp.Symbol("R"), sp.sqrt(long_formula()))),
            Step("Pieces", sp.Eq(sigma(u), sp.Piecewise((sp.exp(u) - 1, u <= 0), (u, True)))),
            Step(
                r"A formula in the text, $1 = \frac{a + b + c + d + e + f + g + h + i + j + k + l + m + n}{a + b + c + d + e + f + g + h + i + j + k + l + m + n}$, stands alone."
            ),
        ),
    )
    undecided = Claim(
        "long.conclusion",
        "nothing follows",
        sp.And(u > 0, u < 1, sp.Ne(u, sp.Rational(1, 2))),
        (),
        (refuted,),
        (Evidence(Kind.ENCLOSURE, Outcome.UNDECIDED, f"the ball [0.1 +/- 0.2] contains zero for {name}"),),
    )
    return Proof(name, f"Nothing about {name}", "T0", "Nothing is given.", undecided)
