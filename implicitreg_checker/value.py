"""Kind ``value``: a closed form lies in a ball."""

from __future__ import annotations

from typing import Any

from implicitreg_checker.limit import number
from implicitreg_checker.reading import fields, prove_inside


def check(certificate: dict[str, Any]) -> None:
    """Prove the certificate by evaluating the expression over balls."""
    given = fields(certificate["given"], "given", "expression")
    found = fields(certificate["found"], "found", "value")
    fields(certificate["witness"], "witness", "precision")
    prove_inside(found["value"], "found.value", number(given["expression"], "given.expression"))
