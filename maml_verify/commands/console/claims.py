"""``--claims FILE.py``: claims of the user's, known while a command runs.  It imports little."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from maml_verify.claims import Claim

__all__ = ["added", "own_rows", "statement_row"]


@contextmanager
def added(files: Sequence[str]) -> Iterator[None]:
    """A block in which the claims of the files are known.

    Raises
    ------
    ValueError
        Where a file can't be run, has no claim, or one whose id another claim has.
    """
    if not files:
        yield
        return
    from maml_verify.claims import add_claims_of  # late: it brings NumPy
    from maml_verify.claims.own import for_now

    with for_now():
        for file in files:
            add_claims_of(file)
        yield


def own_rows(given: bool) -> list[dict[str, Any]]:
    """The claims that are not of the paper, as the registry has its own.

    Parameters
    ----------
    given : whether files were; without, and without an installed package that names some, there are none
    """
    from importlib import metadata

    if not given and not metadata.entry_points(group="maml_verify.claims"):
        return []
    from maml_verify.claims.own import own_claims  # late: it brings NumPy

    return [statement_row(claim) for claim in own_claims()]


def statement_row(claim: Claim) -> dict[str, Any]:
    """What the list says of a claim."""
    return {
        "claim": claim.id,
        "paper": claim.paper,
        "editions": list(claim.editions),
        "text": claim.text,
        "attained": claim.attained,
        "beyond": claim.beyond,
    }
