"""The proofs as printed, errors kept, in one file a result."""
