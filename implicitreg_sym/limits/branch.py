"""Where the limit is, or why there is none: what following the orbit of one sample ends in (T7)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import sympy as sp


@dataclass(frozen=True, slots=True)
class NoLimit:
    """The flow has no interpolating limit, and why; ``proved`` is False where it could only not be
    decided."""

    reason: str
    proved: bool


@dataclass(frozen=True, slots=True)
class Branch:
    """Where the limit is: the only u between ``near`` and ``far`` (exact) with the equation that ``kind``
    names.

    * ``"output"``: sqrt(Q(u)) |σ(u)| = |y|, a has the sign ``sign_a``;
    * ``"turn"``: Q(u) = 0, so a = 0 (only for y = 0);
    * ``"crossing"``: σ(u) = 0 (only for y = 0), a has the sign ``sign_a``;
    * ``"zero"``: the same, and u = ``zero`` exactly;
    * ``"rest"``: u = ``zero`` exactly and a = 0: σ and Q vanish together (only for y = 0);
    * ``"degenerate"``: u = ``zero`` exactly, where σ vanishes on the edge of {σ' ≠ 0} (only for y = 0).

    The function of the equation (h = Qσ² - y², Q or σ) has the sign ``far_sign`` at ``far`` and the other
    one at ``near``. ``phases`` tells the way there; ``arc`` is a segment of the u-axis that contains the
    whole way and on which σ' ≠ 0.
    """

    kind: str
    near: Fraction
    far: Fraction
    sign_a: int
    sign_sigma: int
    far_sign: int
    phases: tuple[str, ...]
    arc: tuple[Fraction, Fraction]
    zero: sp.Expr | None = None
