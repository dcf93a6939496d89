"""A family is a few methods; what it does not override has a default with a stated consequence."""

import pickle
from fractions import Fraction as F

import numpy as np
import pytest
from any_families import CLAIMED, ExactFactors, Factors, Plain
from small_families import small

from maml_verify.execution.identity import family_digest
from problems import Family, Known, claimed, converted, finite_sum_constants, resampling_constants
from problems.family import checked_family, without_idle_tasks
from problems.known import joined

W = np.array([[[0.5, -1.0], [2.0, 0.25], [0.0, 0.0]]] * 2)


def test_gradients_of_atoms_are_gradients_of_unit_batches():
    family = Factors()
    for k, grads in enumerate(np.moveaxis(family.atom_grads(W, [0, 1]), 2, 0)):
        gap = W[..., 0] * W[..., 1] - family.targets[:, k, None]
        np.testing.assert_allclose(grads, gap[..., None] * W[..., ::-1] / 8)
    ridge = small("cosine")
    np.testing.assert_allclose(Family.atom_grads(ridge, W, [1, 0]), ridge.atom_grads(W, [1, 0]))


def test_what_is_not_told_is_not_known():
    family = Factors()
    for known in (resampling_constants(family), finite_sum_constants(family)):
        assert {constant.flag for constant in known[:-1]} == {"none"}
        assert known.L.reason == "the family factors tells no constants"
        assert not known.lower_bounded.value
    assert family.cast(F) is family.over_rationals(F) is family.atom_bounds() is family.term_sizes() is None
    assert family.content() is family.ridge_tables() is None
    assert not (family.rational)
    assert not (family.convex)


@pytest.mark.parametrize("family", [Factors(), small("logistic")], ids=lambda f: f.name)
def test_some_tasks_of_a_family_answer_as_among_all(family):
    one, c = Family.restrict(family, [1]), family.probabilities[1:, None]
    whole = family.probabilities[:, None]
    assert (one.tasks, one.atoms, one.d, one.task_weights.tolist()) == (1, 2, 2, [1.0])
    np.testing.assert_array_equal(one.loss(W[1:], c), family.loss(W, whole)[1:])
    np.testing.assert_array_equal(one.grad(W[1:], c), family.grad(W, whole)[1:])
    np.testing.assert_array_equal(one.hvp(W[1:], W[1:], c), family.hvp(W, W, whole)[1:])
    np.testing.assert_array_equal(one.support, family.support[1:])


def test_tasks_without_weight_take_part_in_nothing():
    family = Factors()
    family.task_weights = np.array([0.0, 1.0])
    assert without_idle_tasks(family).tasks == 1
    with pytest.raises(ValueError, match=r"tasks = \[0\]: no weight"):
        family.restrict([0])


def test_a_cast_converts_every_table_and_its_weights_add_up():
    family = ExactFactors([[0.5, 1.0, 0.1]])
    exact = converted(family, F)
    assert sum(exact.probabilities[0]) == 1 != sum(map(F, family.probabilities[0]))
    assert exact.targets.tolist() == [[F(0.5), 1, F(0.1)]]
    assert exact.name == "factors"
    assert family.targets.dtype == np.float64
    w = np.array([[[F(1, 3), F(2)]]], dtype=object)
    assert exact.grad(w, exact.query[:, None])[0, 0, 1] == (F(2, 3) - F(0.1)) * F(1, 24)


def test_claims_fill_what_a_family_does_not_know_and_nothing_else():
    family = small("quadratic")
    own = resampling_constants(family)
    assert own.sigma.flag == "none" != own.L.flag
    known = joined(own, claimed(L=100, sigma=F(7, 2)))
    assert (known.L, known.sigma[:2]) == (own.L, (F(7, 2), "claimed"))
    assert joined(own, None) is own
    exact = Known(*(constant._replace(flag="exact") for constant in CLAIMED[:-1]))
    assert joined(resampling_constants(Factors()), exact).rho[:2] == (2, "claimed")
    assert claimed(L=1, lower_bounded=False).lower_bounded.flag == claimed(L=1).b.flag == "none"


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        ({"L": 0}, "L = 0"),
        ({"rho": -1.0}, "rho = -1.0"),
        ({"sigma": np.inf}, "sigma"),
        ({"b": np.nan}, "b = nan"),
    ],
)
def test_a_claim_is_a_number(claim, message):
    with pytest.raises(ValueError, match=f"{message}.*; rule: "):
        claimed(**claim)
    with pytest.raises(TypeError, match="sigma_g = '1'; rule: a real number"):
        claimed(sigma_g="1")


def changed(**fields):
    family = Factors()
    for name, value in fields.items():
        setattr(family, name, value)
    return family


@pytest.mark.parametrize(
    ("family", "message"),
    [
        (changed(probabilities=np.full((2, 2), 0.4)), "probabilities of the family factors sums to 0.8"),
        (changed(support=np.array([[2.0, -1.0]] * 2)), "support of the family factors holds -1"),
        (changed(query=np.ones((2, 1))), r"query of the family factors has shape \(2, 1\)"),
        (changed(task_weights=[0.5, 0.5]), r"task_weights of the family factors .* rule: an array \(n,\)"),
    ],
    ids=["sum", "sign", "shape", "list"],
)
def test_weights_are_checked_by_name(family, message):
    with pytest.raises(ValueError, match=message):
        checked_family(family)


def test_what_is_no_family_is_refused_by_name():
    with pytest.raises(TypeError, match=r"family = 3; rule: a problems\.Family"):
        checked_family(3)
    family = Factors()
    del family.query
    with pytest.raises(TypeError, match="Factors has no query"):
        checked_family(family)


def test_a_family_without_a_hash_goes_by_identity():
    family = checked_family(Plain(np.ones(1), np.ones((1, 1))))
    assert hash(family)
    assert family.constants("resampling").L.value == 1
    assert family.grad(np.full((1, 2, 1), 3.0), np.ones((1, 1, 1))).tolist() == [[[3.0], [3.0]]]


def test_a_digest_tells_families_apart_by_all_that_a_verdict_depends_on():
    def named(name):
        return changed(name=name)

    families = [
        Factors(),
        Factors([[0.5, 1.0], [-0.25, 0.5]]),
        Factors(claims=CLAIMED),
        ExactFactors(),
        named("x"),
    ]
    families += [Factors(claims=CLAIMED._replace(rho=CLAIMED.sigma))]
    families += [changed(task_weights=np.array([0.25, 0.75]))]
    assert len({family_digest(family) for family in families}) == len(families)
    assert family_digest(Factors()) == family_digest(pickle.loads(pickle.dumps(Factors())))
    assert family_digest(Factors().restrict([0, 1])) != family_digest(Factors().restrict([0]))


def test_a_family_that_cannot_be_told_apart_is_refused_by_name():
    class Shy(Factors):
        def loss(self, w, c):
            raise RuntimeError("not here")

    with pytest.raises(ValueError, match=r"the family factors has no digest: not here; rule: content\(\)"):
        family_digest(Shy())
