"""Right-hand sides that are attained, or approached in a stated limit: edition ``sharp``.

Same conventions as `maml_verify.bounds`.  Each is proved in the ledger, and a shipped witness comes to it:
curvature exactly -L, on which one inner step multiplies every distance and gradient by 1 + alpha L.
"""

from __future__ import annotations

from maml_verify import bounds, derived
from maml_verify.bounds import Observed
from maml_verify.constants import HALF, Constants, Number, Parameters

__all__ = [
    "finite_sum_gradient_gap",
    "path_first_moment",
    "path_gradient",
    "path_second_moment",
    "path_stability",
    "product_deviation",
    "task_gradient_gap",
]

# Attained as printed.
path_stability = bounds.path_stability
path_gradient = bounds.path_gradient
product_deviation = bounds.product_deviation
task_gradient_gap = bounds.task_gradient_gap
finite_sum_gradient_gap = bounds.finite_sum_gradient_gap
# Attained as the valid proof gives it.
path_second_moment = derived.path_second_moment


def path_first_moment(c: Constants, p: Parameters, o: Observed) -> Number:
    """Proposition 2, first item: the root of the second moment, in place of a sum of norms.

    Attained at j = 1; for j > 1 approached as the dimension grows, where noise of different steps becomes
    orthogonal and so the distance constant.
    """
    return derived.path_second_moment(c, p, o) ** HALF
