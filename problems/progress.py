"""How a long computation tells what is done: a function of the parts done and in all."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["Progress", "silent"]

Progress = Callable[[int, int], None]


def silent(done: int, total: int) -> None:
    """Tell nobody."""
