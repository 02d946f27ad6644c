"""Networks, samples, and the gradient flow that they define."""

from implicitreg_sym.flow.network import Network, Point, Sample

__all__ = ["Network", "Point", "Sample"]
