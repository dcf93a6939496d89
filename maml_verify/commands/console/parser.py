"""The parser of the command line: bad usage is one line with the nearest name.  It imports little."""

from __future__ import annotations

import argparse
import sys
from typing import Any, NoReturn

__all__ = ["Parser", "seed"]


class Parser(argparse.ArgumentParser):
    """Bad usage is one line, too; the usage itself is a question away."""

    def error(self, message: str) -> NoReturn:
        """Name what is wrong and exit."""
        self.exit(2, f"{self.prog}: error: {message}; see {self.prog} --help\n")

    def _print_message(self, message: str, file: Any = None) -> None:
        # argparse passes over what a full disk does not take of the help, too, and exits 0.
        if file is not sys.stdout or file is None:
            super()._print_message(message, file)
        elif message:
            file.write(message)
            file.flush()

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        # argparse lists every choice there is.
        if action.choices is not None and value not in action.choices:
            from problems.names import unknown  # late: it brings NumPy

            name = str(action.metavar or action.dest).lower()
            raise argparse.ArgumentError(None, str(unknown(name, value, action.choices)))

    def unrecognised(self, extras: list[str]) -> NoReturn:
        """Name what no option of this command takes, and the nearest option."""
        from problems.names import unknown

        options = [option for action in self._actions for option in action.option_strings]
        word = next((extra for extra in extras if extra.startswith("-")), None)
        if word is None:
            self.error(f"unrecognised: {' '.join(extras)}; rule: what the usage shows")
        self.error(str(unknown("option", word.partition("=")[0], options, "one of the command's")))


def seed(text: str) -> int:
    """A seed of NumPy's generators."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r}; rule: an integer, at least 0")
    return int(text)
