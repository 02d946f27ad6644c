"""Exponential polynomials sum_k P_k(v) e^{k c v}: whether all Taylor coefficients at 0 have one sign,
decided exactly."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import comb, factorial

MOST_COEFFICIENTS = 400
Polynomial = list[Fraction]  # coefficients by power


def one_sign(terms: Mapping[tuple[int, int], Fraction]) -> tuple[int, int] | None:
    """Return (sign, N) if every b_n of sum c_jk v^j e^{kv} has the weak sign and only those below N needed
    computing, else None.

    ``terms`` maps (j, k), k >= 0, to c_jk; b_n = n! times the n-th Taylor coefficient.

    >>> one_sign({(0, 2): Fraction(1), (0, 0): Fraction(-1), (1, 1): Fraction(-2)})[0]  # e^{2v} - 1 - 2 v e^v
    1
    >>> one_sign({(0, 1): Fraction(1), (1, 0): Fraction(-2)}) is None
    True
    """
    rows: dict[int, Polynomial] = {}
    finite: dict[int, Fraction] = {}
    for (power, rate), coefficient in terms.items():
        if rate == 0:
            finite[power] = finite.get(power, Fraction(0)) + coefficient * factorial(power)
        else:
            falling = _falling(power)
            row = rows.setdefault(rate, [])
            row += [Fraction(0)] * (len(falling) - len(row))
            for exponent, value in enumerate(falling):
                row[exponent] += value * coefficient / Fraction(rate) ** power
    rows = {rate: _trimmed(row) for rate, row in rows.items() if any(row)}
    if not rows:
        return None
    top = max(rows)
    sign = 1 if rows[top][-1] > 0 else -1
    others = {rate: row for rate, row in rows.items() if rate < top}
    for n in range(MOST_COEFFICIENTS):
        if n > max(finite, default=-1) and _dominates(rows[top], top, others, n, sign):
            return sign, n
        value = sum((_value(row, n) * rate**n for rate, row in rows.items()), finite.get(n, Fraction(0)))
        if value * sign < 0:
            return None
    return None


def _dominates(leading: Polynomial, top: int, others: Mapping[int, Polynomial], n: int, sign: int) -> bool:
    """Whether b_m has the sign for every m >= n, by the criterion of the rule."""
    shifted = _shifted(leading, n)
    if any(value * sign < 0 for value in shifted) or shifted[0] == 0:
        return False
    total = Fraction(0)
    for rate, row in others.items():
        for power, coefficient in enumerate(row):
            if coefficient and power and (n == 0 or Fraction(n + 1, n) ** power * Fraction(rate, top) > 1):
                return False
            total += abs(coefficient) * n**power * Fraction(rate, top) ** n
    return total < abs(shifted[0])


def _falling(order: int) -> Polynomial:
    """n(n-1)...(n-order+1) by powers of n."""
    result = [Fraction(1)]
    for root in range(order):
        moved = [Fraction(0), *result]
        result = [value - root * below for value, below in zip(moved, [*result, Fraction(0)], strict=True)]
    return result


def _shifted(polynomial: Polynomial, by: int) -> Polynomial:
    return [
        sum((polynomial[j] * comb(j, i) * by ** (j - i) for j in range(i, len(polynomial))), Fraction(0))
        for i in range(len(polynomial))
    ]


def _value(polynomial: Polynomial, n: int) -> Fraction:
    return sum((coefficient * n**power for power, coefficient in enumerate(polynomial)), Fraction(0))


def _trimmed(polynomial: Polynomial) -> Polynomial:
    length = max(index for index, value in enumerate(polynomial) if value) + 1
    return polynomial[:length]
