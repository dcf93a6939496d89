"""A number of a witness file: an integer, a float, or a rational as text; nothing else is taken for one."""

from fractions import Fraction as F

import pytest

from maml_verify.checks.witness_reading import number


@pytest.mark.parametrize("value", [True, False, None, [1], {"p": 1}, [], "", "one", "1/0"])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(ValueError, match=r"^alpha = .*; rule: "):
        number("alpha", value)


@pytest.mark.parametrize(
    ("value", "exact"), [(3, 3), (-1, -1), (0.5, F(1, 2)), ("1/3", F(1, 3)), ("-7", -7), (0, 0)]
)
def test_a_number_is_the_one_written(value, exact):
    assert number("alpha", value) == exact
