"""Algorithms 1 and 2: counts, limits, convergence, and that errors in them are noticed."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from maml_verify.algorithms import constant, estimated, finite_sum, meta_iteration, resampling, run, schedule
from maml_verify.left_sides.enumerated import mean_estimator
from maml_verify.meta_gradients import maml
from maml_verify.meta_gradients.objective import meta_gradient_norms, meta_gradients, meta_losses
from maml_verify.meta_gradients.roles import population, split
from problems import FAMILIES, cosine, cubic, quadratic

ALPHA = Fraction(1, 16)
SIZES = {"B": 3, "S": 2, "D": 5, "T": 4}


def rule(family, role="probabilities", **options):
    """A step size by (14) or (22) with arbitrary constants."""
    given = {"C_beta": 2.0, "B_prime": 6, "D_L": 7} | options
    return estimated(family, smoothness=lambda g: 2 + 0.5 * g, query=role == "query", **given)


@pytest.mark.parametrize("N", [0, 1, 2, 5])
@pytest.mark.parametrize("tasks", [1, 3])
def test_counts_of_algorithm_1_are_the_formulas_of_the_paper(N, tasks):
    family = cubic(tasks=tasks, atoms=3, rng=0)
    h = run(resampling(family, alpha=ALPHA, steps=N, beta=rule(family), **SIZES), family, [1, 1], 4, runs=5)
    B, S, D, T = SIZES.values()
    assert (h.gradients == B * (N * S + T)).all()
    assert (h.hessians == B * N * D).all()
    assert (h.stepsize_gradients == 6 * 7).all()


@pytest.mark.parametrize("B", [1, 7, 10**10])
def test_counts_of_algorithm_2_are_the_formulas_of_the_paper(B):
    family = cubic(atoms=5, rng=0)
    sizes = [(w != 0).sum(1) for w in (family.support, family.query)]
    S, T = sizes[0][0], sizes[1][0]
    h = run(
        finite_sum(family, alpha=ALPHA, steps=3, beta=rule(family, "query"), B=B), family, [1, 1], 4, runs=5
    )
    assert (h.gradients == B * (T + 3 * S)).all()
    assert (h.hessians == B * 3 * S).all()
    assert (h.stepsize_gradients == 6 * T).all()


@pytest.mark.parametrize("name", FAMILIES)
def test_population_batches_give_the_exact_methods(name):
    family = FAMILIES[name](rng=1, task_weights=[Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)])
    w0 = np.array([0.5, -0.25])
    whole = dict.fromkeys("BSDT")
    exact = resampling(family, alpha=ALPHA, steps=2, beta=constant(0.1), **whole)
    sums = finite_sum(family, alpha=ALPHA, steps=2, beta=constant(0.1), B=None)
    for algorithm, role in ((exact, population), (sums, split)):
        w = w0[None]
        h = run(algorithm, family, w0, 5)
        for k in range(5):
            w = w - 0.1 * meta_gradients(family, w, float(ALPHA), 2, role)
            np.testing.assert_allclose(h.iterates[k + 1], w, rtol=1e-13, atol=1e-15)


def test_full_batches_reproduce_algorithm_2():
    family = cubic(atoms=3, rng=2)
    same = replace(family, support=family.probabilities, query=family.probabilities)
    one = resampling(same, alpha=ALPHA, steps=2, beta=constant(0.1), B=4, S=None, D=None, T=None)
    two = finite_sum(same, alpha=ALPHA, steps=2, beta=constant(0.1), B=4)
    first, second = (run(a, same, [1, 2], 6, runs=3, rng=5) for a in (one, two))
    assert (first.iterates == second.iterates).all()


def test_many_tasks_come_near_the_exact_method_at_no_cost():
    family = cubic(rng=3)
    exact, many = (
        run(finite_sum(family, alpha=ALPHA, steps=2, beta=constant(0.1), B=B), family, [1, 2], 20, rng=0)
        for B in (None, 10**10)
    )
    gap = np.abs(exact.iterates - many.iterates).max()
    assert 0 < gap < 1e-4


@pytest.mark.parametrize("role", [population, split])
def test_both_algorithms_converge_to_the_known_minimiser(role):
    family = quadratic(atoms=4, tasks=3, rng=0, noise=Fraction(1, 2))
    N, alpha = 2, 0.05
    origin = np.zeros((1, 2))
    units = np.eye(2)
    at = meta_gradients(family, np.concatenate([origin, units]), alpha, N, role)
    minimiser = np.linalg.solve((at[1:] - at[0]).T, -at[0])
    decay = schedule(lambda k: 4 / (k + 20))
    if role is split:
        algorithm = finite_sum(family, alpha=alpha, steps=N, beta=decay, B=4)
    else:
        algorithm = resampling(family, alpha=alpha, steps=N, beta=decay, B=4, S=4, D=2, T=4)
    h = run(algorithm, family, [8, -8], 1500, runs=20, rng=1)
    error = np.abs(h.iterates[-1].mean(0) - minimiser)
    spread = h.iterates[-1].std(0) / np.sqrt(20)
    assert (error < 4 * spread + 0.02).all()
    assert np.abs(h.iterates[-1] - minimiser).max() < 0.5


@pytest.mark.parametrize("name", ["cosine", "cubic-well", "cubic", "logistic"])
@pytest.mark.parametrize("role", [population, split])
def test_exact_methods_decrease_the_meta_loss_to_a_stationary_point(name, role):
    family = FAMILIES[name](rng=1, noise=Fraction(1, 4), spread=Fraction(1, 4))
    alpha, N = 0.05, 2
    which = "probabilities" if role is population else "query"
    beta = estimated(
        family, smoothness=lambda g: 1.5 + 0.5 * g, C_beta=1, B_prime=None, query=which == "query"
    )
    if role is population:
        algorithm = resampling(family, alpha=alpha, steps=N, beta=beta, **dict.fromkeys("BSDT"))
    else:
        algorithm = finite_sum(family, alpha=alpha, steps=N, beta=beta, B=None)
    h = run(algorithm, family, [1.3, -0.7], 400, record=("loss", "meta_gradient"))
    assert (np.diff(h.loss, axis=0) <= 1e-14).all()
    assert h.meta_gradient[-1] < 1e-3 * (1 + h.meta_gradient[0])


def test_recorded_loss_and_gradient_are_those_of_the_iterates():
    family = cosine(rng=0)
    algorithm = resampling(family, alpha=ALPHA, steps=2, beta=constant(0.1), **SIZES)
    h = run(algorithm, family, [1, 1], 3, runs=4, rng=0, record=("iterates", "loss", "meta_gradient"))
    for k in range(4):
        a = float(ALPHA)
        assert (h.loss[k] == meta_losses(family, h.iterates[k], a, 2, population)).all()
        assert (h.meta_gradient[k] == meta_gradient_norms(family, h.iterates[k], a, 2, population)).all()


def test_runs_are_a_function_of_the_seed_and_steps_of_the_state():
    family = cubic(rng=0)
    algorithm = resampling(family, alpha=ALPHA, steps=2, beta=rule(family), **SIZES)
    first, again, other = (run(algorithm, family, [1, 1], 5, runs=3, rng=seed) for seed in (7, 7, 8))
    assert (first.iterates == again.iterates).all()
    assert (first.iterates != other.iterates).any()
    state = algorithm.init([1, 1], 3, 7)
    (a, _), (b, _) = algorithm.step(state), algorithm.step(state)
    assert (a.w == b.w).all()
    assert (a.w == first.iterates[1]).all()
    assert len(np.unique(first.iterates[-1, :, 0])) == 3


# --- one step against its exact expectation ---------------------------------------------------------------


def one_step(algorithm, family, w0, runs=60_000):
    """z-scores of the mean of w_1 against w_0 - E beta E G."""
    start = algorithm.init(w0, runs, 3)
    after, info = algorithm.step(start)
    points = np.broadcast_to(np.asarray(w0, dtype=float), (family.tasks, 1, family.d))
    G = mean_estimator(family, points, float(ALPHA), 2, SIZES["S"])
    mean = (family.task_weights[:, None, None] * G).sum(0)[0]
    gap = after.w - start.w + info.beta.mean() * mean
    return np.abs(gap.mean(0)) / (gap.std(0) / np.sqrt(runs)), info


def noisy():
    return cosine(rng=4, noise=8, tasks=2, atoms=2, task_weights=[Fraction(1, 4), Fraction(3, 4)])


def moved(make=lambda f: constant(0.2), **changes):
    family = noisy()
    sizes = {"B": 2, "S": SIZES["S"], "D": 2, "T": 1} | changes
    return resampling(family, alpha=ALPHA, steps=2, beta=make(family), **sizes)


def test_one_step_has_the_exact_mean():
    z, _ = one_step(moved(), noisy(), [0.5, 1.0])
    assert (z < 4).all()


def test_one_step_with_an_estimated_size_has_the_exact_mean():
    # The step size is independent of the meta gradient, so the mean of the product is that of the means.
    z, info = one_step(moved(lambda f: rule(f, B_prime=1, D_L=1)), noisy(), [0.5, 1.0])
    assert (z < 4).all()
    assert info.beta.std() > 0


def test_a_batch_shared_by_two_roles_is_noticed(monkeypatch):
    true = maml.estimator
    monkeypatch.setattr(
        meta_iteration,
        "estimator",
        lambda f, w, a, roles: true(f, w, a, roles._replace(hessian=[roles.outer] * 2)),
    )
    z, _ = one_step(moved(), noisy(), [0.5, 1.0], runs=100_000)
    assert (z > 5).any()


def test_biased_task_weights_are_noticed():
    family = noisy()
    biased = replace(family, task_weights=np.array([0.3, 0.7]))
    algorithm = resampling(biased, alpha=ALPHA, steps=2, beta=constant(0.2), **SIZES)
    z, _ = one_step(algorithm, family, [0.5, 1.0])
    assert (z > 5).any()


def test_a_step_size_from_the_same_tasks_is_noticed():
    family = noisy()
    honest = rule(family, B_prime=2, D_L=1)

    def size(w, k, rng):
        # Draws the task batch that the step will draw: no batch of its own.
        copy = np.random.Generator(np.random.PCG64())
        copy.bit_generator.state = rng.bit_generator.state
        return honest.size(w, k, copy)

    algorithm = resampling(
        family, alpha=ALPHA, steps=2, beta=honest._replace(size=size), **(SIZES | {"B": 2})
    )
    z, _ = one_step(algorithm, family, [0.5, 1.0], runs=100_000)
    assert (z > 5).any()


def test_a_wrong_step_size_is_noticed():
    # 1/(C_beta Lhat) at the population is a known number; Lhat without its gradient term is another.
    family = cubic(rng=0)
    good = rule(family, B_prime=None, D_L=None)
    w = np.array([[3.0, 4.0]])
    g = family.grad(np.broadcast_to(w, (3, 1, 2)), family.probabilities[:, None, :])
    expected = 1 / (2 * (2 + 0.5 * np.linalg.norm(g, axis=2).mean()))
    assert good.size(w, 0, np.random.default_rng(0))[0][0] == pytest.approx(expected, rel=1e-14)
    assert abs(1 / (2 * 2) - expected) > 0.01


def test_the_roles_are_drawn_apart():
    seen = []

    def keep(f, w, a, roles):
        seen.append(roles)
        return np.zeros_like(w)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(meta_iteration, "estimator", keep)
        algorithm = moved(D=3, T=3)
        algorithm.step(algorithm.init([0, 0], 500, 0))
    batches = [*seen[0].hessian, seen[0].outer]
    for a in range(len(batches)):
        for b in range(a):
            first, second = batches[a][..., 0].ravel(), batches[b][..., 0].ravel()
            assert abs(np.corrcoef(first, second)[0, 1]) < 0.1


@pytest.mark.parametrize(
    ("change", "rule_text"),
    [
        ({"B": 0}, "B = 0; rule: at least 1"),
        ({"S": 2.5}, "S = 2.5; rule: an integer"),
        ({"alpha": -1}, "alpha = -1; rule: positive"),
        ({"steps": -1}, "steps = -1; rule: at least 0"),
    ],
)
def test_bad_input_is_named(change, rule_text):
    family = cubic(rng=0)
    options = {"alpha": ALPHA, "steps": 1, "beta": constant(0.1), **SIZES} | change
    with pytest.raises((TypeError, ValueError), match=rule_text.replace("(", r"\(")):
        resampling(family, **options)


def test_bad_runs_are_named():
    family = cubic(rng=0)
    algorithm = finite_sum(family, alpha=ALPHA, steps=1, beta=constant(0.1), B=1)
    with pytest.raises(ValueError, match="w0 has shape"):
        run(algorithm, family, [1, 2, 3], 2)
    with pytest.raises(ValueError, match="K = 0"):
        run(algorithm, family, [1, 2], 0)
    with pytest.raises(ValueError, match="record holds 'losses'"):
        run(algorithm, family, [1, 2], 2, record=("losses",))
    with pytest.raises(ValueError, match="beta = 0"):
        constant(0)


@pytest.mark.parametrize("bits", [np.random.MT19937, np.random.Philox, np.random.SFC64, np.random.PCG64DXSM])
def test_a_generator_whose_state_is_not_kept_is_refused(bits):
    family = cubic(rng=0)
    algorithm = finite_sum(family, alpha=ALPHA, steps=1, beta=constant(0.1), B=1)
    with pytest.raises(
        TypeError, match=r"rng = .*; rule: a generator of the kind default_rng makes \(PCG64\)"
    ):
        run(algorithm, family, [1, 2], 2, rng=np.random.Generator(bits(0)))
