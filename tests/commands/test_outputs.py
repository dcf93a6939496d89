"""Outputs: whole or not at all, never over an input, and names in them read as names."""

import csv
import io
import json
import os
import re
import stat
import subprocess
import sys
from html.parser import HTMLParser

import pytest
from latex_source import faults
from processes import ROOT, command

from maml_verify.__main__ import main
from maml_verify.checks.witness import shipped, write_witness
from maml_verify.commands.console import files
from maml_verify.execution.whole_file import whole
from maml_verify.record import Record
from maml_verify.reports.escape import csv_cell, latex, markdown, visible
from maml_verify.reports.rows import render_rows
from maml_verify.reports.tables import render

DATA = "x,y,t\n1,0,a\n2,1,a\n3,0,b\n4,1,b\n"
GRID = ["--label", "y", "--task", "t", "--steps", "1", "--alpha-L", "1/10"]


def _write_half(path, error):
    with whole(path) as stream:
        stream.write(b"half of it")
        raise error


def test_a_file_is_as_it_was_where_writing_it_fails(tmp_path):
    path = tmp_path / "page.html"
    path.write_text("before")
    for error in (OSError(28, "No space left on device"), KeyboardInterrupt(), ValueError()):
        with pytest.raises(type(error)):
            _write_half(path, error)
    assert path.read_text() == "before"
    assert [p.name for p in tmp_path.iterdir()] == ["page.html"]
    with whole(path) as stream:
        stream.write(b"after")
        assert path.read_text() == "before"
    assert path.read_text() == "after"


def test_permissions_are_kept_links_are_followed_and_new_files_are_as_others(tmp_path):
    path, link, new = tmp_path / "a", tmp_path / "b", tmp_path / "c"
    path.write_text("before")
    path.chmod(0o640)
    link.symlink_to(path)
    dangling = tmp_path / "d"
    dangling.symlink_to("e")
    for name in (link, new, dangling):
        with whole(name) as stream:
            stream.write(b"after")
    assert (path.read_text(), link.is_symlink(), stat.S_IMODE(path.stat().st_mode)) == ("after", True, 0o640)
    assert (tmp_path / "e").read_text() == "after"
    usual = tmp_path / "usual"
    usual.write_text("")
    assert new.stat().st_mode == usual.stat().st_mode


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
def test_pipes_and_devices_take_what_comes(tmp_path, capsys):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE, text=True)
    assert main(["list", "--output", str(pipe)]) == 0
    assert reader.communicate(timeout=20)[0].startswith("statements")
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert main(["list", "--output", os.devnull]) == 0
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)
    with (tmp_path / "log").open("w") as log:
        log.write("before\n")
        log.flush()
        command(["list", "--output", "/dev/stdout"], capture_output=False, stdout=log)
    assert (tmp_path / "log").read_text().startswith("before\nstatements")


def test_a_name_as_long_as_names_may_be(tmp_path):
    path = tmp_path / ("x" * 250 + ".txt")
    assert main(["list", "--output", str(path)]) == 0
    assert path.read_text().startswith("statements")


def test_what_the_output_does_not_take_goes_to_standard_output(tmp_path, capsys, monkeypatch):
    def full(path):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(files, "whole", full)
    assert main(["list", "--output", str(tmp_path / "o")]) == 3
    out, err = capsys.readouterr()
    assert out.startswith("statements")
    said = "No space left on device; what was to go there is on standard output"
    assert err == f"maml-verify: output = {tmp_path / 'o'}: {said}\n"


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text(DATA)
    (tmp_path / "soft.csv").symlink_to(path)
    (tmp_path / "hard.csv").hardlink_to(path)
    (tmp_path / "folder").symlink_to(tmp_path)
    return path


NAMES = ["d.csv", "soft.csv", "hard.csv", "folder/d.csv", "./d.csv"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("line", "option"),
    [
        ("table path-stability", "--output"),
        ("table path-stability", "--store"),
        ("check path-stability", "--output"),
        ("report path-stability", "--output"),
        ("report path-stability", "--store"),
        ("run algorithm-1", "--output"),
        ("run algorithm-1", "--checkpoint"),
    ],
)
def test_no_output_replaces_the_data(line, option, name, data, capsys):
    given = [*line.split(), "--data", str(data), "--label", "y", "--task", "t"]
    assert main([*given, option, str(data.parent / name)]) == 2
    assert re.search(r": the same file as data = .*; rule: a file of its own\n$", capsys.readouterr().err)
    assert data.read_text() == DATA


