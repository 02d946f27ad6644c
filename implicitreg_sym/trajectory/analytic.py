"""Functions analytic on the unit disc: a polynomial with dyadic coefficients and a bound for all else.

With ‖f‖ = Σ|f_k| the power series that converge absolutely on |x| ≤ 1 form a Banach algebra, and |f| ≤ ‖f‖
on the disc. A reciprocal or a root is guessed as a polynomial P and verified afterwards: if
δ = ‖1 - P f‖ < 1, then f has no zero on the disc, 1/f = P/(1 - (1 - P f)), and ‖1/f - P‖ ≤ ‖P‖ δ/(1 - δ).
So truncation, rounding and the uncertainty of the data all end in one number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate

import flint
from flint import arb, arb_poly, fmpz_poly

BOUND_BITS = 64  # bounds need their order of magnitude only
_NEWTON_STEPS = 60


class NotAnalyticError(ArithmeticError):
    """A function could not be proved analytic on the disc asked for; a smaller disc may do."""


@dataclass(frozen=True, slots=True)
class Analytic:
    """f = p + τ on |x| ≤ 1, p = ``numerators``/2^``exponent`` exactly, ‖τ‖ ≤ tail and ‖f‖ ≤ size.

    At most ``length`` coefficients are kept, with about as many bits as the precision in force, relative to
    the largest.

    >>> cosine = Analytic.of([arb(1), arb(0), arb(-1) / 2], arb(1) / 20, 3)
    >>> cosine(arb(1) / 2).contains((arb(1) / 2).cos())
    True
    """

    numerators: fmpz_poly
    exponent: int
    tail: arb
    size: arb
    length: int

    @classmethod
    def of(cls, coefficients: list[arb], tail: arb, length: int) -> Analytic:
        """Round the enclosed coefficients. Raises `NotAnalyticError` if they are not finite."""
        largest = max(map(_magnitude, coefficients), default=0)
        exponent = flint.ctx.prec - largest
        with flint.ctx.workprec(BOUND_BITS):
            tail = tail + sum((entry.rad() for entry in coefficients), arb(0))
            tail += arb((len(coefficients), -exponent))
        if not tail.is_finite():
            raise NotAnalyticError("a power series is not finite on the disc")
        return _normalised(
            fmpz_poly([_units(entry, exponent) for entry in coefficients]), exponent, tail, length
        )

    def __call__(self, point: arb) -> arb:
        """Enclose f at a real point of the disc. Raises `NotAnalyticError` outside of it."""
        if not abs(point) <= 1:
            raise NotAnalyticError("a point lies outside the disc of an expansion")
        return self._polynomial_at(self.numerators, point) + arb(0, self.tail)

    def slope(self, point: arb) -> arb:
        """Enclose f' at a real point inside the disc: |τ'| ≤ tail Σ k|x|^(k-1) = tail/(1 - |x|)²."""
        rest = (self.tail / (1 - abs(point)) ** 2).upper()
        return self._polynomial_at(self.numerators.derivative(), point) + arb(0, rest)

    def _polynomial_at(self, numerators: fmpz_poly, point: arb) -> arb:
        value: arb = arb_poly(numerators)(point) * arb((1, -self.exponent))
        return value

    def __add__(self, number: arb) -> Analytic:
        """Add a constant."""
        tail = self.tail + number.rad() + arb((1, -self.exponent))
        return _normalised(self.numerators + _units(number, self.exponent), self.exponent, tail, self.length)

    def __neg__(self) -> Analytic:
        return Analytic(-self.numerators, self.exponent, self.tail, self.size, self.length)

    def __mul__(self, other: Analytic | arb) -> Analytic:
        """The product with another function of the same length, or with a number."""
        if isinstance(other, Analytic):
            with flint.ctx.workprec(BOUND_BITS):
                tail = self.size * other.tail + other.size * self.tail
            numerators, exponent = self.numerators * other.numerators, self.exponent + other.exponent
        else:
            shift = flint.ctx.prec - _magnitude(other)
            with flint.ctx.workprec(BOUND_BITS):
                tail = abs(other) * self.tail + self.size * (other.rad() + arb((1, -shift)))
            numerators, exponent = self.numerators * _units(other, shift), self.exponent + shift
        return _normalised(numerators, exponent, tail, self.length)

    def reciprocal(self) -> Analytic:
        """1/f. Raises `NotAnalyticError` unless f is proved to have no zero on the disc."""
        guess = self._guess(
            lambda first: 1 / first,
            lambda inverse, f, product: product(inverse, _one() - product(inverse, f)),
        )
        return _verified(guess, guess * self)

    def inverse_root(self) -> Analytic:
        """f^(-1/2), positive at 0, analytic on the disc and real on its real part.

        With δ = ‖1 - P²f‖ < 1, f^(-1/2) = P (1 - (1 - P²f))^(-1/2) differs from P by ‖P‖ δ/(1 - δ) at most.
        Raises `NotAnalyticError` unless that is proved.
        """
        guess = self._guess(
            lambda first: 1 / first.sqrt(),
            lambda root, f, product: product(root, _one() - product(product(root, root), f)) // 2,
        )
        return _verified(guess, guess * guess * self)

    def _guess(
        self,
        of_number: Callable[[arb], arb],
        correction: Callable[[fmpz_poly, fmpz_poly, Callable[[fmpz_poly, fmpz_poly], fmpz_poly]], fmpz_poly],
    ) -> Analytic:
        """Newton's iteration for a function of f/f(0), in fixed point with unit 2^prec."""
        bits = flint.ctx.prec
        first = self.numerators[0]
        factor = of_number(arb((int(first), -self.exponent))).mid()
        if first == 0 or not factor.is_finite():
            raise NotAnalyticError("a function may vanish on the disc")
        relative = (self.numerators * 2**bits) // first
        guess, terms = _one(), 1
        while terms < self.length:
            terms = min(2 * terms, self.length)
            cut = terms

            def product(left: fmpz_poly, right: fmpz_poly, cut: int = cut) -> fmpz_poly:
                low: fmpz_poly = left.mul_low(right, cut) // 2**bits
                return low

            guess = guess + correction(guess, relative.truncate(cut), product)
            if guess.height_bits() > 2 * bits:
                raise NotAnalyticError("a function may vanish on the disc")
        polynomial = _normalised(guess, bits, arb(0), self.length) * factor
        return _normalised(polynomial.numerators, polynomial.exponent, arb(0), self.length)

    def integral(self) -> Analytic:
        """∫ from 0 to x."""
        entries = [entry // (power + 1) for power, entry in enumerate(self.numerators.coeffs())]
        tail = self.tail + arb((len(entries), -self.exponent))
        return _normalised(fmpz_poly([0, *entries]), self.exponent, tail, self.length)

    def times_x(self) -> Analytic:
        """x f(x)."""
        return _normalised(self.numerators.left_shift(1), self.exponent, self.tail, self.length)

    def over_x(self) -> Analytic:
        """(f(x) - f(0))/x."""
        return _normalised(self.numerators.right_shift(1), self.exponent, self.tail, self.length)

    def of_square(self, length: int) -> Analytic:
        """f(x²), of another length."""
        return _normalised(self.numerators.inflate(2), self.exponent, self.tail, length)

    def divided(self, root: arb) -> Analytic:
        """(f(x) - f(root))/(x - root), by synthetic division about the middle of the root.

        ‖(x^k - s^k)/(x - s)‖ ≤ 1/(1 - |s|), and its derivative by s is at most 1/(1 - |s|)².
        """
        bits = flint.ctx.prec
        fixed = _units(root, bits)
        entries = [int(entry) for entry in self.numerators.coeffs()]
        carries = accumulate(reversed(entries), lambda carry, entry: entry + ((fixed * carry) >> bits))
        quotient = [*carries][:-1]
        with flint.ctx.workprec(BOUND_BITS):
            error = arb((1, -bits)) + root.rad()
            slack = 1 / (1 - abs(root) - error)
            tail = self.tail * slack + self.size * error * slack**2
            tail += arb((len(entries), -self.exponent)) * slack
        return _normalised(fmpz_poly(quotient[::-1]), self.exponent, tail, self.length)

    def zero_near(self, guess: arb) -> arb:
        """Enclose a zero of f by interval Newton. Raises `NotAnalyticError` if none is proved."""
        point, change = guess.mid(), arb(1)
        for _ in range(_NEWTON_STEPS):
            step = (self(point) / self.slope(point)).mid()
            if not abs(point - step) < 1 or change == 0:
                break
            point = (point - step).mid()
            if change < arb(2) ** -16 and not abs(step) < change / 2:
                break
            change = abs(step)
        width = (4 * (self(point) / self.slope(point)).abs_upper()).upper()
        box = point + arb(0, width)
        if not abs(box) < 1:
            raise NotAnalyticError("no zero was found inside the disc")
        step = self(point) / self.slope(box)
        if not (step.is_finite() and step.abs_upper() < width):
            raise NotAnalyticError("interval Newton proves no zero inside the disc")
        return point - step


def _normalised(numerators: fmpz_poly, exponent: int, tail: arb, length: int) -> Analytic:
    """Cut off what exceeds the length and the precision, and count it in the tail."""
    surplus = numerators.right_shift(length)
    excess = numerators.height_bits() - flint.ctx.prec
    with flint.ctx.workprec(BOUND_BITS):
        if surplus:
            tail = tail + arb((_sum(surplus), -exponent))
            numerators = numerators.truncate(length)
        if excess > 0:
            numerators = numerators // 2**excess
            exponent -= excess
            tail = tail + arb((length, -exponent))
        tail = tail.upper()
        size = (tail + arb((_sum(numerators), -exponent))).upper()
    if not size.is_finite():
        raise NotAnalyticError("a power series is not finite on the disc")
    return Analytic(numerators, exponent, tail, size, length)


def _verified(guess: Analytic, product: Analytic) -> Analytic:
    """The exact polynomial P with its error, from P f (or P² f), which should be 1."""
    with flint.ctx.workprec(BOUND_BITS):
        if product.exponent < 0:
            raise NotAnalyticError("a function may vanish on the disc")
        one = 2**product.exponent
        defect = (arb((_sum(product.numerators - one), -product.exponent)) + product.tail).upper()
        if not defect < arb(1) / 2:
            raise NotAnalyticError("a function may vanish on the disc")
        tail = (guess.size * defect / (1 - defect)).upper()
        return Analytic(guess.numerators, guess.exponent, tail, (guess.size + tail).upper(), guess.length)


def _one() -> fmpz_poly:
    return fmpz_poly([2**flint.ctx.prec])


def _sum(numerators: fmpz_poly) -> int:
    return int(sum(map(abs, numerators.coeffs())))


def _units(number: arb, exponent: int) -> int:
    """The middle in units of 2^-exponent, rounded down. Raises `NotAnalyticError` if it is not finite."""
    if not number.is_finite():
        raise NotAnalyticError("a power series is not finite on the disc")
    mantissa, power = (int(part) for part in number.mid().man_exp())
    shift = power + exponent
    return mantissa << shift if shift >= 0 else mantissa >> -shift


def _magnitude(number: arb) -> int:
    """An e with |middle| < 2^e. Raises `NotAnalyticError` if it is not finite."""
    if not number.is_finite():
        raise NotAnalyticError("a power series is not finite on the disc")
    mantissa, power = (int(part) for part in number.mid().man_exp())
    return mantissa.bit_length() + power if mantissa else -(10**6)
