"""The example certificates, and the checker's verdict on changed ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from implicitreg_checker.certificate import check

FOLDER = Path(__file__).with_name("certificates")
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


def load(name: str) -> dict[str, Any]:
    """A fresh copy of an example."""
    example: dict[str, Any] = json.loads(FOLDER.joinpath(f"{name}.json").read_text("utf-8"))
    return example


def text(certificate: Any) -> bytes:
    """The bytes of a certificate."""
    return json.dumps(certificate).encode()


def refused(error: type[Exception], message: str, call: Callable[..., Any], *arguments: Any) -> None:
    """Assert that a call fails with exactly this error and message."""
    with pytest.raises(error) as caught:
        call(*arguments)
    assert str(caught.value) == message


def refused_with(error: type[Exception], message: str, name: str, **changes: Any) -> None:
    """Assert that an example is refused with this message once the entries at dotted places are replaced."""
    refused(error, message, check, text(changed(name, **changes)))


def changed(name: str, **changes: Any) -> dict[str, Any]:
    """An example with the entries at places such as ``given__start__a`` replaced."""
    example = load(name)
    for place, value in changes.items():
        *path, last = place.split("__")
        target = example
        for key in path:
            target = target[key]
        target[last] = value
    return example


def ball(middle: int, radius: int, places: int = 0) -> dict[str, Any]:
    """The ball [middle - radius, middle + radius] 2^-places as JSON."""
    return {"mid": [str(middle), -places], "rad": [str(radius), -places]}
