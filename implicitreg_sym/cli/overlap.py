"""implicitreg two-point and one-point: overlapping, which no data-independent J survives (T1 to T3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from implicitreg_sym.cli.options import (
    activation_argument,
    certificate_option,
    digits_option,
    json_option,
    tex_options,
)

if TYPE_CHECKING:
    from implicitreg_sym.overlap.outcome import NoOverlap, OnePoint, TwoPoint


@click.command("two-point")
@activation_argument
@click.option(
    "--recipe",
    type=click.Choice(["auto", "symmetric", "sigmoid", "general", "half-linear"]),
    default="auto",
    show_default=True,
    help="By symmetry (T10), the sigmoid family (T11), the general construction, for activations linear "
    "on one side of zero, or the first that applies.",
)
@json_option
@digits_option
@tex_options
@certificate_option
def two_point(
    text: str, recipe: str, as_json: bool, digits: int, tex_file: str | None, whole: bool,
    certificate_file: str | None,
) -> int:  # fmt: skip
    """Construct and prove a two-point overlapping: two samples, two limits that interpolate both."""
    from implicitreg_sym.activations import activation
    from implicitreg_sym.certificate import two_point_certificate
    from implicitreg_sym.cli.certificates import write_certificate_file
    from implicitreg_sym.cli.documents import two_point_document
    from implicitreg_sym.overlap import two_point as construct

    result = construct(activation(text), digits=digits, recipe=recipe)
    _write_tex(result, digits, tex_file, whole)
    certified = write_certificate_file(certificate_file, lambda: two_point_certificate(result))
    established = result.status.established and certified
    return _report(two_point_document(result), as_json, _two_point_fields, established)


@click.command("one-point")
@activation_argument
@json_option
@digits_option
@tex_options
@certificate_option
def one_point(
    text: str, as_json: bool, digits: int, tex_file: str | None, whole: bool, certificate_file: str | None
) -> int:
    """Construct and prove a one-point overlapping: two samples, one limit, solution sets that cross."""
    from implicitreg_sym.activations import activation
    from implicitreg_sym.certificate import one_point_certificate
    from implicitreg_sym.cli.certificates import write_certificate_file
    from implicitreg_sym.cli.documents import one_point_document
    from implicitreg_sym.overlap import one_point as construct

    result = construct(activation(text), digits=digits)
    _write_tex(result, digits, tex_file, whole)
    certified = write_certificate_file(certificate_file, lambda: one_point_certificate(result))
    established = result.status.established and certified
    return _report(one_point_document(result), as_json, _one_point_fields, established)


def _write_tex(
    result: TwoPoint | OnePoint | NoOverlap, digits: int, tex_file: str | None, whole: bool
) -> None:
    from implicitreg_sym.cli.derivations import result_proof, write_tex
    from implicitreg_sym.overlap.outcome import NoOverlap, TwoPoint

    if tex_file is None:
        return
    if isinstance(result, NoOverlap):
        mechanism, title = result.mechanism, f"No {result.mechanism} overlapping"
    else:
        mechanism = "two-point" if isinstance(result, TwoPoint) else "one-point"
        title = f"{mechanism.capitalize()} overlapping"
    proof = result_proof(
        mechanism, title, "T1" if mechanism == "two-point" else "T3", result.activation, result.claim
    )
    write_tex(tex_file, [proof], digits, whole)


def _report(document: dict[str, Any], as_json: bool, fields: Any, established: bool) -> int:
    from implicitreg_sym.cli.output import print_fields, print_json

    if as_json:
        print_json(document)
    else:
        print_fields(_refusal_fields(document) if "reason" in document else fields(document))
    return 0 if established else 1


SCOPES = {
    "plane": "excluded for all one-sample datasets with scalar inputs and y ≠ 0, from any start",
    "half-lines": "excluded where all w x lie on one side of zero; across zero undecided",
    "intervals": "excluded where all w x lie in one interval next to zero; beyond that undecided",
}


def _refusal_fields(document: dict[str, Any]) -> list[tuple[str, str | None]]:
    found = "no" if document["status"] == "REFUTED" else "undecided: found no"
    robust = " robust" if document["mechanism"] == "one-point" else ""
    return [
        ("activation", document["activation"]),
        ("overlapping", f"{found}{robust} {document['mechanism']} overlapping"),
        ("scope", SCOPES.get(document["scope"])),
        ("reason", document["reason"]),
        ("status", document["status"]),
    ]


def _two_point_fields(document: dict[str, Any]) -> list[tuple[str, str | None]]:
    from implicitreg_sym.cli.output import point_words

    first, second = document["samples"]
    p, q = document["limits"]
    ranges = ", ".join(
        f"{entry['lower']} < {entry['parameter']} < {entry['upper']}" for entry in document["family"]
    )
    return [
        ("activation", document["activation"]),
        ("recipe", document["recipe"]),
        ("start", point_words(document["start"])),
        ("sample 1", point_words(first)),
        ("limit 1", point_words(p)),
        ("sample 2", point_words(second)),
        ("limit 2", point_words(q)),
        ("family", ranges or None),
        ("status", document["status"]),
    ]


def _one_point_fields(document: dict[str, Any]) -> list[tuple[str, str | None]]:
    from implicitreg_sym.cli.output import point_words

    first, second = document["samples"]
    sides = ", ".join(f"{low} < {name} < {high}" for name, (low, high) in document["box"].items())
    return [
        ("activation", document["activation"]),
        ("recipe", document["recipe"]),
        ("start", point_words(document["start"])),
        ("sample 1", point_words(first)),
        ("sample 2", point_words(second)),
        ("limit", point_words(document["limit"])),
        ("box", sides),
        ("status", document["status"]),
    ]
