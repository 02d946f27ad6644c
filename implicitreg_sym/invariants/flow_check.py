"""Numerical cross-check of conservation: the actual gradient flow is integrated and the quantity watched
along it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
from implicitreg_sym.invariants.cross_check import sound_interval
from implicitreg_sym.invariants.potential import Potential, ratio
from implicitreg_sym.symbols import a

_DURATION = sp.Rational(1, 8)


@dataclass(frozen=True, slots=True)
class FlowCase:
    """A concrete flow on which quantities are watched: samples (x̃, y), start (w̃.., a), loss in f and y
    or None."""

    samples: tuple[tuple[Inputs, sp.Expr], ...]
    start: tuple[sp.Expr, ...]
    loss: sp.Expr | None


def flow_check(
    quantity: Conserved, network: Network, case: FlowCase, potential: Potential | None, digits: int
) -> Evidence:
    """Integrate the actual flow with Taylor series and compare the quantity along it with its value at the
    start.

    Differences of G come from the rigorous potential, at points given by the (not rigorous) trajectory. Kind
    NUMERIC.
    """
    field, variables = gradient_flow_field(
        network.activation.formula, case.samples, (network.rate_w, network.rate_a), case.loss
    )
    names = (*network.weight_symbols, a)
    trajectory = taylor_flow(field, variables, case.start, _DURATION, digits=digits + 10)
    plain = compile_expression(quantity.plain, names)
    with mpmath.workdps(digits + 20), flint.ctx.workprec(int(3.33 * digits) + 120):
        first, *later = trajectory.points
        worst, moved = (
            mpmath.mpf(0),
            max(abs(entry - origin) for entry, origin in zip(trajectory.end, first, strict=True)),
        )
        for point in later:
            change = plain.mp(*point) - plain.mp(*first)
            for term in quantity.terms:
                before, after = (_preactivation_value(term.inputs, entries) for entries in (first, point))
                assert potential is not None
                difference = potential.difference(before, after)
                if not difference.is_finite():
                    return Evidence(
                        Kind.NUMERIC, Outcome.UNDECIDED, "the flow meets a pole of the potential on the way"
                    )
                change += compile_expression(term.coefficient, ()).mp() * _number(difference)
            worst = max(worst, abs(change) / max(1, abs(plain.mp(*first))))
        holds = (
            bool(worst < mpmath.mpf(10) ** (-digits))
            and trajectory.stopped is None
            and moved > mpmath.mpf(10) ** -6
        )
    method = (
        f"flow integrated to t = {_DURATION} at {digits + 10} digits, parameters moved by "
        f"{mpmath.nstr(moved, 3)}: largest change {mpmath.nstr(worst, 2)}"
    )
    return Evidence(
        Kind.NUMERIC,
        Outcome.HOLDS
        if holds
        else Outcome.FAILS
        if worst > mpmath.mpf(10) ** -(digits // 2)
        else Outcome.UNDECIDED,
        method,
    )


def _preactivation_value(inputs: Inputs, point: Sequence[mpmath.mpf]) -> arb:
    total = mpmath.fsum(
        compile_expression(entry, ()).mp() * value for entry, value in zip(inputs, point[:-1], strict=True)
    )
    sign, mantissa, exponent, _ = total._mpf_
    return arb(((-1) ** sign * int(mantissa), int(exponent)))


def _number(ball: arb) -> mpmath.mpf:
    mantissa, exponent = ball.mid().man_exp()
    return mpmath.ldexp(mpmath.mpf(int(mantissa)), int(exponent))


def sample_inputs(network: Network, count: int) -> tuple[Inputs, ...]:
    """Concrete rational inputs in place of symbolic ones, for a numerical check.

    >>> from implicitreg_sym.activations import activation
    >>> sample_inputs(Network(activation("tanh"), 2), 1)
    ((6/5, -7/10),)
    """
    table = [
        (sp.Rational(6 + 3 * (i % 3), 5 + i) * (-1) ** i if i else sp.Rational(6, 5))
        for i in range(network.inputs + count)
    ]
    table[1:2] = [sp.Rational(-7, 10)] if len(table) > 1 else []
    rows = tuple(tuple(table[(i + k) % len(table)] for i in range(network.inputs)) for k in range(count))
    return tuple((*row, sp.Integer(1)) if network.bias else row for row in rows)


def flow_case(
    network: Network, rows: tuple[Inputs, ...], loss: sp.Expr | None, count: int = 1
) -> FlowCase | None:
    """A concrete flow whose pre-activations start where σ/σ' is finite, or None if no such start was
    found."""
    if any(sp.sympify(entry).free_symbols for row in rows for entry in row):
        rows = sample_inputs(network, count)
    live = [piece for piece in reversed(network.activation.pieces) if ratio(piece) is not sp.nan]
    intervals = [interval for piece in live if (interval := sound_interval(piece)) is not None]
    if not intervals:
        return None
    start, end = intervals[0]
    wanted = sp.Matrix(
        [start + (end - start) * sp.Rational(2 * k + 1, 2 * len(rows) + 1) for k in range(len(rows))]
    )
    matrix = sp.Matrix(rows)
    if matrix.rank() == len(rows):
        gram = matrix * matrix.T
        weights = matrix.T * gram.inv() * wanted
    else:
        weights = sp.Matrix(rows[0]) * start / sp.Add(*(entry**2 for entry in rows[0]))
    targets = tuple(-sp.Rational(6 + 2 * k, 5) for k in range(len(rows)))
    return FlowCase(tuple(zip(rows, targets, strict=True)), (*weights, sp.Rational(4, 5)), loss)


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
