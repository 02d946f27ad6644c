"""Time certified limits of one-sample flows to 100,000 digits against one exp.

P1: sigmoid, x = 2, y = 3/2, start w = 3/10, a = 7/10. "limit" is everything from the exact rationals and a
double near the limit to certified balls of u and a: G(u0), all steps, interval Newton; the activation is
compiled before. "whole" is `implicitreg_sym.limit` with branch, claims, cross-checks and proof. Constants
that FLINT keeps (logarithms of primes for exp, and e, of which exp(3/5) is a power) are warm in both; "cold"
is the ratio in a new process, where both have to be computed. Each figure is the least of several,
interleaved.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from fractions import Fraction

import flint
import mpmath
from flint import arb, fmpq
from rich.console import Console
from rich.table import Table
from sympy import Rational

from implicitreg_sym import Network, Point, Sample, activation, limit
from implicitreg_sym.activations import catalogue_activations
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.evaluate.recurrences import NoRecurrenceError
from implicitreg_sym.limits.branch import Branch
from implicitreg_sym.limits.high_order import Constants, certified_root, root_equation
from implicitreg_sym.limits.high_precision import PATH_BITS, Course, exact_evaluator
from implicitreg_sym.limits.phases import find_branch
from implicitreg_sym.limits.plane import PlaneFlow
from implicitreg_sym.limits.refine import refine

START = Point((Rational(3, 10),), Rational(7, 10))
SAMPLE = Sample((Rational(2),), Rational(3, 2))
WANTED = {1_000: 2.5, 10_000: 1.8, 100_000: 1.6}
SLOW = 40  # times one exp: functions without a quasi-linear algorithm are not tried with more digits
Computed = tuple[arb, arb]


def bits_of(digits: int) -> int:
    """The working precision of `refine`."""
    return int(digits * 3.32193) + 24


def exponential(bits: int) -> Callable[[], arb]:
    """Return one exp of a full-length argument at that precision."""
    flint.ctx.prec = bits
    argument = (arb(2).sqrt() * arb(fmpq(12487, 10000))).mid()

    def run() -> arb:
        flint.ctx.prec = bits
        return argument.exp()

    return run


def lean_limit(name: str) -> Callable[[int], Computed] | str:
    """Return the function from a precision to (u, a), or why there is none."""
    flint.ctx.prec = PATH_BITS
    plane = PlaneFlow.of(Network(activation(name)), START, SAMPLE)
    branch = find_branch(plane)
    if not isinstance(branch, Branch) or branch.kind != "output" or branch.logarithmic:
        return "not on a branch Qσ² = y² away from poles"
    root = refine(plane, branch, 30).u
    course = Course.to(plane, root.to_arb())
    if course is None or course.closed_form is None:
        return "no closed form of G"
    try:
        equation = root_equation(course.piece, course.closed_form, branch.kind)
    except NoRecurrenceError as error:
        return str(error)
    value, u0 = exact_evaluator(course.closed_form), fmpq(int(plane.u0.p), int(plane.u0.q))
    shift, c = (
        fmpq(int(number.p), int(number.q))
        for number in (plane.norm * plane.a0**2 / 2, plane.norm * plane.target**2 / 2)
    )
    exact_c, y = arb(c), arb(fmpq(int(plane.target.p), int(plane.target.q)))
    assert exact_c.is_exact() and y.is_exact()
    start = Ball(Fraction(float(root.middle))).to_arb()

    def run(bits: int) -> Computed:
        flint.ctx.prec = bits
        (potential,) = value((bits,), u0)
        found = certified_root(equation, Constants(potential - shift, exact_c), start, bits, 53)
        assert found is not None
        flint.ctx.prec = bits
        return found.u, found.companion * y

    return run


def least(functions: dict[str, Callable[[], object]], seconds: float) -> dict[str, float]:
    """Return the least time of each function, called in turns."""
    counts, best = {}, {}
    for name, function in functions.items():
        function()
        begin = time.perf_counter()
        function()
        counts[name] = max(1, int(0.002 / (time.perf_counter() - begin)))
        best[name] = float("inf")
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for name, function in functions.items():
            begin = time.perf_counter()
            for _ in range(counts[name]):
                function()
            best[name] = min(best[name], (time.perf_counter() - begin) / counts[name])
    return best


def time_findroot(digits: int) -> tuple[float, mpmath.mpf]:
    """Return the time and the root of mpmath.findroot for P1, from the same double."""
    with mpmath.workdps(digits + 5):
        start, a_0, y = mpmath.mpf(3) / 5, mpmath.mpf(7) / 10, mpmath.mpf(3) / 2
        begin = time.perf_counter()
        there = mpmath.exp(start)

        def residual(u: mpmath.mpf) -> mpmath.mpf:
            z = mpmath.exp(u)
            return (a_0**2 + (u - start + z - there) / 2) - (y * (1 + 1 / z)) ** 2

        root = mpmath.findroot(residual, 1.7659366166988727, tol=mpmath.mpf(10) ** (-2 * digits))
        return time.perf_counter() - begin, root


def cold(digits: int) -> None:
    """Print the times of the first exp and of the first limit at that precision in this process."""
    bits = bits_of(digits)
    run = lean_limit("sigmoid")
    assert not isinstance(run, str)
    which = {"exp": exponential(bits), "limit": lambda: run(bits)}
    begin = time.perf_counter()
    which[sys.argv[2]]()
    print(time.perf_counter() - begin)


def cold_ratio(digits: int) -> float:
    """The same ratio, every time in a new process."""
    times = {}
    for name in ("exp", "limit"):
        command = [sys.executable, __file__, "--cold", name, str(digits)]
        runs = [subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in range(2)]
        times[name] = min(map(float, runs))
    return times["limit"] / times["exp"]


def main() -> None:
    """Print the tables."""
    if sys.argv[1:2] == ["--cold"]:
        cold(int(sys.argv[3]))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--digits", type=int, nargs="+", default=[*WANTED])
    parser.add_argument("--findroot-digits", type=int, default=10_000, help="the most for mpmath.findroot")
    parser.add_argument("--table-digits", type=int, nargs="*", default=[1_000, 10_000])
    parser.add_argument("--seconds", type=float, default=5, help="for each row of P1")
    arguments = parser.parse_args()
    run = lean_limit("sigmoid")
    assert not isinstance(run, str)
    columns = ("exp / ms", "limit / ms", "ratio", "wanted", "cold", "findroot / limit", "whole / s")
    table = Table("P1, digits", *columns)
    for digits in arguments.digits:
        bits = bits_of(digits)
        times = least(
            {"exp": exponential(bits), "limit": lambda bits=bits: run(bits)},  # type: ignore[misc]
            arguments.seconds * (1 + digits // 30_000),
        )
        ratio = times["limit"] / times["exp"]
        row = [f"{1000 * times[name]:.4g}" for name in ("exp", "limit")]
        row += [f"{ratio:.2f}", f"{WANTED.get(digits, '')}", f"{cold_ratio(digits):.2f}"]
        if digits <= arguments.findroot_digits:
            theirs, root = time_findroot(digits)
            with flint.ctx.workprec(bits):
                assert abs(run(bits)[0] - arb(mpmath.nstr(root, digits))) < arb(10) ** (2 - digits)
            row.append(f"{theirs / times['limit']:.1f}")
        else:
            row.append("not run")
        flint.ctx.prec = 53
        begin = time.perf_counter()
        limit(Network(activation("sigmoid")), START, SAMPLE, digits)
        table.add_row(str(digits), *row, f"{time.perf_counter() - begin:.2f}")
    Console().print(table)
    print_catalogue(arguments.table_digits)


def print_catalogue(table_digits: list[int]) -> None:
    """The same start and sample for every activation of the catalogue."""
    table = Table("activation", *(f"{digits} digits, ratio to exp" for digits in table_digits))
    open_cases = []
    for entry in catalogue_activations():  # parameters at their defaults
        run = lean_limit(entry.name)
        if isinstance(run, str):
            open_cases.append((entry.name, run))
            continue
        row: list[str] = []
        for digits in table_digits:
            if row and (row[-1] == "not run" or float(row[-1]) > SLOW):
                row.append("not run")
                continue
            bits = bits_of(digits)
            times = least(
                {"exp": exponential(bits), "limit": lambda bits=bits, run=run: run(bits)},  # type: ignore[misc]
                0.5,
            )
            row.append(f"{times['limit'] / times['exp']:.2f}")
        table.add_row(entry.name, *row)
    Console().print(table)
    flint.ctx.prec = 53
    other = Table("others", "why", "1000 digits, refine / s")
    for name, why in open_cases:
        plane = PlaneFlow.of(Network(activation(name)), START, SAMPLE)
        branch = find_branch(plane)
        begin = time.perf_counter()
        try:
            assert isinstance(branch, Branch)
            refine(plane, branch, 1000)
            taken = f"{time.perf_counter() - begin:.2f}"
        except (AssertionError, ArithmeticError) as error:
            taken = str(error)
        other.add_row(name, why, taken)
    Console().print(other)


if __name__ == "__main__":
    main()
