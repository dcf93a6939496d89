"""What every task family offers: three verbs on stacked tasks, the weights of its roles, and what it knows.

A family is made by subclassing `Family` with ``d``, ``loss``, ``grad``, ``hvp`` and the attributes below.
Everything else has a default with a stated consequence; a family overrides what it can do better.
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import numpy as np

from problems.arrays import Array
from problems.known import Known, unknown_constants
from problems.progress import Progress
from problems.validation import exact_weights, probability_vector

__all__ = ["AtomBounds", "Case", "Family", "TermSizes", "checked_family", "converted", "without_idle_tasks"]

Case = Literal["resampling", "finite-sum"]

_WEIGHTS = ("probabilities", "support", "query")
_ROLES = ("task_weights", *_WEIGHTS)


class AtomBounds(NamedTuple):
    """Bounds over all w and all atoms that a task can draw; by them a simulation has an interval.

    Attributes
    ----------
    L : (n,), on the spectral norm of an atom's Hessian, c/s^2
    rho : (n,), on the Lipschitz constant of an atom's Hessian, c/s^3

    Examples
    --------
    >>> from problems import cosine
    >>> cosine(rng=0, tasks=2).atom_bounds().L.shape
    (2,)
    """

    L: Array
    rho: Array


class TermSizes(NamedTuple):
    """How large the terms are that float64 adds up; by them rounding errors are bounded.

    Root mean squares over atoms, the largest role.  A gradient at norm X is a sum of ``terms`` terms whose
    absolute values add up to at most free + offset + L X; a Hessian is rho-Lipschitz, and made of terms up to
    hessian_offset + L; a loss is made of terms up to value + (free + 2 offset + L X) X.

    Attributes
    ----------
    L, rho, free, offset, hessian_offset, value : float
    terms : int
        Roundings of one evaluation.
    largest : float
        The largest number in the family's tables.
    bounded : bool
        Whether gradients are at most ``free``.

    Examples
    --------
    >>> from problems import cosine, quadratic
    >>> cosine(rng=0).term_sizes().bounded, quadratic(rng=0).term_sizes().bounded
    (True, False)
    """

    L: float
    rho: float
    free: float
    offset: float
    hessian_offset: float
    value: float
    terms: int
    largest: float
    bounded: bool


class Family(ABC):
    """A finite set of tasks, each with a finite table of atoms (data points).

    A batch of data is a weight vector ``c`` over a task's atoms.  Loss, gradient and Hessian are linear
    in ``c``.  Arrays have the tasks leading: ``w`` and ``v`` are (n, R, d) with R stacked points, ``c``
    is (n, R, m) or (n, 1, m).

    Attributes
    ----------
    name : str
        A label; it changes nothing.
    task_weights : (n,) p(T)
    probabilities, support, query : (n, m) weight vectors of the population, of S_i and of T_i
    exact : the same family with the rational tables that its float64 ones round; None: they are what they are
    case : which worst case it is, said by the function that made it

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
    exact: Family | None = None
    case: str | None = None

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
    def hvp(self, w: Array, v: Array, c: Array) -> Array:
        """Hessian of l_i(.; c) at w times v, shape (n, R, d)."""

    def atom_grads(self, w: Array, atoms: Sequence[int]) -> Array:
        """Gradients of the losses of single atoms, shape (n, R, atoms, d); by default a `grad` each."""
        zero = self.probabilities.ravel()[0] * 0
        units = np.full((self.atoms, self.atoms), zero, dtype=self.probabilities.dtype)
        units[np.diag_indices(self.atoms)] = zero + 1
        shape = (self.tasks, 1, self.atoms)
        return np.stack([self.grad(w, np.broadcast_to(units[k], shape)) for k in atoms], axis=2)

    def sample(self, size: int, replicates: int, rng: Any) -> Array | None:
        """Minibatches as the user's own program draws them: weights (n, replicates, m).

        None by default.  Statements are measured on independent draws by the probabilities; this one is for
        `maml_verify.check_family`, which holds it against them.  ``rng`` is a Generator.
        """
        return None

    def constants(self, case: Case) -> Known:
        """Constants of Assumptions 1-3 (``resampling``) or 4-5 (``finite-sum``).

        None is known by default: the statements that need one are ``vacuous``, unless it is claimed.
        """
        return unknown_constants(f"the family {self.name} tells no constants")

    def constants_with(self, case: Case, progress: Progress) -> Known:
        """`constants`, where they take long: ``progress`` is called with the parts done and in all."""
        return self.constants(case)

    def cast(self, convert: Callable[[Any], Any]) -> Family | None:
        """The same family over another kind of number, such as Arb balls.

        None by default: comparisons are left to float64, and ``undecided`` where its margin does not tell.
        `converted` makes one of a family whose verbs are NumPy's ufuncs, ``@`` and sums.
        """
        return None

    def over_rationals(self, convert: Callable[[Any], Any]) -> Family | None:
        """The family over exact rationals, where some points have ones (else ArithmeticError), or None."""
        return self.cast(convert) if self.rational else None

    @property
    def rational(self) -> bool:
        """Whether rational points give rational losses, gradients and Hessians."""
        return False

    @property
    def convex(self) -> bool:
        """Whether every task's loss is convex; with d = 1 the meta objective then has a certified infimum."""
        return False

    def restrict(self, tasks: Sequence[int]) -> Family:
        """The family of the named tasks alone, with p(T) conditioned on them.

        By default the verbs compute all tasks and give those named.

        Raises
        ------
        ValueError
            If the tasks have no weight.
        """
        return _SomeTasks(self, conditioned(self, tasks), list(tasks))

    def atom_bounds(self) -> AtomBounds | None:
        """Bounds on the curvature of every atom that can be drawn.

        None by default: an expectation too large to be enumerated has no interval, and is ``undecided``.
        """
        return None

    def hessian_spread(self, w: Array) -> Array:
        """Bound on ||Hess l(w; tau) - Hess l(w)|| over the atoms that can be drawn, (n, R); default 2 L."""
        bounds = self.atom_bounds()
        assert bounds is not None
        return np.broadcast_to(2 * bounds.L[:, None], w.shape[:2])

    def term_sizes(self) -> TermSizes | None:
        """Sizes of the terms that float64 adds up.

        None by default: float64 has no margin that is proved, and decides only what is clear by a usual one.
        """
        return None

    def same_paths(self, steps: int) -> Family:
        """A family with the same distances of sampled paths for so many steps, where those decide ties."""
        return self

    def content(self) -> str | None:
        """Text that tells all that the family is, for stores and checkpoints.

        None by default: it is known by its answers at fixed points.
        """
        return None

    def ridge_tables(self) -> list[dict[str, Any]] | None:
        """For each task what a witness file says of it; None by default: such files hold ridge sums alone."""
        return None

    def outside(
        self, points: Any, alpha: Any, steps: int, *, meta_steps: int = 0, meta_step_size: float = 0
    ) -> str:
        """Why the constants may not hold on all that a statement at these points (R, d) speaks of.

        Nothing by default: constants hold for all w.  `problems.Ball` makes families of which they do not.
        """
        return ""

    def nearest(
        self, points: Array, alpha: Any, steps: int, *, meta_steps: int = 0, meta_step_size: float = 0
    ) -> Array:
        """The points (R, d), or others where they are `outside`."""
        return points

    def weighted_tasks(self) -> list[int]:
        """The tasks with p(T) > 0: the others take part in nothing."""
        return [i for i, p in enumerate((self.exact or self).task_weights) if p != 0]


