"""Taylor arithmetic over balls, against FLINT's own power series and against derivatives on a grid."""

import numpy as np
import pytest
from ball_families import FLAT, TILTS, Neuron, Polynomial, Waves, exceeded, points_of
from flint import arb, arb_series

from problems import Ball
from problems.balls import taylor
from problems.balls.taylor import Kink, expansions

ORDER = 4
# A function of NumPy, and the same on a power series.
FUNCTIONS = {
    "exp": (np.exp, lambda s: s.exp()),
    "expm1": (np.expm1, lambda s: s.exp() - 1),
    "log": (np.log, lambda s: s.log()),
    "log1p": (np.log1p, lambda s: (1 + s).log()),
    "sin": (np.sin, lambda s: s.sin()),
    "cos": (np.cos, lambda s: s.cos()),
    "tan": (np.tan, lambda s: s.tan()),
    "sinh": (np.sinh, lambda s: (s.exp() - (-s).exp()) / 2),
    "cosh": (np.cosh, lambda s: (s.exp() + (-s).exp()) / 2),
    "tanh": (np.tanh, lambda s: ((2 * s).exp() - 1) / ((2 * s).exp() + 1)),
    "arctan": (np.arctan, lambda s: s.atan()),
    "sqrt": (np.sqrt, lambda s: s.sqrt()),
    "square": (np.square, lambda s: s * s),
    "cube": (lambda t: t**3, lambda s: s * s * s),
    "power": (lambda t: t**2.5, lambda s: (s.log() * 5 / 2).exp()),
    "reciprocal": (lambda t: 3 / t, lambda s: 3 / s),
    "base": (lambda t: 2.0**t, lambda s: (s * arb(2).log()).exp()),
    "negative": (lambda t: np.negative(np.positive(t)) + np.abs(t) * 2, lambda s: s),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_coefficients_are_those_of_power_series(name):
    function, series = FUNCTIONS[name]
    number = expansions(1, ORDER)
    z = number(terms={0: arb("0.7"), 1: arb(1)})
    inner = z * z / 2 + z.exp() / 4
    t = arb_series([arb("0.7"), 1], ORDER + 1)
    expected = series(t * t / 2 + t.exp() / 4)
    (found,) = function(np.array([inner], dtype=object))
    for k in range(ORDER + 1):
        assert found.terms[k].overlaps(expected[k]), k
        assert found.terms[k].rad() < 1e-9


def test_mixed_derivatives_of_a_polynomial_are_exact():
    number = expansions(3, 3)
    x, y, z = (number(terms={0: arb(k + 2), k + 1: arb(1)}) for k in range(3))
    p = x * x * y + 5 * x * y * z
    named = {a: p.terms.get(k, arb(0)) for k, a in enumerate(number.indices)}
    assert named[()] == 4 * 3 + 5 * 24
    assert named[(0,)] == 2 * 2 * 3 + 5 * 12
    assert named[(0, 1)] == 2 * 2 + 5 * 4
    assert named[(0, 0, 1)] == 1
    assert named[(0, 1, 2)] == 5


def test_a_ball_of_arguments_contains_the_derivatives_at_each():
    number = expansions(1, ORDER)
    for name, (function, _) in FUNCTIONS.items():
        (wide,) = function(np.array([number(terms={0: arb(0.75, 0.25), 1: arb(1)})], dtype=object))
        for at in (0.5, 0.6, 0.9, 1.0):
            (thin,) = function(np.array([number(terms={0: arb(at), 1: arb(1)})], dtype=object))
            pairs = zip(thin.terms.values(), wide.terms.values(), strict=True)
            assert all(b.overlaps(a) for a, b in pairs), name


def test_a_comparison_that_a_ball_does_not_decide_is_an_error():
    number = expansions(1, 2)
    t = number(terms={0: arb(0, 1), 1: arb(1)})
    for way in (np.abs, lambda t: np.maximum(t, 0), lambda t: np.where(t > 0, t, -t)):
        with pytest.raises(Kink, match="have no order"):
            way(np.array([t], dtype=object))
    (shifted,) = np.abs(np.array([t - 3], dtype=object))
    assert shifted.terms[1] == -1
    with pytest.raises(TypeError, match="no float64"):
        float(t)


def spoilt(name, k, factor=0.9):
    """A function of `taylor` whose coefficient of order k is wrong."""
    true = getattr(taylor, name)

    def wrong(*arguments):
        c = true(*arguments)
        return [x * arb(factor) if j == k else x for j, x in enumerate(c)]

    return name, wrong


ON = {
    "well": lambda: Ball([0.0], 1.5).on(Polynomial(TILTS)),
    "waves": lambda: Ball([1.0], 1.0).on(Waves(TILTS)),
    "neuron": lambda: Ball([0.5, 0.5], 0.5).on(Neuron(FLAT), boxes=12),
}


@pytest.mark.parametrize("where", ON)
def test_right_coefficients_are_exceeded_nowhere(where):
    assert not exceeded(ON[where](), "resampling", points_of(ON[where]().ball, 200))


BUGS = {
    ("well", "_power", 2): 0.9,
    ("well", "_power", 3): 0.9,
    ("waves", "_over_factorials", 1): 0.9,
    ("waves", "_over_factorials", 2): 0.9,
    ("waves", "_over_factorials", 3): 0.9,
    ("neuron", "_tanh", 1): 0.5,
    ("neuron", "_power", 1): 0.5,
}


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: "-".join(map(str, bug)))
def test_a_wrong_coefficient_is_seen_at_some_point(bug, monkeypatch):
    where, name, k = bug
    points = points_of(ON[where]().ball, 200)
    monkeypatch.setattr(taylor, *spoilt(name, k, BUGS[bug]))
    assert exceeded(ON[where](), "resampling", points)


def test_a_wrong_product_is_seen(monkeypatch):
    points = points_of(ON["neuron"]().ball, 200)
    true = taylor.Taylor.__mul__

    def forgetful(self, value):
        found = true(self, value)
        terms = {k: c * (arb(0.5) if len(self.indices[k]) == 2 else 1) for k, c in found.terms.items()}
        return type(self)(terms=terms)

    monkeypatch.setattr(taylor.Taylor, "__mul__", forgetful)
    assert exceeded(ON["neuron"](), "resampling", points)
