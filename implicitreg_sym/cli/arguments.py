"""From text to exact points and samples: ``"0.2,-0.1;0.8"``, ``"1,2:0.9"``, with a bias ``"W;B;A"``."""

from __future__ import annotations

import sympy as sp

from implicitreg_sym.errors import InputError
from implicitreg_sym.flow import Point, Sample
from implicitreg_sym.formula import parse_number, shortened


def parse_sample(text: str) -> Sample:
    """Read a sample, inputs and target: ``X:Y`` or ``X1,X2,...:Y``.

    Raises `InputError` on malformed text.

    >>> parse_sample("1,2:0.9")
    Sample(x=(1, 2), y=9/10)
    >>> parse_sample("1,2")
    Traceback (most recent call last):
    ...
    implicitreg_sym.errors.InputError: the sample '1,2' needs one colon; write inputs:target, such as 1,2:0.9
    """
    parts = _split(text, ":")
    if len(parts) != 2:
        raise InputError(f"the sample {_quoted(text)} needs one colon; write inputs:target, such as 1,2:0.9")
    return Sample(_vector(parts[0], "the inputs"), _number(parts[1], "the target"))


def parse_start(text: str, bias: bool = False) -> Point:
    """Read a start ``W;A``, or ``W;B;A`` with a trained bias; W is one number or several with commas between.

    Raises `InputError` on malformed text.

    >>> parse_start("0.2,-0.1;0.8")
    Point(w=(1/5, -1/10), a=4/5, b=None)
    >>> parse_start("1;log(5);2", bias=True)
    Point(w=(1,), a=2, b=log(5))
    """
    parts = _split(text, ";")
    if bias and len(parts) == 3:
        return Point(
            _vector(parts[0], "the weights"),
            _number(parts[2], "the output weight"),
            _number(parts[1], "the bias"),
        )
    if not bias and len(parts) == 2:
        return Point(_vector(parts[0], "the weights"), _number(parts[1], "the output weight"))
    if bias:
        raise InputError(
            f"the start {_quoted(text)} is not W;B;A, as --bias asks; write such as 0.2,-0.1;0;0.8"
        )
    hint = "; W;B;A needs --bias" if len(parts) == 3 else ""
    raise InputError(f"the start {_quoted(text)} is not W;A; write such as 0.2,-0.1;0.8{hint}")


def parse_rate(text: str) -> sp.Expr:
    """Read a learning rate, a positive number.

    >>> parse_rate("1/2")
    1/2
    """
    return _number(text, "the learning rate")


def _vector(text: str, what: str) -> tuple[sp.Expr, ...]:
    return tuple(_number(part, what) for part in _split(text, ","))


def _number(text: str, what: str) -> sp.Expr:
    if not text.strip():
        raise InputError(f"a number is missing in {what}; write a number such as 3/10, 0.3 or log(5)")
    return parse_number(text.strip())


def _split(text: str, separator: str) -> list[str]:
    """Split at the separators that stand outside parentheses, as in ``polylog(2,1/2),1``."""
    parts, depth, begin = [], 0, 0
    for index, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == separator and depth <= 0:
            parts.append(text[begin:index])
            begin = index + 1
    return [*parts, text[begin:]]


def _quoted(text: str) -> str:
    return repr(shortened(text))
