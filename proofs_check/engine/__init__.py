"""Decides one goal: norm calculus, positivity, subdivision, solvers, counterexample search."""
