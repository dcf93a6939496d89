"""Left sides of one-step MAML: biases over one inner batch, and errors of Hessian products by differences.

Expectations over the batch are enumerated within the budget.  Beyond it they are estimated by their norms'
sequences (`sequential`), within what the curvature of atoms allows (`sure_bounds`).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from maml_verify.arithmetic.domains import lift
from maml_verify.arithmetic.norms import norm, square
from maml_verify.left_sides.enumerated import cost
from maml_verify.left_sides.intervals import Interval, unbounded
from maml_verify.left_sides.quantities import task_mean
from maml_verify.left_sides.sequential import Norm, sample_until, stop_of
from maml_verify.left_sides.sure_bounds import sure_bounds
from maml_verify.meta_gradients import first_order
from maml_verify.meta_gradients.batches import weights_of
from maml_verify.meta_gradients.draws import as_generator, outcomes, sample
from maml_verify.meta_gradients.hessian_free import difference
from maml_verify.meta_gradients.maml import estimator
from maml_verify.meta_gradients.roles import Roles, population
from maml_verify.settings import Setting
from problems.arrays import Array
from problems.family import Family

__all__ = ["difference_error", "inner_bias", "mean_bias"]

# Numbers that one block of replicates may hold, and far more than the rounding of a sure bound.
_BLOCK, SLACK = 2_000_000, 1 + 1e-9
# Of a batch: the vectors (tasks, R, d) whose mean is taken.
Vectors = Callable[[Family, Array, object, Array], Array]


def inner_bias(s: Setting) -> Array | Interval:
    """||E grad l_i(w_1) - grad l_i(w~_1)|| over the inner batch of each task, shape (tasks, R)."""
    exact = first_order.estimator(s.family, s.points(), s.alpha, population(s.family, 1))
    return _bias(s, _adapted, exact, over_tasks=False)


def mean_bias(s: Setting) -> Array | Interval:
    """||E_i E (I - alpha Hess l_i(w; c)) grad l_i(w - alpha grad l_i(w; c)) - grad F(w)||, shape (R,).

    One batch c makes the inner step and the Hessian, as in the gradient of what a sampled F is.
    """
    exact = estimator(s.family, s.points(), s.alpha, population(s.family, 1))
    return _bias(s, _sampled_objective, exact, over_tasks=True)


def difference_error(s: Setting) -> Array:
    """||(grad l_i(w + v) - grad l_i(w - v))/2 - Hess l_i(w) v|| with v = u - w, shape (tasks, R)."""
    w = s.points("w")
    v, c = s.points("u") - w, s.family.probabilities[:, None, :]
    one = lift(1, s.field)
    return norm(difference(s.family, w, v, c, one) - s.family.hvp(w, v, c))


def _adapted(family: Family, w: Array, alpha: object, batch: Array) -> Array:
    """grad l_i after a step on the batch."""
    return first_order.estimator(family, w, alpha, population(family, 1)._replace(inner=[batch]))


def _sampled_objective(family: Family, w: Array, alpha: object, batch: Array) -> Array:
    """The gradient of l_i(w - alpha grad l_i(w; c))."""
    return estimator(family, w, alpha, Roles([batch], [batch], population(family, 1).outer))


def _bias(s: Setting, vectors: Vectors, exact: Array, over_tasks: bool) -> Array | Interval:
    family, w = s.family, s.points()
    if s.noiseless:
        return (w[0] if over_tasks else w)[..., 0] * 0
    if s.field == "float" and cost(family, 1, s.S) > s.budget:
        return _simulated(s, vectors, exact, over_tasks)
    weights, chances = outcomes(family.probabilities, s.S)
    n, R, _ = w.shape
    count = weights.shape[1]
    points = np.repeat(w, count, axis=1)
    found = vectors(family, points, s.alpha, np.tile(weights, (1, R, 1))).reshape(n, R, count, -1)
    bias = (found * chances[:, None, :, None]).sum(2) - exact
    return norm(task_mean(s, bias) if over_tasks else bias)


def _simulated(s: Setting, vectors: Vectors, exact: Array, over_tasks: bool) -> Interval:
    family, w = s.family, s.points()
    bound = _largest_gap(s, vectors)
    if bound is None:
        return unbounded(w.shape[1:2] if over_tasks else w.shape[:2])
    generator = as_generator(s.rng)

    def draw(replicates: int) -> Array:
        points = np.repeat(w, replicates, axis=1)
        batch = weights_of(sample(family, s.S, points.shape[1], generator), family.atoms)
        found = vectors(family, points, float(s.alpha), batch).reshape(len(w), -1, replicates, w.shape[2])
        X = np.moveaxis(found - exact[:, :, None], 2, 0)
        X = np.einsum("rnpd,n->rpd", X, family.task_weights) if over_tasks else X
        return np.concatenate([X, square(X)[..., None]], axis=-1)

    bound = family.task_weights @ bound if over_tasks else bound
    largest = max(1, _BLOCK // (w.size * (family.atoms + 4)))
    return sample_until(draw, Norm(np.zeros((*bound.shape, w.shape[2])), bound), stop_of(s), largest)


def _largest_gap(s: Setting, vectors: Vectors) -> Array | None:
    """What no batch takes the vectors further from the exact ones than, (tasks, R); None where unknown."""
    family, w, alpha = s.family, s.points(), float(s.alpha)
    bounds, sure = family.atom_bounds(), sure_bounds(family, w, alpha, 1)
    if bounds is None or sure is None:
        return None
    L = bounds.L[:, None]
    moved = L * sure.path[..., 1]
    if vectors is _adapted:
        return moved * SLACK
    size = norm(first_order.estimator(family, w, alpha, population(family, 1)))
    return ((1 + alpha * L) * moved + alpha * np.minimum(family.hessian_spread(w), 2 * L) * size) * SLACK
