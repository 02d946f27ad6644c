"""implicitreg check: certificates, decided by the independent checker in a process of its own."""

from __future__ import annotations

import subprocess
import sys

import click


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--seconds", type=click.IntRange(1, 10**6), metavar="N", help="Time limit for each file.")
@click.option("--megabytes", type=click.IntRange(100, 10**6), metavar="N", help="Memory limit for each file.")
@click.option("--jobs", type=click.IntRange(1, 1024), metavar="N", help="How many files side by side.")
def check(files: tuple[str, ...], seconds: int | None, megabytes: int | None, jobs: int | None) -> int:
    """Check certificates: 0 if all are accepted, 1 if one is rejected, 2 if one cannot be read.

    The same as python -m implicitreg_checker FILE..., which needs python-flint alone.
    """
    limits = {"--seconds": seconds, "--megabytes": megabytes, "--jobs": jobs}
    options = [text for name, value in limits.items() if value is not None for text in (name, str(value))]
    command = [sys.executable, "-m", "implicitreg_checker", *options, "--", *files]
    return subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode
