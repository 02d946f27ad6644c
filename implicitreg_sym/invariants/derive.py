"""Invariants of gradient flow for a network and its data: which there are, in what form, and the proof
that they are (T4-T6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import sympy as sp

from implicitreg_sym.activations.typeset import typeset_name
from implicitreg_sym.algebra import decide_zero
from implicitreg_sym.claims import (
    Claim,
    Evidence,
    Kind,
    Outcome,
    Step,
    identity_check,
    sampled_identity_check,
)
from implicitreg_sym.errors import InputError
from implicitreg_sym.flow import Network, Sample
from implicitreg_sym.flow.gradient_flow import f as output_symbol
from implicitreg_sym.invariants.antiderivative import Antiderivative, derive_G
from implicitreg_sym.invariants.conserved import (
    Conserved,
    Inputs,
    PotentialTerm,
    conservation_checks,
    generic_check,
    preactivation,
)
from implicitreg_sym.invariants.flow_case import FlowCase, flow_case
from implicitreg_sym.invariants.flow_check import watch
from implicitreg_sym.invariants.forms import ClosedForm, decide_closed, gram_matrix
from implicitreg_sym.invariants.homogeneity import (
    degree_is_not_constant,
    degrees_differ,
    homogeneity_degree,
    homogeneity_theorem,
)
from implicitreg_sym.status import Status
from implicitreg_sym.symbols import a, u, y

_ASKED = {
    "T4": "along the flow of one sample",
    "T5": "along the flow of these samples",
    "T6": "along the flow of every dataset",
}


@dataclass(frozen=True, slots=True)
class Invariants:
    """The invariants found, in the symbols of the network's weights (w or w1.., b) and a, with the claims
    that prove them.

    ``theorem`` is T4, T5 or T6; ``invariants`` are functionally independent; ``closed_form`` says whether
    none of them keeps an integral; ``domain`` is the set of u on which they hold; ``poles`` the points that
    bound it (zeros of σ', poles of σ), as text; ``missing`` tells why there is no invariant a²/2 - F where
    that is so.

    >>> import implicitreg_sym as ir
    >>> network = ir.Network(ir.activation("sinh"))
    >>> found = ir.derive_invariants(network, [ir.symbolic_sample(network)])
    >>> found.invariants, found.status.name
    ((a**2/2 - log(cosh(w*x))/x**2,), 'PROVED')
    """

    network: Network
    theorem: str
    invariants: tuple[sp.Expr, ...]
    closed_form: bool
    domain: sp.Set
    poles: tuple[str, ...]
    antiderivative: Antiderivative
    claims: tuple[Claim, ...]
    conclusion: Claim
    missing: str | None = None
    form: ClosedForm | None = None

    @property
    def status(self) -> Status:
        """The status of the conclusion."""
        return self.conclusion.status

    def _repr_latex_(self) -> str:
        """What was asked, what is constant, and why nothing more is."""
        name = typeset_name(self.network.activation.name).replace(r"\texttt", r"\mathtt", 1)
        found = "".join(rf"{sp.latex(invariant)},\quad " for invariant in self.invariants)
        verdict = "constant" if found else "no invariant" if self.status.established else "no invariant known"
        why = "" if self.missing is None else f": {self.missing}"
        told = rf"\text{{{verdict} for }}{name}\text{{ {_ASKED[self.theorem]}{why} ({self.status})}}"
        return rf"$\displaystyle {found}{told}$"


def symbolic_sample(network: Network) -> Sample:
    """Return the sample whose entries are the network's input symbols and y.

    >>> from implicitreg_sym.activations import activation
    >>> symbolic_sample(Network(activation("tanh"), 2)).x
    (x1, x2)
    """
    return Sample(network.input_symbols, y)


def derive_invariants(
    network: Network,
    dataset: Sequence[Sample] | None = None,
    loss: sp.Expr | None = None,
    digits: int = 30,
    timeout: float = 20.0,
) -> Invariants:
    """Derive the invariants of the network's gradient flow, with proof (T4 one sample, T5 several samples,
    T6 all data).

    One sample: I = a²/(2η_a) - G(u)/(η_w‖x̃‖²) and the components of w̃ orthogonal to x̃. Samples with
    orthogonal inputs, or independent inputs and affine σ/σ': a²/(2η_a) - F(u_1, .., u_n) and the components
    orthogonal to all inputs. All data (``dataset`` None): a²/η_a - ‖w̃‖²/(k η_w) where σ is k-homogeneous.
    Arguments: exact samples, or one with symbols (`symbolic_sample`); ``loss``, a differentiable ℓ(f, y) in
    the real symbols f and y for the numerical check (the proof holds for all); ``digits`` of that check;
    ``timeout`` of the search for G. Raises `InputError` on samples that do not fit or an input 0.

    >>> from implicitreg_sym.activations import activation
    >>> network = Network(activation("tanh"))
    >>> found = derive_invariants(network, [symbolic_sample(network)])
    >>> found.invariants, found.status.name
    ((a**2/2 - sinh(w*x)**2/(2*x**2),), 'PROVED')
    """
    if loss is not None and (loss.free_symbols - {output_symbol, y} or not loss.has(output_symbol)):
        raise InputError(
            "the loss is not a function of f and y; write it in the real symbols f and y, for "
            "instance (f - y)**4"
        )
    antiderivative = derive_G(network.activation, timeout)
    if dataset is None:
        return _all_data(network, antiderivative, loss, digits)
    samples = tuple(dataset)
    rows = _checked_rows(network, samples)
    if len(samples) == 1:
        return _one_sample(network, samples[0], rows[0], antiderivative, loss, digits)
    return _several(network, samples, rows, antiderivative, loss, digits)


def _checked_rows(network: Network, samples: tuple[Sample, ...]) -> tuple[Inputs, ...]:
    if not samples:
        raise InputError("the dataset is empty; give at least one sample, or None for all data")
    for sample in samples:
        if len(sample.x) != network.inputs:
            raise InputError(
                f"a sample has {len(sample.x)} inputs, but the network has {network.inputs}; give "
                f"them the same number"
            )
    symbolic = any(sp.sympify(entry).free_symbols for sample in samples for entry in sample.x)
    if symbolic and len(samples) > 1:
        raise InputError("several samples need exact numbers as inputs; a symbolic sample stands alone")
    if not symbolic:
        network.check(
            samples=tuple(
                replace(sample, y=sp.Integer(0)) if sp.sympify(sample.y).free_symbols else sample
                for sample in samples
            )
        )
    rows = tuple(network.augment(sample) for sample in samples)
    if any(all(entry == 0 for entry in row) for row in rows):
        raise InputError(
            "an input is 0, so its sample does not move the weights; give inputs different from 0"
        )
    return rows


def _one_sample(
    network: Network,
    sample: Sample,
    row: Inputs,
    antiderivative: Antiderivative,
    loss: sp.Expr | None,
    digits: int,
) -> Invariants:
    norm = sp.Add(*(entry**2 for entry in row))
    main = Conserved(a**2 / (2 * network.rate_a), (PotentialTerm(-1 / (network.rate_w * norm), row),))
    quantities = (main, *(Conserved(linear) for linear in _orthogonal(network, (row,))))
    name = f"{network.activation.name}.T4"
    case = flow_case(network, (row,), loss)
    steps = (
        Step(
            r"By the chain rule $\dot u = -\eta_w \|\tilde x\|^2 a\,\sigma'(u)\,\ell'$ and $\dot a = "
            r"-\eta_a \sigma(u)\,\ell'$, so that",
            r"\frac{d}{dt}\Bigl(\frac{a^2}{2\eta_a} - \frac{G(u)}{\eta_w\|\tilde x\|^2}\Bigr) = "
            r"-a\,\sigma(u)\,\ell' + G'(u)\,a\,\sigma'(u)\,\ell' = 0,",
        ),
        Step(
            r"and every component of $\tilde w$ orthogonal to $\tilde x$ rests, because $\dot{\tilde "
            r"w}$ is a multiple of $\tilde x$."
        ),
    )
    return _assemble(network, "T4", name, quantities, (row,), antiderivative, case, digits, steps)


def _several(
    network: Network,
    samples: tuple[Sample, ...],
    rows: tuple[Inputs, ...],
    antiderivative: Antiderivative,
    loss: sp.Expr | None,
    digits: int,
) -> Invariants:
    linear = tuple(Conserved(expression) for expression in _orthogonal(network, rows))
    gram = gram_matrix(rows)
    name = f"{network.activation.name}.T5"
    case = flow_case(network, rows, loss)
    verdict = decide_zero(gram.det()).status
    if verdict is not Status.REFUTED:
        quantities, missing = linear, "the inputs are linearly dependent, so T5 does not apply"
        quantities = (*_homogeneous(network), *linear)
        return _assemble(
            network, "T5", name, quantities, rows, antiderivative, case, digits, (), missing=missing
        )
    form = decide_closed(network.activation, gram, digits)
    if not form.closed:
        quantities = (*_homogeneous(network), *linear)
        missing = (
            "the 1-form of T5 is not closed"
            if form.closed is False
            else "it is not decided whether the 1-form of T5 is closed"
        )
        return _assemble(
            network, "T5", name, quantities, rows, antiderivative, case, digits, (), form, missing
        )
    energy = a**2 / (2 * network.rate_a)
    if form.orthogonal:
        main = Conserved(
            energy,
            tuple(PotentialTerm(-1 / (network.rate_w * gram[i, i]), row) for i, row in enumerate(rows)),
        )
        steps = (
            Step(
                r"The inputs are orthogonal, so each pre-activation moves by its own sample alone, "
                r"and $F = \sum_i G(u_i)/(\eta_w\|\tilde x_i\|^2)$."
            ),
        )
    else:
        assert form.affine is not None
        alpha, beta = form.affine
        values = [preactivation(network, row) for row in rows]
        potential = sp.Add(
            *(
                form.inverse[i, j] * (alpha * values[i] * values[j] / 2 + beta * values[i])
                for i in range(len(rows))
                for j in range(len(rows))
            )
        )
        main = Conserved(sp.expand(energy - potential / network.rate_w))
        steps = (
            Step(
                r"$\sigma/\sigma' = \alpha u + \beta$ is affine, so the form is exact with $F = "
                r"\sum_{ij} (K^{-1})_{ij} (\tfrac{\alpha}{2} u_i u_j + \beta u_i)/\eta_w$."
            ),
        )
    return _assemble(network, "T5", name, (main, *linear), rows, antiderivative, case, digits, steps, form)


def _homogeneous(network: Network) -> tuple[Conserved, ...]:
    degree = homogeneity_degree(network.activation)
    if degree is None:
        return ()
    square = sp.Add(*(weight**2 for weight in network.weight_symbols))
    return (Conserved(a**2 / network.rate_a - square / (degree * network.rate_w)),)


def _all_data(
    network: Network, antiderivative: Antiderivative, loss: sp.Expr | None, digits: int
) -> Invariants:
    quantities = _homogeneous(network)
    rows = ((*network.input_symbols, sp.Integer(1)),) if network.bias else (network.input_symbols,)
    name = f"{network.activation.name}.T6"
    equivalence = homogeneity_theorem(digits)
    if quantities:
        case = flow_case(network, rows, loss, count=2)
        return _assemble(
            network, "T6", name, quantities, rows, antiderivative, case, digits, (), premises=(equivalence,)
        )
    refuted = degree_is_not_constant(network.activation)
    evidence = Evidence(
        Kind.EXACT,
        Outcome.HOLDS if refuted else Outcome.UNDECIDED,
        r"u σ'/σ is not one constant: its derivative has a value that a ball separates from zero"
        if refuted
        else "homogeneity is not decided",
    )
    claim = Claim(
        name,
        r"no quantity $a^2 - \|w\|^2/k$ is invariant for every dataset, because $\sigma$ is not "
        r"positively homogeneous",
        sp.Ne(sp.Derivative(u * network.activation.slope / network.activation.formula, u), 0, evaluate=False),
        ((u, antiderivative.domain),),
        (equivalence,),
        (evidence, degrees_differ(network, digits)),
    )
    return Invariants(
        network,
        "T6",
        (),
        True,
        antiderivative.domain,
        (),
        antiderivative,
        (equivalence, claim),
        claim,
        "the activation is not positively homogeneous",
    )


def _orthogonal(network: Network, rows: tuple[Inputs, ...]) -> tuple[sp.Expr, ...]:
    """Linear forms of w̃ that vanish on the span of the inputs: a basis of the orthogonal complement."""
    weights = network.weight_symbols
    if len(rows) == 1:
        row = rows[0]
        pivot = (
            next(index for index in reversed(range(len(row))) if row[index] != 0)
            if network.bias
            else next(i for i, entry in enumerate(row) if entry != 0)
        )
        return tuple(row[pivot] * weights[i] - row[i] * weights[pivot] for i in range(len(row)) if i != pivot)
    return tuple(
        sp.Add(*(entry * weight for entry, weight in zip(direction, weights, strict=True)))
        for direction in sp.Matrix(rows).nullspace()
    )


def _assemble(
    network: Network,
    theorem: str,
    name: str,
    quantities: tuple[Conserved, ...],
    rows: tuple[Inputs, ...],
    antiderivative: Antiderivative,
    case: FlowCase | None,
    digits: int,
    steps: tuple[Step, ...],
    form: ClosedForm | None = None,
    missing: str | None = None,
    premises: tuple[Claim, ...] = (),
) -> Invariants:
    """One claim for each quantity, one for G where it is used, and the conclusion that rests on them."""
    uses_potential = any(quantity.terms for quantity in quantities)
    support = list(premises)
    if form is not None:
        support.append(form.claim)
    if uses_potential:
        support.append(antiderivative.claim(digits))
    if form is not None and form.orthogonal and len(rows) > 1:
        support.append(_orthogonality(name, rows, digits))
    claims = []
    for index, quantity in enumerate(quantities):
        formula = quantity.formula(network, antiderivative.formula)
        evidence = (
            conservation_checks(quantity, network, rows, antiderivative),
            *watch(quantity, network, rows, case, antiderivative.potential(), digits),
        )
        generic = (
            (generic_check(quantity, network, rows),) if quantity.terms or quantity.plain.diff(a) == 0 else ()
        )
        claims.append(
            Claim(
                f"{name}.invariant{index + 1}",
                rf"For {typeset_name(network.activation.name)}, $\dot I_{{{index + 1}}} = 0$ along the "
                r"gradient flow for every differentiable loss",
                sp.Eq(sp.Symbol(f"I{index + 1}"), formula, evaluate=False),
                ((u, antiderivative.domain),),
                tuple(support)
                if quantity.terms or premises
                else tuple(entry for entry in support if form is not None and entry is form.claim),
                (*evidence, *generic),
                steps,
            )
        )
    found = tuple(quantity.formula(network, antiderivative.formula) for quantity in quantities)
    closed = not uses_potential or antiderivative.closed_form
    poles = antiderivative.singularities if uses_potential else ()
    domain = antiderivative.domain if uses_potential else sp.S.Reals
    conclusion = Claim(
        name,
        f"for {typeset_name(network.activation.name)} the gradient flow has {len(found)} "
        f"invariant{'s' * (len(found) != 1)} of the form of {theorem}" + (f"; {missing}" if missing else ""),
        sp.Tuple(*found),
        ((u, domain),),
        (*(claims if claims else support),),
        (
            Evidence(Kind.DEDUCTION, Outcome.HOLDS, "the conjunction of the claims that it rests on"),
            *(
                check
                for claim in (claims or support)
                for check in claim.evidence
                if check.kind is Kind.NUMERIC
            ),
        ),
    )
    if missing and form is None:
        undecided = Evidence(Kind.DEDUCTION, Outcome.UNDECIDED, missing)
        conclusion = conclusion if found else replace(conclusion, evidence=(undecided,))
    elif missing and form is not None:
        conclusion = replace(
            conclusion,
            rests_on=(*claims, form.claim),
            evidence=(*conclusion.evidence, *(e for e in form.claim.evidence if e.kind is Kind.NUMERIC)),
        )
    return Invariants(
        network,
        theorem,
        found,
        closed,
        domain,
        poles,
        antiderivative,
        (*support, *claims),
        conclusion,
        missing,
        form,
    )


def _orthogonality(name: str, rows: tuple[Inputs, ...], digits: int) -> Claim:
    products = [
        sp.Add(*(p * q for p, q in zip(first, second, strict=True)))
        for first, second in combinations(rows, 2)
    ]
    checks = sorted((identity_check(product) for product in products), key=lambda check: check.status)
    return Claim(
        f"{name}.orthogonal",
        "the inputs are pairwise orthogonal",
        sp.Eq(sp.Tuple(*products), sp.Tuple(*(0 for _ in products)), evaluate=False),
        evidence=(checks[0], sampled_identity_check(sp.Add(*products), None, digits)),
    )
