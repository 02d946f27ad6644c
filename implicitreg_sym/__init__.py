"""Invariants, limits and overlapping of gradient flows of one-neuron networks, each with its proof.

>>> import implicitreg_sym as ir
>>> import sympy as sp
>>> network = ir.Network(ir.activation("tanh"))
>>> one, half = sp.Integer(1), sp.Rational(1, 2)
>>> result = ir.limit(network, ir.Point((one,), one), ir.Sample((one,), half))
>>> result.status.name, result.a.decimal(10)
('ENCLOSED', '0.7250492928')

The public names, each of which documents itself:

* input: `activation`, `from_formula`, `catalogue_activations`, `parse_formula`, `parse_number`,
  `formula_text`, `Activation`, `Network`, `Point`, `Sample`, `InputError`;
* results: `derive_invariants`, `derive_G`, `limit`, `degree_report`, `two_point`, `one_point` and what they
  return, `Invariants`, `Antiderivative`, `Limit`, `DegreeReport`, `TwoPoint`, `OnePoint`, `NoOverlap`, with
  numbers as a `Ball`;
* proofs: `Status`, `Claim`, `Evidence`, `Kind`, `Outcome`, `Proof`, `proof_names`, `load_proof`;
* LaTeX: `fragment`, `document`, `bibliography`.

Nothing is imported before it is used: a name is looked up in its module at the first access (PEP 562).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from implicitreg_sym.activations import Activation, activation, catalogue_activations, from_formula
    from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome, Proof
    from implicitreg_sym.degree import DegreeReport, degree_report
    from implicitreg_sym.derivation import bibliography, document, fragment
    from implicitreg_sym.errors import InputError
    from implicitreg_sym.evaluate import Ball
    from implicitreg_sym.flow import Network, Point, Sample
    from implicitreg_sym.formula import formula_text, parse_formula, parse_number
    from implicitreg_sym.invariants import (
        Antiderivative,
        Invariants,
        derive_G,
        derive_invariants,
        symbolic_sample,
    )
    from implicitreg_sym.limits import Limit, limit
    from implicitreg_sym.overlap import NoOverlap, OnePoint, TwoPoint, one_point, two_point
    from implicitreg_sym.registry import load_proof, proof_names
    from implicitreg_sym.status import Status
    from implicitreg_sym.trajectory import Trajectory, enclosed_trajectory

__version__ = "0.1.0"

_HOME = {
    "implicitreg_sym.activations": ("Activation", "activation", "catalogue_activations", "from_formula"),
    "implicitreg_sym.claims": ("Claim", "Evidence", "Kind", "Outcome", "Proof"),
    "implicitreg_sym.degree": ("DegreeReport", "degree_report"),
    "implicitreg_sym.derivation": ("bibliography", "document", "fragment"),
    "implicitreg_sym.errors": ("InputError",),
    "implicitreg_sym.evaluate": ("Ball",),
    "implicitreg_sym.flow": ("Network", "Point", "Sample"),
    "implicitreg_sym.formula": ("formula_text", "parse_formula", "parse_number"),
    "implicitreg_sym.invariants": (
        "Antiderivative",
        "Invariants",
        "derive_G",
        "derive_invariants",
        "symbolic_sample",
    ),
    "implicitreg_sym.limits": ("Limit", "limit"),
    "implicitreg_sym.overlap": ("NoOverlap", "OnePoint", "TwoPoint", "one_point", "two_point"),
    "implicitreg_sym.registry": ("load_proof", "proof_names"),
    "implicitreg_sym.status": ("Status",),
    "implicitreg_sym.trajectory": ("Trajectory", "enclosed_trajectory"),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = [
    "__version__",
    "Activation",
    "Antiderivative",
    "Ball",
    "Claim",
    "DegreeReport",
    "Evidence",
    "InputError",
    "Invariants",
    "Kind",
    "Limit",
    "Network",
    "NoOverlap",
    "OnePoint",
    "Outcome",
    "Point",
    "Proof",
    "Sample",
    "Status",
    "Trajectory",
    "TwoPoint",
    "activation",
    "bibliography",
    "catalogue_activations",
    "degree_report",
    "derive_G",
    "derive_invariants",
    "document",
    "enclosed_trajectory",
    "formula_text",
    "fragment",
    "from_formula",
    "limit",
    "load_proof",
    "one_point",
    "parse_formula",
    "parse_number",
    "proof_names",
    "symbolic_sample",
    "two_point",
]


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_MODULE_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
