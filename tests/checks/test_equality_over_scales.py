"""True statements at equality, over all scales: none is called violated.

The benchmark `benchmarks/equality.py` makes a million such comparisons; here are a few thousand of them.
"""

from fractions import Fraction as F

import numpy as np
import pytest

from benchmarks.equality import STATEMENTS, compared, drawn, family, upper_limit
from maml_verify.checks.both_sides import sides
from maml_verify.checks.case import prepare
from maml_verify.checks.check import check_setting
from maml_verify.claims import find_claim
from maml_verify.settings import setting


def test_no_true_statement_is_violated_at_any_scale(record_property):
    counts, stages, _ = compared(6_000, seed=1, points=100)
    n = counts.total()
    assert not [key for key in counts if key[1] in ("violated", "undecided")]
    assert {claim for claim, verdict in counts if verdict == "holds"} == {claim for claim, _ in STATEMENTS}
    assert stages["exact"] > n / 2
    record_property(
        "counted", f"{n:,} comparisons at equality over scales, none violated ({upper_limit(n):.1e})"
    )


@pytest.mark.parametrize(("claim", "edition"), STATEMENTS)
def test_the_statements_are_at_equality(claim, edition):
    rng = np.random.default_rng(0)
    found, f = find_claim(claim), family(claim, rng)
    known = found.known(f)
    w, u = (rng.integers(-(2**20), 2**20, (5, 1)) / 2.0**24 for _ in range(2))
    alpha = 0.0625 / known.L.value
    s = setting(f, alpha=alpha, steps=STATEMENTS[claim, edition], w=w, u=u)
    both = sides(prepare(found, s, edition, known))
    assert np.allclose(both.low, both.rhs, rtol=1e-9, atol=0)


def test_a_constant_a_little_smaller_is_noticed_at_every_scale():
    # The count says something only if a false statement is called so.
    scales = 0
    for seed in range(30):
        claim, edition = list(STATEMENTS)[seed % len(STATEMENTS)]
        made = drawn(claim, edition, np.random.default_rng(seed), 3)
        if made is None:
            continue
        s, known = made
        name = "sigma_g" if claim.endswith("moment") else "L"
        constant = getattr(known, name)
        smaller = known._replace(**{name: constant._replace(value=F(constant.value) * (1 - F(1, 2**40)))})
        try:
            record = check_setting(find_claim(claim), s, edition, smaller)
        except OverflowError:
            continue  # a gradient beyond 1.8e308
        assert record.verdict in ("violated", "vacuous"), (claim, record)
        scales += record.verdict == "violated"
    assert scales > 15


def test_the_upper_limit_is_that_of_clopper_and_pearson():
    assert upper_limit(1_000_000) == pytest.approx(3e-6, rel=2e-3)
    assert (1 - upper_limit(50)) ** 50 == pytest.approx(0.05)
