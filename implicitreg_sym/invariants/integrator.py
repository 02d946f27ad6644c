"""The search for an antiderivative in a process of its own, which is ended when it overruns.

SymPy's algebra cannot be interrupted, so whatever may take long runs there: the rules of `strategy`, the
residue criterion and SymPy's `integrate`. The question goes over as text and the tree of rules comes back
pickled, so nothing of the caller's program is imported or run again: it works from scripts without a main
guard, from notebooks and from tests alike. Run as ``python -m implicitreg_sym.invariants.integrator``.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import sympy as sp

from implicitreg_sym.errors import InputError
from implicitreg_sym.formula import formula_text, parse_formula
from implicitreg_sym.invariants.residues import denominator_mixes, nonelementary
from implicitreg_sym.invariants.rules import DontKnow, Rule, SearchRule
from implicitreg_sym.invariants.strategy import integrate
from implicitreg_sym.symbols import u

SECONDS_FOR_RULES = 5.0  # of processor time; SymPy's own search has the rest


def search_antiderivative(integrand: sp.Expr, seconds: float) -> Rule:
    """Return what a search in another process finds as antiderivative in `u` within so many seconds.

    The result is a candidate, to be verified by the caller; a `DontKnow` where nothing was found.

    >>> search_antiderivative(u * sp.exp(u), 30).result
    u*exp(u) - exp(u)
    """
    package = Path(__file__).resolve().parents[2]
    path = os.pathsep.join(filter(None, [str(package), os.environ.get("PYTHONPATH", "")]))
    try:
        finished = subprocess.run(
            [sys.executable, "-m", __name__ if __name__ != "__main__" else __spec__.name, str(seconds)],
            input=formula_text(integrand).encode(),
            capture_output=True,
            timeout=seconds,
            check=True,
            env={**os.environ, "PYTHONPATH": path},
        )
        rule = pickle.loads(finished.stdout)
    except subprocess.TimeoutExpired:
        return DontKnow(integrand, u, "the search found nothing in the time given")
    except (subprocess.CalledProcessError, pickle.UnpicklingError, EOFError, InputError):
        return DontKnow(integrand, u, "the search broke off")
    assert isinstance(rule, Rule)
    return rule


def by_rules(integrand: sp.Expr, seconds: float) -> Rule:
    """Integrate in `u` by our own rules, unless the residue criterion tells that there is no closed form.

    >>> by_rules(u * (1 + sp.exp(u)) / (1 + u + sp.exp(u)), 5).reason[:37]
    'a residue of the integrand is not con'
    """
    if not denominator_mixes(integrand, u):
        return integrate(integrand, u, seconds)
    reason = nonelementary(integrand, u)
    return DontKnow(integrand, u, reason or "no rule applies", final=reason is not None)


def answer(integrand: sp.Expr) -> Rule:
    """Integrate in `u` by the rules, else by SymPy.

    >>> answer(u**2).result
    u**3/3
    """
    rule = by_rules(integrand, SECONDS_FOR_RULES)
    if rule.known or (isinstance(rule, DontKnow) and rule.final):
        return rule
    found = sp.integrate(integrand, u)
    if found.has(sp.Integral, sp.I, sp.zoo, sp.nan):
        return DontKnow(integrand, u, "no rule applies, and SymPy finds nothing")
    return SearchRule(integrand, u, found)


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
    question = parse_formula(sys.stdin.read(), {"u": u})
    sys.stdout.buffer.write(pickle.dumps(answer(question)))
