"""What the caller has set changes no result, and is as it was afterwards."""

from __future__ import annotations

import locale
import os
import random
import threading
import warnings
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction as F

import flint
import numpy as np
import pytest
from flint import arb

from maml_verify.algorithms import run
from maml_verify.arithmetic.precision import arb_precision
from maml_verify.arithmetic.root_sum import RootSum
from maml_verify.checks.case import prepare
from maml_verify.checks.check import check
from maml_verify.claims import find_claim
from maml_verify.left_sides.runs import resampling_run
from maml_verify.reports.plots import plot_insight
from maml_verify.settings import setting
from maml_verify.studies.inner_step_size import step_size_insight
from maml_verify.studies.search.search import search
from maml_verify.studies.sweep import sweep
from problems import cubic, plateau, resampling_constants


def checked():
    """Verdicts of every stage: float64, balls, exact rationals, an estimate."""
    w = [[0.125, 0.25]]
    records = [
        check(
            "path-stability", plateau(d=2, rng=0), alpha_L=F(1, 4), steps=2, w=[[2**-10, 0]], u=[[0, 2**-12]]
        ),
        check("mean-gradient", "cosine", alpha_L=F(1, 2), steps=3, w=w),
        check("estimator-bias", "logistic", alpha_L=F(1, 64), steps=1, w=w, S=2),
        check(
            "estimator-second-moment", "cubic", alpha_L=F(1, 64), steps=2, w=w, S=2, budget=1, replicates=500
        ),
    ]
    return [replace(record, seconds=0.0) for record in records]


def tabled():
    found = sweep(["path-gradient"], ["cosine"], ["printed"], steps=(1,), jobs=1)
    return [(place, replace(record, seconds=0.0)) for place, record in found]


def searched():
    found = search("path-stability", seconds=60, evaluations=20, rng=0, jobs=1)
    return [(found.record.verdict, found.record.ratio)]


def ran():
    family, claim = cubic(rng=0), find_claim("resampling-rate")
    s = prepare(claim, setting(family, alpha=F(1, 64), steps=1, K=3, runs=2)).setting
    return run(
        resampling_run(s), family, [1.0, -1.0], 3, runs=2, rng=0, record=("meta_gradient",)
    ).meta_gradient.tolist()


def constants_found():
    return resampling_constants(cubic(rng=1, noise_kind="hessian"))


def plotted():
    rows = step_size_insight(plateau(d=1), w=[[0.0]], steps=(1, 2), budget=100)
    figure = plot_insight(rows)
    return [(axes.get_title(), axes.get_xlabel(), axes.get_ylabel(), len(axes.lines)) for axes in figure.axes]


WHAT = {f.__name__: f for f in (checked, tabled, searched, ran, constants_found, plotted)}


@contextmanager
def numpy_raises():
    before = np.geterr()
    np.seterr(all="raise")
    try:
        yield lambda: set(np.geterr().values()) == {"raise"}
    finally:
        np.seterr(**before)


@contextmanager
def warnings_are_errors():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        filters = list(warnings.filters)
        yield lambda: filters == list(warnings.filters)


@contextmanager
def warnings_are_ignored():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        filters = list(warnings.filters)
        yield lambda: filters == list(warnings.filters)


@contextmanager
def low_precision():
    import mpmath

    before = flint.ctx.prec, mpmath.mp.prec
    flint.ctx.prec, mpmath.mp.prec = 20, 20
    try:
        yield lambda: (flint.ctx.prec, mpmath.mp.prec) == (20, 20)
    finally:
        flint.ctx.prec, mpmath.mp.prec = before


# The legacy state of NumPy is what another library may have seeded.
@contextmanager
def other_random_states():
    before = np.random.get_state(), random.getstate()  # noqa: NPY002
    np.random.seed(12345)  # noqa: NPY002
    random.seed(12345)
    mine = np.random.get_state()[1].tolist(), random.getstate()  # noqa: NPY002
    try:
        yield lambda: (np.random.get_state()[1].tolist(), random.getstate()) == mine  # noqa: NPY002
    finally:
        np.random.set_state(before[0])  # noqa: NPY002
        random.setstate(before[1])


