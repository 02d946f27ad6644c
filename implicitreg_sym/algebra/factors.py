"""Logarithms, moduli and roots, by the irreducible factors of their arguments and the signs of these."""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING

import sympy as sp
from flint import fmpz_mpoly

from implicitreg_sym.algebra.basis import Basis
from implicitreg_sym.algebra.tower import Element, Generator, Tower, Undecided

if TYPE_CHECKING:
    from implicitreg_sym.algebra.generators import Rewriter


# logarithms: log f = sum e_i log|p_i| over the irreducible factors, where f > 0


def logarithm(rewriter: Rewriter, argument: Element) -> Element:
    """log of an element; split only where the element is known to be positive."""
    if rewriter.tower.as_rational(argument) == 0:
        raise Undecided("the expression contains log(0)")
    if rewriter.signs.sign(argument) <= 0:
        return _unsplit_logarithm(rewriter, argument)
    above, below = _log_modulus(rewriter, argument.num), _log_modulus(rewriter, argument.den)
    return rewriter.tower.subtract(above, below)


def _unsplit_logarithm(rewriter: Rewriter, argument: Element) -> Element:
    value = rewriter.opaque(
        sp.log(rewriter.tower.expression(argument), evaluate=False), (sp.log,), (argument,)
    )
    index = rewriter.tower.single(value.num)
    assert index is not None
    rewriter.origin[index] = ("log", argument)
    return value


def _log_modulus(rewriter: Rewriter, polynomial: fmpz_mpoly) -> Element:
    """log|p|, by factors."""
    tower, total = rewriter.tower, rewriter.tower.integer(0)
    content, factors = polynomial.factor()
    parts = [
        (tower.integer(prime).num, e) for prime, e in sp.factorint(abs(int(content)), limit=10**5).items()
    ]
    for factor, multiplicity in [*parts, *factors]:
        value = _log_factor(rewriter, factor)
        total = tower.add(total, tower.multiply(tower.integer(int(multiplicity)), value))
    return total


def _log_factor(rewriter: Rewriter, factor: fmpz_mpoly) -> Element:
    tower = rewriter.tower
    index = tower.single(factor)
    kind, origin = rewriter.origin.get(index, ("", None)) if index is not None else ("", None)
    if origin is not None and kind == "exp" and tower.all(origin, "real"):
        return origin
    if origin is not None and kind == "modulus":
        return _log_modulus(rewriter, origin.num)
    if kind == "root":
        assert index is not None
        power, relation = tower.relations[index]
        radicand = tower.variable(index) ** power - relation
        return tower.multiply(tower.rational(Fraction(1, power)), _log_modulus(rewriter, radicand))
    for known, value in rewriter.logarithms:
        if known == factor:
            return value
    for known, value in rewriter.logarithms:
        norm = _norm(tower, factor, known)
        if norm is not None:
            return tower.subtract(_log_modulus(rewriter, norm), value)  # |p| |q| = |norm|
        quotient = _quotient(tower, factor, known)
        if quotient is not None:
            above, below = _log_modulus(rewriter, quotient.num), _log_modulus(rewriter, quotient.den)
            return tower.add(value, tower.subtract(above, below))  # |p| = |q| |p/q|
    positive = _absolute(rewriter, factor)
    shown = (
        tower.expression(positive)
        if positive is not None
        else sp.Abs(tower.expression(tower.element(factor)))
    )
    lower = upper = None
    if positive is not None:
        above_one = rewriter.signs.sign(tower.subtract(positive, tower.integer(1)))
        lower, upper = (Fraction(0) if above_one > 0 else None), (Fraction(0) if above_one < 0 else None)
    constant = tower.all(tower.element(factor), "constant")
    value = tower.adjoin(Generator(sp.log(shown), real=True, constant=constant, lower=lower, upper=upper))
    if positive is not None:
        rewriter.origin[len(tower.generators) - 1] = ("log", positive)
    rewriter.logarithms.append((factor, value))
    return value


def _norm(tower: Tower, factor: fmpz_mpoly, known: fmpz_mpoly) -> fmpz_mpoly | None:
    """The polynomial factor * known in earlier generators if they are conjugates A + B h and ±(A - B h).

    No point is lost: ``known`` does not vanish where its logarithm, which is there already, is defined.
    """
    for index in tower.indices(factor):
        if tower.conjugate(factor, index) in (known, -known):
            return tower.product(factor, known)
    return None


def _quotient(tower: Tower, factor: fmpz_mpoly, known: fmpz_mpoly) -> Element | None:
    """The polynomial over an integer that times ``known`` is ``factor``, if it is simpler.

    With h^2 = u^2 + 1, for instance, 1 - u + h = (h - u)(1 + u + h). Simpler is a unit if the factor is none,
    or what has a smaller degree; so the descent ends.
    """
    for index in tower.indices(factor):
        conjugate = tower.conjugate(known, index)
        if conjugate is None:
            continue
        norm = tower.product(known, conjugate)
        if norm.is_zero():
            continue
        quotient = tower.element(tower.product(factor, conjugate), norm)
        if not quotient.den.is_constant() or quotient.num.is_constant():
            continue
        to_unit = _is_unit(tower, quotient.num, index) and not _is_unit(tower, factor, index)
        if to_unit or quotient.num.total_degree() < factor.total_degree():
            return quotient
    return None


def _is_unit(tower: Tower, polynomial: fmpz_mpoly, index: int) -> bool:
    """Whether a polynomial times its conjugate is an integer."""
    conjugate = tower.conjugate(polynomial, index)
    return conjugate is not None and bool(tower.product(polynomial, conjugate).is_constant())


# roots and moduli


