"""Numerical verification of the convergence theory of multi-step MAML."""
