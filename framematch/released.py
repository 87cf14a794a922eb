"""A matched picture beside the released frame: a received copy, another composite, unfinished."""
