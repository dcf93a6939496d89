"""The ledger shows what it says: no goal states the same expression twice or assumes its conclusion."""

from __future__ import annotations

from typing import Any

import pytest

from proofs_check.ledger import LEAVES
from proofs_check.triviality import trivial

#: Files whose trivial goals are still to be replaced.
OPEN = {
    "resampling_rate", "resampling_derived", "resampling_complexity", "resampling_counts",
    "resampling_complexity_derived", "finite_sum_meta_smoothness", "finite_sum_second_moment",
    "finite_sum_rate", "finite_sum_complexity", "finite_sum_complexity_derived", "finite_sum_gradient_gap",
    "finite_sum_mean_gradient",
}  # fmt: skip


def _name(leaf: Any) -> str:
    return str(leaf.__name__).split(".")[1]


def found(leaf: Any) -> list[str]:
    """Every trivial goal of a file, with its step."""
    out = []
    for step in leaf.steps():
        lists = [(reading.label, reading.goals) for reading in step.readings] + [("repair", step.repair)]
        for label, goals in lists:
            out += [f"{step.id} ({label}, {k}): {why}" for k, g in enumerate(goals) if (why := trivial(g))]
    return out


@pytest.mark.parametrize(
    "leaf",
    [
        pytest.param(leaf, marks=pytest.mark.xfail(strict=True)) if _name(leaf) in OPEN else leaf
        for leaf in LEAVES
    ],
    ids=_name,
)
def test_no_goal_is_trivial(leaf: Any) -> None:
    assert found(leaf) == []
