"""A family's name is a label: it changes no point, no size and no verdict."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from maml_verify.claims import CLAIMS, Claim
from maml_verify.studies.grid import settings
from maml_verify.studies.sweep import sweep
from problems import FAMILIES, Ridge, cubic, from_table, plateau, ridge
from problems.ridge_sums.opposed import opposed

NAMES = ("plateau", "opposed", *FAMILIES, "", "any")


@pytest.mark.parametrize("claim", [c for c in CLAIMS if "complexity" not in c.id], ids=lambda c: c.id)
def test_settings_do_not_depend_on_the_name(claim: Claim) -> None:
    family = cubic(2, 2, 2, rng=3)
    known = claim.known(family)
    found = set()
    for name in NAMES:
        grid = list(settings(claim, claim.usual, replace(family, name=name), known, (1, 2)))
        assert grid
        found.add(repr([(s.w.tolist(), s.u.tolist(), s.alpha, s.steps, s.K, s.runs, s.S, s.B) for s in grid]))
    assert len(found) == 1


def test_the_shipped_worst_cases_keep_their_points_under_any_name() -> None:
    claim = next(c for c in CLAIMS if c.id == "path-stability")
    for family in (
        plateau(2, rng=0),
        replace(plateau(2, rng=0), name="mine"),
        plateau(2, rng=0).restrict([0]),
    ):
        grid = settings(claim, "printed", family, claim.known(family), (2,))
        assert all((s.w == np.outer([0, 0.015625], [1, 1])).all() for s in grid)
    assert opposed().case == "opposed"
    assert ridge("cubic", [[[1]]], name="opposed").case is None


def test_a_family_of_two_dimensions_may_be_named_opposed() -> None:
    two = [[[Fraction(1), Fraction(0)]], [[Fraction(0), Fraction(1)]]]
    verdicts = []
    for name in ("opposed", "plateau", "mine"):
        found = dict(sweep(["finite-sum-rate"], [ridge("cubic", two, name=name)], steps=(1,), jobs=1))
        verdicts.append([(r.verdict, r.ratio, r.setting) for r in found.values()])
        assert found[0].family == name
    assert verdicts[0] == verdicts[1] == verdicts[2]


def test_the_name_of_a_file_is_only_a_label(tmp_path: Path) -> None:
    families: list[Ridge] = []
    for name in ("opposed.csv", "plateau.csv", "a.csv"):
        (tmp_path / name).write_text("x,z,y,t\n1,2,0,a\n2,1,1,a\n3,0,0,b\n4,1,1,b\n")
        families.append(from_table(tmp_path / name, "y", "t"))
    assert [family.name for family in families] == ["opposed", "plateau", "a"]
    assert {family.case for family in families} == {None}
