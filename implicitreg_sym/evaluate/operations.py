"""What each elementary operation means over balls, complex balls, power series of balls, and mpmath numbers.

A function without a native power series gets one by its addition formula (so that no constant term enters
twice) or by integrating its derivative; a complex function with a branch cut refuses an argument that may
meet the cut when analyticity is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import reduce
from operator import add, mul
from typing import Any

import mpmath
from flint import acb, arb, arb_series, fmpq

Function = Callable[..., Any]


class Arithmetic(Enum):
    """The number type over which a program runs."""

    ARB = auto()
    ACB = auto()
    ACB_ANALYTIC = auto()
    SERIES = auto()
    MP = auto()

    def rational(self, value: tuple[int, int]) -> Any:
        """The exact rational p/q as a number of this type."""
        numerator, denominator = value
        match self:
            case Arithmetic.ARB:
                return arb(fmpq(numerator, denominator))
            case Arithmetic.ACB | Arithmetic.ACB_ANALYTIC:
                return acb(fmpq(numerator, denominator))
            case Arithmetic.SERIES:
                return arb_series([arb(fmpq(numerator, denominator))])
            case Arithmetic.MP:
                return mpmath.mpf(numerator) / denominator


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation over each arithmetic; ``cut`` tells whether a complex ball may meet a branch cut or a
    pole of the cut."""

    real: Function
    mp: Function
    series: Function
    complex: Function | None = None
    cut: Callable[[acb], bool] | None = None

    def apply(self, arithmetic: Arithmetic, inputs: Sequence[Any], parameter: Any) -> Any:
        """Return the operation's value; the parameter, where there is one, comes last."""
        arguments = [*inputs] if parameter is None else [*inputs, parameter]
        match arithmetic:
            case Arithmetic.ARB:
                return self.real(*arguments)
            case Arithmetic.MP:
                return self.mp(*arguments)
            case Arithmetic.SERIES:
                return self.series(*arguments)
            case Arithmetic.ACB_ANALYTIC if self.cut is not None and self.cut(inputs[0]):
                return acb("nan")
        return (self.complex or self.real)(*arguments)


def _constant_term(series: arb_series) -> arb:
    coefficients = series.coeffs()
    return coefficients[0] if coefficients else arb(0)


def _without_constant(series: arb_series) -> arb_series:
    return arb_series([arb(0), *series.coeffs()[1:]], prec=series.prec)


def _taylor(coefficients: Callable[..., list[arb]]) -> Function:
    """Lift a function whose Taylor coefficients at a ball are known to power series, by Horner's rule."""

    def lifted(series: arb_series, *parameter: Any) -> arb_series:
        shift = _without_constant(series)
        outer = coefficients(_constant_term(series), max(1, series.prec), *parameter)
        return reduce(
            lambda total, coefficient: total * shift + coefficient,
            reversed(outer),
            arb_series([], prec=series.prec),
        )

    return lifted


def _integrated(value: Function, derivative: Function) -> Function:
    """Lift f to power series by f(c + h) = f(c) + integral of f'(c + h) h'."""

    def lifted(series: arb_series) -> arb_series:
        start = value(_constant_term(series))
        if series.length() <= 1:
            return arb_series([start], prec=series.prec)
        lifted_series: arb_series = (derivative(series) * series.derivative()).integral() + start
        return lifted_series

    return lifted


def _series_sinh_cosh(series: arb_series) -> tuple[arb_series, arb_series]:
    centre, shift = _constant_term(series), _without_constant(series)
    growth = shift.exp()
    inverse = growth.inv()
    odd, even = (growth - inverse) / 2, (growth + inverse) / 2
    sinh, cosh = centre.sinh(), centre.cosh()
    return odd * cosh + even * sinh, even * cosh + odd * sinh


def _series_tanh(series: arb_series) -> arb_series:
    centre, shift = _constant_term(series).tanh(), _without_constant(series)
    growth = (shift * 2).exp()
    inner = (growth - 1) / (growth + 1)
    return (inner + centre) / (inner * centre + 1)


def _series_tan(series: arb_series) -> arb_series:
    centre, inner = _constant_term(series).tan(), _without_constant(series).tan()
    return (inner + centre) / (1 - inner * centre)


def _series_log1p(series: arb_series) -> arb_series:
    """log(1 + c + h) = log1p(c) + log(1 + h/(1 + c)), so that a small c keeps its relative accuracy."""
    centre, shift = _constant_term(series), _without_constant(series)
    return (1 + shift / (1 + centre)).log() + centre.log1p()


def _power(base: Any, exponent: int) -> Any:
    return base**exponent


