r"""A proof as LaTeX without preamble: setting, theorem, lemmas with steps and evidence, verification."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sympy as sp

from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome, Proof, Step
from implicitreg_sym.derivation.display import LINE_WIDTH, display
from implicitreg_sym.derivation.escape import breakable
from implicitreg_sym.derivation.formula import DIGITS, displayed_formula, domain, latex
from implicitreg_sym.derivation.number import CONVENTION
from implicitreg_sym.derivation.prose import checked, citations, dollars, sentence, typeset
from implicitreg_sym.status import Status

_HEADER = r"""% {title}. For \input; needs amsmath, amssymb, amsthm and the package's bibliography.
\ifcsname theorem\endcsname\else\newtheorem{{theorem}}{{Theorem}}\fi
\ifcsname lemma\endcsname\else\newtheorem{{lemma}}{{Lemma}}\fi
\ifcsname openclaim\endcsname\else\newtheorem{{openclaim}}{{Claim}}\fi
\begingroup\emergencystretch=3em\allowdisplaybreaks[2]\csname @endparpenalty\endcsname=10000
"""
_WORDS = {
    Status.PROVED: "proved", Status.ENCLOSED: "enclosed", Status.CHECKED: "checked numerically, not proved",
    Status.REFUTED: "refuted", Status.UNKNOWN: "undecided",
}  # fmt: skip
_SOURCES = {Kind.EXACT: "meurer2017sympy", Kind.ENCLOSURE: "johansson2017arb", Kind.NUMERIC: "mpmath"}
_MEANINGS = {
    Kind.EXACT: r"\emph{Exact algebra} decides identities by computer algebra~\cite{meurer2017sympy}, "
    "after rewriting them as polynomials in algebraically independent generators.",
    Kind.DEDUCTION: r"A \emph{deduction} applies a theorem whose hypotheses are claims of their own.",
    Kind.ENCLOSURE: r"\emph{Ball arithmetic}~\cite{johansson2017arb} encloses real numbers rigorously.",
    Kind.NUMERIC: r"A \emph{numerical cross-check} recomputes a statement in another way, at high precision"
    r"~\cite{mpmath}; it proves nothing, but would expose an error.",
}
_NAME = re.compile(r"[A-Za-z]\w*")
_DOMAIN_FIGURES = 10  # of an end of a domain that is too long to be printed whole
Shared = Mapping[str, tuple[Claim, str]]


@dataclass(frozen=True, slots=True)
class _Page:
    """What the parts of a fragment share: the proof, how claims are named, figures, width of a line."""

    proof: Proof
    names: Mapping[str, str]
    earlier: Shared
    digits: int
    line_width: float

    def prose(self, text: str) -> str:
        return typeset(text, self.names, self.line_width)

    def label(self, claim: Claim) -> str:
        return label(self.proof, claim)


def label(proof: Proof, claim: Claim) -> str:
    """Return the label of a claim: PROOF:ID, with all characters but letters, digits and ``._`` encoded.

    >>> from implicitreg_sym.claims import Claim
    >>> claim = Claim("k+1", "", sp.true)
    >>> label(Proof("sigmoid_two_point", "", "T11", "", claim), claim)
    'sigmoid_two_point:k-2b-1'
    """
    return f"{_plain(proof.name)}:{_plain(claim.id)}"


def _plain(identifier: str) -> str:
    return re.sub(r"[^A-Za-z0-9._]", lambda match: f"-{ord(match[0]):x}-", identifier)


def fragment(proof: Proof, digits: int = DIGITS, line_width: float = LINE_WIDTH) -> str:
    r"""Return a proof as LaTeX for ``\input``: no preamble, only amsmath, amssymb and amsthm are needed.

    Arguments: ``digits``, figures shown of exact numbers too long to be printed whole; ``line_width``, the
    width of the text in em (31 fits LaTeX's article class). Claims are labelled by `label`, premises come
    before what rests on them. Raises `InputError` if the prose of a claim is malformed, refers to a missing
    claim or cites a missing work.

    >>> from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome
    >>> evidence = Evidence(Kind.EXACT, Outcome.HOLDS, "both sides are equal")
    >>> claim = Claim("one", "$1 = 1$", sp.true, evidence=(evidence,))
    >>> r"\begin{theorem}" in fragment(Proof("one", "One", "T0", "Let $1$ be one.", claim))
    True
    """
    return "\n".join((*_parts(proof, digits, line_width, {}), *_legend(proof), r"\par\endgroup", ""))


def fragment_after(proof: Proof, digits: int, line_width: float, earlier: Shared) -> tuple[str, Shared]:
    """Return a fragment that refers back to equal claims of the document so far, and all claims by then."""
    text = "\n".join((*_parts(proof, digits, line_width, earlier), r"\par\endgroup", ""))
    fresh = {claim.id: (claim, _name(proof, claim)) for claim in proof.claims if not _told(claim, earlier)}
    return text, {**earlier, **fresh}


def cited_keys(proof: Proof) -> tuple[str, ...]:
    """Return the keys of all works that the typeset proof cites: its own, its prose's, its methods'."""
    prose = [
        proof.setting,
        *(text for claim in proof.claims for text in (claim.says, *(step.text for step in claim.steps))),
    ]
    methods = {
        _SOURCES[check.kind] for claim in proof.claims for check in claim.evidence if check.kind in _SOURCES
    }
    return tuple(
        dict.fromkeys(
            [*proof.references, *(key for text in prose for key in citations(text)), *sorted(methods)]
        )
    )


def _told(claim: Claim, earlier: Shared) -> bool:
    return claim.id in earlier and earlier[claim.id][0] == claim


def _noun(proof: Proof, claim: Claim) -> str:
    if not claim.status.established:
        return "Claim"
    return "Theorem" if claim.id == proof.conclusion.id else "Lemma"


def _name(proof: Proof, claim: Claim) -> str:
    return rf"{_noun(proof, claim)}~\ref{{{label(proof, claim)}}}"


def _parts(proof: Proof, digits: int, line_width: float, earlier: Shared) -> Iterator[str]:
    names = {
        claim.id: earlier[claim.id][1] if _told(claim, earlier) else _name(proof, claim)
        for claim in proof.claims
    }
    page = _Page(proof, names, earlier, digits, line_width)
    *premises, conclusion = proof.claims
    yield _HEADER.format(title=re.sub(r"[^ -~]|\\", "?", proof.title))
    yield rf"\paragraph{{Setting.}} {sentence(page.prose(proof.setting))}{_further_sources(proof)}"
    yield from _statement(page, conclusion)
    fresh = [claim for claim in premises if not _told(claim, earlier)]
    for claim in fresh:
        yield from _statement(page, claim)
        yield from _proof(page, claim, "")
    yield from _proof(page, conclusion, rf"Proof of {names[conclusion.id]}" if fresh else "")


def _further_sources(proof: Proof) -> str:
    """Works that the proof names as references and that its setting does not cite."""
    rest = [key for key in proof.references if key not in citations(proof.setting)]
    citations(rf"\cite{{{','.join(rest)}}}" if rest else "")
    return rf" See also~\cite{{{','.join(rest)}}}." if rest else ""


def _statement(page: _Page, claim: Claim) -> Iterator[str]:
    established, root = claim.status.established, claim.id == page.proof.conclusion.id
    environment = ("theorem" if root else "lemma") if established else "openclaim"
    remarks = [breakable(text) for text in (page.proof.title, page.proof.theorem) if root and text] + [
        _WORDS[claim.status]
    ] * (not established)
    yield ""
    yield (
        rf"\begin{{{environment}}}"
        + (f"[{{{'; '.join(remarks)}}}]" if remarks else "")
        + rf"\label{{{page.label(claim)}}}"
    )
    says = page.prose(claim.says)
    shown = _shown_statement(page, claim)
    yield sentence(says) if not shown else _introduction(says)
    if shown:
        yield shown
    elif limits := _limits(page, claim):
        yield f"Here {limits}."
    yield rf"\end{{{environment}}}"


def _introduction(says: str) -> str:
    """The prose before the displayed statement; a formula displayed at its end keeps its own punctuation."""
    if says.rstrip(". ").endswith((r"\]", r"\end{align*}")):
        return sentence(says)
    return sentence(says.rstrip(". ") + ":" if says else "It holds that:")


def _shown_statement(page: _Page, claim: Claim) -> str:
    """The statement as a display, unless it is a bare truth value or stands in the prose already."""
    if claim.statement in (sp.true, sp.false):
        return ""
    told = {_bare(text) for text in re.findall(r"\$([^$]+)\$", dollars(claim.says))}
    if {
        _bare(latex(claim.statement, page.digits)),
        _bare(latex(claim.statement, page.digits, inline=True)),
    } & told:
        return ""
    figures = min(page.digits, _DOMAIN_FIGURES)
    condition = r",\; ".join(domain(symbol, values, figures) for symbol, values in claim.variables)
    return displayed_formula(claim.statement, page.digits, page.line_width, ".", condition)


def _limits(page: _Page, claim: Claim) -> str:
    """The domains that the prose does not tell, where a variable is not just any real number."""
    told = _bare(claim.says)
    conditions = [
        domain(symbol, values, page.digits) for symbol, values in claim.variables if values != sp.S.Reals
    ]
    return _enumeration([f"${condition}$" for condition in conditions if _bare(condition) not in told])


def _bare(formula: str) -> str:
    return re.sub(r"\\left|\\right|\\[bB]igg?[lr]?|\\[,;:! ]|[{}\s]", "", formula)


def _proof(page: _Page, claim: Claim, title: str) -> Iterator[str]:
    body = list(_body(page, claim))
    if body:
        if not claim.status.established:
            title = f"Derivation for {page.names[claim.id]}"
        yield ""
        yield rf"\begin{{proof}}[{{{title}}}]" if title else r"\begin{proof}"
        yield (
            _with_end_mark("\n".join(body))
            if claim.status.established
            else "\n".join(body) + r"\let\qed\relax"
        )
        yield r"\end{proof}"
    yield _evidence(page, claim)


def _body(page: _Page, claim: Claim) -> Iterator[str]:
    if claim.rests_on:
        if claim.steps:
            yield f"We use {_premises(page, claim)}."
        else:
            yield f"This follows from {_premises(page, claim)}{_means(claim)}."
    for index, step in enumerate(claim.steps, 1):
        head = rf"\par\smallskip\noindent\emph{{Step {index}.}} " if len(claim.steps) > 1 else ""
        yield head + _step(page, step)
    if not claim.steps and not claim.rests_on and _means(claim):
        yield f"This is decided{_means(claim)}."


def _premises(page: _Page, claim: Claim) -> str:
    """The premises in the order of the document, those of one kind together: Lemmas 2, 3 and 5."""
    order = [earlier.id for earlier in page.proof.claims]
    grouped: dict[str, list[str]] = {}
    for premise in sorted(claim.rests_on, key=lambda premise: order.index(premise.id)):
        noun, reference = page.names[premise.id].split("~")
        grouped.setdefault(noun, []).append(reference)
    return _enumeration(
        [
            f"{noun}{'s' * (len(references) > 1)}~{_enumeration(references)}"
            for noun, references in grouped.items()
        ]
    )


def _means(claim: Claim) -> str:
    """By what the claim's own evidence decides it, if that is more than numerics."""
    kinds = [check.kind for check in claim.evidence if check.outcome is Outcome.HOLDS]
    kind = next((kind for kind in (Kind.EXACT, Kind.ENCLOSURE) if kind in kinds), None)
    return rf" by {kind.value}~\cite{{{_SOURCES[kind]}}}" if kind else ""


def _step(page: _Page, step: Step) -> str:
    text = page.prose(step.text)
    if step.formula is None:
        return sentence(text)
    text = text[:1].upper() + text[1:]
    if isinstance(step.formula, str):
        formula = checked(step.formula.strip())
        return f"{text}\n{display(formula, page.line_width, '' if formula[-1:] in '.,;' else '.')}"
    return f"{text}\n{displayed_formula(step.formula, page.digits, page.line_width, '.')}"


def _with_end_mark(body: str) -> str:
    """Put the end mark into a display that ends the proof."""
    for ending in ("\n\\]", "\n\\end{align*}"):
        if body.endswith(ending):
            return body.removesuffix(ending) + r" \qedhere" + ending
    return body


def _enumeration(names: list[str]) -> str:
    return "".join(names) if len(names) < 2 else ", ".join(names[:-1]) + " and " + names[-1]


def _evidence(page: _Page, claim: Claim) -> str:
    """One small paragraph: the status, each check with its method, the claim's id."""
    checks = " ".join(_check(page, check) for check in claim.evidence) or "No evidence."
    weaker = ""
    if claim.own_status > claim.status:
        weaker = (
            f" By itself {_WORDS[claim.own_status]}; the weakest of its premises is {_WORDS[claim.status]}."
        )
    return (
        rf"\par\nopagebreak\smallskip{{\footnotesize\noindent\textsc{{{_WORDS[claim.status]}}}. "
        rf"{checks}{weaker} "
        rf"[\texttt{{{breakable(claim.id)}}}]\par}}\smallskip"
    )


def _check(page: _Page, check: Evidence) -> str:
    kind = check.kind.value.capitalize()
    outcome = {Outcome.HOLDS: "", Outcome.FAILS: r" \emph{fails}", Outcome.UNDECIDED: " does not decide"}[
        check.outcome
    ]
    return rf"\emph{{{kind}}}{outcome}: {_method(page, check.method)}."


def _method(page: _Page, method: str) -> str:
    """Plain text escaped, with ids of claims replaced by references to them."""
    ids = sorted(page.names, key=len, reverse=True)
    pattern = "|".join(rf"(?<![\w.]){re.escape(identifier)}(?![\w]|\.\w)" for identifier in ids)
    parts = re.split(f"({pattern})", method.strip().rstrip("."))
    return "".join(
        page.names[part] if part in page.names else _method_text(part).replace("+/-{}", r"$\pm$")
        for part in parts
    )


def _method_text(text: str) -> str:
    """Text escaped, with the names among the generators of a zero test in mathematics."""
    before, test, generators = text.partition("the zero polynomial in ")
    if not test or generators.startswith("the "):
        return breakable(text)
    names = [
        f"${latex(sp.Symbol(name))}$" if _NAME.fullmatch(name) else breakable(name)
        for name in generators.split(", ")
    ]
    return breakable(before + test) + ", ".join(names)


def _legend(proof: Proof) -> Iterator[str]:
    tally = ", ".join(
        f"{count} {_WORDS[status]}" for status, count in sorted(proof.tally().items(), reverse=True)
    )
    yield ""
    yield rf"\paragraph{{Verification.}} Of the {len(proof.claims)} claims above: {tally}."
    yield legend({check.kind for claim in proof.claims for check in claim.evidence})


def legend(kinds: set[Kind]) -> str:
    """Explain the kinds of evidence that occur, and how decimals are written, in LaTeX."""
    return " ".join([*(_MEANINGS[kind] for kind in Kind if kind in kinds), CONVENTION])
