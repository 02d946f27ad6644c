"""Whatever the bytes are, the checker ends with one of its exit codes, in time and in bounded memory."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from implicitreg_checker.certificate import CHECKS, THEOREMS, check
from implicitreg_checker.errors import RejectedError, UnreadableError

from .examples import NAMES, ball, changed, load, text

SECONDS, MEGABYTES = 3, 500


def ends(data: bytes) -> None:
    """Assert that the bytes are accepted, rejected or unreadable: no other exception leaves the check."""
    with contextlib.suppress(UnreadableError, RejectedError, ArithmeticError, ValueError):
        assert check(data) in CHECKS


# --- shapes of data ----------------------------------------------------------------------------------------

ATOMS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["u", "exp u", "1", "-1/2", "0", "pi", "^2 u", "* u u", "log -1", "output", "\ud800"])
)
JSON = st.recursive(
    ATOMS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
)
TOKENS = [
    "u",
    "u",
    "u",
    "pi",
    "1",
    "-1/2",
    "7",
    "+",
    "-",
    "*",
    "/",
    "exp",
    "neg",
    "log",
    "sqrt",
    "tanh",
    "atan",
    "sin",
    "erf",
    "asinh",
    "^2",
    "^-1",
    "^1/2",
    "^-3/2",
    "^5",
    "logabs",
    "li2",
    "lambertw",
    "2f2",
    "cosh",
    "tan",
    "erfc",
]


@st.composite
def formulas(draw: Callable[[Any], Any]) -> str:
    """Polish expressions, most of them complete."""
    tokens, missing = [], 1
    while missing and len(tokens) < 24:
        leaf = len(tokens) > 10 or draw(st.booleans())
        token = draw(st.sampled_from(TOKENS[:7] if leaf else TOKENS[7:]))
        tokens.append(token)
        missing += 1 if token in "+-*/" else -1 if leaf else 0
    return " ".join(tokens + ["u"] * (missing if draw(st.integers(0, 9)) else missing + 1))


RATIONALS = st.fractions(max_denominator=10**6).map(str) | st.sampled_from(["1/0", "2/4", "9" * 1000, "0"])
BALLS = st.builds(
    lambda m, e, r, f: {"mid": [str(m), e], "rad": [str(r), f]},
    st.integers(),
    st.integers(-200, 20),
    st.integers(0, 10**12),
    st.integers(-200, 20),
)


@st.composite
def near_certificates(draw: Callable[[Any], Any]) -> Any:
    """Examples in which some entries are replaced by data of a likely or an unlikely shape."""
    example = load(draw(st.sampled_from(NAMES)))
    example["witness"]["precision"] = 64
    for _ in range(draw(st.integers(1, 4))):
        target: Any = example
        while True:
            keys = list(target) if isinstance(target, dict) else list(range(len(target)))
            if target is example:
                keys = [key for key in keys if key not in ("format", "version", "theorem", "kind")]
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(target[key], dict | list) and draw(st.integers(0, 4)):
                target = target[key]
                continue
            target[key] = draw(BALLS | RATIONALS | formulas() | JSON)
            if key == "precision":
                target[key] = draw(st.sampled_from([64, 65, 200, 0, True]))
            break
    return example


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    ends(data)


@given(JSON)
def test_any_json(value: Any) -> None:
    ends(json.dumps(value).encode())


@given(st.sampled_from(sorted(CHECKS)), JSON, JSON, JSON, JSON)
def test_any_content_in_the_envelope(
    kind: str, given: Any, found: Any, witness: Any, activation: Any
) -> None:
    witness = witness | {"precision": 64} if isinstance(witness, dict) else witness
    certificate = {
        "format": "implicitreg certificate",
        "version": 1,
        "kind": kind,
        "theorem": THEOREMS[kind],
        "given": given,
        "found": found,
        "witness": witness,
    } | ({} if kind == "value" else {"activation": activation})
    ends(text(certificate))


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(near_certificates())
def test_examples_with_other_entries(certificate: Any) -> None:
    ends(text(certificate))


@given(st.sampled_from(NAMES), st.data())
def test_examples_with_other_bytes(name: str, data: Any) -> None:
    original = bytearray(text(load(name)))
    for _ in range(data.draw(st.integers(1, 3))):
        original[data.draw(st.integers(0, len(original) - 1))] = data.draw(st.integers(0, 255))
    ends(bytes(original))
    ends(bytes(original[: data.draw(st.integers(0, len(original)))]))


# --- the command under attack ------------------------------------------------------------------------------


def run(*files: str | Path, seconds: int = SECONDS) -> list[str]:
    """The verdicts of the command: one line a file, nothing else, a matching exit code, within the limits."""
    command = [
        sys.executable,
        "-m",
        "implicitreg_checker",
        "--seconds",
        str(seconds),
        "--megabytes",
        str(MEGABYTES),
    ]
    start = time.monotonic()
    done = subprocess.run([*command, *map(str, files)], capture_output=True, text=True)
    assert time.monotonic() - start < (seconds + 20) * (len(files) + 1) / 2
    lines = done.stdout.splitlines()
    assert done.stderr == "" and len(lines) == len(files)
    verdicts = []
    for file, line in zip(files, lines, strict=True):
        assert line.startswith(f"{file}: ")
        verdicts.append(line.removeprefix(f"{file}: "))
    codes = [["accepted", "rejected", "unreadable"].index(verdict.split(":")[0]) for verdict in verdicts]
    assert done.returncode == max(codes)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < (MEGABYTES + 100) * 1024
    return verdicts


def written(folder: Path, files: dict[str, bytes]) -> list[Path]:
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in files]


def value_of(expression: str, precision: int = 128, **more: Any) -> bytes:
    return text(changed("value", given__expression=expression, witness__precision=precision, **more))


def test_files_that_are_no_json_and_files_that_are_no_files(tmp_path: Path) -> None:
    files = written(
        tmp_path,
        {
            "empty": b"",
            "deep": b"[" * 4_000_000,
            "deeper": b'{"a":' * 1_500_000,
            "flat": b"[" + b"[]," * 2_600_000 + b"[]]",
            "keys": b"{" + b",".join(b'"%x":{}' % k for k in range(600_000)) + b"}",
            "long": b'"' + b"x" * 10_000_000 + b'"',
            "digits": b"9" * 7_000_000,
            "minus": b"-" * 7_000_000,
            "nan": b'{"kind": NaN}',
            "infinite": b"[Infinity]",
            "float": b"1" + b"0" * 1_000_000 + b".5e999999999",
            "surrogate": b'{"kind": "\\ud800"}',
            "bom": b"\xef\xbb\xbf{}",
            "utf-16": text(load("value")).decode().encode("utf-16"),
            "nul": b"\0" * 1000,
            "escapes": b'"' + b"\\u0041" * 1_300_000 + b'"',
            "bad-key": text(load("value")).replace(b'"given"', b'"\\ud800given"'),
            "twice": b'{"kind": 1, "kind": 1}',
            "bad-name": text(load("value")).replace(b'"expression"', b'"\\n\\u202e"'),
        },
    )
    verdicts = run(
        *files, tmp_path, tmp_path / "missing", "/dev/zero" if os.path.exists("/dev/zero") else tmp_path
    )
    for file, verdict in zip(files, verdicts, strict=False):
        slow = file.name in ("flat", "keys") and verdict.startswith("rejected: not decided within ")
        assert verdict.startswith("unreadable: ") or slow, (file, verdict)
    assert all(verdict.startswith("unreadable: ") for verdict in verdicts[len(files) :])


def with_formula(name: str, formula: str, precision: int = 128) -> bytes:
    return text(changed(name, activation=[{"below": None, "formula": formula}], witness__precision=precision))


HUGE = {"mid": ["9" * 400_000, 4_000_000], "rad": ["0", 0]}
SLOW = {
    # numbers
    "tower": value_of("exp " * 3000 + "2"),
    "powers": value_of("^1000 " * 3000 + "2"),
    "sine-of-a-tower": value_of("sin " + "exp " * 20 + "100"),
    "powers-of-pi": value_of("^999/1000 " * 3999 + "pi", 2_000_000),
    "erf": value_of("erf 10000", 2_000_000),
    "erf-sums": value_of("+ erf 1/3 " * 900 + "1", 2_000_000),
    "2f2": value_of("2f2 " + "9" * 9, 2_000_000),
    "2f2-huge": value_of("2f2 " + "9" * 900, 2_000_000),
    "li2": value_of("li2 -" + "9" * 900, 2_000_000),
    "lambertw": value_of("lambertw lambertw exp exp 100", 2_000_000),
    "long-rationals": value_of("+ " + "+ ".join(f"{10**998 + k} " for k in range(7)) + "1", 2_000_000),
    "huge-ball": value_of("1", found__value=HUGE),
    "huge-exponents": value_of(
        "1", found__value={"mid": ["1", -4_000_000], "rad": ["9" * 300_000, 4_000_000]}
    ),
    # flows
    "precise-limit": text(changed("limit-direct", witness__precision=2_000_000)),
    "precise-pieces": text(changed("limit-pieces", witness__precision=2_000_000)),
    "precise-one-point": text(changed("one-point", witness__precision=2_000_000)),
    "wide-start": text(changed("limit-direct", given__start__a="9" * 900)),
    "far-start": text(changed("limit-direct", given__start__w=["-" + "9" * 900])),
    "huge-box": text(changed("limit-direct", witness__u=HUGE)),
    "rough": with_formula("limit-direct", "+ u / sin * 99999999999999999 u 1000"),
    "wild-quadrature": with_formula("invariant-quadrature", "exp exp sin ^1000 * 999 u"),
    "narrow-slope": text(
        changed(
            "invariant-quadrature",
            witness__precision=4000,
            activation=[
                {
                    "below": None,
                    "formula": "+ ^3 - u " + "1" + "0" * 300 + "/" + "9" * 300 + "7 / u " + "9" * 900,
                }
            ],
        )
    ),
    "many-segments": text(
        changed(
            "invariant-quadrature",
            witness__precision=20_000,
            found__segments=[
                {"from": "1/2", "to": f"{k}/7919", "rise": ball(0, 10**6)} for k in range(4000, 7900)
            ],
        )
    ),
    "weights": text(
        changed(
            "limit-vector",
            witness__precision=1_000_000,
            given__start__w=["exp sin 1/3"] * 1000,
            given__sample__x=["erf 1/3"] * 1000,
            found__w=[ball(0, 9)] * 1000,
        )
    ),
    "cells": text(
        changed(
            "one-point", witness__precision=10_000, witness__cells=load("one-point")["witness"]["cells"] * 100
        )
    ),
    "pieces": text(
        changed(
            "limit-pieces",
            witness__potential=None,
            witness__precision=100_000,
            activation=[{"below": str(k - 9), "formula": "u"} for k in range(19)]
            + [{"below": None, "formula": "u"}],
        )
    ),
    # exact algebra
    "expansion": text(changed("invariant", given__potential=["^1000 + + + u exp u sin u log + 2 cos u"])),
    "repeated-powers": text(changed("invariant", given__potential=["^1000 ^1000 ^1000 + u exp u"])),
    "many-generators": text(
        changed("invariant", given__potential=["* " * 900 + " ".join(f"exp exp * {k} u" for k in range(901))])
    ),
    "nested": text(changed("invariant", given__potential=["sqrt + 1 exp " * 900 + "u"])),
    "nested-sigma": with_formula("invariant", "tanh sqrt + 1 atan exp " * 300 + "u"),
    "crossing": text(
        changed("two-point-exact", given__w_p="log " + "9" * 999, given__w_q="log " + "7" * 999)
    ),
    "degree-of-a-tower": with_formula("degree-decreasing", "exp " * 500 + "u"),
    "degree-of-a-power": with_formula("degree-decreasing", "^1000 ^1000 tanh u"),
    "degree-far": text(changed("degree-decreasing", witness__far="9" * 900)),
    "degree-near": text(changed("degree-decreasing", witness__near="1/" + "9" * 900)),
    "degree-precise": text(changed("degree-decreasing", witness__precision=2_000_000)),
    "degree-sums": with_formula("degree-decreasing", "+ log + 1 exp u " * 300 + "u"),
}


@pytest.mark.slow
@pytest.mark.parametrize("half", range(4))
def test_certificates_made_to_take_long_end_within_the_limits(half: int, tmp_path: Path) -> None:
    files = written(tmp_path, dict(list(SLOW.items())[half::4]))
    for file, verdict in zip(files, run(*files), strict=True):
        if not file.name.startswith("huge-e"):
            assert not verdict.startswith("accepted") or "precise" in file.name or file.name == "pieces", file


def test_a_certificate_that_never_ends_is_ended(tmp_path: Path) -> None:
    (file,) = written(tmp_path, {"precise": SLOW["precise-one-point"]})
    (verdict,) = run(file, seconds=1)
    assert verdict in (
        "rejected: not decided within 1 seconds",
        f"rejected: not decided within {MEGABYTES} megabytes",
    )


def test_a_pipe_that_nobody_fills_is_ended(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert run(tmp_path / "pipe", seconds=1) == ["rejected: not decided within 1 seconds"]
