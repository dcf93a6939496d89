"""Witness files: one case, self-contained, from which another program can recompute both sides."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from maml_verify.checking import check_setting, constants, prepared
from maml_verify.claims import Claim, find_claim
from maml_verify.constants import Constants
from maml_verify.record import Record
from maml_verify.settings import Setting, setting
from problems import ridge
from problems.arrays import Array
from problems.constants import Known

__all__ = [
    "FORMAT",
    "disagreements",
    "located",
    "read_witness",
    "replay",
    "shipped",
    "witness",
    "write_witness",
]

FORMAT = "maml-verify-witness/1"
SHIPPED = "witnesses"
RATIONAL = re.compile(r"-?\d+(/\d+)?")
# Numbers in a file and recomputed, relatively: both are rounded.
CLOSE = 1e-9


def _plain(value: Any) -> Any:
    """A JSON number that is exactly the value, else the rational as "p/q"."""
    exact = Fraction(value)
    if exact.denominator == 1 and abs(exact) < 2**53:
        return int(exact)
    return float(exact) if Fraction(float(exact)) == exact else f"{exact.numerator}/{exact.denominator}"


def _table(values: Array) -> Any:
    return [_table(row) for row in values] if values.ndim > 1 else [_plain(v) for v in values]


def witness(claim: Claim, s: Setting, record: Record, known: Known) -> dict[str, Any]:
    """The case a record stands for, in the format of witness files.

    Parameters
    ----------
    claim, s, known : what `check_setting` was given;  record : what it returned
    """
    s = prepared(claim, s, record.edition, known)
    source = s.family.exact or s.family
    point = next(
        k
        for k in range(len(s.w))
        if [float(x) for x in s.w[k]] == record.setting["w"]
        and [float(x) for x in s.u[k]] == record.setting["u"]
    )
    values = zip(Constants._fields, constants(known), strict=True)
    tasks = [
        {
            "weight": _plain(source.task_weights[i]),
            "link": source.link.name,
            "features": _table(source.features[i]),
            "offsets": _table(source.offsets[i]),
            "coefficients": _table(source.coefficients[i]),
            "linear": _table(source.linear[i]),
            "probabilities": _table(source.probabilities[i]),
            "support": _table(source.support[i]),
            "query": _table(source.query[i]),
        }
        for i in range(source.tasks)
    ]
    return {
        "format": FORMAT,
        "claim": claim.id,
        "edition": record.edition,
        "alpha": _plain(s.alpha),
        "steps": s.steps,
        "sizes": {key: getattr(s, key) for key in "SDTB"},
        **{name: _plain(getattr(s, name)) for name in claim.parameters},
        "points": [_table(s.w[point]), _table(s.u[point])],
        "constants": {name: None if value is None else _plain(value) for name, value in values},
        "tasks": tasks,
        "lhs": list(record.lhs or ()),
        "rhs": list(record.rhs or ()),
        "ratio": record.ratio,
        "verdict": record.verdict,
        "method": record.method,
        "decided_by": record.decided_by,
    }


def write_witness(path: Path, values: dict[str, Any]) -> None:
    """Write a witness file, whole or not at all."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps(values, indent=1) + "\n")
    part.replace(path)


def _number(value: Any) -> Fraction:
    if isinstance(value, bool) or not (isinstance(value, int | float) or RATIONAL.fullmatch(str(value))):
        raise ValueError(f'{value!r}; rule: a number, or a rational such as "1/3"')
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value}; rule: a finite number")
    return Fraction(value)


def _array(tasks: Sequence[dict[str, Any]], key: str) -> Any:
    if any(task[key] is None for task in tasks):
        return None
    return np.vectorize(_number, otypes=[object])(np.array([task[key] for task in tasks], dtype=object))


def read_witness(path: Path | str) -> tuple[Claim, str, Setting]:
    """Claim, edition and setting of a witness file.

    Raises
    ------
    ValueError
        If the file is not a witness; the message names file and rule.
    """
    return _case(path, _load(path))


