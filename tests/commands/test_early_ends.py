"""An error in the middle of a command: what was done before it is shown, whatever the command."""

import pytest

from maml_verify.__main__ import main
from maml_verify.checks import check
from maml_verify.commands import check as check_command
from maml_verify.commands import replay, search
from maml_verify.commands import run as run_command
from maml_verify.record import Record
from maml_verify.studies import mutate as mutating
from maml_verify.studies import random_checks
from maml_verify.studies.search.search import Found

ERRORS = {
    "KeyboardInterrupt": (KeyboardInterrupt(), 130, "interrupted: "),
    "MemoryError": (MemoryError(), 3, "maml-verify: no memory is left; rule: "),
    "RuntimeError": (RuntimeError("a\nb"), 3, "maml-verify: unexpected error, please report it"),
    "OSError": (OSError(5, "Input/output error", "x"), 3, "maml-verify: x: Input/output error"),
    "ValueError": (ValueError("x = 1; rule: 2"), 2, "maml-verify: x = 1; rule: 2"),
}


def after(calls, function, error):
    """The function, until it has been called so many times."""
    made = []

    def limited(*arguments, **options):
        made.append(arguments)
        if len(made) > calls:
            raise error
        return function(*arguments, **options)

    return limited


RECORD = Record("path-gradient", "Lemma 12", "printed", "cubic", "holds", 0.5, (1, 1), (2, 2), checked=3)
# Line, what fails, after so many calls that go well, and what is said of them.
CASES = {
    "check": (
        "check path-gradient --steps 1 --alpha-L 1/10",
        (check_command, "check"),
        2,
        "2 checks are done and shown",
    ),
    "replay": (
        "replay path-gradient-printed path-gradient-sharp path-stability-sharp",
        (replay, "replay"),
        2,
        "2 files are done and shown",
    ),
    "sample": (
        "sample path-gradient path-stability --edition printed --checks 20 --jobs 1",
        (random_checks, "sample_claim"),
        1,
        "columns of statements are done and shown",
    ),
    "mutate": (
        "mutate path-gradient --evaluations 20 --jobs 1",
        (mutating, "_trial"),
        4,
        "planted errors are done and shown",
    ),
    "search": (
        "search path-gradient --edition all --seconds 1 --jobs 1",
        (search, "search"),
        1,
        "1 editions are done and shown",
    ),
    "run": (
        "run algorithm-1 --runs 2 -K 9 --beta 0.1",
        (run_command, "constant"),
        4,
        "4 of 9 meta iterations are done and shown",
    ),
}


@pytest.mark.parametrize("kind", ERRORS)
@pytest.mark.parametrize("name", CASES)
def test_what_is_done_is_shown(name, kind, capsys, monkeypatch):
    line, (module, function), calls, said = CASES[name]
    error, code, start = ERRORS[kind]
    if name == "run":
        made = run_command.constant

        def beta(value):
            rule = made(value)
            return rule._replace(size=after(calls, rule.size, error))

        monkeypatch.setattr(run_command, "constant", beta)
    elif name == "search":
        monkeypatch.setattr(module, function, after(calls, lambda *a, **k: Found(RECORD, None, 1), error))
    else:
        monkeypatch.setattr(module, function, after(calls, getattr(module, function), error))
    assert main(line.split()) == code
    out, err = capsys.readouterr()
    (told,) = [text for text in err.splitlines() if text.startswith(start)]
    assert told.endswith(said)
    assert len(out.splitlines()) > 2


@pytest.mark.parametrize("name", [name for name in CASES if name != "run"])
def test_where_nothing_is_done_the_error_is_all(name, capsys, monkeypatch):
    line, place, _, _ = CASES[name]
    monkeypatch.setattr(*place, after(0, None, RuntimeError("planted")))
    assert main(line.split()) == 3
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)


def test_what_is_done_and_vacuous_is_no_other_exit_code(capsys, monkeypatch):
    """The error that ended the command tells its code, though there is nothing to show."""
    planted = after(1, check.check, RuntimeError("planted"))
    monkeypatch.setattr(check_command, "check", planted)
    assert main(["check", "estimator-bias", "--alpha-L", "2", "--steps", "1"]) == 3
    err = capsys.readouterr().err
    assert "planted; 1 checks are done and shown" in err
    assert "nothing was checked" in err
