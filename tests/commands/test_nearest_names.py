"""A mistyped name is answered by the nearest one; names that are too many are not all listed."""

import pytest

from maml_verify import check, find_claim
from maml_verify.__main__ import main
from problems import FAMILIES, cubic, ridge
from problems.names import unknown

LINES = [
    ("tabel", "command = 'tabel'; rule: a known name, the nearest is table"),
    ("serach path-stability", "command = 'serach'; rule: a known name, the nearest is search"),
    ("run algorithm1", "algorithm = 'algorithm1'; rule: a known name, the nearest is algorithm-1"),
    ("check path-stabilty --alpha 1 --steps 1", "rule: a known name, the nearest is path-stability"),
    ("table estimator-bais", "the nearest is estimator-bias"),
    ("sample estimator_bias", "the nearest is estimator-bias"),
    ("search Path-Stability", "the nearest is path-stability"),
    ("tightness mean-gradints", "the nearest is mean-gradient"),
    ("mutate mean-gradints", "the nearest is mean-gradient"),
    ("report estimator-bais", "the nearest is estimator-bias"),
    ("audit eq-26.aa", "id = 'eq-26.aa'; rule: a known name, the nearest is eq-26.a"),
    ("table --family cubik", "family = 'cubik'; rule: a known name, the nearest is cubic"),
    ("run algorithm-1 --family logistc", "the nearest is logistic"),
    ("table --edition printd", "edition = 'printd'; rule: a known name, the nearest is printed"),
    ("check path-stability --alpha 1 --steps 1 --edition shrap", "the nearest is sharp"),
    ("list --format jsn", "format = 'jsn'; rule: a known name, the nearest is json"),
    ("search path-stability --optimiser evolutoin", "the nearest is evolution"),
    ("table --stpes 3", "option = '--stpes'; rule: a known name, the nearest is --steps"),
    ("check path-stability --alpha_L=1 --steps 1", "option = '--alpha_L'; rule: a known name"),
    ("replay a.json --fromat json", "the nearest is --format"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "message"), LINES, ids=[line for line, _ in LINES])
def test_a_mistyped_word_of_a_command_gets_the_nearest(line, message, capsys):
    try:
        code = main(line.split())
    except SystemExit as exit_:
        code = exit_.code
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
    assert len(err) < 160


def test_python_gets_the_nearest_too():
    with pytest.raises(ValueError, match="the nearest is cosine"):
        check("estimator-bias", "cosin", alpha_L=1, steps=1)
    with pytest.raises(ValueError, match="the nearest is derived"):
        check("estimator-bias", "cosine", alpha_L=1, steps=1, edition="derive")
    with pytest.raises(ValueError, match="the nearest is quadratic"):
        ridge("quadratics", [[[1.0]]])
    with pytest.raises(ValueError, match="the nearest is hessian"):
        cubic(noise_kind="hesian")


def test_a_name_near_none_gets_the_few_there_are_or_where_they_are_listed():
    with pytest.raises(ValueError, match=r"family = 'neural'; rule: one of quadratic, .*, cubic-well"):
        check("estimator-bias", "neural", alpha_L=1, steps=1)
    with pytest.raises(ValueError, match="claim = 'neural'; rule: a statement id, as"):
        find_claim("neural")


@pytest.mark.parametrize("value", ["", None, 7, "x" * 10**6, "[/red]", "cubic\n"])
def test_any_value_has_a_short_answer(value):
    assert len(str(unknown("family", value, FAMILIES))) < 160
