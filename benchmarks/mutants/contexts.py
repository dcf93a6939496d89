"""A pytest plugin: each test, shared fixture and collected file is a context of its own to coverage.

What is kept from one test to the next would hide what the next one reaches: caches of the project and of the
tests are emptied before each test, what a fixture of a wider scope runs is kept under the fixture's name
(each test says which it takes), what a file of tests runs as it is read under the file's, and all modules are
imported first, so that what their import runs belongs to no test.  Processes that a test starts are measured
by coverage itself, under the name that pytest gives them in ``PYTEST_CURRENT_TEST``.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
import sys
from collections.abc import Generator
from contextlib import suppress
from typing import Any

import coverage
import pytest

from benchmarks.mutants.reached import COLLECTED, OURS, SHARED

_now = [""]


def _switch(name: str) -> None:
    _now[0] = name
    measured = coverage.Coverage.current()
    if measured is not None:
        measured.switch_context(name)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Import every module, optional libraries or not."""
    for name in OURS:
        package = importlib.import_module(name)
        for found in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not found.name.endswith("__main__"):
                with suppress(ImportError):
                    importlib.import_module(found.name)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, Any, Any]:
    """What the import of a file of tests runs is reached by each of its tests."""
    if isinstance(collector, pytest.Module):
        _switch(COLLECTED + collector.nodeid)
    try:
        return (yield)
    finally:
        _switch("")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """A test starts with empty caches, under its own name."""
    empty_caches()
    taken = getattr(item, "_fixtureinfo", None)
    found = {} if taken is None else taken.name2fixturedefs
    shared = [_name(one) for each in found.values() for one in each if one.scope != "function"]
    item.user_properties.append((SHARED, shared))
    _switch(item.nodeid)
    try:
        return (yield)
    finally:
        _switch("")


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: Any) -> Generator[None, Any, Any]:
    """What a fixture of a wider scope runs is reached by each test that takes it."""
    before = _now[0]
    if fixturedef.scope != "function":
        _switch(_name(fixturedef))
    try:
        return (yield)
    finally:
        _switch(before)


def pytest_sessionfinish() -> None:
    """Keep what was measured: a worker ends without saying so."""
    measured = coverage.Coverage.current()
    if measured is not None:
        measured.stop()
        measured.save()


def _name(fixture: Any) -> str:
    return f"{SHARED}{fixture.baseid}::{fixture.argname}"


def empty_caches() -> None:
    """Empty the caches of functions in modules of the project and of its tests."""
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] in OURS or name.startswith("test_"):
            for value in list(vars(module).values()):
                if isinstance(value, functools._lru_cache_wrapper):
                    value.cache_clear()
