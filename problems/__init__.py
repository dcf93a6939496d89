"""Analytic task families with known constants."""

from problems.catalog import FAMILIES, cosine, cubic, cubic_well, logistic, plateau, quadratic
from problems.constants import Constant, Known, finite_sum_constants, resampling_constants
from problems.data import from_data, from_table, read_table
from problems.family import Family
from problems.links import LINKS, Link
from problems.ridge import Ridge, ridge

__all__ = [
    "FAMILIES",
    "LINKS",
    "Constant",
    "Family",
    "Known",
    "Link",
    "Ridge",
    "cosine",
    "cubic",
    "cubic_well",
    "finite_sum_constants",
    "from_data",
    "from_table",
    "logistic",
    "plateau",
    "quadratic",
    "read_table",
    "resampling_constants",
    "ridge",
]
