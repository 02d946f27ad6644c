"""The catalogue: every activation as a line of data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sympy as sp

from implicitreg_sym.symbols import u

ZERO = sp.Integer(0)
# Fixed point of the self-normalising map, as published to 31 decimals by Klambauer et al. (2017).
SELU_SCALE = sp.Rational("1.0507009873554804934193349852946")
SELU_ALPHA = sp.Rational("1.6732632423543772848170429916717")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a family: its name, its default (None if it must be given), and what values make
    sense."""

    name: str
    default: sp.Expr | None
    condition: str
    admits: Callable[[sp.Expr], bool]


@dataclass(frozen=True, slots=True)
class Entry:
    """A family of activations: one formula in `u` and at most one parameter."""

    name: str
    title: str
    build: Callable[..., sp.Expr]
    references: tuple[str, ...] = ()
    parameter: Parameter | None = None


def _positive(number: sp.Expr) -> bool:
    return bool(number.is_positive)


def _natural(number: sp.Expr) -> bool:
    return bool(number.is_Integer and 1 <= number <= 64)


def _positive_rational(number: sp.Expr) -> bool:
    return bool(number.is_Rational and 0 < number <= 64)


def _proper_slope(number: sp.Expr) -> bool:
    return bool((number > 0) & (number < 1))


def _sigmoid(argument: sp.Expr) -> sp.Expr:
    return 1 / (1 + sp.exp(-argument))


def _below_above(negative: sp.Expr, positive: sp.Expr) -> sp.Expr:
    return sp.Piecewise((negative, u <= 0), (positive, True))


_ALPHA = Parameter("alpha", sp.Integer(1), "a positive number", _positive)
_TANH_GELU = sp.sqrt(2 / sp.pi) * (u + sp.Rational(44715, 10**6) * u**3)

_ENTRIES = (
    Entry("identity", "identity", lambda: u),
    Entry("relu", "rectified linear unit", lambda: _below_above(ZERO, u), ("nair2010rectified",)),
    Entry(
        "leaky_relu",
        "leaky rectified linear unit",
        lambda alpha: _below_above(alpha * u, u),
        ("maas2013rectifier",),
        Parameter("alpha", sp.Rational(1, 100), "a number between 0 and 1", _proper_slope),
    ),
    Entry("power", "power", lambda k: u**k, (), Parameter("k", None, "an integer from 1 to 64", _natural)),
    Entry(
        "relu_power",
        "power of the rectified linear unit",
        lambda k: _below_above(ZERO, u**k),
        (),
        Parameter("k", None, "a positive rational up to 64", _positive_rational),
    ),
    Entry("exp", "exponential", lambda: sp.exp(u)),
    Entry("sigmoid", "logistic sigmoid", lambda: _sigmoid(u)),
    Entry("tanh", "hyperbolic tangent", lambda: sp.tanh(u)),
    Entry("sinh", "hyperbolic sine", lambda: sp.sinh(u)),
    Entry("cosh", "hyperbolic cosine", lambda: sp.cosh(u)),
    Entry("sin", "sine", lambda: sp.sin(u)),
    Entry("cos", "cosine", lambda: sp.cos(u)),
    Entry("arctan", "inverse tangent", lambda: sp.atan(u)),
    Entry("erf", "error function", lambda: sp.erf(u)),
    Entry("softsign", "softsign", lambda: u / (1 + sp.Abs(u)), ("bergstra2009quadratic",)),
    Entry("asinh", "inverse hyperbolic sine", lambda: sp.asinh(u)),
    Entry("softplus", "softplus", lambda: sp.log(1 + sp.exp(u)), ("dugas2001incorporating",)),
    Entry(
        "shifted_softplus", "shifted softplus", lambda: sp.log((1 + sp.exp(u)) / 2), ("schuett2017schnet",)
    ),
    Entry("squareplus", "squareplus", lambda: (u + sp.sqrt(u**2 + 4)) / 2, ("barron2021squareplus",)),
    Entry(
        "elu",
        "exponential linear unit",
        lambda alpha: _below_above(alpha * (sp.exp(u) - 1), u),
        ("clevert2016fast",),
        _ALPHA,
    ),
    Entry(
        "selu",
        "scaled exponential linear unit",
        lambda: _below_above(SELU_SCALE * SELU_ALPHA * (sp.exp(u) - 1), SELU_SCALE * u),
        ("klambauer2017self",),
    ),
    Entry(
        "celu",
        "continuously differentiable exponential linear unit",
        lambda alpha: _below_above(alpha * (sp.exp(u / alpha) - 1), u),
        ("barron2017continuously",),
        _ALPHA,
    ),
    Entry(
        "gelu",
        "Gaussian error linear unit",
        lambda: u * (1 + sp.erf(u / sp.sqrt(2))) / 2,
        ("hendrycks2016gaussian",),
    ),
    Entry(
        "gelu_tanh",
        "tanh form of the Gaussian error linear unit",
        lambda: u * (1 + sp.tanh(_TANH_GELU)) / 2,
        ("hendrycks2016gaussian",),
    ),
    Entry("silu", "sigmoid linear unit", lambda: u * _sigmoid(u), ("elfwing2018sigmoid",)),
    Entry(
        "swish",
        "swish",
        lambda beta: u * _sigmoid(beta * u),
        ("ramachandran2017searching",),
        Parameter("beta", sp.Integer(1), "a positive number", _positive),
    ),
    Entry("mish", "mish", lambda: u * sp.tanh(sp.log(1 + sp.exp(u))), ("misra2020mish",)),
    Entry("gaussian", "Gaussian", lambda: sp.exp(-(u**2))),
    Entry("logcosh", "logarithm of the hyperbolic cosine", lambda: sp.log(sp.cosh(u))),
    Entry("snake", "snake", lambda alpha: u + sp.sin(alpha * u) ** 2 / alpha, ("ziyin2020neural",), _ALPHA),
    Entry("rational", "rational bump", lambda: u / (1 + u**2)),
)

CATALOGUE: Mapping[str, Entry] = {entry.name: entry for entry in _ENTRIES}
