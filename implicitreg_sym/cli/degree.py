"""implicitreg degree: the local homogeneity degree, and whether it is monotone (T9)."""

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
    "--half-line",
    type=click.Choice(["both", "positive", "negative"]),
    default="both",
    show_default=True,
    help="The side of u = 0.",
)
@json_option
@digits_option
@tex_options
@certificate_option
def degree(
    text: str, half_line: str, as_json: bool, digits: int, tex_file: str | None, whole: bool,
    certificate_file: str | None,
) -> int:  # fmt: skip
    """Prove that the local homogeneity degree E(u) = u σ'(u)/σ(u) is constant, monotone or not (T9)."""
    from implicitreg_sym.activations import activation
    from implicitreg_sym.certificate import degree_certificate
    from implicitreg_sym.cli.certificates import write_certificate_file
    from implicitreg_sym.cli.derivations import result_proof, write_tex
    from implicitreg_sym.cli.documents import degree_document
    from implicitreg_sym.cli.output import print_fields, print_json
    from implicitreg_sym.degree import degree_report
    from implicitreg_sym.errors import InputError

    if certificate_file is not None and half_line == "both":
        raise InputError(
            "a certificate is about one side of u = 0; add --half-line positive or --half-line negative"
        )
    subject = activation(text)
    reports = []
    if half_line != "negative":
        reports.append(degree_report(subject, "positive", digits))
    if half_line != "positive":
        reports.append(degree_report(subject, "negative", digits))
    if tex_file is not None:
        title = "Local homogeneity degree on the {} half-line"
        proofs = [
            result_proof(
                f"degree_{report.half_line}", title.format(report.half_line), "T9", subject, report.claim
            )
            for report in reports
        ]
        write_tex(tex_file, proofs, digits, whole)
    certified = write_certificate_file(certificate_file, lambda: degree_certificate(reports[0]))
    document = degree_document(subject, reports, digits)
    if as_json:
        print_json(document)
    else:
        print_fields(
            [
                ("activation", document["activation"]),
                *(field for side in document["half_lines"] for field in _fields(side)),
            ]
        )
    return 0 if certified and all(report.status.established for report in reports) else 1


def _fields(side: dict[str, Any]) -> list[tuple[str, str | None]]:
    lower, upper = side["domain"]["lower"] or "-oo", side["domain"]["upper"] or "oo"
    verdict = side["verdict"] + (f", {side['value']}" if side["value"] else "")
    return [
        ("domain", f"{lower} < u < {upper}"),
        ("  E", side["E"]),
        ("  E is", verdict),
        ("  extrema", _extrema(side)),
        ("  reason", side["reason"]),
        ("  status", side["status"]),
    ]


def _extrema(side: dict[str, Any]) -> str | None:
    """The extrema, and whether there may be more."""
    if not side["extrema"]:
        return None
    return ", ".join(side["extrema"]) + ("" if side["extrema_complete"] else "; others are not excluded")
