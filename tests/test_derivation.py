"""Tests of the way from proofs to LaTeX: numbers, text, formulas, line breaks, fragments, documents, PDFs."""

# ruff: noqa: E501 (formulas are compared as they stand)
from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
import sympy as sp
from derivation_examples import awkward, exact, long_formula, numeric, scale, sigma, sigmoid_two_point
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from implicitreg_sym.activations import catalogue_activations
from implicitreg_sym.activations.catalogue import CATALOGUE
from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome, Proof, Step
from implicitreg_sym.derivation import (
    bibliography,
    breakable,
    cited_keys,
    displayed_formula,
    document,
    domain,
    escape,
    fragment,
    inline_formula,
    label,
    latex,
    number,
    truncated,
)
from implicitreg_sym.derivation.bibliography import entries
from implicitreg_sym.derivation.delimiters import fixed_delimiters
from implicitreg_sym.derivation.display import display, excess, lay_out
from implicitreg_sym.derivation.mathematics import atoms, width
from implicitreg_sym.derivation.papers import PaperError, build_papers, compile_paper
from implicitreg_sym.derivation.prose import checked, citations, sentence, typeset
from implicitreg_sym.errors import InputError
from implicitreg_sym.evaluate import Ball
from implicitreg_sym.symbols import a, u, w, x

GOLDEN = Path(__file__).parent / "golden"
needs_tex = pytest.mark.skipif(
    shutil.which("pdflatex") is None or shutil.which("bibtex") is None, reason="TeX is not installed"
)
compiled = settings(
    max_examples=2, deadline=None, phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)  # fmt: skip
PREAMBLE = (
    r"\documentclass[11pt,a4paper]{article}\usepackage[T1]{fontenc}\usepackage[utf8]{inputenc}\usepackage{lmodern}"
    r"\usepackage{amsmath,amssymb,amsthm}"
)


def page(body: str) -> str:
    """A document of LaTeX's article class around a body."""
    return PREAMBLE + "\\begin{document}\n" + body + "\n\\end{document}\n"


# ---------------------------------------------------------------- numbers

fractions = st.fractions(min_value=-(10**12), max_value=10**12, max_denominator=10**12)
radii = st.builds(
    lambda mantissa, exponent: Fraction(mantissa) / 10**exponent, st.integers(1, 999), st.integers(0, 60)
)


def read(text: str) -> tuple[Fraction, Fraction]:
    """A printed number, read back without the code under test: its value and its error."""
    text = text.replace(r"\,\allowbreak ", "")
    near_zero = re.fullmatch(r"0 \\pm (\d)(?: \\cdot 10\^\{(-?\d+)\})?", text)
    if near_zero:
        return Fraction(0), int(near_zero[1]) * Fraction(10) ** int(near_zero[2] or 0)
    match = re.fullmatch(r"(-?)(\d+)(?:\.(\d+))?(?:\((\d)\)|(\\ldots))?(?: \\cdot 10\^\{(-?\d+)\})?", text)
    assert match, text
    sign, whole, decimals, error, dots, power = match.groups()
    shift = Fraction(10) ** int(power or 0)
    unit = shift / 10 ** len(decimals or "")
    return (-1 if sign else 1) * int(whole + (decimals or "")) * unit, (1 if dots else int(error or 0)) * unit


@given(fractions, st.one_of(st.just(Fraction(0)), radii), st.integers(1, 40))
@example(Fraction(0), Fraction(1, 3), 5)
@example(Fraction(999999, 1000000), Fraction(1, 10**9), 3)
@example(Fraction(5), Fraction(100), 3)
@example(Fraction(1, 3), Fraction(99, 10**6), 9)
def test_a_printed_number_encloses_its_ball(middle: Fraction, radius: Fraction, digits: int) -> None:
    """The decimal and its error contain every number of the ball, and the error costs at most two digits."""
    shown, error = read(number(Ball(middle, radius), digits))
    assert abs(shown - middle) + radius <= error
    if radius:
        ideal = max(radius, abs(middle) / Fraction(10) ** (digits - 1))
        assert error <= 30 * ideal


@given(fractions, st.integers(1, 40))
def test_a_truncated_number_shows_only_right_digits(value: Fraction, digits: int) -> None:
    """What is shown is the beginning of the decimal expansion; without dots it is the whole."""
    shown, unit = read(truncated(value, digits))
    assert abs(shown) <= abs(value) and (abs(value) - abs(shown) < unit or value == shown)
    assert unit > 0 or shown == value


