"""Records in, text and figures out."""
