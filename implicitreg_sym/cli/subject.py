"""What a name given to `tex` or `cite` means: a proof, or else an activation, whose invariant is derived."""

from __future__ import annotations

from implicitreg_sym.claims import Proof
from implicitreg_sym.cli.derivations import invariant_proof
from implicitreg_sym.errors import InputError
from implicitreg_sym.formula import shortened
from implicitreg_sym.registry import known_proof, load_proof


def named_proof(name: str, digits: int) -> Proof:
    """Return the proof of that name, or the derivation of the one-sample invariant of that activation.

    Raises `InputError` if the name is neither.

    >>> named_proof("tanh", 30).theorem
    'T4'
    """
    try:
        known = known_proof(name)
    except InputError as no_proof:
        try:
            return invariant_proof(name, digits)[1]
        except InputError as no_activation:
            raise InputError(
                f"{shortened(name)!r} is neither a proof ({no_proof}) nor an activation ({no_activation})"
            ) from None
    return load_proof(known, digits)