def test_the_scale_of_the_sigmoid_example() -> None:
    """k of T11 at T = 5, digits known independently."""
    k, _start = scale()
    assert number(k, 12) == r"0.19974\,\allowbreak 16213\,\allowbreak 39(1)"
    assert number(k, 30).replace(r"\,\allowbreak ", "") == "0.199741621339063130121911636332(1)"
    with pytest.raises(InputError, match="at least 1"):
        number(k, 0)


@pytest.mark.parametrize(
    ("ball", "text"),
    [
        (Ball(Fraction(-25)), "-25"),
        (Ball(Fraction(3, 10)), "0.3"),
        (
            Ball(Fraction(10**20)),
            r"1\,\allowbreak 00000\,\allowbreak 00000\,\allowbreak 00000\,\allowbreak 00000",
        ),
        (Ball(Fraction(2, 3), Fraction(1, 10**9)), "0.666667(1)"),
        (Ball(Fraction(2, 3 * 10**40), Fraction(1, 10**50)), r"6.66667(1) \cdot 10^{-41}"),
        (Ball(Fraction(12345), Fraction(20)), r"1.234(3) \cdot 10^{4}"),
        (Ball(Fraction(1, 10**40), Fraction(1, 10**31)), r"0 \pm 2 \cdot 10^{-31}"),
    ],
)
def test_numbers_as_papers_print_them(ball: Ball, text: str) -> None:
    """Exact decimals stand alone, others carry the error of their last digit."""
    assert number(ball, 6 if ball.radius else 30) == text


# ---------------------------------------------------------------- text from outside

HOSTILE = (
    "u+u**3", "leaky_relu(1/10)", r"\input{/etc/passwd}", "100% of $x_1$ & #2 ~ ^{}", "\\", "%", "}{", "a--b---c", "<<q>>, ''x'' ?`!`",
    "^^5cinput", r"\write18{ls}", "\\begin{document}", "line\n\nbreak\tand\x00 control", "σ(u) ≥ ½ √2 – naïve ±", "汉字", '"quoted"', ",,ff,fi,ffl",
)  # fmt: skip


@given(st.text(max_size=60))
@example("\\catcode`\\%=12 ^^M $$ %")
def test_escaped_text_has_no_command_but_those_that_print(text: str) -> None:
    """Whatever the text, only a known list of printing commands is left, and the result passes the prose check."""
    for result in (escape(text), breakable(text)):
        assert checked(result) == result
        commands = set(re.findall(r"\\([a-zA-Z]+|.)", result))
        harmless = {"\\textbackslash", "ensuremath", "texttt", "allowbreak", "dots", "S"}
        assert all(
            name in "{}$&%#_" or name.startswith("text") or name in harmless or name in _mathematical_names()
            for name in commands
        )
        assert not re.search(r"(?<!\\)[$%#&~]", result)


def _mathematical_names() -> set[str]:
    from implicitreg_sym.derivation.escape import _MATHEMATICAL

    return {re.match(r"[a-zA-Z]*", name)[0] for name in _MATHEMATICAL.values()}  # type: ignore[index]


def test_plain_text_stays_plain() -> None:
    """Formulas and names read the same after escaping, as far as LaTeX lets them."""
    assert escape("u+u**3") == "u+u**3"
    assert escape("leaky_relu(1/10)") == r"leaky\_relu(1/10)"
    assert escape("a  b\n\nc") == "a b c"


@needs_tex
@compiled
@given(st.lists(st.text(max_size=50), min_size=30, max_size=60))
@example(list(HOSTILE))
def test_any_text_compiles_in_one_paragraph_each(texts: list[str]) -> None:
    """User text in every place where it can occur: prose, title, evidence, id and name of a claim."""
    premise = Claim(
        "t" + texts[0], rf"\texttt{{{breakable(texts[0])}}}", sp.true, evidence=(numeric(texts[0]),)
    )
    for index, text in enumerate(texts):
        says = f"Here is {breakable(text)} as text"
        premise = Claim(
            f"c{index}.{text}",
            says,
            sp.true,
            (),
            (premise,),
            (exact(text), Evidence(Kind.NUMERIC, Outcome.FAILS, text)),
        )
    proof = Proof(texts[-1], " ".join(texts[:3]), texts[0], f"About {breakable(' '.join(texts))}.", premise)
    assert compile_paper(document([proof]), "hostile").startswith(b"%PDF")


