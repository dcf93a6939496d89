"""C_b and C_L of Lemma 20 under each reading of (21)."""

from __future__ import annotations

from maml_verify.theory import coefficients as k
from maml_verify.theory import derived

__all__ = ["READINGS"]

# C_b and C_L of (21), by edition.
READINGS = {
    "printed": (k.C_b_7, k.C_b_7),
    "printed-b": (k.C_b_7_b, k.C_b_7_b),
    "derived": (derived.C_b_7, k.C_L),
    "sharp": (derived.C_b_7, k.C_L),
}
