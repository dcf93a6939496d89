"""What a decision leaves behind is enough for a checker that searches for nothing."""

from __future__ import annotations

import ast
import copy
import io
import json
import random
import re
import subprocess
import sys
import tokenize
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

import proofs_check.certificates
from proofs_check.audit import judge
from proofs_check.certificates.base import Named, Together
from proofs_check.certificates.checker.algebra import Refused
from proofs_check.certificates.checker.goals import check
from proofs_check.certificates.export import part
from proofs_check.certificates.kept import checked, file_name, kept
from proofs_check.certificates.plain import plain
from proofs_check.certificates.scalar import Identity
from proofs_check.engine.decide import decide
from proofs_check.goals import (
    Goal,
    Gram,
    Outcome,
    Product,
    Recursion,
    Relation,
    Split,
    Witness,
    relation,
)
from proofs_check.ledger import ledger
from proofs_check.symbols import L, N, n, operators, q, rho, sigma, x, y, z

A, B = operators("A B")
R = sp.Rational
AT = 1 / (8 * N * L)
t = sp.Symbol("t", positive=True)
EXAMPLES: dict[str, Goal] = {
    "identity in symbolic N": Relation(q ** (2 * N) - 1, "==", (q**N - 1) * (q**N + 1)),
    "substitution": Relation(1 + N * x, "<=", q**N),
    "one count first": Relation(3 * N * q**N, "<=", (N**2 + 2) * q**N),
    "admissible range": Relation(q**N, "<", R(3, 2), admissible=True),
    "factors": Relation(2 * y * z, "<=", y**2 + z**2),
    "parts": Relation(sigma * x, "<=", sigma * x * q**N + y * q),
    "hypothesis": Relation(y * (1 - z), "<=", 2 * y, given=(1 - z,)),
    "sum of products": Relation(y * (1 - z), "<=", (1 + y) * (1 - z) + y**2 * z, given=(1 - z,)),
    "sum of products, a square": Relation(39 * y**2 * sigma**2, "<=", 400 * sigma**4 + 40 * sigma**3 * y
                                          - 2 * sigma * y**3 + y**4 + sigma * z),
    "an earlier bound": Relation(L * y, "<=", L * q * z, upper=((y, z),)),
    "induction": Recursion(n, 1, 1, q, 1, (q**n - 1) / x),
    "norms": Split(A + B, (((A, y),), ((B, z),)), y + 2 * z),
    "semidefinite": Gram(("a", "b"), {("a", "b"): 2}, {("a", "a"): 1, ("b", "b"): 1}),
    "a fact": Gram(("a", "b"), {("a", "a"): 2}, {("b", "b"): 3 * L**2},
                   facts=((2, {("a", "a"): -1, ("b", "b"): L**2}),)),
    "identity of Gram matrices": Gram(
        ("a", "b"), {((("a", 1), ("b", L)),) * 2: 1},
        {("a", "a"): 1, ("a", "b"): 2 * L, ("b", "b"): L**2}, rel="==",
    ),
    "expansion": Product(((A * (B + 1), A + A * B),)),
    "every N at alpha = 1/(8 N L)": Relation(q**N, "<", R(6, 5), at=AT),
    "a number": Relation(sp.exp(R(1, 8)), "<", R(5, 4)),
    "a logarithm": Relation(0, "<", t - sp.log(1 + t), lemma=(t - sp.log(1 + t), t)),
}  # fmt: skip


def _part(goal: Goal) -> dict[str, Any]:
    outcome = decide(goal)
    assert outcome.verdict == "proved"
    return dict(json.loads(json.dumps(part(goal, outcome.certificate))))


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_checker_accepts_each_kind(name: str) -> None:
    check(_part(EXAMPLES[name]))


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_part_is_json_with_exact_numbers_and_a_sort_for_each_name(name: str) -> None:
    out = _part(EXAMPLES[name])
    assert not re.search(r"\d\.\d|e[+-]\d\d", json.dumps(out))
    assert set(out["symbols"].values()) <= {
        "integer >= 1", "integer >= 0", "real > 0", "real >= 0", "real", "operator or vector",
        "root of an integer >= 1",
    }  # fmt: skip


