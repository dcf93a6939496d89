"""A plateau whose curvature changes along it: l'' = -1 + w/4 for abs(w) <= 1."""

from __future__ import annotations

from fractions import Fraction

from problems.ridge_sums.ridge import Ridge, ridge

__all__ = ["tilted_plateau"]


def tilted_plateau() -> Ridge:
    """One task, d = 1, two atoms: a wide well and, about 0, the ramp of a narrower one; L = 5/4, l'(0) = 0.

    Paths from near 0 grow as on a plateau, while Hessians differ along them, so that sampled meta gradients
    are biased.  Noise is additive, sigma_g = 1/64.
    """
    F = Fraction
    tilt, noise = F(1, 4), F(1, 64)
    pull = F(3, 2) * tilt  # dphi(2) = -3/2 of the ramp's middle
    return ridge(
        "cubic-well",
        [[[F(1, 8)], [F(1)]]],
        offsets=[[F(0), F(-2)]],
        coefficients=[[[F(64), tilt]] * 2],
        linear=[[[pull + noise], [pull - noise]]],
        name="tilted-plateau",
    )