def _real_power(base: arb, exponent: int) -> arb:
    """An integer power; of a wide ball by the values at its ends (Arb's own is undefined for one centred at
    zero)."""
    if exponent < 0:
        return 1 / _real_power(base, -exponent)
    if not base.is_finite() or base.rel_accuracy_bits() > 8:
        return base**exponent
    low, high = base.lower(), base.upper()
    if exponent % 2 == 0 and base.contains(0):
        return arb(0).union((-low).max(high) ** exponent)
    return (low**exponent).union(high**exponent)


def _series_power(base: arb_series, exponent: int) -> arb_series:
    if exponent < 0:
        return base.inv() ** (-exponent)
    return base**exponent


def _root_exponent(exponent: tuple[int, int]) -> fmpq:
    return fmpq(*exponent)


def _real_root(base: arb, exponent: tuple[int, int]) -> arb:
    numerator, denominator = exponent
    root = base.sqrt() if denominator == 2 else base.root(denominator) if base >= 0 else arb("nan")
    return _real_power(root, numerator)


def _dilogarithm_series(centre: arb, length: int) -> list[arb]:
    if length == 1:
        return [_dilogarithm(centre)]
    variable = arb_series([centre, 1], prec=length - 1)
    derivative = -((1 - variable).log()) / variable  # Li2'(z) = -log(1-z)/z
    coefficients = list(derivative.integral().coeffs())
    coefficients += [arb(0)] * (length - len(coefficients))
    return [_dilogarithm(centre), *coefficients[1:length]]


def _dilogarithm(value: arb) -> arb:
    return value.polylog(2) if value < 1 else arb("nan")


def _hyper(value: arb, parameters: tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]) -> arb:
    upper, lower = ([arb(fmpq(*entry)) for entry in row] for row in parameters)
    result: arb = value.hypgeom([*upper], [*lower])
    return result


def _hyper_complex(
    value: acb, parameters: tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]
) -> acb:
    upper, lower = ([acb(fmpq(*entry)) for entry in row] for row in parameters)
    result: acb = value.hypgeom([*upper], [*lower])
    return result


def _hyper_mp(
    value: mpmath.mpf, parameters: tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]
) -> mpmath.mpf:
    upper, lower = ([mpmath.mpf(p) / q for p, q in row] for row in parameters)
    return mpmath.hyper(upper, lower, value)


def _hyper_series(centre: arb, length: int, parameters: tuple[tuple[tuple[int, int], ...], ...]) -> list[arb]:
    """The k-th Taylor coefficient of pFq is prod(a)_k / (prod(b)_k k!) pFq(a+k; b+k)."""
    upper, lower = ([fmpq(*entry) for entry in row] for row in parameters)
    factor, coefficients = fmpq(1), []
    for order in range(length):
        above, below = [arb(entry + order) for entry in upper], [arb(entry + order) for entry in lower]
        coefficients.append(arb(factor) * centre.hypgeom([*above], [*below]))
        for entry in upper:
            factor *= entry + order
        for entry in [*lower, fmpq(1)]:
            factor /= entry + order
    return coefficients


def _series_abs(series: arb_series) -> arb_series:
    centre = _constant_term(series)
    if centre > 0:
        return series
    return -series if centre < 0 else arb_series([arb("nan")] * series.prec, prec=series.prec)


def _series_sign(series: arb_series) -> arb_series:
    return arb_series([_sign(_constant_term(series))], prec=series.prec)


def _sign(value: arb) -> arb:
    sign = value.sgn()
    return sign if sign.is_exact() else arb(0, 1)


def _meets_negative_axis(value: acb) -> bool:
    return not (value.real > 0 or value.imag > 0 or value.imag < 0)


def _meets_imaginary_cut(value: acb) -> bool:
    """The cuts of atan and asinh: imaginary numbers of modulus at least 1."""
    return not (value.real > 0 or value.real < 0 or abs(value.imag) < 1)


def _meets_outer_real_axis(value: acb) -> bool:
    """The cuts of asin, acos and atanh: real numbers of modulus at least 1."""
    return not (value.imag > 0 or value.imag < 0 or abs(value.real) < 1)


def _meets_right_axis(value: acb) -> bool:
    """The cut of polylog and of pFq with p = q + 1: real numbers of at least 1."""
    return not (value.imag > 0 or value.imag < 0 or value.real < 1)


def _meets_below_one(value: acb) -> bool:
    """The cut of acosh: real numbers of at most 1."""
    return not (value.imag > 0 or value.imag < 0 or value.real > 1)


def _never_analytic(_value: acb) -> bool:
    return True


def _complex_root(base: acb, exponent: tuple[int, int]) -> acb:
    return base ** acb(_root_exponent(exponent))


