"""What the machine can do at best, measured in the same run: dgemm, exp and memory, with all its cores."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import threading
import time
from collections.abc import Callable

import numpy as np

from benchmarks.kernel.problem import Problem
from maml_verify.meta_gradients.kernel.blocking import THREADS


def _best(call: Callable[[], object], repeats: int = 9) -> float:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def _together(call: Callable[[int], object]) -> None:
    threads = [threading.Thread(target=call, args=(k,)) for k in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class Limits:
    """dgemm (flop/s), exp (1/s) and memory (byte/s) rates, the best of several tries."""

    def __init__(self) -> None:
        A = np.random.default_rng(0).standard_normal((768, 768))
        out = np.empty_like(A)
        self.dgemm = 2 * 768.0**3 / _best(lambda: np.matmul(A, A, out=out))
        x = np.random.default_rng(0).standard_normal((THREADS, 16_384))
        result = np.empty_like(x)

        def exps(k: int) -> None:
            for _ in range(50):
                np.exp(x[k], out=result[k])

        self.exp = 50.0 * x.size / _best(lambda: _together(exps))
        large = np.zeros((THREADS, 4_000_000))
        other = np.ones_like(large)
        self.memory = 2.0 * large.nbytes / _best(lambda: _together(lambda k: np.copyto(other[k], large[k])))

    def seconds(self, p: Problem) -> float:
        """The sum of the least times for products, exponentials and bytes of one call."""
        return p.flops / self.dgemm + p.evaluations / self.exp + p.bytes / self.memory

    def __str__(self) -> str:
        return (
            f"dgemm {self.dgemm / 1e9:.1f} Gflop/s, exp {self.exp / 1e9:.2f} G/s, "
            f"memory {self.memory / 1e9:.1f} GB/s"
        )


def description() -> str:
    """Machine and versions."""
    model = platform.processor() or platform.machine()
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo") as file:
            model = next((line.split(":")[1].strip() for line in file if "model name" in line), model)
    versions = [f"Python {platform.python_version()}"]
    for name in ("numpy", "scipy", "numba", "jax", "jaxlib", "torch"):
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            versions.append(f"{name} absent")
    return f"{model}, {os.cpu_count()} cores, {THREADS} threads; " + ", ".join(versions)
