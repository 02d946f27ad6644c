"""Two-point and one-point overlapping of one activation by the general recipe, as one claim (T1, T3, T9)."""

from __future__ import annotations

from implicitreg_sym.activations import Activation
from implicitreg_sym.activations.typeset import introduced
from implicitreg_sym.claims import Claim, Evidence, Kind, Outcome, conjunction
from implicitreg_sym.degree import Verdict, degree_report
from implicitreg_sym.overlap.general_two_point_claims import general_two_point
from implicitreg_sym.overlap.one_point_claims import general_one_point


def both_mechanisms(activation: Activation, digits: int = 30) -> Claim:
    """Return the claim that E is not monotone on u > 0 and that the general recipe gives both overlappings.

    UNKNOWN, with the reason, where the recipe finds no two-point or no one-point overlapping.

    >>> from implicitreg_sym.activations import activation
    >>> both_mechanisms(activation("exp")).status.name
    'UNKNOWN'
    """
    says = (
        rf"For {introduced(activation)}, the degree $E$ is not monotone on the positive half-line, "
        rf"and there are two-point "
        r"overlapping and robust one-point overlapping: no data-independent function characterises "
        r"strictly, and one "
        r"that characterises weakly takes one value at two different limits, and is constant on an open box"
    )
    report = degree_report(activation, "positive", digits)
    two, one = general_two_point(activation, digits), general_one_point(activation, digits)
    if report.verdict is not Verdict.NOT_MONOTONE or two is None or one is None:
        reason = f"E is {report.verdict.value}; the general recipe does not give both overlappings"
        return Claim(
            f"{activation.name}.overlapping",
            says,
            report.claim.statement,
            evidence=(Evidence(Kind.DEDUCTION, Outcome.UNDECIDED, reason),),
        )
    return conjunction(f"{activation.name}.overlapping", says, [report.claim, two.claim, one.claim])
