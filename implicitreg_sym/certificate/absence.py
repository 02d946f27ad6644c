"""The outcome that a result has no certificate, with the reason in one sentence."""

from __future__ import annotations

NO_OVERLAP = (
    "a certificate states an overlapping, and none was found here; where E excludes it, `implicitreg degree` "
    "certifies that"
)


class NoCertificateError(Exception):
    """The format has no certificate for this result; the message says why."""
