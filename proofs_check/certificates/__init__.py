"""What a decision of the engine leaves behind, so that another program can check it without a search."""
