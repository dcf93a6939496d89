"""`--claims FILE.py`: a user's claims are known to every command, worker process and witness file."""

import json

import pytest
from own_claims import FILE

from maml_verify import CLAIMS, Claim, add_claims, conjecture, find_claim, sweep
from maml_verify.__main__ import main
from maml_verify.claims import add_claims_of, all_claims
from maml_verify.claims.own import own_claims
from maml_verify.studies.tightness import tightness

IDS = ["without-rho", "lipschitz", "drift", "no-constants"]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(FILE)
    return str(path)


def ran(capsys, line, file):
    code = main([*line.split(), "--claims", file])
    return code, capsys.readouterr()


def test_a_file_s_claims_are_known_beside_the_paper_s_and_forgotten(capsys, file):
    code, shown = ran(capsys, "list --format json", file)
    listed = [row["claim"] for row in json.loads(shown.out)["statements"]]
    assert code == 0
    assert listed[-4:] == IDS
    assert listed[:-4] == [claim.id for claim in CLAIMS]
    assert "without-rho" in ran(capsys, "list", file)[1].out
    assert all_claims() == CLAIMS


def test_a_claim_of_functions_takes_twenty_lines():
    lines = FILE[FILE.index("def difference") : FILE.index("lipschitz =")].strip().splitlines()
    assert len([line for line in lines if line]) + FILE[: FILE.index("paper =")].count("import") <= 20


def test_they_are_checked_swept_and_sampled_in_worker_processes(capsys, file):
    grid = "--family quadratic --steps 1 --alpha-L 1/8 --jobs 2 --format json"
    code, shown = ran(capsys, f"table without-rho lipschitz drift {grid}", file)
    records = json.loads(shown.out)
    assert code == 0
    assert [(r["claim"], r["paper"], r["verdict"]) for r in records] == [
        ("without-rho", "", "holds"), ("lipschitz", "conjecture", "holds"), ("drift", "conjecture", "holds"),
    ]  # fmt: skip
    assert all(r["checked"] for r in records)
    code, shown = ran(
        capsys, "sample drift lipschitz --edition printed --checks 60 --jobs 2 --format json", file
    )
    records = json.loads(shown.out)
    assert {r["verdict"] for r in records} == {"holds"}
    # The instances obey the claim's own condition.
    seen = [r["setting"] for r in records if r["claim"] == "drift"]
    assert [s["alpha_L"] * 8 * s["steps"] for s in seen] == pytest.approx([1] * len(seen))


def test_the_usual_grid_of_a_table_is_within_a_claim_s_conditions(capsys, file):
    line = "table drift --family quadratic --steps 3 --jobs 1 --format json"
    (record,) = json.loads(ran(capsys, line, file)[1].out)
    assert (record["verdict"], record["setting"]["alpha_L"]) == ("holds", pytest.approx(1 / 24))


def test_a_false_one_is_refuted_and_its_witness_names_it(capsys, file, tmp_path):
    line = f"search without-rho --evaluations 600 --seconds 60 --steps 2 --jobs 1 --witnesses {tmp_path}"
    code, shown = ran(capsys, line, file)
    assert code == 1
    assert "expected holds: without-rho (printed) on search: violated" in shown.err
    stored = tmp_path / "without-rho-printed.json"
    assert json.loads(stored.read_text())["claim"] == "without-rho"
    assert ran(capsys, f"replay {stored}", file)[0] == 1
    assert main(["replay", str(stored)]) == 2
    assert "or one of --claims FILE.py" in capsys.readouterr().err


def test_a_typed_one_is_in_its_witness(capsys, file, tmp_path):
    line = f"search drift --evaluations 100 --seconds 60 --steps 2 --jobs 1 --witnesses {tmp_path}"
    assert ran(capsys, line, file)[0] == 0
    stored = tmp_path / "drift-printed.json"
    assert json.loads(stored.read_text())["typed"]["where"] == ["alpha*L == 1/(8*N)"]
    # It needs no file then.
    assert main(["replay", str(stored)]) == 0
    assert "holds" in capsys.readouterr().out


def test_planted_errors_tell_its_power_or_that_there_is_none(capsys, file):
    code, shown = ran(capsys, "mutate no-constants --evaluations 5 --jobs 1", file)
    assert code == 2
    assert "nothing was planted, no measured power: no-constants" in shown.err
    line = "mutate lipschitz no-constants --evaluations 5 --jobs 1 --format json"
    found = json.loads(ran(capsys, line, file)[1].out)
    assert found["summary"]["no measured power"] == "no-constants"
    refuted = {m["error"] for m in found["mutants"] if m["found"]}
    assert {"50% less", "0.1% less"} <= refuted
    assert not [m for m in found["mutants"] if m["kind"] == "true" and (m["found"] or m["known"])]


