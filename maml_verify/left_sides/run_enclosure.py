"""Bounds on E ||grad L(w_zeta)|| without sampling: the iterates may not have left a box around w_0.

For meta gradients that depend on the task alone: Algorithm 2, and Algorithm 1 where sigma_g = 0.

Let tau be the first k with w_k outside the box |w - w_0| <= r.  Until then every step is at most
beta_max (||grad L(w_k)|| + ||noise||), and the noise of a batch of B independent tasks has mean square at
most V/B, with suprema over the box.  The gradients move the stopped path by at most
drift = K beta_max sup ||grad L||; where that is below r it has left the box only if the noise has moved it by
r - drift, by Markov's inequality with probability at most K beta_max sqrt(V/B)/(r - drift).
Hence E ||grad L(w_k)|| >= inf ||grad L|| (1 - that) for every k < K, and with one task, whose batches have no
noise, it is between the infimum and the supremum over the box.
Besides, the first iterate alone gives ||grad L(w_0)||/K.  All suprema and infima are evaluated in Arb balls.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, NamedTuple

import numpy as np
from flint import arb

from maml_verify.arithmetic.norms import norm, square
from maml_verify.meta_gradients.inner_path import inner_path
from maml_verify.meta_gradients.maml import meta_gradient
from maml_verify.meta_gradients.objective import RoleMaker, meta_gradients
from problems.arrays import Array
from problems.family import Family

__all__ = ["RADII", "frozen_norm"]

# Half-widths of the boxes: shares of the largest coordinate of w_0, or of what a run moves where that is 0.
# A last one follows, just above how far the run drifts in the first box.
RADII = (2**-8, 2**-6, 2**-4, 2**-3, 2**-2, 2**-1, 1)
ABOVE = 1 + 2**-16


class Box(NamedTuple):
    """||grad L|| over a box around w_0, and how far gradients and noise move a path in it, in the mean."""

    norm: Any
    drift: Any
    noise: Any


def frozen_norm(
    family: Family,
    w: Array,
    alpha: Any,
    N: int,
    *,
    B: Any,
    K: Any,
    beta: Callable[[Any], Any],
    role: RoleMaker,
    radii: Sequence[float] = RADII,
) -> tuple[Any, Any]:
    """Balls below and above E ||grad L(w_zeta)|| from one start; the latter infinite where none is known.

    Parameters
    ----------
    family, w (d,), alpha : over Arb balls
    beta : the largest step size where every task's outer gradient at w is at least its argument
    role : whose weights drive inner steps, Hessians and outer gradient
    """
    first = norm(meta_gradients(family, w[None], alpha, N, role))[0]
    size = max(abs(float(x)) for x in w) or float((K * beta(arb(0)) * first).mid())

    def around(radius: float) -> Box:
        box = np.array([[x + arb(0, radius) for x in w]], dtype=object)
        return _over(family, box, alpha, N, B=B, K=K, beta=beta, role=role)

    low, high = (first / K).lower(), arb(float("inf"))
    boxes = [(share * size, around(share * size)) for share in radii]
    above = float(boxes[0][1].drift) * ABOVE
    if 0 < above < size:
        boxes.append((above, around(above)))
    for radius, box in boxes:
        if not box.drift < radius:
            continue
        stays = (1 - box.noise / (radius - box.drift)).lower()
        # A ball about zero may reach below it, and the product of two negative factors says nothing.
        if box.norm > 0 and stays > 0:
            low = low.max((box.norm.lower() * stays).lower())
        if box.noise == 0:
            high = high.min(box.norm.upper())
    return low, high


def _over(
    family: Family,
    box: Array,
    alpha: Any,
    N: int,
    *,
    B: Any,
    K: Any,
    beta: Callable[[Any], Any],
    role: RoleMaker,
) -> Box:
    roles = role(family, N)
    whole = norm(meta_gradients(family, box, alpha, N, role))[0]
    points = np.broadcast_to(box, (family.tasks, *box.shape))
    gradients = norm(family.grad(points, roles.outer))[:, 0]
    least = reduce(lambda a, b: a.min(b), [g.lower() for g in gradients]).max(arb(0))
    longest = K * beta(least)
    if family.tasks == 1:
        noise = arb(0)
    else:
        path = inner_path(family, points, alpha, roles.inner)
        G = meta_gradient(family, path, alpha, roles.hessian, roles.outer)
        V = (family.task_weights * square(G)[:, 0]).sum().upper()
        noise = (longest * (V / B).sqrt()).upper()
    return Box(whole, (longest * whole.upper()).upper(), noise)
