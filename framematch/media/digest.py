"""The identity of a file: the SHA-256 of its bytes. Imports nothing that decodes."""

import hashlib
from pathlib import Path

from framematch.errors import UnreadableMediaError
from framematch.media.unnoticed import open_unnoticed


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of the file's bytes as 64 hexadecimal digits; the file is streamed.

    Raises
    ------
    UnreadableMediaError
        The file is missing or cannot be read.
    """
    try:
        with open_unnoticed(path) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except UnreadableMediaError:
        raise
    except OSError as error:
        raise UnreadableMediaError(
            f"{path}: cannot be read ({error.strerror or error});"
            " check the path and its permissions"
        ) from error
