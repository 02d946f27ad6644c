"""Overlapping: constructions with proof that no data-independent function characterises the implicit
regularisation."""

from implicitreg_sym.overlap.outcome import (
    Box,
    NoOverlap,
    Number,
    OnePoint,
    ParameterRange,
    PlanePoint,
    ScalarSample,
    TwoPoint,
)
from implicitreg_sym.overlap.recipes import RECIPES, one_point, two_point

__all__ = [
    "RECIPES",
    "Box",
    "NoOverlap",
    "Number",
    "OnePoint",
    "ParameterRange",
    "PlanePoint",
    "ScalarSample",
    "TwoPoint",
    "one_point",
    "two_point",
]
