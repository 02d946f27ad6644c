"""What the README shows is what happens."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest

from implicitreg_sym.cli.main import main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FORMULAS = (ROOT / "docs" / "formulas.md").read_text(encoding="utf-8")
FLAGS = doctest.ELLIPSIS


def blocks(language: str, document: str = README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", document, re.MULTILINE | re.DOTALL)


def commands(block: str) -> list[tuple[str, str]]:
    """The commands of a block, each with the output shown below it."""
    first, *parts = re.split(r"^\$ ", block, flags=re.MULTILINE)
    assert first == "", "a block begins with a command"
    pairs = [part.partition("\n") for part in parts]
    return [(command, output) for command, _, output in pairs]


def test_the_readme_shows_each_command_that_it_should() -> None:
    """One example each for invariant, limit, two-point, one-point, degree and check, and one in Python."""
    shown = {shlex.split(command)[1] for block in blocks("console") for command, _ in commands(block)}
    assert {"invariant", "limit", "two-point", "one-point", "degree", "check"} <= shown
    assert len(blocks("python")) >= 1


@pytest.mark.parametrize("block", blocks("console"))
def test_console_blocks_print_what_they_show(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, block: str
) -> None:
    """Each command prints the lines below it (... stands for anything), and $? is its exit code."""
    monkeypatch.chdir(tmp_path)
    code = 0
    for command, expected in commands(block):
        if command == "echo $?":
            assert expected == f"{code}\n"
            continue
        program, *arguments = shlex.split(command)
        assert program == "implicitreg", command
        code = main(arguments)
        printed = "".join(capfd.readouterr())
        assert expected.strip(), f"{command} is shown without its output:\n{printed}"
        assert doctest.OutputChecker().check_output(expected, printed, FLAGS), f"{command} prints\n{printed}"


@pytest.mark.parametrize("block", blocks("python") + blocks("python", FORMULAS))
def test_python_blocks_are_doctests(block: str) -> None:
    """Each example gives what is shown."""
    test = doctest.DocTestParser().get_doctest(block, {}, "README", "README.md", 0)
    assert test.examples
    failures: list[str] = []
    doctest.DocTestRunner(optionflags=FLAGS).run(test, out=failures.append)
    assert not failures, "".join(failures)
