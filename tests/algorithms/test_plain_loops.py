"""Expectations and both algorithms against loops over plain numbers that share no code with them."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from small_families import small

from maml_verify.algorithms import constant, estimated, finite_sum, meta_iteration, resampling, step_sizes
from maml_verify.left_sides.enumerated import mean_estimator, path_moments, second_moment_estimator
from maml_verify.meta_gradients.batches import weights_of
from problems import LINKS

ALPHA, BETA = 0.2, 0.05


def slope(link, t):
    """phi' from its definition."""
    a, sign = abs(t), math.copysign(1.0, t)
    if link == "quadratic":
        return t
    if link == "logistic":
        return 1 / (1 + math.exp(-t))
    if link == "cosine":
        return math.sin(t)
    if link == "cubic":
        return sign * (a * a / 2 if a <= 1 else a - 0.5)
    if link == "cubic-well":
        return sign * (-a if a <= 1 else (a - 2) ** 2 / 2 - 1.5 if a <= 3 else a - 4)
    if link == "huber":
        return sign * (a if a <= 1 else 2 * a - a * a / 2 - 0.5 if a <= 2 else 1.5)
    # The ramp of the steep well is from 1 - 1/1024 to 1 + 1/1024, about its centre 1.
    e = 1 / 1024
    return sign * (-a if a <= 1 - e else (a - 1) ** 2 / (2 * e) - 1 + e / 2 if a <= 1 + e else a - 2)


def curvature(link, t):
    """phi'' from its definition."""
    a = abs(t)
    if link == "logistic":
        return slope(link, t) * slope(link, -t)
    clip = lambda x, low, high: min(max(x, low), high)  # noqa: E731
    return {
        "quadratic": 1.0, "cosine": math.cos(t), "cubic": min(a, 1.0),
        "cubic-well": clip(a - 2, -1, 1), "steep-well": clip(1024 * (a - 1), -1, 1),
        "huber": clip(2 - a, 0, 1),
    }[link]  # fmt: skip


def gradient(f, i, w, c):
    """sum_tau c_tau (sum_k A_k phi'(q_k . w - y_k) q_k + xi)."""
    g = [0.0] * f.d
    for tau in range(f.atoms):
        for k in range(f.features.shape[1]):
            q = [float(x) for x in f.features[i, k]]
            t = sum(a * b for a, b in zip(q, w, strict=True)) - float(f.offsets[i, k])
            for a in range(f.d):
                g[a] += c[tau] * float(f.coefficients[i, tau, k]) * slope(f.link.name, t) * q[a]
        for a in range(f.d):
            g[a] += c[tau] * float(f.linear[i, tau, a])
    return g


def hessian_product(f, i, w, v, c):
    h = [0.0] * f.d
    for tau in range(f.atoms):
        for k in range(f.features.shape[1]):
            q = [float(x) for x in f.features[i, k]]
            t = sum(a * b for a, b in zip(q, w, strict=True)) - float(f.offsets[i, k])
            along = sum(a * b for a, b in zip(q, v, strict=True))
            for a in range(f.d):
                h[a] += c[tau] * float(f.coefficients[i, tau, k]) * curvature(f.link.name, t) * along * q[a]
    return h


def path(f, i, w, inner):
    points = [list(w)]
    for c in inner:
        points.append([x - ALPHA * g for x, g in zip(points[-1], gradient(f, i, points[-1], c), strict=True)])
    return points


def meta_gradient(f, i, w, inner, hessian, outer):
    """(7): the last factor of the product acts first."""
    points = path(f, i, w, inner)
    g = gradient(f, i, points[-1], outer)
    for c, v in reversed(list(zip(hessian, points[:-1], strict=True))):
        g = [a - ALPHA * b for a, b in zip(g, hessian_product(f, i, v, g, c), strict=True)]
    return g


def every_sequence(f, i, size):
    """All m^size sequences of draws, as weights with their chances."""
    p = [float(x) for x in f.probabilities[i]]
    for draws in itertools.product(range(f.atoms), repeat=size):
        yield [draws.count(tau) / size for tau in range(f.atoms)], math.prod(p[tau] for tau in draws)


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize(
    ("N", "S", "D", "T", "m"), [(0, 1, 1, 2, 2), (1, 3, 2, 2, 2), (2, 2, 1, 1, 2), (1, 2, 1, 1, 3)]
)
def test_expectations_are_means_over_all_sequences(link, N, S, D, T, m):
    f = small(link, n=2, m=m, d=2, K=2, seed=N + S)
    w = [0.375, -0.625]
    points = np.broadcast_to(np.array(w), (2, 1, 2))
    first, second = path_moments(f, points, ALPHA, N, S)
    mean, square = (
        mean_estimator(f, points, ALPHA, N, S),
        second_moment_estimator(f, points, ALPHA, N, S, D, T),
    )
    for i in range(2):
        sizes = [S] * N + [D] * N + [T]
        one, two, vector, total = [0.0] * (N + 1), [0.0] * (N + 1), [0.0, 0.0], 0.0
        exact = path(f, i, w, [[float(x) for x in f.probabilities[i]]] * N)
        for batches in itertools.product(*(list(every_sequence(f, i, size)) for size in sizes)):
            chance = math.prod(pair[1] for pair in batches)
            c = [pair[0] for pair in batches]
            for j, point in enumerate(path(f, i, w, c[:N])):
                gap = math.dist(point, exact[j])
                one[j], two[j] = one[j] + chance * gap, two[j] + chance * gap**2
            G = meta_gradient(f, i, w, c[:N], c[N : 2 * N], c[-1])
            vector = [a + chance * b for a, b in zip(vector, G, strict=True)]
            total += chance * sum(g * g for g in G)
        np.testing.assert_allclose(first[i, 0], one, rtol=1e-11, atol=1e-13)
        np.testing.assert_allclose(second[i, 0], two, rtol=1e-11, atol=1e-13)
        np.testing.assert_allclose(mean[i, 0], vector, rtol=1e-11, atol=1e-13)
        assert square[i, 0] == pytest.approx(total, rel=1e-11)


