"""The catalogue against independent formulas, pieces and breakpoints, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import flint
import mpmath
import pytest
import sympy as sp
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from implicitreg_sym.activations import (
    CATALOGUE,
    Activation,
    Piece,
    activation,
    catalogue_activations,
    from_formula,
)
from implicitreg_sym.errors import InputError
from implicitreg_sym.invariants import homogeneity_degree, parity
from implicitreg_sym.strategies import activations, is_increasing
from implicitreg_sym.symbols import u, w

SELU_SCALE, SELU_ALPHA = "1.0507009873554804934193349852946", "1.6732632423543772848170429916717"


def gelu_tanh(v: mpmath.mpf) -> mpmath.mpf:
    """The published form with 0.044715."""
    inner = mpmath.sqrt(2 / mpmath.pi) * (v + mpmath.mpf("0.044715") * v**3)
    return v / 2 * (1 + mpmath.tanh(inner))


INDEPENDENT: dict[str, Callable[[mpmath.mpf], mpmath.mpf]] = {
    "identity": lambda v: v,
    "relu": lambda v: max(v, mpmath.mpf(0)),
    "leaky_relu": lambda v: max(v, v / 100),
    "power(3)": lambda v: v * v * v,
    "relu_power(3)": lambda v: max(v, mpmath.mpf(0)) ** 3,
    "exp": mpmath.exp,
    "sigmoid": lambda v: (1 + mpmath.tanh(v / 2)) / 2,
    "tanh": mpmath.tanh,
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "arctan": mpmath.atan,
    "erf": mpmath.erf,
    "softsign": lambda v: v / (1 + abs(v)),
    "asinh": mpmath.asinh,
    "softplus": lambda v: mpmath.log1p(mpmath.exp(v)),
    "shifted_softplus": lambda v: mpmath.log1p(mpmath.exp(v)) - mpmath.log(2),
    "squareplus": lambda v: (v + mpmath.sqrt(v**2 + 4)) / 2,
    "elu": lambda v: v if v > 0 else mpmath.expm1(v),
    "selu": lambda v: mpmath.mpf(SELU_SCALE) * (v if v > 0 else mpmath.mpf(SELU_ALPHA) * mpmath.expm1(v)),
    "celu": lambda v: v if v > 0 else mpmath.expm1(v),
    "gelu": lambda v: v * mpmath.ncdf(v),
    "gelu_tanh": gelu_tanh,
    "silu": lambda v: v / (1 + mpmath.exp(-v)),
    "swish": lambda v: v / (1 + mpmath.exp(-v)),
    "mish": lambda v: v * mpmath.tanh(mpmath.log1p(mpmath.exp(v))),
    "gaussian": lambda v: mpmath.exp(-v * v),
    "logcosh": lambda v: mpmath.log(mpmath.cosh(v)),
    "snake": lambda v: v + mpmath.sin(v) ** 2,
    "rational": lambda v: v / (1 + v * v),
}
FAMILIES = {
    "leaky_relu(1/4)": lambda v: max(v, v / 4),
    "power(4)": lambda v: v**4,
    "relu_power(1/2)": lambda v: mpmath.sqrt(max(v, mpmath.mpf(0))),
    "elu(2)": lambda v: v if v > 0 else 2 * mpmath.expm1(v),
    "celu(2)": lambda v: v if v > 0 else 2 * mpmath.expm1(v / 2),
    "swish(3)": lambda v: v / (1 + mpmath.exp(-3 * v)),
    "snake(2)": lambda v: v + mpmath.sin(2 * v) ** 2 / 2,
}
ODD = {"identity", "power(3)", "tanh", "sinh", "sin", "arctan", "erf", "softsign", "asinh", "rational"}
EVEN = {"cosh", "cos", "gaussian", "logcosh"}
DEGREES = {"identity": 1, "relu": 1, "leaky_relu": 1, "power(3)": 3, "relu_power(3)": 3}
INCREASING = {
    "identity",
    "leaky_relu",
    "exp",
    "sigmoid",
    "tanh",
    "sinh",
    "arctan",
    "erf",
    "softsign",
    "asinh",
    "softplus",
    "shifted_softplus",
    "squareplus",
    "elu",
    "selu",
    "celu",
}


def test_the_catalogue_is_complete() -> None:
    """It has the activations of the table above and no others, each with a title and real on the whole
    line."""
    assert {entry.name for entry in catalogue_activations()} == set(INDEPENDENT)
    for entry in catalogue_activations():
        assert entry.title and entry.pieces[0].lower == -sp.oo and entry.pieces[-1].upper == sp.oo
        assert "sigma" in entry._repr_latex_()


@pytest.mark.parametrize("name", [*INDEPENDENT, *FAMILIES])
@given(k=st.integers(-60, 60))
def test_formulas_agree_with_independent_ones(name: str, k: int) -> None:
    """Value and slope, by mpmath and by balls, agree with a formula written without SymPy."""
    function = {**INDEPENDENT, **FAMILIES}[name]
    sigma, point = activation(name), Fraction(2 * k + 1, 16)
    with mpmath.workdps(40), flint.ctx.workprec(200):
        at, ball = mpmath.mpf(point.numerator) / point.denominator, arb(point.numerator) / point.denominator
        value, slope = function(at), mpmath.diff(function, at, h=mpmath.mpf(10) ** -15) if k else None
        assert abs(sigma.mp(at) - value) <= mpmath.mpf(10) ** -30 * max(1, abs(value))
        assert abs(mpmath.mpf(sigma.value(ball).str(40, radius=False)) - value) <= mpmath.mpf(
            10
        ) ** -30 * max(1, abs(value))
        if slope is not None:
            assert abs(sigma.slope_mp(at) - slope) <= mpmath.mpf(10) ** -10 * max(1, abs(slope))
            assert abs(float(sigma.slope_over(ball)) - float(slope)) <= 1e-10 * max(1, abs(float(slope)))


@given(activations())
def test_pieces_join_continuously(sigma: Activation) -> None:
    """At a breakpoint the values from both sides meet, and a ball over it contains both."""
    for left, right in zip(sigma.pieces, sigma.pieces[1:], strict=False):
        assert left.upper == right.lower
        with mpmath.workdps(40):
            end = mpmath.mpf(int(left.upper))
            assert mpmath.almosteq(left.value_program.mp(end), right.value_program.mp(end), abs_eps=1e-35)
        point = arb(int(left.upper)) + arb(0, 0.25)
        assert sigma.piece_at(point) is None
        assert sigma.slope_over(point).contains(left.slope_program.arb(point.lower()))
    assert len(sigma.breakpoints) == len(sigma.pieces) - 1 and sigma.smooth == (not sigma.breakpoints)


def test_parity_homogeneity_and_monotony_are_computed() -> None:
    """They come out as known for each entry of the catalogue."""
    for entry in catalogue_activations():
        assert parity(entry) == ("odd" if entry.name in ODD else "even" if entry.name in EVEN else None), (
            entry.name
        )
        assert homogeneity_degree(entry) == DEGREES.get(entry.name), entry.name
        assert is_increasing(entry) == (entry.name in INCREASING), entry.name


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("power", "needs its parameter"),
        ("power()", "needs its parameter"),
        ("power(1/2)", "out of range"),
        ("power(0)", "out of range"),
        ("power(65)", "out of range"),
        ("leaky_relu(2)", "out of range"),
        ("leaky_relu(0)", "out of range"),
        ("elu(-1)", "out of range"),
        ("swish(0)", "out of range"),
        ("snake(-1/2)", "out of range"),
        ("relu_power(65)", "out of range"),
        ("tanh(2)", "takes no parameter"),
        ("sigmiod", "did you mean sigmoid"),
        ("xyzzy", "formula in u works too"),
        ("1 + 1", "constant"),
        ("sin(u)**2 + v", "unknown name"),
        ("sign(u)", "jumps"),
        ("Piecewise((u, u > 0), (1, True))", "jumps"),
        ("Piecewise((u, u > 0))", "says nothing"),
        ("abs(u**2 - 1)", "not linear in u"),
        ("max(u, u**3)", "not linear in u"),
        ("Piecewise((u, abs(u)*u < 1), (1, True))", "not linear in u"),
        ("abs(" * 9 + "u-1)-1/3)-1/9)-1/27)-1/81)-1/243)-1/729)-1/2187)-1/6561)", "more than 64 breakpoints"),
        ("x" * 100_000, r"unknown activation 'x{37}\.\.\.'"),
        ("polylog(3, u)", "cannot be evaluated"),
        ("Integral(exp(v**2), (v, 0, u))", "closed formula"),
        ("", "empty"),
    ],
)
def test_what_is_no_activation_is_refused(text: str, complaint: str) -> None:
    """Unknown names, parameters out of range, discontinuous and constant formulas are misuse, and the
    message says which."""
    with pytest.raises(InputError, match=complaint):
        activation(text)


def test_formulas_in_foreign_symbols_are_refused() -> None:
    """An activation is a function of u alone."""
    with pytest.raises(InputError, match="uses w"):
        from_formula(u + w)


def test_user_formulas_are_split_at_their_breakpoints() -> None:
    """Abs, sign, Max-like and piecewise forms, with irrational and equal breakpoints."""
    tent = activation("abs(u - 1) + abs(u)")
    assert [piece.formula for piece in tent.pieces] == [1 - 2 * u, sp.Integer(1), 2 * u - 1]
    assert activation("Piecewise((u, u > 0), (exp(u) - 1, True))").pieces == activation("elu").pieces
    irrational = activation("Piecewise((u, u < sqrt(2)), (sqrt(2), True))")
    assert irrational.breakpoints == (sp.sqrt(2),)
    assert irrational.pieces[1].contains(arb(2)) and not irrational.pieces[1].contains(arb(2).sqrt())
    assert activation("u*sign(u)").pieces == activation("abs(u)").pieces
    assert (
        activation("Piecewise((0, (u > -1) & (u < 0)), (0, u <= -1), (u, True))").pieces
        == activation("relu").pieces
    )
    inner = activation("Piecewise((u, (u > -1) & (u < 1)), (1, u >= 1), (-1, True))")
    assert inner.piece_near(mpmath.mpf(3)).formula == 1 and inner.piece_near(mpmath.mpf(-3)).formula == -1
    assert activation("abs(u)*1 + 0*sign(1)").pieces == activation("abs(u)").pieces


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("max(u, 0)", "relu"),
        ("min(0, -u)", "-max(u, 0)"),
        ("max(-1, min(1, u))", "Piecewise((u, (u > -1) & (u < 1)), (1, u >= 1), (-1, True))"),
        ("max(u, -u, 1)", "Piecewise((abs(u), u >= 1), (abs(u), u <= -1), (1, True))"),
        ("Piecewise((u, abs(u) < 1), (sign(u), True))", "max(-1, min(1, u))"),
        ("abs(abs(u) - 1)", "Piecewise((-u - 1, u < -1), (u + 1, u < 0), (1 - u, u < 1), (u - 1, True))"),
        ("abs(u - sqrt(2)) + max(abs(u), sqrt(2))", "Piecewise((sqrt(2) - 2*u, u < -sqrt(2)), "
         "(2*sqrt(2) - u, u < sqrt(2)), (2*u - sqrt(2), True))"),
        ("Piecewise((1 + u, max(u, 0) >= 0), (2, True))", "1 + u"),
        ("Piecewise((u, max(u, 0) > 0), (-u, True))", "abs(u)"),
    ],
)  # fmt: skip
def test_extrema_and_piecewise_linear_conditions(text: str, same: str) -> None:
    """max, min and conditions on |u| give the pieces that the same function has when it is written out."""
    first, second = activation(text), activation(same)
    assert first.breakpoints == second.breakpoints
    for one, other in zip(first.pieces, second.pieces, strict=True):
        assert sp.expand(one.formula - other.formula) == 0


@pytest.mark.parametrize("thing", [3, None, [1], b"tanh", u])
def test_an_activation_is_given_as_text(thing: object) -> None:
    """Another object is refused with the way that would be right."""
    with pytest.raises(InputError, match="given as text, such as 'tanh'"):
        activation(thing)  # type: ignore[arg-type]


def test_a_formula_with_several_pieces_reads_as_one() -> None:
    """σ and σ' as single expressions agree with the pieces, and names are read back."""
    for name in ("softsign", "elu(2)", "selu"):
        sigma = activation(name)
        for value in (-3, 5):
            assert sigma.formula.subs(u, value) == sigma.piece_at(arb(value)).formula.subs(u, value)  # type: ignore[union-attr]
            with mpmath.workdps(40):
                slope = mpmath.diff(sigma.mp, value)
                assert abs(slope - mpmath.mpf(sp.N(sigma.slope.subs(u, value), 40))) < mpmath.mpf(10) ** -15
        assert activation(sigma.name) == sigma
    assert (
        activation(" leaky_relu( 1/4 ) ").name == "leaky_relu(1/4)"
        and activation("swish(2)").name == "swish(2)"
    )
    assert activation("exp(u)").name == "exp(u)" and activation("u").pieces == activation("identity").pieces


def test_values_outside_the_domain_are_not_finite() -> None:
    """Beyond every piece there is no value, and none where a piece is undefined."""
    half = Activation("half", (Piece(sp.Integer(0), sp.oo, sp.log(u)),))
    assert not half.value(arb(-1)).is_finite() and not half.value(arb(0, 1)).is_finite()
    assert half.value(arb(1)).contains(0)


def test_names_of_families_match_their_entries() -> None:
    """The keys of the catalogue are the names, and each parameter says what it admits."""
    for name, entry in CATALOGUE.items():
        assert entry.name == name
        if entry.parameter is not None:
            assert entry.parameter.condition and entry.parameter.name
