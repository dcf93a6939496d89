"""What a caller sees: names, signatures, types and helps."""

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import maml_verify
from maml_verify import statements
from maml_verify.claims import CLAIMS

ROOT = Path(__file__).parents[2]

CALLER = """\
from fractions import Fraction

from maml_verify import CLAIMS, Claim, Record, Setting, __version__, check, find_claim, replay, setting
from maml_verify import statements
from problems import FAMILIES, Constant, Known, Ridge, cosine, resampling_constants, ridge

family: Ridge = ridge("cosine", features=[[[1.0, 0.5]], [[1.0, 0.5]]], offsets=[[0.0], [0.3]])
record: Record = check("meta-smoothness", family, alpha_L=Fraction(1, 20), steps=3, S=2, budget=10)
named: Record = statements.estimator_bias(cosine(), alpha_L=0.1, steps=3, rng=1)
again: Record = check(record.claim, family, **record.arguments())
claim: Claim = find_claim("path-stability")
place: Setting = setting(family, alpha=0.1, steps=2)
known: Known = resampling_constants(family)
L: Constant = known.L
verdicts: list[str] = [one.id for one in CLAIMS] + [__version__, record.verdict, record.command()]
stored: Record = replay("path-second-moment-printed.json")
reveal_type(check)
reveal_type(statements.path_stability)
check("meta-smoothness", family, alpha_L=1, steps=3, foo=1)  # type: ignore[call-arg]
statements.path_stability(family, alpha_L=1, steps=3, budget="many")  # type: ignore[arg-type]
"""


def test_a_strict_caller_sees_types(tmp_path):
    pytest.importorskip("mypy")
    (tmp_path / "caller.py").write_text(CALLER)
    command = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "--config-file="]
    command += [
        "--cache-dir",
        str(ROOT / ".mypy_cache" / "caller"),
        "--warn-unused-ignores",
        str(tmp_path / "caller.py"),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    said = done.stdout
    assert "Success: no issues found" in said, said
    revealed = re.findall(r"Revealed type is (.*)", said)
    assert len(revealed) == 2
    for kind in revealed:
        assert "edition: str" in kind
        assert kind.rstrip("\"'").endswith("-> maml_verify.record.Record")
    assert "claim: str | maml_verify.claims.base.Claim" in revealed[0].replace("builtins.", "")
    assert "claim:" not in revealed[1].partition("->")[0]


def test_dir_shows_every_public_name():
    assert set(maml_verify.__all__) <= set(dir(maml_verify))
    assert {"check", "setting", "replay", "Record", "CLAIMS", "__version__"} <= set(dir(maml_verify))
    for name in maml_verify.__all__:
        assert getattr(maml_verify, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'chek'"):
        maml_verify.chek  # noqa: B018


def test_a_star_import_brings_the_names_that_are_promised():
    space = {}
    exec("from maml_verify import *", space)
    assert set(maml_verify.__all__) <= space.keys()


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_a_statement_helps_with_what_it_states(claim):
    function = getattr(statements, claim.name)
    text = inspect.getdoc(function)
    assert text.startswith(f"{claim.paper}: {claim.text}")
    assert f"Editions: {', '.join(claim.editions)}." in text
    assert function.__name__ == claim.name
    own, general = inspect.signature(function), inspect.signature(maml_verify.check)
    assert list(own.parameters) == list(general.parameters)[1:]
    # Every argument is in the help.
    parameters = text.partition("Parameters")[2]
    assert all(re.search(rf"(?m)^(.*, )?{name}[ ,].*:", parameters) for name in own.parameters)


def test_check_names_every_argument_of_a_setting():
    of_setting = set(inspect.signature(maml_verify.setting).parameters)
    of_check = set(inspect.signature(maml_verify.check).parameters)
    assert of_setting <= of_check
    kinds = {p.kind for p in inspect.signature(maml_verify.check).parameters.values()}
    assert inspect.Parameter.VAR_KEYWORD not in kinds
