"""The precision of Arb balls, which the process has one of."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import flint

__all__ = ["arb_precision"]

# Threads share the precision of python-flint: one block at a time, or each would restore another's.
_lock = threading.RLock()


def _renew() -> None:
    # A forked child has none of the threads that may have held the lock.
    global _lock
    _lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)


@contextmanager
def arb_precision(bits: int) -> Iterator[None]:
    """Arb at ``bits`` bits within the block, and as it was after it; blocks of other threads wait."""
    with _lock:
        before = flint.ctx.prec
        flint.ctx.prec = bits
        try:
            yield
        finally:
            flint.ctx.prec = before
