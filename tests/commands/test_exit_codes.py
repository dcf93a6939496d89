"""Exit codes, each by a process of its own: every command with every code that it can have."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from processes import ROOT, command

from maml_verify.__main__ import COMMANDS, main
from maml_verify.commands.console import faults
from maml_verify.commands.console.faults import TRACEBACK, code_of
from maml_verify.execution.workers import WorkerLost

GRID = "--edition printed --family cubic-well --steps 4 --alpha-L 1/50"
# What ends well, and what is wrong with the input.
LINES = {
    "list": ("list", "list --output no/such/file"),
    "table": (f"table path-second-moment {GRID} --jobs 1", "table nothing"),
    "check": (
        "check mean-gradient --family cubic --steps 2 --alpha-L 1 --edition printed",
        "check path-stability --steps 1",
    ),
    "run": ("run algorithm-1 --runs 2 -K 2", "run algorithm-1 --runs 0"),
    "audit": ("audit eq-26.a", "audit eq-999"),
    "search": (
        "search mean-gradient --evaluations 100 --seconds 5 --steps 2 --alpha-L 1 --jobs 1",
        "search path-stability --seconds 0",
    ),
    "replay": ("replay path-second-moment-printed.json", "replay README.md"),
    "sample": ("sample path-second-moment --edition printed --checks 4000 --jobs 1", "sample --checks 0"),
    "tightness": ("tightness path-second-moment --edition printed", "tightness nothing"),
    "mutate": ("mutate path-stability --evaluations 20 --jobs 1", "mutate nothing"),
    "laws": ("laws quadratic --seconds 4", "laws nothing"),
    "report": (f"report path-second-moment {GRID} --jobs 1", "report nothing"),
    "conjecture": (
        "conjecture 0<=L --evaluations 9 --planted 1 --seconds 60 --jobs 1",
        "conjecture 0<=L --needs M",
    ),
    "constants": ("constants quadratic --evaluations 0 --points 5", "constants nothing"),
    "gradient": ("gradient examples/meta_gradients/plain_numpy.py:meta_gradient", "gradient nothing.py:f"),
}
# What is violated is registered as what holds.
OTHER = """from maml_verify.claims import find_claim
for name in ("path-second-moment", "mean-gradient"):
    find_claim(name).expected["printed"] = "holds"
"""
VERDICTS = {name: (line, OTHER) for name, (line, _) in LINES.items() if name not in ("list", "run", "audit")}
# A search that may not look refutes no false statement.
VERDICTS["conjecture"] = ("conjecture L<=0 --evaluations 9 --seconds 60 --jobs 1", "")
VERDICTS["gradient"] = ("gradient examples/meta_gradients/plain_numpy.py:reversed_product", "")
# A constant of which twice as much is needed, and a law that does not hold.
VERDICTS["constants"] = (
    LINES["constants"][0],
    """import maml_verify.studies.measured_constants as m
shares = m.shares
m.shares = lambda *given: {name: share * 0 + 2 for name, share in shares(*given).items()}
""",
)
VERDICTS["laws"] = (
    LINES["laws"][0],
    """import maml_verify.checks.family as m
