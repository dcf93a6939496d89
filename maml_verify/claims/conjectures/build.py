"""A bound typed in as text, as a claim: ``conjecture("norm(dL(w)) <= E_i(norm(dl(w)))")``."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from maml_verify.arithmetic.domains import lift
from maml_verify.claims.base import Assumption, Claim
from maml_verify.claims.conjectures.errors import wrong_sides
from maml_verify.claims.conjectures.grammar import Node, parse, refuse
from maml_verify.claims.conjectures.kinds import CONSTANTS, FINITE_SUM, RESAMPLING, Kind, kinds
from maml_verify.claims.conjectures.values import Scalars, asked, random_scalars, scalars, value
from maml_verify.claims.index import Over
from maml_verify.claims.own import ID, UNNAMED
from maml_verify.left_sides.enumerated import cost
from maml_verify.settings import PreparedSetting, Setting
from maml_verify.theory.symbols import Bound, Constants, Parameters
from problems import finite_sum_constants, resampling_constants
from problems.arrays import Array

__all__ = ["conjecture"]


def conjecture(
    text: str, *, where: Sequence[str] = (), needs: Sequence[str] | None = None, id: str | None = None
) -> Claim:
    """A claim from the text of a bound.

    Parameters
    ----------
    text : ``LEFT <= RIGHT``
        Names: the constants L, rho, sigma, sigma_g, sigma_H, b; alpha, N, j, the batch sizes S, D, T, B, and
        q = 1 + alpha*L; the points w and u.  Of a point: ``dl(w)`` = grad l_i, ``dlS(w)`` and ``dlT(w)`` of
        the support and query sets, ``l(w)``, ``dL(w)`` = grad of the meta objective, ``meta(w)``, its value,
        ``path(w, j)``, ``sgd(w, j)`` the sampled path, ``G(w)`` the sampled meta gradient.  Functions:
        ``norm``, ``E`` (over batches), ``E_i`` (over tasks), ``max_i``, ``sqrt``, ``min``, ``max``, and
        ``+ - * / **``.  A part that is of a task or a step is meant for every task and every j = 0..N.
        With dlS, dlT or b it is of the finite-sum case.
    where : conditions on constants and parameters, such as ``"alpha*L <= 1"``
    needs : constants that must be finite, default those that the text names, and L
    id : default ``conjecture``

    Returns
    -------
    Claim

    Raises
    ------
    TypeError, ValueError
        Where the text has no meaning, with a caret at the place.

    Examples
    --------
    >>> from maml_verify import check, conjecture
    >>> bound = conjecture("norm(dL(w) - dL(u)) <= (1 + alpha*L)**(2*N) * L * norm(w - u)")
    >>> check(bound, "quadratic", alpha_L=0.1, steps=2).verdict
    'holds'
    """
    bound = _read(text)
    of, words = bound.kinds, bound.words
    where = list(dict.fromkeys([*where, *bound.longest()]))
    conditions = [parse(one) for one in where]
    named = words | {str(node.value) for one in conditions for node in _names(one)}
    needed = tuple(needs) if needs is not None else tuple(sorted({"L"} | (named & CONSTANTS.keys())))
    for one in needed:
        if one not in CONSTANTS:
            raise ValueError(f"needs = {one!r}; rule: one of {', '.join(CONSTANTS)}")
    return Claim(
        id=UNNAMED if id is None else _identifier(id),
        paper="conjecture",
        text=" ".join(text.split()),
        over=bound.over,
        unit="any",
        measure=bound.measure,
        observe=lambda s: scalars(of, bound.right, s, bound.split),  # type: ignore[arg-type, return-value]
        editions={"printed": bound.of(bound.right)},
        known=finite_sum_constants if bound.split else resampling_constants,
        needs=needed,
        assumptions={
            "printed": tuple(_condition(one, tree) for one, tree in zip(where, conditions, strict=True))
        },
        paths=_paths if {"sgd", "G"} & words else None,
        pairs="u" in words,
        units=_units(of[bound.left], of[bound.right]),
        errors={name: bound.of(wrong) for name, wrong in bound.wrong().items()},
        observed_at_random=lambda rng: random_scalars(of, bound.right, rng),
        typed={"text": " ".join(text.split()), "where": list(where), "needs": list(needed)},
    )


def _identifier(id: str) -> str:
    if not isinstance(id, str) or not ID.fullmatch(id):
        raise ValueError(f"id = {id!r}; rule: small letters, digits and hyphens, such as my-bound")
    return id


@dataclass(frozen=True)
class _Typed:
    """A bound that was read: its sides, and what their parts are.

    Attributes
    ----------
    split : whether it is of the finite-sum case
    """

    left: Node
    right: Node
    kinds: Mapping[Node, Kind]
    split: bool

    @property
    def words(self) -> set[str]:
        """The names in it."""
        return {str(node.value) for node in self.kinds if node.kind in ("name", "call")}

    @property
    def over(self) -> Over:
        """What it is meant for, besides points."""
        sides = self.kinds[self.left], self.kinds[self.right]
        return "task-step" if any(k.step for k in sides) else "task" if any(k.task for k in sides) else ""

    def longest(self) -> list[str]:
        """The condition that a step which is named, such as 2 in ``path(w, 2)``, is one of the path."""
        calls = [node for node in self.kinds if node.kind == "call" and node.value in ("path", "sgd")]
        steps = [call.parts[1].value for call in calls if call.parts[1].kind == "number"]
        last = max((int(step) for step in steps), default=0)
        return [f"N >= {last}"] if last else []

    def measure(self, s: PreparedSetting) -> Array:
        """The left side."""
        if {"sgd", "G"} & self.words and s.field == "float" and _paths(s) > s.budget:
            rule = f"rule: at most budget = {s.budget} paths, as E is enumerated"
            raise ValueError(f"steps = {s.steps}, S = {s.S}: {_paths(s)} paths; {rule}")
        c, p = _at(s)
        found = value(self.left, scalars(self.kinds, self.left, s, self.split), c, p)
        whole = np.empty(
            (s.family.tasks, len(s.w), s.steps + 1), dtype=np.float64 if s.field == "float" else object
        )
        whole[...] = found
        return np.asarray(self._reduced(whole))

    def of(self, side: Node) -> Bound:
        """A side as the function of constants, parameters and what the problem gave."""

        def of_side(c: Constants, p: Parameters, o: Any) -> Any:
            found = value(side, o, c, p)
            return self._reduced(found) if isinstance(found, np.ndarray) and found.ndim == 3 else found

        return of_side

    def wrong(self) -> dict[str, Node]:
        """Right sides that are wrong by a part."""
        return wrong_sides(self.right, lambda node: asked(self.kinds, node))

    def _reduced(self, found: Array) -> Array:
        """Of axes for tasks, points and steps those that `Claim.over` says."""
        return found[:, :, 0] if self.over == "task" else found[0, :, 0] if self.over == "" else found


def _paths(s: Setting) -> int:
    return cost(s.family, s.steps, s.S)


def _read(text: str) -> _Typed:
    tree = parse(text)
    if tree.kind not in ("<=", ">="):
        refuse(text, tree.at, f"a bound with {tree.kind}; rule: LEFT <= RIGHT")
    of = kinds(text, tree)
    left, right = tree.parts if tree.kind == "<=" else tree.parts[::-1]
    named = sorted(_names(tree), key=lambda node: node.at)
    split = next((node for node in named if node.value in FINITE_SUM), None)
    other = next((node for node in named if node.value in RESAMPLING), None)
    if split and other:
        why = f"{split.value} is of the finite-sum case, {other.value} of the resampling case"
        refuse(text, max(split.at, other.at), f"{why}; rule: of one of them")
    return _Typed(left, right, of, split is not None)


def _names(node: Node) -> Iterator[Node]:
    if node.kind in ("name", "call"):
        yield node
    for part in node.parts:
        yield from _names(part)


def _at(s: PreparedSetting) -> tuple[Constants, Parameters]:
    """Constants and parameters of a setting, where roots have a value."""
    field = "root_sum" if s.field == "exact" else s.field
    c = Constants(*(None if v is None else lift(v, field) for v in s.constants))
    alpha, *sizes = (lift(getattr(s, name), field) for name in ("alpha", *Parameters._fields[3:]))
    steps = np.arange(s.steps + 1)
    return c, Parameters(alpha, s.steps, steps if s.field == "float" else steps.astype(object), *sizes)


def _condition(text: str, tree: Node) -> Assumption:
    """A condition, which holds where its margin is positive."""
    for node, kind in kinds(text, tree).items():
        if kind.problem or kind.step:
            refuse(text, node.at, f"{node} in a condition; rule: of constants, sizes and numbers")
    holds = COMPARE[tree.kind]

    def margin(c: Constants, p: Parameters) -> Any:
        # Conditions may take roots.
        c = Constants(*(None if v is None else lift(v, "root_sum") for v in c))
        p = Parameters(*(lift(v, "root_sum") if k > 2 or k == 0 else v for k, v in enumerate(p)))
        left, right = (value(part, Scalars(), c, p) for part in tree.parts)
        return int(bool(holds(left, right)))

    return Assumption(text, margin)


COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<=": operator.le, "<": operator.lt, "==": operator.eq, ">=": operator.ge, ">": operator.gt,
}  # fmt: skip


def _units(left: Kind, right: Kind) -> str:
    """What is amiss with the units of a bound; nothing where they agree."""
    if left.unit is None or right.unit is None:
        return "a sum of unlike units"
    if left.unit != right.unit:
        return f"the left side scales as {_scale(left.unit)}, the right as {_scale(right.unit)}"
    return ""


def _scale(unit: tuple[Fraction, Fraction]) -> str:
    parts = [f"{name}^({power})" for name, power in zip("cs", unit, strict=True) if power]
    return " ".join(parts) or "1"
