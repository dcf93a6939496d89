"""The mean meta gradient over all inner batches, as a tree over prefixes of batches.

A node is a prefix; its children are the outcomes of one more batch.  Slope and curvature are taken once a
node, and its factor I - alpha Hess l(w; p) is applied to the mean over its children.
"""

from __future__ import annotations

import numpy as np

from maml_verify.meta_gradients.kernel.layout import Layout
from maml_verify.meta_gradients.kernel.link_pairs import Pair
from problems.arrays import Array

__all__ = ["mean_gradient"]

# Numbers that the children of one block of nodes may hold at each level.
CHILDREN = 100_000


def mean_gradient(
    t: Layout, pair: Pair, gram: bool, w: Array, alpha: float, law: tuple[Array, Array], p: Array, N: int
) -> Array:
    """Mean (tasks, R, d) over N inner batches; Hessian and outer batches average to the population.

    Parameters
    ----------
    gram : whether nodes are z = Q w, as in `dense`, and what they return coefficients of the rows of Q
    law : weights (tasks, M, atoms) and chances (tasks, M) of the outcomes of a batch
    p : (tasks, 1, atoms) the population
    """
    weights, chances = law
    n, M, _ = weights.shape
    K = t.rows.shape[1]
    # Of every outcome and of the population: coefficients of the ridge terms, and linear terms.
    a, a_p = t.terms(weights), t.terms(p)
    pull = alpha * (t.gram if gram else t.rows)
    linear = t.linear_terms if gram else t.linear
    shift = 0 if linear is None else (weights @ (alpha * linear))[:, :, None]
    shift_p = 0 if t.linear_terms is None else p @ (alpha * t.linear_terms)

    def below(state: Array, steps: int) -> Array:
        nodes = max(1, CHILDREN // (n * M * K)) if steps else state.shape[1]
        blocks = [state[:, k : k + nodes] for k in range(0, state.shape[1], nodes)]
        parts = [_node(block, steps) for block in blocks]
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)

    def _node(state: Array, steps: int) -> Array:
        x = state if gram else state @ t.columns - t.offsets
        s, c, spare = np.empty_like(x), np.empty_like(x), np.empty_like(x)
        pair.evaluate(x, s, c, spare)
        if not steps:
            s *= a_p
            return s if gram else s @ t.rows + (0 if linear is None else p @ linear)
        # Outcomes before nodes, so that the mean over them is one product.
        children = (s[:, None] * a[:, :, None]).reshape(n, -1, K) @ pull
        children = state[:, None] - children.reshape(n, M, *state.shape[1:]) - shift
        values = below(children.reshape(n, -1, state.shape[2]), steps - 1)
        mean = (chances[:, None] @ values.reshape(n, M, -1)).reshape(state.shape)
        if gram:
            return mean - a_p * c * (mean @ pull + shift_p)
        return mean - (a_p * c * (mean @ t.columns)) @ pull

    with np.errstate(over="ignore"):
        result = below(w @ t.columns - t.offsets if gram else w, N)
    if not gram:
        return result
    return result @ t.rows + (0 if t.linear is None else p @ t.linear)
