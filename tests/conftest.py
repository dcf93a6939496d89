"""Hypothesis profiles: `ci` is fixed and short, `deep` looks further (HYPOTHESIS_PROFILE=deep).

What a test counts (``record_property("counted", ...)``) is printed at the end of the run.
"""

import hashlib
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

_slow = [HealthCheck.too_slow]
settings.register_profile("ci", max_examples=12, derandomize=True, deadline=None, suppress_health_check=_slow)
settings.register_profile("deep", max_examples=500, deadline=None, suppress_health_check=_slow)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

# Compiled code is kept by its own file and would outlive a change of the formulas that it takes from others.
_kernel = Path(__file__).parents[1] / "maml_verify" / "kernel"
_state = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(_kernel.glob("*.py")))).hexdigest()
os.environ.setdefault("NUMBA_CACHE_DIR", f"{tempfile.gettempdir()}/maml-verify-numba-{_state[:16]}")


@pytest.fixture
def compiled(monkeypatch):
    """The kernel's compiled code for calls of any size."""
    pytest.importorskip("numba")
    from maml_verify.kernel import links

    monkeypatch.setattr(links, "LARGE", 1)


def pytest_terminal_summary(terminalreporter):
    for report in terminalreporter.stats.get("passed", []):
        for name, text in report.user_properties:
            if name == "counted":
                terminalreporter.write_line(text)
