"""implicitreg papers: a PDF for every proof."""

from __future__ import annotations

import click

from implicitreg_sym.cli.options import digits_option


@click.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option(
    "--into",
    "directory",
    metavar="DIR",
    default="papers",
    show_default=True,
    help="The folder of the PDFs, made if missing.",
)
@digits_option
def papers(names: tuple[str, ...], directory: str, digits: int) -> int:
    """Typeset the named proofs (by default all) as NAME.tex and NAME.pdf; needs pdflatex and bibtex."""
    from implicitreg_sym.cli.prove import chosen
    from implicitreg_sym.cli.running import prove_all
    from implicitreg_sym.derivation.papers import PaperError, build_papers

    runs = prove_all(chosen(names), digits)
    failed = [run for run in runs if run.proof is None]
    for run in failed:
        click.echo(f"implicitreg: {run.name}: {run.error}", err=True)
    try:
        written = build_papers([run.proof for run in runs if run.proof is not None], directory, digits)
    except PaperError as error:
        click.echo(f"implicitreg: {error}", err=True)
        return 1
    for path in written:
        click.echo(path)
    return 1 if failed else 0
