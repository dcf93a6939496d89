"""One function on many arguments, through joblib: worker processes of this machine, or a Dask cluster."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

from maml_verify.execution.lost import WorkerLost
from maml_verify.execution.python_files import carried, digests, run
from problems.validation import count

__all__ = ["WorkerLost", "each"]

# From so many calls on, short ones are sent several at a time.
MANY = 1000
# Workers left alone by a killed run end after so many seconds.
IDLE = 30


def each(
    function: Callable[..., Any],
    arguments: Sequence[tuple[Any, ...]],
    jobs: int | None = None,
    scheduler: str | None = None,
    ordered: bool = False,
) -> Iterator[Any]:
    """``function(*a)`` for every a, as they are done or in their order.

    What a user's file or notebook defines goes to the other processes by value.

    Parameters
    ----------
    jobs : processes, default the number of cores; with 1 it is this process
    scheduler : address of a Dask scheduler, whose workers are used instead
    ordered : in the order of ``arguments``, not as they are done

    Raises
    ------
    WorkerLost
        If a process is killed.
    ValueError
        If there is no such scheduler, or its workers differ.
    """
    jobs = count("jobs", os.cpu_count() or 1 if jobs is None else jobs)
    size: int | str = "auto" if len(arguments) > MANY else 1
    if scheduler is not None:
        from maml_verify.execution.cluster import cluster

        with cluster(scheduler) as (backend, guard):
            yield from _parallel(backend, guard(run), _carried(function, arguments), ordered, size)
    elif jobs == 1 or len(arguments) < 2:
        for values in arguments:
            yield function(*values)
    else:
        from joblib import parallel_config

        # One thread of linear algebra a worker, so that workers don't wait for each other.
        backend = parallel_config("loky", n_jobs=jobs, inner_max_num_threads=1, idle_worker_timeout=IDLE)
        if digests():
            yield from _parallel(backend, run, _carried(function, arguments), ordered, size)
        else:
            # Without files of the user's, joblib's own pickling does, which maps large arrays into memory.
            yield from _parallel(backend, function, arguments, ordered, size)


def _carried(function: Callable[..., Any], arguments: Iterable[tuple[Any, ...]]) -> Iterator[tuple[bytes]]:
    return ((carried(function, values),) for values in arguments)


def _parallel(
    backend: AbstractContextManager[Any],
    function: Callable[..., Any],
    arguments: Iterable[tuple[Any, ...]],
    ordered: bool,
    size: int | str,
) -> Iterator[Any]:
    from joblib import Parallel, delayed
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    with backend:
        results = Parallel(return_as="generator" if ordered else "generator_unordered", batch_size=size)(
            delayed(function)(*values) for values in arguments
        )
    try:
        # One by one, so that an early end comes to the lines below before it comes to joblib.
        for result in results:  # noqa: UP028
            yield result
    except TerminatedWorkerError:
        raise WorkerLost(
            "a worker process was killed, by the system if memory ran out; try --jobs 1"
        ) from None
    finally:
        with warnings.catch_warnings():
            # Where we end early, joblib would say that others' work is lost; so we mean it.
            warnings.simplefilter("ignore", UserWarning)
            results.close()
