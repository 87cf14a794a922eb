"""Fits the model that turns evidence into confidence, on titles that no evaluation uses."""