@needs_tex
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
def test_escaped_text_prints_as_it_reads(tmp_path: Path) -> None:
    """The text of the PDF is the text that was escaped."""
    texts = [text for text in HOSTILE if text.isascii() and text.isprintable()]
    pdf = tmp_path / "text.pdf"
    pdf.write_bytes(
        compile_paper(page("\n\n".join(rf"\noindent\mbox{{{escape(text)}}}" for text in texts)), "text")
    )
    lines = subprocess.run(
        ["pdftotext", "-layout", pdf, "-"], capture_output=True, check=True, text=True
    ).stdout.split("\n")
    normal = str.maketrans(
        {"’": "'", "‘": "`", '"': "''", "˜": "~", "ˆ": "^", "ﬀ": "ff", "ﬁ": "fi", "ﬄ": "ffl"}
    )
    found = [re.sub(r"\s", "", line.translate(normal)) for line in lines]
    for text in texts:
        assert re.sub(r"\s", "", text.translate(normal)) in found


# ---------------------------------------------------------------- formulas

k = sp.Symbol("k", positive=True)
FORMULAS: list[tuple[sp.Basic, str]] = [
    (1 + sp.exp(u), "1 + e^{u}"),
    (sp.sqrt(2) - 1, r"\sqrt{2} - 1"),
    (u**2 * sp.hyper((1, 1), (sp.Rational(3, 2), 2), u**2), r"u^{2} {}_{2}F_{2}\bigl(1, 1; \tfrac{3}{2}, 2; u^{2}\bigr)"),
    (sp.polylog(2, -sp.exp(u)), r"\operatorname{Li}_{2}(- e^{u})"),
    (sp.LambertW(u, -1), "W_{-1}(u)"),
    (sp.exp(-(u**2) / 2), "e^{- u^{2} / 2}"),
    (sp.exp(sum(u**n / 7 for n in range(1, 6))), r"\exp"),
    (sp.Piecewise((sp.exp(u) - 1, u <= 0), (u, True)), r"\begin{cases} e^{u} - 1, & u \leq 0 \\ u, & \text{otherwise} \end{cases}"),
    (sp.Integral(sigma(u) / sigma(u).diff(u), (u, 0, w)), r"\int_{0}^{w} \frac{\sigma(u)}{\sigma'(u)} \, du"),
    (sp.Integral(1 + u, u), r"\int (u + 1) \, du"),
    (sigma(w * x).diff(w), r"x \sigma'(w x)"),
    (sigma(u).diff(u, 2), r"\sigma''(u)"),
    (sigma(u) ** 2, r"\sigma(u)^{2}"),
    (u * sp.log(2), r"u \log 2"),
    (sp.log(2) * sp.log(1 + u), r"\log(2) \log(u + 1)"),
    (sp.log(u) ** 2, r"\log^{2}(u)"),
    (sp.atan(u), r"\arctan u"),
    (sp.asinh(u / 2), r"\operatorname{arsinh}\Bigl(\frac{u}{2}\Bigr)"),
    (sp.Abs(u), r"\lvert u\rvert"),
    (sp.And(u > 0, u < 1), "0 < u < 1"),
    (sp.And(u >= 0, u < 1, sp.Ne(u, w)), r"0 \le u < 1,\quad u \neq w"),
    (sp.Symbol("w_star"), "w^{*}"),
    (sp.Rational(10**30, 10**30 + 7) * u, r"0.99999\,\allowbreak 99999\,\allowbreak 99999\,\allowbreak 99999\,\allowbreak 99999\,\allowbreak 99993\ldots u"),
    (sp.Eq(17 * k**2, sp.log(u / 15)), r"17 k^{2} = \log\Bigl(\frac{u}{15}\Bigr)"),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "text"), FORMULAS, ids=lambda value: str(value)[:40])
def test_formulas_as_papers_print_them(expression: sp.Basic, text: str) -> None:
    """The habits of mathematical papers, one by one."""
    result = latex(expression)
    assert result.startswith(text) if text == r"\exp" else result == text
    assert r"\left(" not in result


