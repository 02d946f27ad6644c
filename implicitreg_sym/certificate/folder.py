"""The certificates of a proof as files of one folder, named <proof>-<nn>-<kind>-<activation>.json."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from implicitreg_sym.certificate.frame import Certificate
from implicitreg_sym.certificate.write import write_certificate


def write_certificates(
    folder: str | Path, proof: str, certificates: Iterable[tuple[str, Certificate]]
) -> tuple[Path, ...]:
    """Write the certificates of a proof, each given with the name of its activation, and return the paths.

    Files that an earlier run has left for this proof are removed first. Raises `OSError` where the file
    system refuses.

    >>> import tempfile
    >>> import sympy as sp
    >>> from implicitreg_sym.certificate import value_certificate
    >>> with tempfile.TemporaryDirectory() as place:
    ...     written = write_certificates(place, "logarithms", [("power(3)", value_certificate(sp.log(2)))])
    >>> written[0].name
    'logarithms-01-value-power_3.json'
    """
    folder = Path(folder)
    for left in folder.glob(f"{proof}-[0-9][0-9]-*.json"):
        left.unlink()
    return tuple(
        write_certificate(
            folder / f"{proof}-{number:02}-{_word(certificate['kind'])}-{_word(name)}.json", certificate
        )
        for number, (name, certificate) in enumerate(certificates, 1)
    )


def _word(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "_", text.replace(" ", "-")).strip("_")