def test_no_output_replaces_a_witness_or_another_output(tmp_path, capsys):
    path = tmp_path / "w.json"
    path.write_text(shipped("path-stability", "printed").read_text())
    lines = [
        ["replay", str(path), "--output", str(path)],
        ["table", "path-stability", "--store", str(tmp_path / "s"), "--output", str(tmp_path / "." / "s")],
        ["run", "algorithm-1", "--checkpoint", str(tmp_path / "s"), "--output", str(tmp_path / "s")],
        ["check", "path-stability", "--family", f"{path}:NAME", "--output", str(path)],
    ]
    for line in lines:
        assert main(line) == 2
        assert "the same file as" in capsys.readouterr().err
    assert path.read_text() == shipped("path-stability", "printed").read_text()
    assert [p.name for p in tmp_path.iterdir()] == ["w.json"]


ODD = "<img src=x>|`*_[a](b)\n\x1b[31m\u202e=${x}%"


class Text(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.text = [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("style", ["text", "markdown", "latex", "csv"])
def test_names_read_as_names_in_every_format(style):
    def rendered(name):
        record = Record("path-stability", "Lemma 11", "printed", name, "undecided", 1.0, (1, 1), (1, 1))
        return render([record], style), render_rows([{"name": name, "value": 1.0}], style, {"family": name})

    for text, usual in zip(rendered(ODD), rendered("usual"), strict=True):
        # As many lines, and what a reader takes for the table's own, as with a usual name.
        assert text.count("\n") == usual.count("\n")
        assert not any(character in text for character in "\x1b\u202e\r")
        if style == "markdown":
            for marks in (r"(?<!\\)[<\[`*_]", r"(?<!\\)\|"):
                assert len(re.findall(marks, text)) == len(re.findall(marks, usual))
        if style == "latex":
            assert faults(text) == []


def test_json_keeps_a_name_as_it_is():
    record = Record("path-stability", "Lemma 11", "printed", ODD, "holds", 1.0, (1, 1), (1, 1), checked=1)
    assert json.loads(render([record], "json"))[0]["family"] == ODD


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t=", "\r=", "\n="])
def test_no_cell_is_a_formula(first):
    name = f"{first}1+cmd|' /C calc'!A0"
    shown = f"'{name}" if first in "=+-@" else visible(name)
    record = Record("path-stability", "Lemma 11", "printed", name, "holds", -1.0, (-1, -1), (1, 1))
    (row,) = csv.DictReader(io.StringIO(render([record], "csv"), newline=""))
    assert (row["family"], row["ratio"]) == (shown, "-1.0")
    (row,) = csv.DictReader(io.StringIO(render_rows([{"a": name, "b": -1.0}], "csv"), newline=""))
    assert (row["a"], row["b"]) == (shown, "-1.0")
    assert csv_cell("a=b") == "a=b"


def test_text_is_spelled_out_where_it_does_not_show():
    assert visible("é ∂ 漢 a b") == "é ∂ 漢 a b"
    assert visible("a\nb\r\x1b[0m\x9b\u2028\u202e\u200b\ud800") == (
        r"a\nb\r\x1b[0m\x9b\u2028\u202e\u200b\ud800"
    )
    assert markdown("a_b*<c>") == r"a\_b\*\<c\>"
    assert latex("a_b\n") == r"a\_b\textbackslash{}n"


@pytest.mark.parametrize("style", ["text", "markdown", "latex", "csv"])
@pytest.mark.parametrize("name", ["check", "run"])
def test_a_file_of_any_name_is_one_name(name, style, tmp_path, capsys):
    path = tmp_path / "a\nb\x1b[31m<img>.csv"
    path.write_text(DATA)
    line = (
        ["check", "path-stability"] if name == "check" else ["run", "algorithm-1", "--runs", "2", "-K", "2"]
    )
    more = ["--beta", "0.1"] if name == "run" else []
    assert main([*line, "--data", str(path), *GRID, *more, "--format", style]) == 0
    out, err = capsys.readouterr()
    if style == "csv":
        assert {row["family"] for row in csv.DictReader(io.StringIO(out))} == {visible(path.stem)}
        return
    assert "\x1b" not in out + err
    assert r"a\nb\x1b" in out.replace(r"\textbackslash{}", "\\").replace(r"\\", "\\")
    if style == "latex":
        assert faults(out) == []


def test_an_error_about_a_file_of_any_name_is_one_line(tmp_path, capsys):
    assert main(["replay", str(tmp_path / "a\nb\x1b[31m.json")]) == 2
    err = capsys.readouterr().err
    assert (err.count("\n"), "\x1b" in err) == (1, False)


def test_the_report_reads_names_as_names(tmp_path, capsys):
    path = tmp_path / "<script>a&b\x1b.csv"
    path.write_text(DATA)
    output = tmp_path / "page.html"
    line = ["report", "path-stability", "--data", str(path), *GRID, "--jobs", "1", "--output", str(output)]
    assert main([*line, "--edition", "printed"]) == 0
    page = Text()
    page.feed(output.read_text())
    assert "script" not in page.tags
    assert r"<script>a&b\x1b" in page.text


def test_the_users_settings_of_matplotlib_end_no_sweep(tmp_path):
    (tmp_path / "matplotlibrc").write_text(
        "text.usetex: True\nfont.family: no such font\naxes.prop_cycle: cycler('color', ['r'])\n"
        "svg.fonttype: none\nsavefig.bbox: tight\nfigure.figsize: 1, 1\npath.sketch: 1, 100, 2\n"
    )
    line = "report path-stability --edition printed --family quadratic --steps 1 --alpha-L 1/10 --jobs 1"
    pages = [command(line, cwd=folder, path=ROOT) for folder in (tmp_path, ROOT)]
    assert [page.returncode for page in pages] == [0, 0], pages[0].stderr

    # Ids in a figure are drawn anew each time.
    def plain(page):
        return re.sub(r"#?[mpC]?[0-9a-f]{10,}|<td>.*?</td>", "", page.stdout)

    assert plain(pages[0]) == plain(pages[1])


def test_a_plot_changes_no_setting_of_the_callers():
    import matplotlib

    from maml_verify.reports.plots import plot_history

    with matplotlib.rc_context({"lines.linewidth": 7.5, "text.usetex": True}):
        before = dict(matplotlib.rcParams)
        figure = plot_history([{"k": 0, "loss": 1.0, "least": 1.0, "largest": 2.0, "norm": 1.5}])
        assert dict(matplotlib.rcParams) == before
    assert figure.axes[0].lines[0].get_linewidth() != 7.5


def test_a_part_of_the_report_that_fails_leaves_the_rest(tmp_path, capsys, monkeypatch):
    def fails(found):
        raise RuntimeError("no font")

    monkeypatch.setattr("maml_verify.commands.report.plot_ratios", fails)
    path = tmp_path / "page.html"
    line = "report path-stability --edition printed --family quadratic --steps 1 --alpha-L 1/10 --jobs 1"
    assert main([*line.split(), "--output", str(path)]) == 3
    assert "RuntimeError: no font; a part of the page is missing" in capsys.readouterr().err
    assert "1 checked (" in path.read_text()


def test_a_report_without_matplotlib_says_so_before_the_sweep(capsys, monkeypatch):
    monkeypatch.setattr("maml_verify.reports.plots.find_spec", lambda name: None)
    monkeypatch.setattr("maml_verify.commands.report.run_cells", None)
    assert main(["report", "path-stability"]) == 2
    assert "plots: matplotlib is missing; rule: pip install" in capsys.readouterr().err


def test_a_witness_without_room_is_not_there(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda descriptor: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(OSError, match="No space left") as error:
        write_witness(tmp_path / "w.json", {"a": 1})
    assert error.value.filename == str(tmp_path / "w.json")
    assert list(tmp_path.iterdir()) == []


def test_a_report_for_machines_has_what_a_test_counts(tmp_path):
    test, report = tmp_path / "test_counted.py", tmp_path / "j.xml"
    test.write_text("def test(record_property):\n    record_property('counted', '7')\n")
    words = ["-n", "0", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(tmp_path)]
    words += [str(test), "--junitxml", str(report), "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *words]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert '<property name="counted" value="7"' in report.read_text()
