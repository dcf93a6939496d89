"""The ledger: every display (1)-(78), every result and every printed constant, in the paper's order."""

from __future__ import annotations

import re
from difflib import get_close_matches

from proofs_check.goals import Step
from proofs_check.proofs import hypotheses, setup, units
from proofs_check.proofs.derived import finite_sum_complexity as finite_sum_complexity_derived
from proofs_check.proofs.derived import resampling_complexity as resampling_complexity_derived
from proofs_check.proofs.derived import resampling_rate as resampling_derived
from proofs_check.proofs.printed import (
    estimator_bias,
    estimator_second_moment,
    finite_sum_complexity,
    finite_sum_gradient_gap,
    finite_sum_mean_gradient,
    finite_sum_meta_smoothness,
    finite_sum_rate,
    finite_sum_second_moment,
    finite_sum_stepsize_moments,
    mean_gradient,
    meta_smoothness,
    path_first_moment,
    path_gradient,
    path_second_moment,
    path_stability,
    product_deviation,
    resampling_complexity,
    resampling_counts,
    resampling_rate,
    stepsize_moments,
    support_path_gradient,
    task_gradient_gap,
)
from proofs_check.proofs.sharp import attained, estimator, gradients
from proofs_check.proofs.sharp import stepsize_moments as sharp_stepsizes

__all__ = ["DISPLAYS", "RESULTS", "ledger", "missing", "select"]

DISPLAYS = tuple(range(1, 79))
RESULTS = (
    *(f"proposition-{i}" for i in (1, 2, 3, 4, 7, 8)),
    *(f"lemma-{i}" for i in range(11, 21)),
    "theorem-5",
    "theorem-9",
    "corollary-6",
    "corollary-10",
)
#: Results whose statement is itself a numbered display.
STATED_IN = {"proposition-4": "eq-18", "theorem-5": "eq-20", "lemma-19": "eq-73"}

LEAVES = (
    setup,
    hypotheses,
    meta_smoothness,
    path_first_moment,
    path_second_moment,
    estimator_bias,
    estimator_second_moment,
    resampling_rate,
    resampling_derived,
    resampling_complexity,
    resampling_counts,
    resampling_complexity_derived,
    finite_sum_meta_smoothness,
    finite_sum_second_moment,
    finite_sum_rate,
    finite_sum_complexity,
    finite_sum_complexity_derived,
    path_stability,
    path_gradient,
    product_deviation,
    task_gradient_gap,
    mean_gradient,
    stepsize_moments,
    support_path_gradient,
    finite_sum_gradient_gap,
    finite_sum_mean_gradient,
    finite_sum_stepsize_moments,
    attained,
    gradients,
    estimator,
    sharp_stepsizes,
    units,
)


def ledger() -> tuple[Step, ...]:
    """All steps, in the order of the proofs.

    Raises
    ------
    ValueError
        If two steps share an id.
    """
    steps = tuple(step for leaf in LEAVES for step in leaf.steps())
    ids = [step.id for step in steps]
    twice = sorted({i for i in ids if ids.count(i) > 1})
    if twice:
        raise ValueError(f"step ids = {twice}; rule: each id once")
    return steps


def missing(steps: tuple[Step, ...]) -> list[str]:
    """Displays and results without an entry."""
    ids = [step.id for step in steps]
    absent = [f"eq-{n}" for n in DISPLAYS if not any(re.match(rf"eq-{n}(\.|$)", i) for i in ids)]
    for result in RESULTS:
        stated = STATED_IN.get(result, "")
        if not any(i.startswith(f"{result}/") or i == stated for i in ids):
            absent.append(result)
    return absent


def select(steps: tuple[Step, ...], wanted: tuple[str, ...]) -> tuple[Step, ...]:
    """Steps whose id, claim, display or result is among ``wanted`` (all if it is empty).

    Raises
    ------
    ValueError
        If a name fits no step.
    """
    if not wanted:
        return steps

    def fits(step: Step, name: str) -> bool:
        return name in (step.id, step.result) or step.id.startswith((f"{name}.", f"{name}/"))

    for name in wanted:
        if not any(fits(step, name) for step in steps):
            known = {part for step in steps for part in (step.id, step.result, step.id.partition(".")[0])}
            near = get_close_matches(name, sorted(known), n=1, cutoff=0.7)
            rule = (
                f"a known name, the nearest is {near[0]}"
                if near
                else "a step, a display such as eq-48, or a claim"
            )
            raise ValueError(f"id = {name!r}; rule: {rule}")
    return tuple(step for step in steps if any(fits(step, name) for name in wanted))
