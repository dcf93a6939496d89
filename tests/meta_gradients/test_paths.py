"""Meta gradients against closed forms, explicit Hessians, derivatives of the loss, and planted errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from small_families import ALPHA, brute_force, in_field, points, small

from maml_verify.arithmetic.domains import lift
from maml_verify.left_sides.enumerated import mean_estimator
from maml_verify.meta_gradients.inner_path import inner_path
from maml_verify.meta_gradients.maml import meta_gradient
from maml_verify.meta_gradients.roles import Roles, population, split
from problems.ridge_sums.ridge import Ridge, ridge

ROLES = {"population": population, "split": split}
LINKS = ["quadratic", "logistic", "cosine", "cubic", "cubic-well"]
N = 3
both_roles = pytest.mark.parametrize("role", ROLES.values(), ids=ROLES.keys())


def meta(family: Ridge, w: Any, alpha: Any, roles: Roles) -> Any:
    path = inner_path(family, w, alpha, roles.inner)
    return meta_gradient(family, path, alpha, roles.hessian, roles.outer)


def meta_loss(family: Ridge, w: Any, alpha: Any, roles: Roles) -> Any:
    return family.loss(inner_path(family, w, alpha, roles.inner)[-1], roles.outer)


def hessian(family: Ridge, w: Any, c: Any) -> Any:
    """Hess l(w; c) from the table of atoms, entry by entry: (n, R, d, d)."""
    n, R, d = w.shape
    H = np.full((n, R, d, d), w.ravel()[0] * 0)
    for i in range(n):
        for r in range(R):
            for k, q in enumerate(family.features[i]):
                t = np.array([q @ w[i, r] - family.offsets[i, k]])
                weight = (c[i, 0] @ family.coefficients[i])[k] * family.link.d2phi(t)[0]
                H[i, r] = H[i, r] + weight * np.multiply.outer(q, q)
    return H


def factors(family: Ridge, w: Any, alpha: Any, roles: Roles) -> tuple[list[Any], Any]:
    """The matrices I - alpha Hess l(w_j; c'_j) and the last gradient."""
    path = inner_path(family, w, alpha, roles.inner)
    pairs = zip(path[:-1], roles.hessian, strict=True)
    eye = np.eye(family.d, dtype=int)
    A = [eye - alpha * hessian(family, v, c) for v, c in pairs]
    return A, family.grad(path[-1], roles.outer)


def product(matrices: list[Any], g: Any) -> Any:
    for A in reversed(matrices):
        g = (A @ g[..., None])[..., 0]
    return g


@both_roles
def test_quadratic_has_its_closed_form(role: Callable[..., Roles]) -> None:
    # grad l(w; c) = H w - b, so the path is affine in w, and the meta gradient a power of I - alpha H.
    family = in_field(small("quadratic"), "exact")
    w, alpha = points(family, 2, "exact"), lift(ALPHA, "exact")
    roles = role(family, N)
    inner, outer = roles.inner[0], roles.outer
    zero = w * 0
    H, H_T = hessian(family, zero, inner), hessian(family, zero, outer)
    A = np.eye(family.d, dtype=int) - alpha * H
    power, series = zero[..., None] * 0 + np.eye(family.d, dtype=int), 0
    for _ in range(N):
        series = series + power
        power = power @ A

    def times(matrix: Any, v: Any) -> Any:
        return (matrix @ v[..., None])[..., 0]

    w_N = times(power, w) - alpha * times(series, family.grad(zero, inner))
    g = times(H_T, w_N) + family.grad(zero, outer)
    assert (inner_path(family, w, alpha, roles.inner)[-1] == w_N).all()
    assert (meta(family, w, alpha, roles) == times(power, g)).all()


@both_roles
@pytest.mark.parametrize("link", ["quadratic", "cubic", "cubic-well"])
def test_product_of_explicit_hessians_is_equal_in_rationals(link: str, role: Callable[..., Roles]) -> None:
    family = in_field(small(link, seed=3), "exact")
    w, alpha = points(family, 3, "exact"), lift(ALPHA, "exact")
    roles = role(family, N)
    assert (meta(family, w, alpha, roles) == product(*factors(family, w, alpha, roles))).all()


@both_roles
@pytest.mark.parametrize("link", LINKS)
def test_fields_agree_on_the_meta_gradient(link: str, role: Callable[..., Roles]) -> None:
    family = small(link, d=3, K=4)
    w = points(family, 2, "float")
    expected = meta(family, w, float(ALPHA), role(family, N))
    assert expected.dtype == np.float64
    np.testing.assert_allclose(
        expected, product(*factors(family, w, float(ALPHA), role(family, N))), rtol=1e-11
    )
    balls = in_field(family, "arb")
    found = meta(balls, points(family, 2, "arb"), lift(ALPHA, "arb"), role(balls, N))
    np.testing.assert_allclose(expected, lift(found, "float"), rtol=1e-11)


def taylor_slopes(family: Ridge, role: Any, gradient: Callable[..., Any]) -> Any:
    """Order at which |F(w + h v) - F(w) - h g.v| falls with h, in each task."""
    roles = role(family, N)
    w = points(family, 1, "float", seed=4)
    v = np.random.default_rng(5).standard_normal(w.shape)
    slope = (gradient(family, w, 0.2, roles) * v).sum(-1)
    F = meta_loss(family, w, 0.2, roles)
    gaps = [np.abs(meta_loss(family, w + h * v, 0.2, roles) - F - h * slope) for h in (1e-4, 5e-5)]
    return np.log2(gaps[0] / gaps[1])


@both_roles
@pytest.mark.parametrize("link", LINKS)
def test_taylor_remainder_falls_at_order_two(link: str, role: Callable[..., Roles]) -> None:
    slopes = taylor_slopes(small(link), role, meta)
    assert (np.abs(slopes - 2) < 0.1).all()


@both_roles
@pytest.mark.parametrize("link", ["quadratic", "cosine"])
def test_complex_step_of_the_meta_loss(link: str, role: Callable[..., Roles]) -> None:
    family = small(link, d=3)
    w = points(family, 2, "float")
    roles = role(family, N)
    h = 1e-30
    columns = [meta_loss(family, w + 1j * h * e, 0.2, roles).imag / h for e in np.eye(family.d)]
    np.testing.assert_allclose(meta(family, w, 0.2, roles), np.stack(columns, -1), rtol=1e-12)


@both_roles
@pytest.mark.parametrize("link", ["quadratic", "logistic", "cosine", "cubic"])
def test_autograd_agrees(link: str, role: Callable[..., Roles]) -> None:
    reason = "autograd is not installed (pip install maml-verify[test])"
    autograd = pytest.importorskip("autograd", reason=reason)
    anp = pytest.importorskip("autograd.numpy", reason=reason)
    phi = {
        "quadratic": lambda t: t**2 / 2,
        "logistic": lambda t: anp.log1p(anp.exp(t)),
        "cosine": lambda t: 1 - anp.cos(t),
        "cubic": lambda t: anp.where(anp.abs(t) <= 1, anp.abs(t) ** 3 / 6, t**2 / 2 - anp.abs(t) / 2 + 1 / 6),
    }[link]
    family = small(link, d=3)
    roles = role(family, N)
    w = points(family, 1, "float")
    found = meta(family, w, 0.2, roles)
    for i in range(family.tasks):
        # The loss is written out again, and its gradient left to the other program.
        def loss(v: Any, c: Any, i: int = i) -> Any:
            t = anp.dot(family.features[i], v) - family.offsets[i]
            return anp.dot(c[i, 0] @ family.coefficients[i], phi(t)) + anp.dot(c[i, 0] @ family.linear[i], v)

        def outer(v: Any, loss: Any = loss) -> Any:
            for c in roles.inner:
                v = v - 0.2 * autograd.grad(loss)(v, c)
            return loss(v, roles.outer)

        np.testing.assert_allclose(found[i, 0], autograd.grad(outer)(w[i, 0]), rtol=1e-11)


def one_factor_dropped(family: Ridge, w: Any, alpha: Any, roles: Roles) -> Any:
    A, g = factors(family, w, alpha, roles)
    return product(A[:-1], g)


def wrong_order(family: Ridge, w: Any, alpha: Any, roles: Roles) -> Any:
    A, g = factors(family, w, alpha, roles)
    return product(A[::-1], g)


def first_order_only(family: Ridge, w: Any, alpha: Any, roles: Roles) -> Any:
    return factors(family, w, alpha, roles)[1]


def off_by_one_step(family: Ridge, w: Any, alpha: Any, roles: Roles) -> Any:
    path = inner_path(family, w, alpha, roles.inner)
    return meta_gradient(family, path[1:] + path[-1:], alpha, roles.hessian, roles.outer)


def batch_reused(family: Ridge, w: Any, alpha: Any, roles: Roles) -> Any:
    # The outer batch is taken from the inner ones.
    return meta(family, w, alpha, roles._replace(outer=roles.inner[0]))


PLANTED = [one_factor_dropped, wrong_order, first_order_only, off_by_one_step, batch_reused]


@pytest.mark.parametrize("planted", PLANTED)
def test_explicit_hessians_catch(planted: Callable[..., Any]) -> None:
    family = in_field(small("cubic-well", seed=3), "exact")
    w, alpha = points(family, 3, "exact"), lift(ALPHA, "exact")
    roles = split(family, N)
    true = product(*factors(family, w, alpha, roles))
    assert (planted(family, w, alpha, roles) != true).any()


@pytest.mark.parametrize("planted", PLANTED)
def test_taylor_slopes_catch(planted: Callable[..., Any]) -> None:
    slopes = taylor_slopes(small("cosine"), split, planted)
    assert (np.abs(slopes - 1) < 0.1).any()


def test_a_batch_reused_between_roles_makes_another_mean() -> None:
    family = in_field(small("cosine"), "arb")
    w = points(family, 1, "arb")
    alpha = lift(ALPHA, "arb")
    exact = mean_estimator(family, w, alpha, 1, 2)[:, 0]
    independent = brute_force(family, w, alpha, 1, 2, 2, 1)["mean"]
    reused = brute_force(family, w, alpha, 1, 2, 2, 1, reuse=True)["mean"]

    def same(mean: Any) -> bool:
        return all(a.overlaps(b) for a, b in zip(mean.ravel(), exact.ravel(), strict=True))

    assert same(independent)
    assert not same(reused)


def test_no_steps_is_the_outer_gradient() -> None:
    family = small("cosine")
    w = points(family, 2, "float")
    roles = split(family, 0)
    assert inner_path(family, w, 0.2, roles.inner) == [w]
    assert (meta(family, w, 0.2, roles) == family.grad(w, roles.outer)).all()


def test_one_batch_for_all_replicates_is_that_batch_for_each() -> None:
    family = small("logistic")
    w = points(family, 4, "float")
    shared = population(family, 2)
    wide = Roles(*(np.broadcast_to(np.stack(c), (2, 2, 4, 2)) for c in shared[:2]), shared.outer)
    np.testing.assert_allclose(meta(family, w, 0.2, shared), meta(family, w, 0.2, wide), rtol=1e-14)


def test_a_path_and_batches_that_do_not_fit_are_an_error() -> None:
    family = small("cosine")
    roles = population(family, 2)
    path = inner_path(family, points(family, 1, "float"), 0.2, roles.inner)
    with pytest.raises(ValueError, match="path has 3 points and hessian 1 batches"):
        meta_gradient(family, path, 0.2, roles.hessian[:1], roles.outer)


def test_the_order_of_the_product_matters_at_all() -> None:
    # Two features that are not orthogonal give Hessians that do not commute along the path.
    family = ridge("cosine", [[[1.0, 0.0], [1.0, 1.0]]])
    A, _ = factors(family, np.array([[[0.3, 0.4]]]), 0.5, population(family, 2))
    assert np.abs(A[0] @ A[1] - A[1] @ A[0]).max() > 1e-3
