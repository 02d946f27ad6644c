r"""Displayed formulas, broken into lines that fit: at relations, at sums, at products, inside parentheses.

The rules are those of mathematical typesetting (Knuth, The TeXbook, chapter 18): a line ends before a
relation or an operation, relations are aligned, continuations are indented, a product that is divided
continues with a times sign.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from implicitreg_sym.derivation.delimiters import fixed_delimiters
from implicitreg_sym.derivation.mathematics import Atom, Role, atoms, total_width, width

LINE_WIDTH = 31.0  # em; fits the text of LaTeX's article class at 10, 11 and 12 points
_SIZES = (("", 1.0), (r"\small", 0.92), (r"\footnotesize", 0.84), (r"\scriptsize", 0.75))
_INDENT = _WIDE = 2.0
_TIMES = 1.23
_SHORT = 0.36  # of the line: up to this width a left-hand side is aligned with, a right-hand side stays put
_DEEPER = 250.0


@dataclass(frozen=True, slots=True)
class Layout:
    """Rows of a formula, each with its alignment mark, and by how many em the widest is too wide."""

    rows: tuple[str, ...]
    excess: float


@dataclass(frozen=True, slots=True)
class _Line:
    """A row and its width in em."""

    text: str
    width: float


def display(latex: str, line_width: float = LINE_WIDTH, end: str = "") -> str:
    r"""Return a display environment for a formula, on as many lines as it needs.

    Arguments: ``latex``, a formula without display environment; ``line_width`` in em; ``end``, punctuation
    that closes it. Where no break makes it fit, a smaller type size does.

    >>> print(display(r"a = b + c", end="."))
    \[
      a = b + c.
    \]
    """
    formula = fixed_delimiters(latex.strip())
    formula += end * (not formula.endswith(r"\end{cases}"))
    for size, factor in _SIZES[:-1]:
        layout = lay_out(formula, line_width / factor)
        if layout.excess <= 0:
            return _environment(layout.rows, size)
    size, factor = _SIZES[-1]
    return _environment(lay_out(formula, line_width / factor).rows, size)


def excess(latex: str, line_width: float = LINE_WIDTH) -> float:
    """By how many em the formula is too wide at the size of the text, on as many lines as it allows."""
    return lay_out(fixed_delimiters(latex.strip()), line_width).excess


def _environment(rows: tuple[str, ...], size: str) -> str:
    if len(rows) == 1:
        body = f"\\[\n  {rows[0]}\n\\]"
    else:
        body = "\\begin{align*}\n  " + " \\\\\n  ".join(rows) + "\n\\end{align*}"
    return f"{{{size}\n{body}\n\\par}}" if size else body


def lay_out(formula: str, line_width: float = LINE_WIDTH) -> Layout:
    """Break a formula (with fixed delimiters) into rows of at most ``line_width``, as far as it can be."""
    row = atoms(formula)
    if total_width(row) <= line_width:
        return Layout((_text(row),), 0.0)
    rows: list[_Line] = []
    for piece in _pieces(row, line_width):
        lines = _break_piece(piece, line_width, following=bool(rows))
        if rows and len(lines) == 1 and rows[-1].width + total_width(piece) + _WIDE <= line_width:
            rows[-1] = _Line(
                rf"{rows[-1].text} \qquad {_text(piece)}", rows[-1].width + _WIDE + total_width(piece)
            )
        else:
            rows += lines
    widest = max(line.width for line in rows)
    if len(rows) == 1:
        return Layout((_text(row),), max(0.0, widest - line_width))
    texts = _aligned_where_it_fits([line.text for line in rows], line_width)
    return Layout(texts, max(0.0, widest - line_width))


def _aligned_where_it_fits(rows: Sequence[str], line_width: float) -> tuple[str, ...]:
    """The rows, at the left margin where the longest parts before and after the mark do not fit."""
    parts = [row.partition("&") for row in rows]
    lefts, rights = ([width(part[side]) for part in parts] for side in (0, 2))
    environments = any(r"\begin{" in left for left, _mark, _right in parts)
    if environments or max(lefts) + max(rights) <= line_width:
        return tuple(rows)
    return tuple(f"&{left}{right}" for left, _mark, right in parts)


def _text(row: Sequence[Atom]) -> str:
    """Atoms joined, with a space where two would run into one control sequence."""
    parts: list[str] = []
    for atom in row:
        word = atom.text[:1].isalnum() and bool(parts) and bool(re.search(r"\\[a-zA-Z]+\Z", parts[-1]))
        if parts and (word or atom.role in {Role.BINARY, Role.RELATION}):
            parts.append(" ")
        parts.append(atom.text)
        if atom.role in {Role.BINARY, Role.RELATION, Role.COMMA}:
            parts.append(" ")
    return re.sub(r" {2,}", " ", "".join(parts)).strip()


def _pieces(row: Sequence[Atom], line_width: float) -> list[list[Atom]]:
    """Divide at wide spaces outside parentheses; neighbours that fit on one line stay together."""
    pieces: list[list[Atom]] = [[]]
    depth = 0
    for atom in row:
        depth += (atom.role is Role.OPEN) - (atom.role is Role.CLOSE)
        pieces[-1].append(atom)
        if depth == 0 and atom.text in {r"\quad", r"\qquad"}:
            pieces.append([])
    joined: list[list[Atom]] = []
    for piece in filter(None, pieces):
        if joined and total_width(joined[-1]) + total_width(piece) <= line_width:
            joined[-1] += piece
        else:
            joined.append(piece)
    return [_without_space(piece) for piece in joined]


def _without_space(piece: list[Atom]) -> list[Atom]:
    while piece and piece[-1].role is Role.SPACE:
        piece = piece[:-1]
    return piece


def _break_piece(piece: Sequence[Atom], line_width: float, following: bool) -> list[_Line]:
    """Break one statement: each further relation starts a row, aligned if the left-hand side is short."""
    relations = _top_level(piece, Role.RELATION)
    whole = total_width(piece)
    if whole <= line_width:
        if following and not relations and whole <= line_width - _INDENT:
            return [_Line(r"&\qquad " + _text(piece), whole + _INDENT)]
        first = relations[0] if relations else 0
        return [_Line(f"{_text(piece[:first])} &{_text(piece[first:])}".lstrip(), whole)]
    if not relations or (len(relations) == 1 and total_width(piece[relations[0] :]) <= _SHORT * line_width):
        return _hang("&", _break_sum(piece, line_width, line_width - _INDENT), 0.0)
    left = piece[: relations[0]]
    rows: list[_Line] = []
    if total_width(left) <= _SHORT * line_width:
        offset, mark = total_width(left), "&"
    else:
        offset, mark = _INDENT, r"&\qquad "
        rows += _hang("&", _break_sum(left, line_width, line_width - _INDENT), 0.0)
    for start, stop in zip(relations, [*relations[1:], len(piece)], strict=True):
        room = line_width - offset
        rows += _hang(mark, _break_sum(piece[start:stop], room, room - _INDENT), offset)
    if mark == "&":
        rows[0] = _Line(f"{_text(left)} {rows[0].text}", rows[0].width)
    return rows


def _hang(mark: str, lines: list[_Line], offset: float) -> list[_Line]:
    """Put the alignment mark before lines, and indent all but the first."""
    return [
        _Line(
            mark + (r"\qquad " if index else "") + line.text,
            line.width + offset + (_INDENT if index else 0.0),
        )
        for index, line in enumerate(lines)
    ]


def _top_level(row: Sequence[Atom], role: Role) -> list[int]:
    depth, found = 0, []
    for index, atom in enumerate(row):
        depth += (atom.role is Role.OPEN) - (atom.role is Role.CLOSE)
        if depth == 0 and atom.role is role and index > 0:
            found.append(index)
    return found


def _break_sum(row: Sequence[Atom], first_room: float, room: float) -> list[_Line]:
    """The best division of a row into lines."""
    places = [(0, 0.0), *_places(row), (len(row), 0.0)]
    reach = list(accumulate((atom.width for atom in row), initial=0.0))
    best: list[tuple[float, int]] = [(0.0, -1)]

    def line_width(start: int, stop: int) -> float:
        times = bool(start) and row[start].role not in {Role.BINARY, Role.RELATION}
        return reach[stop] - reach[start] + _TIMES * times

    for end in range(1, len(places)):
        options = []
        for start in range(end - 1, -1, -1):
            available = first_room if start == 0 else room
            over = line_width(places[start][0], places[end][0]) - available
            slack = 0.0 if end == len(places) - 1 else max(0.0, -over / available) ** 2 * 120
            cost = best[start][0] + 60 + slack + places[end][1] + (1e5 + 1e4 * over if over > 0 else 0.0)
            options.append((cost, start))
            if over > 0:
                break
        best.append(min(options))
    cuts, position = [len(places) - 1], best[-1][1]
    while position >= 0:
        cuts.append(position)
        position = best[position][1]
    indices = [places[cut][0] for cut in reversed(cuts)]
    return [_Line(_line(row, start, stop), line_width(start, stop)) for start, stop in pairwise(indices)]


def _line(row: Sequence[Atom], start: int, stop: int) -> str:
    """A line as LaTeX, with a times sign where it divides a product."""
    text = _text(row[start:stop])
    if start == 0:
        return text
    if row[start].role in {Role.BINARY, Role.RELATION}:
        return "{}" + text
    if row[start - 1].role is Role.CLOSE or row[start - 1].text.startswith(r"\frac"):
        return r"{} \times " + text
    return text


def _places(row: Sequence[Atom]) -> list[tuple[int, float]]:
    """Where a line may start, and how bad that is."""
    places = []
    depth = 0
    for index, atom in enumerate(row):
        if atom.role is Role.CLOSE:
            depth -= 1
        before = row[index - 1] if index else None
        if before is not None:
            price = _price(before, atom)
            if price is not None:
                places.append((index, price + _DEEPER * depth))
        if atom.role is Role.OPEN:
            depth += 1
    return places


def _price(before: Atom, atom: Atom) -> float | None:
    if atom.role is Role.BINARY:
        return 0.0 if atom.text in {"+", "-"} else 150.0
    if atom.role is Role.RELATION:
        return 100.0
    if atom.role in {Role.CLOSE, Role.COMMA, Role.SPACE, Role.BREAK}:
        return None
    if before.role is Role.COMMA:
        return 80.0
    if before.role is Role.BREAK:
        return 500.0
    product = before.role is Role.CLOSE or before.text.startswith(r"\frac")
    return 200.0 if product else None
