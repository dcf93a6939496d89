"""Proofs of the sharp editions."""
