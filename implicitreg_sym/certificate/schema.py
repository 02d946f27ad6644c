"""The JSON Schema of certificates, which also holds the words of every theorem, and validation against it."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

SCHEMA_FILE = "certificate.schema.json"


@cache
def schema() -> dict[str, Any]:
    """Return the schema (draft 2020-12), one definition for each kind.

    >>> sorted(schema())
    ['$defs', '$id', '$schema', 'description', 'oneOf', 'title']
    """
    text = files(__package__).joinpath(SCHEMA_FILE).read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def theorem(kind: str) -> dict[str, str]:
    """Return the words and the formula of the theorem that certificates of a kind state.

    >>> theorem("value")["words"]
    'The number given.expression lies in the ball found.value.'
    """
    stated: dict[str, str] = schema()["$defs"][kind]["properties"]["theorem"]["const"]
    return dict(stated)


def validate(certificate: dict[str, Any]) -> None:
    """Check a certificate against the definition of its kind.

    Raises `ValueError` with the place and the complaint if it does not conform.

    >>> validate({"kind": "value"})
    Traceback (most recent call last):
    ...
    ValueError: the certificate does not conform to its schema at its root: 'format' is a required property
    """
    error = next(_validator(certificate["kind"]).iter_errors(certificate), None)
    if error is not None:
        place = ".".join(map(str, error.absolute_path)) or "its root"
        raise ValueError(f"the certificate does not conform to its schema at {place}: {error.message[:200]}")


@cache
def _validator(kind: str) -> Any:
    from jsonschema import Draft202012Validator

    reference = {"$ref": f"#/$defs/{kind.replace(' ', '%20')}"}
    return Draft202012Validator({"$defs": schema()["$defs"], **reference})
