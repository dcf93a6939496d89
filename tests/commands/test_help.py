"""Every default that a help names is the one that is used."""

import argparse
import importlib
import os
import re

import pytest

from maml_verify import claims
from maml_verify.__main__ import COMMANDS, main
from maml_verify.claims import CLAIMS
from maml_verify.commands import run, sample, table
from maml_verify.commands.console import data
from maml_verify.commands.console import options as common
from maml_verify.execution import workers
from maml_verify.reports import tables
from maml_verify.settings import REPLICATES
from maml_verify.studies import sweep
from maml_verify.studies.grid import STEPS
from maml_verify.studies.random_checks import PROVED
from problems import FAMILIES
from problems.ridge_sums.named import COLUMNS

# Defaults in words, by what is stored for them; what each does is tested below or in the command's own tests.
WORDS = {
    None: {
        "all", "one drawn by --rng", "1, or as the statement's conditions say", "drawn by --rng", "logistic",
        "that of --rng", "1/(8NL)", "printed; of the one-step paper, reported",
        "by the theorem", "ones", "searched over", "all others", "the larger one",
        ",", ".",
        f"{REPLICATES}, or as many as take seconds",
        "derived, and sharp for a statement that has none", "standard output", "all cores", "1, 2 and 5",
        "those that the bound names", "conjecture",
    },
    (): {"all", "cubic", "cosine"},
}  # fmt: skip


def options(name, module):
    parser = argparse.ArgumentParser()
    importlib.import_module(f"maml_verify.commands.{module}").add(parser)
    return parser._actions[1:]


ACTIONS = [(name, action) for name, module, _ in COMMANDS for action in options(name, module)]


@pytest.mark.parametrize(("name", "action"), ACTIONS, ids=[f"{n}-{a.dest}" for n, a in ACTIONS])
def test_a_default_is_the_one_that_the_help_names(name, action):
    named = re.findall(r"default(?::| is)? *(.*)", action.help or "")
    default = tuple(action.default) if isinstance(action.default, list) else action.default
    if default is None or default == ():
        assert set(named) <= WORDS[default]
    elif default is not False:
        assert action.help.count("default") == 1
        assert [type(default)(text) for text in named] == [default]


@pytest.mark.parametrize("name", [name for name, _, _ in COMMANDS])
def test_the_shared_options_name_their_defaults(name, capsys):
    with pytest.raises(SystemExit) as exit_:
        main([name, "--help"])
    shown = " ".join(capsys.readouterr().out.split())
    assert exit_.value.code == 0
    usual = "html" if name == "report" else tables.FORMATS[0]
    assert f"default: {usual} --output" in shown
    assert "seed, default: 0" in shown
    assert "worker processes, default: all cores" in shown


def test_words_say_what_is_done(monkeypatch):
    parser = argparse.ArgumentParser()
    table.add(parser)
    given = parser.parse_args([])
    # No family and no statement named: all of them; no steps: those of the grid.
    assert common.families(given) == []
    cells = sweep.cells()
    assert {cell.claim for cell in cells} == {claim.id for claim in CLAIMS if "printed" in claim.editions}
    assert {cell.column for cell in cells} == set(COLUMNS)
    assert {cell.steps for cell in cells} == {STEPS}
    assert data.LINKS[0] == "logistic"
    processes = []
    monkeypatch.setattr(workers, "count", lambda name, value: processes.append(value) or 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    assert list(workers.each(abs, [(-1,), (2,)])) == [1, 2]
    assert processes == [3]


def run_defaults(*words):
    parser = argparse.ArgumentParser()
    run.add(parser)
    parser.add_argument("--rng", default=0)
    given = parser.parse_args(["algorithm-1", *words])
    family = FAMILIES["cubic"](rng=0)
    return run._algorithm(given, family)[0], family


def test_the_defaults_of_a_run_are_those_of_the_theorem():
    s, family = run_defaults("--steps", "2")
    L = claims.find_claim("resampling-rate").known(family).L.value
    assert s.alpha * L == 1 / 16
    assert s.w[0].tolist() == [1.0] * family.d
    assert s.C_beta == 100
    assert min(s.S, s.B) > 1


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_every_statement_can_be_sampled_by_its_id_alone(claim, monkeypatch, capsys):
    parser = argparse.ArgumentParser()
    sample.add(parser)
    assert parser.parse_args([claim.id]).checks == 100_000
    edition = next(edition for edition in PROVED if edition in claim.editions)
    # The default is 100,000 comparisons: here few are enough.
    assert main(["sample", claim.id, "--checks", "1", "--jobs", "1"]) == 0
    out = capsys.readouterr().out
    assert edition in out
    assert " checked (" in out
