r"""The alphabet of LaTeX mathematics: what commands mean for line breaking, and how wide they are set.

Widths are those of Computer Modern at 10 points, in em.
"""

from __future__ import annotations


def _commands(names: str) -> frozenset[str]:
    return frozenset("\\" + name for name in names.split())


TWO_ARGUMENTS = frozenset(("frac", "dfrac", "tfrac", "binom", "overset", "underset"))
ONE_ARGUMENT = frozenset(
    (
        "sqrt", "text", "textrm", "textup", "textit", "texttt", "mbox", "mathrm", "mathbf", "mathit",
        "mathbb", "mathcal", "mathsf", "operatorname", "operatorname*", "overline", "underline", "hat",
        "widehat", "bar", "dot", "ddot", "tilde", "widetilde", "vec", "substack", "mathord",
        "boldsymbol", "label", "tag",
    )
)  # fmt: skip
RELATIONS = frozenset("=<>:") | _commands(
    "le leq leqslant ge geq geqslant ne neq in notin to mapsto Rightarrow Leftrightarrow Longrightarrow "
    "implies iff equiv approx subset subseteq supset sim simeq mid ll gg rightarrow longrightarrow "
    "longmapsto propto lt gt perp coloneqq"
)
BINARY = frozenset("+-*") | _commands(
    "cdot times pm mp cup cap wedge vee circ setminus ast oplus otimes land lor"
)
FUNCTIONS = frozenset(
    (
        "log", "ln", "exp", "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan",
        "sinh", "cosh", "tanh", "coth", "min", "max", "sup", "inf", "det", "dim", "ker", "lim", "deg",
        "arg", "limsup", "liminf",
    )
)  # fmt: skip
LARGE = {"\\int": 1.0, "\\sum": 1.45, "\\prod": 1.28, "\\iint": 1.6, "\\bigcup": 1.1, "\\bigcap": 1.1}
SPACES = {
    "\\,": 0.167, "\\:": 0.223, "\\;": 0.278, "\\!": -0.167, "\\quad": 1.0, "\\qquad": 2.0, "~": 0.333,
    "\\ ": 0.333, "\\displaystyle": 0.0, "\\limits": 0.0, "\\nolimits": 0.0, "\\textstyle": 0.0,
    "\\thinspace": 0.167,
}  # fmt: skip
OPENING = {
    "(": 0.39, "[": 0.28, "\\{": 0.5, "\\langle": 0.39, "\\lfloor": 0.45, "\\lceil": 0.45,
    "\\lvert": 0.28, "\\lVert": 0.5,
}  # fmt: skip
CLOSING = {
    ")": 0.39, "]": 0.28, "\\}": 0.5, "\\rangle": 0.39, "\\rfloor": 0.45, "\\rceil": 0.45,
    "\\rvert": 0.28, "\\rVert": 0.5,
}  # fmt: skip
SIZES = {"": 1.0, "\\big": 1.2, "\\Big": 1.55, "\\bigg": 1.9, "\\Bigg": 2.1}  # factors of a delimiter's width
LETTERS = {
    "a": 0.53, "b": 0.43, "c": 0.43, "d": 0.52, "e": 0.47, "f": 0.6, "g": 0.51, "h": 0.58, "i": 0.34,
    "j": 0.47, "k": 0.55, "l": 0.32, "m": 0.88, "n": 0.6, "o": 0.48, "p": 0.5, "q": 0.48, "r": 0.48,
    "s": 0.47, "t": 0.36, "u": 0.57, "v": 0.52, "w": 0.74, "x": 0.57, "y": 0.53, "z": 0.51, "A": 0.75,
    "B": 0.81, "C": 0.79, "D": 0.86, "E": 0.8, "F": 0.78, "G": 0.79, "H": 0.91, "I": 0.52, "J": 0.65,
    "K": 0.92, "L": 0.68, "M": 1.08, "N": 0.91, "O": 0.79, "P": 0.78, "Q": 0.79, "R": 0.77, "S": 0.67,
    "T": 0.72, "U": 0.79, "V": 0.81, "W": 1.08, "X": 0.91, "Y": 0.8, "Z": 0.75,
}  # fmt: skip
SYMBOLS = {
    "\\alpha": 0.65, "\\beta": 0.62, "\\gamma": 0.58, "\\delta": 0.49, "\\epsilon": 0.41,
    "\\varepsilon": 0.48, "\\zeta": 0.52, "\\eta": 0.54, "\\theta": 0.5, "\\vartheta": 0.6,
    "\\kappa": 0.58, "\\lambda": 0.59, "\\mu": 0.61, "\\nu": 0.56, "\\xi": 0.49, "\\pi": 0.61,
    "\\rho": 0.52, "\\sigma": 0.61, "\\tau": 0.56, "\\phi": 0.6, "\\varphi": 0.66, "\\chi": 0.63,
    "\\psi": 0.69, "\\omega": 0.66, "\\ldots": 1.35, "\\dots": 1.35, "\\cdots": 1.35, "\\infty": 1.0,
    "\\partial": 0.59, "\\prime": 0.3, "\\|": 0.5, "|": 0.28, "\\nabla": 0.84, "/": 0.5, ".": 0.28,
    "'": 0.3, "!": 0.28, "\\ell": 0.42, "\\forall": 0.56, "\\exists": 0.56, "\\neg": 0.67,
    "\\emptyset": 0.5, "\\%": 0.84, "\\vert": 0.28,
}  # fmt: skip
