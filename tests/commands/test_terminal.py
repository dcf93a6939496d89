"""What a terminal shows: every word whole, nothing taken for markup, no line wider than it is."""

import re
import sys
from functools import cache

import pytest
from pseudo_terminal import shown, spawned

from maml_verify.__main__ import main
from maml_verify.commands.console.terminal import wrapped
from proofs_check.audit import audit

TABLE = "table path-second-moment path-stability --steps 4 --alpha-L 1/50 --jobs 1"
LINES = {
    "table": TABLE,
    "check": "check mean-gradient --steps 2 --alpha-L 1/2 --points 2",
    "audit": "audit eq-48.theta.a",
    "replay": "replay path-second-moment-printed.json mean-gradient-printed.json",
    "tightness": "tightness path-stability",
    "run": "run algorithm-1 --beta 1 -K 2 --runs 2",
    "list": "list",
    "mutate": "mutate path-stability --evaluations 1 --jobs 1",
    "sample": "sample path-stability --checks 1 --jobs 1",
}


def pieces(text: str) -> set[str]:
    """Words, those with hyphens in their parts."""
    return set(re.findall(r"[^\s-]+-?|-+", re.sub("[─,]", "", text)))


@pytest.fixture
def one_audit(monkeypatch):
    """The steps are decided once, and shown as often as asked for."""
    decided = cache(audit)
    monkeypatch.setattr("proofs_check.audit.audit", lambda ids, prove=False: decided(tuple(ids), prove))


@pytest.mark.usefixtures("one_audit")
@pytest.mark.parametrize("name", LINES)
def test_a_command_shows_its_words_whole_in_lines_that_fit(name, capsys):
    arguments = LINES[name].split()
    code = main(arguments)
    plain = capsys.readouterr().out
    for wide in (80, 200):
        again, out = shown(wide, lambda: main(arguments))
        assert again == code
        assert max(map(len, out.splitlines())) <= wide
        assert pieces(out) == pieces(plain)


@pytest.mark.parametrize("wide", [80, 200])
def test_search_shows_its_setting(wide):
    arguments = [
        "search",
        "path-second-moment",
        "--steps",
        "4",
        "--evaluations",
        "300",
        "--seconds",
        "5",
        "--jobs",
        "1",
    ]
    code, out = shown(wide, lambda: main(arguments))
    assert code == 0
    assert max(map(len, out.splitlines())) <= wide
    # Decided beyond float64, with the setting behind it, all of which is in brackets.
    assert re.search(r"violated, lhs/rhs = [\d.]+ \[(arb|exact); steps=4,", " ".join(out.split()))


def test_a_process_with_a_progress_bar_keeps_what_is_in_brackets():
    command = [sys.executable, "-m", "maml_verify", *TABLE.split()]
    code, out = spawned(80, command)
    assert code == 0
    assert "violated, lhs/rhs = 1.00987 [arb; steps=4, alpha_L=0.02, task=1, j=4, variant=3;" in " ".join(
        out.split()
    )


@pytest.mark.parametrize("name", ["b[red]d[/red]", ":smile:", "[link=x]", "[/]", "a" * 90])
def test_a_name_of_the_users_is_shown_as_it_is(name, tmp_path):
    path = tmp_path / f"{name.replace('/', '_')}.csv"
    path.write_text("x,y,t\n1,0,a\n2,1,a\n3,0,b\n4,1,b\n")
    data = ["--data", str(path), "--label", "y", "--task", "t", "--steps", "1", "--alpha-L", "1/10"]
    code, out = shown(80, lambda: main(["check", "path-stability", *data]))
    assert code == 0
    assert path.stem in "".join(out.replace("statement", "").split())


def test_more_columns_than_fit_go_on_below():
    # At 40 columns two families fit beside the statement, or three that are narrow.
    code, out = shown(40, lambda: main(TABLE.split()))
    assert code == 0
    assert max(map(len, out.splitlines())) <= 40
    assert out.count("statement") == 2
    assert all(out.count(name) >= 1 for name in ("quadratic", "logistic", "cosine", "cubic-well"))


@pytest.mark.parametrize("style", ["markdown", "latex", "csv", "json"])
def test_formats_that_programs_read_are_the_same_on_a_terminal(style, capsys):
    arguments = [*LINES["tightness"].split(), "--format", style]
    main(arguments)
    assert shown(80, lambda: main(arguments))[1] == capsys.readouterr().out


def test_text_is_set_in_where_it_goes_on():
    assert wrapped("  a bb ccc\nshort\n", 8) == "  a bb\n      ccc\nshort\n"
    assert (
        wrapped("unbreakable-word-of-a-file.json is long\n", 10).splitlines()[0]
        == "unbreakable-word-of-a-file.json"
    )


@pytest.mark.parametrize("command", ["", *LINES, "search", "report"])
def test_help_breaks_no_word(command, monkeypatch, capsys):
    def words(columns):
        monkeypatch.setenv("COLUMNS", str(columns))
        with pytest.raises(SystemExit):
            main([*command.split(), "--help"])
        return pieces(capsys.readouterr().out)

    assert words(80) == words(1000)
