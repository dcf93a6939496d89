"""Algorithms 1 and 2 as pure ``init``/``step`` pairs over a state, R independent runs at a time."""

from maml_verify.algorithms.base import Algorithm, Info, State
from maml_verify.algorithms.driver import History, run, run_whole
from maml_verify.algorithms.meta import finite_sum, resampling
from maml_verify.algorithms.stepsizes import Rule, constant, estimated, schedule

__all__ = [
    "Algorithm",
    "History",
    "Info",
    "Rule",
    "State",
    "constant",
    "estimated",
    "finite_sum",
    "resampling",
    "run",
    "run_whole",
    "schedule",
]
