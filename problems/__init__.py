"""Analytic task families with known constants.

What is public is listed here.  `FAMILIES` has the constructors by the names that ``--family`` takes, `LINKS`
the scalar functions phi of `ridge` by theirs.
"""

from problems.balls.ball import Ball, OnBall
from problems.constants import finite_sum_constants, resampling_constants
from problems.family import AtomBounds, Family, TermSizes, converted
from problems.known import Constant, Known, claimed
from problems.losses.from_functions import from_functions
from problems.losses.from_loss import from_loss
from problems.ridge_sums.data import from_data, from_table, read_table
from problems.ridge_sums.links import LINKS, Link
from problems.ridge_sums.named import FAMILIES, cosine, cubic, cubic_well, huber, logistic, plateau, quadratic
from problems.ridge_sums.ridge import Ridge, ridge

__all__ = [
    "FAMILIES",
    "LINKS",
    "AtomBounds",
    "Ball",
    "Constant",
    "Family",
    "Known",
    "Link",
    "OnBall",
    "Ridge",
    "TermSizes",
    "claimed",
    "converted",
    "cosine",
    "cubic",
    "cubic_well",
    "finite_sum_constants",
    "from_data",
    "from_functions",
    "from_loss",
    "from_table",
    "huber",
    "logistic",
    "plateau",
    "quadratic",
    "read_table",
    "resampling_constants",
    "ridge",
]
