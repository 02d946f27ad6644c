"""Exact numbers in the form of a certificate: dyadic balls in normal form, rationals, outward rounding."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy as sp
from flint import fmpz

from implicitreg_sym.certificate.absence import NoCertificateError
from implicitreg_sym.evaluate import Ball

BITS_PER_DIGIT = Fraction(333, 100)
RADIUS_BITS = 30
GUARD_BITS = 160  # what the checker computes with beyond the digits asked for
LOST_BITS = 60  # what the checker may lose of them on its own way
MAX_RATIONAL_CHARACTERS = 1_000


def precision_for(digits: int) -> int:
    """Return the bits with which the checker computes where so many digits are stated.

    >>> precision_for(30)
    259
    """
    return int(digits * BITS_PER_DIGIT) + GUARD_BITS


def dyadic(number: Fraction) -> list[Any]:
    """Return a dyadic rational m 2^e as ``["m", e]`` with odd m; zero is ``["0", 0]``.

    Raises `ValueError` on any other rational.

    >>> dyadic(Fraction(-3, 8)), dyadic(Fraction(12)), dyadic(Fraction(0))
    (['-3', -3], ['3', 2], ['0', 0])
    """
    numerator, denominator = number.numerator, number.denominator
    if denominator & (denominator - 1):
        raise ValueError(f"{number} is not dyadic")
    if numerator == 0:
        return ["0", 0]
    shift = (numerator & -numerator).bit_length() - 1
    # written by flint, which has no limit on the number of digits
    return [str(fmpz(numerator >> shift)), shift + 1 - denominator.bit_length()]


def exact_ball(ball: Ball) -> dict[str, list[Any]]:
    """Return a ball with dyadic midpoint and radius as ``{"mid": [m, e], "rad": [r, f]}``.

    >>> exact_ball(Ball(Fraction(1, 2), Fraction(1, 4)))
    {'mid': ['1', -1], 'rad': ['1', -2]}
    """
    return {"mid": dyadic(ball.middle), "rad": dyadic(ball.radius)}


def rounded_outward(ball: Ball, bits: int) -> Ball:
    """Return a ball that holds the given one, its midpoint of so many bits, its radius of thirty.

    >>> wide = rounded_outward(Ball(Fraction(1, 3)), 20)
    >>> wide.middle.denominator, Fraction(1, 3) in wide
    (1048576, True)
    """
    middle = _to_nearest(ball.middle, bits)
    return Ball(middle, _upward(ball.radius + abs(ball.middle - middle)))


def stated_ball(ball: Ball, precision: int, scale: Fraction = Fraction(0)) -> Ball:
    """Return the ball that a theorem states: four times as wide and more, for the checker goes another way.

    Its radius is 4r + 2^(60 - p) max(|m|, s), rounded up, where p is the checker's ``precision`` and s the
    ``scale`` of the numbers from which it computes this one.

    >>> wide = stated_ball(Ball(Fraction(1), Fraction(1, 2**100)), 200)
    >>> Fraction(4, 2**100) < wide.radius < Fraction(5, 2**100)
    True
    """
    slack = max(abs(ball.middle), scale) / 2 ** (precision - LOST_BITS)
    return rounded_outward(Ball(ball.middle, 4 * ball.radius + slack), precision)


def ball_about(ball: Ball, exponent: int, precision: int) -> Ball:
    """Return a ball about the same middle with the radius 2^exponent, or twice its own if that is more.

    The middle keeps ``precision`` bits, so that one step of Newton's method from it is accurate.

    >>> ball_about(Ball(Fraction(1), Fraction(1, 2**50)), -30, 64).radius == Fraction(1, 2**30)
    True
    """
    return rounded_outward(Ball(ball.middle, max(Fraction(2) ** exponent, 2 * ball.radius)), precision)


def rational_text(number: Fraction | sp.Rational) -> str:
    """Return p/q in lowest terms, or p.

    Raises `NoCertificateError` if it is longer than the format admits.

    >>> rational_text(Fraction(-3, 6)), rational_text(sp.Integer(7))
    ('-1/2', '7')
    """
    p, q = (fmpz(int(part)) for part in (number.numerator, number.denominator))
    text = str(p) if q == 1 else f"{p}/{q}"
    if len(text) > MAX_RATIONAL_CHARACTERS:
        raise NoCertificateError(f"a rational number of the result has {len(text)} characters; a certificate "
                                 f"holds at most {MAX_RATIONAL_CHARACTERS}")  # fmt: skip
    return text


def interval(ends: tuple[Fraction, Fraction]) -> list[str]:
    """Return ``[lo, hi]``.

    >>> interval((Fraction(1, 3), Fraction(1)))
    ['1/3', '1']
    """
    return [rational_text(end) for end in ends]


def _to_nearest(number: Fraction, bits: int) -> Fraction:
    if number == 0:
        return number
    unit = Fraction(2) ** (_exponent(number) - bits)
    return round(number / unit) * unit


def _upward(number: Fraction) -> Fraction:
    """The least number of thirty bits that is not below."""
    if number == 0:
        return number
    unit = Fraction(2) ** (_exponent(number) - RADIUS_BITS)
    return (number / unit).__ceil__() * unit


def _exponent(number: Fraction) -> int:
    """An e with |number| < 2^e."""
    return abs(number.numerator).bit_length() - number.denominator.bit_length() + 1
