"""A file is written whole or not at all: under another name in the same folder, then put in its place."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

__all__ = ["replaceable", "whole"]


def replaceable(path: Path | str) -> bool:
    """Whether the path names a file, or nothing yet; pipes and devices take what comes, as it comes."""
    if os.path.abspath(path).startswith(("/dev/", "/proc/")):
        return False
    with suppress(OSError):
        return stat.S_ISREG(os.stat(path).st_mode)
    return True


@contextmanager
def whole(path: Path | str) -> Iterator[BinaryIO]:
    """A stream whose content replaces the file once the block has ended without an error.

    Links are followed, and the permissions of a file that is there are kept.

    Raises
    ------
    OSError
        If it cannot be written; the file is then as it was.
    """
    if not replaceable(path):
        # Appended, so that a file that standard output was led into keeps what it has.
        with open(path, "ab") as stream:
            yield stream
        return
    target = os.path.realpath(path)
    part = os.path.join(os.path.dirname(target), f".maml-verify-{secrets.token_hex(8)}.part")
    try:
        with open(part, "xb") as stream:
            yield stream
            stream.flush()
            # Else a crash of the machine could leave the new name on an empty file.
            os.fsync(stream.fileno())
        with suppress(FileNotFoundError):
            os.chmod(part, stat.S_IMODE(os.stat(target).st_mode))
        os.replace(part, target)
    except BaseException as error:
        with suppress(OSError):
            os.unlink(part)
        if isinstance(error, OSError):
            error.filename = str(path)
        raise
