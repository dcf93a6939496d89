"""The lowest versions that pyproject.toml allows, as constraints for pip: ``name==version``, a line each."""

import re
import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
lowest = set()
for requirement in [*project["dependencies"], *project["optional-dependencies"]["test"]]:
    found = re.fullmatch(r"([\w.-]+)>=([\w.]+)", requirement)
    if not found:
        raise SystemExit(f"{requirement}: rule: name>=version, so that the lowest version is known")
    lowest.add(f"{found[1]}=={found[2]}")
print("\n".join(sorted(lowest)))
