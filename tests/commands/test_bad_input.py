"""Bad input to the Python interface and to the commands: a clear error, and exit code 2.

The families' own bad input has its table in test_problems_input.
"""

import math
from fractions import Fraction as F

import numpy as np
import pytest

from maml_verify import check, setting
from maml_verify.__main__ import main
from problems import cosine, quadratic, ridge

GOOD = {"claim": "path-stability", "family": "quadratic", "alpha_L": F(1, 10), "steps": 2}
FAMILY = quadratic(d=2)

CALLS = [
    ({"claim": "lemma-99"}, ValueError, "claim = 'lemma-99'; rule: a statement id, as"),
    ({"family": "neural"}, ValueError, "family = 'neural'; rule: one of quadratic"),
    ({"family": None}, TypeError, "family = None; rule: a problems.Family"),
    ({"family": []}, TypeError, r"family = \[\]; rule: a problems.Family"),
    ({"edition": "corrected"}, ValueError, "edition = 'corrected'; rule: one of printed"),
    ({"alpha_L": None}, ValueError, "alpha = None, alpha_L = None; rule: exactly one"),
    ({"alpha": 1}, ValueError, "alpha = 1, alpha_L = 1/10; rule: exactly one"),
    ({"alpha_L": 0}, ValueError, "alpha_L = 0; rule: positive and finite"),
    ({"alpha_L": -1}, ValueError, "alpha_L = -1; rule: positive and finite"),
    ({"alpha_L": math.nan}, ValueError, "alpha_L = nan; rule: positive and finite"),
    ({"alpha_L": math.inf}, ValueError, "alpha_L = inf; rule: positive and finite"),
    ({"alpha_L": "0.1"}, TypeError, "alpha_L = '0.1'; rule: a real number"),
    ({"alpha_L": True}, TypeError, "alpha_L = True; rule: a real number"),
    ({"alpha_L": 1j}, TypeError, "alpha_L = 1j; rule: a real number"),
    ({"steps": -1}, ValueError, "steps = -1; rule: at least 0"),
    ({"steps": 1.5}, TypeError, "steps = 1.5; rule: an integer"),
    ({"steps": "3"}, TypeError, "steps = '3'; rule: an integer"),
    ({"steps": True}, TypeError, "steps = True; rule: an integer"),
    ({"steps": None}, TypeError, "steps = None; rule: an integer"),
    ({"steps": 10**7}, OverflowError, "steps = 10000000, alpha = .*: a side overflows"),
    ({"steps": 10**7, "alpha_L": 1e-20}, OverflowError, "steps = 10000000; rule: at most 100000"),
    (
        {"steps": 100_001, "alpha_L": None, "alpha": 5e-324},
        OverflowError,
        "steps = 100001; rule: at most 100000",
    ),
    ({"alpha_L": F(10**400)}, ValueError, "alpha_L = inf; rule: positive and finite"),
    ({"steps": 10**400}, ValueError, "steps = inf; rule: below 2"),
    ({"rng": -1}, ValueError, "rng = -1; rule: at least 0"),
    ({"w": [10**400, 0]}, ValueError, "w holds a number beyond float64"),
    ({"w": [1e308, 0]}, OverflowError, "a side overflows"),
    ({"S": 0}, ValueError, "S = 0; rule: at least 1"),
    ({"D": -3}, ValueError, "D = -3; rule: at least 1"),
    ({"T": 2.0}, TypeError, "T = 2.0; rule: an integer"),
    ({"B": "4"}, TypeError, "B = '4'; rule: an integer"),
    ({"points": 0}, ValueError, "points = 0; rule: at least 1"),
    ({"foo": 1}, TypeError, "unexpected keyword argument 'foo'"),
    ({"field": "arb"}, TypeError, "unexpected keyword argument 'field'"),
    ({"noiseless": True}, TypeError, "unexpected keyword argument 'noiseless'"),
    ({"budget": "many"}, TypeError, "budget = 'many'; rule: an integer"),
    ({"budget": -1}, ValueError, "budget = -1; rule: at least 0"),
    ({"budget": 1e4}, TypeError, r"budget = 10000\.0; rule: an integer"),
    ({"replicates": 1}, ValueError, "replicates = 1; rule: at least 2"),
    ({"replicates": "many"}, TypeError, "replicates = 'many'; rule: an integer"),
    ({"delta": 0}, ValueError, "delta = 0; rule: positive"),
    ({"delta": 1}, ValueError, "delta = 1; rule: below 1"),
    ({"delta": math.nan}, ValueError, "delta = nan; rule: positive"),
    ({"delta": "tiny"}, TypeError, "delta = 'tiny'; rule: a real number"),
    ({"runs": 1}, ValueError, "runs = 1; rule: at least 2"),
    ({"runs": 2.5}, TypeError, r"runs = 2\.5; rule: an integer"),
    ({"K": 0}, ValueError, "K = 0; rule: at least 1"),
    ({"C_beta": -1}, ValueError, "C_beta = -1; rule: positive"),
    ({"C_beta": "100"}, TypeError, "C_beta = '100'; rule: a real number"),
    ({"B_prime": 0}, ValueError, "B_prime = 0; rule: at least 1"),
    ({"D_L": True}, TypeError, "D_L = True; rule: an integer"),
    ({"points": "6"}, TypeError, "points = '6'; rule: an integer"),
    ({"rng": None}, TypeError, "rng = None; rule: an integer"),
    ({"w": [1.0]}, ValueError, r"w has shape \(1, 1\); rule: rows of 2 coordinates"),
    ({"w": [[1.0, 2.0, 3.0]]}, ValueError, r"w has shape \(1, 3\); rule: rows of 2 coordinates"),
    ({"w": [[[1.0, 2.0]]]}, ValueError, r"w has shape \(1, 1, 2\); rule: 2 dimensions"),
    ({"w": [math.nan, 0]}, ValueError, "w holds nan; rule: finite numbers"),
    ({"u": [math.inf, 0]}, ValueError, "u holds inf; rule: finite numbers"),
    ({"w": ["a", "b"]}, TypeError, "w has dtype <U1; rule: real numbers"),
    ({"w": np.array(["a", 1], dtype=object)}, TypeError, "w holds 'a'; rule: real numbers"),
    ({"w": [[1, 2], [3]]}, ValueError, "w: rows of different lengths"),
    ({"w": np.zeros((0, 2))}, ValueError, r"w has shape \(0, 2\)"),
    ({"w": np.zeros((3, 2)), "u": np.zeros((2, 2))}, ValueError, "u has 2 points; rule: 1 or 3"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "error", "message"), CALLS, ids=[str(c[0])[:40] for c in CALLS])
