"""What the proofs of two results need."""
