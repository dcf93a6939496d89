"""Panels of a plot have one size, however many there are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maml_verify.checks.check import check
from maml_verify.reports import plots
from problems import quadratic

pytest.importorskip("matplotlib")


def test_panels_have_one_size_however_many_there_are():
    family, names = (
        quadratic(1),
        ("path-stability", "path-gradient", "product-deviation", "task-gradient-gap"),
    )
    records = [check(name, family, alpha_L=0.125, steps=1) for name in names]
    more = [*records, check("path-first-moment", family, alpha_L=0.125, steps=1)]
    run = [{"k": k, "loss": 1.0, "least": 1.0, "largest": 2.0, "norm": 1.5} for k in range(2)]
    # Columns and lines of panels: a line holds four ratios.
    drawn = {
        (2, 1): plots.plot_history(run),
        (4, 1): plots.plot_ratios(records),
        (4, 2): plots.plot_ratios(more),
    }
    for (columns, lines), figure in drawn.items():
        assert len(figure.axes) == columns * lines
        width, height = figure.get_size_inches()
        assert (width / columns, height / lines) == pytest.approx((4, 3.2))


def test_a_line_is_drawn_through_the_largest_ratio_at_each_number_of_steps():
    one = check("path-stability", quadratic(1), alpha_L=0.125, steps=1)
    ratios = {1: [0.25, 0.5, 0.375], 2: [0.75], 3: [0.5, 0.125, None]}
    records = [
        replace(one, ratio=ratio, setting=one.setting | {"steps": N}, edition=edition)
        for edition, share in (("printed", 1.0), ("derived", 0.5))
        for N, found in ratios.items()
        for ratio in [x if x is None else share * x for x in found]
    ]
    (axis, *_) = plots.plot_ratios(records).axes
    drawn = {line.get_label(): list(map(float, line.get_ydata())) for line in axis.get_lines()}
    assert drawn["printed"] == [0.5, 0.75, 0.5]
    assert drawn["derived"] == [0.25, 0.375, 0.25]
