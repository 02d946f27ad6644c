"""One-neuron networks, points of their parameter space, and samples: all exact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import flint
import sympy as sp
from flint import arb

from implicitreg_sym.activations import Activation, real_ball
from implicitreg_sym.errors import InputError
from implicitreg_sym.symbols import a, b, vector, w, x


@dataclass(frozen=True, slots=True)
class Point:
    """A parameter point θ = (w, a), or (w, b, a) with a trained bias; every entry is an exact real number.

    >>> Point((sp.Rational(1, 5), sp.Rational(-1, 10)), sp.Rational(4, 5)).w
    (1/5, -1/10)
    """

    w: tuple[sp.Expr, ...]
    a: sp.Expr
    b: sp.Expr | None = None

    @property
    def weights(self) -> tuple[sp.Expr, ...]:
        """The input weights, the bias last where there is one: w̃ with u = ⟨w̃, x̃⟩."""
        return self.w if self.b is None else (*self.w, self.b)


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample (x, y), x ∈ R^d, both exact.

    >>> Sample((sp.Integer(2),), sp.Rational(3, 2)).y
    3/2
    """

    x: tuple[sp.Expr, ...]
    y: sp.Expr


@dataclass(frozen=True, slots=True)
class Network:
    """The one-neuron network f(x; θ) = a σ(⟨w, x⟩ + b) under gradient flow with separate learning rates.

    The flow is ẇ = -η_w ∂L/∂w (the same for a trained bias) and ȧ = -η_a ∂L/∂a. Arguments: ``activation``;
    ``inputs``, the dimension d ≥ 1; ``bias``, whether b is trained (otherwise there is none); ``rate_w``,
    ``rate_a`` > 0, exact.
    Raises `InputError` on a dimension or a rate that is not positive.

    >>> from implicitreg_sym.activations import activation
    >>> Network(activation("tanh"), inputs=2).output
    a*tanh(w1*x1 + w2*x2)
    """

    activation: Activation
    inputs: int = 1
    bias: bool = False
    rate_w: sp.Expr = sp.Integer(1)
    rate_a: sp.Expr = sp.Integer(1)

    def __post_init__(self) -> None:
        if self.inputs < 1:
            raise InputError(f"the network has {self.inputs} inputs; give at least one")
        for name, rate in (("w", self.rate_w), ("a", self.rate_a)):
            if not sp.sympify(rate, strict=True).is_positive:
                raise InputError(f"the learning rate of {name} is {rate}; give a positive number")

    @property
    def input_symbols(self) -> tuple[sp.Symbol, ...]:
        """The symbols of the inputs: (x,) or (x1, ..., xd)."""
        return (x,) if self.inputs == 1 else vector("x", self.inputs)

    @property
    def weight_symbols(self) -> tuple[sp.Symbol, ...]:
        """The symbols of the weights, the bias last: (w,), (w1, ..., wd), (w, b), ..."""
        weights = (w,) if self.inputs == 1 else vector("w", self.inputs)
        return (*weights, b) if self.bias else weights

    @property
    def augmented_inputs(self) -> tuple[sp.Expr, ...]:
        """x̃ = x, or (x, 1) with a trained bias."""
        return (*self.input_symbols, sp.Integer(1)) if self.bias else self.input_symbols

    @property
    def preactivation(self) -> sp.Expr:
        """u = ⟨w̃, x̃⟩ in symbols."""
        return sp.Add(
            *(
                weight * entry
                for weight, entry in zip(self.weight_symbols, self.augmented_inputs, strict=True)
            )
        )

    @property
    def output(self) -> sp.Expr:
        """f(x; θ) in symbols."""
        from implicitreg_sym.symbols import u

        return a * self.activation.formula.subs(u, self.preactivation)

    def augment(self, sample: Sample) -> tuple[sp.Expr, ...]:
        """The inputs of a sample, with the constant input of a trained bias."""
        return (*sample.x, sp.Integer(1)) if self.bias else sample.x

    def squared_norm(self, sample: Sample) -> sp.Expr:
        """N = η_w ‖x̃‖² / η_a, the only number by which the input enters the orbit in the plane (u, a)."""
        return self.rate_w * sp.Add(*(entry**2 for entry in self.augment(sample))) / self.rate_a

    def preactivation_at(self, point: Point, sample: Sample) -> sp.Expr:
        """u = ⟨w̃, x̃⟩ at a point, exactly."""
        return sp.Add(
            *(weight * entry for weight, entry in zip(point.weights, self.augment(sample), strict=True))
        )

    def check(self, point: Point | None = None, samples: Sequence[Sample] = ()) -> None:
        """Raise `InputError` unless point and samples fit the network and hold finite real numbers."""
        if point is not None:
            if len(point.w) != self.inputs:
                raise InputError(
                    f"the start has {_count(len(point.w), 'weight')}, but the network has "
                    f"{_count(self.inputs, 'input')}; give as many weights as inputs"
                )
            if (point.b is not None) != self.bias:
                raise InputError(
                    "a start with a bias needs a network with a trained bias, and the other way round; "
                    "use --bias with W;B;A"
                )
        for sample in samples:
            if len(sample.x) != self.inputs:
                raise InputError(
                    f"a sample has {_count(len(sample.x), 'input')}, but the network has "
                    f"{_count(self.inputs, 'input')}; give them the same number"
                )
        numbers = [] if point is None else [*point.weights, point.a]
        for number in [*numbers, *(entry for sample in samples for entry in (*sample.x, sample.y))]:
            _check_real(number)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _check_real(number: sp.Expr) -> None:
    with flint.ctx.workprec(64):
        ball: arb = real_ball(number) if isinstance(number, sp.Expr) and number.is_number else arb("nan")
    if not ball.is_finite():
        raise InputError(f"{number} is not a finite real number; write a number such as 3/10, 0.3 or log(5)")
