"""Statements that the paper does not make; those stronger than its own are editions ``beyond`` of them."""
