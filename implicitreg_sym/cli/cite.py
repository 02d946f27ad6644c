"""implicitreg cite: the works behind a proof or an activation, as BibTeX."""

from __future__ import annotations

import click

from implicitreg_sym.cli.options import digits_option, json_option


@click.command()
@click.argument("name", metavar="NAME")
@json_option
@digits_option
def cite(name: str, as_json: bool, digits: int) -> int:
    """Print the BibTeX entries of the works behind a proof or behind the invariants of an activation."""
    from implicitreg_sym.cli.output import print_json
    from implicitreg_sym.cli.subject import named_proof
    from implicitreg_sym.derivation import bibliography, cited_keys

    proof = named_proof(name, digits)
    keys = sorted(set(cited_keys(proof)))
    entries = bibliography(keys)
    if as_json:
        print_json({"name": proof.name, "keys": keys, "bibtex": entries})
    else:
        click.echo(entries)
    return 0
