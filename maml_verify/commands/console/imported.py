"""Whether the packages that belong together are those that would be imported."""

from __future__ import annotations

import importlib.util
from pathlib import PurePath

import maml_verify

__all__ = ["refuse_strangers"]


def refuse_strangers() -> None:
    """Refuse another package of the name of one of ours.

    ``python -m`` looks in the current folder first, and `problems` is a usual name there.

    Raises
    ------
    ValueError
        Naming the folder that is in the way.
    """
    home = PurePath(maml_verify.__path__[0]).parent
    for name in ("problems", "proofs_check"):
        spec = importlib.util.find_spec(name)
        if spec is None:
            continue
        # A folder is a package, and a file a module.
        origin = spec.submodule_search_locations[0] if spec.submodule_search_locations else spec.origin
        if origin is not None and PurePath(origin).parent != home:
            where = f"{PurePath(origin).parent}, not in {home}"
            raise ValueError(f"{name}: found in {where}; rule: another current folder, or PYTHONSAFEPATH=1")
