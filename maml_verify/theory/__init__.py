"""Right sides, conditions and the paper's constants: pure arithmetic that never sees a problem."""
