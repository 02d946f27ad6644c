"""Where the flow ends according to mpmath: the orbit integrated with f as the independent variable."""

from __future__ import annotations

import mpmath
import sympy as sp

from implicitreg_sym.errors import InputError
from implicitreg_sym.flow.taylor import taylor_flow
from implicitreg_sym.limits.plane import PlaneFlow
from implicitreg_sym.symbols import a, u


def integrated_limit(plane: PlaneFlow, digits: int) -> tuple[mpmath.mpf, mpmath.mpf] | None:
    """Return (u, a) where f = y, from dθ/df = ∇f/K along the orbit; numerics without error bound.

    The field is (u, a)' = (y - f0) (N a σ', σ)/K for a time from 0 to 1, K = σ² + N a² σ'², regular as long as K > 0.
    None if the integration does not arrive, as where K vanishes at the end.
    """
    sigma, slope = plane.activation.formula, plane.activation.slope
    distance = plane.target - plane.a0 * plane.sigma_at_start()
    curvature = sigma**2 + plane.norm * a**2 * slope**2
    field = [distance * plane.norm * a * slope / curvature, distance * sigma / curvature]
    try:
        trajectory = taylor_flow(field, [u, a], [plane.u0, plane.a0], sp.Integer(1), digits=digits + 5)
    except (InputError, ArithmeticError):
        return None
    if trajectory.stopped is not None:
        return None
    with mpmath.workdps(digits + 15):
        end_u, end_a = (mpmath.mpf(value) for value in trajectory.end)
    return end_u, end_a
