"""Analytic task families with known constants."""
