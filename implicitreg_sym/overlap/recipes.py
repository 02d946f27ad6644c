"""Chooses the recipe for an activation, or says with proof why there is no overlapping (T9)."""

from __future__ import annotations

from implicitreg_sym.activations import Activation, activation
from implicitreg_sym.degree.domain import require_digits
from implicitreg_sym.errors import InputError
from implicitreg_sym.overlap.absence import absence
from implicitreg_sym.overlap.general_two_point_claims import general_two_point
from implicitreg_sym.overlap.half_linear_claims import half_linear_two_point
from implicitreg_sym.overlap.one_point_claims import closed_sigmoid_one_point, general_one_point
from implicitreg_sym.overlap.outcome import NoOverlap, OnePoint, TwoPoint
from implicitreg_sym.overlap.sigmoid_family import sigmoid_two_point
from implicitreg_sym.overlap.symmetric import symmetric_two_point

RECIPES = ("auto", "sigmoid", "symmetric", "general", "half-linear")


def _is_sigmoid(sigma: Activation) -> bool:
    return sigma.pieces == activation("sigmoid").pieces


def two_point(sigma: Activation, digits: int = 30, recipe: str = "auto") -> TwoPoint | NoOverlap:
    """Return a two-point overlapping for an activation, or the reasoned statement that there is none (T1,
    T9).

    ``recipe`` is "sigmoid" (T11), "symmetric" (T10: odd, monotone near 0, not homogeneous), "general" (T9:
    the degree E is not monotone), "half-linear" (T9 (iii): σ is linear on one side of zero only, as ELU is),
    or "auto", which takes the first that applies. Raises `InputError` on an
    unknown recipe, on one that does not apply to the activation, and unless ``digits`` is a positive integer.

    >>> from implicitreg_sym.activations import activation
    >>> two_point(activation("tanh")).recipe
    'symmetric'
    >>> two_point(activation("exp")).proved
    True
    """
    require_digits(digits)
    if recipe not in RECIPES:
        raise InputError(f"unknown recipe {recipe!r}; the recipes are {', '.join(RECIPES)}")
    if recipe == "sigmoid" and not _is_sigmoid(sigma):
        raise InputError(
            f"the recipe sigmoid is for the sigmoid alone, not for {sigma.name}; use general, symmetric "
            f"or auto"
        )
    if recipe == "sigmoid" or (recipe == "auto" and _is_sigmoid(sigma)):
        return sigmoid_two_point(digits=digits)
    found = None
    if recipe in ("auto", "symmetric"):
        found = symmetric_two_point(sigma, digits)
    if found is None and recipe == "symmetric":
        raise InputError(
            f"the recipe symmetric needs an odd activation with σ' ≠ 0 near 0 that is not homogeneous; "
            f"{sigma.name} is not; use auto"
        )
    if recipe in ("auto", "general"):
        found = found or general_two_point(sigma, digits)
    if recipe in ("auto", "half-linear"):
        found = found or half_linear_two_point(sigma, digits)
    if found is None and recipe == "half-linear":
        raise InputError(
            f"the recipe half-linear needs an activation that is linear on one side of zero, has no hard "
            f"kink at 0 and is not linear on the other side; {sigma.name} is not of this kind; use auto"
        )
    return found or absence(sigma, "two-point", digits)


def one_point(sigma: Activation, digits: int = 30) -> OnePoint | NoOverlap:
    """Return a robust one-point overlapping with its open box U, or the reasoned statement that there is
    none (T3, T9).

    For the sigmoid the point is T12's, in closed form; otherwise the general recipe serves. Raises
    `InputError` unless ``digits`` is a positive integer.

    >>> from implicitreg_sym.activations import activation
    >>> one_point(activation("relu")).proved
    True
    """
    require_digits(digits)
    if _is_sigmoid(sigma):
        return closed_sigmoid_one_point(digits)
    return general_one_point(sigma, digits) or absence(sigma, "one-point", digits)
