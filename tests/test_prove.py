"""Proofs run in parallel: order, crashes, interruptions, and what `prove`, `tex` and `cite` print of them."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

import implicitreg_sym.registry as registry
from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome, Proof
from implicitreg_sym.cli import prove as prove_command
from implicitreg_sym.cli import running
from implicitreg_sym.cli.documents import open_question
from implicitreg_sym.cli.running import Run, prove_all
from implicitreg_sym.errors import InputError
from implicitreg_sym.proofscript import main
from implicitreg_sym.status import Status

EXACT = Evidence(Kind.EXACT, Outcome.HOLDS, "by addition")
NUMERIC = Evidence(Kind.NUMERIC, Outcome.HOLDS, "mpmath, 30 digits")
WRONG = Evidence(Kind.NUMERIC, Outcome.FAILS, "mpmath gives 3")


def arithmetic(name: str, *evidence: Evidence) -> Proof:
    """A proof of one premise by addition, and of a conclusion by the given evidence."""
    premise = Claim(f"{name}.premise", "$1 + 1 = 2$", sp.Eq(sp.Symbol("s"), 2), evidence=(EXACT, NUMERIC))
    conclusion = Claim(name, "$2 + 2 = 4$", sp.Eq(sp.Symbol("t"), 4), rests_on=(premise,), evidence=evidence)
    return Proof(name, f"Title of {name}", "T0", "Let $s = 1 + 1$.", conclusion, ("tucker2011validated",))


def task(name: str, digits: int) -> Run:
    """Stands for `carry_out` in worker processes, which import it from this module."""
    match name:
        case "slow":
            time.sleep(60)
        case "later":
            time.sleep(0.3)
        case "dies":
            os._exit(7)
    return Run(name, 0.5, arithmetic(name, EXACT, NUMERIC))


def test_runs_come_back_in_the_order_of_the_names() -> None:
    """Whichever process is first, and each is reported as it ends."""
    reported: list[str] = []
    runs = prove_all(["later", "first"], 30, 2, lambda run: reported.append(run.name), task)
    assert [run.name for run in runs] == ["later", "first"]
    assert sorted(reported) == ["first", "later"]
    assert all(run.established and run.proof == arithmetic(run.name, EXACT, NUMERIC) for run in runs)


def test_no_names_are_no_runs() -> None:
    """No process is started for nothing."""
    assert prove_all([], 30) == []


def test_a_process_that_dies_is_a_run_that_is_not_established() -> None:
    """The others' loss is told too; nothing hangs."""
    (run,) = prove_all(["dies"], 30, 1, task=task)
    assert not run.established and run.status is Status.UNKNOWN
    assert "ended before" in run.error


def test_an_interruption_ends_the_workers() -> None:
    """A worker that would take a minute is gone when the interruption is passed on."""

    def interrupt(run: Run) -> None:
        raise KeyboardInterrupt

    begin = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        prove_all(["slow", "first"], 30, 2, interrupt, task)
    assert time.monotonic() - begin < 20
    assert not [child for child in multiprocessing.active_children() if child.is_alive()]


def test_a_script_that_raises_is_an_error_with_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """The run has the exception and the line of the script, and no proof."""

    def broken(name: str, digits: int) -> Proof:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(running, "load_proof", broken)
    run = running.carry_out("broken", 30)
    assert run.proof is None and not run.established
    assert run.error.startswith("ZeroDivisionError: by zero (test_prove.py:")


@pytest.fixture
def proofs(monkeypatch: pytest.MonkeyPatch) -> dict[str, Run]:
    """Three runs that stand for the scripts of proofs/: established, refuted, broken off."""
    runs = {
        "good": Run("good", 1.25, arithmetic("good", EXACT, NUMERIC)),
        "refuted": Run("refuted", 0.5, arithmetic("refuted", EXACT, WRONG)),
        "broken": Run("broken", 0.25, error="ZeroDivisionError: by zero (broken.py:3)"),
    }

    def run_all(names: list[str], *rest: Any) -> list[Run]:
        return [runs[name] for name in names]

    monkeypatch.setattr(registry, "proof_names", lambda: tuple(runs))
    monkeypatch.setattr(running, "prove_all", run_all)
    return runs


