"""The records of the whole audit, for every test that reads them."""

import pytest


@pytest.fixture(scope="session")
def records(tmp_path_factory, request):
    """One record a step; the workers of a run share the deciding."""
    from shared_audit import shared_audit

    base = tmp_path_factory.getbasetemp()
    # A worker has a folder of its own within that of the run.
    return shared_audit((base.parent if hasattr(request.config, "workerinput") else base) / "audit")
