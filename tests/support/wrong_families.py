"""Families with one planted error each, and the check that must see it."""

import numpy as np
from right_families import Network, Softmax

from problems import FAMILIES, Family
from problems.known import Constant


class Wrapped(Family):
    """Another family, one thing of which a subclass changes."""

    def __init__(self, family):
        self.family, self.name = family, f"wrong-{family.name}"
        for role in ("task_weights", "probabilities", "support", "query"):
            setattr(self, role, getattr(family, role))

    @property
    def d(self):
        return self.family.d

    def loss(self, w, c):
        return self.family.loss(w, c)

    def grad(self, w, c):
        return self.family.grad(w, c)

    def hvp(self, w, v, c):
        return self.family.hvp(w, v, c)

    def constants(self, case):
        return self.family.constants(case)


class Scaled(Wrapped):
    """A constant too small by a factor."""

    def __init__(self, family, name, factor=0.95):
        super().__init__(family)
        self.constant, self.factor = name, factor

    def constants(self, case):
        known = self.family.constants(case)
        value = getattr(known, self.constant)
        if value.flag == "none":
            return known
        less = Constant(float(value.value) * self.factor, "claimed", "as claimed")
        return known._replace(**{self.constant: less}, b_i=())


class WrongSign(Wrapped):
    """hvp with a wrong sign in the block of the last coordinate."""

    def hvp(self, w, v, c):
        product = self.family.hvp(w, v, c)
        product[..., -1] *= -1
        return product


class WrongHessian(Wrapped):
    """hvp off by a relative 1e-6, the first coordinate alone in rows and columns."""

    def hvp(self, w, v, c):
        d = np.ones(self.d)
        d[0] += 1e-6
        return d * self.family.hvp(w, d * v, c)


class WrongGradient(Wrapped):
    """Gradient off by a relative 1e-6 in its last coordinate."""

    def grad(self, w, c):
        g = self.family.grad(w, c)
        g[..., -1] *= 1 + 1e-6
        return g


class Lopsided(Wrapped):
    """hvp of a matrix that is not symmetric."""

    def hvp(self, w, v, c):
        product = self.family.hvp(w, v, c)
        product[..., 0] += 1e-3 * v[..., -1] * c.sum(-1)
        return product


class Biased(Wrapped):
    """A sampler that draws the first atom 5 % too often."""

    def sample(self, size, replicates, rng):
        p = self.probabilities.copy()
        p[:, 0] *= 1.05
        p /= p.sum(1, keepdims=True)
        return rng.multinomial(size, p[:, None], (self.tasks, replicates)) / size


class Clumped(Wrapped):
    """A sampler without bias whose batch is one atom, repeated."""

    def sample(self, size, replicates, rng):
        return rng.multinomial(1, self.probabilities[:, None], (self.tasks, replicates)) * 1.0


class Normalising(Wrapped):
    """A loss that divides by the sum of the weights."""

    def loss(self, w, c):
        return self.family.loss(w, c) / c.sum(-1)


class Writing(Wrapped):
    """A gradient that changes its argument."""

    def grad(self, w, c):
        g = self.family.grad(w, c)
        w *= 0.5
        return g


class Counting(Wrapped):
    """A gradient that depends on how often it was asked for."""

    calls = 0

    def grad(self, w, c):
        self.calls += 1
        return self.family.grad(w, c) * (1 + 1e-9 * self.calls)


class Mixing(Wrapped):
    """A loss whose points are not apart: it subtracts their mean."""

    def loss(self, w, c):
        value = self.family.loss(w, c)
        return value + 0.1 * w.mean((1, 2))[:, None] * c.sum(-1)


class Flat(Wrapped):
    """A gradient of another shape."""

    def grad(self, w, c):
        return self.family.grad(w, c)[..., 0]


class Short(Wrapped):
    """Gradients of atoms in the wrong order."""

    def atom_grads(self, w, atoms):
        return self.family.atom_grads(w, list(atoms)[::-1])


class Falling(Wrapped):
    """A loss with a linear term, said to be bounded below."""

    def loss(self, w, c):
        return self.family.loss(w, c) + w[..., 0] * c.sum(-1)

    def grad(self, w, c):
        g = self.family.grad(w, c).copy()
        g[..., 0] += c.sum(-1)
        return g


def wrong_families():
    """(check that must fail, family)."""
    cosine, well = FAMILIES["cosine"](rng=0), FAMILIES["cubic-well"](rng=1, features="random")
    network, softmax = Network(), Softmax()
    # Where the constant is known to be attained.
    yield from [(name, Scaled(cosine, name)) for name in ("L", "rho", "sigma", "sigma_g", "sigma_H", "b")]
    yield from [(name, Scaled(well, name)) for name in ("L", "sigma_g", "b")]
    yield from [(name, Scaled(well, name)) for name in ("convexity",)]
    yield from [("hvp", WrongSign(f)) for f in (network, softmax, well)]
    yield from [("hvp", WrongHessian(f)) for f in (network, softmax, well)]
    yield from [("gradient", WrongGradient(f)) for f in (network, softmax, well)]
    yield from [
        ("hvp-symmetry", Lopsided(network)),
        ("sampler", Biased(softmax)),
        ("sampler", Clumped(softmax)),
    ]
    yield from [
        ("linearity", Normalising(network)),
        ("purity", Writing(network)),
        ("purity", Counting(network)),
    ]
    yield from [("purity", Mixing(network)), ("shapes", Flat(network)), ("atoms", Short(network))]
    yield ("lower-bound", Falling(network))
