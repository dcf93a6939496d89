"""Families of a loss, by automatic differentiation, and of functions, against the same ridge sum."""

import pickle
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import autograd.numpy as anp
import numpy as np
import pytest

from maml_verify import check
from problems import claimed, from_functions, from_loss, ridge

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(2, 3, 2)), RNG.normal(size=(2, 3))
SAME = ridge("logistic", X, Y, np.broadcast_to(np.eye(3), (2, 3, 3)))
W, V = RNG.normal(size=(2, 2, 5, 2))
C = RNG.dirichlet(np.ones(3), (2, 5))


def by_autograd(w, x, y):
    return anp.logaddexp(0, x @ w - y)


def slope(t):
    return (1 + np.tanh(t / 2)) / 2


FUNCTIONS = (
    lambda w, x, y: np.log1p(np.exp(x @ w - y)),
    lambda w, x, y: slope(x @ w - y)[:, None] * x,
    lambda w, v, x, y: (slope(x @ w - y) * (1 - slope(x @ w - y)) * (x @ v))[:, None] * x,
)


def same(family):
    for verb in ("loss", "grad"):
        np.testing.assert_allclose(getattr(family, verb)(W, C), getattr(SAME, verb)(W, C), rtol=1e-12)
        np.testing.assert_allclose(
            getattr(family, verb)(W, C[:, :1]), getattr(SAME, verb)(W, C[:, :1]), rtol=1e-12
        )
    np.testing.assert_allclose(family.hvp(W, V, C), SAME.hvp(W, V, C), rtol=1e-11)


def test_a_loss_by_autograd_is_the_ridge_sum_that_it_is():
    family = from_loss(by_autograd, (X, Y), 2)
    assert family.backend == "autograd"
    same(family)
    same(pickle.loads(pickle.dumps(family)))
    numpys_own = from_loss(lambda w, x, y: np.logaddexp(0, x @ w - y), (X, Y), 2)
    assert numpys_own.backend == "autograd"
    same(numpys_own)


# In a process of its own: what JAX or PyTorch do to one outlives a test.
PROGRAM = """
import numpy as np, test_own_losses as here
from problems import from_loss
{library}
family = from_loss(lambda w, x, y: {softplus}(x @ w - y), (here.X, here.Y), 2)
assert family.backend == {name!r}, family.backend
here.same(family)
plain = from_loss(lambda w, x, y: (x @ w - y) ** 2, (here.X, here.Y), 2, backend={name!r})
gap = (here.X @ here.W[:, 0][..., None])[..., 0] - here.Y
np.testing.assert_allclose(plain.loss(here.W, here.C)[:, 0], (here.C[:, 0] * gap**2).sum(1), rtol=1e-12)
try:
    from_loss(lambda w, x, y: np.tanh(x @ w), (here.X, here.Y), 2, backend={name!r}).grad(here.W, here.C)
except ValueError as error:
    print(error)
"""
LIBRARIES = {
    "jax": ("import jax", "jax.nn.softplus"),
    "torch": ("import torch", "torch.nn.functional.softplus"),
}


@pytest.mark.parametrize("name", LIBRARIES)
def test_a_loss_by_jax_or_pytorch_is_the_same(name):
    if find_spec(name) is None:
        pytest.skip(f"{name} is not installed")
    library, softplus = LIBRARIES[name]
    program = PROGRAM.format(name=name, library=library, softplus=softplus)
    folder = Path(__file__).parent
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    if name == "jax":
        assert "rule: (w, *rows) -> (m,), written for jax" in done.stdout


def test_functions_are_stacked_and_run_over_balls_where_they_are_said_to():
    family = from_functions(*FUNCTIONS, (X, Y), 2, constants=claimed(L=2, rho=2), over_balls=True)
    same(family)
    record = check("path-stability", family, alpha_L=0.1, steps=2)
    assert (record.verdict, record.decided_by) == ("holds", "arb")
    plain = from_functions(*FUNCTIONS, (X, Y), 2, constants=claimed(L=2, rho=2))
    assert check("path-stability", plain, alpha_L=0.1, steps=2).decided_by == "float"


