"""The symbols of the paper's scalar relations, with the sign the assumptions give them.

Strictly positive here means positive by assumption: ``L``, the step size, and sigma, sigma_g, sigma_H, b of
Assumptions 2, 3 and 5. Norms that may vanish are non-negative. Batch sizes are integers from 1; ``S``
enters under a root, so it is written as the square of ``root_S``.
"""

from __future__ import annotations

import sympy as sp

from maml_verify.theory.symbols import Constants, Observed, Parameters

__all__ = ["CONSTANTS", "OBSERVED", "PARAMETERS", "sort"]

alpha, L = sp.symbols("alpha L", positive=True)
rho, sigma, sigma_g, sigma_H, b, b2 = sp.symbols("rho sigma sigma_g sigma_H b b2", positive=True)
N, m, n = sp.symbols("N m n", integer=True, positive=True)
j, k = sp.symbols("j k", integer=True, nonnegative=True)
D, T, B, K = sp.symbols("D T B K", integer=True, positive=True)
root_S = sp.Symbol("root_S", positive=True)
S = root_S**2
C_beta = sp.Symbol("C_beta", positive=True)
# Norms and other observed scalars.
d, g, g_S, G, e, gap = sp.symbols("d g g_S G e gap", nonnegative=True)
# Conditional means and anything else a step needs.
u, v, y, z = sp.symbols("u v y z", nonnegative=True)
E2, mu, var = sp.symbols("E2 mu var", nonnegative=True)

x = alpha * L
q = 1 + x
s = q ** (2 * N)

CONSTANTS = Constants(L, rho, sigma, sigma_g, sigma_H, b, b2)
PARAMETERS = Parameters(alpha, N, j, S, D, T, B, K, C_beta)
OBSERVED = Observed(d, g, g_S, G, gap)


def operators(names: str) -> tuple[sp.Symbol, ...]:
    """Matrices and vectors: symbols that do not commute."""
    return sp.symbols(names, commutative=False)


def sort(symbol: sp.Symbol) -> str:
    """What the assumptions say of a symbol; a batch size is an integer, and so is the square of its root."""
    if not symbol.is_commutative:
        return "operator or vector"
    if symbol == root_S:
        return "root of an integer >= 1"
    low = 1 if symbol.is_integer else 0
    sign = f"{'>=' if symbol.is_integer else '>'} {low}" if symbol.is_positive else ">= 0"
    kind = "integer" if symbol.is_integer else "real"
    return f"{kind} {sign}" if symbol.is_nonnegative else kind
