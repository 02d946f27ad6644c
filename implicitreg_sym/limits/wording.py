"""The plain words in which a branch or a missing limit is described, as LaTeX prose."""

from __future__ import annotations

import re

_FORMULAS = {
    "σ = σ' = 0": r"\sigma=\sigma'=0",
    "σ(u) = 0": r"\sigma(u)=0",
    "σ'(u0) = 0": r"\sigma'(u_0)=0",
    "a' = -rσ(u0)": r"\dot a=-r\,\sigma(u_0)",
    "σ' = 0": r"\sigma'=0",
    "σ = 0": r"\sigma=0",
    "σ'": r"\sigma'",
    "σ": r"\sigma",
    "|f|": r"\lvert f\rvert",
    "|y|": r"\lvert y\rvert",
    "f = 0 ≠ y": r"f=0\neq y",
    "f ≠ y": r"f\neq y",
    "f = y": "f=y",
    "f = 0": "f=0",
    "u = 0": "u=0",
    "a = 0": "a=0",
}
_PATTERN = re.compile(
    r"(?<!\w)(?:"
    + "|".join(re.escape(text) for text in sorted(_FORMULAS, key=len, reverse=True))
    + r")(?!\w)"
    r"|\b(?:u|a|f|y)\b(?= (?:turns|does|changes|reaches|keeps|alone|grows|shrinks))"
)


def in_latex(words: str) -> str:
    r"""Put the mathematics in plain words between dollar signs.

    >>> print(in_latex("|f| shrinks until a = 0"))
    $\lvert f\rvert$ shrinks until $a=0$
    """
    return _PATTERN.sub(lambda match: f"${_FORMULAS.get(match[0], match[0])}$", words)
