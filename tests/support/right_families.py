"""Families of varied kind that are what they say, as a user would write them, with constants that hold."""

import numpy as np

from problems import FAMILIES, Family, claimed, converted, from_functions, ridge


class Rows(Family):
    """sum_k c_k phi(x_k . w - y_k) for a scalar function with bounded derivatives, in plain NumPy."""

    def __init__(self, name, phi, bounds, X, y, support=None):
        self.name, self.phi, self.bounds = name, phi, bounds
        self.X, self.y = X, y
        n, m, self.width = X.shape
        self.task_weights = np.full(n, 1 / n)
        self.probabilities = np.full((n, m), 1 / m)
        first = np.zeros((n, m))
        first[:, : m // 2] = 1 / (m // 2)
        last = (self.probabilities * m - first * (m // 2)) / (m - m // 2)
        self.support, self.query = (first, last) if support is None else (self.probabilities,) * 2

    @property
    def d(self):
        return self.width

    def constants(self, case):
        slope, curvature, change = self.bounds
        size = np.linalg.norm(self.X, axis=2)
        roles = [self.probabilities] if case == "resampling" else [self.support, self.query]
        mean = [(c * size).sum(1).max() for c in roles]
        upper = {
            "L": curvature * max((c * size**2).sum(1).max() for c in roles),
            "rho": change * max((c * size**3).sum(1).max() for c in roles),
            "sigma": slope * mean[-1],
        }
        if case == "resampling":
            p = self.probabilities
            upper["sigma_g"] = slope * np.sqrt((p * size**2).sum(1).max())
            upper["sigma_H"] = curvature * np.sqrt((p * size**4).sum(1).max())
        else:
            upper["b"] = slope * sum(mean)
            upper["b2"] = upper["b"] ** 2
        return claimed(**{name: float(value) for name, value in upper.items() if np.isfinite(value)})

    def _t(self, w):
        return w @ np.swapaxes(self.X, 1, 2) - self.y[:, None]

    def loss(self, w, c):
        return (c * self.phi[0](self._t(w))).sum(-1)

    def grad(self, w, c):
        return (c * self.phi[1](self._t(w))) @ self.X

    def hvp(self, w, v, c):
        return (c * self.phi[2](self._t(w)) * (v @ np.swapaxes(self.X, 1, 2))) @ self.X


class Certified(Rows):
    """One whose scalar function runs over Arb balls, too."""

    def cast(self, convert):
        return converted(self, convert)


def sigmoid(t):
    return (1 + np.tanh(t / 2)) / 2


HUBER = (
    lambda t: np.where(np.abs(t) <= 1, t**2 / 2, np.abs(t) - 0.5),
    lambda t: np.clip(t, -1, 1),
    lambda t: (np.abs(t) <= 1) * 1.0,
)
LOGISTIC = (
    lambda t: np.log1p(np.exp(-np.abs(t))) + (np.abs(t) + t) / 2,
    sigmoid,
    lambda t: sigmoid(t) * (1 - sigmoid(t)),
)
CAUCHY = (
    lambda t: np.log1p(t**2) / 2,
    lambda t: t / (1 + t**2),
    lambda t: (1 - t**2) / (1 + t**2) ** 2,
)
LOGCOSH = (
    lambda t: np.logaddexp(t, -t) - np.log(2),
    np.tanh,
    lambda t: 1 / np.cosh(np.clip(t, -300, 300)) ** 2,
)
WELSCH = (
    lambda t: 1 - np.exp(-(t**2) / 2),
    lambda t: t * np.exp(-(t**2) / 2),
    lambda t: (1 - t**2) * np.exp(-(t**2) / 2),
)


def data(seed, n=2, m=4, d=3, intercept=False, scale=1.0):
    rng = np.random.default_rng(seed)
    X = scale * rng.normal(size=(n, m, d))
    if intercept:
        X[..., -1] = 1
    return X, rng.normal(size=(n, m))


class Softmax(Family):
    """Softmax regression of three classes on two features, d = 6; all roles are the population."""

    name, d = "softmax", 6

    def __init__(self, seed=3, n=2, m=5):
        rng = np.random.default_rng(seed)
        self.X = rng.normal(size=(n, m, 2))
        self.labels = np.eye(3)[rng.integers(0, 3, (n, m))]
        self.task_weights = np.full(n, 1 / n)
        self.probabilities = self.support = self.query = rng.dirichlet(np.ones(m) * 4, n)

    def constants(self, case):
        size, p = np.linalg.norm(self.X, axis=2), self.probabilities
        slope = np.sqrt(2)
        known = {
            "L": (p * size**2).sum(1).max() / 2,
            "rho": (p * size**3).sum(1).max(),
            "sigma": slope * (p * size).sum(1).max(),
        }
        if case == "resampling":
            known |= {"sigma_g": slope * np.sqrt((p * size**2).sum(1).max())}
            known |= {"sigma_H": np.sqrt((p * size**4).sum(1).max()) / 2}
        else:
            known |= {"b": 0, "b2": 0}
        return claimed(**{name: float(value) for name, value in known.items()})

    def _logits(self, w):
        return self.X[:, None] @ w.reshape(*w.shape[:2], 2, 3)

    def _chances(self, w):
        z = self._logits(w)
        e = np.exp(z - z.max(-1, keepdims=True))
        return e / e.sum(-1, keepdims=True)

    def loss(self, w, c):
        z = self._logits(w)
        top = z.max(-1)
        logs = top + np.log(np.exp(z - top[..., None]).sum(-1))
        return (c * (logs - (z * self.labels[:, None]).sum(-1))).sum(-1)

    def _back(self, r):
        return (np.swapaxes(self.X, 1, 2)[:, None] @ r).reshape(*r.shape[:2], 6)

    def grad(self, w, c):
        return self._back(c[..., None] * (self._chances(w) - self.labels[:, None]))

    def hvp(self, w, v, c):
        p, u = self._chances(w), self._logits(v)
        return self._back(c[..., None] * p * (u - (p * u).sum(-1, keepdims=True)))


class Network(Family):
    """1 - exp(-r^2/2) of r = tanh(W x) . (1, -1) - y: a network of two units, d = 4, all its W trained."""

    name, d = "network", 4
    signs = np.array([1.0, -1.0])

    def __init__(self, seed=5, n=2, m=4):
        rng = np.random.default_rng(seed)
        self.X, self.y = rng.normal(size=(n, m, 2)), rng.normal(size=(n, m)) / 2
        self.task_weights = np.full(n, 1 / n)
        self.probabilities = np.full((n, m), 1 / m)
        self.support = self.query = self.probabilities

    def constants(self, case):
        # |phi'| <= e^-1/2 = .61, |phi''| <= 1, |phi'''| <= 1.39; r has slope sqrt 2 |x|, curvature .77 |x|^2
        # and a Hessian of slope 2 |x|^3: upper bounds by the chain rule.
        size, p = np.linalg.norm(self.X, axis=2), self.probabilities
        known = {
            "L": (2 + 0.61 * 0.77) * (p * size**2).sum(1).max(),
            "rho": (1.39 * 2.83 + 3 * 0.77 * 1.42 + 0.61 * 2) * (p * size**3).sum(1).max(),
            "sigma": 0.61 * 1.42 * (p * size).sum(1).max(),
        }
        if case == "resampling":
            known |= {"sigma_g": 0.61 * 1.42 * np.sqrt((p * size**2).sum(1).max())}
            known |= {"sigma_H": 2.47 * np.sqrt((p * size**4).sum(1).max())}
        else:
            known |= {"b": 0, "b2": 0}
        return claimed(**{name: float(value) for name, value in known.items()})

    def _forward(self, w):
        h = np.tanh(self.X[:, None] @ w.reshape(*w.shape[:2], 2, 2))
        return h, h @ self.signs - self.y[:, None]

    def loss(self, w, c):
        return (c * WELSCH[0](self._forward(w)[1])).sum(-1)

    def _back(self, s):
        return (np.swapaxes(self.X, 1, 2)[:, None] @ s).reshape(*s.shape[:2], 4)

    def grad(self, w, c):
        h, r = self._forward(w)
        return self._back((c * WELSCH[1](r))[..., None] * self.signs * (1 - h**2))

    def hvp(self, w, v, c):
        h, r = self._forward(w)
        u = self.X[:, None] @ v.reshape(*v.shape[:2], 2, 2)
        first = WELSCH[2](r) * ((1 - h**2) * u @ self.signs)
        s = first[..., None] * (1 - h**2) + WELSCH[1](r)[..., None] * (-2 * h * (1 - h**2) * u)
        return self._back(c[..., None] * self.signs * s)


class Ball:
    """The ball |w| <= radius, where a family's constants are claimed."""

    center = (0.0, 0.0)

    def __init__(self, radius):
        self.radius = radius


def double_well(radius=2.0):
    """(|w|^2 - a)^2/4, d = 2, its constants on a ball alone."""

    def loss(w, a):
        return (w @ w - a) ** 2 / 4

    def grad(w, a):
        return (w @ w - a)[:, None] * w

    def hvp(w, v, a):
        return (w @ w - a)[:, None] * v + 2 * (w @ v) * w

    a = np.array([[0.5, 1.0], [0.75, 1.25]])
    top, apart = 3 * radius**2, radius / 4
    known = claimed(
        L=top, rho=6 * radius, sigma=apart, sigma_g=apart, sigma_H=0.25, b=2 * apart, b2=4 * apart**2
    )
    half = np.array([[True, False]] * 2)
    family = from_functions(
        loss, grad, hvp, a, 2, constants=known, support=half, query=~half, name="double-well"
    )
    family.ball = Ball(radius)
    return family


def factorisation(radius=1.5):
    """(u v - a)^2/2 of w = (u, v), the smallest matrix factorisation, its constants on a ball alone."""

    def loss(w, a):
        return (w[0] * w[1] - a) ** 2 / 2

    def grad(w, a):
        return (w[0] * w[1] - a)[:, None] * w[::-1]

    def hvp(w, v, a):
        return (w[::-1] @ v) * w[::-1] + (w[0] * w[1] - a)[:, None] * v[::-1]

    a = np.array([[0.5, 1.0, 0.0], [-0.25, 0.75, 0.5]])
    top = 1.5 * radius**2 + 1
    known = claimed(L=top, rho=6 * radius, sigma=radius, sigma_g=radius, sigma_H=1, b=0, b2=0)
    family = from_functions(loss, grad, hvp, a, 2, constants=known, name="factorisation")
    family.ball = Ball(radius)
    return family


def regression():
    """Least squares whose tasks share their inputs: sigma is finite."""
    rng = np.random.default_rng(9)
    X, y = rng.normal(size=(1, 5, 2)), rng.normal(size=(2, 5))
    return ridge("quadratic", X.repeat(2, 0), y, np.full((2, 1, 5), 1.0))


def right_families():
    """Twelve and two, by name."""
    shared = data(1, d=2)
    families = [
        Network(),
        Softmax(),
        Certified("logistic-intercept", LOGISTIC, (1, 1 / 4, 0.0963), *data(0, intercept=True)),
        Rows("huber", HUBER, (1, 1, np.inf), *data(2)),
        Certified("cauchy", CAUCHY, (0.5, 1, 1.46), *data(4)),
        Rows("log-cosh", LOGCOSH, (1, 1, 0.77), *data(6, scale=30.0)),
        Rows("welsch", WELSCH, (0.61, 1, 1.39), *shared),
        double_well(),
        factorisation(),
        regression(),
        FAMILIES["cosine"](rng=11, features="random"),
        FAMILIES["cubic-well"](rng=12, features="random", noise_kind="hessian"),
        FAMILIES["logistic"](rng=13, noise_kind="sampled"),
        FAMILIES["cubic"](rng=14),
    ]
    return {family.name: family for family in families}
