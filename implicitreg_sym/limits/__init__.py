"""Limits of one-sample flows (T7): rigorous enclosures, closed forms, and reasons where there is no limit."""

from implicitreg_sym.limits.one_sample import Limit, limit
from implicitreg_sym.limits.theorem import limit_theorem

__all__ = ["Limit", "limit", "limit_theorem"]
