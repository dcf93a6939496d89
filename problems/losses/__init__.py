"""Families of a user's own loss: its derivatives by automatic differentiation, or given as functions."""
