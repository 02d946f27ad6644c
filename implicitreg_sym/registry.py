"""The proofs by name: one module for each script in the folder proofs/."""

from __future__ import annotations

import difflib
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

from implicitreg_sym.errors import InputError

if TYPE_CHECKING:
    from implicitreg_sym.claims import Proof

PACKAGE = "implicitreg_sym.proofs"


LONGEST_NAME = 80  # characters that a complaint quotes


def proof_names() -> tuple[str, ...]:
    """Return the names of all proofs, which are those of the scripts in proofs/, in alphabetical order.

    Raises `InputError` if the package is not installed, since its proofs are then not to be found.

    >>> proof_names() == tuple(sorted(proof_names()))
    True
    """
    try:
        package = import_module(PACKAGE)
    except ModuleNotFoundError as error:
        if error.name != PACKAGE:
            raise
        raise InputError(f"{PACKAGE} is not installed; run pip install -e . in the checkout") from None
    return tuple(
        sorted(
            found.name for found in pkgutil.iter_modules(package.__path__) if not found.name.startswith("_")
        )
    )


def known_proof(name: str) -> str:
    """Return the name if a proof bears it (hyphens count as underscores); else raise `InputError`.

    >>> known_proof("?")
    Traceback (most recent call last):
    ...
    implicitreg_sym.errors.InputError: unknown proof '?'; `implicitreg prove --list` lists the names
    """
    names = proof_names()
    wanted = name.strip().replace("-", "_")
    if wanted in names:
        return wanted
    near = difflib.get_close_matches(wanted[:LONGEST_NAME], names, n=1)
    raise InputError(
        f"unknown proof {name if len(name) <= LONGEST_NAME else name[:LONGEST_NAME] + '...'!r}; "
        + (f"did you mean {near[0]}?" if near else "`implicitreg prove --list` lists the names")
    )


def load_proof(name: str, digits: int = 30) -> Proof:
    """Carry out a proof: run the function `proof` of its script.

    Arguments: ``name``, one of `proof_names`; ``digits``, those of the cross-checks and of what is printed.
    Returns the `Proof`, whose status tells how it came out. Raises `InputError` on an unknown name.

    >>> load_proof(proof_names()[0]).status.established
    True
    """
    module = import_module(f"{PACKAGE}.{known_proof(name)}")
    result: Proof = module.proof(digits)
    return result


def proof_certificates(name: str, digits: int = 30) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the certificates of the results of a proof, each with the name of its activation.

    They come from the function `certificates` of its script; there are none where the script has none.
    Arguments and errors as in `load_proof`.

    >>> list(proof_certificates("overlapping_theorems"))
    []
    """
    module = import_module(f"{PACKAGE}.{known_proof(name)}")
    if hasattr(module, "certificates"):
        yield from module.certificates(digits)