def test_a_bad_argument_is_named_with_its_rule(change, error, message):
    with pytest.raises(error, match=message):
        check(**(GOOD | change))


@pytest.mark.parametrize("name", ["estimator-bias", "estimator-second-moment", "finite-sum-second-moment"])
def test_a_step_size_beyond_the_theory_is_vacuous_not_green(name):
    record = check(name, "cubic", alpha_L=2, steps=3)
    assert record.verdict == "vacuous"
    assert "alpha < (2^(1/(2N)) - 1)/L" in record.reason
    assert record.checked == 0


def test_a_family_without_a_constant_says_which_assumption_fails():
    tasks_differ = ridge("quadratic", [[[1.0]], [[2.0]]])
    record = check("mean-gradient", tasks_differ, alpha_L=F(1, 10), steps=1)
    assert record.verdict == "vacuous"
    assert record.reason.startswith("sigma: ")
    assert "Assumption 2" in record.reason
    # Lemma 11 does not need sigma.
    assert check("path-stability", tasks_differ, alpha_L=F(1, 10), steps=1).verdict == "holds"


def test_limits_are_limits_not_crashes():
    no_noise = quadratic(noise=0, spread=0)
    for name in ("meta-smoothness", "path-first-moment", "estimator-second-moment", "mean-gradient"):
        for steps in (0, 1):
            assert check(name, no_noise, alpha_L=F(1, 10), steps=steps).verdict == "holds"


def test_read_only_and_integer_arrays_are_welcome():
    w = np.array([1, 2])
    w.setflags(write=False)
    assert check("path-stability", FAMILY, alpha_L=F(1, 10), steps=1, w=w).verdict == "holds"
    assert w.tolist() == [1, 2]
    s = setting(cosine(), alpha=0.1, steps=1, w=w)
    assert s.w.shape == (1, 2) or s.w.shape[1] == 2


