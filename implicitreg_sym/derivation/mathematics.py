r"""LaTeX mathematics read as a row of atoms with estimated widths.

Widths are those of Computer Modern at 10 points, in em. A formula can only be broken where it is not
enclosed in braces or between ``\left`` and ``\right``: such a part is one atom.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import zip_longest

from implicitreg_sym.derivation.alphabet import (
    BINARY,
    CLOSING,
    FUNCTIONS,
    LARGE,
    LETTERS,
    ONE_ARGUMENT,
    OPENING,
    RELATIONS,
    SIZES,
    SPACES,
    SYMBOLS,
    TWO_ARGUMENTS,
)

_TOKEN = re.compile(
    r"\\begin\{[a-zA-Z]+\*?\}|\\end\{[a-zA-Z]+\*?\}|\\operatorname\*|\\[a-zA-Z]+|\\.|\s+|.", re.DOTALL
)
_SCRIPT = 0.83


class Role(Enum):
    """The part that an atom plays in a formula."""

    ORDINARY = auto()
    FUNCTION = auto()
    BINARY = auto()
    RELATION = auto()
    OPEN = auto()
    CLOSE = auto()
    COMMA = auto()
    SPACE = auto()
    BREAK = auto()


@dataclass(frozen=True, slots=True)
class Atom:
    """A piece of mathematics that no line end can divide: LaTeX with scripts, role, width in em."""

    text: str
    role: Role
    width: float


def tokens(latex: str) -> list[str]:
    """Split LaTeX mathematics into control sequences and characters; nothing is lost."""
    return _TOKEN.findall(latex)


def width(latex: str) -> float:
    r"""Estimate the width of a formula in display style, in em.

    >>> 3.5 < width(r"a = b + c") < 5
    True
    """
    return total_width(atoms(latex))


def total_width(row: Sequence[Atom]) -> float:
    """Add the widths of atoms."""
    return sum(atom.width for atom in row)


def atoms(latex: str) -> list[Atom]:
    r"""Read a formula as atoms: fractions, roots, scripts and environments stay whole.

    >>> [atom.text for atom in atoms(r"x^{2} + \frac{a}{b}")]
    ['x^{2}', '+', '\\frac{a}{b}']
    """
    row: list[Atom] = []
    stream = tokens(latex)
    position = 0
    while position < len(stream):
        if stream[position].isspace():
            position += 1
            continue
        if stream[position] in "^_'" and row:
            script, position = _script(stream, position)
            last = row[-1]
            extra = 0.3 * len(script) if script[0] == "'" else _SCRIPT * width(script[1:]) + 0.06
            both = (
                last.text[-1:] == "}" and script[0] in "^_" and re.search(r"[_^](\{[^{}]*\}|.)$", last.text)
            )
            if both and both[0][0] != script[0]:
                # a subscript below a superscript: the wider of the two counts
                extra = max(0.0, extra - _SCRIPT * width(both[0][1:]))
            row[-1] = Atom(last.text + script, last.role, last.width + extra)
            continue
        text, position = unit(stream, position)
        row.append(_atom(text, row))
    return row


def _script(stream: list[str], position: int) -> tuple[str, int]:
    mark = stream[position]
    if mark == "'":
        return "'", position + 1
    position += 1
    while position < len(stream) and stream[position].isspace():
        position += 1
    text, position = unit(stream, position) if position < len(stream) else ("{}", position)
    return mark + text, position


def unit(stream: list[str], position: int) -> tuple[str, int]:
    """One unit with its arguments: a character, a group, a command, an environment, a fence."""
    token = stream[position]
    if token == "{":
        return group(stream, position, "{", "}")
    if token.startswith("\\begin{"):
        return _matching(
            stream, position, lambda item: item.startswith("\\begin{"), lambda item: item.startswith("\\end{")
        )
    if token == "\\left":
        text, position = _matching(
            stream, position, lambda item: item == "\\left", lambda item: item == "\\right"
        )
        return (text + stream[position], position + 1) if position < len(stream) else (text, position)
    if re.fullmatch(r"\\(big|Big|bigg|Bigg)[lrm]?", token):
        following = stream[position + 1] if position + 1 < len(stream) else ""
        return token + following, position + 2
    count = _argument_count(token)
    text, position = token, position + 1
    if token == "\\sqrt" and position < len(stream) and stream[position] == "[":
        option, position = group(stream, position, "[", "]")
        text += option
    for _ in range(count):
        while position < len(stream) and stream[position].isspace():
            position += 1
        if position < len(stream):
            argument, position = unit(stream, position)
            text += argument if argument.startswith("{") else "{" + argument + "}"
    return text, position


def _argument_count(token: str) -> int:
    name = token[1:] if token.startswith("\\") else ""
    return 2 if name in TWO_ARGUMENTS else int(name in ONE_ARGUMENT)


def group(stream: list[str], position: int, opening: str, closing: str) -> tuple[str, int]:
    return _matching(stream, position, lambda item: item == opening, lambda item: item == closing)


def _matching(stream: list[str], position: int, opens: object, closes: object) -> tuple[str, int]:
    assert callable(opens) and callable(closes)
    depth, start = 0, position
    while position < len(stream):
        depth += bool(opens(stream[position])) - bool(closes(stream[position]))
        position += 1
        if depth == 0:
            break
    return "".join(stream[start:position]), position


def _atom(text: str, before: Sequence[Atom]) -> Atom:
    if text in SPACES:
        return Atom(text, Role.SPACE, SPACES[text])
    if text in {"\\allowbreak", "\\relax"}:
        return Atom(text, Role.BREAK, 0.0)
    if text in RELATIONS:
        return Atom(text, Role.RELATION, 0.28 + 0.56 if text == ":" else 1.34)
    if text in BINARY:
        unary = not before or before[-1].role in {
            Role.BINARY,
            Role.RELATION,
            Role.OPEN,
            Role.COMMA,
            Role.FUNCTION,
        }
        plain = 0.28 if text == "\\cdot" else 0.5 if text == "*" else 0.78
        return Atom(text, Role.ORDINARY if unary else Role.BINARY, plain + (0.0 if unary else 0.445))
    if text in {",", ";"}:
        return Atom(text, Role.COMMA, 0.28 + 0.167)
    sized = re.fullmatch(r"(\\(?:big|Big|bigg|Bigg))?([lrm]?)(\(|\)|\[|\]|\\[{}]|\\[a-zA-Z]+|.)", text)
    if (
        sized
        and (sized[3] in OPENING or sized[3] in CLOSING or sized[1])
        and not (sized[1] is None and sized[2])
    ):
        opening = sized[2] == "l" or (not sized[2] and sized[3] in OPENING)
        role = (
            Role.OPEN if opening else Role.CLOSE if sized[2] == "r" or sized[3] in CLOSING else Role.ORDINARY
        )
        plain = {**OPENING, **CLOSING}.get(sized[3], 0.4)
        return Atom(text, role, plain * SIZES[sized[1] or ""])
    if text in LARGE:
        return Atom(text, Role.FUNCTION, LARGE[text] + 0.167)
    return Atom(text, *_ordinary(text))


def _ordinary(text: str) -> tuple[Role, float]:
    """Role and width of letters, groups, commands with arguments, environments."""
    if text.startswith("{"):
        return Role.ORDINARY, width(text[1:-1])
    if text.startswith("\\begin{"):
        return Role.ORDINARY, _environment_width(text)
    if text.startswith("\\left"):
        return Role.ORDINARY, width(_inside_fence(text)) + 1.6
    command = re.match(r"\\[a-zA-Z]+\*?", text)
    if command is None:
        return Role.ORDINARY, LETTERS.get(text, SYMBOLS.get(text, 0.5 if text.isdigit() else 0.8))
    name, rest = command[0][1:], text[command.end() :]
    arguments = [part[1:-1] for part in arguments_of(rest)]
    match name:
        case "frac" | "dfrac" | "binom" if len(arguments) == 2:
            return Role.ORDINARY, max(map(width, arguments)) + 0.24
        case "tfrac" if len(arguments) == 2:
            return Role.ORDINARY, _SCRIPT * max(map(width, arguments)) + 0.24
        case "sqrt" if arguments:
            return Role.ORDINARY, width(arguments[-1]) + (1.3 if rest.startswith("[") else 1.05)
        case "operatorname" | "operatorname*" if arguments:
            return Role.FUNCTION, 0.53 * len(arguments[0].replace("\\,", " ")) + 0.167
        case "text" | "textrm" | "mbox" | "mathrm" | "textup" | "texttt" if arguments:
            return Role.ORDINARY, sum(
                0.34 if letter == " " else 0.53
                for letter in re.sub(r"\\[a-zA-Z]+ ?|[{}$]", "x", arguments[0])
            )
        case "mathbb" | "mathcal" if arguments:
            return Role.ORDINARY, 0.78 * len(arguments[0])
        case "label" | "tag":
            return Role.SPACE, 0.0
    if name in FUNCTIONS:
        return Role.FUNCTION, 0.53 * len(name) + 0.167
    return Role.ORDINARY, SYMBOLS.get(text, sum(map(width, arguments)) + 0.1 if arguments else 0.85)


def arguments_of(rest: str) -> Iterator[str]:
    stream, position = tokens(rest), 0
    while position < len(stream):
        text, position = (
            group(stream, position, "[", "]") if stream[position] == "[" else unit(stream, position)
        )
        yield text


def _environment_width(text: str) -> float:
    """The width of an array: the widest cell of each column, gaps, and a brace or brackets."""
    body = re.sub(r"\A\\begin\{\w+\*?\}(\{[^}]*\}|\[\w\])?|\\end\{\w+\*?\}\Z", "", text)
    widest: list[float] = []
    for row in _cells(body):
        columns = [width(cell) for cell in row]
        widest = [max(pair) for pair in zip_longest(widest, columns, fillvalue=0.0)]
    return sum(widest) + 1.0 * (len(widest) - 1) + 1.5


def _cells(body: str) -> list[list[str]]:
    """Rows and cells of an array, inner environments left whole."""
    rows, depth = [[""]], 0
    for token in tokens(body):
        depth += token.startswith("\\begin{") - token.startswith("\\end{")
        if depth == 0 and token == r"\\":
            rows.append([""])
        elif depth == 0 and token == "&":
            rows[-1].append("")
        else:
            rows[-1][-1] += token
    return rows


def _inside_fence(text: str) -> str:
    body = tokens(text)
    return "".join(body[2:-2])
