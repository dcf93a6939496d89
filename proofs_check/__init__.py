"""The proofs of the paper as a ledger of relations, each decided by machine."""
