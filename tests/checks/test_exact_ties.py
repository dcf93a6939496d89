"""A tie that is decided exactly stays so when the problem is said differently."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest
from flint import fmpq
from same_problem import WAYS

from maml_verify.arithmetic.domains import lift
from maml_verify.arithmetic.spectral import spectral_norm
from maml_verify.checks.both_sides import Sides
from maml_verify.checks.check import check_setting
from maml_verify.checks.verdict import doubtful, estimate_of
from maml_verify.claims import find_claim
from maml_verify.claims.index import PointIndex
from maml_verify.left_sides.moments import without_link
from maml_verify.settings import setting
from problems import LINKS, ridge
from problems.ridge_sums.at_zero import at_zero

TIES = ["path-stability", "path-gradient", "product-deviation", "task-gradient-gap", "path-second-moment"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", TIES)
def test_an_exact_tie_stays_exact(name, way):
    """On the plateau of the well, in two dimensions of one curvature, every one of these is an equality."""
    claim, edition = find_claim(name), "derived" if name == "path-second-moment" else "printed"
    noise = F(1, 2**12)
    f = ridge(
        "cubic-well", [[[F(1), F(0)], [F(0), F(1)]]] * 2, linear=[[[noise, -noise], [-noise, noise]]] * 2
    )
    w = np.array([[F(1, 1024), F(3, 1024)]], dtype=object)
    said = WAYS[way](f, np.random.default_rng(0))
    known = claim.known(said.family)
    alpha = F(1, 8) * said.length**2 / said.loss
    s = setting(said.family, alpha=alpha, steps=2, w=said.point(w), u=said.point(w / 2))
    record = check_setting(claim, s, edition, known)
    assert (record.verdict, record.decided_by) == ("holds", "exact"), record
    assert record.ratio == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize(
    "way", ["rotated", "shifted", "short_parameters", "feature_padded", "probability_padded"]
)
def test_a_tie_of_two_zeros_is_decided_for_the_cosine_too(way):
    f = ridge("cosine", [[[F(1), F(0)], [F(0), F(2)]]], [[F(1), F(3)]])
    w = np.array([[F(1), F(3, 2)]], dtype=object)
    said = WAYS[way](f, np.random.default_rng(4))
    s = setting(said.family, alpha=F(1, 8) * said.length**2 / said.loss, steps=2, w=said.point(w))
    assert check_setting(find_claim("path-gradient"), s).verdict == "holds"


@pytest.mark.parametrize("name", ["cosine", "logistic"])
def test_values_at_zero_are_the_link_s(name):
    link, zero = LINKS[name], np.zeros((1, 1))
    exact = at_zero(link)
    t = lift(zero, "exact")
    assert float(exact.dphi(t)[0, 0].p) / float(exact.dphi(t)[0, 0].q) == link.dphi(zero)[0, 0]
    assert float(exact.d2phi(t)[0, 0].p) / float(exact.d2phi(t)[0, 0].q) == link.d2phi(zero)[0, 0]
    if name == "cosine":
        assert exact.phi(t)[0, 0] == 0
    else:
        with pytest.raises(ArithmeticError, match="irrational"):
            exact.phi(t)
    for f in (exact.phi, exact.dphi, exact.d2phi):
        with pytest.raises(ArithmeticError, match="irrational"):
            f(t + fmpq(1, 10**30))
    assert at_zero(LINKS["cubic"]) is LINKS["cubic"]


@pytest.mark.parametrize("eigenvalues", [(F(1, 3), F(-7, 3)), (F(2), F(2)), (F(0), F(5)), (F(-4), F(3))])
def test_a_rotated_matrix_keeps_its_exact_norm(eigenvalues):
    R = np.array([[F(3, 5), F(-4, 5)], [F(4, 5), F(3, 5)]], dtype=object)
    M = R @ np.diag(np.array(eigenvalues, dtype=object)) @ R.T
    M = np.where(M == 0, F(0), M)
    norm = spectral_norm([lift(M[:, k].reshape(1, 1, 2), "exact") for k in range(2)])[0, 0]
    assert norm == max(map(abs, eigenvalues))


def test_a_rational_eigenvalue_that_is_not_the_largest_is_not_taken():
    # Eigenvalues of M^T M: 1, and (3 +- sqrt 5)/2, of which the largest is irrational.
    M = np.array([[F(1), F(0), F(0)], [F(0), F(1), F(1)], [F(0), F(0), F(1)]], dtype=object)
    with pytest.raises(ArithmeticError, match="closed form"):
        spectral_norm([lift(M[:, k].reshape(1, 1, 3), "exact") for k in range(3)])


def test_the_link_cancels_only_where_coefficients_are_shared():
    link, q = "logistic", [[[F(1)], [F(0)]]]
    linear = [[[F(1)], [F(-1)], [F(9)]]]
    law = {"probabilities": [[F(1, 2), F(1, 2), F(0)]]}
    shared = [[[F(1), F(2)], [F(1), F(3)], [F(7), F(0)]]]  # apart where nothing moves or nothing is drawn
    f = ridge(link, q, coefficients=shared, linear=linear, **law)
    assert without_link(f, 1).link.name == "quadratic"
    assert without_link(f, 2) is f
    apart = [[[F(1), F(2)], [F(2), F(2)], [F(1), F(2)]]]
    g = ridge(link, q, coefficients=apart, linear=linear, **law)
    assert without_link(g, 1) is g


def test_a_right_side_that_may_be_smaller_leaves_a_case_in_doubt():
    one = np.array([1.0])
    clear = Sides(one, one, one + 1e-12, 0 * one, 0 * one, False)
    unsure = clear._replace(slack=0 * one + 1e-11)
    assert not doubtful(PointIndex, clear, one, False)
    assert doubtful(PointIndex, unsure, one, False) == [PointIndex(0)]
    assert estimate_of(clear, PointIndex(0)).verdict == "holds"
    assert estimate_of(unsure, PointIndex(0)).verdict == "undecided"
    over = Sides(one, one, one - 1e-12, 0 * one, 0 * one, False)
    assert estimate_of(over, PointIndex(0)).verdict == "violated"
    assert estimate_of(over._replace(slack=0 * one + 1e-11), PointIndex(0)).verdict == "undecided"
    assert estimate_of(over._replace(margin=0 * one + 1e-11), PointIndex(0)).verdict == "undecided"
