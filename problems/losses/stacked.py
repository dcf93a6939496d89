"""Many points in the place of one: an array with a hidden leading axis, for a loss written for one point.

autograd takes a point at a time.  A loss in NumPy's functions takes a `Stacked` in the place of w as well,
and its derivatives are then those of all points at once.  What is not known here is a TypeError, and the
points are taken one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, final

import autograd.numpy as anp
import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from problems.arrays import Array

__all__ = ["Stacked"]


@final
class Stacked(NDArrayOperatorsMixin):
    """An array of each of B points; ``payload`` is (B, *shape), ``shape`` is what the loss sees."""

    def __init__(self, payload: Any) -> None:
        self.payload = payload

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape at one point."""
        return tuple(self.payload.shape[1:])

    @property
    def ndim(self) -> int:
        """The number of axes at one point."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of entries at one point."""
        return int(np.prod(self.shape))

    def view(self, kind: Any) -> Stacked:
        """Itself, which autograd asks of what it joins."""
        return self

    def __bool__(self) -> bool:
        raise TypeError("one truth of many points")

    def __array__(self, *given: Any, **options: Any) -> Array:
        raise TypeError("one array of many points")

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, index: Any) -> Stacked:
        parts = index if isinstance(index, tuple) else (index,)
        if not all(part is None or isinstance(part, int | slice | type(Ellipsis)) for part in parts):
            raise TypeError("an index that is no number and no slice")
        return Stacked(self.payload[(slice(None), *parts)])

    def __iter__(self) -> Any:
        return (self[k] for k in range(len(self)))

    @property
    def T(self) -> Stacked:
        """The axes in reverse."""
        return Stacked(anp.transpose(self.payload, (0, *range(self.ndim, 0, -1))))

    def reshape(self, *shape: Any) -> Stacked:
        """As `numpy.ndarray.reshape`."""
        wanted = shape[0] if len(shape) == 1 and not isinstance(shape[0], int) else shape
        wanted = (wanted,) if isinstance(wanted, int) else tuple(wanted)
        return Stacked(anp.reshape(self.payload, (len(self.payload), *wanted)))

    def ravel(self) -> Stacked:
        """As `numpy.ndarray.ravel`."""
        return self.reshape(-1)

    def sum(self, axis: Any = None, keepdims: bool = False) -> Stacked:
        """As `numpy.ndarray.sum`."""
        return _reduced(anp.sum, self, axis, keepdims)

    def mean(self, axis: Any = None, keepdims: bool = False) -> Stacked:
        """As `numpy.ndarray.mean`."""
        return _reduced(anp.mean, self, axis, keepdims)

    def max(self, axis: Any = None, keepdims: bool = False) -> Stacked:
        """As `numpy.ndarray.max`."""
        return _reduced(anp.max, self, axis, keepdims)

    def dot(self, other: Any) -> Stacked:
        """As `numpy.ndarray.dot`, for up to two axes."""
        return _product(self, other)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        function = getattr(anp, ufunc.__name__, None)
        if method != "__call__" or options or function is None:
            raise TypeError(f"{ufunc.__name__}.{method}")
        return _product(*inputs) if ufunc is np.matmul else Stacked(function(*_aligned(inputs)))

    def __array_function__(self, function: Any, types: Any, given: Any, options: Any) -> Any:
        if function not in KNOWN:
            raise TypeError(function.__name__)
        return KNOWN[function](*given, **options)


def _aligned(inputs: tuple[Any, ...]) -> list[Any]:
    """Payloads whose axes at one point end together, as broadcasting wants them."""
    depth = max(np.ndim(x) if not isinstance(x, Stacked) else x.ndim for x in inputs)
    return [_deep(x, depth) if isinstance(x, Stacked) else x for x in inputs]


def _deep(x: Stacked, depth: int) -> Any:
    shape = (len(x.payload), *[1] * (depth - x.ndim), *x.shape)
    return x.payload if x.ndim == depth else anp.reshape(x.payload, shape)


def _product(a: Any, b: Any) -> Stacked:
    """a @ b."""
    kinds = [x.ndim if isinstance(x, Stacked) else np.ndim(x) for x in (a, b)]
    if not all(kind in (1, 2) for kind in kinds):
        raise TypeError("a product of more than two axes")
    left, right = (x.payload if isinstance(x, Stacked) else np.asarray(x) for x in (a, b))
    left = left[..., None, :] if kinds[0] == 1 else left
    right = right[..., :, None] if kinds[1] == 1 else right
    # As a sum of products: its derivatives are those of broadcasting, whichever side is stacked.
    result = anp.einsum("...ij,...jk->...ik", left, right)
    result = result[..., 0, :] if kinds[0] == 1 else result
    return Stacked(result[..., 0] if kinds[1] == 1 else result)


def _axes(axis: Any, depth: int) -> Any:
    axes = range(depth) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    return tuple(1 + k if k >= 0 else k for k in axes)


def _reduced(function: Callable[..., Any], x: Any, axis: Any = None, keepdims: bool = False) -> Stacked:
    return Stacked(function(x.payload, axis=_axes(axis, x.ndim), keepdims=keepdims))


def _joined(function: Callable[..., Any]) -> Callable[..., Stacked]:
    def call(parts: Any, axis: int = 0) -> Stacked:
        rows = max(len(part.payload) for part in parts if isinstance(part, Stacked))
        every = [x.payload if isinstance(x, Stacked) else np.stack([np.asarray(x)] * rows) for x in parts]
        return Stacked(function(every, axis=axis + 1 if axis >= 0 else axis))

    return call


def _where(condition: Any, a: Any, b: Any) -> Stacked:
    return Stacked(anp.where(*_aligned((condition, a, b))))


def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Stacked:
    if ord is not None:
        raise TypeError("a norm that is not the Euclidean one")
    return Stacked(anp.sqrt(_reduced(anp.sum, x * x, axis, keepdims).payload))


KNOWN: dict[Any, Callable[..., Stacked]] = {
    np.sum: lambda x, axis=None, keepdims=False: _reduced(anp.sum, x, axis, keepdims),
    np.mean: lambda x, axis=None, keepdims=False: _reduced(anp.mean, x, axis, keepdims),
    np.max: lambda x, axis=None, keepdims=False: _reduced(anp.max, x, axis, keepdims),
    np.reshape: lambda x, shape: x.reshape(shape),
    np.ravel: lambda x: x.ravel(),
    np.transpose: lambda x: x.T,
    np.dot: _product,
    np.where: _where,
    np.concatenate: _joined(anp.concatenate),
    np.stack: _joined(anp.stack),
    np.linalg.norm: _norm,
}


def stack_of(values: Any, points: int, rows: int) -> Array:
    """What a loss gave for many points, (points, rows), whether it depends on them or not."""
    payload = values.payload if isinstance(values, Stacked) else values
    shape = values.shape if isinstance(values, Stacked) else np.shape(values)
    if tuple(shape) != (rows,):
        raise ValueError(
            f"loss returned shape {tuple(shape)}; rule: ({rows},), one loss a row of the task's data"
        )
    return payload if isinstance(values, Stacked) else payload * np.ones((points, 1))
