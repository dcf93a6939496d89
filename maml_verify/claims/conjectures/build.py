"""A bound typed in as text, as a claim: ``conjecture("norm(dL(w)) <= E_i(norm(dl(w)))")``."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from maml_verify.arithmetic.domains import lift
from maml_verify.claims.base import Assumption, Claim
from maml_verify.claims.conjectures.grammar import Node, parse, refuse
from maml_verify.claims.conjectures.kinds import CONSTANTS, FINITE_SUM, RESAMPLING, Kind, kinds
from maml_verify.claims.conjectures.values import Scalars, scalars, value
from maml_verify.left_sides.enumerated import cost
from maml_verify.settings import Setting
from maml_verify.theory.symbols import Constants, Parameters
from problems import finite_sum_constants, resampling_constants
from problems.arrays import Array

__all__ = ["conjecture"]

IDENTIFIER = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)?")


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
    tree = parse(text)
    if tree.kind not in ("<=", ">="):
        refuse(text, tree.at, f"a bound with {tree.kind}; rule: LEFT <= RIGHT")
    of = kinds(text, tree)
    left, right = tree.parts if tree.kind == "<=" else tree.parts[::-1]
    words = {str(node.value) for node in of if node.kind in ("name", "call")}
    split = bool(words & FINITE_SUM)
    if split and words & RESAMPLING:
        one, other = min(words & FINITE_SUM), min(words & RESAMPLING)
        raise ValueError(
            f"{one} is of the finite-sum case, {other} of the resampling case; rule: of one of them"
        )
    name = "conjecture" if id is None else id
    if not isinstance(name, str) or not IDENTIFIER.fullmatch(name):
        raise ValueError(f"id = {id!r}; rule: small letters, digits and hyphens, such as my-bound")
    sides = of[left], of[right]
    over = "task-step" if any(k.step for k in sides) else "task" if any(k.task for k in sides) else ""

    def measure(s: Setting) -> Array:
        c, p = _at(s)
        return _shaped(value(left, scalars(of, left, s, split), c, p), over, s)

    def observe(s: Setting) -> Any:
        return scalars(of, right, s, split)

    def bound(c: Constants, p: Parameters, o: Any) -> Any:
        found = value(right, o, c, p)
        if isinstance(found, np.ndarray) and found.ndim == 3:
            found = found[:, :, 0] if over == "task" else found[0, :, 0] if over == "" else found
        return found

    random = {"sgd", "G"} & words
    needed = tuple(needs) if needs is not None else tuple(sorted({"L"} | (words & CONSTANTS.keys())))
    for one in needed:
        if one not in CONSTANTS:
            raise ValueError(f"needs = {one!r}; rule: one of {', '.join(CONSTANTS)}")
    return Claim(
        id=name,
        paper="conjecture",
        text=" ".join(text.split()),
        over=over,
        measure=measure,
        observe=observe,
        editions={"printed": bound},
        known=finite_sum_constants if split else resampling_constants,
        needs=needed,
        expected={},
        assumptions={"printed": tuple(map(_condition, where))},
        paths=(lambda s: cost(s.family, s.steps, s.S)) if random else None,
        pairs="u" in words,
        alone=not _means_over_tasks(of),
        units=_units(of[left], of[right]),
    )


def _at(s: Setting) -> tuple[Constants, Parameters]:
    """Constants and parameters of a setting, where roots have a value."""
    field = "surd" if s.field == "exact" else s.field
    given = s.constants or Constants(None)
    c = Constants(*(None if v is None else lift(v, field) for v in given))
    alpha, *sizes = (lift(getattr(s, name), field) for name in ("alpha", *Parameters._fields[3:]))
    steps = np.arange(s.steps + 1)
    return c, Parameters(alpha, s.steps, steps if s.field == "float" else steps.astype(object), *sizes)


def _shaped(found: Any, over: str, s: Setting) -> Array:
    """A side with the axes that `Claim.over` says."""
    dtype = np.float64 if s.field == "float" else object
    whole = np.empty((s.family.tasks, len(s.w), s.steps + 1), dtype=dtype)
    whole[...] = found
    return whole if over == "task-step" else whole[:, :, 0] if over == "task" else whole[0, :, 0]


def _condition(text: str) -> Assumption:
    """A condition, which holds where its margin is positive."""
    tree = parse(text)
    of = kinds(text, tree)
    for node, kind in of.items():
        if kind.problem or kind.step:
            refuse(text, node.at, f"{node} in a condition; rule: of constants, sizes and numbers")
    holds = COMPARE[tree.kind]

    def margin(c: Constants, p: Parameters) -> Any:
        left, right = (value(part, Scalars(), c, p) for part in tree.parts)
        return int(bool(holds(left, right)))

    return Assumption(text, margin)


COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<=": operator.le, "<": operator.lt, "==": operator.eq, ">=": operator.ge, ">": operator.gt,
}  # fmt: skip


def _means_over_tasks(of: dict[Node, Kind]) -> bool:
    return any(node.kind == "call" and node.value in ("E_i", "max_i", "dL", "meta") for node in of)


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
