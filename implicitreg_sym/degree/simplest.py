"""Short numbers for constructions: the fraction of least denominator in an interval (Stern-Brocot)."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt


def simplest_fraction(lower: Fraction, upper: Fraction) -> Fraction:
    """Return the fraction of least denominator (then of least size) in the open interval lower < upper.

    The partial quotients that the two ends share are those of the result (Stern-Brocot), so the work grows
    with the logarithm of 1/(upper - lower), not with the denominator.

    >>> simplest_fraction(Fraction(314, 100), Fraction(315, 100))
    Fraction(22, 7)
    >>> simplest_fraction(Fraction(-1, 2), Fraction(1, 3)), simplest_fraction(Fraction(-3), Fraction(-2))
    (Fraction(0, 1), Fraction(-5, 2))
    """
    if not lower < upper:
        raise ValueError(f"({lower}, {upper}) is empty; give the smaller end first")
    if lower < 0 < upper:
        return Fraction(0)
    if upper <= 0:
        return -simplest_fraction(-upper, -lower)
    quotients: list[int] = []
    while True:
        whole = lower.numerator // lower.denominator
        if whole + 1 < upper:
            value = Fraction(whole + 1)
            break
        quotients.append(whole)
        # lower < x < upper <= whole + 1, so 1/(x - whole) lies between the reciprocals of the remainders
        above = upper - whole
        if lower == whole:
            value = Fraction(1 / above).__floor__() + Fraction(1)
            break
        lower, upper = 1 / above, 1 / (lower - whole)
    for whole in reversed(quotients):
        value = whole + 1 / value
    return value


def simplest_root_between(lower: Fraction, upper: Fraction) -> Fraction:
    """Return the fraction q > 0 of least denominator with lower < q² < upper, up to a rounding inwards that
    takes less than a thousandth of the interval; 0 <= lower < upper.

    >>> simplest_root_between(Fraction(13, 10), Fraction(9, 5))
    Fraction(4, 3)
    """
    bits = 16
    while Fraction(1, 2 ** (bits - 12)) * (1 + upper) > (upper - lower) / (1 + upper):
        bits *= 2
    scale = 4**bits
    low = isqrt(lower.numerator * scale // lower.denominator) + 1
    high = isqrt(-(-upper.numerator * scale // upper.denominator) - 1)
    return simplest_fraction(Fraction(low, 2**bits), Fraction(high, 2**bits))


def short_ends(lower: Fraction, upper: Fraction) -> tuple[Fraction, Fraction]:
    """Return an interval inside the given one whose ends are multiples of a power of two, 2^-20 or less, by
    which it loses a thousandth of its length at most.

    >>> [str(end) for end in short_ends(Fraction(1, 3), Fraction(2, 3))]
    ['174763/524288', '349525/524288']
    """
    unit = Fraction(1, 2**20)
    while 2000 * unit > upper - lower:
        unit /= 16
    low, high = lower / unit, upper / unit
    return unit * -(-low.numerator // low.denominator), unit * (high.numerator // high.denominator)
