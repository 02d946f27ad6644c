"""From bytes to a verdict: the kinds of certificate and their theorems."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flint

from implicitreg_checker import degree, invariant, limit, one_point, two_point, value
from implicitreg_checker.errors import RejectedError, UnreadableError
from implicitreg_checker.reading import choice, fields, read_json, small_integer

FORMAT, VERSION = "implicitreg certificate", 1
MIN_PRECISION, MAX_PRECISION = 64, 2_000_000
THEOREMS = json.loads(Path(__file__).with_name("theorems.json").read_text("utf-8"))
CHECKS: dict[str, Callable[[dict[str, Any]], None]] = {
    "value": value.check,
    "invariant": invariant.check,
    "degree": degree.check,
    "limit": limit.check,
    "two-point": two_point.check,
    "symmetric two-point": two_point.check_symmetric,
    "one-point": one_point.check,
}


def check(data: bytes) -> str:
    """Prove the theorem of a certificate and return its kind.

    Raises `UnreadableError` if the bytes are no certificate of this version, `RejectedError` if a step is
    not proved.
    """
    certificate = read_json(data)
    if not isinstance(certificate, dict):
        raise UnreadableError("a certificate is a JSON object")
    kind = choice(certificate.get("kind"), "kind", *CHECKS)
    names = ["format", "version", "kind", "theorem", "given", "found", "witness"]
    fields(certificate, "the certificate", *names, *(["activation"] if kind != "value" else []))
    choice(certificate["format"], "format", FORMAT)
    small_integer(certificate["version"], "version", VERSION, VERSION)
    if certificate["theorem"] != THEOREMS[kind]:
        raise RejectedError(f"the theorem stated is not that of the kind {kind!r}")
    witness = certificate["witness"]
    precision = witness.get("precision") if isinstance(witness, dict) else None
    before = flint.ctx.prec
    flint.ctx.prec = small_integer(precision, "witness.precision", MIN_PRECISION, MAX_PRECISION)
    try:
        CHECKS[kind](certificate)
    finally:
        flint.ctx.prec = before
    return kind
