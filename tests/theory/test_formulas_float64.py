"""Every formula in float64 against Arb: no digits are lost, over wide grids of parameters."""

from __future__ import annotations

import inspect
from fractions import Fraction
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from flint import arb

from maml_verify.arithmetic.domains import lift
from maml_verify.arithmetic.precision import arb_precision
from maml_verify.theory import (
    beyond,
    coefficients,
    derived,
    derived_corollaries,
    printed,
    printed_corollaries,
    sharp,
)
from maml_verify.theory.coefficients import drift, grown
from maml_verify.theory.symbols import Constants, Observed, Parameters

MODULES = (coefficients, printed, derived, sharp, beyond, printed_corollaries, derived_corollaries)
# What a formula takes besides constants, parameters and what is observed: a number >= 0 of any size.
NUMBERS = {"gradient", "meta_gradient", "distance", "total", "slope", "variance", "least", "gap", "eps", "M"}
NUMBERS |= {"r", "product", "rest"}
READINGS = {"C_b": coefficients.C_b_7, "C_L": coefficients.C_L}
DRAWS = 60
TOLERANCE = 1e-12


def formulas(module: ModuleType) -> list[tuple[str, Any]]:
    """Functions of the module whose arguments are constants, parameters, observations and numbers."""
    found = {}
    for name, function in vars(module).items():
        if inspect.isfunction(function) and function.__module__ == module.__name__:
            names = [p.name for p in inspect.signature(function).parameters.values() if p.default is p.empty]
            if names and name[:1] != "_" and set(names) <= {"c", "p", "o"} | NUMBERS | set(READINGS):
                found[name] = function
    relations = {}
    if module is printed_corollaries:
        relations = {"RESAMPLING": module.RESAMPLING, **module.FINITE_SUM}
    if module is derived_corollaries:
        relations = {"RESAMPLING": module.RESAMPLING, "FINITE_SUM": module.FINITE_SUM}
    for group, rows in relations.items():
        for row in rows:
            found |= {f"{group}/{row.name}/left": row.left, f"{group}/{row.name}/right": row.right}
    return [(f"{module.__name__}.{name}", function) for name, function in found.items()]


FORMULAS = [pair for module in MODULES for pair in formulas(module)]


def draw(rng: np.random.Generator, corollary: bool) -> tuple[Constants, Parameters, Observed, list[float]]:
    """Constants over 10^+-6, alpha L over 10^-14..1 of its range, sizes up to 10^9."""
    c = Constants(*map(float, 10 ** rng.uniform(-6, 6, 7)))
    # Within the powers that float64 has: alpha^2 sigma_H^2 to the N, and the printed (1 + alpha)^(4N).
    c = c._replace(L=10 ** rng.uniform(-1, 6))
    c = c._replace(sigma_H=c.L * 10 ** rng.uniform(-6, 1))
    N = int(rng.choice([1, 2, 3, 8, 100]))
    share = 10 ** rng.uniform(-14, -0.05)
    alpha = 1 / (8 * N * c.L) if corollary else (2 ** (1 / (2 * N)) - 1) / c.L * share
    j = float(rng.integers(0, N + 1))
    sizes = [float(round(10 ** rng.uniform(0, 9))) for _ in range(5)]
    p = Parameters(float(alpha), N, j, *sizes, C_beta=10 ** rng.uniform(2, 6), B_prime=sizes[0], D_L=sizes[1])
    numbers = [float(x) for x in 10 ** rng.uniform(-8, 8, 8)]
    c = c._replace(convexity=c.L * 10 ** rng.uniform(-8, 0))
    return c, p, Observed(*numbers[:5]), numbers


def call(function: Any, c: Any, p: Any, o: Any, numbers: list[Any]) -> list[Any]:
    supply, values = iter(numbers), []
    for argument in inspect.signature(function).parameters.values():
        if argument.name in ("c", "p", "o"):
            values.append({"c": c, "p": p, "o": o}[argument.name])
        elif argument.name in READINGS:
            values.append(READINGS[argument.name])
        elif argument.default is argument.empty:
            values.append(next(supply))
    result = function(*values)
    return list(np.ravel(np.asarray(result, dtype=object)))


def balls(values: Any) -> Any:
    """Each number as a ball, integers that count steps left alone."""
    return [lift(v, "arb") if isinstance(v, float) else v for v in values]


@pytest.mark.parametrize(("name", "function"), FORMULAS, ids=[name for name, _ in FORMULAS])
def test_a_formula_keeps_its_digits_in_float64(name, function):
    rng = np.random.default_rng(3)
    compared = 0
    for _ in range(DRAWS):
        c, p, o, numbers = draw(rng, "corollaries" in name)
        with arb_precision(600):
            fields = {
                key: lift(value, "arb") for key, value in p._asdict().items() if isinstance(value, float)
            }
            exact = p._replace(**fields)._replace(j=int(p.j))
            truth = call(function, Constants(*balls(c)), exact, Observed(*balls(o)), balls(numbers))
            truth = [lift(value, "arb") for value in truth]
            if not all(ball.is_finite() for ball in truth):
                continue  # theta is negative there, and the bound a root of a negative number
            for value, ball in zip(call(function, c, p, o, numbers), truth, strict=True):
                assert abs(arb(float(value)) - ball) <= TOLERANCE * abs(ball), (c, p, o, numbers)
                compared += 1
    assert compared >= DRAWS / 4


def test_every_module_of_formulas_is_covered():
    assert len(FORMULAS) > 150
    assert {name.rsplit(".", 1)[0].split(".")[-1] for name, _ in FORMULAS} == {
        "coefficients", "printed", "derived", "sharp", "beyond", "printed_corollaries", "derived_corollaries",
    }  # fmt: skip


@pytest.mark.parametrize("gradient", [1e8, 1e9, 1e30])
def test_the_reciprocal_moment_of_a_large_mean_keeps_its_digits(gradient):
    exact = sharp.reciprocal(*map(Fraction, (1, 1, gradient, 1e-3)))
    assert sharp.reciprocal(1.0, 1.0, gradient, 1e-3) == pytest.approx(float(exact), rel=1e-14)


@pytest.mark.parametrize("x", [1e-300, 1e-17, 1e-8, 0.3, 1e6])
@pytest.mark.parametrize("n", [-1, 0, 1, 2, 7, 40])
def test_growth_and_drift_are_what_they_say(x, n):
    exact = (1 + Fraction(x)) ** n - 1
    assert grown(x, n) == pytest.approx(float(exact), rel=1e-13, abs=0)
    assert grown(np.array([x]), n)[0] == pytest.approx(float(exact), rel=1e-13, abs=0)
    if n >= 0:
        assert drift(x, n) == pytest.approx(float(exact - n * Fraction(x)), rel=1e-13, abs=0)
    assert grown(Fraction(x), n) == exact


def test_growth_takes_half_a_step_and_steps_of_any_kind():
    half = Fraction(1, 2)
    assert grown(0.21, half) == pytest.approx(0.1, rel=1e-14)
    assert list(grown(0.5, np.array([0, 1, half * 4], dtype=object))) == pytest.approx(
        [0, 0.5, 1.25], rel=1e-14
    )
    assert drift(0.21, half) == pytest.approx(0.1 - 0.105, rel=1e-12)
    assert drift(0.5, np.int64(2)) == pytest.approx(0.25, rel=1e-14)


def test_no_steps_leave_nothing_of_C_L():
    for rho in (1.0, 1e9):
        assert coefficients.C_L(Constants(3.0, rho), Parameters(0.1, 0)) == 0