#: False relations, each with the certificate of a true one beside it.
FALSE: dict[str, tuple[Goal, Goal]] = {
    "another coefficient": (
        EXAMPLES["identity in symbolic N"], Relation(q ** (2 * N) - 1, "==", (q**N - 1) * q**N)),
    "a larger factor": (EXAMPLES["substitution"], Relation(1 + 2 * N * x, "<=", q**N)),
    "a smaller bound": (EXAMPLES["admissible range"], Relation(q**N, "<", R(7, 5), admissible=True)),
    "no hypothesis": (EXAMPLES["hypothesis"], Relation(y * (1 - z), "<=", 2 * y - z * y)),
    "less room at 1/(8 N L)": (EXAMPLES["every N at alpha = 1/(8 N L)"], Relation(q**N, "<", R(9, 8), at=AT)),
    "a smaller number": (EXAMPLES["a number"], Relation(sp.exp(R(1, 8)), "<", R(1133, 1000))),
    "a steeper logarithm": (EXAMPLES["a logarithm"], Relation(0, "<", t - sp.log(1 + 2 * t))),
    "a smaller norm": (EXAMPLES["norms"], Split(A + B, (((A, y),), ((B, z),)), y + z / 2)),
    "a form with a negative direction": (
        EXAMPLES["semidefinite"], Gram(("a", "b"), {("a", "b"): 3}, {("a", "a"): 1, ("b", "b"): 1})),
    "operators that do not commute": (EXAMPLES["expansion"], Product(((A * (B + 1), A + B * A),))),
    "a recursion with another factor": (EXAMPLES["induction"], Recursion(n, 1, 1, q + 1, 1, (q**n - 1) / x)),
}  # fmt: skip


@pytest.mark.parametrize("name", FALSE)
def test_a_false_goal_under_a_true_ones_certificate_is_refused(name: str) -> None:
    true, false = FALSE[name]
    out = _part(true)
    sorts = out["symbols"] | plain({"goal": false})["symbols"]
    out |= {"goal": json.loads(json.dumps(plain({"goal": false})["goal"])), "symbols": sorts}
    with pytest.raises(Refused):
        check(out)


@cache
def _shipped() -> dict[str, list[dict[str, Any]]]:
    folder = files(proofs_check.certificates) / "steps"
    steps = [json.loads(f.read_text(encoding="utf-8")) for f in folder.iterdir() if f.name.endswith(".json")]
    return {step["step"]: step["parts"] for step in sorted(steps, key=lambda s: s["step"])}


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _nodes(inner)


def _weight(line: dict[str, Any]) -> None:
    line["of"][0][0] = str(sp.Rational(line["of"][0][0]) + 1)


def _power(proof: dict[str, Any]) -> None:
    """One power more of a line that is no number."""
    lines = proof["above"]
    (factor,) = [f for line in lines if "of" in line for f in line["of"][0][1] if _symbolic(lines, f)][:1]
    factor[1] += 1


def _symbolic(lines: list[dict[str, Any]], factor: list[int]) -> bool:
    return bool(re.search("[A-Za-z]", lines[factor[0]]["p"]))


def _polynomial(line: dict[str, Any]) -> None:
    line["p"] = f"{line['p']} + 1"


def _piece(line: dict[str, Any]) -> None:
    del line["pieces"][0]


def _case(line: dict[str, Any]) -> None:
    del line["cases"][0]


def _minor(rule: dict[str, Any]) -> None:
    del rule["minors"][-1]


def _numerator(rule: dict[str, Any]) -> None:
    rule["numerator"] = f"{rule['numerator']} + 1"


def _sign(rule: dict[str, Any]) -> None:
    rule["negative"] = not rule["negative"]


