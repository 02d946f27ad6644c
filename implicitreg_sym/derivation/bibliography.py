"""The bibliography of the package: one BibTeX file, from which entries are cut out whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

from implicitreg_sym.errors import InputError

# our own file keeps this form: an entry starts in the first column and ends with a brace in the first column
_ENTRY = re.compile(r"^@(?P<kind>\w+)\{(?P<key>[^\s,{}]+),\n(?:[ \t]+\S.*\n)+\}$", re.MULTILINE)


@cache
def entries() -> Mapping[str, str]:
    """Return every BibTeX entry by its key, in the order of the file.

    >>> "zhang2023limitation" in entries()
    True
    """
    text = (
        resources.files("implicitreg_sym.derivation").joinpath("references.bib").read_text(encoding="utf-8")
    )
    return MappingProxyType({match["key"]: match[0] for match in _ENTRY.finditer(text)})


def bibliography(keys: Iterable[str]) -> str:
    """Return the BibTeX entries of some keys, each once, in the order of the bibliography.

    Raises `InputError` if a key is unknown.

    >>> print(bibliography(["tucker2011validated"]))
    @book{tucker2011validated,
      author    = {Tucker, Warwick},
      title     = {Validated Numerics: A Short Introduction to Rigorous Computations},
      publisher = {Princeton University Press},
      year      = {2011}
    }
    """
    wanted = set(keys)
    known = entries()
    unknown = sorted(wanted - known.keys())
    if unknown:
        raise InputError(f"no reference has the key {unknown[0]!r}; the bibliography has {', '.join(known)}")
    return "\n\n".join(entry for key, entry in known.items() if key in wanted)
