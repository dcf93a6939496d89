"""Checkpoints, resumption and interruption of the driving loop."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from maml_verify.algorithms import estimated, finite_sum, resampling, run
from problems import cubic

RECORD = ("iterates", "loss", "meta_gradient")


@pytest.fixture
def family():
    return cubic(rng=0)


@pytest.fixture
def algorithm(family):
    beta = estimated(family, smoothness=lambda g: 2 + g, C_beta=2, B_prime=3, D_L=2)
    return resampling(family, alpha=Fraction(1, 10), steps=2, beta=beta, B=2, S=1, D=1, T=1)


@pytest.mark.parametrize("stop", [1, 4, 9])
def test_a_resumed_run_is_the_uninterrupted_one_bit_for_bit(family, algorithm, tmp_path, stop):
    whole = run(algorithm, family, [1, 2], 10, runs=3, rng=5, record=RECORD)
    file = tmp_path / "run.npz"
    run(algorithm, family, [1, 2], stop, runs=3, rng=5, record=RECORD, checkpoint=file)
    rest = run(algorithm, family, [1, 2], 10, runs=3, record=RECORD, checkpoint=file, resume=True)
    assert rest.state.k == 10
    for name, values in whole.arrays().items():
        assert values.tobytes() == rest.arrays()[name].tobytes(), name
    assert rest.state.rng == whole.state.rng


def test_control_c_keeps_what_is_done_and_the_rest_follows(family, algorithm, tmp_path):
    def stop(state, info):
        if state.k == 4:
            raise KeyboardInterrupt

    file = tmp_path / "run.npz"
    options = {"runs": 3, "rng": 5, "checkpoint": file}
    part = run(algorithm, family, [1, 2], 10, callback=stop, every=1000, **options)
    assert part.interrupted
    assert len(part.beta) == 4
    assert part.iterates.shape == (5, 3, 2)
    rest = run(algorithm, family, [1, 2], 10, resume=True, **options)
    whole = run(algorithm, family, [1, 2], 10, runs=3, rng=5)
    assert not rest.interrupted
    assert (rest.iterates == whole.iterates).all()


def test_an_interruption_within_a_step_leaves_no_half_of_it(family, algorithm):
    calls = []

    def step(state):
        if len(calls) == 3:
            raise KeyboardInterrupt
        calls.append(state.k)
        return algorithm.step(state)

    part = run(algorithm._replace(step=step), family, [1, 2], 10, rng=0)
    assert part.state.k == len(part.beta) == len(part.iterates) - 1 == 3
    assert (part.state.w == part.iterates[-1]).all()


def test_an_interruption_before_the_first_step_gives_an_empty_history(family, algorithm):
    def step(state):
        raise KeyboardInterrupt

    part = run(algorithm._replace(step=step), family, [1, 2], 10, rng=0)
    assert part.interrupted
    assert part.state.k == len(part.beta) == 0


def test_callback_and_progress_see_every_iteration(family, algorithm):
    seen, bar = [], []
    run(
        algorithm,
        family,
        [1, 2],
        5,
        rng=0,
        callback=lambda state, info: seen.append((state.k, info.beta.shape)),
        progress=lambda done, total: bar.append((done, total)),
    )
    assert seen == [(k, (1,)) for k in range(1, 6)]
    assert bar == [(k, 5) for k in range(1, 6)]


def test_a_checkpoint_of_another_run_is_refused(family, algorithm, tmp_path):
    file = tmp_path / "run.npz"
    run(algorithm, family, [1, 2], 3, runs=2, rng=0, checkpoint=file)
    beta = estimated(family, smoothness=lambda g: 2 + g, C_beta=2, B_prime=3, D_L=2)
    other = resampling(family, alpha=Fraction(1, 10), steps=2, beta=beta, B=5, S=1, D=1, T=1)
    with pytest.raises(ValueError, match=r"B = 5; rule: 2, as in the checkpoint"):
        run(other, family, [1, 2], 5, runs=2, checkpoint=file, resume=True)
    with pytest.raises(ValueError, match=r"runs = 3; rule: 2"):
        run(algorithm, family, [1, 2], 5, runs=3, checkpoint=file, resume=True)


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"PK\x03\x04 broken"])
def test_a_file_that_is_no_checkpoint_is_refused(family, algorithm, tmp_path, content):
    file = tmp_path / "run.npz"
    file.write_bytes(content)
    with pytest.raises(ValueError, match="rule: a file of format"):
        run(algorithm, family, [1, 2], 5, checkpoint=file, resume=True)


def test_resuming_from_nothing_is_refused(family, algorithm, tmp_path):
    with pytest.raises(ValueError, match="rule: checkpoint names the file"):
        run(algorithm, family, [1, 2], 5, resume=True)
    with pytest.raises(ValueError, match="rule: a file of format"):
        run(algorithm, family, [1, 2], 5, checkpoint=tmp_path / "none.npz", resume=True)


def test_a_finished_run_resumes_to_itself(family, tmp_path):
    beta = estimated(family, smoothness=lambda g: 2 + g, C_beta=2, B_prime=3, query=True)
    algorithm = finite_sum(family, alpha=Fraction(1, 10), steps=2, beta=beta, B=10**10)
    file = tmp_path / "run.npz"
    first = run(algorithm, family, [1, 2], 3, rng=0, checkpoint=file)
    again = run(algorithm, family, [1, 2], 3, checkpoint=file, resume=True)
    assert np.array_equal(first.iterates, again.iterates)
