"""implicitreg tex: the derivation of a proof, or of an activation's invariant, as LaTeX."""

from __future__ import annotations

import click

from implicitreg_sym.cli.options import digits_option, document_option, json_option


@click.command()
@click.argument("name", metavar="NAME")
@click.option(
    "--tex",
    "tex_file",
    metavar="FILE",
    help="Write to FILE, whole or not at all, instead of standard output.",
)
@document_option
@json_option
@digits_option
def tex(name: str, tex_file: str | None, whole: bool, as_json: bool, digits: int) -> int:
    """Print the LaTeX of a proof (`implicitreg prove --list`), or of the invariants of an activation."""
    from implicitreg_sym.cli.derivations import latex, write_tex
    from implicitreg_sym.cli.output import print_json
    from implicitreg_sym.cli.subject import named_proof

    proof = named_proof(name, digits)
    if tex_file is not None:
        write_tex(tex_file, [proof], digits, whole)
    if as_json:
        source = latex([proof], digits, whole)
        print_json(
            {
                "name": proof.name,
                "title": proof.title,
                "theorem": proof.theorem,
                "status": str(proof.status),
                "latex": source,
            }
        )
    elif tex_file is None:
        click.echo(latex([proof], digits, whole), nl=False)
    return 0 if proof.status.established else 1
