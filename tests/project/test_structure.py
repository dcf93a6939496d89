"""Nothing is forgotten in silence."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from maml_verify import claims, statements
from maml_verify.checks.witness import shipped
from maml_verify.claims import CLAIMS, find_claim
from maml_verify.commands.list import REGISTRY
from maml_verify.commands.registry import STATEMENTS, functions, registry


def test_the_list_is_up_to_date():
    stored = json.loads(REGISTRY.read_text(encoding="utf-8"))
    assert stored == registry(), "run python -m maml_verify.commands.registry"
    assert STATEMENTS.read_text(encoding="utf-8") == functions(), (
        "run python -m maml_verify.commands.registry"
    )


@pytest.mark.parametrize(
    "statement",
    ["import maml_verify.theory.coefficients", "from maml_verify.__main__ import main; main(['list'])"],
)
def test_heavy_libraries_stay_out_of(statement):
    heavy = "{'scipy', 'sympy', 'matplotlib', 'joblib', 'multiprocessing', 'numpy.random', 'sqlite3'}"
    code = f"import sys; {statement}; print({heavy} & set(sys.modules), file=sys.stderr)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stderr.strip() == "set()"


def test_the_registry_is_in_the_papers_order():
    places = [int(number[0]) for claim in CLAIMS if (number := re.findall(r"\d+$", claim.paper))]
    assert places == sorted(places)
    assert set(places) == set(range(1, 21)), "the paper's results are numbered 1 to 20"
    assert len({claim.id for claim in CLAIMS}) == len(CLAIMS)


def test_every_file_of_a_statement_is_registered():
    folder = Path(claims.__file__).parent
    files = {
        ".".join(path.relative_to(folder).with_suffix("").parts)
        for path in folder.rglob("*.py")
        if "CLAIM = Claim(" in path.read_text(encoding="utf-8")
    }
    assert files == set(claims.FILES), "one line in maml_verify/claims/__init__.py"


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda c: c.id)
def test_a_claim_is_complete(claim):
    assert set(claim.editions) == set(claim.expected) == set(claim.assumptions)
    assert find_claim(claim.id) is claim
    assert claim.name in statements.__all__


@pytest.mark.parametrize(
    ("claim", "edition"),
    [(c, e) for c in CLAIMS for e, verdict in c.expected.items() if verdict == "violated"],
    ids=lambda value: getattr(value, "id", value),
)
def test_a_statement_registered_as_violated_has_a_witness(claim, edition):
    command = f"python -m maml_verify search {claim.id} --edition {edition} --witnesses maml_verify/witnesses"
    assert shipped(claim.id, edition) is not None, f"run {command}"
