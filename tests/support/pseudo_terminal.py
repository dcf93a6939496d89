"""A command in a pseudo-terminal of a given width, in this process or in one of its own."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import sys
import termios
import threading
from collections.abc import Callable

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def _open(wide: int) -> tuple[int, int]:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, wide, 0, 0))
    return ours, theirs


def _drained(ours: int, into: list[bytes]) -> None:
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other end is closed
            return
        if not part:
            return
        into.append(part)


def shown(wide: int, run: Callable[[], int]) -> tuple[int, str]:
    """Exit code and output of ``run`` with a terminal as standard output, colours left out."""
    ours, theirs = _open(wide)
    parts: list[bytes] = []
    reader = threading.Thread(target=_drained, args=(ours, parts))
    reader.start()
    before, columns = sys.stdout, os.environ.pop("COLUMNS", None)
    try:
        with os.fdopen(theirs, "w", encoding="utf-8") as sys.stdout:
            code = run()
    finally:
        sys.stdout = before
        if columns is not None:
            os.environ["COLUMNS"] = columns
        reader.join()
        os.close(ours)
    return code, _text(parts)


def spawned(wide: int, command: list[str]) -> tuple[int, str]:
    """Exit code and all that a process shows on a terminal, its progress bar included."""
    pid, ours = pty.fork()
    if not pid:
        os.environ.pop("COLUMNS", None)
        os.environ["TERM"] = "xterm-256color"
        # The width is there before the program asks for it.
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 50, wide, 0, 0))
        os.execv(command[0], command)
    parts: list[bytes] = []
    _drained(ours, parts)
    _, status = os.waitpid(pid, 0)
    os.close(ours)
    return os.waitstatus_to_exitcode(status), _text(parts)


def _text(parts: list[bytes]) -> str:
    return ESCAPES.sub("", b"".join(parts).decode()).replace("\r\n", "\n")
