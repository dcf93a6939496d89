"""The family of a table of data: which rows are taken, how features are scaled, and what is 1."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from problems.arrays import Array
from problems.reading import Levels, Numbers, Table, levels, numbers
from problems.reading.levels import listed
from problems.reading.numbers import stacked
from problems.ridge_sums.ridge import Ridge, ridge
from problems.ridge_sums.scaling import in_range, standardised, with_intercept
from problems.validation import count, uniform_weights

__all__ = ["DataSet", "data_set"]

# A task's coefficients are a square table with one row and one column per data row.
LARGEST_TASK = 1000
COEFFICIENTS = 10**8


@dataclass(frozen=True, eq=False)
class DataSet:
    """A family, and what was made of the data.

    Attributes
    ----------
    family : the tasks
    rows, given : how many rows are atoms, how many there were
    features : names;  label : name of the column
    ones : the label that is 1, None for least squares
    standardised, intercept : whether that was asked for
    """

    family: Ridge
    rows: int
    given: int
    features: tuple[str, ...]
    label: str
    ones: str | None
    standardised: bool
    intercept: bool

    def driver(self) -> tuple[float, str]:
        """L of the resampling case in float64, and the feature with most weight in its direction."""
        found = []
        for X, p in zip(self.family.features, self.family.probabilities, strict=True):
            _, values, directions = np.linalg.svd(np.sqrt(p[p > 0])[:, None] * X[p > 0], full_matrices=False)
            found.append((float(values[0]) ** 2, int(np.abs(directions[0]).argmax())))
        top, k = max(found)
        return top * float(self.family.link.curvature[1]), self.features[k]

    def summary(self) -> str:
        """One line on what was read."""
        taken = f"{self.rows} rows" if self.rows == self.given else f"{self.rows} of {self.given} rows"
        scaled = "standardised in float64" if self.standardised else "not standardised"
        added = "with intercept" if self.intercept else "no intercept"
        d = len(self.features) - self.intercept
        n = self.family.tasks
        size = f"{n} task{'s' * (n != 1)}, {d} feature{'s' * (d != 1)}"
        ones = "" if self.ones is None else f"; {listed([self.label])} = {listed([self.ones])} is 1"
        L, name = self.driver()
        return f"{taken}, {size} ({scaled}, {added}){ones}; L = {L:.3g}, driven by {listed([name])}"


def data_set(
    found: Table,
    link: str = "logistic",
    *,
    task_weights: Any = None,
    rng: Any = 0,
    name: str | None = None,
    sample: int | None = None,
    intercept: bool = False,
    standardise: bool = False,
    positive: Any = None,
) -> DataSet:
    """The family of a table, and what was made of it; parameters as in `from_data`."""
    if link not in ("logistic", "quadratic", "huber"):
        raise ValueError(f"link = {link!r}; rule: logistic, quadratic or huber")
    if positive is not None and link != "logistic":
        raise ValueError(f"positive = {positive!r}; rule: link = 'logistic'")
    rng = np.random.default_rng(rng)
    tasks = levels(found.task)
    labels = _two_labels(found) if link == "logistic" else None
    members = _members(found, tasks, sample, rng)
    rows = np.concatenate(members)
    taken = found.take(rows)
    X = stacked([numbers(feature) for feature in taken.features])
    names = tuple(feature.name for feature in taken.features)
    if standardise:
        X = standardised(X, taken.features)
    in_range(X, taken.features)
    if intercept:
        X, names = with_intercept(X), (*names, "intercept")
    ones = None
    if labels is not None:
        one = 1 if positive is None else labels.find("positive", positive)
        ones = labels.names[one]
        target = Numbers((labels.which[rows] == one).astype(np.float64))
    else:
        target = numbers(taken.label)
        in_range(target, [taken.label])
    sizes = [len(member) for member in members]
    family = _family(link, X, target, sizes, rng, task_weights, name or f"data-{link}")
    return DataSet(family, len(rows), len(found), names, found.label.name, ones, standardise, intercept)


def _two_labels(found: Table) -> Levels:
    labels = levels(found.label)
    if len(labels) != 2:
        raise ValueError(
            f"{found.label.where} has {len(labels)} different values ({listed(labels.names)});"
            " rule: two for link = 'logistic'"
        )
    return labels


def _members(found: Table, tasks: Levels, sample: int | None, rng: np.random.Generator) -> list[Array]:
    """The rows of each task, or a sample of them."""
    most = LARGEST_TASK if sample is None else count("sample", sample, 2)
    if most > LARGEST_TASK:
        raise ValueError(f"sample = {most}; rule: at most {LARGEST_TASK}")
    order = np.argsort(tasks.which, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(tasks.which, minlength=len(tasks)))[:-1])
    for k, member in enumerate(members):
        size, name = len(member), f"{found.prefix}task {listed([tasks.names[k]])}"
        if size < 2:
            raise ValueError(f"{name} has 1 row; rule: at least 2, one each for support and query")
        if size > most and sample is None:
            raise ValueError(f"{name} has {size} rows; rule: at most {LARGEST_TASK}, or a --sample of them")
        if size > most:
            members[k] = np.sort(rng.choice(member, most, replace=False))
    n, m = len(members), max(map(len, members))
    if n * m**2 > COEFFICIENTS:
        what = f"{n} tasks, the largest of {m} rows, take {n * m**2:.1e} coefficients"
        raise ValueError(f"{found.prefix}{what}; rule: at most {COEFFICIENTS:.0e}, or a --sample of the rows")
    return members


def _zeros(like: Array, shape: tuple[int, ...]) -> Array:
    return np.full(shape, Fraction(0)) if like.dtype == object else np.zeros(shape)


def _family(
    link: str,
    X: Numbers,
    y: Numbers,
    sizes: list[int],
    rng: np.random.Generator,
    task_weights: Any,
    name: str,
) -> Ridge:
    """The ridge family of rows in the order of their tasks."""
    x, target = X.exactly(), y.exactly()
    n, m, d = len(sizes), max(sizes), x.shape[1]
    features, linear, offsets = _zeros(x, (n, m, d)), _zeros(x, (n, m, d)), _zeros(target, (n, m))
    p, support, query = (np.full((n, m), Fraction(0)) for _ in range(3))
    start = 0
    for i, size in enumerate(sizes):
        member = slice(start, start + size)
        start += size
        features[i, :size] = x[member]
        if link == "logistic":
            ones = np.flatnonzero(target[member])
            # 0 - x, because -x would make a negative zero of 0.
            linear[i, ones] = 0 - x[member][ones]
        else:
            offsets[i, :size] = target[member]
        order, half = rng.permutation(size), size // 2
        p[i, :size] = uniform_weights(size)
        support[i, order[:half]] = uniform_weights(half)
        query[i, order[half:]] = uniform_weights(size - half)
    return ridge(
        link,
        features,
        offsets,
        np.broadcast_to(np.eye(m), (n, m, m)),
        linear,
        probabilities=p,
        support=support,
        query=query,
        task_weights=task_weights,
        name=name,
    )
