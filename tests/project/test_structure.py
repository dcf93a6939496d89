"""Nothing is forgotten in silence."""

import json
import subprocess
import sys

import pytest

from maml_verify import statements
from maml_verify.checks.witness import shipped
from maml_verify.claims import CLAIMS, find_claim
from maml_verify.commands.list import REGISTRY
from maml_verify.commands.registry import registry


def test_the_list_is_up_to_date():
    stored = json.loads(REGISTRY.read_text(encoding="utf-8"))
    assert stored == registry(), "run python -m maml_verify.commands.registry"


@pytest.mark.parametrize(
    "statement",
    ["import maml_verify.theory.constants", "from maml_verify.__main__ import main; main(['list'])"],
)
def test_heavy_libraries_stay_out_of(statement):
    heavy = "{'scipy', 'sympy', 'matplotlib', 'joblib', 'multiprocessing', 'numpy.random', 'sqlite3'}"
    code = f"import sys; {statement}; print({heavy} & set(sys.modules), file=sys.stderr)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stderr.strip() == "set()"


def test_the_registry_is_in_the_papers_order():
    order = [
        "meta-smoothness", "path-first-moment", "path-second-moment", "estimator-bias",
        "estimator-second-moment", "resampling-rate", "resampling-complexity",
        "finite-sum-meta-smoothness", "finite-sum-second-moment", "finite-sum-rate",
        "finite-sum-complexity", "path-stability", "path-gradient", "product-deviation",
        "task-gradient-gap", "mean-gradient", "stepsize-moments", "support-path-gradient",
        "finite-sum-gradient-gap", "finite-sum-mean-gradient", "finite-sum-stepsize-moments",
    ]  # fmt: skip
    found = [claim.id for claim in CLAIMS]
    assert found == [name for name in order if name in found]
    assert len(found) == len(set(found)) >= 15


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda c: c.id)
def test_a_claim_is_complete(claim):
    assert set(claim.editions) == set(claim.expected) == set(claim.assumptions)
    assert find_claim(claim.id) is claim
    assert claim.id.replace("-", "_") in statements.__all__


@pytest.mark.parametrize(
    ("claim", "edition"),
    [(c, e) for c in CLAIMS for e, verdict in c.expected.items() if verdict == "violated"],
    ids=lambda value: getattr(value, "id", value),
)
def test_a_statement_registered_as_violated_has_a_witness(claim, edition):
    assert shipped(claim.id, edition) is not None
