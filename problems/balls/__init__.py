"""Families on a ball: constants certified there by interval arithmetic, and the paths that stay inside."""
