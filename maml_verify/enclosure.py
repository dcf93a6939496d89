"""A lower bound on E ||grad L(w_zeta)|| without sampling: the iterates may not have left a box around w_0.

For meta gradients that depend on the task alone: Algorithm 2, and Algorithm 1 where sigma_g = 0.

Let tau be the first k with w_k outside the box |w - w_0| <= r.  Until then every step is at most
beta_max (||grad L(w_k)|| + ||noise||), and the noise of a batch of B independent tasks has mean square at
most V/B, with suprema over the box.  So the stopped path has moved by at most
m = K beta_max (sup ||grad L|| + sqrt(V/B)) in the mean, and by Markov's inequality it has left the box with
probability at most m/r.  Hence E ||grad L(w_k)|| >= inf ||grad L|| (1 - m/r) for every k < K.
Besides, the first iterate alone gives ||grad L(w_0)||/K.  All suprema and infima are evaluated in Arb balls.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import numpy as np
from flint import arb

from maml_verify.algorithms.objective import RoleMaker, meta_gradients
from maml_verify.norms import norm, square
from maml_verify.paths import inner_path, meta_gradient
from problems.arrays import Array
from problems.ridge import Ridge

__all__ = ["RADII", "frozen_norm"]

# Half-widths of the box that are tried: shares of the largest coordinate of w_0; of what a run moves, at 0.
RADII = (2**-8, 2**-6, 2**-4, 2**-3, 2**-2, 2**-1, 1)


def frozen_norm(
    family: Ridge,
    w: Array,
    alpha: Any,
    N: int,
    *,
    B: Any,
    K: Any,
    beta: Callable[[Any], Any],
    role: RoleMaker,
    radii: Sequence[float] = RADII,
) -> Any:
    """A ball below E ||grad L(w_zeta)|| from one start.

    Parameters
    ----------
    family, w (d,), alpha : over Arb balls
    beta : the largest step size where every task's outer gradient at w is at least its argument
    role : whose weights drive inner steps, Hessians and outer gradient
    """
    first = norm(meta_gradients(family, w[None], alpha, N, role))[0]
    size = max(abs(float(x)) for x in w) or float((K * beta(arb(0)) * first).mid())
    best = (first / K).lower()
    roles = role(family, N)
    for share in radii:
        box = np.array([[x + arb(0, share * size) for x in w]], dtype=object)
        whole = norm(meta_gradients(family, box, alpha, N, role))[0]
        points = np.broadcast_to(box, (family.tasks, *box.shape))
        gradients = norm(family.grad(points, roles.outer))[:, 0]
        least = reduce(lambda a, b: a.min(b), [g.lower() for g in gradients]).max(arb(0))
        path = inner_path(family, points, alpha, roles.inner)
        G = meta_gradient(family, path, alpha, roles.hessian, roles.outer)
        V = (family.task_weights * square(G)[:, 0]).sum().upper()
        moved = K * beta(least) * (whole.upper() + (V / B).sqrt())
        # A ball about zero may reach below it, and the product of two negative factors says nothing.
        stays = (1 - moved / (share * size)).lower()
        bound = (whole.lower() * stays).lower() if whole > 0 and stays > 0 else arb(0)
        best = bound if bound > best else best
    return best
