"""Constants on a ball against closed forms, never below the truth; and paths proved to stay inside."""

import math
import pickle

import numpy as np
import pytest
from any_families import ExactFactors, Factors
from ball_families import FLAT, TILTS, Neuron, Polynomial, Waves, exceeded, points_of
from problem_families import random_ridge

from problems import LINKS, Ball, cosine, finite_sum_constants, resampling_constants, ridge
from problems.balls import certified
from problems.balls.directions import directions
from problems.balls.paths import Growth
from problems.balls.quadratic_on_ball import largest_norm

WELL = {"L": 25.0, "rho": 36.0, "sigma": 0.125, "sigma_g": 0.1, "sigma_H": 0.0}
QUADRATIC = ridge("quadratic", [[[1.0, 0.0], [0.0, 1.0]], [[2.0, 0.0], [0.0, 1.0]]])
NOISY = ridge("quadratic", [[[1.0]]], coefficients=[[[0.5], [1.5]]], support=[[1, 0]], query=[[0, 1]])
PAIR = [[[3.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]]]
# A family on a ball, a case, and its constants in closed form.
CLOSED = [
    (Ball([0.0], 1.5), Polynomial(TILTS), "resampling", WELL),
    (Ball([0.5], 0.25), Polynomial(TILTS), "finite-sum", {"L": 4.75, "rho": 18.0, "sigma": 0.15, "b": 0.15}),
    (Ball([0.0, 0.0], 2.0), QUADRATIC, "resampling", {"L": 4.0, "rho": 0.0, "sigma": 3.0, "convexity": 0.0}),
    (Ball([1.0, 5.0], 2.0), QUADRATIC, "resampling", {"L": 4.0, "rho": 0.0, "sigma": 4.5}),
    (Ball([1.0], 2.0), NOISY, "resampling", {"L": 1.0, "sigma": 0.0, "sigma_g": 1.5, "sigma_H": 0.5}),
    (Ball([1.0], 2.0), NOISY, "finite-sum", {"L": 1.5, "sigma": 0.0, "b": 3.0, "b2": 9.0}),
    (Ball([math.pi / 2], 0.5), ridge("cosine", [[[1.0]]]), "resampling",
     {"L": math.sin(0.5), "rho": 1.0, "convexity": math.sin(0.5)}),
    (Ball([math.pi / 2], 0.5), Waves([[[0.0]]]), "resampling", {"L": math.sin(0.5), "rho": 1.0}),
    (Ball([0.3, 0.3, 0.3], 0.05), ridge("cosine", np.eye(3)[None] * 2), "resampling",
     {"L": 4 * math.cos(0.5), "rho": 8 * math.sin(0.7)}),
    (Ball([1.0], 0.5), ridge("logistic", [[[2.0]]]), "resampling",
     {"L": 4 * 0.25 / math.cosh(0.5) ** 2, "rho": 8 * 0.25 * math.tanh(0.6585) / math.cosh(0.6585) ** 2}),
    (Ball([0.25], 0.25), ridge("cubic", [[[1.0]]]), "resampling", {"L": 0.5, "rho": 1.0, "convexity": 0.0}),
    (Ball([2.5], 0.25), ridge("cubic-well", [[[2.0]]]), "resampling", {"L": 4.0, "rho": 0.0}),
]  # fmt: skip


@pytest.mark.parametrize("k", range(len(CLOSED)))
def test_constants_are_within_a_percent_of_closed_forms_and_never_below(k):
    ball, family, case, expected = CLOSED[k]
    known = ball.on(family, boxes=400).constants(case)
    assert known.lower_bounded.value == 1
    for name, true in expected.items():
        found = getattr(known, name)
        assert true * (1 - 1e-15) <= float(found.value) <= true * 1.01 + 1e-9, (name, found)
        assert found.reason


def test_regression_of_any_dimension_is_exact_on_a_ball():
    rng = np.random.default_rng(0)
    q, y = rng.normal(size=(3, 12, 8)) / 4, rng.normal(size=(3, 12))
    family = ridge("quadratic", q, y, [np.eye(12) * 12] * 3)
    assert resampling_constants(family).sigma.flag == "none"
    on = Ball(np.zeros(8), 2).on(family)
    known = resampling_constants(on)
    assert {getattr(known, name).flag for name in ("sigma", "sigma_g")} == {"exact"}
    H = np.einsum("ikd,ike->ide", q, q)
    assert float(known.L.value) == pytest.approx(np.linalg.eigvalsh(H).max(), rel=1e-6)
    points = points_of(on.ball, 4000)
    g = np.einsum("ide,re->ird", H, points) - np.einsum("ikd,ik->id", q, y)[:, None]
    spread = np.sqrt(((g - g.mean(0)) ** 2).sum(-1).mean(0)).max()
    assert 0.6 * float(known.sigma.value) < spread <= float(known.sigma.value)


