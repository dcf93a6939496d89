"""Changes planted in the code, and whether the tests notice."""
