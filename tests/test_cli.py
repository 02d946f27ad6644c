"""The command line: what it reads, what it prints, how it ends."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from implicitreg_sym.activations import activation
from implicitreg_sym.cli.arguments import parse_sample, parse_start
from implicitreg_sym.cli.decimals import decimal, inner_decimals
from implicitreg_sym.cli.documents import exact_point, point_text
from implicitreg_sym.errors import InputError
from implicitreg_sym.flow import Point
from implicitreg_sym.formula import formula_text, parse_formula
from implicitreg_sym.symbols import u

COMMAND = [sys.executable, "-m", "implicitreg_sym"]
Implicitreg = Callable[..., Any]

rationals = st.fractions(min_value=-1000, max_value=1000, max_denominator=10**6)


def rational(number: Fraction) -> sp.Rational:
    return sp.Rational(number.numerator, number.denominator)


# arguments


@given(st.lists(rationals, min_size=1, max_size=4), rationals, rationals)
def test_points_and_samples_are_read_back_from_their_text(
    weights: list[Fraction], bias: Fraction, scale: Fraction
) -> None:
    """Text and point are two forms of the same thing, with a bias and without."""
    exact = tuple(map(rational, weights))
    for point in (Point(exact, rational(scale)), Point(exact, rational(scale), rational(bias))):
        assert parse_start(point_text(point), bias=point.b is not None) == point
    sample = parse_sample(",".join(map(str, weights)) + f":{scale}")
    assert (sample.x, sample.y) == (exact, rational(scale))


@pytest.mark.parametrize(
    "text",
    [
        *["", ";", "1", "1;", ";1", "1,;2", "1;2;3", "1 2;3", "(1;2", "((((1;2"],
        *["nan;1", "inf;1", "1;oo", "1;x", "1;__import__('os')", "1;1/0", "1;log(-1)", "1;1e999"],
        *["１;2", "1;\ud800"],
    ],
)
def test_a_malformed_start_is_refused_in_one_sentence(text: str) -> None:
    """Nothing but `InputError` comes out of text."""
    with pytest.raises(InputError) as refusal:
        parse_start(text)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("text", ["", ":", "1", "1:", ":1", "1:2:3", "1,:2", "1;2:3", "1:nan", "a:1"])
def test_a_malformed_sample_is_refused(text: str) -> None:
    """A sample has one colon with numbers on both sides."""
    with pytest.raises(InputError):
        parse_sample(text)


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text makes the parsers fail in any other way."""
    for parse in (parse_start, parse_sample):
        try:
            parse(text)
        except InputError as refusal:
            assert str(refusal)


def test_commas_inside_a_function_do_not_separate() -> None:
    """polylog(2, 1/2) is one number."""
    assert parse_start("polylog(2,1/2),1;2").w == (sp.polylog(2, sp.Rational(1, 2)), 1)


# numbers


@given(rationals, st.integers(1, 40))
def test_decimals_of_rationals_are_correct_to_one_unit(number: Fraction, digits: int) -> None:
    """The text is within half a unit of its last place of the number."""
    shown = decimal(rational(number), digits)
    if number == 0:
        assert shown == "0"
    else:
        assert abs(Fraction(shown) - number) <= abs(number) * Fraction(1, 10 ** (digits - 1)) / 2


def test_decimals_of_irrational_numbers_agree_with_mpmath() -> None:
    """Digits of log(5), and of √2 less its first sixty decimals, where all leading digits cancel."""
    with mpmath.workdps(120):
        assert decimal(sp.log(5), 100) == mpmath.nstr(mpmath.log(5), 100)
        leading = int(mpmath.floor(mpmath.sqrt(2) * mpmath.mpf(10) ** 60))
        expected = mpmath.sqrt(2) - mpmath.mpf(leading) / mpmath.mpf(10) ** 60
        shown = mpmath.mpf(decimal(sp.sqrt(2) - sp.Rational(leading, 10**60), 20))
        assert abs(shown / expected - 1) < mpmath.mpf(10) ** -19


