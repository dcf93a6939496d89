"""Hypothesis profiles, and the parts of the suite that CI runs once more.

`ci` is fixed and short; `fresh` draws other examples each time and prints how to draw them again; `deep`
looks further.  HYPOTHESIS_PROFILE names one.  What a test counts (``record_property("counted", ...)``) is
printed at the end of the run.
"""

import hashlib
import os
import tempfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

_all = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("ci", max_examples=16, derandomize=True, **_all)
settings.register_profile("fresh", max_examples=100, print_blob=True, database=None, **_all)
settings.register_profile("deep", max_examples=500, print_blob=True, **_all)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
# Compiled code is kept by its own file and would outlive a change of the formulas that it takes from others.
_kernel = Path(str(find_spec("maml_verify").origin)).parent / "meta_gradients" / "kernel"
_state = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(_kernel.glob("*.py")))).hexdigest()
os.environ.setdefault("NUMBA_CACHE_DIR", f"{tempfile.gettempdir()}/maml-verify-numba-{_state[:16]}")


@pytest.fixture(autouse=True)
def _claims_of_a_test_are_forgotten():
    """A claim that a test adds is known to no other one."""
    from maml_verify.claims.own import for_now

    with for_now():
        yield


@pytest.fixture
def compiled(monkeypatch):
    """The kernel's compiled code for calls of any size."""
    pytest.importorskip("numba")
    from maml_verify.meta_gradients.kernel import links

    monkeypatch.setattr(links, "LARGE", 1)


def pytest_terminal_summary(terminalreporter):
    for report in terminalreporter.stats.get("passed", []):
        for name, text in report.user_properties:
            if name == "counted":
                terminalreporter.write_line(text)


# Parts of the suite that CI runs once more, as `pytest -m lowest` and `-m wheel`.
PARTS = {
    # Half of it, where the libraries do most of the work, at their lowest versions.
    "lowest": (
        *(
            "algorithm_checkpoints",
            "algorithms",
            "bad_input",
            "caller_state",
            "certify",
            "cluster",
            "commands",
        ),
        *("constants_scales", "corollaries", "draws", "equality_cases", "exact_ties", "expectation"),
        *("formulas_by_hand", "formulas_float64", "kernel", "kernel_compiled", "montecarlo", "paths"),
        *(
            "plain_loops",
            "problems_constants",
            "problems_data",
            "problems_data_options",
            "problems_data_refused",
        ),
        *("problems_data_same", "proofs_engine", "proofs_instances", "provers_boxes", "provers_forms"),
        *("provers_positivity", "provers_small_steps", "provers_solvers", "rate_ranges", "rates", "report"),
        *(
            "rounding",
            "same_rates",
            "sampling",
            "search",
            "sharp",
            "subnormals",
            "root_sum",
            "sweep",
            "terminal",
        ),
        "witness",
    ),
    # What needs neither the source nor an extra, on the installed wheel alone.
    "wheel": (
        *("bad_input", "cells", "draws", "help", "nearest_names", "repeating", "sampling", "root_sum"),
        *("terminal", "wheel", "witness"),
    ),
}


def _part(path, name):
    return path.stem.removeprefix("test_") in PARTS[name]


def pytest_ignore_collect(collection_path, config):
    """Modules that are not of the part are not imported: they may need what is not installed."""
    name, test = config.option.markexpr, collection_path.match("test_*.py")
    return True if name in PARTS and test and not _part(collection_path, name) else None


def pytest_collection_modifyitems(items):
    for item in items:
        for name in PARTS:
            if _part(item.path, name):
                item.add_marker(name)
