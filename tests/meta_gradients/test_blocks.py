"""Blocks: as few as fit, of one size but for the last; no more threads than asked for."""

from __future__ import annotations

import math
import runpy

import numpy as np
import pytest
from kernel_reference import alpha, close, force, plain, plain_path, points, random_family, random_roles

from maml_verify.meta_gradients import kernel
from maml_verify.meta_gradients.inner_path import inner_path
from maml_verify.meta_gradients.kernel import blocking
from maml_verify.meta_gradients.maml import estimator


@pytest.mark.parametrize(
    ("n", "R", "width", "kept"),
    [
        (1, 10**6, 8, 1),
        (3, 2000, 8, 1),
        (7, 10**5, 33, 3),
        (5, 3, 70_000, 1),
        (11, 40_000, 7, 300),
        (9, 1, 10**6, 1),
    ],
)
def test_blocks_are_as_few_as_fit(n: int, R: int, width: int, kept: int) -> None:
    found = blocking.blocks(n, R, width, kept)
    tasks = sorted({(b[0].start, b[0].stop) for b in found})
    rows = sorted({(b[1].start, b[1].stop) for b in found})
    assert len(found) == len(tasks) * len(rows)
    room = min(blocking.NUMBERS, blocking.KEPT // kept, max(blocking.LEAST, n * R * width // 4))
    for ends, whole, most in ((tasks, n, room // (R * width)), (rows, R, room // width)):
        sizes = [stop - start for start, stop in ends]
        assert sum(sizes) == whole
        assert len(sizes) == math.ceil(whole / max(1, most))
        assert set(sizes[:-1]) <= {sizes[0]}
        assert sizes[0] - sizes[-1] < len(sizes)


@pytest.mark.parametrize("form", ["direct", "gram"])
def test_curvatures_of_all_steps_fit_what_may_be_kept(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    force(monkeypatch, form)
    monkeypatch.setattr(blocking, "KEPT", 4000)
    kept = []
    workspace = kernel.dense.Workspace

    def made(N: int, points: int, K: int, d: int) -> object:
        kept.append(N * points * K)
        return workspace(N, points, K, d)

    monkeypatch.setattr(kernel.dense, "Workspace", made)
    family = random_family("cosine", 2, 4, 8)
    for N in (1, 6):
        w, roles = points(family, 300), random_roles(family, N, 300)
        close(estimator(family, w, alpha, roles), plain(family, w, roles))
    # As much as may be, to a factor of two.
    assert all(2000 <= numbers <= 4000 for numbers in kept)
    assert len(kept) >= 2


@pytest.mark.parametrize(("said", "least"), [("1", 1), ("1,4", 1), ("64", 2), ("", 2)])
def test_threads_are_two_at_most_and_no_more_than_cores_and_environment_allow(
    said: str, least: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", said)
    for cores in (1, 2, 8):
        monkeypatch.setattr("os.sched_getaffinity", lambda pid, cores=cores: set(range(cores)), raising=False)
        assert runpy.run_path(str(blocking.__file__))["THREADS"] == min(least, cores)


def test_a_meta_gradient_of_one_block_is_the_same_as_in_many(monkeypatch: pytest.MonkeyPatch) -> None:
    family = random_family("logistic", 3, 4, 8)
    w, roles = points(family, 700), random_roles(family, 2, 700)
    whole = estimator(family, w, alpha, roles)
    for numbers in (100, 999, 10**4):
        monkeypatch.setattr(blocking, "NUMBERS", numbers)
        np.testing.assert_allclose(estimator(family, w, alpha, roles), whole, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(("d", "K"), [(2, 40), (40, 2)])
def test_inner_paths_take_no_larger_arrays_than_a_block_may(
    d: int, K: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocking, "NUMBERS", 3000)
    monkeypatch.setattr(blocking, "LEAST", 1)
    made = []
    workspace = kernel.dense.Workspace

    def kept(N: int, points: int, K: int, d: int) -> object:
        made.append(points * max(K, d))
        return workspace(N, points, K, d)

    monkeypatch.setattr(kernel.dense, "Workspace", kept)
    family = random_family("cosine", 2, d, K)
    w, roles = points(family, 400), random_roles(family, 2, 400)
    close(inner_path(family, w, alpha, roles.inner), plain_path(family, w, roles.inner))
    assert made
    assert all(1500 <= numbers <= 3000 for numbers in made)


def test_where_no_affinity_is_known_the_cores_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.delattr("os.sched_getaffinity", raising=False)
    for cores, expected in ((8, 2), (1, 1), (None, 1)):
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        assert runpy.run_path(str(blocking.__file__))["THREADS"] == expected
