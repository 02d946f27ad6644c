"""Time the enclosed trajectory of P1 against heyoka in multiple precision, the Taylor integrator and CAPD.

P1: sigmoid, x = 2, y = 3/2, start (w, a) = (3/10, 7/10). Ours starts from the exact input, finds the limit
and proves its radius; "one more t" is what a further time costs in the same call. heyoka (`pip install
heyoka`; left out if it cannot be imported) and the project's Taylor integrator bound nothing: their column
"off by" is how far they end from the enclosure, and heyoka's time leaves out its compilation. CAPD's figures
are not measured here: they are quoted from the measurements of this project (MPFR, validated, t = 40). Exit
1 if a ratio that is wanted is missed: 10, 15 and 20 over CAPD at 30, 50, 100 digits, 1 over heyoka from 100
digits on.
"""

from __future__ import annotations

import argparse
import importlib
import statistics
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp
from rich.console import Console
from rich.table import Table

from implicitreg_sym.activations import activation
from implicitreg_sym.flow import Network, Point, Sample
from implicitreg_sym.flow.gradient_flow import gradient_flow_field
from implicitreg_sym.flow.taylor import taylor_flow
from implicitreg_sym.trajectory import Trajectory, enclosed_trajectory

TIMES = (5, 40)
FURTHER = 20
CAPD_SECONDS = {30: 0.82, 50: 2.4, 100: 11.4}  # quoted, t = 40
WANTED_OVER_CAPD = {30: 10, 50: 15, 100: 20}
HEYOKA_MATTERS_FROM = 100
TAYLOR_UP_TO = 100  # digits; beyond, it takes long

NETWORK = Network(activation("sigmoid"))
START = Point((sp.Rational(3, 10),), sp.Rational(7, 10))
SAMPLE = Sample((sp.Integer(2),), sp.Rational(3, 2))


def median_time(run: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    """The median seconds of several runs, and what the last one returned."""
    seconds, result = [], None
    for _ in range(repeats):
        begin = time.perf_counter()
        result = run()
        seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds), result


def ours(t: int, digits: int, repeats: int) -> tuple[float, float, Trajectory]:
    """Seconds for one time, seconds for one more, and the trajectory."""
    seconds, found = median_time(lambda: enclosed_trajectory(NETWORK, START, SAMPLE, [t], digits), repeats)
    further = [t, *(t + sp.Rational(k, 7) for k in range(1, FURTHER + 1))]
    many, _ = median_time(lambda: enclosed_trajectory(NETWORK, START, SAMPLE, further, digits), repeats)
    return seconds, max(many - seconds, 0.0) / FURTHER, found


def heyoka_run(heyoka: Any, t: int, digits: int) -> tuple[float, float, str]:
    """Seconds to compile and to integrate, and a(t) as text."""
    bits = int(digits * 3.33) + 30
    w, a = heyoka.make_vars("w", "a")
    sigma = 1.0 / (1.0 + heyoka.exp(-2.0 * w))
    residual = a * sigma - 1.5
    system = [(w, -2.0 * residual * a * sigma * (1.0 - sigma)), (a, -residual * sigma)]
    begin = time.perf_counter()
    integrator = heyoka.taylor_adaptive(
        system, [heyoka.real(text, bits) for text in ("0.3", "0.7")], fp_type=heyoka.real, prec=bits
    )
    compiled = time.perf_counter()
    integrator.propagate_until(heyoka.real(t, bits))
    return compiled - begin, time.perf_counter() - compiled, str(integrator.state[1])


def taylor_run(t: int, digits: int) -> Any:
    """a(t) by the project's Taylor integrator over mpmath."""
    field, variables = gradient_flow_field(NETWORK.activation.formula, [(2, sp.Rational(3, 2))])
    return taylor_flow(field, variables, (*START.w, START.a), t, digits).end[1]


def off_by(value: Any, found: Trajectory, digits: int) -> str:
    """The distance of a number from the enclosure of a."""
    state = found.at[0]
    assert state is not None
    with mpmath.workdps(digits + 20):
        middle = mpmath.mpf(state.a.middle.numerator) / state.a.middle.denominator
        return mpmath.nstr(abs(mpmath.mpf(value) - middle), 2)


def width(found: Trajectory) -> str:
    """The radius of the state, as text."""
    state = found.at[0]
    assert state is not None
    radius = max((ball.radius for ball in state.balls), default=Fraction(0))
    return mpmath.nstr(mpmath.mpf(radius.numerator) / radius.denominator, 2)


def main() -> int:
    """Print the table; return 0 if every ratio wanted is reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--digits", type=int, nargs="+", default=[30, 50, 100, 300])
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    try:
        heyoka = importlib.import_module("heyoka")
    except ImportError:
        heyoka = None
    table = Table(
        "t", "digits", "ours / s", "radius", "one more t / s", "heyoka / s", "its JIT / s", "off by",
        "× heyoka", "Taylor / s", "off by", "× Taylor", "CAPD, quoted / s", "× CAPD",
    )  # fmt: skip
    missed = []
    enclosed_trajectory(NETWORK, START, SAMPLE, [1], 20)  # expressions are compiled once in a process
    for t in TIMES:
        for digits in arguments.digits:
            seconds, further, found = ours(t, digits, arguments.repeats)
            row = [str(t), str(digits), f"{seconds:.4f}", width(found), f"{further:.5f}"]
            if heyoka is None:
                row += ["-"] * 4
            else:
                runs = [heyoka_run(heyoka, t, digits) for _ in range(min(arguments.repeats, 3))]
                integration = statistics.median(run[1] for run in runs)
                compilation = statistics.median(run[0] for run in runs)
                ratio = integration / seconds
                row += [f"{integration:.4f}", f"{compilation:.2f}"]
                row += [off_by(runs[0][2], found, digits), f"{ratio:.2g}"]
                if digits >= HEYOKA_MATTERS_FROM and ratio < 1:
                    missed.append(f"{ratio:.2g} over heyoka at t = {t}, {digits} digits")
            if digits <= TAYLOR_UP_TO:
                taylor, end = median_time(lambda t=t, digits=digits: taylor_run(t, digits), 1)  # type: ignore[misc]
                row += [f"{taylor:.3f}", off_by(end, found, digits), f"{taylor / seconds:.2g}"]
            else:
                row += ["-"] * 3
            if t == 40 and digits in CAPD_SECONDS:
                ratio = CAPD_SECONDS[digits] / seconds
                row += [f"{CAPD_SECONDS[digits]}", f"{ratio:.3g}"]
                if ratio < WANTED_OVER_CAPD[digits]:
                    missed.append(f"{ratio:.2g} over CAPD at {digits} digits")
            else:
                row += ["-", "-"]
            table.add_row(*row)
    Console(width=180).print(table)
    if heyoka is None:
        print("heyoka cannot be imported, so it was not measured: pip install heyoka")
    for miss in missed:
        print("missed:", miss)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
