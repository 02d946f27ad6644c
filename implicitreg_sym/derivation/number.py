r"""Decimals with their rigorous error, as they stand in a paper.

Convention: ``0.19974162(1)`` means that the number differs from 0.19974162 by at most 1 unit of the last
digit shown. The parenthesis is a bound, proved by ball arithmetic, not a standard deviation; it covers the
rounding too.
"""

from __future__ import annotations

from fractions import Fraction

from implicitreg_sym.errors import InputError
from implicitreg_sym.evaluate import Ball

CONVENTION = (
    r"A decimal such as $0.1234(5)$ is an enclosure: the number differs from $0.1234$ by at most five "
    r"units of the last digit; the bound is rigorous and includes rounding. A decimal that ends in dots is "
    r"cut off, and all its digits are right."
)
_GROUP = 5
_UNGROUPED = 10


def number(ball: Ball, digits: int = 30) -> str:
    r"""Return the LaTeX (mathematics) of a ball with at most ``digits`` significant digits and its error.

    An exact decimal that has so few digits stands without a parenthesis. Raises `InputError` if ``digits`` <
    1.

    >>> number(Ball(Fraction(1, 3), Fraction(1, 10**9)), 6)
    '0.333333(1)'
    >>> number(Ball(Fraction(1, 3), Fraction(1, 10**5)), 30)
    '0.33333(2)'
    >>> number(Ball(Fraction(1, 4)))
    '0.25'
    >>> number(Ball(Fraction(0), Fraction(17, 10**32)))
    '0 \\pm 2 \\cdot 10^{-31}'
    """
    if digits < 1:
        raise InputError(f"{digits} digits cannot be printed; ask for at least 1")
    if ball.radius == 0:
        exact = _exact(ball.middle, digits)
        if exact is not None:
            return exact
    exponent = max(
        _exponent(ball.middle) - digits + 1 if ball.middle else -(10**9),
        _exponent(ball.radius) if ball.radius else -(10**9),
    )
    while True:
        unit = _power(exponent)
        mantissa = round(ball.middle / unit)
        error = _ceiling((ball.radius + abs(ball.middle - mantissa * unit)) / unit)
        if error <= 9:
            break
        exponent += 1
    if mantissa == 0:
        return rf"0 \pm {error}" + _times_power(exponent)
    return _decimal(mantissa, exponent, f"({error})")


def truncated(value: Fraction, digits: int) -> str:
    r"""Return the first ``digits`` significant digits of a rational, with dots if there are more.

    >>> truncated(Fraction(-2, 3), 4), truncated(Fraction(3, 8), 4)
    ('-0.6666\\ldots', '0.375')
    """
    exact = _exact(value, digits)
    if exact is not None:
        return exact
    exponent = _exponent(value) - digits + 1
    mantissa = int(value / _power(exponent))
    if exponent > 0:
        return _scientific(mantissa, exponent, r"\ldots")
    return _decimal(mantissa, exponent, r"\ldots")


def _exact(value: Fraction, digits: int) -> str | None:
    """The whole decimal expansion if it ends and has at most so many digits."""
    if value.denominator == 1 and len(str(abs(value.numerator))) <= digits:
        return group_digits(str(value.numerator))
    exponent = _exponent(value) - digits + 1
    scaled = value / _power(exponent)
    if scaled.denominator != 1:
        return None
    mantissa = scaled.numerator
    while mantissa and mantissa % 10 == 0:
        mantissa, exponent = mantissa // 10, exponent + 1
    return _decimal(mantissa, exponent, "")


def _decimal(mantissa: int, exponent: int, tail: str) -> str:
    """mantissa * 10^exponent, positional where that needs few zeros."""
    figures = str(abs(mantissa))
    point = len(figures) + exponent
    if exponent > 0 or not -4 < point <= 15:
        return _scientific(mantissa, exponent, tail)
    figures = figures.zfill(1 - exponent)
    whole, fraction = (figures[:exponent], figures[exponent:]) if exponent else (figures, "")
    return "-" * (mantissa < 0) + group_digits(whole + "." * bool(fraction) + fraction) + tail


def _scientific(mantissa: int, exponent: int, tail: str) -> str:
    figures = str(abs(mantissa))
    text = figures[0] + "." * (len(figures) > 1) + figures[1:]
    return "-" * (mantissa < 0) + group_digits(text) + tail + _times_power(exponent + len(figures) - 1)


def _times_power(exponent: int) -> str:
    return rf" \cdot 10^{{{exponent}}}" if exponent else ""


def group_digits(decimal: str) -> str:
    r"""Put thin spaces, at which a line may end, between groups of five digits of a long decimal.

    >>> group_digits("0.123456789012")
    '0.12345\\,\\allowbreak 67890\\,\\allowbreak 12'
    >>> group_digits("65536")
    '65536'
    """
    sign = "-" * decimal.startswith("-")
    whole, point, fraction = decimal.removeprefix("-").partition(".")
    space = r"\,\allowbreak "
    if len(fraction) > _UNGROUPED:
        fraction = space.join(fraction[start : start + _GROUP] for start in range(0, len(fraction), _GROUP))
    if len(whole) > _UNGROUPED:
        head = len(whole) % _GROUP
        groups = [whole[:head]] * bool(head) + [
            whole[start : start + _GROUP] for start in range(head, len(whole), _GROUP)
        ]
        whole = space.join(groups)
    return sign + whole + point + fraction


def _exponent(value: Fraction) -> int:
    """The e with 10^e <= |value| < 10^(e+1); 0 for zero."""
    magnitude = abs(value)
    if magnitude == 0:
        return 0
    guess = int((magnitude.numerator.bit_length() - magnitude.denominator.bit_length()) * 0.30103) - 1
    while _power(guess + 1) <= magnitude:
        guess += 1
    while _power(guess) > magnitude:
        guess -= 1
    return guess


def _power(exponent: int) -> Fraction:
    return Fraction(10) ** exponent


def _ceiling(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)
