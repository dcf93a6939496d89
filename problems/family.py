"""What every task family offers: three verbs on stacked tasks, and the weights of its roles."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from problems.arrays import Array

__all__ = ["Family"]


class Family(ABC):
    """A finite set of tasks, each with a finite table of atoms (data points).

    A batch of data is a weight vector ``c`` over a task's atoms.  Loss, gradient and Hessian are linear
    in ``c``.  Arrays have the tasks leading: ``w`` and ``v`` are (n, R, d) with R stacked points, ``c``
    is (n, R, m) or (n, 1, m).

    Attributes
    ----------
    name : str
    task_weights : (n,) p(T)
    probabilities, support, query : (n, m) weight vectors of the population, of S_i and of T_i

    Examples
    --------
    >>> import numpy as np
    >>> from problems import Family, cosine
    >>> family = cosine(rng=0)
    >>> isinstance(family, Family)
    True
    >>> w = np.zeros((family.tasks, 5, family.d))
    >>> family.grad(w, family.probabilities[:, None, :]).shape
    (3, 5, 2)
    """

    name: str
    task_weights: Array
    probabilities: Array
    support: Array
    query: Array

    @property
    def tasks(self) -> int:
        """Number n of tasks."""
        return int(self.probabilities.shape[0])

    @property
    def atoms(self) -> int:
        """Number m of atoms a task."""
        return int(self.probabilities.shape[1])

    @property
    @abstractmethod
    def d(self) -> int:
        """Dimension of the parameter w."""

    @abstractmethod
    def loss(self, w: Array, c: Array) -> Array:
        """l_i(w; c), shape (n, R)."""

    @abstractmethod
    def grad(self, w: Array, c: Array) -> Array:
        """Gradient of l_i(.; c) at w, shape (n, R, d)."""

    @abstractmethod
    def atom_grads(self, w: Array, atoms: Sequence[int]) -> Array:
        """Gradients of the losses of single atoms, shape (n, R, number of atoms, d)."""

    @abstractmethod
    def hvp(self, w: Array, v: Array, c: Array) -> Array:
        """Hessian of l_i(.; c) at w times v, shape (n, R, d)."""