def test_its_tightness_is_that_of_the_worst_case_that_a_search_finds(file):
    add_claims_of(file)
    (row,) = tightness(["lipschitz"], seconds=5, jobs=1)
    assert (row["witness"], row["verdict"]) == ("searched", "holds")
    assert row["ratio"] > 0.9


def test_a_store_keeps_a_claim_s_cells_until_it_changes(capsys, file, tmp_path):
    line = "table lipschitz --family quadratic --steps 1 --alpha-L 1/8 --jobs 1 --format json"
    line = f"{line} --store {tmp_path}/kept.db"
    first = json.loads(ran(capsys, line, file)[1].out)
    assert json.loads(ran(capsys, line, file)[1].out)[0]["seconds"] == first[0]["seconds"]
    other = tmp_path / "other.py"
    other.write_text(FILE.replace("<= L * norm(w - u)", "<= 2 * L * norm(w - u)"))
    changed = json.loads(ran(capsys, line, str(other))[1].out)
    assert changed[0]["ratio"] == pytest.approx(first[0]["ratio"] / 2)


def test_the_page_has_it(capsys, file, tmp_path):
    line = (
        f"report lipschitz --family quadratic --steps 1 --alpha-L 1/8 --jobs 1 --output {tmp_path}/page.html"
    )
    assert ran(capsys, line, file)[0] == 0
    assert "lipschitz" in (tmp_path / "page.html").read_text()


def test_a_file_without_claims_or_with_a_known_id_is_refused(capsys, file, tmp_path):
    other = tmp_path / "other.py"
    typed = "from maml_verify import conjecture\n"
    for content, why in (
        ("x = 1\n", "no claim in it; rule: a Claim or a conjecture, by a name"),
        (typed + "c = [conjecture('0 <= L', id='path-stability')]\n", "another claim has it"),
        (typed + "a, b = (conjecture('0 <= L', id='x') for _ in 'ab')\n", "another claim has it"),
        (typed + "c = conjecture('0 <= ')\n", "line 2: TextError: the text ends"),
    ):  # fmt: skip
        other = tmp_path / f"other{len(content)}.py"
        other.write_text(content)
        code, shown = ran(capsys, "list", str(other))
        assert code == 2, content
        assert why in shown.err
        assert len(shown.err.splitlines()) == 1
    # Of two files, both are known, and an id of one is none of the other.
    again = tmp_path / "again.py"
    again.write_text("from maml_verify import conjecture\ndrift = conjecture('0 <= L')\n")
    assert main(["list", "--claims", file, "--claims", str(again)]) == 2


def test_claims_are_added_in_python_too():
    mine = conjecture("norm(dl(w) - dl(u)) <= L * norm(w - u)", id="mine")
    add_claims(mine)
    add_claims(mine)
    assert own_claims() == (mine,)
    assert find_claim("mine") is mine
    (found,) = sweep(["mine"], ["quadratic"], steps=(1,), alpha_L=0.1, jobs=1)
    assert found[1].verdict == "holds"
    with pytest.raises(ValueError, match="rule: an id of its own"):
        add_claims(conjecture("0 <= L", id="mine"))
    with pytest.raises(TypeError, match="rule: Claim objects"):
        add_claims("mine")
    with pytest.raises(ValueError, match="rule: small letters"):
        add_claims(Claim(id="My", text="", measure=len, observe=len, editions={}))


def test_an_installed_package_names_its_claims(monkeypatch, tmp_path):
    from maml_verify.claims import own

    (tmp_path / "their_bounds.py").write_text(
        "from maml_verify import conjecture\nCLAIMS = [conjecture('0 <= L', id='theirs')]\n"
    )
    info = tmp_path / "their_bounds-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: their-bounds\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[maml_verify.claims]\ntheirs = their_bounds:CLAIMS\n")
    monkeypatch.syspath_prepend(tmp_path)
    own._installed.cache_clear()
    try:
        assert find_claim("theirs").text == "0 <= L"
        (info / "entry_points.txt").write_text("[maml_verify.claims]\ntheirs = their_bounds:NOTHING\n")
        own._installed.cache_clear()
        with pytest.raises(ValueError, match="entry point their_bounds:NOTHING: AttributeError"):
            find_claim("theirs")
    finally:
        (info / "entry_points.txt").write_text("")
        own._installed.cache_clear()
