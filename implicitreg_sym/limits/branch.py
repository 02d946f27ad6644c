"""Where the limit is, or why there is none: what following the orbit of one sample ends in (T7)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import sympy as sp

from implicitreg_sym.claims import Claim
from implicitreg_sym.limits.pole import Pole


@dataclass(frozen=True, slots=True)
class NoLimit:
    """The flow has no interpolating limit, and why; ``proved`` is False where it could only not be decided,
    ``exhausted`` is True where a higher precision would not help. ``claims`` are what a proof rests on."""

    reason: str
    proved: bool
    exhausted: bool = False
    claims: tuple[Claim, ...] = ()


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
    one at ``near``. ``phases`` tells the way there; ``arc`` is a segment of the u-axis on which σ' ≠ 0. It
    contains the whole way but for its parts beyond the anchors of the ``poles`` met. If ``logarithmic``,
    ``near`` and ``far`` are values of λ = log|u - u_c| at the last of these.
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
    poles: tuple[Pole, ...] = ()
    logarithmic: bool = False
