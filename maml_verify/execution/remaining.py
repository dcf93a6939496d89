"""How long a sweep will still take, judged by what its cells took."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence

__all__ = ["Remaining"]


class Remaining:
    """The time left of a sweep whose cells are of several kinds, those of a kind of like cost.

    The cost of what is left is the mean of its kind, or of all kinds where its own was not yet seen.  What
    this run has done at its own pace, with its workers and delays, says how long that cost takes.

    Parameters
    ----------
    kinds : the kind of each cell
    clock : seconds
    """

    def __init__(self, kinds: Sequence[Hashable], clock: Callable[[], float] = time.monotonic) -> None:
        self.count = 0
        self._kinds, self._clock, self._start = kinds, clock, clock()
        self._left: dict[Hashable, int] = defaultdict(int)
        for kind in kinds:
            self._left[kind] += 1
        self._unseen = len(kinds)
        self._mean: dict[Hashable, float] = {}
        self._seen: dict[Hashable, int] = defaultdict(int)
        self._known = self._total = self._spent = 0.0

    def done(self, cell: int, cost: float, fresh: bool = True) -> float:
        """Seconds left once a cell is done; inf before this run has done any.

        Parameters
        ----------
        cost : seconds of a worker;  fresh : whether this run did it, or a store had it
        """
        kind = self._kinds[cell]
        self._known -= self._expected(kind)
        if kind not in self._mean:
            self._unseen -= self._left[kind]
        self._left[kind] -= 1
        self._seen[kind] += 1
        mean = self._mean.get(kind, 0.0)
        self._mean[kind] = mean + (cost - mean) / self._seen[kind]
        self._known += self._expected(kind)
        self.count += 1
        self._total += cost
        self._spent += cost if fresh else 0.0
        if not self._spent:
            return math.inf
        cost_left = max(self._known, 0.0) + self._unseen * self._total / self.count
        return (self._clock() - self._start) * cost_left / self._spent

    def _expected(self, kind: Hashable) -> float:
        return self._left[kind] * self._mean.get(kind, 0.0)