def test_inline_fractions_have_slashes() -> None:
    """Running text keeps its line height."""
    assert inline_formula(sp.Rational(3, 2) * u + sp.Rational(1, 3)) == "$3 u / 2 + 1 / 3$"


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (sp.S.Reals, r"u \in \mathbb{R}"),
        (sp.Interval.open(0, sp.oo), "u > 0"),
        (sp.Interval(-sp.oo, 2), r"u \le 2"),
        (sp.Interval(0, sp.oo), r"u \ge 0"),
        (sp.Interval.Ropen(0, 1), r"0 \le u < 1"),
        (sp.Union(sp.Interval.open(0, 1), sp.Interval.open(2, 3)), r"u \in (0, 1) \cup (2, 3)"),
        (sp.FiniteSet(1, 2), r"u \in \{1, 2\}"),
    ],
)
def test_domains_are_inequalities_where_they_can_be(values: sp.Set, text: str) -> None:
    """Intervals become inequalities, other sets stay sets."""
    assert domain(u, values) == text


# ---------------------------------------------------------------- breaking lines

leaves = st.sampled_from([u, w, a, x, sp.Integer(2), sp.Rational(3, 7), sp.pi, sp.Rational(-5, 2)])
unary: list[Callable[[sp.Expr], sp.Expr]] = [
    sp.exp, sp.tanh, sp.atan, sp.erf, sigma, lambda e: sp.log(1 + e**2), lambda e: sp.sqrt(1 + e**2), lambda e: 1 / (1 + e**2), lambda e: e**3,
    lambda e: sp.polylog(2, -sp.exp(e)),
]  # fmt: skip
expressions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(lambda f, e: f(e), st.sampled_from(unary), inner),
        st.lists(inner, min_size=2, max_size=6).map(lambda parts: sp.Add(*parts)),
        st.lists(inner, min_size=2, max_size=4).map(lambda parts: sp.Mul(*parts)),
        st.builds(lambda p, q: p / (1 + q**2), inner, inner),
    ),
    max_leaves=25,
)


@given(expressions, st.sampled_from([12.0, 20.0, 31.0]))
@settings(max_examples=60, deadline=None)
def test_no_line_break_loses_or_adds_anything(expression: sp.Expr, line_width: float) -> None:
    """The rows together are the formula, but for the alignment marks and the times signs of divided products."""
    formula = latex(expression)
    rows = lay_out(formula, line_width).rows
    together = "".join(rows)

    def bare(text: str) -> str:
        return re.sub(r"\s|&|\{\}\s*\\times|\\qquad|\{\}", "", text)

    assert bare(together) == bare(formula)
    assert all(row.count("{") == row.count("}") for row in rows)


@given(expressions)
@settings(max_examples=40, deadline=None)
def test_short_formulas_stay_on_one_line(expression: sp.Expr) -> None:
    """A display is broken only if it must be."""
    formula = latex(expression)
    assert (width(formula) > 31.0) == (len(lay_out(formula, 31.0).rows) > 1 or excess(formula, 31.0) > 0)


def test_relations_are_aligned_and_each_starts_a_row() -> None:
    """A chain of equalities that is too long stands as one row for each."""
    text = display(
        r"\frac{d}{dt} I = a \dot a - b \dot b = A B C D E F G H I J K L M N O P + 1 = Q R S T U V W X Y Z - 2 = 0",
        end=".",
    )
    assert text.count(r"\\") == 3 and text.count("&=") == 4 and text.endswith(" 0.\n\\end{align*}")


def test_a_divided_product_continues_with_a_times_sign() -> None:
    """Two long factors stand on a line each, the second after a times sign."""
    factors = ["(" + " + ".join(f"{letter}_{{{index}}}" for index in range(10)) + ")" for letter in "AB"]
    rows = lay_out("x = " + "".join(factors), 31.0).rows
    assert len(rows) == 2 and rows[1].startswith(r"&\qquad {} \times (B")


