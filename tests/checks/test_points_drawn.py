"""Points drawn for a check: of several magnitudes about 0, at several distances about given ones."""

import numpy as np

from maml_verify.settings import draw_points


def test_points_have_magnitudes_from_a_sixteenth_to_eight():
    sizes = np.array([np.abs(draw_points(3, 6, rng)).mean(1) for rng in range(400)]).mean(0)
    # A coordinate of standard deviation s has the mean size (2/pi)^(1/2) s.
    np.testing.assert_allclose(sizes / np.geomspace(1 / 16, 8, 6), (2 / np.pi) ** 0.5, rtol=0.1)


def test_points_about_others_have_distances_from_ten_to_a_hundredth():
    around = np.full((5, 2), 3.0)
    steps = np.array([np.abs(draw_points(2, 5, rng, around) - 3).mean(1) for rng in range(400)]).mean(0)
    np.testing.assert_allclose(steps / np.geomspace(10, 0.01, 5), (2 / np.pi) ** 0.5, rtol=0.12)


def test_they_are_multiples_of_1_over_1024_and_depend_on_the_seed_alone():
    for around in (None, np.ones((4, 2))):
        w = draw_points(2, 4, 7, around)
        assert (w * 1024 == np.round(w * 1024)).all()
        assert (w == draw_points(2, 4, 7, around)).all()
        assert (w != draw_points(2, 4, 8, around)).any()
