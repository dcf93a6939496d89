"""Witness files: one case, self-contained, from which another program can recompute both sides."""

from __future__ import annotations

import json
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

__all__ = ["FORMAT", "read_witness", "replay", "shipped", "witness", "write_witness"]

FORMAT = "maml-verify-witness/1"
SHIPPED = "witnesses"


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


def _number(value: Any) -> Any:
    return Fraction(value) if isinstance(value, str | int) else Fraction(float(value))


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
    try:
        values = json.loads(Path(path).read_text())
        if values["format"] != FORMAT:
            raise ValueError(f"{path}: format {values['format']!r}; rule: {FORMAT}")
        claim, tasks = find_claim(values["claim"]), values["tasks"]
        links = {task["link"] for task in tasks}
        if len(links) != 1:
            raise ValueError(f"{path}: links {sorted(links)}; rule: one link for all tasks")
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
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise ValueError(f"{path}: {error!r}; rule: a witness file of format {FORMAT}") from error
    return claim, values["edition"], s


_KEYS = ("features", "offsets", "coefficients", "linear", "probabilities", "support", "query")


def replay(path: Path | str) -> Record:
    """Recompute a stored case: assumptions, constants and both sides, the latter certified."""
    claim, edition, s = read_witness(path)
    record = check_setting(claim, s, edition, certified=True)
    return replace(record, witness=Path(path).name)


def shipped(claim: str, edition: str) -> Path | None:
    """The witness that comes with the project for a violated edition of a claim."""
    path = Path(str(resources.files("maml_verify"))) / SHIPPED / f"{claim}-{edition}.json"
    return path if path.exists() else None