@given(rationals, st.fractions(min_value=Fraction(1, 10**9), max_value=3), st.integers(1, 12))
def test_rounded_boxes_lie_inside(lower: Fraction, length: Fraction, digits: int) -> None:
    """Rounding the ends of an interval never leaves it, and keeps almost all of it."""
    upper = lower + length
    low, high = map(Fraction, inner_decimals(rational(lower), rational(upper), digits))
    assert lower <= low < high <= upper
    assert high - low >= length * Fraction(99, 100)


def test_points_carry_a_bias_only_where_there_is_one() -> None:
    """The key "b" stands between the weights and a."""
    assert list(exact_point(Point((sp.Integer(1),), sp.Integer(2), sp.Integer(3)), 5)) == ["w", "b", "a"]
    assert list(exact_point(Point((sp.Integer(1),), sp.Integer(2)), 5)) == ["w", "a"]


# limit


def test_limit_prints_the_documented_object(implicitreg: Implicitreg) -> None:
    """All keys of docs/json.md in their order, and numbers as text."""
    answer = implicitreg("limit", "sigmoid", "--sample", "2:1.5", "--start", "0.3;0.7", "--json")
    document = answer.json
    assert answer.code == 0
    assert list(document) == [
        "activation",
        "start",
        "samples",
        "limit",
        "radius",
        "closed_form",
        "status",
        "claims",
    ]
    assert document["start"] == {"w": ["0.3"], "a": "0.7"}
    assert document["samples"] == [{"x": ["2"], "y": "1.5"}]
    assert document["status"] == "ENCLOSED"
    assert document["closed_form"] is None


def test_inputs_are_echoed_as_given_and_exact_limits_in_full(implicitreg: Implicitreg) -> None:
    """One digit of the result does not round what was put in, and an exact limit has no zeros to spare."""
    few = implicitreg(
        "limit", "relu", "--sample", "1:1.5", "--start", "1.25;1", "--digits", "1", "--json"
    ).json
    assert few["samples"] == [{"x": ["1"], "y": "1.5"}] and few["start"] == {"w": ["1.25"], "a": "1"}
    assert few["limit"] == {"w": ["1"], "a": "1"}
    dead = implicitreg("limit", "exp", "--sample", "0:1.5", "--start", "0.3;0.7", "--json").json
    assert dead["limit"] == {"w": ["0.3"], "a": "1.5"}


def test_sixty_digits_of_a_limit_solve_both_equations(implicitreg: Implicitreg) -> None:
    """f = y and a²/2 - G(u)/x² = const, G = u + e^u, for the sigmoid: worked out here with mpmath alone."""
    found = implicitreg(
        "limit", "sigmoid", "--sample", "2:1.5", "--start", "0.3;0.7", "--json", "--digits", "60"
    ).json["limit"]
    with mpmath.workdps(80):
        w, a = mpmath.mpf(found["w"][0]), mpmath.mpf(found["a"])

        def invariant(w: mpmath.mpf, a: mpmath.mpf) -> mpmath.mpf:
            return a**2 / 2 - (2 * w + mpmath.exp(2 * w)) / 4

        assert abs(a / (1 + mpmath.exp(-2 * w)) - mpmath.mpf(3) / 2) < mpmath.mpf(10) ** -58
        assert (
            abs(invariant(w, a) - invariant(mpmath.mpf(3) / 10, mpmath.mpf(7) / 10)) < mpmath.mpf(10) ** -58
        )


def test_a_linear_limit_on_the_diagonal_is_two(implicitreg: Implicitreg) -> None:
    """a² - w² = 0 and a w = 4 give w = a = 2; the closed form is read back by --start."""
    document = implicitreg("limit", "identity", "--sample", "1:4", "--start", "1;1", "--json").json
    assert [Fraction(document["limit"]["w"][0]), Fraction(document["limit"]["a"])] == [2, 2]
    assert parse_start(document["closed_form"]) == Point((sp.Integer(2),), sp.Integer(2))


def test_negative_numbers_are_values_and_not_options(implicitreg: Implicitreg) -> None:
    """Both --start "-0.2;0.8" and --sample=-1:0.5 are understood."""
    document = implicitreg("limit", "tanh", "--sample", "-1:0.5", "--start", "-0.2;0.8", "--json").json
    assert document["start"] == {"w": ["-0.2"], "a": "0.8"}
    assert document["samples"] == [{"x": ["-1"], "y": "0.5"}]


