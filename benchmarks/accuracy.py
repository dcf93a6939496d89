"""What an accuracy costs by Corollary 6, derived, and by Theorem 5, edition beyond.

``python -m benchmarks.accuracy`` takes L = rho = sigma = sigma_g = sigma_H = Delta = 1; with ``--data FILE``,
``--label Y`` and ``--task T`` the constants of a data set, Delta from above by the losses at 0.  Gradients
and Hessians of single data points are added up.
"""

from __future__ import annotations

import argparse
import itertools
import math
from collections.abc import Callable
from typing import Any

from maml_verify.theory import beyond_rates
from maml_verify.theory import derived_corollaries as corollaries
from maml_verify.theory.symbols import Constants, Parameters

Cost = tuple[float, float]
SIZES = ("S", "D", "T", "B", "B_prime", "D_L")
FACTORS = (64.0, 8.0, 2.0, 1.25)


def corollary(c: Constants, N: int, gap: float, eps: float) -> Cost:
    """Iterations, and gradients and Hessians, of Corollary 6, derived."""
    M = corollaries.resampling_M(c, eps)
    sizes = corollaries.Sizes(*map(math.floor, corollaries.resampling_sizes(c, gap, M)))
    return sizes.K, sizes.K * (corollaries.gradients(sizes, N) + corollaries.hessians(sizes, N))


def beyond(c: Constants, p: Parameters, gap: float, eps: float) -> Cost:
    """The same of Theorem 5, edition beyond, with these batches; infinite where they are too small."""
    p = p._replace(C_beta=beyond_rates.least_C_beta(c, p) * (1 + 1e-9))
    d = beyond_rates.resampling(c, p, beyond_rates.smaller_bias(c, p))
    if not d.curve > 0:
        return math.inf, math.inf
    K = beyond_rates.least_K(beyond_rates.settled(d), p, gap, eps)
    if not K > 0:
        return math.inf, math.inf
    return math.ceil(K), math.ceil(K) * (p.B * (p.N * (p.S + p.D) + p.T) + p.B_prime * p.D_L)


def best(cost: Callable[[Parameters], Cost], p: Parameters) -> tuple[Parameters, Cost]:
    """Batches by coordinate descent over factors that shrink, from large ones."""
    found = cost(p)
    for factor in FACTORS:
        better = True
        while better:
            better = False
            for name, up in itertools.product(SIZES, (False, True)):
                size = getattr(p, name)
                moved = math.ceil(size * factor) if up else max(1, math.floor(size / factor))
                tried = p._replace(**{name: float(moved)})
                now = cost(tried)
                if moved != size and now[1] < found[1]:
                    p, found, better = tried, now, True
    return p, found


def rows(c: Constants, gap: float, eps: float, steps: tuple[int, ...]) -> list[tuple[Any, ...]]:
    """N, then iterations and cost of both, and the batches of the second."""
    out = []
    for N in steps:
        start = Parameters(1 / (8 * N * c.L), N, None, *([2.0**40] * 4), B_prime=2.0**20, D_L=2.0**20)
        p, found = best(lambda p: beyond(c, p, gap, eps), start)
        out.append((N, *corollary(c, N, gap, eps), *found, {name: int(getattr(p, name)) for name in SIZES}))
    return out


def given(arguments: argparse.Namespace) -> tuple[Constants, float]:
    """Constants, and a bound on Delta."""
    if arguments.data is None:
        return Constants(*[1.0] * 5, 0.0, 0.0, float(arguments.convexity)), 1.0
    from problems import from_table, resampling_constants

    family = from_table(arguments.data, label=arguments.label, task=arguments.task)
    known = resampling_constants(family)
    values = (float(getattr(known, name).value) for name in ("L", "rho", "sigma", "sigma_g", "sigma_H"))
    # Logistic losses are at least 0, log 2 at 0, and inner steps shorter than 2/L only go down.
    return Constants(*values, 0.0, 0.0, float(known.convexity.value)), math.log(2)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data")
    parser.add_argument("--label")
    parser.add_argument("--task")
    parser.add_argument("--convexity", type=float, default=0.0, help="l where no data is given")
    parser.add_argument("--eps", type=float, default=0.1)
    parser.add_argument("--steps", type=int, nargs="*", default=[1, 4, 16, 64])
    arguments = parser.parse_args()
    c, gap = given(arguments)
    print(c, f"Delta = {gap:.3g}", f"eps = {arguments.eps}")
    for N, K, total, k, less, sizes in rows(c, gap, arguments.eps, tuple(arguments.steps)):
        share = f"{total / less:.3g} times less"
        print(
            f"N = {N}: derived K {K:.3g}, cost {total:.3g}; beyond K {k:.3g}, cost {less:.3g}, "
            f"{share} {sizes}"
        )


if __name__ == "__main__":
    main()
