"""Names as they are put into a text: what would be read as more than a name is spelled out.

A family is named after its file, and a file may have any name.
"""

from __future__ import annotations

import unicodedata
from typing import Any

__all__ = ["csv_cell", "latex", "markdown", "visible"]

_LATEX = (
    {c: rf"\{c}" for c in "_%&#${}"}
    | {"\\": r"\textbackslash{}"}
    | {"^": r"\^{}", "~": r"\~{}", "<": "$<$", ">": "$>$", "|": "$|$"}
)
# What begins a code span, an emphasis, a link, a cell, a tag or an entity.
_MARKDOWN = frozenset("\\`*_[]|<>&~")
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@")
# Control characters, those that turn the direction of text, and halves of characters.
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))


def visible(text: str) -> str:
    r"""One line of text in which every character shows: a newline is ``\n``."""
    if text.isprintable():
        return text
    return "".join(
        c.encode("unicode_escape").decode("ascii") if unicodedata.category(c) in _HIDDEN else c for c in text
    )


def markdown(text: str) -> str:
    """Text with the characters escaped that Markdown, or HTML in it, reads otherwise."""
    return "".join(rf"\{c}" if c in _MARKDOWN else c for c in visible(text))


def latex(text: str) -> str:
    """Text with the characters escaped that LaTeX reads otherwise."""
    return "".join(_LATEX.get(c, c) for c in visible(text))


def csv_cell(value: Any) -> Any:
    """A cell that no spreadsheet computes: text that begins as a formula does gets an apostrophe first."""
    if not isinstance(value, str):
        return value
    return visible(f"'{value}" if value.startswith(_FORMULA) else value)
