"""The identity of a file's bytes: SHA-256 and MD5 in one read that leaves no trace."""

import hashlib
from pathlib import Path

from framematch.errors import InputError
from framematch.media import open_unnoticed

_PIECE = 1 << 20


def digests_of(path: Path) -> tuple[str, str]:
    """Return SHA-256 and MD5 of a file, read once; a link is not followed.

    Raises
    ------
    InputError
        It cannot be read.
    OSError
        Reading it failed half way.
    """
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    with open_unnoticed(path, follow=False) as stream:
        while piece := stream.read(_PIECE):
            sha256.update(piece)
            md5.update(piece)
    return sha256.hexdigest(), md5.hexdigest()


def reason_of(error: Exception, path: Path) -> str:
    """Return what an error says of a file, without the file: what is kept knows no machine.

    >>> reason_of(InputError("/dump/a.png: is cut short; get another copy"), Path("/dump/a.png"))
    'is cut short; get another copy'
    """
    if isinstance(error, InputError) or error.args[:1] == (str(error),):
        said = str(error)
    else:
        said = getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"
    return without_path(said, path)


def without_path(text: str, path: Path) -> str:
    """Return a message with neither the file's folder nor, at its beginning, its name."""
    whole = str(path)
    if text.startswith(f"{whole}: "):
        text = text.removeprefix(f"{whole}: ")
    return text.replace(f"{path.parent}/", "") if path.parent != Path() else text
