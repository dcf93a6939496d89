"""The values of the parts of a typed bound on a problem, over float64, Arb balls and exact rationals.

A value has the axes (tasks, points, steps), each of length 1 where it is the same for all, and the
coordinates last where it is a vector.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from itertools import product
from typing import Any

import numpy as np

from maml_verify.arithmetic.domains import lift
from maml_verify.arithmetic.norms import norm
from maml_verify.claims.conjectures.grammar import Node
from maml_verify.claims.conjectures.kinds import CONSTANTS, OF_A_POINT, Kind
from maml_verify.left_sides.enumerated import mean_estimator, second_moment_estimator
from maml_verify.meta_gradients.draws import outcomes
from maml_verify.meta_gradients.inner_path import inner_path
from maml_verify.meta_gradients.maml import estimator
from maml_verify.meta_gradients.roles import population, split
from maml_verify.settings import PreparedSetting
from maml_verify.theory.symbols import HALF, Constants, Parameters
from problems.arrays import Array
from problems.family import Family

__all__ = ["Scalars", "asked", "evaluate", "random_scalars", "scalars", "value"]

POINT, COORDINATES = 1, 3


@dataclass(frozen=True)
class Scalars:
    """What a bound was given of the problem: the numbers that its right side names, and p(T)."""

    values: Mapping[Node, Any] = field(default_factory=dict)
    task_weights: Any = None


def evaluate(node: Node, number: Callable[[Node], Any], weights: Any, like: Any) -> Any:
    """A part whose names ``number`` gives: arithmetic, roots and means over tasks.

    Parameters
    ----------
    like : a number of the kind that fractions are made in; None leaves them exact, as exponents are
    """
    found = number(node)
    if found is not None:
        return found
    if node.kind == "number":
        assert isinstance(node.value, Fraction)
        if node.value.denominator == 1:
            return int(node.value)
        return node.value if like is None else (like * 0 + node.value.numerator) / node.value.denominator
    exponent = node.kind == "**"
    values = [
        evaluate(part, number, weights, None if exponent and k else like) for k, part in enumerate(node.parts)
    ]
    if node.kind == "/" and like is None:
        return _QUOTIENT(*values)
    if like is not None and (node.kind in ("/", "**") or node.value == "sqrt"):
        # Quotients, powers and roots of whole numbers are of the kind too, not float64.
        values[0] = values[0] + like * 0
    return _joined(node, values, weights)


# Of whole numbers, whose quotient as an exponent stays exact.
_QUOTIENT = np.frompyfunc(lambda a, b: a / b if isinstance(a, float) else Fraction(a) / b, 2, 1)


def _joined(node: Node, values: list[Any], weights: Any) -> Any:
    first = values[0]
    match node.kind, len(values):
        case "-", 1:
            return -first
        case "+" | "-" | "*" | "/", 2:
            return ARITHMETIC[node.kind](first, values[1])
        case "**", 2:
            return _power(first, values[1])
    if node.value in ("min", "max"):
        return reduce(_smaller if node.value == "min" else _larger, values)
    if node.value == "sqrt":
        return _power(first, HALF)
    if node.value == "E_i":
        return task_mean(weights, first)
    if node.value == "max_i":
        return reduce(_larger, [np.asarray(row)[None] for row in first])
    raise AssertionError(node)


ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
}  # fmt: skip


def _power(base: Any, exponent: Any) -> Any:
    whole = isinstance(exponent, Fraction) and exponent.denominator == 1
    try:
        return base ** (int(exponent) if whole else exponent)
    except TypeError:
        raise ArithmeticError(f"power {exponent} has no value among rationals") from None


def _extreme(pick: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    both = np.frompyfunc(pick, 2, 1)

    def of(a: Any, b: Any) -> Any:
        if not isinstance(a, np.ndarray) and not isinstance(b, np.ndarray):
            return pick(a, b)
        found = both(a, b)
        return (
            found.astype(np.float64)
            if getattr(a, "dtype", getattr(b, "dtype", None)) == np.float64
            else found
        )

    return of


def _of_two(a: Any, b: Any, larger: bool) -> Any:
    # Of balls that overlap neither is known to be the larger one: the ball method gives both.
    method = getattr(a, "max" if larger else "min", None)
    if method is not None and type(a) is type(b) and not isinstance(a, np.generic):
        return method(b)
    return (a if a >= b else b) if larger else (a if a <= b else b)


_larger = _extreme(lambda a, b: _of_two(a, b, True))
_smaller = _extreme(lambda a, b: _of_two(a, b, False))


def task_mean(weights: Any, values: Any) -> Any:
    """E over i ~ p(T), the axis kept."""
    values = np.asarray(values)
    shaped = np.asarray(weights).reshape((-1,) + (1,) * (values.ndim - 1))
    return (shaped * values).sum(0, keepdims=True)


def asked(nodes: Mapping[Node, Kind], node: Node) -> bool:
    """Whether a part is a number that the problem is asked for."""
    kind = nodes[node]
    call = node.kind == "call" and (node.value in ("norm", "E") or node.value in OF_A_POINT)
    return kind.problem and not kind.vector and not kind.batch and call


def _wanted(nodes: Mapping[Node, Kind], side: Node) -> Iterator[Node]:
    if asked(nodes, side):
        yield side
        return
    for part in side.parts:
        yield from _wanted(nodes, part)


def scalars(nodes: Mapping[Node, Kind], side: Node, s: PreparedSetting, split_case: bool) -> Scalars:
    """The numbers that a side names of the problem, asked once."""
    problem = _Problem(s, split_case)
    found = {node: problem.number(node) for node in _wanted(nodes, side)}
    return Scalars(found, lift(s.family.task_weights, problem.field))


def random_scalars(nodes: Mapping[Node, Kind], side: Node, rng: np.random.Generator) -> Scalars:
    """Positive numbers in their place, of two tasks where they are of a task."""
    shapes = {node: (2 if nodes[node].task else 1, 1, 1) for node in _wanted(nodes, side)}
    found = {node: 10 ** rng.uniform(-2, 2, shape) for node, shape in shapes.items()}
    return Scalars(found, np.array([0.5, 0.5]))


def value(side: Node, found: Scalars, c: Constants, p: Parameters) -> Any:
    """A side, of constants, parameters and what the problem gave."""
    names = _names(c, p)

    def number(node: Node) -> Any:
        if node in found.values:
            return found.values[node]
        return names(str(node.value)) if node.kind == "name" else None

    return evaluate(side, number, found.task_weights, p.alpha)


def _names(c: Constants, p: Parameters) -> Callable[[str], Any]:
    def of(name: str) -> Any:
        if name in CONSTANTS:
            return getattr(c, name)
        return 1 + p.alpha * c.L if name == "q" else getattr(p, name)

    return of


class _Problem:
    """A setting, asked for vectors and for the numbers made of them."""

    def __init__(self, s: PreparedSetting, split_case: bool) -> None:
        self.s, self.role = s, split if split_case else population
        self.field = "root_sum" if s.field == "exact" else s.field
        lifted = Constants(*(None if v is None else lift(v, s.field) for v in s.constants))
        names = ("alpha", *Parameters._fields[3:])
        alpha, *sizes = (lift(getattr(s, name), s.field) for name in names)
        steps = np.arange(s.steps + 1)
        j = steps.astype(np.float64 if s.field == "float" else object).reshape(1, 1, -1, 1)
        self.names = _names(lifted, Parameters(alpha, s.steps, j, *sizes))

    def number(self, node: Node) -> Any:
        """A number, (tasks or 1, R, steps or 1)."""
        if node.value == "norm":
            return norm(self.vector(node.parts[0]))
        if node.value == "E":
            return self.mean(node.parts[0])[..., 0]
        losses = self.s.family.loss(
            self.s.points(str(node.parts[0].value)), self.role(self.s.family, 0).outer
        )
        if node.value == "l":
            return losses[:, :, None]
        roles = self.role(self.s.family, self.s.steps)
        end = inner_path(self.s.family, self.s.points(str(node.parts[0].value)), self.alpha, roles.inner)[-1]
        return task_mean(self.s.family.task_weights, self.s.family.loss(end, roles.outer))[:, :, None]

    @property
    def alpha(self) -> Any:
        return lift(self.s.alpha, self.s.field)

    def vector(self, node: Node, given: Mapping[str, Array] | None = None) -> Any:
        """A vector, (tasks or 1, R, steps or 1, d); ``given`` are paths that batches have made."""

        def number(part: Node) -> Any:
            if part.kind == "name" and part.value in ("w", "u"):
                return self.s.points(str(part.value))[:1, :, None]
            if part.kind == "name":
                return self.names(str(part.value))
            if part.kind == "call" and part.value in OF_A_POINT:
                return self.of_a_point(part, given)
            if part.kind == "call" and part.value == "norm":
                return np.asarray(norm(self.vector(part.parts[0], given)))[..., None]
            if part.kind == "call" and part.value == "E":
                return self.mean(part.parts[0])
            return None

        return evaluate(node, number, self.s.family.task_weights, self.alpha)

    def of_a_point(self, node: Node, given: Mapping[str, Array] | None) -> Any:
        s, name, which = self.s, str(node.value), str(node.parts[0].value)
        family, w = s.family, s.points(which)
        if name in ("dl", "dlS", "dlT"):
            weights = {"dl": family.probabilities, "dlS": family.support, "dlT": family.query}[name]
            return family.grad(w, weights[:, None, :])[:, :, None]
        if name == "dL":
            return task_mean(
                family.task_weights, estimator(family, w, self.alpha, self.role(family, s.steps))
            )[:, :, None]
        if name in ("l", "meta"):
            return np.asarray(self.number(node))[..., None]
        if name == "path":
            found = np.stack(inner_path(family, w, self.alpha, self.role(family, s.steps).inner), axis=2)
        elif given is None:
            raise ValueError(f"{name} outside of E; rule: E(...) of it")
        else:
            found = given[which]
        step = node.parts[1]
        if step.value == "j":
            return found
        j = s.steps if step.value == "N" else int(step.value)
        if j > s.steps:
            raise ValueError(f"step {j} of a path of N = {s.steps}; rule: at most N")
        return found[:, :, j : j + 1]

    def mean(self, inside: Node) -> Any:
        """E of a part over the batches, (tasks, R, steps or 1, d, or 1 for a number)."""
        s, sizes = self.s, (self.s.S, self.s.D, self.s.T)
        if inside.kind == "call" and inside.value == "G":
            w = s.points(str(inside.parts[0].value))
            return mean_estimator(s.family, w, self.alpha, s.steps, s.S)[:, :, None]
        if (which := _squared_norm_of_G(inside)) is not None:
            found = second_moment_estimator(s.family, s.points(which), self.alpha, s.steps, *sizes)
            return found[:, :, None, None]
        starts = {which: s.points(which) for which in ("w", "u")}
        total: Any = 0
        for chance, given in _paths(s.family, starts, self.alpha, s.steps, s.S):
            total = total + chance.reshape(-1, 1, 1, 1) * np.asarray(self.vector(inside, given))
        return total


def _squared_norm_of_G(node: Node) -> str | None:
    if node.kind == "**" and node.parts[1].value == 2 and node.parts[0].value == "norm":
        inner = node.parts[0].parts[0]
        if inner.kind == "call" and inner.value == "G":
            return str(inner.parts[0].value)
    return None


def _paths(
    family: Family, starts: Mapping[str, Array], alpha: Any, N: int, S: Any
) -> Iterator[tuple[Array, dict[str, Array]]]:
    """Every outcome of N inner batches: its probability (tasks,), and its paths (tasks, R, N + 1, d)."""
    weights, chances = outcomes(family.probabilities, S)
    for index in product(range(weights.shape[1]), repeat=N):
        chance = math.prod((chances[:, i] for i in index), start=chances[:, 0] * 0 + 1)
        batches = [weights[:, i : i + 1] for i in index]
        ends = {which: np.stack(inner_path(family, w, alpha, batches), axis=2) for which, w in starts.items()}
        yield chance, ends