@pytest.fixture
def recorded(monkeypatch):
    """What the algorithms draw, in order."""
    kept = {"tasks": [], "data": [], "size tasks": [], "size data": []}

    def recorder(real, found):
        def draw(*arguments):
            found.append(real(*arguments))
            return found[-1]

        return draw

    for module, prefix in ((meta_iteration, ""), (step_sizes, "size ")):
        for name in ("draw_tasks", "draw_data"):
            monkeypatch.setattr(module, name, recorder(getattr(module, name), kept[prefix + name[5:]]))
    return kept


def slots(tasks):
    """Each slot that stands for a drawn task: task, slot, and how often it was drawn."""
    for i in range(tasks.copies.shape[0]):
        for r in range(tasks.copies.shape[1]):
            if tasks.copies[i, r]:
                yield i, r, int(tasks.copies[i, r])


def weights(f, batch, i, r):
    table = weights_of(batch.data, f.atoms)
    return [float(x) for x in table[i, min(r, table.shape[1] - 1)]]


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("estimate", [False, True])
def test_algorithm_1_is_its_loop(link, estimate, recorded):
    f, N, B, K = small(link, n=3, m=3, d=2, K=2, seed=4), 2, 4, 3
    rule = (
        estimated(f, smoothness=lambda g: 3 + 2 * g, C_beta=5.0, B_prime=2, D_L=3)
        if estimate
        else constant(BETA)
    )
    algorithm = resampling(f, alpha=ALPHA, steps=N, beta=rule, B=B, S=2, D=1, T=3)
    state = algorithm.init([0.25, -0.5], 1, 7)
    w = [0.25, -0.5]
    for _ in range(K):
        for found in recorded.values():
            found.clear()
        state, _info = algorithm.step(state)
        (tasks,), data = recorded["tasks"], recorded["data"]
        inner, hessian, outer = data[:N], data[N : 2 * N], data[2 * N]
        total = [0.0, 0.0]
        for i, r, copies in slots(tasks):
            G = meta_gradient(
                f,
                i,
                w,
                *([weights(f, c, i, r) for c in part] for part in (inner, hessian)),
                weights(f, outer, i, r),
            )
            total = [a + copies * b for a, b in zip(total, G, strict=True)]
        beta = BETA
        if estimate:
            (drawn,), (fresh,) = recorded["size tasks"], recorded["size data"]
            norms = [
                copies * math.hypot(*gradient(f, i, w, weights(f, fresh, i, r)))
                for i, r, copies in slots(drawn)
            ]
            beta = 1 / (5 * (3 + 2 * sum(norms) / 2))
        w = [a - beta * b / B for a, b in zip(w, total, strict=True)]
        np.testing.assert_allclose(state.w[0], w, rtol=1e-11)


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("estimate", [False, True])
def test_algorithm_2_is_its_loop(link, estimate, recorded):
    f, N, B, K = small(link, n=3, m=3, d=2, K=2, seed=5), 2, 5, 3
    rule = (
        estimated(f, smoothness=lambda g: 3 + 2 * g, C_beta=5.0, B_prime=4, query=True)
        if estimate
        else constant(BETA)
    )
    algorithm = finite_sum(f, alpha=ALPHA, steps=N, beta=rule, B=B)
    state = algorithm.init([0.25, -0.5], 1, 7)
    w = [0.25, -0.5]
    S, T = ([[float(x) for x in row] for row in table] for table in (f.support, f.query))
    for _ in range(K):
        for found in recorded.values():
            found.clear()
        state, _info = algorithm.step(state)
        total = [0.0, 0.0]
        for i, _r, copies in slots(recorded["tasks"][0]):
            G = meta_gradient(f, i, w, [S[i]] * N, [S[i]] * N, T[i])
            total = [a + copies * b for a, b in zip(total, G, strict=True)]
        beta = BETA
        if estimate:
            norms = [
                copies * math.hypot(*gradient(f, i, w, T[i]))
                for i, _r, copies in slots(recorded["size tasks"][0])
            ]
            beta = 1 / (5 * (3 + 2 * sum(norms) / 4))
        w = [a - beta * b / B for a, b in zip(w, total, strict=True)]
        np.testing.assert_allclose(state.w[0], w, rtol=1e-11)


@pytest.mark.parametrize("link", LINKS)
def test_the_plain_links_are_the_links(link):
    for t in (-5.0, -2.5, -1.0005, -0.9995, -0.3, 0.0, 0.7, 1.0, 1.0009, 2.0, 3.5):
        assert LINKS[link].dphi(np.array([t]))[0] == pytest.approx(slope(link, t), abs=1e-12)
        assert LINKS[link].d2phi(np.array([t]))[0] == pytest.approx(curvature(link, t), abs=1e-12)