def test_a_fraction_too_wide_for_a_line_becomes_a_product() -> None:
    """Fractions and roots that no line can hold are written so that they can be divided."""
    top = sp.Add(*(sp.log(n) * u**n for n in range(2, 16)))
    text = displayed_formula(sp.Eq(w, top / (1 + u)))
    assert r"\frac{1}{u + 1}(u^{15}" in text and r"\small" not in text and text.count(r"\\") >= 2
    text = displayed_formula(sp.Eq(w, top / (1 + top.subs(u, x))))
    assert text.count("^{-1}") == 1 and r"\small" not in text and text.count(r"\\") >= 3
    assert r"\biggr)^{1/2}" in displayed_formula(sp.Eq(w, sp.sqrt(top / 2)))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (r"\left(x\right)", "(x)"),
        (r"\left( \frac{a}{b} \right)", r"\Bigl(\frac{a}{b}\Bigr)"),
        (r"\left( \frac{a^2}{b} \right)", r"\biggl(\frac{a^2}{b}\biggr)"),
        (r"\left[ 1 + \left(x + y\right)^2 \right]", "[1 + (x + y)^2]"),
        (
            r"\left( f{\left( g{\left( x \right)} + \left(y\right) \right)} \right)",
            r"\bigl(f(g(x) + (y))\bigr)",
        ),
        (r"e^{\left(x\right)}", "e^{(x)}"),
        (r"\left. f \right|_0", r"\left. f \right|_0"),
        (r"\left\{ x \middle| x > 0 \right\}", r"\{x \mathrel| x > 0\}"),
        (r"a", "a"),
    ],
)
def test_delimiters_get_the_size_of_their_content(before: str, after: str) -> None:
    """``\\left`` and ``\\right`` forbid line ends; fixed sizes allow them."""
    assert fixed_delimiters(before) == after


@needs_tex
def test_estimated_widths_are_those_of_tex() -> None:
    """No formula of the catalogue is wider in TeX than estimated by more than 4 per cent, nor narrower by more than 25."""
    formulas = [latex(form) for act in catalogue_activations() for form in (act.formula, act.slope)]
    formulas += [latex(expression) for expression, _text in FORMULAS] + [
        latex(term) for term in long_formula().args
    ]
    formulas += [
        r"a \le b \in \mathbb{R}, \quad x_{1}^{2} \mapsto \Phi_{S_1}(\theta_0)",
        r"\biggl[\sum_{i=1}^n \dot w_i\biggr] \cdot \text{if so}",
    ]
    lines = [rf"\setbox0\hbox{{$\displaystyle {formula}$}}\wlog{{WIDTH \the\wd0}}" for formula in formulas]
    source = (
        PREAMBLE.replace("11pt,", "10pt,") + "\\begin{document}\n" + "\n".join(lines) + "x\\end{document}\n"
    )
    measured = [float(value) / 10 for value in re.findall(r"WIDTH ([\d.]+)pt", _log(source))]
    assert len(measured) == len(formulas)
    for formula, true in zip(formulas, measured, strict=True):
        assert true - 0.35 <= 1.04 * width(formula), (formula, true, width(formula))
        assert width(formula) <= 1.25 * true + 1.2, (formula, true, width(formula))


def _log(source: str) -> str:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "widths.tex").write_text(source)
        subprocess.run(
            ["pdflatex", "-interaction=nonstopmode", "widths.tex"],
            cwd=folder,
            capture_output=True,
            check=True,
        )
        return (Path(folder) / "widths.log").read_text(errors="replace")


@needs_tex
@settings(parent=compiled, max_examples=3)
@given(st.lists(st.tuples(expressions, expressions), min_size=15, max_size=25))
def test_random_formulas_have_no_overfull_lines(pairs: list[tuple[sp.Expr, sp.Expr]]) -> None:
    """Displays of any expression stay inside the text, also where they end a proof."""
    body = "\n\n".join(
        f"Formula {displayed_formula(sp.Eq(left, right, evaluate=False), end='.')}" for left, right in pairs
    )
    compile_paper(page(body), "random")


@needs_tex
def test_every_activation_of_the_catalogue_compiles() -> None:
    """Formula, slope and second derivative of each, at the widths of one and of two columns."""
    forms = [
        (act.name, form)
        for act in catalogue_activations()
        for form in (act.formula, act.slope, *(sp.diff(p.slope, u) for p in act.pieces))
    ]
    body = "\n\n".join(
        f"{breakable(name)}: {displayed_formula(sp.Eq(sigma(u), form, evaluate=False), end='.')}"
        for name, form in forms
    )
    compile_paper(page(body), "catalogue")
    narrow = "\n\n".join(
        f"Then {displayed_formula(sp.Eq(sigma(u), form, evaluate=False), line_width=19.0, end='.')}"
        for _name, form in forms
    )
    compile_paper(page(narrow).replace("11pt,a4paper", "twocolumn,10pt"), "columns")


# ---------------------------------------------------------------- prose


