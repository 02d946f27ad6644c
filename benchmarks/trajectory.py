"""Time the Taylor integrator against mpmath.odefun on two gradient flows; exit 1 if it is not 5 times faster.

P1: sigmoid, one sample; P2: sigmoid, two samples, two inputs; both to t = 40. Ours is the median of several
runs, compilation of the field included; odefun runs once, and only up to 50 digits: beyond, it takes minutes.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from dataclasses import dataclass

import mpmath
import sympy
from rich.console import Console
from rich.table import Table
from sympy import Expr, Rational, Symbol

from implicitreg_sym.flow.gradient_flow import gradient_flow_field
from implicitreg_sym.flow.taylor import taylor_flow
from implicitreg_sym.symbols import u

T_END = 40
WANTED_RATIO = 5


@dataclass(frozen=True, slots=True)
class Problem:
    """A gradient flow and where it starts."""

    name: str
    field: tuple[Expr, ...]
    variables: tuple[Symbol, ...]
    start: tuple[Rational, ...]


def problems() -> tuple[Problem, Problem]:
    """Return P1 and P2."""
    sigmoid = 1 / (1 + sympy.exp(-u))
    one = gradient_flow_field(sigmoid, [(2, Rational(3, 2))])
    two = gradient_flow_field(sigmoid, [((1, 2), Rational(9, 10)), ((2, -1), Rational(2, 5))])
    return (
        Problem("P1", *one, (Rational(3, 10), Rational(7, 10))),
        Problem("P2", *two, (Rational(1, 5), Rational(-1, 10), Rational(4, 5))),
    )


def time_ours(problem: Problem, digits: int, repeats: int) -> tuple[float, int, tuple[mpmath.mpf, ...]]:
    """Return the median time in seconds, the number of steps and the state at the end."""
    seconds = []
    for _ in range(repeats):
        begin = time.perf_counter()
        trajectory = taylor_flow(problem.field, problem.variables, problem.start, T_END, digits)
        seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds), len(trajectory.steps), trajectory.end


def time_odefun(problem: Problem, digits: int) -> tuple[float, tuple[mpmath.mpf, ...]]:
    """Return the time that mpmath.odefun takes to the same end, in seconds, and its state there."""
    with mpmath.workdps(digits):
        field = sympy.lambdify(problem.variables, problem.field, modules="mpmath", cse=True)
        start = [mpmath.mpf(value.p) / value.q for value in problem.start]
        begin = time.perf_counter()
        end = mpmath.odefun(lambda _, state: list(field(*state)), 0, start)(T_END)
        return time.perf_counter() - begin, tuple(end)


def main() -> int:
    """Print the table; return 0 if every ratio measured is at least the one wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--digits", type=int, nargs="+", default=[30, 50, 100])
    parser.add_argument(
        "--odefun-digits", type=int, default=50, help="the most digits that odefun is run with"
    )
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    table = Table("problem", "digits", "steps", "ours / s", "odefun / s", "ratio", "difference of the ends")
    slowest = mpmath.inf
    for problem in problems():
        for digits in arguments.digits:
            ours, steps, end = time_ours(problem, digits, arguments.repeats)
            row = [problem.name, str(digits), str(steps), f"{ours:.3f}"]
            if digits <= arguments.odefun_digits:
                theirs, other = time_odefun(problem, digits)
                slowest = min(slowest, theirs / ours)
                with mpmath.workdps(digits + 10):
                    gap = max(abs(here - there) for here, there in zip(end, other, strict=True))
                row += [f"{theirs:.2f}", f"{theirs / ours:.0f}", mpmath.nstr(gap, 2)]
            table.add_row(*row)
    Console().print(table)
    return 0 if slowest >= WANTED_RATIO else 1


if __name__ == "__main__":
    sys.exit(main())
