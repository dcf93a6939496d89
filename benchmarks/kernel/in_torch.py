"""PyTorch in float64: torch.func, and a Hessian-vector product written by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.func import grad, vmap

from benchmarks.kernel.problem import ALPHA, Problem

Call = Callable[[], np.ndarray]
PHI = {"cosine": lambda t: 1 - torch.cos(t), "logistic": torch.nn.functional.softplus}


def _pair(link: str, t: Any) -> tuple[Any, Any]:
    if link == "cosine":
        return torch.sin(t), torch.cos(t)
    s = torch.sigmoid(t)
    return s, s * (1 - s)


def contestants(p: Problem, thorough: bool = True) -> dict[str, list[Call]]:
    """Calls on the given batches; torch.func, far the slowest, only where ``thorough``."""
    arrays = [torch.from_numpy(np.array(a)) for a in p.arrays]
    function, inside = _functional(p), _functional(p, tasks_inside=True)
    found: dict[str, list[Call]] = {"PyTorch, by hand": [lambda: _by_hand(p, *arrays).numpy()]}
    if thorough:
        found["torch.func"] = [lambda: function(*arrays).numpy()]
        found["torch.func, tasks inside"] = [lambda: inside(*arrays).numpy()]
    return found


def samplers(p: Problem) -> dict[str, list[Call]]:
    """Calls that draw their batches."""
    w, _, _, Q, y = (torch.from_numpy(np.array(a)) for a in p.arrays)
    function = _functional(p)

    def batches() -> Any:
        atoms = torch.randint(p.K, (p.N + 1, p.tasks, p.R, p.S))
        counts = torch.zeros((p.N + 1, p.tasks, p.R, p.K), dtype=torch.float64)
        return counts.scatter_add_(-1, atoms, torch.full(atoms.shape, 1 / p.S, dtype=torch.float64))

    def functional() -> np.ndarray:
        c = batches()
        return function(w, c[:-1], c[-1], Q, y).numpy()

    def by_hand() -> np.ndarray:
        c = batches()
        return _by_hand(p, w, c[:-1], c[-1], Q, y).numpy()

    return {"torch.func": [functional], "PyTorch, by hand": [by_hand]}


def _functional(p: Problem, tasks_inside: bool = False) -> Any:
    """`vmap` over tasks and then replicates, or over replicates and then tasks, as a function of all tasks is
    mapped: the answer is the same, but features are then copied for every replicate.
    """
    phi = PHI[p.link]

    def loss(w: Any, c: Any, Q: Any, y: Any) -> Any:
        return (c * phi(Q @ w - y)).sum()

    def meta_loss(w: Any, inner: Any, outer: Any, Q: Any, y: Any) -> Any:
        for j in range(p.N):
            w = w - ALPHA * grad(loss)(w, inner[j], Q, y)
        return loss(w, outer, Q, y)

    if tasks_inside:
        return vmap(vmap(grad(meta_loss), (0, 1, 0, 0, 0)), (1, 2, 1, None, None), out_dims=1)
    return vmap(vmap(grad(meta_loss), (0, 1, 0, None, None)), (0, 1, 0, 0, 0))


def _by_hand(p: Problem, w: Any, inner: Any, outer: Any, Q: Any, y: Any) -> Any:
    Qt, y, kept = Q.transpose(1, 2), y[:, None], []
    for c in inner:
        slope, curvature = _pair(p.link, torch.baddbmm(-y, w, Qt))
        kept.append(curvature.mul_(c))
        w = torch.baddbmm(w, slope.mul_(c), Q, alpha=-ALPHA)
    g = torch.bmm(outer * _pair(p.link, torch.baddbmm(-y, w, Qt))[0], Q)
    for c in reversed(kept):
        g = torch.baddbmm(g, c * torch.bmm(g, Qt), Q, alpha=-ALPHA)
    return g
