"""`check_meta_gradient` names the right formula and each of the known wrong ones, in four libraries."""

import subprocess
import sys
import time
from importlib.util import find_spec

import numpy as np
import pytest

from maml_verify.checks.meta_gradient import ALPHA, check_meta_gradient
from maml_verify.checks.probe import probes
from maml_verify.meta_gradients.known_errors import FORMULAS, maml

IDS = [f"{name} {detail}".strip() for name, detail, _ in FORMULAS]


@pytest.mark.parametrize(("name", "detail", "formula"), FORMULAS, ids=IDS)
def test_each_formula_is_named(name, detail, formula):
    start = time.perf_counter()
    for rng in range(3):
        result = check_meta_gradient(formula, rng=rng)
        assert (result.looks_like, result.right) == (name, name == "maml"), str(result)
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize("N", [1, 2, 5])
@pytest.mark.parametrize(("name", "detail", "formula"), FORMULAS, ids=IDS)
def test_at_one_n_it_is_named_or_said_to_be_the_same_formula(name, detail, formula, N):
    result = check_meta_gradient(formula, steps=[N])
    label = f"{name} ({detail})" if detail else name
    assert result.looks_like == name or label in result.evidence["steps"][N]["same"]
    assert N == 1 or result.looks_like == name


def test_formulas_are_apart_on_every_seed():
    for rng in range(20):
        for task, w in probes(rng)[:1]:
            values = [formula(task, w, ALPHA, 2) for _, _, formula in FORMULAS]
            for k, value in enumerate(values):
                others = values[:k] + values[k + 1 :]
                assert min(np.linalg.norm(value - other) / np.linalg.norm(value) for other in others) > 1e-4


@pytest.mark.parametrize("error", [1e-6, -1e-6])
def test_a_relative_error_of_a_millionth_is_seen(error):
    def wrong(task, w, alpha, steps):
        g = maml(task, w, alpha, steps)
        g[0] *= 1 + error
        return g

    result = check_meta_gradient(wrong)
    assert not result.right
    assert result.looks_like == "unknown"


@pytest.mark.parametrize("factor", [2.0, 0.5, -3.0])
def test_a_multiple_is_scaled(factor):
    result = check_meta_gradient(lambda *given: factor * maml(*given))
    assert result.looks_like == "scaled"
    assert f"times {factor:g}" in result.evidence["detail"]


def test_half_precision_of_the_numbers_returned_is_allowed_for():
    assert check_meta_gradient(lambda *given: maml(*given).astype(np.float32)).right


@pytest.mark.parametrize("variant", ["first-order", "reptile"])
def test_another_variant_is_right_where_it_is_meant(variant):
    formula = next(f for name, _, f in FORMULAS if name == variant)
    assert check_meta_gradient(formula, variant=variant).right
    assert check_meta_gradient(maml, variant=variant).looks_like == "maml"


def test_autograd_differentiates_the_tasks():
    autograd = pytest.importorskip("autograd")

    def through(task, w, alpha, steps):
        def objective(w):
            for _ in range(steps):
                w = w - alpha * autograd.grad(lambda x: task.loss(x, "support"))(w)
            return task.loss(w, "query")

        return autograd.grad(objective)(w)

    assert check_meta_gradient(through).right


def test_pytorch_differentiates_the_tasks():
    torch = pytest.importorskip("torch")

    def through(create_graph):
        def function(task, w, alpha, steps):
            start = fast = torch.tensor(w, requires_grad=True)
            for _ in range(steps):
                (g,) = torch.autograd.grad(task.loss(fast, "support"), fast, create_graph=create_graph)
                fast = fast - alpha * g
            return torch.autograd.grad(task.loss(fast, "query"), start)[0]

        return function

    assert check_meta_gradient(through(True)).right
    assert check_meta_gradient(through(False)).looks_like == "first-order"


JAX = """
import jax
from maml_verify import check_meta_gradient

def through(task, w, alpha, steps):
    def objective(w):
        for _ in range(steps):
            w = w - alpha * jax.grad(lambda x: task.loss(x, "support"))(w)
        return task.loss(w, "query")

    return jax.grad(objective)(jax.numpy.asarray(w))

print(check_meta_gradient(through).right)
"""


def test_jax_differentiates_the_tasks():
    # In a process of its own: the threads of JAX would warn at each fork of another test.
    if find_spec("jax") is None:
        pytest.skip("JAX is not installed")
    run = subprocess.run([sys.executable, "-c", JAX], capture_output=True, text=True, check=True)
    assert run.stdout == "True\n"


@pytest.mark.parametrize(
    ("function", "kind", "rule"),
    [
        (lambda *given: 0.0, ValueError, r"shape \(\); rule: \(4,\)"),
        (lambda *given: np.full(4, np.nan), ValueError, "rule: finite numbers"),
        (lambda *given: "g", TypeError, "rule: an array of 4 numbers"),
        (lambda *given: None, TypeError, "rule: an array of 4 numbers"),
    ],
)
def test_what_is_no_gradient_is_named(function, kind, rule):
    with pytest.raises(kind, match=rule):
        check_meta_gradient(function)


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match="variant = 'anil'; rule"):
        check_meta_gradient(maml, variant="anil")
    with pytest.raises(ValueError, match="rule: at least one N"):
        check_meta_gradient(maml, steps=[])
    with pytest.raises(ValueError, match="steps = 0"):
        check_meta_gradient(maml, steps=[0])
    with pytest.raises(ValueError, match="role = 'test'; rule"):
        check_meta_gradient(lambda task, w, alpha, steps: task.grad(w, "test"))
