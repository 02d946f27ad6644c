"""Coverage-guided fuzzing of the checker: any bytes must end accepted, rejected or unreadable.

``make fuzz SECONDS=60`` runs it from the example certificates of tests/checker. Inputs are bytes; half of the
mutations are made on the parsed JSON, since few changed bytes remain a certificate. A crash is kept as a file
``fuzz/crash-…``, which ``python fuzz/fuzz_checker.py FILE`` repeats.
"""

from __future__ import annotations

import contextlib
import json
import random
import sys
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["implicitreg_checker"]):
    from implicitreg_checker import activation, certificate, exact, reading
    from implicitreg_checker.errors import RejectedError, UnreadableError

EXAMPLES = Path(__file__).parents[1] / "tests" / "checker" / "certificates"
TOKENS = [
    "u", "pi", "1", "-1/2", "+", "-", "*", "/", "neg", "exp", "log", "sqrt", "tanh", "atan", "sin", "cos",
    "erf", "asinh", "sinh", "^2", "^-1", "^1/2", "logabs", "lambertw", "li2", "2f2",
]  # fmt: skip

# tiny limits: an input is to be decided in a blink, and what is slow is the business of the time limit
certificate.MAX_PRECISION = 256
activation.MAX_BALLS = 300
reading.MAX_SHORT_DIGITS = 12
reading.MAX_INTEGER_DIGITS = 200
reading.MAX_BINARY_EXPONENT = 500
exact.MAX_TERMS = 60


def check(data: bytes) -> None:
    """The target: every other exception is a finding."""
    with contextlib.suppress(UnreadableError, RejectedError, ArithmeticError, ValueError):
        assert certificate.check(data) in certificate.CHECKS


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) of a JSON value."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [pair for key in keys for pair in [(value, key), *places(value[key])]]


def change(target: Any, key: Any, pool: list[tuple[Any, Any]], dice: random.Random) -> None:
    """Change one entry: by another of the same certificate, by a token or a digit, or altogether."""
    value, choice = target[key], dice.randrange(6)
    if isinstance(value, str) and choice < 4:
        tokens = value.split(" ")
        at = dice.randrange(len(tokens))
        if choice == 0:
            tokens[at] = dice.choice(TOKENS)
        elif choice == 1:
            tokens[at : at + 1] = [dice.choice(TOKENS), tokens[at]]
        elif choice == 2:
            del tokens[at]
        else:
            tokens[at] += dice.choice(["0", "1", "7", "/3", "-"])
        target[key] = " ".join(tokens)
    elif isinstance(value, int) and choice < 4:
        target[key] = value + dice.choice([-64, -1, 1, 64])
    elif choice == 4:
        other, name = dice.choice(pool)
        target[key] = json.loads(json.dumps(other[name]))
    elif isinstance(value, list) and value:
        value.insert(dice.randrange(len(value)), dice.choice(value))
    else:
        target[key] = dice.choice([None, "0", "u", 1, [], {}, {"mid": ["1", 0], "rad": ["1", 0]}, True])


def mutate(data: bytes, most: int, seed: int) -> bytes:
    """A mutated input: of its bytes, or of its JSON with the theorem of its kind."""
    dice = random.Random(seed)
    try:
        value = json.loads(data)
        if dice.randrange(8) == 0 or not isinstance(value, dict):
            return bytes(atheris.Mutate(data, most))
        for _ in range(dice.randrange(1, 4)):
            pool = places(value)
            change(*dice.choice(pool), pool, dice)
        if isinstance(value.get("kind"), str) and dice.randrange(16):
            value["theorem"] = certificate.THEOREMS.get(value["kind"])
        return json.dumps(value).encode()[:most]
    except (ValueError, RecursionError, IndexError, TypeError):
        return bytes(atheris.Mutate(data, most))


def main() -> None:
    """Start libFuzzer with the examples as its first inputs."""
    folders = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    if not folders:  # else files to repeat, or folders of inputs
        corpus = Path(__file__).with_name("corpus")
        corpus.mkdir(exist_ok=True)
        sys.argv += [str(corpus), str(EXAMPLES)]
    sys.argv += [
        f"-artifact_prefix={Path(__file__).parent}/",
        "-max_len=20000",
        "-timeout=300",
        "-rss_limit_mb=2000",
    ]
    atheris.Setup(sys.argv, check, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