@pytest.mark.parametrize("case", ["resampling", "finite-sum"])
@pytest.mark.parametrize(
    "on",
    [
        Ball([0.5, -0.5], 1.0).on(ExactFactors(), boxes=30),
        Ball([0.5, 0.5], 0.5).on(Neuron(FLAT), boxes=12),
        Ball(np.full(5, 0.25), 0.5).on(cosine(5, 2, 2, rng=1, noise_kind="hessian", features="random")),
        *(Ball(np.full(family.d, 0.5), 0.75).on(family, boxes=60) for family in map(random_ridge, (0, 2, 3))),
    ],
    ids=lambda on: on.name,
)
def test_no_point_of_the_ball_exceeds_a_constant(on, case):
    assert not exceeded(on, case, points_of(on.ball, 300))


def test_what_has_no_balls_no_derivative_or_no_bound_is_told():
    none = Ball([0.0, 0.0], 1).on(Factors())
    assert resampling_constants(none).L.reason.startswith("the family runs over no Arb balls")
    assert none.outside([[0.0, 0.0]], 0.1, 1).startswith("no bound on the gradients on Ball([0.0, 0.0], 1)")
    assert none.atom_bounds() is None

    class Corner(Polynomial):
        def loss(self, w, c):
            return c.sum(-1) * np.abs(w).sum(-1)

    corner = Ball([0.0], 1).on(Corner(TILTS), boxes=40)
    assert finite_sum_constants(corner).L[1:] == (
        "none",
        "L: no finite bound on derivatives on Ball([0.0], 1)",
    )
    assert Ball([2.0], 1).on(Corner(TILTS)).constants("resampling").L.value == 1  # every Hessian is zero

    class Rounded(Polynomial):
        def loss(self, w, c):
            return c.sum(-1) * np.array([float(x) for x in w.ravel()]).reshape(w.shape).sum(-1)

    rounded = Ball([0.0], 1).on(Rounded(TILTS)).constants("resampling").L
    assert rounded.flag == "none"
    assert rounded.reason.startswith("the loss does not run over Taylor expansions: ")


def test_a_squared_softplus_has_its_constants_on_a_ball():
    class Softplus(Polynomial):
        def loss(self, w, c):
            return c.sum(-1) * (np.log(1 + np.exp(w)) ** 2).sum(-1)

    known = Ball([-1.0], 1.0).on(Softplus([[[0.0]]])).constants("resampling")
    # phi'' = 2 (s^2 + log(1 + e^t) s (1 - s)), increasing up to t = 0.
    assert 0.5 + math.log(2) / 2 <= float(known.L.value) <= (0.5 + math.log(2) / 2) * 1.01


def test_a_ball_far_from_the_origin_loses_nothing():
    near = Ball([0.5], 0.25).on(ridge("cubic", [[[1.0]]])).constants("resampling")
    far = Ball([1e9 + 0.5], 0.25).on(ridge("cubic", [[[1.0]]], [[1e9]])).constants("resampling")
    assert float(near.L.value) <= float(far.L.value) * (1 + 1e-15)
    assert float(far.L.value) <= 0.75 * 1.01


def test_a_wide_ball_leaves_no_derivative_of_a_link_without_a_bound():
    for link in ("logistic", "cosine"):
        known = Ball([0.0], 500.0).on(ridge(link, [[[1.0]]]), boxes=4).constants("resampling")
        assert (float(known.L.value), known.rho.flag) == (float(LINKS[link].curvature[1]), "exact")
        assert Ball([0.0], 500.0).on(ridge(link, [[[1.0]]]), boxes=1).certified.growth.high <= 1 + 1e-9


def test_the_nearest_points_are_in_the_ball():
    ball = Ball([1.0, 0.0], 2.0)
    points = np.array([[1.5, 0.5], [1.0, 5.0], [1.0, 0.0]])
    near = ball.nearest(points)
    assert near[[0, 2]].tolist() == points[[0, 2]].tolist()
    assert near[1] == pytest.approx([1.0, 2.0])
    assert np.linalg.norm(near - ball.center, axis=1).max() <= 2


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Ball([[0.0]], 1), ValueError, "center"),
        (lambda: Ball([0.0], 0), ValueError, "radius = 0; rule: "),
        (lambda: Ball([0.0], 1).on(QUADRATIC), ValueError, r"center has shape \(1,\); rule: \(2,\)"),
        (lambda: Ball([0.0], 1).on(3), TypeError, "family = 3"),
        (lambda: Ball([0.0], 1).on(NOISY, boxes=0), ValueError, "boxes = 0"),
    ],
)
def test_bad_input_is_refused_by_name(make, error, message):
    with pytest.raises(error, match=message):
        make()


INSIDE = [
    Ball([0.0], 1.5).on(Polynomial(TILTS)),
    Ball([0.5], 1.0).on(NOISY),
    Ball([0.0, 0.5], 2.0).on(ridge("quadratic", PAIR, [[1, -1], [0.5, 0]], linear=[[[0, 1], [1, 0]]] * 2)),
    Ball([1.0, 0.0], 1.0).on(cosine(2, 2, 3, rng=2, noise_kind="hessian"), boxes=60),
]