@pytest.mark.parametrize(
    ("prose", "reason"),
    [
        (r"\input{/etc/passwd}", r"contains \\input"),
        (r"\catcode`\%=12", r"contains \\catcode"),
        ("^^5cinput", "contains"),
        ("{", "unbalanced"),
        ("}{", "unbalanced"),
        ("$x", "dollar"),
        ("100% sure", "bare %"),
        ("a & b", "bare %"),
        ("one\n\ntwo", "empty line"),
    ],
)
def test_malformed_prose_is_refused(prose: str, reason: str) -> None:
    """Prose that would break a document, or do more than print, never reaches it."""
    with pytest.raises(InputError, match=reason):
        checked(prose)


def test_references_in_prose_are_resolved_or_refused() -> None:
    """A claim's id becomes its name; unknown claims and unknown works are errors."""
    assert typeset(r"see \ref{a.b}", {"a.b": r"Lemma~\ref{p:a.b}"}, 31) == r"see Lemma~\ref{p:a.b}"
    with pytest.raises(InputError, match="not part of the proof"):
        typeset(r"see \ref{c}", {"a.b": ""}, 31)
    with pytest.raises(InputError, match="nobody1999"):
        citations(r"\cite{nobody1999}")


def test_sentences_begin_and_end() -> None:
    """Capital letter and full stop are added where they are missing."""
    assert sentence("two is positive") == "Two is positive."
    assert sentence("$x$ is it.") == "$x$ is it."
    assert sentence("") == ""


def test_a_wide_inline_formula_is_displayed() -> None:
    """Mathematics that TeX could not break in running text is set apart, punctuation included."""
    wide = r"\frac{" + " + ".join("abcdefghijkl") + "}{2}"
    assert typeset(f"Then ${wide}$, so", {}, 31).split("\n")[1:4] == [r"\[", f"  {wide},", r"\]"]
    assert typeset("Then $a + b$, so", {}, 31) == "Then $a + b$, so"


# ---------------------------------------------------------------- bibliography

NEEDED = [
    "zhang2023limitation",
    "azulay2021implicit",
    "johansson2017arb",
    "johansson2018numerical",
    "moore2009introduction",
    "tucker2011validated",
    "meurer2017sympy",
    "corless1996lambertw",
]


def test_the_bibliography_has_every_work_that_is_cited() -> None:
    """The works of the theory and of the methods, and those of every activation of the catalogue."""
    keys = {*NEEDED, *(key for entry in CATALOGUE.values() for key in entry.references)}
    assert keys <= entries().keys()
    assert bibliography(reversed(NEEDED)).count("\n@") + 1 == len(NEEDED)
    with pytest.raises(InputError, match="no reference has the key 'nobody1999'"):
        bibliography(["tucker2011validated", "nobody1999"])


def test_the_slices_are_the_whole_file() -> None:
    """Nothing of the file is left out by cutting it into entries, and an independent parser agrees on keys and fields."""
    import implicitreg_sym.derivation as package

    text = (Path(package.__file__).parent / "references.bib").read_text()
    assert "\n\n".join(entries().values()) + "\n" == text
    assert text.count("@") == len(entries())
    bibtexparser = pytest.importorskip("bibtexparser", minversion="2")
    library = bibtexparser.parse_string(text)
    assert not library.failed_blocks
    assert [entry.key for entry in library.entries] == list(entries())
    for entry in library.entries:
        assert {"author", "title", "year"} <= entry.fields_dict.keys()


@needs_tex
def test_every_reference_compiles() -> None:
    """BibTeX has no complaint about any entry."""
    bib = rf"\begin{{filecontents*}}[overwrite]{{\jobname.bib}}{chr(10)}{bibliography(entries())}{chr(10)}\end{{filecontents*}}{chr(10)}"
    source = bib + page(r"\nocite{*}\sloppy\bibliographystyle{plain}\bibliography{\jobname}")
    assert compile_paper(source, "works").startswith(b"%PDF")


# ---------------------------------------------------------------- fragments and documents


@pytest.mark.parametrize("build", [sigmoid_two_point, awkward])
def test_fragments_are_those_of_the_golden_files(build: Callable[[], Proof]) -> None:
    """The LaTeX of two proofs, letter by letter (set UPDATE_GOLDEN to write the files anew, then read them)."""
    path = GOLDEN / f"{build.__name__}.tex"
    text = fragment(build())
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text)
    assert text == path.read_text()


