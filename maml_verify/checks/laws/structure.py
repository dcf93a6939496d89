"""Shapes, purity, linearity in the weights, and atoms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from maml_verify.arithmetic.domains import lift
from maml_verify.checks.laws.subject import ROLES, Broken, Subject
from problems.arrays import Array
from problems.family import Family

__all__ = ["atoms", "linearity", "purity", "shapes"]

# What two ways to add up the same float64 terms may differ by, relative to the largest.
NEAR = 1e-9
ROWS = 9


def _drawn(subject: Subject, law: str, rows: int = ROWS) -> tuple[Array, Array, Array]:
    rng = subject.generator(law)
    w = np.stack([subject.points(rng, rows, 0.03, 10) for _ in range(subject.family.tasks)])
    return w, rng.standard_normal(w.shape), subject.batches(rng, rows)


def _verbs(family: Family) -> Iterator[tuple[str, Callable[..., Array]]]:
    """Each verb as a function of w, v and c."""
    yield "loss", lambda w, v, c: family.loss(w, c)
    yield "grad", lambda w, v, c: family.grad(w, c)
    yield "hvp", lambda w, v, c: family.hvp(w, v, c)


def shapes(subject: Subject) -> str:
    """Every verb gives finite float64 numbers in the shape that it must."""
    family = subject.family
    n, d = family.tasks, family.d
    w, v, c = _drawn(subject, "shapes", 3)
    for rows, batch in ((3, c), (3, c[:, :1]), (1, c[:, :1])):
        for name, verb in _verbs(subject.family):
            value = verb(w[:, :rows], v[:, :rows], batch)
            wanted = (n, rows) if name == "loss" else (n, rows, d)
            of = f"{name} at w {(n, rows, d)}, c {batch.shape}"
            if not isinstance(value, np.ndarray) or value.shape != wanted:
                raise Broken(f"{of} has shape {np.shape(value)}; rule: an array {wanted}")
            if value.dtype != np.float64:
                raise Broken(f"{of} has dtype {value.dtype}; rule: float64")
            if not np.isfinite(value).all():
                i, r = np.argwhere(~np.isfinite(value))[0][:2]
                raise Broken(f"{of} is not finite in task {i}", task=i, w=w[i, r])
    balls = ", over Arb balls, too" if _over_balls(subject, w, v, c) else ""
    return f"{n} tasks, {family.atoms} atoms, d = {d}{balls}"


def _over_balls(subject: Subject, *arguments: Array) -> bool:
    """Whether the family says that it runs over Arb balls; then it does, with the same answers."""
    cast = subject.family.cast(lambda value: lift(value, "arb"))
    if cast is None:
        return False
    balls = [lift(argument, "arb") for argument in arguments]
    for (name, verb), (_, same) in zip(_verbs(subject.family), _verbs(cast), strict=True):
        try:
            found = lift(same(*balls), "float")
        except Exception as error:
            raise Broken(
                f"{name} over Arb balls: {type(error).__name__}: {error}; rule: cast returns None"
            ) from error
        _same(name, "Arb balls", found, verb(*arguments), arguments[0])
    return True


def purity(subject: Subject) -> str:
    """The same answer again, whatever was asked between; arguments and the process left as they were."""
    for name, verb in _verbs(subject.family):
        w, v, c = _drawn(subject, "purity")
        given, state = [x.copy() for x in (w, v, c)], np.random.get_state()  # noqa: NPY002
        try:
            first = verb(w, v, c)
        except ValueError as error:
            raise Broken(f"{name}: {error}") from error
        kept = first.copy()
        verb(-w, v + 1, c[:, ::-1])
        for old, argument, what in zip(given, (w, v, c), "wvc", strict=True):
            if (old != argument).any():
                raise Broken(
                    f"{name} changes its argument {what}", w=old[0, 0] if what == "w" else given[0][0, 0]
                )
        if (kept != first).any():
            raise Broken(f"{name} returns an array that a later call changes", w=given[0][0, 0])
        _same(name, "a second call", verb(w, v, c), kept, w, exact=True)
        after: Any = np.random.get_state()  # noqa: NPY002
        if any(np.any(a != b) for a, b in zip(state, after, strict=True)):
            raise Broken(f"{name} draws from NumPy's global generator", w=w[0, 0])
        alone = np.concatenate(
            [verb(w[:, r : r + 1], v[:, r : r + 1], c[:, r : r + 1]) for r in range(ROWS)], 1
        )
        _same(name, "each point asked alone", alone, kept, w)
        if len(w) > 1:
            other = np.concatenate([w[:1], -3 * w[1:]])
            _same(name, "other points of the other tasks", verb(other, v, c)[:1], kept[:1], w)
    return "loss, grad and hvp"


def _same(name: str, how: str, found: Array, kept: Array, w: Array, exact: bool = False) -> None:
    gap = np.abs(found - kept)
    scale = np.abs(kept).max(axis=tuple(range(1, kept.ndim)), keepdims=True)
    apart = gap > (0 if exact else NEAR * scale)
    if apart.any():
        i, r = np.argwhere(apart)[0][:2]
        raise Broken(f"{name} gives another answer at {how}: off by {gap.max():.1e}", task=i, w=w[i, r])


def linearity(subject: Subject) -> str:
    """Verbs are linear in the batch, and hvp in the direction; weights are not rescaled in silence."""
    w, v, c = _drawn(subject, "linearity")
    rng = subject.generator("linearity-2")
    other, u = subject.batches(rng, ROWS), rng.standard_normal(w.shape)
    for name, verb in _verbs(subject.family):
        a, b = verb(w, v, c), verb(w, v, other)
        for s, t in ((0.25, 0.75), (2.0, 0.0), (0.0, 0.0), (3.0, 0.5)):
            size = s * np.abs(a) + t * np.abs(b)
            _linear(f"{name} in the weights", verb(w, v, s * c + t * other), s * a + t * b, size, w, c, s, t)
    hvp = subject.family.hvp
    a, b = hvp(w, v, c), hvp(w, u, c)
    _linear("hvp in v", hvp(w, 2 * v - 3 * u, c), 2 * a - 3 * b, np.abs(a) + np.abs(b), w, c, 2, -3)
    return "in the weights, and hvp in v"


def _linear(
    what: str, found: Array, sum_: Array, size: Array, w: Array, c: Array, s: float, t: float
) -> None:
    gap = np.abs(found - sum_)
    apart = gap > NEAR * (size.max(axis=tuple(range(1, size.ndim)), keepdims=True) + 1e-300)
    if apart.any():
        i, r = np.argwhere(apart)[0][:2]
        seen = f"f({s:g} a + {t:g} b) is off {s:g} f(a) + {t:g} f(b) by {gap[i, r].max():.1e}"
        why = f"not linear, {what}: {seen}"
        raise Broken(why, task=i, w=w[i, r], c=c[i, r])


def atoms(subject: Subject) -> str:
    """Single atoms: their mean is the population; `atom_grads`, `restrict` and `atom_bounds` say the same."""
    family = subject.family
    w, v, _ = _drawn(subject, "atoms")
    units = np.broadcast_to(
        np.eye(family.atoms)[:, None, None], (family.atoms, family.tasks, 1, family.atoms)
    )
    for name, verb in _verbs(subject.family):
        each = np.stack([verb(w, v, unit) for unit in units])
        for role in ROLES:
            p = getattr(family, role).astype(np.float64)
            weights = p.T.reshape(family.atoms, family.tasks, *[1] * (each.ndim - 2))
            mean, size = (weights * each).sum(0), (weights * np.abs(each)).sum(0)
            _mean(f"{name} of {role}", verb(w, v, p[:, None]), mean, size, w)
        if name == "grad":
            own = np.moveaxis(family.atom_grads(w, list(range(family.atoms))), 2, 0)
            for k, (given, found) in enumerate(zip(own, each, strict=True)):
                _mean(f"atom_grads of atom {k}", given, found, np.abs(found), w)
        c = family.probabilities.astype(np.float64)[:, None]
        for i in family.weighted_tasks():
            one = family.restrict([i])
            verb_of = dict(_verbs(one))[name]
            found, whole = verb_of(w[i : i + 1], v[i : i + 1], c[i : i + 1]), verb(w, v, c)[i : i + 1]
            _mean(f"{name} of restrict([{i}])", found, whole, np.abs(whole), w[i : i + 1])
    return f"{family.atoms} atoms against probabilities, support and query"


def _mean(what: str, found: Array, mean: Array, size: Array, w: Array) -> None:
    gap = np.abs(found - mean)
    apart = gap > NEAR * (size.max() + 1e-300)
    if apart.any():
        i, r = np.argwhere(apart)[0][:2]
        raise Broken(f"{what} is off what its atoms say by {gap.max():.1e}", task=i, w=w[i, r])
