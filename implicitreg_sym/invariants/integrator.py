"""SymPy's `integrate` in a process of its own, which is ended when it overruns.

The two processes exchange formulas as text, so nothing of the caller's program is imported or run again: it
works from scripts without a main guard, from notebooks and from tests alike. Run as ``python -m
implicitreg_sym.invariants.integrator``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import sympy as sp

from implicitreg_sym.errors import InputError
from implicitreg_sym.formula import formula_text, parse_formula
from implicitreg_sym.symbols import u

NOT_FOUND = "none"


@cache
def search_antiderivative(integrand: sp.Expr, seconds: float) -> sp.Expr | None:
    """Return what a search in another process finds as antiderivative in `u` within so many seconds, or None.

    The answer is a candidate, to be verified by the caller.

    >>> search_antiderivative(u * sp.exp(u), 30)
    u*exp(u) - exp(u)
    """
    question = formula_text(integrand)
    package = Path(__file__).resolve().parents[2]
    path = os.pathsep.join(filter(None, [str(package), os.environ.get("PYTHONPATH", "")]))
    try:
        finished = subprocess.run(
            [sys.executable, "-m", __name__ if __name__ != "__main__" else __spec__.name, str(seconds)],
            input=question,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=True,
            env={**os.environ, "PYTHONPATH": path},
        )
        return (
            None if finished.stdout.strip() == NOT_FOUND else parse_formula(finished.stdout.strip(), {"u": u})
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError, InputError):
        return None


def answer(question: str) -> str:
    """Integrate a formula in `u`, given and returned as text.

    >>> answer("u**2")
    'u**3/3'
    """
    from implicitreg_sym.invariants.strategy import integrate

    integrand = parse_formula(question, {"u": u})
    found = integrate(integrand, u, seconds=5).result
    if found is None:
        found = sp.integrate(integrand, u)
    return NOT_FOUND if found.has(sp.Integral, sp.I, sp.zoo, sp.nan) else formula_text(found)


def _limit_processor_time(seconds: float) -> None:
    """End this process by itself should its parent be gone; where the system offers it."""
    try:
        import resource
    except ImportError:
        return
    limit = int(seconds) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))


if __name__ == "__main__":
    _limit_processor_time(float(sys.argv[1]))
    print(answer(sys.stdin.read()))