def test_a_trained_bias_is_reported(implicitreg: Implicitreg) -> None:
    """With --bias the points carry "b", and w - w0 : b - b0 = x : 1."""
    arguments = (
        "limit",
        "softplus",
        "--sample",
        "1,2:0.9",
        "--start",
        "0.2,-0.1;0.3;0.8",
        "--bias",
        "--json",
    )
    document = implicitreg(*arguments).json
    limit = {name: document["limit"][name] for name in ("w", "b", "a")}
    assert list(document["limit"]) == ["w", "b", "a"]
    moved = [
        Fraction(limit["w"][0]) - Fraction(1, 5),
        Fraction(limit["w"][1]) + Fraction(1, 10),
        Fraction(limit["b"]) - Fraction(3, 10),
    ]
    assert abs(moved[0] - moved[2]) < Fraction(1, 10**28) and abs(moved[1] - 2 * moved[2]) < Fraction(
        1, 10**28
    )


def test_learning_rates_are_reported_where_they_are_given(implicitreg: Implicitreg) -> None:
    """With η_w = 4 the linear flow keeps a² - w²/4: from (2; 1) with y = 8 it ends at (4; 2)."""
    document = implicitreg(
        "limit", "identity", "--sample", "1:8", "--start", "2;1", "--rate-w", "4", "--json"
    ).json
    assert document["rates"] == {"w": "4", "a": "1"}
    assert [Fraction(document["limit"]["w"][0]), Fraction(document["limit"]["a"])] == [4, 2]


def test_a_unit_that_dies_has_no_limit(implicitreg: Implicitreg) -> None:
    """limit is null, a reason is given, and the exit code is 1; what is refuted is a formula."""
    answer = implicitreg("limit", "relu", "--sample", "1:-1", "--start=1;2", "--json")
    assert answer.code == 1
    assert answer.json["limit"] is None and answer.json["radius"] is None
    assert "dead" in answer.json["reason"]
    assert answer.json["status"] == "REFUTED"
    assert answer.json["claims"][-1]["statement"] == "(Abs(u_infty) < oo) & (Eq(a_infty*sigma(u_infty), y))"
    assert "dead" in implicitreg("limit", "relu", "--sample", "1:-1", "--start=1;2").out


@pytest.mark.parametrize(("name", "start"), [("relu", "-1;1"), ("tanh", "0;0")])
def test_a_start_on_a_critical_point_is_bad_input(implicitreg: Implicitreg, name: str, start: str) -> None:
    """A dead unit and a saddle at the start both end with 2 and one sentence, with --json too."""
    for flags in ((), ("--json",)):
        answer = implicitreg("limit", name, "--sample", "1:1", f"--start={start}", *flags)
        assert answer.code == 2 and not answer.out
        assert "critical point" in answer.err and "move the start" in answer.err


def test_many_digits_can_be_printed(implicitreg: Implicitreg) -> None:
    """Python refuses to print integers of more than 4300 digits, the command does not."""
    document = implicitreg(
        "limit", "identity", "--sample", "1:log(5)", "--start", "log(5);1", "--digits", "5000", "--json"
    ).json
    with mpmath.workdps(5010):
        assert document["limit"] == document["start"]
        assert document["limit"]["w"][0].rstrip("0") == mpmath.nstr(mpmath.log(5), 5000)


# the other commands


def test_activations_can_be_read_back(implicitreg: Implicitreg) -> None:
    """Every formula of the catalogue is text from which the same activation is made."""
    entries = implicitreg("activations", "--json").json["activations"]
    assert {"identity", "sigmoid", "gelu", "rational"} <= {entry["name"] for entry in entries}
    for entry in entries:
        assert parse_formula(entry["formula"], {"u": u}) == activation(entry["name"]).formula
        for piece in entry["pieces"]:
            assert formula_text(parse_formula(piece["formula"], {"u": u})) == piece["formula"]


