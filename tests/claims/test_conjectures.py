"""Bounds typed as text: true ones stand a search, false ones do not, and what has no meaning is said."""

from fractions import Fraction as F

import pytest
from typed_bounds import FALSE, ONE_STEP, SMOOTH, TRUE

from maml_verify import check, conjecture
from maml_verify.checks.both_sides import sides
from maml_verify.checks.case import prepare
from maml_verify.checks.certify import certify
from maml_verify.settings import setting
from maml_verify.studies.mutate import CLEAR
from maml_verify.studies.search.search import search
from problems import FAMILIES, ridge


def found(text, steps, where, **options):
    # So many seconds that the number of evaluations alone ends it.
    options = {"seconds": 60, "evaluations": 100, "jobs": 1, "rng": 0} | options
    return search(conjecture(text, where=where), steps=steps, **options).record


@pytest.mark.parametrize(("text", "steps", "where"), TRUE, ids=lambda v: v if isinstance(v, str) else "")
def test_a_true_bound_stands_a_search(text, steps, where):
    record = found(text, steps, where)
    assert record.verdict == "holds"
    # The search came near enough to say something.
    assert record.ratio > (0.999 if text == SMOOTH.format(4) else 0.5)


@pytest.mark.parametrize(("text", "steps", "where"), FALSE, ids=lambda v: v if isinstance(v, str) else "")
def test_a_false_bound_is_refuted_and_certified(text, steps, where):
    record = found(text, steps, where, evaluations=300, target=CLEAR)
    assert record.verdict == "violated"
    assert record.decided_by in ("arb", "exact")
    assert record.lhs[0] > record.rhs[1]


def test_an_equality_of_the_paper_s_kind_is_attained():
    # A stationary point on the plateau, where the curvature is -L: 4 = (1 + alpha L)^2.
    s = {"alpha_L": 1, "steps": 1, "w": [0], "u": [F(1, 16)]}
    family = ridge("cubic-well", [[[F(1)]]])
    record = check(conjecture(SMOOTH.format(4), where=ONE_STEP), family, **s)
    assert (record.verdict, record.decided_by, record.ratio) == ("holds", "exact", 1.0)
    less = check(conjecture(SMOOTH.format("3999999999999/1000000000000"), where=ONE_STEP), family, **s)
    assert less.verdict == "violated"


def test_one_family_is_checked():
    record = check(conjecture(SMOOTH.format(4), where=ONE_STEP), "cubic-well", alpha_L=1, steps=1)
    assert (record.verdict, record.decided_by, record.checked) == ("holds", "arb", 6)
    many = check(conjecture(SMOOTH.format(4), where=ONE_STEP), "cubic-well", alpha_L=1, steps=2)
    assert many.verdict == "vacuous"
    assert many.reason == "not met: N == 1"


@pytest.mark.parametrize("family", FAMILIES)
def test_an_equality_is_never_called_violated(family):
    for text in (TRUE[3][0], "alpha * norm(dl(w)) <= norm(path(w, 1) - w)", "norm(w - u) <= norm(u - w)"):
        for alpha_L in (F(1, 3), 0.7):
            record = check(conjecture(text), family, alpha_L=alpha_L, steps=2)
            assert record.verdict in ("holds", "undecided"), record
            assert record.ratio == pytest.approx(1, rel=1e-12)
            # Arithmetic of rationals decides it where the link is rational.
            assert record.verdict == "holds" or family in ("cosine", "logistic"), record


