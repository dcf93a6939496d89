"""The laws of a family: what must hold of every one, each with a search for a point where it doesn't."""
