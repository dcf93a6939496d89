"""Measured rates, the effect of the step size, their plots, and the command that runs the algorithms."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from maml_verify.__main__ import main
from maml_verify.checks.case import prepare
from maml_verify.claims import find_claim
from maml_verify.reports.plots import plot_exponent, plot_history, plot_insight
from maml_verify.reports.rows import render_rows
from maml_verify.settings import setting
from maml_verify.studies.inner_step_size import step_size_insight
from maml_verify.studies.measured_rates import exponent, slope
from problems import plateau, quadratic
from problems.ridge_sums.tilted import tilted_plateau


def near_the_minimum(**sizes):
    """Algorithm 1 on least squares with noise, where only noise is left of the gradient."""
    family = quadratic(d=1, tasks=2, atoms=2, rng=1, noise=1, spread=0)
    claim = find_claim("resampling-rate")
    s = setting(family, alpha=Fraction(1, 16), steps=1, points=1, w=[0.0], K=400, C_beta=11, **sizes)
    return replace(prepare(claim, s, "printed", claim.known(family)).setting, runs=40)


def test_slope_recovers_a_power_law_within_its_interval():
    rng = np.random.default_rng(0)
    sizes = [1, 4, 16, 64]
    samples = [size**-0.5 * (1 + 0.1 * rng.standard_normal(500)) for size in sizes]
    value, half = slope(sizes, samples)
    assert abs(value + 0.5) < half < 0.02


@pytest.mark.parametrize("name", ["B"])
def test_the_norm_falls_with_the_power_minus_one_half_of_the_batch(name):
    rows = exponent(near_the_minimum(S=10**6, T=1), name, [2, 8, 32, 128])
    assert rows[0]["slope_low"] - 0.05 < rows[0]["theory"] < rows[0]["slope_high"] + 0.05
    assert [row[name] for row in rows] == [2, 8, 32, 128]
    assert plot_exponent(rows).axes[0].get_xlabel() == name


def test_a_size_that_is_not_one_of_the_rates_is_refused():
    with pytest.raises(ValueError, match="rule: one of K, S, B, T"):
        exponent(near_the_minimum(), "D", [1, 2])


def test_a_fixed_step_size_grows_exponentially_and_one_over_8NL_does_not():
    rows = step_size_insight(tilted_plateau(), w=[[1 / 64]], steps=(1, 4, 8, 12))
    fixed, scaled = ([r for r in rows if r["step_size"] == c] for c in ("fixed", "1/(8NL)"))
    for name in ("bias", "second_moment"):
        low, high = f"{name}_low", f"{name}_high"
        # Exact up to rounding, and not zero.
        assert all(0 < r[low] <= r[high] < r[low] * (1 + 1e-5) for r in rows)
        assert all(r["method"] == "exact" for r in rows)
        assert all(r[high] <= r[f"{name}_theory"] for r in scaled)
        growth = [b[low] / a[high] for a, b in itertools.pairwise(fixed)]
        assert min(growth) > 5
    for name in ("smoothness", "bias_high", "second_moment_high"):
        assert max(r[name] for r in scaled) <= 1.02 * scaled[0][name]
    assert fixed[-1]["smoothness"] > 50 * fixed[0]["smoothness"]
    assert all(r["smoothness"] <= r["smoothness_theory"] for r in rows)
    axes = plot_insight(rows).axes
    assert [axis.get_yscale() for axis in axes] == ["log"] * 3


def test_a_bias_of_zero_is_drawn_as_zero_and_an_estimate_as_its_interval():
    # The Hessian is constant along these paths, so the bias is 0; simulated, that is not known.
    rows = step_size_insight(plateau(d=1), w=[[0.0]], steps=(2, 6), budget=20, replicates=500)
    assert [r["bias_low"] for r in rows] == [0.0] * 4
    exact, estimated = rows[0], rows[1]
    assert exact["bias_high"] < 1e-12 * exact["second_moment_low"] ** 0.5
    assert estimated["bias_high"] > 1e-3 * estimated["second_moment_low"] ** 0.5
    assert estimated["second_moment_low"] < estimated["second_moment_high"]
    assert [r["method"] for r in rows] == ["exact", "monte-carlo"] * 2
    axis = plot_insight(rows).axes[1]
    assert axis.get_yscale() == "symlog"
    marks = [list(line.get_ydata()) for line in axis.lines if line.get_linestyle() == "-"]
    assert [line[0] for line in marks] == [0.0, 0.0]
    assert all(np.isnan(line[1]) for line in marks)
    bars = [segment for drawn in axis.collections for segment in drawn.get_segments()]
    assert sorted(float(bar[1][1]) for bar in bars) == sorted(r["bias_high"] for r in rows[1::2])
    assert all(bar[0][1] == 0 for bar in bars)


def test_the_page_on_step_sizes_has_the_rows_that_are_computed():
    text = " ".join((Path(__file__).parents[2] / "docs" / "step-size.md").read_text().split())
    rows = step_size_insight(tilted_plateau(), w=[[1 / 64]])
    assert " ".join(render_rows(rows, "markdown").split()) in text
    fixed, scaled = rows[: len(rows) // 2], rows[len(rows) // 2 :]
    names = ("smoothness", "bias_high", "second_moment_high")
    growth = [f"{float(f'{fixed[-1][name] / fixed[0][name]:.2g}'):,.0f}" for name in names]
    assert "grow {}, {} and {} times".format(*growth) in text
    change = [100 * (scaled[-1][name] / scaled[0][name] - 1) for name in names]
    assert f"change by {change[0]:.1f} and {change[2]:.0f} %, and the bias falls" in text
    assert change[1] < 0


def command(capsys, *arguments):
    code = main(["run", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.mark.parametrize("algorithm", ["algorithm-1", "algorithm-2"])
@pytest.mark.parametrize("style", ["text", "markdown", "latex", "csv", "json"])
def test_the_command_runs_in_every_format(capsys, algorithm, style):
    code, out, _ = command(capsys, algorithm, "-K", "4", "--runs", "3", "--format", style)
    assert code == 0
    assert algorithm in out
    if style == "json":
        values = json.loads(out)
        assert [row["k"] for row in values["rows"]] == [0, 1, 2, 3, 4]
        assert len(plot_history(values["rows"]).axes) == 2


def test_the_command_resumes_to_what_it_would_have_shown(capsys, tmp_path):
    base = ["algorithm-1", "--runs", "3", "--format", "json", "--beta", "0.1", "--rng", "4"]
    _, whole, _ = command(capsys, *base, "-K", "6")
    file = str(tmp_path / "run.npz")
    command(capsys, *base, "-K", "3", "--checkpoint", file)
    _, rest, _ = command(capsys, *base, "-K", "6", "--checkpoint", file, "--resume")
    assert rest == whole


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["algorithm-1", "--C-beta", "5"], "theta > 0"),
        (["algorithm-1", "--alpha-L", "1/2"], r"alpha < (2^(1/(2N)) - 1)/L"),
        (["algorithm-2", "--exact"], "rule: a constant meta step size"),
        (["algorithm-2", "--B", "0"], "B = 0; rule: at least 1"),
        (["algorithm-2", "-K", "0"], "K = 0; rule: at least 1"),
        (["algorithm-2", "--plot", "run.txt"], "rule: a suffix of .png, .svg or .pdf"),
        (["algorithm-2", "--vary", "D", "1", "2"], "rule: one of K, S, B, T and two sizes"),
        (["algorithm-2", "--vary", "B", "2"], "rule: one of K, S, B, T and two sizes"),
        (["algorithm-2", "--vary", "B", "2", "x"], "rule: one of K, S, B, T and two sizes"),
        (["algorithm-2", "--vary", "B", "2", "0"], "B = 0; rule: at least 1"),
        (["algorithm-2", "--vary", "B", "2", "4", "--beta", "1"], "rule: the meta step size of the theorem"),
        (["algorithm-2", "--resume"], "rule: checkpoint names the file"),
    ],
)
def test_the_command_names_bad_input_in_one_line(capsys, arguments, text):
    code, out, err = command(capsys, *arguments, "--runs", "2")
    assert code == 2
    assert not out
    assert text in err
    assert err.count("\n") == 1


def test_the_command_measures_a_slope_and_draws_it(capsys, tmp_path):
    file = tmp_path / "slope.svg"
    words = ["algorithm-1", "-K", "20", "--runs", "4", "--format", "json", "--vary", "B", "2", "8"]
    code, out, _ = command(capsys, *words, "--plot", str(file))
    assert code == 0
    rows = json.loads(out)["rows"]
    assert [row["B"] for row in rows] == [2, 8]
    assert rows[0]["slope_low"] < rows[0]["slope"] < rows[0]["slope_high"]
    assert file.read_text().startswith("<?xml")


def test_the_command_draws_a_run(capsys, tmp_path):
    file = tmp_path / "run.png"
    assert command(capsys, "algorithm-2", "-K", "3", "--runs", "2", "--plot", str(file))[0] == 0
    assert file.read_bytes().startswith(b"\x89PNG")


def test_rows_render_what_they_have_in_common():
    text = render_rows([{"a": 1, "b": float("nan")}], "json", {"c": "x"})
    assert json.loads(text) == {"c": "x", "rows": [{"a": 1, "b": None}]}
