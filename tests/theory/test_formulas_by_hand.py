"""Each formula at one place, by numbers worked out apart from the code: L != 1, all parameters distinct.

L = 2, alpha = 1/20, so that 1 + alpha L = 11/10 and its powers are decimals; N = 2, j = 3.
"""

import inspect
from fractions import Fraction as F

import numpy as np
import pytest

from maml_verify.left_sides import intervals
from maml_verify.left_sides.intervals import largest_mean, scalar_radius, vector_radius
from maml_verify.theory import coefficients, derived, printed, printed_corollaries, sharp
from maml_verify.theory import derived_corollaries as formulas
from maml_verify.theory.symbols import Constants, Observed, Parameters

C = Constants(*map(F, (2, 3, 5, 7, 11, 13, 190)))
P = Parameters(F(1, 20), 2, 3, *map(F, (4, 2, 3, 6, 8, 100, 9, 10)))
O = Observed(F(1, 3), F(17), F(19), F(23), F(29))
# Theorem 5 needs theta > 0.
LARGE = P._replace(S=F(10**6), B=F(10**4))
# Rationals exactly; where a root is irrational, in float64.
VALUES = {
    "coefficients.C_l": "4641/10000",
    "coefficients.C_L": "83853/200000",
    "coefficients.C_err_1": "102487/10000",
    "coefficients.C_err_2": "4501536501/214360000",
    "coefficients.C_err_2_b": "4501536501/114875524",
    "coefficients.C_squ_1_ratio": "3557763/640000",
    "coefficients.C_squ_1": "174330387/640000",
    "coefficients.C_squ_2": "19350672957/1600000000",
    "coefficients.C_squ_3": "52089208083/919004192",
    "coefficients.chi_5": "137699/15750",
    "coefficients.chi_5_scaled": "183277369/50000000",
    "coefficients.xi_5": "16876932307836251945217/229751048000000000000",
    "coefficients.phi_5": "277690348885378491117/1838008384000000000000",
    "coefficients.theta_5_bracket": "-667920364627015659033/9190041920000000000",
    "coefficients.theta_5": "-10601910549635169191/5706263200000000000",
    "coefficients.theta_5_scaled": "-667920364627015659033/857440000000000000000",
    "coefficients.B_prime_5": "1323/1936",
    "coefficients.D_L_5": "194481/3025",
    "coefficients.C_b_7": "131769/50000",
    "coefficients.C_b_7_b": "1361613/2000000",
    "coefficients.C_1": "5359/10000",
    "coefficients.C_2": "28119/5000",
    "coefficients.A_squ_1": "857435524/28718881",
    "coefficients.A_squ_2": "7856048279977942077783/367601676800000000",
    "coefficients.xi_9": "275331937/9000000",
    "coefficients.xi_9_scaled": "4031134889617/50000000000",
    "coefficients.theta_9": "147287089/77034553200",
    "coefficients.theta_9_bracket": "1620157979/172313286000",
    "coefficients.theta_9_scaled": "1620157979/321540000000",
    "coefficients.phi_9": "7856048279977942077783/7352033536000000000000",
    "printed.meta_smoothness": "2011141/600000",
    "printed.path_first_moment": "2317/4000",
    "printed.path_second_moment": "310023/2750000",
    "printed.estimator_bias": "1602999167/5359000",
    "printed.estimator_bias_b": "318050867027047/574377620000",
    "printed.estimator_second_moment": "5788728564066778491117/183800838400000000",
    "printed.finite_sum_meta_smoothness": "102487/3750",
    "printed.finite_sum_meta_smoothness_b": "4670479/600000",
    "printed.finite_sum_second_moment": "13661915700086742077783/367601676800000000",
    "printed.finite_sum_rate": 2019.2411334187364,
    "printed.finite_sum_rate_b": 544.3446799800818,
    "printed.stepsize_moments": ["2011141/1600", "16000000/4044688121881"],
    "printed.finite_sum_stepsize_moments": ["102487/1250", "3125000/10503585169"],
    "printed.finite_sum_stepsize_moments_b": ["4670479/200000", "80000000000/21813374089441"],
    "printed.path_stability": "1331/3000",
    "printed.path_gradient": "22627/1000",
    "printed.product_deviation": "21/100",
    "printed.task_gradient_gap": "78897/10000",
    "printed.mean_gradient": "253205/5359",
    "printed.finite_sum_gradient_gap": "83979/10000",
    "printed.finite_sum_mean_gradient": "286238/5359",
    "derived.path_second_moment": "1800309/16000000",
    "derived.C_err_1": "17787/10000",
    "derived.C_err_2": "27951/214360",
    "derived.estimator_bias": "290977533/107180000",
    "derived.xi_5": "401962090255696971/7179720250000000000",
    "derived.theta_5_bracket": "22659872571/287188810000",
    "derived.theta_5_scaled": "22659872571/26795000000000",
    "derived.C_b_7": "14553/200000",
    "derived.finite_sum_meta_smoothness": "220033/60000",
    "derived.A_squ_2": "1545046210578939343/1435944050000000",
    "derived.finite_sum_second_moment": "24224215820378939343/1435944050000000",
    "derived.B_prime_9": "2905506450/4961652721",
    "derived.phi_9": "1545046210578939343/28718881000000000000",
    "derived.xi_9_scaled": "277871869/50000000",
    "derived.resampling_rate": 796.6892594478513,
    "derived.finite_sum_rate": 315.09599058557,
    "sharp.mean_gradient": 35.290593191663,
    "sharp.support_drift": "2541/10000",
    "sharp.finite_sum_mean_gradient": 40.29639362733647,
    "sharp.finite_sum_second_moment": 945.1657311098195,
    "sharp.path_first_moment": 0.33543898476474077,
    "sharp.estimator_second_moment": 3560.5700387492016,
    "sharp.estimator_bias": 1.8749011122240835,
    "sharp.stepsize_moments": [1018.0599385864575, 1.0945173256332686e-06],
    "sharp.finite_sum_stepsize_moments": ["220033/20000", "2450764952430400000000/281158862186249547277129"],
    "printed.resampling_rate": 872.4061096803938,
    "printed.resampling_rate_b": 875.8020556692095,
}
RIGHT = {
    # Corollary 6 as printed
    "corollaries.RESAMPLING": (
        0, "5/4", "3/2", "35/16", "63/16", "196", "49/5", "11", "9/10", None,
        "6529/200000", "31/500", None, "37",
    ),
    # Corollary 10 as printed
    "corollaries.FINITE_SUM": ("0", "2", "32", "3452", "9/10", None, None, "863/3200"),
    # Their derived editions
    "derived.RESAMPLING": (
        "17/15", "9/7", "35/32", "21/256", "1519/8", "49/8", "39/2", "33/128", None,
        "3577/166400", "53023/960000",
        None, "216", "2630", "1/3", "784/25",
    ),
    "derived.FINITE_SUM": (
        "5/3", "13", "121179/500", "33/128", None, "1/32", "121179/6400000", None, "36", "2149/4", "1/2",
    ),
}  # fmt: skip
LEFT = {
    "corollaries.RESAMPLING": {"theta-positive": "0", "C_L-lower": "3/32", "theta": "1/2250"},
    "corollaries.FINITE_SUM": {"theta-positive": "0", "C_L-lower": "3/32", "theta": "1/300"},
    "derived.RESAMPLING": {"C_L-lower": "21/100", "bracket": "83/1000"},
    "derived.FINITE_SUM": {"C_L-lower": "21/100", "bracket": "33/3200"},
}


