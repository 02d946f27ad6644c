"""Taylor coefficients of a flow by recurrences over a straight-line program, in fixed-point integers.

With scaled time τ, t = t0 ± 2^e τ, the coefficients of a solution decay, so absolute precision is what
counts: the coefficient k of instruction i is an integer c_i,k with the value c_i,k 2^(−p_i). The exponent p_i
follows from the rounding errors of the arguments, to first order. Nothing here is a rigorous bound.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import mpmath
from mpmath import libmp
from sympy import Expr

from implicitreg_sym.flow.recurrences import (
    ZERO,
    Float,
    FunctionRecurrence,
    Integer,
    LinearRecurrence,
    PowerRecurrence,
    ProductRecurrence,
    ReciprocalRecurrence,
    Recurrence,
    SquareRecurrence,
    VariableRecurrence,
)
from implicitreg_sym.flow.straight_line import (
    Function,
    Instruction,
    Linear,
    Power,
    Product,
    Program,
    Reciprocal,
    Variable,
)

_GUARD = 40  # relative bits kept beyond the fixed-point exponent when the expansion point is evaluated
_SLACK = 20  # bits of the working precision that an ill-conditioned field may lose before it is recomputed


class SingularPointError(ArithmeticError):
    """The vector field has no Taylor expansion at the point; the message says which operation failed."""


@dataclass(frozen=True, slots=True)
class Expansion:
    """The jets of the state and of the further outputs, computed with so many working bits."""

    state: tuple[Jet, ...]
    outputs: tuple[Jet, ...]
    bits: int


@dataclass(frozen=True, slots=True)
class Jet:
    """A truncated Taylor series ``Σ_k coefficients[k] 2^(−exponent) τ^k``."""

    coefficients: tuple[Integer, ...]
    exponent: int

    def at(self, tau: Integer, bits: int) -> Integer:
        """Return the value at ``τ = tau 2^(−bits)`` in units of ``2^(−exponent)``, by Horner's rule.

        >>> int(Jet((8, 4, 4), 3).at(1, 1))
        11
        """
        value = ZERO
        for coefficient in reversed(self.coefficients):
            value = (value * tau >> bits) + coefficient
        return value


def magnitude(number: Float) -> int | None:
    """Return n with ``2^(n−1) ≤ |number| < 2^n``, or None for zero.

    >>> magnitude(libmp.from_int(-6)), magnitude(libmp.fzero)
    (3, None)
    """
    _, mantissa, exponent, bits = number
    if not mantissa:
        if exponent:
            raise SingularPointError("an intermediate value is not finite")
        return None
    return int(exponent + bits)


@cache
def constant_value(constant: Expr, bits: int) -> Float:
    """Return a constant expression as a raw mpmath number, exactly where it is dyadic.

    >>> from sympy import pi
    >>> libmp.to_str(constant_value(pi, 80), 20)
    '3.1415926535897932385'
    """
    if constant.is_Rational:
        return libmp.from_rational(int(constant.p), int(constant.q), bits)
    value = constant.evalf(int(bits * 0.30103) + 5)
    if not value.is_Float:
        raise SingularPointError(f"the constant {constant} has no real value")
    return value._mpf_


_ELEMENTARY: dict[str, Callable[..., Float]] = {
    "exp": libmp.mpf_exp,
    "log": libmp.mpf_log,
    "sin": libmp.mpf_sin,
    "cos": libmp.mpf_cos,
    "tan": libmp.mpf_tan,
    "sinh": libmp.mpf_sinh,
    "cosh": libmp.mpf_cosh,
    "tanh": libmp.mpf_tanh,
    "asin": libmp.mpf_asin,
    "acos": libmp.mpf_acos,
    "atan": libmp.mpf_atan,
    "asinh": libmp.mpf_asinh,
    "acosh": libmp.mpf_acosh,
    "atanh": libmp.mpf_atanh,
    "erf": libmp.mpf_erf,
    "erfc": libmp.mpf_erfc,
}


def _lambert_w(argument: Float, bits: int) -> Float:
    with mpmath.workprec(bits + 10):
        value = mpmath.lambertw(mpmath.mp.make_mpf(argument))
    if value.imag:
        raise SingularPointError("the Lambert function of a number below -1/e is not real")
    return value.real._mpf_


def _value(instruction: Instruction, values: list[Float], state: Sequence[Float], bits: int) -> Float:
    """Evaluate one instruction at the expansion point to the given relative precision."""
    try:
        match instruction:
            case Variable(index):
                return state[index]
            case Linear(constant, terms):
                total = constant_value(constant, bits)
                for factor, position in terms:
                    term = libmp.mpf_mul(constant_value(factor, bits), values[position], bits)
                    total = libmp.mpf_add(total, term, bits)
                return total
            case Product(left, right):
                return libmp.mpf_mul(values[left], values[right], bits)
            case Reciprocal(argument):
                return libmp.mpf_div(libmp.fone, values[argument], bits)
            case Power(argument, numerator, denominator):
                if libmp.mpf_sign(values[argument]) <= 0:
                    raise SingularPointError("a root of a number that is not positive")
                exponent = libmp.from_rational(numerator, denominator, bits + 20)
                return libmp.mpf_pow(values[argument], exponent, bits)
            case Function("LambertW", argument, _):
                return _lambert_w(values[argument], bits)
            case Function(name, argument, _):
                if name == "log" and libmp.mpf_sign(values[argument]) <= 0:
                    raise SingularPointError("the logarithm of a number that is not positive")
                return _ELEMENTARY[name](values[argument], bits)
    except ZeroDivisionError as error:
        raise SingularPointError("a division by zero") from error
    except libmp.ComplexResult as error:
        raise SingularPointError(f"{type(instruction).__name__.lower()} outside its real domain") from error


def values_at(program: Program, state: Sequence[Float], bits: int) -> tuple[Float, ...]:
    """Return the outputs of a program at a state as raw mpmath numbers.

    Raises `SingularPointError` outside the domain of an instruction.
    """
    values: list[Float] = []
    for instruction in program.instructions:
        values.append(_value(instruction, values, state, bits))
    return tuple(values[output] for output in program.outputs)


def _larger(*sizes: int | None) -> int | None:
    return max((size for size in sizes if size is not None), default=None)


def _sum_of(*sizes: int | None) -> int | None:
    return None if any(size is None for size in sizes) else sum(size for size in sizes if size is not None)


def _exponents(program: Program, values: Sequence[Float], bits: int) -> tuple[list[int], int]:
    """Return the fixed-point exponent of every instruction, and how many bits forward references lack."""
    sizes: list[int | None] = []
    exponents: list[int] = []
    for instruction, value in zip(program.instructions, values, strict=True):
        size = magnitude(value)
        own: int
        match instruction:
            case Variable():
                own = bits - max(0, size or 0)
                size = bits - own
            case Linear(constant, terms):
                size = magnitude(constant_value(constant, bits))
                bounds = [] if size is None else [bits - size]
                for factor, position in terms:
                    weight = magnitude(constant_value(factor, bits))
                    size = _larger(size, _sum_of(sizes[position], weight))
                    bounds.append(exponents[position] - (weight or 0))
                own = min(bounds, default=bits)
            case Product(left, right):
                bounds = [
                    exponents[here] - size
                    for here, there in ((left, right), (right, left))
                    if (size := sizes[there]) is not None
                ]
                size = _sum_of(sizes[left], sizes[right])
                own = min(*bounds, exponents[left] + exponents[right]) if bounds else bits
            case Reciprocal(argument):
                own = exponents[argument] - 2 * (size or 0)
            case Power(argument, numerator, denominator):
                growth = (abs(numerator) // denominator).bit_length() + 1
                steepness = (size or 0) - (magnitude(values[argument]) or 0) + growth
                own = min(exponents[argument] - steepness, bits - (size or 0))
            case Function(_, argument, derivative):
                slope = magnitude(values[derivative])
                bounds = [] if slope is None else [exponents[argument] - slope]
                bounds += [] if size is None else [bits - size]
                own = min(bounds, default=bits)
                size = _larger(size, _sum_of(slope, sizes[argument]))
        sizes.append(size)
        exponents.append(own)
    lacking = 0
    for position, instruction in enumerate(program.instructions):
        if isinstance(instruction, Function):
            known = exponents[instruction.derivative] - (sizes[instruction.argument] or 0)
            lacking = max(lacking, exponents[position] - known)
    return exponents, lacking


def _recurrence(
    position: int,
    program: Program,
    series: list[list[Integer]],
    exponents: list[int],
    bits: int,
    scale: int,
    sign: int,
) -> Recurrence | None:
    own, exponent = series[position], exponents[position]
    match program.instructions[position]:
        case Variable(index):
            field = program.outputs[index]
            return VariableRecurrence(own, series[field], exponents[field] - exponent - scale, sign)
        case Linear(_, terms):
            weighted = [
                (constant_value(factor, bits), series[term], exponents[term]) for factor, term in terms
            ]
            return LinearRecurrence(own, weighted, exponent)
        case Product(left, right) if left == right:
            return SquareRecurrence(own, series[left], 2 * exponents[left] - exponent)
        case Product(left, right):
            return ProductRecurrence(
                own, series[left], series[right], exponents[left] + exponents[right] - exponent
            )
        case Reciprocal(argument):
            return ReciprocalRecurrence(own, series[argument], exponents[argument] + exponent)
        case Power(argument, numerator, denominator):
            return PowerRecurrence(own, series[argument], numerator, denominator)
        case Function(_, argument, derivative):
            places = exponents[argument] + exponents[derivative] - exponent
            return FunctionRecurrence(own, series[argument], series[derivative], places)


def expand(
    program: Program, state: Sequence[Float], bits: int, order: int, scale: int, sign: int
) -> Expansion:
    """Expand the solution of θ' = F(θ) through a state in powers of τ, t = t0 + sign · 2^scale · τ.

    Arguments: a program whose first outputs are the components of F, one per component of the state;
    further outputs are expanded along. `bits` is the precision of the state relative to max(1, |θ_i|).
    Returns the jets of the state and of the further outputs, with order + 1 coefficients each.
    Raises `SingularPointError` where F cannot be expanded, or only with an absurd loss of precision.

    >>> from sympy import Symbol
    >>> from implicitreg_sym.flow.straight_line import compile_program
    >>> p = Symbol("p")
    >>> (jet,) = expand(compile_program([p], [p]), [libmp.fone], 50, 3, 0, 1).state
    >>> [round(float(c / 2**jet.exponent), 6) for c in jet.coefficients]
    [1.0, 1.0, 0.5, 0.166667]
    """
    instructions, outputs = program.instructions, program.outputs
    states = [bits - max(0, magnitude(component) or 0) for component in state]
    working = bits
    while True:
        values: list[Float] = []
        for instruction in instructions:
            values.append(_value(instruction, values, state, working + _GUARD))
        exponents, lacking = _exponents(program, values, working)
        lacking -= working - bits
        for component, output in zip(states, outputs, strict=False):
            lacking = max(lacking, component + max(scale, 0) - exponents[output])
        if lacking <= _SLACK:
            break
        if working > 8 * bits:
            raise SingularPointError("the vector field is too ill-conditioned to evaluate")
        working += lacking
    series = [
        [libmp.MPZ(libmp.to_fixed(value, exponent))]
        for value, exponent in zip(values, exponents, strict=True)
    ]
    recurrences = [
        recurrence
        for position in range(len(instructions))
        if (recurrence := _recurrence(position, program, series, exponents, working + _GUARD, scale, sign))
        is not None
    ]
    for k in range(1, order + 1):
        for recurrence in recurrences:
            recurrence.advance(k)
    jets = [
        Jet(tuple(series[position]), exponents[position])
        for position in (*range(len(state)), *outputs[len(state) :])
    ]
    return Expansion(tuple(jets[: len(state)]), tuple(jets[len(state) :]), working)
