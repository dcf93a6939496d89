"""What hypothesis runs when it is imported, by the entry point: it imports nothing that is not in use."""

from __future__ import annotations

import sys

__all__ = ["register"]


def register() -> None:
    """Register the strategies of our types where they are imported; `maml_verify.strategies` does it else."""
    if "maml_verify.claims" in sys.modules:
        import maml_verify.strategies  # noqa: F401
