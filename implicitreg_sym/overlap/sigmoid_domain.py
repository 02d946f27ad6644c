"""Where T11's construction works: boxes of (α, T) certified by balls, and for α = 1/2 the exact set of T."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import flint
import mpmath
import sympy as sp
from flint import arb

from implicitreg_sym.activations import real_ball
from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome, Step, numeric_check
from implicitreg_sym.evaluate import Ball, Program, compile_expression
from implicitreg_sym.overlap.identities import identity_claim
from implicitreg_sym.overlap.root import CertifiedRoot, certify_root
from implicitreg_sym.overlap.sigmoid_formulas import (
    T,
    alpha,
    numerator,
    spread,
    squared_scale,
    squared_start,
)

BITS = 128
MOST_BOXES = 600
FIRST_SIZES = tuple(Fraction(1, 2**k) for k in range(3, 40))
GROWTHS = 24
HALF = sp.Rational(1, 2)


@dataclass(frozen=True, slots=True)
class Rectangle:
    """The rectangle of α and T with exact ends."""

    alpha: tuple[Fraction, Fraction]
    start: tuple[Fraction, Fraction]

    def halves(self) -> tuple[Rectangle, Rectangle]:
        """Bisect the relatively longer side."""
        (low, high), (near, far) = self.alpha, self.start
        if (high - low) * near > (far - near) * low:
            middle = (low + high) / 2
            return Rectangle((low, middle), self.start), Rectangle((middle, high), self.start)
        middle = (near + far) / 2
        return Rectangle(self.alpha, (near, middle)), Rectangle(self.alpha, (middle, far))

    def balls(self) -> tuple[arb, arb]:
        """Enclosures of both sides."""
        sides = [Ball((low + high) / 2, (high - low) / 2).to_arb() for low, high in (self.alpha, self.start)]
        return sides[0], sides[1]


def works_on(rectangle: Rectangle, most: int = MOST_BOXES) -> bool:
    """Return True if κ² > 0 and a0² > 0 are proved by balls on the closed rectangle; False means: not proved.

    >>> works_on(Rectangle((Fraction(49, 100), Fraction(51, 100)), (Fraction(5), Fraction(6))))
    True
    >>> works_on(Rectangle((Fraction(49, 100), Fraction(51, 100)), (Fraction(4), Fraction(6))))
    False
    """
    if not (rectangle.alpha[0] > 0 and rectangle.alpha[1] < 1 and rectangle.start[0] > 0):
        return False
    programs = [compile_expression(part, (alpha, T)) for part in (numerator, spread, squared_start)]
    pending, used = [rectangle], 0
    with flint.ctx.workprec(BITS):
        while pending:
            used += 1
            if used + len(pending) > most:
                return False
            part = pending.pop()
            above, below, start = (program.arb(*part.balls()) for program in programs)
            if above * below > 0 and start > 0:
                continue
            if above * below < 0 or start < 0:
                return False
            pending += part.halves()
    return True


@cache
def certified_rectangle(ratio: sp.Expr, start: sp.Expr) -> Rectangle | None:
    """Return a rectangle around (α, T), grown as far as balls certify it, or None if none was found."""
    with flint.ctx.workprec(BITS):
        balls = [Ball.from_arb(real_ball(number)) for number in (ratio, start)]
    centres = [ball.middle if ball.radius == 0 else ball.middle.limit_denominator(10**12) for ball in balls]
    for size in FIRST_SIZES:
        sides = [(centre * (1 - size), centre * (1 + size)) for centre in centres]
        inside = all(
            low < ball.lower and ball.upper < high for (low, high), ball in zip(sides, balls, strict=True)
        )
        rectangle = Rectangle(sides[0], sides[1])
        if inside and works_on(rectangle):
            return _grown(rectangle, [centre * size for centre in centres])
    return None


def _grown(rectangle: Rectangle, steps: list[Fraction]) -> Rectangle:
    """Push each side outwards while the rectangle stays certified."""
    directions = [("alpha", 0), ("alpha", 1), ("start", 0), ("start", 1)]
    for _ in range(GROWTHS):
        for name, end in list(directions):
            step = steps[0] if name == "alpha" else steps[1]
            sides = {"alpha": list(rectangle.alpha), "start": list(rectangle.start)}
            sides[name][end] += step if end else -step
            wider = Rectangle((sides["alpha"][0], sides["alpha"][1]), (sides["start"][0], sides["start"][1]))
            if works_on(wider):
                rectangle = wider
            else:
                directions.remove((name, end))
    return rectangle


@dataclass(frozen=True, slots=True)
class HalfRange:
    """For α = 1/2: the construction works exactly for 0 < T < ``first`` and for T > ``second``."""

    first: CertifiedRoot
    second: CertifiedRoot
    claim: Claim


@cache
def half_range(digits: int) -> HalfRange:
    """Return T11's exact set of T for α = 1/2, where 17 k² = N(T) and a0² = A(T).

    N' = (T² - 2T - 1)/T, so N decreases up to 1 + √2 and increases from there; A' = (81T² - 128T - 47)/(17T),
    so A decreases up to τ = (64 + √7903)/81. Hence κ² > 0 and a0² > 0 exactly on (0, T1) ∪ (T2, ∞),
    where A(T1) = 0 and N(T2) = 0.

    >>> half_range(30).second.root.decimal(10)
    '4.745748374'
    """
    scale, start = (expression.subs(alpha, HALF) for expression in (17 * squared_scale / 16, squared_start))
    functions = [compile_expression(expression, (T,)) for expression in (scale, start)]
    slopes = [compile_expression(sp.diff(expression, T), (T,)) for expression in (scale, start)]
    second = _root(functions[0], slopes[0], "4.8", digits)
    first = _root(functions[1], slopes[1], "0.1", digits)
    monotone = (
        identity_claim(
            "sigmoid.two_point.half.scale_slope",
            r"For $\alpha=\frac12$, $17k^2=N(T)=\frac{T^2}{2}-2T-\frac12+\log\frac{4}{3T}$ decreases for "
            r"$T<1+\sqrt2$ and increases for $T>1+\sqrt2$",
            sp.Derivative(scale, T),
            (T - 1 - sp.sqrt(2)) * (T - 1 + sp.sqrt(2)) / T,
            {T: (sp.Integer(0), sp.oo)},
            digits,
        ),
        identity_claim(
            "sigmoid.two_point.half.start_slope",
            r"For $\alpha=\frac12$, $a_0^2=A(T)=\frac{81}{17}N(T)+2\bigl(\log T+T-\log2-2\bigr)$ decreases "
            r"for $T<\tau=\frac{64+\sqrt{7903}}{81}$",
            sp.Derivative(start, T),
            81 * (T - (64 + sp.sqrt(7903)) / 81) * (T - (64 - sp.sqrt(7903)) / 81) / (17 * T),
            {T: (sp.Integer(0), sp.oo)},
            digits,
        ),
    )
    return HalfRange(first, second, _half_claim(first, second, functions, monotone, digits))


def _root(function: Program, slope: Program, guess: str, digits: int) -> CertifiedRoot:
    approximation = arb(str(mpmath.findroot(function.mp, guess)))
    root = certify_root(function.arb, slope.arb, approximation, digits)
    if root is None:
        raise ArithmeticError("interval Newton did not certify an end of the range of T")
    return root


def _half_claim(
    first: CertifiedRoot,
    second: CertifiedRoot,
    functions: list[Program],
    monotone: tuple[Claim, ...],
    digits: int,
) -> Claim:
    scale, start = functions
    with flint.ctx.workprec(BITS):
        near, far, turn = first.root.to_arb(), second.root.to_arb(), 1 + arb(2).sqrt()
        tau = (64 + arb(7903).sqrt()) / 81
        facts = [near < 1, tau > 1, turn > tau, far > turn, scale.arb(near) > 0, scale.arb(arb(1)) < 0]
    outcome = Outcome.HOLDS if all(bool(fact) for fact in facts) else Outcome.UNDECIDED
    method = (
        f"interval Newton: A(T1) = 0 at T1 = {first.root.decimal(12)}, N(T2) = 0 at T2 = "
        f"{second.root.decimal(12)}; "
        "balls: T1 < 1 < tau < 1 + sqrt(2) < T2, N(T1) > 0 > N(1)"
    )

    def compare() -> bool:
        ends = [mpmath.findroot(function.mp, guess) for function, guess in ((start, "0.1"), (scale, "4.8"))]
        roots = [mpmath.mpf(r.root.middle.numerator) / r.root.middle.denominator for r in (first, second)]
        close = all(abs(e - r) < mpmath.mpf(10) ** (-digits) for e, r in zip(ends, roots, strict=True))
        points = [mpmath.mpf(k) / 50 for k in range(1, 500)]
        agree = all((scale.mp(v) > 0 and start.mp(v) > 0) == (v < ends[0] or v > ends[1]) for v in points)
        return bool(close and agree)

    return Claim(
        "sigmoid.two_point.half.range",
        r"For $\alpha=\frac12$ the construction works, that is $k^2>0$ and $a_0^2>0$, exactly for $0<T<T_1$ "
        r"and for $T>T_2$, with "
        rf"$T_1\approx{first.root.decimal(8)}$ and $T_2\approx{second.root.decimal(8)}$",
        sp.Or(sp.And(T > 0, _rational(first.root.middle) > T), _rational(second.root.middle) < T),
        ((T, sp.Interval.open(0, sp.oo)),),
        monotone,
        (
            Evidence(Kind.ENCLOSURE, outcome, method),
            numeric_check("both roots by mpmath, and the signs at 499 points of (0, 10)", compare, digits),
        ),
        (
            Step(
                r"Beyond $1+\sqrt2$ the function $N$ increases through its zero $T_2$, so $N>0$ for "
                r"$T>T_2$; there "
                r"$A\ge2(\log T+T-\log2-2)>0$ as $T_2>2$"
            ),
            Step(
                r"Up to $\tau$ the function $A$ decreases through its zero $T_1$, so $A>0$ for $T<T_1$; "
                r"there $N>N(T_1)>0$"
            ),
            Step(
                r"In between one of the two fails: $A\le0$ on $[T_1,\tau]$, and $N<0$ on $[1,T_2)$, as "
                r"$N(1)<0$ and $N$ first decreases and "
                r"then increases to $N(T_2)=0$"
            ),
        ),
    )


def _rational(number: Fraction) -> sp.Rational:
    return sp.Rational(number.numerator, number.denominator)
