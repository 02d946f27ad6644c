"""An independent checker of the certificates of docs/certificates.md: small, and the only thing one has to
trust.

It imports python-flint and the standard library alone, evaluates σ and its derivatives by power series of
Arb balls, integrates by Arb's rigorous quadrature, and accepts a certificate only if it has proved every
step of its theorem. The theorems T1 to T12 that the routines rely on are stated and proved in
docs/theory.md.
"""
