"""Exact numbers as decimal strings."""

from __future__ import annotations

from fractions import Fraction

import flint
import sympy as sp

from implicitreg_sym.activations import real_ball
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.evaluate.ball import exact_decimal

_BITS_PER_DIGIT = 3.33
_DOUBLINGS = 5
_LONGEST_INPUT = 200  # decimals


def decimal(number: sp.Expr, digits: int) -> str:
    """Return an exact real number with ``digits`` correct digits (decimals, if it is zero or nearly so).

    >>> decimal(sp.Rational(3, 10), 30), decimal(sp.log(5), 12)
    ('0.3', '1.60943791243')
    """
    if isinstance(number, sp.Rational):
        return exact_decimal(_fraction(number), digits)
    bits = int(_BITS_PER_DIGIT * digits) + 64
    for _ in range(_DOUBLINGS):
        with flint.ctx.workprec(bits):
            ball = Ball.from_arb(real_ball(number))
        # a ball about zero may stand for a small number whose digits higher precision would show
        if abs(ball.middle) > 10 ** (digits + 1) * ball.radius:
            break
        bits *= 2
    return ball.decimal(digits)


def as_given(number: sp.Expr, digits: int) -> str:
    """Return what a user has put in: a decimal in full, however many digits are asked for; else `decimal`.

    >>> as_given(sp.Rational(3, 2), 1), as_given(sp.Rational(1, 3), 1)
    ('1.5', '0.3')
    """
    if not isinstance(number, sp.Rational):
        return decimal(number, digits)
    value = _fraction(number)
    twos = (value.denominator & -value.denominator).bit_length() - 1
    fives, rest = 0, value.denominator >> twos
    while rest % 5 == 0:
        fives, rest = fives + 1, rest // 5
    places = max(twos, fives)
    if rest > 1 or places > _LONGEST_INPUT:
        return exact_decimal(value, digits)
    return exact_decimal(value, max(digits, len(str(abs(value.numerator) * 10**places // value.denominator))))


def inner_decimals(lower: sp.Rational, upper: sp.Rational, digits: int) -> list[str]:
    """Return the ends of an open interval as decimals inside it: what holds on it holds between them.

    Ends with at most ``digits`` decimals are kept; others are rounded inwards, by a thousandth of the length
    at most.

    >>> inner_decimals(sp.Rational(1, 3), sp.Rational(2, 3), 3)
    ['0.3334', '0.6666']
    """
    low, high = _fraction(lower), _fraction(upper)
    places = digits
    while Fraction(1, 10**places) * 1000 > high - low:
        places += 1
    scale = 10**places
    inside = (
        Fraction(-(-low.numerator * scale // low.denominator), scale),
        Fraction(high.numerator * scale // high.denominator, scale),
    )
    figures = places + len(str(int(max(abs(low), abs(high)))))
    return [exact_decimal(end, figures) for end in inside]


def _fraction(number: sp.Rational) -> Fraction:
    return Fraction(int(number.p), int(number.q))
