"""Compile proofs to PDF, and refuse a page with an undefined reference or a line that sticks out."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from implicitreg_sym.claims import Proof
from implicitreg_sym.derivation.document import document
from implicitreg_sym.derivation.formula import DIGITS
from implicitreg_sym.files import write_whole

_BLEMISHES = re.compile(
    r"^(?:.*(?:Overfull \\[hv]box|Missing character|multiply[- ]defined|undefined references|"
    r"(?:Reference|Citation) .* undefined|destination with the same identifier).*)$",
    re.MULTILINE,
)
_RERUN = re.compile(r"Rerun to get|Label\(s\) may have changed|rerunfilecheck.*has changed")
_SECONDS = 120
_PASSES = 5


class PaperError(RuntimeError):
    """A document that does not compile cleanly, with the lines of the log that say why."""


def compile_paper(source: str, name: str) -> bytes:
    """Return the PDF of a LaTeX document (pdflatex and bibtex, without shell escape).

    Raises `PaperError` if the programs are missing, if the document does not compile, or if a reference or
    citation is undefined, a label is doubled, a character is missing or a box is overfull.
    """
    for program in ("pdflatex", "bibtex"):
        if shutil.which(program) is None:
            raise PaperError(
                f"{program} is not installed; install TeX Live "
                "(Debian: texlive-latex-recommended, texlive-latex-extra, lmodern)"
            )
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        (directory / f"{name}.tex").write_text(source, encoding="utf-8")
        log = _pdflatex(directory, name)
        if r"\bibdata" in (directory / f"{name}.aux").read_text(encoding="utf-8", errors="replace"):
            _bibtex(directory, name)
        for turn in range(_PASSES):
            log = _pdflatex(directory, name)
            # a doubled label hides the call for another run; citations need two runs in any case
            if turn and not _RERUN.search(log):
                break
        blemishes = list(dict.fromkeys(match[0].strip() for match in _BLEMISHES.finditer(log)))
        if blemishes:
            raise PaperError(f"{name}.tex compiles, but not cleanly:\n  " + "\n  ".join(blemishes))
        return (directory / f"{name}.pdf").read_bytes()


def build_papers(proofs: Iterable[Proof], directory: str | Path, digits: int = DIGITS) -> list[Path]:
    """Write NAME.tex and NAME.pdf for each proof; return the paths of the PDFs in the order of the proofs.

    Arguments: ``directory``, made if it is missing; ``digits`` as for `document`. Each file is written whole
    or not at all. Raises `PaperError` for the first proof whose document does not compile cleanly.
    """
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    sources = [(_file_name(proof.name), document([proof], digits)) for proof in proofs]

    def build(named: tuple[str, str]) -> Path:
        name, source = named
        write_whole(directory / f"{name}.tex", source)
        return write_whole(directory / f"{name}.pdf", compile_paper(source, name))

    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        return list(pool.map(build, sources))


def _file_name(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-") or "proof"


def _environment() -> dict[str, str]:
    """TeX confined to its folder, logs with unbroken lines, the same PDF from the same source."""
    return {
        **os.environ, "openin_any": "p", "openout_any": "p", "max_print_line": "10000",
        "error_line": "254", "half_error_line": "238", "SOURCE_DATE_EPOCH": "0", "FORCE_SOURCE_DATE": "1",
    }  # fmt: skip


def _pdflatex(directory: Path, name: str) -> str:
    command = ["pdflatex", "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", f"{name}.tex"]
    code, output = _run(command, directory)
    log_file = directory / f"{name}.log"
    log = log_file.read_text(encoding="utf-8", errors="replace") if log_file.exists() else output
    if code != 0:
        errors = re.findall(r"^! .*(?:\n(?!! ).*){0,4}", log, re.MULTILINE)
        raise PaperError(f"{name}.tex does not compile:\n" + ("\n".join(errors) or output[-2000:]))
    return log


def _bibtex(directory: Path, name: str) -> None:
    code, output = _run(["bibtex", name], directory)
    warnings = re.findall(r"^Warning--.*$", output, re.MULTILINE)
    if code != 0 or warnings:
        raise PaperError(
            f"bibtex does not accept the bibliography of {name}.tex:\n"
            + ("\n".join(warnings) or output[-2000:])
        )


def _run(command: list[str], directory: Path) -> tuple[int, str]:
    try:
        done = subprocess.run(
            command,
            cwd=directory,
            env=_environment(),
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise PaperError(f"{command[0]} did not end within {_SECONDS} seconds") from late
    return done.returncode, done.stdout.decode(errors="replace")