def _absolute(rewriter: Rewriter, polynomial: fmpz_mpoly) -> Element | None:
    """p or -p, whichever is >= 0 on the region, if that is known."""
    sign = rewriter.signs.of_polynomial(polynomial)
    element = rewriter.tower.element(polynomial)
    return None if sign == 0 else element if sign > 0 else rewriter.tower.negate(element)


def modulus(rewriter: Rewriter, argument: Element) -> Element:
    """|f|, by factors; a factor of unknown sign gives a generator A with A^2 = p^2."""
    if not rewriter.tower.all(argument, "real"):
        return rewriter.opaque(
            sp.Abs(rewriter.tower.expression(argument), evaluate=False), (sp.Abs,), (argument,)
        )
    result = rewriter.tower.integer(1)
    for polynomial, side in ((argument.num, 1), (argument.den, -1)):
        content, factors = polynomial.factor()
        result = rewriter.tower.multiply(
            result, rewriter.tower.power(rewriter.tower.integer(abs(int(content))), side)
        )
        for factor, multiplicity in factors:
            result = rewriter.tower.multiply(
                result, rewriter.tower.power(_modulus_of(rewriter, factor), side * int(multiplicity))
            )
    return result


def _modulus_of(rewriter: Rewriter, factor: fmpz_mpoly) -> Element:
    positive = _absolute(rewriter, factor)
    if positive is not None:
        return positive
    key = rewriter.tower.key(factor)
    if key not in rewriter.moduli:
        element = rewriter.tower.element(factor)
        generator = Generator(sp.Abs(rewriter.tower.expression(element)), real=True, lower=Fraction(0))
        rewriter.moduli[key] = rewriter.tower.adjoin(
            generator, power=2, value=rewriter.tower.product(factor, factor)
        )
        rewriter.origin[len(rewriter.tower.generators) - 1] = ("modulus", element)
    return rewriter.moduli[key]


def root(rewriter: Rewriter, base: Element, exponent: Fraction) -> Element:
    """base**exponent for rational exponent, by factors where base >= 0 is known."""
    tower = rewriter.tower
    if exponent.denominator == 1:
        return tower.power(base, int(exponent))
    if tower.as_rational(base) == 0:
        return base if exponent > 0 else tower.inverse(base)
    if rewriter.signs.sign(base) <= 0:
        return _opaque_root(rewriter, base, exponent)
    result, lump = tower.integer(1), tower.integer(1).num
    for polynomial, side in ((base.num, 1), (base.den, -1)):
        content, factors = polynomial.factor()
        primes = [(tower.integer(p).num, e) for p, e in sp.factorint(abs(int(content)), limit=10**5).items()]
        for factor, multiplicity in [*primes, *factors]:
            power = side * int(multiplicity)
            positive = _absolute(rewriter, factor)
            if positive is None:
                even = 2 * (power // 2)
                if even:
                    result = tower.multiply(
                        result, _positive_power(rewriter, _modulus_of(rewriter, factor).num, even * exponent)
                    )
                lump = lump * factor if power % 2 else lump
            else:
                result = tower.multiply(result, _positive_power(rewriter, positive.num, power * exponent))
    if not lump.is_one():
        lump = lump if rewriter.signs.of_polynomial(lump) > 0 else -lump
        result = tower.multiply(result, _positive_power(rewriter, lump, exponent))
    return result


def _positive_power(rewriter: Rewriter, polynomial: fmpz_mpoly, exponent: Fraction) -> Element:
    tower = rewriter.tower
    if exponent.denominator == 1:
        return tower.power(tower.element(polynomial), int(exponent))
    index = tower.single(polynomial)
    kind, origin = rewriter.origin.get(index, ("", None)) if index is not None else ("", None)
    if origin is not None and kind == "exp":
        return rewriter.exponential(tower.multiply(tower.rational(exponent), origin))
    if kind == "root":
        assert index is not None
        power, relation = tower.relations[index]
        return root(rewriter, tower.element(tower.variable(index) ** power - relation), exponent / power)
    key = tower.key(polynomial)
    if key not in rewriter.roots:
        rewriter.roots[key] = _new_root(rewriter, polynomial, exponent.denominator)
    basis = rewriter.roots[key]
    return tower.power(basis.values[0], basis.steps(exponent))


def _new_root(rewriter: Rewriter, polynomial: fmpz_mpoly, denominator: int) -> Basis:
    tower, element = rewriter.tower, rewriter.tower.element(polynomial)
    meaning = tower.expression(element)
    key = ("root", meaning)
    scale = lcm(rewriter.scale(key), denominator)
    generator = Generator(
        sp.root(meaning, scale), real=True, constant=tower.all(element, "constant"), lower=Fraction(0)
    )
    value = tower.adjoin(generator, power=scale, value=polynomial)
    rewriter.origin[len(tower.generators) - 1] = ("root", element)
    return Basis(key, element, scale, (value,))


def _opaque_root(rewriter: Rewriter, base: Element, exponent: Fraction) -> Element:
    """The principal root of N/D without a known sign: R = D (N/D)^(1/q) satisfies R^q = N D^(q-1)."""
    tower, q = rewriter.tower, exponent.denominator
    known = rewriter.existing((sp.root, q), (base,))
    if known is not None:
        return tower.power(known, exponent.numerator)
    scaled = tower.product(base.num, tower.power(tower.element(base.den), q - 1).num)
    below = tower.element(base.den)
    meaning = tower.expression(below) * sp.root(tower.expression(base), q)
    constant = tower.all(base, "constant")
    generator = tower.adjoin(Generator(meaning, real=False, constant=constant), power=q, value=scaled)
    value = tower.multiply(generator, tower.inverse(below))
    rewriter.functions.append(((sp.root, q), (base,), value))
    return tower.power(value, exponent.numerator)
