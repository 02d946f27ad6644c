"""Trajectories of one-sample flows: θ(t) at any time with a rigorous enclosure, and the limit (T4, T7)."""

from implicitreg_sym.trajectory.evidence import agrees, limit_check
from implicitreg_sym.trajectory.trajectory import State, Trajectory, enclosed_trajectory

__all__ = ["State", "Trajectory", "agrees", "enclosed_trajectory", "limit_check"]
