"""implicitreg invariant: what is constant along the flow of one sample (T4), or of every dataset (T6)."""

from __future__ import annotations

from typing import Any

import click

from implicitreg_sym.cli.options import (
    WholeNumber,
    activation_argument,
    certificate_option,
    digits_option,
    json_option,
    tex_options,
)


@click.command()
@activation_argument
@click.option(
    "--inputs",
    type=WholeNumber(1, 20),
    default=1,
    show_default=True,
    metavar="D",
    help="The number of inputs.",
)
@click.option("--bias", is_flag=True, help="Train a bias too.")
@click.option(
    "--all-data", is_flag=True, help="Ask for what every dataset leaves constant (T6), not one sample (T4)."
)
@click.option(
    "--rate-w", metavar="RATE", default="1", help="Learning rate of w (and of the bias), by default 1."
)
@click.option("--rate-a", metavar="RATE", default="1", help="Learning rate of a, by default 1.")
@json_option
@digits_option
@tex_options
@certificate_option
def invariant(
    text: str,
    inputs: int,
    bias: bool,
    all_data: bool,
    rate_w: str,
    rate_a: str,
    as_json: bool,
    digits: int,
    tex_file: str | None,
    whole: bool,
    certificate_file: str | None,
) -> int:
    """Derive G = ∫ σ/σ' and the invariants of gradient flow, with proof (T4, T6)."""
    from implicitreg_sym.certificate import invariant_certificate
    from implicitreg_sym.cli.arguments import parse_rate
    from implicitreg_sym.cli.certificates import write_certificate_file
    from implicitreg_sym.cli.derivations import invariant_proof, write_tex
    from implicitreg_sym.cli.documents import invariant_document
    from implicitreg_sym.cli.output import print_fields, print_json

    rates = parse_rate(rate_w), parse_rate(rate_a)
    result, proof = invariant_proof(text, digits, inputs, bias, all_data, rates)
    if tex_file is not None:
        write_tex(tex_file, [proof], digits, whole)
    certified = write_certificate_file(certificate_file, lambda: invariant_certificate(result, digits))
    document = invariant_document(result, digits)
    if as_json:
        print_json(document)
    else:
        print_fields(_fields(document))
    return 0 if result.status.established and certified else 1


def _fields(document: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [
        ("activation", document["activation"]),
        ("σ/σ'", document["g"]),
        ("G", document["G"] + ("" if document["closed_form"] else "  (no closed form known)")),
        *(("invariant", formula) for formula in document["invariants"]),
        ("domain", f"u in {document['domain']}"),
        ("poles", ", ".join(document["poles"]) or None),
        ("reason", document["reason"]),
        ("status", document["status"]),
    ]
