"""A real number enclosed by a ball with exact dyadic midpoint and radius, which can be pickled, compared
and printed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import sympy as sp
from flint import arb, fmpz

from implicitreg_sym.errors import InputError

LONGEST = 2**20  # bits: exp(exp(50)) is finite for Arb, but no fraction can hold it


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
        """Keep an Arb ball exactly. Raises `ArithmeticError` if it is not finite, or has more than a million
        bits before or after the point."""
        if not value.is_finite():
            raise ArithmeticError("the ball is not finite")
        return cls(_dyadic(value.mid()), _dyadic(value.rad()))

    def to_arb(self) -> arb:
        """Return the Arb ball; exact when middle and radius are dyadic, an enclosure otherwise."""
        return arb(_exact(self.middle), _exact(self.radius))

    def radius_bits(self) -> int:
        """The binary exponent of the radius: radius < 2^e; that of a ball without radius is that of its
        last bit."""
        if self.radius == 0:
            return 1 - self.middle.denominator.bit_length()
        return self.radius.numerator.bit_length() - self.radius.denominator.bit_length() + 1

    @property
    def lower(self) -> Fraction:
        """The left end."""
        return _plus(self.middle, -self.radius)

    @property
    def upper(self) -> Fraction:
        """The right end."""
        return _plus(self.middle, self.radius)

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
        mantissa, exponent = _rounded(self.middle, digits)
        if mantissa == 0 or 2 * self.radius > Fraction(10) ** exponent:
            if abs(self.middle) > self.radius:
                raise InputError(
                    f"the ball of radius {self.radius_text()} does not carry {digits} digits; ask for fewer"
                )
            # a ball about zero has no leading digit: digits after the point
            if 2 * self.radius > Fraction(1, 10**digits):
                raise InputError(
                    f"the ball of radius {self.radius_text()} does not carry {digits} decimals; ask for fewer"
                )
            return _plain(_scaled(self.middle, digits), -digits)
        return _plain(mantissa, exponent)

    def radius_text(self) -> str:
        """Return an upper bound of the radius with two significant digits, such as ``1.3e-45``; ``0`` if
        exact."""
        if self.radius == 0:
            return "0"
        exponent = _decimal_exponent(self.radius)
        above, below = _at_scale(self.radius, 1 - exponent)
        mantissa = int(-(-above // below))
        if mantissa == 100:
            mantissa, exponent = 10, exponent + 1
        return f"{mantissa // 10}.{mantissa % 10}e{exponent:+03d}"


def _dyadic(value: arb) -> Fraction:
    mantissa, exponent = (int(part) for part in value.man_exp())
    if abs(exponent) > LONGEST:
        raise ArithmeticError(
            f"a number {'above 2^' if exponent > 0 else 'below 2^-'}{LONGEST} came up, too "
            f"{'large' if exponent > 0 else 'small'} to be written down exactly"
        )
    if exponent >= 0:
        return Fraction(mantissa << exponent)
    # Fraction(m, 2^k) would compute a greatest common divisor, in quadratic time; here m is odd
    return _coprime(mantissa, 1 << -exponent) if mantissa & 1 else Fraction(mantissa, 1 << -exponent)


def _coprime(numerator: int, denominator: int) -> Fraction:
    fraction = Fraction.__new__(Fraction)
    fraction._numerator, fraction._denominator = numerator, denominator  # type: ignore[attr-defined]
    return fraction


def _plus(first: Fraction, second: Fraction) -> Fraction:
    """The sum; of dyadic numbers in linear time."""
    if any(number.denominator & (number.denominator - 1) for number in (first, second)):
        return first + second
    places = max(first.denominator.bit_length(), second.denominator.bit_length()) - 1
    total = sum(
        number.numerator << (places + 1 - number.denominator.bit_length()) for number in (first, second)
    )
    if total == 0:
        return Fraction(0)
    even = min(places, (total & -total).bit_length() - 1)
    return _coprime(total >> even, 1 << (places - even))


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


def _at_scale(value: Fraction, places: int) -> tuple[fmpz, fmpz]:
    """Numerator and denominator, not reduced, of value * 10^places; FLINT's integers multiply, divide and
    print in quasi-linear time."""
    numerator, denominator = fmpz(value.numerator), fmpz(value.denominator)
    power = fmpz(10) ** abs(places)
    return (numerator * power, denominator) if places >= 0 else (numerator, denominator * power)


def _scaled(value: Fraction, places: int) -> fmpz:
    """value * 10^places rounded to an integer, halves to even."""
    above, below = _at_scale(value, places)
    quotient, rest = divmod(above, below)
    if 2 * rest > below or (2 * rest == below and quotient % 2 == 1):
        quotient += 1
    return quotient


def _rounded(value: Fraction, digits: int) -> tuple[fmpz, int]:
    """The mantissa with so many digits, and the exponent of ten of its last one."""
    if value == 0:
        return fmpz(0), 0
    exponent = _decimal_exponent(value) - digits + 1
    mantissa = _scaled(value, -exponent)
    if abs(mantissa) == fmpz(10) ** digits:
        mantissa, exponent = mantissa // 10, exponent + 1
    return mantissa, exponent


def _plain(mantissa: fmpz, exponent: int) -> str:
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
    mantissa, exponent = _rounded(value, digits)
    text = _plain(mantissa, exponent)
    if "." in text and "e" not in text:
        above, below = _at_scale(value, -exponent)
        return text.rstrip("0").rstrip(".") if above == mantissa * below else text
    return text


def rational_text(value: Fraction) -> str:
    """Write p/q, or p when q = 1."""
    return str(sp.Rational(value.numerator, value.denominator))