from maml_verify.checks.laws.subject import Broken
def law(subject): raise Broken("planted")
m.LAWS["shapes"] = law
""",
)
VERDICTS["mutate"] = ("mutate path-stability --evaluations 1 --jobs 1", "")


def test_every_command_is_in_the_table():
    assert list(LINES) == [name for name, *_ in COMMANDS]


@pytest.mark.parametrize("name", LINES)
def test_what_is_as_expected_exits_0(name):
    done = command(LINES[name][0])
    assert (done.returncode, bool(done.stdout)) == (0, True), done.stderr


@pytest.mark.parametrize("name", VERDICTS)
def test_another_verdict_than_the_registered_one_exits_1(name, tmp_path):
    line, plant = VERDICTS[name]
    if name == "replay":
        values = json.loads((ROOT / "maml_verify/witnesses/path-stability-printed.json").read_text())
        (tmp_path / "w.json").write_text(json.dumps(values | {"ratio": 99}))
        line = ["replay", str(tmp_path / "w.json")]
    done = command(line, plant=plant)
    assert (done.returncode, bool(done.stdout)) == (1, True), done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", LINES)
def test_bad_input_exits_2(name):
    done = command(LINES[name][1])
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert "rule: " in done.stderr or "No such file" in done.stderr


def planted(name, error):
    module = next(module for command_, module, _ in COMMANDS if command_ == name)
    return f"import maml_verify.commands.{module} as m\ndef run(arguments): raise {error}\nm.run = run"


@pytest.mark.parametrize("name", LINES)
def test_an_unexpected_error_exits_3_and_asks_for_a_report(name):
    done = command(LINES[name][0], plant=planted(name, "KeyError('a\\nb')"))
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == (
        "maml-verify: unexpected error, please report it with what MAML_VERIFY_TRACEBACK=1 shows: "
        "KeyError: 'a\\nb'\n"
    )


@pytest.mark.parametrize("name", LINES)
def test_an_interruption_exits_130(name):
    done = command(LINES[name][0], plant=planted(name, "KeyboardInterrupt"))
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "maml-verify: interrupted\n")


def test_a_traceback_is_there_on_request():
    done = command("list", plant=planted("list", "ZeroDivisionError"), env={TRACEBACK: "1"})
    assert done.returncode == 3
    assert "Traceback (most recent call last)" in done.stderr
    assert done.stderr.endswith("ZeroDivisionError\n")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is full")
@pytest.mark.parametrize(
    "line",
    [LINES["list"][0], LINES["check"][0], LINES["tightness"][0], "--help", "list --help", "--version"],
)
def test_a_full_disk_under_standard_output_exits_3(line):
    with open("/dev/full", "w") as full:
        done = command(line, capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 3
    assert done.stderr.splitlines()[-1] == "maml-verify: standard output: No space left on device"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is full")
@pytest.mark.parametrize("line", ["list --format nothing", "table nothing"])
def test_a_full_disk_under_standard_error_leaves_the_code_of_bad_usage(line):
    with open("/dev/full", "w") as full:
        done = command(line, capture_output=False, stdout=subprocess.PIPE, stderr=full)
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_process_told_to_end_shows_what_is_done(kind, tmp_path):
    store = tmp_path / "sweep.db"
    line = "table path-stability path-gradient task-gradient-gap --steps 8 --jobs 1 --store"
    words = [sys.executable, "-m", "maml_verify", *line.split(), str(store)]
    process = subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        # Who runs the tests may ignore the signal (nohup does), which a child inherits.
        preexec_fn=lambda: signal.signal(kind, signal.SIG_DFL),
    )
    # The log beside the store holds a row once it is longer than its header and the empty table.
    while not (log := tmp_path / "sweep.db-wal").exists() or log.stat().st_size < 20_000:
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(kind)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "cells are done and shown" in err
    assert "checked (" in out


@pytest.mark.parametrize("line", ["list", f"table path-second-moment {GRID} --jobs 1", "table --help"])
def test_a_reader_that_leaves_is_no_error(line):
    words = [sys.executable, "-m", "maml_verify", *line.split()]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(60) == 0
    process.stderr.close()


ERRORS = [
    (ValueError("x = 1; rule: 2"), 2),
    (TypeError("x = 1; rule: 2"), 2),
    (OverflowError("a side overflows; rule: less"), 2),
    (ValueError("operands could not be broadcast"), 3),
    (ArithmeticError("two routes differ"), 3),
    (FileNotFoundError(2, "No such file or directory", "x"), 2),
    (PermissionError(13, "Permission denied", "x"), 2),
    (OSError(28, "No space left on device", "x"), 3),
    (OSError(27, "File too large", "x"), 3),
    (OSError("store = x: database is locked"), 3),
    (FloatingPointError("takes subnormal numbers for zero; rule: nothing is certified"), 3),
    (WorkerLost("a worker process was killed"), 3),
    (MemoryError(), 3),
    (AssertionError(), 3),
    (RecursionError("deep"), 3),
    (KeyboardInterrupt(), 130),
]


@pytest.mark.parametrize(("error", "code"), ERRORS, ids=[repr(e) for e, _ in ERRORS])
def test_an_error_is_of_the_input_only_where_it_says_so(error, code, capsys):
    assert code_of(error) == code
    faults.tell(error)
    assert capsys.readouterr().err.count("\n") == 1


def test_an_array_larger_than_the_machine_is_bad_input(capsys):
    line = "check path-stability --family quadratic --steps 1 --alpha-L 1 --points 4000000000000000"
    assert main(line.split()) == 2
    assert "rule: what memory can hold" in capsys.readouterr().err
