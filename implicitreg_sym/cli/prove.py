"""implicitreg prove: all proofs, or the named ones, with a table of their claims."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import click

from implicitreg_sym.cli.options import WholeNumber, digits_option, json_option, tex_options

if TYPE_CHECKING:
    from implicitreg_sym.cli.running import Run


@click.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--list", "only_list", is_flag=True, help="List the names of the proofs and end.")
@click.option(
    "--jobs",
    type=WholeNumber(1, 1024),
    metavar="N",
    help="How many processes; by default one for each core.",
)
@click.option(
    "--certificates",
    "folder",
    metavar="DIR",
    help="Write a certificate of every result into DIR, and run the independent checker on all of them.",
)
@json_option
@digits_option
@tex_options
def prove(
    names: tuple[str, ...],
    only_list: bool,
    jobs: int | None,
    folder: str | None,
    as_json: bool,
    digits: int,
    tex_file: str | None,
    whole: bool,
) -> int:
    """Carry out the named proofs (by default all) in parallel; 0 if every claim is PROVED or ENCLOSED.

    With --certificates, 0 only if every certificate is accepted too.
    """
    from implicitreg_sym.cli.certificates import usable_folder
    from implicitreg_sym.cli.derivations import write_tex
    from implicitreg_sym.cli.output import print_json
    from implicitreg_sym.cli.run_documents import runs_document

    wanted = chosen(names)
    if only_list:
        if as_json:
            print_json({"proofs": wanted})
        else:
            click.echo("\n".join(wanted))
        return 0
    if folder is not None:
        usable_folder(folder)
    begin = time.perf_counter()
    runs = _with_progress(wanted, digits, jobs, folder)
    seconds = time.perf_counter() - begin
    proofs = [run.proof for run in runs if run.proof is not None]
    if tex_file is not None and proofs:
        write_tex(tex_file, proofs, digits, whole)
    if as_json:
        print_json(runs_document(runs, seconds))
    else:
        _print_summary(runs, seconds, folder is not None)
    return 0 if runs and all(run.established for run in runs) else 1


def chosen(names: Sequence[str]) -> list[str]:
    """The proofs of these names, each once; all if there are none. Raises `InputError` on an unknown one."""
    from implicitreg_sym.registry import known_proof, proof_names

    return list(dict.fromkeys(map(known_proof, names))) if names else list(proof_names())


def _with_progress(names: Sequence[str], digits: int, jobs: int | None, folder: str | None) -> list[Run]:
    """Run the proofs and the checker; on a terminal with a bar on standard error, in a pipe without."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from implicitreg_sym.cli.running import carry_out, checked, prove_all

    columns = (
        TextColumn("{task.fields[what]}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=len(names), what="proofs")

        def report(run: Run) -> None:
            progress.update(task, advance=1, description=run.name)

        runs = prove_all(names, digits, jobs, report, partial(carry_out, folder=folder))
        if folder is None:
            return runs
        total = sum(len(run.certificates) for run in runs)
        task = progress.add_task("", total=total, what="certificates")
        return checked(runs, jobs, lambda file: progress.update(task, advance=1, description=file.stem))


def _print_summary(runs: Sequence[Run], seconds: float, certified: bool = False) -> None:
    from rich.markup import escape
    from rich.table import Table

    from implicitreg_sym.cli.output import print_table, status_markup
    from implicitreg_sym.status import Status

    shown = [
        status
        for status in reversed(Status)
        if status.established or any(_count(run, status) for run in runs)
    ]
    table = Table(box=None, pad_edge=False)
    for heading in ("theorem", "proof", "status"):
        table.add_column(heading)
    for status in shown:
        table.add_column(status.name.lower(), justify="right")
    if certified:
        table.add_column("certificates", justify="right")
    table.add_column("seconds", justify="right")
    for run in runs:
        counts = [str(_count(run, status) or "") for status in shown]
        theorem = run.proof.theorem if run.proof else ""
        accepted = [_accepted([run])] if certified else []
        table.add_row(
            theorem,
            escape(run.name),
            status_markup(run.status.name),
            *counts,
            *accepted,
            f"{run.seconds:.1f}",
        )
    table.add_section()
    table.add_row(
        "",
        f"{len(runs)} proofs",
        "",
        *(str(sum(_count(run, status) for run in runs)) for status in shown),
        *([_accepted(runs)] if certified else []),
        f"{seconds:.1f}",
    )
    print_table(table)
    for run in runs:
        for line in _open_points(run):
            click.echo(f"{run.name}: {line}")


def _accepted(runs: Sequence[Run]) -> str:
    """Accepted certificates of how many; nothing where there are none."""
    total = sum(len(run.certificates) for run in runs)
    return f"{sum(run.accepted for run in runs)}/{total}" if total else ""


def _count(run: Run, status: object) -> int:
    return 0 if run.proof is None else sum(claim.status is status for claim in run.proof.claims)


def _open_points(run: Run) -> list[str]:
    """What is not established in a proof, and which certificates are not accepted, and why."""
    from implicitreg_sym.cli.checking import ACCEPTED
    from implicitreg_sym.cli.documents import open_question

    if run.proof is None:
        return [run.error]
    own = [claim for claim in run.proof.claims if not claim.own_status.established]
    rejected = [
        f"{file}: {verdict}"
        for file, verdict in zip(run.certificates, run.verdicts, strict=False)
        if not verdict.startswith(ACCEPTED)
    ]
    return [*(f"{claim.own_status}: {open_question(claim)}" for claim in own), *rejected]
