"""The equations of section 5 over balls: crossings of solution curves (L), orbits (H), the degree E and ψ."""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb

from implicitreg_sym.activations import Activation
from implicitreg_sym.invariants.potential import Potential
from implicitreg_sym.limits.arc import keeps_sign


@dataclass(frozen=True, slots=True)
class Equations:
    """Enclosures, at the precision in force, of the functions that decide overlapping for one activation
    (T9).

    * E(u) = u σ'(u)/σ(u), the local homogeneity degree;
    * L(x) = log|σ(w_p x)/σ(w_q x)|, with x L'(x) = E(w_p x) - E(w_q x);
    * H(x) = (G(w* x) - G(w0 x))/x², with x³ H'(x) = ψ(w* x) - ψ(w0 x);
    * ψ(u) = u g(u) - 2 G(u), of which only differences are used.
    """

    potential: Potential

    @property
    def activation(self) -> Activation:
        """σ."""
        return self.potential.activation

    def degree(self, point: arb) -> arb:
        """E over a ball."""
        return point * self.activation.slope_over(point) / self.activation.value(point)

    def log_ratio(self, x: arb, w_p: arb, w_q: arb) -> arb:
        """L(x)."""
        value = self.activation.value
        return abs(value(w_p * x) / value(w_q * x)).log()

    def log_ratio_slope(self, x: arb, w_p: arb, w_q: arb) -> arb:
        """L'(x)."""
        return (self.degree(w_p * x) - self.degree(w_q * x)) / x

    def orbit_gap(self, x: arb, w_end: arb, w_start: arb) -> arb:
        """H(x): half the growth of a² along the orbit from w_start to w_end."""
        return self.potential.difference(w_start * x, w_end * x) / (x * x)

    def psi_slope(self, point: arb) -> arb:
        """ψ'(u) = u g'(u) - g(u) with g' = 1 - σσ''/σ'²; not finite on a ball that meets a breakpoint."""
        piece = self.activation.piece_at(point)
        if piece is None:
            return arb("nan")
        sigma, slope, half_bend = piece.value_program.jet(point, 3)
        return point * (1 - 2 * sigma * half_bend / slope**2) - sigma / slope

    def psi_gap(self, x: arb, w_end: arb, w_start: arb) -> arb:
        """ψ(w_end x) - ψ(w_start x) = x³ H'(x), by the mean-value form over wide balls."""
        x_mid, end_mid, start_mid = x.mid(), w_end.mid(), w_start.mid()
        centre = self.psi_gap_from(
            self.potential.difference(start_mid * x_mid, end_mid * x_mid), x_mid, end_mid, start_mid
        )
        return self.psi_gap_around(centre, x, w_end, w_start)

    def psi_gap_from(self, rise: arb, x: arb, w_end: arb, w_start: arb) -> arb:
        """The same where ``rise`` = G(w_end x) - G(w_start x) is known already."""
        end, start = w_end * x, w_start * x
        return end * self.potential.slope_over(end) - start * self.potential.slope_over(start) - 2 * rise

    def psi_gap_around(self, centre: arb, x: arb, w_end: arb, w_start: arb) -> arb:
        """The same over balls, from the value ``centre`` at their midpoints, by the mean-value theorem."""
        gap = centre
        for weight, sign in ((w_end, 1), (w_start, -1)):
            point = weight * x
            shift = point - weight.mid() * x.mid()
            if not shift.is_zero():
                gap += sign * self.psi_slope(point) * shift
        return gap

    def orbit_gap_slope(self, x: arb, w_end: arb, w_start: arb) -> arb:
        """H'(x)."""
        return self.psi_gap(x, w_end, w_start) / x**3

    def regular_between(self, first: arb, second: arb) -> bool:
        """Whether σ ≠ 0 and σ' ≠ 0 is proved on the hull of two balls."""
        low, high = first.min(second).lower(), first.max(second).upper()
        activation = self.activation
        for function in (activation.value, activation.slope_over):
            middle = function(low)
            sign = 1 if middle > 0 else -1 if middle < 0 else 0
            if sign == 0 or not keeps_sign(function, low, high, sign):
                return False
        return True
