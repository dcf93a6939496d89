"""Bad input of the family layer: each names the argument, its value and the rule."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from problems import FAMILIES, plateau, quadratic, ridge
from problems.validation import count, finite_array, nonnegative_fraction, positive

Q = [[[1.0, 0.0]], [[0.0, 1.0]]]
nan, inf = float("nan"), float("inf")

BAD: dict[str, tuple[Any, type[Exception], str]] = {
    "unknown link": (lambda: ridge("relu", Q), ValueError, r"link = 'relu'; rule: one of quadratic"),
    "features of two dimensions": (
        lambda: ridge("cosine", [[1.0]]),
        ValueError,
        r"features has shape \(1, 1\); rule: 3 dim",
    ),
    "features of different lengths": (
        lambda: ridge("cosine", [[[1.0], [1.0, 2.0]]]),
        ValueError,
        "features: rows of different",
    ),
    "no task": (lambda: ridge("cosine", np.zeros((0, 1, 1))), ValueError, "at least one task, term"),
    "NaN in features": (lambda: ridge("cosine", [[[nan]]]), ValueError, "features holds nan; rule: finite"),
    "inf in offsets": (
        lambda: ridge("cosine", Q, [[inf], [0.0]]),
        ValueError,
        "offsets holds inf; rule: finite",
    ),
    "text in features": (
        lambda: ridge("cosine", [[["a"]]]),
        TypeError,
        r"features has dtype <U1; rule: real",
    ),
    "objects in features": (
        lambda: ridge("cosine", np.array([[["a"]]], dtype=object)),
        TypeError,
        "features holds 'a'; rule: real",
    ),
    "complex features": (lambda: ridge("cosine", [[[1j]]]), TypeError, "features has dtype complex128"),
    "Boolean features": (lambda: ridge("cosine", [[[True]]]), TypeError, "features has dtype bool"),
    "offsets of a wrong shape": (
        lambda: ridge("cosine", Q, [[0.0]]),
        ValueError,
        r"offsets has shape \(1, 1\); rule: \(2, 1\)",
    ),
    "coefficients of a wrong shape": (
        lambda: ridge("cosine", Q, None, [[[1.0, 2.0]]] * 2),
        ValueError,
        r"coefficients has shape \(2, 1, 2\)",
    ),
    "no atoms": (lambda: ridge("cosine", Q, None, np.zeros((2, 0, 1))), ValueError, "at least one atom"),
    "negative probability": (
        lambda: ridge("cosine", Q, probabilities=[[1.5, -0.5]] * 2),
        ValueError,
        r"probabilities holds -0.5; rule: weights >= 0",
    ),
    "probabilities of sum 0.9": (
        lambda: ridge("cosine", Q, probabilities=[[0.5, 0.4]] * 2),
        ValueError,
        r"probabilities sums to 0.9; rule: sum 1",
    ),
    "exact weights of sum 5/6": (
        lambda: ridge(
            "cosine", Q, support=[[Fraction(1, 2), Fraction(1, 3)]] * 2, probabilities=[[0.5, 0.5]] * 2
        ),
        ValueError,
        "support sums to 5/6",
    ),
    "query of a wrong shape": (
        lambda: ridge("cosine", Q, probabilities=[[1.0]] * 2, query=[[0.5, 0.5]] * 2),
        ValueError,
        r"query has shape \(2, 2\)",
    ),
    "task weights of a wrong length": (
        lambda: ridge("cosine", Q, task_weights=[1.0]),
        ValueError,
        r"task_weights has shape \(1,\); rule: \(2,\)",
    ),
    "empty task weights": (lambda: ridge("cosine", Q, task_weights=[]), ValueError, "task_weights is empty"),
    "d = 0": (lambda: quadratic(0), ValueError, "d = 0; rule: at least 1"),
    "d = 1.5": (lambda: quadratic(1.5), TypeError, "d = 1.5; rule: an integer"),
    "tasks = True": (lambda: quadratic(1, True), TypeError, "tasks = True; rule: an integer"),
    "atoms = -1": (lambda: quadratic(1, 1, -1), ValueError, "atoms = -1; rule: at least 1"),
    "scale = 0": (lambda: quadratic(scale=0), ValueError, "scale = 0; rule: positive and finite"),
    "scale = inf": (lambda: quadratic(scale=inf), ValueError, "scale = inf; rule: positive"),
    "noise = -1": (lambda: quadratic(noise=-1), ValueError, "noise = -1; rule: finite and at least 0"),
    "spread = NaN": (lambda: quadratic(spread=nan), ValueError, "spread = nan; rule: finite"),
    "noise of text": (lambda: quadratic(noise="1"), TypeError, "noise = '1'; rule: a real number"),
    "unknown features": (
        lambda: quadratic(features="cross"),
        ValueError,
        "features = 'cross'; rule: one of axes, random",
    ),
    "unknown noise": (
        lambda: FAMILIES["cubic"](noise_kind="loud"),
        ValueError,
        "noise_kind = 'loud'; rule: one of additive",
    ),
    "Hessian noise of quadratics": (
        lambda: quadratic(noise_kind="hessian"),
        ValueError,
        "noise_kind = 'hessian'; rule: not for quadratic",
    ),
    "reach = 0": (lambda: plateau(reach=0), ValueError, "reach = 0; rule: positive"),
    "text for a number": (lambda: positive("alpha", "x"), TypeError, "alpha = 'x'; rule: a real"),
    "a count of text": (lambda: count("steps", "3"), TypeError, "steps = '3'; rule: an integer"),
    "a Boolean amount": (lambda: nonnegative_fraction("noise", True), TypeError, "noise = True"),
    "mixed objects": (lambda: finite_array("w", [Fraction(1, 2), inf], 1), ValueError, "w holds inf"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_named(case: str) -> None:
    call, kind, message = BAD[case]
    with pytest.raises(kind, match=message):
        call()


def test_read_only_arrays_are_accepted_and_results_of_validation_are_read_only() -> None:
    array = np.array(Q)
    array.setflags(write=False)
    assert ridge("cosine", array).d == 2
    with pytest.raises(ValueError, match="read-only"):
        finite_array("w", [1.0], 1)[0] = 2.0