def test_a_fragment_has_no_preamble_and_resolves_every_reference() -> None:
    """No document class, no package; each label once, each reference to one of them; premises first."""
    proof = sigmoid_two_point()
    text = fragment(proof)
    assert not re.search(r"\\(documentclass|usepackage|begin\{document\})", text)
    labels = re.findall(r"\\label\{([^}]*)\}", text)
    assert sorted(labels) == sorted({label(proof, claim) for claim in proof.claims})
    assert set(re.findall(r"\\ref\{([^}]*)\}", text)) <= set(labels)
    assert labels == [label(proof, claim) for claim in (proof.conclusion, *proof.claims[:-1])]
    assert {key for group in re.findall(r"\\cite\{([^}]*)\}", text) for key in group.split(",")} == set(
        cited_keys(proof)
    )
    displayed = re.sub(r"[\s&]", "", text)
    for step in (
        step for claim in proof.claims for step in claim.steps if isinstance(step.formula, sp.Basic)
    ):
        for part in sp.And.make_args(step.formula):
            assert re.sub(r"\s", "", latex(part)) in displayed


@given(st.text(max_size=12), st.text(max_size=12))
def test_labels_are_different_for_different_claims(first: str, second: str) -> None:
    """The encoding of ids in labels is one to one, and safe in TeX."""
    names = [
        label(Proof("p", "", "", "", Claim(text, "", sp.true)), Claim(text, "", sp.true))
        for text in (first, second)
    ]
    assert (names[0] == names[1]) == (first == second)
    assert all(re.fullmatch(r"[A-Za-z0-9._:-]*", name) for name in names)


@pytest.mark.parametrize(
    ("evidence", "environment", "word"),
    [
        (exact("0 = 0"), "theorem", "proved"),
        (Evidence(Kind.ENCLOSURE, Outcome.HOLDS, "in the ball"), "theorem", "enclosed"),
        (numeric("agrees"), "openclaim", "checked numerically, not proved"),
        (Evidence(Kind.EXACT, Outcome.FAILS, "1 = 0"), "openclaim", "refuted"),
        (Evidence(Kind.EXACT, Outcome.UNDECIDED, "too large"), "openclaim", "undecided"),
    ],
)
def test_only_what_is_established_is_called_a_theorem(
    evidence: Evidence, environment: str, word: str
) -> None:
    """A claim without rigorous evidence is typeset as a claim, says so, and gets no end-of-proof mark."""
    claim = Claim("c", "It is so", sp.true, evidence=(evidence,), steps=(Step("Because", sp.Eq(u, 1)),))
    text = fragment(Proof("p", "Title", "T0", "Let it be.", claim))
    assert rf"\begin{{{environment}}}" in text and rf"\textsc{{{word}}}" in text
    assert (r"\qedhere" in text) == (environment == "theorem")
    assert (r"\begin{proof}[{Derivation" in text) == (environment != "theorem")
    weak = Claim("top", "It follows", sp.true, (), (claim,), (exact("0 = 0"),))
    above = fragment(Proof("p", "Title", "T0", "Let it be.", weak))
    assert (r"\begin{theorem}" in above) == (environment == "theorem")
    assert ("By itself proved" in above) == (word != "proved")


def test_a_statement_that_the_prose_tells_is_not_repeated() -> None:
    """The formula of the statement is displayed only if the sentence does not contain it."""
    told = Claim("c", "We have $u = w$", sp.Eq(u, w), evidence=(exact("yes"),))
    other = replace(told, says="They agree")
    texts = [fragment(Proof("p", "Title", "T0", "Let it be.", claim)) for claim in (told, other)]
    assert [text.count(r"\[") for text in texts] == [0, 1]


def test_a_malformed_claim_is_refused_with_its_text() -> None:
    """Text of a user that an author forgot to escape does not pass."""
    bad = Claim("c", r"the activation \input{x}", sp.true, evidence=(exact("yes"),))
    with pytest.raises(InputError, match="escape text"):
        fragment(Proof("p", "Title", "T0", "Let it be.", bad))
    step = replace(bad, says="fine", steps=(Step("so", r"\write18{ls} = 1"),))
    with pytest.raises(InputError, match="escape text"):
        fragment(Proof("p", "Title", "T0", "Let it be.", step))


