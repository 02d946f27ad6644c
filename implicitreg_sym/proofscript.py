"""The command line of a proof script: ``python proofs/NAME.py [--digits N] [--tex FILE] [--json]``, and
``--certificates DIR``."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from implicitreg_sym.cli.ending import QuietCommand, run
from implicitreg_sym.cli.options import digits_option, json_option, tex_options

if TYPE_CHECKING:
    from implicitreg_sym.claims import Proof


def main(proof: Callable[[int], Proof], arguments: Sequence[str] | None = None) -> int:
    """Carry out a proof as the options say, print its claims, and return the exit code.

    Arguments: ``proof``, which takes the number of digits; ``arguments``, by default those of the process.
    Returns 0 if every claim is PROVED or ENCLOSED, 1 if one is not, 2 on bad input.

    >>> import sympy as sp
    >>> from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome, Proof
    >>> addition = Evidence(Kind.EXACT, Outcome.HOLDS, "by addition")
    >>> claim = Claim("sum", "1 + 1 = 2", sp.true, evidence=(addition,))
    >>> main(lambda digits: Proof("sum", "A sum", "T0", "", claim), [])
    T0: A sum
    <BLANKLINE>
    claim  status  evidence
    sum    PROVED  exact algebra
    <BLANKLINE>
    PROVED (1 PROVED)
    0
    """

    @click.command(cls=QuietCommand, help=(sys.modules[proof.__module__].__doc__ or "").strip())
    @json_option
    @digits_option
    @tex_options
    @click.option(
        "--certificates", "folder", metavar="DIR", help="Also write a certificate of every result into DIR."
    )
    def script(as_json: bool, digits: int, tex_file: str | None, whole: bool, folder: str | None) -> int:
        from implicitreg_sym.certificate import write_certificates
        from implicitreg_sym.cli.certificates import usable_folder
        from implicitreg_sym.cli.derivations import write_tex
        from implicitreg_sym.cli.output import print_json
        from implicitreg_sym.cli.run_documents import run_document
        from implicitreg_sym.cli.running import Run

        begin = time.perf_counter()
        result = proof(digits)
        outcome = Run(result.name, time.perf_counter() - begin, result)
        if tex_file is not None:
            write_tex(tex_file, [result], digits, whole)
        if folder is not None:
            certificates = getattr(sys.modules[proof.__module__], "certificates", lambda digits: ())
            write_certificates(usable_folder(folder), result.name, certificates(digits))
        if as_json:
            print_json(run_document(outcome))
        else:
            _print_claims(result)
        return 0 if outcome.established else 1

    return run(script, arguments, Path(sys.argv[0]).name)


def _print_claims(proof: Proof) -> None:
    from rich.markup import escape
    from rich.table import Table

    from implicitreg_sym.cli.documents import open_question
    from implicitreg_sym.cli.output import coloured, print_table, status_markup

    click.echo(f"{proof.theorem}: {proof.title}\n")
    table = Table(box=None, pad_edge=False)
    for heading in ("claim", "status", "evidence"):
        table.add_column(heading)
    for claim in proof.claims:
        kinds = dict.fromkeys(check.kind.value for check in claim.evidence)
        table.add_row(escape(claim.id), status_markup(str(claim.status)), ", ".join(kinds))
    print_table(table)
    tally = ", ".join(f"{count} {status}" for status, count in sorted(proof.tally().items(), reverse=True))
    click.echo(f"\n{coloured(str(proof.status))} ({tally})")
    if not proof.status.established:
        click.echo(open_question(proof.conclusion))
