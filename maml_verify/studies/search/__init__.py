"""The search for worst cases: instances with closed-form constants, starts, optimisation, simplification."""
