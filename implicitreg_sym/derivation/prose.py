r"""LaTeX prose of claims and steps: checked, its references resolved, its long formulas set apart."""

from __future__ import annotations

import re
from collections.abc import Mapping

from implicitreg_sym.derivation.bibliography import entries
from implicitreg_sym.derivation.delimiters import fixed_delimiters
from implicitreg_sym.derivation.display import display
from implicitreg_sym.derivation.mathematics import Atom, Role, atoms, tokens, total_width
from implicitreg_sym.derivation.number import group_digits
from implicitreg_sym.errors import InputError

# commands that read or write files, run programs or change what characters mean have no place in a statement
_FORBIDDEN = re.compile(
    r"\\(input|include|includeonly|openin|openout|read|readline|write\d*|immediate|special|catcode|lccode|uccode|"
    r"def|edef|gdef|xdef|let|futurelet|csname|expandafter|newcommand|renewcommand|providecommand|usepackage|"
    r"documentclass|directlua|pdfobj|newwrite|newread|verbatiminput|lstinputlisting|includegraphics|loop|endinput|"
    r"makeatletter|scantokens|errhelp|batchmode)(?![a-zA-Z@])|\^\^"
)
_MATHEMATICS = re.compile(r"(?<!\\)\$(?!\$)((?:[^$\\]|\\.)+)\$([.,;:]?)", re.DOTALL)
_LONG_DECIMAL = re.compile(r"\d+\.\d{11,}")
_REFERENCE = re.compile(r"\\ref\{([^{}]+)\}")
_CITATION = re.compile(r"\\cite(?:\[[^\]]*\])?\{([^{}]+)\}")
_WIDEST_CHUNK = 13.0  # em; an inline formula with a longer part that cannot be divided is displayed


def checked(latex: str) -> str:
    r"""Return our own LaTeX unchanged; raise `InputError` if it is malformed or does more than print.

    Braces and dollar signs must balance, and no command may read, write, run or redefine anything.

    >>> checked(r"$\sigma > 0$")
    '$\\sigma > 0$'
    >>> checked(r"\input{secret}")
    Traceback (most recent call last):
    ...
    implicitreg_sym.errors.InputError: the prose '\\input{secret}' contains \input; escape text
    """
    found = _FORBIDDEN.search(latex)
    if found:
        raise InputError(f"the prose {latex!r} contains {found[0]}; escape text")
    depth = 0
    for token in tokens(latex):
        depth += (token == "{") - (token == "}")
        if depth < 0:
            break
    if depth != 0:
        raise InputError(f"the prose {latex!r} has unbalanced braces; escape text that is not LaTeX")
    if len(re.findall(r"(?<!\\)(?:\\\\)*\$", latex)) % 2:
        raise InputError(f"the prose {latex!r} has an odd number of dollar signs; write $...$")
    if re.search(r"(?<!\\)[%#&]", re.sub(r"\\begin\{(\w+\*?)\}.*?\\end\{\1\}", "", latex, flags=re.DOTALL)):
        raise InputError(f"the prose {latex!r} has a bare %, # or &; write \\%, \\# or \\&")
    if "\n\n" in latex:
        raise InputError(f"the prose {latex!r} has an empty line; make two steps of it")
    return latex


def citations(latex: str) -> tuple[str, ...]:
    r"""Return the keys that the prose cites, in order. Raises `InputError` if the bibliography lacks one.

    >>> citations(r"as in~\cite{zhang2023limitation, tucker2011validated}")
    ('zhang2023limitation', 'tucker2011validated')
    """
    keys = tuple(key.strip() for group in _CITATION.findall(latex) for key in group.split(","))
    for key in keys:
        if key not in entries():
            raise InputError(
                f"the prose cites {key}, which the bibliography does not have; add it to references.bib"
            )
    return keys


def typeset(latex: str, names: Mapping[str, str], line_width: float) -> str:
    r"""Return prose ready for print.

    Arguments: ``latex``; ``names``, what ``\ref{id}`` becomes for each claim's id, such as
    ``Lemma~\ref{...}``; ``line_width`` in em, for inline formulas that must be displayed. Raises
    `InputError` on malformed prose and on a reference to a claim that is not there.
    """
    latex = dollars(latex)
    citations(checked(latex))

    def named(match: re.Match[str]) -> str:
        if match[1] not in names:
            raise InputError(
                f"the prose refers to the claim {match[1]!r}, which is not part of the proof; "
                "name a claim that it rests on"
            )
        return names[match[1]]

    return _REFERENCE.sub(named, _MATHEMATICS.sub(lambda match: _formula(match, line_width), latex.strip()))


def _formula(match: re.Match[str], line_width: float) -> str:
    formula = fixed_delimiters(_LONG_DECIMAL.sub(lambda decimal: group_digits(decimal[0]), match[1]))
    if max(map(total_width, _chunks(atoms(formula)))) <= _WIDEST_CHUNK:
        return f"${formula}${match[2]}"
    return f"\n{display(formula, line_width, match[2])}\n"


def _chunks(row: list[Atom]) -> list[list[Atom]]:
    """The parts between which TeX may end a line: after relations and operations, at allowed breaks."""
    chunks: list[list[Atom]] = [[]]
    for atom in row:
        chunks[-1].append(atom)
        if atom.role in {Role.RELATION, Role.BINARY, Role.BREAK}:
            chunks.append([])
    return chunks


def dollars(latex: str) -> str:
    r"""Write inline mathematics with dollar signs where it stands between round delimiters.

    >>> dollars(r"\(u > 0\)")
    '$u > 0$'
    """
    return re.sub(r"(?<!\\)\\[()]", "$", latex)


def sentence(latex: str) -> str:
    """Begin with a capital and end with a full stop, where the text is plain there.

    >>> sentence("two is positive")
    'Two is positive.'
    """
    text = latex.strip()
    text = text[:1].upper() + text[1:]
    return text if not text or text[-1] in ".:;,!?]" else text + "."