def test_tasks_of_different_sizes_and_roles_chosen_by_rows():
    x, y = [X[0], X[1][:2]], [Y[0], Y[1][:2]]
    support = [np.array([True, False, False]), np.array([False, True])]
    query = [[0, 0.5, 0.5], [1.0, 0]]
    family = from_functions(*FUNCTIONS, (x, y), 2, support=support, query=query, task_weights=[0.25, 0.75])
    assert family.probabilities.tolist() == [[1 / 3] * 3, [0.5, 0.5, 0]]
    assert family.support.tolist() == [[1, 0, 0], [0, 1, 0]]
    assert family.query.tolist() == [[0, 0.5, 0.5], [1, 0, 0]]
    np.testing.assert_allclose(family.grad(W, family.probabilities[:, None])[1, 0], _mean(1, 2), rtol=1e-12)


def _mean(i, rows):
    return FUNCTIONS[1](W[i, 0], X[i, :rows], Y[i, :rows]).mean(0)


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        ((), {}, r"data = \(\); rule: an array"),
        ((X, Y[:, :2]), {}, r"data: parts of \[3, 3\] and \[2, 2\] rows; rule: the same tasks"),
        ((X, [Y[0], [[1.0, 2.0]]]), {}, "data: rows of shapes"),
        (np.zeros((2, 0)), {}, "data: a task without rows"),
        (X * np.nan, {}, "data holds nan; rule: finite numbers"),
        (X, {"support": [[True, False]]}, "support has 1 rows; rule: one for each of the 2 tasks"),
        (X, {"query": [[False] * 3] * 2}, "query of task 0 chooses no row"),
        (X, {"probabilities": [[0.5, 0.4, 0.2]] * 2}, "probabilities of task 0 sums to 1.1"),
        (X, {"task_weights": [1.0]}, "task_weights has 1 entries; rule: 2"),
        (X, {"backend": "tensorflow"}, "backend = 'tensorflow'; rule: one of jax, torch, autograd"),
        (X, {"constants": 3}, "constants = 3; rule: problems.claimed"),
    ],
)
def test_what_is_wrong_with_the_input_is_named(data, options, message):
    with pytest.raises((ValueError, TypeError), match=message):
        from_loss(by_autograd, data, 2, **options)


def test_a_loss_that_is_none_is_named_at_the_first_call():
    with pytest.raises(TypeError, match="loss = 3; rule: a function"):
        from_loss(3, X, 2)
    with pytest.raises(TypeError, match="grad = None; rule: a function"):
        from_functions(FUNCTIONS[0], None, FUNCTIONS[2], X, 2)
    for loss, message in (
        (lambda w, x, y: anp.sum(x @ w - y), r"loss returned shape \(\); rule: \(3,\), one loss a row"),
        (lambda w, x: anp.sum(x @ w), r"takes 2 positional .*; rule: \(w, \*rows\) -> \(m,\), written for"),
    ):
        family = from_loss(loss, (X, Y), 2, backend="autograd")
        with pytest.raises(ValueError, match=message):
            family.grad(W, C)
    wide = from_functions(FUNCTIONS[0], FUNCTIONS[0], FUNCTIONS[2], (X, Y), 2)
    with pytest.raises(ValueError, match=r"grad returned shape \(3,\); rule: \(3, 2\), one vector a row"):
        wide.grad(W, C)


def network(w, x, y):
    W = w[:2].reshape(2, 1)
    h = anp.concatenate([w, w**2])
    return anp.where(y > 0, ((anp.tanh(x @ W + w[1:])).T[0] - y) ** 2, anp.dot(x, h[2:])) * (
        1 + anp.sum(w**2)
    )


def branching(w, x, y):
    return (x @ w) ** 2 if w[0] > 0 else (x @ w) ** 3


def unknown_to_stacks(w, x, y):
    return anp.einsum("ij,j->i", x, w) ** 2 + anp.linalg.norm(w - 1)


def with_norm(w, x, y):
    return anp.linalg.norm(w - 1) * (x @ w - y) + anp.mean(w) + anp.max(x @ w) * w[-1]


@pytest.mark.parametrize("loss", [by_autograd, network, branching, unknown_to_stacks, with_norm])
def test_points_at_once_are_the_points_one_by_one(loss, monkeypatch):
    from problems.losses import backends

    fast, slow = from_loss(loss, (X, Y), 2, backend="autograd"), None
    together = [fast.loss(W, C), fast.grad(W, C), fast.hvp(W, V, C)]
    backends.compiled.cache_clear()
    monkeypatch.setattr(backends, "_at_once", lambda *given: None)
    slow = [fast.loss(W, C), fast.grad(W, C), fast.hvp(W, V, C)]
    backends.compiled.cache_clear()
    for a, b in zip(together, slow, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)
