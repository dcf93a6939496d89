"""``maml-verify run algorithm-1|algorithm-2``: many independent runs of an algorithm."""

from __future__ import annotations

import argparse
import sys
from fractions import Fraction
from typing import Any

import numpy as np

from maml_verify.algorithms import Algorithm, History, constant, finite_sum, resampling
from maml_verify.algorithms import run as run_algorithm
from maml_verify.checks.case import prepare
from maml_verify.claims import find_claim
from maml_verify.commands.console.data import data_options
from maml_verify.commands.console.families import WHAT
from maml_verify.commands.console.faults import Ending
from maml_verify.commands.console.files import figure_format, writable, write_figure
from maml_verify.commands.console.options import families, fraction
from maml_verify.commands.console.output import known_constants, progress_bar, write_rows
from maml_verify.left_sides.runs import finite_sum_run, resampling_run
from maml_verify.reports.plots import needs_plots, plot_exponent, plot_history
from maml_verify.reports.rows import Row
from maml_verify.settings import PreparedSetting, setting, step_size
from maml_verify.studies.measured_rates import exponent
from problems import FAMILIES, Family
from problems.validation import count

CLAIM = {"algorithm-1": "resampling-rate", "algorithm-2": "finite-sum-rate"}
# Iterations shown.
SHOWN = 10


def add(parser: argparse.ArgumentParser) -> None:
    """Family, step sizes, batches, and what happens to the run."""
    parser.add_argument("algorithm", choices=list(CLAIM))
    parser.add_argument("--family", nargs=1, default=[], metavar="FAMILY", help=f"{WHAT}; default: cubic")
    data_options(parser)
    parser.add_argument("--steps", type=int, default=1, metavar="N", help="inner steps, default: 1")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--alpha", type=fraction, metavar="X", help="inner step size, default: 1/(8NL)")
    size.add_argument("--alpha-L", type=fraction, metavar="X", help="inner step size times L")
    parser.add_argument("-K", "--K", type=int, default=100, help="meta iterations, default: 100")
    for name, what in zip("SDTB", ("inner batch", "Hessian batch", "outer batch", "task batch"), strict=True):
        parser.add_argument(f"--{name}", type=int, help=f"size of the {what}, default: by the theorem")
    parser.add_argument("--exact", action="store_true", help="all batches the population: (4) or (10)")
    parser.add_argument("--C-beta", type=fraction, metavar="X", help="beta_k = 1/(C_beta Lhat)")
    parser.add_argument("--B-prime", type=int, help="size of the task batch of Lhat")
    parser.add_argument("--D-L", type=int, help="size of the data batches of Lhat")
    parser.add_argument("--beta", type=fraction, metavar="X", help="a constant meta step size instead")
    parser.add_argument("--start", type=float, nargs="+", metavar="W", help="w_0, default: ones")
    parser.add_argument("--runs", type=int, default=100, metavar="R", help="independent runs, default: 100")
    parser.add_argument("--checkpoint", metavar="FILE", help="keep there what is done")
    parser.add_argument(
        "--every", type=int, default=100, metavar="K", help="iterations between checkpoints, default: 100"
    )
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint")
    what = "measure the norm at several K, S, B or T, with its slope beside the theory's: such as B 2 8 32"
    parser.add_argument("--vary", nargs="+", metavar=("NAME", "SIZE"), help=what)
    parser.add_argument("--plot", metavar="FILE", help="a figure of it, such as run.png (extra plot)")


def run(arguments: argparse.Namespace) -> int:
    """Run, and show loss, meta gradient, step size and counts along the way."""
    chosen = (families(arguments) or ["cubic"])[0]
    family = FAMILIES[chosen](rng=arguments.rng) if isinstance(chosen, str) else chosen
    writable("checkpoint", arguments.checkpoint)
    writable("plot", arguments.plot)
    if arguments.plot is not None:
        needs_plots()
        figure_format(arguments.plot)
    s, algorithm = _algorithm(arguments, family)
    if arguments.vary is not None:
        return _vary(arguments, s)
    start = s.w[0].astype(np.float64)
    ending = Ending("meta iterations")
    early: BaseException | None = None
    try:
        with progress_bar("meta iterations") as progress, np.errstate(over="ignore", invalid="ignore"):
            history = run_algorithm(
                algorithm,
                family,
                start,
                arguments.K,
                runs=arguments.runs,
                rng=arguments.rng,
                record=("loss", "meta_gradient"),
                progress=progress,
                checkpoint=arguments.checkpoint,
                every=arguments.every,
                resume=arguments.resume,
            )
        early = KeyboardInterrupt() if history.interrupted else None
    except Exception as error:
        if not hasattr(error, "history"):
            raise
        history, early = error.history, error
        if not history.state.k:
            raise
    done = history.state.k
    if early is not None:
        ending.ends(early, f"{done} of {arguments.K} meta iterations are done and shown")
    if not done:
        raise ValueError("no meta iteration was done; rule: at least one")
    if not np.isfinite(history.state.w).all():
        print(f"diverged: some of the {arguments.runs} runs left float64", file=sys.stderr)
    head = {"family": family.name, **algorithm.parameters, "runs": arguments.runs, **_average(history)}
    rows = _rows(history)
    write_rows(rows, arguments, head)
    if arguments.plot is not None:
        write_figure(plot_history(rows), arguments.plot)
    return ending.code(lambda: 0)


