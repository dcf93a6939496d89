"""NPZ files: an array a column, or an array of several columns."""

from __future__ import annotations

import math
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from problems.arrays import Array
from problems.reading.csv_files import CELLS

__all__ = ["read_npz"]

BYTES = 2**30


def read_npz(path: Path, wanted: set[str] | None) -> tuple[list[str], dict[str, Array]]:
    """Names of all arrays, and those that are wanted (all: None).

    What an array takes is known from its header, before it is decompressed.

    Raises
    ------
    OSError, ValueError
        Naming file, array and the rule.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name.removesuffix(".npy") for name in archive.namelist()]
            for name, member in zip(names, archive.namelist(), strict=True):
                if wanted is None or name in wanted:
                    _check(path, name, archive, member)
        with np.load(path, allow_pickle=False) as file:
            return names, {name: file[name] for name in names if wanted is None or name in wanted}
    except OSError:
        raise
    except Exception as error:
        if str(error).startswith(f"{path}: "):
            raise
        raise ValueError(f"{path}: {error}; rule: an NPZ file of plain arrays") from None


def _check(path: Path, name: str, archive: zipfile.ZipFile, member: str) -> None:
    shape, dtype = _header(archive, member)
    where = f"{path}: column {name!r}"
    if dtype.hasobject or dtype.names:
        raise ValueError(f"{where} has dtype {dtype}; rule: an NPZ file of plain arrays")
    if dtype.kind == "c":
        raise ValueError(f"{where} holds complex numbers; rule: real ones")
    if len(shape) not in (1, 2):
        raise ValueError(f"{where} has shape {shape}; rule: 1 or 2 dimensions")
    size = math.prod(shape)
    if not size:
        raise ValueError(f"{where} has no rows; rule: at least one row")
    if size > CELLS or size * dtype.itemsize > BYTES:
        raise ValueError(f"{where} has {size} cells of {dtype}; rule: at most {CELLS}, and 1 GiB")


def _header(archive: zipfile.ZipFile, member: str) -> tuple[tuple[int, ...], Any]:
    with archive.open(member) as file:
        version = np.lib.format.read_magic(file)
        if version == (1, 0):
            shape, _, dtype = np.lib.format.read_array_header_1_0(file)
        elif version == (2, 0):
            shape, _, dtype = np.lib.format.read_array_header_2_0(file)
        else:
            raise ValueError(f"array of version {version}")
    return shape, dtype
