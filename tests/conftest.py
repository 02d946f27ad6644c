"""What tests share: the Hypothesis profile, and the command line run in the process of the test."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import settings

from implicitreg_sym.cli.main import main

# ball arithmetic at growing precision has no steady pace, and runs must be repeatable
settings.register_profile("repeatable", deadline=None, derandomize=True, max_examples=20)
settings.load_profile("repeatable")


@dataclass(frozen=True)
class Answer:
    """The exit code of a command, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """What was printed, which has to be one JSON object."""
        document = json.loads(self.out)
        assert isinstance(document, dict)
        return document


@pytest.fixture
def implicitreg(capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """The command `implicitreg`, called with its arguments."""

    def call(*arguments: str) -> Answer:
        code = main(arguments)
        printed = capsys.readouterr()
        return Answer(code, printed.out, printed.err)

    return call
