"""Measurements of speed, memory and accuracy: each is run by hand and writes down what it found."""
