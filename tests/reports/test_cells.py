"""What a cell says where a ratio alone would mislead, and the line that explains the cells."""

from dataclasses import replace
from fractions import Fraction

import pytest

from maml_verify import check
from maml_verify.record import Record
from maml_verify.reports.tables import cell, legend, render
from problems import quadratic

HOLDS = Record(
    "path-gradient", "Lemma 12", "printed", "cubic", "holds", 0.5, (1.0, 1.0), (2.0, 2.0), checked=3
)


def said(record):
    """The first line of a cell."""
    return cell(record)[0]


CASES = [
    ((1.0, 1.0), (2.0, 2.0), 0.5, "exact", "holds 0.5000"),
    ((1e-9, 1e-9), (2.0, 2.0), 5e-10, "exact", "holds 5.00e-10"),
    # The rounding of 0, of either sign, and 0 itself.
    ((-6.6e-12, 6.6e-12), (5e-3, 5e-3), 5e-13, "exact", "holds 0"),
    ((-6.6e-12, 6.0e-12), (5e-3, 5e-3), -5e-11, "closed-form", "holds 0"),
    ((0.0, 0.0), (5e-3, 5e-3), 0.0, "exact", "holds 0"),
    # An interval that holds 0 is an estimate, and so is its middle; a wide one says nothing of 0.
    ((0.0, 2e-6), (5e-3, 5e-3), 2e-4, "monte-carlo", "holds 2.00e-04"),
    ((-1e-3, 2e-3), (5e-3, 5e-3), 0.1, "exact", "holds 0.1000"),
    ((1.0, 1.0), (-2.0, -2.0), -0.5, "closed-form", "holds right side < 0"),
    ((0.0, 0.0), (-2.0, -2.0), -0.0, "closed-form", "holds right side < 0"),
    ((-1.0, -1.0), (2.0, 2.0), -0.5, "closed-form", "holds left side < 0"),
    ((0.0, 0.0), (0.0, 0.0), None, "closed-form", "holds both sides 0"),
    ((1.0, 1.0), (0.0, 0.0), None, "closed-form", "holds right side = 0"),
]


@pytest.mark.parametrize(("lhs", "rhs", "ratio", "method", "text"), CASES)
def test_a_sign_or_a_zero_is_said_in_words(lhs, rhs, ratio, method, text):
    record = replace(HOLDS, lhs=lhs, rhs=rhs, ratio=ratio, method=method)
    assert said(record) == text
    words = text.removeprefix("holds ")
    assert (words if " " in words else "lhs/rhs = ") in str(record)
    assert "nan" not in str(record)
    # What programs read is the number as it was found.
    assert record.to_dict()["ratio"] == ratio


def test_a_negative_right_side_is_named_by_the_statement_that_has_it():
    record = check("mean-gradient", "quadratic", alpha_L=Fraction(1, 2), steps=2)
    assert record.verdict == "violated"
    assert said(record) == "VIOLATED right side < 0"
    assert "violated, right side < 0 [" in str(record)


def test_a_bias_that_is_zero_is_zero():
    # The Hessian of a quadratic is constant, so that the estimator is unbiased.
    record = check("estimator-bias", quadratic(rng=1), alpha_L=Fraction(1, 20), steps=4)
    assert said(record) == "holds 0"


@pytest.mark.parametrize("style", ["text", "markdown", "latex"])
def test_the_words_of_the_cells_are_explained_below_the_table(style):
    record = replace(HOLDS, decided_by="exact", setting={"steps": 2, "alpha_L": 0.1, "variant": 3})
    text = render([record], style)
    assert cell(record)[1:] == ("N=2 aL=0.1 v=3", "exact, exact")
    note = text.partition("In a cell")[2]
    for words in ("exact: an expectation summed over all batches", "exact: rationals", "v which family"):
        assert words in note
    # What does not occur is not explained.
    assert "monte-carlo" not in note
    assert "step of the path" not in note


def test_the_legend_explains_each_word_there_is():
    methods, stages = ("exact", "closed-form", "monte-carlo"), ("float", "arb", "exact")
    shown = legend([replace(HOLDS, method=m, decided_by=d) for m in methods for d in stages])
    assert all(f"{word}: " in shown for word in (*methods, "arb"))
    assert shown.count("exact: ") == 2


def test_where_nothing_was_checked_there_is_nothing_to_explain():
    vacuous = Record("mean-gradient", "Lemma 15", "printed", "cubic", "vacuous", reason="sigma: none")
    assert legend([vacuous]) == ""
    assert "In a cell" not in render([vacuous], "text")
