"""Corollaries 6 and 10 as the derived Theorems 5 and 9 support them, for every N at alpha = 1/(8NL).

The numbers of each proof are relations, as in `printed_corollaries`; from them follow an explicit rate
and, for a wanted accuracy eps, sizes that reach it.  Where the paper bounds theta and chi by powers of
1/rho, here 1/theta and chi/theta are bounded, which is what the rate needs, so rho = 0 is no special case.
"""

from __future__ import annotations

from typing import NamedTuple

from maml_verify.theory import coefficients as k
from maml_verify.theory import derived
from maml_verify.theory.printed_corollaries import Relation, Side, one, power, ratio
from maml_verify.theory.symbols import Constants, Number, Observed, Parameters

__all__ = [
    "B_LEAST",
    "FINITE_SUM",
    "RESAMPLING",
    "Sizes",
    "finite_sum_M",
    "finite_sum_rate",
    "finite_sum_sizes",
    "resampling_M",
    "resampling_rate",
    "resampling_sizes",
]

#: B of Corollary 6 is at least this: with one task theta can be negative.
B_LEAST = 2
#: 1/eps at which the relations of a wanted accuracy are measured; they are proved for every eps.
INVERSE_EPS = (1, 10, 1000)


class Sizes(NamedTuple):
    """Sizes whose integer parts, or any larger ones, reach a wanted accuracy.

    K, B, S, T, D as in `Parameters`, with |B'_k| and |D_Lk|; a batch that a corollary leaves alone is 1.
    """

    K: Number
    B: Number
    B_prime: Number
    S: Number = 1
    T: Number = 1
    D: Number = 1
    D_L: Number = 1


def gradients(z: Sizes, N: Number) -> Number:
    """Gradient computations per meta iteration, those of the step size among them."""
    return z.B * (N * z.S + z.T) + z.B_prime * z.D_L


def hessians(z: Sizes, N: Number) -> Number:
    """Hessian computations per meta iteration."""
    return z.B * N * z.D


def S_least(c: Constants) -> Number:
    """S of Corollary 6 is at least this, a fifteenth of what is printed."""
    return c.rho**2 * c.sigma_g**2 / c.L**4


def D_least(c: Constants) -> Number:
    """D of Corollary 6 is at least this, as its proof has it."""
    return c.sigma_H**2 / c.L**2


def B_prime_6(c: Constants) -> Number:
    """|B'_k| may exceed this only."""
    return 16 * c.rho**2 * c.sigma**2 / (675 * c.L**4)


def D_L_6(c: Constants) -> Number:
    """|D_Lk| may exceed this only."""
    return 256 * c.rho**2 * c.sigma_g**2 / (225 * c.L**4)


def xi_6(c: Constants) -> Number:
    """In place of the bound of xi in (48)."""
    return c.sigma_g**2 * (1 + c.rho**2 * c.sigma**2 / (100 * c.L**4)) / (1300 * c.L)


def phi_6(c: Constants, p: Parameters) -> Number:
    """In place of the bound of phi in (48)."""
    return (31 * c.sigma_g**2 / (8 * p.T) + c.sigma_g**2 / (8 * p.S) + 39 * c.sigma**2 / 2) / (5000 * c.L)


def total_6(c: Constants, p: Parameters, gap: Number) -> Number:
    """Bound of Delta/K + xi/S + phi/B."""
    return gap / p.K + xi_6(c) / p.S + phi_6(c, p) / p.B


def inverse_theta_6(c: Constants) -> Number:
    """Bound of 1/theta."""
    return 144 * c.rho / c.L


def chi_theta_6(c: Constants) -> Number:
    """Bound of chi/theta."""
    return 775 * c.L + 144 * c.rho * c.sigma / c.L


