"""Imports run one way, nothing goes round in a circle, and every room says what it holds."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# A file imports its own room or a later one.
ORDER = (
    "commands", "statements", "studies", "checks", "claims", "left_sides", "algorithms", "settings",
    "meta_gradients", "reports", "theory", "arithmetic", "execution", "record",
)  # fmt: skip
# The same inside proofs_check, whose ledger finds proofs when asked for them.
PROOFS = (
    "pages", "audit", "ledger", "proofs", "instances", "lemmas", "engine", "goals", "certificates", "symbols",
)  # fmt: skip
OURS = ("maml_verify", "problems", "proofs_check")
FROM_OUTSIDE = {"problems": {"problems"}, "proofs_check": {"proofs_check", "theory", "arithmetic", "record"}}
LARGEST, ROOMS, FLOORS = 12, 17, 10


def module(path: Path) -> str:
    return str(path.relative_to(ROOT).with_suffix("")).replace("/", ".").removesuffix(".__init__")


FILES = {module(path): path for package in OURS for path in sorted((ROOT / package).rglob("*.py"))}


def imports(path: Path) -> set[str]:
    """Modules of ours that a file imports, also within its functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= inner & FILES.keys() or {node.module}
    # The package itself finds its names when asked for them.
    return found & FILES.keys() - {"maml_verify"}


def room(name: str) -> str:
    package, *rest = name.split(".")
    return (rest[0] if rest else "__init__") if package == "maml_verify" else package


def downward(name: str, other: str) -> bool:
    """Whether the module may import the other."""
    own, its = room(name), room(other)
    if own == its == "proofs_check":
        mine, other_room = name.split(".")[1], other.split(".")[1]
        return PROOFS.index(mine) <= PROOFS.index(other_room)
    if own in FROM_OUTSIDE:
        return its in FROM_OUTSIDE[own]
    if own not in ORDER:  # the package itself, which finds names when asked for them, and the command line
        return True
    if its in ("problems", "proofs_check"):
        return its == "problems" or own == "commands"
    return its in ORDER and ORDER.index(own) <= ORDER.index(its)


READERS = [name for name in FILES if name.startswith("maml_verify.reports.")]


@pytest.mark.parametrize("name", READERS)
def test_reports_read_records_alone(name):
    assert all(
        other.startswith(("maml_verify.reports", "maml_verify.record")) for other in imports(FILES[name])
    )


@pytest.mark.parametrize("name", FILES)
def test_imports_run_one_way(name):
    assert [other for other in imports(FILES[name]) if not downward(name, other)] == []


def test_an_arrow_up_is_seen():
    assert not downward("maml_verify.theory.printed", "maml_verify.checks.check")
    assert not downward("maml_verify.record", "maml_verify.execution.store")
    assert not downward("proofs_check.ledger", "maml_verify.settings")
    assert not downward("maml_verify.studies.sweep", "proofs_check.audit")
    assert not downward("proofs_check.instances.order", "proofs_check.proofs.units")
    assert not downward("problems.family", "maml_verify.record")


def circle(arrows: dict[str, set[str]]) -> list[str]:
    """What is left when modules that import nothing that is left are taken away, again and again."""
    left = dict(arrows)
    while leaves := [name for name, others in left.items() if not others & left.keys() - {name}]:
        for name in leaves:
            del left[name]
    return sorted(left)


def test_nothing_goes_round_in_a_circle():
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}) == ["a", "b", "c"]
    assert circle({name: imports(path) for name, path in FILES.items()}) == []


FOLDERS = sorted({path.parent for path in FILES.values()})


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_folder_says_what_belongs_there(folder):
    text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
    assert text
    assert text.split("\n\n")[0].rstrip().endswith(".")


def test_the_rooms_are_few_and_of_a_size_that_a_reader_takes_in():
    inside = [
        path
        for path in FOLDERS
        if path != ROOT / "maml_verify"
        and ROOT / "maml_verify" in path.parents
        and path.parent.name != "claims"
    ]
    assert len(inside) <= ROOMS
    assert len([path for path in FOLDERS if ROOT / "proofs_check" in path.parents]) <= 12
    for folder in inside:
        leaves = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
        assert len(leaves) <= LARGEST or folder.name in ("claims", "commands"), folder


def test_the_floors_are_few():
    arrows: dict[str, set[str]] = {}
    for name, path in FILES.items():
        if room(name) in ORDER:
            others = {room(other) for other in imports(path)} & set(ORDER)
            arrows.setdefault(room(name), set()).update(others - {room(name)})
    height: dict[str, int] = {}
    for name in reversed(ORDER):
        height[name] = 1 + max((height[other] for other in arrows.get(name, ())), default=0)
    assert max(height.values()) <= FLOORS, height
