"""Settings of claims on step sizes and rates, with what is left free found for them."""

from __future__ import annotations

from fractions import Fraction

from maml_verify.checks.case import prepare
from maml_verify.claims import find_claim
from maml_verify.settings import setting


def rate_setting(claim, family, **options):
    found = find_claim(claim)
    s = setting(family, alpha=options.pop("alpha", Fraction(1, 16)), steps=options.pop("steps", 1), **options)
    return found, prepare(found, s, "printed", found.known(family)).setting
