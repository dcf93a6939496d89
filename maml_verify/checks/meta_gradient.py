"""Is a meta gradient right, and if not, which known mistake is it?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from maml_verify.checks.probe import Probe, probes
from maml_verify.meta_gradients.known_errors import FORMULAS
from problems.arrays import Array
from problems.validation import count

__all__ = ["MetaGradientCheck", "check_meta_gradient"]

# The inner step size times a curvature of about 1: large enough that every formula is another.
ALPHA = 0.2
# Relative errors up to which two meta gradients are the same, by the precision of the numbers returned.
TOLERANCE = {8: 1e-8, 4: 1e-4, 2: 1e-1}
VARIANTS = ("maml", "first-order", "reptile")


@dataclass(frozen=True)
class MetaGradientCheck:
    """What was found of a meta gradient.

    Attributes
    ----------
    right : whether it is the meta gradient of the variant, at every N that was tried
    looks_like : the formula that it is, such as ``maml``, ``first-order`` or ``reversed-product``; ``scaled``
        where it is a multiple of the right one; ``unknown``
    error : largest relative difference from the right one
    evidence : for each N the relative difference from the right formula and from the nearest others, and
        which formulas are the same one there
    """

    right: bool
    looks_like: str
    error: float
    evidence: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """A line for the verdict, and one an N."""
        head = "right" if self.right else f"wrong: looks like {self.looks_like}"
        if not self.right and self.evidence["detail"]:
            head += f" ({self.evidence['detail']})"
        lines = [f"{head}; relative error {self.error:.1e}"]
        for N, row in self.evidence["steps"].items():
            near = ", ".join(f"{name} {error:.1e}" for name, error in row["nearest"].items())
            same = f"; not told apart here: {', '.join(row['same'])}" if row["same"] else ""
            lines.append(f"N = {N}: off by {row['error']:.1e}; nearest: {near}{same}")
        return "\n".join(lines)


def check_meta_gradient(
    function: Callable[[Probe, Array, float, int], Any],
    *,
    steps: Sequence[int] = (1, 2, 5),
    variant: str = "maml",
    rng: int = 0,
) -> MetaGradientCheck:
    """Compare a function with the meta gradient, and with every known wrong formula.

    Parameters
    ----------
    function : (task, w, alpha, steps) -> (d,)
        The meta gradient of one task at w (d,), a NumPy array.  ``task.loss(w, role)``,
        ``task.grad(w, role)`` and ``task.hvp(w, v, role)`` with role ``"support"`` or ``"query"`` take arrays
        of NumPy, PyTorch, JAX and autograd and are differentiable there.
    steps : N that are tried, each at least 1
        With N = 1 alone some formulas are one, which the evidence says.
    variant : ``maml``, ``first-order`` or ``reptile``: what the function means to be
    rng : seed of the tasks

    Returns
    -------
    MetaGradientCheck

    Raises
    ------
    TypeError, ValueError
        If the function returns something else than d finite numbers.

    Examples
    --------
    >>> from maml_verify import check_meta_gradient
    >>> def forgotten(task, w, alpha, steps):
    ...     for _ in range(steps):
    ...         w = w - alpha * task.grad(w, "support")
    ...     return task.grad(w, "query")
    >>> check_meta_gradient(forgotten).looks_like
    'first-order'
    """
    if variant not in VARIANTS:
        raise ValueError(f"variant = {variant!r}; rule: one of {', '.join(VARIANTS)}")
    numbers = _numbers(steps)
    given, expected = [], []
    tolerance = 0.0
    for N in numbers:
        for task, w in probes(count("rng", rng, 0)):
            value, near = _returned(function, task, w, N)
            tolerance = max(tolerance, near)
            given.append(value)
            expected.append([formula(task, w, ALPHA, N) for _, _, formula in FORMULAS])
    errors = np.array([[_apart(g, f) for f in row] for g, row in zip(given, expected, strict=True)])
    by_steps = errors.reshape(len(numbers), -1, len(FORMULAS)).max(1)
    whole = by_steps.max(0)
    aim = next(k for k, (name, _, _) in enumerate(FORMULAS) if name == variant)
    right = bool(whole[aim] <= tolerance)
    name, detail = _named(whole, aim, given, expected, tolerance)
    rows = zip(numbers, by_steps, _blocks(expected, len(numbers)), strict=True)
    seen = {N: _evidence(row, aim, block, tolerance) for N, row, block in rows}
    evidence = {"detail": detail, "steps": seen}
    return MetaGradientCheck(right, variant if right else name, float(whole[aim]), evidence)


def _numbers(steps: Sequence[int]) -> list[int]:
    numbers = [count("steps", N) for N in steps]
    if not numbers:
        raise ValueError(f"steps = {steps!r}; rule: at least one N")
    return numbers


def _evidence(row: Array, aim: int, block: list[list[Array]], tolerance: float) -> dict[str, Any]:
    """What was seen at one N: the error, the nearest formulas, and those that are one there."""
    return {
        "error": float(row[aim]),
        "nearest": {_label(k): float(row[k]) for k in np.argsort(row, kind="stable")[:3]},
        "same": _same(block, int(np.argmin(row)), tolerance),
    }


def _returned(function: Any, task: Probe, w: Array, N: int) -> tuple[Array, float]:
    """What the function gives, in float64, and the tolerance of its own precision."""
    value = function(task, w.copy(), ALPHA, N)
    value = value.detach().cpu() if hasattr(value, "detach") else value
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"function returned {value!r}; rule: an array of {w.size} numbers")
    result = array.astype(np.float64)
    if result.shape != w.shape:
        raise ValueError(f"function returned shape {result.shape}; rule: {w.shape}, as w has")
    if not np.isfinite(result).all():
        raise ValueError(f"function returned {result}; rule: finite numbers")
    return result, TOLERANCE.get(array.dtype.itemsize if array.dtype.kind == "f" else 8, TOLERANCE[8])


def _apart(g: Array, f: Array) -> float:
    return float(np.linalg.norm(g - f) / max(float(np.linalg.norm(f)), 1e-300))


def _label(k: int) -> str:
    name, detail, _ = FORMULAS[k]
    return f"{name} ({detail})" if detail else name


def _named(
    whole: Array, aim: int, given: list[Array], expected: list[list[Array]], tolerance: float
) -> tuple[str, str]:
    """The formula that agrees at every N; else the one of which all are the same multiple."""
    found = np.flatnonzero(whole <= tolerance)
    if len(found):
        name, detail, _ = FORMULAS[found[0]]
        return name, detail
    for k in [aim, *range(len(FORMULAS))]:
        f = np.concatenate([row[k] for row in expected])
        g = np.concatenate(given)
        factor = float(g @ f / (f @ f))
        if np.linalg.norm(g - factor * f) <= tolerance * np.linalg.norm(g) and factor:
            return ("scaled" if k == aim else FORMULAS[k][0]), f"{_label(k)} times {factor:.6g}"
    return "unknown", f"nearest is {_label(int(np.argmin(whole)))}, off by {whole.min():.1e}"


def _blocks(expected: list[list[Array]], parts: int) -> list[list[list[Array]]]:
    size = len(expected) // parts
    return [expected[k * size : (k + 1) * size] for k in range(parts)]


def _same(block: list[list[Array]], near: int, tolerance: float) -> list[str]:
    """The formulas that are the nearest one at this N."""
    same = [
        k
        for k in range(len(FORMULAS))
        if max(_apart(row[k], row[near]) for row in block) <= tolerance and k != near
    ]
    return [_label(k) for k in (near, *same)] if same else []
