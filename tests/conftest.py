"""Hypothesis profiles: `ci` is fixed and short, `deep` looks further (HYPOTHESIS_PROFILE=deep).

What a test counts (``record_property("counted", ...)``) is printed at the end of the run.
"""

import os

from hypothesis import HealthCheck, settings

_slow = [HealthCheck.too_slow]
settings.register_profile("ci", max_examples=12, derandomize=True, deadline=None, suppress_health_check=_slow)
settings.register_profile("deep", max_examples=500, deadline=None, suppress_health_check=_slow)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_terminal_summary(terminalreporter):
    for report in terminalreporter.stats.get("passed", []):
        for name, text in report.user_properties:
            if name == "counted":
                terminalreporter.write_line(text)
