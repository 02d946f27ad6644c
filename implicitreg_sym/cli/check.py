"""implicitreg check: certificates, decided by the independent checker in a process of its own."""

from __future__ import annotations

import subprocess
import sys

import click

from implicitreg_sym.cli.options import WholeNumber


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--seconds", type=WholeNumber(1, 10**6), metavar="N", help="Time limit for each file.")
@click.option("--megabytes", type=WholeNumber(100, 10**6), metavar="N", help="Memory limit for each file.")
@click.option("--jobs", type=WholeNumber(1, 1024), metavar="N", help="How many files side by side.")
def check(files: tuple[str, ...], seconds: int | None, megabytes: int | None, jobs: int | None) -> int:
    """Check certificates: 0 if all are accepted, 1 if one is rejected, 2 if one cannot be read.

    The same as python -m implicitreg_checker FILE..., which needs python-flint alone.
    """
    limits = {"--seconds": seconds, "--megabytes": megabytes, "--jobs": jobs}
    options = [text for name, value in limits.items() if value is not None for text in (name, str(value))]
    command = [sys.executable, "-m", "implicitreg_checker", *options, "--", *files]
    return subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode
