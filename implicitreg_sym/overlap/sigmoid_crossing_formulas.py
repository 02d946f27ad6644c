"""T12's identities in s and B: the root of the quadratic, the two orbits, and where the curves cross."""

from __future__ import annotations

import mpmath
import sympy as sp

from implicitreg_sym.claims import Claim, Step, numeric_check
from implicitreg_sym.overlap.identities import deduction, identity_claim
from implicitreg_sym.overlap.sigmoid_setting import POTENTIAL, SIGMOID, invariant_claim
from implicitreg_sym.symbols import u

DEFAULT_DIGITS = 30
INPUTS = (sp.Integer(1), sp.Integer(2))
s = sp.Symbol("s", positive=True)
B = sp.Symbol("B", positive=True)
m = sp.Symbol("m", positive=True)
a_end = sp.Symbol("a", real=True)
POSITIVE = {s: (sp.Integer(0), sp.oo), B: (sp.Integer(0), sp.oo)}
root_of_s = 2 / (s + 1) * (1 + sp.sqrt(1 + (s + 1) * sp.log(s) / (2 * (s - 1))))


def root_claim(digits: int = DEFAULT_DIGITS, root: sp.Expr = root_of_s) -> Claim:
    """Return the claim that ``root``, an expression in `s`, solves (s²-1)B²/2 - 2(s-1)B = log s.

    >>> root_claim().status.name, root_claim(root=root_of_s + 1).status.name
    ('PROVED', 'REFUTED')
    """
    # log s/(s - 1) > 0 on both sides of 1, so that the root is real
    return identity_claim(
        "sigmoid.one_point.root",
        r"For $s>0$, $s\neq1$, the quadratic $\frac{s^2-1}{2}B^2-2(s-1)B-\log s=0$ has exactly one positive "
        r"root, "
        r"$B=\frac{2}{s+1}\Bigl(1+\sqrt{1+\frac{(s+1)\log s}{2(s-1)}}\Bigr)$",
        (s**2 - 1) * root**2 / 2 - 2 * (s - 1) * root,
        sp.log(s),
        {s: (sp.Integer(0), sp.oo)},
        digits,
        steps=(
            Step(
                r"Divided by $\frac{s^2-1}{2}$ the quadratic reads",
                r"B^2-\frac{4}{s+1}\,B-\frac{2\log s}{s^2-1}=0",
            ),
            Step(
                r"The number $\frac{\log s}{s-1}$ is positive on both sides of $s=1$. So the product of the "
                r"two roots is negative, the roots are "
                r"real, and exactly one is positive: the one with the positive square root, for $s>1$ as "
                r"for $s<1$"
            ),
        ),
    )


def orbit_claims(root: Claim, digits: int) -> tuple[Claim, Claim]:
    """θ* lies on the orbit of θ0 for x = 1 by the choice of a*, and for x = 2 by the quadratic."""
    invariant = invariant_claim(POTENTIAL, digits)
    growths = [
        2 * (POTENTIAL.subs(u, sp.log(s * B) * x) - POTENTIAL.subs(u, sp.log(B) * x)) / x**2 for x in INPUTS
    ]
    quadratic = (s**2 - 1) * B**2 / 2 - 2 * (s - 1) * B - sp.log(s)
    first = identity_claim(
        "sigmoid.one_point.orbit_1",
        r"The orbit of $\theta_0=(\log B,a_0)$ for $x_1=1$ passes through $(\log sB,a^*)$ with "
        r"$a^{*2}=a_0^2+2\bigl(\log s+B(s-1)\bigr)$",
        growths[0],
        2 * (sp.log(s) + B * (s - 1)),
        POSITIVE,
        digits,
        rests_on=(invariant,),
        steps=(Step(r"The right-hand side is $2\bigl(G(\log sB)-G(\log B)\bigr)$ with $G(u)=u+e^u$"),),
    )
    second = identity_claim(
        "sigmoid.one_point.orbit_2",
        r"The orbit of $\theta_0$ for $x_2=2$ passes through the same point if and only if $B$ solves the "
        r"quadratic",
        growths[1] - growths[0],
        quadratic,
        POSITIVE,
        digits,
        rests_on=(first, root),
        steps=(
            Step(
                r"The growth of $a^2$ along the two orbits agrees if and only if the difference vanishes",
                r"\tfrac12\bigl(G(2\log sB)-G(2\log B)\bigr)-2\bigl(G(\log sB)-G(\log "
                r"B)\bigr)=\tfrac{s^2-1}{2}B^2-2(s-1)B-\log s",
            ),
        ),
    )
    return first, second


