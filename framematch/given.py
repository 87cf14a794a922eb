"""Small files that a person names: read whole, if they are files and as small as such a file is.

A pipe is waited for, and a device may never end, so neither is opened.
"""

import os
import stat
from pathlib import Path

from framematch.errors import ConfigError


def read_given(path: Path, most_bytes: int, what: str) -> bytes:
    """Return the content of a file.

    Parameters
    ----------
    path : Path
        The file; a link is followed.
    most_bytes : int
        Most that it may hold, inclusive.
    what : str
        What it should be, as in "no file of patterns is so large".

    Raises
    ------
    ConfigError
        It cannot be read, is no regular file, or is larger.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ConfigError(f"{path}: cannot be read (a folder, device or pipe); name a {what}")
        # Without it, a pipe that has taken the place of the file meanwhile would be waited for.
        number = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        with os.fdopen(number, "rb") as stream:
            content = stream.read(most_bytes + 1)
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read ({error.strerror or error}); name a {what}"
        ) from error
    if len(content) > most_bytes:
        raise ConfigError(f"{path}: is larger than any {what}; check the path")
    return content