def test_the_catalogue_fits_the_page(implicitreg: Implicitreg) -> None:
    """The table has a line for each activation and no trailing blanks."""
    lines = implicitreg("activations").out.splitlines()
    assert lines[0].split() == ["name", "formula", "parity", "degree", "parameter"]
    assert all(line == line.rstrip() and len(line) <= 110 for line in lines)


def test_degree_of_silu_is_not_monotone_for_positive_arguments(implicitreg: Implicitreg) -> None:
    """E = u σ'/σ has its extremum where u = 1 + W(1/e) = 1.27846..., from d/du of 1 + u/(1 + e^u)."""
    answer = implicitreg("degree", "silu", "--half-line", "positive", "--json", "--digits", "20")
    (side,) = answer.json["half_lines"]
    assert answer.code == 0
    assert side["verdict"] == "not monotone"
    with mpmath.workdps(30):
        assert side["extrema"] == [mpmath.nstr(1 + mpmath.lambertw(mpmath.exp(-1)).real, 20)]
    assert Fraction(side["witnesses"][0]["slope"]) * Fraction(side["witnesses"][-1]["slope"]) < 0


def test_degree_of_both_sides(implicitreg: Implicitreg) -> None:
    """ReLU is homogeneous on one side and zero on the other."""
    answer = implicitreg("degree", "relu")
    assert "constant, 1" in answer.out and "not defined" in answer.out


def test_tex_is_written_whole_or_not_at_all(implicitreg: Implicitreg, tmp_path: Path) -> None:
    """A fragment for \\input, a complete document with --document, or nothing where that cannot be."""
    assert (
        implicitreg("degree", "tanh", "--half-line", "positive", "--tex", str(tmp_path / "t.tex")).code == 0
    )
    fragment = (tmp_path / "t.tex").read_text(encoding="utf-8")
    assert r"\begin{theorem}" in fragment and r"\documentclass" not in fragment
    implicitreg("degree", "tanh", "--half-line", "positive", "--tex", str(tmp_path / "t.tex"), "--document")
    assert r"\documentclass" in (tmp_path / "t.tex").read_text(encoding="utf-8")
    refused = implicitreg(
        "degree", "tanh", "--half-line", "positive", "--tex", str(tmp_path / "t.tex" / "below.tex")
    )
    assert refused.code == 2 and "cannot be written" in refused.err and refused.out == ""
    assert [path.name for path in tmp_path.iterdir()] == ["t.tex"]


# how commands end


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["limit", "tanh", "--sample", "1:1", "--start", "nan;1"], "not a finite number"),
        (["limit", "tanh", "--sample", "1:1", "--start", ""], "W;A"),
        (["limit", "tanh", "--sample", "1", "--start", "1;1"], "colon"),
        (["limit", "tanh", "--sample", "1,2:1", "--start", "1;1"], "2 inputs"),
        (["limit", "tanh", "--sample", "1:1", "--start", "1;1;1"], "--bias"),
        (["limit", "tanh", "--sample", "1:1", "--start", "1;1", "--bias"], "W;B;A"),
        (["limit", "tanh", "--sample", "1:1", "--sample", "2:1", "--start", "1;1"], "--sample once"),
        (["limit", "tanh", "--sample", "1:1", "--start", "1;1", "--rate-w", "-1"], "positive"),
        (["limit", "tanh", "--start", "1;1"], "--sample"),
        (["limit", "tanhh", "--sample", "1:1", "--start", "1;1"], "did you mean tanh"),
        (["limit", "u^2", "--sample", "1:1", "--start", "1;1"], "character 2"),
        (["limit", "exec('1')", "--sample", "1:1", "--start", "1;1"], "character"),
        (["degree", "tanh", "--digits", "0"], "--digits"),
        (["degree", "tanh", "--digits", "100001"], "--digits"),
        (["degree", "tanh", "--digits", "many"], "'many' is not a whole number from 1 to 100000"),
        (["degree", "tanh", "--digits", "2.5"], "whole number from 1"),
        (["degree", "tanh", "--document"], "add --tex FILE"),
        (["prove", "--document"], "add --tex FILE"),
        (["degree", "relu", "--tex", "/nonexistent/x.tex"], "cannot be written"),
        (["invariant", "tanh", "--inputs", "none"], "whole number from 1 to 20"),
        (["degree", "-u"], "put -- before it"),
        (["degree", ""], "empty"),
        (["degree", "u+" * 1500 + "u"], "2000"),
        (["degree", "tanh", "--half-line", "left"], "half-line"),
        (["degree"], "ACT"),
        (["prove", "no_such_proof"], "unknown proof"),
        (["nonsense"], "nonsense"),
        (["--nonsense"], "--nonsense"),
    ],
)  # fmt: skip
def test_bad_input_is_one_sentence_and_exit_code_2(
    implicitreg: Implicitreg, arguments: list[str], complaint: str
) -> None:
    """The sentence is on standard error, says what would be right, and nothing else is printed."""
    answer = implicitreg(*arguments)
    assert answer.code == 2
    assert answer.out == ""
    assert answer.err.startswith("implicitreg: ") and answer.err.count("\n") == 1
    assert complaint in answer.err


