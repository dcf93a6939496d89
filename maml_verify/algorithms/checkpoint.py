"""Checkpoints: the whole history and the generator's state in one file, written whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from maml_verify.algorithms.base import State
from problems.arrays import Array

__all__ = ["load", "save"]

FORMAT = "maml-verify-checkpoint/1"


def save(path: Path, parameters: Mapping[str, Any], state: State, arrays: Mapping[str, Array]) -> None:
    """Write state and history arrays; an interruption leaves the former file as it was."""
    head = {"format": FORMAT, "k": state.k, "rng": state.rng, "parameters": dict(parameters)}
    part = path.with_name(path.name + ".part")
    with part.open("wb") as stream:
        np.savez(stream, _head=np.array(json.dumps(head)), _w=state.w, **arrays)
    part.replace(path)


def load(path: Path, parameters: Mapping[str, Any]) -> tuple[State, dict[str, Array]]:
    """State and history arrays of a checkpoint of the same algorithm.

    Raises
    ------
    ValueError
        If the file is no checkpoint, or of an algorithm with other parameters.
    """
    from zipfile import BadZipFile

    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        head = json.loads(str(arrays.pop("_head")))
        w = arrays.pop("_w")
        if head["format"] != FORMAT:
            raise KeyError(head["format"])
    except (OSError, EOFError, KeyError, ValueError, TypeError, AttributeError, BadZipFile) as error:
        raise ValueError(f"checkpoint = {path}: {error}; rule: a file of format {FORMAT}") from None
    wanted = json.loads(json.dumps(dict(parameters)))
    for name in {**head["parameters"], **wanted}:
        ours, theirs = wanted.get(name), head["parameters"].get(name)
        if ours != theirs:
            raise ValueError(f"{name} = {ours}; rule: {theirs}, as in the checkpoint {path}")
    return State(head["k"], w, head["rng"]), arrays
