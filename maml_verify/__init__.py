"""Numerical verification of the convergence theory of multi-step MAML.

``check("estimator-bias", family, alpha_L=0.1, steps=3)`` compares both sides of a statement of the paper on
a family of `problems` and returns a `Record`.
"""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["CLAIMS", "Record", "check", "replay", "setting"]

_HOMES = {
    "CLAIMS": "maml_verify.claims",
    "Record": "maml_verify.record",
    "check": "maml_verify.checking",
    "replay": "maml_verify.witness",
    "setting": "maml_verify.settings",
}


def __getattr__(name: str) -> Any:
    # Found when asked for: importing the formulas alone costs nothing else.
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
