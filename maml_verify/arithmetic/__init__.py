"""Kinds of numbers that a comparison is made in, and norms over them."""
