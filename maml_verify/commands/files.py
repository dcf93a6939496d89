"""Where text goes: a file, or standard output.  It imports little, as every command does so first."""

from __future__ import annotations

import os
import sys
from pathlib import Path

__all__ = ["folder", "writable", "write"]


def writable(name: str, file: str | None) -> None:
    """Refuse a file that could not be written, before the work whose result is to go there."""
    if file is None:
        return
    path = Path(file)
    if path.is_dir():
        raise ValueError(f"{name} = {file}: a folder; rule: a writable file")
    if not path.parent.is_dir():
        raise ValueError(f"{name} = {file}: no folder {path.parent}; rule: a writable file")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise ValueError(f"{name} = {file}: not permitted; rule: a writable file")


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
            from maml_verify.commands.terminal import columns, wrapped

            text = wrapped(text, columns())
        encoding = sys.stdout.encoding or "utf-8"
        # A name that the terminal's encoding lacks is spelled out; a full disk or closed pipe shows here.
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
        return
    try:
        Path(output).write_text(text, encoding="utf-8")
    except OSError as error:
        raise ValueError(f"output = {output}: {error.strerror}; rule: a writable file") from None
