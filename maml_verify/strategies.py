"""Hypothesis strategies: families with known constants, and what a statement is checked with.

``from maml_verify.strategies import families, settings_of``; hypothesis must be installed.  Everything is
built inside the assumptions; a condition that ties constants to each other is filtered.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from maml_verify.checks.case import prepare
from maml_verify.claims import Claim, find_claim
from maml_verify.claims.base import STEP_SIZE
from maml_verify.settings import Setting, setting
from maml_verify.studies.search.admissible import admissible_steps, step_range
from maml_verify.theory.conditions import range_edge
from problems import FAMILIES, Family, Ridge, plateau
from problems.arrays import Array
from problems.known import Known

try:
    from hypothesis import assume
    from hypothesis import strategies as st
except ImportError:
    raise ImportError("maml_verify.strategies needs hypothesis: pip install 'maml-verify[testing]'") from None

__all__ = ["batches", "families", "points", "register", "settings_of", "step_sizes"]

_SIZES = st.sampled_from([Fraction(0), Fraction(1, 64), Fraction(1), Fraction(8)])
_SHARES = [Fraction(1, 100), Fraction(1, 2), Fraction(999, 1000)]
_BEYOND = [Fraction(3, 2), Fraction(10)]
_STEPS = range(5)


@st.composite
def families(draw: Any, name: str | None = None) -> Ridge:
    """A family of one link: dimension, tasks, atoms, noise and its kind, differences, p(T).

    Parameters
    ----------
    name : str, optional
        One of ``problems.FAMILIES``; drawn when None.

    Returns
    -------
    strategy of Ridge
        Their constants (`problems.resampling_constants`) are exact or proved.

    Examples
    --------
    >>> from hypothesis import given
    >>> from maml_verify.strategies import families
    >>> @given(families("cubic"))
    ... def test_it_has_tasks(family):
    ...     assert family.tasks >= 1
    >>> test_it_has_tasks()
    """
    name = draw(st.sampled_from(sorted(FAMILIES))) if name is None else name
    kinds = ["additive"] if name == "quadratic" else ["additive", "hessian"]
    tasks = draw(st.integers(1, 3))
    weights = draw(st.lists(st.integers(1, 5), min_size=tasks, max_size=tasks))
    if name == "cubic-well" and draw(st.booleans()):
        return plateau(d=draw(st.integers(1, 2)), tasks=tasks, rng=draw(st.integers(0, 2**16)))
    return FAMILIES[name](
        d=draw(st.integers(1, 3)),
        tasks=tasks,
        atoms=draw(st.integers(1, 3)),
        noise=draw(_SIZES),
        spread=draw(_SIZES),
        scale=draw(st.sampled_from([Fraction(1, 4), Fraction(1), Fraction(3)])),
        features=draw(st.sampled_from(["axes", "random"])),
        noise_kind=draw(st.sampled_from(kinds)),
        task_weights=[Fraction(k, sum(weights)) for k in weights],
        rng=draw(st.integers(0, 2**16)),
    )


@st.composite
def points(draw: Any, d: int) -> Array:
    """A point (d,): multiples of 1/64 up to 4, on which exact arithmetic stays short.

    Parameters
    ----------
    d : dimension

    Returns
    -------
    strategy of array (d,)

    Examples
    --------
    >>> from maml_verify.strategies import points
    >>> points(2).validate()
    """
    return np.array(draw(st.lists(st.integers(-256, 256), min_size=d, max_size=d))) / 64


@st.composite
def step_sizes(draw: Any, claim: Claim | str, edition: str, steps: int) -> Fraction:
    """alpha L within what the conditions of a claim leave at N, its ends often among them.

    Parameters
    ----------
    claim, edition : a statement id or a claim, and which edition of its bound
    steps : N

    Returns
    -------
    strategy of Fraction

    Raises
    ------
    ValueError
        Where they leave none.

    Examples
    --------
    >>> from maml_verify.strategies import step_sizes
    >>> step_sizes("mean-gradient", "printed", 2).validate()
    """
    found = find_claim(claim) if isinstance(claim, str) else claim
    conditions = found.assumptions[edition]
    if STEP_SIZE in conditions or not conditions or found.prepare:
        shares = _SHARES + ([] if STEP_SIZE in conditions else _BEYOND)
        return draw(st.sampled_from(shares)) * range_edge(steps)
    left = step_range(found, edition, steps)
    if left is None:
        raise ValueError(f"steps = {steps}; rule: a number that the conditions of {found.id} leave")
    low, high = left
    return draw(st.sampled_from([low, high, *(low + share * (high - low) for share in _SHARES)]))


@st.composite
def batches(draw: Any, family: Family, size: int) -> Array:
    """A batch of ``size`` atoms, drawn with replacement, as weights (tasks, atoms).

    Parameters
    ----------
    family : whose atoms they are
    size : number of draws, at least 1

    Returns
    -------
    strategy of array (tasks, atoms)
        Multiples of 1/size that sum to 1; atoms of probability 0 are not drawn.

    Examples
    --------
    >>> from maml_verify.strategies import batches
    >>> from problems import quadratic
    >>> batches(quadratic(), 2).validate()
    """
    weights = np.zeros((family.tasks, family.atoms))
    for row, probabilities in zip(weights, np.asarray(family.probabilities, dtype=np.float64), strict=True):
        atoms = st.sampled_from([int(k) for k in np.flatnonzero(probabilities)])
        for atom in draw(st.lists(atoms, min_size=size, max_size=size)):
            row[atom] += 1 / size
    return weights


@st.composite
def settings_of(
    draw: Any, claim: Claim | str, edition: str = "printed", name: str | None = None
) -> tuple[Setting, Known]:
    """A setting that meets every assumption of an edition of a claim, and the constants of its family.

    Parameters
    ----------
    claim, edition : a statement id or a claim of your own, and which edition of its bound
    name : one of ``problems.FAMILIES``; drawn when None

    Returns
    -------
    strategy of (Setting, Known)
        What `maml_verify.checks.check.check_setting` takes.

    Examples
    --------
    >>> from hypothesis import given
    >>> from maml_verify.checks.check import check_setting
    >>> from maml_verify import find_claim
    >>> from maml_verify.strategies import settings_of
    >>> @given(settings_of("path-stability"))
    ... def test_it_holds(drawn):
    ...     s, known = drawn
    ...     assert check_setting(find_claim("path-stability"), s, "printed", known).verdict == "holds"
    """
    found = find_claim(claim) if isinstance(claim, str) else claim
    family = draw(families(name))
    known = found.known(family)
    left: Sequence[int] = admissible_steps(found, edition, tuple(_STEPS))
    steps = draw(st.sampled_from(left))
    alpha = draw(step_sizes(found, edition, steps)) / Fraction(known.L.value)
    w, u = draw(points(family.d)), draw(points(family.d))
    S, D, T = (draw(st.integers(1, 2)) for _ in range(3))
    s = setting(family, alpha=alpha, steps=steps, w=w, u=u, S=S, D=D, T=T)
    conditions = found.assumptions[edition]
    if conditions and not found.prepare and any(one is not STEP_SIZE for one in conditions):
        # What a condition says of constants and batch sizes.
        assume(not prepare(found, s, edition, known).unmet)
    return s, known


def register() -> None:
    """Make ``st.from_type(Family)`` draw such a family; hypothesis asks for it by its entry point."""
    st.register_type_strategy(Family, families())
    st.register_type_strategy(Ridge, families())


register()
