"""The options --certificate and --certificates, and `implicitreg check`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from implicitreg_sym.cli.checking import check_all, refusing_environment
from implicitreg_sym.cli.running import Run, carry_out, checked

Implicitreg = Callable[..., Any]
CHECK = [sys.executable, "-m", "implicitreg_sym", "check"]
COMMANDS = {
    "two-point": ("two-point", "sigmoid"),
    "symmetric two-point": ("two-point", "tanh"),
    "one-point": ("one-point", "sigmoid"),
    "limit": ("limit", "sigmoid", "--sample", "2:1.5", "--start", "0.3;0.7"),
    "invariant": ("invariant", "tanh"),
    "degree": ("degree", "silu", "--half-line", "positive"),
}


def check(*files: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*CHECK, *map(str, files)], capture_output=True, text=True, check=False)


def test_every_command_writes_a_certificate_that_is_accepted(
    implicitreg: Implicitreg, tmp_path: Path
) -> None:
    """Exit code and output are those without the option."""
    files = []
    for kind, arguments in COMMANDS.items():
        file = tmp_path / f"{kind}.json"
        answer = implicitreg(*arguments, "--certificate", str(file))
        assert (answer.code, answer.err) == (0, "") and "status" in answer.out
        assert json.loads(file.read_text(encoding="utf-8"))["kind"] == kind
        files.append(file)
    verdict = check(*files)
    assert verdict.returncode == 0 and verdict.stdout.count("accepted") == len(files)


def test_check_tells_rejected_from_unreadable(implicitreg: Implicitreg, tmp_path: Path) -> None:
    """1 for a certificate that proves nothing, 2 for a file that is none."""
    file, wrong, torn = (tmp_path / name for name in ("right.json", "wrong.json", "torn.json"))
    implicitreg(*COMMANDS["limit"], "--certificate", str(file))
    text = file.read_text(encoding="utf-8")
    wrong.write_text(text.replace('"7/10"', '"8/10"').replace('"8/10"', '"4/5"'), encoding="utf-8")
    torn.write_text(text[:-20], encoding="utf-8")
    assert check(file, wrong).returncode == 1 and check(torn, wrong).returncode == 2


def test_check_passes_limits_on(tmp_path: Path) -> None:
    """A file whose name begins with a minus sign is a file."""
    answer = subprocess.run(
        [*CHECK, "--seconds", "5", "--megabytes", "500", "--jobs", "1", "--", "-x.json"],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert answer.returncode == 2 and answer.stdout.startswith("-x.json: unreadable")


def test_check_does_not_import_sympy() -> None:
    """The command ends as fast as the checker does."""
    program = (
        "import sys; from implicitreg_sym.cli.main import main; "
        "main(['check', 'x']); print('sympy' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.splitlines()[-1] == "False"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("two-point", "exp"), "none was found"),
        (("limit", "sigmoid", "--sample", "0:3", "--start", "1;2"), "u does not move"),
        (("invariant", "relu", "--all-data"), "one sample"),
        (("degree", "relu", "--half-line", "negative"), "vanishes identically"),
    ],
    ids=str,
)
def test_where_there_is_no_certificate_one_sentence_says_why(
    implicitreg: Implicitreg, tmp_path: Path, arguments: tuple[str, ...], reason: str
) -> None:
    """The result is printed all the same, the code is 1, and there is no file."""
    file = tmp_path / "none.json"
    answer = implicitreg(*arguments, "--certificate", str(file))
    assert answer.code == 1 and answer.out == implicitreg(*arguments).out
    assert answer.err.startswith("implicitreg: no certificate is written: ") and reason in answer.err
    assert answer.err.count("\n") == 1 and not file.exists()


def test_a_certificate_of_a_degree_is_about_one_side(implicitreg: Implicitreg, tmp_path: Path) -> None:
    """Both sides cannot go into one file."""
    answer = implicitreg("degree", "tanh", "--certificate", str(tmp_path / "both.json"))
    assert answer.code == 2 and "--half-line" in answer.err and not list(tmp_path.iterdir())


def test_a_file_that_cannot_be_written_is_bad_input(implicitreg: Implicitreg, tmp_path: Path) -> None:
    """Nothing is printed, and nothing is left behind."""
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "file" / "c.json", tmp_path):
        answer = implicitreg("invariant", "exp", "--certificate", str(path))
        assert answer.code == 2 and answer.out == "" and "cannot be written" in answer.err
    answer = implicitreg("prove", "overlapping_theorems", "--certificates", str(tmp_path / "file"))
    assert answer.code == 2 and "cannot be written" in answer.err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_prove_writes_checks_and_counts(implicitreg: Implicitreg, tmp_path: Path) -> None:
    """Leftovers of an earlier run are removed; proofs without certificates have an empty cell."""
    (tmp_path / "sigmoid_two_point-07-degree-left.json").write_text("{}")
    names = ("sigmoid_two_point", "overlapping_theorems")
    answer = implicitreg("prove", *names, "--certificates", str(tmp_path))
    assert answer.code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["sigmoid_two_point-01-two-point-sigmoid.json"]
    lines = {line.split()[1]: line.split() for line in answer.out.splitlines() if "  " in line}
    assert "1/1" in lines["sigmoid_two_point"] and "1/1" not in lines.get("overlapping_theorems", [])
    document = implicitreg("prove", names[0], "--certificates", str(tmp_path), "--json").json
    (entry,) = document["proofs"][0]["certificates"]
    assert entry["verdict"] == "accepted: two-point" and Path(entry["file"]).exists()


def test_a_rejected_certificate_fails_the_run(tmp_path: Path) -> None:
    """The claims stay established, the run does not."""
    run = carry_out("sigmoid_two_point", 30, str(tmp_path))
    (file,) = run.certificates
    assert run.established
    file.write_text(file.read_text(encoding="utf-8").replace('"log 5"', '"log 4"'), encoding="utf-8")
    (after,) = checked([run])
    assert not after.established and after.verdicts[0].startswith("rejected") and after.accepted == 0


def test_a_script_writes_its_certificates(tmp_path: Path) -> None:
    """Each script runs alone."""
    script = Path(__file__).parents[1] / "proofs" / "sigmoid_two_point.py"
    subprocess.run([sys.executable, script, "--certificates", str(tmp_path)], check=True, capture_output=True)
    assert [path.name for path in tmp_path.iterdir()] == ["sigmoid_two_point-01-two-point-sigmoid.json"]


def test_the_modules_are_refused_to_the_processes_of_the_checker(tmp_path: Path) -> None:
    """Also to their children, whatever the path; the checker itself is not."""
    environment = refusing_environment(tmp_path)
    for name in ("sympy", "mpmath", "implicitreg_sym", "implicitreg_sym.cli"):
        program = (
            f"import subprocess, sys; sys.exit(subprocess.call([sys.executable, '-c', 'import {name}']))"
        )
        answer = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True
        )
        assert answer.returncode == 1 and "is refused to the checker" in answer.stderr
    program = "import implicitreg_checker.certificate"
    assert subprocess.run([sys.executable, "-c", program], env=environment, check=False).returncode == 0


def test_nothing_to_check_starts_nothing() -> None:
    """No files, no verdicts."""
    assert check_all([]) == {} and checked([Run("x", 1.0)]) == [Run("x", 1.0)]
