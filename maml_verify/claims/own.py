"""Claims beside those of the paper: a user's own, by `add_claims`, ``--claims FILE.py`` or an entry point.

An installed package names its own in the entry point group ``maml_verify.claims``: each entry is a claim, a
list of claims, or a module with claims.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from types import ModuleType
from typing import Any

from maml_verify.claims.base import Claim
from maml_verify.execution.python_files import carried, load

__all__ = [
    "ID",
    "UNNAMED",
    "WithClaims",
    "add",
    "content",
    "for_now",
    "from_file",
    "own_claims",
    "with_claims",
]

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)?")
# A typed bound without an id; in a file it takes the name of its variable.
UNNAMED = "conjecture"
GROUP = "maml_verify.claims"
_OWN: dict[str, Claim] = {}


def add(claims: Iterable[Claim], taken: Iterable[str]) -> None:
    """Make claims known by their ids.

    Parameters
    ----------
    taken : ids of the paper's claims

    Raises
    ------
    TypeError, ValueError
        For what is no claim, or has the id of another one.
    """
    found, taken = tuple(claims), set(taken)
    for claim in found:
        if not isinstance(claim, Claim):
            raise TypeError(f"claims: {type(claim).__name__}; rule: Claim objects, as conjecture() makes")
        if not ID.fullmatch(claim.id):
            raise ValueError(f"id = {claim.id!r}; rule: small letters, digits and hyphens, such as my-bound")
        if claim.id in taken or _OWN.get(claim.id, claim) is not claim:
            raise ValueError(f"id = {claim.id!r}: another claim has it; rule: an id of its own")
        taken.add(claim.id)
    _OWN.update({claim.id: claim for claim in found})


def own_claims() -> tuple[Claim, ...]:
    """The claims that were added, in their order, after those of installed packages."""
    return (*(claim for claim in _installed() if claim.id not in _OWN), *_OWN.values())


@lru_cache(maxsize=1)
def _installed() -> tuple[Claim, ...]:
    from importlib import metadata  # late: it takes a while to import

    found: list[Claim] = []
    for entry in metadata.entry_points(group=GROUP):
        try:
            thing = entry.load()
        except Exception as error:
            what = f"{entry.value}: {type(error).__name__}: {error}"
            raise ValueError(f"entry point {what}; rule: claims, in the group {GROUP}") from error
        found += _named(vars(thing)) if isinstance(thing, ModuleType) else _claims_in("", thing)
    return tuple(found)


@contextmanager
def for_now() -> Iterator[None]:
    """A block after which the claims that it added are forgotten."""
    before = dict(_OWN)
    try:
        yield
    finally:
        _OWN.clear()
        _OWN.update(before)


@lru_cache(maxsize=64)
def from_file(file: str) -> tuple[Claim, ...]:
    """The claims that a Python file defines.

    Raises
    ------
    ValueError
        Where it can't be run, or has none.
    """
    found = _named(vars(load("claims", file)))
    if not found:
        raise ValueError(f"claims = {file}: no claim in it; rule: a Claim or a conjecture, by a name")
    return found


def _named(names: dict[str, Any]) -> tuple[Claim, ...]:
    """Claims, and lists of claims, under names that don't begin with an underscore, each once."""
    found: dict[int, Claim] = {}
    for name, thing in list(names.items()):
        if not name.startswith("_"):
            for claim in _claims_in(name, thing):
                found.setdefault(id(thing) if isinstance(thing, Claim) else id(claim), claim)
    return tuple(found.values())


def _claims_in(name: str, thing: Any) -> Iterator[Claim]:
    for claim in thing if isinstance(thing, list | tuple) else (thing,):
        if isinstance(claim, Claim):
            own = re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")
            unnamed = claim is thing and claim.id == UNNAMED and own
            yield replace(claim, id=own) if unnamed else claim


def content(claim: Claim) -> str:
    """A short name of what a user's claim computes: its functions by value, and the files they are of."""
    functions = [value for value in vars(claim).values() if callable(value)]
    functions += claim.editions.values()
    homes = {getattr(sys.modules.get(f.__module__), "__file__", None) for f in functions}
    sources = [Path(home).read_bytes() for home in sorted(filter(None, homes)) if Path(home).is_file()]
    return blake2b(b"".join((carried(content, (claim,)), *sources)), digest_size=16).hexdigest()


@dataclass(frozen=True)
class WithClaims:
    """A function for other processes, which there makes the user's claims known before it runs."""

    function: Callable[..., Any]
    claims: tuple[Claim, ...]

    def __call__(self, *arguments: Any) -> Any:
        """The function's value."""
        _OWN.update({claim.id: claim for claim in self.claims})
        return self.function(*arguments)


def with_claims(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, for processes that don't know the claims that were added."""
    return WithClaims(function, own_claims()) if own_claims() else function
