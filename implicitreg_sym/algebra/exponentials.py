"""Exponentials, Lambert's W, sines and cosines, over a basis of exponents and angles independent over Q."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

import sympy as sp

from implicitreg_sym.algebra.basis import Basis
from implicitreg_sym.algebra.tower import Element, Generator, Undecided

if TYPE_CHECKING:
    from implicitreg_sym.algebra.generators import Rewriter

_MAX_MULTIPLE = 64


# exponentials: exp(sum c_i b_i) = prod exp(b_i)^(c_i), the b_i linearly independent over Q


def exponential(rewriter: Rewriter, exponent: Element) -> Element:
    """exp of an element."""
    result = rewriter.tower.integer(1)
    for basis in rewriter.exponents:
        # W(z) = z/exp(W) may have several terms, which must stay together
        multiple = (
            rewriter.tower.common_multiple(exponent, basis.element)
            if len(basis.element.num) > 1
            else Fraction(0)
        )
        if multiple:
            result = rewriter.tower.multiply(
                result, rewriter.tower.power(basis.values[0], basis.steps(multiple))
            )
            part = rewriter.tower.multiply(rewriter.tower.rational(multiple), basis.element)
            exponent = rewriter.tower.subtract(exponent, part)
    for coefficient, part in rewriter.tower.summands(exponent):
        index = rewriter.tower.single(part.num) if part.den.is_one() else None
        if index is not None and index in rewriter.origin and rewriter.origin[index][0] == "log":
            factor = rewriter.root(rewriter.origin[index][1], coefficient)  # exp(c log f) = f^c
            result = rewriter.tower.multiply(result, factor)
            continue
        for basis, multiple in rewriter.in_basis(
            rewriter.exponents, coefficient, part, partial(_new_exponent, rewriter)
        ):
            result = rewriter.tower.multiply(
                result, rewriter.tower.power(basis.values[0], basis.steps(multiple))
            )
    return result


def _new_exponent(rewriter: Rewriter, part: Element) -> Basis:
    meaning, tower = rewriter.tower.expression(part), rewriter.tower
    key = ("exponential", meaning)
    scale = rewriter.scale(key)
    real, sign = tower.all(part, "real"), rewriter.signs.sign(part)
    generator = Generator(
        sp.exp(meaning / scale),
        real=real,
        analytic=tower.all(part, "analytic") and part.den.is_constant(),
        constant=tower.all(part, "constant"),
        lower=Fraction(int(sign > 0)) if real else None,
        upper=Fraction(1) if real and sign < 0 else None,
    )
    basis = Basis(key, part, scale, (tower.adjoin(generator),))
    rewriter.origin[len(tower.generators) - 1] = (
        "exp",
        tower.multiply(part, tower.rational(Fraction(1, scale))),
    )
    rewriter.exponents.append(basis)
    return basis


def lambert(rewriter: Rewriter, argument: Element, meaning: sp.Expr) -> Element:
    """W with W exp(W) = z: the generator is exp(W/scale), and W = z exp(-W); the divisor never vanishes."""
    branch = (sp.LambertW, *meaning.args[1:])
    known = rewriter.existing(branch, (argument,))
    if known is not None:
        return known
    tower = rewriter.tower
    key = ("exponential", meaning)
    scale = rewriter.scale(key)
    real = tower.all(argument, "real") and rewriter.signs.sign(argument) > 0
    generator = Generator(
        sp.exp(meaning / scale),
        real=real,
        constant=tower.all(argument, "constant"),
        lower=Fraction(1) if real else None,
    )
    root = tower.adjoin(generator)
    index = len(tower.generators) - 1
    value = tower.multiply(argument, tower.power(root, -scale))
    rewriter.origin[index] = ("exp", tower.multiply(value, tower.rational(Fraction(1, scale))))
    rewriter.exponents.append(Basis(key, value, scale, (root,)))
    rewriter.functions.append((branch, (argument,), value))
    return value


# sines and cosines: addition formulas over a basis of angles, s^2 + c^2 = 1


def cosine_sine(rewriter: Rewriter, angle: Element) -> tuple[Element, Element]:
    """cos and sin of an element."""
    tower = rewriter.tower
    total = (tower.integer(1), tower.integer(0))
    for coefficient, part in tower.summands(angle):
        for cosine_sine, multiple in _turns(rewriter, coefficient, part):
            if abs(multiple) > _MAX_MULTIPLE:
                raise Undecided(f"the multiple angle {multiple} is too large to expand")
            cosine, sine = cosine_sine
            step = (cosine, sine if multiple > 0 else tower.negate(sine))
            for _ in range(abs(multiple)):
                total = _turn(rewriter, total, step)
    return total


def _turn(
    rewriter: Rewriter, left: tuple[Element, Element], right: tuple[Element, Element]
) -> tuple[Element, Element]:
    tower = rewriter.tower
    (c, s), (d, t) = left, right
    cosine = tower.subtract(tower.multiply(c, d), tower.multiply(s, t))
    return cosine, tower.add(tower.multiply(s, d), tower.multiply(c, t))


def _turns(
    rewriter: Rewriter, coefficient: Fraction, part: Element
) -> list[tuple[tuple[Element, Element], int]]:
    index = rewriter.tower.single(part.num) if part.den.is_one() else None
    if index is not None and rewriter.tower.generators[index].meaning == sp.pi:
        angle = sp.Rational(coefficient.numerator, coefficient.denominator) * sp.pi
        values = sp.cos(angle), sp.sin(angle)
        if not any(value.has(sp.sin, sp.cos) for value in values):
            return [((rewriter.element(values[0]), rewriter.element(values[1])), 1)]
    return [
        ((basis.values[0], basis.values[1]), basis.steps(multiple))
        for basis, multiple in rewriter.in_basis(
            rewriter.angles, coefficient, part, partial(_new_angle, rewriter)
        )
    ]


def _new_angle(rewriter: Rewriter, part: Element) -> Basis:
    tower, meaning = rewriter.tower, rewriter.tower.expression(part)
    key = ("angle", meaning)
    scale = rewriter.scale(key)
    real, constant = tower.all(part, "real"), tower.all(part, "constant")
    analytic = tower.all(part, "analytic") and part.den.is_constant()
    bound = Fraction(1) if real else None

    def generator(value: sp.Expr) -> Generator:
        return Generator(value, real, analytic, constant, None if bound is None else -bound, bound)

    cosine = tower.adjoin(generator(sp.cos(meaning / scale)))
    square = tower.integer(1).num - cosine.num**2
    sine = tower.adjoin(generator(sp.sin(meaning / scale)), power=2, value=square)
    basis = Basis(key, part, scale, (cosine, sine))
    rewriter.angles.append(basis)
    return basis