def test_a_document_tells_a_shared_claim_once() -> None:
    """The second proof refers to the claims of the first; a proof is not accepted twice, nor is no proof."""
    first = sigmoid_two_point()
    second = replace(first, name="again", title="Once more")
    text = document([first, second])
    labels = re.findall(r"\\label\{([^}]*)\}", text)
    assert len(labels) == len(set(labels)) == len(first.claims) + 1
    with pytest.raises(InputError, match="given twice"):
        document([first, first])
    with pytest.raises(InputError, match="at least one"):
        document([])


@needs_tex
def test_documents_compile_cleanly(tmp_path: Path) -> None:
    """Two proofs on their own and together, with bibliography, give PDFs without any blemish, the same at every run."""
    proofs = [sigmoid_two_point(), awkward()]
    paths = build_papers(proofs, tmp_path)
    assert [path.suffix for path in paths] == [".pdf", ".pdf"] and paths[0].name == "sigmoid_two_point.pdf"
    assert (tmp_path / "sigmoid_two_point.tex").read_text() == document(proofs[:1])
    assert paths[0].read_bytes() == compile_paper(document(proofs[:1]), "sigmoid_two_point")
    assert compile_paper(document([*proofs, replace(proofs[0], name="again")]), "all").startswith(b"%PDF")


@needs_tex
@pytest.mark.parametrize("options", ["10pt", "12pt", "11pt,twocolumn"])
def test_a_fragment_fits_into_other_papers(options: str) -> None:
    """With the host's own environments or without, at any size of type, in one column or two."""
    proof = sigmoid_two_point()
    environments = (
        r"\newtheorem{theorem}{Satz}[section]\newtheorem{lemma}[theorem]{Hilfssatz}"
        if options == "10pt"
        else ""
    )
    text = fragment(proof, line_width=17.0 if "two" in options else 31.0)
    works = "".join(rf"\bibitem{{{key}}} {key}" for key in cited_keys(proof))
    source = (
        rf"\documentclass[{options}]{{article}}\usepackage{{amsmath,amssymb,amsthm}}{environments}"
        rf"\begin{{document}}\section{{Host}}{chr(10)}{text}\begin{{thebibliography}}{{9}}{works}\end{{thebibliography}}\end{{document}}"
    )
    compile_paper(source, "host")


@needs_tex
@pytest.mark.parametrize(
    ("body", "message"),
    [
        (r"See \ref{nothing}.", "undefined"),
        (r"See \cite{nobody}.", "undefined"),
        (r"\noindent\hbox to 2\textwidth{x\hfil x}", "Overfull"),
        (r"\label{a}\label{a}x", "multiply defined"),
        (r"\undefined", "Undefined control sequence"),
        (r"\input{/etc/hostname}", "does not compile"),
        ("\\font\\f=cmr10 \\f \\char200 x", "Missing character"),
    ],
)
def test_a_blemish_is_an_error_with_its_line(body: str, message: str) -> None:
    """A page that is not clean is refused with the lines of the log that tell why."""
    with pytest.raises(PaperError, match=message):
        compile_paper(page(body), "blemish")


@needs_tex
def test_documents_run_no_programs(tmp_path: Path) -> None:
    """Shell escape is off."""
    target = tmp_path / "made"
    compile_paper(page(rf"\immediate\write18{{touch {target}}}x"), "shell")
    assert not target.exists()


def test_missing_tex_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without TeX the error names the program and how to get it."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(PaperError, match="pdflatex is not installed"):
        compile_paper(page("x"), "none")


def test_atoms_keep_scripts_and_arguments_together() -> None:
    """An atom is what no line end can divide."""
    assert [atom.text for atom in atoms(r"\sigma'(u_{1})^{2} = \frac12 x")] == [
        r"\sigma'",
        "(",
        "u_{1}",
        ")^{2}",
        "=",
        r"\frac{1}{2}",
        "x",
    ]


def test_generators_of_a_zero_test_are_typeset() -> None:
    """Names stand in mathematics, with Greek letters and indices; other generators stay text."""
    from implicitreg_sym.derivation.fragment import _method_text

    shown = _method_text("the numerator is the zero polynomial in N, a, sigma_0, exp(u)")
    assert r"$N$, $a$, $\sigma_{0}$, exp" in shown and "sigma\\_0" not in shown
    assert "$" not in _method_text("the numerator is the zero polynomial in the rationals")
