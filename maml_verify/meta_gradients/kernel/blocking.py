"""Blocks of tasks and replicates that fit the cache, and two threads that share them."""

from __future__ import annotations

import math
import os
import sys
import threading
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from problems.arrays import Array

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

__all__ = ["Block", "blocks", "each_block", "part"]

# Tasks and replicates that are worked on together.
Block = tuple[slice, slice]

# Numbers in one array of a block: 1.5 MB.  A sixth of it is as fast for one thread, but two then wait for the
# interpreter's lock between the passes: woken too often, they gain nothing over one.
NUMBERS, LEAST = 196_608, 32_768
# Numbers that all steps of a block may keep: 64 MB.
KEPT = 8_388_608
# Link evaluations below which limiting BLAS, and a second thread, cost more than they save.
FREE, SERIAL = 20_000, 200_000
# Two at most, and fewer where the cores or the user's OMP_NUM_THREADS, which worker processes set, are fewer.
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
THREADS = min(2, CORES, int((os.environ.get("OMP_NUM_THREADS") or str(CORES)).split(",")[0]))


def blocks(n: int, R: int, width: int, kept: int = 1) -> list[Block]:
    """Equal blocks of n tasks and R replicates, by the width of arrays of which ``kept`` are kept at once.

    They depend on nothing else.
    """
    numbers = min(NUMBERS, KEPT // max(1, kept), max(LEAST, n * R * width // 4))
    together = _even(n, numbers // (R * width))
    rows = _even(R, numbers // width)
    return [
        (slice(i, min(i + together, n)), slice(r, min(r + rows, R)))
        for i in range(0, n, together)
        for r in range(0, R, rows)
    ]


def _even(count: int, most: int) -> int:
    # The size of equal parts of at most ``most``, and at least one.
    return math.ceil(count / math.ceil(count / max(1, most)))


@lru_cache(maxsize=1)
def _controller() -> ThreadpoolController:
    from threadpoolctl import ThreadpoolController

    # Found once: finding the libraries takes longer than a small meta gradient.
    return ThreadpoolController()


def _is_worker() -> bool:
    # Imported late, and only where some process was started or is one: it takes as long as all of ours.
    if "multiprocessing" not in sys.modules:
        return False
    from multiprocessing import parent_process

    return parent_process() is not None


def each_block(worker: Callable[[Iterable[Block]], None], parts: list[Block], evaluations: int) -> None:
    """``worker`` over all blocks, by two threads with BLAS at one thread each where there is enough to do.

    The blocks don't overlap and don't depend on who does them, so neither do the results.
    """
    if len(parts) == 1 or evaluations < FREE:
        worker(parts)
        return
    alone = evaluations < SERIAL or _is_worker()
    queue, failures = iter(parts), []

    def other() -> None:
        try:
            worker(queue)
        except BaseException as error:
            failures.append(error)

    with _controller().limit(limits=1, user_api="blas"):
        threads = [threading.Thread(target=other) for _ in range(0 if alone else THREADS - 1)]
        for thread in threads:
            thread.start()
        try:
            worker(queue)
        finally:
            for thread in threads:
                thread.join()
    if failures:
        raise failures[0]


def part(c: Array, block: Block) -> Array:
    """What a batch has in a block."""
    return c[block] if c.shape[1] > 1 else c[block[0]]
