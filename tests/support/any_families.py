"""Families that are no ridge sums, written as a user would: a few verbs in NumPy, constants only claimed."""

from dataclasses import dataclass

import numpy as np

from problems import Family, claimed, converted

# Of no Factors for all w, as a product of parameters is a polynomial: every verdict is relative to the claim.
CLAIMED = claimed(L=2, rho=2, sigma=4, sigma_g=4, sigma_H=4, b=1, b2=1)


class Factors(Family):
    """l_i(w; tau) = (w_0 w_1 - a_i[tau])^2 / 16, the smallest matrix factorisation."""

    name, d = "factors", 2

    def __init__(self, targets=((0.5, 1.0), (-0.25, 0.75)), claims=None):
        self.targets, self.claims = np.array(targets), claims
        n, m = self.targets.shape
        self.task_weights = np.full(n, 1 / n)
        self.probabilities = np.full((n, m), 1 / m)
        self.support, self.query = np.eye(m)[:1].repeat(n, 0), np.eye(m)[-1:].repeat(n, 0)

    def constants(self, case):
        return self.claims or super().constants(case)

    def _gap(self, w, c):
        return w[..., 0] * w[..., 1] * c.sum(-1) - (c * self.targets[:, None]).sum(-1)

    def loss(self, w, c):
        return (c * (w[..., :1] * w[..., 1:] - self.targets[:, None]) ** 2).sum(-1) / 16

    def grad(self, w, c):
        return self._gap(w, c)[..., None] * w[..., ::-1] / 8

    def hvp(self, w, v, c):
        turn = (w[..., ::-1] * v).sum(-1) * c.sum(-1)
        return (turn[..., None] * w[..., ::-1] + self._gap(w, c)[..., None] * v[..., ::-1]) / 8


class ExactFactors(Factors):
    """The same, which also runs over Arb balls and exact rationals."""

    rational = True

    def cast(self, convert):
        return converted(self, convert)


class Softplus(Family):
    """l_i(w; tau) = log(1 + exp(w - y_i[tau])), d = 1: a logistic ridge sum that does not say so."""

    name, d = "softplus", 1

    def __init__(self, offsets, known, bounds=None):
        self.offsets, self.known, self.bounds = np.array(offsets), known, bounds
        n, m = self.offsets.shape
        self.task_weights = np.full(n, 1 / n)
        self.probabilities = self.support = self.query = np.full((n, m), 1 / m)

    def constants(self, case):
        return self.known[case]

    def atom_bounds(self):
        return self.bounds

    def _slopes(self, w):
        return (1 + np.tanh((w - self.offsets[:, None]) / 2)) / 2

    def loss(self, w, c):
        return (c * np.log1p(np.exp(w - self.offsets[:, None]))).sum(-1)

    def grad(self, w, c):
        return (c * self._slopes(w)).sum(-1)[..., None]

    def hvp(self, w, v, c):
        slope = self._slopes(w)
        return (c * slope * (1 - slope)).sum(-1)[..., None] * v

    def cast(self, convert):
        return converted(self, convert)


@dataclass
class Plain(Family):
    """A dataclass compares its arrays and has no hash."""

    task_weights: np.ndarray
    probabilities: np.ndarray
    name: str = "plain"
    d: int = 1

    def __post_init__(self):
        self.support = self.query = self.probabilities

    def loss(self, w, c):
        return c.sum(-1) * w[..., 0] ** 2 / 2

    def grad(self, w, c):
        return c.sum(-1)[..., None] * w

    def hvp(self, w, v, c):
        return c.sum(-1)[..., None] * v

    def constants(self, case):
        return claimed(L=1, rho=0, sigma=0, sigma_g=0, sigma_H=0, b=0, b2=0)
