"""Witness files: one case, self-contained, from which another program can recompute both sides."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np

from maml_verify.checks.case import known_values, prepare
from maml_verify.checks.check import check_setting
from maml_verify.checks.witness_reading import FORMAT, File, case_of, load_witness, number
from maml_verify.claims import Claim
from maml_verify.execution.strict_json import short
from maml_verify.execution.whole_file import whole
from maml_verify.record import Record
from maml_verify.settings import Setting
from maml_verify.theory.symbols import Constants
from problems.arrays import Array
from problems.known import Known

__all__ = ["FORMAT", "disagreements", "link_of", "located", "read_witness", "replay", "shipped"]
__all__ += ["shipped_files", "shipped_regimes", "witness", "witness_name", "write_witness"]

SHIPPED = "witnesses"
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


def _plain_or_table(value: Any) -> Any:
    if isinstance(value, str):
        return value
    return _table(value) if isinstance(value, np.ndarray) else _plain(value)


def witness(claim: Claim, s: Setting, record: Record, known: Known) -> dict[str, Any]:
    """The case a record stands for, in the format of witness files.

    Parameters
    ----------
    claim, s, known : what `check_setting` was given;  record : what it returned

    Raises
    ------
    ValueError
        If the family is no ridge sum.
    """
    s = prepare(claim, s, record.edition, known).setting
    tables = s.family.ridge_tables()
    if tables is None:
        raise ValueError(f"the family {s.family.name} is no ridge sum; rule: a witness file holds ridge sums")
    point = next(
        k
        for k in range(len(s.w))
        if [float(x) for x in s.w[k]] == record.setting["w"]
        and [float(x) for x in s.u[k]] == record.setting["u"]
    )
    values = zip(Constants._fields, known_values(known), strict=True)
    tasks = [{name: _plain_or_table(value) for name, value in task.items()} for task in tables]
    return {
        "format": FORMAT,
        "claim": claim.id,
        **({"typed": dict(claim.typed)} if claim.typed else {}),
        "edition": record.edition,
        "alpha": _plain(s.alpha),
        "steps": s.steps,
        "sizes": {key: getattr(s, key) for key in "SDTB"},
        **{name: _plain(getattr(s, name)) for name in claim.parameters},
        "points": [_table(s.w[point]), _table(s.u[point])],
        "constants": {name: None if value is None else _plain(value) for name, value in values},
        "tasks": tasks,
        "lhs": _side(record.lhs),
        "rhs": _side(record.rhs),
        "ratio": record.ratio,
        "verdict": record.verdict,
        "method": record.method,
        "decided_by": record.decided_by,
    }


def _side(side: tuple[float, float] | None) -> list[float | None]:
    return [end if math.isfinite(end) else None for end in side or ()]


def write_witness(path: Path, values: dict[str, Any]) -> None:
    """Write a witness file, whole or not at all."""
    with whole(path) as stream:
        stream.write((json.dumps(values, indent=1, allow_nan=False) + "\n").encode())


def read_witness(path: File) -> tuple[Claim, str, Setting]:
    """Claim, edition and setting of a witness file.

    Raises
    ------
    ValueError
        If the file is not a witness; the message names file, key and rule.
    """
    return case_of(path, load_witness(path))


def replay(path: File) -> Record:
    """Recompute a stored case: assumptions, constants and both sides, the latter certified.

    Parameters
    ----------
    path : path
        A witness file (format ``maml-verify-witness/1``), such as those in ``maml_verify/witnesses``.

    Returns
    -------
    Record
        ``decided_by`` is ``arb`` or ``exact``, however clear the case.

    Raises
    ------
    ValueError
        If the file is not a witness; the message names file, key and rule.
    OSError
        If it can't be read.

    Examples
    --------
    >>> from maml_verify import replay
    >>> from maml_verify.checks.witness import shipped
    >>> replay(shipped("path-second-moment", "printed")).verdict
    'violated'
    """
    claim, edition, s = read_witness(path)
    record = check_setting(claim, s, edition, certified=True)
    return replace(record, witness=Path(str(path)).name)


def disagreements(path: File, record: Record) -> list[str]:
    """Where a witness file says something else than its `replay`: verdict, method, constants, sides, ratio.

    Sides of a run that was estimated, and their ratio, are left out.
    """
    values = load_witness(path)
    claim, _, s = case_of(path, values)
    found = []
    for name in ("verdict", "method"):
        if values[name] != getattr(record, name):
            found.append(f"{name} {values[name]!r}, recomputed {getattr(record, name)!r}")
    for name, value in zip(Constants._fields, known_values(claim.known(s.family)), strict=True):
        if name in values["constants"] and not _agrees(values["constants"][name], value):
            found.append(f"{name} = {short(values['constants'][name])}, recomputed {value}")
    if record.method == "monte-carlo":
        return found
    ends = [abs(end) for side in (record.lhs, record.rhs) for end in side or () if math.isfinite(end)]
    slack = CLOSE * max(ends, default=0.0)
    for name in ("lhs", "rhs"):
        if not _is_side(values[name], getattr(record, name), slack):
            found.append(f"{name} {short(values[name])}, recomputed {getattr(record, name)}")
    # Sides that an optimiser encloses are as wide as it leaves them, and so is their ratio.
    wide = [high - low for low, high in (record.lhs or (0, 0), record.rhs or (0, 0)) if high < math.inf]
    least = min(ends, default=0.0)
    tolerance = CLOSE + (sum(wide) / least if least else 0.0)
    if not _agrees(values["ratio"], record.ratio, tolerance):
        found.append(f"ratio {short(values['ratio'])}, recomputed {record.ratio}")
    return found


def _agrees(stored: Any, value: float | None, tolerance: float = CLOSE) -> bool:
    if stored is None or value is None:
        return stored is value
    return math.isclose(number("", stored), value, rel_tol=tolerance)


def _is_side(stored: Any, side: tuple[float, float] | None, slack: float) -> bool:
    """Whether two enclosures of one number overlap, the stored one being about as wide as the other."""
    if side is None or not stored:
        return not side and not stored
    unbounded = (-math.inf, math.inf)
    low, high = (float(number("", end)) if end is not None else unbounded[k] for k, end in enumerate(stored))
    if (math.isfinite(low), math.isfinite(high)) != (math.isfinite(side[0]), math.isfinite(side[1])):
        return False
    wide = [b - a if math.isfinite(b - a) else 0.0 for a, b in ((low, high), side)]
    return low - slack <= side[1] and side[0] <= high + slack and 0 <= wide[0] <= 2 * wide[1] + slack


def shipped_files() -> Iterator[Traversable]:
    """The witnesses that come with the project, by name, be it installed as a folder or as a zip."""
    folder = resources.files("maml_verify") / SHIPPED
    yield from sorted(
        (file for file in folder.iterdir() if file.name.endswith(".json")), key=lambda file: file.name
    )


def witness_name(claim: str, edition: str) -> str:
    """Of the file of a witness, without its ending: a statement of another paper has its paper in its id."""
    return f"{claim.replace('/', '-')}-{edition}"


def shipped(claim: str, edition: str) -> Traversable | None:
    """The witness that comes with the project for an edition of a claim."""
    file = resources.files("maml_verify") / SHIPPED / f"{witness_name(claim, edition)}.json"
    return file if file.is_file() else None


def shipped_regimes(claim: str, edition: str) -> list[Traversable]:
    """Every shipped witness of an edition: `claim-edition.json`, then `claim-edition.regime.json` by name."""
    found = [file for file in shipped_files() if file.name.startswith(f"{witness_name(claim, edition)}.")]
    return sorted(found, key=lambda file: len(file.name))


@lru_cache(maxsize=256)
def link_of(claim: str, edition: str) -> str | None:
    """The link of the tasks of a shipped witness, if there is one."""
    file = shipped(claim, edition)
    return None if file is None else str(load_witness(file)["tasks"][0]["link"])


def located(name: str) -> File:
    """The file of that name or, where there is none, the shipped witness that a table names so."""
    if not Path(name).exists():
        for file in shipped_files():
            if name in (file.name, file.name.removesuffix(".json")):
                return file
    return name
