"""Loss, gradient and Hessian product of a loss by JAX, PyTorch or autograd, for all tasks and points at once.

Each backend makes of ``loss(w, *rows) -> (m,)`` the three verbs over w (n, R, d), c (n, R, m) and the tables
(n, m, ...), all in float64 and without a change of the caller's settings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from types import CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

import numpy as np

from problems.arrays import Array
from problems.names import unknown

__all__ = ["BACKENDS", "Verbs", "chosen", "compiled"]

# Points at a time: what a backend holds at once stays small.
BLOCK = 4096


class Verbs(NamedTuple):
    """``loss(w, c, *tables)``, ``grad(w, c, *tables)`` and ``hvp(w, v, c, *tables)`` on stacked points."""

    loss: Callable[..., Array]
    grad: Callable[..., Array]
    hvp: Callable[..., Array]


def _row_sum(loss: Callable[..., Any]) -> Callable[..., Any]:
    """The weighted sum of the losses of rows, whose shape is checked."""

    def total(w: Any, c: Any, *rows: Any) -> Any:
        values = loss(w, *rows)
        shape = tuple(getattr(values, "shape", ()))
        if shape != tuple(c.shape):
            rule = f"{tuple(c.shape)}, one loss a row of the task's data"
            raise ValueError(f"loss returned shape {shape}; rule: {rule}")
        return (c * values).sum()

    return total


def _in_blocks(function: Callable[..., Array]) -> Callable[..., Array]:
    """A function of w (n, R, d) and more such arrays, first, called for a number of points that is few
    powers of two.

    A backend that compiles does so once a shape; rows are repeated to fill one up.
    """

    def blocks(*arguments: Any, points: int, tables: tuple[Array, ...]) -> Array:
        R = arguments[0].shape[1]
        parts = []
        for start in range(0, R, BLOCK):
            part = [x[:, start : start + BLOCK] for x in arguments[:points]]
            rows = part[0].shape[1]
            full = 1 << (rows - 1).bit_length()
            order = np.minimum(np.arange(full), rows - 1)
            found = np.asarray(function(*(x[:, order] for x in part), *tables))
            parts.append(found[:, :rows])
        return np.concatenate(parts, axis=1)

    return blocks


def _stacked(*verbs: Callable[..., Array]) -> Verbs:
    loss, grad, hvp = map(_in_blocks, verbs)
    return Verbs(
        lambda w, c, *tables: loss(w, c, points=2, tables=tables),
        lambda w, c, *tables: grad(w, c, points=2, tables=tables),
        lambda w, v, c, *tables: hvp(w, v, c, points=3, tables=tables),
    )


def _jax(loss: Callable[..., Any]) -> Verbs:
    import jax

    # Its home moved between versions.
    doubles: Any = getattr(jax, "enable_x64", None)
    if doubles is None:
        doubles = import_module("jax.experimental").enable_x64
    total = _row_sum(loss)
    slope = jax.grad(total)

    def product(w: Any, v: Any, c: Any, *rows: Any) -> Any:
        return jax.jvp(lambda x: slope(x, c, *rows), (w,), (v,))[1]

    def over_all(function: Any, points: int) -> Callable[..., Array]:
        def call(*arguments: Any) -> Array:
            rows = (None,) * (len(arguments) - points)
            inner = jax.vmap(function, in_axes=(*[0] * points, *rows))
            return jax.vmap(inner)(*arguments)

        fast = jax.jit(call)

        def in_doubles(*arguments: Any) -> Array:
            with doubles(True):
                return np.asarray(fast(*arguments))

        return in_doubles

    return _stacked(over_all(total, 2), over_all(slope, 2), over_all(product, 3))


def _torch(loss: Callable[..., Any]) -> Verbs:
    import torch

    total = _row_sum(loss)
    slope = torch.func.grad(total)

    def product(w: Any, v: Any, c: Any, *rows: Any) -> Any:
        return torch.func.jvp(lambda x: slope(x, c, *rows), (w,), (v,))[1]

    def over_all(function: Any, points: int) -> Callable[..., Array]:
        def call(*arguments: Any) -> Array:
            tensors = [torch.from_numpy(np.array(x)) for x in arguments]
            inner = torch.func.vmap(function, in_dims=(*[0] * points, *[None] * (len(tensors) - points)))
            return torch.func.vmap(inner)(*tensors).detach().numpy()

        return call

    return _stacked(over_all(total, 2), over_all(slope, 2), over_all(product, 3))


def _autograd(loss: Callable[..., Any]) -> Verbs:
    import autograd

    from problems.losses.stacked import Stacked, stack_of  # late: it brings autograd

    one = _row_sum(loss)

    def many(w: Any, c: Any, *rows: Any) -> Any:
        return (c * stack_of(loss(Stacked(w), *rows), *c.shape)).sum(-1)

    def slope_of(total: Any) -> Any:
        return autograd.grad(lambda w, c, *rows: total(w, c, *rows).sum())

    def product_of(total: Any) -> Any:
        slope = slope_of(total)
        return autograd.grad(lambda w, v, c, *rows: (slope(w, c, *rows) * v).sum())

    def over_all(made: Callable[[Any], Any], points: int) -> Callable[..., Array]:
        fast, slow = made(many), made(one)
        stacks, seen = [True], list[bool]()

        def call(*arguments: Any) -> Array:
            given, tables = arguments[:points], arguments[points:]
            found = []
            for i in range(len(given[0])):
                rows = [table[i] for table in tables]
                own = [x[i] for x in given]
                value = _at_once(fast, own, rows) if stacks[0] else None
                if not seen and value is not None:
                    # A stack that a loss mistakes for something else is seen at the first point.
                    seen.append(
                        np.allclose(value[0], slow(*(x[0] for x in own), *rows), rtol=1e-9, atol=1e-12)
                    )
                if value is None or not seen[0]:
                    # The loss uses what a stack of points does not know: from now on, one by one.
                    stacks[0] = False
                    value = np.stack([slow(*(x[r] for x in own), *rows) for r in range(len(own[0]))])
                found.append(value)
            return np.stack(found)

        return call

    return _stacked(over_all(lambda total: total, 2), over_all(slope_of, 2), over_all(product_of, 3))


def _at_once(function: Callable[..., Any], points: list[Array], rows: list[Array]) -> Array | None:
    try:
        return np.asarray(function(*points, *rows))
    except (TypeError, AttributeError, NotImplementedError):
        return None


BACKENDS: dict[str, Callable[[Callable[..., Any]], Verbs]] = {
    "jax": _jax,
    "torch": _torch,
    "autograd": _autograd,
}


@lru_cache(maxsize=64)
def compiled(backend: str, loss: Callable[..., Any]) -> Verbs:
    """The verbs of a loss, made once a process."""
    return BACKENDS[backend](loss)


def chosen(loss: Callable[..., Any], backend: str | None) -> str:
    """The backend asked for; else the one whose functions the loss calls, else the first that is installed.

    Raises
    ------
    ValueError
        For an unknown one, or one that is not installed.
    """
    if backend is not None:
        if backend not in BACKENDS:
            raise unknown("backend", backend, BACKENDS)
        if find_spec(backend) is None:
            raise ValueError(f"backend = {backend!r}; rule: one that is installed")
        return backend
    used = set(_libraries(loss, set()))
    for name in BACKENDS:
        if name in used:
            return name
    # NumPy's own functions are taken by autograd alone.
    for name in reversed(BACKENDS) if "numpy" in used else BACKENDS:
        if find_spec(name) is not None:
            return name
    raise ValueError(f"backend: none; rule: one of {', '.join(BACKENDS)} is installed")


def _libraries(function: Any, seen: set[int]) -> Iterator[str]:
    """The libraries that a function's code names, and that of the functions it calls by name."""
    function = getattr(function, "__wrapped__", getattr(function, "func", function))
    if not isinstance(function, FunctionType) or id(function) in seen:
        return
    seen.add(id(function))
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    named = [function.__globals__[name] for name in _names(function.__code__) if name in function.__globals__]
    for thing in (*cells, *named):
        home = thing.__name__ if isinstance(thing, ModuleType) else getattr(thing, "__module__", None)
        if isinstance(home, str):
            yield home.partition(".")[0]
        yield from _libraries(thing, seen)


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
