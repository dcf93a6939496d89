"""Where work runs and where its results are kept."""
