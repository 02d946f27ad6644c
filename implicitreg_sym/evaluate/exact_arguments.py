"""Elementary functions of exact rationals: exp(p/q) of a short fraction is a root of a power of e."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flint
from flint import arb, fmpq

from implicitreg_sym.evaluate.operations import OPERATIONS

_ROOTS_FROM = 2_000  # bits: below, a power series is faster
_STEPS_FROM = 8_000  # bits
_LONGEST_POWER, _LONGEST_ROOT = 64, 10


def exp_of_rational(value: fmpq) -> arb:
    """Enclose exp(p/q); for short p and q as a root of a power of e, because e is computed once.

    >>> with flint.ctx.workprec(3000):
    ...     exp_of_rational(fmpq(3, 5)).overlaps(arb(fmpq(3, 5)).exp())
    True
    """
    p, q = int(value.p), int(value.q)
    if flint.ctx.prec < _ROOTS_FROM or abs(p) > _LONGEST_POWER or q > _LONGEST_ROOT:
        return arb(value).exp()
    whole, part = divmod(p, q)
    if part == 0:
        return arb.const_e() ** whole
    root = fractional_power(arb.const_e(), part, q)
    return root if whole == 0 else root * arb.const_e() ** whole


def fractional_power(value: arb, p: int, q: int) -> arb:
    """Enclose value^(p/q), 0 < p < q, at high precision by a step of order four from a quarter of the bits.

    For x near value^(1/q), ε = value/x^q - 1, |ε| ≤ 1/2 and t = p/q, value^t = x^p (1 + ε)^t, and
    (1 + ε)^t = 1 + Σ binomial(t, k) ε^k + R, k = 1, 2, 3, with |R| ≤ ε^4, because
    |binomial(t, 4)| (1/2)^(t - 4) < 1.

    >>> with flint.ctx.workprec(9000):
    ...     root = fractional_power(arb(7), 3, 5)
    ...     (root**5).contains(343), root.rel_accuracy_bits() > 8980
    (True, True)
    """
    context, bits = flint.ctx, flint.ctx.prec
    if bits < _STEPS_FROM:
        return (value**p).root(q)
    quarter, t = bits // 4 + 8, fmpq(p, q)
    try:
        context.prec = quarter
        x = value.root(q).mid()
        context.prec = bits
        below, power = x**q, x**p
        context.prec = bits - quarter + 16
        epsilon = (value - below) / below
        if not abs(epsilon) < 0.5:
            return arb("nan")
        context.prec = bits // 2
        square = epsilon * epsilon
        context.prec = quarter
        third = square * epsilon * (t * (t - 1) * (t - 2) / 6) + arb(0, (square * square).upper())
        context.prec = bits // 2
        tail = square * (t * (t - 1) / 2) + third
        context.prec = bits - quarter + 16
        shift = power * (epsilon * p / q + tail)
    finally:
        context.prec = bits
    return power + shift


def exact_function(name: str) -> Callable[..., Any]:
    """The operation of that name over balls and over exact rationals.

    >>> exact_function("exp")(fmpq(0)), exact_function("log")(arb(1))
    (1.00000000000000, 0)
    """
    over_balls = {"sin_cos": arb.sin_cos, "sinh_cosh": arb.sinh_cosh, "sqrt": arb.sqrt}.get(name)
    function = over_balls or OPERATIONS[name].real

    def apply(value: arb | fmpq, *parameter: Any) -> Any:
        if isinstance(value, arb):
            return function(value, *parameter)
        return exp_of_rational(value) if name == "exp" else function(arb(value), *parameter)

    return apply
