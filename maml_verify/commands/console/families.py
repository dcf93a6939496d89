"""FAMILY as it is typed: a shipped name, or ``FILE.py:NAME``: a family, or a function that returns one."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from maml_verify.execution.python_files import named, told
from problems import FAMILIES, Family
from problems.family import checked_family
from problems.names import unknown

__all__ = ["WHAT", "file_family", "in_file", "named_family"]

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