def test_prove_counts_claims_by_status(implicitreg: Callable[..., Any], proofs: dict[str, Run]) -> None:
    """A row for each proof with its time, the sums, and a line for whatever is open; the exit code is 1."""
    answer = implicitreg("prove")
    lines = answer.out.splitlines()
    assert answer.code == 1
    assert lines[0].split() == ["theorem", "proof", "status", "proved", "enclosed", "refuted", "seconds"]
    assert lines[1].split() == ["T0", "good", "PROVED", "2", "1.2"]
    assert lines[2].split() == ["T0", "refuted", "REFUTED", "1", "1", "0.5"]
    assert lines[3].split() == ["broken", "UNKNOWN", "0.2"]
    assert lines[4].split()[:5] == ["3", "proofs", "3", "0", "1"]
    assert lines[5] == "refuted: REFUTED: refuted: mpmath gives 3"
    assert lines[6] == "broken: ZeroDivisionError: by zero (broken.py:3)"


def test_named_proofs_alone_are_carried_out(implicitreg: Callable[..., Any], proofs: dict[str, Run]) -> None:
    """Each once; with nothing open the exit code is 0."""
    answer = implicitreg("prove", "good", "good", "--json")
    assert answer.code == 0
    (entry,) = answer.json["proofs"]
    assert (entry["name"], entry["status"], entry["seconds"]) == ("good", "PROVED", 1.25)
    assert [claim["id"] for claim in entry["claims"]] == ["good.premise", "good"]
    assert answer.json["tally"] == {"PROVED": 2, "ENCLOSED": 0, "CHECKED": 0, "UNKNOWN": 0, "REFUTED": 0}


def test_the_json_of_failures_has_reasons(implicitreg: Callable[..., Any], proofs: dict[str, Run]) -> None:
    """A proof that broke off has a reason and no claims; the whole is as weak as its weakest part."""
    document = implicitreg("prove", "--json").json
    assert document["status"] == "REFUTED"
    assert document["proofs"][2]["reason"] == "ZeroDivisionError: by zero (broken.py:3)"
    assert document["proofs"][2]["claims"] == []


def test_prove_lists_names(implicitreg: Callable[..., Any], proofs: dict[str, Run]) -> None:
    """--list runs nothing."""
    assert implicitreg("prove", "--list").out.split() == ["good", "refuted", "broken"]
    assert implicitreg("prove", "--list", "--json").json == {"proofs": ["good", "refuted", "broken"]}


def test_prove_writes_one_document(
    implicitreg: Callable[..., Any], proofs: dict[str, Run], tmp_path: Path
) -> None:
    """--tex takes every proof that was carried out to its end."""
    implicitreg("prove", "good", "refuted", "--tex", str(tmp_path / "all.tex"), "--document")
    source = (tmp_path / "all.tex").read_text(encoding="utf-8")
    assert "Title of good" in source and "Title of refuted" in source and r"\documentclass" in source


def test_a_misspelt_proof_gets_a_suggestion(implicitreg: Callable[..., Any], proofs: dict[str, Run]) -> None:
    """Hyphens are underscores, and the nearest name is offered."""
    assert prove_command.chosen(["refuted"]) == ["refuted"]
    assert "did you mean refuted?" in implicitreg("prove", "refutd").err


