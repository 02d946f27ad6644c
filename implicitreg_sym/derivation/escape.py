"""Text from outside (names of activations, methods of evidence) made safe and printable in LaTeX."""

from __future__ import annotations

import re
import unicodedata

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "%": r"\%", "#": r"\#",
    "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
    # broken ligatures: -- and '' and ,, and !` would print as other characters
    "-": "-{}", "'": "'{}", ",": ",{}", "`": r"\textasciigrave{}", '"': "'{}'{}", "!": "!{}", "?": "?{}",
}  # fmt: skip
_MATHEMATICAL = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "η": "eta", "θ": "theta",
    "ϑ": "vartheta", "κ": "kappa", "λ": "lambda", "Λ": "Lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi",
    "ρ": "rho", "σ": "sigma", "Σ": "Sigma", "τ": "tau", "φ": "varphi", "ϕ": "phi", "Φ": "Phi", "χ": "chi",
    "ψ": "psi", "Ψ": "Psi", "ω": "omega", "Ω": "Omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta",
    "∂": "partial", "∇": "nabla", "∞": "infty", "∫": "int", "±": "pm", "×": "times", "·": "cdot",
    "≤": "le", "≥": "ge", "≠": "neq", "≈": "approx", "∈": "in", "→": "to", "↦": "mapsto", "⇒": "Rightarrow",
    "√": "surd", "−": "mathord-", "⟨": "langle", "⟩": "rangle", "ℝ": "mathbb R", "²": "mathord{}^2",
    "³": "mathord{}^3", "′": "mathord{}'", "⁻": "mathord{}^-", "¹": "mathord{}^1", "½": "tfrac12",
}  # fmt: skip
_PUNCTUATION = {
    "–": "--",
    "—": "---",
    "‘": "`",
    "’": "'",
    "“": "``",
    "”": "''",
    "…": r"\dots{}",
    "§": r"\S{}",
}
_RUNS = re.compile(r"[^\W\d_]+|\d+|.")
_LONG_WORD = 14
_LONGEST_WORD = 24  # an ordinary word up to this length is left to TeX's hyphenation
_GROUP = 5


def escape(text: str) -> str:
    r"""Return text that prints as it reads, in one paragraph, whatever it contains; no command survives.

    Accented Latin letters stay, Greek letters and common mathematical signs are set in mathematics, any other
    character becomes its code point.

    >>> escape("u+u**3")
    'u+u**3'
    >>> escape(r"\input{/etc/passwd} 100% leaky_relu #1 ^^M")
    '\\textbackslash{}input\\{/etc/passwd\\} 100\\% leaky\\_relu \\#1 \\textasciicircum{}\\textasciicircum{}M'
    >>> escape("σ(u) ≥ 0")
    '\\ensuremath{\\sigma}(u) \\ensuremath{\\ge} 0'
    """
    return "".join(_character(character) for character in _one_paragraph(text))


def breakable(text: str) -> str:
    r"""Escape text and let a line end within its long words: after punctuation, and inside very long runs.

    >>> breakable("sigmoid.two_point.scale")
    'sigmoid.\\allowbreak two\\_\\allowbreak point.\\allowbreak scale'
    """
    return " ".join(_breakable_word(word) for word in _one_paragraph(text).split(" "))


def _breakable_word(word: str) -> str:
    if len(word) < _LONG_WORD or (word.isalpha() and word.isascii() and len(word) < _LONGEST_WORD):
        return escape(word)
    parts, since = [], 0
    for run in _RUNS.findall(word):
        if since + len(run) > _LONG_WORD and since:
            parts.append(r"\allowbreak ")
            since = 0
        size = len(run) if len(run) <= _LONG_WORD else _GROUP
        parts.append(
            r"\allowbreak ".join(escape(run[start : start + size]) for start in range(0, len(run), size))
        )
        since += len(run)
        if not run.isalnum():
            parts.append(r"\allowbreak ")
            since = 0
    return "".join(parts).removesuffix(r"\allowbreak ")


def _one_paragraph(text: str) -> str:
    spaced = re.sub(r"\s+", " ", unicodedata.normalize("NFC", text))
    return "".join(
        character for character in spaced if character == " " or unicodedata.category(character)[0] != "C"
    )


def _character(character: str) -> str:
    if character in _SPECIAL:
        return _SPECIAL[character]
    if character.isascii():
        return character
    if character in _MATHEMATICAL:
        return rf"\ensuremath{{\{_MATHEMATICAL[character]}}}"
    if character in _PUNCTUATION:
        return _PUNCTUATION[character]
    return character if _latin(character) else rf"\texttt{{U+{ord(character):04X}}}\allowbreak{{}}"


def _latin(character: str) -> bool:
    """Whether pdfLaTeX's default encodings surely have the letter: Latin-1 letters with an accent."""
    return (
        0xC0 <= ord(character) <= 0xFF
        and unicodedata.category(character) in {"Lu", "Ll"}
        and character not in "ÐðÞþ"
    )