def _vary(arguments: argparse.Namespace, s: PreparedSetting) -> int:
    """Rows of `measured_rates.exponent`: the norm in the second half of the run at each size."""
    name, *sizes = arguments.vary
    if arguments.beta is not None or arguments.checkpoint is not None:
        raise ValueError("vary with beta or checkpoint; rule: the meta step size of the theorem, run whole")
    if not all(size.isdecimal() for size in sizes):
        raise ValueError(f"vary = {' '.join(arguments.vary)}; rule: one of K, S, B, T and two sizes")
    numbers = [count(name, int(size)) for size in sizes]
    rows = exponent(s, name, numbers, finite=arguments.algorithm == "algorithm-2")
    write_rows(rows, arguments, {"family": s.family.name, "algorithm": arguments.algorithm, "runs": s.runs})
    if arguments.plot is not None:
        write_figure(plot_exponent(rows), arguments.plot)
    return 0


def _algorithm(arguments: argparse.Namespace, family: Family) -> tuple[PreparedSetting, Algorithm]:
    claim = find_claim(CLAIM[arguments.algorithm])
    known = known_constants(claim, family)
    N, alpha = arguments.steps, arguments.alpha
    if alpha is None:
        share = Fraction(1, 8 * max(N, 1)) if arguments.alpha_L is None else arguments.alpha_L
        alpha = step_size(share, known.L.value)
    names = ("S", "D", "T", "B", "C_beta", "B_prime", "D_L")
    start = arguments.start or family.nearest(np.ones((1, family.d)), alpha, N)
    sizes = {name: getattr(arguments, name) for name in names}
    s = setting(family, alpha=alpha, steps=N, w=start, rng=arguments.rng, K=arguments.K, **sizes)
    case = prepare(claim, s, "printed", known).but(runs=arguments.runs)
    s = case.setting
    first = arguments.algorithm == "algorithm-1"
    if arguments.beta is None:
        if case.reasons:
            rule = "rule: its conditions hold, or --beta X is given"
            raise ValueError(f"{claim.paper}: {case.reasons[0]}; {rule}")
        if arguments.exact:
            raise ValueError("exact without beta; rule: a constant meta step size, such as --beta 0.01")
        return s, (resampling_run if first else finite_sum_run)(s)
    beta = constant(float(arguments.beta))
    whole: dict[str, Any] = dict.fromkeys("BSDT") if arguments.exact else {k: getattr(s, k) for k in "BSDT"}
    if first:
        return s, resampling(family, alpha=alpha, steps=N, beta=beta, **whole)
    return s, finite_sum(family, alpha=alpha, steps=N, beta=beta, B=whole["B"])


def _average(history: History) -> Row:
    """E ||grad L(w_zeta)|| over zeta and runs, with its standard error."""
    assert history.meta_gradient is not None
    values = history.meta_gradient[:-1].mean(0)
    error = values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else float("nan")
    return {"mean_norm": float(values.mean()), "standard_error": float(error)}


def _rows(history: History) -> list[Row]:
    assert history.loss is not None
    assert history.meta_gradient is not None
    K = history.state.k
    gradients = np.cumsum((history.gradients + history.stepsize_gradients).astype(float).mean(1))
    hessians = np.cumsum(history.hessians.astype(float).mean(1))
    rows: list[Row] = []
    for k in sorted({round(K * share / SHOWN) for share in range(SHOWN + 1)}):
        norms = history.meta_gradient[k]
        rows.append(
            {
                "k": k,
                "loss": float(history.loss[k].mean()),
                "norm": float(norms.mean()),
                "least": float(norms.min()),
                "largest": float(norms.max()),
                "beta": float(history.beta[k - 1].mean()) if k else float("nan"),
                "gradients": float(gradients[k - 1]) if k else 0.0,
                "hessians": float(hessians[k - 1]) if k else 0.0,
            }
        )
    return rows
