"""Searches find the known worst cases from scratch, within stated numbers of evaluations at fixed seeds."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from maml_verify.checks.witness import read_witness, replay, write_witness
from maml_verify.claims import CLAIMS, find_claim
from maml_verify.record import VERDICTS
from maml_verify.studies.search import closed_forms
from maml_verify.studies.search.closed_forms import bounded_below
from maml_verify.studies.search.encoding import decode, length, starts
from maml_verify.studies.search.instance import TABLES, WEIGHTS, Space
from maml_verify.studies.search.objective import is_split, largest_step, ratio
from maml_verify.studies.search.optimise import OPTIMISERS, Best, Budget, maximise
from maml_verify.studies.search.search import certificate, search
from maml_verify.studies.search.simplify import exactly, simplify
from maml_verify.studies.search.spaces import LINKS
from problems import finite_sum_constants, resampling_constants

ATTAINED = (
    *((claim.id, "sharp") for claim in CLAIMS if "sharp" in claim.editions),
    *(
        (name, "printed")
        for name in ("meta-smoothness", "path-stability", "path-gradient", "product-deviation")
    ),
    *((name, "printed") for name in ("task-gradient-gap", "support-path-gradient")),
    *((name, "derived") for name in ("path-second-moment", "finite-sum-meta-smoothness")),
    *((name, "derived") for name in ("mean-gradient", "finite-sum-mean-gradient")),
)
FALSE = tuple(
    (claim.id, edition)
    for claim in CLAIMS
    for edition, expected in claim.expected.items()
    if expected == "violated"
)


def scaled(claim_id, factor, edition="printed"):
    """The claim with its bound times a factor."""
    claim = find_claim(claim_id)
    bound = claim.editions[edition]
    wrong = {edition: lambda c, p, o: bound(c, p, o) * factor}
    return replace(claim, editions=dict(claim.editions) | wrong)


@pytest.mark.parametrize(("name", "edition"), ATTAINED)
def test_an_equality_case_is_found_from_scratch(name, edition):
    found = search(name, edition, seconds=20, rng=1, jobs=1, evaluations=1500, target=0.9992)
    assert found.record.verdict == "holds"
    assert found.record.ratio >= 0.999


@pytest.mark.parametrize(("name", "edition"), FALSE)
def test_a_false_printed_statement_is_refuted_from_scratch(name, edition):
    found = search(name, edition, seconds=60, rng=2, jobs=1, evaluations=3000, target=1.02)
    assert found.record.verdict == "violated"
    assert found.record.decided_by in ("arb", "exact")


@pytest.mark.parametrize("seed", range(10))
def test_a_bound_that_is_one_percent_too_small_is_refuted(seed):
    name = ("path-stability", "task-gradient-gap", "product-deviation")[seed % 3]
    found = search(scaled(name, 0.99), seconds=20, rng=seed, evaluations=600, target=1.005)
    assert found.record.verdict == "violated"
    assert found.evaluations <= 600


def test_a_witness_of_a_search_replays(tmp_path):
    found = search("path-gradient", seconds=10, jobs=1, evaluations=300, target=0.999)
    write_witness(tmp_path / "w.json", found.witness)
    record = replay(tmp_path / "w.json")
    assert (record.verdict, record.ratio) == (found.record.verdict, found.record.ratio)
    _, _, s = read_witness(tmp_path / "w.json")
    assert (s.family.tasks, s.family.atoms, s.family.d) == (1, 1, 1)


def test_the_result_depends_on_the_seed_alone_where_evaluations_are_given():
    one, two = (search("path-gradient", seconds=1e3, rng=7, jobs=1, evaluations=200) for _ in range(2))
    assert one.witness == two.witness


def test_the_step_size_asked_for_is_kept():
    found = search("mean-gradient", "derived", seconds=10, jobs=1, evaluations=300, steps=2, alpha_L=0.125)
    assert found.record.setting["steps"] == 2
    assert found.record.setting["alpha_L"] == 0.125
    assert found.record.verdict == "holds"


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("split", [False, True], ids=["resampling", "finite-sum"])
def test_closed_forms_are_the_constants_of_the_family(link, split):
    rng = np.random.default_rng(3)
    for _ in range(6):
        d, n, m = int(rng.integers(1, 3)), int(rng.integers(1, 4)), 2 if split else int(rng.integers(2, 4))
        space = Space(link, d, n, 2, m, split=split, pairs=True)
        instance = exactly(decode(space, rng.uniform(-1, 1, length(space)), 0.5))
        family = instance.exact_family()
        known = (finite_sum_constants if split else resampling_constants)(family)
        fast = (closed_forms.finite_sum if split else closed_forms.resampling)(family)
        assert known.lower_bounded.value == 1
        for name, value in zip(fast._fields, fast, strict=True):
            exact = float(getattr(known, name).value)
            assert value == pytest.approx(exact, rel=1e-9, abs=1e-9) or (value is None and exact == np.inf)


@pytest.mark.parametrize("terms", [0, 3], ids=["on-axes", "features-and-offsets"])
@pytest.mark.parametrize("name", ["path-second-moment", "estimator-bias", "finite-sum-second-moment"])
def test_scores_are_at_most_the_ratios_of_the_certificate(name, terms):
    claim = find_claim(name)
    atoms = 2 if is_split(claim) else 3
    space = Space("cubic-well", 2, 2, 2, atoms, terms, split=is_split(claim), pairs=claim.pairs)
    largest = largest_step(claim, "derived", 2)
    # Tasks apart, which come first, can have both sides zero.
    for vector in starts(space)[3:6]:
        instance = decode(space, vector, largest)
        record, _ = certificate(claim, "derived", exactly(instance))
        assert record.verdict in VERDICTS[:1]
        # What rounding may have made is taken off.
        score = ratio(claim, "derived", instance)
        assert record.ratio - 1e-3 <= score <= record.ratio + 1e-9


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("split", [False, True], ids=["resampling", "finite-sum"])
def test_a_random_instance_is_bounded_below_in_exact_numbers(link, split):
    rng = np.random.default_rng(4)
    for terms in (0, 0, 2 if link == "logistic" else 3):
        space = Space(link, 2, 2, 2, 2, terms, split=split, pairs=True)
        instance = exactly(decode(space, rng.uniform(-1, 1, length(space)), 0.5))
        assert bounded_below(instance)
        known = (finite_sum_constants if split else resampling_constants)(instance.exact_family())
        assert known.lower_bounded.value == 1
        assert (instance.weights.sum(), *instance.probabilities.sum(1)) == (1, 1, 1)


def test_a_simplified_instance_keeps_its_score_and_loses_what_does_not_matter():
    space = Space("cosine", 2, 2, 2, 3, pairs=True)
    vector = np.random.default_rng(5).uniform(-1, 1, length(space))
    instance = decode(space, vector, 0.5)

    def score(one):
        return 0.5 if float(one.coefficients.max()) > 0.02 and len(one.weights) == 2 else -1.0

    simple = simplify(instance, score, Budget())
    assert score(simple) == 0.5
    assert simple.features.shape == (2, 1, 1)
    assert simple.coefficients.shape[1] == 1
    assert bounded_below(simple)
    assert not simple.w.any()
    assert not simple.step.any()
    assert {x.denominator for x in simple.weights} <= {1, 2, 4, 8}


@pytest.mark.parametrize("link", LINKS)
def test_an_instance_of_one_atom_is_rational_in_every_table(link):
    space = Space(link, 1, 1, 1)
    instance = exactly(decode(space, np.zeros(length(space)), 0.5))
    assert instance.coefficients.shape[1] == 1
    for name in (*TABLES, *WEIGHTS):
        assert all(isinstance(value, Fraction) for value in getattr(instance, name).ravel()), name


def test_an_interruption_keeps_the_best_so_far():
    calls = []

    def function(vector):
        calls.append(vector)
        if len(calls) == 5:
            raise KeyboardInterrupt
        return float(len(calls))

    best = maximise(function, [np.zeros(2)] * 9, Budget(), np.random.default_rng(0))
    assert best.interrupted
    assert (best.value, best.evaluations) == (4.0, 5)
    assert isinstance(best, Best)


def _needed(optimiser):
    if optimiser == "cma":
        pytest.importorskip("cma", reason="the extra cma is not installed")


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_the_optimiser_finds_a_narrow_peak(optimiser):
    _needed(optimiser)
    for peak in (np.array([0.3, -0.7]), np.array([0.2])):
        best = maximise(
            lambda v, peak=peak: -float(np.abs(v - peak).sum()),
            [np.zeros(len(peak))],
            Budget(evaluations=600),
            np.random.default_rng(0),
            optimiser,
        )
        assert np.abs(best.vector - peak).max() < 1e-3
        assert best.evaluations <= 600


def test_a_search_by_cma_depends_on_the_seed_alone():
    _needed("cma")
    given = {"seconds": 1e3, "rng": 7, "jobs": 1, "evaluations": 60, "steps": 2, "optimiser": "cma"}
    one, two = (search("path-gradient", **given) for _ in range(2))
    assert one.witness == two.witness


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"claim": "path-gradient", "optimiser": "annealing"}, "rule: one of evolution, cma"),
        ({"claim": "path-gradient", "edition": "derived"}, "rule: one of printed"),
        ({"claim": "path-gradient", "seconds": 0}, "seconds"),
        ({"claim": "path-gradient", "steps": -1}, "steps"),
    ],
)
def test_bad_options_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        search(**options)
