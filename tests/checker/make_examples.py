"""Writes the example certificates of this folder: ``PYTHONPATH=tests python -m checker.make_examples``.

The numbers of `found` come from mpmath alone (`oracle.py`), rounded to balls whose radius is one or two units
in the last place of the midpoint, so that a mutation of the last place is a mutation of the statement.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mpmath import mp, mpf

from . import oracle

FOLDER = Path(__file__).with_name("certificates")
THEOREMS = json.loads(
    Path(__file__).parents[2].joinpath("implicitreg_checker", "theorems.json").read_text("utf-8")
)

SIGMOID = [{"below": None, "formula": "/ 1 + 1 exp neg u"}]
TANH = [{"below": None, "formula": "tanh u"}]
GELU = [{"below": None, "formula": "* / u 2 + 1 erf / u sqrt 2"}]
SOFTPLUS = [{"below": None, "formula": "log + 1 exp u"}]
ELU = [{"below": "0", "formula": "- exp u 1"}, {"below": None, "formula": "u"}]
CUBE = [{"below": None, "formula": "^3 u"}]
G_SIGMOID, G_TANH, G_ELU = ["+ u exp u"], ["/ ^2 sinh u 2"], ["- + u exp neg u 1", "/ ^2 u 2"]


def ball(number: Any, places: int = 70, radius: int = 1) -> dict[str, Any]:
    """The ball around a number rounded to a multiple of 2^-places."""
    with mp.workprec(2000):
        return {"mid": [str(int(mp.nint(number * mpf(2) ** places))), -places], "rad": [str(radius), -places]}


def certificate(kind: str, activation: Any, given: Any, witness: Any, found: Any = None) -> dict[str, Any]:
    """A certificate; what it finds is computed from what is given unless it is stated."""
    result = {
        "format": "implicitreg certificate", "version": 1, "kind": kind, "theorem": THEOREMS[kind],
        "given": given, "found": found, "witness": {"precision": 128} | witness,
    } | ({} if activation is None else {"activation": activation})  # fmt: skip
    if kind in oracle.NUMBERS:
        with mp.workdps(oracle.DIGITS + 15):
            numbers = oracle.NUMBERS[kind](result)
        assert numbers is not None, (kind, given)
        result["found"] = {
            name: [ball(entry) for entry in value] if isinstance(value, list) else ball(value)
            for name, value in numbers.items()
        }
    return result


def limit(
    activation: Any, start: Any, sample: Any, equation: str, rates: Any = None, **witness: Any
) -> dict[str, Any]:
    """A limit; the ball of u has radius 2^-10 about the true one."""
    given = {"start": start, "sample": sample} | ({} if rates is None else {"rates": rates})
    result = certificate(
        "limit",
        activation,
        given,
        {"equation": equation, "u": None, "turn": None, "potential": None} | witness,
    )
    with mp.workdps(60):
        numbers = oracle.limit_numbers(result)
        assert numbers is not None
        u = sum(w * oracle.evaluate(x) for w, x in zip(numbers["w"], sample["x"], strict=True))
        result["witness"]["u"] = ball(u + numbers.get("b", 0), 110, 2**100)
    return result


def cells(activation: Any, w_0: Any, a_0: Any, ws: list[str], as_: list[str], guesses: list[float]) -> Any:
    """The cells between neighbouring ends, each with a ball about the roots at its corners."""
    sigma, result = oracle.Activation(activation), []
    w_0, a_0 = oracle.evaluate(w_0), oracle.evaluate(a_0)
    for w_pair in zip(ws, ws[1:], strict=False):
        for a_pair in zip(as_, as_[1:], strict=False):
            boxes = []
            for guess in guesses:
                roots = [
                    mp.findroot(
                        lambda x, w=w, a=a: sigma.rise(w_0 * x, w * x) / x**2 - (a**2 - a_0**2) / 2,
                        guess,
                    )
                    for w in map(oracle.number_of, w_pair)
                    for a in map(oracle.number_of, a_pair)
                ]
                middle, spread = (min(roots) + max(roots)) / 2, (max(roots) - min(roots)) / 2
                boxes.append(ball(middle, 40, int(spread * mpf("1.6") * 2**40) + 1))
            result.append({"w": list(w_pair), "a": list(a_pair), "x": boxes})
    return result


def examples() -> dict[str, dict[str, Any]]:
    """The certificates by name."""
    result = {
        "value": certificate(
            "value", None,
            {"expression": "+ * 2f2 -1/3 li2 1/2 / lambertw exp pi + logabs - 1 pi ^2/3 sqrt 2"}, {},
        ),
        "limit-direct": limit(
            SIGMOID, {"w": ["3/10"], "a": "7/10"}, {"x": ["2"], "y": "3/2"}, "output"
        ),
        "limit-potential": limit(
            SIGMOID, {"w": ["3/10"], "a": "7/10"}, {"x": ["2"], "y": "3/2"}, "output", potential=G_SIGMOID
        ),
        "limit-from-zero-weight": limit(
            SIGMOID, {"w": ["3/10"], "a": "0"}, {"x": ["-2"], "y": "-1/3"}, "output", potential=G_SIGMOID
        ),
        "limit-through-zero": limit(
            TANH, {"w": ["1/2"], "a": "2"}, {"x": ["1"], "y": "-1"}, "output", potential=G_TANH
        ),
        "limit-turn": limit(
            SIGMOID, {"w": ["3/10"], "a": "-1/2"}, {"x": ["1"], "y": "1/2"}, "output", turn="-1"
        ),
        "limit-weight": limit(SIGMOID, {"w": ["3/10"], "a": "1/2"}, {"x": ["1"], "y": "0"}, "weight"),
        "limit-activation": limit(
            TANH, {"w": ["1/2"], "a": "-2"}, {"x": ["1"], "y": "0"}, "activation", potential=G_TANH
        ),
        "limit-vector": limit(
            SOFTPLUS, {"w": ["1/2", "-1/3"], "a": "-1", "b": "1/5"}, {"x": ["1", "2"], "y": "-2"}, "output",
            rates={"w": "2", "a": "sqrt 1/3"},
        ),
        "limit-pieces": limit(
            ELU, {"w": ["-1/4"], "a": "3/2"}, {"x": ["1"], "y": "1"}, "output", potential=G_ELU
        ),
        "symmetric-two-point": certificate(
            "symmetric two-point", TANH, {"w_0": "1", "a_0": "-3/2", "x_1": "2", "x_2": "1"}, {}
        ),
        "two-point-exact": certificate(
            "two-point", SIGMOID,
            {"w_0": "log 5", "w_p": "log 2", "w_q": "log 3", "x_1": "1", "x_2": "2"}, {"x_2": None},
        ),
        "two-point": certificate(
            "two-point", SIGMOID, {"w_0": "8/5", "w_p": "7/10", "w_q": "11/10", "x_1": "1", "x_2": None},
            {"x_2": None}, {"x_2": ball(mpf("1.988"), 20, 2**14)},
        ),
    }  # fmt: skip
    with mp.workdps(oracle.DIGITS):
        x_2 = oracle.two_point_numbers(result["two-point"])["x_2"]
        result["two-point"]["witness"]["x_2"] = ball(x_2, 110, 2**96)
    with mp.workdps(40):
        rise = oracle.Activation(SIGMOID).rise(mpf(-2), mpf(1))
        result["invariant"] = certificate(
            "invariant", SIGMOID, {"potential": G_SIGMOID}, {},
            {"segments": [{"from": "-2", "to": "1", "rise": ball(rise)}]},
        )  # fmt: skip
        rise = oracle.Activation(GELU).rise(mpf(1) / 2, mpf(2))
        result["invariant-quadrature"] = certificate(
            "invariant", GELU, {"potential": [None]}, {},
            {"segments": [{"from": "1/2", "to": "2", "rise": ball(rise)}]},
        )  # fmt: skip
        rise = oracle.Activation(ELU).rise(mpf(-1), mpf(1) / 3)
        result["invariant-pieces"] = certificate(
            "invariant", ELU, {"potential": G_ELU}, {},
            {"segments": [{"from": "-1", "to": "1/3", "rise": ball(rise)}]},
        )  # fmt: skip
        for name, activation, side, upto, verdict, witness in (
            ("decreasing", TANH, "positive", None, "decreasing", {"near": "1/8", "far": "6"}),
            ("increasing", SIGMOID, "negative", "3", "increasing", {"near": "1/2", "far": None}),
            ("constant", CUBE, "positive", None, "constant", {}),
            ("not-monotone", SIGMOID, "positive", None, "not monotone", {"points": ["1", "2"]}),
        ):
            result[f"degree-{name}"] = certificate(
                "degree", activation, {"side": side, "upto": upto}, witness, {"verdict": verdict}
            )
        ws, as_ = ["999/1000", "1", "1001/1000"], ["2049/1000", "41/20", "2051/1000"]
        result["one-point"] = certificate(
            "one-point", SIGMOID, {"w_0": "1/2", "a_0": "1"},
            {"cells": cells(SIGMOID, "1/2", "1", ws, as_, [0.97, 2.45])},
            {"w": [ws[0], ws[-1]], "a": [as_[0], as_[-1]]},
        )  # fmt: skip
    return result


if __name__ == "__main__":
    for name, example in examples().items():
        text = json.dumps(example, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        FOLDER.joinpath(f"{name}.json").write_text(text, "utf-8")
        print(name)
