"""A certificate in JSON's types: exact numbers as "p/q", expressions as text, one name for each symbol."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from fractions import Fraction
from typing import Any

import flint
import sympy as sp

from proofs_check.symbols import sort

__all__ = ["plain"]


def plain(certificate: Any) -> dict[str, Any]:
    """The fields of a certificate, the kind of each part, and the sort of every symbol.

    The engine's own symbols may share a name with others; here each name stands for one symbol.
    """
    absolute: set[sp.Expr] = _found(certificate, lambda expr: expr.atoms(sp.Abs))
    sizes = {size: sp.Dummy("size", nonnegative=True) for size in sorted(absolute, key=str)}
    found = sorted(
        _found(certificate, lambda expr: expr.free_symbols) | set(sizes.values()),
        key=lambda s: (str(s).lstrip("_"), isinstance(s, sp.Dummy), str(s)),
    )
    names: dict[sp.Expr, sp.Symbol] = {}
    for symbol in found:
        name = str(symbol).strip("_")
        taken = {s.name for s in names.values()}
        free = (
            name if name not in taken else next(n for k in range(2, 999) if (n := f"{name}_{k}") not in taken)
        )
        names[symbol] = sp.Symbol(free, commutative=bool(symbol.is_commutative))
    # What stands between bars is a number >= 0, and nothing else is used of it.
    names |= {size: names[symbol] for size, symbol in sizes.items()}
    out = _plain(certificate, names)
    said = {"where": [[names[symbol].name, str(size)] for size, symbol in sizes.items()]} if sizes else {}
    return {**out, "symbols": {names[s].name: sort(s) for s in found}, **said}


def _found(value: Any, of: Callable[[sp.Basic], set[Any]]) -> set[Any]:
    """What ``of`` finds in the expressions of a value, however deep they stand."""
    if isinstance(value, sp.Basic):
        return of(value)
    if is_dataclass(value):
        return _found([getattr(value, f.name) for f in fields(value)], of)
    parts = [*value.keys(), *value.values()] if isinstance(value, dict) else value
    return set().union(*(_found(part, of) for part in parts)) if isinstance(parts, tuple | list) else set()


def _plain(value: Any, names: dict[sp.Symbol, sp.Symbol]) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Fraction | flint.fmpq | sp.Rational):
        return str(value)
    if isinstance(value, sp.Basic):
        return str(value.xreplace(names))
    if is_dataclass(value):
        own = {f.name: _plain(getattr(value, f.name), names) for f in fields(value)}
        return {"kind": type(value).__name__} | own
    if isinstance(value, dict) and not all(isinstance(key, str) for key in value):
        return [[_plain(key, names), _plain(part, names)] for key, part in value.items()]
    if isinstance(value, dict):
        return {key: _plain(part, names) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(part, names) for part in value]
    raise TypeError(f"value = {value!r}; rule: a number, an expression, text, or a container of these")
