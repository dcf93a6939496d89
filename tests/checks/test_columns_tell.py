"""The families of a table's columns tell the right meta gradient from every known wrong one."""

import numpy as np
import pytest

from maml_verify.checks.columns import variants
from maml_verify.meta_gradients.known_errors import FORMULAS
from problems import FAMILIES, resampling_constants

# Least squares has constant Hessians, the same on all data: there these are the right formula.
SAME = {("quadratic", name) for name in ("reversed-product", "hessian-one-step-late", "hessian-on-query")}
STEPS, SHARE = 3, 0.3
# Points a task, as a Hessian that is constant on pieces changes along few paths; what counts as another.
POINTS, SEEN = 8, 1e-4


class OneTask:
    """A task of a family, as a formula asks for it."""

    def __init__(self, family, i):
        self.family, self.i = family, i

    def _asked(self, verb, role, *points):
        shape = (self.family.tasks, 1, self.family.d)
        given = [np.broadcast_to(point, shape) for point in points]
        return verb(*given, getattr(self.family, role)[:, None])[self.i, 0]

    def grad(self, w, role):
        return self._asked(self.family.grad, role, w)

    def hvp(self, w, v, role):
        return self._asked(self.family.hvp, role, w, v)


def apart(family, formula, right):
    """The largest relative difference of two formulas over tasks and points, or the first that counts."""
    alpha, found = SHARE / float(resampling_constants(family).L.value), 0.0
    for i in range(family.tasks):
        for seed in range(POINTS):
            w = np.random.default_rng(seed).normal(size=family.d)
            a, b = (f(OneTask(family, i), w, alpha, STEPS) for f in (formula, right))
            found = max(found, np.linalg.norm(a - b) / np.linalg.norm(b))
            if found > SEEN:
                return found
    return found


@pytest.mark.parametrize("name", FAMILIES)
def test_a_wrong_meta_gradient_is_another_on_some_family_of_the_column(name):
    (_, _, right), *others = FORMULAS
    blind = {}
    for wrong, detail, formula in others:
        largest = max(apart(family, formula, right) for family in variants(name))
        if largest < SEEN:
            blind[name, wrong] = detail, largest
    assert blind.keys() == {pair for pair in SAME if pair[0] == name}, blind


@pytest.mark.parametrize("name", [name for name in FAMILIES if name != "quadratic"])
def test_one_family_of_the_column_alone_tells_order_and_data_of_the_hessians(name):
    general = variants(name)[4]
    formulas = {wrong: formula for wrong, _, formula in FORMULAS}
    for wrong in ("reversed-product", "hessian-on-query", "hessian-one-step-late"):
        assert apart(general, formulas[wrong], formulas["maml"]) > SEEN, wrong
