"""Inner paths and meta gradients over batches as weights."""
