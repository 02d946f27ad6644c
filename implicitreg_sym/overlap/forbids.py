"""What overlapping forbids: the abstract theorems T1, T2 and T3, proved and ready to be applied to claims."""

from implicitreg_sym.overlap.theorem_constancy import one_point_theorem, open_box_claim
from implicitreg_sym.overlap.theorem_gradient import one_point_differentiable_theorem
from implicitreg_sym.overlap.theorem_two_point import two_point_theorem

__all__ = ["one_point_differentiable_theorem", "one_point_theorem", "open_box_claim", "two_point_theorem"]
