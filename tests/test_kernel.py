"""The kernel against the formulas of `paths`, on both sides of every switch."""

from __future__ import annotations

import itertools
import os
import subprocess
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
from maml_verify.kernel.rule import TOGETHER, form_for
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


def plain_path(family: Ridge, w: Any, inner: Any, step: float = alpha) -> list[Any]:
    path = [w]
    for c in inner:
        path.append(path[-1] - step * family.grad(path[-1], weights_of(c, family.atoms)))
    return path


def plain(family: Ridge, w: Any, roles: Roles, step: float = alpha) -> Any:
    """The formulas, as families are written."""
    hessian = [weights_of(c, family.atoms) for c in roles.hessian]
    path = plain_path(family, w, roles.inner, step)
    return meta_gradient(family, path, step, hessian, weights_of(roles.outer, family.atoms))


def points(family: Ridge, R: int) -> Any:
    return 2 * np.random.default_rng(1).standard_normal((family.tasks, R, family.d))


def close(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-12 * np.abs(expected).max())


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
        (4, 8, None, 20_000, "lanes"), (16, 32, None, 4000, "lanes"), (32, 32, None, 4000, "gram"),
        (256, 512, None, 64, "gram"), (255, 512, None, 64, "direct"), (4, 8, None, 20, "gram"),
        (4, 8, None, 129, "gram"), (3, 190, 10, 2000, "gathered"), (3, 190, 20, 2000, "lanes"),
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


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiled code for calls of any size."""
    pytest.importorskip("numba")
    monkeypatch.setattr(links, "LARGE", 1)


def force(monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    monkeypatch.setattr(kernel, "form_for", lambda *shape: form)


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("link", ["cosine", "logistic"])
def test_the_compiled_pass_is_the_formula_in_every_block(link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    force(monkeypatch, "direct")
    # Three tasks in blocks of two: the last block is smaller than the arrays that it is given.
    family = random_family(link, 3, 4, 8)
    w, roles = points(family, 2000), random_roles(family, 2, 2000)
    assert [tasks for tasks, _ in blocking.blocks(3, 2000, 8)] == [slice(0, 2), slice(2, 3)]
    assert pair_for(family.link, SMALL, 1) is links._compiled()[link]
    found = estimator(family, w, alpha, roles)
    close(found, plain(family, w, roles))
    close(inner_path(family, w, alpha, roles.inner), plain_path(family, w, roles.inner))
    assert (estimator(family, w, alpha, roles) == found).all()


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("link", ["cosine", "logistic"])
@pytest.mark.parametrize(("d", "K"), [(1, 1), (2, 3), (4, 8), (5, 7), (6, 2), (7, 33)])
def test_lanes_are_the_formula_for_all_widths(
    link: str, d: int, K: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    force(monkeypatch, "lanes")
    for own in (True, False):
        family = random_family(link, 3, d, K, own=own, linear=False)
        # One lane, a group and a part of one, several groups; with and without Hessian batches of their own.
        for R, N, shared in ((1, 2, False), (131, 3, True), (300, 1, False), (9, 0, False)):
            w, roles = points(family, R), random_roles(family, N, R, shared=shared)
            given = Roles(
                *([weights_of(c, family.atoms) for c in role] for role in roles[:2]),
                weights_of(roles.outer, family.atoms),
            )
            for batches in (roles, given, population(family, N)):
                close(estimator(family, w, alpha, batches), plain(family, w, batches))


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize(
    ("d", "K", "R", "size", "form"),
    [
        (8, 16, 128, 9, "lanes"),
        (40, 16, 128, 9, "gram"),
        (8, 16, 20, 9, "gram"),
        (8, 40, 128, 1, "gathered"),
        (60, 200, 128, 99, "direct"),
    ],
)
def test_both_sides_of_the_rule_for_compiled_code(d: int, K: int, R: int, size: int, form: str) -> None:
    family = random_family("cosine", 2, d, K, linear=False)
    w, roles = points(family, R), random_roles(family, 2, R, size)
    assert form_for(d, K, size + 1, R) == form
    close(estimator(family, w, alpha, roles), plain(family, w, roles))


@pytest.mark.usefixtures("compiled")
def test_lanes_take_arrays_of_any_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    force(monkeypatch, "lanes")
    family = random_family("cosine", 2, 3, 5, linear=False)
    w, roles = points(family, 40), random_roles(family, 3, 40)
    inner = [weights_of(c, family.atoms) for c in roles.inner]
    outer = weights_of(roles.outer, family.atoms)
    expected = estimator(family, w, alpha, Roles(inner, inner, outer))
    # Replicates or atoms with gaps between them, in other orders, and not to be written to.
    gaps = np.repeat(inner[0], 2, axis=1)[:, ::2]
    turned = np.asfortranarray(inner[1])
    backwards = np.ascontiguousarray(inner[2][:, ::-1, ::-1])[:, ::-1, ::-1]
    odd = [gaps, turned, backwards]
    for array in (*odd, w, outer):
        array.flags.writeable = False
    assert (estimator(family, w, alpha, Roles(odd, odd, outer)) == expected).all()
    upside_down = [np.ascontiguousarray(c[:, ::-1])[:, ::-1] for c in inner]
    assert (estimator(family, w, alpha, Roles(upside_down, upside_down, outer)) == expected).all()
    narrow = Roles(
        [c.astype(np.int8) for c in roles.inner], [c[:, ::-1][:, ::-1] for c in roles.inner], outer
    )
    close(estimator(family, w, alpha, narrow), expected)
    # A Hessian batch that begins where the inner batch does is another one.
    first = Roles(inner, [c[:, :1] for c in inner], outer)
    close(estimator(family, w, alpha, first), plain(family, w, first))
    fewer = Roles(roles.inner, [c[:, :, :1] for c in roles.inner], roles.outer)
    close(estimator(family, w, alpha, fewer), plain(family, w, fewer))
    # Some steps share their batch with the Hessian, some do not.
    mixed = Roles(inner, [inner[0], turned, inner[0]], outer)
    close(estimator(family, w, alpha, mixed), plain(family, w, mixed))


@pytest.mark.usefixtures("compiled")
def test_lanes_keep_nan_and_far_points_to_their_replicate(monkeypatch: pytest.MonkeyPatch) -> None:
    force(monkeypatch, "lanes")
    for link in ("cosine", "logistic"):
        family = random_family(link, 2, 3, 5, linear=False)
        w, roles = points(family, 140), random_roles(family, 2, 140)
        expected = estimator(family, w, alpha, roles)
        w[0, 3], w[1, 130] = np.nan, 1e6
        found = estimator(family, w, alpha, roles)
        assert np.isnan(found[0, 3]).all()
        assert np.isfinite(found[1, 130]).all()
        found[0, 3], found[1, 130] = expected[0, 3], expected[1, 130]
        assert (found == expected).all()


@pytest.mark.usefixtures("compiled")
def test_lanes_do_not_depend_on_blocks_or_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    force(monkeypatch, "lanes")
    family = random_family("logistic", 3, 4, 8, linear=False)
    w, roles = points(family, 5000), random_roles(family, 2, 5000)
    whole = estimator(family, w, alpha, roles)
    for name, value in (("THREADS", 1), ("THREADS", 2), ("NUMBERS", 7000)):
        monkeypatch.setattr(blocking, name, value)
        assert (estimator(family, w, alpha, roles) == whole).all()


def test_lanes_are_for_few_steps_and_families_without_linear_terms(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def rule(d: int, K: int, drawn: int | None, compiled: int) -> str:
        asked.append(compiled)
        return "direct"

    monkeypatch.setattr(kernel, "form_for", rule)
    monkeypatch.setattr(kernel, "compiled_pair", lambda link, evaluations: links._KNOWN["cosine"])
    for linear in (False, True):
        family = random_family("cosine", 2, 3, 5, linear=linear)
        estimator(family, points(family, 9), alpha, random_roles(family, 1, 9))
    family = random_family("cosine", 2, 3, 5, linear=False)
    monkeypatch.setattr(kernel, "KEPT", 2 * 5 * TOGETHER)
    for N in (1, 2):
        estimator(family, points(family, 9), alpha, random_roles(family, N, 9))
    assert asked == [9, 0, 9, 0]


def test_without_numba_the_passes_of_numpy_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "maml_verify.kernel.compiled", None)
    links._compiled.cache_clear()
    try:
        assert pair_for(LINKS["cosine"], SMALL, LARGE) is pair_for(LINKS["cosine"], SMALL, 0)
    finally:
        links._compiled.cache_clear()


def test_code_that_is_not_compiled_is_not_used() -> None:
    pytest.importorskip("numba")
    program = (
        "from maml_verify.kernel.links import LARGE, SMALL, pair_for\n"
        "from problems.links import LINKS\n"
        "link = LINKS['cosine']\n"
        "print(pair_for(link, SMALL, LARGE) is pair_for(link, SMALL, 0))\n"
    )
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    found = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert found.stdout.strip() == "True", found.stderr


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


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("form", ["direct", "gathered", "lanes"])
@pytest.mark.parametrize("atom", [-1, 4])
def test_atoms_that_are_none_are_refused(form: str, atom: int, monkeypatch: pytest.MonkeyPatch) -> None:
    force(monkeypatch, form)
    family = random_family("cosine", 2, 3, 4, linear=False)
    roles = random_roles(family, 2, 5)
    roles.inner[1][0, 3, 1] = atom
    with pytest.raises(ValueError, match=f"a batch has atom {atom}; rule: 0 <= atom < 4"):
        estimator(family, points(family, 5), alpha, roles)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"w": np.zeros((2, 3))}, r"w has shape \(2, 3\); rule: \(tasks, replicates, d\) = \(2, R, 3\)"),
        ({"w": np.zeros((2, 5, 4))}, r"w has shape \(2, 5, 4\)"),
        ({"w": np.zeros((1, 5, 3))}, r"w has shape \(1, 5, 3\)"),
        (
            {"inner": [np.ones((2, 5, 3))] * 2},
            r"inner: a batch has shape \(2, 5, 3\); rule: weights \(2, 5 or 1, 4\)",
        ),
        ({"inner": [np.ones((2, 4, 4))] * 2}, "inner: a batch has shape"),
        ({"hessian": [np.ones((1, 5, 4))] * 2}, "hessian: a batch has shape"),
        ({"hessian": [np.ones((2, 5, 4))]}, "hessian has 1 batches; rule: 2"),
        ({"outer": np.zeros((2, 5, 0), dtype=int)}, r"outer: a batch has shape \(2, 5, 0\)"),
        ({"outer": np.ones((2, 4))}, "outer: a batch has shape"),
    ],
)
@pytest.mark.parametrize("link", ["cosine", "quadratic"])
def test_other_shapes_are_refused(link: str, change: Any, text: str) -> None:
    family = random_family(link, 2, 3, 4, linear=False)
    c = np.full((2, 5, 4), 0.25)
    given = {"w": points(family, 5), "inner": [c] * 2, "hessian": [c] * 2, "outer": c} | change
    w = given.pop("w")
    with pytest.raises(ValueError, match=text):
        estimator(family, w, alpha, Roles(**given))


def test_points_are_an_array() -> None:
    family = random_family("cosine", 2, 3, 4)
    with pytest.raises(TypeError, match="w is a list; rule: an array"):
        estimator(family, points(family, 2).tolist(), alpha, population(family, 1))


def test_float32_is_refused() -> None:
    family = random_family("cosine", 2, 3, 4)
    with pytest.raises(TypeError, match="w has dtype float32; rule: float64"):
        estimator(family, points(family, 2).astype(np.float32), alpha, population(family, 1))
