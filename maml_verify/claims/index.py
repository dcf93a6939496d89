"""What a claim quantifies over, and one comparison of it: a point, a task, a step j, an item of a list.

`Claim.over` declares which; the classes here say what follows from it: the axes of the left side, which
setting speaks of one comparison alone, what a record calls it, and where j = 0 makes both sides one number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

import numpy as np

from maml_verify.settings import PreparedSetting, Setting
from problems.arrays import Array

__all__ = ["INDICES", "Index", "ItemIndex", "Over", "PointIndex", "TaskIndex", "TaskStepIndex"]

Over = Literal["", "task", "task-step", "item"]


@dataclass(frozen=True)
class Index:
    """One comparison of a claim: where it is in the arrays of both sides.

    Attributes
    ----------
    axis : that of the points
    """

    axis: ClassVar[int] = 1

    @classmethod
    def at(cls, key: Sequence[int]) -> Self:
        """The index of a place in the arrays of both sides."""
        return cls(*map(int, key))

    @property
    def key(self) -> tuple[int, ...]:
        """The place in the arrays of both sides."""
        return tuple(vars(self).values())

    @property
    def point(self) -> int:
        """Which of the points of the setting."""
        return self.key[self.axis]

    def renumbered(self, points: Sequence[int]) -> Self:
        """The same comparison where only these points are left."""
        return self.at((*self.key[: self.axis], points.index(self.point), *self.key[self.axis + 1 :]))

    def steps(self, s: Setting, alone: bool) -> int:
        """The inner steps that the comparison speaks of."""
        return s.steps

    def restrict(self, one: PreparedSetting, alone: bool) -> PreparedSetting:
        """The setting of this comparison, of that of its point.

        Parameters
        ----------
        alone : `Claim.alone`; where it is False, all tasks and steps stay, as means over them do
        """
        return one

    def within(self, alone: bool) -> tuple[int, ...]:
        """The place in the arrays of both sides of what `restrict` leaves."""
        raise NotImplementedError

    def label(self, items: Sequence[str], tasks: Sequence[int] | None) -> dict[str, Any]:
        """What a record calls it.

        Parameters
        ----------
        items : names of the inequalities of a list, where they have names
        tasks : the family's own numbers of the tasks that were compared
        """
        return {}

    @classmethod
    def all_steps(cls, s: Setting) -> Array | None:
        """The j of the bound, on the last axis; None where the claim is of N steps alone."""
        return None

    @classmethod
    def at_start(cls, values: Array) -> Array:
        """The part of an array of a side where j = 0."""
        return values[:0]

    @classmethod
    def after_start(cls, values: Array) -> Array:
        """The part of an array of a side where j > 0, or all of it."""
        return values

    @classmethod
    def by_point(cls, values: Array) -> Array:
        """What is given for each point (R,), as it broadcasts against a side."""
        return values

    @classmethod
    def shape(cls, s: Setting) -> tuple[int, ...]:
        """Shape of a side, where the claim is no list of inequalities."""
        raise NotImplementedError


@dataclass(frozen=True)
class PointIndex(Index):
    """A claim about each point: sides (R,)."""

    number: int
    axis: ClassVar[int] = 0

    def within(self, alone: bool) -> tuple[int, ...]:
        """The one that is left."""
        return (0,)

    @classmethod
    def shape(cls, s: Setting) -> tuple[int, ...]:
        """(R,)."""
        return (len(s.w),)


@dataclass(frozen=True)
class TaskIndex(Index):
    """A claim about each task: sides (tasks, R)."""

    task: int
    number: int

    def restrict(self, one: PreparedSetting, alone: bool) -> PreparedSetting:
        """The setting of the task."""
        return one.but(family=one.family.restrict([self.task])) if alone else one

    def within(self, alone: bool) -> tuple[int, ...]:
        """The one that is left, or the task among all."""
        return (0 if alone else self.task, 0)

    def label(self, items: Sequence[str], tasks: Sequence[int] | None) -> dict[str, Any]:
        """The task."""
        return {"task": tasks[self.task] if tasks else self.task}

    @classmethod
    def shape(cls, s: Setting) -> tuple[int, ...]:
        """(tasks, R)."""
        return (s.family.tasks, len(s.w))


@dataclass(frozen=True)
class TaskStepIndex(TaskIndex):
    """A claim about each task and j = 0..N: sides (tasks, R, N + 1)."""

    j: int

    def steps(self, s: Setting, alone: bool) -> int:
        """The steps up to j."""
        return self.j if alone else s.steps

    def restrict(self, one: PreparedSetting, alone: bool) -> PreparedSetting:
        """The setting of the task and of the steps up to j."""
        return super().restrict(one, alone).but(steps=self.steps(one, alone))

    def within(self, alone: bool) -> tuple[int, ...]:
        """The last step of the one that is left, or task and step among all."""
        return (*super().within(alone), self.j)

    def label(self, items: Sequence[str], tasks: Sequence[int] | None) -> dict[str, Any]:
        """The task and j."""
        return super().label(items, tasks) | {"j": self.j}

    @classmethod
    def all_steps(cls, s: Setting) -> Array | None:
        """0..N."""
        return np.arange(s.steps + 1) if s.field == "float" else np.arange(s.steps + 1).astype(object)

    @classmethod
    def at_start(cls, values: Array) -> Array:
        """The first of the last axis."""
        return values[..., :1]

    @classmethod
    def after_start(cls, values: Array) -> Array:
        """All but the first of the last axis."""
        return values[..., 1:]

    @classmethod
    def by_point(cls, values: Array) -> Array:
        """(R, 1)."""
        return values[:, None]

    @classmethod
    def shape(cls, s: Setting) -> tuple[int, ...]:
        """(tasks, R, N + 1)."""
        return (s.family.tasks, len(s.w), s.steps + 1)


@dataclass(frozen=True)
class ItemIndex(Index):
    """A claim that is a list of inequalities: sides (items, R)."""

    item: int
    number: int

    def within(self, alone: bool) -> tuple[int, ...]:
        """The item among all."""
        return (self.item, 0)

    def label(self, items: Sequence[str], tasks: Sequence[int] | None) -> dict[str, Any]:
        """The name of the item, or its number from 1."""
        return {"item": items[self.item] if items else self.item + 1}


INDICES: dict[Over, type[Index]] = {
    "": PointIndex, "task": TaskIndex, "task-step": TaskStepIndex, "item": ItemIndex,
}  # fmt: skip
