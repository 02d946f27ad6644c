"""implicitreg activations: the catalogue."""

from __future__ import annotations

import click

from implicitreg_sym.cli.options import digits_option, json_option


@click.command()
@json_option
@digits_option
def activations(as_json: bool, digits: int) -> int:
    """List the activations that are known by name; any formula in u can be given instead of a name."""
    del digits  # the catalogue is exact
    from rich.table import Table

    from implicitreg_sym.activations import CATALOGUE, catalogue_activations
    from implicitreg_sym.cli.documents import activation_document
    from implicitreg_sym.cli.output import print_json, print_table
    from implicitreg_sym.formula import formula_text

    entries = []
    for entry, shown in zip(CATALOGUE.values(), catalogue_activations(), strict=True):
        parameter = entry.parameter
        about = None
        if parameter is not None:
            default = None if parameter.default is None else formula_text(parameter.default)
            about = {"name": parameter.name, "default": default, "condition": parameter.condition}
        entries.append({**activation_document(shown), "parameter": about})
    if as_json:
        print_json({"activations": entries})
        return 0
    table = Table(box=None, pad_edge=False)
    for heading in ("name", "formula", "parity", "degree", "parameter"):
        table.add_column(heading, overflow="fold")
    for document in entries:
        about = document["parameter"]
        words = "" if about is None else f"{about['name']}: {about['condition']}"
        table.add_row(
            document["name"], document["formula"], document["parity"], document["homogeneity"], words
        )
    print_table(table)
    return 0
