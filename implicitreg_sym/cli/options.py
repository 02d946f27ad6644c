"""The options that commands share: --json, --digits, --tex, --document and --certificate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

MAX_DIGITS = 100_000

_Command = TypeVar("_Command", bound=Callable[..., Any])


def json_option(command: _Command) -> _Command:
    """Add --json, as the argument ``as_json``."""
    return click.option(
        "--json", "as_json", is_flag=True, help="Print one JSON object (docs/json.md) instead of text."
    )(command)


def digits_option(command: _Command) -> _Command:
    """Add --digits, as the argument ``digits``."""
    return click.option(
        "--digits",
        type=click.IntRange(1, MAX_DIGITS),
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
    return file(document_option(command))


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
