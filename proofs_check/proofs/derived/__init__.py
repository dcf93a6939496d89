"""Proofs of what the printed ones support once they are made valid."""