def test_a_bound_of_every_step_is_certified_with_all_its_steps():
    # N and a step that is named stay what they are where j = 0 is looked at.
    family = ridge("quadratic", [[[F(1)]], [[F(1)]]], linear=[[[F(1)]], [[F(-1)]]])
    claim = conjecture("norm(path(w, j) - w) + N <= norm(path(w, 2) - w) + E_i(norm(dl(w))) + 2*N")
    case = prepare(claim, setting(family, alpha=F(1, 2), steps=3, w=[[2.0], [3.0]]))
    both = sides(case)
    for key in ((0, 0, 0), (1, 1, 3), (1, 0, 1)):
        decision = certify(case, claim.index.at(key))
        assert list(decision.lhs) == pytest.approx([both.low[key]] * 2, rel=1e-12)
        assert list(decision.rhs) == pytest.approx([both.rhs[key]] * 2, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "place", "why"),
    [
        ("norm(dL(w)) < = 2", "= 2", "'=' is not of the grammar"),
        ("norm(dL(w)) 2", "2", "where a relation is expected"),
        ("norm(dL(w) <= 2", "(dL(w) <= 2", "bracket is not closed"),
        ("norm(dL(w)) <= ", "", "the text ends"),
        ("norm(dL(w)) <= 2 <= 3", "<= 3", "a second relation"),
        ("norm(dL(w)) == 2", "== 2", "a bound with =="),
        ("dL(w) <= 2", "<= 2", "a vector is compared"),
        ("norm(dL(w)) <= Lo", "Lo", "did you mean L?"),
        ("norm(G(w)) <= L", "norm(G(w)) <= L", "depends on the batches drawn"),
        ("E(norm(dl(w))) <= L", "E(norm", "E of what no batch changes"),
        ("norm(dL(2)) <= L", "2)) <= L", "dL of 2"),
        ("norm(path(w)) <= L", "path(w)", "path of 1 arguments"),
        ("norm(path(w, L)) <= L", "L)) <= L", "step L"),
        ("norm(w*u) <= L", "*u) <= L", "a product or quotient of vectors"),
        ("norm(w + 1) <= L", "+ 1", "a vector and a number"),
        ("E_i(norm(dL(w))) <= L", "E_i(", "the same for every task"),
        ("norm(dlS(w)) <= sigma_g", "sigma_g", "of the resampling case"),
        ("__import__('os') <= 1", "'os'", "is not of the grammar"),
        ("norm(w)**norm(u) <= 1", "**norm(u)", "an exponent that depends on the problem"),
    ],
)
def test_a_text_without_meaning_is_refused_at_its_place(text, place, why):
    with pytest.raises(ValueError, match="column") as caught:
        conjecture(text)
    said, shown, caret = str(caught.value).split("\n")
    assert why in said
    assert shown.strip() == text.strip()
    there = shown[caret.index("^") :].strip()
    assert there.startswith(place)
    assert there or not place


def test_conditions_and_names_are_refused_too():
    with pytest.raises(ValueError, match="in a condition"):
        conjecture("norm(dL(w)) <= L", where=["norm(w) <= 1"])
    with pytest.raises(ValueError, match="rule: one of L, rho"):
        conjecture("norm(dL(w)) <= L", needs=["M"])
    with pytest.raises(ValueError, match="rule: small letters"):
        conjecture("norm(dL(w)) <= L", id="My bound")
    with pytest.raises(TypeError, match="rule: a string"):
        conjecture(3)


@pytest.mark.parametrize(
    "number",
    [
        "1/3 + N/7 - 13/21",
        "3**(-1) - 1/3",
        "sqrt(2)*sqrt(2) - 2",
        "N**(-2) - 1/4 + 1/4 - 2/8",
        "2**(N/2) - 2",
    ],
)
def test_arithmetic_of_whole_numbers_is_exact(number):
    number = f"({number})"
    texts = [f"{number} <= 0*norm(w)", f"0*norm(w) <= {number}"]
    # Coordinates are rationals, which have no roots.
    for text in texts if "sqrt" in number else [*texts, f"norm({number}*dl(w)) <= 0"]:
        record = check(conjecture(text), "cubic", alpha_L=F(1, 8), steps=2 if "N" in number else 1)
        assert (record.verdict, record.decided_by) == ("holds", "exact"), record


def test_there_are_twenty_of_each():
    assert len({text for text, _, _ in TRUE}) == len({text for text, _, _ in FALSE}) == 20


def test_a_step_that_is_named_is_one_of_the_path():
    claim = conjecture("norm(path(w, 3) - path(w, 1)) <= L * norm(w)", where=["alpha*L <= 1"])
    assert claim.typed["where"] == ["alpha*L <= 1", "N >= 3"]
    assert check(claim, "quadratic", alpha_L=0.1, steps=2).reason == "not met: N >= 3"


def test_units_that_do_not_agree_are_said():
    wrong = conjecture("norm(dL(w)) <= L * norm(w - u)**2")
    assert wrong.units == "the left side scales as c^(1) s^(-1), the right as c^(1)"
    assert check(wrong, "quadratic", alpha_L=0.1, steps=1).reason.endswith(wrong.units)
    assert conjecture("norm(w) <= L + rho").units == "a sum of unlike units"
    assert not any(conjecture(text).units for text, _, _ in TRUE)


def test_a_constant_that_a_condition_names_is_needed():
    claim = conjecture("norm(dl(w) - dl(u)) <= L * norm(w - u)", where=["sigma <= 10**6"])
    assert claim.needs == ("L", "sigma")
    apart = ridge("quadratic", [[[1.0]], [[2.0]]])
    assert check(claim, apart, alpha_L=0.1, steps=1).verdict == "vacuous"


def test_more_paths_than_the_budget_are_refused():
    claim = conjecture("norm(E(G(w)))**2 <= E(norm(G(w))**2)")
    with pytest.raises(ValueError, match="rule: at most budget = 20 paths"):
        check(claim, "cubic", alpha_L=0.1, steps=3, budget=20)