def test_tex_and_cite_know_proofs_and_activations(
    implicitreg: Callable[..., Any], proofs: dict[str, Run], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A proof by its name, an invariant by the name of its activation, a complaint for the rest."""
    monkeypatch.setattr("implicitreg_sym.cli.subject.load_proof", lambda name, digits: proofs[name].proof)
    fragment = implicitreg("tex", "good")
    assert fragment.code == 0 and "Title of good" in fragment.out and r"\documentclass" not in fragment.out
    assert implicitreg("tex", "refuted").code == 1
    assert implicitreg("tex", "tanh", "--json").json["theorem"] == "T4"
    assert implicitreg("tex", "good", "--tex", str(tmp_path / "good.tex")).out == ""
    assert (tmp_path / "good.tex").read_text(encoding="utf-8") == fragment.out
    assert "@book{tucker2011validated," in implicitreg("cite", "good").out
    assert "tucker2011validated" in implicitreg("cite", "good", "--json").json["keys"]
    assert "hendrycks2016gaussian" in implicitreg("cite", "gelu", "--json").json["keys"]
    unknown = implicitreg("tex", "nothing")
    assert unknown.code == 2 and "neither a proof" in unknown.err


def test_papers_tell_what_was_written(
    implicitreg: Callable[..., Any], proofs: dict[str, Run], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The paths of the PDFs; a proof that broke off is named, and so is a document that does not compile."""
    from implicitreg_sym.derivation import papers

    made = tmp_path / "good.pdf"
    monkeypatch.setattr(papers, "build_papers", lambda proofs, directory, digits: [made])
    assert implicitreg("papers", "good").out == f"{made}\n"
    answer = implicitreg("papers", "good", "broken")
    assert answer.code == 1 and "broken: ZeroDivisionError" in answer.err

    def refuse(*arguments: object) -> list[Path]:
        raise papers.PaperError("good.tex does not compile")

    monkeypatch.setattr(papers, "build_papers", refuse)
    assert implicitreg("papers", "good").code == 1


@pytest.mark.parametrize(
    ("proof", "code"), [(arithmetic("good", EXACT, NUMERIC), 0), (arithmetic("bad", EXACT, WRONG), 1)]
)
def test_a_script_prints_its_claims(
    proof: Proof, code: int, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The table of claims, its JSON, its LaTeX, and the exit code."""
    assert main(lambda digits: proof, []) == code
    printed = capsys.readouterr().out
    assert printed.startswith(f"T0: {proof.title}\n") and "exact algebra, numerical cross-check" in printed
    assert main(lambda digits: proof, ["--json", "--tex", str(tmp_path / "p.tex")]) == code
    assert f'"name": "{proof.name}"' in capsys.readouterr().out
    assert proof.title in (tmp_path / "p.tex").read_text(encoding="utf-8")
    assert main(lambda digits: proof, ["--digits", "none"]) == 2


def test_digits_reach_the_proof(capsys: pytest.CaptureFixture[str]) -> None:
    """--digits is the argument of the script's function."""
    asked: list[int] = []

    def proof(digits: int) -> Proof:
        asked.append(digits)
        return arithmetic("good", EXACT, NUMERIC)

    main(proof, ["--digits", "77"])
    assert asked == [77]


def test_the_open_question_is_the_first_check_that_does_not_hold() -> None:
    """Premises first; a claim without evidence says so."""
    assert open_question(arithmetic("bad", EXACT, WRONG).conclusion) == "bad: mpmath gives 3"
    assert open_question(Claim("bare", "", sp.true)) == "bare: no evidence"


def test_every_script_is_a_proof_by_its_own_name() -> None:
    """Each file of proofs/ has a docstring and a function `proof`, and its proof is called as the file is."""
    for name in registry.proof_names():
        module = __import__(f"{registry.PACKAGE}.{name}", fromlist=["proof"])
        assert module.__doc__ and callable(module.proof), name


def test_proofs_need_the_package_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside an installation the complaint says what to do."""
    monkeypatch.setattr(registry, "PACKAGE", "implicitreg_sym.nowhere")
    with pytest.raises(InputError, match="pip install"):
        registry.proof_names()


def test_ctrl_c_ends_prove_cleanly() -> None:
    """One line on standard error and the code 130, whatever the workers are doing."""
    program = """
import os, signal, threading
from implicitreg_sym.cli import running
from implicitreg_sym.cli.main import main
from test_prove import task
everything = running.prove_all

def interrupted(names, digits, jobs, report, *rest):
    threading.Timer(1.5, os.kill, (os.getpid(), signal.SIGINT)).start()
    return everything(["slow"], digits, 1, report, task)

running.prove_all = interrupted
raise SystemExit(main(["prove"]))
"""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env=environment,
    )
    assert done.returncode == 130
    assert done.stderr.strip() == "implicitreg: interrupted"
