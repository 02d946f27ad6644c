"""The name and the definition of an activation in LaTeX prose."""

from __future__ import annotations

import sympy as sp

from implicitreg_sym.activations.activation import Activation

_SPECIAL = {character: "\\" + character for character in "_&%#${}"} | {
    "\\": r"\textbackslash{}",
    "^": r"\^{}",
    "~": r"\~{}",
}
_WIDEST = 40  # characters of the formula's text; a longer one is not repeated in running prose


def typeset_name(name: str) -> str:
    r"""The name of an activation in LaTeX prose.

    >>> print(typeset_name("leaky_relu"))
    \texttt{leaky\_relu}
    """
    return r"\texttt{" + "".join(_SPECIAL.get(character, character) for character in name) + "}"


def introduced(activation: Activation) -> str:
    r"""The name and, where it is one short formula, the definition, as a theorem would introduce them.

    >>> from implicitreg_sym.activations import activation
    >>> print(introduced(activation("tanh")))
    \texttt{tanh}, $\sigma(u) = \tanh{\left(u \right)}$
    >>> print(introduced(activation("relu")))
    \texttt{relu}
    """
    name = typeset_name(activation.name)
    if len(activation.pieces) > 1 or len(str(activation.formula)) > _WIDEST:
        return name
    return rf"{name}, $\sigma(u) = {sp.latex(activation.formula, inv_trig_style='full', root_notation=True)}$"
