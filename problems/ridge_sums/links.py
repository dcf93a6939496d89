"""Link functions phi of the ridge family, with the exact ranges of their derivatives.

Each is plain NumPy that runs unchanged on float64 arrays and on object arrays of Arb balls and, where
``rational``, of exact rationals.  Ranges are closed intervals whose ends are attained or approached.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from problems.arrays import Array, clip, maximum, minimum

__all__ = ["LINKS", "STEEP", "Link"]

INFINITY = math.inf


@dataclass(frozen=True)
class Link:
    """A scalar function phi with derivatives and their ranges over the real line.

    Attributes
    ----------
    phi, dphi, d2phi : callables
        Elementwise on an array of any shape.
    slope : (low, high)
        Range of phi'; infinite ends mean phi' is unbounded.
    curvature : (low, high)
        Range of phi''.
    curvature_at : (where low, where high)
        A point t at which phi'' takes each end of ``curvature`` (``inf``: for every large abs(t)).
    sup3 : float or Fraction
        sup abs(phi'''), approached, so that phi'' is sup3-Lipschitz and no less.
    bounded_below : bool
        inf phi > -inf.
    rational : bool
        Whether rational arguments give rational values.

    Examples
    --------
    >>> import numpy as np
    >>> from problems import LINKS
    >>> LINKS["cubic-well"].d2phi(np.array([0.0, 2.5, 9.0])).tolist()
    [-1.0, 0.5, 1.0]
    """

    name: str
    phi: Callable[[Array], Array]
    dphi: Callable[[Array], Array]
    d2phi: Callable[[Array], Array]
    slope: tuple[float, float]
    curvature: tuple[Fraction, Fraction]
    curvature_at: tuple[float, float]
    sup3: float | Fraction
    rational: bool
    bounded_below: bool = True

    def __reduce__(self) -> tuple[Callable[[str], Link], tuple[str]]:
        # Functions do not pickle; the name says which link it is.
        return _named, (self.name,)


def _named(name: str) -> Link:
    return LINKS[name]


def _logistic(t: Array) -> Array:
    return np.log1p(np.exp(-np.abs(t))) + maximum(t, 0)


def _logistic_slope(t: Array) -> Array:
    return (1 + np.tanh(t / 2)) / 2


def _logistic_curvature(t: Array) -> Array:
    return (1 - np.tanh(t / 2) ** 2) / 4


def _cubic_half(a: Array) -> Array:
    # phi on a >= 0: phi'' = min(a, 1).
    c = minimum(a, 1)
    e = maximum(a - 1, 0)
    return c**3 / 6 + e / 2 + e**2 / 2


def _cubic_half_slope(a: Array) -> Array:
    return minimum(a, 1) ** 2 / 2 + maximum(a - 1, 0)


def _well_parts(a: Array, centre: int, rate: int) -> tuple[Array, Array, Array]:
    # rate times the way up to the ramp of phi'' = clip(rate (a - centre), -1, 1), on it, and beyond it.
    ramp = clip(rate * (a - centre), -1, 1) + 1
    edge = rate * centre - 1
    return minimum(rate * a, edge), ramp, maximum(rate * a - edge - 2, 0)


def _well_half(a: Array, centre: int, rate: int) -> Array:
    # phi on a >= 0; phi' is the same number before and after the ramp.
    flat, ramp, far = _well_parts(a, centre, rate)
    edge = rate * centre - 1
    return (-(flat**2) / 2 + ramp**3 / 6 - ramp**2 / 2 + far**2 / 2 - edge * (ramp + far)) / rate**2


def _well_half_slope(a: Array, centre: int, rate: int) -> Array:
    flat, ramp, far = _well_parts(a, centre, rate)
    return (-flat + ramp**2 / 2 - ramp + far) / rate


# half(0) = 0.  A ball around 0 has no sign: its two halves are taken apart.
def _even(half: Callable[[Array], Array]) -> Callable[[Array], Array]:
    def phi(t: Array) -> Array:
        return half(maximum(t, 0)) + half(maximum(-t, 0)) if t.dtype == object else half(np.abs(t))

    return phi


def _odd(half: Callable[[Array], Array]) -> Callable[[Array], Array]:
    def dphi(t: Array) -> Array:
        return (
            half(maximum(t, 0)) - half(maximum(-t, 0)) if t.dtype == object else np.sign(t) * half(np.abs(t))
        )

    return dphi


def _well(name: str, centre: int, rate: int) -> Link:
    """phi'' = clip(rate (abs(t) - centre), -1, 1): curvature -1 on an open set, 1 far away."""
    return Link(
        name=name,
        phi=_even(lambda a: _well_half(a, centre, rate)),
        dphi=_odd(lambda a: _well_half_slope(a, centre, rate)),
        d2phi=lambda t: clip(rate * (np.abs(t) - centre), -1, 1),
        slope=(-INFINITY, INFINITY),
        curvature=(_F(-1), _F(1)),
        curvature_at=(0.0, INFINITY),
        sup3=_F(rate),
        rational=True,
    )


def _huber_parts(a: Array) -> tuple[Array, Array, Array]:
    # The way up to 1, from there to 2, and beyond.
    return minimum(a, 1), clip(a - 1, 0, 1), maximum(a - 2, 0)


def _huber_half(a: Array) -> Array:
    # phi on a >= 0: phi'' = 1 up to 1, falling to 0 at 2.
    near, ramp, far = _huber_parts(a)
    return near**2 / 2 + ramp + ramp**2 / 2 - ramp**3 / 6 + 3 * far / 2


def _huber_half_slope(a: Array) -> Array:
    near, ramp, _ = _huber_parts(a)
    return near + ramp - ramp**2 / 2


#: Slope of the ramp of ``steep-well``: in its scale the curvature jumps.
STEEP = 1024
_F = Fraction
LINKS: dict[str, Link] = {
    link.name: link
    for link in (
        Link(
            name="quadratic",
            phi=lambda t: t**2 / 2,
            dphi=lambda t: t,
            d2phi=lambda t: t**0,
            slope=(-INFINITY, INFINITY),
            curvature=(_F(1), _F(1)),
            curvature_at=(INFINITY, INFINITY),
            sup3=_F(0),
            rational=True,
        ),
        Link(
            name="logistic",
            phi=_logistic,
            dphi=_logistic_slope,
            d2phi=_logistic_curvature,
            slope=(0.0, 1.0),
            curvature=(_F(0), _F(1, 4)),
            curvature_at=(INFINITY, 0.0),
            sup3=1 / (6 * math.sqrt(3)) * (1 + 2**-52),
            rational=False,
        ),
        Link(
            name="cosine",
            phi=lambda t: 1 - np.cos(t),
            dphi=np.sin,
            d2phi=np.cos,
            slope=(-1.0, 1.0),
            curvature=(_F(-1), _F(1)),
            curvature_at=(math.pi, 0.0),
            sup3=_F(1),
            rational=False,
        ),
        Link(
            name="cubic",
            phi=_even(_cubic_half),
            dphi=_odd(_cubic_half_slope),
            d2phi=lambda t: minimum(np.abs(t), 1),
            slope=(-INFINITY, INFINITY),
            curvature=(_F(0), _F(1)),
            curvature_at=(0.0, INFINITY),
            sup3=_F(1),
            rational=True,
        ),
        _well("cubic-well", 2, 1),
        _well("steep-well", 1, STEEP),
        Link(
            name="huber",
            phi=_even(_huber_half),
            dphi=_odd(_huber_half_slope),
            d2phi=lambda t: 1 - clip(np.abs(t) - 1, 0, 1),
            slope=(-1.5, 1.5),
            curvature=(_F(0), _F(1)),
            curvature_at=(INFINITY, 0.0),
            sup3=_F(1),
            rational=True,
        ),
    )
}