def farthest(on, alpha, steps, seed=0):
    """How far paths of any minibatches come from the centre, over starts within the radius that is proved."""
    rng = np.random.default_rng(seed)
    family, ball = on.family, on.ball
    radius = on.start_radius(alpha, steps)
    if radius < 0:
        return 0.0
    w = ball.center + (points_of(ball, 400, seed) - ball.center) * (radius / ball.radius)
    w = np.broadcast_to(w, (family.tasks, *w.shape))
    best = 0.0
    for _ in range(steps):
        c = rng.dirichlet(np.full(family.atoms, 0.3), (family.tasks, w.shape[1]))
        w = w - alpha * family.grad(w, c)
        best = max(best, float(np.linalg.norm(w - ball.center, axis=-1).max()))
    return best / ball.radius


@pytest.mark.parametrize("on", INSIDE, ids=lambda on: on.name)
@pytest.mark.parametrize("steps", [1, 3, 8])
def test_paths_of_any_minibatches_stay_inside(on, steps):
    for share in (0.02, 0.5, 1.0, 3.0):
        alpha = share / (steps * on.certified.growth.high)
        assert farthest(on, alpha, steps) <= 1


def test_a_recursion_that_forgets_the_gradient_at_the_centre_is_seen(monkeypatch):
    on = Ball([0.0], 3.0).on(ridge("quadratic", [[[1.0]]], linear=[[[5.0]]]))
    assert 0 < farthest(on, 0.2, 2) <= 1
    growth = on.certified.growth._replace(at_centre=0.0)
    monkeypatch.setattr(on.certified, "growth", growth)
    assert farthest(on, 0.2, 2) > 1


def test_convex_losses_keep_starts_but_for_the_pull_at_the_centre():
    growth = Growth(gradient=100.0, at_centre=0.5, high=2.0, low=0.0, rho=0.0)
    assert growth.start_radius(10.0, 0.5, 4) == pytest.approx(10 - 4 * 0.25)
    assert Growth(0.5, 0.5, 2.0, 9.0, 0.0).start_radius(10.0, 0.5, 4) == pytest.approx(9)
    assert growth.start_radius(0.5, 0.5, 4) < 0


def test_what_a_ball_holds_goes_with_it():
    on = pickle.loads(pickle.dumps(INSIDE[1]))
    assert on.constants("resampling") == INSIDE[1].constants("resampling")
    some = Ball([0.0, 0.0], 1.0).on(QUADRATIC).restrict([1])
    assert (some.tasks, some.ball.radius, float(some.constants("resampling").sigma.value)) == (1, 1.0, 0.0)
    assert Ball([0.0], 1).on(NOISY).content() != Ball([0.0], 2).on(NOISY).content() is not None
    bounds = Ball([0.0], 1.5).on(Polynomial(TILTS)).atom_bounds()
    assert (bounds.L >= 25).all()
    assert (bounds.rho >= 36).all()


@pytest.mark.parametrize("d", [1, 2, 3])
@pytest.mark.parametrize("k", [2, 3])
def test_no_form_is_larger_between_the_directions_than_the_factor_says(d, k):
    rng, grid = np.random.default_rng(d + k), directions(d)
    v = rng.normal(size=(1000, d))
    v /= np.linalg.norm(v, axis=1)[:, None]
    assert np.arccos(np.clip(np.abs(v @ grid.v.T).max(1), 0, 1)).max() <= grid.angle + 1e-7
    for u in v[:40]:
        # The worst form for a direction is its own power.
        assert np.abs(grid.v @ u).max() ** k * grid.factor(k) >= 1 - 1e-12


@pytest.mark.parametrize("seed", range(12))
def test_the_largest_norm_on_a_ball_is_above_all_points_and_taken(seed):
    rng = np.random.default_rng(seed)
    k, d = rng.integers(1, 7, 2)
    A, b = rng.normal(size=(k, d)), rng.normal(size=k) * (seed % 3)
    bound, points = largest_norm(b, A, 1.7)
    x = rng.normal(size=(5000, d))
    x *= 1.7 / np.linalg.norm(x, axis=1)[:, None]
    assert np.linalg.norm(b + x @ A.T, axis=1).max() <= bound
    assert (np.linalg.norm(points, axis=1) <= 1.7 * (1 + 1e-12)).all()
    assert np.linalg.norm(b + points @ A.T, axis=1).max() >= bound * (1 - 1e-7)


def test_a_bound_that_is_not_near_says_by_how_much(monkeypatch):
    monkeypatch.setattr(certified, "TOLERANCE", 0.5)
    loose = Ball([0.0], 1.5).on(Polynomial(TILTS)).constants("resampling")
    assert float(loose.L.value) >= 25
    assert "% below" in loose.convexity.reason
