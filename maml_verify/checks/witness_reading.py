"""What a witness file says, read by its format alone: each key there once, of its kind, and no other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np

from maml_verify.claims import Claim, find_claim
from maml_verify.claims.conjectures.build import conjecture
from maml_verify.execution.strict_json import LONGEST, loads, read_limited, short
from maml_verify.record import VERDICTS
from maml_verify.settings import Setting, setting
from maml_verify.theory.symbols import Constants
from problems import LINKS, Ridge, ridge
from problems.arrays import Array
from problems.validation import float_or_inf

__all__ = ["FORMAT", "File", "case_of", "load_witness", "number"]

FORMAT = "maml-verify-witness/1"
RATIONAL = re.compile(r"-?[0-9]+(/[0-9]+)?")
File = Path | str | Traversable

# Dimensions of the tables of a task; those of support and query may be null, for the probabilities.
TABLES = {"features": 2, "offsets": 1, "coefficients": 2, "linear": 2, "probabilities": 1}
ROLES = {"support": 1, "query": 1}
TASK = ("weight", "link", *TABLES, *ROLES)
# A constant that older files do not have.
ADDED = ("convexity",)
CASE = ("format", "claim", "edition", "alpha", "steps", "sizes", "points", "constants", "tasks")
# What a file has besides whose claim is a bound that was typed.
TYPED = ("text", "where", "needs")
FOUND = ("lhs", "rhs", "ratio", "verdict", "method", "decided_by")
WORDS = {
    "verdict": VERDICTS,
    "method": ("exact", "closed-form", "monte-carlo"),
    "decided_by": ("float", "arb", "exact"),
}


def load_witness(path: File) -> dict[str, Any]:
    """The keys and values of a witness file.

    Raises
    ------
    ValueError
        If it is none; the message names file, key and rule.
    OSError
        If it cannot be read.
    """
    file = path if isinstance(path, Traversable) else Path(path)
    try:
        with file.open("rb") as stream:
            values = loads(read_limited(stream))
    except ValueError as error:
        raise ValueError(f"{path}: {error}; rule: a JSON file") from None
    known = values.get("format") if isinstance(values, dict) else None
    if known != FORMAT:
        raise ValueError(f"{path}: format {short(known)}; rule: {FORMAT}")
    try:
        _found(values, _claim(values))
    except ValueError as error:
        raise ValueError(f"{path}: {error}; in a witness file of format {FORMAT}") from None
    return values


def case_of(path: File, values: dict[str, Any]) -> tuple[Claim, str, Setting]:
    """Claim, edition and setting of a loaded witness file.

    Raises
    ------
    ValueError
        If they fit no case; the message names file, key and rule.
    """
    try:
        claim = _claim(values)
        edition = _word("edition", values["edition"], tuple(claim.editions))
        family = _family(_list("tasks", values["tasks"]), Path(str(path)).stem)
        w, u = _list("points", values["points"], 2)
        sizes: dict[str, Any] = {key: _integer(f"sizes.{key}", v) for key, v in values["sizes"].items()}
        for name in claim.parameters:
            read = number if name == "C_beta" else _integer
            sizes[name] = read(name, values[name])
        sizes |= {"w": _table("points[0]", w, 1), "u": _table("points[1]", u, 1)}
        alpha, steps = number("alpha", values["alpha"]), _integer("steps", values["steps"])
        s = setting(family, alpha=alpha, steps=steps, **sizes)
    except (TypeError, ValueError, ArithmeticError) as error:
        raise ValueError(f"{path}: {error}; in a witness file of format {FORMAT}") from error
    return claim, edition, s


def _claim(values: dict[str, Any]) -> Claim:
    if "claim" not in values:
        raise ValueError("no claim; rule: a statement id")
    name = values["claim"]
    if not isinstance(name, str) or len(name) > len(short(name)):
        raise ValueError(f"claim = {short(name)}; rule: a statement id")
    if "typed" not in values:
        return find_claim(name)
    # A bound that was typed is in the file, which needs nothing else then.
    typed = values["typed"]
    _keys("typed", typed, TYPED)
    rows = {key: _list(f"typed.{key}", typed[key]) for key in TYPED[1:]}
    return conjecture(typed["text"], **rows, id=name)


def _found(values: dict[str, Any], claim: Claim) -> None:
    """Keys at every level, and what was found."""
    _keys("the file", values, (*CASE, *("typed",) * bool(claim.typed), *claim.parameters, *FOUND))
    _keys("sizes", values["sizes"], tuple("SDTB"))
    _keys("constants", values["constants"], Constants._fields, ADDED)
    for key, value in values["constants"].items():
        if value is not None:
            number(f"constants.{key}", value)
    for k, task in enumerate(_list("tasks", values["tasks"])):
        _keys(f"tasks[{k}]", task, TASK)
    for key, words in WORDS.items():
        _word(key, values[key], words)
    if values["ratio"] is not None:
        number("ratio", values["ratio"])
    for key in ("lhs", "rhs"):
        ends = [] if values[key] is None else _list(key, values[key])
        if len(ends) not in (0, 2):
            raise ValueError(f"{key} has {len(ends)} ends; rule: [low, high], null where unbounded")
        for end in ends:
            if end is not None:
                number(key, end)


def _keys(where: str, values: Any, names: tuple[str, ...], optional: tuple[str, ...] = ()) -> None:
    if not isinstance(values, dict):
        raise ValueError(f"{where} = {short(values)}; rule: an object with {', '.join(names)}")
    for name in names:
        if name not in values and name not in optional:
            raise ValueError(f"no {name} in {where}; rule: {', '.join(names)}")
    for name in values:
        if name not in names:
            raise ValueError(f"{short(name)} in {where}; rule: {', '.join(names)}, and no other key")


def _word(key: str, value: Any, words: tuple[str, ...]) -> str:
    if value not in words:
        raise ValueError(f"{key} = {short(value)}; rule: one of {', '.join(words)}")
    return str(value)


def _list(key: str, value: Any, length: int | None = None) -> list[Any]:
    if not isinstance(value, list) or (length is not None and len(value) != length):
        rule = "a list" if length is None else f"a list of {length}"
        raise ValueError(f"{key} = {short(value)}; rule: {rule}")
    return value


def _integer(key: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{key} = {short(value)}; rule: an integer")
    return value


def number(key: str, value: Any) -> Fraction:
    """A JSON number, or a rational as "p/q", as the number it is.

    Raises
    ------
    ValueError
        Naming key, value and rule.
    """
    rule = 'a number, or a rational such as "1/3", within float64'
    text = isinstance(value, str) and len(value) <= LONGEST and RATIONAL.fullmatch(value)
    if isinstance(value, bool) or not (isinstance(value, int | float) or text):
        raise ValueError(f"{key} = {short(value)}; rule: {rule}")
    if isinstance(value, float) and not np.isfinite(value):
        raise ValueError(f"{key} = {value}; rule: a finite number")
    try:
        exact = Fraction(value)
    except ZeroDivisionError:
        raise ValueError(f"{key} = {short(value)}; rule: a denominator other than 0") from None
    if not np.isfinite(float_or_inf(exact)):
        raise ValueError(f"{key} = {short(value)}; rule: {rule}")
    return exact


def _table(key: str, value: Any, depth: int) -> list[Any]:
    """Nested lists of numbers, of equal lengths at every depth."""
    rows = _list(key, value)
    if depth == 1:
        return [number(f"{key}[{k}]", x) for k, x in enumerate(rows)]
    table = [_table(f"{key}[{k}]", row, depth - 1) for k, row in enumerate(rows)]
    if len({len(row) for row in table}) > 1:
        raise ValueError(f"{key}: rows of different lengths; rule: a table")
    return table


def _family(tasks: Sequence[dict[str, Any]], name: str) -> Ridge:
    if not tasks:
        raise ValueError("tasks = []; rule: at least one task")
    for k, task in enumerate(tasks):
        _word(f"tasks[{k}].link", task["link"], tuple(LINKS))
    links = {task["link"] for task in tasks}
    if len(links) != 1:
        raise ValueError(f"tasks have the links {sorted(links)}; rule: one link for all tasks")
    given: dict[str, Array] = {}
    for key, depth in (TABLES | ROLES).items():
        rows = [_default(task, key) for task in tasks]
        tables = [_table(f"tasks[{k}].{key}", row, depth) for k, row in enumerate(rows)]
        shapes = [np.shape(np.array(table, dtype=object)) for table in tables]
        for k, shape in enumerate(shapes):
            if shape != shapes[0] or len(shape) != depth:
                rule = f"{shapes[0]}, as in tasks[0]" if k else f"{depth} dimensions, none of them empty"
                raise ValueError(f"tasks[{k}].{key} has shape {shape}; rule: {rule}")
        given[key] = np.array(tables, dtype=object)
    weights = [number(f"tasks[{k}].weight", task["weight"]) for k, task in enumerate(tasks)]
    return ridge(links.pop(), task_weights=np.array(weights, dtype=object), name=name, **given)


def _default(task: dict[str, Any], key: str) -> Any:
    return task["probabilities"] if key in ROLES and task[key] is None else task[key]
