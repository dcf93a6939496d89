"""What is certified on a ball: the constants of both cases, and how far a step goes; each found once."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property

import flint
import numpy as np

from problems.arrays import Array
from problems.balls.branching import BRANCHED, Found, suprema
from problems.balls.found import on_ball
from problems.balls.jets import Jets, LossJets
from problems.balls.outcomes import Outcome, Problem, constants_of_case, path_bounds
from problems.balls.paths import Growth
from problems.balls.quantities import Quantity, frobenius
from problems.balls.ridge_jets import RidgeJets
from problems.balls.taylor import ball_of
from problems.family import Case, Family
from problems.known import Known, unknown_constants
from problems.ridge_sums.tables import RidgeTables

__all__ = ["Certified"]

# Cutting ends where bounds are this near to values taken.
TOLERANCE, PATH_TOLERANCE = 0.006, 0.05
PRECISION = 64
# Fourth derivatives make bounds on the third ones as good as the others; they are many in many dimensions.
ORDER = 4
NO_BALLS = "the family runs over no Arb balls (cast): nothing is certified on a ball"
NO_TAYLOR = "the loss does not run over Taylor expansions: {} ({}); nothing is certified on a ball"


class Certified:
    """Suprema over a ball.

    Parameters
    ----------
    family : in float64, with a cast to Arb balls
    centre, radius : (d,), float
    boxes : into so many the ball is cut at most
    where : what the ball is called in reasons
    """

    def __init__(self, family: Family, centre: Array, radius: float, boxes: int, where: str) -> None:
        self.family, self.centre, self.radius, self.boxes, self.where = family, centre, radius, boxes, where
        self.found: dict[Case, Known] = {}
        self.failure = NO_BALLS

    def constants(self, case: Case) -> Known:
        """Suprema, or the constants for all w where they are smaller."""
        if case not in self.found:
            bounds = self._suprema(lambda family, balls: constants_of_case(family, balls, case), TOLERANCE)
            own = self.family.constants(case)
            none = unknown_constants(self.failure)
            self.found[case] = none if bounds is None else on_ball(self.family, own, bounds, case, self.where)
        return self.found[case]

    @cached_property
    def growth(self) -> Growth | None:
        """What bounds one step of any batch; None where nothing does."""
        found = self._suprema(path_bounds, PATH_TOLERANCE)
        if found is None:
            return None
        with flint.ctx.workprec(PRECISION):
            jets, _ = self._problem(path_bounds)
            at = jets.at(self.centre, np.zeros(len(self.centre)))
        top = max(bound.upper for name, bound in found.items() if name.startswith("G/"))
        high, low = found["high"].upper, found["low"].upper
        if at is None or not all(map(math.isfinite, (top, high, low))):
            return None
        pull = float((frobenius(at[0].middle) + frobenius(at[0].radius)).max()) * (1 + 1e-12)
        return Growth(top, pull, high, low, found["rho"].upper)

    def _suprema(
        self, make: Callable[[Family, Family], Problem], tolerance: float
    ) -> dict[str, Found] | None:
        with flint.ctx.workprec(PRECISION):
            if self.family.cast(ball_of) is None:
                return None
            jets, quantities = self._problem(make)
            try:
                return suprema(jets, self.centre, self.radius, quantities, tolerance, self.boxes)
            except (TypeError, AttributeError, NotImplementedError) as error:
                # Such as a function of NumPy that no method stands for.
                self.failure = NO_TAYLOR.format(error, type(error).__name__)
                return None

    def _problem(self, make: Callable[[Family, Family], Problem]) -> tuple[Jets, dict[str, Quantity]]:
        balls = self.family.cast(ball_of)
        assert balls is not None
        outcomes, quantities = make(self.family, balls)
        return self._jets(outcomes, balls), quantities

    def _jets(self, outcomes: list[Outcome], balls: Family) -> Jets:
        order = ORDER if len(self.centre) <= BRANCHED else ORDER - 1
        if isinstance(self.family, RidgeTables) and isinstance(balls, RidgeTables):
            return RidgeJets(self.family, balls, outcomes, order)
        return LossJets(balls, outcomes, order)
