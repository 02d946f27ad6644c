"""The command `implicitreg` and its subcommands.

SymPy is imported by the bodies of the commands, never at the top of a module that this one imports, so that
`--help` is instant.
"""

from __future__ import annotations

from collections.abc import Sequence

import click

import implicitreg_sym
from implicitreg_sym.cli.activations import activations
from implicitreg_sym.cli.check import check
from implicitreg_sym.cli.cite import cite
from implicitreg_sym.cli.degree import degree
from implicitreg_sym.cli.ending import BAD_INPUT, QuietCommand, run
from implicitreg_sym.cli.invariant import invariant
from implicitreg_sym.cli.limit import limit
from implicitreg_sym.cli.overlap import one_point, two_point
from implicitreg_sym.cli.papers import papers
from implicitreg_sym.cli.prove import prove
from implicitreg_sym.cli.tex import tex


class _Commands(QuietCommand, click.Group):
    """The commands in the order of the path from an activation to a proof."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(
    cls=_Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(implicitreg_sym.__version__, message="%(prog)s %(version)s")
@click.pass_context
def implicitreg(context: click.Context) -> int:
    """Derive the invariants of gradient flow for one-neuron networks f(x) = a σ(⟨w, x⟩), enclose its limits,
    and prove that no data-independent function characterises them.

    ACT is a name that `implicitreg activations` lists, such as tanh or leaky_relu(1/10), or a formula in u,
    such as "u/(1+exp(-3*u))". Numbers are exact: 0.3 is 3/10, and log(5) is log(5).

    Exit codes: 0 established (PROVED or ENCLOSED), 1 refuted or undecided, 2 bad input.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
        return BAD_INPUT
    return 0


for _command in (
    activations,
    invariant,
    limit,
    degree,
    two_point,
    one_point,
    check,
    prove,
    tex,
    cite,
    papers,
):
    implicitreg.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line on the arguments (by default the process's) and return its exit code.

    >>> main(["--version"])
    implicitreg 0.1.0
    0
    """
    return run(implicitreg, arguments, "implicitreg")
