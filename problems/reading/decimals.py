"""Decimal numbers as data files write them, as exact rationals.

A file's number is ASCII digits with an optional sign, point and exponent.  Python's own grammar takes more
(``1_0``, ``infinity``, digits of other scripts), and none of that is a number here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache

__all__ = ["LARGEST", "LEAST", "SIZE", "are_decimals", "decimal", "of_floats", "plain_decimal"]

# Numbers of this size have normal float64 numbers beside them.
LEAST, LARGEST = 1e-300, 1e300
SIZE = "0, or 1e-300 to 1e300 in size"
# Longest decimal that is read: longer ones are no measurements, and take time.
DIGITS = 1000
# A decimal of so many digits is the same after it was rounded to float64.
KEPT = 15


@lru_cache(maxsize=4)
def _pattern(point: str) -> re.Pattern[str]:
    dot = re.escape(point)
    return re.compile(rf"([+-]?)(?:([0-9]+)(?:{dot}([0-9]*))?|{dot}([0-9]+))(?:[eE]([+-]?[0-9]+))?", re.ASCII)


def decimal(text: str, point: str = ".") -> Fraction:
    """The number that a cell writes, exactly.

    Raises
    ------
    ValueError
        With the rule that the cell breaks as its message.
    """
    match = _pattern(point).fullmatch(text)
    if match is None:
        raise ValueError("a number")
    sign, whole, part, only, exponent = match.groups()
    part = part or only or ""
    digits = ((whole or "") + part).lstrip("0")
    if not digits:
        return Fraction(0)
    exponent = exponent or "0"
    if len(digits) > DIGITS:
        raise ValueError(f"a number of at most {DIGITS} digits")
    # The exponent is compared before the number is expanded: 1e999999999 would fill the memory.
    power = int(exponent) - len(part) if len(exponent) < 10 else None
    if power is None or not -300 < len(digits) + power <= 301:
        raise ValueError(SIZE)
    number = int(sign + digits)
    return Fraction(number * 10**power) if power >= 0 else Fraction(number, 10**-power)


def plain_decimal(text: str, point: str = ".") -> Fraction | None:
    """The number that a label or the name of a task is; None for 007, which is a name, and for words."""
    bare = text.lstrip("+-")
    if bare[:1] == "0" and bare[1:2].isdigit():
        return None
    try:
        return decimal(text, point)
    except ValueError:
        return None


def of_floats(values: Sequence[float]) -> list[Fraction]:
    """The numbers that a column of float64 stands for.

    Where each is the rounding of a decimal of at most 15 digits, these decimals, since so many digits survive
    float64: 0.1 is 1/10, as in the file that it came from.  Otherwise the float64 numbers themselves.
    """
    if are_decimals(values):
        return [decimal(f"{value:.{KEPT - 1}e}") for value in values]
    return [Fraction(value) for value in values]


def are_decimals(values: Iterable[float]) -> bool:
    """Whether each is the rounding of a decimal of at most 15 digits."""
    return all(float(f"{value:.{KEPT - 1}e}") == value for value in values)
