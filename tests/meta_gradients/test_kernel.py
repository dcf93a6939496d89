"""The kernel against the formulas of `paths`, on both sides of every switch."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from kernel_reference import alpha, close, force, plain, plain_path, points, random_family, random_roles
from small_families import ALPHA

from maml_verify.left_sides.enumerated import mean_estimator
from maml_verify.meta_gradients import kernel
from maml_verify.meta_gradients.batches import weights_of
from maml_verify.meta_gradients.draws import outcomes
from maml_verify.meta_gradients.inner_path import inner_path
from maml_verify.meta_gradients.kernel import blocking
from maml_verify.meta_gradients.kernel.choice import form_for
from maml_verify.meta_gradients.kernel.links import LARGE, SMALL, pair_for
from maml_verify.meta_gradients.maml import estimator
from maml_verify.meta_gradients.roles import Roles, population
from problems.ridge_sums.links import LINKS

FORMS = ["direct", "gram", "gathered"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("link", LINKS)
def test_every_form_is_the_formula(form: str, link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    force(monkeypatch, form)
    # The smallest of them are of the tiny form where the rule says gram, the largest of several blocks.
    shapes = ((1, 0, False, True), (3, 2, True, False), (9, 2, True, True), (2500, 3, False, True))
    for R, N, shared, linear in shapes:
        family = random_family(link, 3, 5, 7, linear=linear)
        w, roles = points(family, R), random_roles(family, N, R, shared=shared)
        close(estimator(family, w, alpha, roles), plain(family, w, roles))
        close(inner_path(family, w, alpha, roles.inner), plain_path(family, w, roles.inner))


@pytest.mark.parametrize("form", ["direct", "gram"])
@pytest.mark.parametrize("linear", [True, False])
def test_coefficients_of_any_kind(form: str, linear: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    force(monkeypatch, form)
    family = random_family("cosine", 2, 4, 6, own=False, linear=linear)
    w = points(family, 5)
    for roles in (random_roles(family, 2, 5), population(family, 2)):
        close(estimator(family, w, alpha, roles), plain(family, w, roles))


@pytest.mark.parametrize("form", ["direct", "gram"])
@pytest.mark.parametrize("link", LINKS)
def test_the_tree_is_the_mean_of_all_paths(form: str, link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    force(monkeypatch, form)
    monkeypatch.setattr(kernel.tree, "CHILDREN", 100)
    for linear in (True, False):
        the_tree_is_the_mean(random_family(link, 2, 3, 4, own=False, linear=linear))


def the_tree_is_the_mean(family: Any) -> None:
    w, N = points(family, 3), 3
    weights, chances = outcomes(family.probabilities, 2)
    p = family.probabilities[:, None, :]
    mean = 0
    for path in itertools.product(range(weights.shape[1]), repeat=N):
        roles = Roles([weights[:, k, None] for k in path], [p] * N, p)
        mean = mean + np.prod(chances[:, path], axis=1)[:, None, None] * plain(family, w, roles)
    close(mean_estimator(family, w, alpha, N, 2), mean)
    close(mean_estimator(family, w, alpha, 0, 2), family.grad(w, p))


@pytest.mark.parametrize("link", LINKS)
def test_one_point_a_task_is_the_formula(link: str) -> None:
    for own, linear, shared in itertools.product((True, False), repeat=3):
        family = random_family(link, 3, 5, 7, own=own, linear=linear)
        w, roles = points(family, 1), random_roles(family, 2, 1, shared=shared)
        for batches in (roles, population(family, 3)):
            for step in (alpha, 2 * alpha):
                close(estimator(family, w, step, batches), plain(family, w, batches, step))


def test_points_shared_by_the_tasks_are_not_written_to() -> None:
    family = random_family("cosine", 3, 4, 6)
    one = points(family, 2)[:1]
    w = np.broadcast_to(one, (3, 2, 4))
    before = one.copy()
    roles = random_roles(family, 2, 2)
    close(estimator(family, w, alpha, roles), plain(family, w, roles))
    assert (one == before).all()


@pytest.mark.parametrize(
    ("d", "K", "drawn", "compiled", "form"),
    [
        (4, 8, None, 0, "gram"), (256, 512, None, 0, "gram"), (255, 512, None, 0, "direct"),
        (1024, 32, None, 0, "gram"), (3, 190, None, 0, "direct"), (3, 190, 10, 0, "gathered"),
        (3, 190, 60, 0, "direct"), (64, 4, 2, 0, "gram"),
        (4, 8, None, 20_000, "columns"), (16, 32, None, 4000, "columns"), (32, 32, None, 4000, "gram"),
        (256, 512, None, 64, "gram"), (255, 512, None, 64, "direct"), (4, 8, None, 20, "gram"),
        (4, 8, None, 129, "gram"), (3, 190, 10, 2000, "gathered"), (3, 190, 20, 2000, "columns"),
        (30, 190, 15, 2000, "gathered"), (64, 500, 64, 2000, "direct"),
    ],
)  # fmt: skip
def test_the_rule(d: int, K: int, drawn: int | None, compiled: int, form: str) -> None:
    assert form_for(d, K, drawn, compiled) == form


@pytest.mark.parametrize(("d", "K", "size"), [(4, 8, 4), (3, 8, 4), (3, 40, 7), (3, 40, 9)])
def test_both_sides_of_the_rule_are_the_formula(d: int, K: int, size: int) -> None:
    family = random_family("logistic", 2, d, K)
    w, roles = points(family, 9), random_roles(family, 3, 9, size)
    close(estimator(family, w, alpha, roles), plain(family, w, roles))


@pytest.mark.parametrize(("size", "evaluations"), [(SMALL - 1, 0), (SMALL, 0), (SMALL, LARGE)])
@pytest.mark.parametrize("link", LINKS)
def test_slopes_and_curvatures_of_all_sizes(link: str, size: int, evaluations: int) -> None:
    t = np.concatenate([np.linspace(-9, 9, size - 4), [-60.0, 60.0, 1000.0, -1000.0]])
    pair = pair_for(LINKS[link], size, evaluations)
    x = t * pair.scale
    s, c, k = (np.empty_like(x) for _ in range(3))
    with np.errstate(over="ignore"):
        pair.evaluate(x, s, c, k)
    # Turning t into turns costs a rounding of t.
    margin = 2e-15 + 4e-16 * np.abs(t)
    assert (np.abs(s - LINKS[link].dphi(t)) <= margin * np.maximum(1, np.abs(s))).all()
    assert (np.abs(c * pair.scale - LINKS[link].d2phi(t)) <= margin).all()


@pytest.mark.parametrize("link", LINKS)
def test_a_meta_gradient_of_no_steps_is_the_gradient_to_the_bit(link: str) -> None:
    family = random_family(link, 2, 3, 4)
    w, roles = points(family, 50), random_roles(family, 0, 50)
    for batches in (roles, population(family, 0)):
        expected = family.grad(w, weights_of(batches.outer, family.atoms))
        assert (estimator(family, w, alpha, batches) == expected).all()


@pytest.mark.parametrize("R", [1, 500])
def test_logistic_slopes_far_away_are_their_limits(R: int) -> None:
    family = random_family("logistic", 2, 4, 8)
    w, roles = 1e4 * points(family, R), random_roles(family, 2, R)
    close(estimator(family, w, alpha, roles), plain(family, w, roles))


def test_results_do_not_depend_on_blocks_or_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    family = random_family("cosine", 3, 4, 8)
    w, roles = points(family, 5000), random_roles(family, 2, 5000)
    monkeypatch.setattr(blocking, "THREADS", 2)
    whole = estimator(family, w, alpha, roles)
    assert (estimator(family, w, alpha, roles) == whole).all()
    monkeypatch.setattr(blocking, "THREADS", 1)
    assert (estimator(family, w, alpha, roles) == whole).all()
    monkeypatch.setattr(blocking, "NUMBERS", 7000)
    close(estimator(family, w, alpha, roles), whole)
    close(whole, plain(family, w, roles))


def test_blocks_cover_everything_once() -> None:
    for n, R, width in ((1, 1, 1), (5, 3, 7000), (3, 10**4, 16), (7, 1, 10**6), (1, 10**6, 8), (9, 9, 9999)):
        seen = np.zeros((n, R), dtype=int)
        for block in blocking.blocks(n, R, width):
            seen[block] += 1
            assert seen[block].size * width <= max(width, blocking.NUMBERS)
        assert (seen == 1).all()


def test_many_steps_take_smaller_blocks() -> None:
    tasks, rows = blocking.blocks(8, 10**5, 32, kept=1000)[0]
    assert tasks.stop * rows.stop * 32 * 1000 <= blocking.KEPT


def test_an_error_in_a_thread_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocking, "THREADS", 2)
    parts = blocking.blocks(2, 10**5, 8)

    def worker(mine: Any) -> None:
        for block in mine:
            if block == parts[-1]:
                raise MemoryError("here")

    with pytest.raises(MemoryError, match="here"):
        blocking.each_block(worker, parts, 10**9)


def test_no_points_and_rational_step_sizes_are_served() -> None:
    family = random_family("cosine", 2, 3, 4)
    roles = population(family, 2)
    assert estimator(family, np.empty((2, 0, 3)), alpha, roles).shape == (2, 0, 3)
    for R in (1, 2000):
        w = points(family, R)
        found = estimator(family, w, ALPHA, roles)
        assert found.dtype == np.float64
        assert (found == estimator(family, w, alpha, roles)).all()
