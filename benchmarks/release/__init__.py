"""How well a received copy is told from an earlier composite: see ``__main__``."""
