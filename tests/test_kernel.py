"""The kernel against the formulas of `paths`, on both sides of every switch."""

from __future__ import annotations

import itertools
import sys
from typing import Any

import numpy as np
import pytest
from small_families import ALPHA

from maml_verify import kernel
from maml_verify.draws import outcomes, sample, weights_of
from maml_verify.expectation import mean_estimator
from maml_verify.kernel import blocking, links
from maml_verify.kernel.links import LARGE, SMALL, pair_for
from maml_verify.kernel.rule import form_for
from maml_verify.paths import Roles, estimator, inner_path, meta_gradient, population
from problems.links import LINKS
from problems.ridge import Ridge, ridge

alpha = float(ALPHA)
FORMS = ["direct", "gram", "gathered"]


def random_family(link: str, n: int, d: int, K: int, own: bool = True, linear: bool = True) -> Ridge:
    """A family of K terms; ``own``: atom k is term k alone, as in data sets."""
    rng = np.random.default_rng([n, d, K])
    m = K if own else 3
    return ridge(
        link,
        rng.standard_normal((n, K, d)) / np.sqrt(d),
        rng.standard_normal((n, K)),
        np.broadcast_to(np.eye(K), (n, K, K)) if own else rng.standard_normal((n, m, K)),
        rng.standard_normal((n, m, d)) if linear else None,
    )


def random_roles(family: Ridge, N: int, R: int, size: int = 2, shared: bool = False) -> Roles:
    rng = np.random.default_rng(7)
    inner, hessian = ([sample(family, size, R, rng) for _ in range(N)] for _ in range(2))
    return Roles(inner, inner if shared else hessian, sample(family, size + 1, R, rng))


def plain_path(family: Ridge, w: Any, inner: Any) -> list[Any]:
    path = [w]
    for c in inner:
        path.append(path[-1] - alpha * family.grad(path[-1], weights_of(c, family.atoms)))
    return path


def plain(family: Ridge, w: Any, roles: Roles) -> Any:
    """The formulas, as families are written."""
    hessian = [weights_of(c, family.atoms) for c in roles.hessian]
    return meta_gradient(
        family, plain_path(family, w, roles.inner), alpha, hessian, weights_of(roles.outer, family.atoms)
    )


def points(family: Ridge, R: int) -> Any:
    return 2 * np.random.default_rng(1).standard_normal((family.tasks, R, family.d))


def close(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-12 * np.abs(expected).max())


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("link", LINKS)
def test_every_form_is_the_formula(form: str, link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "form_for", lambda *shape: form)
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
    monkeypatch.setattr(kernel, "form_for", lambda *shape: form)
    family = random_family("cosine", 2, 4, 6, own=False, linear=linear)
    w = points(family, 5)
    for roles in (random_roles(family, 2, 5), population(family, 2)):
        close(estimator(family, w, alpha, roles), plain(family, w, roles))


@pytest.mark.parametrize("form", ["direct", "gram"])
@pytest.mark.parametrize("link", LINKS)
def test_the_tree_is_the_mean_of_all_paths(form: str, link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "form_for", lambda *shape: form)
    monkeypatch.setattr(kernel.tree, "CHILDREN", 100)
    family = random_family(link, 2, 3, 4, own=False)
    w, N = points(family, 3), 3
    weights, chances = outcomes(family.probabilities, 2)
    p = family.probabilities[:, None, :]
    mean = 0
    for path in itertools.product(range(weights.shape[1]), repeat=N):
        roles = Roles([weights[:, k, None] for k in path], [p] * N, p)
        mean = mean + np.prod(chances[:, path], axis=1)[:, None, None] * plain(family, w, roles)
    close(mean_estimator(family, w, alpha, N, 2), mean)
    close(mean_estimator(family, w, alpha, 0, 2), family.grad(w, p))


def test_points_shared_by_the_tasks_are_not_written_to() -> None:
    family = random_family("cosine", 3, 4, 6)
    one = points(family, 2)[:1]
    w = np.broadcast_to(one, (3, 2, 4))
    before = one.copy()
    roles = random_roles(family, 2, 2)
    close(estimator(family, w, alpha, roles), plain(family, w, roles))
    assert (one == before).all()


@pytest.mark.parametrize(
    ("d", "K", "drawn", "form"),
    [
        (4, 8, None, "gram"), (256, 512, None, "gram"), (255, 512, None, "direct"), (1024, 32, None, "gram"),
        (3, 190, None, "direct"), (3, 190, 10, "gathered"), (3, 190, 60, "direct"), (64, 4, 2, "gram"),
    ],
)  # fmt: skip
def test_the_rule(d: int, K: int, drawn: int | None, form: str) -> None:
    assert form_for(d, K, drawn) == form


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


def test_the_compiled_pass_is_the_formula_in_every_block(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba")
    # Three tasks in blocks of two: the last block is smaller than the arrays that it is given.
    family = random_family("cosine", 3, 4, 8)
    w, roles = points(family, 2000), random_roles(family, 2, 2000)
    assert [tasks for tasks, _ in blocking.blocks(3, 2000, 8)] == [slice(0, 2), slice(2, 3)]
    passes = estimator(family, w, alpha, roles)
    path = inner_path(family, w, alpha, roles.inner)
    monkeypatch.setattr(links, "LARGE", 1)
    assert pair_for(family.link, SMALL, 1) is links._compiled()["cosine"]
    compiled = estimator(family, w, alpha, roles)
    close(compiled, passes)
    close(inner_path(family, w, alpha, roles.inner), path)
    assert (estimator(family, w, alpha, roles) == compiled).all()


def test_without_numba_the_passes_of_numpy_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "maml_verify.kernel.compiled", None)
    links._compiled.cache_clear()
    try:
        assert pair_for(LINKS["cosine"], SMALL, LARGE) is pair_for(LINKS["cosine"], SMALL, 0)
    finally:
        links._compiled.cache_clear()


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


def test_float32_is_refused() -> None:
    family = random_family("cosine", 2, 3, 4)
    with pytest.raises(TypeError, match="w has dtype float32; rule: float64"):
        estimator(family, points(family, 2).astype(np.float32), alpha, population(family, 1))
