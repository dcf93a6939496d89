"""Panels of a plot have one size, however many there are."""

from __future__ import annotations

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