def conditioned(family: Family, tasks: Sequence[int]) -> Array:
    """p(T) given that the task is one of those named.

    Raises
    ------
    ValueError
        If they have no weight.
    """
    index = list(tasks)
    weights = family.task_weights[index]
    if not (weights != 0).any():
        raise ValueError(f"tasks = {index}: no weight; rule: at least one with p(T) > 0")
    return weights / weights.sum()


def converted(family: Any, convert: Callable[[Any], Any]) -> Any:
    """A copy of a family whose arrays are converted entry by entry: what `Family.cast` may return.

    Parameters
    ----------
    family : Family
        Whose verbs are NumPy's ufuncs, ``@`` and sums, and whose numbers are in arrays among its attributes.
    convert : number -> number of another kind

    Returns
    -------
    Family
        Of the same class.  Its weights are those with sum 1 that the float64 ones are the rounding of.

    Raises
    ------
    Exception
        What ``convert`` raises.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from problems import converted, quadratic
    >>> sum(converted(quadratic(rng=0, atoms=3), Fraction).probabilities[0])
    Fraction(1, 1)
    """
    other = copy.copy(family)
    for name, values in vars(family).items():
        if isinstance(values, np.ndarray) and values.dtype.kind in "fiuO":
            if name in _ROLES:
                rows = np.atleast_2d(values)
                values = np.array([exact_weights(row) for row in rows], dtype=object).reshape(values.shape)
            entries = np.empty(values.size, dtype=object)
            entries[:] = [convert(entry) for entry in values.ravel().tolist()]
            object.__setattr__(other, name, entries.reshape(values.shape))
    return other


