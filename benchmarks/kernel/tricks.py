"""What each trick of the kernel buys: the same call without it, in the same run."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from statistics import median
from types import SimpleNamespace
from typing import Any

import numpy as np

from benchmarks.kernel import timing
from benchmarks.kernel.in_numpy import ALONE, OURS, contestants, without_numba
from benchmarks.kernel.problem import ALPHA, PRESETS, TOY, Problem
from benchmarks.kernel.timing import changed
from maml_verify.meta_gradients import kernel
from maml_verify.meta_gradients.batches import weights_of
from maml_verify.meta_gradients.draws import sample
from maml_verify.meta_gradients.kernel import blocking, link_pairs, links
from maml_verify.meta_gradients.kernel.link_pairs import Pair
from maml_verify.meta_gradients.maml import estimator
from maml_verify.meta_gradients.roles import Roles


def _library(x: np.ndarray, s: np.ndarray, c: np.ndarray, k: np.ndarray) -> None:
    np.sin(x, out=s)
    np.cos(x, out=c)


def _half_tangent(x: np.ndarray, s: np.ndarray, c: np.ndarray, k: np.ndarray) -> None:
    # x is t/2.
    np.tan(x, out=k)
    np.multiply(k, k, out=c)
    np.add(c, 1.0, out=c)
    np.divide(2.0, c, out=c)
    np.multiply(k, c, out=s)
    np.subtract(c, 1.0, out=c)
    np.multiply(c, 2.0, out=c)


def _whole(n: int, R: int, width: int, kept: int = 1) -> list[blocking.Block]:
    return [(slice(0, n), slice(0, R))]


def _form(name: str) -> Callable[..., Any]:
    return lambda: changed(kernel, "form_for", lambda *shape: name)


def _link(link: str, pair: Pair | None) -> Callable[..., Any]:
    known = {key: value for key, value in link_pairs._KNOWN.items() if key != link}
    return lambda: changed(links, "_KNOWN", known if pair is None else {**known, link: pair})


MEDIUM = PRESETS["medium"]
# Name, sizes, link, and the change that takes the trick away.
TRICKS: tuple[tuple[str, tuple[int, ...], str, Callable[..., Any]], ...] = (
    ("blocks", MEDIUM, "cosine", lambda: changed(kernel, "blocks", _whole)),
    ("blocks of 1.5 MB, not of 256 KB", MEDIUM, "cosine", lambda: changed(blocking, "NUMBERS", 2**15)),
    ("two threads", MEDIUM, "cosine", lambda: changed(blocking, "THREADS", 1)),
    (
        "BLAS at one thread",
        PRESETS["large"],
        "cosine",
        lambda: changed(
            blocking, "_controller", lambda: SimpleNamespace(limit=lambda **options: nullcontext())
        ),
    ),
    ("sine by polynomial, not np.sin, np.cos", MEDIUM, "cosine", _link("cosine", Pair(1.0, _library))),
    ("sine by polynomial, not np.tan(t/2)", MEDIUM, "cosine", _link("cosine", Pair(0.5, _half_tangent))),
    ("logistic by one exp, not tanh", MEDIUM, "logistic", _link("logistic", None)),
    ("gram form at d = 32 K", (4, 1024, 32, 5, 500, 8), "cosine", _form("direct")),
    ("direct form at K = 8 d", (4, 8, 64, 5, 2000, 8), "cosine", _form("gram")),
    ("tiny form", PRESETS["single"], "cosine", lambda: changed(kernel, "SMALL", 0)),
)  # fmt: skip


def main(number: int, toy: bool = False) -> None:
    """Print milliseconds without and with each trick, and how many times faster it makes the call."""
    print("\nwhat each trick buys (milliseconds without and with it)")
    for name, sizes, link, without in TRICKS:
        p = Problem(*(2, 4, 8, 2, 50, 2) if toy else sizes, link=link)
        call = without_numba(contestants(p)[OURS][0])
        _show(name, call, without, number)
    for preset in ("small", "medium"):
        ours = contestants(Problem(*(TOY["small"] if toy else PRESETS[preset])))
        if ALONE in ours:
            _compiled(preset, ours[ALONE][0], ours[OURS][0], number)
    wide = Problem(*(2, 3, 40, 2, 50, 2) if toy else (3, 3, 190, 5, 2000, 2))
    drawn = [sample(wide.family, wide.S, wide.R, 0) for _ in range(wide.N)]
    roles = Roles(drawn, drawn, drawn[0])
    w = wide.arrays[0]
    _show(
        "rows fetched, S = 2 of 190", lambda: estimator(wide.family, w, ALPHA, roles), _form("direct"), number
    )
    p = wide.family.probabilities[:, None]
    rng = np.random.default_rng(0)
    calls = {
        "without": lambda: rng.multinomial(wide.S, p, size=(wide.tasks, wide.R)) / wide.S,
        "with": lambda: weights_of(sample(wide.family, wide.S, wide.R, rng), wide.family.atoms),
        "alone": lambda: sample(wide.family, wide.S, wide.R, rng),
    }
    times = timing.rounds(calls, number)
    _line("weights by counts, not multinomial", times, "with")
    _line("atoms, not multinomial", times, "alone")


def _compiled(preset: str, passes: timing.Call, columns: timing.Call, number: int) -> None:
    def one_pass() -> np.ndarray:
        with _form("gram")():
            return columns()

    times = timing.rounds({"without": passes, "pass": one_pass, "columns": columns}, number)
    _line(f"{preset}: one compiled pass", times, "pass")
    _line(f"{preset}: columns, not one compiled pass", times, "columns", "pass")


def _show(name: str, call: timing.Call, without: Callable[..., Any], number: int) -> None:
    def plain() -> np.ndarray:
        with without():
            return call()

    expected, found = call(), plain()
    if not np.abs(found - expected).max() <= 1e-10 * np.abs(expected).max():
        raise ArithmeticError(f"{name}: the results differ")
    _line(name, timing.rounds({"without": plain, "with": call}, number), "with")


def _line(name: str, times: dict[str, timing.Times], faster: str, slower: str = "without") -> None:
    gain = timing.ratio(times, slower, faster)
    cpu = median(times[slower].cpu) / median(times[faster].cpu)
    before, after = (1e3 * median(times[key].wall) for key in (slower, faster))
    print(f"  {name:40} {before:10.3f} {after:10.3f}   {gain:6.2f} times (CPU {cpu:6.2f})", flush=True)
