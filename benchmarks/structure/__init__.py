"""How well the structure code finds edited frames, and the mean vector that it subtracts."""
