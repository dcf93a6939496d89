"""What a killed worker is told by."""

from __future__ import annotations

__all__ = ["WorkerLost"]


class WorkerLost(OSError):
    """A worker process ended without a result; what others had done by then was returned."""
