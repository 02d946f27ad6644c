"""From a certificate to bytes that are the same for the same proof, and to a file, whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from implicitreg_sym.certificate.schema import validate
from implicitreg_sym.files import write_whole


def certificate_text(certificate: dict[str, Any]) -> str:
    """Return the text of a certificate: keys sorted, two spaces of indentation, a final newline.

    Raises `ValueError` if it does not conform to its schema.

    >>> import sympy as sp
    >>> from implicitreg_sym.certificate import value_certificate
    >>> print(certificate_text(value_certificate(sp.log(2)))[:55])
    {
      "format": "implicitreg certificate",
      "found": {
    """
    validate(certificate)
    return json.dumps(certificate, sort_keys=True, indent=2, ensure_ascii=False) + "\n"


def write_certificate(path: str | Path, certificate: dict[str, Any]) -> Path:
    """Write a certificate and return the path. Raises `OSError` where the file system refuses."""
    return write_whole(path, certificate_text(certificate))
