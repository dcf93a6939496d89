"""Exact expectations over the batches of one meta gradient, by the tree of inner batches.

Inner, Hessian and outer batches are independent.  Only the inner ones are enumerated: given the
path, the estimator (7) is linear in the outer batch and in each Hessian batch, so their conditional
moments are closed forms.  A node of depth j is a prefix of j inner batches; a function of the
subtree below it is averaged over its children.

Arrays are (n tasks, R points, d); float64, or object arrays of arb or fmpq when the family was cast
to them.  Nothing here but ``+ - * / @`` and sums.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from maml_verify.arithmetic.domains import field_of, lift
from maml_verify.arithmetic.norms import norm, square
from maml_verify.meta_gradients import kernel
from maml_verify.meta_gradients.batches import active_atoms
from maml_verify.meta_gradients.draws import outcome_count, outcomes
from maml_verify.meta_gradients.inner_path import inner_path
from maml_verify.meta_gradients.roles import population
from problems.arrays import Array
from problems.family import Family
from problems.validation import count

__all__ = [
    "cost",
    "mean_estimator",
    "path_moments",
    "path_second_moments",
    "second_moment_estimator",
]

# Numbers that the children of one block may hold: 25 MB of float64 for each level of the tree.
_BLOCK = 3_000_000


def cost(family: Family, N: int, S: int) -> int:
    """Leaves of the tree of N inner batches of size S, for each point w (and task)."""
    return outcome_count(len(active_atoms(family.probabilities)), S) ** count("N", N, least=0)


def path_moments(family: Family, w: Array, alpha: Any, N: int, S: int) -> tuple[Array, Array]:
    """E||w_j - w~_j|| and E||w_j - w~_j||^2 for the sampled path (6) and the exact path (1) from w.

    Parameters
    ----------
    w : (n, R, d);  alpha : number;  N : steps;  S : size of an inner batch

    Returns
    -------
    first, second : (n, R, N + 1), over j = 0..N
        The first moment of a rational family is an array of RootSums.
    """
    first, second = _path_averages(family, w, alpha, N, S, (norm, square))
    return first, second


def path_second_moments(family: Family, w: Array, alpha: Any, N: int, S: int) -> Array:
    """E||w_j - w~_j||^2 alone, (n, R, N + 1): no square roots, so rationals stay rational."""
    return _path_averages(family, w, alpha, N, S, (square,))[0]


def mean_estimator(family: Family, w: Array, alpha: Any, N: int, S: int) -> Array:
    """E[G^_i(w)] of (7) for each task, (n, R, d); the sizes D and T do not enter.

    Parameters
    ----------
    w : (n, R, d);  alpha : number;  N : steps;  S : size of an inner batch
    """
    if kernel.serves(family, w):
        chances = outcomes(family.probabilities, S)
        return kernel.mean_gradient(family, w, alpha, chances, count("N", N, least=0))
    alpha = _like(alpha, w)
    law = _law(family, S)
    p = family.probabilities[:, None, :]

    def below(w: Array, steps: int) -> Array:
        if not steps:
            return family.grad(w, p)

        def block(w: Array) -> Array:
            g = law.average(below(law.children(w, alpha), steps - 1))
            return g - alpha * family.hvp(w, g, p)

        return _blocks(block, law.size * family.d, w)

    return below(w, count("N", N, least=0))


def second_moment_estimator(family: Family, w: Array, alpha: Any, N: int, S: int, D: int, T: int) -> Array:
    """E||G^_i(w)||^2 of (7) for each task, (n, R).

    With A_j = I - alpha Hess l(w_j; D_j), the matrix P_j = E[(A_0..A_{j-1})^T (A_0..A_{j-1})] given
    the path obeys P_{j+1} = E[A_j^T P_j A_j], and E||G^||^2 = E[v^T P_N v] with v = grad l(w_N; T).

    Parameters
    ----------
    w : (n, R, d);  alpha : number;  N : steps
    S, D, T : sizes of the inner, Hessian and outer batches
    """
    alpha = _like(alpha, w)
    law = _law(family, S)
    D, T = count("D", D), count("T", T)

    def leaf(w: Array, P: Array) -> Array:
        g = family.grad(w, law.p)
        gaps = family.atom_grads(w, law.active) - g[:, :, None]
        vectors = np.concatenate([g[:, :, None], gaps], axis=2).swapaxes(2, 3)
        forms = ((P @ vectors) * vectors).sum(2)  # v^T P v, (n, R, 1 + atoms)
        return forms[..., 0] + (forms[..., 1:] * law.p[:, :, law.active]).sum(-1) / T

    def below(w: Array, P: Array, steps: int) -> Array:
        def block(w: Array, P: Array) -> Array:
            if not steps:
                return leaf(w, P)
            P = _next_moment(family, law, w, P, alpha, D)
            children = law.children(w, alpha)
            return law.average(below(children, np.repeat(P, law.size, axis=1), steps - 1))

        return _blocks(block, (law.size if steps else 1) * family.d * (family.d + 1), w, P)

    return below(w, _identity(w), count("N", N, least=0))


class _Law:
    """The law of one inner batch, and what the tree does with it."""

    def __init__(self, family: Family, S: int) -> None:
        self.family = family
        self.p = family.probabilities[:, None, :]
        self.active = active_atoms(family.probabilities)
        weights, self.chances = outcomes(family.probabilities, S)
        self.weights = weights[0][:, self.active]
        self.size = len(self.weights)
        zero = family.probabilities.ravel()[0] * 0
        units = np.full((family.atoms,) * 2, zero, dtype=family.probabilities.dtype)
        units[np.diag_indices(family.atoms)] = zero + 1
        # For each atom k the batch that is k alone, (n, 1, m).
        self.atom = [np.broadcast_to(row, (family.tasks, 1, family.atoms)) for row in units]

    def children(self, w: Array, alpha: Any) -> Array:
        """w - alpha grad l(w; c) for every outcome c: (n, R, d) to (n, R * size, d), nodes leading."""
        # The gradient is linear in the batch: one gradient an atom, not one an outcome.
        atoms = self.family.atom_grads(w, self.active)
        moved = w[:, :, None, :] - alpha * (self.weights @ atoms)
        return moved.reshape(len(w), -1, w.shape[2])

    def average(self, values: Array) -> Array:
        """Mean over the children of each node: (n, R * size, ...) to (n, R, ...)."""
        n, nodes, *rest = values.shape
        grouped = values.reshape(n, nodes // self.size, self.size, *rest)
        chances = self.chances.reshape(n, 1, self.size, *(1 for _ in rest))
        return (grouped * chances).sum(2)


@lru_cache(maxsize=8)
def _law(family: Family, S: int) -> _Law:
    # A sweep asks for the same one at every step size.
    return _Law(family, S)


def _path_averages(
    family: Family,
    w: Array,
    alpha: Any,
    N: int,
    S: int,
    measures: Sequence[Callable[[Array], Array]],
) -> list[Array]:
    alpha = _like(alpha, w)
    law = _law(family, S)
    exact = inner_path(family, w, alpha, population(family, count("N", N, least=0)).inner)

    def below(w: Array, exact: Array) -> Array:
        # exact is (n, nodes, steps left + 1, d); gives (n, nodes, measures, steps left + 1).
        def block(w: Array, exact: Array) -> Array:
            here = w - exact[:, :, 0]
            now = np.stack([np.asarray(measure(here)) for measure in measures], axis=2)[..., None]
            if exact.shape[2] == 1:
                return now
            later = np.repeat(exact[:, :, 1:], law.size, axis=1)
            return np.concatenate([now, law.average(below(law.children(w, alpha), later))], axis=3)

        return _blocks(block, law.size * family.d * exact.shape[2], w, exact)

    averages = below(w, np.stack(exact, axis=2))
    return [averages[:, :, k] for k in range(len(measures))]


def _blocks(function: Callable[..., Array], numbers: int, *nodes: Array) -> Array:
    """``function`` on blocks of nodes, each node of which needs ``numbers`` numbers a task."""
    n, R = nodes[0].shape[:2]
    step = max(1, _BLOCK // (n * numbers))
    parts = [function(*(a[:, k : k + step] for a in nodes)) for k in range(0, R, step)]
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)


def _like(alpha: Any, w: Array) -> Any:
    field = field_of(w)
    return alpha if field is None else lift(alpha, field)


def _identity(w: Array) -> Array:
    n, R, d = w.shape
    zero = w.ravel()[0] * 0
    P = np.full((n, R, d, d), zero, dtype=w.dtype)
    P[:, :, range(d), range(d)] = zero + 1
    return P


def _hessian(family: Family, w: Array, c: Array) -> Array:
    """Hess l(w; c), (n, R, d, d): its product with each basis vector."""
    n, R, d = w.shape
    columns = _identity(w).reshape(n, R * d, d)
    return family.hvp(np.repeat(w, d, axis=1), columns, c).reshape(n, R, d, d)


def _next_moment(family: Family, law: _Law, w: Array, P: Array, alpha: Any, D: int) -> Array:
    H = _hessian(family, w, law.p)
    A = _identity(w) - alpha * H
    result = A @ P @ A
    if len(law.active) > 1:
        spread = 0 * P
        for k in law.active:
            E = _hessian(family, w, law.atom[k]) - H
            spread = spread + law.p[:, :, k, None, None] * (E @ P @ E)
        result = result + alpha * alpha * spread / D
    return result
