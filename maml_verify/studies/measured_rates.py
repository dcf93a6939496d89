"""Measured rates: the log-log slope of E ||grad L(w_zeta)|| against K, S, B, T, beside the theory's exponent.

The theory bounds the norm by r + sqrt(chi r) with r a sum of terms in 1/K, 1/S, 1/B and 1/(TB): where r is
far below chi and one of them rules, the bound falls with its power -1/2 as that size grows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from statistics import NormalDist
from typing import Any

import numpy as np

from maml_verify.algorithms import run_whole
from maml_verify.left_sides.runs import finite_sum_run, resampling_run
from maml_verify.reports.rows import Row
from maml_verify.settings import PreparedSetting
from problems.arrays import Array

__all__ = ["exponent", "measure_norms", "slope"]

# Exponent of each size in the bound once its term rules a small r.
THEORY = -0.5


def measure_norms(s: PreparedSetting, finite: bool, last: bool = False) -> Array:
    """||grad L(w_zeta)|| averaged over zeta for each of ``s.runs`` runs from the first point, (runs,).

    Parameters
    ----------
    s : prepared setting, with constants and all sizes
    finite : Algorithm 2 rather than Algorithm 1
    last : the second half of the run only, in which the start is forgotten
    """
    algorithm = (finite_sum_run if finite else resampling_run)(s)
    start = s.w[0].astype(np.float64)
    history = run_whole(
        algorithm, s.family, start, s.K, runs=s.runs, rng=[s.rng, 4], record=("meta_gradient",)
    )
    assert history.meta_gradient is not None
    return history.meta_gradient[s.K // 2 if last else 0 : s.K].mean(0)


def slope(sizes: Sequence[float], samples: Sequence[Array], confidence: float = 0.99) -> tuple[float, float]:
    """Weighted least-squares slope of log mean against log size, and the half-width of its interval.

    Parameters
    ----------
    samples : for each size, independent values of what is averaged
    """
    x = np.log(np.asarray(sizes, dtype=float))
    means = np.array([values.mean() for values in samples])
    errors = np.array([values.std(ddof=1) / math.sqrt(len(values)) for values in samples]) / means
    weights = 1 / np.maximum(errors, 1e-12) ** 2
    centre = (weights * x).sum() / weights.sum()
    spread = (weights * (x - centre) ** 2).sum()
    value = (weights * (x - centre) * np.log(means)).sum() / spread
    return float(value), float(NormalDist().inv_cdf(0.5 + confidence / 2) / math.sqrt(spread))


def exponent(
    s: PreparedSetting, name: str, sizes: Sequence[int], finite: bool = False, last: bool = True
) -> list[Row]:
    """Rows with the mean norm at each size of ``name`` (K, S, B or T), and the slope on all of them.

    Raises
    ------
    ValueError
        If ``name`` is none of them, or fewer than two sizes are given.
    """
    if name not in ("K", "S", "B", "T") or len(sizes) < 2:
        raise ValueError(f"name = {name!r}, sizes = {list(sizes)}; rule: one of K, S, B, T and two sizes")
    changes: list[dict[str, Any]] = [{name: size} for size in sizes]
    samples = [measure_norms(replace(s, **change), finite, last) for change in changes]
    value, half = slope(sizes, samples)
    fit = {"slope": value, "slope_low": value - half, "slope_high": value + half, "theory": THEORY}
    rows: list[Row] = []
    for change, values in zip(changes, samples, strict=True):
        error = float(values.std(ddof=1) / math.sqrt(len(values)))
        rows.append({**change, "norm": float(values.mean()), "error": error, **fit})
    return rows
