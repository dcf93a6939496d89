"""Proofs of the editions ``beyond``: statements stronger than the paper's."""
