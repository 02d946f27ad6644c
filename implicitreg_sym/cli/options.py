"""The options that commands share: --json, --digits, --tex, --document and --certificate."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

MAX_DIGITS = 100_000

_Command = TypeVar("_Command", bound=Callable[..., Any])


class WholeNumber(click.IntRange):
    """A whole number between bounds, which a complaint names."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read the number; fail with the numbers that would be right."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            upper = "upwards" if self.max is None else f"to {self.max}"
            shown = value if len(str(value)) <= 40 else f"{str(value)[:37]}..."
            self.fail(f"{shown!r} is not a whole number from {self.min} {upper}.", param, ctx)


def json_option(command: _Command) -> _Command:
    """Add --json, as the argument ``as_json``."""
    return click.option(
        "--json", "as_json", is_flag=True, help="Print one JSON object (docs/json.md) instead of text."
    )(command)


def digits_option(command: _Command) -> _Command:
    """Add --digits, as the argument ``digits``."""
    return click.option(
        "--digits",
        type=WholeNumber(1, MAX_DIGITS),
        default=30,
        show_default=True,
        metavar="N",
        help="How many correct digits numbers are printed with, and cross-checks are made to.",
    )(command)


def tex_options(command: _Command) -> _Command:
    """Add --tex and --document, as the arguments ``tex_file`` and ``whole``."""
    file = click.option(
        "--tex",
        "tex_file",
        metavar="FILE",
        help="Also write the derivation as LaTeX for \\input to FILE, whole or not at all.",
    )

    @wraps(command)
    def with_file(*arguments: Any, **values: Any) -> Any:
        if values["whole"] and values["tex_file"] is None:
            raise click.UsageError("--document is about the file of --tex; add --tex FILE.")
        return command(*arguments, **values)

    return file(document_option(with_file))  # type: ignore[return-value]


def document_option(command: _Command) -> _Command:
    """Add --document, as the argument ``whole``."""
    return click.option(
        "--document",
        "whole",
        is_flag=True,
        help="Make the LaTeX a complete document, not a fragment for \\input.",
    )(command)


def certificate_option(command: _Command) -> _Command:
    """Add --certificate, as the argument ``certificate_file``."""
    return click.option(
        "--certificate",
        "certificate_file",
        metavar="FILE",
        help="Also write a certificate for `implicitreg check` to FILE, whole or not at all.",
    )(command)


def activation_argument(command: _Command) -> _Command:
    """Add the argument ACT, as ``text``."""
    return click.argument("text", metavar="ACT")(command)
