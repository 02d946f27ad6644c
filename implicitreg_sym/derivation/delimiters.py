r"""Delimiters of fixed size in place of ``\left`` and ``\right``, so that a line can end between them."""

from __future__ import annotations

import re

from implicitreg_sym.derivation.mathematics import arguments_of, group, tokens, unit

_SIZES = ("", "\\big", "\\Big", "\\bigg", "\\Bigg")
_FRACTIONS = {"\\frac", "\\tfrac", "\\binom"}


def fixed_delimiters(latex: str, largest: int = 4) -> str:
    r"""Replace ``\left`` and ``\right`` by delimiters of the size that the content needs, all breakable.

    Arguments: ``largest``, an index into the sizes none, big, Big, bigg, Bigg; less inside fractions and
    scripts.

    >>> fixed_delimiters(r"\log{\left(x \right)} + \left(\frac{a}{b} + 1\right)^{2}")
    '\\log(x) + \\Bigl(\\frac{a}{b} + 1\\Bigr)^{2}'
    """
    stream, position, arguments = tokens(latex), 0, 0
    parts: list[str] = []
    while position < len(stream):
        token = stream[position]
        raised = "".join(parts[-2:]).rstrip()[-1:] in {"^", "_"}
        if token == "{":
            text, position = group(stream, position, "{", "}")
            allowed = min(largest, 1) if raised else max(largest - 2, 1) if arguments else largest
            arguments = max(0, arguments - 1)
            parts.append(_group_contents(text[1:-1], allowed, keep_braces=raised))
        elif token == "\\left":
            text, position = unit(stream, position)
            parts.append(_settled(text, largest))
        else:
            arguments = 2 if token in _FRACTIONS else arguments * token.isspace()
            parts.append(r"\mathrel" if token == "\\middle" else token)
            position += 1
    return "".join(parts)


def _group_contents(inside: str, largest: int, keep_braces: bool) -> str:
    """A group in braces; braces around a lone fence, which would forbid a line end in it, are dropped."""
    inner = fixed_delimiters(inside, largest)
    bare = tokens(inside.strip())
    lone = (
        bool(bare)
        and bare[0] == "\\left"
        and unit(bare, 0)[1] == len(bare)
        and not inner.lstrip().startswith("\\left")
    )
    return inner if lone and not keep_braces else "{" + inner + "}"


def _settled(fence: str, largest: int) -> str:
    stream = tokens(fence)
    if len(stream) < 4 or stream[-2] != "\\right":
        return fence
    opening, closing = stream[1], stream[-1]
    body = fixed_delimiters("".join(stream[2:-2]).strip(), largest)
    if "." in {opening, closing} or "\\begin{" in body:
        return rf"\left{opening} {body} \right{closing}"
    size = _SIZES[min(_height(body), largest)]
    if opening == closing == "|":
        opening, closing = ("\\lvert", "\\rvert")
    if not size:
        return _joined(opening, body) + closing
    return _joined(f"{size}l{opening}", body) + f"{size}r{closing}"


def _joined(left: str, right: str) -> str:
    return left + " " * (left[-1:].isalpha() and right[:1].isalpha()) + right


def _height(body: str) -> int:
    """The size of delimiters around a body: 0 for letters, up to 4 for nested fractions."""
    level = 0
    for match in re.finditer(r"\\(d?frac|int|sum|prod)\b", body):
        if match[1] in {"int", "sum", "prod"}:
            level = max(level, 3)
            continue
        numerator, denominator = list(
            arguments_of(unit(tokens(body[match.start() :]), 0)[0][len(match[0]) :])
        )[:2]
        content = numerator + denominator
        level = max(
            level, 4 if "\\frac" in content else 3 if re.search(r"[\^(]|\\sqrt|\\big", content) else 2
        )
    if level == 0 and (re.search(r"\\sqrt|\\tfrac|\\lvert", body) or _nesting(body) >= 2):
        level = 1
    sizes = [index for index, name in enumerate(_SIZES[1:], 1) if f"{name}l" in body]
    return max([level, *sizes])


def _nesting(body: str) -> int:
    depth = deepest = 0
    for character in body:
        depth += (character in "([") - (character in ")]")
        deepest = max(deepest, depth)
    return deepest
