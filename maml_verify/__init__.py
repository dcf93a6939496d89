"""Numerical verification of the convergence theory of multi-step MAML.

``check("estimator-bias", family, alpha_L=0.1, steps=3)`` compares both sides of a statement of the paper on
a family of `problems` and returns a `Record`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from maml_verify.checks.check import check
    from maml_verify.checks.meta_gradient import check_meta_gradient
    from maml_verify.checks.witness import replay
    from maml_verify.claims import CLAIMS, Claim, find_claim
    from maml_verify.claims.conjectures.build import conjecture
    from maml_verify.record import Record
    from maml_verify.settings import Setting, setting

__all__ = ["CLAIMS", "Claim", "Record", "Setting", "__version__", "check", "check_meta_gradient"]
__all__ += ["conjecture", "find_claim", "replay", "setting"]

__version__ = "0.1.0"

_HOMES = {
    "CLAIMS": "claims",
    "Claim": "claims",
    "Record": "record",
    "Setting": "settings",
    "check": "checks.check",
    "check_meta_gradient": "checks.meta_gradient",
    "conjecture": "claims.conjectures.build",
    "find_claim": "claims",
    "replay": "checks.witness",
    "setting": "settings",
}


def __getattr__(name: str) -> Any:
    # Found when asked for: importing the formulas alone costs nothing else.
    if name in _HOMES:
        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
