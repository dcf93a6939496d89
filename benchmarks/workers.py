"""Two workers against one on 200 equal cells: runs by turns, the start of the processes included.

    python benchmarks/workers.py [RUNS, default 3]

prints the time of each run and the ratio of the medians, which is to be at least 1.7.
"""

import statistics
import sys
import time

from joblib.externals.loky import get_reusable_executor
from threadpoolctl import threadpool_limits

from maml_verify.studies.sweep import Cell, run_cells

CELLS = [Cell("path-stability", "printed", "cubic", steps=(2, 5))] * 200
WANTED = 1.7


def seconds(jobs: int) -> float:
    """Wall time of the sweep; linear algebra has one thread a worker in each case."""
    get_reusable_executor().shutdown(wait=True)
    start = time.perf_counter()
    with threadpool_limits(1):
        assert sum(1 for _ in run_cells(CELLS, jobs=jobs)) == len(CELLS)
    return time.perf_counter() - start


def main() -> int:
    """0 where two workers are fast enough."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    times: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(runs):
        for jobs, found in times.items():
            found.append(seconds(jobs))
            print(f"{jobs} worker{'s' * (jobs > 1)}: {found[-1]:.2f} s")
    one, two = (statistics.median(found) for found in times.values())
    print(f"medians of {runs}: {one:.2f} s and {two:.2f} s, ratio {one / two:.2f} (wanted {WANTED})")
    return 0 if one / two >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
