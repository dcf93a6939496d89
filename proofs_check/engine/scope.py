"""What a record speaks of: the restrictions of all its goals together."""

from __future__ import annotations

from proofs_check.goals import ADMISSIBLE, ALL

__all__ = ["meet"]

#: Scopes that restrict nothing.
WHOLE = ("", "a number", *ALL.split(", "))
ADMISSIBLE_STEP = ADMISSIBLE.split(", ")[1]


def _restrictions(scope: str) -> list[str]:
    return [part for part in scope.split(", ") if part not in WHOLE]


def meet(*scopes: str) -> str:
    """The scope that lies within all of them, each a list of restrictions with commas between.

    Raises
    ------
    ValueError
        If two of them fix the step size differently, so that nothing is in both.
    """
    parts = list(dict.fromkeys(part for scope in scopes for part in _restrictions(scope)))
    tops = sorted((p for p in parts if p.startswith("N <= ")), key=lambda p: int(p.split()[-1]))
    fixed = [p for p in parts if p.startswith("alpha = ")]
    if len(fixed) > 1:
        raise ValueError(f"scopes = {scopes}; rule: one step size")
    # 1/(8 N L) lies within the admissible step sizes: (1 + 1/(8 N))^(2N) <= e^(1/4) < 2.
    alpha = fixed or [p for p in parts if p == ADMISSIBLE_STEP] or ["all alpha > 0"]
    others = [p for p in parts if p not in (*tops, *fixed, ADMISSIBLE_STEP)]
    return ", ".join([tops[0] if tops else "all N >= 1", *alpha, *others])