_ONE = fmpq(1)
OPERATIONS: Mapping[str, Operation] = {
    "add": Operation(lambda *v: reduce(add, v), lambda *v: mpmath.fsum(v), lambda *v: reduce(add, v)),
    "mul": Operation(lambda *v: reduce(mul, v), lambda *v: reduce(mul, v), lambda *v: reduce(mul, v)),
    "power": Operation(_real_power, _power, _series_power, _power),
    "root": Operation(
        _real_root,
        lambda base, exponent: mpmath.power(base, mpmath.mpf(exponent[0]) / exponent[1]),
        lambda base, exponent: (
            (base.log() * arb(_root_exponent(exponent))).exp()
            if exponent[1] != 2
            else _series_power(base.sqrt(), exponent[0])
        ),
        _complex_root,
        _meets_negative_axis,
    ),
    "pi": Operation(arb.pi, lambda: +mpmath.pi, lambda: arb_series([arb.pi()]), acb.pi),
    "e": Operation(
        arb.const_e, lambda: +mpmath.e, lambda: arb_series([arb.const_e()]), lambda: acb(arb.const_e())
    ),
    "exp": Operation(arb.exp, mpmath.exp, arb_series.exp, acb.exp),
    "log": Operation(arb.log, mpmath.log, arb_series.log, acb.log, _meets_negative_axis),
    "log1p": Operation(
        arb.log1p, mpmath.log1p, _series_log1p, acb.log1p, lambda v: _meets_negative_axis(v + 1)
    ),
    "sin": Operation(arb.sin, mpmath.sin, arb_series.sin, acb.sin),
    "cos": Operation(arb.cos, mpmath.cos, arb_series.cos, acb.cos),
    "tan": Operation(arb.tan, mpmath.tan, _series_tan, acb.tan),
    "sec": Operation(arb.sec, mpmath.sec, lambda s: s.cos().inv(), acb.sec),
    "csc": Operation(arb.csc, mpmath.csc, lambda s: s.sin().inv(), acb.csc),
    "cot": Operation(arb.cot, mpmath.cot, lambda s: s.cos() / s.sin(), acb.cot),
    "sinh": Operation(arb.sinh, mpmath.sinh, lambda s: _series_sinh_cosh(s)[0], acb.sinh),
    "cosh": Operation(arb.cosh, mpmath.cosh, lambda s: _series_sinh_cosh(s)[1], acb.cosh),
    "tanh": Operation(arb.tanh, mpmath.tanh, _series_tanh, acb.tanh),
    "sech": Operation(arb.sech, mpmath.sech, lambda s: _series_sinh_cosh(s)[1].inv(), acb.sech),
    "csch": Operation(arb.csch, mpmath.csch, lambda s: _series_sinh_cosh(s)[0].inv(), acb.csch),
    "coth": Operation(arb.coth, mpmath.coth, lambda s: _series_tanh(s).inv(), acb.coth),
    "asin": Operation(
        arb.asin,
        mpmath.asin,
        _integrated(arb.asin, lambda s: (1 - s * s).rsqrt()),
        acb.asin,
        _meets_outer_real_axis,
    ),
    "acos": Operation(
        arb.acos,
        mpmath.acos,
        _integrated(arb.acos, lambda s: -((1 - s * s).rsqrt())),
        acb.acos,
        _meets_outer_real_axis,
    ),
    "atan": Operation(arb.atan, mpmath.atan, arb_series.atan, acb.atan, _meets_imaginary_cut),
    "asinh": Operation(
        arb.asinh,
        mpmath.asinh,
        _integrated(arb.asinh, lambda s: (1 + s * s).rsqrt()),
        acb.asinh,
        _meets_imaginary_cut,
    ),
    "acosh": Operation(
        arb.acosh,
        mpmath.acosh,
        _integrated(arb.acosh, lambda s: (s * s - 1).rsqrt()),
        acb.acosh,
        _meets_below_one,
    ),
    "atanh": Operation(
        arb.atanh,
        mpmath.atanh,
        _integrated(arb.atanh, lambda s: (1 - s * s).inv()),
        acb.atanh,
        _meets_outer_real_axis,
    ),
    "erf": Operation(arb.erf, mpmath.erf, arb_series.erf, acb.erf),
    "erfc": Operation(arb.erfc, mpmath.erfc, arb_series.erfc, acb.erfc),
    "erfi": Operation(arb.erfi, mpmath.erfi, arb_series.erfi, acb.erfi),
    "abs": Operation(abs, abs, _series_abs, lambda v: v.real_abs(), _never_analytic),
    "sign": Operation(_sign, mpmath.sign, _series_sign, acb.csgn, _never_analytic),
    "lambertw": Operation(
        arb.lambertw,
        lambda v: mpmath.lambertw(v).real,
        arb_series.lambertw,
        acb.lambertw,
        _meets_negative_axis,
    ),
    "dilogarithm": Operation(
        _dilogarithm,
        lambda v: mpmath.polylog(2, v).real,
        _taylor(_dilogarithm_series),
        lambda v: v.polylog(2),
        _meets_right_axis,
    ),
    "hyper": Operation(_hyper, _hyper_mp, _taylor(_hyper_series), _hyper_complex, _meets_right_axis),
}