def _load(path: Path | str) -> dict[str, Any]:
    try:
        values = json.loads(Path(path).read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: {error}; rule: a JSON file") from None
    known = values.get("format") if isinstance(values, dict) else None
    if known != FORMAT:
        raise ValueError(f"{path}: format {known!r}; rule: {FORMAT}")
    return values


def _case(path: Path | str, values: dict[str, Any]) -> tuple[Claim, str, Setting]:
    try:
        claim, tasks = find_claim(values["claim"]), values["tasks"]
        links = {task["link"] for task in tasks}
        if len(links) != 1:
            raise ValueError(f"links {sorted(links)}; rule: one link for all tasks")
        if (edition := values["edition"]) not in claim.editions:
            raise ValueError(f"edition = {edition!r}; rule: one of {', '.join(claim.editions)}")
        tables = {key: _array(tasks, key) for key in _KEYS}
        family = ridge(
            links.pop(),
            task_weights=np.array([_number(task["weight"]) for task in tasks], dtype=object),
            name=Path(path).stem,
            **tables,
        )
        w, u = (np.array([_number(x) for x in point], dtype=object) for point in values["points"])
        sizes = values["sizes"] | {name: values[name] for name in claim.parameters}
        if "C_beta" in sizes:
            sizes["C_beta"] = _number(sizes["C_beta"])
        s = setting(family, alpha=_number(values["alpha"]), steps=values["steps"], w=w, u=u, **sizes)
    except KeyError as error:
        raise ValueError(f"{path}: no {error}; rule: a witness file of format {FORMAT}") from None
    except (TypeError, ValueError, ArithmeticError) as error:
        raise ValueError(f"{path}: {error}; in a witness file of format {FORMAT}") from error
    return claim, edition, s


_KEYS = ("features", "offsets", "coefficients", "linear", "probabilities", "support", "query")


def replay(path: Path | str) -> Record:
    """Recompute a stored case: assumptions, constants and both sides, the latter certified."""
    claim, edition, s = read_witness(path)
    record = check_setting(claim, s, edition, certified=True)
    return replace(record, witness=Path(path).name)


def disagreements(path: Path | str, record: Record) -> list[str]:
    """Where a witness file says something else than its `replay`: verdict, constants, sides.

    Enclosures of the same side overlap; those of a run that was estimated are left out.
    """
    values = _load(path)
    claim, _, s = _case(path, values)
    found = []
    if values.get("verdict") != record.verdict:
        found.append(f"verdict {values.get('verdict')!r}, recomputed {record.verdict!r}")
    stored = values.get("constants")
    stored = stored if isinstance(stored, dict) else {}
    for name, value in zip(Constants._fields, constants(claim.known(s.family)), strict=True):
        if not _agrees(stored.get(name), value):
            found.append(f"{name} = {stored.get(name)}, recomputed {value}")
    if record.method != "monte-carlo":
        for side in ("lhs", "rhs"):
            if not _overlap(values.get(side), getattr(record, side)):
                found.append(f"{side} {values.get(side)}, recomputed {getattr(record, side)}")
    return found


def _agrees(stored: Any, value: float | None) -> bool:
    if stored is None or value is None:
        return stored is value
    try:
        return math.isclose(_number(stored), value, rel_tol=CLOSE)
    except ValueError:
        return False


def _overlap(stored: Any, side: tuple[float, float] | None) -> bool:
    if side is None or not stored:
        return not side and not stored
    try:
        low, high = (float(end) for end in stored)
    except (TypeError, ValueError):
        return False
    slack = CLOSE * max(abs(low), abs(side[0]))
    return low <= side[1] + slack and side[0] <= high + slack


def shipped(claim: str, edition: str) -> Path | None:
    """The witness that comes with the project for a violated edition of a claim."""
    path = Path(str(resources.files("maml_verify"))) / SHIPPED / f"{claim}-{edition}.json"
    return path if path.exists() else None


def located(name: str) -> Path | str:
    """The file of that name or, where there is none, the shipped witness that a table names so."""
    file = Path(str(resources.files("maml_verify"))) / SHIPPED / Path(name).name
    return file if not Path(name).exists() and Path(name).name == name and file.exists() else name
