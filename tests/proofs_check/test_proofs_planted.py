"""Planted errors: spoilt steps must be refuted or reported as not proved, and none of them proved."""

from __future__ import annotations

import pytest
from spoilt_steps import KINDS, spoil

from proofs_check.engine.decide import decide
from proofs_check.ledger import ledger

# Step, number of its goal, kind of error.  Chosen so that the spoilt relation is false: an error that only
# weakens a bound leaves a true relation, which it would be wrong to reject.
PLANTED = (
    ("eq-26.a", 0, "N to N-1"),
    ("eq-26.b", 0, "N to N-1"),
    ("eq-27.b", 0, "N to N-1"),
    ("eq-28.a", 0, "N to N-1"),
    ("eq-28.b", 0, "N to N-1"),
    ("eq-28.c", 0, "N to N-1"),
    ("proposition-2/first-moment", 0, "N to N-1"),
    ("proposition-2/second-telescoped", 0, "N to N-1"),
    ("eq-30.b", 0, "N to N-1"),
    ("eq-26.c", 0, "2N to N"),
    ("eq-27.c", 0, "2N to N"),
    ("proposition-1/statement", 0, "2N to N"),
    ("proposition-3/final.a", 0, "2N to N"),
    ("proposition-3/final.b", 0, "2N to N"),
    ("eq-35.b", 0, "2N to N"),
    ("proposition-4/collected", 0, "2N to N"),
    ("eq-36", 1, "2N to N"),
    ("eq-18", 0, "2N to N"),
    ("eq-27.a", 0, "dropped term"),
    ("eq-30.a", 0, "dropped term"),
    ("derived/estimator-bias.comparison", 0, "dropped term"),
    ("theorem-5/conditional", 0, "times 0.9"),
    ("theorem-5/conditional", 1, "times 0.9"),
    ("theorem-5/batch", 2, "dropped term"),
    ("eq-37", 0, "times 0.9"),
    ("eq-37", 1, "times 0.9"),
    ("eq-39.a", 0, "dropped term"),
    ("eq-41", 0, "dropped term"),
    ("eq-43", 0, "dropped term"),
    ("eq-40", 0, "lost square"),
    ("theorem-5/convex", 0, "lost square"),
    ("eq-44", 0, "lost square"),
    ("eq-46.c", 0, "lost square"),
    ("eq-48.phi.b", 0, "lost square"),
    ("eq-48.chi", 0, "lost square"),
    ("eq-54.a", 1, "lost square"),
    ("eq-54.b", 1, "lost square"),
    ("proposition-8/statement", 0, "dropped term"),
    ("theorem-9/descent", 0, "times 0.9"),
    ("theorem-9/theta-xi", 2, "times 0.9"),
    ("derived/estimator-bias.product", 0, "times 0.9"),
    ("derived/estimator-bias", 0, "times 0.9"),
    ("eq-33.a", 0, "times 0.9"),
    ("eq-33.b", 2, "times 0.9"),
    ("theorem-5/descent", 0, "times 0.9"),
    ("eq-42", 0, "times 0.9"),
    ("eq-45.a", 0, "times 0.9"),
    ("derived/path-second-moment", 0, "alpha L to alpha"),
    ("derived/path-second-moment.comparison", 0, "alpha L to alpha"),
    ("eq-31.a", 0, "alpha L to alpha"),
    ("eq-34.c", 0, "alpha L to alpha"),
    ("eq-39.b", 0, "alpha L to alpha"),
    ("theorem-5/theta-chi", 0, "alpha L to alpha"),
    ("eq-46.a", 0, "alpha L to alpha"),
    ("eq-46.d", 0, "alpha L to alpha"),
    ("eq-47.b", 0, "alpha L to alpha"),
    ("proposition-2/minibatch", 1, "times 0.9"),
    ("proposition-2/first-step", 0, "S to its root"),
    ("proposition-2/second-step.b", 0, "times 0.9"),
    ("eq-30.c", 0, "S to its root"),
    ("eq-31.b", 0, "S to its root"),
    ("eq-31.c", 0, "S to its root"),
    ("eq-32", 0, "S to its root"),
    ("eq-38.a", 2, "S to its root"),
    ("eq-38.b", 0, "S to its root"),
    ("proposition-4/scalar", 0, "reversed"),
    ("derived/resampling-rate.lemma-16", 2, "reversed"),
    ("derived/resampling-rate.lemma-16", 3, "times 0.9"),
    ("derived/resampling-rate.solve", 0, "reversed"),
    ("sharp/mean-gradient.range", 0, "2N to N"),
    ("sharp/mean-gradient.factor", 0, "times 0.9"),
    ("sharp/mean-gradient.telescoped", 0, "times 0.9"),
    ("sharp/mean-gradient.ball", 0, "times 0.9"),
    ("sharp/mean-gradient.mean", 0, "dropped term"),
    ("sharp/mean-gradient.solved", 0, "reversed"),
    ("sharp/mean-gradient", 0, "2N to N"),
    ("sharp/finite-sum-mean-gradient.drift", 0, "N to N-1"),
    ("sharp/finite-sum-mean-gradient.product", 0, "N to N-1"),
    ("sharp/finite-sum-mean-gradient", 0, "alpha L to alpha"),
    ("sharp/finite-sum-second-moment.factor", 0, "times 0.9"),
    ("sharp/finite-sum-second-moment.telescoped", 0, "times 0.9"),
    ("sharp/finite-sum-second-moment.tasks", 0, "times 0.9"),
    ("sharp/finite-sum-second-moment.deviation", 1, "2N to N"),
    ("sharp/finite-sum-second-moment", 0, "lost square"),
    ("sharp/estimator-bias.product", 1, "N to N-1"),
    ("sharp/estimator-bias.sum", 0, "times 0.9"),
    ("sharp/estimator-bias.squares", 0, "S to its root"),
    ("sharp/estimator-bias.convex", 2, "N to N-1"),
    ("sharp/estimator-bias", 0, "dropped term"),
    ("sharp/estimator-second-moment.factor", 1, "lost square"),
    ("sharp/estimator-second-moment.gradient", 0, "times 0.9"),
    ("sharp/estimator-second-moment.path", 0, "N to N-1"),
    ("sharp/estimator-second-moment", 0, "dropped term"),
    ("sharp/estimator-second-moment.attained", 1, "S to its root"),
    ("sharp/stepsize-moments.two-points", 0, "times 0.9"),
    ("sharp/stepsize-moments.monotone", 0, "reversed"),
    ("sharp/stepsize-moments.monotone", 1, "times 0.9"),
    ("sharp/stepsize-moments.first", 1, "times 0.9"),
    ("sharp/stepsize-moments", 0, "lost square"),
    ("sharp/finite-sum-stepsize-moments", 2, "times 0.9"),
    ("eq-45.b", 2, "reversed"),
    ("eq-45.c", 2, "reversed"),
    ("eq-46.b", 1, "reversed"),
    ("eq-47.a", 0, "reversed"),
    ("corollary-6/C_L-lower", 0, "reversed"),
    ("derived/corollary-6.C_err1", 0, "times 0.9"),
    ("derived/corollary-6.C_err2", 0, "times 0.9"),
    ("derived/corollary-6.C_squ2", 0, "lost square"),
    ("derived/corollary-6.C_squ3", 0, "times 0.9"),
    ("derived/corollary-6.C_L-lower", 0, "alpha L to alpha"),
    ("derived/corollary-6.xi", 0, "dropped term"),
    ("derived/corollary-6.phi", 0, "S to its root"),
    ("derived/corollary-6.bracket", 0, "reversed"),
    ("derived/corollary-6.theta", 0, "times 0.9"),
    ("derived/corollary-6.chi", 0, "dropped term"),
    ("derived/corollary-6.two-tasks", 0, "reversed"),
    ("derived/corollary-6.D", 1, "dropped term"),
    ("derived/corollary-6.D", 2, "N to N-1"),
    ("derived/corollary-6.rate", 1, "dropped term"),
    ("derived/corollary-6.accuracy", 1, "times 0.9"),
    ("derived/corollary-6.sizes", 0, "times 0.9"),
    ("derived/corollary-6.counts", 1, "lost square"),
    ("derived/corollary-10.A_squ2", 0, "lost square"),
    ("derived/corollary-10.C_b", 0, "times 0.9"),
    ("derived/corollary-10.bracket", 0, "alpha L to alpha"),
    ("derived/corollary-10.theta", 0, "times 0.9"),
    ("derived/corollary-10.xi", 0, "dropped term"),
    ("derived/corollary-10.sizes", 0, "times 0.9"),
    ("derived/corollary-10.counts", 2, "times 0.9"),
)
STEPS = {step.id: step for step in ledger()}


def test_there_are_sixty_errors_of_every_kind_in_many_steps() -> None:
    assert len(PLANTED) >= 60
    assert len({step for step, _, _ in PLANTED}) >= 25
    assert {kind for _, _, kind in PLANTED} == set(KINDS)


@pytest.mark.parametrize(("step", "goal", "kind"), PLANTED)
def test_a_planted_error_is_not_proved(step: str, goal: int, kind: str) -> None:
    sound = STEPS[step].readings[0].goals[goal]
    spoilt = spoil(sound, kind)
    assert spoilt is not None
    assert decide(sound).verdict == "proved"
    assert decide(spoilt).verdict in ("refuted", "supported")


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(ValueError, match="typo"):
        spoil(STEPS["eq-28.c"].readings[0].goals[1], "typo")
