"""What decoding in confined processes costs, beside decoding in the process that asks."""
