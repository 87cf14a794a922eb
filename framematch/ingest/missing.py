"""Which references have lost their file, and are not just out of reach.

Owns the caution of it: a disk that is not mounted looks like a library that was deleted.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from framematch.ingest.absolute import absolute
from framematch.records import Reference


def missing_below(
    folders: Sequence[Path], references: Iterable[Reference]
) -> tuple[list[Reference], list[str]]:
    """Return the references from below `folders` whose files are gone.

    Where the nearest folder that is left of a file's path is empty, the file counts as out of
    reach: an empty folder is what remains where a disk is mounted no more.

    Returns
    -------
    list of Reference
        Those whose file is gone.
    list of str
        What was left alone, and why.
    """
    gone: list[Reference] = []
    kept: dict[Path, int] = {}
    roots = [absolute(folder) for folder in folders]
    for reference in references:
        path = absolute(reference.path)
        root = next((root for root in roots if path.is_relative_to(root)), None)
        if root is None or not _is_gone(path):
            continue
        left = next((folder for folder in path.parents if folder.is_dir()), path.parent)
        if left.is_relative_to(root) and _holds_something(left):
            gone.append(reference)
        else:
            empty = left if left.is_relative_to(root) else root
            kept[empty] = kept.get(empty, 0) + 1
    notes = [
        f"{folder}: empty or not there, so the references of {number} missing"
        f" {'file' if number == 1 else 'files'} stay; framematch index remove takes them out"
        for folder, number in sorted(kept.items())
    ]
    return gone, notes


def _is_gone(path: Path) -> bool:
    """Return whether there certainly is no such file; one that cannot be asked for may be there."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _holds_something(folder: Path) -> bool:
    try:
        return any(True for _ in folder.iterdir())
    except OSError:
        return False
