"""Constants of families at every scale of float64: they scale as units say, whatever underflows."""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from problems import LINKS, Ridge, finite_sum_constants, resampling_constants, ridge
from problems.known import Constant

F = Fraction
EXPONENTS = (-1074, -537, 900)
# How a constant scales with the loss (c) and with the features (s): times c^first s^second.
UNITS = {"L": (1, 2), "rho": (1, 3), "sigma": (1, 1), "sigma_g": (1, 1), "sigma_H": (1, 2)}
UNITS |= {"convexity": (1, 2), "b": (1, 1), "b2": (2, 2), "b_0": (1, 1), "b_1": (1, 1)}


def family(link: str, c: Any = 1, s: Any = 1, axes: bool = False) -> Ridge:
    """Two tasks of three atoms with numbers of 53 bits, of which every constant is positive and finite."""
    rng = np.random.default_rng(sorted(LINKS).index(link))

    def draw(*shape: int) -> Any:
        return np.vectorize(lambda x: F(float(x)), otypes=[object])(rng.normal(size=shape))

    q = draw(1, 2, 2) if not axes else np.array([[[F(3), F(4)], [F(4), F(-3)]]]) * F(1, 7)
    # Two slots a direction with opposite noise: sigma_g is finite though phi' is unbounded.
    q, noise = np.concatenate([q, q], axis=1), draw(2, 3, 2) / 8
    A = 1 + np.concatenate([noise, -noise], axis=2) * (link != "quadratic")
    linear = draw(2, 3, 2) * (link != "logistic") - (A @ q) / 2 * (link == "logistic")
    return ridge(
        link,
        np.concatenate([q, q]) * s,
        draw(2, 4),
        A * c,
        linear * (c * s),
        support=[[1, 0, 0]] * 2,
        query=[[0, 0.5, 0.5]] * 2,
        task_weights=[F(1, 3), F(2, 3)],
    )


def constants(one: Ridge) -> dict[str, Constant]:
    first, second = resampling_constants(one), finite_sum_constants(one)
    found = {key: getattr(first, key) for key in ("L", "rho", "sigma", "sigma_g", "sigma_H", "convexity")}
    found |= {"b": second.b, "b2": second.b2, "b_0": second.b_i[0], "b_1": second.b_i[1]}
    return found | {f"finite-sum {key}": getattr(second, key) for key in ("L", "rho", "sigma", "convexity")}


def exact_values(one: Ridge) -> dict[str, Fraction]:
    return {key: F(found.value) for key, found in constants(one).items()}


@pytest.fixture(params=["exact", "float64"])
def arithmetic(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Small families are computed in exact rationals; the second time in float64 as large ones are."""
    if request.param == "float64":
        for module in ("ranges", "one_variable", "eigenvalues"):
            monkeypatch.setattr(f"problems.ridge_sums.suprema.{module}.EXACT_WORK", 0)
    return str(request.param)


@pytest.mark.parametrize("axes", [False, True], ids=["random", "axes"])
@pytest.mark.parametrize("link", LINKS)
def test_constants_scale_with_the_loss_down_to_the_last_subnormal(
    link: str, axes: bool, arithmetic: str
) -> None:
    base = constants(family(link, axes=axes))
    for k in EXPONENTS:
        for key, found in constants(family(link, F(2) ** k, axes=axes)).items():
            power = UNITS[key.removeprefix("finite-sum ")][0]
            assert found.flag == base[key].flag
            assert F(found.value) == F(base[key].value) * F(2) ** (k * power), (k, key)


@pytest.mark.parametrize("link", LINKS)
def test_constants_scale_with_the_features(link: str, arithmetic: str) -> None:
    base = exact_values(family(link))
    for k in (-1074, 900):
        for key, value in exact_values(family(link, s=F(2) ** k)).items():
            power = UNITS[key.removeprefix("finite-sum ")][1]
            assert value == base[key] * F(2) ** (k * power), (k, key)


@pytest.mark.parametrize("axes", [False, True], ids=["random", "axes"])
@pytest.mark.parametrize("link", LINKS)
def test_float64_is_at_most_a_little_above_exact_rationals(
    link: str, axes: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = family(link, axes=axes)
    exact = exact_values(one)
    for module in ("ranges", "one_variable", "eigenvalues"):
        monkeypatch.setattr(f"problems.ridge_sums.suprema.{module}.EXACT_WORK", 0)
    rounded = exact_values(one)
    for key, value in exact.items():
        assert value * (1 - F(1, 10**9)) <= rounded[key] <= value * (1 + F(1, 10**9)), key
        # A search stops within 1e-11 of the supremum in either arithmetic; what has no search is above.
        assert rounded[key] >= value * (1 - F(1, 10**10)), key


def test_terms_of_very_different_sizes_each_count() -> None:
    # Curvatures 1, 1 and 2^-1074 along three axes, by coefficients and features that balance.
    q = np.diag([F(2) ** 500, F(2) ** -500, F(1)])[None]
    A = [[[F(2) ** -1000, F(2) ** 1000, F(2) ** -1074]]]
    for link in LINKS:
        L = resampling_constants(ridge(link, q, coefficients=A)).L
        assert L[:2] == (max(map(abs, LINKS[link].curvature)), "exact")


def test_a_curvature_between_subnormal_numbers_is_not_rounded_down() -> None:
    c = F(14, 10) * F(5e-324)
    q = [[[F(10) ** 150, F(0)], [F(10) ** 150, F(10) ** 149]]]
    L = resampling_constants(ridge("cubic-well", q, coefficients=[[[c, c]]])).L
    # The matrix is c 10^298 [[200, 10], [10, 1]]: its eigenvalue by hand.
    square = (F(199) ** 2 + 400) * (c * F(10) ** 298) ** 2 / 4
    least = F(L.value) - 201 * c * F(10) ** 298 / 2
    assert L.flag == "exact"
    assert square <= least**2 <= square * (1 + F(1, 10**14))


@pytest.mark.parametrize("link", LINKS)
def test_a_constant_is_zero_only_where_it_is_zero(link: str) -> None:
    one = family(link, F(2) ** -1074, F(2) ** -1074)
    for key, found in constants(one).items():
        still = link == "quadratic" and key.removeprefix("finite-sum ") in ("rho", "sigma_H")
        still |= key.endswith("convexity") and LINKS[link].curvature[0] >= 0
        assert (found.value == 0) == still, key


def test_constants_beyond_float64_are_rationals() -> None:
    known = resampling_constants(family("cosine", F(2) ** 600, F(2) ** 300))
    assert isinstance(known.sigma.value, float)
    assert isinstance(known.L.value, Fraction)
    assert known.L.value > F(2) ** 1190


FLUSHING = """
import ctypes
from problems import quadratic, resampling_constants
from maml_verify import check
libm = ctypes.CDLL("libm.so.6")
state = (ctypes.c_uint32 * 8)()
assert libm.fegetenv(state) == 0
family = quadratic(rng=0)
known = resampling_constants(family)
state[7] |= 0x8040  # flush to zero, and take subnormal operands for zero
assert libm.fesetenv(state) == 0
for what in (lambda: resampling_constants(family),
             lambda: check("path-stability", family, alpha_L=0.05, steps=1, known=known)):
    try:
        what()
    except FloatingPointError as error:
        print(error)
"""


@pytest.mark.skipif(
    sys.platform != "linux" or os.uname().machine != "x86_64", reason="sets the register of this processor"
)
def test_a_process_that_flushes_subnormal_numbers_certifies_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", FLUSHING], capture_output=True, text=True, check=True)
    assert done.stdout.count("nothing is certified without gradual underflow") == 2
