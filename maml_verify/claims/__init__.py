"""Every statement of the paper that is checked on instances: a file each, in the paper's order in `FILES`."""

from __future__ import annotations

from importlib import import_module

from maml_verify.claims.base import Assumption, Claim
from maml_verify.claims.own import add, from_file, own_claims
from maml_verify.left_sides.intervals import Interval
from problems.names import unknown

__all__ = [
    "CLAIMS",
    "Assumption",
    "Claim",
    "Interval",
    "add_claims",
    "add_claims_of",
    "all_claims",
    "find_claim",
]

# A file of this folder (or, of another paper, in a folder of its own) a line, whose `CLAIM` is the statement:
# by this line alone it is known everywhere.
FILES = (
    "meta_smoothness",
    "path_first_moment",
    "path_second_moment",
    "estimator_bias",
    "beyond.estimator_bias_second_order",
    "estimator_second_moment",
    "beyond.estimator_variance",
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
    "fallah.smoothness",
    "fallah.inner_bias",
    "fallah.mean_bias",
    "fallah.second_moment",
    "fallah.stepsize_moments",
    "fallah.hf_maml_error",
)
CLAIMS: tuple[Claim, ...] = tuple(import_module(f"{__name__}.{file}").CLAIM for file in FILES)


def all_claims() -> tuple[Claim, ...]:
    """The paper's claims, then those that were added."""
    return (*CLAIMS, *own_claims())


def add_claims(*claims: Claim) -> None:
    """Make claims of your own known by their ids: to `sweep`, `find_claim` and worker processes, too.

    Parameters
    ----------
    claims : Claim
        Each with an id that no other claim has; adding one again does nothing.

    Returns
    -------
    None

    Raises
    ------
    TypeError, ValueError
        For what is no claim, or has the id of another one.

    Examples
    --------
    >>> from maml_verify import add_claims, conjecture, find_claim
    >>> add_claims(conjecture("norm(dl(w) - dl(u)) <= L * norm(w - u)", id="gradients-are-lipschitz"))
    >>> find_claim("gradients-are-lipschitz").text
    'norm(dl(w) - dl(u)) <= L * norm(w - u)'
    """
    add(claims, [claim.id for claim in CLAIMS])


def add_claims_of(file: str) -> None:
    """The same for the claims of a Python file."""
    # One of the paper's that a file uses is no claim of its own.
    add_claims(*(c for c in from_file(file) if not any(c is other for other in CLAIMS)))


def find_claim(name: str) -> Claim:
    """The claim with this statement id.

    Parameters
    ----------
    name : str
        Such as ``path-stability``; `CLAIMS` has the paper's, in its order, and `add_claims` adds others.

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
    for claim in own_claims():
        if claim.id == name:
            return claim
    where = "a statement id, as maml-verify list shows, or one of --claims FILE.py"
    raise unknown("claim", name, [claim.id for claim in all_claims()], where)
