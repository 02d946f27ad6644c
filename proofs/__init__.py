"""One script for each result, importable as implicitreg_sym.proofs: `proof(digits)` carries it out."""
