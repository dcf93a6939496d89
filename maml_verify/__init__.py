"""Numerical verification of the convergence theory of multi-step MAML.

``check("estimator-bias", family, alpha_L=0.1, steps=3)`` compares both sides of a statement of the paper on
a family of `problems` and returns a `Record`.  What is public is listed here: `CLAIMS` are the statements in
the paper's order, and `statements` has one function for each.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

# The public names, for type checkers and editors; `_HOMES` finds the same ones at run time.
if TYPE_CHECKING:
    from maml_verify import statements
    from maml_verify.checks.check import check
    from maml_verify.checks.family import FamilyCheck, check_family
    from maml_verify.checks.laws.parametrize import parametrize_with_checks
    from maml_verify.checks.meta_gradient import check_meta_gradient
    from maml_verify.checks.witness import replay
    from maml_verify.claims import CLAIMS, Claim, add_claims, find_claim
    from maml_verify.claims.conjectures.build import conjecture
    from maml_verify.record import Record
    from maml_verify.settings import Setting, setting
    from maml_verify.studies.search.search import search
    from maml_verify.studies.sweep import sweep

__version__ = "0.1.0"

_HOMES = {
    "CLAIMS": "claims",
    "Claim": "claims",
    "FamilyCheck": "checks.family",
    "Record": "record",
    "Setting": "settings",
    "add_claims": "claims",
    "check": "checks.check",
    "check_family": "checks.family",
    "check_meta_gradient": "checks.meta_gradient",
    "conjecture": "claims.conjectures.build",
    "find_claim": "claims",
    "parametrize_with_checks": "checks.laws.parametrize",
    "replay": "checks.witness",
    "search": "studies.search.search",
    "setting": "settings",
    "statements": "",
    "sweep": "studies.sweep",
}

__all__ = [
    "CLAIMS",
    "Claim",
    "FamilyCheck",
    "Record",
    "Setting",
    "__version__",
    "add_claims",
    "check",
    "check_family",
    "check_meta_gradient",
    "conjecture",
    "find_claim",
    "parametrize_with_checks",
    "replay",
    "search",
    "setting",
    "statements",
    "sweep",
]


def __getattr__(name: str) -> Any:
    # Found when asked for: importing the formulas alone costs nothing else.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = _HOMES[name]
    return (
        getattr(importlib.import_module(f"{__name__}.{home}"), name)
        if home
        else importlib.import_module(f"{__name__}.{name}")
    )


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
