"""The project from a zip, as from a wheel that is not unpacked: its data, its source, its state."""

import zipfile

import pytest
from processes import ROOT, command

PACKAGES = ("maml_verify", "problems", "proofs_check")
LINE = "table path-stability --edition printed --family cubic-well --steps 2 --alpha-L 1/50 --jobs 1"
# Lemma 11 with half of its right side.
LESS = """
_printed = path_stability


def path_stability(c, p, o):
    return _printed(c, p, o) / 2
"""


def packed(path, change=lambda name, text: text, suffixes=(".py", ".json", ".typed")):
    with zipfile.ZipFile(path, "w") as archive:
        for package in PACKAGES:
            for file in sorted((ROOT / package).rglob("*")):
                if file.suffix in suffixes and file.is_file():
                    name = str(file.relative_to(ROOT))
                    archive.writestr(name, change(name, file.read_text(encoding="utf-8")))
    return path


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return packed(tmp_path_factory.mktemp("zip") / "project.zip")


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("list", "Lemma 19"),
        ("tightness path-stability --edition printed", "path-stability-printed.json"),
        ("replay path-stability-printed.json path-stability-sharp", "2 checked ("),
        ("table path-second-moment --edition printed --steps 4 --alpha-L 1/50 --jobs 2", "1 violated"),
    ],
)
def test_a_command_runs_from_a_zip(line, shown, archive, tmp_path):
    done = command(line, cwd=tmp_path, path=archive)
    assert (done.returncode, done.stderr) == (0, "")
    assert shown in done.stdout


def test_a_changed_formula_in_a_zip_finds_no_stale_record(archive, tmp_path):
    def changed(name, text):
        return text + LESS if name == "maml_verify/theory/printed.py" else text

    other = packed(tmp_path / "other.zip", changed)
    given = [*LINE.split(), "--store", "sweep.db"]
    done = [command(given, cwd=tmp_path, path=path).returncode for path in (archive, other, archive)]
    # What holds is kept; where the formula is another, it is violated, which is not the registered verdict.
    assert done == [0, 1, 0]


def test_a_checkpoint_from_a_zip_goes_on_there_and_where_the_project_is_unpacked(archive, tmp_path):
    line = "run algorithm-1 --runs 2 --beta 0.1 --checkpoint c.npz -K"
    codes = [
        command([*line.split(), K, *more], cwd=tmp_path, path=path).returncode
        for K, more, path in (("2", [], archive), ("3", ["--resume"], archive), ("4", ["--resume"], ROOT))
    ]
    assert codes == [0, 0, 0]


def test_without_source_there_is_no_store(tmp_path):
    import compileall
    import shutil

    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    compileall.compile_dir(tmp_path, quiet=2, legacy=True)
    for file in tmp_path.rglob("*.py"):
        file.unlink()
    done = command([*LINE.split(), "--store", "s.db"], cwd=tmp_path, path=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("maml-verify: source: maml_verify has no source; rule: ")
    assert command(LINE, cwd=tmp_path, path=tmp_path).returncode == 0
