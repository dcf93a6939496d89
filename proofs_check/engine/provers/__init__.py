"""Deciders of a scalar relation, each for its own kind."""
