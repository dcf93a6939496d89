"""Imports run one way, and nothing is forgotten in silence."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from maml_verify import statements
from maml_verify.checks.witness import shipped
from maml_verify.claims import CLAIMS, find_claim
from maml_verify.commands.list import REGISTRY
from maml_verify.commands.registry import registry

ROOT = Path(__file__).parents[2]
FORMULAS = ("constants", "bounds", "derived", "corollaries", "derived_corollaries", "sharp", "record")
PURE = {f"maml_verify.{name}" for name in FORMULAS}
# Shared with the ledger: the precision of Arb, which all threads have in common.
SHARED = {"maml_verify.arithmetic.precision"}
OURS = {"problems", "maml_verify", "proofs_check"}


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module in OURS:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return {name for name in found if name.split(".")[0] in OURS}


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def test_the_list_is_up_to_date():
    stored = json.loads(REGISTRY.read_text(encoding="utf-8"))
    assert stored == registry(), "run python -m maml_verify.commands.registry"


@pytest.mark.parametrize("path", modules("problems"), ids=lambda p: p.name)
def test_problems_imports_nothing_else_of_ours(path):
    assert all(name.split(".")[0] == "problems" for name in imports(path))


@pytest.mark.parametrize("path", modules("proofs_check"), ids=lambda p: p.name)
def test_proofs_check_imports_the_formulas_only(path):
    allowed = {name for name in imports(path) if name.split(".")[0] == "proofs_check"} | PURE | SHARED
    assert imports(path) <= allowed


@pytest.mark.parametrize("name", FORMULAS)
def test_the_formulas_import_only_one_another(name):
    assert imports(ROOT / "maml_verify" / f"{name}.py") <= PURE


READERS = [path for path in modules("maml_verify") if path.stem in ("tables", "plots", "rows")]


@pytest.mark.parametrize("path", READERS, ids=lambda p: p.name)
def test_tables_and_plots_read_records_only(path):
    assert imports(path) <= {"maml_verify.record", "maml_verify.reports.rows", "maml_verify.reports.escape"}


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
