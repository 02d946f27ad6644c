"""How a command ends: outcomes, complaints and interruptions become exit codes, never tracebacks."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from implicitreg_sym.errors import InputError

BAD_INPUT = 2
INTERRUPTED = 130  # as a shell reports SIGINT
BROKEN_PIPE = 141  # as a shell reports SIGPIPE


class QuietCommand(click.Command):
    """A command that ends quietly when nobody reads its output any more."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command and flush what it has printed."""
        try:
            outcome = super().invoke(ctx)
            if sys.stdout is not None:  # it is None where the shell has closed it, as with >&-
                sys.stdout.flush()
        except BrokenPipeError:
            _discard_output()
            raise click.exceptions.Exit(BROKEN_PIPE) from None
        return outcome


def _discard_output() -> None:
    """Send what Python still flushes at its end to where it is accepted."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def run(command: click.Command, arguments: Sequence[str] | None, program: str) -> int:
    """Run a command on arguments (by default those of the process) and return its exit code.

    Bad input, or output that cannot be written, is one sentence on standard error and the code 2, an
    interruption the code 130.

    >>> @click.command()
    ... @click.option("--digits", type=click.IntRange(1, 9))
    ... def command(digits):
    ...     return 1
    >>> run(command, [], "program"), run(command, ["--digits", "0"], "program")
    (1, 2)
    """
    # digits are bounded by --digits; Python's own limit of 4300 would refuse to print longer numbers
    sys.set_int_max_str_digits(0)
    given = None if arguments is None else list(arguments)
    try:
        outcome = command.main(args=given, prog_name=program, standalone_mode=False)
    except click.ClickException as error:
        return _complain(program, _sentence(error), BAD_INPUT)
    except InputError as error:
        return _complain(program, str(error), BAD_INPUT)
    except OSError as error:
        _discard_output()
        what = "the output cannot be written" if error.filename is None else f"{error.filename} is unusable"
        return _complain(program, f"{what}: {error.strerror or error}; name another place", BAD_INPUT)
    except (click.Abort, KeyboardInterrupt):
        return _complain(program, "interrupted", INTERRUPTED)
    return outcome if isinstance(outcome, int) else 0


def _sentence(error: click.ClickException) -> str:
    """Click's message in one line, with a way out for an activation that begins with a minus sign."""
    message = " ".join(error.format_message().split())
    if isinstance(error, click.NoSuchOption) and not error.option_name.startswith("--"):
        message += " To begin an activation with a minus sign, put -- before it, after all options."
    return message


def _complain(program: str, message: str, code: int) -> int:
    click.echo(f"{program}: {message}", err=True)
    return code
