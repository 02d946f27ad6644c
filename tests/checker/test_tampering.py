"""No mutant of an example is accepted unless what it states is true: the judge is `oracle.py`, which shares
nothing with the checker."""

from __future__ import annotations

import os
from collections import Counter
from itertools import islice
from typing import Any

import pytest

from implicitreg_checker.certificate import THEOREMS, check
from implicitreg_checker.errors import RejectedError, UnreadableError

from . import oracle
from .examples import NAMES, load, text
from .mutations import CLASSES, mutants

STATEMENT = ("format", "version", "kind", "theorem", "activation", "given", "found")


def verdict(mutant: Any) -> str:
    """As the command decides, in this process."""
    try:
        check(text(mutant))
    except UnreadableError:
        return "unreadable"
    except (RejectedError, ArithmeticError, ValueError):
        return "rejected"
    return "accepted"


def judged(name: str, part: int) -> Counter[tuple[str, str]]:
    """The number of verdicts by class, over one in ``part`` mutants; fails if a false one is accepted."""
    example, counts = load(name), Counter[tuple[str, str]]()
    every = mutants(example, [load(other) for other in NAMES])
    for kind, detail, mutant in islice(every, 0, None, part):
        result = verdict(mutant)
        if result == "accepted":
            same = all(mutant.get(field) == example.get(field) for field in STATEMENT)
            result = "the same" if same else "true"
            assert same or oracle.is_true(mutant, THEOREMS), (
                f"accepted though false: {name}: {kind}: {detail}"
            )
        counts[kind, result] += 1
    return counts


@pytest.mark.parametrize("name", NAMES)
def test_the_judge_finds_the_examples_true(name: str) -> None:
    assert oracle.is_true(load(name), THEOREMS)


@pytest.mark.parametrize("name", NAMES)
def test_no_mutant_of_a_sample_is_accepted_that_is_false(name: str) -> None:
    assert sum(judged(name, 13).values()) > 10


@pytest.mark.slow
@pytest.mark.skipif("ALL_MUTANTS" not in os.environ, reason="ten minutes and more: make tampering")
def test_no_mutant_is_accepted_that_is_false_and_every_class_has_one_that_is_refused() -> None:
    total: Counter[tuple[str, str]] = Counter()
    for name in NAMES:
        total += judged(name, 1)
    results: Counter[str] = Counter()
    for (_, result), count in total.items():
        results[result] += count
    print(dict(results))
    for kind in CLASSES:
        assert total[kind, "rejected"] + total[kind, "unreadable"] > 0, kind
        print(kind, {result: count for (other, result), count in sorted(total.items()) if other == kind})
    assert results["rejected"] > 3000 and results["unreadable"] > 1000 and results["true"] > 100
