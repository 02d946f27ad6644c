"""A data-independent function for the exponential, all data (T13)."""

from __future__ import annotations

from implicitreg_sym.claims import Proof, conjunction
from implicitreg_sym.derivation.notation import CHARACTERISE, NETWORK, TWO_POINT
from implicitreg_sym.positive.exponential import exponential_characterisation
from implicitreg_sym.positive.zero_targets import exponential_zero_targets
from implicitreg_sym.proofscript import main


def proof(digits: int = 30) -> Proof:
    """Prove that J characterises strictly for non-zero targets, and that the condition cannot be dropped."""
    conclusion = conjunction(
        "T13.both",
        r"For $\sigma=e^u$ and $a_0>0$, $J(w,a)=\lVert w-w_0\rVert^2+\frac{a^2}{2}-a_0^2\log\lvert "
        r"a\rvert$ characterises "
        r"strictly over all datasets with targets $y_i\neq0$, in every dimension; over datasets with "
        r"targets $0$ no "
        r"function does",
        [exponential_characterisation(digits), exponential_zero_targets(digits)],
    )
    return Proof(
        "exponential_characterisation",
        "A data-independent function for the exponential",
        "T13",
        f"{NETWORK} {CHARACTERISE} {TWO_POINT}",
        conclusion,
        ("zhang2023limitation",),
    )


if __name__ == "__main__":
    raise SystemExit(main(proof))
