"""The checks of a family as tests of pytest, one each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, final

from maml_verify.checks.family import check_families, check_names
from problems.family import Family, checked_family
from problems.known import Known

__all__ = ["parametrize_with_checks"]


@final
@dataclass(frozen=True)
class _Check:
    """One check: called with a family it raises what fails, and skips what can't be tested."""

    name: str
    constants: Known | None
    expected_failures: Mapping[str, str]
    seconds: float
    rng: int

    def __call__(self, family: Family) -> None:
        import pytest

        given = (self.constants, self.expected_failures, self.seconds, self.rng)
        (result,) = check_families(family, *given, only=[self.name])
        if result.status == "skipped":
            pytest.skip(result.why)
        if result.status == "expected":
            pytest.xfail(result.why)
        if result.status == "failed":
            raise AssertionError(
                f"{family.name}: {self.name}: {result.why}; counterexample: {result.counterexample}"
            )


def parametrize_with_checks(
    families: Iterable[Family],
    *,
    constants: Known | None = None,
    expected_failures: Mapping[str, str] | None = None,
    seconds: float = 30,
    rng: int = 0,
) -> Callable[..., Any]:
    """A decorator that makes of one test a test for each family and check, such as ``softmax-hvp``.

    Parameters
    ----------
    families : of `problems.Family`
    constants : `problems.claimed` ones, for those that a family does not tell itself
    expected_failures : id of a check -> reason; its test is one that is expected to fail
    seconds : time of a test
    rng : seed

    Returns
    -------
    decorator
        Of a function ``test(family, check)`` that calls ``check(family)``.

    Raises
    ------
    TypeError, ValueError
        If there is no family, or one that is none.
    ImportError
        Without pytest.

    Examples
    --------
    >>> from maml_verify import parametrize_with_checks
    >>> from problems import cosine
    >>> @parametrize_with_checks([cosine(rng=0)])
    ... def test_a_family_is_what_it_says(family, check):
    ...     check(family)
    """
    import pytest

    given = [checked_family(family) for family in families]
    if not given:
        raise ValueError("families = []; rule: at least one")
    options = (constants, dict(expected_failures or {}), seconds, rng)
    pairs = [
        pytest.param(family, _Check(name, *options), id=f"{family.name}-{name}")
        for family in given
        for name in check_names()
    ]
    return pytest.mark.parametrize(("family", "check"), pairs)
