"""Where text goes: a file, or standard output.  It imports little, as every command does so first."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from maml_verify.execution.whole_file import replaceable, whole

__all__ = ["apart", "figure_format", "folder", "writable", "write", "write_figure"]


def writable(name: str, file: str | None) -> None:
    """Refuse a file that could not be written, before the work whose result is to go there."""
    if file is None:
        return
    path = Path(os.path.realpath(file))
    if path.is_dir():
        raise ValueError(f"{name} = {file}: a folder; rule: a writable file")
    if not path.parent.is_dir() and replaceable(file):
        raise ValueError(f"{name} = {file}: no folder {path.parent}; rule: a writable file")
    # A file is written beside itself and then replaced: its folder must allow that.
    touched = [Path(file)] * path.exists() + [path.parent] * replaceable(file)
    if not all(os.access(one, os.W_OK) for one in touched):
        raise ValueError(f"{name} = {file}: not permitted; rule: a writable file in a writable folder")


def apart(outputs: Mapping[str, Sequence[str]], inputs: Mapping[str, Sequence[str]]) -> None:
    """Refuse an output that would replace an input, or another output, by whatever name it goes.

    Raises
    ------
    ValueError
        Naming both.
    """
    given = [(name, file) for name, files in outputs.items() for file in files if replaceable(file)]
    for k, (name, file) in enumerate(given):
        others = [(other, text) for other, texts in inputs.items() for text in texts] + given[:k]
        for other, text in others:
            # A family of the user's is named by file and name in it: path.py:NAME.
            if any(_same(file, candidate) for candidate in (text, text.rpartition(":")[0]) if candidate):
                raise ValueError(
                    f"{name} = {file}: the same file as {other} = {text}; rule: a file of its own"
                )


def _same(one: str, other: str) -> bool:
    try:
        return os.path.samefile(one, other)
    except OSError:
        return os.path.realpath(one) == os.path.realpath(other)


def folder(name: str, path: str | None) -> None:
    """Make a folder, if one is named, before the work whose results are to go there."""
    try:
        if path is not None:
            Path(path).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(f"{name} = {path}: {error.strerror}; rule: a folder") from None


def write(text: str, output: str | None, style: str = "") -> None:
    """To the file, or to standard output; text for readers is broken between words on a terminal."""
    if output is None:
        if style == "text" and sys.stdout.isatty():
            from maml_verify.commands.console.terminal import columns, wrapped

            text = wrapped(text, columns())
        encoding = sys.stdout.encoding or "utf-8"
        # A name that the terminal's encoding lacks is spelled out; a full disk or closed pipe shows here.
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
        return
    try:
        with whole(output) as stream:
            stream.write(text.encode("utf-8", "backslashreplace"))
    except BrokenPipeError:
        raise
    except OSError as error:
        # The work is done, and would be lost.
        if sys.stdout is not None:
            write(text, None)
        said = f"output = {output}: {error.strerror}; what was to go there is on standard output"
        raise OSError(said) from None


def figure_format(path: str) -> str:
    """The format that a figure's suffix names.

    Raises
    ------
    ValueError
        If it names none.
    """
    suffix = Path(path).suffix.removeprefix(".")
    if suffix not in ("png", "svg", "pdf"):
        raise ValueError(f"plot = {path}; rule: a suffix of .png, .svg or .pdf")
    return suffix


def write_figure(figure: Any, path: str) -> None:
    """A figure of matplotlib into a file, whole or not at all."""
    with whole(path) as stream:
        figure.savefig(stream, format=figure_format(path))
