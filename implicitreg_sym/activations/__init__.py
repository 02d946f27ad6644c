"""Activations: the catalogue, and those that a user writes."""

from implicitreg_sym.activations.activation import Activation, Piece, real_ball
from implicitreg_sym.activations.catalogue import CATALOGUE, Entry
from implicitreg_sym.activations.lookup import activation, catalogue_activations, from_formula

__all__ = [
    "CATALOGUE",
    "Activation",
    "Entry",
    "Piece",
    "activation",
    "catalogue_activations",
    "from_formula",
    "real_ball",
]