def degenerate_claim(digits: int = DEFAULT_DIGITS) -> Claim:
    """Return the claim that sB = 1 + √2 only for s = 1, so that T12's crossing is always transversal."""
    energy = m**2 / 2 - 2 * m - sp.log(m)
    slope = identity_claim(
        "sigmoid.one_point.energy_slope",
        r"The function $M(m)=\frac{m^2}{2}-2m-\log m$ decreases for $0<m<1+\sqrt2$ and increases for "
        r"$m>1+\sqrt2$",
        sp.Derivative(energy, m),
        (m - 1 - sp.sqrt(2)) * (m - 1 + sp.sqrt(2)) / m,
        {m: (sp.Integer(0), sp.oo)},
        digits,
    )
    level = identity_claim(
        "sigmoid.one_point.energy_level",
        r"The quadratic for $B$ says $M(sB)=M(B)$",
        energy.subs(m, s * B) - energy.subs(m, B),
        (s**2 - 1) * B**2 / 2 - 2 * (s - 1) * B - sp.log(s),
        POSITIVE,
        digits,
    )

    def compare() -> bool:
        ratios = [mpmath.mpf(k) / 8 for k in range(1, 40) if k != 8]
        ends = [
            2 * v / (v + 1) * (1 + mpmath.sqrt(1 + (v + 1) * mpmath.log(v) / (2 * (v - 1)))) for v in ratios
        ]
        return all((end - 1 - mpmath.sqrt(2)) * (v - 1) > 0 for v, end in zip(ratios, ends, strict=True))

    return Claim(
        "sigmoid.one_point.never_degenerate",
        r"For every $s>0$, $s\neq1$, the root $B$ has $sB\neq1+\sqrt2$",
        sp.Ne(s * root_of_s, 1 + sp.sqrt(2), evaluate=False),
        ((s, sp.Union(sp.Interval.open(0, 1), sp.Interval.open(1, sp.oo))),),
        (root_claim(digits), slope, level),
        (
            deduction("a strictly decreasing, then strictly increasing function takes its minimum once"),
            numeric_check("sB - 1 - sqrt(2) has the sign of s - 1 at 38 values of s", compare, digits),
        ),
        (
            Step(
                r"If $sB=1+\sqrt2$, then $M(B)=M(sB)$ is the minimum of $M$, which is attained only once; "
                r"so $B=sB$ and $s=1$"
            ),
        ),
    )


def determinant_claim(digits: int) -> Claim:
    """Return the claim that the gradients of the two outputs are dependent only at w = log(1 + √2)."""
    gradients = [
        (a_end * x * sp.diff(SIGMOID, u).subs(u, sp.log(m) * x), SIGMOID.subs(u, sp.log(m) * x))
        for x in INPUTS
    ]
    return identity_claim(
        "sigmoid.one_point.determinant",
        r"At a point $(\log m,a)$ the gradients of the outputs for $x_1=1$ and $x_2=2$ have the determinant "
        r"below, which vanishes for $a\neq0$, "
        r"$m>0$ only at $m=1+\sqrt2$",
        gradients[0][0] * gradients[1][1] - gradients[0][1] * gradients[1][0],
        a_end * m**3 * (m - 1 - sp.sqrt(2)) * (m - 1 + sp.sqrt(2)) / ((1 + m) ** 2 * (1 + m**2) ** 2),
        {m: (sp.Integer(0), sp.oo), a_end: (sp.Integer(0), sp.oo)},
        digits,
        steps=(
            Step(
                r"With $\sigma(\log m)=\frac{m}{1+m}$ and $\sigma(2\log m)=\frac{m^2}{1+m^2}$ the "
                r"determinant is",
                r"a\left(\frac{m}{(1+m)^2}\cdot\frac{m^2}{1+m^2}-\frac{m}{1+m}\cdot\frac{2m^2}{(1+m^2)^2}\right)"
                r"=\frac{a\,m^3\,(m^2-2m-1)}{(1+m)^2(1+m^2)^2}",
            ),
        ),
    )
