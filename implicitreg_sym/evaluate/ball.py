"""A real number enclosed by a ball with exact dyadic midpoint and radius, which can be pickled, compared
and printed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import sympy as sp
from flint import arb

from implicitreg_sym.errors import InputError


@dataclass(frozen=True, slots=True)
class Ball:
    """The interval [middle - radius, middle + radius], both ends exact.

    >>> ball = Ball(Fraction(1, 2), Fraction(1, 1024))
    >>> Fraction(5001, 10000) in ball, Fraction(1) in ball
    (True, False)
    """

    middle: Fraction
    radius: Fraction = Fraction(0)

    @classmethod
    def from_arb(cls, value: arb) -> Ball:
        """Keep an Arb ball exactly. Raises `ArithmeticError` if it is not finite."""
        if not value.is_finite():
            raise ArithmeticError("the ball is not finite")
        return cls(_dyadic(value.mid()), _dyadic(value.rad()))

    def to_arb(self) -> arb:
        """Return the Arb ball; exact when middle and radius are dyadic, an enclosure otherwise."""
        return arb(_exact(self.middle), _exact(self.radius))

    @property
    def lower(self) -> Fraction:
        """The left end."""
        return self.middle - self.radius

    @property
    def upper(self) -> Fraction:
        """The right end."""
        return self.middle + self.radius

    def __contains__(self, number: Fraction | int) -> bool:
        return self.lower <= number <= self.upper

    def decimal(self, digits: int) -> str:
        """Return the middle rounded to ``digits`` significant digits, all of them correct to one unit in
        the last place.

        Raises `InputError` if the radius is too large for so many digits.

        >>> Ball(Fraction(1, 3), Fraction(1, 10**12)).decimal(10)
        '0.3333333333'
        >>> Ball(Fraction(-25)).decimal(10)
        '-25'
        """
        if self.radius == 0:
            return exact_decimal(self.middle, digits)
        text, unit = _rounded(self.middle, digits)
        if 2 * self.radius > unit:
            if abs(self.middle) > self.radius:
                raise InputError(
                    f"the ball of radius {self.radius_text()} does not carry {digits} digits; ask for fewer"
                )
            # a ball about zero has no leading digit: digits after the point
            places = Fraction(1, 10**digits)
            if 2 * self.radius > places:
                raise InputError(
                    f"the ball of radius {self.radius_text()} does not carry {digits} decimals; ask for fewer"
                )
            return _plain(round(self.middle * 10**digits), -digits)
        return text

    def radius_text(self) -> str:
        """Return an upper bound of the radius with two significant digits, such as ``1.3e-45``; ``0`` if
        exact."""
        if self.radius == 0:
            return "0"
        exponent = _decimal_exponent(self.radius)
        scaled = self.radius / Fraction(10) ** (exponent - 1)
        mantissa = -(-scaled.numerator // scaled.denominator)
        if mantissa == 100:
            mantissa, exponent = 10, exponent + 1
        return f"{mantissa // 10}.{mantissa % 10}e{exponent:+03d}"


def _dyadic(value: arb) -> Fraction:
    mantissa, exponent = (int(part) for part in value.man_exp())
    return Fraction(mantissa) * Fraction(2) ** exponent


def _exact(value: Fraction) -> arb:
    if value.denominator & (value.denominator - 1):
        return arb(value.numerator) / value.denominator
    return arb((value.numerator, 1 - value.denominator.bit_length()))


def _decimal_exponent(value: Fraction) -> int:
    """The e with 10^e <= |value| < 10^(e+1)."""
    magnitude = abs(value)
    guess = int((magnitude.numerator.bit_length() - magnitude.denominator.bit_length()) * 0.30103) - 1
    while Fraction(10) ** (guess + 1) <= magnitude:
        guess += 1
    while Fraction(10) ** guess > magnitude:
        guess -= 1
    return guess


def _rounded(value: Fraction, digits: int) -> tuple[str, Fraction]:
    """The decimal text with so many significant digits, and the unit in its last place."""
    if value == 0:
        return "0", Fraction(0)
    exponent = _decimal_exponent(value) - digits + 1
    unit = Fraction(10) ** exponent
    mantissa = round(value / unit)
    if abs(mantissa) == 10**digits:
        mantissa, exponent, unit = mantissa // 10, exponent + 1, 10 * unit
    return _plain(mantissa, exponent), unit


def _plain(mantissa: int, exponent: int) -> str:
    """mantissa * 10^exponent, positional unless that needs many zeros."""
    if mantissa == 0:
        return "0"
    sign, figures = "-" * (mantissa < 0), str(abs(mantissa))
    point = len(figures) + exponent
    if not -8 < point <= max(24, len(figures)):
        fraction = figures[1:].rstrip("0")
        return f"{sign}{figures[0]}{'.' * bool(fraction)}{fraction}e{point - 1:+03d}"
    if exponent >= 0:
        return sign + figures + "0" * exponent
    figures = figures.zfill(1 - exponent)
    return f"{sign}{figures[:exponent]}.{figures[exponent:]}"


def exact_decimal(value: Fraction, digits: int) -> str:
    """Write an exact rational: all its digits if it is a decimal with at most ``digits`` of them, else
    rounded.

    >>> exact_decimal(Fraction(3, 10), 30), exact_decimal(Fraction(2, 3), 5)
    ('0.3', '0.66667')
    """
    text, _unit = _rounded(value, digits)
    if "." in text and "e" not in text:
        return text.rstrip("0").rstrip(".") if Fraction(text) == value else text
    return text


def rational_text(value: Fraction) -> str:
    """Write p/q, or p when q = 1."""
    return str(sp.Rational(value.numerator, value.denominator))
