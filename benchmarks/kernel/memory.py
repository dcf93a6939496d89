"""``python -m benchmarks.kernel.memory REPLICATES``: peak memory of a simulated second moment, d = 16."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from maml_verify.left_sides.sequential import Stop
from maml_verify.left_sides.simulated import simulate_second_moment
from maml_verify.left_sides.sure_bounds import sure_bounds
from problems import ridge


def main(replicates: int) -> None:
    """Two tasks of 8 atoms and ridge terms, three steps; prints seconds, peak, and the share of imports."""
    rng = np.random.default_rng(0)
    features = rng.standard_normal((2, 8, 16)) / 4
    family = ridge("cosine", features, rng.standard_normal((2, 8)), rng.standard_normal((2, 8, 8)))
    before, start = _peak(), time.perf_counter()
    w = rng.standard_normal((2, 1, 16))
    bound = sure_bounds(family, w, 0.1, 3).estimator
    simulate_second_moment(family, w, 0.1, 3, 2, 2, 2, stop=Stop(replicates, 0.1), rng=0, bound=bound)
    seconds = time.perf_counter() - start
    print(
        f"{replicates} replicates: {seconds:.1f} s, peak {_peak():.0f} MiB, of which imports {before:.0f} MiB"
    )


def in_a_process(replicates: int) -> None:
    """`main` in a process of its own, whose peak nothing else has raised."""
    print("\nmemory (cosine; tasks 2, d 16, K 8, N 3)", flush=True)
    subprocess.run([sys.executable, "-m", "benchmarks.kernel.memory", str(replicates)], check=True)


def _peak() -> float:
    # Linux counts the process that started this one into what `resource` tells.
    status = Path("/proc/self/status")
    for line in status.read_text().splitlines() if status.exists() else ():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    main(int(sys.argv[1]))
