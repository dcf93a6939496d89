"""FAMILY as it is typed: a shipped name, or ``FILE.py:NAME``: a family, or a function that returns one."""

from __future__ import annotations

import argparse
from functools import lru_cache
from typing import Any

from maml_verify.commands.console.data import data_family
from maml_verify.execution.python_files import named, told
from problems import FAMILIES, Family
from problems.family import checked_family
from problems.names import unknown

__all__ = ["WHAT", "file_family", "in_file", "named_family", "one_family"]

WHAT = "a shipped name, or FILE.py:NAME, a family or a function that returns one"


def in_file(text: str) -> bool:
    """Whether the text means a file's family."""
    return text not in FAMILIES and (".py:" in text or text.endswith(".py"))


def named_family(text: str) -> str | Family:
    """The shipped name itself, or the family of a file.

    Raises
    ------
    ValueError
        If there is no such name or file, or what the file defines is no family.
    """
    if in_file(text):
        return file_family(text)
    if text not in FAMILIES:
        raise unknown("family", text, FAMILIES)
    return text


def one_family(arguments: argparse.Namespace, usual: str | None = None) -> Family:
    """The one FAMILY that a command speaks of, drawn by ``--rng`` where it is shipped, or that of ``--data``.

    Parameters
    ----------
    usual : the name where none is given

    Raises
    ------
    ValueError
        If there is none, or more than one.
    """
    data = data_family(arguments)
    if data is not None:
        return data
    names = arguments.family or ([usual] if usual else [])
    if len(names) != 1:
        raise ValueError(f"family: {len(names)} of them; rule: one FAMILY, or --data FILE")
    chosen = named_family(names[0])
    return FAMILIES[chosen](rng=arguments.rng) if isinstance(chosen, str) else chosen


@lru_cache(maxsize=64)
def file_family(text: str) -> Family:
    """The family of a file, made once."""
    value: Any = named("family", text)
    if callable(value) and not isinstance(value, Family):
        try:
            value = value()
        except Exception as error:
            why = told(error, text.rpartition(":")[0])
            raise ValueError(
                f"family = {text}: {why}; rule: a function or class that needs no argument"
            ) from error
    if not isinstance(value, Family):
        raise ValueError(
            f"family = {text}: {type(value).__name__}; rule: a problems.Family, or a function of one"
        )
    try:
        return checked_family(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"family = {text}: {error}") from error
