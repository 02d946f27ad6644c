"""How commands print: one JSON object, aligned fields, or a table; colours only on a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.table import Table

_COLOURS = {
    "PROVED": "green",
    "ENCLOSED": "green",
    "CHECKED": "yellow",
    "UNKNOWN": "yellow",
    "REFUTED": "red",
}
_PIPE_WIDTH = 110


def print_json(document: dict[str, Any]) -> None:
    """Print one JSON object, indented, in ASCII."""
    click.echo(json.dumps(document, indent=2))


def print_fields(fields: Iterable[tuple[str, str | None]]) -> None:
    """Print labels and values in two columns; a field without value is left out.

    >>> print_fields([("start", "w = 1, a = 2"), ("closed form", None), ("status", "PROVED")])
    start   w = 1, a = 2
    status  PROVED
    """
    shown = [(label, value) for label, value in fields if value is not None]
    width = max((len(label) for label, _ in shown), default=0)
    for label, value in shown:
        click.echo(f"{label:<{width}}  {coloured(value)}")


def coloured(text: str) -> str:
    """A status in its colour (which `click.echo` takes away in a pipe); other text as it is."""
    return click.style(text, fg=_COLOURS[text]) if text in _COLOURS else text


def print_table(table: Table) -> None:
    """Print a table of rich, as wide as the terminal."""
    from rich.console import Console

    # captured, so that a closed pipe is reported by the ordinary write below
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _PIPE_WIDTH
    with console.capture() as capture:
        console.print(table)
    for line in capture.get().splitlines():
        click.echo(line.rstrip())


def status_markup(text: str) -> str:
    """A status as markup of rich.

    >>> status_markup("PROVED")
    '[green]PROVED[/]'
    """
    return f"[{_COLOURS[text]}]{text}[/]"


def point_words(point: dict[str, Any]) -> str:
    """A point of a JSON object in words.

    >>> point_words({"w": ["1", "2"], "b": "0", "a": "3"})
    'w = (1, 2), b = 0, a = 3'
    """
    return ", ".join(f"{name} = {_entry(value)}" for name, value in point.items())


def _entry(value: str | list[str]) -> str:
    if isinstance(value, str):
        return value
    return value[0] if len(value) == 1 else f"({', '.join(value)})"
