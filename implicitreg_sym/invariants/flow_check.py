"""Numerical cross-check of conservation: the actual gradient flow is integrated and the quantity watched
along it."""

from __future__ import annotations

from collections.abc import Sequence

import flint
import mpmath
import sympy as sp
from flint import arb

from implicitreg_sym.claims import Evidence, Kind, Outcome
from implicitreg_sym.evaluate import compile_expression
from implicitreg_sym.flow import Network
from implicitreg_sym.flow.gradient_flow import gradient_flow_field
from implicitreg_sym.flow.taylor import taylor_flow
from implicitreg_sym.invariants.conserved import Conserved, Inputs, PotentialTerm
from implicitreg_sym.invariants.flow_case import FlowCase
from implicitreg_sym.invariants.potential import Potential
from implicitreg_sym.symbols import a

_FEWEST_DIGITS = 15  # a comparison to fewer says nothing


def flow_check(
    quantity: Conserved, network: Network, case: FlowCase, potential: Potential | None, digits: int
) -> Evidence:
    """Integrate the actual flow with Taylor series and compare the quantity along it with its value at the
    start: its change must be below 10^-digits of the largest change of a parameter or of one of its terms.

    Differences of G come from the rigorous potential, at points given by the (not rigorous) trajectory. Kind
    NUMERIC.
    """
    digits = max(digits, _FEWEST_DIGITS)
    field, variables = gradient_flow_field(
        network.activation.formula, case.samples, (network.rate_w, network.rate_a), case.loss
    )
    names = (*network.weight_symbols, a)
    trajectory = taylor_flow(field, variables, case.start, case.duration, digits=digits + case.spare_digits)
    plain = [compile_expression(term, names) for term in sp.Add.make_args(quantity.plain)]
    worst = blurred = mpmath.mpf(0)
    with mpmath.workdps(digits + case.spare_digits + 10), flint.ctx.workprec(int(3.33 * digits) + 120):
        first, *later = trajectory.points
        moved = max(abs(entry - origin) for entry, origin in zip(trajectory.end, first, strict=True))
        for point in later:
            changes = [term.mp(*point) - term.mp(*first) for term in plain]
            blur = mpmath.mpf(0)
            for term in quantity.terms:
                before, after = (_preactivation_value(term.inputs, entries) for entries in (first, point))
                assert potential is not None
                difference = potential.difference(before, after)
                if not difference.is_finite():
                    return Evidence(
                        Kind.NUMERIC, Outcome.UNDECIDED, "the flow meets a pole of the potential on the way"
                    )
                coefficient = compile_expression(term.coefficient, ()).mp()
                changes.append(coefficient * _number(difference.mid()))
                blur += abs(coefficient) * _number(difference.rad())
            scale = max(moved, *(abs(change) for change in changes))
            if scale:
                worst = max(worst, abs(mpmath.fsum(changes)) / scale)
                blurred = max(blurred, blur / scale)
        sharp = trajectory.stopped is None and moved > 0 and blurred < mpmath.mpf(10) ** -digits
        holds = sharp and worst < mpmath.mpf(10) ** -digits
        fails = worst - blurred > mpmath.mpf(10) ** -(digits // 2)
        method = (
            f"flow integrated to t = {mpmath.nstr(trajectory.times[-1], 3)}, parameters moved by "
            f"{mpmath.nstr(moved, 3)}: largest relative change {mpmath.nstr(worst, 2)} at {digits} digits"
        )
    outcome = Outcome.HOLDS if holds else Outcome.FAILS if fails else Outcome.UNDECIDED
    return Evidence(Kind.NUMERIC, outcome, method)


def _preactivation_value(inputs: Inputs, point: Sequence[mpmath.mpf]) -> arb:
    total = mpmath.fsum(
        compile_expression(entry, ()).mp() * value for entry, value in zip(inputs, point[:-1], strict=True)
    )
    sign, mantissa, exponent, _ = total._mpf_
    return arb(((-1) ** sign * int(mantissa), int(exponent)))


def _number(exact: arb) -> mpmath.mpf:
    mantissa, exponent = exact.man_exp()
    return mpmath.ldexp(mpmath.mpf(int(mantissa)), int(exponent))


def watch(
    quantity: Conserved,
    network: Network,
    rows: tuple[Inputs, ...],
    case: FlowCase | None,
    potential: Potential | None,
    digits: int,
) -> tuple[Evidence, ...]:
    """The quantity along an actual flow; a symbolic sample is replaced by the flow's own in the quantity
    too."""
    if case is None:
        return ()
    inputs = [row for row, _ in case.samples]
    names = {
        symbol: value
        for row, concrete in zip(rows, inputs, strict=False)
        for symbol, value in zip(row, concrete, strict=True)
        if isinstance(symbol, sp.Symbol)
    }
    concrete = Conserved(
        quantity.plain.subs(names),
        tuple(
            PotentialTerm(
                term.coefficient.subs(names), tuple(sp.sympify(entry).subs(names) for entry in term.inputs)
            )
            for term in quantity.terms
        ),
    )
    return (flow_check(concrete, network, case, potential, digits),)
