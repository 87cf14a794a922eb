"""A small network in place of fixed projections. Needs torch, which the project does not."""
