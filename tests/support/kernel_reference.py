"""Families, points and batches for tests of the kernel, and the formulas that it computes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from small_families import ALPHA

from maml_verify.meta_gradients import kernel
from maml_verify.meta_gradients.batches import weights_of
from maml_verify.meta_gradients.draws import sample
from maml_verify.meta_gradients.maml import meta_gradient
from maml_verify.meta_gradients.roles import Roles
from problems.ridge_sums.ridge import Ridge, ridge

alpha = float(ALPHA)


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


def force(monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    """Every meta gradient in one form, whatever the rule says."""
    monkeypatch.setattr(kernel, "form_for", lambda *shape: form)
