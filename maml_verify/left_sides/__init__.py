"""What a statement measures: enumerated exactly, enclosed, or simulated with an interval."""
