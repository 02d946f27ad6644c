"""Every symbol of the package, made in one place so that equal names are equal objects.

All are real; `x`, `rho`, `T` and the like carry the sign that their definition gives them.
"""

from __future__ import annotations

from sympy import Symbol, symbols

u: Symbol = Symbol("u", real=True)  # pre-activation <w, x>
w: Symbol = Symbol("w", real=True)  # input weight (scalar input)
a: Symbol = Symbol("a", real=True)  # output weight
b: Symbol = Symbol("b", real=True)  # trained bias
x: Symbol = Symbol("x", real=True)  # scalar input
y: Symbol = Symbol("y", real=True)  # target
t: Symbol = Symbol("t", real=True)  # time
z: Symbol = Symbol("z", positive=True)  # z = exp(u)


def vector(name: str, length: int) -> tuple[Symbol, ...]:
    """Return real symbols ``name1, ..., name<length>``.

    >>> vector("w", 2)
    (w1, w2)
    """
    return tuple(symbols(f"{name}1:{length + 1}", real=True))
