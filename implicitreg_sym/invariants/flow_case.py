"""A concrete flow on which conserved quantities are watched, on the scale of its activation.

Where K = Σ (η_a σ² + η_w a² σ'² ‖x‖²) the outputs tend to their targets at the rate K, so that a flow of
fixed length in time would take K steps for a large activation and stand still for a small one.
"""

from __future__ import annotations

from dataclasses import dataclass

import mpmath
import sympy as sp

from implicitreg_sym.flow import Network
from implicitreg_sym.flow.gradient_flow import f as output_symbol
from implicitreg_sym.flow.gradient_flow import target
from implicitreg_sym.invariants.conserved import Inputs, preactivation
from implicitreg_sym.invariants.cross_check import sound_interval
from implicitreg_sym.invariants.potential import ratio

_HEIGHT = sp.Rational(4, 5)  # a at the start
_MOVEMENT = sp.Rational(1, 4)  # what the parameters may move by
_HORIZON = 1  # how long a flow is followed, in units of 1/K
_DIGITS = 30


@dataclass(frozen=True, slots=True)
class FlowCase:
    """A concrete flow on which quantities are watched: samples (x̃, y), start (w̃.., a), loss in f and y
    or None, how long it is followed, and the digits to spare so that what it moves by has all its digits."""

    samples: tuple[tuple[Inputs, sp.Expr], ...]
    start: tuple[sp.Expr, ...]
    loss: sp.Expr | None
    duration: sp.Expr = sp.Rational(1, 8)
    spare_digits: int = 10


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
    width = (end - start) / (2 * len(rows) + 1)
    return _scaled(network, rows, tuple(weights), width, loss)


def _scaled(
    network: Network,
    rows: tuple[Inputs, ...],
    weights: tuple[sp.Expr, ...],
    width: sp.Expr,
    loss: sp.Expr | None,
) -> FlowCase | None:
    """Targets so far below the outputs that the parameters move by about a quarter and every pre-activation
    by less than ``width``, and a time in which most of that happens.

    To first order the parameters move by s η ∇f while f changes by s K, for whatever loss.
    """
    names = dict(zip(network.weight_symbols, weights, strict=True))
    with mpmath.workdps(_DIGITS):
        pull_a = pull_u = rate = mpmath.mpf(0)
        outputs = []
        for row in rows:
            point = _decimal(preactivation(network, row).subs(names))
            value, slope = network.activation.mp(point), network.activation.slope_mp(point)
            norm = _decimal(sp.Add(*(entry**2 for entry in row)))
            across = _decimal(network.rate_w * _HEIGHT) * abs(slope) * norm
            along = _decimal(network.rate_a) * abs(value)
            pull_a, pull_u = pull_a + along, pull_u + across
            rate += along * abs(value) + across * _decimal(_HEIGHT) * abs(slope)
            outputs.append(_decimal(_HEIGHT) * value)
        if not mpmath.isfinite(rate) or rate <= 0:
            return None
        shares = [_decimal(bound) / pull for bound, pull in ((_MOVEMENT, pull_a), (width, pull_u)) if pull]
        step = min(shares)
        change = step * rate
        unit = _power_of_two(change / 8)
        targets = tuple(
            unit * sp.Integer(int(mpmath.nint(output / _decimal(unit)))) - unit * (6 + 2 * k)
            for k, output in enumerate(outputs)
        )
        urgency = _urgency(outputs, targets, loss)
        if urgency is None:
            return None
        duration = _power_of_two(_HORIZON * change / (urgency * rate))
        spare = 10 + max(0, int(-mpmath.log10(step * max(pull_a, pull_u / _largest(rows)))))
    samples = tuple(zip(rows, targets, strict=True))
    return FlowCase(samples, (*weights, _HEIGHT), loss, duration, spare)


def _largest(rows: tuple[Inputs, ...]) -> mpmath.mpf:
    return max(_decimal(sp.sqrt(sp.Add(*(entry**2 for entry in row)))) for row in rows)


def _urgency(
    outputs: list[mpmath.mpf], targets: tuple[sp.Expr, ...], loss: sp.Expr | None
) -> mpmath.mpf | None:
    """The largest |∂ℓ/∂f| at the start, None where it is 0 or not a number."""
    gaps = [(output, _decimal(goal)) for output, goal in zip(outputs, targets, strict=True)]
    if loss is None:
        return max(abs(output - goal) for output, goal in gaps)
    slope = sp.diff(loss, output_symbol)
    slopes = [
        sp.N(slope.subs({output_symbol: sp.Float(output), target: sp.Float(goal)}), _DIGITS)
        for output, goal in gaps
    ]
    if not all(value.is_Float and value.is_finite or value == 0 for value in slopes) or not any(slopes):
        return None
    return max(abs(_decimal(value)) for value in slopes)


def _decimal(number: sp.Expr) -> mpmath.mpf:
    return mpmath.mpf(sp.N(number, mpmath.mp.dps))


def _power_of_two(number: mpmath.mpf) -> sp.Expr:
    """The largest power of two up to a positive number.

    >>> _power_of_two(mpmath.mpf(11) / 2), _power_of_two(mpmath.mpf(1) / 3)
    (4, 1/4)
    """
    return sp.Integer(2) ** int(mpmath.floor(mpmath.log(number, 2)))
