"""The ledger: every display (1)-(78), every result and every printed constant, in the paper's order.

The table below says which file of `proofs` holds which names, so that one step is found without the others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import import_module

from proofs_check.goals import Step

__all__ = ["DISPLAYS", "LEAVES", "RESULTS", "Leaf", "ledger", "missing"]

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


@dataclass(frozen=True)
class Leaf:
    """A file of proofs, and the names of what it holds: claims, displays, results."""

    module: str
    names: tuple[str, ...]

    def steps(self) -> tuple[Step, ...]:
        """Its steps, built when asked for."""
        return _built(self.module)

    def may_hold(self, name: str) -> bool:
        """Whether a step of that name may be here: the name lies within one of these, or above one."""
        return any(_within(name, own) or _within(own, name) for own in self.names)


@cache
def _built(module: str) -> tuple[Step, ...]:
    steps: tuple[Step, ...] = import_module(f"proofs_check.proofs.{module}").steps()
    return steps


def _within(name: str, whole: str) -> bool:
    """eq-48.xi lies within eq-48, and proposition-1/statement within proposition-1."""
    return name == whole or name.startswith((f"{whole}.", f"{whole}/"))


def _leaf(module: str, names: str, *displays: int) -> Leaf:
    return Leaf(module, (*names.split(), *(f"eq-{n}" for n in displays)))


def _sharp(module: str, claims: str) -> Leaf:
    """A file of `proofs.sharp`, whose steps are named after their claims."""
    return _leaf(f"sharp.{module}", f"{claims} {' '.join(f'sharp/{claim}' for claim in claims.split())}")


def _beyond(module: str, claims: str, own: str = "") -> Leaf:
    """A file of `proofs.beyond`; ``own`` names its statements of a new kind, without what is before the /."""
    names = [f"beyond/{name}" for name in (*claims.split(), *own.split())]
    return _leaf(f"beyond.{module}", f"{claims} {' '.join(names)}")


LEAVES = (
    _leaf("setup", "setup", *range(1, 13), 64),
    _leaf(
        "hypotheses",
        "resampling-rate mean-gradient finite-sum-mean-gradient assumption-1 assumption-2 assumption-5",
    ),
    _leaf("printed.meta_smoothness", "meta-smoothness proposition-1", 13, 14, *range(26, 29)),
    _leaf("printed.path_first_moment", "path-first-moment proposition-2"),
    _leaf("printed.path_second_moment", "path-second-moment proposition-2 derived/path-second-moment"),
    _leaf(
        "printed.estimator_bias",
        "estimator-bias proposition-3 derived/estimator-bias",
        15,
        16,
        *range(29, 33),
    ),
    _leaf("printed.estimator_second_moment", "estimator-second-moment proposition-4", 17, 18, *range(33, 37)),
    _leaf("printed.resampling_rate", "resampling-rate theorem-5", 19, 20, *range(37, 45)),
    _leaf("derived.resampling_rate", "resampling-rate derived/resampling-rate"),
    _leaf("printed.resampling_complexity", "resampling-complexity corollary-6", *range(45, 49)),
    _leaf("printed.resampling_counts", "resampling-complexity corollary-6"),
    _leaf("derived.resampling_complexity", "resampling-complexity derived/corollary-6"),
    _leaf(
        "printed.finite_sum_meta_smoothness",
        "finite-sum-meta-smoothness proposition-7 derived/finite-sum-meta-smoothness",
        21,
        22,
        *range(49, 54),
    ),
    _leaf(
        "printed.finite_sum_second_moment",
        "finite-sum-second-moment proposition-8 derived/finite-sum-second-moment",
        23,
        54,
    ),
    _leaf(
        "printed.finite_sum_rate",
        "finite-sum-rate theorem-9 derived/finite-sum-rate",
        24,
        25,
        *range(55, 61),
    ),
    _leaf("printed.finite_sum_complexity", "finite-sum-complexity corollary-10", *range(61, 64)),
    _leaf("derived.finite_sum_complexity", "finite-sum-complexity derived/corollary-10"),
    _leaf("printed.path_stability", "path-stability lemma-11"),
    _leaf("printed.path_gradient", "path-gradient lemma-12"),
    _leaf("printed.product_deviation", "product-deviation lemma-13", 65),
    _leaf("printed.task_gradient_gap", "task-gradient-gap lemma-14", 66),
    _leaf("printed.mean_gradient", "mean-gradient lemma-15 derived/mean-gradient"),
    _leaf("printed.stepsize_moments", "stepsize-moments lemma-16", *range(67, 73)),
    _leaf("printed.support_path_gradient", "support-path-gradient lemma-17"),
    _leaf("printed.finite_sum_gradient_gap", "finite-sum-gradient-gap lemma-18"),
    _leaf(
        "printed.finite_sum_mean_gradient",
        "finite-sum-mean-gradient lemma-19 derived/finite-sum-mean-gradient",
        73,
        74,
    ),
    _leaf("printed.finite_sum_stepsize_moments", "finite-sum-stepsize-moments lemma-20", *range(75, 79)),
    _sharp(
        "attained",
        "path-stability path-gradient product-deviation task-gradient-gap support-path-gradient "
        "finite-sum-gradient-gap meta-smoothness finite-sum-meta-smoothness path-first-moment "
        "path-second-moment",
    ),
    _sharp("gradients", "mean-gradient finite-sum-mean-gradient finite-sum-second-moment"),
    _sharp("estimator", "estimator-bias estimator-second-moment"),
    _sharp("stepsize_moments", "stepsize-moments finite-sum-stepsize-moments"),
    _beyond(
        "paths", "path-stability path-gradient support-path-gradient path-first-moment path-second-moment"
    ),
    _beyond("smoothness", "meta-smoothness finite-sum-meta-smoothness"),
    _beyond("gaps", "product-deviation task-gradient-gap finite-sum-gradient-gap"),
    _beyond("rates", "resampling-rate finite-sum-rate"),
    _beyond("means", "mean-gradient finite-sum-mean-gradient finite-sum-second-moment"),
    _beyond(
        "estimator",
        "estimator-bias estimator-second-moment",
        "estimator-bias-second-order estimator-variance",
    ),
    _leaf(
        "units",
        "meta-smoothness estimator-bias estimator-second-moment resampling-rate "
        "finite-sum-meta-smoothness finite-sum-second-moment finite-sum-rate finite-sum-mean-gradient "
        "path-first-moment path-second-moment path-stability path-gradient product-deviation "
        "task-gradient-gap mean-gradient finite-sum-gradient-gap resampling-complexity "
        "finite-sum-complexity units",
    ),
)


def ledger(names: tuple[str, ...] = ()) -> tuple[Step, ...]:
    """The steps named, in the order of the proofs: by id, claim, display or result; all if none is named.

    Raises
    ------
    ValueError
        If a name fits no step, or two steps share an id.
    """
    leaves = [leaf for leaf in LEAVES if not names or any(leaf.may_hold(name) for name in names)]
    steps = [step for leaf in leaves for step in leaf.steps()]
    ids = [step.id for step in steps]
    twice = sorted({i for i in ids if ids.count(i) > 1})
    if twice:
        raise ValueError(f"step ids = {twice}; rule: each id once")
    for name in names:
        if not any(_fits(step, name) for step in steps):
            raise ValueError(f"id = {name!r}; rule: {_nearest(name)}")
    return tuple(step for step in steps if not names or any(_fits(step, name) for name in names))


def _fits(step: Step, name: str) -> bool:
    return name == step.result or _within(step.id, name)


def _nearest(name: str) -> str:
    known = {part for step in ledger() for part in (step.id, step.result, step.id.partition(".")[0])}
    near = get_close_matches(name, sorted(known), n=1, cutoff=0.7)
    return (
        f"a known name, the nearest is {near[0]}" if near else "a step, a display such as eq-48, or a claim"
    )


def missing(steps: tuple[Step, ...]) -> list[str]:
    """Displays and results without an entry."""
    ids = [step.id for step in steps]
    absent = [f"eq-{n}" for n in DISPLAYS if not any(re.match(rf"eq-{n}(\.|$)", i) for i in ids)]
    for result in RESULTS:
        stated = STATED_IN.get(result, "")
        if not any(i.startswith(f"{result}/") or i == stated for i in ids):
            absent.append(result)
    return absent
