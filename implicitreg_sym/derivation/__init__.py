"""From proofs to LaTeX: formulas, numbers with their error, fragments, documents, bibliography, PDFs."""

from implicitreg_sym.derivation.bibliography import bibliography
from implicitreg_sym.derivation.document import document
from implicitreg_sym.derivation.escape import breakable, escape
from implicitreg_sym.derivation.formula import displayed_formula, domain, inline_formula, latex
from implicitreg_sym.derivation.fragment import cited_keys, fragment, label
from implicitreg_sym.derivation.number import number, truncated

__all__ = [
    "bibliography",
    "breakable",
    "cited_keys",
    "displayed_formula",
    "document",
    "domain",
    "escape",
    "fragment",
    "inline_formula",
    "label",
    "latex",
    "number",
    "truncated",
]
