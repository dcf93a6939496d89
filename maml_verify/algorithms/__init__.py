"""Algorithms 1 and 2 as pure ``init``/``step`` pairs over a state, R independent runs at a time."""

from maml_verify.algorithms.loop import History, run, run_whole
from maml_verify.algorithms.meta_iteration import finite_sum, resampling
from maml_verify.algorithms.state import Algorithm, Info, State
from maml_verify.algorithms.step_sizes import Rule, constant, estimated, schedule

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
