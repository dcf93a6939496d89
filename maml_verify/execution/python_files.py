"""A Python file of the user's: run once, its names found, and carried by value to worker processes."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pickle
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from problems.names import unknown

__all__ = ["carried", "digests", "load", "named", "run", "told"]

# Modules made of files, by the file's place; they are under no name that a worker could import.
_LOADED: dict[str, ModuleType] = {}
_DIGESTS: dict[str, str] = {}


def load(name: str, file: str) -> ModuleType:
    """The module of a Python file, run at the first call alone; files beside it can be imported by it.

    Parameters
    ----------
    name : the argument that named it

    Raises
    ------
    ValueError
        Where there is none, or running it ends in an error; the message names its line.
    """
    path = Path(os.path.realpath(file))
    if str(path) in _LOADED:
        return _LOADED[str(path)]
    if path.suffix != ".py" or not path.is_file():
        raise ValueError(f"{name} = {file}; rule: a Python file that is there, FILE.py")
    content = path.read_bytes()
    _DIGESTS[str(path)] = digest = hashlib.blake2b(content, digest_size=8).hexdigest()
    spec = importlib.util.spec_from_file_location(f"{path.stem}_{digest}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look their own module up; at the end of the path, its neighbours hide no package.
    sys.modules[module.__name__] = module
    if str(path.parent) not in sys.path:
        sys.path.append(str(path.parent))
    try:
        exec(compile(content, str(path), "exec", dont_inherit=True), module.__dict__)
    except (Exception, SystemExit) as error:
        del sys.modules[module.__name__]
        raise ValueError(f"{name} = {file}: {told(error, path)}; rule: a file that runs") from error
    _LOADED[str(path)] = module
    return module


def named(name: str, text: str) -> Any:
    """What ``FILE.py:NAME`` names.

    Parameters
    ----------
    name : the argument that was given so

    Raises
    ------
    ValueError
        Where there is no such file, or nothing of that name in it.
    """
    file, _, own = text.rpartition(":")
    if not file.endswith(".py") or not own:
        raise ValueError(f"{name} = {text}; rule: FILE.py:NAME")
    module = load(name, file)
    if not hasattr(module, own):
        known = [other for other in vars(module) if not other.startswith("_")]
        raise unknown(name, own, known, f"a name that {file} defines")
    return getattr(module, own)


def told(error: BaseException, file: str | Path) -> str:
    """An error of a file in one line, with the line of the file."""
    path = os.path.realpath(file)
    if isinstance(error, SyntaxError):
        return f"line {error.lineno}: {error.msg}"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return f"line {lines[-1]}: {what}" if lines else what


def digests() -> tuple[str, ...]:
    """What the files that were run are, by content: a stored result is of them, too."""
    return tuple(sorted(_DIGESTS[place] for place in _LOADED))


def carried(function: Callable[..., Any], values: tuple[Any, ...]) -> bytes:
    """A call for another process, in which what the files define goes by value: `run` makes it there."""
    import cloudpickle  # late: most runs have no use for it

    for module in _LOADED.values():
        cloudpickle.register_pickle_by_value(module)
    return bytes(cloudpickle.dumps((function, values)))


def run(call: bytes) -> Any:
    """The value of a call that was `carried`."""
    function, values = pickle.loads(call)
    return function(*values)
