r"""A complete article of one or more proofs, which carries its bibliography (pdflatex and bibtex)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from importlib import resources

from implicitreg_sym.claims import Claim, Proof
from implicitreg_sym.derivation.bibliography import bibliography
from implicitreg_sym.derivation.escape import breakable
from implicitreg_sym.derivation.formula import DIGITS
from implicitreg_sym.derivation.fragment import cited_keys, fragment, fragment_after, legend
from implicitreg_sym.errors import InputError

TEXT_WIDTH = 37.5  # em; 150 mm at 11 points, with a margin
TITLE = "Implicit regularisation of one-neuron networks: derivations"


def document(proofs: Iterable[Proof], digits: int = DIGITS, title: str | None = None) -> str:
    r"""Return a LaTeX document with all proofs, one section each if there are several.

    A claim that several proofs share is proved once and referred to afterwards. The bibliography is written
    beside the document, as ``\jobname.bib``, when it is compiled (pdflatex, bibtex, pdflatex twice). Raises
    `InputError` if there is no proof or one of them comes twice, or if the prose of a claim is malformed.

    >>> document([])
    Traceback (most recent call last):
    ...
    implicitreg_sym.errors.InputError: a document needs at least one proof; none was given
    """
    proofs = tuple(proofs)
    if not proofs:
        raise InputError("a document needs at least one proof; none was given")
    twice = [name for name, count in Counter(proof.name for proof in proofs).items() if count > 1]
    if twice:
        raise InputError(f"the proof {twice[0]!r} is given twice; give each proof once")
    title = title or (proofs[0].title if len(proofs) == 1 else TITLE)
    keys = {key for proof in proofs for key in cited_keys(proof)} | {
        "meurer2017sympy",
        "johansson2017arb",
        "mpmath",
    }
    preamble = (
        resources.files("implicitreg_sym.derivation").joinpath("preamble.tex").read_text(encoding="utf-8")
    )
    body = fragment(proofs[0], digits, TEXT_WIDTH) if len(proofs) == 1 else _sections(proofs, digits)
    return "\n".join(
        [
            r"\begin{filecontents*}[overwrite]{\jobname.bib}", bibliography(keys), r"\end{filecontents*}",
            preamble,
            r"\begin{document}", rf"\begin{{center}}\LARGE {breakable(title)}\end{{center}}\bigskip", body,
            r"{\sloppy\bibliographystyle{plain}", r"\bibliography{\jobname}}", r"\end{document}", "",
        ]
    )  # fmt: skip


def _sections(proofs: tuple[Proof, ...], digits: int) -> str:
    parts = [r"\tableofcontents", ""]
    earlier: Mapping[str, tuple[Claim, str]] = {}
    for proof in proofs:
        text, earlier = fragment_after(proof, digits, TEXT_WIDTH, earlier)
        parts += [
            rf"\section{{\texorpdfstring{{{breakable(proof.title)}}}{{{_bookmark(proof.title)}}}}}",
            text,
        ]
    kinds = {check.kind for proof in proofs for claim in proof.claims for check in claim.evidence}
    parts += [r"\section*{How the claims are verified}", legend(kinds), ""]
    return "\n".join(parts)


def _bookmark(title: str) -> str:
    return "".join(
        character if character.isalnum() and character.isascii() or character in " .()*+/=" else " "
        for character in title
    )
