"""Exact random vectors, matrices and runs that refute a false step."""
