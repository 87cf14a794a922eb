"""What is there, asked so that no answer is an error.

A network disk, a loop of links or a folder without permission answers a question with an `OSError`,
some Pythons with another: to who looks for files, such a place is not there.
"""

import os
from pathlib import Path


def is_there(path: Path | str) -> bool:
    """Return whether there is a file or a folder that can be asked for."""
    return os.path.exists(path)  # noqa: PTH110 - Path.exists() raises most of these


def is_file(path: Path | str) -> bool:
    """Return whether there is a regular file that can be asked for."""
    return os.path.isfile(path)  # noqa: PTH113 - as above


def is_folder(path: Path | str) -> bool:
    """Return whether there is a folder that can be asked for."""
    return os.path.isdir(path)  # noqa: PTH112 - as above


def is_link(path: Path) -> bool:
    """Return whether there is a link that can be asked for, wherever it leads."""
    return os.path.islink(path)  # noqa: PTH114 - as above


def target(path: Path) -> Path:
    """Return where a path leads to, links followed; a link in a loop leads to itself."""
    return Path(os.path.realpath(path))
