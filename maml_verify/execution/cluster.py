"""The workers of a running Dask cluster: the same source as here, and one call at a time in a process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, final

from maml_verify.execution.identity import source
from maml_verify.execution.lost import WorkerLost

__all__ = ["Guarded", "cluster"]

# Seconds to find the scheduler.
TIMEOUT = 5
# The precision of Arb belongs to the process, so that two threads would change each other's.
_ONE = threading.Lock()


@final
@dataclass(frozen=True)
class Guarded:
    """A function that refuses to run where the source is not the one of who asks for it."""

    function: Callable[..., Any]
    source: str

    def __call__(self, *arguments: Any) -> Any:
        """The function's value."""
        if source() != self.source:
            raise ValueError("a Dask worker has another version; rule: the same maml-verify and libraries")
        with _ONE:
            return self.function(*arguments)


@contextmanager
def cluster(address: str) -> Iterator[tuple[Any, Callable[[Callable[..., Any]], Guarded]]]:
    """The backend of joblib for the workers of a scheduler, and what its functions must be wrapped in.

    Raises
    ------
    ValueError
        If there is no scheduler at the address, or its workers have not this project in this version.
    WorkerLost
        If every worker that tries a cell is killed.
    """
    try:
        from distributed import Client, KilledWorker
        from distributed.comm import resolve_address
    except ImportError:
        raise ValueError("scheduler: no dask.distributed; rule: pip install 'maml-verify[cluster]'") from None
    from joblib import parallel_config

    where = f"scheduler = {address}"
    try:
        resolve_address(address)  # what is no address would leave a client half made
        client = Client(address, timeout=TIMEOUT, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise ValueError(f"{where}: {error}; rule: a running one, such as tcp://127.0.0.1:8786") from None
    with client:
        try:
            yield (
                parallel_config("dask", client=client, wait_for_workers_timeout=TIMEOUT),
                lambda function: Guarded(function, source()),
            )
        except ImportError as error:
            raise ValueError(f"{where}: a worker says: {error}; rule: maml-verify on every worker") from None
        except TimeoutError:
            raise ValueError(f"{where}: no worker in {TIMEOUT} s; rule: at least one worker") from None
        except KilledWorker as error:
            raise WorkerLost(f"{where}: {error}") from None
