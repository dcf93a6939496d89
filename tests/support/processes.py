"""The command line in a process of its own, as users have it, with an error planted in it if need be."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def command(line, cwd=ROOT, plant="", path=ROOT, **options):
    """Run ``python -m maml_verify`` with the words of a line; ``plant`` is code that runs before it."""
    words = line.split() if isinstance(line, str) else line
    code = f"{plant}\nimport runpy, sys\nsys.argv[1:] = {words!r}\n"
    code += "runpy.run_module('maml_verify', run_name='__main__', alter_sys=True)"
    start = ["-c", code] if plant else ["-m", "maml_verify", *words]
    environment = os.environ | {"PYTHONPATH": str(path)} | options.pop("env", {})
    options = {"capture_output": True, "text": True, "timeout": 120, "stdin": subprocess.DEVNULL} | options
    return subprocess.run([sys.executable, *start], cwd=cwd, env=environment, **options)
