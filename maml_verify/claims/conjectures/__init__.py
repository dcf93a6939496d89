"""A bound typed in by a user becomes a claim: its grammar, what its names mean, and its values."""
