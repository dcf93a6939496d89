"""Meta gradients over stacked tasks and replicates: this project against JAX, PyTorch and plain NumPy."""
