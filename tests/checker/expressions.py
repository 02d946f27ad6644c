"""Random expressions for Hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

LEAVES = st.sampled_from(["u", "u", "u", "1", "2", "-3", "1/2", "4/9", "pi"])
UNARY = (
    "neg", "exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "atan", "asinh", "erf", "erfc",
    "^2", "^3", "^-1", "^1/2", "^-3/2", "^2/3",
)  # fmt: skip


def expressions(unary: tuple[str, ...] = UNARY, leaves: int = 6) -> st.SearchStrategy[str]:
    """Expressions in Polish notation with the given functions."""

    def extend(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.builds("{} {}".format, st.sampled_from(unary), inner),
            st.builds("{} {} {}".format, st.sampled_from(["+", "-", "*", "/"]), inner, inner),
        )

    return st.recursive(LEAVES, extend, max_leaves=leaves)
