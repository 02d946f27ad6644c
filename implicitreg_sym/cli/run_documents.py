"""From proofs that were carried out to JSON objects, as docs/json.md describes them."""

from __future__ import annotations

from collections.abc import Sequence

from implicitreg_sym.cli.documents import Document
from implicitreg_sym.cli.running import Run
from implicitreg_sym.status import Status, weakest


def runs_document(runs: Sequence[Run], seconds: float) -> Document:
    """The object of ``prove``: every proof with the seconds it took, and the claims counted by status."""
    claims = [claim for run in runs if run.proof is not None for claim in run.proof.claims]
    return {
        "proofs": [run_document(run) for run in runs],
        "tally": {
            status.name: sum(claim.status is status for claim in claims) for status in reversed(Status)
        },
        "status": str(weakest([*(run.status for run in runs), *(claim.status for claim in claims)])),
        "seconds": round(seconds, 3),
    }


def run_document(run: Run) -> Document:
    """The object of a proof script, and an entry of ``prove``."""
    if run.proof is None:
        return {
            "name": run.name,
            "status": str(run.status),
            "reason": run.error,
            "claims": [],
            "seconds": round(run.seconds, 3),
        }
    document = {**run.proof.as_json(), "seconds": round(run.seconds, 3)}
    if run.verdicts:
        document["certificates"] = [
            {"file": str(file), "verdict": verdict}
            for file, verdict in zip(run.certificates, run.verdicts, strict=True)
        ]
    return document
