"""Checkpoints: the whole history and the generator's state in one file, written whole or not at all.

A checkpoint says which problem it is of, and nothing else goes on from it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from maml_verify.algorithms.state import Info, State
from maml_verify.execution.whole_file import whole
from problems.arrays import Array

__all__ = ["Checkpoint", "load", "save"]

FORMAT = "maml-verify-checkpoint/2"
# Characters of a value that a message shows.
SHOWN = 60
DAMAGE = (OSError, EOFError, LookupError, ValueError, TypeError, AttributeError, RuntimeError, SyntaxError)


class Checkpoint(NamedTuple):
    """What is in the file.

    Attributes
    ----------
    problem : what the run is of, as JSON types
    state, previous : the last state, and the one a step before it if a step was done
    arrays : the history so far
    """

    problem: dict[str, Any]
    state: State
    previous: State | None
    arrays: dict[str, Array]


def save(path: Path, content: Checkpoint) -> None:
    """Write a checkpoint; an interruption leaves the former file as it was.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    problem, state, previous, arrays = content
    tables = {"_w": state.w, **arrays} | ({} if previous is None else {"_previous": previous.w})
    head = {"k": state.k, "rng": state.rng, "problem": problem}
    head["previous_rng"] = None if previous is None else previous.rng
    text = json.dumps({"format": FORMAT, **head, "mark": _mark(head, tables)})
    with whole(path) as stream:
        np.savez(stream, _head=np.array(text), **tables)


def load(path: Path, problem: Mapping[str, Any], free: Sequence[str] = ()) -> Checkpoint:
    """The checkpoint in a file.

    Parameters
    ----------
    problem : what goes on from it
    free : names in it that were not given, and are taken from the file

    Raises
    ------
    ValueError
        If the file is no checkpoint, is damaged, or is of another problem; the message names what differs.
    """
    head, tables = _read(path)
    try:
        w, arrays = tables["_w"], {k: v for k, v in tables.items() if not k.startswith("_")}
        wrong = _wrong(head, w, arrays)
        if not wrong and head.pop("mark") != _mark(head, tables):
            spoilt = [name for name, v in tables.items() if v.dtype.kind == "f" and not np.isfinite(v).all()]
            wrong = "other content than was written" + (f", {spoilt[0]} not finite" if spoilt else "")
        stored = head["problem"]
    except (KeyError, TypeError, AttributeError) as error:
        what = f"no {error}" if isinstance(error, KeyError) else str(error)
        raise ValueError(f"checkpoint = {path}: {what}; rule: a file of format {FORMAT}") from None
    if wrong:
        raise ValueError(f"checkpoint = {path}: damaged, {wrong}; rule: a file as it was written")
    wanted = json.loads(json.dumps(dict(problem)))
    differ = [name for name in {**wanted, **stored} if name not in free]
    differ = [name for name in differ if wanted.get(name) != stored.get(name)]
    if differ:
        ours, theirs = (_short(values.get(differ[0])) for values in (wanted, stored))
        more = f" ({', '.join(differ[1:])} differ, too)" if differ[1:] else ""
        raise ValueError(f"{differ[0]} = {ours}; rule: {theirs}, as in the checkpoint {path}{more}")
    previous = None
    if "_previous" in tables:
        previous = State(head["k"] - 1, tables["_previous"], head["previous_rng"])
    return Checkpoint(stored, State(head["k"], w, head["rng"]), previous, arrays)


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Array]]:
    import zlib
    from tokenize import TokenError
    from zipfile import BadZipFile

    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            tables = {name: stored[name] for name in stored.files}
        head = json.loads(str(tables.pop("_head")))
        if head["format"] != FORMAT:
            raise ValueError(f"format {_short(head['format'])}")
        del head["format"]
    # What a damaged file makes of the zip and of the arrays in it is of many kinds.
    except (*DAMAGE, MemoryError, TokenError, BadZipFile, zlib.error) as error:
        said = " ".join(str(error).split())
        raise ValueError(f"checkpoint = {path}: {said}; rule: a file of format {FORMAT}") from None
    return head, tables


def _wrong(head: Mapping[str, Any], w: Array, arrays: Mapping[str, Array]) -> str | None:
    """What does not fit together, if anything: every array has a row an iteration."""
    k = head["k"]
    if isinstance(k, bool) or not isinstance(k, int) or k < 0:
        return f"k = {_short(k)} is no number of iterations"
    if w.ndim != 2 or w.dtype != np.float64:
        return f"w has shape {w.shape} and type {w.dtype}"
    for name in (*Info._fields, *arrays):
        if name not in arrays:
            return f"no {name}"
        rows = k if name in Info._fields else k + 1
        if (found := arrays[name].shape[:2]) != (rows, len(w)) and (k or name not in Info._fields):
            return f"{name} has shape {found} where k = {_short(k)} and {len(w)} runs need {(rows, len(w))}"
    return None


def _mark(head: Mapping[str, Any], tables: Mapping[str, Array]) -> str:
    content = blake2b(json.dumps(head, sort_keys=True).encode(), digest_size=16)
    for name, values in sorted(tables.items()):
        content.update(f"{name} {values.dtype} {values.shape}".encode())
        content.update(np.ascontiguousarray(values).data)
    return content.hexdigest()


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
