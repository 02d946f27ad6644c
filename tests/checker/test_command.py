"""From bytes to a verdict, in this process and by the command: exit codes, one line a file, limits."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import flint
import pytest

from implicitreg_checker import __main__ as command
from implicitreg_checker import certificate
from implicitreg_checker.certificate import CHECKS, THEOREMS, check
from implicitreg_checker.errors import RejectedError, UnreadableError

from .examples import FOLDER, NAMES, changed, load, refused, refused_with, text

Capture = pytest.CaptureFixture[str]
VALUE = str(FOLDER / "value.json")


def test_every_kind_has_an_example_and_a_theorem() -> None:
    assert {load(name)["kind"] for name in NAMES} == set(CHECKS) == set(THEOREMS)
    for name in NAMES:
        assert check(text(load(name))) == load(name)["kind"]


def test_only_python_flint_and_the_standard_library_are_imported() -> None:
    code = (
        "import sys; before = set(sys.modules); import implicitreg_checker.__main__\n"
        "names = {name.split('.')[0] for name in set(sys.modules) - before}\n"
        "names -= {*sys.stdlib_module_names, 'flint', 'implicitreg_checker'}\n"
        "print(sorted(name for name in names if 'cython' not in name))"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], capture_output=True, text=True, env=environment()
    )
    assert done.stdout.strip() == "[]", done.stderr + done.stdout


def environment(**more: str) -> dict[str, str]:
    """Without site packages of this test run, but with flint and the checker."""
    folders = [Path(flint.__file__).parents[1], Path(command.__file__).parents[1]]
    return os.environ | {"PYTHONPATH": os.pathsep.join(map(str, folders))} | more


def test_the_envelope_has_exactly_its_fields() -> None:
    refused(UnreadableError, "a certificate is a JSON object", check, b"[]")
    for data in (b"{}", b'{"kind": 1}', b'{"kind": []}', b'{"kind": "x"}'):
        kinds = "value, invariant, degree, limit, two-point, symmetric two-point, one-point"
        refused(UnreadableError, f"kind must be one of {kinds}", check, data)
    for key in ("format", "version", "theorem", "given", "found", "witness", "activation"):
        example = load("limit-direct")
        del example[key]
        refused(UnreadableError, f"the certificate lacks {key!r}", check, text(example))
    refused_with(UnreadableError, "the certificate has the unknown key 'z'", "limit-direct", z=1)
    refused_with(UnreadableError, "format must be one of implicitreg certificate", "value", format="x")
    for version in (0, 2, "1", True):
        message = "version must be an integer from 1 to 1"
        refused_with(UnreadableError, message, "value", version=version)
    for precision in (63, 2_000_001, "64", None, True):
        message = "witness.precision must be an integer from 64 to 2000000"
        refused_with(UnreadableError, message, "value", witness__precision=precision)
    refused_with(UnreadableError, message, "value", witness=None)
    refused_with(UnreadableError, message, "value", witness=[1])


def test_the_least_and_the_greatest_precision_are_read() -> None:
    for precision in (64, 2_000_000):
        wide = {"mid": ["0", 0], "rad": ["1", 20]}
        assert check(
            text(
                changed("value", witness__precision=precision, given__expression="sqrt 2", found__value=wide)
            )
        )


@pytest.mark.parametrize("name", NAMES)
def test_the_theorem_is_that_of_the_kind(name: str) -> None:
    example = load(name)
    step = f"the theorem stated is not that of the kind {example['kind']!r}"
    assert example["theorem"] == THEOREMS[example["kind"]]
    words = example["theorem"]["words"]
    for theorem in (
        None,
        words,
        {},
        example["theorem"] | {"z": 1},
        example["theorem"] | {"words": words + " "},
    ):
        refused_with(RejectedError, step, name, theorem=theorem)


def test_the_precision_of_the_caller_is_kept() -> None:
    before, flint.ctx.prec = flint.ctx.prec, 77
    try:
        check(text(load("limit-direct")))
        assert flint.ctx.prec == 77
        refused_with(RejectedError, "a keeps its sign on the way", "limit-direct", given__start__a="-1")
        assert flint.ctx.prec == 77
    finally:
        flint.ctx.prec = before


def test_the_check_runs_with_the_precision_of_the_witness(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setitem(certificate.CHECKS, "value", lambda _: seen.append(flint.ctx.prec))
    check(text(changed("value", witness__precision=321)))
    assert seen == [321]


# --- the command -------------------------------------------------------------------------------------------


def files(tmp_path: Path, *contents: Any) -> list[str]:
    paths = [tmp_path / f"{index}.json" for index in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content if isinstance(content, bytes) else text(content))
    return [str(path) for path in paths]


def test_one_line_a_file_in_their_order_and_the_worst_exit_code(tmp_path: Path, capsys: Capture) -> None:
    paths = files(
        tmp_path, load("value"), changed("value", given__expression="0"), b"{", load("limit-direct")
    )
    lines = [
        f"{paths[0]}: accepted: value\n",
        f"{paths[1]}: rejected: the ball found.value holds its value\n",
        f"{paths[2]}: unreadable: the file is not JSON: JSONDecodeError\n",
        f"{paths[3]}: accepted: limit\n",
    ]
    assert command.main(paths) == 2
    captured = capsys.readouterr()
    assert captured.out == "".join(lines) and captured.err == ""
    assert command.main([paths[1], paths[0], "--jobs", "1"]) == 1
    assert capsys.readouterr().out == lines[1] + lines[0]
    assert command.main([paths[0]]) == 0
    assert capsys.readouterr().out == lines[0]


def test_a_file_that_is_missing_or_a_folder_is_unreadable(tmp_path: Path, capsys: Capture) -> None:
    assert command.check_here(str(tmp_path / "none")) == 2
    assert command.check_here(str(tmp_path)) == 2
    out = capsys.readouterr().out
    assert re.fullmatch(r"(unreadable: \[Errno \d+\] .*\n){2}", out)


def test_at_most_the_bytes_that_may_be_read_are_read(tmp_path: Path, capsys: Capture) -> None:
    (path,) = files(tmp_path, text(load("value")) + b" " * 9_000_000)
    assert command.check_here(path) == 2
    assert capsys.readouterr().out == "unreadable: the file has 8000001 bytes; at most 8000000 are read\n"


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (UnreadableError("x"), 2, "unreadable: x"),
        (OSError("x"), 2, "unreadable: x"),
        (RejectedError("x"), 1, "rejected: x"),
        (ArithmeticError("x"), 1, "rejected: x"),
        (ValueError("x"), 1, "rejected: x"),
        (MemoryError(), 1, "rejected: MemoryError"),
        (RecursionError("x"), 1, "rejected: x"),
    ],
)
def test_errors_become_verdicts(
    error: Exception, code: int, line: str, monkeypatch: Any, capsys: Capture
) -> None:
    def fail(_: bytes) -> str:
        raise error

    monkeypatch.setattr(command, "check", fail)
    assert command.check_here(VALUE) == code
    assert capsys.readouterr().out == line + "\n"


def test_inside_a_file_is_checked_in_this_process_with_bounded_memory(
    monkeypatch: Any, capsys: Capture
) -> None:
    limits: list[int] = []
    monkeypatch.setattr(command, "limit_memory", limits.append)
    assert command.main(["--inside", "--megabytes", "123", "--", VALUE]) == 0
    assert limits == [123] and capsys.readouterr().out == "accepted: value\n"
    assert command.main(["--inside", VALUE]) == 0 and limits == [123, 2000]


def test_memory_is_limited_to_the_stated_number_of_megabytes(monkeypatch: Any) -> None:
    resource = pytest.importorskip("resource")
    calls: list[Any] = []
    monkeypatch.setattr(resource, "setrlimit", lambda kind, limits: calls.append((kind, limits)))
    command.limit_memory(150)
    assert calls == [(resource.RLIMIT_AS, (150 * 2**20,) * 2), (resource.RLIMIT_CORE, (0, 0))]
    monkeypatch.setitem(sys.modules, "resource", None)
    command.limit_memory(100)
    assert len(calls) == 2


def apart(monkeypatch: Any, result: Any) -> list[Any]:
    """Replace the child process by a result or an error, and record how it was started."""
    calls: list[Any] = []

    def run(*arguments: Any, **options: Any) -> Any:
        calls.append((arguments, options))
        if isinstance(result, Exception):
            raise result
        return subprocess.CompletedProcess(arguments[0], *result)

    monkeypatch.setattr(subprocess, "run", run)
    return calls


def test_the_child_is_started_with_the_limits(monkeypatch: Any) -> None:
    calls = apart(monkeypatch, (0, b"accepted: value\n"))
    assert command.check_apart("-f", 7, 321) == (0, "accepted: value")
    ((arguments,), options) = calls[0]
    assert arguments == [
        sys.executable,
        "-X",
        "utf8",
        "-m",
        "implicitreg_checker",
        "--inside",
        "--megabytes",
        "321",
        "--",
        "-f",
    ]
    assert options["timeout"] == 7 and options["capture_output"] and options["stdin"] == subprocess.DEVNULL
    assert not options.get("check")


def test_the_limits_of_the_command_reach_the_child(monkeypatch: Any, capsys: Capture) -> None:
    calls: list[Any] = []
    monkeypatch.setattr(command, "check_apart", lambda *arguments: (calls.append(arguments), (0, "x"))[1])
    assert command.main(["a", "b"]) == 0 and sorted(calls) == [("a", 300, 2000), ("b", 300, 2000)]
    calls.clear()
    assert command.main(["--seconds", "1", "--megabytes", "100", "--jobs", "1", "a"]) == 0
    assert calls == [("a", 1, 100)] and capsys.readouterr().out == "a: x\nb: x\na: x\n"


@pytest.mark.parametrize(("options", "jobs"), [([], 2), (["--jobs", "1"], 1), (["--jobs", "5"], 5)])
def test_as_many_files_are_checked_side_by_side_as_stated(options: Any, jobs: int, monkeypatch: Any) -> None:
    seen: list[int] = []

    class Pool(ThreadPoolExecutor):
        def __init__(self, workers: int) -> None:
            seen.append(workers)
            super().__init__(workers)

    monkeypatch.setattr(command, "ThreadPoolExecutor", Pool)
    monkeypatch.setattr(command, "check_apart", lambda *_: (0, "x"))
    assert command.main([*options, "a"]) == 0 and seen == [jobs]


@pytest.mark.parametrize(
    ("result", "answer"),
    [
        ((1, b"rejected: x\n"), (1, "rejected: x")),
        ((2, b"unreadable: \xff\n"), (2, "unreadable: \ufffd")),
        ((-9, b"accepted: value\n"), (1, "rejected: not decided within 321 megabytes")),
        ((3, b"accepted: value\n"), (1, "rejected: not decided within 321 megabytes")),
        ((0, b""), (1, "rejected: not decided within 321 megabytes")),
        (subprocess.TimeoutExpired("x", 7), (1, "rejected: not decided within 7 seconds")),
        (ValueError("embedded null byte"), (2, "unreadable: embedded null byte")),
    ],
)
def test_a_child_that_ends_otherwise_has_accepted_nothing(result: Any, answer: Any, monkeypatch: Any) -> None:
    apart(monkeypatch, result)
    assert command.check_apart("f", 7, 321) == answer


@pytest.mark.parametrize(
    "limits", [["--seconds", "0"], ["--megabytes", "99"], ["--jobs", "0"], ["--seconds", "x"], []]
)
def test_limits_that_are_none_are_refused(limits: list[str], capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        command.main([*limits, VALUE] if limits else [])
    captured = capsys.readouterr()
    assert (
        caught.value.code == 2
        and captured.out == ""
        and captured.err.startswith("usage: implicitreg_checker ")
    )
    if limits and limits[1] != "x":
        message = "error: the limits must be at least 1 second, 100 megabytes and 1 job\n"
        assert captured.err.endswith(message)


def test_help_names_the_options_and_the_exit_codes(capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        command.main(["--help"])
    words = " ".join(capsys.readouterr().out.split())
    assert caught.value.code == 0 and "--inside" not in words
    for part in (
        "exit code 0 if every certificate is accepted",
        "--seconds SECONDS time limit for each file (default: 300)",
        "--megabytes MEGABYTES memory limit for each file (default: 2000)",
        "--jobs JOBS files checked side by side (default: 2)",
        "[--jobs JOBS] FILE [FILE ...]",
    ):
        assert part in words


def test_each_name_is_printed_on_one_line_that_any_terminal_can_show(
    tmp_path: Path, monkeypatch: Any, capsys: Capture
) -> None:
    monkeypatch.setattr(command, "check_apart", lambda *_: (0, "σ"))
    assert command.main(["a\nb: accepted: value", "\udcff", "é"]) == 0
    assert capsys.readouterr().out == "'a\\nb: accepted: value': σ\n'\\udcff': σ\né: σ\n"

    class Terminal:
        encoding: str | None = "ascii"

    monkeypatch.setattr(sys, "stdout", Terminal())
    assert command.printable("é σ") == "\\xe9 \\u03c3"
    Terminal.encoding = None
    assert command.printable("é σ") == "é σ"


def test_the_command_runs_as_a_module(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/\xff.json"
    Path(os.fsdecode(name)).write_bytes(text(changed("limit-direct", given__start__a="-1")))
    arguments = [sys.executable, "-m", "implicitreg_checker", VALUE.encode(), name]
    done = subprocess.run(arguments, capture_output=True, env=environment(PYTHONIOENCODING="ascii"))
    assert done.returncode == 1 and done.stderr == b""
    first, second = done.stdout.decode("ascii").splitlines()
    assert first == f"{VALUE}: accepted: value"
    assert second.endswith("/\\udcff.json': rejected: a keeps its sign on the way")


def test_theorems_are_the_words_of_the_installed_file() -> None:
    path = Path(certificate.__file__).with_name("theorems.json")
    assert json.loads(path.read_text("utf-8")) == THEOREMS
