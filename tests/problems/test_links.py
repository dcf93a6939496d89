"""Links: each derivative is that of the function before it, exactly where values are rational."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx, fmpq

from problems.ridge_sums.links import LINKS
from problems.ridge_sums.suprema.one_variable import KINKS as SUPREMA_KINKS

F = Fraction
RATIONAL = [link for link in LINKS.values() if link.rational]
# Where phi''' jumps, and which ends of pieces there are besides.
KINKS = {name: [F(int(fmpq(k).p), int(fmpq(k).q)) for k in found] for name, found in SUPREMA_KINKS.items()}
ENDS = (F(0), F(7, 2), F(8))


def value(f: Any, t: Fraction) -> Fraction:
    found = f(np.array([fmpq(t.numerator, t.denominator)], dtype=object))[0]
    return F(int(found.p), int(found.q))


def pieces(name: str) -> list[tuple[Fraction, Fraction]]:
    ends = {*ENDS, *KINKS.get(name, [])}
    ends |= {-k for k in ends}
    halves = sorted({*ends, *((a + b) / 2 for a, b in pairwise(sorted(ends)))})
    return list(pairwise(halves))


@pytest.mark.parametrize("link", RATIONAL, ids=lambda link: link.name)
def test_each_rational_derivative_is_that_of_the_function_before(link: Any) -> None:
    assert value(link.phi, F(0)) == value(link.dphi, F(0)) == 0
    for a, b in pieces(link.name):
        # Simpson's rule integrates a quadratic exactly, which phi' is between kinks, and the middle a line,
        # which phi'' is; at a kink it may jump.
        ends = value(link.dphi, a) + 4 * value(link.dphi, (a + b) / 2) + value(link.dphi, b)
        assert value(link.phi, b) - value(link.phi, a) == (b - a) / 6 * ends, (a, b)
        rise = value(link.dphi, b) - value(link.dphi, a)
        assert rise == (b - a) * value(link.d2phi, (a + b) / 2), (a, b)


@pytest.mark.parametrize("link", RATIONAL, ids=lambda link: link.name)
def test_a_rational_link_has_the_same_values_in_float64(link: Any) -> None:
    ends = [t for piece in pieces(link.name) for t in piece]
    for f in (link.phi, link.dphi, link.d2phi):
        exact = np.array([float(value(f, t)) for t in ends])
        np.testing.assert_allclose(f(np.array(list(map(float, ends)))), exact, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("link", LINKS.values(), ids=list(LINKS))
def test_the_steepest_curvature_is_covered_and_attained(link: Any) -> None:
    if link.name == "logistic":
        # phi''' = p (1 - p) (1 - 2 p) is largest where p = (1 - 1/sqrt 3)/2.
        assert F(link.sup3) ** 2 * 108 >= 1
        assert float(link.sup3) == pytest.approx(108**-0.5, rel=1e-15)
        return
    if not link.rational:
        assert (link.name, link.sup3) == ("cosine", 1)
        return
    rates = [abs(value(link.d2phi, b) - value(link.d2phi, a)) / (b - a) for a, b in pieces(link.name)]
    assert max(rates) == link.sup3


@pytest.mark.parametrize("name", ["logistic", "cosine"])
def test_derivatives_of_the_others_are_near_difference_quotients(name: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(ctx, "prec", 128)
    link, h = LINKS[name], arb(2) ** -20
    for k in range(-12, 13):
        t = arb(k) / 3
        for f, df in ((link.phi, link.dphi), (link.dphi, link.d2phi)):
            ends = f(np.array([t + h, t - h], dtype=object))
            # Of the third order: within h^2.
            slope = (ends[0] - ends[1]) / (2 * h)
            assert abs(slope - df(np.array([t], dtype=object))[0]) < 2 * h**2
