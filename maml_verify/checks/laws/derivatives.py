"""The gradient is that of the loss, the Hessian product that of the gradient, and it is symmetric."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from maml_verify.checks.laws.differences import derivative
from maml_verify.checks.laws.subject import Broken, NotTold, Subject
from problems.arrays import Array

__all__ = ["gradient", "hvp", "symmetry"]

# Points, and directions at each.
POINTS, DIRECTIONS = 12, 16
# Other ladders of steps: what is off by the same amount on all of them is off by no error of differences.
LADDERS = (0.83, 0.59, 0.37)
# Relative to itself and to the largest entry, what is no rounding of a formula that is right.
SMALL, TINY = 1e-7, 1e-10
# How many estimated errors a difference must be, and within which share it must repeat.
CLEAR, ALIKE = 10.0, 0.1
# Resolution up to which a law counts as put to the test.
RESOLUTION = 1e-6


def gradient(subject: Subject) -> str:
    """Directional derivatives of the loss."""
    family = subject.family

    def along(w: Array, v: Array, c: Array) -> tuple[Array, Array]:
        g = family.grad(w, c)
        return (g * v).sum(-1), np.linalg.norm(g, axis=-1)

    return _taylor(subject, "gradient", "grad", family.loss, along)


def hvp(subject: Subject) -> str:
    """Directional derivatives of the gradient, each entry."""

    def along(w: Array, v: Array, c: Array) -> tuple[Array, Array]:
        product = subject.family.hvp(w, v, c)
        return product, np.linalg.norm(product, axis=-1, keepdims=True)

    return _taylor(subject, "hvp", "hvp", subject.family.grad, along)


def _taylor(
    subject: Subject,
    law: str,
    verb: str,
    function: Callable[[Array, Array], Array],
    said: Callable[[Array, Array, Array], tuple[Array, Array]],
) -> str:
    """Compare what a verb says, and its size, with differences of the function that it derives."""
    w, v, c = _places(subject, law)
    value, largest = said(w, v, c)

    def found(first: float, rows: Array) -> tuple[Array, Array]:
        """Differences at some of the places, (n, rows, ...)."""

        def along(t: Array) -> Array:
            shape = (len(w), len(t), len(rows), w.shape[2])
            points = w[:, None, rows] + t[:, None, None] * v[:, None, rows]
            weights = np.broadcast_to(c[:, None, rows], (*shape[:3], c.shape[2]))
            flat = subject.ask(
                function, points.reshape(len(w), -1, w.shape[2]), weights.reshape(len(w), -1, c.shape[2])
            )
            return np.moveaxis(flat.reshape(*shape[:3], *flat.shape[2:]), 1, 0)

        return derivative(along, first)

    slope, error = found(1.0, np.arange(w.shape[1]))
    off = value - slope
    size = np.abs(value)
    suspect = (np.abs(off) > CLEAR * error) & (np.abs(off) > SMALL * size + TINY * largest)
    suspect &= np.isfinite(error)
    rows = np.flatnonzero(suspect.any(axis=(0, *range(2, value.ndim))))
    if len(rows):
        again = [(value[:, rows] - slope_, error_) for slope_, error_ in (found(h, rows) for h in LADDERS)]
        first = off[:, rows]
        sure = suspect[:, rows]
        for other, estimate in again:
            sure = (
                sure & (np.abs(other - first) <= ALIKE * np.abs(first)) & (np.abs(first) > CLEAR * estimate)
            )
        if sure.any():
            worst = np.where(sure, np.abs(first) / np.maximum(size[:, rows], 1e-300), -1)
            place = np.unravel_index(int(worst.argmax()), worst.shape)
            i, r = int(place[0]), rows[place[1]]
            _tell(
                verb,
                value[:, rows][place],
                first[place],
                i,
                w[i, r],
                v[i, r],
                c[i, r],
                tuple(map(int, place[2:])),
            )
    sharp = np.isfinite(error) & (largest > 0)
    near = float(np.min((error / np.maximum(largest, 1e-300))[sharp], initial=np.inf))
    if near > RESOLUTION and (value != 0).any():
        raise NotTold(
            f"differences of {'the loss' if verb == 'grad' else 'grad'} tell {verb} to {near:.0e} only"
        )
    agreed = float(np.median((np.abs(off) / np.maximum(largest, 1e-300))[sharp])) if sharp.any() else 0.0
    return f"agrees with differences at {w.shape[1]} places, mostly to {agreed:.0e}"


def _tell(
    verb: str, value: float, off: float, i: int, w: Array, v: Array, c: Array, entry: tuple[int, ...]
) -> None:
    where = f"entry {entry[0]} of {verb}" if entry else f"{verb} . v"
    relative = abs(off) / max(abs(value), abs(value - off), 1e-300)
    why = f"{where} is {value:.12g} where differences give {value - off:.12g}: off by {relative:.1e} relative"
    raise Broken(why, task=int(i), w=w, v=v, c=c)


def _places(subject: Subject, law: str) -> tuple[Array, Array, Array]:
    """Points, directions and batches (n, P D, .): along the axes, and at random."""
    rng, (n, d) = subject.generator(law), (subject.family.tasks, subject.family.d)
    w = np.stack([subject.points(rng, POINTS, 0.1, 5) for _ in range(n)])[:, :, None]
    axes = np.eye(d)[rng.permutation(d)[: DIRECTIONS - 4]]
    some = rng.standard_normal((min(4, d), d))
    v = np.concatenate([axes, some / np.linalg.norm(some, axis=1, keepdims=True)])
    c = subject.batches(rng, POINTS)[:, :, None]
    shape = (n, POINTS, len(v))
    return tuple(np.broadcast_to(x, (*shape, x.shape[-1])).reshape(n, -1, x.shape[-1]) for x in (w, v, c))  # type: ignore[return-value]


def symmetry(subject: Subject) -> str:
    """u . H v = v . H u."""
    rng, family = subject.generator("symmetry"), subject.family
    if family.d == 1:
        raise NotTold("d = 1: a number is symmetric")
    w = np.stack([subject.points(rng, 48, 0.03, 10) for _ in range(family.tasks)])
    u, v = rng.standard_normal((2, *w.shape))
    c = subject.batches(rng, w.shape[1])
    Hu, Hv = family.hvp(w, u, c), family.hvp(w, v, c)
    off = np.abs((u * Hv).sum(-1) - (v * Hu).sum(-1))
    size = np.linalg.norm(u, axis=-1) * np.linalg.norm(Hv, axis=-1)
    size = size + np.linalg.norm(v, axis=-1) * np.linalg.norm(Hu, axis=-1)
    apart = np.where(size > 0, off / np.maximum(size, 1e-300), 0)
    if apart.max() > 1e-8:
        i, r = np.unravel_index(int(apart.argmax()), apart.shape)
        why = f"u . H v and v . H u differ by {apart.max():.1e} of their size"
        raise Broken(why, task=int(i), w=w[i, r], u=u[i, r], v=v[i, r], c=c[i, r])
    return f"at {off.size} points, to {apart.max():.0e}"
