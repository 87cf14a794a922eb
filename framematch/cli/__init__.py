"""The command line: parse, call, render.

Owns what a person types and reads in a terminal, and nothing that a program would want to import.
One file per command. Nothing heavy is imported at module level (numpy, rich, av, faiss, Pillow and
the packages that use them stay inside the command functions), so that `--help` answers at once.
"""

from framematch.cli.app import app, main

__all__ = ["app", "main"]
