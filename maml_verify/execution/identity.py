"""What a stored result is of: the content of its family, the source that made it, the libraries' versions."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from hashlib import blake2b
from importlib import resources
from importlib.resources.abc import Traversable
from numbers import Real
from typing import Any

import numpy as np

from problems import Family

__all__ = ["digest", "family_digest", "source", "versions"]

PACKAGES = ("maml_verify", "problems")
LIBRARIES = ("numpy", "scipy", "python-flint", "numba")
# Digits to which answers of a family are told apart: more than a change of the machine's rounding touches.
DIGITS = 9


def digest(*parts: Any) -> str:
    """A short name of the content of numbers, strings, tuples and families.

    Raises
    ------
    TypeError
        For anything else, whose text need not say what it holds.
    """
    return blake2b("\n".join(map(_text, parts)).encode(), digest_size=16).hexdigest()


def _text(value: Any) -> str:
    if isinstance(value, Family):
        return family_digest(value)
    if isinstance(value, tuple):
        return f"({', '.join(map(_text, value))})"
    if value is None or isinstance(value, str | Real):
        return repr(value)
    raise TypeError(f"{type(value).__name__} has no digest; rule: numbers, strings, tuples and families")


@lru_cache(maxsize=64)
def family_digest(family: Family) -> str:
    """A short name of the content of a family, or of its answers where it tells no content.

    Raises
    ------
    ValueError
        If it does neither.
    """
    content = family.content()
    if content is not None:
        return digest(family.name, content)
    try:
        return digest(type(family).__qualname__, family.name, *_answers(family), *_told(family))
    except Exception as error:
        rule = "content(), or verbs that answer at any point of a float64 family"
        raise ValueError(f"the family {family.name} has no digest: {error}; rule: {rule}") from error


def _answers(family: Family) -> Iterator[str]:
    """Weights, losses, gradients and Hessian products at fixed points, to `DIGITS` digits."""
    n, d, m = family.tasks, family.d, family.atoms
    w = np.broadcast_to(np.cos(np.arange(3 * d) * 1.7).reshape(1, 3, d) * [[[0.1], [1], [10]]], (n, 3, d))
    roles = [family.probabilities, family.support, family.query]
    batches = [np.asarray(role, dtype=np.float64)[:, None] for role in roles]
    batches += [np.broadcast_to(row, (n, 1, m)) for row in np.eye(m)]
    values = [family.task_weights, *roles]
    for c in batches:
        values += [family.loss(w, c), family.grad(w, c), family.hvp(w, w[:, ::-1], c)]
    for value in values:
        yield repr([f"{float(x):.{DIGITS}g}" for x in np.asarray(value).ravel()])


def _told(family: Family) -> Iterator[str]:
    """What else a verdict depends on: constants, bounds, and the numbers that it runs over."""
    yield repr([family.constants("resampling"), family.constants("finite-sum")])
    bounds = family.atom_bounds()
    yield repr(None if bounds is None else [np.asarray(part).tolist() for part in bounds])
    yield repr([family.term_sizes(), family.rational, family.convex, family.cast(Fraction) is None])


@lru_cache(maxsize=1)
def source() -> str:
    """A digest of the source of the packages that compute, and of the versions of their libraries.

    Raises
    ------
    ValueError
        If the source of a module in use is not found: then a result could not say which formulas made it.
    """
    files = {
        name: blake2b(file.read_bytes()).hexdigest()
        for package in PACKAGES
        for name, file in _sources(resources.files(package), package)
    }
    modules = [name for name in sys.modules if name.partition(".")[0] in PACKAGES]
    for module in (name.replace(".", "/") for name in (*PACKAGES, *modules)):
        if f"{module}.py" not in files and f"{module}/__init__.py" not in files:
            rule = "an installation with its .py files, as a folder or a zip"
            raise ValueError(f"source: {module} has no source; rule: {rule}")
    return digest(*sorted(files.items()), *versions().items())


def _sources(folder: Traversable, name: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _sources(entry, f"{name}/{entry.name}")
        elif entry.name.endswith(".py"):
            yield f"{name}/{entry.name}", entry


@lru_cache(maxsize=1)
def versions() -> dict[str, str | None]:
    """The versions of Python and of the libraries that compute; None where one is not there."""
    python = ".".join(map(str, sys.version_info[:2]))
    return {"python": python, **{name: _version(name) for name in LIBRARIES}}


def _version(name: str) -> str | None:
    from importlib import metadata  # late: it takes longer to import than this module

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
