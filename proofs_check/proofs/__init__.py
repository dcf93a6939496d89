"""The paper's results, one a file: their displays, and the goals that each comes down to."""
