"""Certified suprema over all w that the constants of ridge sums are made of."""