def same(found, expected):
    if isinstance(expected, str) and not isinstance(found, float):
        assert F(found) == F(expected)
    else:
        assert float(found) == pytest.approx(float(F(expected)), rel=1e-13)


@pytest.mark.parametrize("name", VALUES)
def test_a_formula_has_the_value_worked_out(name):
    module, function = name.split(".")
    formula = getattr(
        {"coefficients": coefficients, "printed": printed, "derived": derived, "sharp": sharp}[module],
        function,
    )
    p = LARGE if function.startswith("resampling_rate") else P
    names = inspect.signature(formula).parameters
    found, expected = formula(C, p, O) if "o" in names else formula(C, p), VALUES[name]
    if not isinstance(expected, list):
        found, expected = [found], [expected]
    for value, hand in zip(found, expected, strict=True):
        same(value, hand)


def relations(name):
    return {
        "corollaries.RESAMPLING": printed_corollaries.RESAMPLING,
        "corollaries.FINITE_SUM": printed_corollaries.FINITE_SUM["printed"],
        "derived.RESAMPLING": formulas.RESAMPLING,
        "derived.FINITE_SUM": formulas.FINITE_SUM,
    }[name]


@pytest.mark.parametrize("name", RIGHT)
def test_the_numbers_of_a_corollary_are_those_worked_out(name):
    found = [r for r in relations(name) if not r.name.startswith("eps")]
    assert len(found) == len(RIGHT[name])
    for r, expected in zip(found, RIGHT[name], strict=True):
        if isinstance(expected, str) and r.name != "theta-positive":
            same(r.right(C, P), expected)
    named = {r.name: r for r in found}
    for key, expected in LEFT[name].items():
        same(named[key].left(C, P), expected)


