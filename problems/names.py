"""A name that is not known: the nearest one, or those there are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

__all__ = ["unknown"]

# How many names are shown where none is near, and how many characters of a wrong value.
SHOWN, LONG = 8, 60


def unknown(name: str, value: Any, known: Iterable[str], where: str = "") -> ValueError:
    """The error for a value that is none of the known names.

    Parameters
    ----------
    name : the argument
    known : the names there are
    where : what shows them, for names that are too many to be shown here
    """
    from difflib import get_close_matches  # late: a right name needs no neighbours

    text = str(value)
    names = {other.lower(): other for other in known}
    shown = repr(value) if len(text) <= LONG else f"{text[:LONG]!r}..."
    near = get_close_matches(text.lower(), names, n=1, cutoff=0.7)
    if near:
        return ValueError(f"{name} = {shown}; rule: a known name, the nearest is {names[near[0]]}")
    rule = where if where and len(names) > SHOWN else f"one of {', '.join(names.values())}"
    return ValueError(f"{name} = {shown}; rule: {rule}")
