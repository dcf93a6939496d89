"""Families whose losses are sums of a link function over ridges, with certified constants."""