def resampling_rate(c: Constants, p: Parameters, o: Observed) -> Number:
    """Corollary 6: bound of E ||grad L(w_zeta)||; ``o.gap`` is Delta."""
    total = total_6(c, p, o.gap)
    return derived.solved(inverse_theta_6(c) * total, chi_theta_6(c) * total)


def resampling_M(c: Constants, eps: Number) -> Number:
    """total <= 1/M gives E ||grad L(w_zeta)|| < eps."""
    return (chi_theta_6(c) + inverse_theta_6(c) * eps) / eps**2


def resampling_sizes(c: Constants, gap: Number, M: Number) -> Sizes:
    """Corollary 6: total <= 1/M with the integer parts; each of four terms gets a quarter of it."""
    per_task = 4 * M / (5000 * c.L)
    tasks = (39 * c.sigma**2 / 2 + c.sigma_g**2 / 8) * per_task + 1
    return Sizes(
        K=4 * gap * M + 1,
        B=tasks + 1,
        B_prime=B_prime_6(c) + 1,
        S=4 * xi_6(c) * M + S_least(c) + 1,
        T=31 * c.sigma_g**2 / 8 * per_task / tasks + 1,
        D=D_least(c) + 1,
        D_L=D_L_6(c) + 1,
    )


def B_prime_10(c: Constants) -> Number:
    """|B'_k| may be this."""
    return 8 * c.rho**2 * c.sigma**2 / (225 * c.L**4)


def A_squ_2_10(c: Constants) -> Number:
    """In place of the bound of A_squ2 in (61)."""
    return 21 * (c.sigma + 8 * c.b / 15) ** 2 / 20 + 10 * c.sigma**2 / 3 + c.b2 / 20


def phi_10(c: Constants) -> Number:
    """In place of the bound of phi in (63)."""
    return A_squ_2_10(c) / (6400 * c.L)


def inverse_theta_10(c: Constants) -> Number:
    """Bound of 1/theta."""
    return 24 * c.rho / c.L


def xi_theta_10(c: Constants) -> Number:
    """Bound of xi/theta."""
    return 125 * c.L + c.rho * (24 * c.sigma + 11 * c.b / 2) / c.L


def total_10(c: Constants, p: Parameters, gap: Number) -> Number:
    """Bound of Delta/K + phi/B."""
    return gap / p.K + phi_10(c) / p.B


def finite_sum_rate(c: Constants, p: Parameters, o: Observed) -> Number:
    """Corollary 10: bound of E ||grad L(w_zeta)||; ``o.gap`` is Delta."""
    total = total_10(c, p, o.gap)
    return derived.solved(inverse_theta_10(c) * total, xi_theta_10(c) * total)


def finite_sum_M(c: Constants, eps: Number) -> Number:
    """total <= 1/M gives E ||grad L(w_zeta)|| < eps."""
    return (xi_theta_10(c) + inverse_theta_10(c) * eps) / eps**2


def finite_sum_sizes(c: Constants, gap: Number, M: Number, S: Number = 1, T: Number = 1) -> Sizes:
    """Corollary 10: total <= 1/M with the integer parts; S and T are the pre-assigned sizes.

    A task of B'_k costs T gradients, and a Hessian is one of the support set.
    """
    return Sizes(K=2 * gap * M + 1, B=2 * phi_10(c) * M + 1, B_prime=B_prime_10(c) + 1, S=S, T=T, D=S, D_L=T)


def _total_5(c: Constants, p: Parameters, gap: Number) -> Number:
    return gap / p.K + derived.xi_5(c, p) / p.S + k.phi_5(c, p) / p.B


def _total_9(c: Constants, p: Parameters, gap: Number) -> Number:
    return gap / p.K + derived.phi_9(c, p) / p.B


def _of_theta_5(above: Side) -> Side:
    return lambda c, p: above(c, p) / derived.theta_5_scaled(c, p)


def _of_theta_9(above: Side) -> Side:
    return lambda c, p: above(c, p) / k.theta_9_scaled(c, p)


