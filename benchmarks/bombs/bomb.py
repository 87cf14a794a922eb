"""What a bomb is, and which there are: each module of makers fills the list of its kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

#: How the product meets it: the function that a decoder's process runs, or a whole command.
Way = Literal["look", "triage", "query", "index"]


@dataclass(frozen=True, slots=True)
class Bomb:
    """One hostile file, made when it is wanted.

    Attributes
    ----------
    name : str
        What it is called in the table; its file's name begins with it.
    claims : str
        What it says that it holds, or unfolds into.
    suffix : str
        Of its file.
    write : callable
        Writes it to a path.
    way : str
        How it is met.
    quick : bool
        Whether it is made and met within a second or two, so that the tests meet it as well.
    """

    name: str
    claims: str
    suffix: str
    write: Callable[[Path], None]
    way: Way = "look"
    quick: bool = False

    def made(self, folder: Path) -> Path:
        """Write it below a folder and return its path."""
        path = folder / f"{self.name}{self.suffix}"
        self.write(path)
        return path


def of_bytes(make: Callable[[], bytes]) -> Callable[[Path], None]:
    """Return a writer of what `make` gives."""

    def write(path: Path) -> None:
        path.write_bytes(make())

    return write
