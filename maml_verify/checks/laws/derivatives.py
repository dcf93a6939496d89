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
# Relative to itself, to the largest entry, and to the largest entry at any place: what is no rounding of a
# formula that is right.
SMALL, TINY, LEAST = 1e-7, 1e-10, 1e-12
# How far off is a place that must be wrong as well.
SHIFT = 1e-3
# How many estimated errors a difference must be, and within which share it must repeat.
CLEAR, ALIKE = 10.0, 0.1
# By how much a Hessian may lack symmetry, relative to its size.
NEAR = 1e-8
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

    def compared(rows: Array, first: float = 1.0, shift: Array | float = 0.0) -> tuple[Array, ...]:
        """At some places: what is said, by how much it is off, and whether that is clear."""
        at = (w[:, rows] + shift, v[:, rows], c[:, rows])
        value, largest = said(*at)
        slope, error = derivative(_along(subject, function, *at), first)
        return value, value - slope, error, largest, _beyond(value - slope, error, value, largest)

    value, off, error, largest, suspect = compared(np.arange(w.shape[1]))
    rows = np.flatnonzero(suspect.any(axis=(0, *range(2, value.ndim))))
    if len(rows):
        sure, first = suspect[:, rows], off[:, rows]
        for ladder in LADDERS:
            _, other, estimate, _, _ = compared(rows, ladder)
            sure = sure & (np.abs(other - first) <= ALIKE * np.abs(first))
            sure = sure & (np.abs(first) > CLEAR * estimate)
        # A kink makes half a derivative of two: what is wrong there alone is no error of a verb.
        shift = SHIFT * subject.generator(law).standard_normal((len(w), len(rows), w.shape[2]))
        sure = sure & compared(rows, 1.0, shift)[-1]
        if sure.any():
            worst = np.where(sure, np.abs(first) / np.maximum(np.abs(value[:, rows]), 1e-300), -1)
            place = tuple(map(int, np.unravel_index(int(worst.argmax()), worst.shape)))
            i, r = place[0], rows[place[1]]
            _tell(verb, value[:, rows][place], first[place], (i, w[i, r], v[i, r], c[i, r]), place[2:])
    sharp = np.isfinite(error) & (largest > 0)
    near = float(np.min((error / np.maximum(largest, 1e-300))[sharp], initial=np.inf))
    if near > RESOLUTION and (value != 0).any():
        what = "the loss" if verb == "grad" else "grad"
        raise NotTold(f"differences of {what} tell {verb} to {near:.0e} only")
    agreed = float(np.median((np.abs(off) / np.maximum(largest, 1e-300))[sharp])) if sharp.any() else 0.0
    return f"agrees with differences at {w.shape[1]} places, mostly to {agreed:.0e}"


def _along(
    subject: Subject, function: Callable[[Array, Array], Array], w: Array, v: Array, c: Array
) -> Callable[[Array], Array]:
    """A function of t: the verb on the lines w + t v."""
    n, R, d = w.shape

    def values(t: Array) -> Array:
        points = (w[:, None] + t[:, None, None] * v[:, None]).reshape(n, -1, d)
        weights = np.broadcast_to(c[:, None], (n, len(t), *c.shape[1:])).reshape(n, -1, c.shape[2])
        flat = subject.ask(function, points, weights)
        return np.moveaxis(flat.reshape(n, len(t), R, *flat.shape[2:]), 1, 0)

    return values


def _beyond(off: Array, error: Array, value: Array, largest: Array) -> Array:
    """What is off by more than the error of differences and the rounding of a formula that is right."""
    clear = (np.abs(off) > CLEAR * error) & np.isfinite(error)
    return clear & (np.abs(off) > SMALL * np.abs(value) + TINY * largest + LEAST * largest.max())


def _tell(
    verb: str, value: float, off: float, at: tuple[int, Array, Array, Array], entry: tuple[int, ...]
) -> None:
    where = f"entry {entry[0]} of {verb}" if entry else f"{verb} . v"
    relative = abs(off) / max(abs(value), abs(value - off), 1e-300)
    why = f"{where} is {value:.12g} where differences give {value - off:.12g}: off by {relative:.1e} relative"
    i, w, v, c = at
    raise Broken(why, task=i, w=w, v=v, c=c)


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
    # Where a loss is flat, what is left of its Hessian is rounding.
    apart = off / np.maximum(size + LEAST / NEAR * size.max(), 1e-300)
    if apart.max() > NEAR:
        i, r = np.unravel_index(int(apart.argmax()), apart.shape)
        why = f"u . H v and v . H u differ by {apart.max():.1e} of their size"
        raise Broken(why, task=int(i), w=w[i, r], u=u[i, r], v=v[i, r], c=c[i, r])
    return f"at {off.size} points, to {apart.max():.0e}"