def test_without_a_command_the_help_is_shown(implicitreg: Implicitreg) -> None:
    """The help names every command; asking for nothing is bad input."""
    answer = implicitreg()
    assert answer.code == 2
    for name in (
        "activations",
        "invariant",
        "limit",
        "degree",
        "two-point",
        "one-point",
        "prove",
        "tex",
        "cite",
    ):
        assert name in answer.out


def test_help_does_not_import_sympy() -> None:
    """Nor mpmath, python-flint or rich: help has to be instant."""
    heavy = ("sympy", "mpmath", "flint", "rich")
    for arguments in (["--help"], ["--version"], ["limit", "--help"], ["prove", "--help"]):
        done = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "implicitreg_sym", *arguments],
            capture_output=True,
            text=True,
            check=True,
        )
        imported = {line.rpartition("|")[2].strip().split(".")[0] for line in done.stderr.splitlines()}
        assert "click" in imported
        assert not imported & set(heavy), arguments


def test_a_closed_pipe_ends_quietly() -> None:
    """As with `implicitreg activations --json | head -c 1`: no traceback, and the code of SIGPIPE."""
    with subprocess.Popen(
        [*COMMAND, "activations", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        complaint = process.stderr.read()
        assert process.wait() == 141
    assert complaint == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
@pytest.mark.parametrize("arguments", [["degree", "relu"], ["activations", "--json"], ["tex", "tanh"]])
def test_a_full_disk_is_told_in_a_sentence(arguments: list[str]) -> None:
    """What cannot be written ends with one line on standard error and the code 2, without a traceback."""
    with open("/dev/full", "wb") as full:
        done = subprocess.run([*COMMAND, *arguments], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert done.stderr == (
        b"implicitreg: the output cannot be written: No space left on device; name another place\n"
    )


@pytest.mark.skipif(os.name != "posix", reason="the shell closes the output")
def test_a_closed_output_is_no_error() -> None:
    """`>&-` says that nobody reads: the exit code alone tells the result."""
    command = " ".join([*COMMAND, "degree", "relu"])
    done = subprocess.run(f"{command} >&-", shell=True, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.skipif(os.name != "posix", reason="there is no /dev/stdout")
def test_the_derivation_can_be_sent_to_standard_output() -> None:
    """`--tex /dev/stdout` into a pipe gives the derivation and then the fields."""
    done = subprocess.run(
        [*COMMAND, "degree", "relu", "--tex", "/dev/stdout"], capture_output=True, check=True, text=True
    )
    assert r"\begin{theorem}" in done.stdout and "constant, 1" in done.stdout


def test_an_interruption_ends_with_130() -> None:
    """One line on standard error, no traceback."""
    program = """
import os, signal, threading, time
from implicitreg_sym.cli import limit
from implicitreg_sym.cli.main import main
limit.limit.callback = lambda **_: time.sleep(30)
threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
raise SystemExit(main(["limit", "u", "--sample", "1:1", "--start", "1;1"]))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=25, check=False
    )
    assert done.returncode == 130
    assert "interrupted" in done.stderr and "Traceback" not in done.stderr
