"""The laws of a batch as a weight vector, on every family of the catalog and on arbitrary ones."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from problem_families import catalog, random_ridge

from problems import FAMILIES, LINKS, Ridge, cosine, cubic_well, from_data, plateau, ridge
from problems.rationals import rationals

FAMILIES_TRIED = catalog() | {f.name: f for f in map(random_ridge, range(10))}
EVERY = pytest.mark.parametrize("family", FAMILIES_TRIED.values(), ids=FAMILIES_TRIED)


def draw(family: Ridge, seed: int = 0) -> tuple[Any, Any, Any, Any]:
    """Points w, directions v and two weight vectors."""
    rng = np.random.default_rng(seed)
    w, v = 2 * rng.normal(size=(2, family.tasks, 5, family.d))
    c, other = rng.dirichlet(np.ones(family.atoms), (2, family.tasks, 5))
    return w, v, c, other


def verbs(family: Ridge, w: Any, v: Any, c: Any) -> list[Any]:
    return [family.loss(w, c), family.grad(w, c), family.hvp(w, v, c)]


def close(left: Any, right: Any) -> None:
    np.testing.assert_allclose(left, right, rtol=1e-10, atol=1e-10)


@EVERY
def test_loss_gradient_and_hessian_are_linear_in_the_weights(family: Ridge) -> None:
    w, v, c, other = draw(family)
    mixed = verbs(family, w, v, 0.3 * c + 0.7 * other)
    for value, a, b in zip(mixed, verbs(family, w, v, c), verbs(family, w, v, other), strict=True):
        close(value, 0.3 * a + 0.7 * b)


def table(family: Ridge, atoms: list[int]) -> Ridge:
    """The family with the listed atoms, an atom as often as it is listed."""
    uniform = np.full((family.tasks, len(atoms)), 1 / len(atoms))
    A, xi = family.coefficients[:, atoms], family.linear[:, atoms]
    link = family.link.name
    return ridge(link, family.features, family.offsets, A, xi, probabilities=uniform)


@EVERY
def test_a_repeated_atom_is_an_atom_of_twice_the_weight(family: Ridge) -> None:
    w, v, _, _ = draw(family)
    listed = [0, 0, *range(family.atoms)]
    counts = np.bincount(listed, minlength=family.atoms) / len(listed)
    repeated = table(family, listed)
    left = verbs(repeated, w, v, repeated.probabilities[:, None])
    right = verbs(family, w, v, np.tile(counts, (family.tasks, 1, 1)))
    for a, b in zip(left, right, strict=True):
        close(a, b)


@EVERY
def test_weight_zero_is_removal(family: Ridge) -> None:
    w, v, c, _ = draw(family)
    if family.atoms == 1:
        assert (family.grad(w, 0 * c) == 0).all()
        return
    c = np.concatenate([c[..., :-1] + c[..., -1:] / (family.atoms - 1), 0 * c[..., -1:]], axis=-1)
    removed = table(family, list(range(family.atoms - 1)))
    for a, b in zip(verbs(family, w, v, c), verbs(removed, w, v, c[..., :-1]), strict=True):
        close(a, b)


@EVERY
def test_atoms_are_unbiased(family: Ridge) -> None:
    w, v, _, _ = draw(family)
    population = verbs(family, w, v, family.probabilities[:, None])
    mean = [0.0, 0.0, 0.0]
    for t, unit in enumerate(np.eye(family.atoms)):
        one = verbs(family, w, v, np.tile(unit, (family.tasks, 1, 1)))
        weight = family.probabilities[:, t, None]
        for k, value in enumerate(one):
            mean[k] = mean[k] + weight.reshape(weight.shape + (1,) * (value.ndim - 2)) * value
    for a, b in zip(population, mean, strict=True):
        close(a, b)


@EVERY
def test_gradients_of_atoms_are_those_of_batches_of_one(family: Ridge) -> None:
    w, _, _, _ = draw(family)
    found = family.atom_grads(w, range(family.atoms))
    for t, unit in enumerate(np.eye(family.atoms)):
        close(found[:, :, t], family.grad(w, np.tile(unit, (family.tasks, 1, 1))))


@EVERY
def test_hessians_are_symmetric(family: Ridge) -> None:
    w, v, c, _ = draw(family)
    u = np.random.default_rng(9).normal(size=w.shape)
    close((family.hvp(w, v, c) * u).sum(-1), (family.hvp(w, u, c) * v).sum(-1))


def smooth_points(family: Ridge) -> Any:
    """Points at a distance from the kinks of the piecewise-cubic links."""
    rng = np.random.default_rng(3)
    w = 2 * rng.normal(size=(family.tasks, 4000, family.d))
    z = w @ family.features.swapaxes(1, 2) - family.offsets[:, None]
    away = (np.abs(z - np.rint(z)) > 0.02).all(axis=(0, 2)) | (family.link.sup3 == 0)
    return w[:, away][:, :5]


@EVERY
@pytest.mark.parametrize("order", ["gradient", "hessian"])
def test_taylor_remainders_fall_at_order_two(family: Ridge, order: str) -> None:
    w = smooth_points(family)
    v = np.random.default_rng(4).normal(size=w.shape)
    v = v / np.linalg.norm(v, axis=-1, keepdims=True) / (1 + np.abs(family.features).max())
    c = family.query[:, None]

    def remainder(h: float) -> Any:
        if order == "gradient":
            slope = (family.grad(w, c) * v).sum(-1)
            return family.loss(w + h * v, c) - family.loss(w, c) - h * slope
        return family.grad(w + h * v, c) - family.grad(w, c) - h * family.hvp(w, v, c)

    coarse, fine = np.abs(remainder(1e-2)), np.abs(remainder(5e-3))
    size = 1 + np.abs(family.coefficients).max() * np.abs(family.features).max() ** 2
    # Quartering up to the third-order part; a slip in a derivative only halves it.
    assert (fine <= coarse * 0.26 + 2e-7 * size).all()
    assert (coarse <= 2e-4 * size * family.features.shape[1]).all()


@pytest.mark.parametrize("link", [name for name in FAMILIES if LINKS[name].rational])
def test_rational_families_have_rational_values(link: str) -> None:
    exact = FAMILIES[link](rng=0).exact
    assert exact is not None
    w = np.full((exact.tasks, 1, exact.d), Fraction(1, 3), dtype=object)
    values = verbs(exact, w, w, exact.support[:, None])
    assert all(isinstance(entry, Fraction) for value in values for entry in value.ravel())
    family = FAMILIES[link](rng=0)
    for a, b in zip(
        values, verbs(family, w.astype(float), w.astype(float), family.support[:, None]), strict=True
    ):
        close(a.astype(float), b)


@pytest.mark.parametrize("link", LINKS)
def test_links_have_the_ranges_that_they_state(link: str) -> None:
    rule = LINKS[link]
    t = np.linspace(-50, 50, 200_001)
    (low, high), curvature, slope = rule.curvature, rule.d2phi(t), rule.dphi(t)
    assert low - 1e-12 <= curvature.min() <= low + 1e-8
    assert high - 1e-8 <= curvature.max() <= high + 1e-12
    assert rule.slope[0] - 1e-12 <= slope.min()
    assert slope.max() <= rule.slope[1] + 1e-12
    rates = np.abs(np.diff(curvature) / np.diff(t)).max()
    assert float(rule.sup3) * (1 - 1e-6) - 1e-9 <= rates <= float(rule.sup3) + 1e-8
    for end, at in zip(rule.curvature, rule.curvature_at, strict=True):
        assert rule.d2phi(np.array([min(at, 1e3)]))[0] == pytest.approx(float(end), abs=1e-12)


@pytest.mark.parametrize("link", FAMILIES)
def test_the_data_of_a_family_are_float64_numbers(link: str) -> None:
    # So that what float64 computes and what exact rationals do speak of one family.
    family = FAMILIES[link](rng=0)
    assert family.exact is not None
    for part in ("features", "offsets", "coefficients", "linear"):
        rounded = rationals(getattr(family, part))
        assert (rounded == rationals(getattr(family.exact, part))).all(), part


@pytest.mark.parametrize("link", FAMILIES)
def test_a_seed_repeats_a_family(link: str) -> None:
    make = FAMILIES[link]
    a, b, c = make(rng=5), make(rng=np.random.default_rng(5)), make(rng=6)
    assert (a.offsets == b.offsets).all()
    assert (a.offsets != c.offsets).any()


@pytest.mark.parametrize("link", FAMILIES)
def test_shapes_and_names_are_those_asked_for(link: str) -> None:
    family = FAMILIES[link](20, 5, 9, rng=0)
    assert (family.d, family.tasks, family.atoms, family.name) == (20, 5, 9, link)
    assert family.exact is not None
    assert (family.support[:, :4] > 0).all()
    assert (family.query[:, 4:] > 0).all()
    assert (family.support * family.query == 0).all()
    assert FAMILIES[link](features="random", noise_kind="sampled", rng=0).name.startswith(link)


def test_default_noise_leaves_the_hessians_alone_except_for_cosine() -> None:
    assert (cubic_well(rng=0).coefficients == 1).all()
    assert (cosine(rng=0).linear == 0).all()
    assert (plateau(rng=0).linear != 0).any()


def test_restricting_keeps_the_named_tasks() -> None:
    family = cubic_well(2, 4, 2, rng=0, task_weights=[0.1, 0.2, 0.3, 0.4])
    part = family.restrict([1, 3])
    close(part.task_weights, [1 / 3, 2 / 3])
    assert (part.features == family.features[[1, 3]]).all()
    assert part.exact is not None
    assert sum(part.exact.task_weights) == 1


def test_data_families_obey_the_same_laws() -> None:
    rng = np.random.default_rng(0)
    X, task = rng.normal(size=(14, 2)), np.repeat([0, 1, 2], [4, 3, 7])
    family = from_data(X, rng.integers(0, 2, 14), task)
    test_hessians_are_symmetric(family)
    test_atoms_are_unbiased(family)
    test_taylor_remainders_fall_at_order_two(family, "gradient")
