"""How a command ends early: what is done is shown, one line says why, and the exit code tells the kind."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sized
from contextlib import contextmanager, suppress

from maml_verify.commands import FAULT, INPUT, INTERRUPTED
from maml_verify.reports.escape import visible

__all__ = ["TRACEBACK", "Ending", "code_of", "say", "tell"]

# Set to anything, it brings the traceback of an error, too.
TRACEBACK = "MAML_VERIFY_TRACEBACK"
# What is wrong with a name that was given, and not with the machine.
NAMES = (
    *(errno.ENOENT, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EISDIR, errno.EROFS),
    *(errno.ELOOP, errno.ENAMETOOLONG, errno.EEXIST, errno.ENXIO),
)
# Characters of a message.
LONGEST = 1000


def say(text: str) -> None:
    """A line on standard error, if that is open."""
    # Closed or full, it leaves nobody to tell.
    with suppress(OSError):
        print(visible(text), file=sys.stderr)


def is_input(error: BaseException) -> bool:
    """Whether it is what was given that is wrong: such an error names its rule, or a file that was named."""
    if isinstance(error, OSError):
        return error.errno in NAMES
    if isinstance(error, MemoryError):
        return _beyond(error)
    if isinstance(error, FloatingPointError):
        return False  # the state of the process, which other input would not mend
    pointed = getattr(error, "pointed", None) is not None  # a typed bound, pointed at where it has no meaning
    return isinstance(error, ValueError | TypeError | ArithmeticError) and ("rule: " in str(error) or pointed)


def _beyond(error: MemoryError) -> bool:
    """Whether an array was asked for that is larger than the machine's whole memory."""
    size = getattr(error, "_total_size", 0)  # of NumPy's own kind of MemoryError
    try:
        return size > os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return False


def code_of(error: BaseException) -> int:
    """The exit code of a command that an error ended."""
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    return INPUT if is_input(error) else FAULT


def tell(error: BaseException, done: str = "") -> None:
    """Say in one line what ended a command, and what was done by then."""
    if isinstance(error, KeyboardInterrupt):
        say(f"interrupted: {done}" if done else "maml-verify: interrupted")
        return
    what = str(error)
    if isinstance(error, OSError) and error.strerror:
        what = f"{error.filename or 'standard output'}: {error.strerror}"
    pointed = getattr(error, "pointed", ())
    what = " ".join((what.splitlines()[0] if pointed else what).split())
    what = what if len(what) <= LONGEST else f"{what[:LONGEST]}..."
    if isinstance(error, MemoryError):
        what = f"{what or 'no memory is left'}; rule: what memory can hold"
    elif not is_input(error) and not isinstance(error, OSError | FloatingPointError):
        kind = type(error).__name__
        what = f"unexpected error, please report it with what {TRACEBACK}=1 shows: {kind}: {what}"
    for line in (f"maml-verify: {what}" + (f"; {done}" if done else ""), *pointed):
        say(line)
    if os.environ.get(TRACEBACK):
        with suppress(OSError):
            traceback.print_exception(error, file=sys.stderr)


class Ending:
    """The end of a command that has results one by one: an error keeps those that there are.

    Parameters
    ----------
    what : the results, in the plural
    """

    def __init__(self, what: str) -> None:
        self.early: int | None = None
        self._what = what

    @contextmanager
    def keeps(self, done: Sized) -> Iterator[None]:
        """A block that fills ``done``; once it has anything, an early end is one of the block alone."""
        try:
            yield
        except (KeyboardInterrupt, Exception) as error:
            if not len(done) or isinstance(error, BrokenPipeError):
                raise
            self.ends(error, f"{len(done)} {self._what} are done and shown")

    def ends(self, error: BaseException, done: str) -> None:
        """Say what ended the command early."""
        tell(error, done)
        self.early = code_of(error)

    def code(self, shown: Callable[[], int]) -> int:
        """The exit code, once ``shown`` has shown what there is and returned its own."""
        try:
            code = shown()
        except ValueError as error:
            if self.early is None:
                raise
            # What was done is nothing to show, and the reason for that has been told.
            tell(error)
            return self.early
        return code if self.early is None else self.early
