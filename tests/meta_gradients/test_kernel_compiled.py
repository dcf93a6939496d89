"""The kernel's compiled code against the formulas of `paths`: all widths, layouts, numbers of replicates."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from kernel_reference import alpha, close, force, plain, plain_path, points, random_family, random_roles

from maml_verify.meta_gradients import kernel
from maml_verify.meta_gradients.batches import weights_of
from maml_verify.meta_gradients.inner_path import inner_path
from maml_verify.meta_gradients.kernel import blocking, link_pairs, links
from maml_verify.meta_gradients.kernel.choice import TOGETHER, form_for
from maml_verify.meta_gradients.kernel.links import LARGE, SMALL, pair_for
from maml_verify.meta_gradients.maml import estimator
from maml_verify.meta_gradients.roles import Roles, population
from problems.ridge_sums.links import LINKS


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
def test_columns_are_the_formula_for_all_widths(
    link: str, d: int, K: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    force(monkeypatch, "columns")
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
        (8, 16, 128, 9, "columns"),
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
def test_columns_take_arrays_of_any_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    force(monkeypatch, "columns")
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
def test_columns_keep_nan_and_far_points_to_their_replicate(monkeypatch: pytest.MonkeyPatch) -> None:
    force(monkeypatch, "columns")
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
def test_columns_do_not_depend_on_blocks_or_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    force(monkeypatch, "columns")
    family = random_family("logistic", 3, 4, 8, linear=False)
    w, roles = points(family, 5000), random_roles(family, 2, 5000)
    whole = estimator(family, w, alpha, roles)
    for name, value in (("THREADS", 1), ("THREADS", 2), ("NUMBERS", 7000)):
        monkeypatch.setattr(blocking, name, value)
        assert (estimator(family, w, alpha, roles) == whole).all()


def test_columns_are_for_few_steps_and_families_without_linear_terms(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def rule(d: int, K: int, drawn: int | None, compiled: int) -> str:
        asked.append(compiled)
        return "direct"

    monkeypatch.setattr(kernel, "form_for", rule)
    monkeypatch.setattr(kernel, "compiled_pair", lambda link, evaluations: link_pairs._KNOWN["cosine"])
    for linear in (False, True):
        family = random_family("cosine", 2, 3, 5, linear=linear)
        estimator(family, points(family, 9), alpha, random_roles(family, 1, 9))
    family = random_family("cosine", 2, 3, 5, linear=False)
    monkeypatch.setattr(kernel, "KEPT", 2 * 5 * TOGETHER)
    for N in (1, 2):
        estimator(family, points(family, 9), alpha, random_roles(family, N, 9))
    assert asked == [9, 0, 9, 0]


def test_without_numba_the_passes_of_numpy_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "maml_verify.meta_gradients.kernel.compiled_links", None)
    links._compiled.cache_clear()
    try:
        assert pair_for(LINKS["cosine"], SMALL, LARGE) is pair_for(LINKS["cosine"], SMALL, 0)
    finally:
        links._compiled.cache_clear()


def test_code_that_is_not_compiled_is_not_used() -> None:
    pytest.importorskip("numba")
    program = (
        "from maml_verify.meta_gradients.kernel.links import LARGE, SMALL, pair_for\n"
        "from problems.ridge_sums.links import LINKS\n"
        "link = LINKS['cosine']\n"
        "print(pair_for(link, SMALL, LARGE) is pair_for(link, SMALL, 0))\n"
    )
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    found = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert found.stdout.strip() == "True", found.stderr
