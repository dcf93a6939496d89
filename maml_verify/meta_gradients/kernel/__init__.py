"""The float64 kernel of ridge families: inner paths and meta gradients over stacked replicates and tasks.

Tasks lead and replicates are rows.  Work is cut into blocks of 1.5 MB an array, shared by two threads; each
product and each elementary function writes into place.  `rule` chooses the form by shape.  Results do not
depend on the threads, and on the blocks only by rounding.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeGuard

import numpy as np

from maml_verify.meta_gradients.batches import drawn_atoms, weights_of
from maml_verify.meta_gradients.kernel import dense, gathered, small, tree
from maml_verify.meta_gradients.kernel.blocking import KEPT, Block, blocks, each_block
from maml_verify.meta_gradients.kernel.choice import TOGETHER, form_for
from maml_verify.meta_gradients.kernel.layout import layout_of
from maml_verify.meta_gradients.kernel.links import SMALL, compiled_pair, pair_for
from problems.arrays import Array
from problems.family import Family
from problems.ridge_sums.ridge import Ridge

__all__ = ["inner_path", "mean_gradient", "meta_gradient", "serves"]


def serves(family: Family, w: Array) -> TypeGuard[Ridge]:
    """Whether the kernel is made for them: float64 ridge families, and at least one point.

    Raises
    ------
    TypeError
        If w is of lower precision than float64.
    """
    # One character is compared faster than a dtype: this is a few per cent of a single meta gradient.
    kind = w.dtype.char
    if kind in "ef":
        raise TypeError(f"w has dtype {w.dtype}; rule: float64")
    return kind == "d" and type(family) is Ridge and family.features.dtype.char == "d" and w.size > 0


def meta_gradient(
    family: Ridge, w: Array, alpha: float, inner: Sequence[Array], hessian: Sequence[Array], outer: Array
) -> Array:
    """Meta gradients (tasks, R, d) at w with the batches of each role.

    Parameters
    ----------
    w : (tasks, R, d)
    inner, hessian : N batches each;  outer : one batch
        Weights (tasks, R or 1, atoms), or the atoms drawn as integers (tasks, R, S).
    """
    alpha = float(alpha)
    n, R, d = w.shape
    K = family.features.shape[1]
    N = len(inner)
    if not N and n * R * K < SMALL:
        # To the bit: sides that compare it with the gradient count on it.
        return family.grad(w, weights_of(outer, family.atoms))
    evaluations = n * R * K * (N + 1)
    drawn = _drawn(family, (outer, *inner, *hessian))
    fast = compiled_pair(family.link, evaluations)
    # Lanes are for families without linear terms, and keep the curvatures of a group.
    columns_serve = fast and layout_of(family, 1.0).linear is None and (N + 1) * K * TOGETHER <= KEPT
    form = form_for(d, K, drawn, R if columns_serve else 0)
    if form == "gram" and n * R * K < SMALL:
        with np.errstate(over="ignore"):
            return small.meta_gradient(family, w, alpha, inner, hessian, outer)
    width = {"gram": K, "direct": max(K, d), "gathered": (drawn or 0) * d, "columns": K}[form]
    parts = blocks(n, R, width, 1 if form == "columns" else N)
    points = parts[0][0].stop * parts[0][1].stop
    pair = fast or pair_for(family.link, points * (drawn if drawn and form == "gathered" else K))
    t = layout_of(family, pair.scale)
    result = np.empty((n, R, d))

    def in_place(mine: Iterable[Block]) -> None:
        work = dense.Workspace(N, points, K, d)
        for block in mine:
            dense.meta_gradient(
                t, pair, form == "gram", w[block], alpha, inner, hessian, outer, block, work, result[block]
            )

    def from_rows(mine: Iterable[Block]) -> None:
        for block in mine:
            result[block] = gathered.meta_gradient(t, pair, w[block], alpha, inner, hessian, outer, block)

    def in_columns(mine: Iterable[Block]) -> None:
        from maml_verify.meta_gradients.kernel import columns

        for block in mine:
            result[block] = w[block]
            columns.meta_gradient(t, family.link.name, alpha, inner, hessian, outer, block, result[block])

    def worker(mine: Iterable[Block]) -> None:
        with np.errstate(over="ignore"):
            {"gathered": from_rows, "columns": in_columns}.get(form, in_place)(mine)

    each_block(worker, parts, evaluations)
    return result


def _drawn(family: Ridge, batches: Sequence[Array]) -> int | None:
    # The most atoms of a batch, where all are given by the atoms drawn and an atom is a ridge term.
    if (
        drawn_atoms(batches[0])
        and layout_of(family, 1.0).coefficients is None
        and all(map(drawn_atoms, batches))
    ):
        return max(c.shape[2] for c in batches)
    return None


def inner_path(family: Ridge, w: Array, alpha: float, inner: Sequence[Array]) -> list[Array]:
    """w_0, ..., w_N from w with the inner batches, always in the direct form: w is what is asked for."""
    alpha = float(alpha)
    n, R, d = w.shape
    K = family.features.shape[1]
    parts = blocks(n, R, max(K, d))
    tasks, rows = parts[0][0].stop, parts[0][1].stop
    evaluations = n * R * K * len(inner)
    pair = pair_for(family.link, tasks * rows * K, evaluations)
    t = layout_of(family, pair.scale)
    path = [w, *(np.empty((n, R, d)) for _ in inner)]

    def worker(mine: Iterable[Block]) -> None:
        with np.errstate(over="ignore"):
            work = dense.Workspace(0, tasks * rows, K, d)
            for block in mine:
                dense.inner_path(t, pair, path, alpha, inner, block, work)

    each_block(worker, parts, evaluations)
    return path


def mean_gradient(family: Ridge, w: Array, alpha: float, law: tuple[Array, Array], N: int) -> Array:
    """The mean of `meta_gradient` over all batches, (tasks, R, d), exactly.

    Parameters
    ----------
    law : weights (tasks, M, atoms) and chances (tasks, M) of the outcomes of one inner batch
    """
    K = family.features.shape[1]
    evaluations = w.shape[0] * w.shape[1] * K * law[0].shape[1] ** N
    pair = pair_for(family.link, evaluations, evaluations)
    gram = form_for(family.d, K, None) == "gram"
    p = family.probabilities[:, None, :]
    return tree.mean_gradient(layout_of(family, pair.scale), pair, gram, w, float(alpha), law, p, N)
