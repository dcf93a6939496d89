"""What commands share: options, input, output, and how they end."""
