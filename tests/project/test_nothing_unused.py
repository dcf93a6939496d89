"""Nothing is there for the tests alone: what a module defines, another part of the project uses."""

import ast
from collections import Counter
from pathlib import Path

import maml_verify
import problems

ROOT = Path(__file__).parents[2]
OURS = ("maml_verify", "problems", "proofs_check")
# What a command module has, `maml_verify.__main__` finds by name.
BY_NAME = {"add", "run", "FORMATS"}
OUTSIDE = ("maml_verify.strategies.", "maml_verify.pytest_plugin.", "maml_verify.hypothesis_entry.")
KEPT = {
    # Whether the ledger is complete, which its tests ask.
    "proofs_check.ledger.missing",
    # The corollaries' own right sides and counts, which the proofs and the tests of them state in words.
    "maml_verify.theory.derived_corollaries.gradients",
    "maml_verify.theory.derived_corollaries.hessians",
    "maml_verify.theory.derived_corollaries.resampling_rate",
    "maml_verify.theory.derived_corollaries.finite_sum_rate",
}


def module(path, root):
    return str(path.relative_to(root).with_suffix("")).replace("/", ".").removesuffix(".__init__")


def defined(tree):
    """Names that a module defines, each with the node that does."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name, node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from ((target.id, node) for target in targets if isinstance(target, ast.Name))


def loads(node):
    """How often each name is read."""
    return Counter(n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))


def unused(files):
    """Names (module.name) that no other place of the files uses."""
    imported, through = set(), set()
    for tree in files.values():
        modules, attributes = set(), set()
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                imported |= {f"{node.module}.{alias.name}" for alias in node.names}
                modules |= {f"{node.module}.{alias.name}" for alias in node.names} & files.keys()
            elif isinstance(node, ast.Attribute):
                attributes.add(node.attr)
        through |= {f"{name}.{attribute}" for name in modules for attribute in attributes}
    for name, tree in files.items():
        read = loads(tree)
        for own, node in defined(tree):
            here = read[own] > loads(node)[own]
            if not (here or own.startswith("__") or {f"{name}.{own}"} & (imported | through)):
                yield f"{name}.{own}"


def test_what_a_module_defines_is_used():
    paths = [path for package in OURS for path in sorted((ROOT / package).rglob("*.py"))]
    files = {module(path, ROOT): ast.parse(path.read_text(encoding="utf-8")) for path in paths}
    public = {*maml_verify.__all__, *problems.__all__}
    found = {name for name in unused(files) if name.rpartition(".")[2] not in public}
    found -= {name for name in found if ".commands." in name and name.rpartition(".")[2] in BY_NAME}
    # A file of a claim has one claim, which the registry finds by name; a statement is called by users.
    found -= {name for name in found if name.endswith(".CLAIM") or ".statements." in name}
    # Strategies are for the tests of users; pytest and hypothesis find their parts by name.
    found -= {name for name in found if name.startswith(OUTSIDE)}
    # A file of proofs is found by its name in the ledger.
    found -= {name for name in found if ".proofs." in name and name.endswith(".steps")}
    assert found == KEPT, "give it a command, or move it to the tests, or delete it"


def test_a_function_that_nothing_uses_is_seen():
    files = {
        "a": ast.parse("def f():\n    return f()\n\ndef g():\n    pass\n\ndef h():\n    pass\n\nx = 1\n"),
        "b": ast.parse("from a import g\n"),
        "p": ast.parse(""),
        "p.c": ast.parse("def k():\n    pass\n"),
        "d": ast.parse("from p import c\nc.k()\n"),
    }
    assert list(unused(files)) == ["a.f", "a.h", "a.x"]
