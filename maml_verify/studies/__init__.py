"""A question put to many settings: sweeps, tightness, random checks, planted errors, measured rates."""