def _reached_6(inverse: int) -> Relation:
    def left(c: Constants, p: Parameters) -> Number:
        eps = one(p) / inverse
        z = resampling_sizes(c, one(p), resampling_M(c, eps))
        at = p._replace(K=z.K, B=z.B, S=z.S, T=z.T, D=z.D)
        share = (k.chi_5_scaled(c, at) + k.C_L(c, at) * eps) / derived.theta_5_scaled(c, at)
        return share * _total_5(c, at, one(p))

    return Relation(f"eps = 1/{inverse}", left, ratio(1, inverse**2))


def _reached_10(inverse: int) -> Relation:
    def left(c: Constants, p: Parameters) -> Number:
        eps = one(p) / inverse
        z = finite_sum_sizes(c, one(p), finite_sum_M(c, eps))
        at = p._replace(K=z.K, B=z.B)
        share = (derived.xi_9_scaled(c, at) + k.C_L(c, at) * eps) / k.theta_9_scaled(c, at)
        return share * _total_9(c, at, one(p))

    return Relation(f"eps = 1/{inverse}", left, ratio(1, inverse**2))


RESAMPLING: tuple[Relation, ...] = (
    Relation("power_N", power(1), ratio(17, 15)),
    Relation("power_2N", power(2), ratio(9, 7)),
    Relation("C_err1", derived.C_err_1, lambda c, p: 5 * c.sigma_g / 32),
    Relation("C_err2", derived.C_err_2, lambda c, p: c.rho * c.sigma_g / (64 * c.L**2)),
    Relation("C_squ1", k.C_squ_1, lambda c, p: 31 * c.sigma_g**2 / 8),
    Relation("C_squ2", k.C_squ_2, lambda c, p: c.sigma_g**2 / 8),
    Relation("C_squ3", k.C_squ_3, ratio(39, 2)),
    Relation("C_L-upper", k.C_L, lambda c, p: 11 * c.rho / (64 * c.L)),
    Relation("C_L-lower", lambda c, p: 7 * c.rho / (50 * c.L), k.C_L),
    Relation("xi", derived.xi_5, lambda c, p: xi_6(c)),
    Relation("phi", k.phi_5, phi_6),
    Relation("bracket", ratio(83, 1000), derived.theta_5_bracket),
    Relation("theta", _of_theta_5(k.C_L), lambda c, p: inverse_theta_6(c)),
    Relation("chi", _of_theta_5(k.chi_5_scaled), lambda c, p: chi_theta_6(c)),
    Relation("B'", k.B_prime_5, lambda c, p: B_prime_6(c)),
    Relation("D_L", k.D_L_5, lambda c, p: D_L_6(c)),
    *(_reached_6(inverse) for inverse in INVERSE_EPS),
)

FINITE_SUM: tuple[Relation, ...] = (
    Relation("power_4N", power(4), ratio(5, 3)),
    Relation("A_squ1", k.A_squ_1, ratio(13, 1)),
    Relation("A_squ2", derived.A_squ_2, lambda c, p: A_squ_2_10(c)),
    Relation("C_L-upper", k.C_L, lambda c, p: 11 * c.rho / (64 * c.L)),
    Relation("C_L-lower", lambda c, p: 7 * c.rho / (50 * c.L), k.C_L),
    Relation("C_b", derived.C_b_7, lambda c, p: c.rho / (48 * c.L)),
    Relation("phi", derived.phi_9, lambda c, p: phi_10(c)),
    Relation("bracket", ratio(33, 3200), k.theta_9_bracket),
    Relation("theta", _of_theta_9(k.C_L), lambda c, p: inverse_theta_10(c)),
    Relation("xi", _of_theta_9(derived.xi_9_scaled), lambda c, p: xi_theta_10(c)),
    Relation("B'", derived.B_prime_9, lambda c, p: B_prime_10(c)),
    *(_reached_10(inverse) for inverse in INVERSE_EPS),
)
