"""Every statement of the paper that is checked on instances: a file each, in the paper's order in `FILES`."""

from __future__ import annotations

from importlib import import_module

from maml_verify.claims.base import Assumption, Claim
from maml_verify.left_sides.intervals import Interval
from problems.names import unknown

__all__ = ["CLAIMS", "Assumption", "Claim", "Interval", "find_claim"]

# A file of this folder a line, whose `CLAIM` is the statement: by this line alone it is known everywhere.
FILES = (
    "meta_smoothness",
    "path_first_moment",
    "path_second_moment",
    "estimator_bias",
    "estimator_second_moment",
    "resampling_rate",
    "resampling_complexity",
    "finite_sum_meta_smoothness",
    "finite_sum_second_moment",
    "finite_sum_rate",
    "finite_sum_complexity",
    "path_stability",
    "path_gradient",
    "product_deviation",
    "task_gradient_gap",
    "mean_gradient",
    "stepsize_moments",
    "support_path_gradient",
    "finite_sum_gradient_gap",
    "finite_sum_mean_gradient",
    "finite_sum_stepsize_moments",
    "beyond.estimator_bias_second_order",
    "beyond.estimator_variance",
)
CLAIMS: tuple[Claim, ...] = tuple(import_module(f"{__name__}.{file}").CLAIM for file in FILES)


def find_claim(name: str) -> Claim:
    """The claim with this statement id.

    Parameters
    ----------
    name : str
        Such as ``path-stability``; `CLAIMS` has all of them, in the paper's order.

    Returns
    -------
    Claim

    Raises
    ------
    ValueError
        If there is none; the message names the nearest one.

    Examples
    --------
    >>> from maml_verify import find_claim
    >>> find_claim("path-stability").paper
    'Lemma 11'
    """
    for claim in CLAIMS:
        if claim.id == name:
            return claim
    raise unknown("claim", name, [claim.id for claim in CLAIMS], "a statement id, as maml-verify list shows")
