"""The first bytes of a file, and the format that they tell. Must not import a decoder."""

from pathlib import Path

from framematch.errors import UnreadableMediaError, UnsupportedFormatError
from framematch.media.sniff import HEAD_BYTES, Format, recognise
from framematch.media.unnoticed import open_unnoticed


def read_format(path: Path) -> Format:
    """Return the format of a file; errors as of `recognise` and `read_head`."""
    return recognise(path, read_head(path))


def read_picture_format(path: Path) -> Format:
    """Return the format of a file that is a picture or video itself.

    Raises
    ------
    UnsupportedFormatError
        It holds pictures and is none; else errors as of `read_format`.
    """
    found = read_format(path)
    if found.family in ("document", "archive"):
        raise UnsupportedFormatError(
            f"{path}: is a {found.name} file, which holds pictures and is none;"
            " put it in a folder and run `framematch triage` on that"
        )
    return found


def read_head(path: Path) -> bytes:
    """Return the first bytes of a regular file that is not empty."""
    with open_unnoticed(path) as stream:
        try:
            head = stream.read(HEAD_BYTES)
        except OSError as error:
            raise UnreadableMediaError(
                f"{path}: cannot be read ({error}); check the disk it lies on"
            ) from error
    if not head:
        raise UnreadableMediaError(f"{path}: is empty (0 bytes); get another copy")
    return head