def _hypothesis(goal: dict[str, Any]) -> None:
    goal["given"] = []


#: What is altered, and in which parts of a certificate it can be.
ALTERED: dict[str, tuple[Callable[[dict[str, Any]], None], Callable[[dict[str, Any]], bool]]] = {
    "a weight": (_weight, lambda d: bool(d.get("of")) and any(d["of"][0][1])),
    "an exponent": (
        _power,
        lambda d: any(
            _symbolic(d["above"], f)
            for line in d.get("above", ())
            if line.get("of")
            for f in line["of"][0][1]
        ),
    ),
    "a polynomial": (_polynomial, lambda d: "of" in d),
    "a piece": (_piece, lambda d: "pieces" in d),
    "a case": (_case, lambda d: "cases" in d),
    "a minor": (_minor, lambda d: bool(d.get("minors"))),
    "a numerator": (_numerator, lambda d: "numerator" in d),
    "a sign": (_sign, lambda d: "negative" in d),
}


def _altered(seed: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """For every kind of alteration some shipped parts, each altered in one place drawn at random."""
    rng = random.Random(seed)
    parts = [(step, p) for step, shown in _shipped().items() for p in shown]
    for kind, (alter, fits) in ALTERED.items():
        able = [(step, p) for step, p in parts if any(fits(d) for d in _nodes(p["certificate"]))]
        for step, chosen in rng.sample(able, min(30, len(able))):
            out = copy.deepcopy(chosen)
            alter(rng.choice([d for d in _nodes(out["certificate"]) if fits(d)]))
            yield f"{kind} of {step}", out


def test_200_altered_certificates_are_all_refused(record_property: Any) -> None:
    refused, accepted = 0, []
    for name, out in _altered(seed=2022):
        try:
            check(out)
        except Refused:
            refused += 1
        except (KeyError, IndexError, ValueError):
            refused += 1
        else:
            accepted.append(name)
    record_property("counted", f"{refused} altered certificates refused, {len(accepted)} accepted")
    assert not accepted
    assert refused >= 200


def test_hypotheses_that_a_certificate_uses_are_needed() -> None:
    """A part whose lines rest on a hypothesis is refused without it; most hypotheses are used."""
    used = 0
    able = [p for shown in _shipped().values() for p in shown if p["goal"].get("given")]
    for shown in able:
        out = copy.deepcopy(shown)
        _hypothesis(out["goal"])
        try:
            check(out)
        except Refused:
            used += 1
    assert used >= 0.5 * len(able) > 10


@pytest.mark.parametrize("sort", ["real >= 0", "real"])
def test_a_strict_relation_needs_the_sorts_of_its_symbols(sort: str) -> None:
    out = _part(Relation(0, "<", sigma * rho + y))
    out["symbols"]["sigma"] = sort
    with pytest.raises(Refused):
        check(out)


def test_every_proved_goal_of_the_ledger_ships_with_its_certificate(records: list[dict[str, Any]]) -> None:
    """Found by the text of the goal; the test's message is the command that writes them."""
    missing, count = [], 0
    verdicts = {r["step"]: r["verdict"] for r in records}
    for step in ledger():
        said = [p["goal"] for p in _shipped().get(step.id, [])]
        goals = [g for r in step.readings for g in r.goals] + list(step.repair)
        texts = [plain({"goal": g})["goal"] for g in goals if not isinstance(g, Witness)]
        own = json.loads(json.dumps(texts))
        # A certificate of no goal is one of an older goal; a proved step has one for each of its goals.
        wrong = [g for g in said if g not in own]
        wrong += [g for g in own if g not in said and verdicts[step.id] in ("proved", "units agree")]
        missing += [step.id] * bool(wrong)
        count += len(said)
    assert missing == [], "python -m maml_verify audit --certificates proofs_check/certificates/steps"
    assert count >= 600


def test_the_shipped_certificate_and_a_new_decision_say_the_same(record_property: Any) -> None:
    steps = [s for s in ledger() if s.kind in ("relation", "units")][::24]
    for step in steps:
        anew, by_certificate = judge(step, prove=True), judge(step)
        assert anew | {"seconds": 0} == by_certificate | {"seconds": 0}
    record_property("counted", f"{len(steps)} steps decided anew and by certificate")


def test_the_command_checks_a_folder_without_sympy_and_counts(tmp_path: Path) -> None:
    names = [file_name(step) for step in list(_shipped())[:5]]
    for name in names:
        file = files(proofs_check.certificates) / "steps" / name
        (tmp_path / name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    code = (
        "import sys; from proofs_check.certificates.__main__ import main; code = main(sys.argv[1]);"
        "assert not {'sympy', 'numpy', 'scipy', 'maml_verify', 'z3'} & set(sys.modules); sys.exit(code)"
    )
    run = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert re.fullmatch(r"5 steps, \d+ goals checked, 0 refused\n", run.stdout)
    broken = json.loads((tmp_path / names[0]).read_text(encoding="utf-8"))
    broken["parts"][0]["certificate"] = {"rule": "none"}
    (tmp_path / names[0]).write_text(json.dumps(broken), encoding="utf-8")
    module = [sys.executable, "-m", "proofs_check.certificates"]
    run = subprocess.run([*module, tmp_path], capture_output=True, text=True, check=False)
    assert (run.returncode, "1 refused" in run.stdout) == (1, True)
    run = subprocess.run([*module, tmp_path / "none"], capture_output=True, text=True, check=False)
    assert run.returncode == 2


def test_the_checker_has_at_most_400_lines_of_code() -> None:
    """Without blank lines, comments and docstrings."""
    folder = Path(str(files(proofs_check.certificates)))
    total = 0
    for file in (*(folder / "checker").glob("*.py"), folder / "__main__.py"):
        source = file.read_text(encoding="utf-8")
        docs: set[int] = set()
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
                docs |= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
        code: set[int] = set()
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            blank = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
            if token.type not in (*blank, tokenize.ENDMARKER):
                code |= set(range(token.start[0], token.end[0] + 1))
        total += len(code - docs)
    assert total <= 400


def test_what_the_checker_has_no_rule_for_is_not_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    goal = Relation(2 * y * z, "<=", y**2 + z**2)
    step = relation("a-step", "a result", "here", "printed", "reason", goal)
    assert judge(step)["verdict"] == "proved"
    monkeypatch.setattr("proofs_check.audit.decide", lambda _: Outcome("proved", Named("by its name"), "all"))
    assert judge(step)["verdict"] == "supported"


def test_a_changed_goal_has_no_certificate_and_is_decided_anew() -> None:
    (step,) = [s for s in ledger(("eq-26.a",)) if s.id == "eq-26.a"]
    goal = step.readings[0].goals[0]
    assert isinstance(goal, Split)
    assert kept("eq-26.a", goal) is not None
    assert kept("eq-26.a", Split(goal.vector, goal.terms, goal.right + 1)) is None


def test_two_symbols_of_one_name_get_two_names() -> None:
    one, other = sp.Dummy("v", positive=True), sp.Dummy("v", real=True)
    out = Identity(one + other + sp.Symbol("v"), 0, (), ()).to_dict()
    assert sorted(out["symbols"]) == ["v", "v_2", "v_3"]
    assert sorted(out["symbols"].values()) == ["real", "real", "real > 0"]


def test_the_words_of_a_record_are_made_of_the_objects() -> None:
    parts = tuple(
        decide(EXAMPLES[k]).certificate for k in ("identity in symbolic N", "norms", "identity in symbolic N")
    )
    norms = "norm calculus; coefficients of one sign, part by part"
    assert Together(parts).method == f"identity in symbolic N (FLINT); {norms}"
    assert Outcome("proved", Together(parts), "all N").method == Together(parts).method


def test_a_refused_export_is_none() -> None:
    assert checked(EXAMPLES["factors"], Named("by its name")) is None
