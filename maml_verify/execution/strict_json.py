"""JSON as its standard says, and no more: a key once, finite numbers, a depth and a size that end."""

from __future__ import annotations

import json
import math
from typing import IO, Any

__all__ = ["loads", "read_limited", "short"]

# Bytes of a file, characters of a number, and characters of a value that a message shows.
LARGEST, LONGEST, SHOWN = 2**26, 4000, 40


def short(value: Any) -> str:
    """A value for a message: on one line, and cut where it is long."""
    try:
        text = repr(value)
    except ValueError:
        # An integer of more digits than Python writes.
        text = f"an integer of {value.bit_length()} bits"
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}... ({len(text)} characters)"


def read_limited(stream: IO[bytes]) -> str:
    """The text of a file in UTF-8.

    Raises
    ------
    ValueError
        If it is no text, or larger than `LARGEST`.
    """
    content = stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ValueError(f"more than {LARGEST} bytes")
    return content.decode("utf-8-sig")


def loads(text: str) -> Any:
    """The value of a JSON text.

    A number that float64 or a list of digits of `LONGEST` does not hold stays the text that it is, and NaN is
    nan, so that who reads the values can name the key.

    Raises
    ------
    ValueError
        If it is none, or has a key twice.
    """
    options: dict[str, Any] = {"parse_float": _float, "parse_int": _integer, "parse_constant": float}
    try:
        return json.loads(text, object_pairs_hook=_once, **options)
    except RecursionError:
        raise ValueError("lists within lists too deep") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in pairs:
        if key in values:
            raise ValueError(f"key {short(key)} is there twice")
        values[key] = value
    return values


def _float(text: str) -> float | str:
    value = float(text)
    lost = not value and any(digit in "123456789" for digit in text.lower().partition("e")[0])
    return text if lost or math.isinf(value) else value


def _integer(text: str) -> int | str:
    return int(text) if len(text) <= LONGEST else text
