"""A number of a witness file: an integer, a float, or a rational as text; nothing else is taken for one."""

from fractions import Fraction as F

import pytest

from maml_verify.checks.witness_reading import number
from maml_verify.execution.strict_json import loads


@pytest.mark.parametrize("value", [True, False, None, [1], {"p": 1}, [], "", "one", "1/0"])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(ValueError, match=r"^alpha = .*; rule: "):
        number("alpha", value)


@pytest.mark.parametrize(
    ("value", "exact"), [(3, 3), (-1, -1), (0.5, F(1, 2)), ("1/3", F(1, 3)), ("-7", -7), (0, 0)]
)
def test_a_number_is_the_one_written(value, exact):
    assert number("alpha", value) == exact


@pytest.mark.parametrize("text", ["0e5", "0E5", "0.0e-400", "0E-400", "-0e3", "0.00E7"])
def test_a_zero_is_a_zero_whatever_its_exponent(text):
    assert loads(text) == 0.0
    assert isinstance(loads(text), float)


@pytest.mark.parametrize("text", ["1e-400", "1E-400", "0.01e-330", "-3E-999", "1e400", "-1E400"])
def test_a_number_that_float64_does_not_hold_stays_the_text_that_it_is(text):
    assert loads(text) == text
