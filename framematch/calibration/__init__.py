"""Fits the model that turns evidence into confidence, on the shows of an index."""
