"""A small checker of certificates: it searches for nothing and imports nothing of the engine, nor sympy."""
