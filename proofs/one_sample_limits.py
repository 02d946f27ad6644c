"""Limits of the flows of one sample, without time stepping (T7)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from implicitreg_sym.activations import activation
from implicitreg_sym.certificate import closed_form_certificates, limit_certificate
from implicitreg_sym.claims import Proof, conjunction, relabelled
from implicitreg_sym.derivation.notation import NETWORK, ORBIT
from implicitreg_sym.flow import Network, Point, Sample
from implicitreg_sym.formula import parse_number
from implicitreg_sym.limits import limit, limit_theorem
from implicitreg_sym.limits.absence import no_limit_claim
from implicitreg_sym.limits.family_claims import closed_form_claims
from implicitreg_sym.limits.one_sample import Limit
from implicitreg_sym.proofscript import main

# name: activation, w and a of the start, x and y of the sample
WORKED = {
    "sigmoid": ("sigmoid", "0.3", "0.7", "2", "1.5"),
    "linear": ("identity", "1", "2", "1", "3"),
    "exp": ("exp", "0", "1", "1", "2"),
    "tanh": ("tanh", "log(5)", "0.8", "1", "2"),
    "erf": ("erf", "-0.5", "1", "1", "2"),
    "gelu": ("gelu", "1", "1", "1", "2"),
    "cube": ("power(3)", "1", "1", "1", "3"),
}
EXCLUDED = {
    "saddle": ("identity", "1", "1", "1", "-1"),
    "dead_unit": ("relu", "1", "2", "1", "-1"),
}


def proof(digits: int = 30) -> Proof:
    """Prove T7 for undefined σ, its closed forms in symbols, and limits and refusals for given numbers."""
    conclusion = conjunction(
        "T7.limits",
        r"The flow of one sample converges to the first point of its orbit at which $f=y$, if the "
        r"arc up to there is "
        r"compact and carries no critical point; for exponential, linear and hyperbolic tangent "
        r"activations that "
        r"point has a closed form. The limits below are enclosed to the stated digits, and a flow "
        r"that runs into a "
        r"saddle and one whose unit dies have no interpolating limit",
        [
            limit_theorem(digits).proved_as,
            *closed_form_claims(digits),
            *(
                relabelled(_flow(digits, *data).claim, "limit", f"worked.{name}")
                for name, data in WORKED.items()
            ),
            relabelled(_vector_with_bias(digits).claim, "limit", "worked.vector"),
            *(no_limit_claim(f"excluded.{name}", _flow(digits, *data)) for name, data in EXCLUDED.items()),
        ],
    )
    return Proof(
        "one_sample_limits",
        "Limits of the flows of one sample",
        "T7",
        rf"{NETWORK} {ORBIT} For one sample put $r=f-y$ and $N=\lVert x\rVert^2$.",
        conclusion,
        ("corless1996lambertw", "moore2009introduction"),
    )


def certificates(digits: int = 30) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield those of the worked limits, and of their coordinates in closed form."""
    worked = {name: _flow(digits, *data) for name, data in WORKED.items()}
    for name, found in {**worked, "vector": _vector_with_bias(digits)}.items():
        yield name, limit_certificate(found)
        for certificate in closed_form_certificates(found):
            yield name, certificate


@cache
def _flow(digits: int, name: str, w: str, a: str, x: str, y: str) -> Limit:
    start = Point((parse_number(w),), parse_number(a))
    return limit(Network(activation(name)), start, Sample((parse_number(x),), parse_number(y)), digits)


@cache
def _vector_with_bias(digits: int) -> Limit:
    """Two inputs and a trained bias: the same planar flow, with N = ‖x‖² + 1."""
    one_fifth, tenth = parse_number("1/5"), parse_number("-1/10")
    start = Point((one_fifth, tenth), parse_number("4/5"), one_fifth)
    sample = Sample((parse_number("1"), parse_number("2")), parse_number("9/10"))
    return limit(Network(activation("sigmoid"), 2, True), start, sample, digits)


if __name__ == "__main__":
    raise SystemExit(main(proof))