COMMANDS = [
    ("check path-stability --steps 2", "alpha: missing"),
    ("check path-stability --alpha-L 1/10", "steps: missing"),
    ("check lemma-99 --alpha-L 1/10 --steps 1", "claim = 'lemma-99'"),
    ("check path-stability --alpha-L 0 --steps 1", "alpha_L = 0; rule: positive"),
    ("check path-stability --alpha 0.1 --steps -1", "steps = -1"),
    ("check path-stability --alpha 0.1 --steps 1 --S 0", "S = 0; rule: at least 1"),
    ("check path-stability --alpha 0.1 --steps 1 --family nobody", "family = 'nobody'"),
    ("check path-stability --alpha 0.1 --steps 1 --edition printed-b", "edition = 'printed-b'"),
    ("check estimator-bias --alpha-L 2 --steps 1", "nothing was checked"),
    ("table nothing", "claim = 'nothing'"),
    ("table --family nobody", "family = 'nobody'"),
    ("run algorithm-1 --family nobody", "family = 'nobody'"),
    ("table path-stability --steps -2", "steps = -2"),
    ("table --data missing.csv --label y --task t", "missing.csv"),
    ("table --data missing.csv", "label: missing"),
    ("list --output no/such/folder/file", "output = no/such/folder/file"),
    ("list --output .", "output = .: a folder; rule: a writable file"),
    ("check path-stability --steps 1 --alpha 1e-99999999", "alpha = 0; rule: positive"),
    ("check path-stability --steps 1 --alpha-L 1 --S 99999999999999999999", "S = 1e+20; rule: below 2^63"),
    ("check path-stability --steps 1 --alpha-L 1 --points 4000000000000000", "Unable to allocate"),
    ("table path-stability --task t", "task = 't' without data; rule: --data FILE"),
    ("check path-stability --steps 1 --alpha-L 1 --budget -1", "budget = -1; rule: at least 0"),
    ("check path-stability --steps 1 --alpha-L 1 --delta 2", "delta = 2.0; rule: below 1"),
    ("check path-stability --steps 1 --alpha-L 1 --runs 1", "runs = 1; rule: at least 2"),
    ("check path-stability --steps 1 --alpha-L 1 --replicates 0", "replicates = 0; rule: at least 2"),
    ("check path-stability --steps 1 --alpha-L 1 --family cubic --variant 99", "variant = 99; rule: below"),
    ("check path-stability --steps 1 --alpha-L 1 --w=1 --family cubic", "w has shape (1, 1)"),
    ("run algorithm-1 --runs 0", "runs = 0; rule: at least 1"),
    ("run algorithm-1 --every 0 --checkpoint c.npz", "every = 0; rule: at least 1"),
    ("run algorithm-1 -K 0", "K = 0; rule: at least 1"),
    ("sample path-stability --checks 0", "checks = 0; rule: at least 1"),
    ("search path-stability --seconds 0", "seconds = 0.0; rule: positive"),
    ("search path-stability --evaluations 0", "evaluations = 0; rule: at least 1"),
    ("mutate path-stability --evaluations 0", "evaluations = 0; rule: at least 1"),
    ("table path-stability --data x.csv --family cubic", "family = 'cubic' and data = x.csv; rule: one of"),
    ("table --witnesses pyproject.toml", "witnesses = pyproject.toml"),
    ("search path-stability --jobs 0", "jobs = 0; rule: at least 1"),
    ("mutate path-stability --jobs -2", "jobs = -2; rule: at least 1"),
    ("mutate path-stability --seconds nan", "seconds = nan; rule: positive"),
    ("run algorithm-1 --link logistic", "link = 'logistic' without data"),
    ("run algorithm-1 --checkpoint no/such/c.npz", "checkpoint = no/such/c.npz: no folder"),
    ("replay no-such-file.json", "no-such-file.json"),
]


@pytest.mark.parametrize(("line", "message"), COMMANDS, ids=[c[0] for c in COMMANDS])
def test_a_bad_command_prints_one_line_and_exits_2(line, message, capsys):
    assert main(line.split()) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err
    assert captured.err.count("\n") == 1


USAGE = [
    "check path-stability --alpha x --steps 1",
    "check path-stability --alpha nan --steps 1",
    "check path-stability --alpha 1 --alpha-L 1 --steps 1",
    "check path-stability --alpha 1 --steps 1.5",
    "check path-stability --alpha 1/0 --steps 1",
    "check path-stability --alpha 1e400 --steps 1",
    "check path-stability --alpha 1e99999999 --steps 1",
    "check path-stability --alpha 1 --steps 1 --rng -1",
    "table --format yaml",
    "table --edition guessed",
    "prove",
    "",
]


@pytest.mark.parametrize("line", USAGE)
def test_bad_usage_exits_2(line, capsys):
    with pytest.raises(SystemExit) as exit_:
        main(line.split())
    assert exit_.value.code == 2
    message = capsys.readouterr().err
    assert "error:" in message
    assert message.count("\n") == 1


@pytest.mark.parametrize("line", ["audit eq-26", "check path-stability --alpha 1 --steps 1"])
def test_ctrl_c_leaves_no_traceback(line, capsys, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(f"maml_verify.commands.{COMMAND[line.split()[0]]}.run", interrupted)
    assert main(line.split()) == 130
    assert capsys.readouterr().err == "maml-verify: interrupted\n"


COMMAND = {"audit": "audit", "check": "check"}


def test_a_run_that_diverges_says_so(capsys):
    code = main(["run", "algorithm-1", "--beta", "1000000", "--steps", "3", "--runs", "2"])
    assert code == 0
    assert capsys.readouterr().err == "diverged: some of the 2 runs left float64\n"
