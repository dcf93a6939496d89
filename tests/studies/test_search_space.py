"""The cube that a search looks through: what its ends stand for, and that nothing outside it is looked at."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from maml_verify.claims import CLAIMS
from maml_verify.studies.search.encoding import decode, layout, length, starts
from maml_verify.studies.search.instance import Space
from maml_verify.studies.search.objective import is_split
from maml_verify.studies.search.optimise import OPTIMISERS, Budget, maximise
from maml_verify.studies.search.spaces import spaces

EXPONENTS = {"S": 10, "D": 10, "T": 10, "K": 44, "C_beta": 14, "B_prime": 10, "D_L": 10, "B": 60}
SPACES = {space: claim.id for claim in CLAIMS for space in spaces(claim, (1,))}
# Atoms that are equal would be merged.
APART = (0.1, 0.2, 0.3, 0.4, 0.5)


def corner(space, **parts):
    """An instance from the coordinates given, each repeated to its number of places, and zeros."""
    vector = np.concatenate([np.resize(parts.get(name, 0.0), size) for name, size in layout(space).items()])
    return decode(space, vector, 0.25)


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_only_points_of_the_cube_are_looked_at(optimiser):
    if optimiser == "cma":
        pytest.importorskip("cma", reason="the extra cma is not installed")
    seen = []

    def function(vector):
        seen.append(vector)
        return float(vector @ [1, -1])

    given = [np.array(x) for x in ([3.0, -3.0], [-1.5, 0.0], [0.0, 1.5])]
    best = maximise(function, given, Budget(evaluations=80), np.random.default_rng(0), optimiser)
    assert np.abs(seen).max() == 1
    assert [list(x) for x in seen[:3]] == [[1, -1], [-1, 0], [0, 1]]
    assert (list(best.vector), best.value) == ([1, -1], 2.0)


@pytest.mark.parametrize(("evaluations", "over"), [(0.0, True), (0.99, True), (1.0, False), (2.0, False)])
def test_a_budget_is_over_where_no_whole_evaluation_is_left(evaluations, over):
    assert Budget(evaluations=evaluations).over is over
    assert Budget(evaluations=evaluations, deadline=0.0).over


def test_instances_have_up_to_three_tasks_dimensions_atoms_and_terms():
    for part in ("tasks", "d", "atoms", "terms"):
        assert max(getattr(space, part) for space in SPACES) == 3, part


def test_every_structured_start_is_in_the_cube():
    assert len(SPACES) > 50
    for space in SPACES:
        for vector in starts(space):
            assert vector.shape == (length(space),)
            assert np.abs(vector).max() <= 1, space


def test_the_ends_of_a_coordinate_are_the_ends_of_its_range():
    space = Space("cosine", 2, 3, 1, 4)
    for end, alpha_L, coefficient, chance in (
        (-1, 0.25e-4, 0.02, 0.02),
        (0, 0.25e-2, 0.02**0.5, 0.5),
        (1, 0.25, 1, 0.98),
    ):
        found = corner(space, alpha_L=end, a=end, weights=end, p=end, nu=APART)
        assert found.alpha_L == pytest.approx(alpha_L, rel=1e-14)
        np.testing.assert_allclose(found.coefficients, coefficient, rtol=1e-14)
        # All but the last of n weights are their coordinate's part of 1/(n - 1).
        for weights, n in ((found.weights, 3), (found.probabilities[0], 4)):
            np.testing.assert_allclose(weights, [*[chance / (n - 1)] * (n - 1), 1 - chance], rtol=1e-13)
    # Cubes put most of the range of points and linear terms near zero.
    for end in (-1.0, -0.5, 0.5, 1.0):
        found = corner(Space("quadratic", 2, 2, 1, 2, pairs=True), mu=end, w=end, step=end)
        for values in (found.linear, found.w, found.step):
            np.testing.assert_allclose(values, 4 * end**3, rtol=1e-14)
    # A label is a share of the slope, never quite 0 or 1.
    for end, label in ((-1, 2.0**-20), (0, 0.5), (1, 1 - 2.0**-20)):
        found = corner(Space("logistic", 1, 1, 1, 2), mu=end, a=1)
        np.testing.assert_allclose(found.linear, -label, rtol=1e-14)


def test_every_coordinate_changes_the_instance():
    kinds = {(s.link, bool(s.terms), s.split): s for s in sorted(SPACES, key=length, reverse=True)}
    assert len(kinds) > 10
    rng = np.random.default_rng(0)
    for space in kinds.values():
        vector = rng.uniform(0.2, 0.6, length(space))
        found = [repr(decode(space, vector, 0.25))]
        for k in range(length(space)):
            moved = vector.copy()
            moved[k] = 0.75
            found.append(repr(decode(space, moved, 0.25)))
        assert len(set(found)) == len(found), space


def test_a_size_is_left_to_the_conditions_or_a_power_of_two_up_to_its_largest():
    space = Space("quadratic", 1, 1, 1, 2, scales=tuple(EXPONENTS))
    assert corner(space, sizes=-1).sizes == corner(space, sizes=0).sizes == {}
    assert corner(space, sizes=1).sizes == {name: 2**e for name, e in EXPONENTS.items()}
    assert corner(space, sizes=0.5).sizes == {name: 2 ** (e // 2) for name, e in EXPONENTS.items()}


def test_a_search_over_expectations_has_three_atoms_too_and_the_finite_sum_case_its_two():
    # A support and a query atom; three atoms can be skew where two of equal chance cannot.
    for claim in CLAIMS:
        found = spaces(claim, (1, 2))
        assert {space.split for space in found} == {is_split(claim)}
        wanted = {2} if is_split(claim) or claim.enclosed else {2, 3}
        assert {space.atoms for space in found} == wanted


def test_runs_start_far_from_the_origin_too_whatever_the_reach():
    runs = list({(space.link, space.reach): space for space in SPACES if space.scales}.values())
    assert {space.reach for space in runs} > {4.0}
    for space in runs:
        found = [decode(space, vector, 0.25).w for vector in starts(space)[:3]]
        assert any(np.allclose(w, 4, rtol=1e-12) for w in found), space


def test_a_start_named_by_a_point_is_at_it_whatever_the_reach():
    # Points that depend on where the link's curvature changes are not shares of the reach.
    moved = 0
    for space in {
        s for s in SPACES if (s.reach, s.scales, s.tasks) == (4.0, (), 2) and not s.sizes[0][1] > 1
    }:
        far = replace(space, reach=2.0**16)
        for one, other in zip(starts(space), starts(far), strict=True):
            w, same = decode(space, one, 0.25).w, (one == other).all()
            expected = w * 2.0**14 if same else w
            np.testing.assert_allclose(decode(far, other, 0.25).w, expected, rtol=1e-12)
            moved += not same
    assert moved > 50
