"""implicitreg limit: where the flow of one sample ends (T7)."""

from __future__ import annotations

from typing import Any

import click

from implicitreg_sym.cli.options import (
    activation_argument,
    certificate_option,
    digits_option,
    json_option,
    tex_options,
)


@click.command()
@activation_argument
@click.option(
    "--sample",
    "samples",
    metavar="X:Y",
    multiple=True,
    required=True,
    help="Inputs and target, such as 2:1.5 or 1,2:0.9.",
)
@click.option(
    "--start",
    metavar="W;A",
    required=True,
    help='Where the flow starts, such as "0.2,-0.1;0.8"; with --bias W;B;A.',
)
@click.option("--bias", is_flag=True, help="Train a bias too.")
@click.option(
    "--rate-w", metavar="RATE", default="1", help="Learning rate of w (and of the bias), by default 1."
)
@click.option("--rate-a", metavar="RATE", default="1", help="Learning rate of a, by default 1.")
@json_option
@digits_option
@tex_options
@certificate_option
def limit(
    text: str, samples: tuple[str, ...], start: str, bias: bool, rate_w: str, rate_a: str,
    as_json: bool, digits: int, tex_file: str | None, whole: bool, certificate_file: str | None,
) -> int:  # fmt: skip
    """Enclose the limit of the gradient flow of one sample, without time stepping (T7)."""
    from implicitreg_sym.activations import activation
    from implicitreg_sym.certificate import limit_certificate
    from implicitreg_sym.cli.arguments import parse_rate, parse_sample, parse_start
    from implicitreg_sym.cli.certificates import write_certificate_file
    from implicitreg_sym.cli.derivations import result_proof, write_tex
    from implicitreg_sym.cli.documents import limit_document
    from implicitreg_sym.cli.output import print_fields, print_json
    from implicitreg_sym.errors import InputError
    from implicitreg_sym.flow import Network
    from implicitreg_sym.limits import limit as flow_limit

    if len(samples) > 1:
        raise InputError(f"{len(samples)} samples are given, but T7 is about one; give --sample once")
    sample = parse_sample(samples[0])
    network = Network(activation(text), len(sample.x), bias, parse_rate(rate_w), parse_rate(rate_a))
    result = flow_limit(network, parse_start(start, bias), sample, digits)
    if tex_file is not None:
        proof = result_proof("limit", "Limit of a one-sample flow", "T7", network.activation, result.claim)
        write_tex(tex_file, [proof], digits, whole)
    certified = write_certificate_file(certificate_file, lambda: limit_certificate(result))
    document = limit_document(result)
    if as_json:
        print_json(document)
    else:
        print_fields(_fields(document))
    return 0 if result.exists and certified else 1


def _fields(document: dict[str, Any]) -> list[tuple[str, str | None]]:
    from implicitreg_sym.cli.output import point_words

    found = document["limit"]
    return [
        ("activation", document["activation"]),
        ("start", point_words(document["start"])),
        ("sample", point_words(document["samples"][0])),
        ("limit", point_words(found) if found else "none"),
        ("error", f"at most {document['radius']}" if found else None),
        ("closed form", document["closed_form"]),
        ("reason", document.get("reason")),
        ("status", document["status"]),
    ]