def test_the_sizes_of_a_corollary_are_those_worked_out():
    assert [formulas.S_least(C), formulas.D_least(C)] == [F(441, 16), F(121, 4)]
    assert [printed_corollaries.S_LEAST(C, P), printed_corollaries.D_LEAST(C, P)] == [F(6615, 16), 484]
    assert [formulas.resampling_M(C, F(1, 2)), formulas.finite_sum_M(C, F(1, 2))] == [10952, 2221]
    z = formulas.resampling_sizes(C, F(29), F(2))
    assert z.K == 233
    assert [z.B, z.B_prime, z.S] == [F(23949, 10000), F(4, 3), F(597677, 20800)]
    assert [F(15468, 13949), F(125, 4), F(809, 25)] == [z.T, z.D, z.D_L]
    y = formulas.finite_sum_sizes(C, F(29), F(2), S=3, T=4)
    assert [y.K, y.B, y.B_prime] == [117, F(1721179, 1600000), F(3, 2)]
    assert [y.S, y.T, y.D, y.D_L] == [3, 4, 3, 4]
    z = formulas.Sizes(K=1, B=2, B_prime=7, S=3, T=5, D=13, D_L=11)
    assert (formulas.gradients(z, 2), formulas.hessians(z, 2)) == (99, 52)


def test_a_corollary_s_rate_is_the_one_worked_out():
    total = F(29, 8) + F(3577, 166400) / 4 + F(53023, 960000) / 6
    assert formulas.total_6(C, P, F(29)) == total
    expected = 108 * float(total) + (2630 * float(total) + (108 * float(total)) ** 2) ** 0.5
    assert float(formulas.resampling_rate(C, P, O)) == pytest.approx(expected, rel=1e-13)
    total = F(29, 8) + F(121179, 6400000) / 6
    assert formulas.total_10(C, P, F(29)) == total
    expected = 18 * float(total) + (2149 / 4 * float(total) + (18 * float(total)) ** 2) ** 0.5
    assert float(formulas.finite_sum_rate(C, P, O)) == pytest.approx(expected, rel=1e-13)


def test_the_least_task_batch_of_theorem_9_is_the_one_worked_out():
    # With C_b and C_L above, and (11/10)^4: 2 C_L^2 25/(13 C_b + 2 * 14641/10000)^2.
    same(coefficients.B_prime_9(C, P, coefficients.C_b_7, coefficients.C_L), "99225/15612872")


def test_every_formula_is_worked_out():
    written = set(VALUES)
    for module in (coefficients, printed, derived, sharp):
        short = module.__name__.split(".")[-1]
        own = {
            f
            for f, v in vars(module).items()
            if getattr(v, "__module__", "") == module.__name__ and f[0] != "_"
        }
        missing = {f"{short}.{f}" for f in own} - written - LEFT_OUT
        assert not missing


# Parts of formulas above, the printed formula under another name, or worked out apart.
LEFT_OUT = {
    "coefficients.growth", "coefficients.grown", "coefficients.drift", "coefficients.B_prime_9",
    "coefficients.smoothness_5", "coefficients.smoothness_9",
    "coefficients.theta_5_terms", "coefficients.theta_9_terms",
    "derived.solved", "derived.mean_gradient", "derived.finite_sum_mean_gradient",
    "sharp.reach", "sharp.shrunk", "sharp.solved", "sharp.second_moment", "sharp.distances", "sharp.bias",
    "sharp.reciprocal", "sharp.mean_norm", "sharp.roots", "sharp.spread",
}  # fmt: skip


def test_the_radii_of_intervals_are_those_worked_out():
    # Where every tuning value but the first is taken away: t = 3/4, log(2/delta) = log 200, n = 101.
    one, n, log200 = np.ones(1), 101, 5.298317366548036
    psi = 1.3862943611198906 - 0.75  # -log(1/4) - 3/4
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(intervals, "TUNING", np.array([0.75]))
        patch.setattr(intervals, "WEIGHTS", np.array([1.0]))
        expected = 3 * log200 / (n * 0.75) + psi * 2 / (0.75 * 3)
        assert scalar_radius(2 * one, n, 0.01, 3 * one)[0] == pytest.approx(expected, rel=1e-14)
        # E Z: (t - t^2/2) n x - t n mean = log(1/delta), with half of delta; t = 3 in units of 1/(2 bound).
        variance = 9 * (log200 + 0.75 * n * 2 / 9) / (n * 0.46875)
        assert 9 * largest_mean(2 * one / 9, n, 0.005)[0] == pytest.approx(variance, rel=1e-14)
        rise = 20.085536923187668 - 1 - 3
        expected = 6 * 5.991464547107982 / (3 * n) + rise * variance / (6 * 3)
        assert vector_radius(2 * one, n, 0.01, 3 * one)[0] == pytest.approx(expected, rel=1e-14)
    # The weighted mean of all of them is as large as it has to be, and no larger.
    x = n * scalar_radius(0.3 * one, n, 0.01, one)[0]
    t = intervals.TUNING
    terms = intervals.WEIGHTS * np.exp(t * x - (-np.log1p(-t) - t) * n * 0.3)
    assert intervals.WEIGHTS.sum() == pytest.approx(1, rel=1e-14)
    assert terms.sum() == pytest.approx(200, rel=1e-9)
