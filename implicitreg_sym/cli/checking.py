"""The checker on many certificates, in processes that cannot import SymPy, mpmath or implicitreg_sym."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ACCEPTED = "accepted"
# Python runs a module of this name at its start, in the children of the process too
_REFUSAL = """
import importlib.abc
import sys


class Refuse(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"sympy", "mpmath", "implicitreg_sym"}:
            raise ImportError(name + " is refused to the checker of certificates")


sys.meta_path.insert(0, Refuse())
"""


def check_all(
    files: Sequence[Path], jobs: int | None = None, report: Callable[[Path], None] = lambda file: None
) -> dict[Path, str]:
    """Check certificates apart from everything that made them, and return what the checker says of each.

    Arguments: ``files``; ``jobs``, how many side by side, by default one for each core; ``report``, called
    with each file as its verdict comes. A verdict begins with "accepted", "rejected" or "unreadable".
    """
    if not files:
        return {}
    verdicts = dict.fromkeys(files, "rejected: the checker ended before it came to this file")
    names = {str(file.resolve()): file for file in files}
    command = ["-m", "implicitreg_checker", "--jobs", str(jobs or os.cpu_count() or 1), "--", *names]
    with tempfile.TemporaryDirectory() as folder:
        environment = refusing_environment(Path(folder))
        with subprocess.Popen(
            [sys.executable, *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        ) as process:
            try:
                assert process.stdout is not None
                for line in process.stdout:
                    name, _colon, verdict = line.rstrip("\n").partition(": ")
                    if name in names:
                        verdicts[names[name]] = verdict
                        report(names[name])
            except BaseException:
                process.terminate()
                raise
    return verdicts


def refusing_environment(folder: Path) -> Mapping[str, str]:
    """Return the environment of processes to which the modules are refused; a file is put into ``folder``."""
    (folder / "sitecustomize.py").write_text(_REFUSAL, encoding="utf-8")
    before = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), *([before] if before else [])])}