@contextmanager
def another_folder(tmp_path):
    before = os.getcwd()
    os.chdir(tmp_path)
    try:
        yield lambda: os.getcwd() == os.path.realpath(tmp_path) and not os.listdir(tmp_path)
    finally:
        os.chdir(before)


@contextmanager
def another_locale():
    before = locale.setlocale(locale.LC_ALL)
    names = [name for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "tr_TR.UTF-8", "C.UTF-8", "C") if _has(name)]
    locale.setlocale(locale.LC_ALL, names[0])
    mine = locale.setlocale(locale.LC_ALL)
    try:
        yield lambda: locale.setlocale(locale.LC_ALL) == mine
    finally:
        locale.setlocale(locale.LC_ALL, before)


def _has(name):
    before = locale.setlocale(locale.LC_ALL)
    try:
        locale.setlocale(locale.LC_ALL, name)
    except locale.Error:
        return False
    locale.setlocale(locale.LC_ALL, before)
    return True


@contextmanager
def other_plot_settings():
    import matplotlib as mpl

    with mpl.rc_context({"lines.linewidth": 7.0, "font.size": 3.0, "axes.grid": True, "figure.dpi": 33.0}):
        mine = dict(mpl.rcParams)
        yield lambda: dict(mpl.rcParams) == mine


@contextmanager
def print_options():
    with np.printoptions(precision=2, suppress=True):
        mine = np.get_printoptions()
        yield lambda: np.get_printoptions() == mine


STATES = (
    numpy_raises, warnings_are_errors, warnings_are_ignored, low_precision, other_random_states,
    another_folder, another_locale, other_plot_settings, print_options,
)  # fmt: skip


@pytest.fixture(scope="module")
def usual():
    return {name: what() for name, what in WHAT.items()}


@pytest.mark.parametrize("state", STATES, ids=lambda s: s.__name__)
def test_the_caller_s_state_neither_changes_a_result_nor_is_changed(state, usual, tmp_path):
    with state(tmp_path) if state is another_folder else state() as unchanged:
        for name, what in WHAT.items():
            assert what() == usual[name], name
            assert unchanged(), name


def test_threads_do_not_restore_each_other_s_precision():
    before = flint.ctx.prec
    wrong, started = [], threading.Barrier(4)

    def work(bits):
        started.wait()
        for _ in range(200):
            with arb_precision(bits):
                x = arb(2).sqrt()
                if flint.ctx.prec != bits or not x.rel_accuracy_bits() >= bits - 4:
                    wrong.append((bits, flint.ctx.prec))

    threads = [threading.Thread(target=work, args=(bits,)) for bits in (64, 128, 512, 2048)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert flint.ctx.prec == before


def test_checks_in_threads_agree_with_one_after_another(usual):
    found = [None] * 3

    def work(k):
        found[k] = checked()

    threads = [threading.Thread(target=work, args=(k,)) for k in range(3)]
    before = flint.ctx.prec
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [usual["checked"]] * 3
    assert flint.ctx.prec == before


def test_an_error_within_a_block_restores_the_precision():
    before = flint.ctx.prec
    with pytest.raises(ZeroDivisionError), arb_precision(999):
        RootSum(1) / RootSum(0)
    assert flint.ctx.prec == before


def test_an_error_state_that_raises_leaves_zero_and_huge_points_alone():
    # The enclosure of a 0 reaches to subnormal numbers.
    with np.errstate(all="raise"):
        record = check("estimator-bias", "cubic", alpha_L=F(1, 20), steps=2, w=[1e300, 1e300])
    assert record.verdict == "holds"


@pytest.mark.parametrize(
    ("name", "given", "rule"),
    [("claim", {"claim": None}, "an id or a Claim"), ("known", {"known": 3}, "a problems.Known"),
     ("constants", {"constants": {"L": 1}}, "a problems.Known")],
)  # fmt: skip
def test_what_is_no_claim_and_what_are_no_constants_is_refused_by_name(name, given, rule):
    options = {"claim": "path-stability", "family": "cubic", "alpha": F(1, 20), "steps": 1}
    with pytest.raises(TypeError, match=rf"^{name} = .*; rule: {rule}$"):
        check(**(options | given))