class _SomeTasks(Family):
    """Some tasks of another family, whose verbs it calls for all of them."""

    def __init__(self, family: Family, task_weights: Array, index: list[int]) -> None:
        self.family, self.index = family, index
        self.name, self.case = family.name, family.case
        self.task_weights = task_weights
        for role in _WEIGHTS:
            setattr(self, role, getattr(family, role)[index])

    @property
    def d(self) -> int:
        """Dimension of the parameter w."""
        return self.family.d

    @property
    def rational(self) -> bool:
        """As the whole family."""
        return self.family.rational

    @property
    def convex(self) -> bool:
        """As the whole family."""
        return self.family.convex

    def _all(self, values: Array) -> Array:
        """Values for every task; those that nobody asks for are of the first named."""
        rows = np.zeros(self.family.tasks, dtype=int)
        rows[self.index] = range(len(self.index))
        return values[rows]

    def loss(self, w: Array, c: Array) -> Array:
        """l_i(w; c), shape (n, R)."""
        return self.family.loss(self._all(w), self._all(c))[self.index]

    def grad(self, w: Array, c: Array) -> Array:
        """Gradient of l_i(.; c) at w, shape (n, R, d)."""
        return self.family.grad(self._all(w), self._all(c))[self.index]

    def hvp(self, w: Array, v: Array, c: Array) -> Array:
        """Hessian of l_i(.; c) at w times v, shape (n, R, d)."""
        return self.family.hvp(self._all(w), self._all(v), self._all(c))[self.index]

    def cast(self, convert: Callable[[Any], Any]) -> Family | None:
        """The same tasks of the cast family."""
        cast = self.family.cast(convert)
        return None if cast is None else cast.restrict(self.index)

    def over_rationals(self, convert: Callable[[Any], Any]) -> Family | None:
        """The same tasks of the family over rationals."""
        cast = self.family.over_rationals(convert)
        return None if cast is None else cast.restrict(self.index)

    def atom_bounds(self) -> AtomBounds | None:
        """Those of the tasks."""
        bounds = self.family.atom_bounds()
        return None if bounds is None else AtomBounds(bounds.L[self.index], bounds.rho[self.index])

    def term_sizes(self) -> TermSizes | None:
        """Those of the whole family, which are as large or larger."""
        return self.family.term_sizes()


class _ByIdentity(_SomeTasks):
    """All tasks of another family."""

    def constants(self, case: Case) -> Known:
        """As the family."""
        return self.family.constants(case)

    def content(self) -> str | None:
        """As the family."""
        return self.family.content()


@lru_cache(maxsize=64)
def without_idle_tasks(family: Family) -> Family:
    """The family without its tasks of weight 0, the same object each time."""
    kept = family.weighted_tasks()
    return family if len(kept) == family.tasks else family.restrict(kept)


def checked_family(family: Any) -> Family:
    """The family itself, when its weights are what `Family` says.

    Raises
    ------
    TypeError, ValueError
        If it is no family, or its weights have a wrong shape, value or sum; the message says which.
    """
    if not isinstance(family, Family):
        raise TypeError(f"family = {family!r}; rule: a problems.Family")
    try:
        hash(family)
    except TypeError:
        # A dataclass that compares arrays has no hash, and what is kept of a family is found by its hash.
        family = _ByIdentity(family, family.task_weights, list(range(family.tasks)))
    _check_weights(family)
    return family


@lru_cache(maxsize=256)
def _check_weights(family: Family) -> None:
    for role in ("name", *_ROLES):
        if not hasattr(family, role):
            raise TypeError(f"{type(family).__name__} has no {role}; rule: name, {', '.join(_ROLES)}")
    shape: Any = np.shape(family.probabilities)
    for role in _ROLES:
        values = getattr(family, role)
        wanted = shape[:1] if role == "task_weights" else shape
        if not isinstance(values, np.ndarray) or len(shape) != 2 or values.shape != wanted:
            rule = "an array (n,)" if role == "task_weights" else "an array (n, m)"
            raise ValueError(f"{role} of the family {family.name} has shape {np.shape(values)}; rule: {rule}")
        for row in np.atleast_2d(values):
            probability_vector(f"{role} of the family {family.name}", row)
