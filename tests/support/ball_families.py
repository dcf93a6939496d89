"""Families that have constants on a ball alone, in plain NumPy, and what their constants bound there."""

import numpy as np
from problem_families import by_atom, gradients, measures

from problems import Family, converted


class Polynomial(Family):
    """l_i(w; tau) = sum_k (w_k^4 - w_k^2) + a_i[tau] . w, a double well along each axis."""

    name = "double-well"

    def __init__(self, tilts):
        self.tilts = np.array(tilts, dtype=np.float64)
        n, m, self.size = self.tilts.shape
        self.task_weights = np.full(n, 1 / n)
        self.probabilities = np.full((n, m), 1 / m)
        self.support, self.query = np.eye(m)[:1].repeat(n, 0), np.eye(m)[-1:].repeat(n, 0)

    @property
    def d(self):
        return self.size

    def loss(self, w, c):
        return c.sum(-1) * (w**4 - w**2).sum(-1) + ((c @ self.tilts) * w).sum(-1)

    def grad(self, w, c):
        return c.sum(-1)[..., None] * (4 * w**3 - 2 * w) + c @ self.tilts

    def hvp(self, w, v, c):
        return c.sum(-1)[..., None] * (12 * w**2 - 2) * v

    def cast(self, convert):
        return converted(self, convert)


class Waves(Polynomial):
    """l_i(w; tau) = sum_k cos(w_k) + a_i[tau] . w."""

    name = "waves"

    def loss(self, w, c):
        return c.sum(-1) * np.cos(w).sum(-1) + ((c @ self.tilts) * w).sum(-1)

    def grad(self, w, c):
        return -c.sum(-1)[..., None] * np.sin(w) + c @ self.tilts

    def hvp(self, w, v, c):
        return -c.sum(-1)[..., None] * np.cos(w) * v


class Neuron(Polynomial):
    """l_i(w; tau) = (w_1 tanh(w_0 x_i[tau]) - y_i[tau])^2 / 2, d = 2."""

    name = "neuron"

    def loss(self, w, c):
        x, y = self.tilts[:, None, :, 0], self.tilts[:, None, :, 1]
        return (c * (w[..., 1:] * np.tanh(w[..., :1] * x) - y) ** 2).sum(-1) / 2

    def grad(self, w, c):
        x, y = self.tilts[:, None, :, 0], self.tilts[:, None, :, 1]
        t = np.tanh(w[..., :1] * x)
        gap = c * (w[..., 1:] * t - y)
        return np.stack([(gap * w[..., 1:] * (1 - t**2) * x).sum(-1), (gap * t).sum(-1)], axis=-1)

    def hvp(self, w, v, c):
        step = 1e-5
        return (self.grad(w + step * v, c) - self.grad(w - step * v, c)) / (2 * step)


TILTS = [[[0.1], [-0.1]], [[0.3], [0.2]]]
FLAT = [[[0.1, 0.0], [-0.1, 0.3]], [[0.3, -0.2], [0.2, 0.1]]]


def points_of(ball, count, seed=0):
    """Points of a ball, half of them on the sphere."""
    rng = np.random.default_rng(seed)
    steps = rng.normal(size=(count, len(ball.center)))
    steps /= np.linalg.norm(steps, axis=1)[:, None]
    share = np.where(np.arange(count) % 2, 1.0, rng.random(count) ** (1 / len(ball.center)))
    return ball.center + ball.radius * (1 - 1e-9) * share[:, None] * steps


class _Axes:
    """What `problem_families.measures` asks of a family for lines of its own."""

    def __init__(self, family):
        self.family = family
        self.features = np.eye(family.d)[None]

    def __getattr__(self, name):
        return getattr(self.family, name)


def exceeded(on, case, points):
    """Constants that are below what they bound at one of the points, by the family's own derivatives."""
    known = on.constants(case)
    found = {}
    for name, measure in measures(_Axes(on.family))[case].items():
        value = known.b_i[int(name[2:])] if name.startswith("b_") else getattr(known, name)
        top = float(measure(points).max())
        if top > float(value.value) * (1 + 1e-6) + 1e-6:
            found[name] = (top, float(value.value))
    top = float(np.linalg.norm(by_atom(on.family, gradients, points), axis=-1).max())
    growth = on.certified.growth
    return found | ({"gradient": (top, growth.gradient)} if top > growth.gradient * (1 + 1e-6) else {})
